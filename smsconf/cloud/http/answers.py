"""Read answers with suspicion: bounded in size, unpacked by us, strictly JSON, no field believed unread.

Sends nothing and knows no resource (``wire`` does). A field of the wrong type raises ``CloudBroken``, which
names the operation and the field.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, NoReturn

import httpx

from smsconf.cloud.http.redact import Redactor
from smsconf.language import _, told
from smsconf.model.errors import CloudBroken

EMULATOR_TIME = "X-Emulator-Now"
ENCODINGS = "gzip"  # what we ask for and can unpack within bounds
MOST_BYTES = 16 * 1024 * 1024  # a page of 500 has 2 MB at most

_LONGEST_DATE = 64
_LONGEST_TEXT = 100_000  # characters; the longest the service documents has 1024


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


def broken(operation: str, what: str) -> CloudBroken:
    """Return the error for an answer that is not what the service promises."""
    return CloudBroken(
        told(
            "the answer to {operation} is not what the service promises: {what}",
            operation=operation,
            what=what,
        ),
        operation=operation,
        arrived=True,
        why=_("the answer may come from something between here and the service, or the service has changed"),
        fix=_("run again; if it stays, report the operation and the field"),
    )


class Fields:
    """One object of an answer.

    Raises:
        CloudBroken: it is not an object.
    """

    def __init__(self, operation: str, item: object) -> None:
        if not isinstance(item, dict):
            raise broken(operation, told("expected an object, got {name}", name=type(item).__name__))
        self._operation = operation
        self._item: dict[str, Any] = item

    def value(self, name: str) -> object:
        """Return whatever stands there, ``None`` if nothing does."""
        return self._item.get(name)

    def text(self, name: str) -> str:
        """Return a string that must be there; it may be empty."""
        value = self._item.get(name)
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            raise self._wrong(
                name, told("a string of at most {longest_text} characters", longest_text=_LONGEST_TEXT)
            )
        return value

    def word(self, name: str) -> str:
        """Return a string that must be there and not empty; the docs call some ids integers."""
        value = self._item.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value == "":
            raise self._wrong(name, told("a string that is not empty"))
        return self.text(name)

    def optional(self, name: str) -> str | None:
        """Return a string, or ``None`` where it is absent, null or empty."""
        value = self._item.get(name)
        if value is None or value == "":
            return None
        return self.word(name)

    def number(self, name: str) -> int:
        """Return an integer that must be there."""
        value = self.integer(name)
        if value is None:
            raise self._wrong(name, told("an integer"))
        return value

    def integer(self, name: str) -> int | None:
        """Return an integer, or ``None`` where it is absent; the docs show some of them as strings."""
        value = self._item.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(name, told("an integer"))
        return value

    def items(self, name: str) -> list[Any]:
        """Return a list that must be there."""
        value = self._item.get(name)
        if not isinstance(value, list):
            raise self._wrong(name, told("a list"))
        return value

    def _wrong(self, name: str, expected: str) -> CloudBroken:
        if name not in self._item:
            return broken(self._operation, told("'{name}' is missing", name=name))
        value = self._item[name]
        long = isinstance(value, str) and len(value) > _LONGEST_TEXT
        got = f"{len(value)}" if long else type(value).__name__
        return broken(
            self._operation,
            told("'{name}' should be {expected}, got {got}", name=name, expected=expected, got=got),
        )
