"""Putting keys in order: what moves, what stays, and that no word is lost on the way."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsconf.config.edit.key_order import in_order, same_values
from smsconf.config.format.project_model import ProjectFile, TemplateEntry
from smsconf.config.yaml.reader import read_yaml
from smsconf.config.yaml.source import Source


def ordered(text: str) -> str:
    """Put a text in order, and check what holds for every text: same values and characters, idempotent."""
    block, problems = read_yaml(Source("x.yaml", text))
    assert block is not None
    assert not problems
    made = in_order(Source("x.yaml", text))
    assert same_values(Source("x.yaml", text), Source("x.yaml", made))
    assert Counter(made) == Counter(text)
    assert in_order(Source("x.yaml", made)) == made
    return made


def test_sections_and_fields_come_in_the_order_of_the_file_format() -> None:
    """What the model lists first stands first, at every depth, in blocks and in braces."""
    text = (
        "templates:\n  b:\n    variables:\n      n: {description: x, type: text}\n    content: hi {n}\n"
        "    app: shop\n  a: {content: x, app: shop}\napps:\n  shop: {name: s, region: cn}\nversion: 1\n"
    )
    assert ordered(text) == (
        "version: 1\napps:\n  shop: {region: cn, name: s}\ntemplates:\n  b:\n    app: shop\n"
        "    content: hi {n}\n    variables:\n      n: {type: text, description: x}\n"
        "  a: {app: shop, content: x}\n"
    )


def test_chosen_keys_and_lists_keep_their_order() -> None:
    """Entries, variables, environments and included files are the author's to arrange."""
    text = "include: [b.yaml, a.yaml]\nenvironments:\n  z: {overlay: z.yaml}\n  a: {overlay: a.yaml}\n"
    assert ordered(text) == text


def test_unknown_keys_come_last_and_nothing_is_lost() -> None:
    """A misspelt key is validate's business; here it only goes behind the others."""
    assert ordered("wrong: 1\nversion: 1\n") == "version: 1\nwrong: 1\n"


def test_comments_go_with_what_they_belong_to() -> None:
    """Above a key: its own; behind a value: the line's; below, cut off or deeper: the upper one's."""
    text = """\
# yaml-language-server: $schema=./schema.json
# the templates
templates:  # behind
  a:
    # about the text
    # in two lines
    content: x # text
    app: shop
    # type: notification
  # b: {}
# still about templates

# about apps

# in two parts
apps:
  # all of them

  # the shop
  shop: {region: cn}
# the end
"""
    assert (
        ordered(text)
        == """\
# yaml-language-server: $schema=./schema.json
# about apps

# in two parts
apps:
  # all of them

  # the shop
  shop: {region: cn}

# the templates
templates:  # behind
  a:
    app: shop
    # about the text
    # in two lines
    content: x # text
    # type: notification
  # b: {}
# still about templates
# the end
"""
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_stay(end: str, last: bool) -> None:
    """Whatever ends the lines goes on doing so; a last line without an end stays without one."""
    text = end.join(["apps:", "  shop:", "    name: s", "    region: cn", "version: 1"]) + (
        end if last else ""
    )
    assert ordered(text) == end.join(["version: 1", "apps:", "  shop:", "    region: cn", "    name: s"]) + (
        end if last else ""
    )


def test_document_markers_stay() -> None:
    """--- and what stands before it stays on top, ... at the end."""
    text = "%YAML 1.2\n--- # one\n# apps\napps: {}\nversion: 1\n...\n# after\n"
    assert ordered(text) == "%YAML 1.2\n--- # one\nversion: 1\n# apps\napps: {}\n...\n# after\n"


def test_block_scalars_move_whole() -> None:
    """Indentation, blank lines inside and what looks like a comment are text."""
    text = "templates:\n  a:\n    content: |-\n      one\n\n      # two\n    app: shop\n"
    text += "  b:\n    content: >\n      x\n\n    app: shop\n"
    assert ordered(text) == (
        "templates:\n  a:\n    app: shop\n    content: |-\n      one\n\n      # two\n  b:\n    app: shop\n\n"
        "    content: >\n      x\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "templates:\n  a:\n    content: |+\n      one\n\n    app: shop\n",
        "templates:\n  a:\n    content: |-\n      one\n         \n    app: shop\n",
        "version: 1\ntemplates:\n  a:\n    description: x\n    content: |\n      one",
    ],
)
def test_block_scalars_that_hang_on_what_follows_are_not_moved(text: str) -> None:
    """|+ counts the blank lines after it, and a last line without an end is a shorter text."""
    assert ordered(text) == text


