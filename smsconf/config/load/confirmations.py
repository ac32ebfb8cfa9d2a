"""The committed file of confirmations: what people said they did at the console, reviewed like code.

One line each, sorted: a difference is a line, and a merge by union (`merge=union` in .gitattributes) is
right, for of two lines about one step the later counts. A line counts for the account that it names: what was
set at one console is not set at another. The emulator's databases count as one, for they do not travel with
the file. A line that names none counts for any, as older ones do. Whether one still holds is ``reconcile``'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import Field

from smsconf.config.format.entry import Entry, Maybe, Moment, Word, optional
from smsconf.config.format.validation import container, unknown_key, validate
from smsconf.config.load.declarations import resource
from smsconf.config.problems import Problems, shown
from smsconf.config.yaml.files import Unreadable, read_source
from smsconf.config.yaml.reader import read_yaml
from smsconf.config.yaml.source import Block, Items
from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.diagnostics import Diagnostic
from smsconf.model.errors import ConfigError, unwritable
from smsconf.model.memory import Confirmation
from smsconf.model.times import stamp
from smsconf.own_files import write_atomically

_SECTION = "confirmations"
_HEAD = (
    "# What people did at the console: one line a step, written by `smsconf confirm`, reviewed like code.\n"
)
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*")
_LIKE_OTHERS = re.compile(r"(?i)null|true|false|yes|no|on|off|[0-9][0-9_]*|[0-9.]+(e[0-9]+)?|0[xo][0-9a-f]+")


class ConfirmationEntry(Entry):
    """One line of the file."""

    address: Word = Field(description="The manual step.")
    environment: Maybe[Word] = optional("The environment it was confirmed for.")
    scope: Maybe[Word] = optional("The account it was confirmed for; without, any.")
    digest: Word = Field(description="Digest of the values that were confirmed.")
    by: Word = Field(description="Who confirmed it.")
    time: Moment = Field(description="When.")
    note: Maybe[str] = optional("What there is to say about it.")
    expires: Maybe[Moment] = optional("When it is to be confirmed again.")


@dataclass(frozen=True, slots=True)
class Line:
    """A confirmation, and the environment and the account it is for."""

    environment: str | None
    scope: str | None
    confirmation: Confirmation

    def counts(self, environment: str | None, scope: str | None) -> bool:
        """Tell whether it is about an environment on an account; while nobody knows the account, on any."""
        known = scope is None or self.scope in (None, account_of(scope))
        return self.environment == environment and known


def account_of(scope: str) -> str:
    """Return what a line has of a scope: of the emulator's not which database it is."""
    kind, _slash, rest = scope.partition("/")
    return f"{kind}/{rest.partition('/')[0]}" if kind == "emulator" else scope


def read_confirmations(path: Path, folder: Path, problems: Problems) -> list[Line]:
    """Read the file; one that is not there, or is empty, has no lines. What is wrong goes to ``problems``."""
    name = path.relative_to(folder).as_posix()
    try:
        source = read_source(path, name)
    except Unreadable as error:
        if not error.missing:
            problems.report("SMS001", f"'{shown(name)}' {error.reason}")
        return []
    if isinstance(source, Diagnostic):
        problems.add(source)
        return []
    block, found = read_yaml(source) if source.text.strip() else (None, [])
    problems.add(*found)
    block = block or Block()
    for key in (key for key in block if key != _SECTION):
        problems.add(unknown_key(key, [_SECTION], block.spans[key].key))
    lines: list[Line] = []
    if block.get(_SECTION) is None:
        return lines
    for item in container(block, _SECTION, Items, problems).located():
        entry = validate(ConfirmationEntry, item, problems)
        if entry is None:
            continue
        try:
            lines.append(_line(entry))
        except ValueError:
            message = _("'{item}' is not an address").format(item=shown(entry.address))
            fix = _("remove the line, and confirm it again")
            problems.report("SMS025", message, item.span.value, fix=fix)
    return lines


def read_again(path: Path, folder: Path) -> list[Line]:
    """Read the file before it is written anew.

    Raises:
        ConfigError: something in it is wrong meanwhile; nothing of it may be lost.
    """
    problems = Problems()
    lines = read_confirmations(path, folder.resolve(), problems)
    if problems.any:
        raise ConfigError(list(problems))
    return lines


def latest(lines: Iterable[Line], environment: str | None, scope: str | None) -> dict[Address, Confirmation]:
    """Return the last word on each step of an environment on an account."""
    found: dict[Address, Confirmation] = {}
    for line in lines:
        one = line.confirmation
        known = found.get(one.address)
        if line.counts(environment, scope) and (known is None or known.time <= one.time):
            found[one.address] = one
    return found


def write_confirmations(
    path: Path,
    lines: Iterable[Line],
    environment: str | None,
    scope: str,
    known: Mapping[Address, Confirmation],
) -> None:
    """Write the file anew: ``known`` for its environment on its account, all other lines as they are.

    Whoever reads it finds the old one or the new one.

    Raises:
        SmsconfError: it cannot be written.
    """
    account = account_of(scope)
    kept = {
        (line.environment, line.scope, line.confirmation.address): line
        for line in lines
        if not line.counts(environment, scope)
    }
    kept |= {(environment, account, one): Line(environment, account, known[one]) for one in known}
    order = sorted(
        kept.values(),
        key=lambda one: (one.environment or "", *one.confirmation.address.order, one.scope or ""),
    )
    text = f"{_HEAD}{_SECTION}:\n" + "".join(f"- {{{_written(line)}}}\n" for line in order)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, (text if order else f"{_HEAD}{_SECTION}: []\n").encode())
    except OSError as error:
        raise unwritable(path, error) from error


def _line(entry: ConfirmationEntry) -> Line:
    confirmation = resource(
        Confirmation,
        entry,
        address=Address.parse(entry.address),
        time=datetime.fromisoformat(entry.time),
        expires=datetime.fromisoformat(entry.expires) if entry.expires else None,
    )
    return Line(entry.environment, entry.scope, confirmation)


def _written(line: Line) -> str:
    one = line.confirmation
    values = {
        "address": str(one.address),
        "environment": line.environment,
        "scope": line.scope,
        "digest": one.digest,
        "by": one.by,
        "time": stamp(one.time),
        "note": one.note,
        "expires": stamp(one.expires) if one.expires else None,
    }
    return ", ".join(f"{key}: {_scalar(value)}" for key, value in values.items() if value is not None)


def _scalar(text: str) -> str:
    """Write a text so that YAML reads the same text: plain where that is safe, else as JSON does."""
    if _PLAIN.fullmatch(text) and not _LIKE_OTHERS.fullmatch(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(ord(char)) for char in quoted)


def _escaped(number: int) -> str:
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
