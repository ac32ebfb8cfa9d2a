"""``smsconf store import``: put what a folder remembers into the shared store, once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from smsconf.cli.options import project_options, report_options
from smsconf.cli.output import report, say
from smsconf.render.documents.store import imported_lines, imported_view
from smsconf.workflow.mailbox import import_folder


@click.command("import")
@project_options
@report_options
def command(folder: Path, environment: str | None, form: str, output: Path | None) -> int:
    """Put what this folder remembers into the store that SMSCONF_STORE names, once and all together.

    \b
    Example:
      SMSCONF_STORE=postgresql://smsconf@db/smsconf smsconf store import

    Journal, confirmations, lists in every state, single messages, reports and replies. Runs get other
    numbers, which it says. What names no account belongs to the project's; --env says of which environment.
    Stop what is at work in the folder first: afterwards commands that write refuse it without SMSCONF_STORE.
    A second run changes nothing. Several folders of one project are put together in the order of time, and
    what several copies of one brought is there once. Exits 0, 4 if somebody is at work in the folder, or if
    it sent more of a list than a copy that was imported before.
    """
    done = import_folder(folder, environment, datetime.now(UTC), say)
    report(imported_view(done), imported_lines, form, output)
    return 0
