"""``smsconf wait``: look again and again until every review is over, or the goal is out of reach."""

from __future__ import annotations

from pathlib import Path

import click

from smsconf.cli.exits import standing_exit
from smsconf.cli.options import (
    DURATION,
    AddressParam,
    interval_option,
    project_options,
    report_options,
    require_known,
)
from smsconf.cli.output import report, say
from smsconf.cli.progress import TALK
from smsconf.config import load_project
from smsconf.model.address import Address
from smsconf.render.plan.status import status_lines
from smsconf.workflow.watch import look, wait_for_reviews


@click.command("wait")
@project_options
@report_options
@click.argument("addresses", type=AddressParam(), nargs=-1, metavar="[ADDRESS]...")
@click.option("--timeout", type=DURATION, default="1h", show_default=True, help="Give up after this.")
@interval_option(30.0, help="About how often to look.")
def command(
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    addresses: tuple[Address, ...],
    timeout: float,
    interval: float,
) -> int:
    """Wait until every named address (without names: every declared one) is approved.

    \b
    Example:
      smsconf apply --auto-approve && smsconf wait --timeout 2h
      smsconf wait template.order-shipped --timeout 90s --interval 5

    It only looks; what is not submitted yet, apply must submit. A person decides: give up in time and let a
    later run go on. Exits 0 when all is done, 7 at once when a review was rejected or a change is refused,
    6 when the time is up, 4 if the service did not answer completely to the end.
    """
    project = load_project(folder, environment)
    require_known(addresses, project.desired.managed)
    standing = wait_for_reviews(
        lambda: look(project, addresses, TALK), timeout=timeout, interval=interval, say=say
    )
    report(standing.view, status_lines, form, output)
    return standing_exit(standing)
