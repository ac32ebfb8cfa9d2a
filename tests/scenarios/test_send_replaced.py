"""A replaced template is sent as its live version, in every state between replacement and retirement."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from tests.scenarios.conftest import World

SHIPPED = "template.order-shipped"
ONE, TWO = "+8613812345678", "+8613912345679"
CONTENT = "您的订单{order}已发货，预计{day}送达。"
VARIABLES = "    variables:\n      order:"
SECOND = "您好{name}，订单{order}已发货。"

FIRST_VALUES = ("--var", "order=A1024", "--var", "day=2026-01-31")
SECOND_VALUES = ("--var", "order=A1024", "--var", "name=王芳")
FIRST_TEXT = "【示例商城】您的订单A1024已发货，预计2026-01-31送达。"
SECOND_TEXT = "【示例商城】您好王芳，订单A1024已发货。"


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The shop with everything approved, the apps' secrets kept, and a reviewer who decides when told."""
    monkeypatch.setenv("SMSCONF_SECRETS", str(world.folder / "secrets.json"))
    assert world.apply("--save-secrets", str(world.folder / "secrets.json")).code == 0
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    world.advance("P14D")
    world.control("PUT", "reviewer", {"default": "hold", "rules": []})
    assert world.apply().code == 0
    return world


def ids(world: World) -> dict[str, str | None]:
    """The ids for sending by remote name, as the service has them."""
    with closing(sqlite3.connect(world.folder / ".smsconf/emulator.db")) as database:
        return dict(database.execute("SELECT template_name, template_id FROM template"))


