"""What is posted under a pull request: whole pages, hostile text everywhere, the limit of a comment."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from smsconf.model.address import Address, Kind
from smsconf.model.diagnostics import Diagnostic, Place, Severity
from smsconf.model.sites import SITES
from smsconf.reconcile.change import Action, Change, FieldChange, Step, TemplateChange
from smsconf.reconcile.outcome import Outcome, Result
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.removal.guards import Refusal
from smsconf.reconcile.review import read_reviews
from smsconf.render.markup import clip, code, fenced, prose, row
from smsconf.render.plan.markdown import apply_markdown, marker, plan_markdown, status_markdown
from smsconf.render.plan.status import status_view
from smsconf.render.plan.view import apply_view, plan_view
from tests.reconcile import build

HOSTILE = (
    "<script>|`【】\n\x1b[31m\u202e@all\u0007 [a](https://b.example) https://c.example www.d.example "
    "e@f.example #12 GH-34 g/h#56 deadbeef ``` --> </details> <!-- &lt; ![i](j) *k* _l_ ~~m~~ :tada: "
    "\\| \\\\| 1. $n$ " + "长" * 500
)
ABOUT = {"project": "shop", "environment": "prod", "site": "china", "provider": "emulator"}
GITHUB = 65_536
OURS = re.compile(
    r"<!-- smsconf \w+ [\w.~% -]*-->\n|</?details>\n?|<summary>\w+ <code>[^<>]*</code></summary>\n?"
)
ACTIVE = re.compile(r"@|#\d|://|www\.|[<>|`]|GH-|deadbeef|\x1b|\u202e|\x07")


def parsed(text: str):
    """Parse as GitHub would; yield every token, those inside lines included."""
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text):
        yield token
        yield from token.children or ()


def assert_harmless(text: str) -> None:
    for token in parsed(text):
        assert token.type not in {"link_open", "image", "html_inline", "em_open", "strikethrough_open"}, token
        if token.type == "html_block":
            assert OURS.sub("", token.content) == "", token.content
        if token.type == "text":
            assert not ACTIVE.search(token.content), token.content


def plan_of(*changes: Change, refusals: tuple[Refusal, ...] = ()) -> Plan:
    return Plan(changes, refusals)


def template(number: int, action: Action = Action.CREATE, **more) -> Change:
    address = Address(Kind.TEMPLATE, f"t{number}")
    return replace(
        TemplateChange(Kind.TEMPLATE, action, "not at the service yet", f"t{number}", address), **more
    )


def test_plan_of_a_mixed_project_is_this_comment() -> None:
    """The whole page: counts, refusals, the table with what is sent first, differences, work, reviews."""
    refused = template(1, Action.REFUSED, reason="approved and frozen, but content differs")
    changed = template(
        2,
        Action.UPDATE,
        reason="rejected: 变量过多，请看 https://a.example; sent again",
        remote_name="order|shipped",
        fields=(FieldChange("content", "您的订单${1}已发货。", "您的订单${1}已由顺丰发货。"),),
        notes=(FieldChange("description", None, "订单"),),
        steps=(Step.EDIT, Step.SUBMIT),
        awaits="its review",
    )
    manual = Change(
        Kind.THRESHOLD,
        Action.MANUAL,
        "no API: set it in the console",
        "cn",
        Address(Kind.THRESHOLD, "cn"),
        fields=(FieldChange("daily.warn", None, 80000),),
    )
    guard = Refusal("guard", "51 submissions for review, more than 50", fix="pass --allow-submissions 51")
    found = Diagnostic("SMS301", Severity.WARNING, "variables touch", Place("a.yaml", 3, 1), "template.t2")
    made = plan_of(manual, changed, template(3, Action.NONE), refused, refusals=(guard,))
    page = plan_markdown({**plan_view(made, ABOUT, [found]), "unmanaged": {"templates": 2}})
    assert (
        page
        == """\
<!-- smsconf plan shop prod -->
### smsconf plan: `shop` · `prod` · `china` · `emulator`

**1 update, 1 manual, 1 refused, 1 none** · apply would take 2 steps, 1 review

**A guard forbids this run: apply would send nothing.**

#### Refused

- 51 submissions for review, more than 50. Fix: pass `--allow-submissions` 51.

#### Changes

