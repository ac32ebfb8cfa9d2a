"""Read answers with suspicion: bounded in size, unpacked by us, strictly JSON, nothing believed unread.

Sends nothing and knows no resource (``fields`` and ``wire`` do).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, NoReturn

import httpx

from smsconf.cloud.http.fields import broken
from smsconf.cloud.http.redact import Redactor
from smsconf.language import _, told

EMULATOR_TIME = "X-Emulator-Now"
ENCODINGS = "gzip"  # what we ask for and can unpack within bounds
MOST_BYTES = 16 * 1024 * 1024  # a page of 500 has 2 MB at most

_LONGEST_DATE = 64


class Answer(NamedTuple):
    """One answer, read whole."""

    status: int
    headers: httpx.Headers
    body: bytes


def read_answer(response: httpx.Response) -> Answer:
    """Read a streamed answer, unpacked, up to the limit.

    Raises:
        httpx.DecodingError: it is larger, or packed in a way that was not asked for.
        httpx.HTTPError: it does not arrive whole.
    """
    stream = response.stream
    assert isinstance(stream, Iterable)  # noqa: S101 - for the type checker: the client is synchronous
    chunks = _unpacked(stream, response.headers.get("Content-Encoding", ""))
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MOST_BYTES:
            raise httpx.DecodingError(
                _("the body is larger than {most_bytes} bytes").format(most_bytes=MOST_BYTES)
            )
    return Answer(response.status_code, response.headers, bytes(body))


def decode(operation: str, answer: Answer, clean: Redactor) -> Any:  # noqa: ANN401 - any JSON
    """Return what an answer says, ``None`` if it is empty.

    Raises:
        CloudBroken: it is not JSON in UTF-8: ``NaN``, half characters and bottomless nesting included.
    """
    if not answer.body.strip():
        return None
    try:
        text = answer.body.decode("utf-8")
        value = json.loads(text, parse_constant=_refuse)
        if "\\u" in text:  # half of a surrogate pair could not be written anywhere
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        kind = clean(answer.headers.get("Content-Type", "no type")).partition(";")[0][:60]
    else:
        return value
    error = broken(operation, told("not JSON ({kind})", kind=kind))
    error.status = answer.status
    error.request_id = request_id(answer, clean)
    raise error


def request_id(answer: Answer, clean: Redactor) -> str | None:
    """Return the id under which the gateway knows a request."""
    return clean(answer.headers.get("X-Request-Id", "")) or None


def retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds an answer asks to wait, if it says."""
    told = headers.get("Retry-After", "")
    return float(told) if told.isascii() and told.isdigit() and len(told) < 9 else None


def answered_at(headers: httpx.Headers) -> datetime | None:
    """Return the moment an answer's ``Date`` names."""
    text = headers.get("Date", "")
    if not text or len(text) > _LONGEST_DATE:
        return None
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def emulated_at(headers: httpx.Headers) -> datetime | None:
    """Return the moment the emulator's clock shows."""
    try:
        moment = datetime.fromisoformat(headers.get(EMULATOR_TIME, ""))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _unpacked(stream: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield a body's bytes, never more than one beyond the limit from one piece.

    httpx would unpack a piece whole, however large it becomes, and as often as the header says.
    """
    if encoding.strip().lower() in {"", "identity"}:
        yield from stream
        return
    if encoding.strip().lower() != ENCODINGS:
        raise httpx.DecodingError(_("the body is packed in a way that was not asked for"))
    unpack = zlib.decompressobj(wbits=31)
    some = False
    try:
        for chunk in stream:
            some = True
            yield unpack.decompress(chunk, MOST_BYTES + 1)
            if unpack.eof:
                return  # what follows is not ours to collect
    except zlib.error:
        raise httpx.DecodingError(_("the body cannot be unpacked")) from None
    if some:
        raise httpx.DecodingError(_("the packed body ends too early"))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(_("{constant} is not JSON").format(constant=constant))
