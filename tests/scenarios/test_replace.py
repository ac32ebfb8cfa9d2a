"""An approved template changes: a successor, no outage, no second submission, and retiring at the end."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Ran, World

ADDRESS = "template.refund"


def change(world: World) -> None:
    world.edit("您的退款已到账。", "您的退款已经到账。")


def rows(ran: Ran, address: str = ADDRESS) -> list[tuple[str, str, list[str]]]:
    return [
        (row["action"], row["remote_name"], row["steps"])
        for row in ran.json["changes"]
        if row["address"] == address
    ]


def template_id(world: World) -> str:
    return world.json("status").row(ADDRESS)["template_id"]


def test_successor_replaces_without_an_outage(approved: World) -> None:
    """Replace, review, promote, rest, retire: at every moment an approved version can be sent with."""
    before = template_id(approved)
    change(approved)
    assert rows(approved.json("plan", "--detailed-exitcode")) == [
        ("replace", "refund_v2", ["create", "submit"])
    ]
    assert approved.apply().code == 0
    assert approved.writes() == ["CreateTemplate", "UpdateTemplate"]

    waiting = approved.json("status", "--exit-code")
    assert waiting.code == 6
    assert waiting.row(ADDRESS)["verdict"]["usable"] is True
    assert template_id(approved) == before
    assert rows(approved.json("plan")) == [("wait", "refund_v2", [])]

    approved.decide("template", "refund_v2", "approve")
    after = template_id(approved)
    assert after not in (before, None)
    plan = approved.json("plan", "--retire", "--detailed-exitcode")
    assert plan.code == 0
    assert rows(plan) == [("none", "refund_v2", []), ("retire", "refund", [])]
    assert approved.apply("--retire").code == 0
    assert approved.writes() == []

    approved.advance("P8D")
    plan = approved.json("plan", "--retire", "--detailed-exitcode")
    assert (plan.code, rows(plan)[1]) == (2, ("retire", "refund", ["delete"]))
    assert approved.apply("--retire").code == 0
    assert approved.writes() == ["DeleteTemplate"]
    assert template_id(approved) == after
    assert approved.json("plan", "--detailed-exitcode", "--retire").code == 0


def test_revert_while_the_successor_is_in_review_is_instant(approved: World) -> None:
    """Back to the approved text: live at once, the review called back, nothing submitted."""
    change(approved)
    approved.apply()
    approved.writes()
    approved.edit("您的退款已经到账。", "您的退款已到账。")
    assert rows(approved.json("plan"))[0] == ("withdraw", "refund_v2", ["withdraw"])
    assert approved.apply().code == 0
    assert approved.writes() == ["UpdateTemplate"]
    assert approved.json("plan", "--detailed-exitcode").code == 0
    assert approved.json("status", "--exit-code").code == 0


def test_rejected_successor_is_reported_then_edited_in_place(approved: World) -> None:
    """A rejection exits 7 with the words while the old text serves; another text edits that version."""
    change(approved)
    approved.apply()
    approved.decide("template", "refund_v2", "reject", "请写明金额")
    approved.writes()
    status = approved.json("status", "--exit-code")
    assert status.code == 7
    assert (status.row(ADDRESS)["review_message"], status.row(ADDRESS)["verdict"]["usable"]) == (
        "请写明金额",
        True,
    )
    assert approved.apply().code == 0
    assert approved.writes() == []
    approved.edit("您的退款已经到账。", "您的退款已经到账，请查收。")
    assert rows(approved.json("plan")) == [("update", "refund_v2", ["edit", "submit"])]
    assert approved.apply().code == 0
    assert approved.writes() == ["UpdateTemplate"]


def test_rejected_text_is_not_sent_again_after_its_version_was_deleted(approved: World) -> None:
    """The journal remembers a rejection that the remote no longer shows."""
    change(approved)
    approved.apply()
    approved.decide("template", "refund_v2", "reject", "请写明金额")
    approved.apply()
    approved.console("DELETE", "template", "refund_v2")
    approved.writes()
    row = approved.json("plan", "--detailed-exitcode")
    assert row.code == 0
    assert "请写明金额" in row.row(ADDRESS)["reason"]
    assert approved.apply("--resubmit", ADDRESS).code == 0
    assert approved.writes() == ["CreateTemplate", "UpdateTemplate"]
    assert approved.json("plan").row(ADDRESS)["remote_name"] == "refund_v3"


def test_update_in_place_is_an_outage_on_request(approved: World) -> None:
    """With update: in-place the template itself is disabled, edited and submitted."""
    change(approved)
    approved.edit("  refund:\n", "  refund:\n    update: in-place\n")
    plan = approved.json("plan")
    assert rows(plan) == [("update", "refund", ["disable", "edit", "submit"])]
    assert "outage until approved" in plan.row(ADDRESS)["reason"]
    assert approved.apply().code == 0
    assert approved.writes() == ["UpdateTemplate", "UpdateTemplate"]
    assert approved.json("plan").row(ADDRESS)["action"] == "wait"


def test_deactivated_template_is_reported_and_replaced_only_by_another_text(approved: World) -> None:
    """What the operators deactivated is never submitted again unchanged; another text is a new version."""
    approved.decide("template", "refund", "deactivate", "违规")
    assert approved.json("status", "--exit-code").code == 7
    assert approved.apply().code == 0
    assert approved.writes() == []
    change(approved)
    assert rows(approved.json("plan")) == [("create", "refund_v2", ["create", "submit"])]


def test_renamed_template_submits_nothing(approved: World) -> None:
    """A new remote name with renamed_from changes nothing until the text changes."""
    approved.edit("  refund:\n", "  refund:\n    name: refund-notice\n    renamed_from: refund\n")
    assert approved.json("plan", "--detailed-exitcode").code == 0
    change(approved)
    assert rows(approved.json("plan")) == [("replace", "refund-notice_v2", ["create", "submit"])]


@pytest.mark.parametrize("reverted", [False, True], ids=["a third text", "the successor's text"])
def test_version_left_under_its_old_name_goes_on_serving(approved: World, reverted: bool) -> None:
    """Its successor was told and recorded as live while the address was refused, and it could be pruned."""
    approved.json("status")
    renamed = "    name: refund-notice\n    renamed_from: refund\n"
    approved.edit("  refund:\n", "  refund:\n" + renamed)
    change(approved)
    assert approved.apply().code == 0
    approved.edit("    renamed_from: refund\n", "")
    approved.edit("您的退款已经到账。", "您的退款刚刚到账。")
    approved.decide("template", "refund-notice_v2", "approve")
    if reverted:  # what says what is desired is live by itself
        approved.edit("您的退款刚刚到账。", "您的退款已经到账。")
    for _ in range(2):
        served = approved.json("outputs").json["templates"][ADDRESS]["remote_name"]
        assert served == ("refund-notice_v2" if reverted else "refund")
        row = approved.json("plan", "--prune").row(ADDRESS)
        assert row["action"] == ("none" if reverted else "refused")
    if not reverted:
        assert row["reason"].endswith("the files say 'refund-notice': add renamed_from: refund")
        assert "DeleteTemplate" not in approved.writes()


def test_version_left_under_its_old_name_serves_though_nothing_can_be_decided(approved: World) -> None:
    """A country that nobody knows hid that, and the successor was recorded as live."""
    approved.json("status")
    approved.edit("  hello:\n", "  hello:\n    name: greet\n    renamed_from: hello\n")
    approved.edit("Your parcel is on its way.", "Your parcel left today.")
    assert approved.apply().code == 0
    approved.edit("    renamed_from: hello\n", "")
    approved.edit("Your parcel left today.", "Your parcel arrives today.")
    approved.edit("Singapore, BR", "Singapore, Atlantis")
    approved.decide("template", "greet_v2", "approve")
    for _ in range(2):
        assert approved.json("outputs").json["templates"]["template.hello"]["remote_name"] == "hello"
        assert "Atlantis" in approved.json("plan").row("template.hello")["reason"]
    approved.edit("Singapore, Atlantis", "Singapore, BR")
    assert "add renamed_from: hello" in approved.json("plan").row("template.hello")["reason"]


@pytest.mark.parametrize("lost", [False, True], ids=["journal kept", "journal lost"])
def test_nothing_is_submitted_twice_whether_the_journal_is_there_or_not(approved: World, lost: bool) -> None:
    """After a replacement a run without its journal sends nothing either."""
    change(approved)
    approved.apply()
    approved.writes()
    if lost:
        (approved.folder / ".smsconf/journal.jsonl").unlink()
    assert approved.apply().code == 0
    approved.decide("template", "refund_v2", "approve")
    assert approved.apply().code == 0
    assert approved.writes() == []


def test_status_tells_what_serves_while_the_files_ask_for_more(approved: World) -> None:
    """It said that nothing was at the service, before the successor was submitted."""
    approved.apply()
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    row = approved.json("status").row(ADDRESS)
    assert (row["remote_name"], row["status"], row["verdict"]["usable"]) == ("refund", "Adopted", True)
    assert row["verdict"]["message"] == "approved; apply replaces it by refund_v2"
    assert approved.smsconf("status", "--exit-code").code == 6
    approved.apply()
    approved.edit("您的退款已经到账。", "您的退款已到账。")
    reverted = approved.json("status").row(ADDRESS)
    assert (reverted["remote_name"], reverted["verdict"]["done"]) == ("refund", True)
    assert approved.smsconf("wait", ADDRESS, "--timeout", "1s").code == 0


def test_approval_of_what_nobody_asks_for_any_more_is_recorded(approved: World) -> None:
    """The files held another text already: nobody saw the decision, and a plan file called it meddling."""
    approved.apply()
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    approved.apply()
    approved.edit("您的退款已经到账。", "您的退款今天到账。")
    assert approved.smsconf("plan", "--out", "late.plan").code == 0
    approved.decide("template", "refund_v2", "approve")
    refused = approved.json("apply", "late.plan")
    assert refused.code == 4
    reason = refused.row(ADDRESS)["message"]
    assert "moved on after the plan: its status was Reviewing, is Adopted" in reason
    assert "console" not in reason
    approved.smsconf("status")
    told = approved.json("history", ADDRESS).json["entries"]
    assert [one["remote_name"] for one in told if one["event"] == "decision"] == ["refund", "refund_v2"]


@pytest.mark.parametrize("command", [("status",), ("outputs",)])
def test_version_that_was_told_to_be_live_stays_live(approved: World, command: tuple[str, ...]) -> None:
    """Only apply recorded it: after the next edit an older version, recorded before, was live again."""
    approved.apply()
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    approved.apply()
    approved.decide("template", "refund_v2", "approve")
    assert approved.smsconf(*command).code == 0
    approved.edit("您的退款已经到账。", "您的退款今天到账。")
    row = approved.json("outputs").json["templates"]["template.refund"]
    assert row["remote_name"] == "refund_v2"
    assert (
        "refund_v2 serves until refund_v3 is approved"
        in approved.json("plan").row("template.refund")["reason"]
    )
