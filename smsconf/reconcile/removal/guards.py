"""The guard rails: limits on what one run may delete or submit. They live in the plan, numbers in words.

A breach sends nothing at all; the user overrides it with the amount, so that a bigger surprise stays one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from smsconf.language import _, ngettext
from smsconf.model.address import Kind
from smsconf.reconcile.change import Action, Change
from smsconf.reconcile.inputs import Selection

MAX_DELETES = 10
MAX_DELETED_SHARE = 0.3
SHARE_COUNTS_FROM = 10
MAX_SUBMISSIONS = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not done: ``scope`` is ``guard``, ``read`` or ``change``; fix is an order."""

    scope: str
    message: str
    address: str | None = None
    fix: str | None = None


def check_guards(
    changes: Sequence[Change], existing: Mapping[Kind, int], selection: Selection, *, empty: bool
) -> Iterator[Refusal]:
    """Yield one refusal for each limit that these changes break, then those of single changes.

    Retiring counts towards the absolute limit only; a second draft of one name is not counted at all.

    Args:
        changes: the whole plan.
        existing: how many objects of a kind the service has in the declared apps.
        selection: holds the amounts the user allowed.
        empty: the configuration declares nothing.
    """
    deletes: Counter[Kind] = Counter()
    for change in changes:
        if change.action is Action.DELETE and not change.address and change.deletes:
            deletes[change.kind] += 1
            deletes[Kind.TEMPLATE] += change.deletes - 1
    total = deletes.total() + sum(one.deletes for one in changes if one.action is Action.RETIRE)
    fix = _("check the plan, then pass --allow-deletes {count}").format(count=total)
    for said in _deletes(deletes, total, existing, selection.allow_deletes, empty=empty):
        yield Refusal("guard", said, fix=fix)
    open_steps = [change.label for change in changes if change.action is Action.MANUAL]
    if selection.require_confirmed and open_steps:
        said = ngettext(
            "{count} manual step is open: {steps}", "{count} manual steps are open: {steps}", len(open_steps)
        )
        yield Refusal(
            "guard",
            said.format(count=len(open_steps), steps=", ".join(open_steps)),
            fix=_("do them at the console, then smsconf confirm {address}").format(address=open_steps[0]),
        )
    submissions = sum(change.submissions for change in changes)
    limit = MAX_SUBMISSIONS if selection.allow_submissions is None else selection.allow_submissions
    if submissions > limit:
        yield Refusal(
            "guard",
            _("{count} submissions for review, more than {limit}").format(count=submissions, limit=limit),
            fix=_("check the plan, then pass --allow-submissions {count}").format(count=submissions),
        )
    for change in changes:
        if change.action is Action.REFUSED:
            yield Refusal("change", change.reason, change.label)


def _deletes(
    deletes: Mapping[Kind, int],
    total: int,
    existing: Mapping[Kind, int],
    allowed: int | None,
    *,
    empty: bool,
) -> Iterator[str]:
    """Say which limits of deletes are broken: the allowed amount alone, or else all of our own."""
    if allowed is None and empty and deletes:
        yield _("{count} deletes with a configuration that declares nothing").format(count=total)
        return
    most = MAX_DELETES if allowed is None else allowed
    if total > most:
        yield _("{count} deletes, more than {most}").format(count=total, most=most)
    for kind, count in deletes.items() if allowed is None else ():
        there = existing.get(kind, 0)
        if there >= SHARE_COUNTS_FROM and count >= there * MAX_DELETED_SHARE:
            said = _("{count} of {there} {kind} deleted, 30 % or more")
            yield said.format(count=count, there=there, kind=kind.nouns)
