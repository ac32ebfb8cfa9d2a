"""View → workflow commands of GitHub Actions, which become annotations of a pull request.

Written from https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smsconf.language import _
from smsconf.render.lines import clean

View = Mapping[str, Any]

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def github_text(view: View) -> str:
    """Write one command a finding."""
    return "".join(f"{_command(found)}\n" for found in view["diagnostics"])


def _command(found: View) -> str:
    address = f"{found['address']}: " if found["address"] else ""
    text = clean(f"{address}{found['message']}")
    for key, word in (("why", _("why")), ("fix", _("fix"))):
        if found[key]:
            text += f"\n{word}{_(': ')}{clean(found[key])}"
    properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(found))
    return f"::{_COMMANDS[found['severity']]} {properties}::{_data(text)}"


def _properties(found: View) -> Iterator[tuple[str, object]]:
    if found["file"]:
        yield "file", clean(found["file"])
        yield "line", found["line"]
        yield "col", found["column"]
        yield "endColumn", found["column"] + found["length"]
    yield "title", found["code"]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
