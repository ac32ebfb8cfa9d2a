"""The words of sending to many: a run, its batches, and where its messages stand. Values only.

``ledger`` keeps them, ``bulk`` sends them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Run:
    """One list of recipients on its way: ``slots`` are the variables that its values were made for."""

    id: int
    name: str
    template: str
    region: str
    digest: str
    slots: str
    started: datetime


class Batch(NamedTuple):
    """Numbers of one request, without plus signs, and what each gets where that differs."""

    id: int
    numbers: tuple[str, ...]
    values: tuple[tuple[str, ...], ...] | None = None
    tries: int = 0

    @classmethod
    def read(cls, number: int, numbers: str, values: str | None, tries: int) -> Batch:
        """Read a batch as the ledger keeps it."""
        unpacked = None if values is None else tuple(tuple(one) for one in json.loads(values))
        return cls(number, tuple(numbers.split(",")), unpacked, tries)

    def part(self, places: Sequence[int]) -> Batch:
        """Return some of its numbers, each with its values."""
        values = self.values and tuple(self.values[place] for place in places)
        return self._replace(numbers=tuple(self.numbers[place] for place in places), values=values)


@dataclass(frozen=True, slots=True)
class Tally:
    """Where the messages of a run stand: each is in exactly one of the counts.

    ``statuses`` counts what the service refused, by its word.
    """

    accepted: int
    waiting: int
    uncertain: int
    assumed: int
    statuses: dict[str, int]

    @property
    def failed(self) -> int:
        """How many the service refused."""
        return sum(self.statuses.values())

    @property
    def total(self) -> int:
        """How many there are."""
        return self.accepted + self.waiting + self.uncertain + self.assumed + self.failed

    @property
    def touched(self) -> bool:
        """Tell whether anything may have been sent."""
        return self.waiting < self.total


def pack_values(values: Iterable[Sequence[str]] | None) -> str | None:
    """Write the values of a batch as the ledger keeps them."""
    return None if values is None else json.dumps([list(one) for one in values], ensure_ascii=False)
