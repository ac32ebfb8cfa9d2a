"""Receipts: what was sent, matched with what the service reported about it.

Pure, and in one pass over two streams that are sorted by message id, so that a million messages need no
memory. Nothing is asked: the service pushes reports or drops them (``server`` takes them in). Times that are
compared come from one clock: that of the account which a message was sent through, as an emulator's is not
this machine's.

The 72 hours are the vendor's: https://support.huaweicloud.com/msgsms_faq/ (a report comes at the latest 72
hours after sending), read 2026-11.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from smsconf.store.messages import Received, Report, Sent

LATEST_REPORT = timedelta(hours=72)
Clock = Callable[[str | None], datetime]
"""What time it is now for the service behind a scope; that of ``""`` is this machine's time."""


class Delivery(StrEnum):
    """What became of a message: ``pending`` may still be reported, ``missing`` should have been."""

    DELIVERED = "delivered"
    FAILED = "failed"
    PENDING = "pending"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One message and its delivery; ``sent`` is absent for a report about something we know nothing of.

    ``status`` is the service's word: of several parts that of the first that did not arrive. ``reported`` is
    a time of the same clock as that of sending.
    """

    message_id: str
    delivery: Delivery
    sent: Sent | None = None
    status: str | None = None
    reported: datetime | None = None
    segments: int | None = None


@dataclass(slots=True)
class Tally:
    """How the messages of one group ended; ``failures`` counts by the service's status."""

    deliveries: Counter[Delivery] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    segments: int = 0

    def add(self, receipt: Receipt) -> None:
        """Count one more."""
        self.deliveries[receipt.delivery] += 1
        self.segments += receipt.segments or 0
        if receipt.delivery is Delivery.FAILED:
            self.failures[receipt.status or "UNKNOWN"] += 1

    @property
    def messages(self) -> int:
        """How many there are."""
        return self.deliveries.total()


def match(
    sent: Iterable[Sent], reports: Iterable[Received[Report]], now: datetime | Clock
) -> Iterator[Receipt]:
    """Yield a receipt for each message that was sent or reported, in the order of message ids.

    Args:
        sent: sorted by message id, each once.
        reports: sorted by message id.
        now: aware; one time for all, or a clock for each account.
    """
    clock = now if callable(now) else (lambda _scope: now)
    groups = groupby(reports, key=message_of)
    group = next(groups, None)
    for one in sent:
        while group and group[0] < one.message_id:
            yield _unknown(group[0], group[1])
            group = next(groups, None)
        if group and group[0] == one.message_id:
            yield _reported(one, group[1], clock)
            group = next(groups, None)
        else:
            yield Receipt(one.message_id, _unreported(one, clock), one, segments=one.segments)
    while group:
        yield _unknown(group[0], group[1])
        group = next(groups, None)


def tally(receipts: Iterable[Receipt], by: str) -> tuple[Mapping[str, Tally], int]:
    """Count receipts in groups: ``by`` is template, campaign or batch.

    Returns the groups in the order of their names, and how many messages were not sent from here.
    """
    groups: dict[str, Tally] = {}
    others = 0
    for one in receipts:
        if one.sent is None:
            others += 1
        else:
            groups.setdefault(getattr(one.sent, by) or "-", Tally()).add(one)
    return dict(sorted(groups.items())), others


def message_of(one: Received[Report]) -> str:
    """Return the id of the message that a report is about."""
    return one.item.message_id


def _parts(reports: Iterable[Received[Report]]) -> list[tuple[Report, datetime]]:
    """Return the report that holds for each part, in order."""
    return [(one.item, one.at) for _, one in sorted(latest(reports).items())]


def _unreported(sent: Sent, clock: Clock) -> Delivery:
    return Delivery.MISSING if clock(sent.scope) - sent.at > LATEST_REPORT else Delivery.PENDING


def _reported(sent: Sent, reports: Iterable[Received[Report]], clock: Clock) -> Receipt:
    ahead = clock(sent.scope) - clock("")
    return _settled(sent.message_id, [(part, at + ahead) for part, at in _parts(reports)], sent, clock)


def _unknown(message_id: str, reports: Iterable[Received[Report]]) -> Receipt:
    return _settled(message_id, _parts(reports))


def _settled(
    message_id: str,
    parts: list[tuple[Report, datetime]],
    sent: Sent | None = None,
    clock: Clock | None = None,
) -> Receipt:
    """Judge a message by the parts that were reported: one that did not arrive spoils it."""
    failed = next((part for part, _ in parts if not part.delivered), None)
    total = max(part.total for part, _ in parts)
    delivery = Delivery.FAILED if failed else Delivery.DELIVERED
    if sent and clock and not failed and len(parts) < total:
        delivery = _unreported(sent, clock)
    return Receipt(
        message_id,
        delivery,
        sent,
        status=(failed or parts[0][0]).status,
        reported=max(_when(part, at) for part, at in parts),
        segments=(sent.segments if sent else None) or total,
    )


def _when(report: Report, at: datetime) -> datetime:
    """Return when the service says that it was so; where it does not, when we were told."""
    try:
        moment = datetime.fromisoformat(report.updated or "")
    except ValueError:
        return at
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def latest(reports: Iterable[Received[Report]]) -> Mapping[tuple[str, int], Received[Report]]:
    """Return the report that holds for each part of each message: (message id, sequence) → report.

    A report that the service made up for want of one ("no report for 72 hours") yields to any of the network;
    else the later time of the service holds, and of equal ones the later arrival.
    """
    found: dict[tuple[str, int], Received[Report]] = {}
    for one in reports:
        key = (one.item.message_id, one.item.sequence)
        if key not in found or _rank(one) >= _rank(found[key]):
            found[key] = one
    return found


def _rank(one: Received[Report]) -> tuple[bool, str, datetime]:
    return (one.item.updated is not None, one.item.updated or "", one.at)
