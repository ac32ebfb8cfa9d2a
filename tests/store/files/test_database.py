"""Files of ours: brought up to date with a copy kept, told apart from strangers, whole after a kill."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from smsconf.model.errors import SmsconfError
from smsconf.store.files.database import in_words, open_database, transaction

OLD = "CREATE TABLE IF NOT EXISTS thing (a TEXT) STRICT;"
NEW = """
CREATE TABLE IF NOT EXISTS thing (a TEXT, b TEXT, c TEXT) STRICT;
CREATE INDEX IF NOT EXISTS by_b ON thing (b);
CREATE TABLE IF NOT EXISTS other (x TEXT) STRICT
"""


def _add_b(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE thing ADD COLUMN b TEXT")
    database.execute("UPDATE thing SET b = a || '!'")


def _add_c(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE thing ADD COLUMN c TEXT")


STEPS = {1: _add_b, 2: _add_c}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of version 1 with a row, whose last write is still in its write-ahead log."""
    path = tmp_path / "file.db"
    database = open_database(path, OLD)
    database.execute("INSERT INTO thing VALUES ('kept')")
    yield path
    database.close()


def _rows(path: Path) -> tuple[int, list[tuple[str, ...]]]:
    with closing(sqlite3.connect(path)) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        return version, list(database.execute("SELECT * FROM thing"))


def test_database_of_an_earlier_version_is_brought_up_to_date_and_kept_as_a_copy(old) -> None:
    """Every step runs in turn, what is new is made, and the copy is the old file, its owner's only."""
    open_database(old, NEW, 3, STEPS).close()
    assert _rows(old) == (3, [("kept", "kept!", None)])
    copy = old.with_name("file.v1.db")
    assert _rows(copy) == (1, [("kept",)])
    assert copy.stat().st_mode & 0o077 == 0
    assert {one.name for one in old.parent.iterdir()} <= {
        *(f"file.db{end}" for end in ("", "-wal", "-shm")),
        "file.v1.db",
    }


def test_database_stays_as_it_was_when_a_step_fails(old) -> None:
    """All steps or none."""

    def fail(database: sqlite3.Connection) -> None:
        database.execute("DELETE FROM thing")
        raise sqlite3.OperationalError("no")

    with pytest.raises(sqlite3.OperationalError):
        open_database(old, NEW, 3, {1: _add_b, 2: fail})
    assert _rows(old) == (1, [("kept",)])
    open_database(old, NEW, 3, STEPS).close()
    assert _rows(old)[0] == 3


def test_database_stays_as_it_was_when_it_cannot_be_copied(old, monkeypatch) -> None:
    """Without a copy on the disk nothing is changed."""

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            open_database(old, NEW, 3, STEPS)
    assert _rows(old) == (1, [("kept",)])
    assert not [one for one in old.parent.iterdir() if one.suffix == ".tmp"]


def _die_in_the_second_step(path: Path) -> None:
    open_database(path, NEW, 3, {1: _add_b, 2: lambda _: os._exit(9)})


def test_database_survives_a_kill_between_two_steps(old) -> None:
    """The process dies half-way: the next one finds the old version, whole, and finishes."""
    child = multiprocessing.get_context("spawn").Process(target=_die_in_the_second_step, args=(old,))
    child.start()
    child.join(30)
    assert child.exitcode == 9
    assert _rows(old) == (1, [("kept",)])
    open_database(old, NEW, 3, STEPS).close()
    assert _rows(old) == (3, [("kept", "kept!", None)])


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("PRAGMA user_version = 9", "newer"),
        ("CREATE TABLE people (name TEXT)", "something else"),
        ("CREATE TABLE people (name TEXT); PRAGMA user_version = 3", "something else"),
        ("CREATE TABLE thing (z TEXT); PRAGMA user_version = 3", "something else"),
        ("CREATE TABLE thing (a TEXT); PRAGMA user_version = -1", "something else"),
    ],
)
def test_database_of_somebody_else_is_left_alone(tmp_path: Path, made: str, said: str) -> None:
    """Another schema, a later version, a version that never was: refused, and not a byte is changed."""
    path = tmp_path / "file.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(made)
    before = path.read_bytes()
    with pytest.raises(SmsconfError, match=said):
        open_database(path, NEW, 3, STEPS)
    assert path.read_bytes() == before


def test_database_that_is_complete_is_opened_beside_a_writer(old) -> None:
    """Who only reads waits for nobody."""
    with closing(open_database(old, OLD)) as writer, transaction(writer):
        writer.execute("INSERT INTO thing VALUES ('more')")
        with closing(open_database(old, OLD)) as reader:
            reader.execute("PRAGMA busy_timeout = 0")
            assert list(reader.execute("SELECT * FROM thing")) == [("kept",)]


def test_database_damage_is_told_from_a_full_disk(tmp_path: Path) -> None:
    """A broken page wants a copy, a full disk wants room."""
    path = tmp_path / "file.db"
    path.write_bytes(b"no database" * 500)
    with pytest.raises(SmsconfError) as found, in_words(path, "read"):
        open_database(path, OLD)
    assert "copy" in (found.value.fix or "")
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    with pytest.raises(SmsconfError) as found, in_words(path, "written"):
        raise full
    assert "room" in (found.value.fix or "")


def test_database_error_of_the_values_stays_what_it_is_where_it_is_asked_for() -> None:
    """A refused row is no damage, and no matter of room."""
    for values, kind in ((False, sqlite3.IntegrityError), (True, SmsconfError)):
        with pytest.raises(kind), in_words(Path("file.db"), "written", values=values):
            raise sqlite3.IntegrityError("not unique")