def sent(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.control("GET", "outbox")
    return found


def edit(world: World) -> None:
    """Write another text with other variables."""
    world.edit(CONTENT, SECOND)
    world.edit("      day: {type: datetime}", "      name: {type: text, max_length: 8, description: 称呼}")


def replace(world: World) -> None:
    edit(world)
    assert world.apply().code == 0


def approve(world: World) -> None:
    replace(world)
    world.decide("template", "order-shipped_v2", "approve")


def revert(world: World) -> None:
    world.edit(SECOND, CONTENT)
    world.edit("      name: {type: text, max_length: 8, description: 称呼}", "      day: {type: datetime}")


def left_a_draft(world: World) -> None:
    """The successor is made, and its submission fails."""
    edit(world)
    fault = {"operation": "UpdateTemplate", "fault": "status", "status": 400, "times": 9}
    world.control("POST", "faults", [fault])
    assert world.apply().code == 5
    world.control("POST", "faults", [])


def rejected(world: World) -> None:
    replace(world)
    world.decide("template", "order-shipped_v2", "reject", "请写明由谁送达")


def seen_approved(world: World) -> None:
    approve(world)
    assert world.apply().code == 0


def asked_to_retire(world: World) -> None:
    approve(world)
    assert world.apply("--retire").code == 0
    assert "order-shipped" in ids(world)


def retired(world: World) -> None:
    asked_to_retire(world)
    world.advance("P8D")
    assert world.apply("--retire").code == 0
    assert "order-shipped" not in ids(world)


def reverted_in_review(world: World) -> None:
    replace(world)
    revert(world)


def called_back(world: World) -> None:
    reverted_in_review(world)
    assert world.apply().code == 0


def reverted_after(world: World) -> None:
    seen_approved(world)
    revert(world)


def reverted_and_retired(world: World) -> None:
    reverted_after(world)
    assert world.apply().code == 0
    world.advance("P8D")
    assert world.apply("--retire").code == 0
    assert "order-shipped_v2" not in ids(world)


def without_a_journal(world: World) -> None:
    approve(world)
    (world.folder / ".smsconf/journal.jsonl").unlink()


def third_in_review(world: World) -> None:
    seen_approved(world)
    world.edit(SECOND, "第三版{order}。")
    world.edit("      name: {type: text, max_length: 8, description: 称呼}\n", "")
    assert world.apply().code == 0


def in_place_with_an_older_one(world: World) -> None:
    """What serves is disabled for an edit, and the version before it serves meanwhile."""
    third_in_review(world)
    world.decide("template", "order-shipped_v3", "approve")
    assert world.apply().code == 0
    world.edit("  order-shipped:\n", "  order-shipped:\n    update: in-place\n")
    world.edit("第三版{order}。", "第四版{order}。")
    assert world.apply().code == 0


def renamed(world: World) -> None:
    """The files give it another name; what was approved under the old one serves on."""
    world.edit("  order-shipped:\n", "  order-shipped:\n    name: shipped\n    renamed_from: order-shipped\n")


def renamed_and_replaced(world: World) -> None:
    renamed(world)
    replace(world)


def renamed_and_approved(world: World) -> None:
    renamed_and_replaced(world)
    world.decide("template", "shipped_v2", "approve")


FIRST = ("order-shipped", FIRST_VALUES, FIRST_TEXT)
LATER = ("order-shipped_v2", SECOND_VALUES, SECOND_TEXT)
STATES: dict[Callable[[World], None], tuple[str, tuple[str, ...], str]] = {
    edit: FIRST,
    left_a_draft: FIRST,
    replace: FIRST,
    rejected: FIRST,
    approve: LATER,
    seen_approved: LATER,
    asked_to_retire: LATER,
    retired: LATER,
    without_a_journal: LATER,
    reverted_in_review: FIRST,
    called_back: FIRST,
    reverted_after: FIRST,
    reverted_and_retired: FIRST,
    third_in_review: LATER,
    in_place_with_an_older_one: LATER,
    renamed: FIRST,
    renamed_and_replaced: FIRST,
    renamed_and_approved: ("shipped_v2", SECOND_VALUES, SECOND_TEXT),
}


def send(world: World, values: tuple[str, ...], address: str = SHIPPED) -> list[dict[str, Any]]:
    """Send to one number, and a list to another; return both messages."""
    before = len(sent(world))
    two = f"{TWO[:-3]}{before:03}"
    ran = world.json("send", address, "--to", ONE, *values)
    assert ran.code == 0, ran.err
    world.write(f"{two}\n", "list.csv")
    ran = world.json("bulk", address, "list.csv", *values, "--auto-approve")
    assert ran.code == 0, ran.err
    found = sent(world)[before:]
    assert [one["to"] for one in found] == [ONE, two]
    return found


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_replaced_template_is_sent_as_what_serves(shop: World, state: Callable[[World], None]) -> None:
    """Id, text and variables in the outbox are the live version's; another version's values are refused."""
    state(shop)
    name, values, text = STATES[state]
    expected = (ids(shop)[name], text)
    assert expected[0]
    assert [(one["templateId"], one["text"]) for one in send(shop, values)] == [expected, expected]
    others = SECOND_VALUES if values == FIRST_VALUES else FIRST_VALUES
    ran = shop.smsconf("send", SHIPPED, "--to", ONE, *others)
    assert (ran.code, "the values do not fit" in ran.err) == (1, True)
    assert shop.json("outputs").json["templates"][SHIPPED]["template_id"] == expected[0]


def test_template_updated_in_place_waits_for_its_review(shop: World) -> None:
    """While it is disabled nothing is sent, exit 4; afterwards the same template has the new text."""
    shop.edit("  order-shipped:\n", "  order-shipped:\n    update: in-place\n")
    edit(shop)
    assert shop.apply().code == 0
    shop.write(f"{TWO}\n", "list.csv")
    for arguments in (("send", SHIPPED, "--to", ONE), ("bulk", SHIPPED, "list.csv", "--auto-approve")):
        ran = shop.smsconf(*arguments, *SECOND_VALUES)
        assert (ran.code, "no approved version" in ran.err) == (4, True), ran.err
    assert sent(shop) == []
    shop.decide("template", "order-shipped", "approve")
    expected = (ids(shop)["order-shipped"], SECOND_TEXT)
    assert [(one["templateId"], one["text"]) for one in send(shop, SECOND_VALUES)] == [expected, expected]


def test_template_disabled_at_the_console_is_not_sent(shop: World) -> None:
    """Nothing serves: exit 4, and it says so."""
    shop.console("PUT", "template", "order-shipped", {"flow_status": "Disable"})
    ran = shop.smsconf("send", SHIPPED, "--to", ONE, *FIRST_VALUES)
    assert (ran.code, "disabled outside smsconf" in ran.err, sent(shop)) == (4, True, [])


def test_template_that_moves_to_another_app_is_sent_from_there_once_approved(shop: World) -> None:
    """Under the new app nothing serves before: exit 4; what stays under the old app is not sent."""
    shop.edit("apps:\n", "apps:\n  outlet: {region: cn}\n")
    shop.edit("signatures:\n", "signatures:\n  sign: {app: outlet, name: 奥莱, type: notification}\n")
    shop.edit(
        "  refund:\n    app: shop\n    signature: shop-notice",
        "  refund:\n    app: outlet\n    signature: sign",
    )
    assert shop.apply("--save-secrets", str(shop.folder / "secrets.json")).code == 0
    ran = shop.smsconf("send", "template.refund", "--to", ONE)
    assert (ran.code, sent(shop)) == (4, [])
    shop.decide("signature", "奥莱", "approve")
    shop.control("PUT", "reviewer", {"default": "approve", "rules": []})
    shop.advance("P14D")
    assert {one["text"] for one in send(shop, (), "template.refund")} == {"【奥莱】您的退款已到账。"}


def test_live_version_keeps_its_own_signature_until_its_successor_is_approved(shop: World) -> None:
    """A rebrand: text and sender are the old signature's, then the new one's."""
    shop.edit("name: 示例商城", "name: 新商城")
    assert shop.apply().code == 0
    old, _ = send(shop, FIRST_VALUES)
    assert old["text"] == FIRST_TEXT
    shop.control("PUT", "reviewer", {"default": "approve", "rules": []})
    shop.advance("P14D")
    new, _ = send(shop, FIRST_VALUES)
    assert new["text"] == FIRST_TEXT.replace("示例商城", "新商城")
    assert new["from"] != old["from"]


def test_universal_template_goes_under_the_signature_that_serves(shop: World) -> None:
    """While its signature is being replaced the old one carries it; the new one once that is approved."""
    shop.edit(
        "  refund:\n",
        "  anyone: {app: shop, universal: true, type: notification, content: 感谢惠顾。}\n  refund:\n",
    )
    assert shop.apply().code == 0
    shop.decide("template", "anyone", "approve")
    shop.edit(
        "name: 示例商城, type: notification, qualification: q-1234",
        "name: 新商城, type: notification, qualification: q-1234, "
        "replaces: {name: 示例商城, type: notification}",
    )
    assert shop.apply().code == 0
    assert {one["text"] for one in send(shop, (), "template.anyone")} == {"【示例商城】感谢惠顾。"}
    shop.control("PUT", "reviewer", {"default": "approve", "rules": []})
    shop.advance("P14D")
    ran = shop.json("send", "template.anyone", "--to", ONE, "--signature", "signature.shop-notice")
    assert ran.code == 0, ran.err
    assert sent(shop)[-1]["text"] == "【新商城】感谢惠顾。"
