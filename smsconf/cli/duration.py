"""Durations on the command line: ``90s``, ``5m``, ``3h``, ``2d``, ``1w``, or ISO 8601 (``PT5M``)."""

from __future__ import annotations

import re
from typing import Any

import click

from smsconf.language import _

_SHORT = re.compile(r"(\d+)\s*([smhdw])")


def iso_duration(text: str) -> str:
    """Write the short form as ISO 8601; anything else is passed on, in capitals."""
    short = _SHORT.fullmatch(text.strip().lower())
    if not short:
        return text.strip().upper()
    amount, unit = short.groups()
    return f"P{amount}{unit.upper()}" if unit in "dw" else f"PT{amount}{unit.upper()}"


class DurationParam(click.ParamType[float]):
    """A length of time; its value is in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401
        """Read the text, or fail with what was expected."""
        from smsconf.config.load.desired import parse_duration

        if isinstance(value, float):
            return value
        seconds = parse_duration(iso_duration(str(value)))
        if seconds is None:
            self.fail(
                _("expected a duration such as 90s, 5m, 2h or PT5M, got '{value}'").format(value=value),
                param,
                ctx,
            )
        return float(seconds)
