"""``smsconf guide``: the way to the first message as a check-list, each step with what to do next."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from smsconf.cli.options import comment_options, project_options
from smsconf.cli.output import report
from smsconf.cli.progress import progress
from smsconf.cli.session import open_journal, open_session, told_account
from smsconf.cloud.auth.credentials import find_credentials
from smsconf.config import EmulatorProvider, Project
from smsconf.guide.checklist import SECRETS, Seen, next_of
from smsconf.guide.quick_start import guide
from smsconf.language import _
from smsconf.messaging.numbers import example_number
from smsconf.messaging.receive.sent import read_sent
from smsconf.model.diagnostics import Severity, has_errors
from smsconf.model.errors import ConfigError, SmsconfError
from smsconf.model.observed import Observed
from smsconf.model.sites import SITES
from smsconf.reconcile.change import Change, ManualChange
from smsconf.reconcile.inputs import Inputs, Selection
from smsconf.reconcile.kinds.manual import decide_manual
from smsconf.render.documents.guide import guide_lines, guide_markdown, guide_view
from smsconf.workflow.findings import find_all
from smsconf.workflow.run import check, follow_reviews, make_plan, recall
from smsconf.workflow.state_files import sent_path


@click.command("guide")
@project_options
@comment_options
def command(folder: Path, environment: str | None, form: str, output: Path | None) -> int:
    """Say where this project stands on the way to its first message, and what to type next.

    \b
    Example:
      smsconf guide
      smsconf guide --env prod --format markdown --output GUIDE.md

    The steps are those of the vendor's quick start, for mainland and for global messages. It reads, and
    never writes; without a project, credentials or network it says what can be said. Exits 0; 4 if not all
    could be read.
    """
    seen = _see(folder, environment)
    steps = guide(seen)
    provider = seen.project.provider if seen.project else None
    about = {
        "project": seen.project.name if seen.project else None,
        "environment": seen.project.environment if seen.project else environment,
        "site": provider.site if provider else None,
        "provider": None if provider is None else "emulator" if seen.emulated else "huaweicloud",
        "problem": seen.problem.message if seen.problem else None,
    }
    rows = [
        {**one._asdict(), "page": one.page._asdict() if one.page else None, **one.outcome._asdict()}
        for one in steps
    ]
    report(guide_view(rows, next_of(steps), about), guide_lines, form, output, markdown=guide_markdown)
    return 4 if seen.plan is not None and seen.plan.incomplete else 0


def _see(folder: Path, environment: str | None) -> Seen:
    """Gather what is known, as far as files, credentials and network allow.

    Raises:
        ConfigError: there is something where a project should be, and it cannot be read.
    """
    suffix = f" --project {shlex.quote(str(folder))}" if folder != Path() else ""
    try:
        project = check(folder, environment)
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
        manual=_manual(project),
        secrets=str(folder / SECRETS),
        has_secrets=(folder / SECRETS).exists(),
        sent=frozenset(one.template for one in read_sent(sent_path(project.folder))),
        example=example_number,
        suffix=suffix,
    )
    return seen if has_errors(project.diagnostics) else _asked(seen, project)


def _manual(project: Project) -> tuple[Change, ...]:
    """Return the rows of what people set; no service is needed to know them."""
    site = SITES[project.provider.site if project.provider else "china"]
    account = None
    if project.provider and not has_errors(project.diagnostics):
        with suppress(SmsconfError):
            account = told_account(project, os.environ)
    memory = recall(project, open_journal(project).read(), account.scope if account else None)
    inputs = Inputs(site, project.desired, Observed(datetime.now(UTC)), Selection(), memory)
    return tuple(decide_manual(inputs))


def _asked(seen: Seen, project: Project) -> Seen:
    """Ask the service, if that is possible."""
    try:
        with open_session(project, read_only=True) as session, progress(_("reading")) as update:
            plan = make_plan(
                session.client,
                project,
                session.journal,
                selection=Selection(),
                cache=session.cache,
                progress=update,
            )
            reviews = {one.address: one for one in follow_reviews(session.client, plan)}
    except SmsconfError as problem:
        return replace(seen, problem=problem)
    manual = tuple(change for change in plan.changes if isinstance(change, ManualChange))
    return replace(seen, plan=plan, reviews=reviews, manual=manual)


def _credentials(project: Project) -> str | None:
    if project.provider is None or isinstance(project.provider, EmulatorProvider):
        return None
    try:
        return str(find_credentials(os.environ))
    except SmsconfError:
        return None
