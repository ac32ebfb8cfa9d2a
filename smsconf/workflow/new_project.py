"""New projects: out of what is at the service, or out of a few answers. All is tried before anything counts.

It asks nobody; what the files of a first project say is in ``render.starter``, those of a dump in ``config``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from smsconf.cloud.read.observe import observe
from smsconf.config import EmulatorProvider, Project, load_project
from smsconf.config.edit.dump import Dump, make_dump
from smsconf.config.edit.write import as_files, write_files
from smsconf.config.format.provider import ROOT_NAME
from smsconf.language import N_, _
from smsconf.model.diagnostics import Severity, has_errors
from smsconf.model.errors import ConfigError, PlanRefused, SmsconfError, unwritable
from smsconf.model.observed import Observed
from smsconf.model.resources import Desired
from smsconf.model.sites import Site
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.plan import make_plan
from smsconf.render.foreign_text import in_quotes
from smsconf.render.starter import DATABASE, Answers, environment_files, imported_root, provider_text
from smsconf.workflow.findings import find_all
from smsconf.workflow.session import Talk, open_session


def read_everything(project: Project, talk: Talk) -> tuple[Observed, Site]:
    """Read all that the service has, and say what site it is.

    Raises:
        PlanRefused: not all could be read.
        SmsconfError: nothing could be asked.
    """
    with open_session(project, talk) as session, talk.progress(N_("reading")) as update:
        observed = observe(session.client, Desired(), session.cache, update, everything=True)
    for kind in (observed.apps, observed.signatures, observed.templates, observed.countries):
        if kind.problem:
            raise PlanRefused(
                _("not all could be read: {problem}").format(problem=kind.problem),
                fix=_("run again when the service answers completely"),
            )
    return observed, session.client.site


def compared(folder: Path, observed: Observed, site: Site) -> Iterator[str]:
    """Load what was written and plan it against what was observed; yield every row that would send.

    Raises:
        ConfigError: it cannot be loaded.
    """
    written = load_project(folder)
    if has_errors(written.diagnostics):
        raise ConfigError(written.diagnostics)
    for change in make_plan(Inputs(site, written.desired, observed)).changes:
        if change.steps:
            steps = ", ".join(step.value for step in change.steps)
            yield _("{label}: the next apply would {steps}: {reason}").format(
                label=change.label, steps=steps, reason=change.reason
            )


def remarks_on(files: Mapping[str, str], observed: Observed, site: Site) -> list[str]:
    """Do the same with files where nobody sees them.

    Raises:
        ConfigError: they cannot be loaded.
    """
    with TemporaryDirectory() as name:
        write_files(Path(name), files, force=False)
        return list(compared(Path(name), observed, site))


def summary(dump: Dump, remarks: Iterable[str], into: Path | None = None) -> Iterator[str]:
    """Say what one may not expect of a dump, and how much there is."""
    yield from (*dump.remarks, *remarks)
    said = _("dumped {apps} apps, {signatures} signatures, {templates} templates")
    if into:
        said = _("dumped {apps} apps, {signatures} signatures, {templates} templates into {into}")
    counts = {"apps": len(dump.apps), "signatures": len(dump.signatures), "templates": len(dump.templates)}
    yield said.format(**counts, into=into)


def imported_files(answers: Answers, folder: Path, talk: Talk) -> tuple[Dump, dict[str, str], list[str]]:
    """Return the files of a project that asks for exactly what is at the service, and remarks on them.

    Raises:
        SmsconfError: the service cannot be read whole, or what it has cannot be asked for.
    """
    if answers.emulated and not (folder / DATABASE).exists():
        raise SmsconfError(
            _("there is no emulator database {path} to start from").format(path=folder / DATABASE),
            fix=_("leave out --from-remote, or give --provider huaweicloud"),
        )
    with TemporaryDirectory() as scratch:
        provider = provider_text(answers, answers.emulated)
        write_files(Path(scratch), {ROOT_NAME: f"version: 1\n{provider}\n"}, force=False)
        project = load_project(Path(scratch))
        if isinstance(project.provider, EmulatorProvider):
            there = replace(project.provider, database=(folder / DATABASE).absolute())
            project = replace(project, provider=there)
        observed, site = read_everything(project, talk)
    assert project.provider is not None  # noqa: S101 - for the type checker: it was just written
    dump = make_dump(observed, site, Desired())
    files = {name: in_quotes(text) for name, text in as_files(dump, project.provider, folder).items()}
    remarks = remarks_on(files, observed, site)
    root = imported_root(answers, files[ROOT_NAME])
    return dump, {**files, ROOT_NAME: root, **environment_files(answers)}, remarks


def require_clean(files: Mapping[str, str]) -> None:
    """Load and lint the files where nobody sees them.

    Raises:
        ConfigError: an answer led to a finding; nothing was written.
    """
    with TemporaryDirectory() as name:
        write_files(Path(name), files, force=False)
        found = find_all(load_project(Path(name)))
    bad = [one for one in found if one.severity is not Severity.INFO]
    if bad:
        raise ConfigError(bad)


def write_new(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files of a new project, or none.

    Raises:
        SmsconfError: a file would be overwritten, or included without having been meant, and each is named;
            or one cannot be written, and those before it are gone again.
    """
    _refuse_existing(folder, files)
    written: list[Path] = []
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise unwritable(path, error, _("name a folder that you can write to with --project")) from error


def _refuse_existing(folder: Path, files: Mapping[str, str]) -> None:
    """Refuse a folder where a file would be overwritten, or included without having been meant.

    Raises:
        SmsconfError: it names every such file; nothing was written.
    """
    there = {name for name in files if os.path.lexists(folder / name)}
    if "templates" in {name.partition("/")[0] for name in files}:
        there |= {str(path.relative_to(folder)) for path in (folder / "templates").glob("*.yaml")}
    if there:
        raise SmsconfError(
            _("{folder} has {names} already: nothing was written").format(
                folder=folder.absolute(), names=", ".join(sorted(there))
            ),
            fix=_("name another folder with --project, or move them away"),
        )
