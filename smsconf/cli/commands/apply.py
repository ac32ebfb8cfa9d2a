"""``smsconf apply``: carry out the plan, and end."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from smsconf.checkout import commit_of
from smsconf.cli.asking import confirmed, stop_on_interrupt
from smsconf.cli.exits import apply_exit, refusal_exit, standing_exit
from smsconf.cli.options import (
    DURATION,
    FILE,
    comment_options,
    interval_option,
    lock_option,
    project_options,
    require_selected,
    selection,
    selection_options,
)
from smsconf.cli.output import report, same_file, say, talk, try_file
from smsconf.cli.progress import TALK, say_busy
from smsconf.config import load_project
from smsconf.language import _
from smsconf.reconcile.change import Action
from smsconf.reconcile.saved_plan.plan_file import Permit, check_scope
from smsconf.render.plan.markdown import apply_markdown, plan_markdown
from smsconf.render.plan.text import apply_lines, plan_lines
from smsconf.workflow.plan_files import permit_in, scope_of
from smsconf.workflow.proposal import Proposal, propose_to_apply
from smsconf.workflow.run import carry_out, read
from smsconf.workflow.secret_file import SecretFile
from smsconf.workflow.session import Session, hold_lock, open_session
from smsconf.workflow.watch import look, wait_for_reviews


@click.command("apply")
@click.argument("planfile", required=False, type=FILE)
@project_options
@selection_options
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--strict", is_flag=True, help="With PLANFILE: send nothing if anything moved since the plan.")
@click.option(
    "--save-secrets",
    type=FILE,
    metavar="FILE",
    help="Keep key and secret of new apps in FILE (mode 0600); the service tells them once.",
)
@click.option("--wait", "waits", is_flag=True, help="Then wait for the reviews.")
@click.option(
    "--timeout",
    type=DURATION,
    default="1h",
    show_default=True,
    help="With --wait: give up after this.",
)
@interval_option(30.0, help="With --wait: about how often to look.")
@lock_option
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
    lock_timeout: float | None,
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
    project = load_project(folder, environment)
    if output:
        try_file(output)
        if save_secrets and same_file(output, save_secrets):
            raise click.UsageError(
                _("--save-secrets and --output are one file: the report would replace the secrets")
            )
    secrets = SecretFile(save_secrets) if save_secrets else None
    with (
        open_session(project, TALK, read_only=False) as session,
        hold_lock(session, "apply", timeout=lock_timeout, waiting=say_busy) as lock,
    ):
        proposal = _propose(session, permit, chosen, strict=strict)
        if not _agreed(proposal, form=form, output=output, auto_approve=auto_approve or permit is not None):
            return refusal_exit(proposal.plan)
        keep_secret = secrets.open() if secrets else None
        with stop_on_interrupt() as stop:
            done = carry_out(session, proposal.plan, lock, stopping=stop.is_set, keep_secret=keep_secret)
    code = apply_exit(proposal.plan, done)
    try:
        if waits and code == 0:
            targets = permit.chosen().targets if permit else chosen["targets"]
            standing = wait_for_reviews(
                lambda: look(project, targets, TALK), timeout=timeout, interval=interval, say=say
            )
            pending, rejected = (tuple(map(str, one)) for one in (standing.pending, standing.lost))
            done, code = replace(done, pending=pending, rejected=rejected), standing_exit(standing)
    finally:  # whatever ends the waiting, what was sent is reported
        report(proposal.apply_view(done), apply_lines, form, output, markdown=apply_markdown)
    return code


def _propose(session: Session, permit: Permit | None, chosen: Mapping[str, Any], *, strict: bool) -> Proposal:
    """Plan anew; with a permit keep what it permits, and say what of it is not needed any more."""
    if permit is None:
        asked = selection(**chosen)
        snapshot = read(session, asked)
        require_selected(asked, session.project, snapshot.plan)
    else:
        check_scope(permit, scope_of(session), commit_of(session.project.folder))
        snapshot = read(session, permit.chosen())
    return propose_to_apply(snapshot, permit, strict=strict)


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
    return permit_in(planfile)


def _agreed(proposal: Proposal, *, form: str, output: Path | None, auto_approve: bool) -> bool:
    """Show the plan and find out whether it may be carried out."""
    plan, view = proposal.plan, proposal.view()
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
