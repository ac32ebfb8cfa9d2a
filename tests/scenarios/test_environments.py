"""Two environments of one project on one account: what each may touch, and what it leaves to the other."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import World

PROJECT = """\
version: 1
provider: {emulator: {database: .smsconf/emulator.db}}
environments: {test: {overlay: env/test.yaml}, prod: {overlay: env/prod.yaml}}
apps: {shop: {region: cn}}
signatures: {brand: {app: shop, name: 示例商城, type: notification, qualification: q-1}}
templates:
  refund: {app: shop, signature: brand, content: 您的退款已到账。}
"""
REFUND = "您的退款已到账。"
ENVIRONMENTS = ("test", "prod")


@pytest.fixture
def shared(world: World) -> World:
    """Both environments are applied and approved; each has a template of its own beside the common one."""
    world.write(PROJECT)
    for name in ENVIRONMENTS:
        own = f"templates: {{only-{name}: {{app: shop, signature: brand, content: 只在{name}环境。}}}}\n"
        world.write(own, f"env/{name}.yaml")
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    for name in ENVIRONMENTS:
        assert world.apply("--env", name).code == 0
    world.advance("P14D")
    for name in ENVIRONMENTS:
        assert world.apply("--env", name).code == 0
    world.control("PUT", "reviewer", {"default": "hold", "rules": []})
    world.writes()
    return world


def change(world: World, environment: str, text: str) -> None:
    """Give the common template another text in one environment."""
    path = f"env/{environment}.yaml"
    world.edit("templates: {", f"templates: {{refund: {{content: {text}}}, ", path)


def test_what_both_declare_is_submitted_once(shared: World) -> None:
    """The second environment finds app, signature and template, and has nothing to send."""
    for name in ENVIRONMENTS:
        assert shared.json("plan", "--detailed-exitcode", "--env", name).code == 0
    assert (
        shared.json("outputs", "--env", "test").json["templates"]["template.refund"]
        == (shared.json("outputs", "--env", "prod").json["templates"]["template.refund"])
    )


def test_pruning_spares_the_signature_that_the_other_environment_serves_under(shared: World) -> None:
    """It was renamed there and the successor is in review: pruning here took the serving version along."""
    own = "signatures: {own: {app: shop, name: NAME, type: notification, qualification: q-1}}\n"
    only = "templates: {only-prod: {app: shop, signature: own, content: 只在prod环境。}}\n"
    shared.write((own + only).replace("NAME", "乙商城"), "env/prod.yaml")
    for _ in range(2):
        shared.apply("--env", "prod")
        shared.control("PUT", "reviewer", {"default": "approve", "rules": []})
        shared.advance("P14D")
    shared.control("PUT", "reviewer", {"default": "hold", "rules": []})
    shared.write((own + only).replace("NAME", "丙商城"), "env/prod.yaml")
    assert shared.apply("--env", "prod").code == 0
    before = shared.json("outputs", "--env", "prod").json["templates"]["template.only-prod"]
    assert before["signature"] == "乙商城"
    plan = shared.json("plan", "--prune", "--env", "test")
    (row,) = [row for row in plan.json["changes"] if row["remote_name"] == "乙商城"]
    assert (row["action"], row["steps"]) == ("wait", [])
    shared.apply("--prune", "--env", "test")
    assert shared.json("outputs", "--env", "prod").json["templates"]["template.only-prod"] == before


def test_pruning_spares_what_the_files_declare_without_an_environment(shared: World) -> None:
    """A run without --env had made it; pruning under an overlay without it deleted it while it served."""
    shared.edit(
        "templates:\n", "templates:\n  base: {app: shop, signature: brand, content: 只在基础配置。}\n"
    )
    shared.edit("templates: {", "templates: {base: null, ", "env/test.yaml")
    shared.control("PUT", "reviewer", {"default": "approve", "rules": []})
    assert shared.apply("--env", "").code == 0
    shared.advance("P14D")
    shared.apply("--prune", "--env", "test")
    assert shared.json("outputs", "--require-all", "--env", "").code == 0


def test_pruning_spares_what_the_other_environment_declares(shared: World) -> None:
    """It would once have deleted the other's live templates; what nobody declares still goes."""
    plan = shared.json("plan", "--prune", "--env", "test")
    (row,) = [row for row in plan.json["changes"] if row["remote_name"] == "only-prod"]
    assert (row["action"], row["reason"]) == ("none", "kept: the environment prod declares it")
    assert shared.apply("--prune", "--env", "test").code == 0
    assert shared.writes() == []
    shared.write("{}\n", "env/prod.yaml")
    assert shared.apply("--prune", "--env", "test", "--allow-deletes", "1").code == 0
    assert shared.writes() == ["DeleteTemplate"]


