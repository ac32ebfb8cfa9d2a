"""How a control route reads what it is handed: words for mistakes, 409 for conflicts.

No route is here. The contract is the design's; no vendor page has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smsconf.emulator.base.exchange import Object
from smsconf.emulator.base.store import Store


class Conflict(Exception):
    """What is asked for cannot be done now; the payload says why."""

    def __init__(self, code: int, **payload: object) -> None:
        super().__init__(str(payload))
        self.status = code
        self.payload = payload


def must(holds: object, words: str) -> None:
    """Say in words what is wrong with a body, unless this holds.

    Raises:
        ValueError: it does not; all mistakes are one kind of answer.
    """
    if not holds:
        raise ValueError(words)


def read_object(body: Any, allowed: tuple[str, ...]) -> Object:  # noqa: ANN401 - as sent
    """Return a body that is an object of known fields.

    Raises:
        ValueError: it is something else.
    """
    must(isinstance(body, dict), "expected a JSON object")
    unknown = sorted(set(body) - set(allowed))
    must(not unknown, f"unknown field {next(iter(unknown), '')!r}; known: {', '.join(allowed)}")
    known: Object = body
    return known


def read_string(body: Object, name: str) -> str:
    """Return a field that is a string.

    Raises:
        ValueError: it is something else, or missing.
    """
    must(isinstance(body.get(name), str), f"{name} must be a string")
    return str(body[name])


def read_choice(body: Object, name: str, choices: tuple[str, ...]) -> str:
    """Return a field that is one of these words.

    Raises:
        ValueError: it is something else, or missing.
    """
    value = read_string(body, name)
    must(value in choices, f"{name} must be one of {', '.join(choices)}")
    return value


def read_number(query: Mapping[str, str], name: str, default: int) -> int:
    """Return a parameter of the query that is a natural number.

    Raises:
        ValueError: it is something else.
    """
    text = query.get(name, str(default))
    must(text.isascii() and text.isdecimal() and len(text) < 16, f"{name} must be a number, got {text!r}")
    return int(text)


def pick(store: Store, kind: str, body: Object) -> Object:
    """Return the one object a person means.

    Raises:
        Conflict: there is none (404), or the name belongs to several (409, with their ids).
    """
    must(("name" in body) != ("id" in body), "expected either a name or an id")
    key = "id" if "id" in body else "name"
    column = "id" if key == "id" else f"{kind}_name"
    rows = store.find(kind, {column: read_string(body, key)})
    if not rows:
        raise Conflict(404, error=f"no {kind} has this {key}")
    if len(rows) > 1:
        raise Conflict(409, error=f"several {kind}s have this name", ids=[row["id"] for row in rows])
    return rows[0]
