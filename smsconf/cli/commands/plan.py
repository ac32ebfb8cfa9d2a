"""``smsconf plan``: show what apply would do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from smsconf.checkout import commit_of
from smsconf.cli.options import (
    DurationParam,
    comment_options,
    project_options,
    require_selected,
    selection,
    selection_options,
)
from smsconf.cli.outlook import look_ahead
from smsconf.cli.output import report, same_file
from smsconf.cli.permit_file import scope_of, write_file
from smsconf.cli.progress import progress
from smsconf.cli.session import open_session
from smsconf.language import N_, _
from smsconf.model.errors import PlanRefused
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.saved_plan.plan_file import make_permit
from smsconf.render.plan.markdown import Comment, plan_comment
from smsconf.render.plan.text import plan_lines
from smsconf.render.plan.view import plan_view
from smsconf.workflow.findings import find_all, held_back, subject_of
from smsconf.workflow.run import check, make_plan, recorded

_MOST_NAME = 200


@click.command("plan")
@project_options
@selection_options
@comment_options
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 if apply would send something.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a plan file: a permit for `smsconf apply FILE`.",
)
@click.option(
    "--expires", type=DurationParam(), help="With --out: not to be applied after this long, such as P1D."
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
    expires: timedelta | None,
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
    project = check(folder, environment)
    asked = selection(**chosen)
    subject = subject_of(project)
    found = find_all(project, subject)
    with open_session(project, read_only=True) as session, progress(N_("reading")) as update:
        client, journal = session.client, session.journal
        made = make_plan(client, project, journal, selection=asked, cache=session.cache, progress=update)
        require_selected(asked, project, made)
        plan = held_back(made, project, found)
        outlooks = look_ahead(session, project, plan, applied=True, subject=subject)
        permit = out and make_permit(
            plan,
            scope_of(session, project),
            asked,
            now=client.service_time,
            expires=client.service_time + expires if expires else None,
            commit=commit_of(project.folder),
            journal_entries=len(recorded(client, journal)),
            strict=strict,
        )
    view = plan_view(plan, session.about, found, outlooks)
    comment = plan_comment(view) if form == "markdown" else Comment("", ())
    if out and permit and not comment.left_out:
        write_file(out, permit)
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


def plan_exit(plan: Plan, *, detailed: bool) -> int:
    """Return the exit code of a plan: 4 before 2 before 0."""
    if plan.guarded or plan.incomplete:
        return 4
    return 2 if detailed and plan.sends else 0
