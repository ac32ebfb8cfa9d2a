"""Who is out now: the last wish of every number, from what replies come into.

Nothing is written here, and no sentence understood (``opt_out_reply`` does). The last word of a number
counts, by the service's time of the reply where it gives one, else by its arrival. The service blocks by
itself, per signature and type, who answers R, and only its support lifts that; here it is the wish of a
person, so it counts for everything that ``bulk`` sends. A sender that is no number alone is read for the one
number that stands in it, to leave out only: nobody comes back by it.

Written from https://support.huaweicloud.com/msgsms_faq/sms_faq_0110.html, read 2026-11.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from smsconf.messaging.normal_number import normal_number
from smsconf.messaging.receive.opt_out_reply import Wish, read_wish
from smsconf.store.interfaces import ReplyFeed
from smsconf.store.messages import Received, Reply

_POSSIBLE = re.compile(r"\+(?!0|86|1[01])|\+861[3-9][0-9]{9}$")
_INSIDE = re.compile(r"(?:\+(?!0|86|1[01])([0-9]{7,15})|(1[3-9][0-9]{9}))(?![0-9])")


@dataclass(frozen=True, slots=True)
class OptOut:
    """Somebody who is out now: with which word, since when, and the reply that says so."""

    number: str
    word: str
    since: datetime
    reply: Received[Reply]


class _When(NamedTuple):
    """When a wish was uttered, in order: the time of the reply, then the order of arrival."""

    at: float
    source: int
    row: int


@dataclass(slots=True)
class _Standing:
    """What a number wished last: when it came back, and its opt-outs after that, the first and the last."""

    back: _When | None = None
    first: _When | None = None
    last: _When | None = None
    word: str = ""

    def hear(self, wish: Wish, when: _When) -> None:
        """Take in one more wish; they may come in any order."""
        if not wish.leaves:
            if self.back is None or when > self.back:
                self.back = when
            if self.last and self.last < when:
                self.first = self.last = None
            elif self.first and self.first < when:
                self.first = self.last
        elif self.back is None or when > self.back:
            if self.first is None or when < self.first:
                self.first, self.word = when, wish.word
            if self.last is None or when > self.last:
                self.last = when


class OptOuts:
    """Who is out at this moment, by lists and by replies.

    Cheap to ask before every batch: a call reads what arrived since the last one. Calls from several threads
    must take turns. Who stands in a list stays out, whatever they reply: a list is a person's word.
    """

    def __init__(self, sources: Sequence[ReplyFeed], listed: Iterable[str] = ()) -> None:
        """Take what replies come into, and numbers that are out anyway, in any form of ``normal_number``."""
        self._sources = sources
        self._listed = frozenset(
            number.removeprefix("+") for one in listed if (number := normal_number(one)) is not None
        )
        self._standing: dict[str, _Standing] = {}
        self._replied: set[str] = set()
        self._current = self._listed
        self._changed = False

    def current(self) -> frozenset[str]:
        """Return everybody who is out now, digits without a plus; the same object if nothing changed.

        Raises:
            SmsconfError: what was received cannot be read, or is there no more.
        """
        for place, source in enumerate(self._sources):
            for row, said in source.news():
                if (wish := read_wish(said.item.body)) is None:
                    continue
                number, is_exact = number_of(said.item.sender)
                if wish.leaves or is_exact:
                    self._hear(number, wish, _When(time_of(said).timestamp(), place, row))
        if self._changed:
            self._current = self._listed | {one for one in self._replied if one.isdecimal()}
            self._changed = False
        return self._current

    def holds(self, number: str) -> bool:
        """Tell whether a number, in any form, is out as ``current`` last read it."""
        return number_of(number)[0] in self._current

    def keeps_out(self, said: Received[Reply]) -> bool:
        """Tell whether a reply that leaves counts still, as ``current`` last read: nothing came back since.

        Also one of a sender that nobody can read.
        """
        number = number_of(said.item.sender)[0]
        first = self._standing[number].first if number in self._replied else None
        return first is not None and first.at <= time_of(said).timestamp()

    def unreadable(self) -> int:
        """Return how many are out by a reply whose sender nobody can read: no list can leave them out."""
        return sum(not one.isdecimal() for one in self._replied)

    def people(self) -> list[OptOut]:
        """Return who is out by a reply of theirs, the longest first, as ``current`` last read it.

        Those of ``unreadable`` are among them, as they came.
        """
        found = []
        for number in self._replied:
            standing = self._standing[number]
            assert standing.first is not None  # noqa: S101 - for the type checker: they are out
            if said := self._sources[standing.first.source].reply(standing.first.row):
                bare, _is_exact = number_of(said.item.sender)
                shown = f"+{bare}" if bare.isdecimal() else said.item.sender
                found.append(OptOut(shown, standing.word, time_of(said), said))
        return sorted(found, key=lambda one: (one.since, one.number))

    def close(self) -> None:
        """Let go of what replies come into."""
        for source in self._sources:
            source.close()

    def _hear(self, number: str, wish: Wish, when: _When) -> None:
        standing = self._standing.setdefault(number, _Standing())
        standing.hear(wish, when)
        if (standing.last is not None) != (number in self._replied):
            self._replied ^= {number}
            self._changed = self._changed or number not in self._listed


def number_of(sender: str) -> tuple[str, bool]:
    """Return the digits of a sender, else a ? and the sender; and whether that is more than a good guess.

    What is no number, or one that no country has, may hold one mainland mobile number behind a prefix of its
    carrier, in quotes or in an address.
    """
    number = normal_number(sender)
    if number and _POSSIBLE.match(number):
        return number[1:], True
    text = "".join(str(unicodedata.decimal(one, one)) for one in unicodedata.normalize("NFKC", sender))
    found = _INSIDE.findall(text) or _INSIDE.findall(re.sub("[^0-9+*]", "", text))
    inside = {abroad or f"86{mainland}" for abroad, mainland in found}
    if len(inside) == 1:
        return inside.pop(), False
    return (number[1:] if number and not number.startswith("+0") else f"?{sender}"), True


def time_of(said: Received[Reply]) -> datetime:
    """Return when a reply was written: the service's time if it can be read, else that of its arrival."""
    return _moment(said.item.created or "") or said.at


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
