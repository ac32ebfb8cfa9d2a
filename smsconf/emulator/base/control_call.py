"""What every control route is handed, and how it reads its body: words for mistakes, 409 for conflicts.

No route is here. The contract is the design's; no vendor page has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smsconf.emulator.base.exchange import Object, Settings
from smsconf.emulator.base.store import Store


@dataclass(frozen=True, slots=True)
class ControlCall:
    """One request to a control route."""

    store: Store
    settings: Settings
    real_now: datetime
    now: datetime
    body: Any
    query: Mapping[str, str]


class Conflict(Exception):
    """What is asked for cannot be done now; the payload says why."""

    def __init__(self, code: int, **payload: object) -> None:
        super().__init__(str(payload))
        self.status = code
        self.payload = payload


def read_object(body: Any, allowed: tuple[str, ...]) -> Object:  # noqa: ANN401 - as sent
    """Return a body that is an object of known fields.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(body, dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004 - all mistakes are one kind of answer
    if unknown := sorted(set(body) - set(allowed)):
        raise ValueError(f"unknown field {unknown[0]!r}; known: {', '.join(allowed)}")
    return body


def read_string(body: Object, name: str) -> str:
    """Return a field that is a string.

    Raises:
        ValueError: it is something else, or missing.
    """
    value = body.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string")  # noqa: TRY004 - all mistakes are one kind of answer
    return value


def read_choice(body: Object, name: str, choices: tuple[str, ...]) -> str:
    """Return a field that is one of these words.

    Raises:
        ValueError: it is something else, or missing.
    """
    value = read_string(body, name)
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}")
    return value


def read_number(query: Mapping[str, str], name: str, default: int) -> int:
    """Return a parameter of the query that is a natural number.

    Raises:
        ValueError: it is something else.
    """
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise ValueError(f"{name} must be a number, got {text!r}")
    return int(text)


def pick(store: Store, kind: str, body: Object) -> Object:
    """Return the one object a person means.

    Raises:
        Conflict: there is none (404), or the name belongs to several (409, with their ids).
    """
    if ("name" in body) == ("id" in body):
        raise ValueError("expected either a name or an id")
    key = "id" if "id" in body else "name"
    column = "id" if key == "id" else f"{kind}_name"
    rows = store.find(kind, {column: read_string(body, key)})
    if not rows:
        raise Conflict(404, error=f"no {kind} has this {key}")
    if len(rows) > 1:
        raise Conflict(409, error=f"several {kind}s have this name", ids=[row["id"] for row in rows])
    return rows[0]
