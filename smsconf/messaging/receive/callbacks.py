"""What the service pushes to us: status reports and replies, from the bytes of a request to values.

Pure, and generous: unknown fields and values are kept or passed over, since the service's own tables
contradict each other; what has no message id is refused, since it could never be found again. Nothing is
stored here (``inbox``) and nobody is answered (``server``).

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0003.html (one report), ``sms_05_0063.html``
(many) and ``sms_05_0004.html`` (replies), read 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

MOST_REPORTS = 50  # in one push, as documented; more are taken all the same
_LONGEST = 500  # characters of one value; the declared lengths do not hold for all
_MOST_FIELDS = 100
DELIVERED = "DELIVRD"


class Garbage(ValueError):
    """The body is nothing that the service sends."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one part of one message.

    ``status`` is the service's word, upper case; ``updated`` its time (UTC, ISO 8601), absent if the service
    made the report up; ``extend`` what the sender gave along; ``to`` is there only beside it.
    """

    message_id: str
    status: str
    sequence: int = 1
    total: int = 1
    source: str | None = None
    updated: str | None = None
    description: str | None = None
    original_code: str | None = None
    extend: str | None = None
    to: str | None = None

    @property
    def delivered(self) -> bool:
        """Tell whether this part arrived."""
        return self.status == DELIVERED


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that somebody sent back; ``to`` is the channel number it went to."""

    message_id: str
    sender: str
    to: str
    body: str
    created: str | None = None


def read_reports(body: bytes) -> list[Report]:
    """Read a push of status reports: one as a form, or a list of them as JSON.

    Of a list those that cannot be used are passed over, unless none can.

    Raises:
        Garbage: there is no report in it.
    """
    if body.lstrip()[:1] in (b"{", b"["):
        return _read_many(body)
    return [_report(_read_form(body))]


def read_reply(body: bytes) -> Reply:
    """Read a push of one reply.

    Raises:
        Garbage: it is none.
    """
    fields = _read_form(body)
    missing = [name for name in ("smsMsgId", "from", "to") if not fields.get(name)]
    if missing:
        raise Garbage(f"no {missing[0]}")
    return Reply(
        message_id=fields["smsMsgId"],
        sender=_number(fields["from"]),
        to=fields["to"],
        body=_mended(fields.get("body", "")),
        created=fields.get("createTime"),
    )


def _read_form(body: bytes) -> Mapping[str, str]:
    try:
        text = body.decode()
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise Garbage("neither a form nor JSON") from None
    return {name: value[:_LONGEST] for name, value in pairs}


def _read_many(body: bytes) -> list[Report]:
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError):
        raise Garbage("not JSON") from None
    listed = whole.get("statusReportList") if isinstance(whole, dict) else whole
    if not isinstance(listed, list) or not listed:
        raise Garbage("no statusReportList")
    found = []
    for one in listed:
        if isinstance(one, dict):
            try:
                found.append(_report({name: _text(value) for name, value in one.items()}))
            except Garbage:
                continue
    if not found:
        raise Garbage("no report of the list can be used")
    return found


def _report(fields: Mapping[str, str]) -> Report:
    if not fields.get("smsMsgId"):
        raise Garbage("no smsMsgId")
    return Report(
        message_id=fields["smsMsgId"],
        status=fields.get("status", "").upper() or "UNKNOWN",
        sequence=_count(fields.get("sequence")),
        total=_count(fields.get("total")),
        source=fields.get("source") or None,
        updated=fields.get("updateTime") or None,
        description=fields.get("statusDesc") or None,
        original_code=fields.get("orgCode") or None,
        extend=fields.get("extend") or None,
        to=_number(fields["to"]) if fields.get("to") else None,
    )


def _text(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    return "" if value is None else str(value)[:_LONGEST]


def _count(text: str | None) -> int:
    """Read a count from 1; anything else is 1, as for a message that was not split."""
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 4 else 1


def _number(text: str) -> str:
    """Write a phone number with its plus sign, which a form may have turned into a blank."""
    return "+" + text[1:] if text.startswith(" ") else text


def _mended(text: str) -> str:
    """Undo a text that was read as ISO 8859-1 on its way: the vendor's own advice for garbled replies."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text
