"""Ask every rule about everything, and turn what they found into diagnostics with places.

Rules are sorted by what they are about once, so that a template is shown only to the rules of its region
and type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Protocol

from smsconf.language import _
from smsconf.lint.comments import Finding
from smsconf.lint.registry import RULES
from smsconf.lint.rule import Hit, Rule, Spot, Target
from smsconf.lint.subject import Subject
from smsconf.model.address import Address
from smsconf.model.diagnostics import Diagnostic, Edit, Place
from smsconf.model.resources import MessageType, Region, Signature, Template

_LONGEST_MESSAGE = 200
_MOST = 20  # findings of one rule about one thing


class Places(Protocol):
    """What knows where things were written: the loaded project."""

    def place(self, address: Address, *path: str | int) -> Place | None:
        """Find where a field of an entry was written; its key without a path; None where no file has it."""

    def content_place(self, address: Address, start: int, end: int) -> Place | None:
        """Find where a stretch of a template's content (in the service's form) was written."""


def lint(subject: Subject, places: Places) -> list[Finding]:
    """Find everything the rules object to; severities are those of the project's policy."""
    findings = []
    for rule, address, hit in _hits(subject):
        severity = subject.policy.severities.get(rule.code, rule.severity)
        if severity is None:
            continue
        owner = hit.address or address
        field = _locate(Spot(owner, hit.path[:1]), places) if hit.path else None
        place = _locate(Spot(owner, hit.path, hit.start, hit.end), places)
        related = tuple((at, word) for spot, word in hit.related if (at := _locate(spot, places)))
        message = _on_one_line(hit.message)
        edit = None
        if hit.edit is not None and hit.start is not None and hit.end is not None:
            edit = Edit(hit.path, hit.start, hit.end, hit.edit)
        found = Diagnostic(
            rule.code, severity, message, place, str(owner), _(rule.why), hit.fix, related, edit
        )
        findings.append(Finding(found, field))
    return findings


def codes_about(one: Template | Signature, subject: Subject) -> tuple[str, ...]:
    """Return the codes of what the rules object to in one object as it stands there, and not in the files."""
    desired, address = subject.desired, one.address
    if isinstance(one, Template):
        alone = replace(desired, templates={address: one})
    else:
        alone = replace(desired, signatures={address: one})
    found = _hits(replace(subject, desired=alone))
    return tuple(dict.fromkeys(rule.code for rule, owner, hit in found if (hit.address or owner) == address))


@lru_cache(maxsize=64)
def _rules_for(target: Target, site: str, region: Region | None, kind: MessageType | None) -> Sequence[Rule]:
    """Return the rules of a target; ``kind`` None means that the type of a template is not known."""
    return tuple(
        rule
        for rule in RULES
        if rule.target is target
        and (rule.sites is None or site in rule.sites)
        and (rule.region is None or rule.region is region)
        and (rule.types is None or kind in rule.types)
    )


def _hits(subject: Subject) -> Iterator[tuple[Rule, Address, Hit]]:
    for rules, address, target in _targets(subject):
        for rule in rules:
            for hit in islice(rule.check(target, subject), _MOST):
                yield rule, address, hit
    for rule in _rules_for(Target.PROJECT, subject.site.name, None, None):
        for hit in rule.check(subject, subject):
            assert hit.address is not None  # noqa: S101 - rules about the project name the address
            yield rule, hit.address, hit


def _targets(subject: Subject) -> Iterator[tuple[Sequence[Rule], Address, object]]:
    """Yield everything that can be checked with the rules about it; what is managed elsewhere is not."""
    desired, site = subject.desired, subject.site.name
    for app in desired.apps.values():
        yield _rules_for(Target.APP, site, app.region, None), app.address, app
    for signature in desired.signatures.values():
        if not signature.external:
            rules = _rules_for(Target.SIGNATURE, site, Region.CN, signature.type)
            yield rules, signature.address, signature
    for address, message in subject.messages.items():
        yield _rules_for(Target.TEMPLATE, site, message.template.region, message.type), address, message
    for threshold in desired.thresholds.values():
        yield _rules_for(Target.THRESHOLD, site, threshold.region, None), threshold.address, threshold


def _on_one_line(message: str) -> str:
    """Bound a message, and show what cannot be printed as its code: rules quote whatever the files hold."""
    shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in message)
    return shown if len(shown) <= _LONGEST_MESSAGE else f"{shown[:_LONGEST_MESSAGE]}…"


def _locate(spot: Spot, places: Places) -> Place | None:
    """Turn a symbolic place into a real one: the nearest thing that some file has."""
    address, path, start, end = spot
    if start is not None and end is not None and path == ("content",):
        return places.content_place(address, start, end) or places.place(address)
    for length in range(len(path), 0, -1):
        place = places.place(address, *path[:length])
        if place is not None:
            exact = start is not None and end is not None and length == len(path)
            return _inside(place, start or 0, end or 0) if exact else place
    place = places.place(address)
    if place is not None and path == ("name",) and start is not None and end is not None:
        return _inside(place, start, end)  # the key is the name
    return place


def _inside(place: Place, start: int, end: int) -> Place:
    """Point into a value on one line; at all of it where quotes, escapes or folding hide the offsets."""
    raw = (place.text or "")[place.column - 1 : place.column - 1 + place.length]
    quoted = raw[:1] in "\"'" and len(raw) > 1
    plain = not (raw[:1] in '|>"' and ("\\" in raw or raw[:1] != '"')) and "''" not in raw
    if not plain or end > len(raw) - 2 * quoted or end <= start:
        return place
    return replace(place, column=place.column + quoted + start, length=end - start)
