"""Carrying out changes against the emulator: order, steps, failures, and what is said about them."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from smsconf.cloud.apply.changes import Phase, StepEvent, apply_changes
from smsconf.cloud.read.observe import observe
from smsconf.model.address import Address, Kind
from smsconf.model.errors import SmsconfError
from smsconf.model.observed import ObservedTemplate
from smsconf.model.resources import Desired, File, UpdatePolicy
from smsconf.model.sites import SITES
from smsconf.reconcile.change import Action, AppChange, Change, SignatureChange, Step, TemplateChange
from smsconf.reconcile.outcome import Result
from tests.cloud.conftest import Emulated
from tests.cloud.worlds import (
    BRAND,
    SHIPPED,
    SHOP,
    Scripted,
    abroad,
    brand,
    desired,
    hello,
    open_client,
    saying,
    shipped,
    shop,
)

WORLD = desired(shop, brand, shipped)
SEEN_APP = {"id": "a1", "app_name": "shop_prod", "region": "cn", "app_key": "k1", "status": "LAUNCHED"}


def writes(emulated: Emulated) -> list[tuple[str, int]]:
    return [(name, status) for name, status in emulated.requests() if not name.startswith(("List", "Show"))]


def fault(emulated: Emulated, operation: str, kind: str, **more: Any) -> None:
    emulated.control("POST", "faults", [{"operation": operation, "fault": kind, **more}])


def template(emulated: Emulated, wanted: Desired = WORLD) -> ObservedTemplate:
    return emulated.observe(wanted).templates.items[0]


def changed(emulated: Emulated, wanted: Desired = WORLD, **steps: tuple[Step, ...]) -> tuple[Change, ...]:
    """Return the planner's changes with the template's steps replaced."""
    changes = emulated.plan(wanted)
    return tuple(
        replace(one, action=Action.UPDATE, steps=steps["steps"]) if one.kind is Kind.TEMPLATE else one
        for one in changes
    )


def test_everything_is_created_in_order(emulated: Emulated) -> None:
    """App, then signature, then template; the ids of new things flow to what needs them."""
    outcomes = emulated.run(WORLD)
    assert writes(emulated) == [
        ("CreateApp", 200),
        ("CreateSignature", 200),
        ("CreateTemplate", 200),
        ("UpdateTemplate", 200),
    ]
    assert [(label, one.result, one.message, one.sent) for label, one in outcomes.items()] == [
        ("app.shop", Result.APPLIED, "created", True),
        ("signature.brand", Result.APPLIED, "created and submitted", True),
        ("template.shipped", Result.APPLIED, "created as a draft, submitted", True),
    ]
    assert template(emulated).remote_id == outcomes["template.shipped"].remote_id
    assert emulated.run(WORLD) == {}, "nothing is left to do"


def test_site_without_drafts_submits_by_creating(abroad_site: Emulated) -> None:
    """One request, without ``flow_status``."""
    wanted = desired(abroad, hello)
    outcomes = abroad_site.run(wanted)
    assert outcomes["template.hello"].message == "created and submitted"
    assert writes(abroad_site) == [("CreateApp", 200), ("CreateTemplate", 200)]
    assert template(abroad_site, wanted).status == "Reviewing"


def test_withdraw_edit_submit_is_two_writes(emulated: Emulated) -> None:
    """The observed body with Pending, a look, then one PUT with the new body."""
    emulated.run(WORLD)
    emulated.control("DELETE", "requests")
    wanted = desired(shop, brand, replace(shipped, content="您的包裹${1}已于${2}送达。"))
    outcomes = emulated.run(wanted)
    assert outcomes["template.shipped"].message == "withdrawn, edited and submitted"
    names = [name for name, _ in emulated.requests()]
    assert names[-3:] == ["UpdateTemplate", "ShowTemplate", "UpdateTemplate"]
    now = template(emulated, wanted)
    assert (now.content, now.status) == ("您的包裹${1}已于${2}送达。", "SignReviewing")


def test_withdrawing_changes_nothing_else(emulated: Emulated) -> None:
    """What was observed is what lies there as a draft, variables included, even if nobody had read them."""
    emulated.run(WORLD)
    before = template(emulated)
    assert before.variables
    changes = changed(emulated, steps=(Step.WITHDRAW,))
    unread = tuple(
        replace(one, observed=replace(one.observed, variables=None))
        if isinstance(one.observed, ObservedTemplate)
        else one
        for one in changes
    )
    assert emulated.apply(unread)["template.shipped"].message == "withdrawn"
    after = template(emulated)
    assert replace(after, status=before.status, update_time=before.update_time) == before
    assert after.status == "Pending"


def test_disable_edit_submit_takes_an_approved_template_back(emulated: Emulated) -> None:
    """Likewise with Disable: two writes, and it is in review with the new text."""
    emulated.run(WORLD)
    emulated.control("POST", "clock", {"advance": "P14D"})
    assert template(emulated).status == "Adopted"
    wanted = desired(shop, brand, replace(shipped, content="新的${1}在${2}。", update=UpdatePolicy.IN_PLACE))
    outcome = emulated.apply(changed(emulated, wanted, steps=(Step.DISABLE, Step.EDIT, Step.SUBMIT)))
    assert outcome["template.shipped"].message == "disabled, edited and submitted"
    now = template(emulated, wanted)
    assert (now.status, now.content) == ("Reviewing", "新的${1}在${2}。")


def test_edit_alone_leaves_a_draft(emulated: Emulated) -> None:
    """Without a submit nothing goes to review."""
    emulated.run(WORLD)
    emulated.apply(changed(emulated, steps=(Step.WITHDRAW,)))
    wanted = desired(shop, brand, replace(shipped, description="note"))
    outcome = emulated.apply(changed(emulated, wanted, steps=(Step.EDIT,)))
    assert outcome["template.shipped"].message == "edited"
    now = template(emulated, wanted)
    assert now.status == "Pending"
    assert (now.description or "").startswith("note")


def test_withdrawal_that_came_too_late_is_skipped(emulated: Emulated) -> None:
    """Approved between plan and apply: seen before anything is sent, and the next run decides."""
    emulated.run(WORLD)
    changes = changed(emulated, steps=(Step.WITHDRAW, Step.EDIT, Step.SUBMIT))
    emulated.control("POST", "clock", {"advance": "P14D"})
    outcome = emulated.apply(changes)["template.shipped"]
    assert outcome.result is Result.SKIPPED
    assert "was SignReviewing and is Adopted now: the review moved; the next run decides" in outcome.message
    assert not outcome.sent
    assert template(emulated).status == "Adopted"


def test_refusal_because_the_review_moved_is_skipped(emulated: Emulated) -> None:
    """Decided between the look and the request: the service refuses, nothing is edited."""
    emulated.run(WORLD)
    changes = changed(emulated, steps=(Step.WITHDRAW, Step.EDIT, Step.SUBMIT))
    refusal = {"operation": "UpdateTemplate", "fault": "status", "status": 400, "error_code": "MSGSMS.0010"}
    emulated.control("POST", "faults", [refusal])
    outcome = emulated.apply(changes)["template.shipped"]
    assert (outcome.result, outcome.error_code) == (Result.SKIPPED, "MSGSMS.0010")
    assert outcome.request_id
    assert "the next run decides" in outcome.message


def test_withdrawal_that_did_not_take_is_not_followed_by_an_edit() -> None:
    """Accepted, yet still in review: what would be edited is not what was meant."""
    observed = ObservedTemplate("t1", "order-shipped", "码", "notification", "k1", "Reviewing", region="cn")

    def answer(request: httpx.Request) -> httpx.Response:
        status = {
            "id": "t1",
            "flow_status": "Reviewing",
            "template_name": "order-shipped",
            "template_content": "码",
            "template_type": "NOTIFY_TYPE",
            "app_key": "k1",
        }
        looks = {"a1": SEEN_APP, "t1": status, "templates": {"total": 0, "results": []}}
        found = {} if request.method == "PUT" else looks[request.url.path.rsplit("/", 1)[-1]]
        return httpx.Response(200, json=found)

    transport = Scripted(answer)
    app = AppChange(Kind.APP, Action.NONE, "", "shop", SHOP, "a1", desired=shop, observed=_app())
    change = TemplateChange(
        Kind.TEMPLATE,
        Action.UPDATE,
        "",
        "order-shipped",
        SHIPPED,
        "t1",
        steps=(Step.WITHDRAW, Step.EDIT, Step.SUBMIT),
        needs=(SHOP,),
        desired=replace(shipped, signature=None),
        observed=observed,
    )
    with open_client(transport) as client:
        (outcome,) = apply_changes(client, [app, change])
    assert outcome.result is Result.SKIPPED
    assert outcome.message == ("it is Reviewing, not Pending: the review moved; the next run decides")
    assert [one.method for one in transport.requests if "/templates/" in one.url.path] == [
        "GET",
        "PUT",
        "GET",
    ]


def _app() -> Any:
    from smsconf.model.observed import ObservedApp

    return ObservedApp("a1", "shop_prod", "cn", "k1", "LAUNCHED")


def test_lost_look_after_a_withdrawal_is_a_failure_not_an_unknown(emulated: Emulated) -> None:
    """The withdrawal was answered; only the look was lost, so it is known what was done and what was not."""
    emulated.run(WORLD)
    changes = changed(emulated, steps=(Step.WITHDRAW, Step.EDIT, Step.SUBMIT))
    slow = {"operation": "ShowTemplate", "fault": "slow", "seconds": 0, "times": 1}  # the look before
    emulated.control("POST", "faults", [slow])
    fault(emulated, "ShowTemplate", "reset", times=3)
    outcome = emulated.apply(changes)["template.shipped"]
    assert (outcome.result, outcome.sent) == (Result.FAILED, True)
    assert outcome.message.startswith(
        "withdrawal accepted, not verified; not edited, not submitted: no answer to ShowTemplate"
    )
    assert template(emulated).status == "Pending"


def test_site_without_flow_status_is_sent_none() -> None:
    """The european pages know no ``flow_status``: an update of a rejected template submits it."""

    def answer(request: httpx.Request) -> httpx.Response:
        looks = {"a1": SEEN_APP, "templates": {"total": 0, "results": []}}
        return httpx.Response(200, json=looks.get(request.url.path.rsplit("/", 1)[-1], {}))

    transport = Scripted(answer)
    app = AppChange(Kind.APP, Action.NONE, "", "shop", SHOP, "a1", desired=shop, observed=_app())
    change = TemplateChange(
        Kind.TEMPLATE,
        Action.UPDATE,
        "",
        "order-shipped",
        SHIPPED,
        "t1",
        steps=(Step.EDIT, Step.SUBMIT),
        needs=(SHOP,),
        desired=replace(shipped, signature=None),
    )
    with open_client(transport, site=SITES["europe"]) as client:
        (outcome,) = apply_changes(client, [app, change])
    assert outcome.result is Result.APPLIED
    (request,) = [one for one in transport.requests if one.method == "PUT"]
    assert "flow_status" not in json.loads(request.content)


def test_site_without_drafts_looks_before_it_creates(abroad_site: Emulated) -> None:
    """Two runs that planned the same thing: the second sees the review of the first and sends nothing."""
    wanted = desired(abroad, hello)
    abroad_site.run(desired(abroad))
    first, second = abroad_site.plan(wanted), abroad_site.plan(wanted)
    assert abroad_site.apply(first)["template.hello"].message == "created and submitted"
    late = abroad_site.apply(second)["template.hello"]
    assert (late.result, late.sent) == (Result.SKIPPED, False)
    assert late.message.startswith("another run made hello")


def test_template_of_an_unknown_app_is_not_withdrawn() -> None:
    """Its required ``app_id`` cannot be told, so nothing is sent."""
    observed = ObservedTemplate("t1", "stray", "码", "notification", "elsewhere", "Reviewing")
    change = TemplateChange(
        Kind.TEMPLATE,
        Action.DELETE,
        "",
        "stray",
        remote_id="t1",
        steps=(Step.WITHDRAW, Step.DELETE),
        observed=observed,
    )
    transport = saying(
        httpx.Response(
            200,
            json={
                "id": "t1",
                "flow_status": "Reviewing",
                "template_name": "stray",
                "template_content": "码",
                "template_type": "NOTIFY_TYPE",
                "app_key": "elsewhere",
            },
        )
    )
    with open_client(transport) as client:
        (outcome,) = apply_changes(client, [change])
    assert (outcome.result, outcome.sent) == (Result.FAILED, False)
    assert {one.method for one in transport.requests} == {"GET"}


def test_refused_delete_is_a_failure(emulated: Emulated) -> None:
    """A refusal other than "there is none" is not taken for done."""
    emulated.run(WORLD)
    outcome = emulated.apply(changed(emulated, steps=(Step.DELETE,)))["template.shipped"]
    assert (outcome.result, outcome.error_code) == (Result.SKIPPED, "MSGSMS.0187")
    assert template(emulated).status == "SignReviewing"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("CreateApp", {"app.shop": "failed", "signature.brand": "blocked", "template.shipped": "blocked"}),
        (
            "CreateSignature",
            {"app.shop": "applied", "signature.brand": "failed", "template.shipped": "blocked"},
        ),
        (
            "CreateTemplate",
            {"app.shop": "applied", "signature.brand": "applied", "template.shipped": "failed"},
        ),
    ],
)
def test_failure_blocks_what_needs_it_and_nothing_else(
    emulated: Emulated, operation: str, expected: dict[str, str]
) -> None:
    """Blocked rows name what they needed; the unrelated app is edited all the same."""
    emulated.run(desired(abroad))
    fault(emulated, operation, "status", status=500)
    changes = (
        replace(one, action=Action.UPDATE, steps=(Step.EDIT,)) if one.address == abroad.address else one
        for one in emulated.plan(desired(shop, brand, shipped, abroad))
    )
    outcomes = emulated.apply(tuple(changes))
    assert outcomes.pop("app.abroad").message == "edited"
    assert {label: one.result.value for label, one in outcomes.items()} == expected
    for one in outcomes.values():
        if one.result is Result.BLOCKED:
            assert one.message.startswith("needs ")
            assert not one.sent
        if one.result is Result.FAILED:
            assert operation in one.message
            assert one.sent
            assert one.request_id


def test_half_done_change_says_what_was_done(emulated: Emulated) -> None:
    """Created as a draft, not submitted; the next run submits it and creates nothing."""
    fault(emulated, "UpdateTemplate", "status", status=400)
    outcome = emulated.run(WORLD)["template.shipped"]
    assert outcome.result is Result.FAILED
    assert outcome.message.startswith("created as a draft; not submitted: UpdateTemplate was refused")
    assert outcome.remote_id
    assert emulated.run(WORLD)["template.shipped"].message == "submitted"
    assert [name for name, _ in writes(emulated)].count("CreateTemplate") == 1


def test_lost_answer_to_a_create_is_looked_up_and_adopted(emulated: Emulated) -> None:
    """The draft is there although no answer came: it is found by its name and submitted, not made twice."""
    fault(emulated, "CreateTemplate", "timeout-after-commit")
    outcome = emulated.run(WORLD)["template.shipped"]
    assert outcome.result is Result.APPLIED
    assert [name for name, _ in writes(emulated)].count("CreateTemplate") == 1
    assert template(emulated).status == "SignReviewing"


def test_lost_answer_to_a_create_that_left_nothing_is_unknown(emulated: Emulated) -> None:
    """Nothing of the name after the grace: said so, sent no second time, made by the next run."""
    fault(emulated, "CreateTemplate", "reset")
    outcome = emulated.run(WORLD)["template.shipped"]
    assert outcome.result is Result.UNKNOWN
    assert "nothing of this name was there 3.5 seconds later" in outcome.message
    assert "the next run looks before it writes" in outcome.message
    assert outcome.sent
    emulated.run(WORLD)
    assert len(emulated.observe(WORLD).templates.items) == 1


def test_list_that_lags_behind_a_lost_answer_is_read_again(emulated: Emulated) -> None:
    """A stale list right after the create is not believed: a later look finds the draft."""
    fault(emulated, "CreateTemplate", "timeout-after-commit")
    fault(emulated, "ListTemplateDetails", "stale-list")
    changes = emulated.plan(WORLD)
    fault(emulated, "ListTemplateDetails", "stale-list")
    assert emulated.apply(changes)["template.shipped"].result is Result.APPLIED


def test_second_draft_of_another_run_is_settled_before_anything_is_submitted(emulated: Emulated) -> None:
    """Two runs plan the same create: the first draft wins, one review is asked for, one object is left."""
    changes = emulated.plan(WORLD)
    emulated.run(desired(shop, brand))
    observed = emulated.observe(WORLD)
    late = tuple(
        replace(one, steps=(), action=Action.NONE, remote_id=remote_id)
        if (remote_id := ids_of(observed).get(one.kind))
        else one
        for one in changes
    )
    fault(emulated, "UpdateTemplate", "status", status=400)
    assert emulated.apply(late)["template.shipped"].result is Result.FAILED  # leaves its draft behind
    second = emulated.apply(late)["template.shipped"]
    assert second.result is Result.SKIPPED
    assert "another run made order-shipped" in second.message
    assert len(emulated.observe(WORLD).templates.items) == 1
    assert emulated.run(WORLD)["template.shipped"].message == "submitted"


def ids_of(observed) -> dict[Kind, str]:
    """The app and the signature that are there."""
    return {
        Kind.APP: observed.apps.items[0].remote_id,
        Kind.SIGNATURE: observed.signatures.items[0].remote_id,
    }


def test_throttled_write_is_sent_again(emulated: Emulated) -> None:
    """429 means that nothing was done."""
    fault(emulated, "CreateTemplate", "throttle")
    assert emulated.run(WORLD)["template.shipped"].result is Result.APPLIED


def test_taken_name_is_skipped(emulated: Emulated) -> None:
    """Two runs at once: the second create of a signature is refused as a duplicate; the next run looks."""
    changes = emulated.plan(WORLD)
    emulated.run(desired(shop, brand))
    app_id = emulated.observe(WORLD).apps.items[0].remote_id
    late = tuple(
        replace(one, steps=(), action=Action.NONE, remote_id=app_id) if one.kind is Kind.APP else one
        for one in changes
    )
    outcomes = emulated.apply(late)
    assert outcomes["signature.brand"].result is Result.SKIPPED
    assert outcomes["template.shipped"].result is Result.SKIPPED
    assert outcomes["template.shipped"].message.startswith("needs signature.brand, which was skipped")


EMPTY_LIST = httpx.Response(200, content=b'{"total": 0, "results": []}')


def test_answer_without_an_id_is_unknown() -> None:
    """A success that cannot be read may have created something."""
    change = AppChange(Kind.APP, Action.CREATE, "", "shop", SHOP, steps=(Step.CREATE,), desired=shop)
    for response in (httpx.Response(200, content=b"<html>"), httpx.Response(200), httpx.Response(504)):
        with open_client(saying(EMPTY_LIST, response)) as client:
            (outcome,) = apply_changes(client, [change])
        assert (outcome.result, outcome.sent) == (Result.UNKNOWN, True)


def test_request_that_never_left_is_a_failure_that_sent_nothing() -> None:
    """No connection: surely nothing happened."""
    change = AppChange(Kind.APP, Action.CREATE, "", "shop", SHOP, steps=(Step.CREATE,), desired=shop)
    with open_client(saying(httpx.ConnectError("refused"))) as client:
        (outcome,) = apply_changes(client, [change])
    assert (outcome.result, outcome.sent) == (Result.FAILED, False)


def test_signature_is_not_deleted_under_what_came_since_the_plan(emulated: Emulated) -> None:
    """Deleting it takes its templates along; one that the plan did not see keeps it."""
    emulated.run(WORLD)
    (row,) = (one for one in emulated.plan(WORLD) if one.address == BRAND)
    gone = replace(row, action=Action.DELETE, steps=(Step.DELETE,), address=None, desired=None, awaits=None)
    emulated.control("DELETE", "requests")
    (outcome,) = emulated.apply((gone,)).values()
    assert outcome.result is Result.SKIPPED
    assert outcome.message == "kept while order-shipped hangs on it"
    assert writes(emulated) == []


def test_read_only_client_carries_nothing_out(emulated: Emulated) -> None:
    """Even with changes in hand it sends no write."""
    changes = emulated.plan(WORLD)
    with emulated.client(read_only=True) as client:
        outcomes = apply_changes(client, changes)
    assert [one.result for one in outcomes] == [Result.FAILED, Result.BLOCKED, Result.BLOCKED]
    assert not any(one.sent for one in outcomes)
    assert writes(emulated) == []


def licensed(tmp_path: Path, content: bytes = b"\x89PNG") -> Any:
    path = tmp_path / "licence.png"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return replace(brand, licence=File("files/licence.png", path, digest, len(content)))


def test_files_are_uploaded_and_only_changed_ones_again(emulated: Emulated, tmp_path: Path) -> None:
    """The id of the upload is in the signature; after a rejection an unchanged file keeps its id."""
    signature = licensed(tmp_path)
    outcomes = emulated.run(desired(shop, signature))
    assert outcomes["signature.brand"].message == "uploaded, created and submitted"
    emulated.control("POST", "reviews", {"kind": "signature", "name": brand.name, "decision": "reject"})
    before = emulated.observe(desired(shop, signature)).signatures.items[0]
    wanted = desired(shop, replace(signature, description="now with words"))
    outcomes = emulated.run(wanted)
    assert outcomes["signature.brand"].message == "edited and submitted"
    after = emulated.observe(wanted).signatures.items[0]
    assert after.file_ids == before.file_ids
    assert after.description == "now with words"
    assert [name for name, _ in writes(emulated)].count("UploadSignatureFile") == 1


@pytest.mark.parametrize("what", ["changed", "gone"])
def test_file_that_is_not_what_was_planned_is_not_sent(emulated: Emulated, tmp_path: Path, what: str) -> None:
    """A file changed or deleted since the plan fails the signature before anything of it is sent."""
    signature = licensed(tmp_path)
    changes = emulated.plan(desired(shop, signature))
    if what == "changed":
        signature.licence.location.write_bytes(b"another")
    else:
        signature.licence.location.unlink()
    outcome = emulated.apply(changes)["signature.brand"]
    assert (outcome.result, outcome.sent) == (Result.FAILED, False)
    assert "files/licence.png" in outcome.message
    assert writes(emulated) == [("CreateApp", 200)]


def test_signature_is_activated(emulated: Emulated) -> None:
    """One request, when the service asks for it."""
    emulated.run(desired(shop, brand))
    body = {"kind": "signature", "name": brand.name, "status": "TO_BE_ACTIVATED"}
    emulated.control("POST", "reviews", body)
    outcomes = emulated.run(desired(shop, brand))
    assert outcomes["signature.brand"].message == "activation asked for"
    assert emulated.observe(desired(shop)).signatures.items[0].status == "PENDING_ACTIVATE"


def test_pruning_deletes_templates_before_their_signature(emulated: Emulated) -> None:
    """In review: withdrawn first; deleting the signature first would take the template along."""
    emulated.run(WORLD)
    changes = emulated.plan(desired(shop), prune=True, allow_deletes=9)
    emulated.control("DELETE", "requests")
    outcomes = emulated.apply(tuple(reversed(changes)))
    assert [name for name, _ in writes(emulated)] == ["UpdateTemplate", "DeleteTemplate", "DeleteSignature"]
    assert {label: one.message for label, one in outcomes.items()} == {
        "signature:示例商城": "deleted",
        "template:order-shipped": "withdrawn, deleted",
    }
    assert emulated.observe(desired(shop)).templates.items == ()


def test_deleting_what_is_gone_is_done(emulated: Emulated) -> None:
    """Somebody else was faster."""
    emulated.run(WORLD)
    emulated.control("POST", "clock", {"advance": "P14D"})
    changes = emulated.plan(desired(shop, brand), prune=True, allow_deletes=9)
    emulated.apply(changes)
    outcome = emulated.apply(changes)["template:order-shipped"]
    assert (outcome.result, outcome.message) == (Result.APPLIED, "already gone")


def test_app_keeps_what_the_files_leave_open(emulated: Emulated) -> None:
    """A new reply address replaces the old one; enterprise project stays."""
    emulated.run(desired(shop))
    wanted = desired(replace(shop, reply_url="https://new.example/r"))
    assert emulated.run(wanted)["app.shop"].message == "edited"
    app = emulated.observe(wanted).apps.items[0]
    assert (app.reply_url, app.enterprise_project_id) == ("https://new.example/r", "0")


def test_rows_without_steps_end_as_their_action_says(emulated: Emulated) -> None:
    """Refused is skipped or blocked, forgotten is applied, waiting and manual rows have no outcome."""
    rows = [
        AppChange(Kind.APP, Action.REFUSED, "two of them", "a", Address.parse("app.a")),
        AppChange(Kind.APP, Action.FORGET, "left the files", "b", Address.parse("app.b"), "b1"),
        AppChange(Kind.APP, Action.WAIT, "in review", "c", Address.parse("app.c")),
        AppChange(Kind.APP, Action.NONE, "", "d", Address.parse("app.d")),
        Change(Kind.THRESHOLD, Action.MANUAL, "console", "cn", Address.parse("threshold.cn")),
        TemplateChange(Kind.TEMPLATE, Action.REFUSED, "blocked: x", "t", SHIPPED, stopped_by=BRAND),
    ]
    outcomes = emulated.apply(tuple(rows))
    assert {label: (one.result, one.message) for label, one in outcomes.items()} == {
        "app.a": (Result.SKIPPED, "two of them"),
        "app.b": (Result.APPLIED, "forgotten"),
        "template.shipped": (Result.BLOCKED, "blocked: x"),
    }
    assert emulated.requests() == []


def test_need_without_an_id_blocks(emulated: Emulated) -> None:
    """Something that waits and does not exist yet cannot be referred to."""
    rows = (
        AppChange(Kind.APP, Action.WAIT, "", "shop_prod", SHOP, desired=shop),
        SignatureChange(
            Kind.SIGNATURE, Action.CREATE, "", "x", BRAND, steps=(Step.CREATE,), needs=(SHOP,), desired=brand
        ),
    )
    outcome = emulated.apply(rows)["signature.brand"]
    assert (outcome.result, outcome.message) == (Result.BLOCKED, "app.shop does not exist at the service yet")


def test_stopping_finishes_what_is_in_flight_and_starts_nothing(emulated: Emulated) -> None:
    """After Ctrl-C the app under way is finished; the rest was not started."""
    changes = emulated.plan(WORLD)
    stop = threading.Event()

    def record(event: StepEvent) -> None:
        if event.phase is Phase.INTENT:
            stop.set()

    outcomes = emulated.apply(changes, record=record, stopping=stop.is_set)
    assert [(one.result, one.message, one.sent) for one in outcomes.values()] == [
        (Result.APPLIED, "created", True),
        (Result.SKIPPED, "not started", False),
        (Result.SKIPPED, "not started", False),
    ]


def test_every_write_is_announced_before_it_is_sent(emulated: Emulated) -> None:
    """Intent, then how it ended, for each request, in order; what failed says with which code."""
    fault(emulated, "UpdateTemplate", "status", status=400)
    seen: list[tuple[str, str, str, int]] = []

    def record(event: StepEvent) -> None:
        seen.append((event.address, event.step.value, event.phase.value, len(writes(emulated))))

    emulated.apply(emulated.plan(WORLD), record=record)
    assert seen == [
        ("app.shop", "create", "intent", 0),
        ("app.shop", "create", "accepted", 1),
        ("signature.brand", "create", "intent", 1),
        ("signature.brand", "create", "accepted", 2),
        ("template.shipped", "create", "intent", 2),
        ("template.shipped", "create", "accepted", 3),
        ("template.shipped", "submit", "intent", 3),
        ("template.shipped", "submit", "refused", 4),
    ]


def test_event_is_plain_values(emulated: Emulated) -> None:
    """What goes into the journal is text, and only what is known."""
    events: list[StepEvent] = []
    fault(emulated, "CreateApp", "reset")
    emulated.apply(emulated.plan(desired(shop)), record=events.append)
    assert [one.phase for one in events] == [Phase.INTENT, Phase.UNKNOWN]
    assert events[0].record() == {
        "step": "create",
        "address": "app.shop",
        "kind": "app",
        "remote_name": "shop_prod",
    }
    assert "CreateApp" in events[1].record()["message"]


def test_app_that_nobody_finds_again_may_have_lost_its_secret(emulated: Emulated) -> None:
    """The next run takes it up in silence, and the file of secrets stays empty."""
    changes = emulated.plan(desired(shop))
    fault(emulated, "CreateApp", "timeout-after-commit")
    fault(emulated, "ListAppDetails", "stale-list", times=9)
    (end,) = emulated.apply(changes, keep_secret=lambda *_told: None).values()
    assert end.result is Result.UNKNOWN
    assert "if it was made, its secret is lost" in end.message


def test_journal_that_cannot_be_written_stops_the_run(emulated: Emulated) -> None:
    """Without an intent nothing is sent, and nothing more is started."""

    def record(_event: StepEvent) -> None:
        raise SmsconfError("the journal cannot be written", fix="make room")

    outcomes = emulated.apply(emulated.plan(desired(shop, brand, shipped, abroad)), record=record)
    failed = [one.message for one in outcomes.values() if one.result is Result.FAILED]
    assert set(failed) == {"the journal cannot be written; make room"}
    assert {one.result for one in outcomes.values()} <= {Result.FAILED, Result.SKIPPED, Result.BLOCKED}
    assert writes(emulated) == []


@pytest.mark.parametrize(
    ("lost", "message", "sent"),
    [
        ((Step.CREATE, Phase.INTENT), "disk full", ["CreateApp", "CreateSignature"]),
        (
            (Step.CREATE, Phase.ACCEPTED),
            "created as a draft; not submitted: disk full; not recorded: disk full",
            ["CreateApp", "CreateSignature", "CreateTemplate"],
        ),
        (
            (Step.SUBMIT, Phase.ACCEPTED),
            "created as a draft, submitted; not recorded: disk full",
            ["CreateApp", "CreateSignature", "CreateTemplate", "UpdateTemplate"],
        ),
    ],
)
def test_report_says_what_was_done_when_the_journal_fails_on_the_way(
    emulated: Emulated, lost: tuple[Step, Phase], message: str, sent: list[str]
) -> None:
    """The whole report was lost to an error, and nobody knew what had been sent."""

    def record(event: StepEvent) -> None:
        if event.address == str(SHIPPED) and (event.step, event.phase) == lost:
            raise SmsconfError("disk full")

    outcomes = emulated.apply(emulated.plan(desired(shop, brand, shipped)), record=record)
    *before, template = outcomes.values()
    assert [one.result for one in before] == [Result.APPLIED, Result.APPLIED]
    assert (template.result, template.message) == (Result.FAILED, message)
    assert [operation for operation, _status in writes(emulated)] == sent


def test_outcomes_keep_the_order_of_the_changes(emulated: Emulated) -> None:
    """Forty templates side by side: outcomes in the plan's order, requests of each in its own."""
    templates = [
        replace(shipped, address=SHIPPED._replace(key=f"t{n:02}"), name=f"t{n:02}") for n in range(40)
    ]
    wanted = desired(shop, brand, *templates)
    changes = emulated.plan(wanted)
    events: list[StepEvent] = []
    with emulated.client() as client:
        outcomes = apply_changes(client, changes, record=events.append, workers=8)
        assert [one.change for one in outcomes] == list(changes)
        assert {one.result for one in outcomes} == {Result.APPLIED}
        assert len(observe(client, wanted).templates.items) == 40
    for one in templates:
        own = [(event.step, event.phase) for event in events if event.address == str(one.address)]
        assert own == [
            (Step.CREATE, Phase.INTENT),
            (Step.CREATE, Phase.ACCEPTED),
            (Step.SUBMIT, Phase.INTENT),
            (Step.SUBMIT, Phase.ACCEPTED),
        ]


def test_independent_changes_run_side_by_side() -> None:
    """Two apps are in flight at once, or neither would answer."""
    both = threading.Barrier(2, timeout=5)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return EMPTY_LIST
        both.wait()
        return httpx.Response(200, content=b'{"id": "a1"}')

    changes = [
        AppChange(Kind.APP, Action.CREATE, "", one.name, one.address, steps=(Step.CREATE,), desired=one)
        for one in (shop, abroad)
    ]
    with open_client(Scripted(answer), site=SITES["china"]) as client:
        assert {one.result for one in apply_changes(client, changes)} == {Result.APPLIED}


def test_large_plan_is_not_slow() -> None:
    """4,400 rows without work cost next to nothing."""
    rows = [
        TemplateChange(
            Kind.TEMPLATE, Action.NONE, "", f"t{n}", SHIPPED._replace(key=f"t{n}"), f"id{n}", needs=(SHOP,)
        )
        for n in range(4400)
    ]
    with open_client(saying(httpx.Response(200))) as client:
        assert apply_changes(client, [AppChange(Kind.APP, Action.NONE, "", "shop", SHOP), *rows]) == ()
