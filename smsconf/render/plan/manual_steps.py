"""Manual steps: rows of the plan → view (the JSON contract) → lines: how each stands, what to set where.

The lines are drawn from the view alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smsconf.language import N_, _
from smsconf.reconcile.change import Change, ManualChange, ManualStep
from smsconf.render.lines import Line, Span, cells, clean, line, pad
from smsconf.render.plan.words import value

FORMAT_VERSION = "1.0"
View = Mapping[str, Any]

_STANDINGS: Mapping[str, tuple[str, str]] = {
    "open": (N_("open"), "magenta"),
    "changed": (N_("changed"), "yellow"),
    "expired": (N_("expired"), "yellow"),
    "confirmed": (N_("confirmed"), "green"),
    "needless": (N_("needless"), "dim"),
}


def steps_view(changes: Iterable[Change], about: Mapping[str, Any]) -> View:
    """Return the document of ``confirm``: every manual step, in the order of the plan."""
    return {
        "format_version": FORMAT_VERSION,
        **about,
        "steps": [
            {
                "address": change.label,
                "action": change.action.value,
                "reason": change.reason,
                "remote_name": change.remote_name,
                "manual": manual_view(change.manual),
            }
            for change in changes
            if isinstance(change, ManualChange)
        ],
    }


def manual_view(step: ManualStep) -> View:
    """Return what a person does: where, with which values, by which page; and who confirmed it."""
    said = step.confirmation
    return {
        "console": list(step.console),
        "values": dict(step.values),
        "page": step.page,
        "page_date": step.page_date,
        "standing": step.standing,
        "digest": step.digest,
        "confirmation": None
        if said is None
        else {
            "by": said.by,
            "time": said.time.isoformat(),
            "note": said.note,
            "expires": said.expires.isoformat() if said.expires else None,
            "digest": said.digest,
        },
    }


def steps_lines(view: View) -> Iterator[Line]:
    """Draw every manual step; what is open with its values and the way to them."""
    width = max(cells(_(word)) for word, _style in _STANDINGS.values()) + 2
    for one in view["steps"]:
        word, style = _STANDINGS[one["manual"]["standing"]]
        yield line(
            Span(pad(_(word), width), style),
            Span(clean(one["address"]), "bold"),
            f"  {clean(one['remote_name'])}",
            hang=width,
        )
        yield line(" " * width, clean(one["reason"]), hang=width + 2)
        if one["action"] == "manual":
            for path, held in one["manual"]["values"].items():
                yield line(" " * width, f"{clean(path)}: {clean(value(held))}", hang=width + 2)
            yield from where_lines(one["manual"], width)
    if not view["steps"]:
        yield line(_("nothing that only a person can do"))


def where_lines(step: View, width: int) -> Iterator[Line]:
    """Draw the way through the console, and the vendor's page about it."""
    path = clean(" > ".join(step["console"]))
    yield line(" " * width, _("console: {path}").format(path=path), hang=width + 2)
    page = _("page: {page} ({date})").format(page=step["page"], date=step["page_date"])
    yield line(" " * width, Span(page, "dim"), hang=width + 2)
