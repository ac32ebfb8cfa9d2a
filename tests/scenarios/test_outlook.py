"""What plan, apply and status say of the time to come: answers, billed parts, what a rejection means."""

from __future__ import annotations

from tests.scenarios.conftest import World

LONG = (
    "您的退款已到账，" + "感谢您的耐心等待，" * 8 + "请注意查收。"
)  # with 【示例商城】 more than 70 characters


def test_plan_says_when_answers_come_if_applied_now(world: World) -> None:
    """On a Monday at 9:00: the signature on Friday evening, its templates two working hours later."""
    plan = world.json("plan")
    brand, refund = plan.row("signature.shop-notice"), plan.row("template.refund")
    assert (brand["expected_by"], brand["expected_provisional"]) == ("2026-01-09T10:00:00Z", False)
    assert refund["expected_by"] == "2026-01-12T03:00:00Z"
    assert plan.row("app.shop")["expected_by"] is None
    text = world.smsconf("plan").out
    assert "expected by 2026-01-09 18:00 Beijing time\n" in text
    assert "expected by 2026-01-12 11:00 Beijing time\n" in text


def test_country_with_rules_of_its_own_takes_longer_and_is_a_guess(world: World) -> None:
    """The template for Singapore: nobody publishes a figure."""
    row = world.json("plan").row("template.hello")
    assert (row["expected_by"], row["expected_provisional"]) == ("2026-01-07T10:00:00Z", True)
    assert "expected by 2026-01-07 18:00 Beijing time (provisional)" in world.smsconf("plan").out


def test_apply_ends_with_the_last_answer_to_expect(world: World) -> None:
    """One line for people, one value for programs, and one for each outcome."""
    done = world.apply()
    assert done.json["expected_by"] == "2026-01-12T03:00:00Z"
    assert done.row("signature.shop-notice")["expected_by"] == "2026-01-09T10:00:00Z"
    page = world.smsconf("apply", "--auto-approve", "--format", "markdown").out
    assert "Answers: expected by" in page


def test_status_expects_what_is_in_review_and_nothing_before(world: World) -> None:
    """Before apply nothing is on its way; afterwards status counts from the journal's submission."""
    assert world.json("status").row("template.refund")["expected_by"] is None
    world.apply()
    world.advance("PT5H")
    status = world.json("status")
    assert status.row("signature.shop-notice")["expected_by"] == "2026-01-09T10:00:00Z"
    assert status.row("signature.shop-notice")["since"] == "2026-01-05T01:00:00Z"
    assert status.row("template.refund")["expected_by"] == "2026-01-12T03:00:00Z"
    assert not any(row["overdue"] for row in status.json["resources"])
    assert "expected by 2026-01-09 18:00 Beijing time" in world.smsconf("status").out
    assert "expected by `2026-01-09` `18:00`" in world.smsconf("status", "--format", "markdown").out


def test_status_says_where_to_urge_what_is_overdue(world: World) -> None:
    """A week later the signature's answer is late; its templates still wait for it and are late with it."""
    world.apply()
    world.advance("P8D")
    status = world.json("status")
    late = {row["address"] for row in status.json["resources"] if row["overdue"]}
    assert late == {
        "signature.shop-notice",
        "template.order-shipped",
        "template.refund",
        "template.hello",
    }
    text = world.smsconf("status").out
    assert "overdue: urge it in the console, Signature Management, Urge (催审)" in text
    assert "overdue: urge it in the console" in world.smsconf("plan").out
    markdown = world.smsconf("status", "--format", "markdown").out
    assert "overdue: urge it in the console, Signature Management" in markdown


def test_lost_journal_makes_nothing_overdue_that_is_late_in_one_zone_only(world: World) -> None:
    """Without the journal the service's time may be UTC or Beijing; the later one counts."""
    world.apply("--target", "template.hello")
    (world.folder / ".smsconf" / "journal.jsonl").unlink()
    world.edit("countries: [Singapore, BR]", "countries: [BR]")
    row = world.json("status").row("template.hello")
    assert row["since"] == "2026-01-05 01:00:00"
    assert row["expected_by"] == "2026-01-05T03:00:00Z"
    world.advance("PT1H59M")
    assert world.json("status").row("template.hello")["overdue"] is False
    world.advance("PT2M")
    assert world.json("status").row("template.hello")["overdue"] is True


def test_own_calendar_moves_the_answers(world: World) -> None:
    """A holiday of the project puts the signature off over the weekend; a worked Saturday brings it back."""
    text = (world.folder / "smsconf.yaml").read_text(encoding="utf-8")
    world.write(f"calendar: {{holidays: [2026-01-07]}}\n{text}")
    assert world.json("plan").row("signature.shop-notice")["expected_by"] == "2026-01-12T10:00:00Z"
    world.write(f"calendar: {{holidays: [2026-01-07], working_days: [2026-01-10]}}\n{text}")
    assert world.json("plan").row("signature.shop-notice")["expected_by"] == "2026-01-10T10:00:00Z"


