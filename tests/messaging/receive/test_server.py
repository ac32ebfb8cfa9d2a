"""The receiver's application: which path, who may push, and that every request is answered for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from smsconf.messaging.receive.figures import Figures
from smsconf.messaging.receive.server import Rules, make_app
from smsconf.store.files.inbox import Inbox
from smsconf.store.messages import Item, Report

NOW = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)
REPORT = b"smsMsgId=m1&status=DELIVRD"


class Fragile(Inbox):
    """An inbox for which some reports are poison, as whatever we did not think of would be."""

    def add(self, items: Sequence[Item], now: datetime) -> int:
        if any(one.message_id.startswith("poison") for one in items):
            raise RuntimeError("+8613812345678")
        return super().add(items, now)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    made = Fragile(tmp_path / "inbox.db")
    yield made
    made.close()


def ask(
    inbox: Inbox, *requests: tuple[str, str, bytes], rules: Rules | None = None, **headers: str
) -> list[int]:
    """Send requests at the same time and return their statuses."""

    async def run() -> list[int]:
        app = make_app(inbox, rules or Rules(), lambda: NOW)
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://sms.example.com") as client:
            client.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
            answers = await asyncio.wait_for(
                asyncio.gather(
                    *(client.request(method, path, content=body) for method, path, body in requests)
                ),
                20,
            )
        return [one.status_code for one in answers]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/s3cret/reports", 200),
        ("/s3cret/reports/", 200),
        ("/s3cret//reports//", 200),
        ("/s3cret/%72eports", 200),
        ("/s3cret/replies/", 200),
        ("/s3cret%2Freports", 404),
        ("/s3cret/a%2Freports", 404),
        ("/s3cret/%2E%2E/s3cret/reports", 404),
        ("/reports", 404),
        ("/wrong/reports", 404),
        ("/S3CRET/reports", 404),
        ("/s3cret", 404),
        ("/s3cret/other", 404),
        ("/", 404),
    ],
)
def test_path_is_taken_with_and_without_a_slash_and_never_redirected(inbox, path: str, status: int) -> None:
    """What an encoded slash hides is another path; nothing tells a caller without the token more."""
    assert ask(inbox, ("POST", path, REPORT), rules=Rules("s3cret")) == [status]


@pytest.mark.parametrize("path", ["/reports", "/replies"])
def test_what_came_is_told_by_its_content_and_not_by_the_path(inbox, path: str) -> None:
    """One wrong address in the console loses neither an opt-out nor a report; what is neither is refused."""
    reply = b"from=%2B8613812345678&to=1069&body=R"
    pair = b'[{"from":"13812345601","body":"R"},{"from":"13812345602","body":"TD"}]'
    bodies = (REPORT, reply, reply + b"&smsMsgId=r1", reply, pair, b"to=1069&body=R", b"[]")
    assert ask(inbox, *(("POST", path, body) for body in bodies)) == [200] * 5 + [400] * 2
    assert [one.item.message_id for one in inbox.reports()] == ["m1"]
    assert [one.item.body for one in inbox.replies()] == ["R", "R", "R", "TD"]


def test_other_methods_are_told_only_to_who_has_the_token(inbox) -> None:
    """405 with the token, 404 without."""
    requests = [("GET", "/t/reports", b""), ("GET", "/x/reports", b""), ("POST", "/healthz", b"")]
    assert ask(inbox, *requests, rules=Rules("t")) == [405, 404, 405]
    assert ask(inbox, ("GET", "/healthz/", b""), rules=Rules("t")) == [200]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "same-origin"}],
)
def test_web_page_can_push_nothing(inbox, headers: dict[str, str]) -> None:
    """A form needs no preflight: whatever a browser sends is refused, though nothing else protects."""
    reply = b"smsMsgId=r1&from=13812345678&to=1069&body=R"
    requests = [("POST", "/reports", REPORT), ("POST", "/replies", reply)]
    assert ask(inbox, *requests, **headers) == [403, 403]
    assert not [*inbox.reports(), *inbox.replies()]
    assert ask(inbox, *requests) == [200, 200]


def test_poison_costs_nobody_else_their_report(inbox) -> None:
    """Of many requests at one time exactly those that cannot be stored are told so; all are answered."""
    names = [f"{'poison' if number % 7 == 3 else 'good'}-{number}" for number in range(60)]
    statuses = ask(
        inbox, *(("POST", "/reports", f"smsMsgId={name}&status=DELIVRD".encode()) for name in names)
    )
    assert statuses == [503 if name.startswith("poison") else 200 for name in names]
    kept = {one.item.message_id for one in inbox.reports()}
    assert kept == {name for name in names if name.startswith("good")}


def test_request_that_the_end_cannot_wait_for_is_told_so(inbox) -> None:
    """What is cut off while it waits for the store gets 503, not 200 and no error of ours."""

    async def run() -> int:
        app = make_app(inbox, Rules(), lambda: NOW, figures := Figures())
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://sms.example.com"
        ) as client:
            pushing = asyncio.create_task(client.post("/reports", content=REPORT))
            while not figures.in_flight:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0)
            pushing.cancel()
            return (await pushing).status_code

    assert asyncio.run(run()) == 503


def test_health_says_that_it_is_ending_while_reports_are_still_taken(inbox) -> None:
    """A load balancer looks elsewhere; who has not heard of it is served."""

    async def run() -> list[int]:
        app = make_app(inbox, Rules(), lambda: NOW, is_ending=lambda: True)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://sms.example.com"
        ) as client:
            answers = [await client.get("/healthz"), await client.post("/reports", content=REPORT)]
            return [one.status_code for one in answers]

    assert asyncio.run(run()) == [503, 200]


def test_item_that_the_file_cannot_hold_is_told_from_a_file_that_cannot_be_written(inbox) -> None:
    """A value of the wrong kind is the item's fault: it is no reason to say that the disk is full."""
    with pytest.raises(UnicodeEncodeError):
        inbox.add([Report("\ud800", "DELIVRD")], NOW)
    inbox.add([Report("fine", "DELIVRD")], NOW)
    assert [one.item.message_id for one in inbox.reports()] == ["fine"]


