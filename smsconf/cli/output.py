"""Where things go: the report to stdout or a file, everything else to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smsconf.errors import CloudError, ConfigError, PlanRefused, PlanStale, SmsconfError
from smsconf.language import _
from smsconf.own_files import reporting, try_own

if TYPE_CHECKING:
    from smsconf.render.lines import Line

View = Mapping[str, Any]


def report(
    view: View,
    draw: Callable[[View], Iterable[Line]],
    form: str,
    output: Path | None,
    *,
    markdown: Callable[[View], str] | None = None,
    forms: Mapping[str, Callable[[View], str]] | None = None,
) -> None:
    """Write a report in the asked form to stdout, or whole to a file.

    Raises:
        SmsconfError: the file cannot be written.
    """
    ascii_only = output is None and (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    if form == "json":
        text = _json(view, ascii_only=ascii_only)
    elif form == "markdown" and markdown:
        text = markdown(view)
    elif forms and form in forms:
        text = forms[form](view)
    elif output is None:
        from smsconf.render.terminal import show

        show(draw(view), sys.stdout)
        return
    else:
        from smsconf.render.lines import plain

        text = plain(draw(view))
    if output is None:
        sys.stdout.write(text)
    else:
        write_whole(output, text)


def talk(lines: Iterable[Line]) -> None:
    """Write lines for people to stderr."""
    from smsconf.render.terminal import show

    show(lines, sys.stderr)


def show_error(error: SmsconfError) -> int:
    """Say on stderr what stopped the run, why, and what to do; return the exit code."""
    if isinstance(error, ConfigError) and error.diagnostics:
        from smsconf.render.text import diagnostics_lines
        from smsconf.render.view import diagnostics_view

        talk(diagnostics_lines(diagnostics_view(error.diagnostics)))
        return 1
    from smsconf.render.lines import clean

    click.echo(_("error: {message}").format(message=clean(error.message)), err=True)
    if isinstance(error, CloudError):
        parts = (
            (_("operation"), error.operation),
            (_("http status"), error.status),
            (_("code"), error.code),
            (_("request id"), error.request_id),
        )
        said = ", ".join(f"{name} {clean(value)}" for name, value in parts if value is not None)
        if said:
            click.echo(f"  = {said}", err=True)
    for name, text in ((_("why"), error.why), (_("fix"), error.fix)):
        if text:
            click.echo(f"  = {name}{_(': ')}{clean(text)}", err=True)
    return 4 if isinstance(error, PlanRefused | PlanStale) else 1


def _json(view: View, *, ascii_only: bool) -> str:
    return json.dumps(view, ensure_ascii=ascii_only, indent=2) + "\n"


def same_file(one: Path, other: Path) -> bool:
    """Tell whether two paths lead to one file, which need not exist."""
    return os.path.realpath(one) == os.path.realpath(other)


def try_file(path: Path) -> None:
    """Make sure that a report can be written, before something is sent that it shall tell about.

    Raises:
        SmsconfError: it cannot.
    """
    try:
        try_own(path)
    except OSError as error:
        raise unwritable(path, error) from error


def write_whole(path: Path, text: str) -> None:
    """Write a report to a file, a pipe or a device.

    Raises:
        SmsconfError: it cannot be written.
    """
    try:
        with reporting(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> SmsconfError:
    """Return what to raise for a file that cannot be written."""
    return SmsconfError(
        _("cannot write {file}: {reason}").format(file=path, reason=error.strerror or error),
        fix=_("name a file in a folder that you can write to"),
    )
