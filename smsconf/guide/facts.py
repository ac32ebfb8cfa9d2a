"""What the doctor looks at: gather every fact once, whatever fails on the way.

Reads only, and sends credentials only after the host has answered without them. It judges nothing (``checks``
does): a fact is a value, the error that stopped it, or ``None`` where an earlier error left nothing to try.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from smsconf.cloud.auth.connect import TIMEOUT, patience_of, service_url
from smsconf.cloud.auth.credentials import Credentials, find_credentials
from smsconf.cloud.http.answers import Fields
from smsconf.cloud.http.client import Client
from smsconf.cloud.http.connection import proxy_of
from smsconf.cloud.http.hosts import check_host, is_local
from smsconf.cloud.http.probe import Probe, probe
from smsconf.cloud.read import wire
from smsconf.cloud.read.observe import observe
from smsconf.config import EmulatorProvider, HuaweiCloudProvider, Project, Provider
from smsconf.model.diagnostics import Severity
from smsconf.model.errors import ConfigError, SmsconfError
from smsconf.model.observed import Observed, Quota
from smsconf.model.resources import Region
from smsconf.model.sites import SITES
from smsconf.own_files import open_own, try_own
from smsconf.store.files.journal import Journal
from smsconf.store.interfaces import JournalReading, StoreProof
from smsconf.store.opening import open_store

PATIENCE = "10"  # seconds for one request, unless the environment says otherwise

T = TypeVar("T")
OpenClient = Callable[[Project, Mapping[str, str]], AbstractContextManager[Client]]


class Route(NamedTuple):
    """Where requests go: the service's url, and the proxy on the way."""

    url: str
    proxy: str | None

    def __str__(self) -> str:
        return self.url


@dataclass(slots=True)
class Facts:
    """Everything there is to judge.

    ``now`` is this machine's time; ``state`` the folder of the journal; ``account`` what the request for one
    app told: the host it sends to, or just that it was answered; ``store`` what a shared one proved, if there
    is to be one.
    """

    now: datetime
    state: Path
    loaded: Project | ConfigError
    credentials: Credentials | SmsconfError | None = None
    route: Route | SmsconfError | None = None
    probe: Probe | SmsconfError | None = None
    project_id: str | None = None
    entered: SmsconfError | bool = False
    observed: Observed | SmsconfError | None = None
    account: SmsconfError | str | bool | None = None
    quotas: Mapping[Region, Quota] | SmsconfError | None = None
    sending: Probe | SmsconfError | None = None
    store: StoreProof | SmsconfError | None = None
    journal: JournalReading | SmsconfError | None = None
    unwritable: dict[str, str] = field(default_factory=dict)

    @property
    def project(self) -> Project | None:
        """The project, as far as it could be read."""
        return None if isinstance(self.loaded, ConfigError) else self.loaded

    @property
    def provider(self) -> Provider | None:
        """Whom to ask: nobody if an error outside the resources may be about the provider or environment."""
        if self.project is None:
            return None
        errors = [one for one in self.project.diagnostics if one.severity is Severity.ERROR]
        return self.project.provider if all(one.address for one in errors) else None

    @property
    def embedded(self) -> bool:
        """Whether the service is the emulator in this process."""
        return isinstance(self.provider, EmulatorProvider)


def examine(
    loaded: Project | ConfigError, state: Path, environ: Mapping[str, str], open_client: OpenClient
) -> Facts:
    """Gather the facts about a project, its credentials, the service and this machine.

    Args:
        loaded: the project, or why there is none.
        state: the folder of journal and cache; it may not exist yet.
        environ: where credentials come from.
        open_client: opens a reading client for a project; given the environment it is to use.
    """
    environ = {TIMEOUT: PATIENCE, **{name: value for name, value in environ.items() if value}}
    facts = Facts(now=datetime.now(UTC), state=state, loaded=loaded)
    provider = facts.provider
    if isinstance(provider, HuaweiCloudProvider):
        facts.credentials = _tried(lambda: find_credentials(environ))
        facts.route = _tried(lambda: _find_route(provider, environ))
        if isinstance(facts.route, Route):
            url = facts.route.url
            facts.probe = _tried(lambda: probe(url, patience=patience_of(environ)))
    if isinstance(provider, EmulatorProvider) or (
        isinstance(facts.credentials, Credentials) and isinstance(facts.probe, Probe)
    ):
        _ask(facts, environ, open_client)
    facts.store = _tried(lambda: _look_into_store(facts, environ))
    if facts.store is None:
        facts.journal = _tried(Journal(state / "journal.jsonl").read)
        facts.unwritable = _unwritable(state)
    return facts


