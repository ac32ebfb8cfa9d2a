"""Where what was sent and received is kept, and the options that say so."""

from __future__ import annotations

from pathlib import Path

import click

from smsconf.cli.options import folder_option, stacked
from smsconf.own_files import STATE_FOLDER

SENT = "sent.db"  # what send sent
LEDGER = "ledger.db"  # what bulk sent

inbox_options = stacked(
    folder_option,
    click.option(
        "--database",
        type=click.Path(path_type=Path, dir_okay=False),
        help="File with what was received.  [default: .smsconf/inbox.db of the project]",
    ),
)


def inbox_path(folder: Path, database: Path | None) -> Path:
    """Return the file with what was received."""
    return database or folder / STATE_FOLDER / "inbox.db"


def inboxes(folder: Path) -> list[Path]:
    """Return every file that replies and reports of a project come into."""
    return [folder / STATE_FOLDER / "inbox.db"]
