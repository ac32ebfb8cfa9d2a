"""``smsconf doctor``: check everything from the files to the service, each with its fix."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import click

from smsconf.cli.exits import doctor_exit
from smsconf.cli.options import project_options, report_options
from smsconf.cli.output import report
from smsconf.config import Project, load_project
from smsconf.config.load.environments import require_environment
from smsconf.guide.checks import run_checks
from smsconf.guide.facts import examine
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import ConfigError
from smsconf.own_files import STATE_FOLDER
from smsconf.render.documents.doctor import doctor_lines, doctor_view
from smsconf.workflow.session import about, open_client


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
        loaded = load_project(folder, environment)
        if not has_errors(loaded.diagnostics):
            require_environment(loaded.environments, is_chosen=loaded.is_chosen)
    except ConfigError as problem:
        loaded = problem
    state = folder.absolute() / STATE_FOLDER
    checks = run_checks(examine(loaded, state, os.environ, partial(open_client, read_only=True)))
    project = loaded if isinstance(loaded, Project) else None
    view = doctor_view(checks, about(project, environment))
    report(view, doctor_lines, form, output)
    return doctor_exit(checks)
