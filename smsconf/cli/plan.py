"""``smsconf plan``: show what apply would do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from smsconf.cli.options import comment_options, project_options, selection, selection_options
from smsconf.cli.output import report
from smsconf.cli.progress import progress
from smsconf.cli.session import open_session
from smsconf.reconcile.plan import Plan
from smsconf.render.markdown import plan_markdown
from smsconf.render.text import plan_lines
from smsconf.render.view import plan_view
from smsconf.workflow import check, make_plan


@click.command("plan")
@project_options
@selection_options
@comment_options
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 if apply would send something.")
def command(
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    detailed_exitcode: bool,  # noqa: FBT001 - options arrive by name
    **chosen: Any,  # noqa: ANN401 - the selection options, gathered in one place
) -> int:
    """Show what apply would do; reads, and never writes to the service.

    \b
    Example:
      smsconf plan --env prod --detailed-exitcode

    What is in review is a row that waits, not a difference. Exits 0, with --detailed-exitcode 2 if apply
    would send something, 4 if a guard forbids it or something could not be read.
    """
    project = check(folder, environment)
    with open_session(project, read_only=True) as session, progress("reading") as update:
        plan = make_plan(
            session.client,
            project,
            session.journal,
            selection=selection(**chosen),
            cache=session.cache,
            progress=update,
        )
    report(
        plan_view(plan, session.about, project.diagnostics), plan_lines, form, output, markdown=plan_markdown
    )
    return plan_exit(plan, detailed=detailed_exitcode)


def plan_exit(plan: Plan, *, detailed: bool) -> int:
    """Return the exit code of a plan: 4 before 2 before 0."""
    if plan.guarded or plan.incomplete:
        return 4
    return 2 if detailed and plan.sends else 0
