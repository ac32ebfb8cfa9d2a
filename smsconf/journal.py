"""What the remote cannot tell, kept in an append-only file: intents before each write, and how they ended.

One JSON object a line, flushed to disk before the write it announces. It is a memory, not a state file: it
may be lost, and every decision that matters is made from the files and the remote. It holds no secret, no
message content and no recipient's number.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smsconf.address import Address, Kind
from smsconf.errors import SmsconfError

Entry = Mapping[str, Any]
VERSION = 1


@dataclass(frozen=True, slots=True)
class JournalReading:
    """All entries that could be read, oldest first; ``torn`` counts lines that were cut short."""

    entries: tuple[Entry, ...] = ()
    torn: int = 0


class Journal:
    """The journal file of a project. Several processes may write it at once: a lock file orders them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> JournalReading:
        """Read every entry; a missing file is an empty journal, a torn line is counted and left out.

        Raises:
            SmsconfError: the file is there and cannot be read.
        """
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return JournalReading()
        except OSError as error:
            raise self._unusable("read", error) from error
        entries: list[Entry] = []
        torn = 0
        for line in text.splitlines():
            entry = _decode(line)
            if entry is None:
                torn += 1
            else:
                entries.append(entry)
        return JournalReading(tuple(entries), torn)

    def append(self, now: datetime, entry: Mapping[str, Any]) -> None:
        """Add one entry and wait until it is on the disk.

        Args:
            now: the service's time of the run, aware.
            entry: plain values; ``None`` values are left out.

        Raises:
            SmsconfError: the file cannot be written, so nothing may be sent either.
        """
        from filelock import FileLock

        stamp = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        known = {key: value for key, value in entry.items() if value is not None}
        line = json.dumps({"v": VERSION, "time": stamp, **known}, ensure_ascii=False) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock"), self.path.open("ab+") as file:
                file.write(self._line_end(file) + line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._unusable("written", error) from error

    @staticmethod
    def _line_end(file: Any) -> bytes:  # noqa: ANN401 - a binary file
        """Close a line that a killed run left open, so that the next entry is not lost with it."""
        end = file.seek(0, os.SEEK_END)
        if not end:
            return b""
        file.seek(end - 1)
        return b"" if file.read(1) == b"\n" else b"\n"

    def _unusable(self, word: str, error: OSError) -> SmsconfError:
        return SmsconfError(
            f"the journal {self.path} cannot be {word}: {error.strerror or error}",
            why="what is sent must be recorded before it is sent",
            fix=f"make {self.path.parent} a folder that you can write to",
        )


def known_apps(entries: tuple[Entry, ...], environment: str | None) -> dict[Address, str]:
    """Return the apps that earlier runs of this environment managed and have not forgotten since."""
    apps: dict[Address, str] = {}
    for address, entry in _about_apps(entries, environment):
        if entry["event"] == "managed" and entry.get("remote_id"):
            apps[address] = str(entry["remote_id"])
        elif entry["event"] == "forgotten":
            apps.pop(address, None)
    return apps


def _about_apps(entries: tuple[Entry, ...], environment: str | None) -> Iterator[tuple[Address, Entry]]:
    for entry in entries:
        if entry.get("environment") != environment or entry.get("event") not in ("managed", "forgotten"):
            continue
        try:
            address = Address.parse(str(entry.get("address")))
        except ValueError:
            continue
        if address.kind is Kind.APP:
            yield address, entry


def _decode(line: str) -> Entry | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "event" in entry else None
