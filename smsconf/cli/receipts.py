"""``smsconf receipts``: what became of the messages that were sent."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from heapq import merge
from pathlib import Path

import click

from smsconf.cli.inbox import LEDGER, SENT, inbox_options, inbox_path
from smsconf.cli.options import numbers_option
from smsconf.cli.output import report, unwritable
from smsconf.messaging.masking import mask
from smsconf.messaging.receive.inbox import Received, open_to_read
from smsconf.messaging.receive.receipts import Receipt, match, tally
from smsconf.messaging.receive.sent import read_ledger, read_sent
from smsconf.messaging.send.codes import meaning_of
from smsconf.own_files import STATE_FOLDER, reporting
from smsconf.render.receipts import (
    messages_view,
    receipt_row,
    receipts_csv,
    receipts_lines,
    receipts_view,
)

_GROUPS = ("template", "campaign", "batch", "message")


@click.command("receipts")
@inbox_options
@click.option(
    "--by", type=click.Choice(_GROUPS), default="template", show_default=True, help="What to count together."
)
@click.option("--template", metavar="ADDRESS", help="Only messages of this template.")
@click.option("--campaign", metavar="KEY", help="Only messages of this campaign.")
@click.option("--batch", metavar="ID", help="Only messages of this batch.")
@click.option("--message", "message_id", metavar="ID", help="Only this message.")
@numbers_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", help="Form of the report."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report to a file instead of stdout.",
)
def command(
    *,
    folder: Path,
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

    It matches what `smsconf send` and `smsconf bulk` sent from this folder with the status reports that
    `smsconf receive` took in. CSV has one row a message. Exits 0.
    """
    state = folder / STATE_FOLDER
    sent = merge(read_sent(state / SENT), read_ledger(state / LEDGER), key=lambda one: one.message_id)
    with _reports(inbox_path(folder, database), needed=database is not None) as reports:
        every = match(sent, reports, datetime.now(UTC))
        wanted = _wanted(every, {**only, "message_id": message_id})
        shown = str if show_numbers else mask
        rows = (receipt_row(one, meaning_of, shown) for one in wanted)
        if form == "csv":
            _stream(receipts_csv(rows), output)
            return 0
        if by == "message":
            view = messages_view(rows)
        else:
            tallies, others = tally(wanted, by)
            view = receipts_view(tallies, by, meaning_of, others=others)
    report(view, receipts_lines, form, output)
    return 0


@contextmanager
def _reports(path: Path, *, needed: bool) -> Iterator[Iterable[Received]]:
    """Open what was received; there may be nothing yet, unless the file was named."""
    if not needed and not os.path.lexists(path):
        yield ()
        return
    with open_to_read(path) as inbox:
        yield inbox.reports_by_message()


def _wanted(receipts: Iterable[Receipt], only: Mapping[str, str | None]) -> Iterator[Receipt]:
    """Leave out what the options do not name."""
    asked = {name: value for name, value in only.items() if value is not None}
    for one in receipts:
        known: dict[str, str | None] = {"message_id": one.message_id}
        if one.sent:
            known |= {"template": one.sent.template, "campaign": one.sent.campaign, "batch": one.sent.batch}
        if all(known.get(name) == value for name, value in asked.items()):
            yield one


def _stream(lines: Iterable[str], output: Path | None) -> None:
    """Write line by line: there may be a million."""
    if output is None:
        sys.stdout.writelines(lines)
        return
    try:
        with reporting(output) as file:
            file.writelines(line.encode() for line in lines)
    except OSError as error:
        raise unwritable(output, error) from error
