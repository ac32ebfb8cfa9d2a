"""``smsconf doctor``: check everything from the files to the service, each with its fix."""

from __future__ import annotations

import os
from pathlib import Path

import click

from smsconf.cli.options import project_options, report_options, require_environment
from smsconf.cli.output import report
from smsconf.cli.session import open_client
from smsconf.config import EmulatorProvider, Project
from smsconf.guide.checks import blocks, run_checks
from smsconf.guide.examination import examine
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import ConfigError
from smsconf.own_files import STATE_FOLDER
from smsconf.render.documents.doctor import doctor_lines, doctor_view
from smsconf.workflow.run import check


@click.command("doctor")
@project_options
@report_options
def command(folder: Path, environment: str | None, form: str, output: Path | None) -> int:
    """Check files, credentials, network, clock, rights, quota and this machine, in order, each with its fix.

    \b
    Example:
      smsconf doctor
      smsconf doctor --env prod --format json

    It only reads, and sends credentials only after the host has answered without them. A request may take 10
    seconds, or SMSCONF_TIMEOUT. Exits 1 if something failed; a warning blocks nothing.
    """
    loaded: Project | ConfigError
    try:
        loaded = check(folder, environment)
        if not has_errors(loaded.diagnostics):
            require_environment(loaded)
    except ConfigError as problem:
        loaded = problem
    checks = run_checks(
        examine(
            loaded,
            folder.absolute() / STATE_FOLDER,
            os.environ,
            lambda environ: open_client(_project(loaded), environ, read_only=True),
        )
    )
    project = loaded if isinstance(loaded, Project) else None
    provider = project.provider if project else None
    about = {
        "project": project.name if project else None,
        "environment": project.environment if project else environment,
        "site": provider.site if provider else None,
        "provider": None
        if provider is None
        else "emulator"
        if isinstance(provider, EmulatorProvider)
        else "huaweicloud",
    }
    report(doctor_view([one._asdict() for one in checks], about), doctor_lines, form, output)
    return 1 if blocks(checks) else 0


def _project(loaded: Project | ConfigError) -> Project:
    assert isinstance(loaded, Project)  # noqa: S101 - for the type checker: only a project names a provider
    return loaded
