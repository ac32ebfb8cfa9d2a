"""Traffic thresholds: set by a person, counted by UTC day and month, alarmed once, limiting what is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.conftest import Reply, Service
from tests.emulator.shop import Shop, open_shop

DAY = {"daily": {"warn": 2, "limit": 4}}


@pytest.fixture
def shop(service: Service) -> Shop:
    """Return a shop that may send."""
    return open_shop(service)


def put(shop: Shop, **thresholds: Any) -> None:
    reply = shop.service.control("PUT", "thresholds", thresholds)
    assert (reply.status, reply.json) == (200, thresholds)


def send(shop: Shop, count: int, app: dict[str, str] | None = None, prefix: str = "+861380013") -> Reply:
    return shop.send(app, to=",".join(f"{prefix}{number:04}" for number in range(count)))


def code(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.json["code"]


def alarms(shop: Shop) -> list[tuple[str, str | None, str, int, int]]:
    rows = shop.service.control("GET", "thresholds").json["alarms"]
    return [(row["kind"], row["country"], row["span"], row["warn"], row["messages"]) for row in rows]


ACCEPTED, LIMIT, COUNTRY_LIMIT = (200, "000000"), (403, "E000623"), (403, "E000630")


def test_nothing_is_limited_until_someone_sets_it(shop: Shop) -> None:
    """Traffic is counted all the same."""
    assert code(send(shop, 500)) == ACCEPTED
    shown = shop.service.control("GET", "thresholds").json
    assert (shown["thresholds"], shown["alarms"]) == ({}, [])
    assert [(row["span"], row["period"], row["messages"]) for row in shown["traffic"]] == [
        ("daily", "2026-01-05", 500),
        ("monthly", "2026-01", 500),
    ]


def test_limit_stops_sending_until_the_next_day(shop: Shop) -> None:
    """Up to the limit everything goes; what would pass it is refused whole; the day is that of UTC."""
    put(shop, cn=DAY)
    assert code(send(shop, 5)) == LIMIT
    assert shop.outbox() == []
    assert code(send(shop, 4)) == ACCEPTED
    assert code(send(shop, 1)) == LIMIT
    assert shop.service.control("GET", "thresholds").json["traffic"][0]["suspended"] is True
    shop.service.control("POST", "clock", {"set": "2026-01-06T07:59:58+08:00"})
    assert code(send(shop, 1)) == LIMIT
    shop.service.control("POST", "clock", {"set": "2026-01-06T08:00:00+08:00"})
    assert code(send(shop, 4)) == ACCEPTED
    assert len(shop.outbox()) == 8


def test_month_has_a_limit_too(shop: Shop) -> None:
    """A new day does not help when the month is used up; a new month does."""
    put(shop, cn={**DAY, "monthly": {"warn": 5, "limit": 6}})
    assert code(send(shop, 4)) == ACCEPTED
    shop.service.advance("P1D")
    assert code(send(shop, 2)) == ACCEPTED
    shop.service.advance("P1D")
    assert code(send(shop, 1)) == LIMIT
    shop.service.control("POST", "clock", {"set": "2026-02-01T00:00:00+00:00"})
    assert code(send(shop, 4)) == ACCEPTED


def test_raising_the_limit_resumes_at_once(shop: Shop) -> None:
    """Nobody has to wait for the next day."""
    put(shop, cn=DAY)
    send(shop, 4)
    assert code(send(shop, 1)) == LIMIT
    put(shop, cn={"daily": {"warn": 2, "limit": 5}})
    assert code(send(shop, 1)) == ACCEPTED


def test_alarm_is_raised_once_a_day(shop: Shop) -> None:
    """A lower value gives no second alarm, a higher one does when it is reached, and so does the next day."""
    put(shop, cn={"daily": {"warn": 2, "limit": 100}})
    first = ("cn", None, "daily", 2, 3)
    send(shop, 1)
    assert alarms(shop) == []
    send(shop, 2)
    send(shop, 2)
    assert alarms(shop) == [first]
    put(shop, cn={"daily": {"warn": 1, "limit": 100}})
    send(shop, 1)
    assert alarms(shop) == [first]
    put(shop, cn={"daily": {"warn": 8, "limit": 100}})
    send(shop, 1)
    assert alarms(shop) == [first]
    send(shop, 1)
    assert alarms(shop) == [first, ("cn", None, "daily", 8, 8)]
    shop.service.advance("P1D")
    send(shop, 8)
    assert len(alarms(shop)) == 3


def test_country_has_a_limit_of_its_own(shop: Shop) -> None:
    """Others go on; the whole kind's limit counts all countries."""
    put(shop, intl={"daily": {"warn": 4, "limit": 5}, "countries": {"Singapore": DAY}})
    singapore, brazil = "+659123", "+5511912"
    assert code(send(shop, 4, shop.abroad, singapore)) == ACCEPTED
    assert code(send(shop, 1, shop.abroad, singapore)) == COUNTRY_LIMIT
    assert code(send(shop, 1, shop.abroad, brazil)) == ACCEPTED
    assert code(send(shop, 1, shop.abroad, brazil)) == LIMIT
    assert code(send(shop, 1)) == ACCEPTED  # the mainland is another kind
    assert alarms(shop) == [("intl", None, "daily", 4, 4), ("intl", "Singapore", "daily", 2, 4)]


def test_shared_dialling_code_counts_as_the_largest_country(shop: Shop) -> None:
    """A number alone does not tell Canada from the United States."""
    put(shop, intl={"countries": {"United States": DAY}})
    toronto = "+1416555"
    assert code(send(shop, 4, shop.abroad, toronto)) == ACCEPTED
    assert code(send(shop, 1, shop.abroad, toronto)) == COUNTRY_LIMIT


def test_country_may_be_named_in_chinese(shop: Shop) -> None:
    """It is kept by its English name."""
    reply = shop.service.control("PUT", "thresholds", {"intl": {"countries": {"新加坡": DAY}}})
    assert reply.json == {"intl": {"countries": {"Singapore": DAY}}}


def test_what_fails_does_not_count(shop: Shop) -> None:
    """Refused requests, malformed numbers and duplicates are no traffic."""
    put(shop, cn=DAY)
    shop.send(to="+8613800138000,123,13800138000")
    shop.send(to="x")
    shop.send(templateParas="[]")
    (day, _) = shop.service.control("GET", "thresholds").json["traffic"]
    assert day["messages"] == 1


BAD: list[Any] = [
    {"cn": {"daily": {"warn": 0, "limit": 4}}},
    {"cn": {"daily": {"warn": 4, "limit": 4}}},
    {"cn": {"daily": {"warn": 1, "limit": "4"}}},
    {"cn": {"daily": {"limit": True}}},
    {"cn": {"daily": {"limit": 4}, "monthly": {"limit": 4}}},
    {"cn": {"countries": {"Singapore": DAY}}},
    {"intl": {"countries": {"Atlantis": DAY}}},
    {"intl": {"countries": {"Canada": DAY}}},
    {"intl": {"countries": []}},
    {"intl": {"countries": {"Singapore": {"x": 1}}}},
    {"eu": DAY},
    {"cn": []},
    None,
]


@pytest.mark.parametrize("body", BAD, ids=str)
def test_threshold_against_the_consoles_rules_is_400(shop: Shop, body: Any) -> None:
    """Positive integers, limit above warning, month above day; what was set stays."""
    put(shop, cn=DAY)
    reply = shop.service.control("PUT", "thresholds", body)
    assert reply.status == 400
    assert reply.json["error"]
    assert shop.service.control("GET", "thresholds").json["thresholds"] == {"cn": DAY}
