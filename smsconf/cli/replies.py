"""``smsconf replies``: show what people sent back, and who opted out."""

from __future__ import annotations

from pathlib import Path

import click

from smsconf.cli.inbox import inbox_options, inbox_path
from smsconf.cli.options import numbers_option, report_options
from smsconf.cli.output import report
from smsconf.messaging.numbers import mask
from smsconf.messaging.receive.inbox import open_to_read
from smsconf.messaging.receive.opt_outs import opt_outs
from smsconf.render.replies import replies_lines, replies_view


@click.command("replies")
@inbox_options
@click.option("--opt-outs", "only_opt_outs", is_flag=True, help="Only who opted out, each number once.")
@numbers_option
@report_options
def command(
    *,
    folder: Path,
    database: Path | None,
    only_opt_outs: bool,
    show_numbers: bool,
    form: str,
    output: Path | None,
) -> int:
    """Show the replies that `smsconf receive` took in, oldest first; offline.

    \b
    Example:
      smsconf replies
      smsconf replies --opt-outs --format json

    Who answers R opts out: `smsconf bulk` leaves these numbers out of everything. Exits 0.
    """
    with open_to_read(inbox_path(folder, database)) as inbox:
        every = list(inbox.replies())
    out = opt_outs(every)
    shown = list(out.values()) if only_opt_outs else every
    view = replies_view(shown, out, shown=str if show_numbers else mask)
    report(view, replies_lines, form, output)
    return 0
