"""What some recipients of a list will read: the first ones, and the longest message of all. Pure.

Numbers are shown as the caller says, those among the values too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smsconf.messaging.lists.recipients import Recipient
from smsconf.messaging.numbers import read_number
from smsconf.messaging.send.target import Target
from smsconf.model.segments import PLACEHOLDER

FIRST = 3


class Samples:
    """Keeps the first recipients of a list and the one with the longest message, while it is read."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._first: list[Recipient] = []
        self._longest: Recipient | None = None
        self._length = -1
        numbers = [int(number) for number in PLACEHOLDER.findall(target.content)]
        self._times = [numbers.count(slot.number) for slot in target.slots]

    def add(self, recipients: Sequence[Recipient]) -> None:
        """Look at some recipients."""
        missing = FIRST - len(self._first)
        if missing > 0:
            self._first += recipients[:missing]
        if not self._times:
            return
        for one in recipients:
            length = sum(len(value) * times for value, times in zip(one.values, self._times, strict=True))
            if length > self._length:
                self._longest, self._length = one, length

    def texts(self, shown: Callable[[str], str]) -> list[str]:
        """Return the messages, each after its number."""
        chosen = list(self._first)
        if self._longest is not None and self._longest not in chosen:
            chosen.append(self._longest)
        return [f"{shown(f'+{one.number}')}: {self._text(one, shown)}" for one in chosen]

    def _text(self, one: Recipient, shown: Callable[[str], str]) -> str:
        values = [
            shown(value) if isinstance(read_number(value, self._target.region), str) else value
            for value in one.values
        ]
        return f"{self._target.prefix or ''}{self._target.text(values)}"
