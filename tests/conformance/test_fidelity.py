"""The table of what is imitated: fresh, complete, and every test it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from smsconf.emulator import choices
from smsconf.emulator.base import errors
from smsconf.emulator.gateway.routes import ROUTES
from smsconf.emulator.sending import number_statuses
from tests.conformance.fidelity import document as fidelity
from tests.conformance.fidelity import proofs

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "smsconf/emulator/FIDELITY.md"
NAMED = re.compile(r"\[`(test_\w+)`\]\(\.\./\.\./(tests/[\w/]+/test_\w+\.py)\)")

pytestmark = pytest.mark.checks("fidelity table")


def known_tests() -> set[tuple[str, str]]:
    """Return every test function there is as (path, name)."""
    return {
        (path.relative_to(ROOT).as_posix(), node.name)
        for folder in ("conformance", "emulator")
        for path in (ROOT / "tests" / folder).rglob("test_*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_table_is_fresh() -> None:
    """What stands in the file is what the tables say now; ``make fidelity`` writes it anew."""
    assert TABLE.read_text(encoding="utf-8") == fidelity.document()


def test_what_is_not_imitated_comes_first() -> None:
    """A reader sees the gaps before anything else, and the README leads here."""
    titles = re.findall(r"^## (.*)$", fidelity.document(), re.MULTILINE)
    assert titles[:3] == ["Not imitated", "Documented fields that no answer has", "Guesses"]
    assert "smsconf/emulator/FIDELITY.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_line_names_a_source_and_a_test_that_exists() -> None:
    """No row is without either, and no test is made up."""
    known = known_tests()
    rows = [line for line in fidelity.document().splitlines() if line.startswith("| ")]
    body = [line for line in rows if not line.startswith("| ---") and "| checked by |" not in line]
    assert len(body) > 200
    for line in body:
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        assert all(cells), line
        found = NAMED.fullmatch(cells[-1])
        assert found, line
        assert (found[2], found[1]) in known, line


def test_every_operation_field_and_refusal_is_in_the_table() -> None:
    """Nothing is left out: routes, their fields, errors, choices."""
    text = fidelity.document()
    for route in ROUTES:
        assert f"| {route.operation} | `{route.method} {route.path}` |" in text
        for field in (*route.query, *(route.body or ())):
            assert f"| {route.operation} | `{field.name}` |" in text
    assert set(proofs.REFUSALS) == set(errors.BY_NAME.values())
    assert set(proofs.NUMBERS) == set(number_statuses.BY_NAME.values())
    assert set(proofs.ANSWERS) < {route.operation for route in ROUTES}
    assert all(f"{row.question}: {row.answer}" in text for row in choices.CHOICES)
