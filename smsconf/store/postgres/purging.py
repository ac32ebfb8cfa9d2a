"""Numbers and texts of a project deleted from the shared store, all of it in one transaction.

Who sends goes on meanwhile: a batch that is on its way keeps its numbers, and is told. The space is given
back at once; what the database's own copies hold is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from smsconf.store.postgres.ledger_writer import LedgerWriter
from smsconf.store.purging import (
    Purged,
    Wanted,
    Word,
    purge_number,
    purge_replies,
    purge_reports,
    purge_runs,
    purge_sent,
)

_DRAFTS = "DELETE FROM run WHERE project = :project AND scope = :scope AND agreed IS NULL"
_LOCK = "FOR UPDATE OF batch"
_OF_ACCOUNT = "scope = :scope"


class PostgresPurge(LedgerWriter):
    """A session that purges; whoever opens it holds the account's lock, so nobody makes a run."""

    def purge(self, scope: str, wanted: Wanted, replies: Iterable[tuple[str, Word]]) -> Purged:
        """Delete what is wanted: of the project, and of what came back to an account.

        Raises:
            SmsconfError: the database is away, or does not let us; nothing was changed.
        """
        done = Purged()
        execute = partial(self._run, scope=scope)
        with self.together():
            execute(_DRAFTS)
            if wanted.before:
                purge_runs(execute, self.OWN, wanted.before, done)
                ids = []
            else:
                ids = purge_number(execute, self.OWN, wanted.number, done, lock=_LOCK)
            ids += purge_sent(execute, self.OWN, wanted, done)
            purge_reports(execute, _OF_ACCOUNT, wanted, ids, done)
            purge_replies(execute, _OF_ACCOUNT, replies, done)
        with self._explained():
            self._run("VACUUM run, batch, message, sent, reports, replies")
        return done
