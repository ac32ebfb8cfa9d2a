"""What became of a few messages → view (the JSON contract of ``send``) → lines; for a dry run the request.

Numbers are shown as the caller says, hidden by default; no secret is in it. Statuses are the service's,
their explanations for people.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from smsconf.cloud.http.operations import OPERATIONS, SEND_SAME
from smsconf.language import _, ngettext
from smsconf.messaging.send.codes import SENDING
from smsconf.messaging.send.credentials import WSSE
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.wire import Answer, Request, body, form
from smsconf.render.lines import Line, Span, clean, line, pad
from smsconf.render.plan.text import about_line
from smsconf.store.runs import ACCEPTED, Fate

FORMAT_VERSION = "1.0"
View = Mapping[str, Any]
Show = Callable[[str], str]

_STYLES = {"accepted": "green", "failed": "bold red", "unknown": "bold yellow"}
_WIDTH = 10


def send_view(
    about: Mapping[str, Any],
    target: Target,
    request: Request,
    answer: Answer | None,
    *,
    shown: Show,
    dry: View | None = None,
) -> View:
    """Return the document of ``send``.

    Args:
        about: for whom: project, environment, site, provider.
        target: what was sent.
        request: to whom.
        answer: what the service said; ``None``: nothing is known.
        shown: how a number is written.
        dry: the request as :func:`request_view` has it, if it was only shown.
    """
    segments = {
        number: target.count(content.values).segments for content in request.contents for number in content.to
    }
    fates = answer.fates if answer else tuple(Fate(number) for number in request.numbers)
    return {
        "format_version": FORMAT_VERSION,
        **about,
        "address": str(target.address),
        "remote_name": target.remote_name,
        "template_id": target.template_id,
        "successor": target.successor,
        "sender": target.sender,
        "signature": target.signature,
        "status_callback": request.status_callback,
        "texts": [
            {"text": (target.prefix or "") + target.text(one.values), "recipients": len(one.to)}
            for one in request.contents
        ],
        "dry_run": dry is not None,
        "request": dry,
        "code": answer.code if answer else None,
        "outcome": None if dry else _outcome(fates),
        "messages": [_message_view(fate, segments[fate.to], shown, sent=not dry) for fate in fates],
    }


def request_view(request: Request, url: str, *, wsse: bool, shown: Show) -> View:
    """Return what would be sent to a host, its secrets hidden."""
    contents = (replace(one, to=tuple(map(shown, one.to))) for one in request.contents)
    hidden = replace(request, contents=tuple(contents))
    operation = OPERATIONS[request.operation]
    form_body = request.operation == SEND_SAME
    kind = "application/x-www-form-urlencoded" if form_body else "application/json"
    signed = {"Authorization": "SDK-HMAC-SHA256 ***"}
    if wsse:
        signed = {"Authorization": WSSE, "X-WSSE": "***"}
    return {
        "method": operation.method,
        "url": url + operation.path,
        "headers": {"Content-Type": kind, **signed},
        "body": dict(form(hidden)) if form_body else body(hidden),
    }


def _message_view(fate: Fate, segments: int, shown: Show, *, sent: bool) -> View:
    why, fix = explained(fate.status)
    if sent and fate.status is None:
        why = _("nobody knows whether the service took it")
    return {
        "to": shown(fate.to),
        "message_id": fate.message_id,
        "status": fate.status,
        "outcome": _outcome((fate,)) if sent else None,
        "message": why,
        "fix": None if fate.status == ACCEPTED else fix,
        "segments": fate.parts or segments,
    }


def explained(status: str | None) -> tuple[str | None, str | None]:
    """Return why a message has a status, and what to do about it."""
    known = SENDING.get(status or "")
    return known.said() if known else (None, None)


def _outcome(fates: tuple[Fate, ...]) -> str:
    """Return one word for all: accepted, failed, partly accepted, or unknown if nothing is known of one."""
    if any(fate.status is None for fate in fates):
        return "unknown"
    taken = {fate.accepted for fate in fates}
    return "partly accepted" if len(taken) > 1 else "accepted" if taken == {True} else "failed"


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
