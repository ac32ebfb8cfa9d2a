"""``smsconf replies``: show what people sent back, and who opted out."""

from __future__ import annotations

from pathlib import Path

import click

from smsconf.cli.inbox import inbox_options, inbox_path
from smsconf.cli.options import numbers_option, report_options
from smsconf.cli.output import report
from smsconf.messaging.masking import mask, mask_all
from smsconf.messaging.receive.inbox import open_to_read
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.render.replies import opt_outs_lines, opt_outs_view, replies_lines, replies_view


@click.command("replies")
@inbox_options
@click.option(
    "--opt-outs",
    "only_opt_outs",
    is_flag=True,
    help="Only who is out now, each number once, with the word and since when.",
)
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

    Who answers R, TD, 退订, STOP or a sentence that means it opts out; START or 恢复订阅 takes it back, and
    the last word counts. `smsconf bulk` leaves who is out out of everything. Exits 0.
    """
    path = inbox_path(folder, database)
    shown, said = (str, str) if show_numbers else (mask, mask_all)
    with open_to_read(path) as inbox:
        out = OptOuts([path])
        count = len(out.current())
        if only_opt_outs:
            report(opt_outs_view(out.people(), shown=shown, said=said), opt_outs_lines, form, output)
        else:
            every = list(inbox.replies())
            view = replies_view(every, out.holds, count, shown=shown, said=said)
            report(view, replies_lines, form, output)
        out.close()
    return 0
