"""Numbers and texts deleted from the files of a folder, so that they are gone from the disk, too.

Deleted rows are overwritten, files are written anew and their logs emptied; copies that upgrades kept, and
lists of rows that were left out, are files with numbers as well, and go as a whole.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from smsconf.language import _
from smsconf.model.errors import unwritable
from smsconf.own_files import read_own
from smsconf.store.files.database import in_words, transaction
from smsconf.store.files.inbox import Inbox
from smsconf.store.files.ledger import Ledger
from smsconf.store.files.places import ledger_path, sent_path
from smsconf.store.files.sent import open_sent
from smsconf.store.purging import (
    Execute,
    Purged,
    Wanted,
    Word,
    purge_number,
    purge_replies,
    purge_reports,
    purge_runs,
    purge_sent,
)

_ALL = "1 = 1"
_DRAFTS = (
    "DELETE FROM batch WHERE run IN (SELECT id FROM run WHERE agreed IS NULL)",
    "DELETE FROM run WHERE agreed IS NULL",
)
_NATIONAL = 11  # digits by which a number is found that a person wrote


def purge_files(
    folder: Path, state: Path, received: Iterable[Path], wanted: Wanted, replies: Iterable[tuple[str, Word]]
) -> Purged:
    """Delete what is wanted from every file.

    Args:
        folder: of the project.
        state: where it remembers.
        received: the files that something was received into.
        wanted: what is to go.
        replies: ids of replies that go, and the word that stays of one.

    Raises:
        PlanRefused: a list is being sent from the folder.
        SmsconfError: a file cannot be read or written; running again goes on.
    """
    done = Purged()
    ids: list[str] = []
    ledger, sent = ledger_path(folder), sent_path(folder)
    with Ledger(ledger, folder=folder.absolute()) if ledger.exists() else nullcontext() as runs:
        if runs is not None:
            with in_words(ledger, _("purged")), _rewriting(runs.database) as execute:
                for statement in _DRAFTS:
                    execute(statement)
                if wanted.before:
                    purge_runs(execute, _ALL, wanted.before, done)
                else:
                    ids += purge_number(execute, _ALL, wanted.number, done)
        if sent.exists():
            with open_sent(sent) as database, _rewriting(database) as execute:
                ids += purge_sent(execute, _ALL, wanted, done)
        gone = list(replies)
        for path in received:
            inbox = Inbox(path)
            try:
                with in_words(path, _("purged")), _rewriting(inbox.database) as execute:
                    purge_reports(execute, _ALL, wanted, ids, done)
                    purge_replies(execute, _ALL, gone, done)
            finally:
                inbox.close()
        for path in _leftovers(state, wanted):
            try:
                path.unlink()
            except OSError as error:
                raise unwritable(path, error) from error
            done.files += 1
    return done


@contextmanager
def _rewriting(database: sqlite3.Connection) -> Iterator[Execute]:
    """Write all of what is inside; what it deletes is in neither the file nor its log afterwards."""
    database.execute("PRAGMA secure_delete = ON")
    with transaction(database):
        yield lambda statement, **values: database.execute(statement, values)
    database.execute("VACUUM")
    (is_busy, *_counts) = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise sqlite3.OperationalError(_("somebody reads it all the time"))


def _leftovers(state: Path, wanted: Wanted) -> Iterator[Path]:
    """Yield other files with numbers: what upgrades kept, and lists of rows that were left out."""
    for name in ("ledger", "sent", "inbox"):
        yield from state.glob(f"{name}.v*.db*")
    concerned = _older(wanted) if wanted.received_before else _holding(wanted.number)
    yield from filter(concerned, state.glob("dropped-*.csv"))


def _older(wanted: Wanted) -> Callable[[Path], bool]:
    assert wanted.received_before is not None  # noqa: S101 - for the type checker
    moment = wanted.received_before.timestamp()
    return lambda path: path.lstat().st_mtime < moment


def _holding(number: str) -> Callable[[Path], bool]:
    digits = number[-_NATIONAL:].encode()
    return lambda path: any(digits in re.sub(rb"[^0-9,]", b"", row) for row in read_own(path).splitlines())
