"""Who is out now: the last wish of every number, from the files that replies come into.

Nothing is written here, and no sentence understood (``opt_out_reply`` does). The last word of a number
counts, by the service's time of the reply where it gives one, else by its arrival. The service blocks by
itself, per signature and type, who answers R, and only its support lifts that; here it is the wish of a
person, so it counts for everything that ``bulk`` sends. A sender that is no number alone is read for the one
number that stands in it, to leave out only: nobody comes back by it.

Written from https://support.huaweicloud.com/msgsms_faq/sms_faq_0110.html, read 2026-11.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from smsconf.language import _
from smsconf.messaging.normal_number import normal_number
from smsconf.messaging.receive.callbacks import Reply
from smsconf.messaging.receive.inbox import Received
from smsconf.messaging.receive.opt_out_reply import Wish, read_wish
from smsconf.model.errors import SmsconfError
from smsconf.own_files import connect

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
    file: int
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
    """Who is out at this moment, by lists and by what is in the files of replies.

    Cheap to ask before every batch: a call reads what arrived since the last one. The files are opened to be
    read only; one that is not there yet is looked for again each time. Calls from several threads must take
    turns. Who stands in a list stays out, whatever they reply: a list is a person's word.
    """

    def __init__(self, paths: Sequence[Path], listed: Iterable[str] = ()) -> None:
        """Take the files of replies, and numbers that are out anyway, in any form ``normal_number`` reads."""
        self._files = [_Replies(path) for path in dict.fromkeys(paths)]
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
            SmsconfError: a file is there and cannot be read, or is there no more.
        """
        for place, file in enumerate(self._files):
            for row, wish, sender, at in file.news():
                number, is_exact = _number_of(sender)
                if wish.leaves or is_exact:
                    self._hear(number, wish, _When(at.timestamp(), place, row))
        if self._changed:
            self._current = self._listed | {one for one in self._replied if one.isdecimal()}
            self._changed = False
        return self._current

    def holds(self, number: str) -> bool:
        """Tell whether a number, in any form, is out as ``current`` last read it."""
        return _number_of(number)[0] in self._current

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
            if said := self._files[standing.first.file].reply(standing.first.row):
                bare, _is_exact = _number_of(said.item.sender)
                shown = f"+{bare}" if bare.isdecimal() else said.item.sender
                found.append(OptOut(shown, standing.word, _time(said), said))
        return sorted(found, key=lambda one: (one.since, one.number))

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()

    def _hear(self, number: str, wish: Wish, when: _When) -> None:
        standing = self._standing.setdefault(number, _Standing())
        standing.hear(wish, when)
        if (standing.last is not None) != (number in self._replied):
            self._replied ^= {number}
            self._changed = self._changed or number not in self._listed


class _Replies:
    """A file of replies, read from where the last reading ended, and never written."""

    _NEWS = "SELECT number, body FROM replies WHERE number > ? ORDER BY number"
    _ONE = 'SELECT message_id, sender, "to", body, created, received FROM replies WHERE number = ?'

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._version = -1
        self._last, self._last_id = 0, ""

    def news(self) -> Iterator[tuple[int, Wish, str, datetime]]:
        """Yield the wishes that arrived since the last call: number of the row, wish, sender, time."""
        try:
            database = self._opened()
            if database is None:
                return
            version = database.execute("PRAGMA data_version").fetchone()[0]
            if version == self._version or not self._holds_replies(database):
                return
            known = database.execute(self._ONE, (self._last,)).fetchone()
            if self._last and (known is None or known[0] != self._last_id):
                self._last = 0  # rows were taken away, and their numbers given anew
            row = self._last
            for row, body in database.execute(self._NEWS, (self._last,)):
                if (wish := read_wish(body)) and (said := self.reply(row)):
                    yield row, wish, said.item.sender, _time(said)
            if row:
                self._last, self._last_id = row, database.execute(self._ONE, (row,)).fetchone()[0]
            self._version = version
        except (sqlite3.Error, OSError) as problem:
            raise self._unreadable(str(problem)) from problem

    def reply(self, row: int) -> Received[Reply] | None:
        """Return one reply."""
        if self._database is None:
            return None
        try:
            found = self._database.execute(self._ONE, (row,)).fetchone()
        except sqlite3.Error as problem:
            raise self._unreadable(str(problem)) from problem
        return found and Received(Reply(*found[:-1]), _moment(found[-1]) or datetime.fromtimestamp(0, UTC))

    def close(self) -> None:
        if self._database:
            self._database.close()
        self._database, self._file = None, None

    def _opened(self) -> sqlite3.Connection | None:
        """Return the file, opened again if another one stands in its place; ``None``: there is none yet."""
        try:
            found = self._path.lstat()
        except FileNotFoundError:
            if self._file is None:
                return None
            raise self._unreadable(_("it was there, and is gone")) from None
        if self._database is None or self._file != (found.st_dev, found.st_ino):
            self.close()
            try:
                self._database = connect(
                    self._path, read_only=True, check_same_thread=False, isolation_level=None
                )
            except OSError as problem:
                raise self._unreadable(problem.strerror or str(problem)) from problem
            self._file, self._version, self._last = (found.st_dev, found.st_ino), -1, 0
        return self._database

    def _holds_replies(self, database: sqlite3.Connection) -> bool:
        """Tell whether the table is there; a file with nothing in it is being made just now."""
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if names and "replies" not in names:
            raise self._unreadable(_("it holds no replies"))
        return bool(names)

    def _unreadable(self, reason: str) -> SmsconfError:
        return SmsconfError(
            _("who opted out cannot be read from {file}: {reason}").format(file=self._path, reason=reason),
            why=_("without it the message would go to people who asked for none"),
            fix=_("name the file that smsconf receive writes, or put it back"),
        )


def _number_of(sender: str) -> tuple[str, bool]:
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


def _time(said: Received[Reply]) -> datetime:
    """Return when a reply was written: the service's time if it can be read, else that of its arrival."""
    return _moment(said.item.created or "") or said.at


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
