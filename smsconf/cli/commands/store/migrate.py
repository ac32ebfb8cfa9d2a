"""``smsconf store migrate``: make or change the tables of the shared store."""

from __future__ import annotations

import os
from pathlib import Path

import click

from smsconf.cli.options import report_options
from smsconf.cli.output import report
from smsconf.origin import UNKNOWN
from smsconf.render.documents.store import migrated_lines, migrated_view
from smsconf.store.opening import open_shared


@click.command("migrate")
@report_options
def command(form: str, output: Path | None) -> int:
    """Bring the tables of the database that SMSCONF_STORE names to the version of this smsconf.

    \b
    Example:
      SMSCONF_STORE=postgresql://smsconf@db/smsconf smsconf store migrate

    Nothing else changes them: until it was run, commands that write refuse. It makes the schema smsconf if
    there is none, all in one transaction; a second run changes nothing. Files need it never. Exits 0.
    """
    store = open_shared(os.environ, "", lambda: UNKNOWN)
    before, after = store.migrate()
    report(migrated_view(store.place, before, after), migrated_lines, form, output)
    return 0
