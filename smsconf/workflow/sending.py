"""What ``send`` and ``bulk`` share: from a template's address to what is sent, and how it goes out.

Nothing is sent from here, and nobody is asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from smsconf.cloud.http.client import Client
from smsconf.cloud.http.inprocess import BASE_URL, InProcessTransport
from smsconf.cloud.http.limiter import Limiter
from smsconf.cloud.read.attribute_cache import AttributeCache
from smsconf.config import EmulatorProvider, Project
from smsconf.journal import Journal
from smsconf.language import _
from smsconf.messaging.receive.receipts import Sent
from smsconf.messaging.receive.sent import add_sent
from smsconf.messaging.send.credentials import AppKey, find_app_key
from smsconf.messaging.send.sender import Sender, open_sender, rate_of, send_url, sender_on
from smsconf.messaging.send.target import Target, find_target
from smsconf.messaging.send.wire import Answer
from smsconf.model.address import Address
from smsconf.model.errors import PlanRefused
from smsconf.model.sites import SITES, Site
from smsconf.reconcile.inputs import Inputs, Selection
from smsconf.reconcile.outputs import read_outputs
from smsconf.reconcile.plan import Plan, make_plan
from smsconf.workflow.emulated import emulator_engine
from smsconf.workflow.run import Progress, look
from smsconf.workflow.state_files import sent_path


class Session(Protocol):
    """What a reading of the service needs of an open session."""

    @property
    def client(self) -> Client:
        """The way to the service."""

    @property
    def journal(self) -> Journal:
        """What is remembered."""

    @property
    def cache(self) -> AttributeCache:
        """What is not asked twice."""

    @property
    def about(self) -> dict[str, Any]:
        """For whom."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reading of the service showed, for whom, and its time then."""

    inputs: Inputs
    plan: Plan
    site: Site
    about: Mapping[str, Any]
    now: datetime
    scope: str

    def require_all(self) -> None:
        """Make sure that nothing is missing.

        Raises:
            PlanRefused: not all could be read.
        """
        unread = [refusal.message for refusal in self.plan.refusals if refusal.scope == "read"]
        if unread:
            raise PlanRefused(unread[0], fix=_("run again when the service answers completely"))


@dataclass(frozen=True, slots=True)
class Ready:
    """What is sent, for whom, the service's time when it was looked at, and the account."""

    target: Target
    about: Mapping[str, Any]
    now: datetime
    scope: str
    signature: Address | None = None


def look_at(session: Session, project: Project, progress: Progress) -> Seen:
    """Read the service for what serves."""
    client = session.client
    inputs = look(
        client, project, session.journal, selection=Selection(), cache=session.cache, progress=progress
    )
    plan = make_plan(inputs)
    return Seen(inputs, plan, client.site, session.about, client.service_time, client.scope)


def make_ready(seen: Seen, address: Address, signature: Address | None = None) -> Ready:
    """Find out what a template is sent with.

    Raises:
        PlanRefused: it cannot be sent yet, or not all could be read.
    """
    seen.require_all()
    observed, changes = seen.inputs.observed, seen.plan.changes
    outputs = read_outputs(changes, observed.signatures.items, observed.countries.items)
    target = find_target(changes, outputs[address], site=seen.site, signature=signature)
    return Ready(target, seen.about, seen.now, seen.scope, signature)


@dataclass(frozen=True, slots=True)
class SendSettings:
    """How messages of a project go out.

    Attributes:
        project: whose they are.
        secrets_file: where the app's secret is; ``None``: in the environment.
        wsse: sign with X-WSSE.
        callback: where status reports go.
        extend: what comes back in them.
        rate: requests a second; ``None``: as many as the host bears.
        connections: requests at the same time.
    """

    project: Project
    secrets_file: Path | None
    wsse: bool
    callback: str | None
    extend: str | None
    rate: float | None = None
    connections: int = 1

    def url(self) -> str:
        """Return where messages go.

        Raises:
            CloudError: nobody says.
        """
        provider = self.project.provider
        if provider is None or isinstance(provider, EmulatorProvider):
            return BASE_URL
        return send_url(SITES[provider.site], provider, os.environ)

    def app_key(self, target: Target) -> AppKey:
        """Return the key and secret that sign a target's messages.

        Raises:
            Unauthorized: there are none.
        """
        return find_app_key(target.app, target.app_key, os.environ, self.secrets_file)

    def limiter(self) -> Limiter:
        """Return what keeps to the rate."""
        return Limiter(self.rate or rate_of(self.url()))

    @contextmanager
    def open_sender(self, app_key: AppKey, limiter: Limiter | None = None) -> Iterator[Sender]:
        """Open a sender for the project's provider.

        Raises:
            CloudError: no host, or one that must not get the secret.
        """
        provider, wsse = self.project.provider, self.wsse
        assert provider is not None  # noqa: S101 - for the type checker: the session looked
        if not isinstance(provider, EmulatorProvider):
            with open_sender(
                provider, app_key, os.environ, wsse=wsse, connections=self.connections, limiter=limiter
            ) as sender:
                yield sender
            return
        site = SITES[provider.site]
        with (
            emulator_engine(provider.database, site=provider.site) as engine,
            sender_on(
                InProcessTransport(engine.handle), BASE_URL, site, app_key, wsse=wsse, limiter=limiter
            ) as sender,
        ):
            yield sender


def remember_sent(folder: Path, ready: Ready, answer: Answer) -> None:
    """Remember what was taken, so that `receipts` knows it.

    Raises:
        SmsconfError: it cannot be written; what was sent stays sent.
    """
    template = str(ready.target.address)
    messages = [
        Sent(fate.message_id, fate.to, ready.now, template, segments=fate.parts, scope=ready.scope)
        for fate in answer.fates
        if fate.accepted and fate.message_id
    ]
    add_sent(sent_path(folder), messages)
