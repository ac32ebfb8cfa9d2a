"""What a receiver counts, as Prometheus reads it: judged by the client's own parser."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from smsconf import metrics
from smsconf.messaging.receive.figures import Figures
from smsconf.messaging.receive.server import Rules, make_app
from smsconf.store.files.inbox import Inbox
from smsconf.store.messages import Item, Reply, Report

NOW = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)
REPORT = b"smsMsgId=m1&status=DELIVRD&to=%2B8613812345678"
REPLY = b"smsMsgId=r1&from=%2B8613812345678&to=1069&body=TD"
Asked = tuple[str, str, bytes]


class Full(Inbox):
    """An inbox on a disk that fills up."""

    def add(self, items: Sequence[Item], now: datetime) -> int:
        if any(one.message_id == "full" for one in items):
            raise OSError("disk of +8613812345678 is full")
        return super().add(items, now)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    made = Full(tmp_path / "inbox.db")
    yield made
    made.close()


def ask(inbox: Inbox, figures: Figures, *requests: Asked, token: str = "") -> list[httpx.Response]:
    """Send requests one after the other."""

    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(make_app(inbox, Rules(token), lambda: NOW, figures))
        async with httpx.AsyncClient(transport=transport, base_url="http://sms.example.com") as client:
            return [await client.request(method, path, content=body) for method, path, body in requests]

    return asyncio.run(run())


def read(text: str) -> dict[str, float]:
    """What a scrape says of the receiver: name and labels → value."""
    return {
        one.name.removeprefix("smsconf_receive_")
        + "".join(f" {value}" for value in one.labels.values()): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if one.name.startswith("smsconf_receive_")
    }


def test_metrics_count_what_came_and_how_it_ended(inbox) -> None:
    """Repeated, refused, unstored ones each where they belong; no token is asked for, no number told."""
    asked = [("POST", "/t/reports", REPORT)] * 3 + [("POST", "/t/replies", REPLY)] * 2
    asked += [("POST", "/t/reports", b"nothing"), ("POST", "/t/reports", b"smsMsgId=full&status=DELIVRD")]
    asked += [("POST", "/else/where", REPORT), ("GET", "/metrics", b"")]
    scrape = ask(inbox, Figures(), *asked, token="t")[-1]
    assert scrape.headers["Content-Type"].startswith("text/plain; version=")
    said = read(scrape.text)
    assert {name: said[name] for name in said if not name.startswith("lag_seconds_bucket")} == {
        "reports_total": 3,
        "replies_total": 2,
        "duplicates_total": 3,
        "store_errors_total": 1,
        "refused_total not stored": 1,
        "refused_total unreadable": 1,
        "refused_total wrong path": 1,
        "in_flight": 0,
        "lag_seconds_count": 0,
        "lag_seconds_sum": 0,
    }
    assert "13812345678" not in scrape.text


def test_lag_is_that_of_the_newest_report_and_never_negative() -> None:
    """Of one push the newest counts; a clock ahead of ours is no lag; what is no time is passed over."""
    figures = Figures()
    times = ["2026-01-05T03:04:02Z", "2026-01-05T02:00:00Z"]
    figures.take([Report(f"m{place}", "DELIVRD", updated=time) for place, time in enumerate(times)], NOW)
    figures.take([Report("ahead", "DELIVRD", updated="2027-01-05T00:00:00Z")], NOW)
    figures.take([Report("bare", "DELIVRD", updated="2026-01-04 03:04:05")], NOW)
    figures.take([Report("odd", "DELIVRD", updated="yesterday"), Reply("r", "+86", "1", "R", "x")], NOW)
    said = read(metrics.exposition(figures.collect)[0].decode())
    assert (said["lag_seconds_count"], said["lag_seconds_sum"]) == (3, 86403)
    bounds = ("1.0", "5.0", "21600.0", "86400.0", "+Inf")
    assert [said[f"lag_seconds_bucket {bound}"] for bound in bounds] == [1, 2, 2, 3, 3]


def test_inbox_tells_how_many_were_new(inbox) -> None:
    """Once stored, a report or a reply is known, also within one push."""
    report, reply = Report("a", "DELIVRD"), Reply("a", "+86", "1", "R")
    assert [inbox.add(items, NOW) for items in ([report, report, reply], [report, reply], [])] == [2, 0, 0]
    assert inbox.add([Report("a", "UNDELIV"), report, Reply("b", "+86", "1", "R")], NOW) == 2


def test_probe_that_fails_is_a_store_error(inbox) -> None:
    """A store that is away shows before the first report is refused."""
    inbox.path.unlink()
    answers = ask(inbox, figures := Figures(), ("GET", "/healthz", b""), ("GET", "/metrics", b""))
    assert [one.status_code for one in answers] == [503, 200]
    assert read(answers[1].text)["store_errors_total"] == 1
    assert "deleted or replaced" in figures.store_problem


def test_without_the_extra_metrics_say_what_to_install(inbox, monkeypatch) -> None:
    """501 and one line; everything else is served."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)  # as if it were not there
    answers = ask(
        inbox, Figures(), ("GET", "/metrics", b""), ("POST", "/reports", REPORT), ("POST", "/metrics", b"")
    )
    assert [one.status_code for one in answers] == [501, 200, 405]
    assert answers[0].text == "metrics need prometheus-client: pip install 'smsconf[metrics]'\n"
