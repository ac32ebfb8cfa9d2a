"""What people did at the console, and what the files say about it: disabled, adopted, elsewhere, renamed."""

from __future__ import annotations

from tests.scenarios.conftest import World

REFUND = "template.refund"


def test_template_disabled_at_the_console_is_left_until_the_user_insists(approved: World) -> None:
    """Somebody had a reason: the row says so and sends nothing; --resubmit asks for a new review."""
    approved.console("PUT", "template", "refund", {"flow_status": "Disable"})
    approved.writes()
    row = approved.json("plan").row(REFUND)
    assert (row["action"], row["steps"], row["reason"]) == ("none", [], "disabled outside smsconf")
    insisting = approved.json("plan", "--resubmit", REFUND).row(REFUND)
    assert (insisting["action"], insisting["steps"]) == ("update", ["submit"])
    assert approved.apply("--resubmit", REFUND).code == 0
    assert approved.writes() == ["UpdateTemplate"]
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    assert approved.json("plan").row(REFUND)["steps"] == ["withdraw", "edit", "submit"]


def test_version_made_by_hand_is_touched_only_once_it_is_adopted(approved: World) -> None:
    """A suffixed name alone makes nothing ours; ``adopt`` does, and then it is edited like any other."""
    approved.smsconf("apply", "--auto-approve")
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    approved.apply()
    approved.decide("template", "refund_v2", "reject", "请说明")
    approved.console("PUT", "template", "refund_v2", {"template_desc": "手工", "flow_status": "Pending"})
    (approved.folder / ".smsconf/journal.jsonl").unlink()
    approved.writes()
    stranger = approved.json("plan").row(REFUND)
    assert (stranger["action"], stranger["remote_name"]) == ("replace", "refund_v3")
    approved.edit("  refund:\n", "  refund:\n    adopt: [refund_v2]\n")
    adopted = approved.json("plan").row(REFUND)
    assert (adopted["action"], adopted["remote_name"]) == ("update", "refund_v2")
    assert approved.apply().code == 0
    assert approved.writes() == ["UpdateTemplate"]


def test_text_changed_by_hand_before_the_approval_is_told_and_replaced_on_request(approved: World) -> None:
    """It carries our mark, as what the service changes does: every row says so, and how to insist."""
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    approved.apply()
    approved.console("PUT", "template", "refund_v2", {"flow_status": "Pending"})
    by_hand = {"template_content": "您的退款马上到账。", "flow_status": "Reviewing"}
    approved.console("PUT", "template", "refund_v2", by_hand)
    approved.decide("template", "refund_v2", "approve")
    approved.writes()
    told = "approved; content changed by the service; --resubmit submits it again"
    assert approved.apply().code == 0
    rows = [row for row in approved.json("plan").json["changes"] if row["address"] == REFUND]
    assert [row["reason"] for row in rows if row["action"] == "none"] == [told]
    assert approved.json("status").row(REFUND)["verdict"]["message"] == told
    assert approved.writes() == []
    assert approved.apply("--resubmit", REFUND).code == 0
    assert approved.writes() == ["CreateTemplate", "UpdateTemplate"]
    approved.decide("template", "refund_v3", "approve")
    assert approved.json("status").row(REFUND)["verdict"]["message"] == "approved"


def test_app_that_is_renamed_in_the_files_only_is_not_made_anew(approved: World) -> None:
    """An app can never be deleted: the journal knows the one of this key, and both names are said."""
    approved.edit("name: shop_prod,", "name: shop_new,")
    row = approved.json("plan").row("app.shop")
    assert (row["action"], row["steps"]) == ("refused", [])
    assert (
        "named 'shop_prod' at the service, the files say 'shop_new': add renamed_from: shop_prod"
        in row["reason"]
    )
    assert approved.apply().code == 4
    assert approved.writes() == []


def test_app_and_signature_of_others_are_used_and_never_written(approved: World) -> None:
    """With ``external`` other values in the files send nothing, and templates on them go on."""
    approved.edit(
        'shop: {region: cn, name: shop_prod, reply_url: "https://sms.example.com/replies"}',
        "shop: {region: cn, name: shop_prod, external: true}",
    )
    approved.edit("qualification: q-1234}", "external: true}")
    assert approved.json("plan", "--detailed-exitcode", "--prune").code == 0
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    assert approved.apply("--prune").code == 0
    assert approved.writes() == ["CreateTemplate", "UpdateTemplate"]


def test_renamed_app_keeps_everything_below_it(approved: World) -> None:
    """One UpdateApp; signatures and templates stay as they are, also once ``renamed_from`` is dropped."""
    approved.edit("name: shop_prod,", "name: shop_new, renamed_from: shop_prod,")
    assert approved.apply().code == 0
    assert approved.writes() == ["UpdateApp"]
    approved.edit(" renamed_from: shop_prod,", "")
    assert approved.json("plan", "--detailed-exitcode").code == 0
