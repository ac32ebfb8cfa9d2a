"""The file with what came back: once each, on the disk, for its owner."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smsconf.messaging.receive.receipts import latest
from smsconf.model.errors import SmsconfError
from smsconf.store.files.inbox import Inbox, open_to_read
from smsconf.store.messages import Reply, Report

NOW = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def inbox(tmp_path: Path):
    made = Inbox(tmp_path / "state" / "inbox.db")
    yield made
    made.close()


def test_inbox_gives_back_what_was_put_in(inbox) -> None:
    """Every field survives, reports sorted by message, and a second opening finds it."""
    items = [
        Report("b", "DELIVRD", 2, 3, "2", "2026-01-05T00:00:00Z", "ok", "000", "x", "+8613812345678"),
        Reply("r", "+8613812345678", "10690", "R", "2026-01-05T00:00:00Z"),
        Report("a", "UNDELIV"),
    ]
    inbox.add(items, NOW)
    with open_to_read(inbox.path) as other:
        assert [one.item for one in other.reports()] == [items[2], items[0]]
        assert [one.item for one in other.replies()] == [items[1]]
        assert {one.at for one in other.reports()} == {NOW}


def test_repeated_items_are_kept_once(inbox) -> None:
    """The service may push again what it pushed: the first arrival stays."""
    for _ in range(3):
        inbox.add([Report("a", "DELIVRD"), Reply("r", "+86", "1", "R")], NOW)
    assert len(list(inbox.reports())) == len(list(inbox.replies())) == 1


def test_inbox_is_its_owners_only(inbox) -> None:
    """It holds numbers of people."""
    assert inbox.path.stat().st_mode & 0o077 == 0


def test_inbox_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    """A file that is no database, one of a later version, a folder that is none, no file to read."""
    (tmp_path / "text.db").write_text("not a database " * 100)
    database = sqlite3.connect(tmp_path / "later.db")
    database.execute("PRAGMA user_version = 9")
    database.close()
    for name, said in [
        ("text.db", "not a database"),
        ("later.db", "newer"),
        ("text.db/x.db", "cannot be opened"),
    ]:
        with pytest.raises(SmsconfError, match=said):
            Inbox(tmp_path / name)
    with pytest.raises(SmsconfError, match="nothing was received"), open_to_read(tmp_path / "no.db"):
        pass


def test_latest_report_of_a_part_holds(inbox) -> None:
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
    held = {key[0]: one.item.status for key, one in latest(inbox.reports()).items()}
    assert held == {"a": "DELIVRD", "b": "UNDELIV", "c": "REJECTD"}
