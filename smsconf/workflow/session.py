"""The composition root: from a project and the environment to a client and the store.

The only place that knows both the client and the emulator. It says nothing to people itself: a run that
speaks brings a :class:`Talk`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from smsconf.cloud.auth.connect import connect, told_scope
from smsconf.cloud.http.client import Client
from smsconf.cloud.http.inprocess import BASE_URL, InProcessTransport
from smsconf.cloud.http.scope import EMULATOR_DATABASE, emulator_scope
from smsconf.cloud.http.transport import SigningAuth
from smsconf.cloud.read.attribute_cache import AttributeCache
from smsconf.config import EmulatorProvider, Project
from smsconf.config.load.environments import require_environment
from smsconf.language import _
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import ConfigError, SmsconfError
from smsconf.model.sites import SITES
from smsconf.origin import origin_of
from smsconf.store.absent import Absent
from smsconf.store.entries import Entry, Owner, of_account
from smsconf.store.interfaces import Journal, JournalReading, Lock, Recorded, Store, Work
from smsconf.store.opening import is_shared, open_store
from smsconf.workflow.embedded_emulator import ask, emulator_engine

Update = Callable[[str, int, int], None]


@contextmanager
def _unseen(_verb: str) -> Iterator[Update]:
    yield lambda _what, _done, _total: None


@dataclass(frozen=True, slots=True)
class Talk:
    """How a run speaks to whoever started it; silent unless somebody says how.

    ``say`` takes a remark, ``credentials`` learns whose are used, ``progress`` shows how far a long step is.
    """

    say: Callable[[str], None] = lambda _text: None
    credentials: Callable[[str], None] = lambda _source: None
    progress: Callable[[str], AbstractContextManager[Update]] = _unseen


SILENT = Talk()


@dataclass(frozen=True, slots=True)
class Session:
    """What a run that talks to the service works with; ``opening`` is the journal as it was then."""

    project: Project
    client: Client
    store: Recorded
    cache: AttributeCache | None = None
    opening: JournalReading = field(default_factory=JournalReading)
    talk: Talk = SILENT

    @property
    def journal(self) -> Journal:
        """What runs of the project recorded."""
        return self.store.journal

    @property
    def owner(self) -> Owner:
        """Whom the journal's entries of this run belong to."""
        return Owner(self.client.scope, self.project.environment)

    @property
    def about(self) -> dict[str, Any]:
        """Say for whom, in reports; of the journal what is this account's, as soon as that is known."""
        entries = of_account(self.opening.entries, self.client.known_scope)
        return {
            **about(self.project),
            "credentials": self.client.credentials,
            "journal": {"entries": len(entries), "torn": self.opening.torn},
        }

    def recorded(self) -> list[Entry]:
        """Return the journal's entries of this account, of every environment, oldest first.

        Raises:
            SmsconfError: the journal cannot be read.
        """
        return of_account(self.journal.read().entries, self.client.known_scope)


def about(project: Project | None, environment: str | None = None) -> dict[str, str | None]:
    """Say for whom a report is, as far as the files tell; ``environment`` is what was asked for."""
    provider = project.provider if project else None
    return {
        "project": project.name if project else None,
        "environment": project.environment if project else environment,
        "site": provider.site if provider else None,
        "provider": provider.name if provider else None,
    }


def require_usable(project: Project) -> None:
    """Make sure that a project says without errors whom to ask, and that somebody chose an environment.

    Raises:
        ConfigError: it has errors.
        SmsconfError: nobody chose.
    """
    if project.provider is None or has_errors(project.diagnostics):
        raise ConfigError(project.diagnostics)
    require_environment(project.environments, is_chosen=project.is_chosen)


@contextmanager
def open_session(project: Project, talk: Talk = SILENT, *, read_only: bool = True) -> Iterator[Session]:
    """Open a client for the project's provider; nothing is sent before the first call.

    Raises:
        ConfigError: the project has errors.
        CloudError: no credentials, or a host that must not get them.
    """
    require_usable(project)
    with open_client(project, os.environ, read_only=read_only, tell=talk.credentials) as client:
        store = _readable(project, talk) if read_only else store_of(project, talk)
        cache = _cache(store, client)
        yield Session(project, client, store, cache, store.journal.read(), talk)
        cache.save()


def _readable(project: Project, talk: Talk) -> Recorded:
    """Return a project's store; in place of a shared one that is away what knows nothing."""
    try:
        store = store_of(project, talk)
        if store.shared:
            store.journal.read()
    except SmsconfError as problem:
        if not (project.requires_shared_store or is_shared(os.environ)):
            raise
        said = _("{reason}; what earlier runs recorded is not known: rejections, versions, confirmations")
        talk.say(said.format(reason=problem.message))
        return Absent(problem.message)
    return store


