"""``smsconf validate``: check the files, offline."""

from __future__ import annotations

from pathlib import Path

import click

from smsconf.cli.exits import findings_exit
from smsconf.cli.options import project_options, report_options
from smsconf.cli.output import report, say
from smsconf.config import load_project
from smsconf.language import _
from smsconf.model.errors import ConfigError
from smsconf.render.plan.text import diagnostics_lines
from smsconf.render.plan.view import diagnostics_view


@click.command("validate")
@project_options
@report_options
@click.option("--strict", is_flag=True, help="Exit 3 for warnings too.")
def command(
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    strict: bool,  # noqa: FBT001 - options arrive by name
) -> int:
    """Check the files, offline: syntax, fields, references.

    \b
    Example:
      smsconf validate --env prod --format json

    Exits 0 without errors, 3 with, 1 if there is no project to read.
    """
    try:
        project = load_project(folder, environment)
    except ConfigError as error:
        report(diagnostics_view(error.diagnostics), diagnostics_lines, form, output)
        return findings_exit((), strict=strict, readable=False)
    report(diagnostics_view(project.diagnostics), diagnostics_lines, form, output)
    if form == "text":
        desired = project.desired
        say(
            _("{name}: {apps} apps, {signatures} signatures, {templates} templates in {files} files").format(
                name=project.name,
                apps=len(desired.apps),
                signatures=len(desired.signatures),
                templates=len(desired.templates),
                files=len(project.files),
            ),
        )
    return findings_exit(project.diagnostics, strict=strict)
