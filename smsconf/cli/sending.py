"""What ``send`` and ``bulk`` share: from a template's address to what is sent, and to whom it is given.

The composition root of the sending side, as ``session`` is of the management side.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from smsconf.cli.commands.emulator import emulator_engine
from smsconf.cli.inbox import SENT
from smsconf.cli.options import require_known
from smsconf.cli.output import show_error
from smsconf.cli.progress import progress
from smsconf.cli.session import open_session
from smsconf.cloud.http.inprocess import BASE_URL, InProcessTransport
from smsconf.cloud.http.limiter import Limiter
from smsconf.config import EmulatorProvider, Project
from smsconf.language import N_, _
from smsconf.lint.text.callback_urls import object_to
from smsconf.messaging.receive.receipts import Sent
from smsconf.messaging.receive.sent import add_sent
from smsconf.messaging.send.credentials import AppKey, find_app_key
from smsconf.messaging.send.sender import Sender, open_sender, send_url, sender_on
from smsconf.messaging.send.target import Target, find_target
from smsconf.messaging.send.wire import Answer
from smsconf.model.address import Address, Kind
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import ConfigError, PlanRefused, SmsconfError
from smsconf.model.sites import SITES, Site
from smsconf.own_files import STATE_FOLDER
from smsconf.reconcile.inputs import Inputs, Selection
from smsconf.reconcile.outputs import read_outputs
from smsconf.reconcile.plan import Plan, make_plan
from smsconf.workflow.run import look

secrets_option = click.option(
    "--secrets",
    "secrets_file",
    envvar="SMSCONF_SECRETS",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File of `apply --save-secrets`, else SMSCONF_SECRETS; without it SMSCONF_APP_SECRET.",
)
callback_option = click.option(
    "--status-callback", metavar="URL", help="Where status reports go.  [default: messaging.status_callback]"
)
signature_option = click.option(
    "--signature", "signature", metavar="ADDRESS", help="Signature that a universal template goes with."
)
wsse_option = click.option("--wsse", is_flag=True, help="Sign with X-WSSE instead of AK/SK.")

_MOST_EXTEND = 128  # bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reading of the service showed, for whom, and its time then."""

    inputs: Inputs
    plan: Plan
    site: Site
    about: Mapping[str, Any]
    now: datetime
    scope: str


@dataclass(frozen=True, slots=True)
class Ready:
    """What is sent, for whom, the service's time when it was looked at, and the account."""

    target: Target
    about: Mapping[str, Any]
    now: datetime
    scope: str
    signature: Address | None = None


def look_at(project: Project) -> Seen:
    """Read the service as ``outputs`` does.

    Raises:
        PlanRefused: not all could be read.
    """
    with open_session(project, read_only=True) as session, progress(N_("reading")) as update:
        inputs = look(
            session.client,
            project,
            session.journal,
            selection=Selection(),
            cache=session.cache,
            progress=update,
        )
        now, site, scope = session.client.service_time, session.client.site, session.client.scope
    plan = make_plan(inputs)
    unread = [refusal.message for refusal in plan.refusals if refusal.scope == "read"]
    if unread:
        raise PlanRefused(unread[0], fix=_("run again when the service answers completely"))
    return Seen(inputs, plan, site, session.about, now, scope)


def make_ready(project: Project, address: Address, signature: Address | None = None) -> Ready:
    """Find out what a template is sent with, by the same reading as ``outputs``.

    Raises:
        PlanRefused: it cannot be sent yet, or not all could be read.
    """
    require_template(project, address)
    seen = look_at(project)
    observed, changes = seen.inputs.observed, seen.plan.changes
    outputs = read_outputs(changes, observed.signatures.items, observed.countries.items)
    target = find_target(changes, outputs[address], site=seen.site, signature=signature)
    return Ready(target, seen.about, seen.now, seen.scope, signature)


def require_template(project: Project, address: Address) -> None:
    """Make sure that an address is a declared template's.

    Raises:
        ConfigError: the project has errors, which may hide what it declares.
        UsageError: it is not.
    """
    if has_errors(project.diagnostics):
        raise ConfigError(project.diagnostics)
    templates = project.desired.templates
    if address.kind is not Kind.TEMPLATE:
        raise click.UsageError(_("expected the address of a template, got {address}").format(address=address))
    require_known([address], templates)


def check_words(extend: str | None, callback: str | None) -> None:
    """Check what travels along with a message.

    Raises:
        UsageError: the service would refuse it.
    """
    if extend is not None and not (0 < len(extend.encode()) <= _MOST_EXTEND and not set("{}") & set(extend)):
        raise click.UsageError(
            _("--extend takes 1 to {most} bytes without {{ and }}").format(most=_MOST_EXTEND)
        )
    if callback is not None and not callback.lower().startswith(("http://", "https://")):
        raise click.UsageError(_("--status-callback takes a url that begins with https://"))
    objection = object_to(callback) if callback is not None else None
    if objection and objection.fatal and not objection.inside:  # inside: an emulator posts there
        raise click.UsageError(_("--status-callback: {problem}").format(problem=objection.message))


def values_of(texts: Iterable[str]) -> dict[str, str]:
    """Return the values that ``--var`` gives, by name.

    Raises:
        UsageError: there is no name or no equals sign, or a name stands there twice.
    """
    values: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(_("--var takes NAME=VALUE, got '{text}'").format(text=text))
        if values.setdefault(name, value) != value:
            raise click.UsageError(_("--var gives {name} two values").format(name=name))
    return values


def app_key_of(target: Target, secrets_file: Path | None) -> AppKey:
    """Return the key and secret that sign a target's messages.

    Raises:
        Unauthorized: there are none.
    """
    return find_app_key(target.app, target.app_key, os.environ, secrets_file)


def url_of(project: Project) -> str:
    """Return where messages of a project go.

    Raises:
        CloudError: nobody says.
    """
    provider = project.provider
    if provider is None or isinstance(provider, EmulatorProvider):
        return BASE_URL
    return send_url(SITES[provider.site], provider, os.environ)


@contextmanager
def open_sending(
    project: Project,
    app_key: AppKey,
    *,
    wsse: bool,
    connections: int = 1,
    limiter: Limiter | None = None,
) -> Iterator[Sender]:
    """Open a sender for a project's provider.

    Raises:
        CloudError: no host, or one that must not get the secret.
    """
    provider = project.provider
    assert provider is not None  # noqa: S101 - for the type checker: the session looked
    if not isinstance(provider, EmulatorProvider):
        with open_sender(
            provider, app_key, os.environ, wsse=wsse, connections=connections, limiter=limiter
        ) as sender:
            yield sender
        return
    with emulator_engine(provider.database, site=provider.site) as engine:
        transport = InProcessTransport(engine.handle)
        site = SITES[provider.site]
        with sender_on(transport, BASE_URL, site, app_key, wsse=wsse, limiter=limiter) as sender:
            yield sender


def remember_sent(project: Project, ready: Ready, answer: Answer) -> None:
    """Remember what was taken, so that `receipts` knows it; what was sent stays sent if that fails."""
    messages = [
        Sent(
            fate.message_id,
            fate.to,
            ready.now,
            str(ready.target.address),
            segments=fate.parts,
            scope=ready.scope,
        )
        for fate in answer.fates
        if fate.accepted and fate.message_id
    ]
    try:
        add_sent(project.folder / STATE_FOLDER / SENT, messages)
    except SmsconfError as error:
        show_error(error)