def store_of(project: Project, talk: Talk = SILENT) -> Store:
    """Return what is remembered for a project; nothing is read or made yet."""
    return open_store(
        project.folder,
        os.environ,
        talk.say,
        project=project.project,
        requires_shared=project.requires_shared_store,
    )


def _cache(store: Recorded, client: Client) -> AttributeCache:
    def recall() -> dict[str, Any]:
        return store.load_attributes(client.known_scope) if client.known_scope else {}

    def keep(entries: Mapping[str, Any]) -> None:
        if client.known_scope:
            store.save_attributes(client.known_scope, entries)

    return AttributeCache(recall, keep)


@contextmanager
def hold_lock(
    session: Session,
    doing: str,
    *,
    timeout: float | None = None,
    waiting: Callable[[Work | None], None] = lambda _holder: None,
) -> Iterator[Lock]:
    """Hold the lock of a session's account, so that no other run writes to it meanwhile.

    Raises:
        PlanRefused: another run held it for longer than ``timeout`` seconds.
        SmsconfError: the store cannot be used, or an account that must be asked does not answer.
    """
    client, store = session.client, session.store
    if store.shared and client.known_scope is None:
        client.call("ListAppDetails", query={"limit": "1", "offset": "0"})
    scope = client.known_scope or ""
    with store.lock(scope, work(session.project, doing), timeout=timeout, waiting=waiting) as lock:
        yield lock


def work(project: Project, doing: str) -> Work:
    """Say who is at work for a project, for those who wait for it."""
    origin = origin_of(project.folder, os.environ)
    since = datetime.now(UTC)
    return Work(origin.actor or "", origin.host or "", os.getpid(), since, doing, origin.run)


class Account(NamedTuple):
    """For whom something is recorded that is not sent, and the time there."""

    scope: str
    now: datetime


def find_account(project: Project, environ: Mapping[str, str]) -> Account:
    """Say which account a project is for; it is asked only where files and environment do not tell.

    Raises:
        SmsconfError: it must be asked, and there are no credentials or no answer.
    """
    told = told_account(project, environ)
    if told:
        return told
    with open_client(project, environ, read_only=True) as client:
        client.call("ListAppDetails", query={"limit": "1", "offset": "0"})
        return Account(client.scope, client.service_time)


def told_account(project: Project, environ: Mapping[str, str]) -> Account | None:
    """Say the same offline; ``None`` if the service must be asked.

    Raises:
        SmsconfError: the region is not known, or the emulator cannot be opened.
    """
    provider = project.provider
    if isinstance(provider, EmulatorProvider):
        return _emulated(provider)
    assert provider is not None  # noqa: S101 - for the type checker: whoever calls this has looked
    told = told_scope(provider, environ)
    return Account(told, datetime.now(UTC)) if told else None


def _emulated(provider: EmulatorProvider) -> Account:
    """Ask the emulator by its own route, which leaves no trace among the requests to the service."""
    with emulator_engine(provider.database, site=provider.site) as engine:
        now = datetime.fromisoformat(ask(engine, "GET", "health")["now"])
        headers = dict(engine.handle("GET", "/_emulator/health", [], b"").headers)
    scope = emulator_scope(SITES[provider.site], headers[EMULATOR_DATABASE])
    assert scope is not None  # noqa: S101 - for the type checker: our own emulator names its database
    return Account(scope, now)


@contextmanager
def open_client(
    project: Project,
    environ: Mapping[str, str],
    *,
    read_only: bool,
    tell: Callable[[str], None] = lambda _credentials: None,
) -> Iterator[Client]:
    """Open a client for the project's provider, or the embedded emulator; ``tell`` learns the credentials.

    Raises:
        SmsconfError: no credentials, a host that must not get them, or an emulator that cannot be opened.
    """
    provider = project.provider
    if not isinstance(provider, EmulatorProvider):
        assert provider is not None  # noqa: S101 - for the type checker: whoever calls this has looked
        with connect(provider, environ, read_only=read_only, tell=tell) as client:
            yield client
        return
    with emulator_engine(provider.database, site=provider.site) as engine:
        settings = engine.settings
        with Client(
            site=SITES[provider.site],
            base_url=BASE_URL,
            project_id=settings.project_id,
            auth=SigningAuth(settings.access_key, settings.secret_key, project_id=settings.project_id),
            transport=InProcessTransport(engine.handle),
            read_only=read_only,
        ) as client:
            yield client
