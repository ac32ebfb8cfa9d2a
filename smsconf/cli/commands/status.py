"""``smsconf status``: show where every review stands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from smsconf.cli.commands.wait import Standing, look, moves, require_declared, rounds
from smsconf.cli.options import AddressParam, IntervalParam, comment_options, project_options, require_known
from smsconf.cli.outlook import look_ahead
from smsconf.cli.output import report, say
from smsconf.cli.progress import progress
from smsconf.cli.session import open_session
from smsconf.config import Project
from smsconf.language import N_, _
from smsconf.model.address import Address
from smsconf.model.errors import SmsconfError
from smsconf.reconcile.inputs import Selection
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.review import Review
from smsconf.render.plan.markdown import status_markdown
from smsconf.render.plan.text import status_lines
from smsconf.render.plan.view import status_view
from smsconf.render.terminal import redraw
from smsconf.workflow.run import check, follow_reviews, make_plan, note_seen


@click.command("status")
@project_options
@comment_options
@click.argument("addresses", type=AddressParam(), nargs=-1, metavar="[ADDRESS]...")
@click.option("--exit-code", is_flag=True, help="Exit 7 if something is rejected, 6 if something is pending.")
@click.option("--watch", is_flag=True, help="Look again and again until everything is done.")
@click.option(
    "--interval",
    type=IntervalParam(),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="With --watch: about how often to look.",
)
def command(
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    addresses: tuple[Address, ...],
    exit_code: bool,  # noqa: FBT001 - options arrive by name
    **watching: Any,  # noqa: ANN401 - watch and interval
) -> int:
    """Show the service's status of every address, our verdict, and the reviewer's words.

    \b
    Example:
      smsconf status --exit-code
      smsconf status template.order-shipped
      smsconf status --watch

    With --watch a terminal is drawn anew each time, and elsewhere each change is one line. Exits 0; with
    --exit-code 7 if a review was rejected, else 6 if one is pending; 4 if not all was read.
    """
    project = check(folder, environment)
    if watching["watch"]:
        if form != "text" or output is not None:
            raise click.UsageError(_("--watch shows text: leave out --format and --output"))
        standing = _watch(project, addresses, watching["interval"])
        return standing.exit_code if exit_code else 0
    with open_session(project, read_only=True) as session, progress(N_("reading")) as update:
        plan = make_plan(
            session.client,
            project,
            session.journal,
            selection=Selection(),
            cache=session.cache,
            progress=update,
        )
        note_seen(session.client, plan, session.journal, project.environment)
        reviews = follow_reviews(session.client, plan)
        outlooks = look_ahead(session, project, plan, applied=False)
    if addresses:
        _require_declared(addresses, reviews)
        reviews = tuple(review for review in reviews if review.address in addresses)
    view = status_view(
        reviews,
        session.about,
        problems=[refusal.message for refusal in plan.refusals if refusal.scope == "read"],
        unmanaged=plan.unmanaged,
        foreign=plan.foreign,
        outlooks=outlooks,
    )
    report(view, status_lines, form, output, markdown=status_markdown)
    return status_exit(plan, reviews, exit_code=exit_code)


def _watch(project: Project, addresses: Sequence[Address], interval: float) -> Standing:
    """Show the status until nothing moves any more: a screen at a terminal, elsewhere a line a change."""
    require_declared(addresses, project)
    before: Standing | None = None
    for found in rounds(lambda: look(project, addresses), interval=interval):
        if isinstance(found, SmsconfError):
            say(_("looking again: {message}").format(message=found.message))
            continue
        if sys.stdout.isatty():
            redraw(status_lines(found.view), sys.stdout)
        elif before is None:
            for one in found.reviews:
                say(f"{one.address}: {one.verdict.message}", err=False)
        else:
            for text in moves(before, found):
                say(text, err=False)
        before = found
        if found.complete and set(found.pending) <= set(found.lost):
            break
    assert before is not None  # noqa: S101 - for the type checker: the first round raises or finds
    return before


def _require_declared(addresses: Sequence[Address], reviews: Sequence[Review]) -> None:
    declared = {review.address for review in reviews}
    require_known(addresses, declared)


def status_exit(plan: Plan, reviews: Sequence[Review], *, exit_code: bool) -> int:
    """Return the exit code: 4 before 7 before 6 before 0."""
    if plan.incomplete:
        return 4
    if not exit_code:
        return 0
    if any(review.rejected or review.stuck for review in reviews):
        return 7
    return 6 if any(review.pending for review in reviews) else 0
