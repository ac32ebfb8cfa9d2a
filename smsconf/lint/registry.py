"""Every rule there is, in the order of their codes. A rule that is not here is not asked."""

from __future__ import annotations

from typing import Final

from smsconf.lint import comments
from smsconf.lint.rule import Rule
from smsconf.lint.rules import account as console
from smsconf.lint.rules import apps, contents, international, signatures, thresholds, types, variables
from smsconf.lint.rules import documents as papers
from smsconf.lint.rules import project as accounts
from smsconf.lint.rules import template_settings as settings
from smsconf.lint.text import callback_urls

RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(
        (
            *apps.RULES,
            *signatures.RULES,
            *papers.RULES,
            *contents.RULES,
            *variables.RULES,
            *types.RULES,
            *settings.RULES,
            *international.RULES,
            *accounts.RULES,
            *thresholds.RULES,
            *console.RULES,
            *callback_urls.RULES,
            *comments.RULES,
        ),
        key=lambda one: one.code,
    )
)
_BY_CODE: Final = {one.code: one for one in RULES}


def rule_of(code: str) -> Rule | None:
    """Look a rule up by its code."""
    return _BY_CODE.get(code)
