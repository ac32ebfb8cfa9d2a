"""``smsconf status``: show where every review stands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from smsconf.cli.exits import standing_exit, status_exit
from smsconf.cli.options import AddressParam, comment_options, interval_option, project_options, require_known
from smsconf.cli.output import report, say
from smsconf.cli.progress import TALK
from smsconf.config import Project, load_project
from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.errors import SmsconfError
from smsconf.render.lines import redraw
from smsconf.render.plan.markdown import status_markdown
from smsconf.render.plan.status import status_lines
from smsconf.workflow.run import note_seen, read
from smsconf.workflow.session import open_session
from smsconf.workflow.watch import Standing, look, moves, rounds, stand


@click.command("status")
@project_options
@comment_options
@click.argument("addresses", type=AddressParam(), nargs=-1, metavar="[ADDRESS]...")
@click.option("--exit-code", is_flag=True, help="Exit 7 if something is rejected, 6 if something is pending.")
@click.option("--watch", is_flag=True, help="Look again and again until everything is done.")
@interval_option(10.0, help="With --watch: about how often to look.")
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
    project = load_project(folder, environment)
    if watching["watch"]:
        if form != "text" or output is not None:
            raise click.UsageError(_("--watch shows text: leave out --format and --output"))
        standing = _watch(project, addresses, watching["interval"])
        return standing_exit(standing, asked=exit_code)
    with open_session(project, TALK) as session:
        snapshot = read(session)
        note_seen(snapshot)
        require_known(addresses, [review.address for review in snapshot.reviews])
        standing = stand(snapshot, addresses)
    report(standing.view, status_lines, form, output, markdown=status_markdown)
    return status_exit(snapshot.plan, standing.reviews, asked=exit_code)


def _watch(project: Project, addresses: Sequence[Address], interval: float) -> Standing:
    """Show the status until nothing moves any more: a screen at a terminal, elsewhere a line a change."""
    require_known(addresses, project.desired.managed)
    before: Standing | None = None
    for found in rounds(lambda: look(project, addresses, TALK), interval=interval):
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
