"""Against a hostile service: a clear error, in bounded time and memory, and nothing sent elsewhere."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from smsconf.cloud.auth.connect import connect
from smsconf.cloud.read import wire
from smsconf.model.errors import CloudBroken, CloudError, Unreachable
from tests.cloud import hostile
from tests.cloud.auth.test_connect import KEYS, Provider
from tests.cloud.auth.test_iam import PERSON
from tests.cloud.worlds import SK, open_client, recording_server

PATIENCE = 0.4  # of those who are made to wait
AT_IAM = (
    "bare null",
    "page for a login",
    "gzip bomb",
    "slow headers",
    "redirect",
    "closed in mid-body",
    "no content with a body",
    "deep nesting",
)
MOST_SECONDS = 4.0
MOST_GROWTH = 200 * hostile.MEGABYTE

UNREACHABLE = {
    "slow body": "took too long",
    "slow headers": "took too long",
    "silence": "took too long",
    "endless continues": "took too long",
    "hangs up at once": "connection was lost",
    "closed in mid-body": "connection was lost",
    "length too large": "took too long",
    "two lengths": "connection was lost",
    "no HTTP at all": "connection was lost",
    "huge header": "connection was lost",
}
BROKEN = {
    "wrong types": "'app_name' should be a string",
    "wrong total": "'total' should be an integer, got str",
    "nulls": "'results' should be a list, got NoneType",
    "null item": "expected an object, got NoneType",
    "bare list": "expected an object, got list",
    "bare null": "expected an object, got NoneType",
    "missing id": "'id' is missing",
    "duplicate ids": "1 different ids",
    "page for a login": "not JSON (text/html)",
    "gateway's page": "HTTP 502",
    "type with an escape": "not JSON ([31m)",
    "ten megabytes": "at most 100000 characters, got 10485760",
    "gzip bomb": "larger than",
    "gzip bomb in gzip": "packed in a way that was not asked for",
    "broken gzip": "cannot be unpacked",
    "cut gzip": "ends too early",
    "unasked packing": "packed in a way that was not asked for",
    "endless body": "larger than",
    "growing total": "total changed",
    "shrinking total": "total changed",
    "absurd total": "total says 1000000000000",
    "overfull page": "a page of 500 holds 5000",
    "fat pages": "its pages are larger than",
    "redirect": "redirects are not followed",
    "length too small": "not JSON",
    "no content with a body": "expected an object, got NoneType",
    "invalid UTF-8": "not JSON",
    "half a character": "not JSON",
    "deep nesting": "not JSON",
    "NaN": "not JSON",
    "infinity": "'total' should be an integer, got float",
    "huge integer": "not JSON",
}
EXPECTED = {
    **{play: (Unreachable, words) for play, words in UNREACHABLE.items()},
    **{play: (CloudBroken, words) for play, words in BROKEN.items()},
}


@pytest.fixture(scope="module")
def running() -> Iterator[hostile.Service]:
    with hostile.serve() as service:
        yield service


@pytest.fixture
def service(running: hostile.Service) -> hostile.Service:
    """Give the bad service with its books empty."""
    running.requests.clear()
    running.sent = 0
    return running


def peak() -> int:
    """Return the most memory this process ever had, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def read_apps(service: hostile.Service, play: str) -> list[Any]:
    service.play = play
    patience = PATIENCE if play in UNREACHABLE else 30
    with open_client(None, base_url=service.url, read_only=True, patience=patience) as client:
        items = client.list_all("ListAppDetails")
        return [wire.read_app("ListAppDetails", item) for item in items]


def test_every_play_has_its_expectation() -> None:
    """A play that nobody looks at proves nothing."""
    assert EXPECTED.keys() == hostile.PLAYS.keys()


@pytest.mark.parametrize("play", hostile.PLAYS)
def test_bad_answer_is_a_clear_error_in_bounds(service: hostile.Service, play: str) -> None:
    """The class and the words fit, the operation is named, seconds and bytes are counted."""
    kind, words = EXPECTED[play]
    started, before = time.monotonic(), peak()
    with recording_server({}) as (service.elsewhere, seen), pytest.raises(CloudError) as caught:
        read_apps(service, play)
    error = caught.value
    assert isinstance(error, kind), error
    said = f"{error.message}; {error.why}"
    assert words in said
    assert error.operation == "ListAppDetails"
    assert error.message.isprintable()
    assert len(said) < 1000
    assert SK not in said
    assert error.fix or error.why
    assert time.monotonic() - started < MOST_SECONDS
    assert peak() - before < MOST_GROWTH
    assert seen == [], "nothing goes to where a redirect points"
    assert service.methods == {"GET"}
    assert len(service.requests) < 40


@pytest.mark.parametrize("source", ["keys", "password"])
@pytest.mark.parametrize("play", AT_IAM)
def test_bad_iam_is_a_clear_error_in_bounds(service: hostile.Service, play: str, source: str) -> None:
    """Asked for a project or for a token, it lies as well: no client is opened, and no secret is told."""
    service.play = play
    environ = {"SMSCONF_TIMEOUT": "0.2", **(PERSON if source == "password" else KEYS)}
    started = time.monotonic()
    with recording_server({}) as (service.elsewhere, seen), pytest.raises(CloudError) as caught:  # noqa: SIM117
        with connect(Provider(endpoint=service.url), environ, read_only=True):
            pass
    error = caught.value
    assert (error.operation or "").startswith("Keystone")
    assert not any(secret in f"{error} {error.why}" for secret in (SK, PERSON["HW_USER_PASSWORD"]))
    assert time.monotonic() - started < MOST_SECONDS
    assert seen == []


@pytest.mark.parametrize("play", hostile.HARMLESS)
def test_odd_answer_is_read(service: hostile.Service, play: str) -> None:
    """Long headers harm nobody."""
    (app,) = read_apps(service, play)
    assert app.name == "a"


def test_no_more_is_taken_than_fits(service: hostile.Service) -> None:
    """Of a body without end we take the limit and what was on the way, not more."""
    with pytest.raises(CloudBroken):
        read_apps(service, "endless body")
    assert service.sent < 16 * hostile.MEGABYTE + 16 * hostile.MEGABYTE


@pytest.mark.parametrize("play", ["slow body", "closed in mid-body", "page for a login", "gateway's page"])
def test_write_with_a_bad_answer_is_sent_once(service: hostile.Service, play: str) -> None:
    """Whether it happened is not known, so it is not sent again."""
    service.play = play
    with (
        open_client(None, base_url=service.url, patience=PATIENCE) as client,
        pytest.raises(CloudError) as caught,
    ):
        client.call("CreateTemplate", body={"a": 1})
    assert len(service.requests) == 1
    assert caught.value.arrived is not False
