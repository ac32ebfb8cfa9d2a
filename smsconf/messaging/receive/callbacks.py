"""What the service pushes to us: status reports and replies, from the bytes of a request to values.

Pure, and generous: unknown fields and values are kept or passed over, since the service's own tables
contradict each other; odd bytes cost the value they stand in, never the rest. What it is shows in what it
holds, not in where it came: one wrong address in the console must not lose an opt-out. A report without a
message id is refused, since it could never be found again. Nothing is stored here (``inbox``) and nobody is
answered (``server``).

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0003.html (one report), ``sms_05_0063.html``
(many) and ``sms_05_0004.html`` (replies), read 2026-11.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from smsconf.messaging.receive.encodings import decode, mended, trimmed
from smsconf.store.messages import Reply, Report

_LONGEST = 500  # characters of one value; the declared lengths do not hold for all
_MOST_FIELDS = 1000
_LIST = "statusReportList"
_JSON = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
_JSON_STARTS = (b"{", b"[", b"\0{", b"\0[", b"\xff\xfe", b"\xfe\xff")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")  # as it is written within China


class Garbage(ValueError):
    """The body is nothing that the service sends."""


def read_push(body: bytes) -> list[Report | Reply]:
    """Read status reports and replies: one as a form, or a list of them as JSON.

    Of a list those that cannot be used are passed over, unless none can.

    Raises:
        Garbage: there is neither in it.
    """
    found = [item for fields in _read(body) if (item := _item(fields))]
    if not found:
        raise Garbage("neither a report nor a reply")
    return found


def _read(body: bytes) -> Iterator[Mapping[str, str]]:
    """Yield the fields of everything in a push, whatever its Content-Type claims."""
    bare = body.strip().removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith(_JSON_STARTS):
        yield from _read_json(decode(bare))
        return
    fields = _read_form(bare)
    if _LIST in fields:  # the JSON in a field of a form
        yield from _read_json(fields[_LIST])
    yield fields


def _read_form(body: bytes) -> Mapping[str, str]:
    """Read a form; of two fields of one name the first that says something holds."""
    fields: dict[str, str] = {}
    for pair in body.split(b"&", _MOST_FIELDS)[:_MOST_FIELDS]:
        name, value = (decode(unquote_to_bytes(part.replace(b"+", b" "))) for part in _halves(pair))
        name = trimmed(name)
        if not fields.get(name):
            fields[name] = _text(name, value)
    return fields


def _halves(pair: bytes) -> tuple[bytes, bytes]:
    name, _, value = pair.partition(b"=")
    return name, value


def _read_json(text: str) -> Iterator[Mapping[str, str]]:
    """Yield every object with fields, however the list of them is wrapped; what follows it is passed over."""
    try:
        waiting: list[Any] = [_JSON.raw_decode(text.strip())[0]]
    except (ValueError, RecursionError):
        raise Garbage("not JSON") from None
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, dict) and _LIST in one:
            waiting.append(one[_LIST])
        elif isinstance(one, dict):
            yield {(bare := trimmed(name)): _text(bare, value) for name, value in one.items()}


def _item(fields: Mapping[str, str]) -> Report | Reply | None:
    """Tell what it is: a reply has a sender and a text and no status, a report has an id and a status."""
    if fields.get("from") and "body" in fields and not fields.get("status"):
        return _reply(fields)
    return _report(fields) if fields.get("smsMsgId") and "status" in fields else None


def _reply(fields: Mapping[str, str]) -> Reply:
    said = (fields.get(name, "") for name in ("from", "to", "body", "createTime"))
    return Reply(
        message_id=fields.get("smsMsgId") or hashlib.sha256("\0".join(said).encode()).hexdigest(),
        sender=_number(fields["from"]),
        to=_number(fields.get("to", "")),
        body=trimmed(mended(fields["body"])),
        created=fields.get("createTime") or None,
    )


def _report(fields: Mapping[str, str]) -> Report:
    return Report(
        message_id=fields["smsMsgId"],
        status=fields["status"].upper() or "UNKNOWN",
        sequence=_count(fields.get("sequence")),
        total=_count(fields.get("total")),
        source=fields.get("source") or None,
        updated=fields.get("updateTime") or None,
        description=fields.get("statusDesc") or None,
        original_code=fields.get("orgCode") or None,
        extend=fields.get("extend") or None,
        to=_number(fields["to"]) if fields.get("to") else None,
    )


def _text(name: str, value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Write a value as text; a blank before a number was its plus sign, unless no country can follow."""
    text = "" if value is None else str(value)[:_LONGEST]
    bare = trimmed(text)
    is_plus = name in ("from", "to") and text[:1] == " " and not _MOBILE.fullmatch(bare)
    return f"+{bare}" if is_plus else bare


def _count(text: str | None) -> int:
    """Read a count from 1; anything else is 1, as for a message that was not split."""
    whole = (text or "").partition(".")[0]
    return int(whole) if whole.isascii() and whole.isdigit() and 0 < len(whole) < 4 else 1


def _number(text: str) -> str:
    """Write a phone number that was encoded once more than it was decoded as it was meant."""
    for _ in range(3):
        text = unquote(text)
    return text
