"""View of ``send`` → lines: each number with what the service made of it; for a dry run the request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from smsconf.language import _, ngettext
from smsconf.render.lines import Line, Span, clean, line, pad
from smsconf.render.plan.text import about_line

View = Mapping[str, Any]

_STYLES = {"accepted": "green", "failed": "bold red", "unknown": "bold yellow"}
_WIDTH = 10


def send_lines(view: View) -> Iterator[Line]:
    """Draw what was sent, what became of it, and where its reports go."""
    yield about_line(view, "send")
    yield line(Span(clean(view["address"]), "bold"), f"  {clean(view['remote_name'])}", hang=2)
    for one in view["texts"]:
        yield line(Span(pad("", 2)), clean(one["text"]), hang=2)
    yield line(
        _("from {sender} to {count}").format(
            sender=clean(view["sender"]),
            count=ngettext("{count} number", "{count} numbers", len(view["messages"])).format(
                count=len(view["messages"])
            ),
        ),
        hang=2,
    )
    if view["successor"]:
        yield line(
            _("its successor {name} is not approved yet").format(name=clean(view["successor"])), hang=2
        )
    if view["dry_run"]:
        yield from _request(view["request"])
    yield line()
    for one in view["messages"]:
        yield from _message(one)
    yield line()
    yield line(reports_line(view["status_callback"]), hang=4)


def _message(one: View) -> Iterator[Line]:
    parts = ngettext("{count} segment", "{count} segments", one["segments"]).format(count=one["segments"])
    word = one["outcome"] or "not sent"
    yield line(
        Span(pad(word, _WIDTH), _STYLES.get(word, "dim")),
        Span(clean(one["to"]), "bold"),
        f"  {parts}" + (f"  {clean(one['message_id'])}" if one["message_id"] else ""),
        hang=_WIDTH,
    )
    if word in {"failed", "unknown"}:
        said = ": ".join(clean(part) for part in (one["status"], one["message"]) if part)
        yield line(" " * _WIDTH + said, hang=_WIDTH)
        if one["fix"]:
            yield line(" " * _WIDTH + _("fix: {fix}").format(fix=clean(one["fix"])), hang=_WIDTH)


def _request(request: View) -> Iterator[Line]:
    yield line()
    yield line(f"{request['method']} {clean(request['url'])}", hang=2)
    for name, value in request["headers"].items():
        yield line(f"{name}: {clean(value)}", hang=2)
    yield line()
    yield line(clean(json.dumps(request["body"], ensure_ascii=False)), hang=2)


def reports_line(url: str | None) -> str:
    """Say where status reports go."""
    if url:
        return _("status reports go to {url}").format(url=clean(url))
    return _("no status callback: reports go to the app's batch address, or are dropped after an hour")
