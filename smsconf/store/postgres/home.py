"""Everything that is remembered in the database, by its parts; what each table holds is another module's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cached_property
from typing import Any

from sqlalchemy import text

from smsconf.language import _
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.origin import UNKNOWN, Origin
from smsconf.store.interfaces import Lock, StoreProof, StoreStatus, Work
from smsconf.store.messages import Received, Reply, Report, Sent
from smsconf.store.postgres.engine import VERSION, Database
from smsconf.store.postgres.importing import Importing, importing
from smsconf.store.postgres.inbox import Inbox, ReplyFeed
from smsconf.store.postgres.journal import Journal
from smsconf.store.postgres.ledger_maker import PostgresRunMaker
from smsconf.store.postgres.ledger_reader import PostgresRunReader
from smsconf.store.postgres.ledger_sender import PostgresRunSender
from smsconf.store.postgres.lock import hold
from smsconf.store.postgres.proof import prove
from smsconf.store.postgres.purging import PostgresPurge
from smsconf.store.postgres.sent import (
    add_sent,
    probe_sent,
    read_replies,
    read_reports,
    read_sent,
    templates_sent,
)
from smsconf.store.postgres.status import count_rows, locks, senders, size_of
from smsconf.store.purging import Purged, Wanted, Word
from smsconf.store.runs import Run

_LOAD = "SELECT content FROM document WHERE scope = :scope AND kind = :kind"
_SAVE = """
INSERT INTO document (scope, kind, content) VALUES (:scope, :kind, :content)
ON CONFLICT (scope, kind) DO UPDATE SET content = excluded.content
"""
_KNOWN = "SELECT EXISTS (SELECT FROM journal WHERE project = :project AND scope = :scope)"
_OTHERS = """
SELECT DISTINCT project FROM journal WHERE scope = :scope AND address = ANY(:addresses) ORDER BY project
"""


class PostgresStore:
    """The database; see :class:`~smsconf.store.interfaces.Store`. Nothing is connected before it is used."""

    shared = True

    def __init__(self, address: str, project: str, origin: Callable[[], Origin] = lambda: UNKNOWN) -> None:
        """Take an address and the identity of a project.

        Raises:
            SmsconfError: it is no address.
        """
        self.database = Database(address)
        self._project = project
        self._origin = origin

    @property
    def place(self) -> str:
        """Say which database it is, without its password."""
        return self.database.place

    @cached_property
    def journal(self) -> Journal:
        """Return the journal; nothing of it is read yet."""
        return Journal(self.database, self._project, self._origin)

    def lock(
        self, scope: str, work: Work, *, timeout: float | None, waiting: Callable[[Work | None], None]
    ) -> AbstractContextManager[Lock]:
        """Hold the lock of an account, against all runners."""
        return hold(self.database, scope, work, timeout=timeout, waiting=waiting)

    @contextmanager
    def open_inbox(self, scope: str | None) -> Iterator[Inbox]:
        """Open what came back for an account, to be written.

        Raises:
            SmsconfError: the database is away, or does not let us.
        """
        inbox = Inbox(self.database, scope or "")
        try:
            inbox.probe()
            yield inbox
        finally:
            inbox.close()

    def follow_replies(self, scope: str | None) -> Sequence[ReplyFeed]:
        """Return the replies to an account, of every environment and project."""
        return [ReplyFeed(self.database, scope or "")]

    def replies(self, scope: str | None) -> Iterator[Received[Reply]]:
        """Yield every reply to an account once, in the order of arrival."""
        return read_replies(self.database, scope or "")

    def require_received(self, scope: str | None) -> None:
        """Do nothing: the database is there for every account."""

    def reports(self, message_id: str | None = None) -> Iterator[Received[Report]]:
        """Yield every report about no other project's message once, or those about one, sorted by its id."""
        return read_reports(self.database, self._project, message_id)

    def require_sendable(self) -> None:
        """Make sure that what is handed over now could be remembered.

        Raises:
            SmsconfError: it could not.
        """
        probe_sent(self.database)

    def add_sent(self, messages: Iterable[Sent]) -> None:
        """Remember messages that were handed over one by one."""
        add_sent(self.database, self._project, messages)

    def sent(self, message_id: str | None = None, run: int | None = None) -> Iterator[Sent]:
        """Yield every message that the service took, one by one or of runs, sorted by its id."""
        return read_sent(self.database, self._project, message_id, run)

    def templates_sent(self) -> frozenset[str]:
        """Return the addresses of what was sent one by one."""
        return templates_sent(self.database, self._project)

    def importing(self) -> AbstractContextManager[Importing]:
        """Add what a folder of the project remembered, all of it or nothing.

        Raises:
            SmsconfError: the database is away, or does not let us.
        """
        return importing(self.database, self._project)

    def purge(
        self,
        scope: str | None,
        wanted: Wanted,
        replies: Iterable[tuple[str, Word]],
        work: Work,
        waiting: Callable[[Work | None], None],
    ) -> Purged:
        """Delete numbers and texts of the project, and of what came back to an account, for good."""
        account = scope or ""
        with (
            self.lock(account, work, timeout=None, waiting=waiting),
            PostgresPurge(self.database, self._project) as session,
        ):
            return session.purge(account, wanted, replies)

    def migrate(self) -> tuple[str | None, str]:
        """Make or change the tables; return the versions before and after.

        Raises:
            SmsconfError: the database is away or does not let us, or a newer smsconf made its tables.
        """
        from smsconf.store.postgres.migrate import migrate

        return migrate(self.database)

    def status(self) -> StoreStatus:
        """Count what there is, and say who holds which lock.

        Raises:
            SmsconfError: the database is away.
        """
        with self.database.begin(_("read")) as connection:
            scopes, size = count_rows(connection), size_of(connection)
            held, sending = locks(connection), senders(connection)
        return StoreStatus(
            self.place,
            shared=True,
            versions={"store": VERSION},
            size=size,
            scopes=scopes,
            locks=held,
            senders=sending,
        )

    def prove(self) -> StoreProof:
        """Look whether it is there, and gives a lock to one at a time.

        Raises:
            SmsconfError: it does not.
        """
        return prove(self.database)

    def require_known(self, scope: str, addresses: list[str]) -> None:
        """Make sure that a project of which nothing is known is a new one.

        Raises:
            PlanRefused: another one of this account knows its addresses: it may be the same by another name.
        """
        with self.database.begin(_("read")) as connection:
            own = {"project": self._project, "scope": scope}
            if connection.scalar(text(_KNOWN), own):
                return
            asked = {"scope": scope, "addresses": addresses}
            others = [one for (one,) in connection.execute(text(_OTHERS), asked)]
        if others:
            raise PlanRefused(
                _("the store knows nothing of the project {project}, and its addresses of {others}").format(
                    project=_named(self._project), others=", ".join(map(_named, others))
                ),
                why=_("if it is the same project by another name, what was rejected and sent is forgotten"),
                fix=_("write `project: NAME`: that one's name; another project has keys of its own"),
            )

    def read_runs(self) -> AbstractContextManager[PostgresRunReader]:
        """Open the bulk runs to be read."""
        return PostgresRunReader(self.database, self._project)

    @contextmanager
    def make_runs(
        self, scope: str | None, work: Work, waiting: Callable[[Work | None], None]
    ) -> Iterator[PostgresRunMaker]:
        """Hold the lock of an account, if one is named, while runs are made or decided about."""
        held = self.lock(scope, work, timeout=None, waiting=waiting) if scope else nullcontext()
        with held as lock, PostgresRunMaker(self.database, self._project, lock) as maker:
            yield maker

    def send_runs(self, run: Run, work: Work) -> PostgresRunSender:
        """Open the bulk runs to send one, beside others who do."""
        return PostgresRunSender(self.database, self._project, run, work)

    def load_attributes(self, scope: str) -> dict[str, Any]:
        """Return what was last saved for an account; nothing if it is lost."""
        with suppress(SmsconfError, ValueError), self.database.begin(_("read")) as connection:
            found = connection.scalar(text(_LOAD), {"scope": scope, "kind": "attributes"})
            entries = json.loads(found) if found else {}
            return entries if isinstance(entries, dict) else {}
        return {}

    def save_attributes(self, scope: str, entries: Mapping[str, Any]) -> None:
        """Keep what may be lost; it is no error if it cannot be."""
        document = {"scope": scope, "kind": "attributes", "content": json.dumps(entries)}
        with suppress(SmsconfError), self.database.begin(_("written")) as connection:
            connection.execute(text(_SAVE), document)


def _named(project: str) -> str:
    return f"'{project}'"
