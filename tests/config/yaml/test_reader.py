"""YAML text → data with places, and every file that is not what it should be."""

from __future__ import annotations

import time

import pytest

from smsconf.config.yaml.reader import MAX_DEPTH, read_yaml
from smsconf.config.yaml.source import Block, Source, Span, span_at


def read(text: str) -> Block:
    block, problems = read_yaml(Source("f.yaml", text))
    assert not problems
    assert block is not None
    return block


def only(text: str) -> tuple[str, str, str]:
    """Code, place and fix of the only problem of a text."""
    _, problems = read_yaml(Source("f.yaml", text))
    assert len(problems) == 1, problems
    [found] = problems
    assert found.place is not None
    return found.code, f"{found.place.line}:{found.place.column}+{found.place.length}", found.fix or ""


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("012", 12),
        ("0o14", 12),
        ("0x1F", 31),
        ("22:22", "22:22"),
        ("2026-01-02", "2026-01-02"),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        ("-1e3", -1000.0),
        ("+.INF", float("inf")),
        ("true", True),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("!!int '7'", 7),
        ("9" * 101, "9" * 101),
    ],
)
def test_scalar_follows_the_core_schema(written: str, value: object) -> None:
    """Plain scalars mean what YAML 1.2's core schema says, not what 1.1 said."""
    found = read(f"a: {written}\n")["a"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_always_text() -> None:
    """A number or a word like on is a key as written."""
    assert dict(read("1: a\non: b\n'2': c\nnull: d\n")) == {"1": "a", "on": "b", "2": "c", "null": "d"}


def test_places_count_characters_of_keys_and_values() -> None:
    """Columns count characters from 1, also after Chinese text, for keys and values."""
    block = read("a: {中文: 值, b: [x, 'yy']}\n")
    span = span_at(block, ("a", "b", 1))
    assert span is not None
    assert (span.value.line, span.value.column, span.value.length) == (1, 19, 4)
    key = span_at(block, ("a", "中文"))
    assert key is not None
    assert (key.key.column, key.key.length, key.value.column) == (5, 2, 9)
    assert key.key.text == "a: {中文: 值, b: [x, 'yy']}"


def test_merge_keeps_own_keys_and_the_places_of_the_anchor() -> None:
    """<< fills in what is missing; merged keys point at the anchor's text."""
    block = read("base: &base {x: 1, y: 2}\nuse: {<<: *base, x: 3}\nboth: {<<: [{z: 1}, *base]}\n")
    assert block["use"] == {"x": 3, "y": 2}
    assert block["both"] == {"z": 1, "x": 1, "y": 2}
    span = span_at(block, ("use", "y"))
    assert span is not None
    assert (span.value.line, span.value.column) == (1, 23)


def test_duplicate_key_names_both_places() -> None:
    """Every repeated key is an error with the place of the first."""
    _, problems = read_yaml(Source("f.yaml", "a: 1\nb: 2\na: 3\n"))
    [found] = problems
    assert (found.code, str(found.place)) == ("SMS006", "f.yaml:3:1")
    assert [str(place) for place, _ in found.related] == ["f.yaml:1:1"]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a:\n\tb: 1\n", "SMS015", "2:1+1"),
        ("a: 1\n---\nb: 2\n", "SMS011", "2:1+3"),
        ("", "SMS012", "1:1+1"),
        ("# nothing\n", "SMS012", "1:1+1"),
        ("# text\nhello\n", "SMS012", "2:1+1"),
        ("- a\n", "SMS012", "1:1+1"),
        ("a: [*b]\n", "SMS008", "1:5+2"),
        ("a: &a [*a]\n", "SMS008", "1:8+2"),
        ("a: !secret x\n", "SMS010", "1:4+9"),
        ("a: !!int x\n", "SMS010", "1:4+7"),
        ("a: !!set {x}\n", "SMS010", "1:4+7"),
        ("{<<: 1}\n", "SMS013", "1:6+1"),
        ("{<<", "SMS005", "1:4+1"),
        ("? [a]\n: b\n", "SMS014", "1:3+1"),
        ("a: {{x}}\n", "SMS014", "1:5+1"),
        ("a: 'x\nb: 1\n", "SMS005", "1:4+1"),
        ("a: b: c\n", "SMS005", "1:5+1"),
        ("a:\n  b: 1\n c: 2\n", "SMS005", "3:2+1"),
        ("a: @x\n", "SMS005", "1:4+1"),
        ("a: " + "{a: " * 100, "SMS007", f"1:{4 + (MAX_DEPTH - 1) * 4}+1"),
    ],
)
def test_broken_yaml_is_one_problem_with_a_place(text: str, code: str, place: str) -> None:
    """Whatever is wrong with the YAML is said once, where it is."""
    assert only(text)[:2] == (code, place)


