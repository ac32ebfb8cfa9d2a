"""Make foreign text fit for our messages. Pure; what an error means is in ``failures``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

_LONGEST_TEXT = 300
_SHORTEST_SECRET = 4  # characters; a shorter one hides nothing and would garble every text


class Cleaner:
    """Makes foreign text fit for a line of output: one line, no control characters, no secrets.

    Asks for the secrets each time: a token is not known before it is fetched.
    """

    def __init__(self, secrets: Callable[[], Iterable[str]] = tuple) -> None:
        self._secrets = secrets

    def __repr__(self) -> str:
        return "Cleaner()"

    def __call__(self, text: str) -> str:
        """Return the text cleaned and cut."""
        for secret in self._secrets():
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "***")
        line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        return line if len(line) <= _LONGEST_TEXT else line[:_LONGEST_TEXT] + "…"
