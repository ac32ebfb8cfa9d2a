"""The file with what came back: for its owner, and what is wrong with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from smsconf.model.errors import SmsconfError
from smsconf.store.files.inbox import Inbox, open_to_read


@pytest.fixture
def inbox(tmp_path: Path):
    made = Inbox(tmp_path / "state" / "inbox.db")
    yield made
    made.close()


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
