"""Desired → findings, offline: what a reviewer or the service would object to, said before anybody asks them.

Read in this order: ``rule`` (what a rule is), ``subject`` and ``message`` (what rules look at), any file of
rules (``signatures``, ``contents`` …), ``registry`` (all of them), ``runner`` (findings → places).
It reads no file, knows no service, and never decides whether a run goes on.
"""

from smsconf.lint.registry import RULES, rule_of
from smsconf.lint.rule import Rule
from smsconf.lint.runner import codes_about, lint
from smsconf.lint.subject import Policy, Subject, segments_of

__all__ = ["RULES", "Policy", "Rule", "Subject", "codes_about", "lint", "rule_of", "segments_of"]
