"""What the remote cannot tell, kept in an append-only file: intents before each write, and how they ended.

One JSON object a line, flushed to disk before the write it announces, with the account and the environment it
belongs to. It is a memory, not a state file: it may be lost, and every decision that matters is made from the
files and the remote. It holds no secret, no message content and no recipient's number.

Lines of version 1 name no account: an environment's are taken for the account that its next run meets, once
(a ``scoped`` entry says so), and a copy of the file is kept from before the first line of version 2.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.model.times import stamp
from smsconf.origin import UNKNOWN, Origin
from smsconf.own_files import NotOurs, open_own, read_own, write_own
from smsconf.store.entries.owner import SCOPED, VERSION, Entry, Owner, is_older, takers, version_of
from smsconf.store.files.lock import open_lock
from smsconf.store.interfaces import JournalReading

MOST_BYTES = 4 * 1024 * 1024
MOST_TOGETHER = 256 * 1024 * 1024  # of all its files: a million entries


class Journal:
    """The journal file of a project. Several processes may write it at once: a lock file orders them.

    ``say`` is told when entries of an older version are taken for an account; ``origin`` is where the
    entries come from that are added.
    """

    def __init__(
        self,
        path: Path,
        say: Callable[[str], None] = lambda _text: None,
        origin: Callable[[], Origin] = lambda: UNKNOWN,
    ) -> None:
        self.path = path
        self._say = say
        self._origin = origin
        self._read: tuple[object, JournalReading] | None = None
        self._is_raised = False

    def read(self) -> JournalReading:
        """Read every entry, rotated files first; no file is an empty journal, a torn line is left out.

        Raises:
            SmsconfError: the file is there and cannot be read, or a newer version wrote it.
        """
        paths = (*self._rotated(), self.path)
        state = tuple((one, _size(one)) for one in paths)
        if self._read and self._read[0] == state:
            return self._read[1]
        if sum(map(_size, paths)) > MOST_TOGETHER:
            error = NotOurs(self.path, _("it has more than {most} MiB").format(most=MOST_TOGETHER // 1024**2))
            raise self._unusable(_("the journal {path} cannot be read: {reason}"), error)
        lines = [line for path in paths for line in self._lines(path)]
        if len(self._rotated()) >= len(paths):
            return self.read()  # a full file was put aside meanwhile
        entries = [entry for line in lines if (entry := _decode(line)) is not None]
        newest = max((version_of(entry) for entry in entries), default=VERSION)
        if newest > VERSION:
            raise SmsconfError(
                _("the journal {path} is of version {newest}, and this smsconf knows {version}").format(
                    path=self.path, newest=newest, version=VERSION
                ),
                why=_("a newer smsconf wrote it: what it recorded could be misunderstood"),
                fix=_("use the newer smsconf"),
            )
        reading = JournalReading(tuple(entries), len(lines) - len(entries))
        self._read = (state, reading)
        return reading

    def _lines(self, path: Path) -> list[str]:
        try:
            text = read_own(path).decode(errors="replace")
            return text.removesuffix("\n").split("\n") if text else []  # a reviewer's words may hold U+2028
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(_("the journal {path} cannot be read: {reason}"), error) from error

    def _rotated(self) -> list[Path]:
        """The files that are full, oldest first: journal.1.jsonl, journal.2.jsonl …."""
        found = self.path.parent.glob(f"{self.path.stem}.*{self.path.suffix}")
        return sorted((one for one in found if self._number(one)), key=self._number)

    def _number(self, path: Path) -> int:
        """Return the number of a full file, 0 if the file is something else: somebody's copy, for example."""
        digits = path.name.removeprefix(f"{self.path.stem}.").removesuffix(self.path.suffix)
        return int(digits) if digits.isdecimal() else 0

    def _rotate(self) -> None:
        """Put a full file aside; nothing of it is lost."""
        if self.path.exists() and self.path.stat().st_size >= MOST_BYTES:
            number = max(map(self._number, self._rotated()), default=0) + 1
            self.path.rename(self.path.with_suffix(f".{number}{self.path.suffix}"))

    def append(self, now: datetime, owner: Owner, entry: Mapping[str, Any]) -> None:
        """Add one entry and wait until it is on the disk.

        Args:
            now: the service's time of the run, aware.
            owner: whom it belongs to.
            entry: plain values; ``None`` values are left out.

        Raises:
            SmsconfError: the file cannot be written, so nothing may be sent either.
        """
        whole = {"v": VERSION, "time": stamp(now), **owner._asdict(), **asdict(self._origin()), **entry}
        known = {key: value for key, value in whole.items() if value is not None}
        with self.locked(self.path.name), self._writing():
            self._raise_version()
            self._rotate()
            handle = open_own(self.path, os.O_RDWR | os.O_APPEND, make=True)
            with os.fdopen(handle, "ab+") as file:
                file.write(self._line_end(file) + _encode(known))
                file.flush()
                os.fsync(file.fileno())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._unusable(_("the journal {path} cannot be written: {reason}"), error) from error

    def take_older(self, now: datetime, owner: Owner) -> None:
        """Write down that an environment's entries of version 1 are this account's, if nobody has yet.

        Raises:
            SmsconfError: the file cannot be written.
        """
        entries = self.read().entries
        if owner.scope is None or owner.environment in takers(entries):
            return
        older = [one for one in entries if is_older(one) and one.get("environment") == owner.environment]
        if not older:
            return
        self.append(now, owner, {"event": SCOPED})
        self._say(
            _(
                "journal: {count} entries of environment {environment} name no account, as older versions "
                "wrote them: from now on they count for {scope} alone; {copy} is the journal as it was"
            ).format(
                count=len(older),
                environment=owner.environment or _("(none)"),
                scope=owner.scope,
                copy=self._copy.name,
            )
        )

    @property
    def _copy(self) -> Path:
        """Where the file of version 1 is kept; no number, so nobody reads it as one that is full."""
        return self.path.with_suffix(f".v1{self.path.suffix}")

    def _raise_version(self) -> None:
        """Keep a copy of a file of version 1, before the first line of this version is added."""
        if self._is_raised:
            return
        entries = self.read().entries
        untouched = bool(entries) and all(map(is_older, entries))
        if untouched and self.path.exists() and not self._copy.exists():
            write_own(self._copy, read_own(self.path))
        self._is_raised = True

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Keep other processes of this checkout from doing the same; wait for them.

        Raises:
            SmsconfError: there is no place to lock it.
        """
        with self._writing():
            lock = open_lock(self.path.with_name(f"{name}.lock"))
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    @staticmethod
    def _line_end(file: Any) -> bytes:  # noqa: ANN401 - a binary file
        """Close a line that a killed run left open, so that the next entry is not lost with it."""
        end = file.seek(0, os.SEEK_END)
        if not end:
            return b""
        file.seek(end - 1)
        return b"" if file.read(1) == b"\n" else b"\n"

    def _unusable(self, message: str, error: OSError) -> SmsconfError:
        if isinstance(error, NotOurs):
            return SmsconfError(
                message.format(path=error.filename, reason=error.strerror),
                why=_("a checkout or an archive may have brought it: it is neither read nor written through"),
                fix=_("find out where it came from, and remove it"),
            )
        return SmsconfError(
            message.format(path=self.path, reason=error.strerror or error),
            why=_("what is sent must be recorded before it is sent"),
            fix=_("make {folder} a folder that you can write to").format(folder=self.path.parent),
        )


def _encode(entry: Entry) -> bytes:
    """Write a line that people can read; in ASCII where half a character is in what somebody said."""
    try:
        return f"{json.dumps(entry, ensure_ascii=False)}\n".encode()
    except UnicodeEncodeError:
        return f"{json.dumps(entry)}\n".encode()


def _size(path: Path) -> int:
    """Return the size of a file that only ever grows, 0 while there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _decode(line: str) -> Entry | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    known = isinstance(entry, dict) and "event" in entry and version_of(entry)
    return entry if known else None
