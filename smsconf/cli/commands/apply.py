"""``smsconf apply``: carry out the plan, and end."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from smsconf.checkout import commit_of
from smsconf.cli.asking import confirmed, stop_on_interrupt
from smsconf.cli.commands.wait import look, wait_for_reviews
from smsconf.cli.duration import DurationParam
from smsconf.cli.options import (
    IntervalParam,
    comment_options,
    project_options,
    require_selected,
    selection,
    selection_options,
)
from smsconf.cli.outlook import Outlooks, look_ahead
from smsconf.cli.output import report, same_file, say, talk, try_file
from smsconf.cli.permit_file import read_file, scope_of
from smsconf.cli.progress import progress
from smsconf.cli.secret_file import SecretFile
from smsconf.cli.session import Session, open_session
from smsconf.config import Project
from smsconf.language import N_, _
from smsconf.model.diagnostics import Diagnostic
from smsconf.reconcile.change import Action
from smsconf.reconcile.inputs import Selection
from smsconf.reconcile.outcome import Outcome, anything_sent, went_wrong
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.saved_plan.plan_file import Permit, check_account, check_age, check_scope
from smsconf.reconcile.saved_plan.staleness import still_permitted
from smsconf.render.plan.markdown import apply_markdown, plan_markdown
from smsconf.render.plan.text import apply_lines, plan_lines
from smsconf.render.plan.view import apply_view, plan_view
from smsconf.workflow.findings import find_all, held_back, of_submissions, subject_of
from smsconf.workflow.run import Report, carry_out, check, make_plan, recorded


@click.command("apply")
@click.argument("planfile", required=False, type=click.Path(path_type=Path, dir_okay=False))
@project_options
@selection_options
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--strict", is_flag=True, help="With PLANFILE: send nothing if anything moved since the plan.")
@click.option(
    "--save-secrets",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep key and secret of new apps in FILE (mode 0600); the service tells them once.",
)
@click.option("--wait", "waits", is_flag=True, help="Then wait for the reviews.")
@click.option(
    "--timeout",
    type=DurationParam(),
    default="1h",
    show_default=True,
    help="With --wait: give up after this.",
)
@click.option(
    "--interval",
    type=IntervalParam(),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="With --wait: about how often to look.",
)
@comment_options
@click.pass_context
def command(  # noqa: PLR0913 - one for each option
    context: click.Context,
    /,
    *,
    planfile: Path | None,
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    auto_approve: bool,
    strict: bool,
    save_secrets: Path | None,
    waits: bool,
    timeout: float,
    interval: float,
    **chosen: Any,  # noqa: ANN401 - the selection options, gathered in one place
) -> int:
    """Carry out the plan: create, submit for review, and end. Running it again is always safe.

    \b
    Example:
      smsconf apply --env prod --auto-approve
      smsconf apply --env prod plan.json

    It plans anew, shows the plan and asks. A review takes hours or days: apply does not wait for it unless
    asked to. With a PLANFILE of `smsconf plan --out` it does only what that plan permits. Exits 0 also with
    reviews pending, 4 if nothing could be sent, 5 after a part; with --wait 7 after a rejection, 6 in time.
    """
    permit = _permit(context, planfile, chosen, strict=strict)
    asked = permit.chosen() if permit else selection(**chosen)
    project = check(folder, environment)
    if output:
        try_file(output)
        if save_secrets and same_file(output, save_secrets):
            raise click.UsageError(
                _("--save-secrets and --output are one file: the report would replace the secrets")
            )
    secrets = SecretFile(save_secrets) if save_secrets else None
    with open_session(project, read_only=False) as session, session.journal.locked("apply", _say_busy):
        ready = _plan(session, project, asked, permit, strict=strict)
        if not _agreed(ready, form=form, output=output, auto_approve=auto_approve or permit is not None):
            return 4 if ready.plan.guarded else 1
        keep_secret = secrets.open() if secrets else None
        with stop_on_interrupt() as stop, progress(N_("applying")) as update:
            done = carry_out(
                session.client,
                ready.plan,
                session.journal,
                project.environment,
                stopping=stop.is_set,
                keep_secret=keep_secret,
                progress=update,
            )
    code = apply_exit(ready.plan, done)
    try:
        if waits and code == 0:
            done, code = _waited(done, project, asked, timeout=timeout, interval=interval)
    finally:  # whatever ends the waiting, what was sent is reported
        report(ready.view(done), apply_lines, form, output, markdown=apply_markdown)
    return code


@dataclass(frozen=True, slots=True)
class _Ready:
    """A plan as it is shown and carried out.

    ``skipped`` is what of a permit is not needed any more, ``found`` what the checks object to in what is
    submitted.
    """

    plan: Plan
    about: Mapping[str, Any]
    skipped: tuple[Outcome, ...]
    found: tuple[Diagnostic, ...]
    outlooks: Outlooks

    def view(self, done: Report) -> Mapping[str, Any]:
        """Return the document of what became of it."""
        return apply_view(
            (*done.outcomes, *self.skipped),
            self.about,
            pending=done.pending,
            rejected=done.rejected,
            plan=self.plan,
            interrupted=done.interrupted,
            diagnostics=self.found,
            outlooks=self.outlooks,
        )


def _say_busy() -> None:
    """Say why nothing happens: a plan made now would be old before its turn came."""
    say(_("waiting for another run of this folder to end"))


def _waited(
    done: Report, project: Project, asked: Selection, *, timeout: float, interval: float
) -> tuple[Report, int]:
    """Wait for the reviews of what this run was about; return what is open then, and the exit code."""
    standing = wait_for_reviews(
        lambda: look(project, asked.targets), timeout=timeout, interval=interval, say=say
    )
    pending = tuple(str(address) for address in standing.pending)
    rejected = tuple(str(address) for address in standing.lost)
    return replace(done, pending=pending, rejected=rejected), standing.exit_code


def _plan(
    session: Session, project: Project, asked: Selection, permit: Permit | None, *, strict: bool
) -> _Ready:
    """Plan anew; with a permit keep what it permits, and say what of it is not needed any more."""
    subject = subject_of(project)
    found = find_all(project, subject)
    if permit:
        check_scope(permit, scope_of(session, project), commit_of(project.folder))
    with progress(N_("reading")) as update:
        plan = make_plan(
            session.client,
            project,
            session.journal,
            selection=asked,
            cache=session.cache,
            progress=update,
        )
    skipped: tuple[Outcome, ...] = ()
    if permit is None:
        require_selected(asked, project, plan)
    else:
        check_account(permit, session.client.known_scope)
        check_age(permit, session.client.service_time)
        allowed = still_permitted(permit, plan, recorded(session.client, session.journal), strict=strict)
        plan, skipped = allowed.plan, allowed.skipped
    plan = held_back(plan, project, found)
    outlooks = look_ahead(session, project, plan, applied=True, subject=subject)
    return _Ready(plan, session.about, skipped, of_submissions(plan, found), outlooks)


def _permit(
    context: click.Context,
    planfile: Path | None,
    chosen: Mapping[str, Any],
    *,
    strict: bool,
) -> Permit | None:
    """Read the plan file, if there is one; what to do is then in it, and cannot be said again.

    Raises:
        SmsconfError: it is no plan file.
    """
    if planfile is None:
        if strict:
            raise click.UsageError(_("--strict holds a plan file to the letter: name the file"))
        return None
    for param in context.command.params:
        given = context.get_parameter_source(param.name or "") is not ParameterSource.DEFAULT
        if param.name in chosen and given:
            raise click.UsageError(
                _(
                    "{option} is part of the plan: give it to `smsconf plan --out`, not with a PLANFILE"
                ).format(option=param.opts[0])
            )
    return read_file(planfile)


def apply_exit(plan: Plan, done: Report) -> int:
    """Return the exit code of a run: 130 after Ctrl-C, 4 if it could send nothing, 5 after a part, else 0."""
    if done.interrupted:
        return 130
    wrong = plan.incomplete or any(went_wrong(outcome) for outcome in done.outcomes)
    if not wrong:
        return 0
    if anything_sent(done.outcomes):
        return 5
    failed = any(
        went_wrong(outcome) and outcome.change.action is not Action.REFUSED for outcome in done.outcomes
    )
    return 1 if failed else 4


def _agreed(ready: _Ready, *, form: str, output: Path | None, auto_approve: bool) -> bool:
    """Show the plan and find out whether it may be carried out."""
    plan = ready.plan
    view = plan_view(plan, ready.about, ready.found, ready.outlooks)
    terminal = sys.stdin.isatty()
    active = plan.sends or any(change.action is Action.FORGET for change in plan.changes)
    if plan.guarded or (active and not auto_approve and not terminal):
        report(view, plan_lines, form, output, markdown=plan_markdown)
        if not plan.guarded:
            say(_("nothing sent: no terminal to ask; pass --auto-approve"))
        return False
    if form == "text" and output is None:
        report(view, plan_lines, form, output, markdown=plan_markdown)
        click.echo()
    else:
        talk(plan_lines(view))
    return auto_approve or not active or confirmed(_("Carry out this plan? Only 'yes' is taken: "))
