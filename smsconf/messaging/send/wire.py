"""Translate between our words and the sending API's: a request out, what became of each number in.

Pure: nothing is sent from here. Both operations are spoken: the same content to many numbers (a form), and
different contents (JSON). Answers are read with suspicion: what they do not say about a number is not known.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0001.html and sms_05_0002.html, and the traffic
of ``huaweicloudsdksmsapi`` 3.1.219.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from smsconf.cloud.fields import Fields
from smsconf.cloud.operations import SEND_DIFFERENT, SEND_SAME

Json = dict[str, Any]

ACCEPTED = "000000"
MOST_NUMBERS = 500  # of one request
MOST_BYTES = 64 * 1024  # of the contents of one request

_MOST_RESULTS = 1000


@dataclass(frozen=True, slots=True)
class Content:
    """One content and who gets it: numbers as the service wants them (``+86…``), values in their order.

    ``signature`` is for universal templates alone.
    """

    to: tuple[str, ...]
    template_id: str
    values: tuple[str, ...] = ()
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request: contents from one sender. ``extend`` comes back in the status reports."""

    sender: str
    contents: tuple[Content, ...]
    status_callback: str | None = None
    extend: str | None = None

    @property
    def operation(self) -> str:
        """The operation that carries it: the form where all get the same."""
        return SEND_SAME if len(self.contents) == 1 else SEND_DIFFERENT

    @property
    def numbers(self) -> tuple[str, ...]:
        """Everyone who gets something."""
        return tuple(number for content in self.contents for number in content.to)


class Fate(NamedTuple):
    """What the service said about one number: its message's id, status, and how many parts are billed.

    A ``status`` of ``None``: it said nothing.
    """

    to: str
    message_id: str | None = None
    status: str | None = None
    parts: int | None = None

    @property
    def accepted(self) -> bool:
        """Tell whether the service took the message; only the status report says whether it arrived."""
        return self.status == ACCEPTED


_Told = tuple[str | None, str, int | None]


class Answer(NamedTuple):
    """What the service said about a request: one code, and a fate for each number in the order asked."""

    code: str
    description: str
    fates: tuple[Fate, ...]


def form(request: Request) -> list[tuple[str, str]]:
    """Return the fields of BatchSendSms, in the SDK's order; what is not set is absent."""
    (content,) = request.contents
    fields = (
        ("from", request.sender),
        ("to", ",".join(content.to)),
        ("templateId", content.template_id),
        ("templateParas", json.dumps(content.values, ensure_ascii=False) if content.values else None),
        ("statusCallback", request.status_callback),
        ("extend", request.extend),
        ("signature", content.signature),
    )
    return [(name, value) for name, value in fields if value is not None]


def body(request: Request) -> Json:
    """Return the body of BatchSendDiffSms."""
    whole: Json = {
        "from": request.sender,
        "statusCallback": request.status_callback,
        "smsContent": [_content(one) for one in request.contents],
        "extend": request.extend,
    }
    return {name: value for name, value in whole.items() if value is not None}


def content_size(content: Content) -> int:
    """Return the bytes that one content takes in the body of BatchSendDiffSms."""
    return len(json.dumps(_content(content))) + 2


def read_answer(request: Request, said: object) -> Answer:
    """Read a decoded answer.

    Raises:
        CloudBroken: it is no answer to this operation; whether anything was sent is not known then.
    """
    fields = Fields(request.operation, said)
    code = fields.word("code")
    description = fields.optional("description") or ""
    items = fields.items("result")[:_MOST_RESULTS] if fields.value("result") is not None else []
    found = _fates(request.operation, items)
    told = code != ACCEPTED and not items  # nothing was taken, for one reason that holds for all
    silent = code if told else None
    fates = tuple(_fate(number, found, silent) for number in request.numbers)
    return Answer(code, description, fates)


def _content(content: Content) -> Json:
    whole = {
        "to": list(content.to),
        "templateId": content.template_id,
        "templateParas": list(content.values) or None,
        "signature": content.signature,
    }
    return {name: value for name, value in whole.items() if value is not None}


def _fates(operation: str, items: Iterable[object]) -> dict[str, _Told]:
    """Read what is told by the digits of each number: the service may leave out a plus sign.

    There are 500 in an answer and a million in a run, so what is as promised is taken without ceremony.
    """
    found: dict[str, _Told] = {}
    for item in items:
        if isinstance(item, dict):
            to, message_id, status, parts = map(item.get, ("originTo", "smsMsgId", "status", "total"))
            plain = type(to) is type(message_id) is type(status) is str and type(parts) is int
            if plain and to and message_id and status:
                found[to.lstrip("+")] = (message_id, status, parts)
                continue
        fields = Fields(operation, item)
        told = (fields.optional("smsMsgId"), fields.word("status"), fields.integer("total"))
        found[fields.word("originTo").lstrip("+")] = told
    return found


def _fate(number: str, found: dict[str, _Told], silent: str | None) -> Fate:
    digits = number[1:]
    told = found.get(digits) or found.get(digits.removeprefix("86"))
    return Fate(number, *told) if told else Fate(number, status=silent)
