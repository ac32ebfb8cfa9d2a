"""Content as written → the service's form, with every mistake where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.config.load.content import number_content
from tests.config.conftest import HEAD, HEAD_LINES, Load, spots


@pytest.mark.parametrize(
    ("written", "text", "names"),
    [
        ("您的订单{order}已发货，预计{day}送达。", "您的订单${1}已发货，预计${2}送达。", ("order", "day")),
        ("{b}和{a}和{b}", "${1}和${2}和${1}", ("b", "a")),
        ("{订单}好", "${1}好", ("订单",)),
        ("${2}和${1}", "${2}和${1}", ("1", "2")),
        ("{{order}} {{}}", "{order} {}", ()),
        ("{{{order}}}", "{${1}}", ("order",)),
        ("5$ {order}", "5$ ${1}", ("order",)),
        ("无变量", "无变量", ()),
    ],
)
def test_content_is_numbered_by_first_use(written: str, text: str, names: tuple[str, ...]) -> None:
    """Names get numbers in the order of their first use; double braces are braces; ${1} stays."""
    content = number_content(written, ["order", "day", "a", "b", "订单", "1", "2"])
    assert (content.text, content.names, content.mistakes) == (text, names, ())


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ("a { b", ("SMS040", 2, 3, "write {{ for a brace of the text itself, or {name} for a variable")),
        ("a } b", ("SMS040", 2, 3, "write }} for a brace of the text itself, or {name} for a variable")),
        ("a {} b", ("SMS040", 2, 4, "write {name} for a variable, or {{}} for two braces")),
        ("{a b}", ("SMS040", 0, 5, "write {a_b}")),
        ("{ order }", ("SMS040", 0, 9, "write {order}")),
        ("{1}", ("SMS040", 0, 3, "write ${1}")),
        ("${order}", ("SMS040", 0, 8, "write {order}")),
        ("${01}", ("SMS040", 0, 5, "write ${1}, ${2} … or {name}")),
        ("$${{1}}", ("SMS040", 1, 4, "put a blank between $ and {{")),
        ("{order}${1}", ("SMS041", 7, 11, "write every variable as {name}, or every one as ${1}, ${2} …")),
        ("{ordre}", ("SMS042", 0, 7, "write {order}")),
        ("{place}", ("SMS042", 0, 7, "declare it: variables: {place: {type: text}}")),
        ("${3}", ("SMS042", 0, 4, "declare it: variables: {3: {type: text}}")),
    ],
)
def test_mistake_has_its_extent_and_a_fix(written: str, mistake: tuple[str, int, int, str]) -> None:
    """What is wrong with a placeholder is pointed at, and the fix can be copied."""
    [found] = number_content(written, ["order", "1"]).mistakes
    assert (found.code, found.start, found.end, found.fix) == mistake


@given(st.lists(st.sampled_from(["{a}", "{b}", "{{", "}}", "$ ", "字", "x"]), max_size=12))
def test_wire_offsets_lead_back_to_what_was_written(parts: list[str]) -> None:
    """Every stretch of the service's form belongs to a stretch of the text as written."""
    written = "".join(parts)
    content = number_content(written, ["a", "b"])
    for offset, character in enumerate(content.text):
        start, end = content.written(offset, offset + 1)
        assert written[start:end] in (character, character * 2, "{a}", "{b}")


def test_block_scalar_and_quoted_scalar_are_pointed_into(load: Load) -> None:
    """A placeholder's place is its line and column in the file, in every style."""
    project = load(
        HEAD
        + "  a:\n    app: shop\n    signature: notice\n    content: |\n      您好{order}，\n      次{ordr}\n"
        "    variables: {order: {type: text}}\n"
        '  b: {app: shop, signature: notice, content: "您好\\n{a b}"}\n'
    )
    n = HEAD_LINES
    assert spots(project) == [
        ("SMS042", f"smsconf.yaml:{n + 6}:8+6"),
        ("SMS040", f"smsconf.yaml:{n + 8}:51+5"),
    ]


def test_unused_variable_is_a_warning_at_its_name(load: Load) -> None:
    """A declared variable that the content does not use is pointed at, and does not block."""
    project = load(
        HEAD
        + "  a:\n    app: shop\n    signature: notice\n    content: 您好\n    variables: {x: {type: text}}\n"
    )
    assert spots(project) == [("SMS043", f"smsconf.yaml:{HEAD_LINES + 5}:17+1")]
    assert project.diagnostics[0].severity == "warning"
    assert project.diagnostics[0].address == "template.a"


def test_numbered_variables_may_be_declared_by_number(load: Load) -> None:
    """With the service's own form the keys of variables are numbers."""
    project = load(
        HEAD + "  a:\n    app: shop\n    signature: notice\n    content: 您的${2}在${1}\n"
        "    variables:\n      1: {type: text}\n      2: {type: phone}\n"
    )
    assert not project.diagnostics
    [template] = project.desired.templates.values()
    assert [(v.name, v.type.value, v.max_length) for v in template.variables] == [
        ("1", "text", 20),
        ("2", "phone", 15),
    ]