def test_anchors_stay_before_their_aliases() -> None:
    """A mapping in which one of its keys refers to another is left as it is; the rest is put in order."""
    text = (
        "templates:\n  a:\n    content: &text hello\n    app: shop\n  b: {content: *text, app: shop}\n"
        "version: 1\napps: {shop: {name: &n s, region: cn}, other: {name: *n, region: cn}}\n"
    )
    assert ordered(text) == (
        "version: 1\napps: {shop: {region: cn, name: &n s}, other: {region: cn, name: *n}}\n"
        "templates:\n  a:\n    app: shop\n    content: &text hello\n  b: {app: shop, content: *text}\n"
    )
    crossing = (
        "templates:\n  a: {content: &text hello, app: shop}\napps:\n  shop: {region: cn, name: *text}\n"
    )
    assert ordered(crossing).startswith("templates:")
    twice = "apps:\n  a: {name: &n x, region: &n cn}\n  b: {name: *n, region: cn}\n"
    assert ordered(twice) == twice


def test_merge_keys_come_first() -> None:
    """<< takes its values from above and is not overtaken by them."""
    text = (
        "templates:\n  a: &base\n    content: x\n    app: shop\n"
        "  b:\n    content: y\n    # shared\n    <<: *base\n"
    )
    assert ordered(text) == (
        "templates:\n  a: &base\n    app: shop\n    content: x\n"
        "  b:\n    # shared\n    <<: *base\n    content: y\n"
    )


def test_braces_over_several_lines_keep_their_comments() -> None:
    """Commas and line ends stay; a comment inside the braces keeps all of them as they are."""
    plain = "apps:\n  shop: {\n    name: s,\n    region: cn,\n  }\n"
    assert ordered(plain) == "apps:\n  shop: {\n    region: cn,\n    name: s,\n  }\n"
    commented = "apps:\n  shop: {\n    name: s, # s\n    region: cn\n  }\n"
    assert ordered(commented) == commented


@pytest.mark.parametrize("text", ["? version\n: 1\n? apps\n: {}\n", "{apps: {}, version: 1}", "version: 1"])
def test_unusual_forms_are_survived(text: str) -> None:
    """Explicit keys are left alone; a whole file in braces is put in order."""
    assert set(json.dumps(read_yaml(Source("x", ordered(text)))[0])) == set(
        json.dumps(read_yaml(Source("x", text))[0])
    )


WORDS = [
    "# no comment",
    "a: b",
    "- x",
    "{order}",
    "您的订单",
    "'",
    '"',
    "\\",
    " ",
    "\n",
    "\n\n",
    "|",
    "&a",
    "*a",
    "😀",
    "\t",
    "<<",
    ":",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map("".join)
COMMENTS = st.sampled_from(["# one", "#", "# 注释: {a}", "# smsconf: ignore[SMS318] reason", "#'\"", "# - |"])
TOP = [name for name in ProjectFile.model_fields if name != "version"]
FIELDS = list(TemplateEntry.model_fields)


@st.composite
def scalars(draw: st.DrawFn, indent: str) -> str:
    """A text in one of the styles of YAML that can hold it."""
    text = draw(TEXTS)
    styles = [json.dumps(text, ensure_ascii=False)]
    if "\n" not in text and "\t" not in text:
        styles.append("'" + text.replace("'", "''") + "'")
    if re.fullmatch(r"[^\s\n].*(?:\n+[^\s\n].*)*\n*", text) and "\t" not in text:
        header = draw(st.sampled_from(["|", "|-", "|+", ">", ">-"]))
        lines = [f"{indent}  {line}" if line else "" for line in text.rstrip("\n").split("\n")]
        styles.append("\n".join([header, *lines]) + "\n" * (len(text) - len(text.rstrip("\n"))))
    return draw(st.sampled_from(styles))


@st.composite
def mappings(draw: st.DrawFn, names: list[str], depth: int) -> str:
    """A block mapping, with comments and blank lines anywhere."""
    indent = "  " * depth
    lines = []
    for name in draw(st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=5)):
        above = st.one_of(st.just(""), COMMENTS.map(lambda one: indent + one))
        lines += draw(st.lists(above, max_size=2))
        if depth == 0 or (depth == 1 and draw(st.booleans())):
            behind = draw(st.sampled_from(["", "  # behind"]))
            inner = draw(mappings(["x", "y", "z"] if depth == 0 else FIELDS, depth + 1))
            lines += [f"{indent}{name}:{behind}", inner]
        elif depth == 1:
            pairs = draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=4))
            written = ", ".join(f"{one}: {json.dumps(draw(TEXTS), ensure_ascii=False)}" for one in pairs)
            lines.append(f"{indent}{name}: {{{written}}}")
        else:
            lines.append(f"{indent}{name}: {draw(scalars(indent))}")
        if draw(st.booleans()):
            lines.append(indent + "  " * draw(st.integers(0, 1)) + draw(COMMENTS))
    return "\n".join(lines)


@settings(max_examples=150)
@given(mappings(TOP, 0), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n", "\n\n"]))
def test_any_project_file_keeps_values_and_comments(text: str, newline: str, last: str) -> None:
    """Random files with nasty texts: the same values, every character, idempotent; never an exception."""
    text = (text + last).replace("\n", newline)
    ordered(text)
