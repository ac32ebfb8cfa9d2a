"""The page about threats: what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [row for row in re.findall(r"^\| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE) if row[0] != "cannot"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:30])
def test_each_promise_names_tests_that_exist(row: tuple[str, str]) -> None:
    """A row without a test is a hope; the file holds tests."""
    named = re.findall("`(tests/[^`]+)`", row[1])
    assert named
    for name in named:
        assert "\ndef test_" in (ROOT / name).read_text(encoding="utf-8")


def test_every_kind_of_attacker_is_there() -> None:
    """Each has what they cannot do, and what is by design; the page stays one that is read."""
    parts = dict(re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
    for word in ("fork", "branch", "service", "`receive`", "neighbour", "web page"):
        (text,) = (body for title, body in parts.items() if word in title)
        assert "| cannot | shown by |" in text
        assert "By design:" in text
    assert len(PAGE.splitlines()) <= 200
