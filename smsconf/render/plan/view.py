"""Report → view: plain mappings that are the JSON contract; text is drawn from them and from nothing else.

Keys are stable; absent values are ``null``; every document starts with ``format_version``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from smsconf.model.address import Address, Kind
from smsconf.model.diagnostics import Diagnostic
from smsconf.model.segments import Estimate
from smsconf.model.times import stamp
from smsconf.reconcile.at_service import Outlook
from smsconf.reconcile.change import Action, AppChange, Change, FieldChange, ManualChange, SignatureChange
from smsconf.reconcile.forecast import Expectation
from smsconf.reconcile.outcome import Outcome
from smsconf.reconcile.plan import Plan
from smsconf.render.plan.manual_steps import manual_view
from smsconf.render.plan.submitted import submitted_view

FORMAT_VERSION = "1.0"
_CONTACTS = "account.contacts"
_DIGIT_OF_A_NUMBER = re.compile(r"\d(?=(?:[ -]?\d){4})")
View = dict[str, Any]
UNKNOWN = Outlook()
NOTHING_SEEN: Mapping[Address, Outlook] = MappingProxyType({})


def diagnostics_view(diagnostics: Iterable[Diagnostic]) -> View:
    """Return the document of ``validate``."""
    return {"format_version": FORMAT_VERSION, "diagnostics": [_diagnostic(found) for found in diagnostics]}


def lint_view(diagnostics: Iterable[Diagnostic], estimates: Mapping[Address, Estimate | None]) -> View:
    """Return the document of ``lint``: that of ``validate``, and the parts of every template's messages."""
    segments = [
        {"address": str(address), **shown} for address, found in estimates.items() if (shown := _parts(found))
    ]
    return diagnostics_view(diagnostics) | {"segments": segments}


def plan_view(
    plan: Plan,
    about: Mapping[str, Any],
    diagnostics: Iterable[Diagnostic] = (),
    outlooks: Mapping[Address, Outlook] = NOTHING_SEEN,
) -> View:
    """Return the document of ``plan``; ``about`` says for whom: project, environment, site, provider."""
    counts = Counter(change.action for change in plan.changes)
    return {
        "format_version": FORMAT_VERSION,
        **about,
        "summary": {action.value: counts[action] for action in Action if counts[action]},
        "steps": sum(len(change.steps) for change in plan.changes),
        "submissions": sum(change.submissions for change in plan.changes),
        "changes": [_change(change, _outlook(change, outlooks)) for change in plan.changes],
        "refusals": [asdict(refusal) for refusal in plan.refusals],
        "diagnostics": [_diagnostic(found) for found in diagnostics],
        "unmanaged": counts_view(plan.unmanaged),
        "foreign": counts_view(plan.foreign),
    }


def apply_view(  # noqa: PLR0913 - everything that a run leaves behind, by name
    outcomes: Sequence[Outcome],
    about: Mapping[str, Any],
    *,
    pending: Sequence[str],
    rejected: Sequence[str],
    plan: Plan,
    interrupted: bool,
    diagnostics: Iterable[Diagnostic] = (),
    outlooks: Mapping[Address, Outlook] = NOTHING_SEEN,
) -> View:
    """Return the document of ``apply``."""
    awaited = [outlooks[address].expected for address in outlooks if str(address) in pending]
    latest = max((one for one in awaited if one), key=lambda one: one.by, default=None)
    return {
        "format_version": FORMAT_VERSION,
        **about,
        "outcomes": [
            {
                "address": outcome.change.label,
                "action": outcome.change.action.value,
                "outcome": outcome.result.value,
                "message": outcome.message,
                "error_code": outcome.error_code,
                "request_id": outcome.request_id,
                "remote_name": outcome.change.remote_name,
                "remote_id": outcome.remote_id or outcome.change.remote_id,
                **expected_view(_outlook(outcome.change, outlooks).expected),
            }
            for outcome in outcomes
        ],
        "pending": list(pending),
        "rejected": list(rejected),
        "refusals": [asdict(refusal) for refusal in plan.refusals],
        "interrupted": interrupted,
        **expected_view(latest),
        "diagnostics": [_diagnostic(found) for found in diagnostics],
    }


def _outlook(change: Change, outlooks: Mapping[Address, Outlook]) -> Outlook:
    """Return the outlook of a row about an address itself, and not about a version to be removed."""
    if change.address is None or change.action in (Action.RETIRE, Action.DELETE):
        return UNKNOWN
    return outlooks.get(change.address, UNKNOWN)


def expected_view(expected: Expectation | None) -> View:
    """Return until when an answer is expected, if one is."""
    return {
        "expected_by": stamp(expected.by) if expected else None,
        "expected_provisional": bool(expected and expected.provisional),
    }


def advice_view(outlook: Outlook) -> View | None:
    """Return what a rule says to a reviewer's words."""
    return {"code": outlook.advice[0], "message": outlook.advice[1]} if outlook.advice else None


def _segments(outlook: Outlook) -> View | None:
    if outlook.wanted is None and outlook.served is None:
        return None
    return {"old": _parts(outlook.served), "new": _parts(outlook.wanted)}


def _parts(found: Estimate | None) -> View | None:
    """Return how many parts a message has at least and at most, and its lengths in the unit they count in."""
    if found is None:
        return None
    least, most = found.least, found.most
    return {
        "min": least.segments,
        "max": most.segments,
        "min_length": least.length,
        "max_length": most.length,
        "unit": most.alphabet.label,
    }


def _change(change: Change, outlook: Outlook) -> View:
    return {
        "address": change.label,
        "action": change.action.value,
        "reason": change.reason,
        "fields": _fields(change.fields),
        "notes": _fields(change.notes),
        "submits": submitted_view(change),
        "carries": list(change.carries) if isinstance(change, SignatureChange) else [],
        "twins": [one.remote_id for one in change.twins] if isinstance(change, AppChange) else [],
        "steps": [step.value for step in change.steps],
        "awaits": change.awaits,
        "remote_name": change.remote_name,
        "remote_id": change.remote_id,
        "status": change.status,
        "rejected": change.rejected,
        "advice": advice_view(outlook),
        "segments": _segments(outlook),
        **expected_view(outlook.expected),
        "overdue": bool(outlook.expected and outlook.expected.overdue),
        "manual": manual_view(change.manual) if isinstance(change, ManualChange) else None,
    }


def _fields(fields: Iterable[FieldChange]) -> list[View]:
    return [{"path": one.path, "old": one.old, "new": one.new} for one in fields]


def _diagnostic(found: Diagnostic) -> View:
    place = found.place
    return {
        "code": found.code,
        "severity": found.severity.value,
        "address": found.address,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "length": place.length if place else None,
        "message": _without_numbers(found.message, found),
        "why": found.why,
        "fix": _without_numbers(found.fix, found),
        "fixable": found.edit is not None,
        "excerpt": _without_numbers(place.text, found) if place else None,
        "related": [
            {"file": other.file, "line": other.line, "column": other.column, "message": word}
            for other, word in found.related
        ],
    }


def _without_numbers(text: str | None, found: Diagnostic) -> str | None:
    """Hide the phone numbers of contacts, but their last digits, in what a finding quotes; lengths stay."""
    near = found.place.text if found.place else None
    if text and (found.address == _CONTACTS or "mobile:" in (near or "")):
        return _DIGIT_OF_A_NUMBER.sub("*", text)
    return text


def counts_view(counts: Mapping[Kind, int]) -> View:
    """Return how many of each kind there are, by the words of the files."""
    return {kind.section: counts.get(kind, 0) for kind in (Kind.SIGNATURE, Kind.TEMPLATE)}
