"""``smsconf lint``: say what a reviewer would object to, before asking one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from smsconf import __version__
from smsconf.cli.exits import findings_exit
from smsconf.cli.options import finding_options, hint_at, project_options
from smsconf.cli.output import report
from smsconf.config import Project, load_project
from smsconf.language import _
from smsconf.model.diagnostics import Diagnostic, Place
from smsconf.model.errors import ConfigError
from smsconf.render.findings.github import github_text
from smsconf.render.findings.junit import junit_text
from smsconf.render.findings.sarif import sarif_text
from smsconf.render.foreign_text import several_lines
from smsconf.render.plan.text import lint_lines
from smsconf.render.plan.view import lint_view
from smsconf.workflow.findings import ABOUT, find_all, subject_of

_FORMS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "sarif": partial(sarif_text, version=__version__, about=ABOUT),
    "junit": junit_text,
    "github": github_text,
}
_FROM_HERE = ("sarif", "github")  # what reads them knows the repository, not the project


class Codes(click.ParamType[frozenset[str]]):
    """Codes separated by commas, such as ``SMS318,SMS331``."""

    name = "codes"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[str]:
        """Split the text, or fail with the code that was probably meant."""
        codes = frozenset(part.strip().upper() for part in str(value).split(",") if part.strip())
        for code in sorted(codes - ABOUT.keys()):
            hint = hint_at(code, ABOUT) or _("; see smsconf explain --all")
            self.fail(_("there is no code '{code}'").format(code=code) + hint, param, ctx)
        return codes


@click.command("lint")
@project_options
@finding_options
@click.option("--select", type=Codes(), multiple=True, metavar="CODES", help="Only these codes, by commas.")
@click.option(
    "--ignore", type=Codes(), multiple=True, metavar="CODES", help="Without these codes, by commas."
)
@click.option("--strict", is_flag=True, help="Exit 3 for warnings too.")
@click.option("--fix", is_flag=True, help="Write the repairs that cannot change what is meant; show them.")
@click.option("--diff", is_flag=True, help="Show what --fix would write, and write nothing.")
def command(  # noqa: PLR0913, PLR0917 - options arrive by name
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    select: tuple[frozenset[str], ...],
    ignore: tuple[frozenset[str], ...],
    strict: bool,  # noqa: FBT001
    fix: bool,  # noqa: FBT001
    diff: bool,  # noqa: FBT001
) -> int:
    """Check the files, offline: what validate finds, and what a reviewer would object to.

    \b
    Example:
      smsconf lint --strict --format github
      smsconf lint --select SMS318,SMS366
      smsconf lint --fix --diff

    A comment with a reason, on the line of a finding or the line before, ignores it:
    # smsconf: ignore[SMS318] the word is in the name of a street

    --fix removes blanks round a text, invisible characters and a repeated 【signature】, and writes
    full-width letters and digits as usual ones. A changed text is reviewed again. What is left is
    reported as always.

    Exits 0 without errors, 3 with (--strict: with warnings too), 1 if there is no project to read.
    """
    selected, ignored = frozenset[str]().union(*select), frozenset[str]().union(*ignore)

    def asked(found: Iterable[Diagnostic]) -> list[Diagnostic]:
        return [one for one in found if (not selected or one.code in selected) and one.code not in ignored]

    readable, subject = True, None
    try:
        project = load_project(folder, environment)
        subject = subject_of(project)
        shown = asked(find_all(project, subject))
        aside = form != "text" and output is None
        if diff:
            _repair(project, shown, write=False, aside=aside)
        elif fix:
            while _repair(project, shown, write=True, aside=aside):  # one repair may lead to the next
                project = load_project(folder, environment)
                subject = subject_of(project)
                shown = asked(find_all(project, subject))
            shown = [replace(one, edit=None) for one in shown]  # what is left can only be changed by hand
    except ConfigError as error:
        shown, readable = asked(error.diagnostics), False
    placed = [_from_here(one, folder) for one in shown] if form in _FROM_HERE else shown
    estimates = (
        {address: message.estimate for address, message in subject.messages.items()} if subject else {}
    )
    report(lint_view(placed, estimates), lint_lines, form, output, forms=_FORMS)
    return findings_exit(shown, strict=strict, readable=readable)


def _repair(project: Project, found: Iterable[Diagnostic], *, write: bool, aside: bool) -> bool:
    """Show the repairs as a diff, aside on stderr if asked, and write them; tell whether there were any."""
    from smsconf.config.edit.fix import repaired

    rewrites = repaired(project, found)
    for one in rewrites:
        click.echo(several_lines(one.diff), err=aside, nl=False)
        if write:
            one.write()
    return bool(rewrites)


def _from_here(found: Diagnostic, folder: Path) -> Diagnostic:
    """Name the files as seen from the current folder, where the repository is."""
    here = Path(os.path.relpath(folder))

    def moved(place: Place) -> Place:
        return replace(place, file=(here / place.file).as_posix())

    related = tuple((moved(place), word) for place, word in found.related)
    return replace(found, place=moved(found.place) if found.place else None, related=related)
