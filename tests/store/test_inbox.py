"""What came back, in both homes: once each, whoever receives it, and nothing that was pushed is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.messaging.receive.receipts import latest
from smsconf.store.interfaces import Inbox, Store
from smsconf.store.messages import Reply, Report
from tests.store.conftest import OpenStore

NOW = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)
SCOPE = "emulator/china/one"


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    return open_store()


@pytest.fixture
def inbox(store: Store) -> Iterator[Inbox]:
    with store.open_inbox(SCOPE) as made:
        yield made


def test_inbox_gives_back_what_was_put_in(open_store: OpenStore, inbox: Inbox) -> None:
    """Every field survives, reports sorted by message, and another process finds it."""
    items = [
        Report("b", "DELIVRD", 2, 3, "2", "2026-01-05T00:00:00Z", "ok", "000", "x", "+8613812345678"),
        Reply("r", "+8613812345678", "10690", "R", "2026-01-05T00:00:00Z"),
        Report("a", "UNDELIV"),
    ]
    assert inbox.add(items, NOW) == 3
    other = open_store()
    assert [one.item for one in other.reports()] == [items[2], items[0]]
    assert [one.item for one in other.reports("b")] == [items[0]]
    assert [one.item for one in other.replies(SCOPE)] == [items[1]]
    assert {one.at for one in (*other.reports(), *other.replies(SCOPE))} == {NOW}


def test_repeated_items_are_kept_once(store: Store, inbox: Inbox) -> None:
    """The service may push again what it pushed, in one go too: the first arrival stays."""
    items = [Report("a", "DELIVRD"), Reply("r", "+86", "1", "R")]
    news = [inbox.add(items * 2, NOW + timedelta(hours=hour)) for hour in range(3)]
    assert news == [2, 0, 0]
    assert [one.at for one in store.reports()] == [one.at for one in store.replies(SCOPE)] == [NOW]
    assert inbox.add([Report("a", "DELIVRD", updated="2026-01-05T00:00:09Z")], NOW) == 1


def test_nothing_is_stored_as_nothing(inbox: Inbox) -> None:
    """A push without a report in it, and the look of whoever watches over the receiver."""
    inbox.probe()
    assert inbox.add([], NOW) == 0


def test_latest_report_of_a_part_holds(store: Store, inbox: Inbox) -> None:
    """Disorder does not matter: the service's time decides, and one it made up yields to the network's."""
    inbox.add(
        [
            Report("a", "DELIVRD", updated="2026-01-05T00:00:09Z"),
            Report("a", "ACCEPTD", updated="2026-01-05T00:00:01Z"),
            Report("b", "UNDELIV", updated="2026-01-05T00:00:01Z"),
            Report("b", "EXPIRED"),
            Report("c", "UNKNOWN"),
            Report("c", "REJECTD"),
        ],
        NOW,
    )
    held = {key[0]: one.item.status for key, one in latest(store.reports()).items()}
    assert held == {"a": "DELIVRD", "b": "UNDELIV", "c": "REJECTD"}


def test_order_is_that_of_code_points(store: Store, inbox: Inbox) -> None:
    """Reports are merged with what was sent, by Python: a database must not sort like a dictionary."""
    names = ["b_1", "B_1", "a_1", "a-1", "aa", "Z", "é", "00", "0-"]
    inbox.add([Report(name, "DELIVRD") for name in names], NOW)
    assert [one.item.message_id for one in store.reports()] == sorted(names)


def test_opt_out_is_not_lost_for_what_else_was_pushed(
    store: Store, open_store: OpenStore, inbox: Inbox
) -> None:
    """A NUL in the text and ids beyond all measure; half a character only a database takes away."""
    half = "\ud83d" if store.shared else ""
    replies = [
        Reply("r" * 500, "+8613812345601", "1\0", f"T\0D{half}", "2026" * 100),
        Reply("短信" * 250, "+8613812345602", "10690", "退\0订", None),
        Reply("短信" * 250 + "!", "+8613812345603", "10690", "R"),
    ]
    reports = [Report("长" * 500, "X" * 500, updated="9" * 500, description="\0"), Report("a", "DELIVRD")]
    assert inbox.add([*replies, *reports], NOW) == 5
    assert inbox.add([*replies, *reports], NOW) == 0
    out = OptOuts(store.follow_replies(SCOPE))
    assert out.current() == {"8613812345601", "8613812345602", "8613812345603"}
    out.close()


def test_receivers_at_once_lose_nothing_and_count_each_new_one_once(open_store: OpenStore) -> None:
    """Two that are told the same in different orders neither wait for each other nor count double."""
    every = [*(Report(f"m{n}", "DELIVRD") for n in range(200)), Reply("r", "+8613812345601", "1", "R")]
    news: list[int] = []

    def receive(items: list[Report | Reply]) -> None:
        with open_store().open_inbox(SCOPE) as inbox:
            news.extend(inbox.add(items[start : start + 7], NOW) for start in range(0, len(items), 7))

    both = [threading.Thread(target=receive, args=(one,)) for one in (every, every[::-1])]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sum(news) == 201
    assert len(list(open_store().reports())) == 200
