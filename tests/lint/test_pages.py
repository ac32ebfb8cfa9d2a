"""Every rule's page: it is complete, its Example gives exactly its code, its Instead gives nothing."""

from __future__ import annotations

import re

import pytest

from smsconf.config.problems import CODES
from smsconf.lint import RULES, Rule, rule_of
from tests.lint.projects import lint_text, project_of

WITHOUT_EXAMPLE = {"SMS422", "SMS423", "SMS424"}  # hundreds of resources; tests/lint/rules/test_project.py


@pytest.fixture(params=RULES, ids=lambda rule: rule.code)
def rule(request) -> Rule:
    return request.param


def test_example_gives_exactly_the_code(rule: Rule, tmp_path) -> None:
    """The bad snippet of a page breaks this rule and no other, at a place."""
    if rule.code in WITHOUT_EXAMPLE:
        assert not rule.section("Example")
        return
    found = lint_text(tmp_path, project_of(rule, rule.section("Example")))
    assert {one.code for one in found} == {rule.code}, found
    assert all(one.place for one in found)


def test_instead_gives_nothing(rule: Rule, tmp_path) -> None:
    """The good snippet of a page passes every rule."""
    if rule.code in WITHOUT_EXAMPLE:
        return
    assert lint_text(tmp_path, project_of(rule, rule.section("Instead"))) == ()


def test_page_is_complete(rule: Rule) -> None:
    """A headline, a reason, a source with a date; the reason reads like a diagnostic's."""
    assert rule.title
    assert rule.why
    assert not rule.why.endswith(".")
    assert rule.page.source
    assert re.fullmatch(r"\d{4}(-\d\d){0,2}", rule.page.date)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)


def test_codes_and_names_are_unique() -> None:
    """No number is used twice, not by loading either, and no name."""
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & set(CODES)
    names = [rule.name for rule in RULES] + [one.name for one in CODES.values()]
    assert len(set(names)) == len(names)


def test_rules_are_many_and_found_by_code() -> None:
    """The registry has them in the order of their codes."""
    assert len(RULES) >= 40
    assert [rule.code for rule in RULES] == sorted(rule.code for rule in RULES)
    assert all(rule_of(rule.code) is rule for rule in RULES)
    assert rule_of("SMS999") is None
