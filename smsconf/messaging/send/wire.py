"""Translate between our words and the sending API's: a request out, what became of each number in.

Pure: nothing is sent from here. Both operations are spoken: the same content to many numbers (a form), and
different contents (JSON). Answers are read with suspicion: what they do not say about a number is not known,
and whatever they say fits into a file.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0001.html and sms_05_0002.html, and the traffic
of ``huaweicloudsdksmsapi`` 3.1.219.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from smsconf.cloud.http.answers import Fields, broken
from smsconf.cloud.http.operations import SEND_DIFFERENT, SEND_SAME
from smsconf.language import told
from smsconf.store.runs import ACCEPTED, Fate

Json = dict[str, Any]

MOST_NUMBERS = 500  # of one request
MOST_BYTES = 64 * 1024  # of the contents of one request

OF_NUMBERS = frozenset({"E200015", "E200041", "E200048"})
"""Statuses about a number or the moment: as the code of a request they are said of each of its numbers."""

_MOST_RESULTS = 1000
_MOST_PARTS = 100  # of one message: the longest that can be sent have about ten
_LONGEST_ID = 200  # the pages say 50
_LONGEST_WORD = 64  # the pages say 7, and carriers have longer ones
_LONGEST_TEXT = 500
_LARGEST = 10**30  # of a number where a word should be
_NUMBER = re.compile(r"[0-9 ().+-]+")  # how a number may be written back


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


_Told = tuple[str | None, str | None, int | None]


class Answer(NamedTuple):
    """What the service said about a request: one code, and a fate for each number in the order asked.

    ``whole``: no number has a word of its own, so the code is about all of the request.
    """

    code: str
    description: str
    fates: tuple[Fate, ...]
    whole: bool = False


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
    code = _word(fields.value("code"), _LONGEST_WORD)
    if code is None:
        raise broken(request.operation, told("'{name}' is missing", name="code"))
    description = _word(fields.value("description"), _LONGEST_TEXT) or ""
    absent = fields.value("result") in (None, "")
    items = [] if absent else fields.items("result")[:_MOST_RESULTS]
    found = _fates(items)
    if items and not found:
        raise broken(request.operation, told("'{name}' is missing", name="originTo"))
    every = code if not items and code in OF_NUMBERS else None
    fates = tuple(_fate(number, found, every) for number in request.numbers)
    return Answer(code, description, fates, whole=not items and every is None)


def unread(request: Request, code: str | None) -> Answer:
    """Return the answer that says nothing of any number."""
    return Answer(code or "", "", tuple(Fate(number) for number in request.numbers))


def _content(content: Content) -> Json:
    whole = {
        "to": list(content.to),
        "templateId": content.template_id,
        "templateParas": list(content.values) or None,
        "signature": content.signature,
    }
    return {name: value for name, value in whole.items() if value is not None}


def _fates(items: Iterable[object]) -> dict[str, _Told]:
    """Read what is told by the digits of each number; what tells of no number tells nothing.

    There are 500 in an answer and a million in a run, so what is as promised is taken without ceremony.
    """
    found: dict[str, _Told] = {}
    for item in items:
        if not isinstance(item, dict):
            continue
        to, message_id, status, parts = map(item.get, ("originTo", "smsMsgId", "status", "total"))
        if (
            type(to) is type(message_id) is str
            and status == ACCEPTED
            and (parts is None or (type(parts) is int and 0 < parts <= _MOST_PARTS))
            and 0 < len(message_id) <= _LONGEST_ID
            and message_id.isascii()
            and message_id.isprintable()
            and " " not in message_id
            and to[:1] == "+"
            and to[1:].isdigit()
            and (digits := to[1:]) not in found
        ):
            found[digits] = (message_id, ACCEPTED, parts)
            continue
        number = _word(to, _LONGEST_WORD)
        if number and _NUMBER.fullmatch(number):
            digits = re.sub("[^0-9]", "", number).removeprefix("00")
            new = (_word(message_id, _LONGEST_ID), _status(status), _parts(parts))
            found[digits] = _firmer(found.get(digits), new)
    return found


def _fate(number: str, found: dict[str, _Told], every: str | None) -> Fate:
    digits = number[1:]
    own = found.get(digits)
    bare = found.get(digits[2:]) if digits.startswith("86") else None  # a mainland number without its country
    if bare:
        own = _firmer(own, bare)
    return Fate(number, *own) if own else Fate(number, status=every)


def _firmer(one: _Told | None, other: _Told) -> _Told:
    """Return what holds of two words about one number: accepted if one says so, refused if both do."""
    if one is None:
        return other
    return one if (one[1] == ACCEPTED, one[1] is None) >= (other[1] == ACCEPTED, other[1] is None) else other


def _word(value: object, longest: int) -> str | None:
    """Return a text that is there, or a number's digits: bounded, in one line, and to be written anywhere."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST:
        return str(value)
    if not isinstance(value, str):
        return None
    text = value.strip()[:longest]
    return "".join(one if one.isprintable() else "?" for one in text) or None


def _status(value: object) -> str | None:
    """Return a status; a number is none: what 000000 became of it nobody can tell from another 0."""
    return _word(value, _LONGEST_WORD) if isinstance(value, str) else None


def _parts(value: object) -> int | None:
    """Return a number of parts that a message can have, and nothing else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 4:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_PARTS:
        return value
    return None
