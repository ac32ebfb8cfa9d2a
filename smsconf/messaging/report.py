"""What became of a few messages → view: plain mappings that are the JSON contract of ``send``.

Pure. Numbers are shown as the caller says, hidden by default; no secret is in it. Statuses are the service's,
their explanations for people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from smsconf.cloud.http.operations import OPERATIONS, SEND_SAME
from smsconf.language import _
from smsconf.messaging.send.codes import SENDING
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.wire import ACCEPTED, Answer, Fate, Request, body, form

FORMAT_VERSION = "1.0"
View = dict[str, Any]
Show = Callable[[str], str]


def send_view(
    about: Mapping[str, Any], target: Target, request: Request, answer: Answer | None, *, shown: Show
) -> View:
    """Return the document of ``send``.

    Args:
        about: for whom: project, environment, site, provider.
        target: what was sent.
        request: to whom.
        answer: what the service said; ``None``: nothing is known.
        shown: how a number is written.
    """
    segments = _segments(target, request)
    fates = answer.fates if answer else tuple(Fate(number) for number in request.numbers)
    return {
        **_head(about, target, request),
        "dry_run": False,
        "request": None,
        "code": answer.code if answer else None,
        "outcome": _outcome(fates),
        "messages": [_message(fate, segments[fate.to], shown) for fate in fates],
    }


def dry_view(
    about: Mapping[str, Any], target: Target, request: Request, url: str, *, wsse: bool, shown: Show
) -> View:
    """Return the same document for a request that is only shown, its secrets hidden."""
    segments = _segments(target, request)
    hidden = replace(
        request,
        contents=tuple(
            replace(one, to=tuple(shown(number) for number in one.to)) for one in request.contents
        ),
    )
    operation = OPERATIONS[request.operation]
    form_body = request.operation == SEND_SAME
    kind = "application/x-www-form-urlencoded" if form_body else "application/json"
    signed = (
        {"Authorization": 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"', "X-WSSE": "***"}
        if wsse
        else {"Authorization": "SDK-HMAC-SHA256 ***"}
    )
    return {
        **_head(about, target, request),
        "dry_run": True,
        "request": {
            "method": operation.method,
            "url": url + operation.path,
            "headers": {"Content-Type": kind, **signed},
            "body": dict(form(hidden)) if form_body else body(hidden),
        },
        "code": None,
        "outcome": None,
        "messages": [
            _message(Fate(number), segments[number], shown, sent=False) for number in request.numbers
        ],
    }


def _head(about: Mapping[str, Any], target: Target, request: Request) -> View:
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
    }


def _segments(target: Target, request: Request) -> dict[str, int]:
    return {
        number: target.count(content.values).segments for content in request.contents for number in content.to
    }


def _message(fate: Fate, segments: int, shown: Show, *, sent: bool = True) -> View:
    known = SENDING.get(fate.status or "")
    text = _(known.why) if known and known.why else None
    if sent and fate.status is None:
        text = _("nobody knows whether the service took it")
    fix = known.fix if known and fate.status != ACCEPTED else None
    return {
        "to": shown(fate.to),
        "message_id": fate.message_id,
        "status": fate.status,
        "outcome": _outcome((fate,)) if sent else None,
        "message": text,
        "fix": _(fix) if fix else None,
        "segments": fate.parts or segments,
    }


def _outcome(fates: tuple[Fate, ...]) -> str:
    """Return one word for all: accepted, failed, partly accepted, or unknown if nothing is known of one."""
    if any(fate.status is None for fate in fates):
        return "unknown"
    taken = {fate.accepted for fate in fates}
    return "partly accepted" if len(taken) > 1 else "accepted" if taken == {True} else "failed"
