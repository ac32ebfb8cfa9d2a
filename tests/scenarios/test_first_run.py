"""From YAML to approved: a first apply, the reviews, and an empty plan at the end."""

from __future__ import annotations

from tests.scenarios.conftest import World


def test_everything_is_submitted_once_and_approved(world: World) -> None:
    """Apply creates and submits, ends with the reviews pending, and time makes the plan empty."""
    first = world.apply()
    assert first.code == 0
    assert {row["outcome"] for row in first.json["outcomes"]} == {"applied"}
    assert first.json["pending"] == [
        "signature.shop-notice",
        "template.hello",
        "template.order-shipped",
        "template.refund",
    ]
    assert world.writes().count("CreateTemplate") == 3
    assert world.smsconf("status", "--exit-code").code == 6

    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    world.advance("P14D")

    status = world.json("status", "--exit-code")
    assert status.code == 0
    row = status.row("template.order-shipped")
    assert row["status"] == "Adopted"
    assert row["verdict"] == {"done": True, "approved": True, "usable": True, "message": "approved"}
    assert len(row["template_id"]) == 32
    assert status.row("signature.shop-notice")["channel_num"]

    assert world.smsconf("plan", "--detailed-exitcode").code == 0
    assert world.apply().json["outcomes"] == []
    assert world.writes() == []


def test_what_is_in_review_waits_and_is_no_drift(world: World) -> None:
    """Between submission and verdict the plan holds waiting rows, exits 0, and apply sends nothing."""
    world.apply()
    world.writes()
    plan = world.json("plan", "--detailed-exitcode")
    assert plan.code == 0
    assert plan.json["summary"] == {"wait": 4, "none": 2}
    assert plan.row("template.order-shipped")["awaits"] == "the review of its signature"
    assert world.apply().code == 0
    assert world.writes() == []


def test_draft_left_by_a_run_cut_short_is_submitted_not_created_again(world: World) -> None:
    """A run that died between create and submit leaves a draft; the next one only submits it."""
    fault = {"operation": "UpdateTemplate", "fault": "status", "status": 400, "times": 3}
    world.control("POST", "faults", [fault])
    first = world.apply()
    assert first.code == 5
    assert first.row("template.refund")["outcome"] == "failed"
    assert first.row("template.refund")["message"].startswith("created as a draft; not submitted")
    world.writes()

    plan = world.json("plan", "--detailed-exitcode")
    assert (plan.code, plan.row("template.refund")["steps"]) == (2, ["submit"])
    assert world.apply().code == 0
    assert world.writes() == ["UpdateTemplate"] * 3


def test_text_shows_every_address_of_the_json(world: World) -> None:
    """Whatever the JSON of a plan names is in its text, action word and remote name included."""
    for prepare in (lambda: None, world.apply, lambda: world.advance("P14D")):
        prepare()
        document = world.json("plan").json
        text = world.smsconf("plan").out
        for change in document["changes"]:
            assert change["address"] in text
            assert change["action"] in text
