"""What people read: whole outputs, and hostile text in every field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.address import Kind
from smsconf.model.diagnostics import Diagnostic, Place, Severity
from smsconf.model.sites import SITES
from smsconf.reconcile.outcome import Outcome, Result
from smsconf.reconcile.review import read_reviews
from smsconf.render.lines import cells, clean, pad, plain
from smsconf.render.plan.status import status_lines, status_view
from smsconf.render.plan.text import apply_lines, diagnostics_lines, plan_lines
from smsconf.render.plan.view import apply_view, diagnostics_view, plan_view
from tests.reconcile import build

HOSTILE = "<script>|`【】\n\x1b[31m\u202e@all\u0007" + "长" * 500
ABOUT = {"project": "shop", "environment": "prod", "site": "china", "provider": "emulator"}


def document(asked=None, found=None, **selection):
    made = build.plan(asked or build.desired(), found or build.observed(), **selection)
    return plan_view(made, ABOUT)


def test_plan_of_a_mixed_project_reads_like_this() -> None:
    """The whole text of a plan: rows that say something, the quiet rest, the verdict."""
    rejected = replace(build.o_shipped, status="Reject", review_message="变量过多")
    changed = replace(build.shipped, content="您的订单${1}今天已发货。")
    view = document(
        build.desired(build.shop, build.brand, changed, build.abroad),
        build.observed(build.o_shop, build.o_brand, rejected),
    )
    assert (
        plain(plan_lines(view))
        == """\
plan: shop · prod · china · emulator

create   app.abroad  abroad_prod
         not at the service yet, and never to be deleted; --save-secrets keeps its secret, told once
         name: abroad_prod
         region: intl
         create

update   template.shipped  order-shipped
         rejected: 变量过多; edited and submitted
         content: 您的订单${1}已发货。 → 您的订单${1}今天已发货。
         edit, submit → awaits its review

none     2 unchanged: app.shop, signature.brand

plan: 1 create, 1 update, 2 none
apply would take 3 steps, 1 review
"""
    )


def test_finding_underlines_its_place_in_chinese_text() -> None:
    """The carets stand under the characters they mean, two cells for each wide one."""
    place = Place("a.yaml", 3, 14, 4, "  content: 您的{单号}已发货")
    found = Diagnostic(
        "SMS021",
        Severity.ERROR,
        "placeholder {单号} has no variable",
        place,
        "template.shipped",
        why="every placeholder needs an attribute",
        fix="declare variables.单号",
        related=((Place("b.yaml", 1, 2), "declared here"),),
    )
    assert (
        plain(diagnostics_lines(diagnostics_view([found])))
        == """\
a.yaml:3:14: error[SMS021] template.shipped: placeholder {单号} has no variable
  |
3 |   content: 您的{单号}已发货
  |                ^^^^^^
  = also: b.yaml:1:2: declared here
  = why: every placeholder needs an attribute
  = fix: declare variables.单号
  = more: smsconf explain SMS021

1 error
"""
    )


def test_long_source_line_is_cut_round_its_place() -> None:
    """A line of megabytes shows a window with the place in it."""
    place = Place("a.yaml", 1, 5001, 1, "x" * 5000 + "{" + "x" * 5000)
    text = plain(diagnostics_lines(diagnostics_view([Diagnostic("SMS001", Severity.ERROR, "bad", place)])))
    source, carets = text.splitlines()[2:4]
    assert len(source) < 120
    assert source.index("{") == carets.index("^")


def hostile_plan():
    template = replace(build.shipped, name=HOSTILE, content=HOSTILE, description=HOSTILE)
    has = replace(build.o_shipped, name=HOSTILE, status="Reject", review_message=HOSTILE)
    return build.plan(
        build.desired(build.shop, build.brand, template), build.observed(build.o_shop, build.o_brand, has)
    )


def hostile_outputs():
    made = hostile_plan()
    outcomes = [Outcome(change, Result.FAILED, HOSTILE, HOSTILE, HOSTILE) for change in made.changes]
    reviews = tuple(read_reviews(made, SITES["china"]))
    place = Place(HOSTILE, 1, 1, 3, HOSTILE)
    finding = Diagnostic(
        "SMS001", Severity.ERROR, HOSTILE, place, HOSTILE, HOSTILE, HOSTILE, ((place, HOSTILE),)
    )
    about = dict.fromkeys(ABOUT, HOSTILE)
    return {
        "plan": plan_lines(plan_view(made, about, [finding])),
        "apply": apply_lines(
            apply_view(outcomes, about, pending=["a"], rejected=["b"], plan=made, interrupted=True)
        ),
        "status": status_lines(
            status_view(reviews, about, problems=[HOSTILE], unmanaged={Kind.TEMPLATE: 1}, foreign={})
        ),
        "findings": diagnostics_lines(diagnostics_view([finding])),
    }


@pytest.mark.parametrize("name", ["plan", "apply", "status", "findings"])
def test_hostile_text_is_shown_not_obeyed(name) -> None:
    """No escape, bell, line end or override from outside reaches the output, and no text is lost."""
    text = plain(hostile_outputs()[name])
    assert not set(text) & {"\x1b", "\x07", "\u202e", "\r"}
    assert "⏎\\x1b[31m\\u202e@all\\x07" in text
    assert "<script>|`【】" in text


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("示例", 4), ("e\u0301", 1), ("ａ", 2), ("", 0), ("…", 1)]
)
def test_cells_count_what_a_terminal_draws(text, width) -> None:
    """Wide and full-width characters take two cells, combining ones none."""
    assert cells(text) == width
    assert cells(pad(text, 9)) == 9


def test_clean_leaves_ordinary_text_alone() -> None:
    """Chinese, brackets and emoji pass as they are."""
    assert clean("【示例】订单 Ok ✓ 😀") == "【示例】订单 Ok ✓ 😀"


def test_many_unchanged_rows_are_cut_with_a_number() -> None:
    """Thousands of unchanged addresses do not flood the text; their number is told."""
    many = [
        replace(build.shipped, address=build.Address(Kind.TEMPLATE, f"t{n}"), name=f"t{n}")
        for n in range(150)
    ]
    there = [replace(build.o_shipped, remote_id=f"t{n}", name=f"t{n}") for n in range(150)]
    view = document(
        build.desired(build.shop, build.brand, *many), build.observed(build.o_shop, build.o_brand, *there)
    )
    assert "152 unchanged" in plain(plan_lines(view))
    assert "and 52 more" in plain(plan_lines(view))
