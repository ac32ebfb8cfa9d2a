"""Every file of rules, named; each rule in one of them counts. It runs none of them."""

from __future__ import annotations

from typing import Final

from smsconf.lint import comments
from smsconf.lint.rule import Rule
from smsconf.lint.rules import (
    account,
    apps,
    contents,
    documents,
    international,
    project,
    signatures,
    template_settings,
    thresholds,
    types,
    variables,
)

_FILES: Final = (
    apps,
    signatures,
    documents,
    contents,
    variables,
    types,
    template_settings,
    international,
    project,
    thresholds,
    account,
    comments,
)
RULES: Final = tuple(
    sorted(
        (one for file in _FILES for one in vars(file).values() if isinstance(one, Rule)),
        key=lambda one: one.code,
    )
)
_BY_CODE: Final = {one.code: one for one in RULES}


def rule_of(code: str) -> Rule | None:
    """Look a rule up by its code."""
    return _BY_CODE.get(code)
