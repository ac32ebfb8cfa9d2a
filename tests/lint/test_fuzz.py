"""Any text in any field: no crash, no finding without a place, every place inside its file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from smsconf.config import load_project
from smsconf.render.findings.github import github_text
from smsconf.render.findings.junit import junit_text
from smsconf.render.lines import plain
from smsconf.render.plan.text import diagnostics_lines
from smsconf.render.plan.view import diagnostics_view
from smsconf.workflow.findings import find_all

NASTY = ["${1}", "${2}", "{a}", "{b}", "【", "★", "^_^", "www.", ".cn", "http://t.cn/", "138", "13800000000"]
NASTY += [
    "验证码",
    "回复R",
    "优惠",
    "5G",
    "’",
    "Ａ",
    "р",
    "\u200b",
    "\ue000",
    "😀",
    "\n",
    " ",
    "\x7f",
    "\U000e0001",
]
TEXT = st.one_of(
    st.text(max_size=40), st.lists(st.sampled_from(NASTY) | st.text(max_size=4), max_size=12).map("".join)
)
TYPES = st.sampled_from(["verification", "notification", "promotion"])
VARIABLE = st.fixed_dictionaries(
    {"type": st.sampled_from(["phone", "alphanumeric", "datetime", "money", "text", "newtext", "longtext"])},
    optional={"max_length": st.integers(1, 2000), "description": TEXT},
)
TEMPLATE = st.fixed_dictionaries(
    {"app": st.sampled_from(["cn", "intl", "none"]), "content": TEXT},
    optional={
        "name": TEXT,
        "signature": st.sampled_from(["s", "none"]),
        "type": TYPES,
        "universal": st.booleans(),
        "countries": st.lists(TEXT | st.sampled_from(["MY", "SG", "TH", "CN"]), max_size=4),
        "brackets": st.sampled_from(["CN", "GB"]),
        "description": TEXT,
        "variables": st.dictionaries(st.sampled_from(["a", "b", "1", "2", "3"]), VARIABLE, max_size=4),
    },
)
SIGNATURE = st.fixed_dictionaries(
    {"app": st.sampled_from(["cn", "intl"]), "type": TYPES, "name": TEXT},
    optional={
        "source": st.sampled_from(["company", "website", "trademark"]),
        "third_party": st.booleans(),
        "qualification": TEXT,
        "description": TEXT,
        "registration_number": TEXT,
    },
)
AMOUNTS = st.fixed_dictionaries({}, optional={"warn": st.integers(1, 9**9), "limit": st.integers(1, 9**9)})
LINT = st.fixed_dictionaries(
    {},
    optional={
        "forbidden": st.lists(TEXT.filter(bool), max_size=3),
        "max_segments": st.integers(1, 5),
        "severities": st.dictionaries(
            st.sampled_from(["SMS301", "SMS318", "SMS998"]), st.sampled_from(["off", "info", "error"])
        ),
    },
)


@settings(max_examples=250, deadline=None)
@given(
    st.lists(TEMPLATE, max_size=3),
    SIGNATURE,
    TEXT,
    AMOUNTS,
    AMOUNTS,
    LINT,
    st.sampled_from(["china", "europe"]),
)
def test_any_text_in_any_field_is_survived(templates, signature, url, daily, monthly, lint, site) -> None:
    """Whatever the files say, every finding stands on characters that are there."""
    data = {
        "version": 1,
        "provider": {"emulator": {"database": "x.db", "site": site}},
        "apps": {"cn": {"region": "cn", "name": url or "x", "reply_url": url}, "intl": {"region": "intl"}},
        "signatures": {"s": signature},
        "templates": {f"t{number}": one for number, one in enumerate(templates)},
        "thresholds": {"cn": {"daily": daily, "monthly": monthly}},
        "lint": lint,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = json.dumps(data, ensure_ascii=False, indent=1)
        (folder / "smsconf.yaml").write_text(text, encoding="utf-8", newline="")
        found = find_all(load_project(folder))
    for one in found:
        assert one.place is not None, one
        assert one.place.text is not None
        assert 1 <= one.place.column <= len(one.place.text) + 1
        assert one.place.length >= 1
        assert "\n" not in one.message
        assert len(one.message) < 300
    view = diagnostics_view(found)
    assert github_text(view).count("\n") == len(found)
    junit_text(view)


def test_hostile_size_is_survived(tmp_path: Path) -> None:
    """A megabyte in every field takes seconds at most, and one mistake is not shown a thousand times."""
    for bite in ("★", "a-", "${1}", "138 ", "www.", "’"):
        text = bite * 150_000
        data = {
            "version": 1,
            "provider": {"emulator": {"database": "x.db"}},
            "apps": {"cn": {"region": "cn", "name": text}, "intl": {"region": "intl", "reply_url": text}},
            "signatures": {"s": {"app": "cn", "name": text, "type": "promotion", "description": text}},
            "templates": {
                "a": {"app": "cn", "signature": "s", "content": text, "name": text, "description": text},
                "b": {"app": "intl", "content": text, "countries": [text] * 3},
            },
        }
        (tmp_path / "smsconf.yaml").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        found = find_all(load_project(tmp_path))
        assert 5 < len(found) < 400


def test_line_end_in_a_name_stays_out_of_the_message(tmp_path: Path) -> None:
    """What a rule quotes from a file is shown as its code where it cannot be printed."""
    text = 'version: 1\nprovider: {emulator: {database: e.db}}\napps: {a: {region: cn, name: "x\\ny"}}\n'
    (tmp_path / "smsconf.yaml").write_text(text, encoding="utf-8")
    found = [one for one in find_all(load_project(tmp_path)) if one.code == "SMS102"]
    assert [one.message for one in found] == ["'\\x0a' in the app's name"]
    shown = plain(diagnostics_lines(diagnostics_view(found)))
    assert "'\\x0a' in the app's name" in shown
