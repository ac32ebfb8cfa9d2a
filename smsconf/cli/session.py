"""The composition root: from a project and the environment to a client, a journal and a cache.

The only place that knows both the client and the emulator.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import click

from smsconf.checkout import state_folder
from smsconf.cli.commands.emulator import ask
from smsconf.cli.options import require_environment
from smsconf.cli.output import say
from smsconf.cloud.auth.connect import connect, told_scope
from smsconf.cloud.http.client import Client
from smsconf.cloud.http.inprocess import InProcessTransport
from smsconf.cloud.http.scope import EMULATOR_DATABASE, emulator_scope
from smsconf.cloud.http.transport import SigningAuth
from smsconf.cloud.read.attribute_cache import AttributeCache
from smsconf.config import EmulatorProvider, Project
from smsconf.journal import Journal, JournalReading, of_account
from smsconf.language import _
from smsconf.model.errors import ConfigError
from smsconf.model.sites import SITES
from smsconf.workflow.emulated import emulator_engine


@dataclass(frozen=True, slots=True)
class Session:
    """What a command that talks to the service works with; ``opening`` is the journal as it was then."""

    client: Client
    journal: Journal
    cache: AttributeCache
    opening: JournalReading
    words: Mapping[str, Any]

    @property
    def about(self) -> dict[str, Any]:
        """Say for whom, in reports; of the journal what is this account's, as soon as that is known."""
        entries = of_account(self.opening.entries, self.client.known_scope)
        return {**self.words, "journal": {"entries": len(entries), "torn": self.opening.torn}}


@contextmanager
def open_session(project: Project, *, read_only: bool) -> Iterator[Session]:
    """Open a client for the project's provider; nothing is sent before the first call.

    Raises:
        ConfigError: the project has errors.
        CloudError: no credentials, or a host that must not get them.
    """
    if project.provider is None or any(found.severity == "error" for found in project.diagnostics):
        raise ConfigError(project.diagnostics)
    require_environment(project)
    with open_client(project, os.environ, read_only=read_only, tell=_tell_credentials) as client:
        words = {
            "project": project.name,
            "environment": project.environment,
            "site": client.site.name,
            "provider": "emulator" if isinstance(project.provider, EmulatorProvider) else "huaweicloud",
            "credentials": client.credentials,
        }
        journal = open_journal(project)
        file = state_folder(project.folder) / f"attributes-{client.site.name}-{client.project_id}.json"
        cache = AttributeCache(file, lambda: client.known_scope)
        yield Session(client, journal, cache, journal.read(), words)
        cache.save()


def open_journal(project: Project) -> Journal:
    """Return the journal of a project's folder; nothing is read or made yet.

    Raises:
        SmsconfError: the repository tracks it.
    """
    return Journal(state_folder(project.folder) / "journal.jsonl", say)


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


def _tell_credentials(source: str) -> None:
    """Say on stderr whose credentials are used, once a command; in JSON the report says it."""
    context = click.get_current_context(silent=True)
    if context and context.params.get("form") == "text" and context.meta.get(__name__) != source:
        context.meta[__name__] = source
        say(_("credentials: {source}").format(source=source))


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
            base_url="http://127.0.0.1",
            project_id=settings.project_id,
            auth=SigningAuth(settings.access_key, settings.secret_key, project_id=settings.project_id),
            transport=InProcessTransport(engine.handle),
            read_only=read_only,
        ) as client:
            yield client
