"""What the remote cannot tell, kept in an append-only file: intents before each write, and how they ended.

One JSON object a line, flushed to disk before the write it announces. It is a memory, not a state file: it
may be lost, and every decision that matters is made from the files and the remote. It holds no secret, no
message content and no recipient's number.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smsconf.address import Address, Kind
from smsconf.errors import SmsconfError
from smsconf.language import _
from smsconf.reconcile.change import Action, Change
from smsconf.reconcile.family import split_version
from smsconf.reconcile.lifecycle import Phase, read_status
from smsconf.reconcile.memory import Confirmation, Memory
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.state import ObservedSignature, ObservedTemplate
from smsconf.sites import Site

Entry = Mapping[str, Any]
VERSION = 1
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class JournalReading:
    """All entries that could be read, oldest first; ``torn`` counts lines that were cut short."""

    entries: tuple[Entry, ...] = ()
    torn: int = 0


class Journal:
    """The journal file of a project. Several processes may write it at once: a lock file orders them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[object, JournalReading] | None = None

    def read(self) -> JournalReading:
        """Read every entry, rotated files first; no file is an empty journal, a torn line is left out.

        Raises:
            SmsconfError: the file is there and cannot be read.
        """
        paths = (*self._rotated(), self.path)
        state = tuple((one, _size(one)) for one in paths)
        if self._read and self._read[0] == state:
            return self._read[1]
        entries: list[Entry] = []
        torn = 0
        for path in paths:
            for line in self._lines(path):
                entry = _decode(line)
                if entry is None:
                    torn += 1
                else:
                    entries.append(entry)
        reading = JournalReading(tuple(entries), torn)
        self._read = (state, reading)
        return reading

    def _lines(self, path: Path) -> list[str]:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
            return text.removesuffix("\n").split("\n") if text else []  # a reviewer's words may hold U+2028
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(_("the journal {path} cannot be read: {reason}"), error) from error

    def _rotated(self) -> list[Path]:
        """The files that are full, oldest first: journal.1.jsonl, journal.2.jsonl …."""
        found = self.path.parent.glob(f"{self.path.stem}.*{self.path.suffix}")
        return sorted((one for one in found if _number(one)), key=_number)

    def _rotate(self) -> None:
        """Put a full file aside; nothing of it is lost."""
        if self.path.exists() and self.path.stat().st_size >= MOST_BYTES:
            number = max(map(_number, self._rotated()), default=0) + 1
            self.path.rename(self.path.with_suffix(f".{number}{self.path.suffix}"))

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
            with FileLock(f"{self.path}.lock"):
                self._rotate()
                with self.path.open("ab+") as file:
                    file.write(self._line_end(file) + line.encode())
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise self._unusable(_("the journal {path} cannot be written: {reason}"), error) from error

    @contextmanager
    def locked(self, name: str, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Keep other processes of this checkout from doing the same; wait for them.

        ``waiting`` is called once if there is anybody to wait for.

        Raises:
            SmsconfError: there is no place to lock it.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.path.with_name(f"{name}.lock"))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                waiting()
                lock.acquire()
        except OSError as error:
            raise self._unusable(_("the journal {path} cannot be written: {reason}"), error) from error
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
        return SmsconfError(
            message.format(path=self.path, reason=error.strerror or error),
            why=_("what is sent must be recorded before it is sent"),
            fix=_("make {folder} a folder that you can write to").format(folder=self.path.parent),
        )


def _number(path: Path) -> int:
    """Return the number of a full file, 0 if the file is something else."""
    digits = path.suffixes[0][1:]
    return int(digits) if digits.isdecimal() else 0