| action | address | remote name | reason |
| --- | --- | --- | --- |
| **update** | `template.t2` | `order\\|shipped` | rejected: 变量过多，请看 `https://a.example`; sent again |
| **refused** | `template.t1` | `t1` | approved and frozen, but content differs |
| **manual** | `threshold.cn` | `cn` | no API: set it in the console |

1 unchanged.

#### Differences

<details>
<summary>update <code>template.t2</code></summary>

```diff
- content: 您的订单${1}已发货。
+ content: 您的订单${1}已由顺丰发货。
! content: 您的订单${1}已{+由顺丰+}发货。
+ note: description: 订单
```

</details>

<details>
<summary>manual <code>threshold.cn</code></summary>

```diff
+ daily.warn: 80000
```

</details>


#### To do by hand

- [ ] `threshold.cn`: no API: set it in the console: `daily.warn` 80000

#### Reviews awaited

- `template.t2` awaits its review

#### Findings

- warning `SMS301` `a.yaml:3` `template.t2`: variables touch

unmanaged: 2 templates (in declared apps, claimed by no address; left alone)

"""
    )


def hostile_pages() -> dict[str, str]:
    wanted = replace(build.shipped, name=HOSTILE, content=HOSTILE, description=HOSTILE)
    has = replace(build.o_shipped, name=HOSTILE, status="Reject", review_message=HOSTILE)
    made = build.plan(
        build.desired(build.shop, build.brand, wanted), build.observed(build.o_shop, build.o_brand, has)
    )
    worst = replace(
        template(1, Action.DELETE),
        address=None,
        remote_name=HOSTILE,
        reason=HOSTILE,
        awaits=HOSTILE,
        fields=(FieldChange(HOSTILE, f"old {HOSTILE}", [HOSTILE]), FieldChange("x", HOSTILE, "y")),
        notes=(FieldChange(HOSTILE, HOSTILE, None),),
    )
    manual = replace(worst, action=Action.MANUAL)
    refusals = tuple(Refusal(scope, HOSTILE, HOSTILE, HOSTILE) for scope in ("guard", "read", "change"))
    made = replace(made, changes=(*made.changes, worst, manual), refusals=refusals)
    about = dict.fromkeys(ABOUT, HOSTILE)
    place = Place(HOSTILE, 1, 1, 3, HOSTILE)
    finding = Diagnostic(
        "SMS001", Severity.ERROR, HOSTILE, place, HOSTILE, HOSTILE, HOSTILE, ((place, HOSTILE),)
    )
    outcomes = [Outcome(change, Result.FAILED, HOSTILE, HOSTILE, HOSTILE) for change in made.changes]
    reviews = tuple(read_reviews(made, SITES["china"]))
    return {
        "plan": plan_markdown(plan_view(made, about, [finding])),
        "apply": apply_markdown(
            apply_view(outcomes, about, pending=[HOSTILE], rejected=[HOSTILE], plan=made, interrupted=True)
        ),
        "status": status_markdown(
            status_view(reviews, about, problems=[HOSTILE], unmanaged={Kind.TEMPLATE: 1}, foreign={})
        ),
    }


@pytest.mark.parametrize("name", ["plan", "apply", "status"])
def test_hostile_text_is_shown_and_never_obeyed(name) -> None:
    """Parsed, the page has no link, image, HTML, mention or reference of foreign making, and tables hold."""
    page = hostile_pages()[name]
    assert_harmless(page)
    assert "⏎\\x1b[31m\\u202e@all\\x07" in page
    tables = MarkdownIt("commonmark").enable("table").render(page).count("<table>")
    assert tables == 1
    assert len(page) < GITHUB


@pytest.mark.parametrize("name", ["plan", "status"])
def test_every_row_of_a_hostile_table_has_the_cells_of_its_head(name) -> None:
    """Pipes and backslashes in foreign text neither add nor swallow a cell."""
    tokens = list(parsed(hostile_pages()[name]))
    heads = sum(token.type == "th_open" for token in tokens)
    rows = sum(token.type == "tr_open" for token in tokens) - 1
    assert sum(token.type == "td_open" for token in tokens) == heads * rows
    shown = [token.content for token in tokens if token.type == "code_inline"]
    assert any(content.startswith("<script>|`") for content in shown)


@given(st.text(max_size=60) | st.text(alphabet="ab `|\\<>@#[](){}*_~!&;:/.-12\n", max_size=40))
def test_any_foreign_text_stays_text_in_a_table_and_in_a_list(text) -> None:
    """Whatever the text, a row has its two cells and nothing in them is a link, HTML or a mention."""
    page = f"{row('a', 'b')}{row('---', '---')}{row(prose(text), code(text))}\n- x: {prose(text)}\n"
    assert_harmless(page)
    types = [token.type for token in parsed(page)]
    assert types.count("td_open") == 2
    assert types.count("list_item_open") == 1


@given(st.text(max_size=80))
def test_a_code_span_holds_the_whole_text(text) -> None:
    """What is put into a code span comes out of it, with what cannot be seen spelled out."""
    from smsconf.render.lines import clean

    (span,) = [token for token in parsed(f"x {code(text)} y") if token.type == "code_inline"]
    assert span.content.strip() == clean(text).strip()


def test_ordinary_sentences_stay_prose() -> None:
    """Words, numbers and Chinese punctuation are not turned into code."""
    for text in (
        "rejected: 变量过多，请增加固定文字; edited and submitted",
        "not at the service yet (really), don't wait!",
        "5 of 12 templates deleted, 30 % or more",
    ):
        assert prose(text) == text
    assert prose("see @all and (template.t1).") == "see `@all` and (`template.t1`)."
    assert prose("run `smsconf lint` first") == "run `smsconf lint` first"
    assert prose("`b`a`@evil") == "`b` ``a`@evil``"  # side by side they would leave the name outside


def test_fence_is_longer_than_any_run_inside() -> None:
    """Backticks in a message cannot close the block they stand in."""
    block = fenced(["+ a ```` b", "- ```"], "diff")
    assert block.startswith("`````diff\n")
    (token,) = [one for one in parsed(block) if one.type == "fence"]
    assert token.content == "+ a ```` b\n- ```\n"


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("您的订单已发货", "您的订单已由顺丰发货", "您的订单已{+由顺丰+}发货"),
        (
            "验证码${1}，5分钟内有效",
            "验证码${2}，10分钟内有效",
            "验证码[-${1}-]{+${2}+}，[-5-]{+10+}分钟内有效",
        ),
        ("Your parcel left", "Your order left", "Your [-parcel-]{+order+} left"),
        ("a\nb", "a b", "a[-⏎-]{+ +}b"),
        ("##A", "##B", r"#\u0023[-A-]{+B+}"),
        ("##vso,", "##vso.", r"#\u0023vso[-,-]{+.+}"),
    ],
)
def test_difference_marks_characters_words_and_placeholders(old, new, marked) -> None:
    """Chinese is compared by character, other writing by word, a placeholder as a whole."""
    change = template(1, Action.UPDATE, fields=(FieldChange("content", old, new),))
    assert f"\n! content: {marked}\n" in plan_markdown(plan_view(plan_of(change), ABOUT))


def big(count: int, text: str) -> Plan:
    fields = (FieldChange("content", text, text[::-1] + "。"),)
    return plan_of(
        *(
            template(
                number,
                list(Action)[number % len(Action)],
                reason=text,
                remote_name=text,
                fields=fields,
                awaits="its review",
                rejected=number % 7 == 0,
            )
            for number in range(count)
        )
    )


@pytest.mark.parametrize("text", ["short", "长" * 500, "😀" * 500, "`|<@" * 125, "\x1b\U000e0001" * 250])
def test_two_thousand_changes_fit_into_one_comment(text) -> None:
    """Whatever the plan, the page is shorter than GitHub's limit, in characters and in bytes."""
    page = plan_markdown(plan_view(big(2000, text), ABOUT))
    assert len(page.encode("utf-16-le")) // 2 < GITHUB
    assert len(page.encode()) < 4 * GITHUB
    assert_harmless(page)
    for title in ("Changes", "Differences", "To do by hand", "Reviews awaited"):
        assert f"#### {title}\n" in page


