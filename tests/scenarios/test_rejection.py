"""A reviewer says no: the words are shown, nothing is sent twice, a changed text goes in again."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import World

WORDS = "变量过多，请增加固定文字"


@pytest.fixture
def rejected(world: World) -> World:
    """Everything applied, the signature approved, one template rejected."""
    world.apply()
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "order-shipped", "reject", WORDS)
    world.decide("template", "refund", "approve")
    world.decide("template", "hello", "approve")
    world.writes()
    return world


def test_rejection_is_shown_with_the_reviewers_words(rejected: World) -> None:
    """Status exits 7 and repeats what the reviewer said; plan does too, and exits 0."""
    status = rejected.json("status", "--exit-code")
    assert status.code == 7
    assert status.row("template.order-shipped")["review_message"] == WORDS
    assert WORDS in rejected.smsconf("status").out
    plan = rejected.smsconf("plan", "--detailed-exitcode")
    assert plan.code == 0
    assert WORDS in plan.out


def test_rejected_text_is_not_submitted_again_unchanged(rejected: World) -> None:
    """Apply after a rejection sends nothing, says so, and lists the address as rejected."""
    again = rejected.apply()
    assert again.code == 0
    assert again.json["rejected"] == ["template.order-shipped"]
    assert rejected.writes() == []


def test_edited_text_is_the_one_change_and_is_submitted_in_place(rejected: World) -> None:
    """A changed text makes a plan of exactly that change; apply edits and submits in one request."""
    rejected.edit("已发货，预计", "已经发货，预计")
    plan = rejected.json("plan", "--detailed-exitcode")
    assert plan.code == 2
    (change,) = (row for row in plan.json["changes"] if row["action"] != "none")
    assert (change["address"], change["steps"]) == ("template.order-shipped", ["edit", "submit"])
    assert change["fields"] == [
        {
            "path": "content",
            "old": "您的订单${1}已发货，预计${2}送达。",
            "new": "您的订单${1}已经发货，预计${2}送达。",
        }
    ]
    assert rejected.apply().code == 0
    assert rejected.writes() == ["UpdateTemplate"]
    assert rejected.json("status").row("template.order-shipped")["status"] == "Reviewing"


def test_resubmit_sends_the_same_text_on_request(rejected: World) -> None:
    """With --resubmit the unchanged text is reviewed again, once."""
    assert rejected.apply("--resubmit", "template.order-shipped").code == 0
    assert rejected.writes() == ["UpdateTemplate"]


def test_template_is_blocked_by_a_rejected_signature(world: World) -> None:
    """New templates are not submitted on a rejected signature, and the outcome names it."""
    world.apply("--target", "signature.shop-notice")
    world.decide("signature", "示例商城", "reject", "资质不符")
    world.writes()
    blocked = world.apply("--target", "template.refund")
    assert blocked.code == 4
    assert blocked.row("template.refund")["outcome"] == "blocked"
    assert "signature.shop-notice" in blocked.row("template.refund")["message"]
    assert world.writes() == []


def test_rejected_signature_is_edited_when_the_files_change(world: World) -> None:
    """A changed qualification makes a new submission of the same signature."""
    world.apply()
    world.decide("signature", "示例商城", "reject", "资质不符")
    world.writes()
    assert world.apply().json["rejected"] == ["signature.shop-notice"]
    assert world.writes() == []
    world.edit("q-1234", "q-5678")
    assert world.apply().code == 0
    assert world.writes() == ["UpdateSignature"]
    assert world.json("status").row("signature.shop-notice")["status"] == "PENDING_REVIEW"


def test_playing_the_reviewer_of_a_successor_takes_its_own_name(approved: World) -> None:
    """The address stands for the first version; the refusal says in which state that is, and what to name."""
    approved.edit("content: 您的", "content: 尊敬的会员，您的")
    assert approved.apply().code == 0
    ran = approved.smsconf("emulator", "decide", "template.refund", "reject")
    said = "the emulator answers 409: template can not be decided reject now: Adopted"
    fix = "a successor is a template of its own: template:refund_v2"
    assert (ran.code, ran.err) == (1, f"error: {said}\n  = fix: {fix}\n")
    assert approved.smsconf("emulator", "decide", "template:refund_v2", "reject").code == 0


@pytest.mark.parametrize("lost", [False, True])
def test_note_that_a_site_does_not_tell_is_no_reason_to_submit_again(world: World, lost: bool) -> None:
    """Answers of the international site lack the note: it was taken for a difference, and sent for ever."""
    world.edit("emulator.db}", "abroad.db, site: international}")
    world.edit("countries: [Singapore, BR]", "countries: [Singapore, BR]\n    description: for buyers")
    assert world.apply().code == 0
    ran = world.smsconf("emulator", "decide", "template.hello", "reject", "--reason", "say who sends it")
    assert ran.code == 0, ran.err
    if lost:
        (world.folder / ".smsconf" / "journal.jsonl").unlink()
    for _ in range(2):
        row = world.json("plan").row("template.hello")
        assert (row["action"], row["rejected"]) == ("none", True)
        ended = world.apply().json["outcomes"]
        assert "template.hello" not in [one["address"] for one in ended if one["outcome"] == "applied"]
    if not lost:  # the journal knows what the answer does not: another note is a new submission
        world.edit("for buyers", "for buyers abroad")
        row = world.json("plan").row("template.hello")
        assert row["steps"] == ["submit"]
        assert row["reason"].endswith("submitted with the declared note, as this site shows none")


def test_rejected_signature_is_not_asked_for_again_though_it_is_gone(world: World) -> None:
    """Deleted at the console, it is new to the service; the journal knows what the reviewer said of it."""
    world.apply()
    world.decide("signature", "示例商城", "reject", "资质不符")
    assert world.apply().json["rejected"] == ["signature.shop-notice"]
    world.console("DELETE", "signature", "示例商城")
    world.writes()
    row = world.json("plan").row("signature.shop-notice")
    assert (row["action"], row["steps"], row["rejected"]) == ("none", [], True)
    assert "资质不符" in row["reason"]
    again = world.apply()
    assert again.row("template.refund")["outcome"] == "blocked"
    assert world.writes() == []
    assert world.apply("--resubmit", "signature.shop-notice").code == 0
    assert world.writes().count("CreateSignature") == 1


def test_signature_is_not_edited_back_to_what_was_rejected_before(world: World) -> None:
    """First answer, second answer, first answer again: the third is the first, which the reviewer refused."""
    world.apply()
    world.decide("signature", "示例商城", "reject", "资质不符")
    world.apply()
    world.edit("q-1234", "q-5678")
    assert world.apply().code == 0
    world.decide("signature", "示例商城", "reject", "资质过期")
    world.apply()
    world.writes()
    world.edit("q-5678", "q-1234")
    row = world.json("plan").row("signature.shop-notice")
    assert (row["action"], row["rejected"]) == ("none", True)
    assert "资质不符" in row["reason"]
    world.apply()
    assert world.writes() == []
    world.edit("q-1234", "q-9999")
    assert world.apply().code == 0
    assert world.writes() == ["UpdateSignature"]
