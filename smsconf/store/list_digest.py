"""What a list says, as one short text: who gets what, whatever the file looks like. Pure.

Order, line ends, quotes, encoding, format of the file and rows that were left out do not matter; a number
or a value more, less or another one does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

_BYTES = 16
_MODULUS = 1 << (8 * _BYTES)


class ListDigest:
    """Adds up one hash a recipient, so that their order does not matter."""

    def __init__(self) -> None:
        self._sum = 0
        self._count = 0

    def add(self, recipients: Iterable[tuple[str, Sequence[str]]]) -> None:
        """Take in numbers without plus signs, each with its values in the order of the wire."""
        total = 0
        count = 0
        for number, values in recipients:
            said = "\0".join((number, *values)).encode()
            total += int.from_bytes(hashlib.blake2b(said, digest_size=_BYTES).digest())
            count += 1
        self._sum = (self._sum + total) % _MODULUS
        self._count += count

    def hex(self) -> str:
        """Return the text; the count stands in it, so that nothing adds up by chance."""
        whole = self._sum.to_bytes(_BYTES) + self._count.to_bytes(8)
        return hashlib.sha256(whole).hexdigest()
