"""Where things go: the report to stdout or a file, everything else to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click

from smsconf.cli.exits import error_exit
from smsconf.language import _
from smsconf.model.errors import CloudError, ConfigError, SmsconfError, unwritable
from smsconf.own_files import reporting, try_own
from smsconf.render.documents.long_list import json_parts
from smsconf.render.foreign_text import json_text
from smsconf.render.lines import Line, clean, plain, show

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
    if form == "json":
        text = json_text(view, ascii_only=output is None and is_ascii_only()) + "\n"
    elif form == "markdown" and markdown:
        text = markdown(view)
    elif forms and form in forms:
        text = forms[form](view)
    elif output is None:
        show(draw(view), sys.stdout)
        return
    else:
        text = plain(draw(view))
    if output is None:
        sys.stdout.write(text)
    else:
        write_whole(output, text)


def report_rows(
    rows: Callable[[], Iterable[View]],
    document: tuple[View, str, View],
    draw: Callable[[Iterable[View]], Iterable[Line]],
    form: str,
    output: Path | None,
    *,
    csv: Callable[[Iterable[View]], Iterable[str]] | None = None,
) -> None:
    """Write a report whose rows are too many to hold, one after the other.

    Args:
        rows: makes them; called once more if the first try to write cannot be finished.
        document: of JSON, what stands before the list of rows, its key, and what stands behind.
        draw: rows → lines for people.
        form: text, json or csv.
        output: file to write whole, else stdout.
        csv: rows → lines of CSV.

    Raises:
        SmsconfError: the file cannot be written.
    """
    if form == "text" and output is None:
        show(draw(_begun(rows())), sys.stdout)
        return

    def parts() -> Iterable[str]:
        every = _begun(rows())
        if form == "json":
            return json_parts(*document, every, ascii_only=output is None and is_ascii_only())
        return csv(every) if csv and form == "csv" else (f"{one.text}\n" for one in draw(every))

    if output is None:
        sys.stdout.writelines(parts())
    else:
        _write_parts(output, parts)


def _begun(rows: Iterable[View]) -> Iterator[View]:
    """Read the first row at once: what cannot be read at all is said before anything is written."""
    every = iter(rows)
    return chain(list(islice(every, 1)), every)


def report_sent(view: View, draw: Callable[[View], Iterable[Line]], form: str, output: Path | None) -> bool:
    """Write a report about what was sent; if that fails say on stderr what it holds, and return ``False``."""
    try:
        report(view, draw, form, output)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever closed it does not want to know
        return True
    except OSError as error:
        show_error(unwritable(Path("stdout"), error))
    except SmsconfError as error:
        show_error(error)
    else:
        return True
    talk(draw(view))
    return False


def say(text: str, *, err: bool = True) -> None:
    """Say one line to people, whatever it quotes: on stderr if not told otherwise."""
    click.echo(clean(text, source=True), err=err)


def talk(lines: Iterable[Line]) -> None:
    """Write lines for people to stderr."""
    show(lines, sys.stderr)


def show_error(error: SmsconfError) -> int:
    """Say on stderr what stopped the run, why, and what to do; return the exit code."""
    if isinstance(error, ConfigError) and error.diagnostics:
        from smsconf.render.plan.text import diagnostics_lines
        from smsconf.render.plan.view import diagnostics_view

        talk(diagnostics_lines(diagnostics_view(error.diagnostics)))
        return 1
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
    return error_exit(error)


def is_ascii_only() -> bool:
    """Tell whether stdout takes only some characters, so that the others are escaped."""
    return (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"


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
    _write_parts(path, lambda: [text])


def _write_parts(path: Path, parts: Callable[[], Iterable[str]]) -> None:
    try:
        with reporting(path) as file:
            file.writelines(part.encode() for part in parts())
    except OSError as error:
        raise unwritable(path, error) from error