def test_pruning_does_not_spare_what_is_declared_for_another_account(shared: World) -> None:
    """An environment with a provider of its own declares nothing here."""
    other = "provider: {emulator: {database: .smsconf/other.db}}\n"
    text = (shared.folder / "env/prod.yaml").read_text(encoding="utf-8")
    shared.write(other + text, "env/prod.yaml")
    plan = shared.json("plan", "--prune", "--env", "test", "--allow-deletes", "1")
    (row,) = [row for row in plan.json["changes"] if row["remote_name"] == "only-prod"]
    assert (row["action"], row["steps"]) == ("delete", ["delete"])


def test_review_of_the_other_environment_is_not_called_back(shared: World) -> None:
    """One tries a new text while the other keeps the old one: its version is neither withdrawn nor edited."""
    change(shared, "test", "您的退款已经到账。")
    assert shared.apply("--env", "test").code == 0
    shared.writes()
    assert shared.json("plan", "--detailed-exitcode", "--env", "prod").code == 0
    change(shared, "prod", "您的退款今天到账。")
    plan = shared.json("plan", "--env", "prod")
    assert (plan.row("template.refund")["action"], plan.row("template.refund")["remote_name"]) == (
        "replace",
        "refund_v3",
    )


def test_version_that_is_live_in_the_other_environment_is_not_retired(shared: World) -> None:
    """The old text rests here and serves there; it goes once nobody needs it."""
    change(shared, "test", "您的退款已经到账。")
    shared.apply("--env", "test")
    shared.decide("template", "refund_v2", "approve")
    shared.apply("--env", "test")
    shared.advance("P8D")
    shared.writes()
    row = shared.json("plan", "--retire", "--env", "test").json["changes"][-1]
    assert (row["action"], row["remote_name"], row["reason"]) == (
        "retire",
        "refund",
        "live in the environment prod",
    )
    for flags in (("--retire",), ("--retire-now", "template.refund")):
        assert shared.apply("--env", "test", *flags).code == 0
    assert shared.apply("--env", "prod", "--retire").code == 0
    assert shared.writes() == []
    change(shared, "prod", "您的退款已经到账。")
    assert shared.apply("--env", "prod").code == 0
    assert shared.apply("--env", "test", "--retire").code == 0
    assert shared.writes() == ["DeleteTemplate"]


def forget(world: World) -> None:
    """Lose the journal, as a pipeline does that keeps one for each environment."""
    (world.folder / ".smsconf/journal.jsonl").unlink(missing_ok=True)


def test_review_of_the_other_environment_is_not_called_back_without_its_journal(shared: World) -> None:
    """Its mark made it ours: it was withdrawn here and submitted again there, for ever."""
    change(shared, "test", "您的退款已经到账。")
    assert shared.apply("--env", "test").code == 0
    shared.writes()
    forget(shared)
    assert shared.apply("--env", "prod").code == 0
    change(shared, "prod", "您的退款今天到账。")
    assert shared.apply("--env", "prod").code == 0
    assert shared.writes() == ["CreateTemplate", "UpdateTemplate"]
    for name in ENVIRONMENTS:
        forget(shared)
        plan = shared.json("plan", "--env", name)
        assert plan.row("template.refund")["action"] == "wait"
        assert [row for row in plan.json["changes"] if row["steps"]] == []


def test_revert_calls_back_our_own_review_without_a_journal(shared: World) -> None:
    """The other environment's version is live, so what is in review cannot be its work."""
    change(shared, "test", "您的退款已经到账。")
    assert shared.apply("--env", "test").code == 0
    forget(shared)
    change(shared, "prod", REFUND)
    shared.write("{}\n", "env/test.yaml")
    rows = shared.json("plan", "--env", "test").json["changes"]
    assert ("withdraw", "refund_v2") in [(row["action"], row["remote_name"]) for row in rows]


