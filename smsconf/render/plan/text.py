"""View → lines for people: the plan, the outcomes, the status, the findings.

Drawn from the view alone, so that text can never say what JSON does not. Action words are the same as in
JSON, untranslated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from smsconf.language import N_, _
from smsconf.render.foreign_text import spell
from smsconf.render.lines import Line, Span, cells, clean, line, pad
from smsconf.render.plan import words
from smsconf.render.plan.manual_steps import where_lines
from smsconf.render.plan.submitted import unshown
from smsconf.render.plan.words import (
    is_quiet,
    promise,
    severities,
    summary,
    unclaimed,
    unremembered,
    value,
    worst_first,
)

View = Mapping[str, Any]

_ACTION_STYLES = {
    "create": "green",
    "update": "yellow",
    "replace": "yellow",
    "activate": "green",
    "withdraw": "yellow",
    "retire": "red",
    "delete": "bold red",
    "forget": "magenta",
    "manual": "magenta",
    "wait": "cyan",
    "refused": "bold red",
    "none": "dim",
}
_SEVERITY_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_OUTCOME_STYLES = {"applied": "green", "skipped": "yellow", "unknown": "bold yellow"}
_ACTION_WIDTH = 9
_MOST_UNCHANGED = 100
_MOST_EXCERPT = 100
_MOST_FINDINGS = 20


def plan_lines(view: View) -> Iterator[Line]:
    """Draw a plan: the rows that say something, the unchanged ones in one list, then the verdict."""
    yield about_line(view, "plan")
    quiet = []
    for change in view["changes"]:
        if is_quiet(change):
            quiet.append(change)
        else:
            yield from _change(change)
    if quiet:
        yield line()
        names = [clean(change["address"]) for change in quiet]
        rest = ", ".join(names[:_MOST_UNCHANGED])
        if len(names) > _MOST_UNCHANGED:
            rest += _(", and {count} more").format(count=len(names) - _MOST_UNCHANGED)
        yield line(
            Span(pad("none", _ACTION_WIDTH), "dim"),
            _("{count} unchanged: {names}").format(count=len(names), names=rest),
            hang=_ACTION_WIDTH,
        )
    yield from _short_findings(view["diagnostics"])
    yield line()
    yield line("plan: ", Span(summary(view["summary"]), "bold"), hang=6)
    yield line(promise(view), hang=6)
    yield from (line(said, hang=4) for said in unremembered(view))
    yield from (line(said, hang=4) for said in unclaimed(view))
    yield from _refusals(view["refusals"])


def apply_lines(view: View) -> Iterator[Line]:
    """Draw what became of each change, then what is still awaited."""
    yield about_line(view, "apply")
    for outcome in view["outcomes"]:
        word = outcome["outcome"]
        style = _OUTCOME_STYLES.get(word, "bold red")
        yield line(
            Span(pad(word, _ACTION_WIDTH), style),
            Span(clean(outcome["address"]), "bold"),
            f"  {clean(outcome['message'])}",
            hang=_ACTION_WIDTH,
        )
        codes = [f"{_(name)} {clean(outcome[key])}" for name, key in _CODES if outcome[key]]
        if codes and word != "applied":
            yield _detail(", ".join(codes))
    if not view["outcomes"]:
        yield line(_("nothing to do"))
    for text, key in ((_("waiting for review: {names}"), "pending"), (_("rejected: {names}"), "rejected")):
        if view[key]:
            yield line(text.format(names=", ".join(map(clean, view[key]))), hang=4)
    if view["pending"]:
        if expected := words.expected(view):
            yield line(_("answers: {expected}").format(expected=expected), hang=9)
        yield line(_("next: smsconf status shows the verdicts; run apply again whenever you like"), hang=6)
    if view["interrupted"]:
        yield line(
            Span(_("interrupted: what was in flight was finished; run apply again to go on"), "yellow")
        )
    yield from _refusals([one for one in view["refusals"] if one["scope"] != "change"])


_CODES = ((N_("code"), "error_code"), (N_("request"), "request_id"))


def diagnostics_lines(view: View) -> Iterator[Line]:
    """Draw every finding with its excerpt, then how many there are."""
    for found in view["diagnostics"]:
        yield from _finding(found)
        yield line()
    said = severities(view["diagnostics"])
    if said:
        yield line(said)


def lint_lines(view: View) -> Iterator[Line]:
    """Draw every finding; and how many parts messages have, where some have more than one."""
    yield from diagnostics_lines(view)
    said = words.all_segments(view["segments"])
    if said:
        yield line(said, hang=4)


def about_line(view: View, command: str) -> Line:
    """Say which command reports about what: project, environment, site, provider."""
    parts = [view.get("project"), view.get("environment"), view.get("site"), view.get("provider")]
    return line(Span(f"{command}: ", "bold"), " · ".join(clean(part) for part in parts if part), hang=2)


def _change(change: View) -> Iterator[Line]:
    action = change["action"]
    yield line()
    yield line(
        Span(pad(action, _ACTION_WIDTH), _ACTION_STYLES[action]),
        Span(clean(change["address"]), "bold"),
        f"  {clean(change['remote_name'])}",
        hang=_ACTION_WIDTH,
    )
    yield _detail(clean(change["reason"]))
    for one in change["fields"]:
        yield _detail(_field(one))
    for one in change["notes"]:
        yield _detail(_("note: {field}").format(field=_field(one)))
    for one in unshown(change):  # a text that goes out as it is has no difference, and is seen all the same
        if one["path"] == "content" or not change["fields"]:
            yield _detail(clean(f"{one['path']} = {value(one['value'])}"))
    for said in (words.advice(change), words.segments(change)):
        if said:
            yield _detail(clean(said))
    if change["action"] == "manual" and change["manual"]:
        yield from where_lines(change["manual"], _ACTION_WIDTH)
    steps = ", ".join(change["steps"])
    awaits = _("awaits {what}").format(what=clean(change["awaits"])) if change["awaits"] else ""
    if steps or awaits:
        yield _detail(" → ".join(part for part in (steps, awaits) if part), style="dim")
    for said in (words.expected(change), words.urge(change)):
        if said:
            yield _detail(said, style="dim")


def _detail(text: str, style: str = "") -> Line:
    return line(" " * _ACTION_WIDTH, Span(text, style), hang=_ACTION_WIDTH + 2)


def _field(one: View) -> str:
    new = clean(value(one["new"]))
    return (
        f"{clean(one['path'])}: {new}"
        if one["old"] is None
        else f"{clean(one['path'])}: {clean(value(one['old']))} → {new}"
    )


def _refusals(refusals: Sequence[View]) -> Iterator[Line]:
    for one in refusals:
        who = f"{clean(one['address'])}: " if one["address"] else ""
        yield line(Span(_("refused: "), "bold red"), f"{who}{clean(one['message'])}", hang=4)
        if one["fix"]:
            yield line(f"    {_('fix')}{_(': ')}{clean(one['fix'])}", hang=9)


def _short_findings(diagnostics: Sequence[View]) -> Iterator[Line]:
    """Draw the headlines of the worst findings, and say where to see all."""
    if not diagnostics:
        return
    yield line()
    for found in worst_first(diagnostics)[:_MOST_FINDINGS]:
        yield _headline(found)
    left = len(diagnostics) - _MOST_FINDINGS
    if left > 0:
        yield line(_("… and {count} more: smsconf lint").format(count=left))


def _headline(found: View) -> Line:
    place = f"{clean(found['file'])}:{found['line']}:{found['column']}: " if found["file"] else ""
    address = f" {clean(found['address'])}:" if found["address"] else ""
    return line(
        place,
        Span(f"{found['severity']}[{found['code']}]", _SEVERITY_STYLES[found["severity"]]),
        Span(f"{address} {clean(found['message'], source=True)}", "bold"),
        hang=4,
    )


def _finding(found: View) -> Iterator[Line]:
    yield _headline(found)
    gutter = len(str(found["line"] or 1))
    if found["excerpt"] is not None:
        yield from _excerpt(found, gutter)
    for other in found["related"]:
        at = f"{clean(other['file'])}:{other['line']}:{other['column']}"
        yield line(f"{' ' * gutter} = {_('also')}{_(': ')}{at}: {clean(other['message'])}", hang=gutter + 3)
    for word, key in ((_("why"), "why"), (_("fix"), "fix")):
        if found[key]:
            said = clean(found[key])
            if key == "fix" and found["fixable"]:
                said = _("{fix} (smsconf lint --fix does it)").format(fix=said)
            yield line(f"{' ' * gutter} = {word}{_(': ')}{said}", hang=gutter + 3)
    yield line(f"{' ' * gutter} = {_('more')}{_(': ')}smsconf explain {found['code']}")


def _excerpt(found: View, gutter: int) -> Iterator[Line]:
    """Show the source line, cut to a window round the place, and underline it."""
    start = max(0, found["column"] - 1 - _MOST_EXCERPT // 2) if len(found["excerpt"]) > _MOST_EXCERPT else 0
    window = found["excerpt"][start : start + _MOST_EXCERPT]
    offset = found["column"] - 1 - start
    shown = spell(window, source=True)
    before = "".join(shown[:offset])
    marked = "".join(shown[offset : offset + max(1, found["length"])])
    blank = " " * gutter
    dots = "…" if start else ""
    yield line(f"{blank} |")
    yield line(f"{found['line']} | {dots}{''.join(shown)}")
    carets = "^" * max(1, cells(marked))
    yield line(
        f"{blank} | {' ' * (cells(dots) + cells(before))}", Span(carets, _SEVERITY_STYLES[found["severity"]])
    )
