"""``smsconf fmt``: put the keys of the files in the order of the file format; not a word changes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from smsconf.cli.exits import fmt_exit
from smsconf.cli.output import say, show_error, talk
from smsconf.config import load_project
from smsconf.config.edit.splice import Rewrite, files_of, formatted
from smsconf.config.load.environments import FILES_ALONE
from smsconf.model.errors import SmsconfError
from smsconf.render.foreign_text import several_lines
from smsconf.render.plan.text import diagnostics_lines
from smsconf.render.plan.view import diagnostics_view


@click.command("fmt")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option(
    "-C",
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Folder with smsconf.yaml, if no FILE is given.  [default: this folder]",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 3 if a file is not in order.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
def command(
    files: tuple[Path, ...],
    folder: Path,
    check: bool,  # noqa: FBT001 - options arrive by name
    diff: bool,  # noqa: FBT001
) -> int:
    """Put the keys of the files in the order of the file format, with their comments.

    \b
    Example:
      smsconf fmt
      smsconf fmt --check --diff
      smsconf fmt templates/orders.yaml

    Without FILE: every file of the project, the overlays of all environments included. Texts, quotes,
    comments and line ends stay as they are, and keys you chose keep their order. What is written was read
    again before and says the same. The names of changed files go to stdout.

    Exits 0, 3 with --check if a file would change, 1 if a file cannot be read or written.
    """
    changed = failed = False
    for path in dict.fromkeys(files) or files_of(load_project(folder, FILES_ALONE)):
        try:
            found = formatted(path, _name(path))
            if not isinstance(found, Rewrite):
                talk(diagnostics_lines(diagnostics_view(found)))
                failed = True
            elif found.text != found.source.text:
                changed = True
                _settle(found, write=not (check or diff), diff=diff)
        except SmsconfError as error:
            failed = bool(show_error(error))
    return fmt_exit(failed=failed, out_of_order=check and changed)


def _settle(found: Rewrite, *, write: bool, diff: bool) -> None:
    """Write a file, or show what would change, and name it on stdout."""
    if write:
        found.write()
    if diff:
        sys.stdout.write(several_lines(found.diff))
    else:
        say(found.source.name, err=False)


def _name(path: Path) -> str:
    """Call a file as it is seen from the current folder."""
    return Path(os.path.relpath(path)).as_posix()
