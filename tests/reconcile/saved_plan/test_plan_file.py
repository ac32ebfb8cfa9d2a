"""A permit held against new plans: the rest of what was agreed to passes, everything else is named."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.model.address import Kind
from smsconf.model.errors import PlanStale, SmsconfError
from smsconf.reconcile.change import Action, Change, Step
from smsconf.reconcile.inputs import Selection
from smsconf.reconcile.outcome import Result
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.removal.guards import Refusal
from smsconf.reconcile.saved_plan.plan_file import Scope, check_age, check_scope, make_permit, read_permit
from smsconf.reconcile.saved_plan.staleness import still_permitted
from tests.reconcile import build

SCOPE = Scope(project="shop", environment="prod", site="china", project_id="p1", fingerprint="f" * 64)
rejected = replace(build.o_shipped, status="Reject", review_message="变量过多")


def permit(made: Plan, selection=None, **more):
    return make_permit(made, SCOPE, selection or Selection(), now=build.NOW, **more)


def change(*steps: Step, **more) -> Change:
    known = {
        "kind": Kind.TEMPLATE,
        "action": Action.UPDATE,
        "reason": "rejected",
        "remote_name": "order-shipped",
        "address": build.SHIPPED,
        "remote_id": "id-shipped",
        "status": "Reject",
        "desired": build.shipped,
        "observed": rejected,
    }
    return Change(steps=steps, **{**known, **more})


def checked(before: Change, now: Change, entries=()):
    """Hold one change against a permit for another one."""
    result = still_permitted(permit(Plan((before,))), Plan((now,)), entries)
    return result.plan.changes[0], result.skipped


def test_permit_survives_its_document() -> None:
    """Written and read, a permit is the same, selection and deadline included."""
    selection = Selection(
        prune=True,
        targets=frozenset({build.SHIPPED, build.BRAND}),
        resubmit=frozenset({build.SHIPPED}),
        allow_deletes=0,
        allow_submissions=7,
    )
    made = build.plan(build.desired(), build.observed(build.o_shop, build.o_brand, rejected))
    before = permit(made, selection, expires=build.NOW + timedelta(days=1), commit="a" * 40, strict=True)
    again = read_permit(before.text())
    assert again == before
    assert again.chosen() == selection


def test_every_field_of_the_selection_is_kept() -> None:
    """A field that the selection gains is in the file without anybody thinking of it."""
    document = json.loads(permit(Plan(())).text())
    assert set(document["selection"]) == {one.name for one in fields(Selection)}


def test_selection_of_a_newer_version_is_an_error() -> None:
    """A flag that this version does not know is not silently left out."""
    strange = permit(Plan(())).model_copy(update={"selection": {"everything": True}})
    with pytest.raises(SmsconfError, match="cannot be used"):
        strange.chosen()


@pytest.mark.parametrize("name", ["project", "environment", "site", "project_id", "fingerprint"])
def test_any_other_scope_is_stale_with_both_values(name) -> None:
    """Each part of the scope counts, and only what differs is named."""
    made = permit(Plan(()), commit="a" * 40)
    check_scope(made, SCOPE, "b" * 40)
    with pytest.raises(PlanStale) as caught:
        check_scope(made, SCOPE.model_copy(update={name: "other"}), "a" * 40)
    was = getattr(SCOPE, name)
    shown = f"{was[:12]}…" if name == "fingerprint" else was
    assert caught.value.message == f"the plan was made for something else: {name} was '{shown}', is 'other'"


def test_permit_holds_until_its_deadline_and_not_longer() -> None:
    """The last second counts; without a deadline it holds for ever."""
    made = permit(Plan(()), expires=build.NOW)
    check_age(made, build.NOW)
    check_age(permit(Plan(())), build.NOW + timedelta(days=9999))
    with pytest.raises(PlanStale, match="expired at 2026-01-05T02:00:00Z"):
        check_age(made, build.NOW + timedelta(seconds=1))


STEPS = (Step.UPLOAD, Step.CREATE, Step.EDIT, Step.SUBMIT, Step.WITHDRAW, Step.DISABLE, Step.DELETE)


@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=4), st.lists(st.sampled_from(STEPS), max_size=4))
def test_exactly_the_tails_of_the_agreed_steps_are_carried_out(agreed, needed) -> None:
    """Same target, same values: a tail passes, no steps are skipped, all else is refused."""
    now, skipped = checked(change(*agreed), change(*needed))
    if not needed:
        assert (now.action, [one.result for one in skipped]) == (Action.UPDATE, [Result.SKIPPED])
    elif agreed[-len(needed) :] == needed:
        assert (now.steps, skipped) == (tuple(needed), ())
    else:
        assert (now.action, now.steps, now.awaits) == (Action.REFUSED, (), None)


OTHERS = [
    {"desired": replace(build.shipped, content="您的包裹${1}已发货。")},
    {"desired": replace(build.shipped, variables=())},
    {"remote_name": "order-shipped_v2"},
    {"remote_id": "id-other"},
    {"country_ids": (65,)},
    {"submission": "e" * 64},
]


@pytest.mark.parametrize(
    ("other", "steps"), list(product(OTHERS, [(Step.EDIT, Step.SUBMIT), (Step.SUBMIT,)]))
)
def test_other_values_or_another_target_are_refused(other, steps) -> None:
    """The agreed steps with anything else in them are not what was agreed to."""
    now, _ = checked(change(Step.EDIT, Step.SUBMIT), change(*steps, **other))
    assert now.action is Action.REFUSED


def test_what_a_permitted_create_made_may_be_submitted_whatever_its_id() -> None:
    """The id of something new cannot be agreed to in advance; its name and its values are."""
    planned = change(Step.CREATE, Step.SUBMIT, remote_id=None, observed=None, status=None)
    now, _ = checked(planned, change(Step.SUBMIT, remote_id="id-new", status="Pending"))
    assert now.steps == (Step.SUBMIT,)
    now, _ = checked(planned, change(Step.EDIT, Step.SUBMIT, remote_id="id-new", status="Pending"))
    assert now.action is Action.REFUSED
    assert "it is id-new, and was not there" in now.reason


@pytest.mark.parametrize("step", [Step.DELETE, Step.WITHDRAW, Step.DISABLE])
def test_what_is_deleted_or_called_back_must_be_what_was_seen(step) -> None:
    """What somebody changed since is not what was agreed to; a verdict is no change."""
    seen = change(step, action=Action.DELETE, address=None)
    other = replace(rejected, content="别的")
    now, _ = checked(seen, change(step, action=Action.DELETE, address=None, observed=other))
    assert now.action is Action.REFUSED
    assert "content differs" in now.reason
    verdict = replace(rejected, status="Adopted", template_id="t", update_time="2026-01-06 00:00:00")
    now, _ = checked(seen, change(step, action=Action.DELETE, address=None, observed=verdict))
    assert now.steps == (step,)


def test_several_versions_of_one_address_are_judged_apart() -> None:
    """A leftover to retire and a successor to submit share an address, not a permission."""
    main = change(Step.EDIT, Step.SUBMIT)
    old = {"action": Action.RETIRE, "desired": None}
    first = change(Step.DELETE, remote_id="id-1", remote_name="order-shipped_v2", **old)
    second = change(Step.DELETE, remote_id="id-2", remote_name="order-shipped_v3", **old)
    result = still_permitted(permit(Plan((first, main))), Plan((first, second, main)), ())
    assert [one.action for one in result.plan.changes] == [Action.RETIRE, Action.REFUSED, Action.UPDATE]
    assert "not in the plan" in result.plan.changes[1].reason
    assert [one.address for one in result.plan.refusals] == ["template.shipped"]
    gone = still_permitted(permit(Plan((first, main))), Plan((main,)), ())
    assert [(one.change.remote_id, one.message) for one in gone.skipped] == [
        ("id-1", "nothing to send any more: no longer at the service")
    ]


def test_what_needs_something_refused_is_refused_too() -> None:
    """A template is not created on an app whose change is not permitted."""
    app = Change(
        Kind.APP, Action.UPDATE, "", "shop", build.SHOP, "id-shop", steps=(Step.EDIT,), desired=build.shop
    )
    template = change(Step.CREATE, remote_id=None, observed=None, needs=(build.SHOP,))
    moved = replace(app, remote_id="id-else")
    result = still_permitted(permit(Plan((app, template))), Plan((moved, template)), ())
    assert [one.action for one in result.plan.changes] == [Action.REFUSED, Action.REFUSED]
    assert result.plan.changes[1].blocked_by == build.SHOP


def test_refusals_of_the_new_plan_stay_with_what_moved() -> None:
    """What the planner itself refuses keeps its reason; a lost row says so."""
    refused = change(action=Action.REFUSED, reason="approved and frozen", status="Adopted")
    result = still_permitted(permit(Plan((change(Step.EDIT),))), Plan((refused,)), ())
    assert result.plan.changes[0].reason == (
        "approved and frozen; the template moved on after the plan: its status was Reject, is Adopted; "
        "it needs nothing that apply may do, the plan permits edit"
    )


def test_guards_count_what_the_permit_lets_through() -> None:
    """Drafts that somebody made since would have stopped the one delete that was agreed to."""
    agreed, *others = (
        change(Step.DELETE, action=Action.DELETE, address=None, remote_id=f"x{n}", remote_name=f"x{n}")
        for n in range(13)
    )
    result = still_permitted(permit(Plan((agreed,))), Plan((agreed, *others)), ())
    assert not result.plan.guarded
    assert [one.remote_id for one in result.plan.changes if one.steps] == ["x0"]
    everything = Plan((agreed, *others))
    assert still_permitted(permit(everything), everything, ()).plan.guarded
    assert not still_permitted(permit(everything, Selection(allow_deletes=13)), everything, ()).plan.guarded


def test_what_cannot_be_read_is_not_called_gone() -> None:
    """Nothing is known of what was to be deleted: it may well be there."""
    row = change(Step.DELETE, action=Action.DELETE, address=None, remote_id="x", remote_name="x")
    unread = change(action=Action.REFUSED, reason="templates could not be read: 403")
    result = still_permitted(
        permit(Plan((row, change(Step.EDIT)))), Plan((unread,), (Refusal("read", "403"),)), ()
    )
    assert result.skipped == ()
    assert result.plan.changes[0].reason == "templates could not be read: 403"
    assert result.plan.incomplete


def test_insisting_holds_for_one_verdict() -> None:
    """A plan with --resubmit that is applied again after the next rejection submits nothing."""
    insisting = Selection(resubmit=frozenset({build.SHIPPED}))
    asked = change(Step.SUBMIT)
    agreed = permit(Plan((asked,)), insisting)
    assert still_permitted(agreed, Plan((asked,)), ()).plan.changes[0].steps
    again = change(Step.SUBMIT, observed=replace(rejected, update_time="2026-01-07 00:00:00"))
    (refused,) = still_permitted(agreed, Plan((again,)), ()).plan.changes
    assert (refused.action, refused.steps) == (Action.REFUSED, ())
    assert "the plan permits submit as things stood then" in refused.reason


def test_waiting_row_that_can_go_on_is_left_to_the_next_plan() -> None:
    """Nothing was permitted for it and nobody touched it: no failure, and nothing is sent."""
    waiting = change(action=Action.WAIT, status="Reviewing", awaits="its review")
    now, (outcome,) = checked(waiting, change(Step.EDIT, Step.SUBMIT))
    assert (now.action, now.steps, now.awaits) == (Action.WAIT, (), None)
    assert outcome.result is Result.SKIPPED
    touched = change(Step.EDIT, Step.SUBMIT, observed=replace(rejected, content="别的"))
    assert checked(waiting, touched)[0].action is Action.REFUSED


@pytest.mark.parametrize(
    ("entry", "known"),
    [
        ({"event": "accepted", "step": "edit", "address": "template.shipped"}, True),
        ({"event": "unknown", "step": "edit", "remote_id": "id-shipped"}, True),
        ({"event": "intent", "step": "edit", "address": "template.shipped"}, False),
        ({"event": "accepted", "step": "edit", "address": "template.other"}, False),
        ({"event": "decision", "address": "template.shipped"}, False),
        ({"event": "accepted", "step": "edit", "address": "template.shipped", "environment": "test"}, False),
    ],
)
def test_journal_tells_whether_it_was_done_from_here(entry, known) -> None:
    """Only a step that was sent for this thing after the plan is a record of it."""
    entries = [{"time": "2026-01-05T02:00:00Z", "environment": "prod", **entry}]
    touched = change(Step.WITHDRAW, observed=replace(rejected, content="别的"))
    now, _ = checked(change(Step.EDIT), touched, entries)
    assert ("this journal records edit at 2026-01-05T02:00:00Z" in now.reason) is known
    assert ("at the console" in now.reason) is not known


def test_journal_entries_from_before_the_plan_are_no_record() -> None:
    """Entries are counted; if there are fewer than at the plan, the journal began anew and time decides."""
    entry = {"event": "accepted", "step": "edit", "address": "template.shipped", "environment": "prod"}
    same = {"time": "2026-01-05T02:00:00Z", **entry}
    old = {"time": "2026-01-05T01:59:59Z", **entry}
    touched = Plan((change(Step.WITHDRAW, observed=replace(rejected, content="别的")),))
    for entries, seen, known in (([same], 1, False), ([same], 0, True), ([same], 9, True), ([old], 0, False)):
        made = permit(Plan((change(Step.EDIT),)), journal_entries=seen)
        reason = still_permitted(made, touched, entries).plan.changes[0].reason
        assert ("this journal records" in reason) is known


def test_permit_of_a_plan_judges_that_plan_as_it_is() -> None:
    """Nothing moved: the plan passes unchanged, strict or not."""
    made = build.plan(
        build.desired(build.shop, build.brand, replace(build.shipped, content="新的${1}。"), build.abroad),
        build.observed(build.o_shop, build.o_brand, rejected),
    )
    for strict in (False, True):
        result = still_permitted(permit(made), made, (), strict=strict)
        assert (result.plan, result.skipped) == (made, ())


def test_strict_permit_names_what_moved() -> None:
    """A status is enough; many names are cut with a number."""
    rows = tuple(change(address=build.Address(Kind.TEMPLATE, f"t{n}")) for n in range(8))
    moved = tuple(replace(row, status="Adopted") for row in rows)
    with pytest.raises(PlanStale, match=r"template\.t0, .*template\.t4 and 3 more"):
        still_permitted(permit(Plan(rows), strict=True), Plan(moved), ())
    with pytest.raises(PlanStale, match=r"template\.t7"):
        still_permitted(permit(Plan(rows)), Plan(rows[:-1]), (), strict=True)
    leftover = change(Step.DELETE, action=Action.RETIRE, remote_id="id-old")
    with pytest.raises(PlanStale, match=r"was made: template\.shipped$"):
        still_permitted(
            permit(Plan((rows[0], change(), leftover)), strict=True), Plan((rows[0], change())), ()
        )
