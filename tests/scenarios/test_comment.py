"""The comment under a pull request shows what apply will send, or plan fails and leaves no plan file."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import World

REFUND = "您的退款已到账。"
PLANNED = ("plan", "--format", "markdown", "--output", "plan.md", "--out", "plan.json")


def crowded(world: World, count: int = 250) -> None:
    """Add templates that are refused for their long names, and switch off the rules that say so."""
    many = "".join(
        f"  x{n}: {{app: shop, signature: shop-notice, name: {'n' * 300}{n}, content: 第{n}号通知。}}\n"
        for n in range(count)
    )
    rules = "lint: {severities: {SMS353: 'off', SMS354: 'off', SMS355: 'off'}}\n"
    world.write((world.folder / "smsconf.yaml").read_text(encoding="utf-8") + many + rules)


def test_text_that_is_sent_is_shown_beside_hundreds_that_are_refused(approved: World) -> None:
    """Its row comes first, its old and its new text whole; the refused ones are cut, and counted."""
    crowded(approved)
    approved.edit(REFUND, "中奖了，请回电领取。")
    assert approved.smsconf(*PLANNED).code == 0
    page = (approved.folder / "plan.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| **")]
    assert rows[0].startswith("| **replace** | `template.refund` | `refund_v2` |")
    assert rows[1].startswith("| **refused** |")
    assert f"\n- content: {REFUND}\n+ content: 中奖了，请回电领取。\n" in page
    assert "more are left out here" in page
    assert (approved.folder / "plan.json").exists()


@pytest.mark.parametrize("form", ["markdown", "text", "json"])
def test_plan_whose_comment_cannot_show_all_that_is_sent_fails(world: World, form: str) -> None:
    """It says so first and exits 4 without a plan file; other forms have no limit, and show everything."""
    many = "".join(
        f"  y{number}: {{app: shop, signature: shop-notice, content: 第{number}号通知：{'长' * 400}}}\n"
        for number in range(200)
    )
    world.write((world.folder / "smsconf.yaml").read_text(encoding="utf-8") + many)
    ran = world.smsconf("plan", "--format", form, "--out", "plan.json", "--allow-submissions", "500")
    if form != "markdown":
        assert (ran.code, (world.folder / "plan.json").exists()) == (0, True)
        assert all(f"第{number}号通知：{'长' * 400}" in ran.out for number in range(200))
        return
    assert ran.code == 4
    assert ran.out.splitlines()[5].startswith("**This comment has no room for ")
    assert "`--target`" in ran.out
    assert len(ran.out) < 65_536
    assert "error: the comment has no room for" in ran.err
    assert not (world.folder / "plan.json").exists()
    few = world.smsconf("plan", "--format", "markdown", "--out", "plan.json", "--target", "template.y7")
    assert few.code == 0
    assert "第7号通知" in few.out
    assert world.smsconf("apply", "plan.json").code == 0


def test_rejected_text_that_is_sent_again_is_shown_though_nothing_differs(world: World) -> None:
    """Insisting submits what lies there: the comment and the terminal show the text."""
    world.apply()
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "refund", "reject", "请说明")
    assert f"\n  content: {REFUND}\n" in (
        world.smsconf("plan", "--format", "markdown", "--resubmit", "template.refund").out
    )
    assert f"content = {REFUND}" in world.smsconf("plan", "--resubmit", "template.refund").out
