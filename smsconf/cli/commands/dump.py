"""``smsconf dump``: from what is at the service to a project that asks for exactly that."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from smsconf.cli.options import project_options
from smsconf.cli.output import is_ascii_only, same_file, say
from smsconf.cli.progress import TALK
from smsconf.config import EmulatorProvider, Project, load_project
from smsconf.config.edit.dump import Dump, make_dump
from smsconf.config.edit.write import as_document, as_files, database_in, write_files
from smsconf.config.format.provider import ROOT_NAME
from smsconf.language import _
from smsconf.model.address import Kind
from smsconf.model.observed import Observed
from smsconf.model.sites import Site
from smsconf.render.foreign_text import in_quotes
from smsconf.workflow.embedded_emulator import copy_emulator
from smsconf.workflow.new_project import compared, read_everything, remarks_on, summary

_KINDS = (Kind.APP, Kind.SIGNATURE, Kind.TEMPLATE)
_WORDS = {word: kind for kind in _KINDS for word in (kind.value, kind.section)}


@click.command("dump")
@project_options
@click.option(
    "--only",
    multiple=True,
    metavar="app.NAME|KIND",
    help="Only this app, or this kind (apps, signatures, templates); may be repeated.",
)
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Folder of the new project.")
@click.option("--force", is_flag=True, help="With --into: overwrite files that exist.")
def command(
    folder: Path,
    environment: str | None,
    only: tuple[str, ...],
    into: Path | None,
    force: bool,  # noqa: FBT001 - options arrive by name
) -> int:
    """Write everything at the service as a project whose plan is empty; the way in for what exists already.

    \b
    Example:
      smsconf dump --into imported
      smsconf dump --only app.shop_prod > shop.yaml

    The versions of a template become one address, with the newest text that is approved or in review. Keys
    come from the names; what this project declares keeps its key. Without --into it prints one document. The
    result is loaded and planned before success is reported: 0, or 4 if not all could be read.
    """
    kinds, apps = _chosen(only)
    if force and into is None:
        raise click.UsageError(_("--force belongs to --into"))
    project = load_project(folder, environment)
    observed, site = read_everything(project, TALK)
    try:
        dump = make_dump(observed, site, project.desired, kinds=kinds, apps=apps)
    except LookupError as error:
        raise click.UsageError(str(error.args[0])) from error
    remarks = _write(dump, project, into, observed, site, force=force)
    for text in summary(dump, remarks, into):
        say(text)
    return 0


def _chosen(words: tuple[str, ...]) -> tuple[set[Kind], set[str]]:
    """Split the words of --only into kinds and apps."""
    kinds: set[Kind] = set()
    apps: set[str] = set()
    for word in words:
        if word in _WORDS:
            kinds.add(_WORDS[word])
        elif word.startswith("app.") and word != "app.":
            apps.add(word.removeprefix("app."))
        else:
            raise click.UsageError(
                _("--only takes app.NAME, apps, signatures or templates, not '{word}'").format(word=word)
            )
    return kinds, apps


def _write(
    dump: Dump, project: Project, into: Path | None, observed: Observed, site: Site, *, force: bool
) -> list[str]:
    """Write or print the dump; return what its plan would do, which should be nothing.

    Raises:
        ConfigError: what was written cannot be loaded.
    """
    assert project.provider is not None  # noqa: S101 - for the type checker: the session was opened with it
    if into is not None:
        files = as_files(dump, project.provider, into)
        write_files(into, {name: in_quotes(text) for name, text in files.items()}, force=force)
        if isinstance(project.provider, EmulatorProvider):
            target = into / database_in(project.provider, into)
            if not same_file(target, project.provider.database):
                copy_emulator(project.provider.database, target)
        return list(compared(into, observed, site))
    text = in_quotes(as_document(dump, project.provider, project.folder, ascii_only=is_ascii_only()))
    remarks = remarks_on({ROOT_NAME: text}, observed, site)
    sys.stdout.write(text)
    return remarks
