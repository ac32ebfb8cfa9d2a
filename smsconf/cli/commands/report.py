"""``smsconf report``: plan, reviews, manual steps and messages as one page for people."""

from __future__ import annotations

from pathlib import Path

import click

from smsconf.cli.options import project_options
from smsconf.cli.outlook import look_ahead
from smsconf.cli.output import say, write_whole
from smsconf.cli.progress import progress
from smsconf.cli.session import open_session
from smsconf.language import N_, _
from smsconf.reconcile.inputs import Selection
from smsconf.render.plan.board import report_view
from smsconf.render.plan.html import report_html
from smsconf.render.plan.view import plan_view, status_view
from smsconf.workflow.findings import find_all
from smsconf.workflow.run import check, follow_reviews, make_plan, recorded


@click.command("report")
@project_options
@click.option(
    "--html",
    "page",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the page.",
)
def command(folder: Path, environment: str | None, page: Path) -> int:
    """Write one HTML file: the plan, a review board, a timeline, and every message as a phone shows it.

    \b
    Example:
      smsconf report --env prod --html report.html

    The file needs no network and no other file; it reads the service and never writes to it. Exits 0, or 4 if
    something could not be read.
    """
    project = check(folder, environment)
    with open_session(project, read_only=True) as session, progress(N_("reading")) as update:
        client = session.client
        plan = make_plan(
            client, project, session.journal, selection=Selection(), cache=session.cache, progress=update
        )
        reviews = follow_reviews(client, plan)
        planned = look_ahead(session, project, plan, applied=True)
        awaited = look_ahead(session, project, plan, applied=False)
        known = recorded(client, session.journal)
        entries = [one for one in known if one.get("environment") == project.environment]
        now = client.service_time
    seen = status_view(
        reviews, session.about, unmanaged=plan.unmanaged, foreign=plan.foreign, outlooks=awaited
    )
    view = report_view(
        plan,
        project.desired,
        client.site,
        entries,
        plan_view=plan_view(plan, session.about, find_all(project), planned),
        status_view=seen,
        now=now,
    )
    write_whole(page, report_html(view))
    say(_("report: {file}").format(file=page))
    return 4 if plan.incomplete else 0