def _size(path: Path) -> int:
    """Return the size of a file that only ever grows, 0 while there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def remember(
    entries: tuple[Entry, ...], environment: str | None, others: frozenset[str] = frozenset()
) -> Memory:
    """Return what the entries of one environment tell the planner; damaged ones are passed over.

    ``others`` are further environments on the same account: what is theirs is told apart.
    """
    recalls = {name: _Recall() for name in (environment, *others)}
    for entry in entries:
        try:
            recall = recalls.get(entry.get("environment"))
            if recall:
                recall.take(entry)
        except (KeyError, TypeError, ValueError):
            continue
    own = recalls.pop(environment)
    return replace(
        own.memory(),
        created_elsewhere=frozenset(one for other in recalls.values() for one in other.created),
        live_elsewhere={one: str(name) for name, other in recalls.items() for one in other.live.values()},
    )


class _Recall:
    """Reads entries one by one, the last word counting."""

    def __init__(self) -> None:
        self.apps: dict[Address, str] = {}
        self.live: dict[Address, str] = {}
        self.live_since: dict[Address, datetime] = {}
        self.created: dict[str, Address] = {}
        self.numbers: dict[Address, int] = {}
        self.refused: dict[tuple[Address, str], str] = {}
        self.submitted: dict[str, str] = {}
        self.intended: dict[str, str] = {}
        self.submitted_at: dict[str, datetime] = {}
        self.disabled: set[str] = set()
        self.confirmations: dict[Address, Confirmation] = {}

    def memory(self) -> Memory:
        return Memory(
            apps=self.apps,
            live=self.live,
            live_since=self.live_since,
            created=self.created,
            numbers=self.numbers,
            refused=self.refused,
            submitted={**self.submitted, **self.intended},
            submitted_at=self.submitted_at,
            disabled=frozenset(self.disabled),
            confirmations=self.confirmations,
        )

    def take(self, entry: Entry) -> None:
        """Take in one entry.

        Raises:
            KeyError, TypeError, ValueError: it is damaged.
        """
        address = Address.parse(str(entry["address"]))
        match entry["event"]:
            case "managed" if address.kind is Kind.APP:
                self.apps[address] = str(entry["remote_id"])
            case "forgotten":
                self.apps.pop(address, None)
            case "live":
                since = _aware(entry["time"])
                self.live[address], self.live_since[address] = str(entry["remote_id"]), since
            case "confirmed":
                self.confirmations[address] = _confirmation(address, entry)
            case "reopened":
                self.confirmations.pop(address, None)
            case "decision":
                self._decided(address, entry)
            case "accepted":
                self._accepted(address, entry)
            case "intent" if entry.get("submission") and entry.get("remote_id"):
                # until it is refused: a run that died before the answer may have submitted it
                self.intended[str(entry["remote_id"])] = str(entry["submission"])
            case "refused" if entry.get("submission"):
                self.intended.pop(str(entry.get("remote_id")), None)
        if entry["event"] == "accepted" and entry["step"] in _SUBMITTING:
            self.submitted_at[str(entry["remote_id"])] = _aware(entry["time"])

    def _accepted(self, address: Address, entry: Entry) -> None:
        remote_id = str(entry["remote_id"])
        step = entry["step"]
        if step == "create" and address.kind is Kind.APP:
            self.apps[address] = remote_id
        if step == "create" and address.kind is Kind.TEMPLATE:
            self.created[remote_id] = address
            number = split_version(str(entry["remote_name"]))[1]
            self.numbers[address] = max(number, self.numbers.get(address, 0))
        if step == "delete":
            self.created.pop(remote_id, None)
        if step == "disable":
            self.disabled.add(remote_id)
        if entry.get("submission"):
            self.submitted[remote_id] = str(entry["submission"])
            self.intended.pop(remote_id, None)
            self.disabled.discard(remote_id)

    def _decided(self, address: Address, entry: Entry) -> None:
        submission = entry.get("submission")
        if not submission:
            return
        if entry["phase"] == Phase.APPROVED:
            self.refused.pop((address, str(submission)), None)
        else:
            self.refused[address, str(submission)] = str(entry.get("review_message") or "")


_SUBMITTING = frozenset({"create", "edit", "submit", "activate"})  # a draft's create is followed by submit


def confirmed(confirmation: Confirmation) -> Entry:
    """Return the entry that records a confirmation."""
    return {
        "event": "confirmed",
        "address": str(confirmation.address),
        "digest": confirmation.digest,
        "by": confirmation.by,
        "note": confirmation.note,
        "expires": confirmation.expires.isoformat() if confirmation.expires else None,
    }


def _confirmation(address: Address, entry: Entry) -> Confirmation:
    until, note = entry.get("expires"), entry.get("note")
    return Confirmation(
        address,
        str(entry["digest"]),
        str(entry["by"]),
        _aware(entry["time"]),
        None if note is None else str(note),
        _aware(until) if until else None,
    )


def _aware(text: str) -> datetime:
    """Read a time with its offset.

    Raises:
        ValueError: it is none, or has no offset.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def news(entries: tuple[Entry, ...], environment: str | None, plan: Plan, site: Site) -> Iterator[Entry]:
    """Yield what a plan shows that the journal has not: decisions of the service, and which version is live.

    A journal without an entry about the service takes the present state as its baseline (``seen``) and
    announces nothing. What a run that looked later has recorded of an address is not taken back.
    """
    own = [entry for entry in entries if entry.get("environment") == environment]
    later = {entry.get("address") for entry in own if _is_after(entry, plan.observed_at)}
    memory = remember(entries, environment)
    known = _last_statuses(own)
    began = any(entry["event"] not in ("confirmed", "reopened") for entry in own)
    for change in plan.changes:
        if change.address is None or change.kind not in (Kind.SIGNATURE, Kind.TEMPLATE):
            continue
        if str(change.address) in later:
            continue
        about = {"address": str(change.address), "kind": change.kind.value}
        for one in _versions(change):
            status = read_status(change.kind, site, one.status)
            if status.phase not in _DECIDED or known.get(one.remote_id) == one.status:
                continue
            known[one.remote_id] = one.status
            yield {
                "event": "decision" if began else "seen",
                **about,
                "remote_name": one.name,
                "remote_id": one.remote_id,
                "status": one.status,
                "phase": status.phase.value,
                "review_message": one.review_message,
                "submission": memory.submitted.get(one.remote_id),
            }
        live = change.live
        if live and change.action is not Action.RETIRE and memory.live.get(change.address) != live.remote_id:
            yield {"event": "live", **about, "remote_name": live.name, "remote_id": live.remote_id}


def _is_after(entry: Entry, moment: datetime | None) -> bool:
    """Tell whether an entry that says what was seen was written by a run that looked after a moment."""
    if moment is None or entry["event"] not in ("decision", "seen", "live"):
        return False
    try:
        return _aware(entry["time"]) > moment
    except (KeyError, TypeError, ValueError):
        return False


_DECIDED = frozenset({Phase.APPROVED, Phase.REJECTED, Phase.DEAD})


def _versions(change: Change) -> list[ObservedSignature | ObservedTemplate]:
    found = {
        one.remote_id: one
        for one in (change.live, change.candidate, change.observed)
        if isinstance(one, ObservedSignature | ObservedTemplate)
    }
    return list(found.values())


def _last_statuses(entries: list[Entry]) -> dict[str, str]:
    """Return remote id → the status last recorded; a new submission makes it unknown again."""
    known: dict[str, str] = {}
    for entry in entries:
        remote_id = entry.get("remote_id")
        if entry["event"] in ("decision", "seen"):
            known[str(remote_id)] = str(entry.get("status"))
        elif entry["event"] == "accepted" and remote_id:
            known.pop(str(remote_id), None)
    return known


def _decode(line: str) -> Entry | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and "event" in entry else None
