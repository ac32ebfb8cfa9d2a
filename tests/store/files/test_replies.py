"""A file of replies that is followed: whatever happens to it, nobody who opted out is written to."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.model.errors import SmsconfError
from smsconf.store.files.inbox import Inbox
from smsconf.store.files.replies import FileReplies
from smsconf.store.messages import Reply

A, B = "8613812345601", "8613812345602"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Replies:
    """A file of replies that a test writes into, one at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._count = 0

    def say(self, *said: tuple[str, str], after: timedelta = timedelta()) -> None:
        """Add replies of a sender."""
        inbox = Inbox(self.path)
        for sender, body in said:
            self._count += 1
            reply = Reply(f"{self.path}{self._count}", sender, "10690", body)
            inbox.add([reply], AT + after + timedelta(seconds=self._count))
        inbox.close()


@pytest.fixture
def replies(tmp_path: Path) -> Replies:
    return Replies(tmp_path / "inbox.db")


@pytest.fixture
def out(replies: Replies) -> Iterator[OptOuts]:
    made = OptOuts([FileReplies(replies.path)])
    yield made
    made.close()


def test_several_files_count_together(tmp_path: Path, replies: Replies) -> None:
    """The last word may stand in another file; the same file twice is one."""
    other = Replies(tmp_path / "other.db")
    replies.say((A, "R"), (B, "R"))
    other.say((A, "START"), after=timedelta(hours=1))
    out = OptOuts([FileReplies(replies.path), FileReplies(other.path)])
    assert out.current() == {B}
    out.close()


def test_file_that_is_not_there_yet_is_not_made_and_read_when_it_comes(
    replies: Replies, out: OptOuts
) -> None:
    """Receiving may begin later than sending."""
    assert out.current() == frozenset()
    assert not replies.path.exists()
    replies.path.touch()
    assert out.current() == frozenset()
    replies.path.unlink()
    replies.say((A, "R"))
    assert out.current() == {A}


def test_file_that_was_put_in_the_place_of_another_is_read(replies: Replies, out: OptOuts) -> None:
    """What was known stays known: an opt-out does not vanish with a file."""
    replies.say((A, "R"))
    assert out.current() == {A}
    replies.path.rename(replies.path.with_suffix(".old"))
    replies.say((B, "R"))
    assert out.current() == {A, B}


def test_rows_that_got_the_number_of_others_are_read(replies: Replies, out: OptOuts) -> None:
    """Old rows may be purged while somebody is sending."""
    replies.say((A, "R"))
    assert out.current() == {A}
    with sqlite3.connect(replies.path) as database:
        database.execute("DELETE FROM replies")
    database.close()
    replies.say((B, "R"))
    assert out.current() == {A, B}


@pytest.mark.parametrize("kind", ["garbage", "other", "folder", "gone"])
def test_file_that_cannot_be_read_stops_the_sending(replies: Replies, out: OptOuts, kind: str) -> None:
    """Nobody is written to because a file was damaged, exchanged or taken away."""
    if kind == "garbage":
        replies.path.write_bytes(b"no database at all" * 100)
    elif kind == "folder":
        replies.path.mkdir()
    elif kind == "other":
        with sqlite3.connect(replies.path) as database:
            database.execute("CREATE TABLE messages (number)")
        database.close()
    else:
        replies.say((A, "R"))
        out.current()
        replies.path.unlink()
    with pytest.raises(SmsconfError, match=r"inbox\.db"):
        out.current()


def test_replies_of_a_receiver_that_was_killed_are_read(replies: Replies, out: OptOuts) -> None:
    """It leaves its log behind, and nobody who might have tidied up."""
    script = (
        "import os, sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from smsconf.store.messages import Reply\n"
        "from smsconf.store.files.inbox import Inbox\n"
        "inbox = Inbox(Path(sys.argv[1]))\n"
        f"inbox.add([Reply('x', '{A}', '10690', 'R')], datetime.now(UTC))\n"
        "os._exit(9)\n"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", script, str(replies.path)], check=False, env=environ)
    assert ran.returncode == 9
    replies.path.with_name("inbox.db-shm").unlink()
    assert out.current() == {A}
