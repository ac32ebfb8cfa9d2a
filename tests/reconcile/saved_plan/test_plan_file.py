"""A permit held against new plans: the rest of what was agreed to passes, everything else is named."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.model.address import Kind
from smsconf.model.errors import PlanStale, SmsconfError
from smsconf.reconcile.change import Action, AppChange, Change, SignatureChange, Step, TemplateChange
from smsconf.reconcile.inputs import Selection
from smsconf.reconcile.outcome import Result
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.removal.guards import Refusal
from smsconf.reconcile.saved_plan.plan_file import (
    Scope,
    check_account,
    check_age,
    check_scope,
    found_fields,
    make_permit,
    read_permit,
    stamp,
)
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
    return TemplateChange(steps=steps, **{**known, **more})


def judged(before: Change, now: Change, entries=()):
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
    now, skipped = judged(change(*agreed), change(*needed))
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
    now, _ = judged(change(Step.EDIT, Step.SUBMIT), change(*steps, **other))
    assert now.action is Action.REFUSED


def test_what_a_permitted_create_made_may_be_submitted_whatever_its_id() -> None:
    """The id of something new cannot be agreed to in advance; its name and its values are."""
    planned = change(Step.CREATE, Step.SUBMIT, remote_id=None, observed=None, status=None)
    now, _ = judged(planned, change(Step.SUBMIT, remote_id="id-new", status="Pending"))
    assert now.steps == (Step.SUBMIT,)
    now, _ = judged(planned, change(Step.EDIT, Step.SUBMIT, remote_id="id-new", status="Pending"))
    assert now.action is Action.REFUSED
    assert "it is id-new, and was not there" in now.reason


@pytest.mark.parametrize("step", [Step.DELETE, Step.WITHDRAW, Step.DISABLE])
def test_what_is_deleted_or_called_back_must_be_what_was_seen(step) -> None:
    """What somebody changed since is not what was agreed to; a verdict is no change."""
    seen = change(step, action=Action.DELETE, address=None)
    other = replace(rejected, content="别的")
    now, _ = judged(seen, change(step, action=Action.DELETE, address=None, observed=other))
    assert now.action is Action.REFUSED
    assert "content differs" in now.reason
    verdict = replace(rejected, status="Adopted", template_id="t", update_time="2026-01-06 00:00:00")
    now, _ = judged(seen, change(step, action=Action.DELETE, address=None, observed=verdict))
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
    app = AppChange(
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
    now, (outcome,) = judged(waiting, change(Step.EDIT, Step.SUBMIT))
    assert (now.action, now.steps, now.awaits) == (Action.WAIT, (), None)
    assert outcome.result is Result.SKIPPED
    touched = change(Step.EDIT, Step.SUBMIT, observed=replace(rejected, content="别的"))
    assert judged(waiting, touched)[0].action is Action.REFUSED


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
    now, _ = judged(change(Step.EDIT), touched, entries)
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


def why(text: str) -> str:
    """Why a document cannot be read as a permit."""
    with pytest.raises(SmsconfError, match="the plan file cannot be used") as caught:
        read_permit(text)
    assert caught.value.fix == "make a new one: smsconf plan --out FILE"
    return caught.value.why or ""


def test_document_that_is_no_permit_says_what_is_wrong_with_it() -> None:
    """Cut short, something else, of another version, or changed by hand."""
    text = permit(Plan((change(Step.EDIT),))).text()
    assert read_permit(text).changes[0].address == "template.shipped"
    assert why(text[:-9]) == why("") == why("[" * 100_000) == "it is not JSON, or was cut short"
    assert why("[]") == why('{"kind": "shopping list"}') == "it was not written by smsconf plan --out"
    assert why(text.replace('"format_version": "1.0"', '"format_version": "2.0"')) == (
        "its format_version is 2.0, this smsconf reads 1.0"
    )
    assert why(text.replace("template.shipped", "template.another")) == (
        "its checksum does not match: it was changed after it was written"
    )
    unsigned = json.loads(text)
    del unsigned["sha256"]
    assert why(json.dumps(unsigned)).startswith("its checksum does not match")


def test_document_with_a_field_of_tomorrow_names_it() -> None:
    """Its checksum is right, and this version does not know what it means."""
    document = json.loads(permit(Plan((change(Step.EDIT),))).text())
    del document["sha256"]
    document["changes"][0]["colour"] = "red"
    document["sha256"] = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    assert why(json.dumps(document)) == "changes.0.colour: extra inputs are not permitted"


def test_permit_counts_in_whole_seconds_of_utc() -> None:
    """So that it reads back as it was written, whatever zone the clock was in."""
    moment = datetime(2026, 1, 5, 10, 0, 0, 999, tzinfo=timezone(timedelta(hours=8)))
    made = make_permit(Plan(()), SCOPE, Selection(), now=moment, expires=moment)
    assert (made.created, made.expires) == (build.NOW, build.NOW)
    assert stamp(moment) == "2026-01-05T02:00:00Z"
    assert (made.strict, made.journal_entries, made.commit) == (False, 0, None)
    assert permit(Plan(())).expires is None


def test_scope_that_differs_names_the_commit_if_that_differs_too() -> None:
    """Long values are cut, and what is not there is said to be none."""
    made = permit(Plan(()), commit="a" * 41)
    with pytest.raises(PlanStale) as caught:
        check_scope(made, SCOPE.model_copy(update={"environment": None, "project": "x" * 40}), None)
    assert caught.value.message == (
        f"the plan was made for something else: project was 'shop', is '{'x' * 40}'; environment was 'prod', "
        f"is none; git commit was '{'a' * 12}…', is none"
    )


def test_permit_holds_for_the_account_that_it_was_made_for() -> None:
    """Older files name none, and hold for any."""
    made = make_permit(Plan(()), SCOPE.model_copy(update={"account": "a-1"}), Selection(), now=build.NOW)
    check_account(made, "a-1")
    check_account(permit(Plan(())), "a-2")
    for now, shown in (("a-2", "'a-2'"), (None, "none")):
        with pytest.raises(PlanStale) as caught:
            check_account(made, now)
        assert caught.value.message.endswith(f"account was 'a-1', is {shown}")
        assert caught.value.fix == "make a new plan: smsconf plan --out FILE"


@pytest.mark.parametrize(
    ("observed", "moved"),
    [
        (rejected, {"status": "Adopted"}),
        (rejected, {"template_id": "t"}),
        (rejected, {"review_message": "短"}),
        (rejected, {"create_time": "2026-01-06 00:00:00"}),
        (rejected, {"update_time": "2026-01-06 00:00:00"}),
        (rejected, {"description": "#smsconf:0123456789abcdef"}),
        (build.o_brand, {"channel_num": "1069"}),
        (build.o_brand, {"digests": {"licence": "a" * 64}}),
        (build.o_brand, {"file_ids": {"licence": "7"}}),
    ],
)
def test_what_moves_by_itself_is_no_difference(observed, moved) -> None:
    """A review, the service and the clock change it, and so does our mark; any other field counts."""
    assert found_fields(replace(observed, **moved)) == found_fields(observed)
    assert found_fields(replace(observed, name="another")) != found_fields(observed)
    assert found_fields(None) == {}


def test_note_of_the_user_is_a_difference() -> None:
    """Only our mark at its end is not."""
    noted = replace(rejected, description="给会员 #smsconf:0123456789abcdef")
    assert found_fields(noted) == found_fields(replace(noted, description="给会员"))
    assert found_fields(noted) != found_fields(rejected)


def test_place_of_a_file_is_no_difference_and_its_content_is() -> None:
    """A plan made in one checkout is applied in another."""
    signature = replace(build.brand, licence=build.LICENCE)
    known = {"kind": Kind.SIGNATURE, "address": build.BRAND, "observed": build.o_brand}
    before = change(Step.UPLOAD, Step.EDIT, desired=signature, **known)
    other_environments = replace(build.LICENCE, location=Path("/elsewhere/licence.png"))
    for licence, action in (
        (other_environments, Action.UPDATE),
        (replace(build.LICENCE, digest="b" * 64), Action.REFUSED),
    ):
        now, _ = judged(before, replace(before, desired=replace(signature, licence=licence)))
        assert now.action is action


def test_step_about_what_is_there_does_not_hang_on_what_is_asked() -> None:
    """What is withdrawn, disabled, activated or deleted is agreed to by what it is."""
    other = replace(build.shipped, content="别的${1}。")
    for step in (Step.WITHDRAW, Step.DISABLE, Step.ACTIVATE, Step.DELETE):
        now, _ = judged(change(step), change(step, desired=other))
        assert now.steps == (step,)
    now, _ = judged(change(Step.SUBMIT), change(Step.SUBMIT, observed=replace(rejected, content="别的")))
    assert now.steps == (Step.SUBMIT,)


def test_what_was_refused_and_is_not_any_more_says_so() -> None:
    """It may not have been readable then; nothing of it was agreed to."""
    before = change(action=Action.REFUSED, remote_id=None, observed=None, status=None)
    now, skipped = judged(before, change(Step.EDIT, Step.SUBMIT))
    assert (now.action, now.steps, skipped) == (Action.REFUSED, (), ())
    assert now.reason == "the plan refused it when it was made; now it needs edit, submit"
    other = change(Step.EDIT, remote_id="id-2", observed=successor)
    assert "it is id-2, and was id-shipped" in judged(change(action=Action.REFUSED), other)[0].reason


def test_what_came_after_the_plan_says_what_it_would_need() -> None:
    """It was not agreed to by anybody."""
    result = still_permitted(permit(Plan(())), Plan((change(Step.EDIT, Step.SUBMIT),)), ())
    assert result.plan.changes[0].reason == ("not in the plan: it came after it, and would need edit, submit")
    assert [(one.scope, one.message, one.address) for one in result.plan.refusals] == [
        ("change", result.plan.changes[0].reason, "template.shipped")
    ]


def test_row_that_needs_nothing_any_more_is_skipped_with_its_reason() -> None:
    """Only if something was agreed to; a refused one is no end of anything."""
    done = change(action=Action.NONE, reason="approved")
    now, (outcome,) = judged(change(Step.EDIT), done)
    assert (now, outcome.result, outcome.message) == (
        done,
        Result.SKIPPED,
        "nothing to send any more: approved",
    )
    assert judged(change(action=Action.WAIT), done)[1] == ()
    assert judged(change(Step.EDIT), change(action=Action.REFUSED))[1] == ()


successor = replace(rejected, remote_id="id-2", name="order-shipped_v2")


def test_verdict_on_a_version_is_told_by_that_version() -> None:
    """The row goes on with another one; the status is that of the one that was agreed about."""
    before = change(Step.EDIT, remote_id="id-2", observed=successor, status="Reviewing")
    approved = replace(successor, status="Adopted")
    live = replace(rejected, status="Adopted")
    now = change(
        Step.CREATE,
        Step.SUBMIT,
        action=Action.REPLACE,
        remote_id=None,
        observed=None,
        status=None,
        live=live,
        versions=(live, approved),
    )
    said, _ = judged(before, now)
    assert said.reason == (
        "the template moved on after the plan: its status was Reviewing, is Adopted; it needs create, "
        "submit, the plan permits edit"
    )
    gone, _ = judged(before, replace(now, versions=(live,)))
    assert "its status was" not in gone.reason


def test_status_of_what_is_live_stands_in_where_nothing_else_is_there() -> None:
    """A successor has none yet."""
    before = change(Step.CREATE, Step.SUBMIT, remote_id=None, observed=None, status="Disable")
    live = replace(rejected, status="Adopted")
    now = change(Step.DISABLE, remote_id=None, observed=None, status=None, live=live)
    assert "its status was Disable, is Adopted" in judged(before, now)[0].reason


def test_object_that_is_gone_or_another_is_named() -> None:
    """By the ids; one that is there and says something else by its fields."""
    before = change(Step.EDIT)
    gone = change(Step.CREATE, remote_id=None, observed=None, status=None)
    assert "id-shipped is gone; " in judged(before, gone)[0].reason
    other = change(Step.WITHDRAW, remote_id="id-2", observed=successor)
    assert "it is id-2, and was id-shipped; " in judged(before, other)[0].reason
    both = replace(rejected, content="别的", brackets="GB")
    assert "content, brackets differ; " in judged(before, change(Step.WITHDRAW, observed=both))[0].reason


def test_change_by_hand_is_told_from_one_that_this_journal_records() -> None:
    """The sentence has what differs, how it stands and what would be needed."""
    touched = change(Step.WITHDRAW, status="Reviewing", observed=replace(rejected, content="别的"))
    said = (
        "after the plan: content differs; its status was Reject, is Reviewing; it needs withdraw, the plan "
        "permits edit; this journal"
    )
    assert judged(change(Step.EDIT), touched)[0].reason == (
        f"the template was changed at the console {said} has no record of it"
    )
    entries = [
        {
            "time": f"2026-01-05T02:00:0{second}Z",
            "environment": "prod",
            "event": "accepted",
            "step": step,
            "remote_id": "id-shipped",
        }
        for second, step in ((1, "edit"), (2, "submit"))
    ]
    assert judged(change(Step.EDIT), touched, entries)[0].reason == (
        f"the template was changed from here {said} records edit at 2026-01-05T02:00:01Z, submit at "
        "2026-01-05T02:00:02Z"
    )


@pytest.mark.parametrize("where", ["observed", "live", "versions"])
def test_what_need_not_be_deleted_any_more_is_not_called_gone(where) -> None:
    """Another row shows that it is there."""
    leftover = change(
        Step.DELETE, action=Action.RETIRE, remote_id="id-2", remote_name="order-shipped_v2", status="Adopted"
    )
    shown = (successor,) if where == "versions" else successor
    main = change(action=Action.NONE, **{where: shown})
    before = permit(Plan((leftover,)))
    (outcome,) = still_permitted(before, Plan((main,)), ()).skipped
    assert outcome.message == "nothing to send any more: no longer to be deleted"
    assert (outcome.result, outcome.change.address, outcome.change.remote_name) == (
        Result.SKIPPED,
        build.SHIPPED,
        "order-shipped_v2",
    )
    (gone,) = still_permitted(before, Plan((change(action=Action.NONE),)), ()).skipped
    assert gone.message == "nothing to send any more: no longer at the service"


def test_pruned_object_that_is_gone_has_no_address() -> None:
    """What was to be sent for a declared one is no deletion, and nobody misses it."""
    row = change(Step.DELETE, action=Action.DELETE, address=None, remote_id="x", remote_name="x")
    (outcome,) = still_permitted(permit(Plan((row, change(Step.EDIT)))), Plan(()), ()).skipped
    assert (outcome.change.address, outcome.change.kind, outcome.change.remote_id) == (
        None,
        Kind.TEMPLATE,
        "x",
    )


def test_waiting_row_about_something_else_is_not_left_to_the_next_plan() -> None:
    """Another object, or one that somebody changed: it is refused."""
    waiting = change(action=Action.WAIT, status="Reviewing", awaits="its review")
    other = change(Step.EDIT, remote_id="id-2", observed=successor)
    assert judged(waiting, other)[0].action is Action.REFUSED
    live = replace(rejected, status="Adopted")
    held = change(action=Action.WAIT, remote_id=None, observed=None, status=None, live=live)
    ready = change(Step.CREATE, Step.SUBMIT, remote_id=None, observed=None, status=None, live=live)
    now, (outcome,) = judged(held, ready)
    assert (now.action, now.steps) == (Action.WAIT, ())
    assert outcome.message == "what it waited for has moved since the plan; the next plan decides"
    moved = replace(ready, live=replace(live, content="别的"))
    assert judged(held, moved)[0].action is Action.REFUSED


def test_review_of_a_version_that_went_on_is_no_change_of_it() -> None:
    """It was agreed about as the one that is there; now it is one of the family, as it was."""
    before = change(Step.EDIT, remote_id="id-2", observed=successor, status="Reject")
    now = change(
        Step.DISABLE,
        remote_id="id-shipped",
        observed=rejected,
        versions=(rejected, successor),
        status="Reject",
    )
    assert "the template moved on after the plan" in judged(before, now)[0].reason
    touched = replace(now, versions=(rejected, replace(successor, content="别的")))
    assert "was changed at the console" in judged(before, touched)[0].reason


def test_refusal_of_what_nothing_was_agreed_about_keeps_its_reason() -> None:
    """So does one that follows from another row, or from a reading that failed."""
    refused = change(action=Action.REFUSED, reason="frozen")
    assert judged(change(action=Action.WAIT), refused)[0].reason == "frozen"
    follows = replace(refused, stopped_by=build.BRAND)
    assert judged(change(Step.EDIT), follows)[0].reason == "frozen"


def test_what_needs_something_refused_but_sends_nothing_is_left_alone() -> None:
    """Only what would be sent is blocked; one block leads to the next."""
    refused = AppChange(Kind.APP, Action.REFUSED, "two apps", "shop", build.SHOP, desired=build.shop)
    signature = SignatureChange(
        Kind.SIGNATURE,
        Action.CREATE,
        "new",
        "示例商城",
        build.BRAND,
        steps=(Step.UPLOAD, Step.CREATE),
        uploads=("licence",),
        awaits="its review",
        needs=(build.SHOP,),
        desired=build.brand,
    )
    template = change(Step.EDIT, needs=(build.SHOP, build.BRAND))
    resting = change(action=Action.NONE, needs=(build.SHOP,), address=build.HELLO)
    made = Plan((refused, signature, template, resting))
    rows = still_permitted(permit(made), made, ()).plan.changes
    assert [(one.action.value, one.blocked_by) for one in rows] == [
        ("refused", None),
        ("refused", build.SHOP),
        ("refused", build.SHOP),
        ("none", None),
    ]
    assert (rows[1].reason, rows[1].uploads, rows[1].awaits) == ("blocked: app.shop is refused", (), None)


def test_strict_permit_names_five_and_the_order() -> None:
    """Five names are all of them; the same rows in another order are none."""
    rows = tuple(change(address=build.Address(Kind.TEMPLATE, f"t{n}")) for n in range(6))
    moved = tuple(replace(row, status="Adopted") for row in rows)
    with pytest.raises(PlanStale) as five:
        still_permitted(permit(Plan(rows[:5]), strict=True), Plan(moved[:5]), ())
    assert five.value.message.endswith("template.t0, template.t1, template.t2, template.t3, template.t4")
    with pytest.raises(PlanStale, match=r"template\.t4 and 1 more$"):
        still_permitted(permit(Plan(rows), strict=True), Plan(moved), ())
    with pytest.raises(PlanStale, match=r"was made: the order$"):
        still_permitted(permit(Plan(rows), strict=True), Plan(rows[::-1]), ())


def test_row_about_one_version_is_told_from_that_of_its_address() -> None:
    """Both are about the same object: what moved is said of the one that goes on."""
    leftover = change(Step.DELETE, action=Action.RETIRE)
    main = change(Step.EDIT)
    touched = change(Step.WITHDRAW, observed=replace(rejected, content="别的"))
    for rows in ((leftover, main), (main, leftover)):
        result = still_permitted(permit(Plan(rows)), Plan((touched,)), ())
        assert "it needs withdraw, the plan permits edit" in result.plan.changes[0].reason
