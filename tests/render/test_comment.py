"""Whoever reads the comment sees all that would be sent, or the comment says that it does not fit."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from smsconf.model.address import Address, Kind
from smsconf.model.diagnostics import Diagnostic, Place, Severity
from smsconf.reconcile.change import (
    SUBMITTING,
    Action,
    Change,
    FieldChange,
    SignatureChange,
    Step,
    TemplateChange,
)
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.removal.guards import Refusal
from smsconf.reconcile.versions.submission import marked
from smsconf.render.lines import clean
from smsconf.render.markup import short
from smsconf.render.plan.markdown import Comment, plan_comment
from smsconf.render.plan.text import plan_lines
from smsconf.render.plan.view import plan_view
from tests.reconcile import build

GITHUB = 65_536
ABOUT = {"project": "shop", "environment": "prod", "site": "china", "provider": "emulator"}
NASTY = "ab0`|\\<>@#[](){}*_~!&$;:/.-\n\r\x1b\u202e\u2028\ud800长😀【】"
STEPS = {
    Action.CREATE: (Step.CREATE, Step.SUBMIT),
    Action.UPDATE: (Step.EDIT, Step.SUBMIT),
    Action.REPLACE: (Step.CREATE, Step.SUBMIT),
    Action.WITHDRAW: (Step.WITHDRAW,),
    Action.ACTIVATE: (Step.ACTIVATE,),
    Action.RETIRE: (Step.WITHDRAW, Step.DELETE),
    Action.DELETE: (Step.DELETE,),
}

# most texts are short, some are long, a few are far too long
texts = st.one_of(
    st.text(alphabet=NASTY, min_size=1, max_size=30),
    st.text(alphabet=NASTY, min_size=1, max_size=8).flatmap(
        lambda part: st.sampled_from((1, 40, 200, 3_000)).map(lambda times: part * times)
    ),
)


@st.composite
def changes(draw: st.DrawFn) -> list[Change]:
    """Draw a few kinds of changes, and how often each stands in the plan."""
    made: list[Change] = []
    for _kind in range(draw(st.integers(1, 4))):
        one = draw(one_change())
        copies = draw(st.sampled_from((1, 2, 7, 40, 150)))
        for number in range(len(made), len(made) + copies):
            address = Address(Kind.TEMPLATE, f"{'t' * draw(st.sampled_from((1, 250)))}{number}")
            unclaimed = one.action is Action.DELETE
            made.append(
                replace(one, address=None if unclaimed else address, remote_name=f"{one.remote_name}{number}")
            )
    return draw(st.permutations(made)) if len(made) < 20 else made


@st.composite
def one_change(draw: st.DrawFn) -> Change:
    action = draw(st.sampled_from(Action))
    old, content, note = draw(texts), draw(texts), draw(texts)
    wanted = replace(build.shipped, content=content, description=marked(note, "0123456789abcdef" * 4))
    fields = draw(
        st.sampled_from(((), (FieldChange("content", old, content),), (FieldChange("brackets", "CN", "GB"),)))
    )
    known = {
        "action": action,
        "reason": draw(texts),
        "remote_name": draw(texts),
        "fields": fields,
        "notes": draw(st.sampled_from(((), (FieldChange("description", None, note),)))),
        "steps": STEPS.get(action, ()),
        "awaits": draw(st.none() | texts),
        "rejected": draw(st.booleans()),
    }
    if action is Action.DELETE:
        carries = draw(st.sampled_from(((), ("taken along",))))
        return SignatureChange(kind=Kind.SIGNATURE, carries=carries, **known)
    return TemplateChange(kind=Kind.TEMPLATE, desired=None if action is Action.RETIRE else wanted, **known)


findings = st.builds(
    lambda text, count: (
        [Diagnostic("SMS353", Severity.WARNING, text, Place(text, 1, 1, 3, text), text, text, text)] * count
    ),
    texts,
    st.sampled_from((0, 1, 300)),
)
refusals = st.builds(
    lambda scope, text, count: tuple(Refusal(scope, text, text, text) for _one in range(count)),
    st.sampled_from(("guard", "read", "change")),
    texts,
    st.sampled_from((0, 1, 300)),
)


def tables_and_blocks(text: str) -> tuple[list[list[str]], dict[str, list[str]]]:
    """Parse as GitHub would; return the rows of tables as the text of their cells, and blocks by summary."""
    rows: list[list[str]] = []
    blocks: dict[str, list[str]] = {}
    summary, before = "", ""
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text):
        if token.type == "tr_open":
            rows.append([])
        elif before in ("td_open", "th_open"):
            rows[-1].append("".join(part.content for part in token.children or ()))
        elif token.type == "html_block" and "<code>" in token.content:
            summary = html.unescape(re.search(r"<code>(.*)</code>", token.content)[1])
        elif token.type == "fence":
            blocks[summary] = token.content.splitlines()
        before = token.type
    return rows, blocks


def assert_all_is_shown(comment: Comment, plan: Plan) -> None:
    """Every change with steps has its row, with whole names, and every text that it submits whole."""
    rows, blocks = tables_and_blocks(comment.text)
    names = {(row[0], row[1].strip(), row[2].strip()) for row in rows}
    for one in plan.changes:
        if not one.steps:
            continue
        assert (one.action.value, clean(one.label).strip(), clean(one.remote_name).strip()) in names
        if SUBMITTING[one.kind].isdisjoint(one.steps):
            continue
        said = [line[2:] for line in blocks[clean(one.label)] if line[0] in "+ "]
        assert f"content: {clean(one.desired.content)}" in said
        assert "signature: signature.brand" in said


def cut(comment: Comment) -> bool:
    return "**This comment has no room for" in comment.text


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.generate))  # shrinking takes long
@given(changes(), refusals, findings)
@example(
    [
        *(
            TemplateChange(
                Kind.TEMPLATE,
                Action.REFUSED,
                "too long",
                "n" * 400 + str(number),
                Address(Kind.TEMPLATE, f"x{number}"),
            )
            for number in range(250)
        ),
        TemplateChange(
            Kind.TEMPLATE,
            Action.REPLACE,
            "content differs",
            "shipped_v2",
            build.SHIPPED,
            steps=(Step.CREATE, Step.SUBMIT),
            desired=build.shipped,
        ),
    ],
    (),
    [],
)
def test_comment_shows_all_that_is_sent_or_says_that_it_does_not_fit(made, refused, found) -> None:
    """Whatever the plan: nothing that is sent is dropped in silence, and no comment is too long."""
    plan = Plan(tuple(made), refused)
    comment = plan_comment(plan_view(plan, ABOUT, found))
    assert len(comment.text.encode("utf-16-le")) // 2 < GITHUB
    assert cut(comment) == bool(comment.left_out)
    if not comment.left_out:
        assert_all_is_shown(comment, plan)


@given(st.integers(1, 400), st.integers(0, 400), texts)
@settings(max_examples=30, deadline=None)
def test_what_is_not_sent_takes_no_room_from_what_is(sent, refused, reason) -> None:
    """A plan fits or not by what it sends alone, however much is refused beside it."""
    going = [
        replace(build_change(number), reason=reason, steps=STEPS[Action.CREATE]) for number in range(sent)
    ]
    staying = [
        replace(build_change(sent + number), action=Action.REFUSED, reason=reason)
        for number in range(refused)
    ]
    alone = plan_comment(plan_view(Plan(tuple(going)), ABOUT))
    beside = plan_comment(plan_view(Plan((*staying, *going)), ABOUT))
    assert len(beside.left_out) - len(alone.left_out) in (0, 1)  # the count of what is refused has its width


def build_change(number: int) -> Change:
    address = Address(Kind.TEMPLATE, f"t{number}")
    return TemplateChange(Kind.TEMPLATE, Action.CREATE, "new", f"t{number}", address, desired=build.shipped)


def test_rows_of_what_is_sent_stand_before_what_is_refused() -> None:
    """In the table and among the texts, and each in its order: what deletes first."""
    made = [
        replace(build_change(1), action=Action.REFUSED, fields=(FieldChange("content", "a", "b"),)),
        replace(build_change(2), steps=STEPS[Action.CREATE]),
        replace(build_change(3), action=Action.UPDATE, steps=STEPS[Action.UPDATE], rejected=True),
    ]
    text = plan_comment(plan_view(Plan(tuple(made)), ABOUT)).text
    assert re.findall(r"^\| \*\*(\w+)", text, re.MULTILINE) == ["update", "create", "refused"]
    assert re.findall(r"<summary>(\w+)", text) == ["update", "create", "refused"]


def test_text_that_is_submitted_as_it_is_is_shown_though_nothing_differs() -> None:
    """Sending a rejected text again has no difference; the comment and the terminal show it all the same."""
    again = replace(build_change(1), action=Action.UPDATE, steps=(Step.SUBMIT,))
    view = plan_view(Plan((again,)), ABOUT)
    assert f"\n  content: {build.shipped.content}\n" in plan_comment(view).text
    assert "\n  variable descriptions: order 订单号\n" in plan_comment(view).text
    assert any(f"content = {build.shipped.content}" in one.text for one in plan_lines(view))


def test_file_that_is_uploaded_again_is_named_with_its_hash() -> None:
    """Another licence under the same path is something else that is sent."""
    signed = replace(build.brand, licence=build.LICENCE)
    change = SignatureChange(
        Kind.SIGNATURE,
        Action.UPDATE,
        "rejected",
        "示例商城",
        build.BRAND,
        steps=(Step.UPLOAD, Step.EDIT),
        desired=signed,
        uploads=("licence",),
    )
    text = plan_comment(plan_view(Plan((change,)), ABOUT)).text
    assert f"\n  licence: files/licence.png, uploaded: sha256 {'a' * 64}\n" in text


def test_names_that_go_along_with_a_signature_are_all_in_the_comment() -> None:
    """A sentence about them may be cut; the list is not."""
    carries = tuple(f"template-{number:04}" for number in range(300))
    gone = SignatureChange(
        Kind.SIGNATURE, Action.DELETE, ", ".join(carries), "旧", steps=(Step.DELETE,), carries=carries
    )
    text = plan_comment(plan_view(Plan((gone,)), ABOUT)).text
    assert all(f"\n- takes along: {name}\n" in text for name in carries)


def test_long_names_that_are_cut_still_differ() -> None:
    """Two names that begin alike and are as long are told apart where they are shortened."""
    names = {short(f"{'n' * 300}{end}", 200) for end in ("a", "b", "c")}
    assert len(names) == 3
    assert max(map(len, names)) < 270
    refused = [
        replace(build_change(number), action=Action.REFUSED, remote_name="n" * 300 + str(number))
        for number in range(3)
    ]
    rows, _blocks = tables_and_blocks(plan_comment(plan_view(Plan(tuple(refused)), ABOUT)).text)
    assert len({row[2] for row in rows[1:]}) == 3


def test_marks_go_before_a_text_goes() -> None:
    """Where texts and marks together do not fit, the marks of what differs exactly are left out, unasked."""
    one = replace(
        build_change(1), steps=STEPS[Action.REPLACE], fields=(FieldChange("content", "旧" * 500, "新" * 500),)
    )
    made = tuple(replace(one, address=Address(Kind.TEMPLATE, f"t{number}")) for number in range(40))
    comment = plan_comment(plan_view(Plan(made), ABOUT))
    assert not comment.left_out
    assert "\n! content:" not in comment.text
    assert comment.text.count("\n+ content: " + "新" * 500) == 40