def test_version_that_the_other_environment_declares_is_not_retired_without_its_journal(
    shared: World,
) -> None:
    """It was deleted while it served there."""
    change(shared, "test", "您的退款已经到账。")
    shared.apply("--env", "test")
    shared.decide("template", "refund_v2", "approve")
    shared.apply("--env", "test")
    forget(shared)
    shared.advance("P8D")
    shared.writes()
    row = shared.json("plan", "--retire", "--env", "test").json["changes"][-1]
    assert (row["action"], row["remote_name"], row["reason"]) == (
        "retire",
        "refund",
        "the environment prod may need it; in another account, give its provider a project_id",
    )
    for flags in (("--retire",), ("--retire-now", "template.refund")):
        assert shared.apply("--env", "test", *flags).code == 0
    assert shared.writes() == []
    change(shared, "prod", "您的退款今天到账。")  # until that is approved, the old text serves there
    assert shared.apply("--env", "test", "--retire-now", "template.refund").code == 0
    assert shared.writes() == []
    assert shared.apply("--env", "prod").code == 0
    shared.decide("template", "refund_v3", "approve")
    shared.writes()
    assert shared.apply("--env", "test", "--retire-now", "template.refund").code == 0
    assert shared.writes() == ["DeleteTemplate"]


def test_update_in_place_leaves_alone_what_the_other_environment_serves(shared: World) -> None:
    """It would have disabled the other's live version."""
    change(shared, "test", "您的退款已经到账。, update: in-place")
    forget(shared)
    row = shared.json("plan", "--env", "test").row("template.refund")
    assert (row["action"], row["steps"]) == ("replace", ["create", "submit"])


@pytest.mark.parametrize("keeps", [True, False], ids=["one journal", "two journals"])
def test_update_in_place_spares_what_this_environment_made_and_the_other_serves(
    shared: World, keeps: bool
) -> None:
    """Whoever made it: it was disabled here while it served there."""
    change(shared, "test", "您的退款已经到账。, update: in-place")
    if not keeps:
        forget(shared)
    assert shared.apply("--env", "test").code == 0
    assert shared.writes() == ["CreateTemplate", "UpdateTemplate"]
    assert shared.json("outputs", "--env", "prod", "--require-all").code == 0


def test_review_that_the_other_environment_waits_for_is_not_called_back(shared: World) -> None:
    """This one made it and went back to the old text; the other one had taken up the new one meanwhile."""
    change(shared, "test", "您的退款已经到账。")
    shared.apply("--env", "test")
    change(shared, "prod", "您的退款已经到账。")
    shared.write("{}\n", "env/test.yaml")
    shared.writes()
    for name in (*ENVIRONMENTS, *ENVIRONMENTS):
        assert shared.apply("--env", name).code == 0
    assert shared.writes() == []


def test_review_that_another_environment_asks_for_is_left_alone_whoever_made_it(shared: World) -> None:
    """A run without --env did, with a journal of its own: withdrawn and submitted again, for ever."""
    change(shared, "test", REFUND)
    shared.edit(f"content: {REFUND}", "content: 您的退款已经到账。")
    kept = (shared.folder / ".smsconf/journal.jsonl").read_bytes()
    forget(shared)
    assert shared.apply("--env", "").code == 0
    assert shared.writes() == ["CreateTemplate", "UpdateTemplate"]
    (shared.folder / ".smsconf/journal.jsonl").write_bytes(kept)
    assert shared.apply("--env", "test").code == 0
    assert shared.writes() == []


def test_pruning_knows_an_app_by_either_name_while_it_is_renamed(shared: World) -> None:
    """The other environment's template stood under the old name, and was deleted."""
    shared.edit("apps: {shop: {region: cn}}", "apps: {shop: {region: cn, name: store, renamed_from: shop}}")
    shared.apply("--prune", "--env", "test")
    assert "DeleteTemplate" not in shared.writes()
    shared.apply("--prune", "--env", "test")
    assert "DeleteTemplate" not in shared.writes()


