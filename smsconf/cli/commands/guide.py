"""``smsconf guide``: the way to the first message as a check-list, each step with what to do next."""

from __future__ import annotations

from pathlib import Path

import click

from smsconf.cli.exits import read_exit
from smsconf.cli.options import comment_options, project_options
from smsconf.cli.output import report
from smsconf.cli.progress import TALK
from smsconf.guide.quick_start import guide
from smsconf.render.documents.guide import guide_lines, guide_markdown, guide_view
from smsconf.workflow.guide_facts import see
from smsconf.workflow.session import about


@click.command("guide")
@project_options
@comment_options
def command(folder: Path, environment: str | None, form: str, output: Path | None) -> int:
    """Say where this project stands on the way to its first message, and what to type next.

    \b
    Example:
      smsconf guide
      smsconf guide --env prod --format markdown --output GUIDE.md

    The steps are those of the vendor's quick start, for mainland and for global messages. It reads, and
    never writes; without a project, credentials or network it says what can be said. Exits 0; 4 if not all
    could be read.
    """
    seen = see(folder, environment, TALK)
    problem = seen.problem.message if seen.problem else None
    view = guide_view(guide(seen), {**about(seen.project, environment), "problem": problem})
    report(view, guide_lines, form, output, markdown=guide_markdown)
    return read_exit(seen.plan)
