"""The limits of one run: what counts towards them, and the flag that each refusal names."""

from __future__ import annotations

from smsconf.model.address import Address, Kind
from smsconf.reconcile.change import Action, AppChange, Change, SignatureChange, Step, TemplateChange
from smsconf.reconcile.inputs import Selection
from smsconf.reconcile.removal.guards import Refusal, check_guards
from tests.reconcile import build


def deletes(count: int, kind: Kind = Kind.TEMPLATE, **more) -> list[Change]:
    """Pruned objects, or other rows that delete something."""
    known = {"action": Action.DELETE, "steps": (Step.DELETE,), "reason": "", **more}
    make = SignatureChange if kind is Kind.SIGNATURE else Change
    return [make(kind, remote_name=f"x{n}", remote_id=f"{kind}-{n}", **known) for n in range(count)]


def retired(count: int) -> list[Change]:
    return deletes(count, action=Action.RETIRE, address=build.SHIPPED)


def refused(changes, existing=None, *, empty: bool = False, **selection) -> list[str]:
    """What the guards say about changes."""
    found = list(check_guards(changes, existing or {}, Selection(**selection), empty=empty))
    assert all(one.scope == "guard" for one in found)
    return [one.message for one in found]


def test_pruned_and_retired_objects_count_together() -> None:
    """Ten of both are the limit, and the fix names the amount."""
    assert refused([*deletes(6), *retired(4)]) == []
    (refusal,) = check_guards([*deletes(6), *retired(5)], {}, Selection(), empty=False)
    assert refusal == Refusal(
        "guard", "11 deletes, more than 10", fix="check the plan, then pass --allow-deletes 11"
    )


def test_share_is_of_what_is_pruned_of_one_kind() -> None:
    """Retiring is expected and counts for nothing; neither kind counts for the other."""
    there = {Kind.TEMPLATE: 10, Kind.SIGNATURE: 10}
    assert refused([*deletes(2), *deletes(2, Kind.SIGNATURE), *retired(5)], there) == []
    assert refused(deletes(3), there) == ["3 of 10 templates deleted, 30 % or more"]
    assert refused(deletes(3, Kind.SIGNATURE), there) == ["3 of 10 signatures deleted, 30 % or more"]
    assert refused(deletes(9), {Kind.TEMPLATE: 9}) == []
    assert refused(deletes(9)) == []


def test_what_goes_along_with_a_signature_counts_among_the_templates() -> None:
    """One signature with three dead templates on it is four deletes, three of them templates."""
    signature = deletes(1, Kind.SIGNATURE, carries=("a", "b", "c"))
    assert refused(signature, {Kind.TEMPLATE: 10}) == ["3 of 10 templates deleted, 30 % or more"]
    assert refused(signature, allow_deletes=3) == ["4 deletes, more than 3"]
    assert refused(signature, allow_deletes=4) == []


def test_second_draft_of_one_name_counts_for_nothing() -> None:
    """Its address keeps the other draft: nothing is lost."""
    assert refused(deletes(20, address=build.SHIPPED), {Kind.TEMPLATE: 20}) == []


def test_row_that_deletes_nothing_counts_for_nothing() -> None:
    """What is kept has a row, too."""
    assert refused([*deletes(9, steps=()), *deletes(10)], {Kind.TEMPLATE: 40}) == []


def test_empty_configuration_deletes_nothing_unasked() -> None:
    """One object is one too many where the files declare nothing; that is all that is said."""
    assert refused(deletes(12), {Kind.TEMPLATE: 12}, empty=True) == [
        "12 deletes with a configuration that declares nothing"
    ]
    assert refused(deletes(1), empty=True) != []
    assert refused([], empty=True) == []
    assert refused(deletes(1), empty=True, allow_deletes=1) == []


def test_named_amount_takes_the_place_of_every_other_limit() -> None:
    """Zero allows none."""
    assert refused(deletes(1), allow_deletes=0) == ["1 deletes, more than 0"]
    assert refused(deletes(12), {Kind.TEMPLATE: 12}, allow_deletes=12) == []


def test_open_manual_steps_stop_a_run_that_requires_them_done() -> None:
    """They are named, and the first of them in the fix; without the flag they stop nothing."""
    steps = [
        Change(Kind.THRESHOLD, Action.MANUAL, "", key, Address(Kind.THRESHOLD, key)) for key in ("cn", "intl")
    ]
    (refusal,) = check_guards(steps, {}, Selection(require_confirmed=True), empty=False)
    assert refusal.message == "2 manual steps are open: threshold.cn, threshold.intl"
    assert refusal.fix == "do them at the console, then smsconf confirm threshold.cn"
    assert refused(steps) == []
    done = Change(Kind.THRESHOLD, Action.NONE, "", "cn", Address(Kind.THRESHOLD, "cn"))
    assert refused([done], require_confirmed=True) == []


def test_submissions_are_limited_by_the_amount_that_was_named() -> None:
    """Of signatures and templates together; zero allows none."""
    asked = [
        SignatureChange(
            Kind.SIGNATURE, Action.CREATE, "", "a", build.BRAND, steps=(Step.UPLOAD, Step.CREATE)
        ),
        SignatureChange(Kind.SIGNATURE, Action.ACTIVATE, "", "b", build.BRAND, steps=(Step.ACTIVATE,)),
        TemplateChange(
            Kind.TEMPLATE, Action.CREATE, "", "c", build.SHIPPED, steps=(Step.CREATE, Step.SUBMIT)
        ),
        TemplateChange(Kind.TEMPLATE, Action.CREATE, "", "d", build.SHIPPED, steps=(Step.CREATE,)),
        AppChange(Kind.APP, Action.CREATE, "", "e", build.SHOP, steps=(Step.CREATE,)),
        TemplateChange(Kind.TEMPLATE, Action.WITHDRAW, "", "f", build.SHIPPED, steps=(Step.WITHDRAW,)),
    ]
    assert refused(asked, allow_submissions=4) == []
    assert refused(asked, allow_submissions=3) == ["4 submissions for review, more than 3"]
    assert refused(asked, allow_submissions=0) != []
