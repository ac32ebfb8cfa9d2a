"""What ``send`` and ``bulk`` share: from a template's address to what is sent, and how it goes out.

Nothing is sent from here, and nobody is asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from smsconf.cloud.http.inprocess import BASE_URL, InProcessTransport
from smsconf.cloud.http.limiter import Limiter
from smsconf.config import EmulatorProvider, Project
from smsconf.messaging.send.credentials import AppKey, find_app_key
from smsconf.messaging.send.sender import Sender, open_sender, rate_of, send_url, sender_on
from smsconf.messaging.send.target import Target, find_target
from smsconf.messaging.send.wire import Answer
from smsconf.model.address import Address
from smsconf.model.sites import SITES
from smsconf.reconcile.outputs import read_outputs
from smsconf.store.interfaces import Store
from smsconf.store.messages import Sent
from smsconf.workflow.embedded_emulator import emulator_engine
from smsconf.workflow.run import Snapshot, read
from smsconf.workflow.session import Talk, open_session, store_of


@dataclass(frozen=True, slots=True)
class Ready:
    """What is sent, for whom, the service's time when it was looked at, and the account."""

    target: Target
    about: Mapping[str, Any]
    now: datetime
    scope: str
    signature: Address | None = None


def read_service(project: Project, talk: Talk) -> Snapshot:
    """Read the service for what serves, and leave no trace."""
    with open_session(project, talk) as session:
        return read(session)


def make_ready(snapshot: Snapshot, address: Address, signature: Address | None = None) -> Ready:
    """Find out what a template is sent with.

    Raises:
        PlanRefused: it cannot be sent yet, or not all could be read.
    """
    snapshot.require_all()
    observed, changes = snapshot.inputs.observed, snapshot.plan.changes
    outputs = read_outputs(changes, observed.signatures.items, observed.countries.items)
    client = snapshot.session.client
    target = find_target(changes, outputs[address], site=client.site, signature=signature)
    return Ready(target, snapshot.session.about, client.service_time, client.scope, signature)


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
        with ExitStack() as stack:
            if isinstance(provider, EmulatorProvider):
                engine = stack.enter_context(emulator_engine(provider.database, site=provider.site))
                transport, site = InProcessTransport(engine.handle), SITES[provider.site]
                opened = sender_on(transport, BASE_URL, site, app_key, wsse=wsse, limiter=limiter)
            else:
                opened = open_sender(
                    provider, app_key, os.environ, wsse=wsse, connections=self.connections, limiter=limiter
                )
            yield stack.enter_context(opened)


def sent_into(project: Project, talk: Talk) -> Store:
    """Return the store that remembers what is sent next.

    Raises:
        SmsconfError: a shared one that could not.
    """
    store = store_of(project, talk)
    store.require_sendable()
    return store


def remember_sent(store: Store, ready: Ready, answer: Answer) -> None:
    """Remember what was taken, so that `receipts` knows it.

    Raises:
        SmsconfError: it cannot be written; what was sent stays sent.
    """
    template = str(ready.target.address)
    known = {"scope": ready.scope, "environment": ready.about["environment"]}
    messages = [
        Sent(fate.message_id, fate.to, ready.now, template, segments=fate.parts, **known)
        for fate in answer.fates
        if fate.accepted and fate.message_id
    ]
    store.add_sent(messages)
