"""``smsconf store purge``: delete numbers and texts of people for good."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import click

from smsconf.cli.asking import confirmed
from smsconf.cli.options import DURATION, project_options, report_options
from smsconf.cli.output import report, say
from smsconf.language import _
from smsconf.messaging.masking import mask, mask_all
from smsconf.messaging.normal_number import normal_number
from smsconf.render.documents.store_purge import purged_lines, purged_view
from smsconf.workflow.purging import Purge, plan_purge


@click.command("purge")
@project_options
@click.option(
    "--older-than", "age", type=DURATION, metavar="D", help="What is over since then, such as P90D."
)
@click.option("--number", metavar="NUMBER", help="All of one number, such as +8613812345678.")
@click.option("--auto-approve", is_flag=True, help="Purge without asking.")
@report_options
def command(
    folder: Path,
    environment: str | None,
    age: float | None,
    number: str | None,
    *,
    auto_approve: bool,
    form: str,
    output: Path | None,
) -> int:
    """Delete numbers and texts for good: of lists that are over, single messages, reports and replies.

    \b
    Example:
      smsconf store purge --older-than P90D
      smsconf store purge --number +8613812345678

    Counts stay, so receipts add up as before. Who opted out stays out: number and word of an opt-out are
    kept, nothing else of the reply, or the next list would reach that person. Uncertain messages keep their
    numbers until they are settled. A number that waits in a list is given up. Of the journal nothing goes:
    it holds no number. With files it is refused while a list goes out. Exits 0, 1 for "no", 4 if refused.
    """
    if (age is None) == (number is None):
        raise click.UsageError(_("say what is to go: --older-than D or --number NUMBER"))
    found = normal_number(number) if number is not None else ""
    if found is None:
        raise click.UsageError(_("'{text}' is no phone number").format(text=mask_all(number or "")[:60]))
    purge = plan_purge(
        folder, environment, say, age=None if age is None else timedelta(seconds=age), number=found[1:]
    )
    if not (auto_approve or _agreed(purge)):
        return 1
    view = purged_view(purge.store.place, purge.wanted, purge.carry_out(say), shown=mask)
    report(view, purged_lines, form, output)
    return 0


def _agreed(purge: Purge) -> bool:
    if not sys.stdin.isatty():
        say(_("nothing purged: no terminal to ask; pass --auto-approve"))
        return False
    wanted = purge.wanted
    what = (
        _("what is over since before {date}").format(date=wanted.before.date())
        if wanted.before
        else _("the number {number}").format(number=mask(f"+{wanted.number}"))
    )
    question = _("{place}: numbers and texts of {what} go for good. Purge? Only 'yes' is taken: ")
    return confirmed(question.format(place=purge.store.place, what=what), otherwise=_("nothing purged"))