def test_text_that_begins_with_a_brace_is_told_to_use_quotes() -> None:
    """The usual mistake, content that begins with a variable, gets the fix that helps."""
    code, place, fix = only("content: {order}已发货\n")
    assert (code, place) == ("SMS005", "1:17+1")
    assert fix == "put the text in quotes if it is meant as text: '{order}已发货'"


def test_alias_bomb_is_refused_quickly() -> None:
    """Nested aliases that stand for billions of values cost nothing."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    begin = time.perf_counter()
    code, place, _ = only("\n".join(lines))
    assert (code, place) == ("SMS009", "6:10+3")
    assert time.perf_counter() - begin < 1


def test_many_merges_of_a_small_map_are_fine() -> None:
    """The alias budget grows with what is written."""
    text = "base: &b {x: 1, y: 2, z: 3}\nall:\n" + "".join(
        f"  k{i}: {{<<: *b, w: {i}}}\n" for i in range(30_000)
    )
    assert len(read(text)["all"]) == 30_000  # type: ignore[arg-type]


def test_too_many_values_stop_reading() -> None:
    """A file of nothing but values ends at the limit."""
    assert only("a: [" + "1," * 600_000 + "]")[0] == "SMS004"


def inner(text: str, needle: str) -> str:
    block = read(text)
    span = span_at(block, ("a",))
    value = block["a"]
    assert isinstance(span, Span)
    assert isinstance(value, str)
    start = value.index(needle)
    return str(span.inside(value, start, start + len(needle)))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 您好{x}吧\n", "f.yaml:1:6"),
        ("a: '您''好{x}吧'\n", "f.yaml:1:9"),
        ('a: "您\\n好{x}吧"\n', "f.yaml:1:9"),
        ('a: "您\n  好{x}吧"\n', "f.yaml:2:4"),
        ("a: |\n  您\n  好{x}吧\n", "f.yaml:3:4"),
        ("a: >- # {\n  您\n\n  好{x}吧\nb: 1\n", "f.yaml:4:4"),
        ("a: &anchor 好{x}\n", "f.yaml:1:13"),
        ('a: "\\x7b好{x}吧"\n', "f.yaml:1:4"),
    ],
)
def test_place_inside_a_scalar_is_exact_or_its_start(text: str, place: str) -> None:
    """Every style of scalar is pointed into; an escape that hides a brace falls back to the start."""
    assert inner(text, "{x}") == place


def test_line_ends_of_all_kinds_count() -> None:
    """CRLF and CR end lines as LF does."""
    block = read("a: 1\r\nb: 2\rc: 3\n")
    span = span_at(block, ("c",))
    assert span is not None
    assert (str(span.key), span.key.text) == ("f.yaml:3:1", "c: 3")


def test_brackets_without_end_are_one_problem() -> None:
    """We stop at our own limit; a parser that looks ahead and has one too stops at its own, a bit later."""
    code, place, *_ = only("[" * 100_000)
    assert (code, place) in (("SMS007", f"1:{MAX_DEPTH + 1}+1"), ("SMS007", "1:1001+1"))
