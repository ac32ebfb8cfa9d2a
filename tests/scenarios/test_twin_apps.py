"""Two apps of one name: a run goes on with the one that is ours, and names the other until it is renamed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from smsconf.emulator.gateway.engine import Engine, Settings
from tests.scenarios.conftest import World, signed


def by_hand(world: World, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send a request as another client of the account would."""
    engine = Engine(world.folder / ".smsconf/emulator.db", Settings(app_quota=3))
    try:
        target = f"/v2/{Settings().project_id}/msgsms/{path}"
        answer = signed(engine, method, target, json.dumps(body).encode(), datetime.now(UTC))
    finally:
        engine.close()
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


@pytest.fixture
def twin(approved: World) -> str:
    """The id of a second app named shop_prod, with a signature of its own."""
    made = by_hand(approved, "POST", "apps", {"app_name": "shop_prod", "region": "cn"})["id"]
    brand = {"signature_name": "示例百货", "signature_type": "NOTIFY_TYPE", "signature_source": 0}
    by_hand(approved, "POST", "signatures", {"app_id": made, "is_involved_third": "No", **brand})
    approved.writes()
    return str(made)


def test_plan_names_the_twin_and_goes_on(approved: World, twin: str) -> None:
    """Nothing is refused, sent or hidden among what is unchanged; it ends when the other one is renamed."""
    shop = approved.json("status").row("app.shop")["remote_id"]
    said = f"{shop} is taken of 2 cn apps named 'shop_prod'; apps cannot be deleted: rename {twin} at the"
    said += " console"
    ran = approved.json("plan", "--detailed-exitcode")
    row = ran.row("app.shop")
    assert (ran.code, ran.json["refusals"]) == (0, [])
    assert (row["action"], row["remote_id"], row["twins"]) == ("none", shop, [twin])
    assert row["reason"].endswith(said)
    for form in ("text", "markdown"):
        assert twin in approved.smsconf("plan", "--format", form).out, form
    assert approved.smsconf("report", "--html", "report.html").code == 0
    assert twin in (approved.folder / "report.html").read_text("utf-8")
    assert approved.json("status").row("app.shop")["verdict"]["message"].endswith(said)
    assert f'"{twin}"' not in approved.json("outputs").out
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    assert approved.apply().row("template.refund")["outcome"] == "applied"
    by_hand(approved, "PUT", f"apps/{twin}", {"app_name": "not_ours", "region": "cn"})
    assert approved.json("plan").row("app.shop")["twins"] == []
    assert twin not in approved.smsconf("plan").out


def test_lost_journal_changes_nothing_about_the_choice(approved: World, twin: str) -> None:
    """What the service shows tells: the declared signature and templates."""
    before = approved.json("plan").row("app.shop")["remote_id"]
    (approved.folder / ".smsconf/journal.jsonl").unlink()
    row = approved.json("plan").row("app.shop")
    assert (row["remote_id"], row["twins"]) == (before, [twin])


def test_what_a_twin_carries_is_foreign_and_never_pruned(approved: World, twin: str) -> None:
    """It is counted like anything of an app that is not declared."""
    plan = approved.json("plan", "--prune").json
    assert (plan["foreign"], plan["unmanaged"]) == (
        {"signatures": 1, "templates": 0},
        {"signatures": 0, "templates": 0},
    )
    assert approved.apply("--prune").code == 0
    assert approved.writes() == []


def test_twin_takes_its_part_of_the_quota(approved: World, twin: str) -> None:
    """A third app of the region is refused: the account has two."""
    approved.edit("apps:\n", "apps:\n  outlet: {region: cn}\n")
    row = approved.json("plan").row("app.outlet")
    assert row["action"] == "refused"
    assert row["reason"].startswith("the quota of cn apps is used up (2 of 2)")
