"""Files change after the first apply: in review, approved, removed, added to, by hand at the console."""

from __future__ import annotations

from tests.scenarios.conftest import World


def test_template_in_review_is_withdrawn_edited_and_submitted(world: World) -> None:
    """A text that changes while in review is called back first; one review is running at the end."""
    world.apply()
    world.writes()
    world.edit("您的退款已到账。", "您的退款已经到账。")
    plan = world.json("plan", "--detailed-exitcode")
    assert plan.code == 2
    assert plan.row("template.refund")["steps"] == ["withdraw", "edit", "submit"]
    assert world.apply().code == 0
    assert world.writes() == ["UpdateTemplate", "UpdateTemplate"]
    assert world.smsconf("plan", "--detailed-exitcode").code == 0


def test_frozen_change_of_a_signature_is_refused_with_the_way_out(approved: World) -> None:
    """An approved signature is frozen: the plan says what differs and the way out; nothing is sent for it."""
    approved.edit("type: notification, qualification", "type: notification, source: trademark, qualification")
    plan = approved.json("plan", "--detailed-exitcode")
    assert (plan.code, plan.row("signature.shop-notice")["action"]) == (0, "refused")
    assert "declare a new one" in plan.row("signature.shop-notice")["reason"]
    assert approved.apply().code == 4
    assert approved.writes() == []


def test_other_work_goes_on_beside_a_refusal(approved: World) -> None:
    """One refused change does not stop the others; the run is applied in part."""
    approved.edit("type: notification, qualification", "type: notification, source: trademark, qualification")
    approved.edit("/replies", "/answers")
    done = approved.apply()
    assert done.code == 5
    assert done.row("app.shop")["outcome"] == "applied"
    assert done.row("signature.shop-notice")["action"] == "refused"
    assert approved.writes() == ["UpdateApp"]


def test_reply_address_of_an_app_is_updated(approved: World) -> None:
    """An app's reply address can change at any time, without a review."""
    approved.edit("/replies", "/answers")
    plan = approved.json("plan")
    assert plan.row("app.shop")["fields"] == [
        {
            "path": "reply_url",
            "old": "https://sms.example.com/replies",
            "new": "https://sms.example.com/answers",
        }
    ]
    assert approved.apply().code == 0
    assert approved.writes() == ["UpdateApp"]
    assert approved.smsconf("plan", "--detailed-exitcode").code == 0


def test_template_that_leaves_the_files_is_counted_then_pruned_on_request(approved: World) -> None:
    """What no address claims is only a number, until --prune deletes it."""
    approved.edit("  refund:\n    app: shop\n    signature: shop-notice\n    content: 您的退款已到账。\n", "")
    plan = approved.json("plan", "--detailed-exitcode")
    assert (plan.code, plan.json["unmanaged"]["templates"]) == (0, 1)
    assert approved.apply().code == 0
    assert approved.writes() == []
    pruned = approved.json("plan", "--prune", "--detailed-exitcode")
    assert pruned.code == 2
    assert pruned.row("template:refund")["steps"] == ["delete"]
    assert approved.apply("--prune").code == 0
    assert approved.writes() == ["DeleteTemplate"]
    assert approved.json("plan").json["unmanaged"]["templates"] == 0


def test_app_that_leaves_the_files_is_forgotten_once(approved: World) -> None:
    """An app is never deleted: it is said to stay, and after that apply it is said no more."""
    approved.edit("  abroad: {region: intl}\n", "")
    hello = "  hello:\n    app: abroad\n    content: Your parcel is on its way.\n"
    approved.edit(f"{hello}    countries: [Singapore, BR]\n", "")
    plan = approved.json("plan", "--detailed-exitcode")
    assert (plan.code, plan.row("app.abroad")["action"]) == (0, "forget")
    assert plan.json["foreign"]["templates"] == 1
    assert approved.apply().row("app.abroad")["outcome"] == "applied"
    assert approved.writes() == []
    assert "forget" not in approved.json("plan").json["summary"]


def test_guard_stops_a_flood_of_submissions(world: World) -> None:
    """More than fifty reviews in one run need their number; nothing is sent without it."""
    many = "".join(
        f"  t{n}: {{app: shop, signature: shop-notice, content: 第{n}号通知。}}\n" for n in range(50)
    )
    world.edit("templates:\n", f"templates:\n{many}")
    assert world.smsconf("plan").code == 4
    stopped = world.smsconf("apply", "--auto-approve")
    assert stopped.code == 4
    assert "--allow-submissions 54" in stopped.out
    assert world.writes() == []
    assert world.apply("--allow-submissions", "54").code == 0


def test_environments_have_their_own_databases(world: World) -> None:
    """An overlay changes the provider and a reply address; each environment plans against its own world."""
    world.edit("version: 1\n", "version: 1\nenvironments:\n  prod: {overlay: prod.yaml}\n")
    world.write("provider: {emulator: {database: .smsconf/prod.db}}\n", "prod.yaml")
    assert world.apply("--env", "").code == 0
    assert world.json("plan", "--detailed-exitcode", "--env", "").code == 0
    prod = world.json("plan", "--detailed-exitcode", "--env", "prod")
    assert (prod.code, prod.json["environment"]) == (2, "prod")
