"""Which files something was received into."""

from __future__ import annotations

from pathlib import Path

import pytest

from smsconf.model.errors import SmsconfError
from smsconf.store.files.places import inboxes, note_inbox


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop" / ".smsconf").mkdir(parents=True)
    return tmp_path / "shop"


def test_other_database_of_a_project_is_remembered_once(folder: Path, tmp_path: Path) -> None:
    """Its absolute path, on a line of a file for its owner alone; the project's own is not written down."""
    own, other = folder / ".smsconf" / "inbox.db", tmp_path / "other.db"
    for path in (other, other, tmp_path / "shop" / ".." / "other.db", own):
        note_inbox(folder, path)
    noted = folder / ".smsconf" / "inboxes"
    assert noted.read_text(encoding="utf-8").split() == [str(other)]
    assert noted.stat().st_mode & 0o077 == 0
    other.touch()
    assert inboxes(folder) == [other]
    own.touch()
    assert inboxes(folder) == [own, other]


def test_folder_that_is_no_project_remembers_nothing(tmp_path: Path) -> None:
    """A receiver may run anywhere."""
    note_inbox(tmp_path, tmp_path / "other.db")
    assert not (tmp_path / ".smsconf").exists()
    assert inboxes(tmp_path) == []


def test_inbox_that_is_gone_is_an_error_that_says_how_to_settle_it(folder: Path, tmp_path: Path) -> None:
    """Who opted out there would be written to: it is put back, or its line deleted."""
    note_inbox(folder, tmp_path / "gone.db")
    with pytest.raises(SmsconfError, match=r"gone\.db is gone") as found:
        inboxes(folder)
    assert "inboxes" in (found.value.fix or "")
    (folder / ".smsconf" / "inboxes").write_bytes(b"\xff")
    with pytest.raises(SmsconfError, match="cannot read"):
        inboxes(folder)
