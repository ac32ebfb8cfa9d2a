"""Which numbers a list had already, and in which row: any number of them, in a temporary file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Self

from smsconf.language import _
from smsconf.model.errors import SmsconfError


class SeenNumbers:
    """Numbers with the rows and values they were first seen with, while one list is read."""

    def __enter__(self) -> Self:
        self._database = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32000"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(
            "CREATE TABLE seen (number INTEGER PRIMARY KEY, place INTEGER NOT NULL, content INTEGER NOT NULL)"
        )
        self._database.execute("BEGIN")
        return self

    def __exit__(self, *_error: object) -> None:
        self._database.close()

    def add(self, new: Sequence[tuple[int, int, int]]) -> dict[int, tuple[int, int]]:
        """Add numbers, rows and marks of values; return for each later row the first one and its mark.

        Raises:
            SmsconfError: the temporary file cannot be written.
        """
        try:
            return self._add(new)
        except sqlite3.Error as error:
            raise SmsconfError(
                _("the temporary file of the numbers seen cannot be written: {reason}").format(reason=error),
                fix=_("make room there, or name another folder with TMPDIR"),
            ) from None

    def _add(self, new: Sequence[tuple[int, int, int]]) -> dict[int, tuple[int, int]]:
        before = self._database.total_changes
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", new)
        if self._database.total_changes - before == len(new):
            return {}
        known: dict[int, tuple[int, int]] = {}
        for number, row, _content in new:
            first, content = self._database.execute(
                "SELECT place, content FROM seen WHERE number = ?", (number,)
            ).fetchone()
            if first != row:
                known[row] = (first, content)
        return known
