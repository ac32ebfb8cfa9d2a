"""The options that say how a list is to be read, for every command that reads one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from smsconf.language import _
from smsconf.messaging.lists.encodings import encoding_named
from smsconf.messaging.lists.table import HiddenRows, Reading

Command = TypeVar("Command", bound=Callable[..., Any])


class EncodingParam(click.ParamType[str]):
    """The name of an encoding of texts."""

    name = "encoding"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401
        """Return the usual name, or fail if no encoding has this one."""
        found = encoding_named(value)
        if found is None:
            self.fail(
                _("no encoding is called '{name}'; usual ones are utf-8, gb18030, big5, cp1252").format(
                    name=value
                ),
                param,
                ctx,
            )
        return found


def list_options(command: Command) -> Command:
    """Add --sheet, --hidden-rows and --encoding to a command."""
    for option in (
        click.option(
            "--encoding",
            type=EncodingParam(),
            metavar="NAME",
            help="Encoding of a text list that is not UTF-8, such as gb18030 or big5.",
        ),
        click.option(
            "--hidden-rows",
            type=click.Choice([one.value for one in HiddenRows]),
            help="What becomes of rows that the sheet does not show; in lists of --opt-out they count.",
        ),
        click.option("--sheet", metavar="NAME", help="Sheet of a workbook of which several have rows."),
    ):
        command = option(command)
    return command


def reading_of(chosen: Mapping[str, Any], *, shared: bool = False) -> Reading:
    """Return what the options say; ``shared``: of several files."""
    hidden = HiddenRows(chosen["hidden_rows"]) if chosen["hidden_rows"] else None
    return Reading(chosen["sheet"], hidden, chosen["encoding"], shared=shared)
