"""Whatever an answer holds, reading it ends in a value or in one of our errors."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsconf.cloud.http.answers import MOST_BYTES, Answer, answered_at, decode, emulated_at, read_answer
from smsconf.cloud.http.failures import from_answer
from smsconf.cloud.http.redact import Redactor
from smsconf.cloud.http.transport import utc_now
from smsconf.cloud.read import wire
from smsconf.model.errors import CloudBroken, CloudError

NAMES = st.sampled_from(
    (
        "id",
        "results",
        "total",
        "app_name",
        "region",
        "app_key",
        "status",
        "signature_name",
        "signature_type",
        "signature_source",
        "template_name",
        "template_content",
        "flow_status",
        "universal_template",
        "send_country1",
        "country_name",
        "variable_index",
        "variable_type",
        "country_id",
        "country_name_en",
        "used",
        "file_id",
        "file_desc",
        "is_involved_third",
        "error_code",
        "error_msg",
        "error",
        "code",
        "message",
        "request_id",
    )
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("x" * 200_000)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=8),
    max_leaves=12,
)
READERS: list[Callable[[str, Any], object]] = [
    getattr(wire, name) for name in sorted(vars(wire)) if name.startswith("read_")
]


@pytest.mark.parametrize("reader", READERS, ids=lambda one: one.__name__)
@settings(max_examples=50)
@given(value=VALUES)
def test_reader_takes_anything(reader: Callable[[str, Any], object], value: Any) -> None:
    """Nothing that JSON can hold makes a reader raise anything but our error."""
    with contextlib.suppress(CloudBroken):
        reader("ListAppDetails", value)


@given(body=st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_body_is_decoded_or_broken(body: bytes) -> None:
    """Any bytes; and what was decoded can be written as UTF-8 again."""
    with contextlib.suppress(CloudBroken):
        value = decode("ListAppDetails", Answer(200, httpx.Headers(), body), Redactor())
        json.dumps(value, ensure_ascii=False, allow_nan=True).encode()


@given(
    status=st.integers(300, 599),
    body=st.binary(max_size=100) | VALUES.map(lambda value: json.dumps(value).encode()),
    header=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=50),
)
def test_refusal_is_always_one_of_ours(status: int, body: bytes, header: str) -> None:
    """Any status, body and headers: an error of one line, with its operation."""
    names = ("X-Request-Id", "Date", "Retry-After", "Content-Type", "X-Emulator-Now")
    headers = httpx.Headers([(name.encode(), header.encode("latin-1")) for name in names])
    error = from_answer("CreateApp", Answer(status, headers, body), Redactor(), utc_now())
    assert isinstance(error, CloudError)
    assert error.message.isprintable()
    assert len(error.message) < 500
    assert (error.operation, error.status, error.arrived) == ("CreateApp", status, True)
    answered_at(headers)
    emulated_at(headers)


@pytest.mark.parametrize("chunks", [1, 7, 65536], ids=lambda size: f"pieces of {size}")
def test_packed_body_is_unpacked_in_pieces(chunks: int) -> None:
    """However it is cut, and whatever follows its end."""
    text = json.dumps({"results": ["短信" * 50]}).encode()
    packed = gzip.compress(text)
    pieces = [packed[at : at + chunks] for at in range(0, len(packed), chunks)]
    answer = read_answer(_response([*pieces, b"what follows", b"is not read"]))
    assert answer.body == text


def test_body_of_exactly_the_limit_is_taken() -> None:
    """One byte more is not."""
    body = b" " * MOST_BYTES
    assert len(read_answer(_response([gzip.compress(body, 1)])).body) == MOST_BYTES
    with pytest.raises(httpx.DecodingError):
        read_answer(_response([gzip.compress(body + b" ", 1)]))


def _response(pieces: list[bytes]) -> httpx.Response:
    class Stream(httpx.SyncByteStream):
        def __iter__(self) -> Any:
            return iter(pieces)

    return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Stream())
