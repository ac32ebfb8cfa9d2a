"""How far a run is, in figures, and how Prometheus is told.

Counts only: no phone number and no text is among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsconf.model.errors import SmsconfError
from smsconf.store.runs import Tally

if TYPE_CHECKING:
    from prometheus_client import Metric


@dataclass(frozen=True, slots=True)
class Figures:
    """A run at one moment.

    Attributes:
        run: its number.
        tally: where all its messages stand, whoever sent them; those on their way count as uncertain.
        on_way: messages whose answer this sender waits for.
        answered: messages that this sender got an answer about.
        busy: messages that the service was too busy for, and that this sender sends again.
        rate: requests a second that this sender may make now; ``None``: no limit.
        senders: how many send the run.
    """

    run: int
    tally: Tally
    on_way: int
    answered: int
    busy: int
    rate: float | None
    senders: int


class Meter:
    """Shows the figures of the run that is being sent, and of one that ended its last ones."""

    def __init__(self) -> None:
        self._read: Callable[[], Figures] | None = None
        self._last: Figures | None = None

    @contextmanager
    def measuring(self, read: Callable[[], Figures]) -> Iterator[None]:
        """Show what ``read`` says, for the time of the block; it may be called from another thread."""
        self._read = read
        try:
            yield
        finally:
            self._look()
            self._read = None

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as Prometheus takes them; none before there is a run."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        self._look()
        if self._last is None:
            return
        now, tally = self._last, self._last.tally
        messages = GaugeMetricFamily(
            "smsconf_bulk_messages", "Messages of the run by where they stand.", labels=["run", "state"]
        )
        for state, count in (
            ("waiting", tally.waiting),
            ("sending", now.on_way),
            ("accepted", tally.accepted),
            ("refused", tally.failed),
            ("uncertain", tally.uncertain - now.on_way),
            ("assumed-sent", tally.assumed),
            ("opted-out", tally.opted_out),
            ("ended", tally.ended),
        ):
            messages.add_metric([str(now.run), state], count)
        yield messages
        refused = GaugeMetricFamily(
            "smsconf_bulk_refused",
            "Messages that the service refused, by its word.",
            labels=["run", "status"],
        )
        for status, count in (tally.statuses or {}).items():
            refused.add_metric([str(now.run), status], count)
        yield refused
        answered = "Messages that this sender got an answer about."
        yield CounterMetricFamily("smsconf_bulk_answered", answered, value=now.answered)
        busy = "Messages that the service was too busy for, and that are sent again."
        yield CounterMetricFamily("smsconf_bulk_busy", busy, value=now.busy)
        if now.rate is not None:
            rate = "Requests a second that this sender may make now."
            yield GaugeMetricFamily("smsconf_bulk_rate", rate, value=now.rate)
        yield GaugeMetricFamily("smsconf_bulk_senders", "Senders at work on the run.", value=now.senders)

    def _look(self) -> None:
        """Read anew; where the ledger cannot be read, what was read last still stands."""
        if self._read:
            with suppress(SmsconfError):
                self._last = self._read()
