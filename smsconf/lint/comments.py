"""Ignoring a finding where it stands: ``# smsconf: ignore[SMS318] reason``.

Behind a value the comment is about its own line, on a line of its own about the next one. A finding inside a
text of several lines may be ignored where the text begins, as there are no comments inside. Errors of loading
cannot be ignored. Texts come in as they are; nothing is read here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from smsconf.language import _
from smsconf.lint.rule import Hit, Rule, Target, rule
from smsconf.lint.sources import OURS
from smsconf.model.diagnostics import Diagnostic, Place, Severity
from smsconf.model.nearest import nearest

_COMMENT = re.compile(r"(?:^|(?<=\s))#\s*smsconf:\s*ignore\[([^\]\n]*)\][ \t]*([^\r\n]*)")
_CODE = re.compile(r"[^\s,]+")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic, and the place where its field begins if that is another line."""

    diagnostic: Diagnostic
    field: Place | None = None
    fixed: bool = False
    """An error of loading, which no comment can ignore."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """One code of one comment; ``line`` is the line it is about."""

    code: str
    reason: str
    line: int
    place: Place


@rule("SMS440", "ignore-without-reason", Severity.WARNING, OURS, on=Target.FILE)
def ignore_without_reason(_target: object, _subject: object) -> Iterator[Hit]:
    """A comment that ignores a finding without saying why.

    Why:
        the next reader needs the reason; without one the comment has no effect
    Example:
        content: 您的订单已发货，请注意查收。
        brackets: CN  # smsconf: ignore[SMS351]
    Instead:
        content: 您的订单已发货，请注意查收。
        brackets: GB  # smsconf: ignore[SMS351] agreed with the carrier in March
    """
    return iter(())


@rule("SMS441", "unused-ignore", Severity.WARNING, OURS, on=Target.FILE)
def unused_ignore(_target: object, _subject: object) -> Iterator[Hit]:
    """A comment that ignores a finding which is not there.

    Why:
        what it was for is gone, and it would hide the next finding of that kind
    Example:
        content: 您的订单已发货，请注意查收。
        brackets: CN  # smsconf: ignore[SMS351] agreed with the carrier in March
    Instead:
        content: 您的订单已发货，请注意查收。
        brackets: GB  # smsconf: ignore[SMS351] agreed with the carrier in March
    """
    return iter(())


@rule("SMS442", "unknown-code", Severity.WARNING, OURS, on=Target.FILE)
def unknown_code(_target: object, _subject: object) -> Iterator[Hit]:
    """A comment or a setting that names a code which does not exist.

    Why:
        it has no effect, so it is probably misspelt
    Example:
        content: 您的订单已发货，请注意查收。
        brackets: CN  # smsconf: ignore[SMS3510] agreed with the carrier in March
    Instead:
        content: 您的订单已发货，请注意查收。
        brackets: GB  # smsconf: ignore[SMS351] agreed with the carrier in March
    """
    return iter(())


def diagnostic(found: Rule, message: str, fix: str, place: Place | None) -> Diagnostic:
    """Make a diagnostic of a rule about files."""
    return Diagnostic(found.code, found.severity, message, place, None, _(found.why), fix)


def no_such_code(code: str, known: Collection[str], place: Place | None) -> Diagnostic:
    """Say that a code does not exist, and which one was probably meant."""
    near = nearest(code[:20], known, alike=0.6)
    fix = _("write {near}").format(near=near) if near else _("see smsconf explain --all")
    return diagnostic(unknown_code, _("there is no code '{code}'").format(code=code[:20]), fix, place)


def without_ignored(
    findings: Sequence[Finding], texts: Mapping[str, str], known: Collection[str]
) -> list[Diagnostic]:
    """Drop what comments ignore, and say which comments are wrong or idle.

    Args:
        findings: everything that was found.
        texts: the project's files by their names in places.
        known: every code there is.
    """
    ignores = [one for name, text in texts.items() for one in _ignores(name, text)]
    by_line: dict[tuple[str, int, str], list[Ignore]] = {}
    for one in ignores:
        by_line.setdefault((one.place.file, one.line, one.code), []).append(one)
    kept: list[Diagnostic] = []
    used: set[Ignore] = set()
    for found in findings:
        matching = [
            one
            for place in (found.diagnostic.place, found.field)
            if place is not None
            for one in by_line.get((place.file, place.line, found.diagnostic.code), ())
        ]
        used.update(matching)
        if found.fixed or not any(one.reason for one in matching):
            kept.append(found.diagnostic)
    kept.extend(_complaints(ignores, used, known))
    return kept


def _complaints(ignores: Sequence[Ignore], used: set[Ignore], known: Collection[str]) -> Iterator[Diagnostic]:
    for one in ignores:
        if one.code not in known:
            yield no_such_code(one.code, known, one.place)
        elif not one.reason:
            fix = _("write # smsconf: ignore[{code}] and why").format(code=one.code)
            yield diagnostic(
                ignore_without_reason, _("no reason to ignore {code}").format(code=one.code), fix, one.place
            )
        elif one not in used:
            text = _("{code} is ignored here but not found").format(code=one.code)
            yield diagnostic(unused_ignore, text, _("remove the comment"), one.place)


def _ignores(name: str, text: str) -> Iterator[Ignore]:
    if "smsconf:" not in text:
        return
    lines = _LINE_END.split(text)
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line)
        if not found:
            continue
        about = number
        if not line[: found.start()].strip():  # a line of its own: about the next one that is no comment
            about += 1
            while about <= len(lines) and lines[about - 1].lstrip().startswith("#"):
                about += 1
        for code in _CODE.finditer(found[1]):
            column = found.start(1) + code.start() + 1
            place = Place(name, number, column, len(code[0]), line)
            yield Ignore(code[0], found[2].strip(), about, place)
