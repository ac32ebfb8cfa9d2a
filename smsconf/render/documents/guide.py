"""The steps of the quick start → view (the JSON contract) → lines and Markdown: what is next comes last.

A box is ticked for what is done or not needed; everything else says what to type, or where at the console.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from smsconf.guide.checklist import Step, next_of
from smsconf.language import _
from smsconf.render.lines import Line, Span, cells, clean, line, pad
from smsconf.render.markup import code, fenced, prose
from smsconf.render.plan.view import FORMAT_VERSION
from smsconf.render.plan.words import value

View = Mapping[str, Any]

_STYLES = {
    "done": "green",
    "open": "bold yellow",
    "waiting": "cyan",
    "manual": "magenta",
    "not needed": "dim",
    "later": "dim",
}
_SETTLED = ("done", "not needed")
_WIDTH = max(map(len, _STYLES)) + 2


def guide_view(steps: Sequence[Step], about: View) -> dict[str, Any]:
    """Return the document of ``guide``.

    ``about`` says for whom: project, environment, site, provider, and why nobody could be asked.
    """
    counts = Counter(one.outcome.state.value for one in steps)
    return {
        "format_version": FORMAT_VERSION,
        **about,
        "summary": {state: counts[state] for state in _STYLES if counts[state]},
        "next": list(next_of(steps)),
        "steps": [_row(one) for one in steps],
    }


def _row(step: Step) -> View:
    outcome, page = step.outcome, step.page
    return {
        "key": step.key,
        "flow": step.flow,
        "title": step.title,
        "state": outcome.state.value,
        "message": outcome.message,
        "next": list(outcome.next),
        "console": list(outcome.console) or None,
        "page": page._replace(title=_(page.title))._asdict() if page else None,
        "addresses": [str(address) for address in outcome.addresses],
        "values": dict(outcome.values) or None,
    }


def guide_lines(view: View) -> Iterator[Line]:
    """Draw the steps, common ones first, then each flow, then what to type now."""
    parts = [view[key] for key in ("project", "environment", "site", "provider") if view[key]]
    yield line(Span("guide: ", "bold"), " · ".join(clean(part) for part in parts), hang=2)
    flow: str | None = None
    for step in view["steps"]:
        if step["flow"] != flow:
            flow = step["flow"]
            yield line()
            yield line(Span(_flow(flow), "bold"))
        yield from _step(step)
    if view["problem"]:
        yield line()
        yield line(Span(_("not asked: "), "bold red"), clean(view["problem"]), hang=4)
    yield line()
    yield line("guide: ", Span(_counts(view), "bold"), hang=7)
    for number, command in enumerate(view["next"]):
        name = _("next: ") if not number else " " * cells(_("next: "))
        yield line(name, Span(clean(command), "bold"), hang=6)


def _step(step: View) -> Iterator[Line]:
    yield line(
        Span(pad(step["state"], _WIDTH), _STYLES[step["state"]]),
        Span(step["title"], "bold"),
        hang=_WIDTH,
    )
    yield line(" " * _WIDTH, clean(step["message"]), hang=_WIDTH + 2)
    if step["state"] in _SETTLED:
        return
    if step["console"]:
        yield line(
            " " * _WIDTH,
            _("console: {path}").format(path=clean(" > ".join(step["console"]))),
            hang=_WIDTH + 2,
        )
    for path, held in (step["values"] or {}).items():
        yield line(" " * _WIDTH, f"{clean(path)}: {clean(value(held))}", hang=_WIDTH + 2)
    for command in step["next"]:
        yield line(" " * _WIDTH, _("run: {command}").format(command=clean(command)), hang=_WIDTH + 2)
    if step["state"] != "later" and step["page"]:
        yield line(" " * _WIDTH, Span(_page(step), "dim"), hang=_WIDTH + 2)


def guide_markdown(view: View) -> str:
    """Draw the steps as a list of boxes, with commands to copy."""
    head = _("Steps to the first message")
    names = [prose(view[key]) for key in ("project", "environment", "site", "provider") if view[key]]
    parts = [f"# {head}\n\n", " · ".join(names), "\n\n" if names else "", f"**{_counts(view)}**\n\n"]
    flow: str | None = None
    for step in view["steps"]:
        if step["flow"] != flow:
            flow = step["flow"]
            parts.append(f"\n## {_flow(flow)}\n\n")
        box = "x" if step["state"] in _SETTLED else " "
        parts.append(f"- [{box}] **{step['title']}** ({step['state']}): {prose(step['message'])}\n")
        if step["state"] in _SETTLED:
            continue
        if step["console"]:
            parts.append(f"  - {code(' > '.join(step['console']))}\n")
        parts.extend(
            f"  - {prose(path)}: {code(value(held))}\n" for path, held in (step["values"] or {}).items()
        )
        parts.extend(f"  - {code(command)}\n" for command in step["next"])
        page = step["page"]
        if page and step["state"] != "later":
            link = f"[{page['title']}]({page['url']}), {page['date']}" if page["url"] else _page(step)
            parts.append(f"  - {link}\n")
    if view["problem"]:
        parts.append(f"\n{prose(view['problem'])}\n")
    if view["next"]:
        parts.append(f"\n{_('Next:')}\n\n{fenced(map(clean, view['next']), 'sh')}")
    return "".join(parts)


def _flow(name: str | None) -> str:
    if name == "mainland":
        return _("mainland flow")
    return _("global flow") if name == "global" else ""


def _page(step: View) -> str:
    page = step["page"]
    return (
        _("see {title}, {date}: {url}").format(**page)
        if page["url"]
        else _("see {title}, {date}").format(**page)
    )


def _counts(view: View) -> str:
    return ", ".join(f"{count} {state}" for state, count in view["summary"].items())