def test_year_without_a_notice_is_provisional_until_the_project_settles_it(world: World) -> None:
    """Beyond the published holidays an answer is a guess, unless the project has days of that year."""
    world.control("POST", "clock", {"set": "2030-03-04T09:00:00+08:00"})
    row = world.json("plan").row("signature.shop-notice")
    assert (row["expected_by"], row["expected_provisional"]) == ("2030-03-08T10:00:00Z", True)
    text = (world.folder / "smsconf.yaml").read_text(encoding="utf-8")
    world.write(f"calendar: {{holidays: [2030-03-06]}}\n{text}")
    row = world.json("plan").row("signature.shop-notice")
    assert (row["expected_by"], row["expected_provisional"]) == ("2030-03-11T10:00:00Z", False)


def test_plan_says_what_a_longer_text_costs(approved: World) -> None:
    """From one segment to two: in text, Markdown and JSON."""
    approved.edit("您的退款已到账。", LONG)
    plan = approved.json("plan")
    parts = plan.row("template.refund")["segments"]
    assert (parts["old"]["min"], parts["old"]["max"]) == (1, 1)
    assert (parts["new"]["min"], parts["new"]["max"]) == (2, 2)
    assert parts["new"]["max_length"] == len(LONG) + len("【示例商城】")
    assert "1 → 2 segments: twice the price\n" in approved.smsconf("plan").out
    assert "1 → 2 segments: twice the price" in approved.smsconf("plan", "--format", "markdown").out


def test_unchanged_template_keeps_its_segments_and_says_nothing(approved: World) -> None:
    """JSON has both sides equal; the text stays quiet."""
    plan = approved.json("plan")
    parts = plan.row("template.order-shipped")["segments"]
    assert parts["old"] == parts["new"]
    assert plan.row("signature.shop-notice")["segments"] is None
    assert "segment" not in approved.smsconf("plan").out


def test_new_template_has_no_old_segments(world: World) -> None:
    """Nothing serves yet; the row says how many parts there will be."""
    parts = world.json("plan").row("template.refund")["segments"]
    assert parts["old"] is None
    assert (parts["new"]["max"], parts["new"]["unit"]) == (1, "characters")
    assert "         1 segment\n" in world.smsconf("plan").out


def test_longer_values_alone_change_the_length_of_both_sides(approved: World) -> None:
    """The longest values are ours; the version at the service is measured with the same ones."""
    approved.edit("type: alphanumeric, max_length: 12", "type: alphanumeric, max_length: 20")
    plan = approved.json("plan")
    parts = plan.row("template.order-shipped")["segments"]
    assert plan.row("template.order-shipped")["action"] == "none"
    assert parts["old"] == parts["new"]


def test_rejection_is_read_as_a_rule(world: World) -> None:
    """Status and plan name the probable rule and the remedy; without a rejection there is none."""
    world.apply()
    world.decide("signature", "示例商城", "reject", "第三方签名请上传授权委托书")
    world.decide("template", "hello", "reject", "The content is not clear, add fixed text")
    status = world.json("status")
    assert status.row("signature.shop-notice")["advice"]["code"] == "SMS209"
    assert status.row("template.hello")["advice"] == {
        "code": "SMS315",
        "message": "say more in fixed words, and less in variables",
    }
    assert status.row("template.refund")["advice"] is None
    assert world.json("plan").row("template.hello")["advice"]["code"] == "SMS315"
    said = "probably SMS315: say more in fixed words, and less in variables"
    assert said in world.smsconf("status").out
    assert said in world.smsconf("plan").out
    assert "probably `SMS315`" in world.smsconf("status", "--format", "markdown").out


def test_rule_that_the_rejected_text_breaks_is_named_after_the_files_changed(world: World) -> None:
    """The checks look at what the reviewer saw, not at what the files say by now."""
    world.edit("您的退款已到账。", "您的退款已到账，详见 https://t.cn/abc 。")
    world.apply()
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "refund", "reject", "内容含有链接")
    world.edit("您的退款已到账，详见 https://t.cn/abc 。", "您的退款已到账，请查收。")
    assert world.json("status").row("template.refund")["advice"]["code"] == "SMS317"


def test_rejection_in_words_nobody_knows_gets_no_advice(world: World) -> None:
    """Better none than a wrong one."""
    world.apply()
    world.decide("template", "hello", "reject", "审核不通过")
    assert world.json("status").row("template.hello")["advice"] is None
    assert "probably" not in world.smsconf("status").out
