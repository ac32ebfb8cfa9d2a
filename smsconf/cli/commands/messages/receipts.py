"""``smsconf receipts``: what became of the messages that were sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from smsconf.cli.options import inbox_options, numbers_option, output_option
from smsconf.cli.output import report, report_rows, say
from smsconf.messaging.masking import mask
from smsconf.messaging.receive.receipts import Receipt, match, tally
from smsconf.render.documents.receipts import (
    MESSAGES,
    messages_lines,
    receipt_row,
    receipts_csv,
    receipts_lines,
    receipts_view,
)
from smsconf.store.messages import Sent
from smsconf.workflow.mailbox import open_mailbox
from smsconf.workflow.service_clock import ServiceClock

_GROUPS = ("template", "campaign", "batch", "message")


@click.command("receipts")
@inbox_options
@click.option(
    "--by", type=click.Choice(_GROUPS), default="template", show_default=True, help="What to count together."
)
@click.option("--template", metavar="ADDRESS", help="Only messages of this template.")
@click.option("--campaign", metavar="KEY", help="Only messages of this campaign, or of a run by its name.")
@click.option("--batch", metavar="ID", help="Only messages of this batch.")
@click.option("--message", "message_id", metavar="ID", help="Only this message.")
@numbers_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", help="Form of the report."
)
@output_option
def command(  # noqa: PLR0913 - one for each option
    *,
    folder: Path,
    environment: str | None,
    database: Path | None,
    by: str,
    show_numbers: bool,
    form: str,
    output: Path | None,
    message_id: str | None,
    **only: str | None,
) -> int:
    """Show what became of what was sent: delivered, failed and why, pending, missing after 72 hours; offline.

    \b
    Example:
      smsconf receipts
      smsconf receipts --by message --template template.order-shipped --format csv

    It matches what `smsconf send` and `smsconf bulk` sent from this folder, or in a shared store from any for
    this project, with the status reports that `smsconf receive` took in. CSV has one row a message. Exits 0.
    """
    clock, shown = ServiceClock(folder), str if show_numbers else mask
    store = open_mailbox(folder, environment, say, database).store

    def every() -> Iterator[Receipt]:
        return _wanted(match(store.sent(message_id), store.reports(message_id), clock), only)

    def rows() -> Iterator[Mapping[str, Any]]:
        yield from (receipt_row(one, shown) for one in every())

    if by == "message" or form == "csv":
        report_rows(rows, MESSAGES, messages_lines, form, output, csv=receipts_csv)
        return 0
    tallies, others = tally(every(), by)
    report(receipts_view(tallies, by, others=others), receipts_lines, form, output)
    return 0


def _wanted(receipts: Iterable[Receipt], only: Mapping[str, str | None]) -> Iterator[Receipt]:
    """Leave out what the options do not name."""
    asked = {name: value for name, value in only.items() if value is not None}
    for one in receipts:
        if all(one.sent and value in _names(one.sent, name) for name, value in asked.items()):
            yield one


def _names(sent: Sent, group: str) -> tuple[str, ...]:
    """Return what a person may call the group of a message: of campaigns the key, too."""
    name = getattr(sent, group)
    if name is None:
        return ()
    subject = name.partition("#")[0]
    return name, subject, subject.removeprefix("campaign.")
