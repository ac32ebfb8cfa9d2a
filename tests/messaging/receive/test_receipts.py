"""Receipts: what was sent against what was reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from smsconf.messaging.receive.receipts import Delivery, Tally, match
from smsconf.store.messages import Received, Report, Sent

NOW = datetime(2026, 1, 10, tzinfo=UTC)


def sent(message_id: str, hours: int = 1, segments: int | None = 1) -> Sent:
    at = NOW - timedelta(hours=hours)
    return Sent(message_id, "+8613812345678", at, "template.shipped", segments=segments)


def got(message_id: str, status: str, sequence: int = 1, total: int = 1) -> Received:
    return Received(Report(message_id, status, sequence, total), NOW)


def deliveries(sents, reports) -> list[tuple[str, Delivery, str | None]]:
    return [(one.message_id, one.delivery, one.status) for one in match(sents, reports, NOW)]


def test_messages_are_delivered_failed_pending_or_missing() -> None:
    """Without a report a message is pending for 72 hours, then missing."""
    assert deliveries(
        [sent("a"), sent("b"), sent("c", 72), sent("d", 73)], [got("a", "DELIVRD"), got("b", "REJECTD")]
    ) == [
        ("a", Delivery.DELIVERED, "DELIVRD"),
        ("b", Delivery.FAILED, "REJECTD"),
        ("c", Delivery.PENDING, None),
        ("d", Delivery.MISSING, None),
    ]


def test_long_message_is_delivered_when_all_parts_are() -> None:
    """One part that failed spoils it; one that is not reported yet keeps it pending."""
    whole = [got("a", "DELIVRD", 1, 2), got("a", "DELIVRD", 2, 2)]
    spoilt = [got("b", "DELIVRD", 1, 2), got("b", "UNDELIV", 2, 2)]
    partly = [got("c", "DELIVRD", 2, 2)]
    assert deliveries(
        [sent("a", segments=2), sent("b"), sent("c"), sent("d")], [*whole, *spoilt, *partly]
    ) == [
        ("a", Delivery.DELIVERED, "DELIVRD"),
        ("b", Delivery.FAILED, "UNDELIV"),
        ("c", Delivery.PENDING, "DELIVRD"),
        ("d", Delivery.PENDING, None),
    ]
    assert deliveries([sent("c", 80)], partly) == [("c", Delivery.MISSING, "DELIVRD")]


def test_reports_about_unknown_messages_are_kept() -> None:
    """Somebody else may send with the same app: before, between and after our own."""
    reports = [got("a", "DELIVRD"), got("b", "DELIVRD"), got("c", "BLACK"), got("d", "DELIVRD")]
    found = list(match([sent("b")], reports, NOW))
    assert [(one.message_id, one.sent is None, one.delivery) for one in found] == [
        ("a", True, Delivery.DELIVERED),
        ("b", False, Delivery.DELIVERED),
        ("c", True, Delivery.FAILED),
        ("d", True, Delivery.DELIVERED),
    ]


def test_tally_counts_deliveries_reasons_and_segments() -> None:
    """A group says how many ended how, why those failed, and what was billed."""
    tally = Tally()
    for one in match([sent("a", segments=2), sent("b")], [got("b", "REJECTD")], NOW):
        tally.add(one)
    assert (tally.messages, dict(tally.failures), tally.segments) == (2, {"REJECTD": 1}, 3)


def test_message_is_late_by_the_clock_of_its_account() -> None:
    """An emulator may be days ahead of this machine, or behind; the service itself is where we are."""
    ahead = NOW + timedelta(days=60)
    clocks = {"": NOW, "huaweicloud/x": NOW, "emulator/china/a": ahead, None: ahead}

    def one(message_id: str, scope: str | None, at: datetime) -> Sent:
        return Sent(message_id, "+86", at, "t", scope=scope)

    sents = [
        one("a", "emulator/china/a", ahead - timedelta(hours=1)),
        one("b", "emulator/china/a", ahead - timedelta(hours=73)),
        one("c", "huaweicloud/x", NOW - timedelta(hours=1)),
        one("d", "huaweicloud/x", NOW - timedelta(hours=73)),
        one("e", None, ahead - timedelta(hours=73)),
    ]
    found = [(each.message_id, each.delivery) for each in match(sents, [], clocks.__getitem__)]
    assert found == [
        ("a", Delivery.PENDING),
        ("b", Delivery.MISSING),
        ("c", Delivery.PENDING),
        ("d", Delivery.MISSING),
        ("e", Delivery.MISSING),
    ]


def test_times_of_a_receipt_are_of_one_clock() -> None:
    """When it was reported is the service's time; where it gives none, ours is moved to its clock."""
    ahead = NOW + timedelta(days=60)
    sents = [Sent(name, "+86", ahead - timedelta(hours=2), "t", scope="emulator/x/y") for name in "abc"]
    reports = [
        Received(Report("a", "DELIVRD", updated="2026-03-10T23:00:00Z"), NOW),
        Received(Report("b", "EXPIRED"), NOW - timedelta(hours=1)),
        Received(Report("c", "DELIVRD", updated="yesterday"), NOW - timedelta(hours=1)),
    ]
    found = [one.reported for one in match(sents, reports, lambda scope: NOW if scope == "" else ahead)]
    assert found == [
        datetime(2026, 3, 10, 23, tzinfo=UTC),
        ahead - timedelta(hours=1),
        ahead - timedelta(hours=1),
    ]
