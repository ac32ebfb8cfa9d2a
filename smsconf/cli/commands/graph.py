"""``smsconf graph``: what hangs on what, as a Mermaid flowchart; offline."""

from __future__ import annotations

from pathlib import Path

import click

from smsconf.cli.options import FILE, project_options
from smsconf.cli.output import write_whole
from smsconf.config import load_project
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import ConfigError
from smsconf.render.plan.graph import mermaid


@click.command("graph")
@project_options
@click.option("--output", type=FILE, help="Write the graph to a file instead of stdout.")
def command(folder: Path, environment: str | None, output: Path | None) -> int:
    """Draw apps, signatures and templates as a Mermaid flowchart; offline.

    \b
    Example:
      smsconf graph > graph.mmd

    GitHub and GitLab draw it inside a fenced block of the language mermaid. Exits 0.
    """
    project = load_project(folder, environment)
    if has_errors(project.diagnostics):
        raise ConfigError(project.diagnostics)
    drawn = mermaid(project.desired)
    if output is None:
        click.echo(drawn, nl=False)
    else:
        write_whole(output, drawn)
    return 0