def test_folder_whose_name_is_no_text_has_a_marker() -> None:
    """Its bytes come from the file system as they are; the line was a traceback."""
    page = plan_markdown(plan_view(big(3, "text"), {**ABOUT, "project": "bad\udcff"}))
    assert page.startswith("<!-- smsconf plan bad%FF")


def test_cut_page_shows_the_worst_and_counts_the_rest() -> None:
    """Refused, rejected and destructive rows come first; the note says how many were left out."""
    made = big(2000, "text")
    page = plan_markdown(plan_view(made, ABOUT))
    rows = re.findall(r"^\| \*\*(\w+)\*\* \|", page, re.MULTILINE)
    refused = sum(change.action is Action.REFUSED for change in made.changes)
    assert rows[:refused] == ["refused"] * refused
    rejected = sum(one.rejected and one.action is not Action.REFUSED for one in made.changes)
    wanted = ["delete", "retire", "replace", "withdraw"]
    quiet_ones = rows[refused + rejected :]
    assert quiet_ones == sorted(quiet_ones, key=wanted.index)
    quiet = int(re.search(r"^(\d+) unchanged", page, re.MULTILINE)[1])
    left = int(re.search(r"^(\d+) more are left out here; `--format json`", page, re.MULTILINE)[1])
    assert len(rows) + left + quiet == 2000


