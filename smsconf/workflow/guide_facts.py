"""What the guide looks at: a project, gathered as far as files, credentials and network allow.

It judges nothing (``guide`` does), reads only, and never writes.
"""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from smsconf.cloud.auth.credentials import find_credentials
from smsconf.config import EmulatorProvider, Project, load_project
from smsconf.guide.checklist import SECRETS, Seen
from smsconf.messaging.numbers import example_number
from smsconf.model.diagnostics import Severity, has_errors
from smsconf.model.errors import ConfigError, SmsconfError
from smsconf.reconcile.change import Change, ManualChange
from smsconf.workflow.findings import find_all
from smsconf.workflow.run import manual_rows, read
from smsconf.workflow.session import Talk, open_session, store_of, told_account


def see(folder: Path, environment: str | None, talk: Talk) -> Seen:
    """Gather what is known.

    Raises:
        ConfigError: there is something where a project should be, and it cannot be read.
    """
    suffix = f" --project {shlex.quote(str(folder))}" if folder != Path() else ""
    try:
        project = load_project(folder, environment)
    except ConfigError:
        if os.path.lexists(folder) and (not folder.is_dir() or os.path.lexists(folder / "smsconf.yaml")):
            raise
        return Seen(None, suffix=suffix)
    if environment is not None and os.environ.get("SMSCONF_ENV") != environment:
        suffix = f" --env {shlex.quote(environment)}{suffix}"
    found = find_all(project)
    errors = sum(one.severity is Severity.ERROR for one in found)
    warnings = sum(one.severity is Severity.WARNING for one in found)
    seen = Seen(
        project,
        errors,
        warnings,
        credentials=_credentials(project),
        manual=_manual(project, talk),
        secrets=str(folder / SECRETS),
        has_secrets=(folder / SECRETS).exists(),
        sent=_sent(project),
        example=example_number,
        suffix=suffix,
    )
    return seen if has_errors(project.diagnostics) else _asked(seen, project, talk)


def _manual(project: Project, talk: Talk) -> tuple[Change, ...]:
    """Return the rows of what people set; no service is needed to know them."""
    account = None
    if project.provider and not has_errors(project.diagnostics):
        with suppress(SmsconfError):
            account = told_account(project, os.environ)
    with suppress(SmsconfError):
        return tuple(manual_rows(project, store_of(project, talk).journal, account))
    return ()  # a shared store that is away


def _sent(project: Project) -> frozenset[str]:
    with suppress(SmsconfError):
        return store_of(project).templates_sent()
    return frozenset()


def _asked(seen: Seen, project: Project, talk: Talk) -> Seen:
    """Ask the service, if that is possible."""
    try:
        with open_session(project, talk) as session:
            snapshot = read(session)
    except SmsconfError as problem:
        return replace(seen, problem=problem)
    reviews = {one.address: one for one in snapshot.reviews}
    manual = tuple(change for change in snapshot.plan.changes if isinstance(change, ManualChange))
    return replace(seen, plan=snapshot.plan, reviews=reviews, manual=manual)


def _credentials(project: Project) -> str | None:
    if project.provider is None or isinstance(project.provider, EmulatorProvider):
        return None
    try:
        return str(find_credentials(os.environ))
    except SmsconfError:
        return None
