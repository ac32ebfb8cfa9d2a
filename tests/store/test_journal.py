"""The journal, in either home: what is appended is read back, by everybody, in order."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from smsconf.origin import Origin
from smsconf.store.entries import Owner
from tests.store.conftest import OpenStore

NOW = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
HERE = Owner("huaweicloud/china/cn-north-4/p1", None)


def test_entries_come_back_in_order_whoever_added_them(open_store: OpenStore) -> None:
    """A reader that was open before sees what another one added since."""
    one, other = open_store().journal, open_store().journal
    assert one.read().entries == ()
    one.append(NOW, HERE, {"event": "intent", "address": "template.a", "remote_id": None})
    other.append(NOW, HERE, {"event": "accepted", "address": "template.a", "remote_id": "id-1"})
    one.append(NOW, HERE, {"event": "decision", "address": "template.a"})
    common = {"v": 2, "time": "2026-01-05T01:00:00Z", "scope": HERE.scope, "address": "template.a"}
    for journal in (one, other):
        assert [dict(entry) for entry in journal.read().entries] == [
            {**common, "event": "intent"},
            {**common, "event": "accepted", "remote_id": "id-1"},
            {**common, "event": "decision"},
        ]
        assert journal.read().torn == 0


def test_each_project_reads_its_own(open_store: OpenStore) -> None:
    """What another project of the same account recorded is its own business."""
    open_store("shop").journal.append(NOW, HERE, {"event": "intent"})
    assert open_store("forum").journal.read().entries == ()


def test_entries_say_who_was_at_work(open_store: OpenStore) -> None:
    """Actor, machine, commit and the address of the run; what is not known is left out."""
    origin = Origin("li-lei", "build-7", "2bfb63d7", "https://ci.example.com/runs/1")
    open_store(origin=origin).journal.append(NOW, HERE, {"event": "intent"})
    open_store().journal.append(NOW, HERE, {"event": "accepted"})
    first, second = open_store().journal.read().entries
    assert (first["actor"], first["host"], first["commit"]) == ("li-lei", "build-7", "2bfb63d7")
    assert first["run"] == "https://ci.example.com/runs/1"
    assert "actor" not in second


@pytest.mark.parametrize(
    "words", ["第一行\u2028第二行", "half a character \ud83d", "nul \0 here", '"quoted"\n']
)
def test_whatever_a_reviewer_says_is_kept(open_store: OpenStore, words: str) -> None:
    """Line separators, controls and broken characters come back as they were."""
    journal = open_store().journal
    journal.append(NOW, HERE, {"event": "decision", "review_message": words})
    (entry,) = open_store().journal.read().entries
    assert entry["review_message"] == words


def test_readers_miss_nothing_that_others_add_at_the_same_time(open_store: OpenStore) -> None:
    """Whoever reads again and again while several add has everything once, in one order."""
    seen: list[int] = []
    done = threading.Event()

    def add(writer: int) -> None:
        journal = open_store().journal
        for number in range(25):
            journal.append(NOW, HERE, {"event": "intent", "number": writer * 100 + number})

    def look() -> None:
        journal = open_store().journal
        while not done.is_set():
            seen.append(len(journal.read().entries))
        seen.append(len(journal.read().entries))
        assert [one["number"] for one in journal.read().entries] == [
            one["number"] for one in open_store().journal.read().entries
        ]

    reader = threading.Thread(target=look)
    writers = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert seen == sorted(seen)
    assert seen[-1] == 100
    assert len({one["number"] for one in open_store().journal.read().entries}) == 100


def test_one_at_a_time_records_the_same(open_store: OpenStore) -> None:
    """Who looks and then adds is alone while it does."""
    inside = []

    def record() -> None:
        journal = open_store().journal
        with journal.locked("news"):
            inside.append(1)
            if not journal.read().entries:
                journal.append(NOW, HERE, {"event": "decision"})
            inside.pop()
            assert not inside

    threads = [threading.Thread(target=record) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(open_store().journal.read().entries) == 1
