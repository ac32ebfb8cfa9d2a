"""Make foreign text fit for our messages. Pure; what an error means is in ``failures``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from smsconf.cloud.http.encoded_secrets import disguises, proof_disguises

_LONGEST_TEXT = 300
_LOOKED_AT = 2048  # and so much more that a secret which begins there is seen whole
_MASK = "***"


class Redactor:
    """Makes foreign text fit for a line of output: one line, no control characters, no secrets.

    Asks for the secrets each time: a token is not known before it is fetched. ``proofs`` are what was made of
    them for single requests, and is as good as they are for a while.
    """

    def __init__(
        self,
        secrets: Callable[[], Iterable[str]] = tuple,
        proofs: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._secrets = secrets
        self._proofs = proofs

    def __repr__(self) -> str:
        return "Cleaner()"

    def __call__(self, text: str) -> str:
        """Return the text cleaned and cut."""
        secrets = sorted(self._secrets(), key=len, reverse=True)
        line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        line = line[: _LOOKED_AT + 8 * max(map(len, secrets), default=0)]
        if line:
            patterns = [*map(disguises, secrets), *map(proof_disguises, self._proofs())]
            for pattern in (pattern for some in patterns for pattern in some):
                line = pattern.sub(_MASK, line)
        return line if len(line) <= _LONGEST_TEXT else line[:_LONGEST_TEXT] + "…"
