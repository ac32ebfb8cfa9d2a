"""``smsconf dump``: from what is at the service to a project that asks for exactly that."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from smsconf.cli.commands.emulator import copy_emulator
from smsconf.cli.options import project_options
from smsconf.cli.output import same_file, say
from smsconf.cli.progress import progress
from smsconf.cli.session import open_session
from smsconf.cloud.read.observe import observe
from smsconf.config import EmulatorProvider, Project
from smsconf.config.edit.dump import Dump, make_dump
from smsconf.config.edit.write import as_document, as_files, database_in, write_files
from smsconf.language import N_, _
from smsconf.model.address import Kind
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import ConfigError, PlanRefused
from smsconf.model.observed import Observed
from smsconf.model.resources import Desired
from smsconf.model.sites import Site
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.plan import make_plan
from smsconf.render.foreign import in_quotes
from smsconf.workflow.run import check

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
    project = check(folder, environment)
    observed, site = read_everything(project)
    try:
        dump = make_dump(observed, site, project.desired, kinds=kinds, apps=apps)
    except LookupError as error:
        raise click.UsageError(str(error.args[0])) from error
    remarks = _write(dump, project, into, observed, site, force=force)
    tell(dump, remarks, into)
    return 0


def read_everything(project: Project) -> tuple[Observed, Site]:
    """Read all that the service has, and say what site it is.

    Raises:
        PlanRefused: not all could be read.
        SmsconfError: nothing could be asked.
    """
    with open_session(project, read_only=True) as session, progress(N_("reading")) as update:
        observed = observe(session.client, Desired(), session.cache, update, everything=True)
    for kind in (observed.apps, observed.signatures, observed.templates, observed.countries):
        if kind.problem:
            raise PlanRefused(
                _("not all could be read: {problem}").format(problem=kind.problem),
                fix=_("run again when the service answers completely"),
            )
    return observed, session.client.site


def tell(dump: Dump, remarks: Iterable[str], into: Path | None) -> None:
    """Say on stderr what one may not expect, and how much there is."""
    for remark in (*dump.remarks, *remarks):
        say(remark)
    said = _("dumped {apps} apps, {signatures} signatures, {templates} templates")
    if into:
        said = _("dumped {apps} apps, {signatures} signatures, {templates} templates into {into}")
    counts = {"apps": len(dump.apps), "signatures": len(dump.signatures), "templates": len(dump.templates)}
    say(said.format(**counts, into=into))


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
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = in_quotes(as_document(dump, project.provider, project.folder, ascii_only=not utf8))
    with TemporaryDirectory() as folder:
        write_files(Path(folder), {"smsconf.yaml": text}, force=False)
        remarks = list(compared(Path(folder), observed, site))
    sys.stdout.write(text)
    return remarks


def compared(folder: Path, observed: Observed, site: Site) -> Iterator[str]:
    """Load what was written and plan it against what was observed; yield every row that would send.

    Raises:
        ConfigError: it cannot be loaded.
    """
    written = check(folder, None)
    if has_errors(written.diagnostics):
        raise ConfigError(written.diagnostics)
    for change in make_plan(Inputs(site, written.desired, observed)).changes:
        if change.steps:
            steps = ", ".join(step.value for step in change.steps)
            yield _("{label}: the next apply would {steps}: {reason}").format(
                label=change.label, steps=steps, reason=change.reason
            )
