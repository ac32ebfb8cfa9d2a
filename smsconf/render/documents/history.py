"""The journal read back: entries → view (the JSON contract) → lines, oldest first.

Entries come from a file that people and other versions may have written: nothing is taken for granted but
that each is a mapping with an ``event``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from smsconf.language import _
from smsconf.render.lines import Line, Span, cells, clean, line, pad

FORMAT_VERSION = "1.0"
View = dict[str, Any]

_ALWAYS = (
    *("time", "scope", "event", "address", "step", "remote_name", "remote_id", "status"),
    *("review_message", "message", "error_code", "request_id"),
)
_DROPPED = ("v", "environment")
_STYLES = {
    "intent": "dim",
    "accepted": "green",
    "refused": "bold red",
    "failed": "bold red",
    "unknown": "bold yellow",
    "decision": "cyan",
    "live": "green",
    "confirmed": "green",
}


def history_view(
    entries: Sequence[Mapping[str, Any]], about: Mapping[str, Any], *, torn: int, elsewhere: int
) -> View:
    """Return the document of ``history``.

    Args:
        entries: what to show, oldest first.
        about: project and environment.
        torn: how many lines of the journal could not be read.
        elsewhere: how many entries other environments have.
    """
    return {
        "format_version": FORMAT_VERSION,
        **about,
        "entries": [_entry(one) for one in entries],
        "torn": torn,
        "elsewhere": elsewhere,
    }


def _entry(entry: Mapping[str, Any]) -> View:
    rest = {key: value for key, value in entry.items() if key not in (*_ALWAYS, *_DROPPED)}
    return {**{key: entry.get(key) for key in _ALWAYS}, **rest}


def history_lines(view: Mapping[str, Any]) -> Iterator[Line]:
    """Draw one line an entry, the reviewer's words and what went wrong below it."""
    entries = view["entries"]
    event_width = max((cells(clean(one["event"])) for one in entries), default=0) + 2
    accounts = len({one["scope"] for one in entries}) > 1
    before: object = ...
    for one in entries:
        if accounts and one["scope"] != before:
            before = one["scope"]
            yield line(Span(_("account: {scope}").format(scope=clean(before or "?")), "dim"))
        event = clean(one["event"])
        said = " ".join(clean(one[key]) for key in ("step", "status") if one[key])
        yield line(
            Span(f"{clean(one['time'] or '?')}  ", "dim"),
            Span(pad(event, event_width), _STYLES.get(event, "")),
            Span(clean(one["address"] or "-"), "bold"),
            f"  {said}" if said else "",
            f"  {clean(one['remote_name'])}" if one["remote_name"] else "",
            hang=4,
        )
        for detail in _details(one):
            yield line(" " * 4, detail, hang=6)


def _details(one: Mapping[str, Any]) -> Iterator[str]:
    if one["review_message"]:
        yield _("reviewer: {words}").format(words=clean(one["review_message"]))
    if one["message"]:
        yield clean(one["message"])
    if one.get("by"):
        yield clean(": ".join(str(part) for part in (one["by"], one.get("note")) if part))
    codes = [
        f"{name} {clean(one[key])}"
        for name, key in ((_("code"), "error_code"), (_("request"), "request_id"))
        if one[key]
    ]
    if one["error_code"]:
        yield ", ".join(codes)