def _look_into_store(facts: Facts, environ: Mapping[str, str]) -> StoreProof | None:
    """Try the shared store, and read the project's journal in it."""
    project = facts.project
    store = open_store(
        facts.state.parent,
        environ,
        project=project.project if project else "",
        requires_shared=bool(project and project.requires_shared_store),
    )
    proof = store.prove()
    if proof:
        facts.journal = store.journal.read()
    return proof


def _tried(step: Callable[[], T]) -> T | SmsconfError:
    try:
        return step()
    except SmsconfError as problem:
        return problem


def _find_route(provider: HuaweiCloudProvider, environ: Mapping[str, str]) -> Route:
    site = SITES[provider.site]
    url = service_url(site, provider)
    check_host(url, site, environ)
    return Route(url, proxy_of(url))


def _ask(facts: Facts, environ: Mapping[str, str], open_client: OpenClient) -> None:
    """Ask the service with credentials: one small read first, the rest if that is answered."""
    assert facts.project is not None  # noqa: S101 - for the type checker: it named the provider
    desired = facts.project.desired
    operation = "ListAppDetails"
    try:
        with open_client(facts.project, environ) as client:
            facts.project_id = client.project_id
            client.call(operation, query={"limit": "1", "offset": "0"})
            facts.entered = True
            facts.observed = _tried(lambda: observe(client, desired))
            regions = sorted({app.region for app in desired.apps.values() if not app.external})
            facts.quotas = _tried(
                lambda: {
                    one: client.read("ShowAppCount", wire.read_quota, query={"region": one.value})
                    for one in regions
                }
            )
            if isinstance(facts.observed, Observed) and facts.observed.apps.items:
                remote_id = facts.observed.apps.items[0].remote_id
                facts.account = _tried(lambda: _ask_for_app(client, remote_id) or True)
            facts.sending = _probe_sending(facts, environ)
    except SmsconfError as problem:
        if facts.entered is not True:
            facts.entered = problem


def _ask_for_app(client: Client, remote_id: str) -> str | None:
    """Ask for one app, the only read that a restricted account is refused; return the host it sends to."""
    operation = "ShowApp"
    return Fields(operation, client.call(operation, path={"id": remote_id})).optional("app_access_addr")


def _probe_sending(facts: Facts, environ: Mapping[str, str]) -> Probe | SmsconfError | None:
    """Knock at the host that takes messages: the one an app names, else the site's.

    Only if it is as far away as the service: an emulator's apps name the vendor's own.
    """
    provider, route = facts.provider, facts.route
    if not isinstance(provider, HuaweiCloudProvider) or not isinstance(route, Route):
        return None
    host = SITES[provider.site].sending.get(provider.region)
    address = facts.account if isinstance(facts.account, str) else f"https://{host}" if host else None
    if address is None or is_local(address) != is_local(route.url):
        return None
    return _tried(lambda: probe(address, patience=patience_of(environ)))


def _unwritable(state: Path) -> dict[str, str]:
    """Try to write where the journal and the cache go, and leave nothing behind; file → why not."""
    problems: dict[str, str] = {}
    folder = next(one for one in (state, *state.parents) if os.path.lexists(one))
    try:
        if folder == state:
            try_own(state / "attributes.json")
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        problems["cache"] = f"{folder}: {error.strerror or error}"
    journal = state / "journal.jsonl"
    try:
        if os.path.lexists(journal):
            os.close(open_own(journal, os.O_WRONLY | os.O_APPEND))
    except OSError as error:
        problems["journal"] = f"{journal}: {error.strerror or error}"
    if "cache" in problems:
        problems.setdefault("journal", problems["cache"])
    return problems
