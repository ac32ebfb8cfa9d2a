"""The file format: every mistake in an entry has its place, its address, and a fix in real values."""

from __future__ import annotations

import pytest

from tests.config.conftest import HEAD, HEAD_LINES, Load

N = "app: shop, signature: notice"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("a: {%s, content: x, name: 0123}", ("SMS022", "1:55+4", "put it in quotes: name: '0123'")),
        ("a: {%s, content: true}", ("SMS022", "1:46+4", "put it in quotes: content: 'true'")),
        ("a: {%s, content: {order}}", ("SMS022", "1:46+7", "put the text in quotes: content: '{order}'")),
        ("a: {%s, content: x, universal: yes}", ("SMS022", "1:60+3", "write universal: true")),
        ("a: {%s, content: x, adopt: y}", ("SMS022", "1:56+1", "write adopt: [y]")),
        ("a: {%s, content: x, adopt: [1]}", ("SMS022", "1:57+1", "put it in quotes: '1'")),
        (
            "a: {%s, content: '{d}', variables: {d: datetime}}",
            ("SMS022", "1:68+8", "write d: {type: datetime}"),
        ),
        ("a: {%s, content: x, contnt: y}", ("SMS020", "1:49+6", "write content")),
        (
            "a: {%s, content: '{d}', variables: {d: {type: text, maxlength: 3}}}",
            ("SMS020", "1:81+9", "write max_length"),
        ),
        ("a: {%s, content: '{d}', variables: {d: {type: txt}}}", ("SMS023", "1:75+3", "write text")),
        ("a: {%s, content: '{d}', variables: {d: {}}}", ("SMS021", "1:65+1", "add type: to d")),
        ("a: {%s, content: x, update: in_place}", ("SMS023", "1:57+8", "write in-place")),
        ("a: {%s, content: x, type: NOTIFY}", ("SMS023", "1:55+6", "write notification")),
        (
            "a: {%s, content: x, type: 1}",
            ("SMS022", "1:55+1", "write verification, notification or promotion"),
        ),
        ("a: {%s}", ("SMS021", "1:3+1", "add content: to a")),
        ("a: {%s, content: x, name: }", ("SMS022", "1:49+4", "write a value after name:, or remove the key")),
        ("a:", ("SMS022", "1:3+1", "write a value after a:, or remove the key")),
        ("A b: {%s, content: x}", ("SMS024", "1:3+3", "rename it to a-b, and write name: 'A b'")),
        (
            "a: {%s, content: '{d}', variables: {d: {type: text, max_length: '3'}}}",
            ("SMS022", "1:93+3", "remove the quotes: max_length: 3"),
        ),
        (
            "a: {%s, content: '{d}', variables: {d: {type: text, max_length: 0}}}",
            ("SMS025", "1:93+1", "write a whole number from 1"),
        ),
    ],
)
def test_mistake_in_an_entry_has_place_address_and_fix(
    load: Load, entry: str, expected: tuple[str, str, str]
) -> None:
    """One mistake, one diagnostic, at the word that is wrong."""
    text = entry % N if "%s" in entry else entry
    project = load(f"{HEAD}  {text}\n")
    assert len(project.diagnostics) == 1, project.diagnostics
    [found] = project.diagnostics
    assert found.place is not None
    place = f"{found.place.line - HEAD_LINES}:{found.place.column}+{found.place.length}"
    assert (found.code, place, found.fix) == expected
    assert found.address == f"template.{'A b' if 'A b' in text else 'a'}"


def test_all_mistakes_are_reported_at_once(load: Load) -> None:
    """A file with many mistakes is read once by its author."""
    project = load(f"{HEAD}  a: {{app: 1, content: 2, foo: 3}}\n  b: {{app: shop}}\n")
    assert [found.code for found in project.diagnostics] == ["SMS022", "SMS022", "SMS020", "SMS021"]


def test_message_is_lower_case_without_full_stop(load: Load) -> None:
    """Headlines read like the compiler's."""
    project = load(
        f"{HEAD}  a: {{app: 1, content: 2, foo: 3}}\n  b: {{app: shop}}\n  c: {{{N}, content: '{{'}}\n"
    )
    for found in project.diagnostics:
        assert not found.message[0].isupper()
        assert not found.message.endswith(".")
        assert found.why
        assert found.fix


def test_too_many_problems_are_cut(load: Load) -> None:
    """A file of nothing but mistakes ends in a list that says it was cut."""
    apps = "".join(f"  a{i}: {{regin: cn}}\n" for i in range(12_000))
    project = load(f"version: 1\nprovider: {{emulator: {{database: x}}}}\napps:\n{apps}")
    assert project.diagnostics[0].code == "SMS099"
    assert len(project.diagnostics) == 10_001
