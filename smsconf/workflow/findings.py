"""Everything that can be said about a project offline: what loading found, and what the rules object to.

The one place that brings the loader and the checks together; ``lint``, ``plan`` and ``apply`` show what it
found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from smsconf.config import Project
from smsconf.config.problems import CODES
from smsconf.config.yaml.source import span_at
from smsconf.language import _, ngettext
from smsconf.lint import RULES, Policy, Subject, lint
from smsconf.lint.comments import Finding, no_such_code, without_ignored
from smsconf.model.diagnostics import Diagnostic, Severity, in_order
from smsconf.model.sites import SITES
from smsconf.patterns import Pattern
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.removal.guards import Refusal
from smsconf.render.findings.sarif import About

ABOUT: Mapping[str, About] = {
    **{code: About(one.name, one.why, None) for code, one in CODES.items()},
    **{rule.code: About(rule.name, rule.why, rule.page.source) for rule in RULES},
}
"""Every code a diagnostic can have."""


def find_all(project: Project, subject: Subject | None = None) -> tuple[Diagnostic, ...]:
    """Check a project, as far as it could be loaded; what comments ignore is left out.

    Args:
        project: as it was loaded.
        subject: of that project, to take its texts apart once for all who look at them.
    """
    loading = [Finding(found, fixed=found.severity is Severity.ERROR) for found in project.diagnostics]
    found = without_ignored([*loading, *lint(subject or subject_of(project), project)], project.texts, ABOUT)
    return in_order([*found, *_unknown_settings(project)])


def held_back(plan: Plan, project: Project, found: Iterable[Diagnostic]) -> Plan:
    """Return the plan, guarded by the checks if the project asks for that and they found errors."""
    errors = sum(one.severity is Severity.ERROR for one in found)
    if project.lint.block is None or not errors:
        return plan
    message = ngettext(
        "the checks found {count} error, and the project says lint: {{block: error}}",
        "the checks found {count} errors, and the project says lint: {{block: error}}",
        errors,
    ).format(count=errors)
    fix = _("run smsconf lint, and correct what it shows or ignore it with a reason")
    return replace(plan, refusals=(Refusal("guard", message, fix=fix), *plan.refusals))


def of_submissions(plan: Plan, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Keep the findings about what a plan submits for review; of a plan held back, the errors too."""
    submitted = {change.label for change in plan.changes if change.submissions}
    return tuple(
        one for one in found if one.address in submitted or (plan.guarded and one.severity is Severity.ERROR)
    )


def subject_of(project: Project) -> Subject:
    """Return what the rules look at."""
    site = SITES[project.provider.site] if project.provider else SITES["china"]
    return Subject(project.desired, site, _policy(project))


def _policy(project: Project) -> Policy:
    entry = project.lint
    return Policy(
        forbidden=tuple(entry.forbidden or ()),
        name_pattern=Pattern(entry.name_pattern) if entry.name_pattern else None,
        max_segments=entry.max_segments,
        severities={
            code: None if word == "off" else Severity(word) for code, word in (entry.severities or {}).items()
        },
    )


def _unknown_settings(project: Project) -> list[Diagnostic]:
    found = []
    for code in project.lint.severities or {}:
        if code not in ABOUT:
            span = span_at(project.data, ("lint", "severities", code))
            found.append(no_such_code(code, ABOUT, span.key if span else None))
    return found
