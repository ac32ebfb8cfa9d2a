"""What appeared since the plan was made: read in small steps, whatever the account holds."""

from __future__ import annotations

from tests.scenarios.conftest import World, world  # noqa: F401 - a fixture

MANY = 40


def test_apply_looks_for_newcomers_and_not_at_the_whole_account(world: World) -> None:  # noqa: F811
    """The requests of a large apply grow with its changes, and its looks ask only for what is new."""
    lines = "".join(
        f"  t{number}: {{app: shop, signature: shop-notice, content: 您的第{number}号订单已发货。}}\n"
        for number in range(MANY)
    )
    world.write((world.folder / "smsconf.yaml").read_text() + lines)
    assert world.apply("--allow-submissions", "100").code == 0
    world.control("DELETE", "requests")
    world.edit("号订单已发货", "号订单已由顺丰发货")
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    world.advance("P14D")
    assert world.apply("--allow-submissions", "100").code == 0
    seen = world.control("GET", "requests")
    looks = [one for one in seen if one["operation"] == "ListTemplateDetails"]
    assert len(looks) <= 2 * MANY + 10  # one by name and one for newcomers each, and the plan's own
    filtered = [one for one in looks if "start_time=" in (one.get("query") or "")]
    assert len(filtered) >= MANY / 4
