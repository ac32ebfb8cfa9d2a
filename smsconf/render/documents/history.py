"""The journal read back: entries → view (the JSON contract) → lines, oldest first.

Entries come from a file that people and other versions may have written: nothing is taken for granted but
that each is a mapping with an ``event``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from smsconf.language import _
from smsconf.render.lines import Line, Span, cells, clean, line, pad

FORMAT_VERSION = "1.0"
View = dict[str, Any]

_ALWAYS = (
    *("time", "scope", "environment", "event", "address", "step", "remote_name", "remote_id", "status"),
    *("review_message", "message", "error_code", "request_id", "actor", "host", "commit", "run"),
)
_DROPPED = ("v",)
_SHORT_COMMIT = 8  # characters
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
    """Draw one line an entry, the reviewer's words and what went wrong below it.

    Which account and environment it belongs to and where it comes from stands above, where that changes.
    """
    entries = view["entries"]
    event_width = max((cells(clean(one["event"])) for one in entries), default=0) + 2
    various = [key for key in ("scope", "environment") if len({str(one[key]) for one in entries}) > 1]
    is_known = any(map(_origin, entries))
    last: list[str] = []
    for one in entries:
        heads = [_HEADS[key](clean(one[key] or "")) for key in various]
        heads += [_("from: {origin}").format(origin=_origin(one) or "?")] if is_known else []
        yield from (line(Span(head, "dim")) for head in heads if head not in last)
        last = heads
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


_HEADS: Mapping[str, Callable[[str], str]] = {
    "scope": lambda name: _("account: {scope}").format(scope=name or "?"),
    "environment": lambda name: _("environment: {name}").format(name=name or _("(none)")),
}


def _origin(one: Mapping[str, Any]) -> str:
    """Say who did it, where, at which commit, in which run, as far as that is known."""
    name, commit = clean(one["actor"] or "").partition(" <")[0], clean(one["commit"] or "")[:_SHORT_COMMIT]
    return ", ".join(filter(None, (name, clean(one["host"] or ""), commit, clean(one["run"] or ""))))


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
