"""Take single fields out of a decoded JSON object, with the checks that make an answer trustworthy.

Knows no resource (``wire`` does) and reads no bytes (``client`` does). A wrong type raises ``CloudBroken``
that names the operation and the field.
"""

from __future__ import annotations

from typing import Any

from smsconf.language import _, told
from smsconf.model.errors import CloudBroken

_LONGEST_TEXT = 100_000  # characters; the longest the service documents has 1024


def broken(operation: str, what: str) -> CloudBroken:
    """Return the error for an answer that is not what the service promises."""
    return CloudBroken(
        told(
            "the answer to {operation} is not what the service promises: {what}",
            operation=operation,
            what=what,
        ),
        operation=operation,
        arrived=True,
        why=_("the answer may come from something between here and the service, or the service has changed"),
        fix=_("run again; if it stays, report the operation and the field"),
    )


class Fields:
    """One object of an answer.

    Raises:
        CloudBroken: it is not an object.
    """

    def __init__(self, operation: str, item: object) -> None:
        if not isinstance(item, dict):
            raise broken(operation, told("expected an object, got {name}", name=type(item).__name__))
        self._operation = operation
        self._item: dict[str, Any] = item

    def value(self, name: str) -> object:
        """Return whatever stands there, ``None`` if nothing does."""
        return self._item.get(name)

    def text(self, name: str) -> str:
        """Return a string that must be there; it may be empty."""
        value = self._item.get(name)
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            raise self._wrong(
                name, told("a string of at most {longest_text} characters", longest_text=_LONGEST_TEXT)
            )
        return value

    def word(self, name: str) -> str:
        """Return a string that must be there and not empty; the docs call some ids integers."""
        value = self._item.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value == "":
            raise self._wrong(name, told("a string that is not empty"))
        return self.text(name)

    def optional(self, name: str) -> str | None:
        """Return a string, or ``None`` where it is absent, null or empty."""
        value = self._item.get(name)
        if value is None or value == "":
            return None
        return self.word(name)

    def number(self, name: str) -> int:
        """Return an integer that must be there."""
        value = self.integer(name)
        if value is None:
            raise self._wrong(name, told("an integer"))
        return value

    def integer(self, name: str) -> int | None:
        """Return an integer, or ``None`` where it is absent; the docs show some of them as strings."""
        value = self._item.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(name, told("an integer"))
        return value

    def items(self, name: str) -> list[Any]:
        """Return a list that must be there."""
        value = self._item.get(name)
        if not isinstance(value, list):
            raise self._wrong(name, told("a list"))
        return value

    def _wrong(self, name: str, expected: str) -> CloudBroken:
        if name not in self._item:
            return broken(self._operation, told("'{name}' is missing", name=name))
        value = self._item[name]
        long = isinstance(value, str) and len(value) > _LONGEST_TEXT
        got = f"{len(value)}" if long else type(value).__name__
        return broken(
            self._operation,
            told("'{name}' should be {expected}, got {got}", name=name, expected=expected, got=got),
        )
