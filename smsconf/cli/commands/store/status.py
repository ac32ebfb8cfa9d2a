"""``smsconf store status``: where what is remembered is, how much of it, and who is at work."""

from __future__ import annotations

import os
from pathlib import Path

import click

from smsconf.cli.options import project_options, report_options
from smsconf.cli.output import report
from smsconf.cli.progress import TALK
from smsconf.config import load_project
from smsconf.origin import UNKNOWN
from smsconf.render.documents.store import status_lines, status_view
from smsconf.store.interfaces import Store
from smsconf.store.opening import is_shared, open_shared
from smsconf.workflow.session import store_of


@click.command("status")
@project_options
@report_options
def command(folder: Path, environment: str | None, form: str, output: Path | None) -> int:
    """Show the store: place, versions, sizes, what it holds by account, who holds a lock and who sends.

    \b
    Example:
      smsconf store status
      smsconf store status --format json

    It asks no service, changes nothing and shows no number. Exits 0, 1 if the store cannot be read.
    """
    store: Store
    if is_shared(os.environ):  # it is one for all projects: no folder is needed to look at it
        store = open_shared(os.environ, "", lambda: UNKNOWN)
    else:
        store = store_of(load_project(folder, environment), TALK)
    report(status_view(store.status()), status_lines, form, output)
    return 0
