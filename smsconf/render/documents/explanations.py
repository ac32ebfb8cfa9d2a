"""View → what a code means: lines for people, or a Markdown page of all codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from smsconf.language import N_, _
from smsconf.render.lines import Line, Span, clean, line

View = Mapping[str, Any]

_LABELS = (("meaning", N_("means")), ("action", N_("do")), ("source", N_("from")))
_SNIPPETS = (("example", N_("example")), ("instead", N_("instead")))


def explanation_lines(view: View) -> Iterator[Line]:
    """Draw each explanation, one below the other."""
    for number, one in enumerate(view["explanations"]):
        if number:
            yield line()
        about = ", ".join(part for part in (one["severity"], one["kind"]) if part)
        name = f" {one['name']}" if one["name"] else ""
        yield line(Span(f"{one['code']}{name}", "bold"), f" ({about})")
        if one["headline"]:
            yield line(f"{one['headline'][:1].lower()}{one['headline'][1:]}")
        for key, label in _LABELS:
            if one[key]:
                word = _("why") if key == "meaning" and one["headline"] else _(label)
                yield line(f"  {word}{_(': ')}{clean(one[key])}", hang=4)
        for key, label in _SNIPPETS:
            if one[key]:
                yield line(f"  {_(label)}{_(':')}")
                for row in one[key].splitlines():
                    yield line(f"    {clean(row, source=True)}", hang=6)


def explanations_markdown(view: View) -> str:
    """Write one page: a section a kind, rules with their snippets, the rest as tables."""
    parts = [f"# {_('Codes and statuses')}\n"]
    for kind, group in groupby(view["explanations"], key=lambda one: one["kind"]):
        parts.append(f"\n## {kind.capitalize()}\n")
        rows = list(group)
        if any(one["headline"] for one in rows):
            parts.extend(_section(one) for one in rows)
        else:
            parts.append(f"\n| {_('code')} | {_('means')} | {_('do')} |\n|---|---|---|\n")
            parts.extend(
                f"| {_cell(_title(one))} | {_cell(one['meaning'])} | {_cell(one['action'])} |\n"
                for one in rows
            )
    return "".join(parts)


def _title(one: View) -> str:
    return f"{one['code']} {one['name']}" if one["name"] else str(one["code"])


def _section(one: View) -> str:
    text = f"\n### {_title(one)}\n\n*{one['severity']}.* {one['headline']}.\n\n"
    text += f"{_('Why')}{_(': ')}{one['meaning']}.\n"
    for key, label in _SNIPPETS:
        if one[key]:
            text += f"\n{_(label).capitalize()}:\n\n```yaml\n{one[key]}\n```\n"
    return f"{text}\n{_('Source')}{_(': ')}{one['source']}\n"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")