def test_file_that_is_deleted_or_replaced_never_swallows_a_report(inbox) -> None:
    """The health check tells, and the next report goes into a file that has the name."""
    assert ask(inbox, ("POST", "/reports", REPORT), ("GET", "/healthz", b"")) == [200, 200]
    for change in (
        lambda: [one.unlink() for one in inbox.path.parent.glob("inbox.db*")],
        inbox.path.unlink,
        lambda: inbox.path.rename(inbox.path.with_name("away.db")),
        lambda: _replace(inbox.path),
        lambda: inbox.path.with_name("inbox.db-wal").unlink(),
    ):
        change()
        assert ask(inbox, ("GET", "/healthz", b"")) == [503]
        assert ask(inbox, ("POST", "/reports", b"smsMsgId=m2&status=DELIVRD")) == [200]
        assert ask(inbox, ("GET", "/healthz", b"")) == [200]
        again = Inbox(inbox.path)
        assert "m2" in [one.item.message_id for one in again.reports()]
        again.close()
    moved = Inbox(inbox.path.with_name("away.db"))  # what it held when it was moved is still in it
    assert [one.item.message_id for one in moved.reports()] == ["m2"]
    moved.close()


def _replace(path: Path) -> None:
    other = path.with_name("other.db")
    made = Inbox(other)
    made.add([Report("theirs", "DELIVRD")], NOW)
    made.close()
    other.replace(path)


def test_file_that_cannot_be_opened_again_is_said_and_tried_again(inbox) -> None:
    """Something else has the name: 503 until it is gone, then it goes on."""
    inbox.path.unlink()
    inbox.path.mkdir()
    assert ask(inbox, ("POST", "/reports", REPORT), ("GET", "/healthz", b"")) == [503, 503]
    inbox.path.rmdir()
    assert ask(inbox, ("POST", "/reports", REPORT)) == [200]
    assert [one.item.message_id for one in inbox.reports()] == ["m1"]