def test_pruning_spares_what_the_other_environment_serves_until_its_template_has_moved(shared: World) -> None:
    """It goes to another app there, and is declared no more here."""
    shared.edit("apps: {shop: {region: cn}}", "apps: {shop: {region: cn}, second: {region: cn}}")
    shared.edit(
        "signatures: {brand:",
        "signatures: {other: {app: second, name: 乙商城, type: notification, qualification: q-1}, brand:",
    )
    change(shared, "prod", f"{REFUND}, app: second, signature: other")
    change(shared, "test", "null")
    shared.edit("refund: {content: null}", "refund: null", "env/test.yaml")
    shared.apply("--env", "prod")
    plan = shared.json("plan", "--prune", "--env", "test", "--allow-deletes", "3")
    assert ("refund", []) in [(row["remote_name"], row["steps"]) for row in plan.json["changes"]]


def test_environments_with_apps_of_their_own_prune_their_own(world: World) -> None:
    """One key, two apps: what one environment drops was kept because the other one declares its own."""
    world.write(PROJECT)
    promo = "{app: shop, signature: brand, content: 新品上市。}"
    for name in ENVIRONMENTS:
        own = f"apps: {{shop: {{name: shop_{name}}}}}\nsignatures: {{brand: {{name: 商城{name}}}}}\n"
        world.write(f"{own}templates: {{promo: {promo}}}\n", f"env/{name}.yaml")
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    for _ in range(2):
        for name in ENVIRONMENTS:
            assert world.apply("--env", name).code == 0
        world.advance("P14D")
    world.edit(f"{{promo: {promo}}}", "{}", "env/test.yaml")
    rows = world.json("plan", "--env", "test", "--prune").json["changes"]
    assert [row["steps"] for row in rows if row["remote_name"] == "promo"] == [["delete"]]


def test_version_that_the_other_environment_dropped_is_nobodys(shared: World) -> None:
    """Each kept it for the other: one because it had been live there, one because it is declared here."""
    change(shared, "test", "您的退款已经到账。")
    shared.apply("--env", "test")
    shared.decide("template", "refund_v2", "approve")
    shared.apply("--env", "test")
    shared.write("templates: {refund: null}\n", "env/prod.yaml")
    shared.writes()
    assert shared.apply("--env", "test", "--retire-now", "template.refund").code == 0
    assert shared.writes() == ["DeleteTemplate"]


def test_broken_overlay_that_says_the_provider_stops_pruning(shared: World) -> None:
    """Nobody knew its account, so it was passed over, and what it serves was deleted."""
    shared.edit("provider: {emulator: {database: .smsconf/emulator.db}}\n", "")
    for name in ENVIRONMENTS:
        path = shared.folder / f"env/{name}.yaml"
        own = "provider: {emulator: {database: .smsconf/emulator.db}}\n"
        path.write_text(own + path.read_text(encoding="utf-8"), encoding="utf-8")
    shared.edit("database:", "databse:", "env/prod.yaml")
    ran = shared.apply("--env", "test", "--prune")
    assert (ran.code, shared.writes()) == (1, [])
    assert "the environment prod has errors" in ran.err


def test_error_in_the_other_environment_is_told_as_such(shared: World) -> None:
    """Nothing is deleted while nobody knows what it declares; everything else goes on."""
    shared.write("templates: {refund: {contnet: x}}\n", "env/prod.yaml")
    ran = shared.apply("--env", "test", "--retire")
    assert ran.code == 1
    assert "the environment prod has errors, and may share this account" in ran.err
    assert shared.apply("--env", "test").code == 0


def test_replaced_signature_stays_while_the_other_environment_declares_it(shared: World) -> None:
    """Retiring took the other environment's signature."""
    shared.write(
        "signatures: {brand: {name: 新商城, replaces: {name: 示例商城, type: notification}}}\n"
        "templates: {refund: null}\n",
        "env/test.yaml",
    )
    shared.control("PUT", "reviewer", {"default": "approve", "rules": []})
    assert shared.apply("--env", "test").code == 0
    shared.advance("P14D")
    plan = shared.json("plan", "--env", "test", "--retire")
    (row,) = [row for row in plan.json["changes"] if row["remote_name"] == "示例商城"]
    assert (row["steps"], row["reason"]) == ([], "kept: the environment prod declares it")


def test_journal_keeps_the_environments_apart(shared: World) -> None:
    """A rejection seen in one environment is told in its history only."""
    change(shared, "test", "您的退款已经到账。")
    shared.apply("--env", "test")
    shared.decide("template", "refund_v2", "reject", "请说明")
    shared.apply("--env", "test")
    assert "请说明" in shared.smsconf("history", "--env", "test").out
    assert "请说明" not in shared.smsconf("history", "--env", "prod").out
