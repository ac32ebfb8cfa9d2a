"""``smsconf report``: plan, reviews, manual steps and messages as one page for people."""

from __future__ import annotations

from pathlib import Path

import click

from smsconf.cli.exits import read_exit
from smsconf.cli.options import FILE, project_options
from smsconf.cli.output import say, write_whole
from smsconf.cli.progress import TALK
from smsconf.config import load_project
from smsconf.language import _
from smsconf.render.plan.board import report_view
from smsconf.render.plan.html import report_html
from smsconf.render.plan.view import plan_view
from smsconf.workflow.findings import find_all
from smsconf.workflow.outlook import look_ahead
from smsconf.workflow.run import read
from smsconf.workflow.session import open_session
from smsconf.workflow.watch import stand


@click.command("report")
@project_options
@click.option("--html", "page", required=True, metavar="FILE", type=FILE, help="Where to write the page.")
def command(folder: Path, environment: str | None, page: Path) -> int:
    """Write one HTML file: the plan, a review board, a timeline, and every message as a phone shows it.

    \b
    Example:
      smsconf report --env prod --html report.html

    The file needs no network and no other file; it reads the service and never writes to it. Exits 0, or 4 if
    something could not be read.
    """
    project = load_project(folder, environment)
    with open_session(project, TALK) as session:
        snapshot = read(session)
        plan, client = snapshot.plan, session.client
        planned = look_ahead(session, plan, applied=True)
        standing = stand(snapshot)
        entries = [one for one in session.recorded() if one.get("environment") == project.environment]
    view = report_view(
        plan,
        project.desired,
        client.site,
        entries,
        plan_view=plan_view(plan, session.about, find_all(project), planned),
        status_view=standing.view,
        now=client.service_time,
    )
    write_whole(page, report_html(view))
    say(_("report: {file}").format(file=page))
    return read_exit(plan)