def test_huge_change_is_cut_too() -> None:
    """One change of hundreds of fields and a text of a megabyte are cut with numbers."""
    fields = tuple(FieldChange(f"f{n}", None, "长" * 1_000_000 if n == 0 else n) for n in range(300))
    page = plan_markdown(plan_view(plan_of(template(1, fields=fields)), ABOUT))
    assert "(998800 more characters)" in page
    assert "… 240 more lines" in page
    assert clip("abc", 3) == "abc"


@pytest.mark.parametrize(
    ("project", "environment", "line"),
    [
        ("shop", None, "<!-- smsconf plan shop -->"),
        ("shop", "prod", "<!-- smsconf plan shop prod -->"),
        ("a --> <b>", "-", "<!-- smsconf plan a%20-%2D%3E%20%3Cb%3E - -->"),
        ("商城", "x\ny", "<!-- smsconf plan %E5%95%86%E5%9F%8E x%0Ay -->"),
    ],
)
def test_marker_is_one_harmless_line_for_each_project_and_environment(project, environment, line) -> None:
    """No name ends the hidden comment or breaks the line; a blank stands only between names."""
    assert marker({"project": project, "environment": environment}, "plan") == line


def test_status_shows_what_was_rejected_first() -> None:
    """The whole page of a status, with the reviewer's words."""
    has = replace(
        build.o_shipped, status="Reject", review_message="变量过多", update_time="2026-01-05 10:00:00"
    )
    made = build.plan(build.desired(), build.observed(build.o_shop, build.o_brand, has))
    view = status_view(
        tuple(read_reviews(made, SITES["china"])),
        ABOUT,
        problems=["countries: 503"],
        unmanaged={},
        foreign={},
    )
    assert (
        status_markdown(view)
        == """\
<!-- smsconf status shop prod -->
### smsconf status: `shop` · `prod` · `china` · `emulator`

**1 in service, 1 approved, 1 rejected**

#### Could not be read

- countries: 503.

#### Addresses

| phase | address | remote name | status | since | answer |
| --- | --- | --- | --- | --- | --- |
| **rejected** | `template.shipped` | `order-shipped` | `Reject` rejected | `2026-01-05 10:00:00` |  |
| **in service** | `app.shop` | `shop_prod` | `LAUNCHED` launched |  |  |
| **approved** | `signature.brand` | `示例商城` | `REVIEW_PROCESSING_COMPLETED` approved |  |  |

#### What reviewers said

- `template.shipped`: 变量过多

"""
    )


def test_apply_shows_what_went_wrong_first() -> None:
    """The whole page of an apply: failures before what was done, then what is awaited."""
    outcomes = [
        Outcome(template(1), Result.APPLIED, "created as a draft, submitted"),
        Outcome(template(2), Result.FAILED, "refused by the service", "MSGSMS.0010", "req-1"),
    ]
    view = apply_view(
        outcomes, ABOUT, pending=["template.t1"], rejected=[], plan=plan_of(), interrupted=False
    )
    assert (
        apply_markdown(view)
        == """\
<!-- smsconf apply shop prod -->
### smsconf apply: `shop` · `prod` · `china` · `emulator`

#### Outcomes

| outcome | address | remote name | what happened |
| --- | --- | --- | --- |
| **failed** | `template.t2` | `t2` | refused by the service, code `MSGSMS.0010`, request `req-1` |
| **applied** | `template.t1` | `t1` | created as a draft, submitted |

#### Waiting for review

- `template.t1`

"""
    )
