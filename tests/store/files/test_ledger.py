"""The file that must not forget: states as the table has them, older files, damage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest

from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.store.files.ledger import Ledger
from smsconf.store.files.ledger_reader import open_ledger_to_read
from smsconf.store.files.ledger_tables import numbers_digest
from smsconf.store.files.sent import read_ledger
from smsconf.store.list_digest import ListDigest
from smsconf.store.runs import MOVES, Batch, Key, Move, Run, State

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
ONE, TWO = "8613812345678", "8613812345679"
# the tables of the first version, as it made them
FIRST = """
CREATE TABLE run (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, template TEXT NOT NULL, region TEXT NOT NULL,
  digest TEXT NOT NULL, slots TEXT NOT NULL, started TEXT NOT NULL, summary TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE batch (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, state TEXT NOT NULL, size INTEGER NOT NULL,
  numbers TEXT NOT NULL, contents TEXT, tries INTEGER NOT NULL DEFAULT 0, at TEXT
) STRICT;
CREATE INDEX batch_state ON batch (run, state);
CREATE INDEX batch_at ON batch (at) WHERE at IS NOT NULL;
CREATE TABLE message (
  batch INTEGER NOT NULL, number INTEGER NOT NULL, message_id TEXT, status TEXT NOT NULL, parts INTEGER
) STRICT;
INSERT INTO run VALUES
  (1, 'template.news:abc', 'template.news', 'cn', 'd', '[]', '2026-01-05T04:00:00+00:00', '{}'),
  (2, 'campaign.sale#2', 'template.news', 'cn', 'd', '[]', '2026-01-05T04:00:00+00:00', '{}');
INSERT INTO batch VALUES (1, 1, 'sent', 1, '', NULL, 0, '2026-01-05T04:00:00+00:00');
INSERT INTO batch VALUES (2, 1, 'sending', 1, '8613812345679', NULL, 0, '2026-01-05T04:00:01+00:00');
INSERT INTO batch VALUES (3, 1, 'ready', 2, '8613812345680,8613812345681', NULL, 0, NULL);
INSERT INTO message VALUES (1, 8613812345678, 'id-1', '000000', 1);
PRAGMA user_version = 1;
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(FIRST)
    return path


def make(ledger: Ledger, *batches: list[str]) -> Run:
    run = Run(0, Key("account", None, "template.news"), "news", "template.news", "cn", "", {}, NOON)
    with ledger.making(run) as making:
        for batch in batches:
            making.add(batch, None)
        making.note("d", "news", {})
    found = ledger.find(making.run)
    assert found
    ledger.agree(found, NOON)
    return found


def test_older_ledger_is_never_resumed_and_what_it_sent_counts(old: Path) -> None:
    """Its rest is uncertain, its messages are receipts, its traffic is everybody's, the file is kept."""
    with Ledger(old) as ledger:
        sale, news = ledger.runs()
        assert (news.key, sale.key) == (
            Key(None, None, "template.news"),
            Key(None, None, "campaign.sale"),
        )
        tally = ledger.tally(news)
        assert (tally.accepted, tally.uncertain, tally.waiting) == (1, 3, 0)
        assert [batch.numbers for batch, _ in ledger.doubtful(news)] == [
            (TWO,),
            ("8613812345680", "8613812345681"),
        ]
        assert ledger.spent("any", "cn", NOON).day == 2, "what was not tried counts for nothing"
        numbers = ListDigest()
        numbers.add((f"86138123456{end}", ()) for end in (78, 79, 80, 81))
        assert news.digest == numbers_digest(numbers.hex())
    assert [one.message_id for one in read_ledger(old)] == ["id-1"]
    with closing(sqlite3.connect(old.with_name("ledger.v1.db"))) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT count(*) FROM batch WHERE state = 'ready'").fetchone() == (1,)
    with Ledger(old) as ledger:
        assert len(ledger.runs()) == 2, "the second opening changes nothing"


def test_reading_alone_changes_no_older_ledger(old: Path) -> None:
    """A dry run leaves no trace, and knows what the next run will know."""
    before = old.read_bytes()
    with open_ledger_to_read(old) as ledger:
        assert ledger
        sale, news = ledger.runs()
        assert (ledger.tally(news).accepted, ledger.tally(news).uncertain) == (1, 3)
        assert not ledger.is_open(sale)
    assert old.read_bytes() == before


@pytest.mark.parametrize(("move", "state"), list(product(Move, State)))
def test_batch_moves_only_as_the_table_says(tmp_path: Path, move: Move, state: State) -> None:
    """From any other state it is an error, and the batch stays where it was."""
    with Ledger(tmp_path / "ledger.db") as ledger:
        run = make(ledger, [ONE])
        ledger._database.execute("UPDATE batch SET state = ?", (state,))
        batch = Batch(1, (ONE,))
        before, after = MOVES[move]
        if state is before:
            ledger._move(move, batch, NOON)
            assert ledger._database.execute("SELECT state FROM batch").fetchone() == (after,)
        else:
            with pytest.raises(SmsconfError, match=f"state {before}"):
                ledger._move(move, batch, NOON)
            assert ledger._database.execute("SELECT state FROM batch").fetchone() == (state,)
        assert ledger.tally(run).total == 1


@pytest.mark.parametrize("damage", ["UPDATE run SET message = '{'", "UPDATE run SET made = 'never'"])
def test_damaged_rows_are_said_and_nothing_is_sent(tmp_path: Path, damage: str) -> None:
    """Somebody edited the file by hand."""
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger:
        make(ledger, [ONE])
        ledger._database.execute(damage)
    with Ledger(path) as ledger, pytest.raises(SmsconfError, match=r"ledger\.db cannot be used"):
        ledger.runs()


def test_page_in_the_middle_that_is_broken_is_said(tmp_path: Path) -> None:
    """The head of the file is fine, so it opens; the reading of what is broken is what fails."""
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger:
        make(ledger, *([f"86138{at:08}"] for at in range(3_000)))
    content = bytearray(path.read_bytes())
    content[8192:65536] = b"\xff" * (65536 - 8192)
    path.write_bytes(content)

    def take_all() -> None:
        with Ledger(path) as ledger:
            for run in ledger.runs():
                while ledger.take(run, NOON):
                    pass

    with pytest.raises(SmsconfError, match=r"ledger\.db"):
        take_all()
    path.unlink()
    with Ledger(path) as ledger:  # what could not be opened keeps nobody out
        assert ledger.runs() == []


@pytest.mark.parametrize("whole", [False, True])
def test_ledger_that_is_deleted_or_replaced_while_sending_stops_it(tmp_path: Path, whole: bool) -> None:
    """The next process would know nothing of what was sent; and none may start meanwhile."""
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger:
        run = make(ledger, [ONE], [TWO])
        assert ledger.take(run, NOON)
        path.unlink()
        if whole:
            path.touch()
        with pytest.raises(PlanRefused, match="another smsconf bulk"):
            Ledger(path)
        with pytest.raises(SmsconfError, match="deleted or replaced"):
            ledger.take(run, NOON)


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be none" * 30, None])
def test_ledger_that_cannot_be_used_is_named(tmp_path: Path, content: bytes | None) -> None:
    """Something else under that name: nothing is sent, the file is in the words."""
    path = tmp_path / "ledger.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(SmsconfError, match=r"ledger\.db cannot be used"), Ledger(path):
        pass
