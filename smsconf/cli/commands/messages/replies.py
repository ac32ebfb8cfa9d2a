"""``smsconf replies``: show what people sent back, and who opted out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from smsconf.cli.options import inbox_options, numbers_option, report_options
from smsconf.cli.output import report, report_rows, say
from smsconf.messaging.masking import mask, mask_all
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.render.documents.replies import (
    opt_outs_lines,
    opt_outs_view,
    replies_document,
    replies_lines,
    reply_row,
)
from smsconf.render.lines import Line
from smsconf.workflow.mailbox import open_mailbox


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
    environment: str | None,
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
    the last word counts. `smsconf bulk` leaves who is out out of everything. A shared store has the replies
    to the account, in every environment and project of it. Exits 0.
    """
    mailbox = open_mailbox(folder, environment, say, database)
    store, scope = mailbox.store, mailbox.scope()
    shown, said = (str, str) if show_numbers else (mask, mask_all)
    store.require_received(scope)
    with closing(OptOuts(store.follow_replies(scope))) as out:
        count = len(out.current())
        if only_opt_outs:
            report(
                opt_outs_view(out.people(), out.unreadable(), shown=shown, said=said),
                opt_outs_lines,
                form,
                output,
            )
            return 0

        def rows() -> Iterator[Mapping[str, Any]]:
            for one in store.replies(scope):
                yield reply_row(one, out.holds, shown=shown, said=said)

        def draw(rows: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
            return replies_lines(rows, count)

        report_rows(rows, replies_document(count), draw, form, output)
    return 0
