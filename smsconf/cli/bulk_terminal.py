"""The person at the terminal while a list goes out: asked, told how far it is, shown the report.

Decides nothing about the list.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from smsconf import metrics
from smsconf.cli.asking import Stop, confirmed, stop_on_interrupt
from smsconf.cli.output import report, report_sent, say, show_error, talk, try_file
from smsconf.cli.progress import TALK, progress
from smsconf.language import N_, _
from smsconf.messaging.bulk.figures import Meter
from smsconf.messaging.bulk.sending import Progress
from smsconf.render.documents.bulk import Standing, bulk_lines, bulk_view
from smsconf.render.foreign_text import json_text
from smsconf.workflow.bulk_job import Ui

_EVENT = 1.0  # seconds between two events of progress


@dataclass(frozen=True, slots=True)
class Terminal:
    """How people are asked and told: form and place of the report, how a number is written, who says yes.

    ``callback`` is where status reports will go; ``events``: progress is JSON; ``meter`` is what Prometheus
    sees; ``stop`` is the wish to stop.
    """

    form: str
    output: Path | None
    shown: Callable[[str], str]
    auto_approve: bool
    callback: str | None
    events: bool
    meter: Meter = field(default_factory=Meter)
    stop: Stop = field(default_factory=Stop)

    @contextmanager
    def measured(self, at: tuple[str, int] | None) -> Iterator[None]:
        """Serve the figures at a host and port, if one is given.

        Raises:
            PlanRefused: the extra for it is not installed.
            SmsconfError: nothing can listen there.
        """
        if at is None:
            yield
            return
        with metrics.serving(self.meter.collect, *at) as address:
            say(_("metrics at {address}").format(address=address))
            yield

    def ui(self) -> Ui:
        """Return what asks and tells."""
        return Ui(
            talk=TALK,
            warn=self._warn,
            tell=show_error,
            watching=self._watching,
            measuring=self.meter.measuring,
            stopping=self._stopping,
            agrees=self._agrees,
            agrees_after_tests=self._agrees_after_tests,
        )

    def _warn(self, text: str) -> None:
        if self.events:
            click.echo(json_text({"event": "warning", "message": text}, indent=None), err=True)
        else:
            say(_("warning: {text}").format(text=text))

    @contextmanager
    def _watching(self) -> Iterator[Callable[[Progress], None]]:
        """Show how far the messages are, how fast they go, and how long it will take."""
        start = time.monotonic()
        due = 0.0
        last: Progress | None = None

        with progress(N_("sent")) as update:

            def watch(now: Progress) -> None:
                nonlocal due, last
                seconds = max(time.monotonic() - start, 0.001)
                rate = now.done / seconds
                left = (now.total - now.done) / rate if rate else None
                if not self.events:
                    rest = _("{rate}/s, {left} left").format(rate=f"{rate:,.0f}", left=_clock_text(left))
                    update(rest, now.done, now.total)
                elif now != last and (seconds >= due or now.done == now.total):
                    due, last = seconds + _EVENT, now
                    document = {"event": "progress", **now._asdict(), "rate": rate, "seconds_left": left}
                    click.echo(json_text(document, ascii_only=True, indent=None), err=True)

            yield watch

    @contextmanager
    def _stopping(self) -> Iterator[Callable[[float], bool]]:
        with stop_on_interrupt(self.stop) as stop:
            yield stop.wait

    def _agrees(self, standing: Standing, count: int) -> bool:
        """Show what is about to happen and find out whether it may.

        Raises:
            SmsconfError: the report about it could not be written.
        """
        if self.output:
            try_file(self.output)
        if not self.auto_approve and not sys.stdin.isatty():
            self.report(standing)
            say(_("nothing sent: no terminal to ask; pass --auto-approve"))
            return False
        talk(bulk_lines(self._view(standing)))
        question = _("Send {count} messages? Only 'yes' is taken: ").format(count=f"{count:,}")
        return self.auto_approve or confirmed(question)

    def _agrees_after_tests(self) -> bool:
        """Find out whether the list may follow the test messages."""
        if self.auto_approve or not sys.stdin.isatty():
            return True
        question = _("Look at your phone. Send the list now? Only 'yes' is taken: ")
        return confirmed(question, otherwise=_("nothing of the list was sent"))

    def report(self, standing: Standing) -> None:
        """Write the report."""
        report(self._view(standing), bulk_lines, self.form, self.output)

    def report_sent(self, standing: Standing) -> bool:
        """Write the report after something was sent, to stderr where it cannot; return whether it could."""
        return report_sent(self._view(standing), bulk_lines, self.form, self.output)

    def _view(self, standing: Standing) -> Mapping[str, Any]:
        return bulk_view(standing, shown=self.shown, callback=self.callback)


def _clock_text(seconds: float | None) -> str:
    return "?" if seconds is None else re.sub(r"^0:", "", str(timedelta(seconds=round(seconds))))
