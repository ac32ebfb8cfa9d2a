"""What is kept of an opt-out keeps the person out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smsconf.messaging.receive.opt_out_reply import read_wish
from smsconf.messaging.receive.opt_out_words import WORDS
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.store.files.home import FileStore
from smsconf.store.messages import Reply
from smsconf.workflow.purging import plan_purge
from tests.scenarios.conftest import PROJECT

AT = datetime(2020, 3, 1, tzinfo=UTC)


def said(folder: Path, *replies: tuple[str, str]) -> FileStore:
    """A folder of a project with replies, a minute after another."""
    (folder / "smsconf.yaml").write_text(PROJECT, encoding="utf-8")
    store = FileStore(folder)
    with store.open_inbox(None) as inbox:
        for minute, (sender, body) in enumerate(replies):
            reply = Reply(f"r{minute}", sender, "10690", body)
            inbox.add([reply], AT + timedelta(minutes=minute))
    return store


def people(store: FileStore) -> list[tuple[str, str, datetime]]:
    out = OptOuts(store.follow_replies(None))
    try:
        out.current()
        return [(one.number, one.word, one.since) for one in out.people()]
    finally:
        out.close()


def out_of(store: FileStore) -> set[str]:
    return {number for number, _word, _since in people(store)}


def test_every_word_that_leaves_does_so_alone(tmp_path: Path) -> None:
    """Whichever word somebody was out by, they are out by what is kept of their reply."""
    bodies = [body for word in WORDS for body in (word.text, f"{word.text}，我姓王") if _leaves(body)]
    assert len(bodies) > 20
    store = said(tmp_path, *((f"+86138{place:08}", body) for place, body in enumerate(bodies)))
    before = out_of(store)
    plan_purge(tmp_path, None, print, age=timedelta(days=90)).carry_out(print)
    assert out_of(store) == before
    assert not [one for one in store.replies(None) if "王" in one.item.body]


@pytest.mark.parametrize("number", ["", "8613812345601"])
def test_who_came_back_and_who_nobody_can_read(tmp_path: Path, number: str) -> None:
    """Nothing is kept of who came back; a sender that nobody can read stays, as nobody else could be out."""
    one, odd = "+8613812345601", "+86155****5172"
    store = said(tmp_path, (one, "R"), (one, "START"), (odd, "TD please"), ("+8613812345602", "hello"))
    age = None if number else timedelta(days=90)
    plan_purge(tmp_path, None, print, age=age, number=number).carry_out(print)
    assert out_of(store) == {odd}
    left = {(reply.item.sender, reply.item.body) for reply in store.replies(None)}
    kept = {(odd, "TD please"), ("+8613812345602", "hello")} if number else {(odd, "TD")}
    assert left == {("", ""), *kept}


def _leaves(body: str) -> bool:
    wish = read_wish(body)
    return bool(wish and wish.leaves)


def test_since_when_somebody_is_out_stays(tmp_path: Path) -> None:
    """An opt-out that they took back meanwhile does not come to life by what went."""
    one = "+8613812345601"
    store = said(tmp_path, (one, "R"), (one, "START"), (one, "TD"))
    before = people(store)
    assert len(before) == 1
    plan_purge(tmp_path, None, print, age=timedelta(days=90)).carry_out(print)
    assert people(store) == before
    assert [reply.item.body for reply in store.replies(None)] == ["", "", "TD"]


def test_text_without_a_sender_goes_too(tmp_path: Path) -> None:
    """A push may leave it out."""
    store = said(tmp_path, ("", "a secret"))
    assert plan_purge(tmp_path, None, print, age=timedelta(days=90)).carry_out(print).replies == 1
    assert [reply.item.body for reply in store.replies(None)] == [""]


def test_reply_is_as_old_as_the_service_says(tmp_path: Path) -> None:
    """Its clock may be an emulator's, which was moved on."""
    store = said(tmp_path)
    with store.open_inbox(None) as inbox:
        created = (AT - timedelta(days=1)).isoformat()
        inbox.add([Reply("old", "+8613812345601", "10690", "a secret", created)], datetime.now(UTC))
        inbox.add([Reply("new", "+8613812345601", "10690", "another")], datetime.now(UTC))
    plan_purge(tmp_path, None, print, age=timedelta(days=90)).carry_out(print)
    assert [reply.item.body for reply in store.replies(None)] == ["", "another"]
