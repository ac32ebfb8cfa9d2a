"""The brand changes: a new signature, successors of the templates on it, and the old ones go at the end."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import World

OLD = "  shop-notice: {app: shop, name: 示例商城, type: notification, qualification: q-1234}"
NEW = (
    "  shop-notice: {app: shop, name: 示例百货, type: notification, qualification: q-1234, "
    "replaces: {name: 示例商城, type: notification}}"
)


@pytest.fixture
def rebranded(approved: World) -> World:
    """The new signature and the successors are approved and have rested."""
    approved.edit(OLD, NEW)
    plan = approved.json("plan", "--retire")
    kept = [row for row in plan.json["changes"] if row["action"] == "retire"]
    assert [(row["remote_name"], row["reason"], row["steps"]) for row in kept] == [
        ("示例商城", "kept until signature.shop-notice is approved", [])
    ]
    approved.control("PUT", "reviewer", {"default": "approve", "rules": []})
    assert approved.apply().code == 0
    approved.advance("P14D")
    assert approved.apply().code == 0
    approved.advance("P14D")
    approved.writes()
    return approved


def test_old_signature_goes_in_one_run_with_the_versions_on_it(rebranded: World) -> None:
    """Templates first, then their signature; this was once a circle that ended in a traceback."""
    done = rebranded.apply("--retire")
    assert (done.code, {one["outcome"] for one in done.json["outcomes"]}) == (0, {"applied"})
    assert rebranded.writes() == ["DeleteTemplate", "DeleteTemplate", "DeleteSignature"]
    outputs = rebranded.json("outputs").json["templates"]
    assert {one["signature"] for one in outputs.values() if one["region"] == "cn"} == {"示例百货"}
    assert rebranded.json("plan", "--retire", "--detailed-exitcode").code == 0


def test_old_signature_stays_while_a_version_on_it_does(rebranded: World) -> None:
    """Its templates were to go first and one did not: deleting the signature took it along all the same."""
    broken = {"operation": "DeleteTemplate", "fault": "status", "status": 403, "times": 1}
    rebranded.control("POST", "faults", [broken])
    done = rebranded.apply("--retire")
    ends = {one["message"] for one in done.json["outcomes"] if one["outcome"] == "blocked"}
    assert (done.code, len(ends)) == (5, 1)
    assert "is still on it" in ends.pop()
    assert rebranded.writes() == ["DeleteTemplate", "DeleteTemplate"]
    assert rebranded.apply("--retire").code == 0
    assert rebranded.writes() == ["DeleteTemplate", "DeleteSignature"]


def test_signature_that_a_protected_template_hangs_on_stays_and_blocks_nothing(rebranded: World) -> None:
    """The row of the old signature says why it stays; what needs the new one goes on."""
    rebranded.edit("signatures:\n", "protect: [template.refund]\nsignatures:\n")
    rebranded.edit("您的订单{order}已发货", "您的订单{order}已由顺丰发货")
    done = rebranded.apply("--retire")
    assert done.code == 0
    assert done.row("template.order-shipped")["outcome"] == "applied"
    assert rebranded.writes() == ["CreateTemplate", "UpdateTemplate"]
