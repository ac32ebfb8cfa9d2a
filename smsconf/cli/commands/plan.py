"""``smsconf plan``: show what apply would do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from smsconf.checkout import commit_of
from smsconf.cli.exits import plan_exit
from smsconf.cli.options import (
    FILE,
    ISO_DURATION,
    comment_options,
    project_options,
    require_selected,
    selection,
    selection_options,
)
from smsconf.cli.output import report, same_file
from smsconf.cli.progress import TALK
from smsconf.config import load_project
from smsconf.language import _
from smsconf.model.errors import PlanRefused
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.saved_plan.plan_file import make_permit
from smsconf.render.plan.markdown import Comment, plan_comment
from smsconf.render.plan.text import plan_lines
from smsconf.workflow.plan_files import scope_of, write_permit
from smsconf.workflow.proposal import propose
from smsconf.workflow.run import read
from smsconf.workflow.session import open_session

_MOST_NAME = 200


@click.command("plan")
@project_options
@selection_options
@comment_options
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 if apply would send something.")
@click.option("--out", type=FILE, help="Write a plan file: a permit for `smsconf apply FILE`.")
@click.option(
    "--expires",
    type=ISO_DURATION,
    help="With --out: not to be applied after this long, such as P1D.",
)
@click.option("--strict", is_flag=True, help="With --out: not to be applied if anything moved.")
def command(  # noqa: PLR0913 - one for each option
    *,
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    detailed_exitcode: bool,
    out: Path | None,
    expires: float | None,
    strict: bool,
    **chosen: Any,  # noqa: ANN401 - the selection options, gathered in one place
) -> int:
    """Show what apply would do; reads, and never writes to the service.

    \b
    Example:
      smsconf plan --env prod --detailed-exitcode
      smsconf plan --env prod --out plan.json --format markdown --output plan.md

    What is in review is a row that waits, not a difference. Exits 0, with --detailed-exitcode 2 if apply
    would send something, 4 if a guard forbids it, something could not be read, or a Markdown comment has no
    room for all that would be sent: then no plan file is written.
    """
    if out and output and same_file(out, output):
        raise click.UsageError(_("--out and --output are one file: the report would replace the plan file"))
    if out is None and (expires or strict):
        raise click.UsageError(_("--expires and --strict say how long a plan file holds: give --out FILE"))
    project = load_project(folder, environment)
    asked = selection(**chosen)
    with open_session(project, TALK) as session:
        snapshot = read(session, asked)
        require_selected(asked, project, snapshot.plan)
        proposal = propose(snapshot)
        plan, now = proposal.plan, session.client.service_time
        permit = out and make_permit(
            plan,
            scope_of(session),
            asked,
            now=now,
            expires=now + timedelta(seconds=expires) if expires else None,
            commit=commit_of(project.folder),
            journal_entries=len(session.recorded()),
            strict=strict,
        )
    view = proposal.view()
    comment = plan_comment(view) if form == "markdown" else Comment("", ())
    if out and permit and not comment.left_out:
        write_permit(out, permit)
    report(view, plan_lines, form, output, markdown=lambda _view: comment.text)
    if comment.left_out:
        raise _unseen(comment.left_out, plan)
    return plan_exit(plan, detailed=detailed_exitcode)


def _unseen(hidden: Sequence[str], plan: Plan) -> PlanRefused:
    """Return what to raise where a comment cannot show all that is to be agreed to."""
    total = sum(bool(change.steps) for change in plan.changes)
    return PlanRefused(
        _(
            "the comment has no room for {count} of the {total} changes that would be sent, {first} first"
        ).format(count=len(hidden), total=total, first=hidden[0][:_MOST_NAME]),
        why=_("whoever agrees to a plan must be able to see all of it; no plan file was written"),
        fix=_("make several plans with --target, or read this one whole with --format text or json"),
    )
