"""What an include pattern stands for: files below the project's folder, found in bounded time.

No folder is entered that a link leads to outside of the project; ``**`` follows no links at all. Files are
found here, not opened.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from smsconf.config.bounds import MOST_LOOKED_AT, MOST_PARTS, MOST_PATTERN
from smsconf.language import _

IS_PATTERN = re.compile(r"[*?\[]")


class NoPattern(Exception):
    """A pattern that cannot be looked for; the text says why, ``fix`` what to write."""

    def __init__(self, reason: str, fix: str | None = None) -> None:
        super().__init__(reason)
        self.fix = fix or _("write a pattern such as templates/*.yaml")


class LeadsOut(Exception):
    """A folder on the way of a pattern is outside of the project; the text is its path."""


class TooMany(Exception):
    """All patterns together are compared with far too many names."""


class _Seen(NamedTuple):
    name: str
    is_folder: bool
    is_link: bool


class Finder:
    """Looks below one folder; what it has seen it does not look at again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, list[_Seen]] = {}
        self._left = MOST_LOOKED_AT

    def find(self, pattern: str) -> list[str]:
        """Return the paths that a pattern stands for, by name. Hidden ones must be asked for.

        Raises:
            NoPattern: it is none, or leads nowhere; or a folder cannot be read.
            LeadsOut: it leads out of the project.
            TooMany: there is too much to look at.
        """
        path = Path(pattern)
        parts = path.parts
        if path.is_absolute() or ".." in parts:
            raise LeadsOut(pattern)
        if len(parts) > MOST_PARTS or parts.count("**") > 1 or len(pattern) > MOST_PATTERN:
            reason = _("it has more than {most} parts, or more than one **").format(most=MOST_PARTS)
            raise NoPattern(reason, _("write a simpler pattern"))
        if any("**" in part and part != "**" for part in parts):
            raise NoPattern(_("** stands for folders, and alone between two slashes"))
        is_hidden = any(part.startswith(".") for part in parts)
        try:
            found = {Path(one) for one in self._matches(parts, is_hidden=is_hidden)}
        except (OSError, ValueError) as error:
            raise NoPattern(str(error.strerror if isinstance(error, OSError) else error).lower()) from error
        return [one.as_posix() for one in sorted(found)]

    def _matches(self, parts: tuple[str, ...], *, is_hidden: bool) -> Iterator[str]:
        """Walk with a stack: folders may be nested deeper than functions."""
        waiting = [("", 0)]
        while waiting:
            where, position = waiting.pop()
            part, is_last = parts[position], position + 1 == len(parts)
            if part == "**":
                if not is_last:
                    waiting.append((where, position + 1))
                waiting.extend(
                    (f"{where}{one.name}/", position)
                    for one in self._list(where)
                    if one.is_folder and not one.is_link and (is_hidden or one.name[0] != ".")
                )
                continue
            matches = re.compile(fnmatch.translate(part)).fullmatch
            for one in self._list(where):
                if not matches(one.name) or (one.name[0] == "." and not is_hidden):
                    continue
                if is_last:
                    if one.is_link or not one.is_folder:
                        yield where + one.name
                elif one.is_folder:
                    self._refuse_outside(where + one.name, is_link=one.is_link)
                    waiting.append((f"{where}{one.name}/", position + 1))

    def _list(self, where: str) -> list[_Seen]:
        found = self._seen.get(where)
        if found is None:
            found = []
            try:
                with os.scandir(self._folder / where) as entries:
                    for entry in entries:
                        found.append(_Seen(entry.name, _is_folder(entry), entry.is_symlink()))
                        if len(found) > self._left:
                            raise TooMany
            except PermissionError:
                found = []
            self._seen[where] = found
        self._left -= len(found) + 1
        if self._left < 0:
            raise TooMany
        return found

    def _refuse_outside(self, name: str, *, is_link: bool) -> None:
        if is_link and not (self._folder / name).resolve().is_relative_to(self._folder):
            raise LeadsOut(name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False
