"""Replies in a file, read from where the last reading ended, and never written.

The file is opened to be read only; one that is not there yet is looked for again each time. Nothing of a
reply is understood here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.own_files import connect
from smsconf.store.messages import Received, Reply

_REPLY = 'SELECT number, received, message_id, sender, "to", body, created FROM replies'
_NEWS = f"{_REPLY} WHERE number > ? ORDER BY number"
_ONE = f"{_REPLY} WHERE number = ?"


class FileReplies:
    """A file of replies; see :class:`~smsconf.store.interfaces.Replies`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._version = -1
        self._last, self._last_id = 0, ""

    def news(self) -> Iterator[tuple[int, Received[Reply]]]:
        """Yield the replies that arrived since the last call, each with the number of its row.

        Raises:
            SmsconfError: the file is there and cannot be read, or is there no more.
        """
        try:
            database = self._opened()
            if database is None:
                return
            version = database.execute("PRAGMA data_version").fetchone()[0]
            if version == self._version or not self._holds_replies(database):
                return
            known = self.reply(self._last)
            if self._last and (known is None or known.item.message_id != self._last_id):
                self._last = 0  # rows were taken away, and their numbers given anew
            for row in database.execute(_NEWS, (self._last,)):
                said = _received(row)
                yield row[0], said
                self._last, self._last_id = row[0], said.item.message_id
            self._version = version
        except (sqlite3.Error, OSError) as problem:
            raise self._unreadable(str(problem)) from problem

    def reply(self, number: int) -> Received[Reply] | None:
        """Return one reply.

        Raises:
            SmsconfError: the file cannot be read.
        """
        if self._database is None:
            return None
        try:
            found = self._database.execute(_ONE, (number,)).fetchone()
        except sqlite3.Error as problem:
            raise self._unreadable(str(problem)) from problem
        return found and _received(found)

    def close(self) -> None:
        """Close the file."""
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


def _received(row: tuple[int, str, str, str, str, str, str | None]) -> Received[Reply]:
    try:
        at = datetime.fromisoformat(row[1])
    except ValueError:
        at = datetime.fromtimestamp(0, UTC)
    return Received(Reply(*row[2:]), at if at.tzinfo else at.replace(tzinfo=UTC))
