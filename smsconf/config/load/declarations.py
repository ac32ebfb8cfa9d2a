"""What the merged files of a project say, and where: the ground on which its resources are made.

It looks up and reports; what an entry means is decided by the modules that ask.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from smsconf.config.bounds import MAX_UPLOAD
from smsconf.config.format.entry import Entry
from smsconf.config.format.validation import container, valid_entries
from smsconf.config.problems import Problems, fix_reference, shown
from smsconf.config.yaml.files import Unreadable, inside, read_bytes, unusable
from smsconf.config.yaml.source import Block, Span, span_at
from smsconf.language import N_, _
from smsconf.model.address import Address, Kind
from smsconf.model.diagnostics import Place
from smsconf.model.resources import App, File, Signature

M = TypeVar("M", bound=Entry)
R = TypeVar("R")
Parts = tuple[str | int, ...]

_UNKNOWN: Mapping[Kind, tuple[str, str]] = {
    Kind.APP: ("SMS401", N_("no app has the key '{key}'")),
    Kind.SIGNATURE: ("SMS402", N_("no signature has the key '{key}'")),
    Kind.TEMPLATE: ("SMS415", N_("no template has the key '{key}'")),
}


@dataclass(slots=True)
class Declared:
    """What the files declare so far. Broken entries are in ``data`` only.

    ``files`` are those it opened, by their real path; ``paths`` tells where addresses stand that are not
    section and key.
    """

    data: Block
    folder: Path
    problems: Problems
    paths: dict[Address, Parts] = field(default_factory=dict)
    files: dict[Path, File] = field(default_factory=dict)
    apps: dict[Address, App] = field(default_factory=dict)
    signatures: dict[Address, Signature] = field(default_factory=dict)

    def section(self, name: str) -> Block:
        """Return the entries of a section."""
        return container(self.data, name, Block, self.problems)

    def entries(self, kind: Kind, model: type[M]) -> dict[Address, M]:
        """Validate every entry of a kind; those that are wrong are left out."""
        section = self.section(kind.section)
        found = valid_entries(section, kind.section, model, self.problems)
        return {Address(kind, key): entry for key, entry in found.items()}

    def span(self, address: Address, *path: str | int) -> Span | None:
        """Find where something of an entry was written."""
        start = self.paths.get(address, (address.kind.section, address.key))
        return span_at(self.data, (*start, *path))

    def place(self, address: Address, *path: str | int, key: bool = False) -> Place | None:
        """Point at a value (or its key); at the entry's key where the file does not have it."""
        span = self.span(address, *path) if path else None
        if span is None:
            entry = self.span(address)
            return entry.key if entry else None
        return span.key if key else span.value

    def report(
        self,
        code: str,
        message: str,
        address: Address,
        *path: str | int,
        key: bool = False,
        fix: str | None = None,
        other: Place | None = None,
    ) -> None:
        """Add a problem of an entry; ``other`` is the second place of a conflict."""
        place = self.place(address, *path, key=key)
        related = ((other, _("the other one")),) if other else ()
        self.problems.report(code, message, place, address=address, fix=fix, related=related)

    def knows(self, kind: Kind, key: str, address: Address, *path: str | int, by_key: bool = False) -> bool:
        """Tell whether a reference leads to an entry, be it broken; one that leads nowhere is a problem."""
        section = self.data.get(kind.section)
        known = section if isinstance(section, Block) else Block()
        if key in known:
            return True
        code, said = _UNKNOWN[kind]
        fix = fix_reference(key, list(known), kind.section)
        self.report(code, _(said).format(key=shown(key)), address, *path, key=by_key, fix=fix)
        return False

    def path(self, address: Address, field: str, written: str) -> Path | None:
        """Resolve a path that a field names; None for one that cannot be had, which is a problem."""
        try:
            return inside(self.folder, written)
        except Unreadable as error:
            self._cannot_have(error, address, field, written)
            return None

    def file(self, address: Address, field: str, written: str | None) -> File | None:
        """Read a file that a field names, to know its digest; None for one that cannot be had."""
        path = self.path(address, field, written) if written is not None else None
        if written is None or path is None:
            return None
        try:
            if path not in self.files:
                content = read_bytes(path, MAX_UPLOAD)
                self.files[path] = File(written, path, hashlib.sha256(content).hexdigest(), len(content))
        except Unreadable as error:
            self._cannot_have(error, address, field, written)
            return None
        known = self.files[path]
        return File(written, path, known.digest, known.size)

    def _cannot_have(self, error: Unreadable, address: Address, field: str, written: str) -> None:
        place = self.place(address, field)
        self.problems.add(unusable(error, written, self.folder, place, "SMS035", address))


def resource(kind: Callable[..., R], entry: Entry, **others: object) -> R:
    """Make a resource of an entry: what both call by one name, lists as tuples; and ``others``."""
    same: dict[str, Any] = {name: getattr(entry, name) for name in _shared(kind, type(entry))}
    same |= {name: tuple(value) for name, value in same.items() if isinstance(value, list)}
    return kind(**(same | others))


@cache
def _shared(kind: Any, model: type[Entry]) -> tuple[str, ...]:  # noqa: ANN401 - a dataclass
    return tuple(one.name for one in fields(kind) if one.name in model.model_fields)
