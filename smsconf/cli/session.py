"""The composition root: from a project and the environment to a client, a journal and a cache.

The only place that knows both the client and the emulator.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from smsconf.cli.emulator import emulator_engine
from smsconf.cloud.attribute_cache import AttributeCache
from smsconf.cloud.client import Client
from smsconf.cloud.connect import connect
from smsconf.cloud.inprocess import InProcessTransport
from smsconf.cloud.transport import SigningAuth
from smsconf.config import EmulatorProvider, Project
from smsconf.errors import ConfigError
from smsconf.journal import Journal
from smsconf.language import _
from smsconf.sites import SITES

STATE_FOLDER = ".smsconf"


@dataclass(frozen=True, slots=True)
class Session:
    """What a command that talks to the service works with; ``about`` says for whom, in reports."""

    client: Client
    journal: Journal
    cache: AttributeCache
    about: Mapping[str, Any]


@contextmanager
def open_session(project: Project, *, read_only: bool) -> Iterator[Session]:
    """Open a client for the project's provider; nothing is sent before the first call.

    Raises:
        ConfigError: the project has errors.
        CloudError: no credentials, or a host that must not get them.
    """
    if project.provider is None or any(found.severity == "error" for found in project.diagnostics):
        raise ConfigError(project.diagnostics)
    with open_client(project, os.environ, read_only=read_only, tell=_tell_credentials) as client:
        state = project.folder / STATE_FOLDER
        about: dict[str, Any] = {
            "project": project.name,
            "environment": project.environment,
            "site": client.site.name,
            "provider": "emulator" if isinstance(project.provider, EmulatorProvider) else "huaweicloud",
            "credentials": client.credentials,
        }
        journal = Journal(state / "journal.jsonl")
        reading = journal.read()
        about["journal"] = {"entries": len(reading.entries), "torn": reading.torn}
        cache = AttributeCache(state / f"attributes-{client.site.name}-{client.project_id}.json")
        yield Session(client, journal, cache, about)
        cache.save()


def _tell_credentials(source: str) -> None:
    """Say on stderr whose credentials are used, once a command; in JSON the report says it."""
    context = click.get_current_context(silent=True)
    if context and context.params.get("form") == "text" and context.meta.get(__name__) != source:
        context.meta[__name__] = source
        click.echo(_("credentials: {source}").format(source=source), err=True)


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
