"""Apps: created, counted, changed, never deleted; and how lists page, sort and filter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.emulator.conftest import Service


def test_new_app_is_launched_with_every_documented_field(service: Service) -> None:
    """ShowApp of the China site gives the documented fields, nulls left out."""
    made = service.app(up_link_addr="https://sms.example.com/r")
    assert set(made) == {"id", "app_key", "app_name"}
    shown = service.show("app", made["id"])
    assert shown["status"] == "LAUNCHED"
    assert shown["create_time"] == shown["update_time"] == "2026-01-05 01:00:00"
    assert shown["up_link_addr"] == "https://sms.example.com/r"
    assert shown["tenant"]["customer_id"] == shown["customer_id"]
    assert (shown["enterprise_project_id"], shown["enterprise_project_name"]) == ("0", "default")
    assert not {"app_secret", "intl_channel_num", "seq"} & set(shown)


def test_secret_is_shown_once_and_only_on_request(service: Service) -> None:
    """Only the create answer with show_secret has it."""
    assert service.app(show_secret=True)["app_secret"]
    assert "app_secret" not in service.app(show_secret=False)
    assert "app_secret" not in service.call("GET", "/apps").response.body.decode()


def test_international_app_has_a_channel_and_no_uplink(service: Service) -> None:
    """The channel number of an international app is the app's; its uplink address is dropped."""
    shown = service.show("app", service.app("intl", up_link_addr="https://x.example")["id"])
    assert shown["intl_channel_num"].isdigit()
    assert "up_link_addr" not in shown


def test_quota_counts_per_region(service: Service) -> None:
    """Two apps a region; the third is refused, and names may repeat."""
    for _ in range(2):
        service.app()
    assert service.call("GET", "/apps-count", region="cn").json == {"total": 2, "used": 2}
    assert service.call("GET", "/apps-count", region="intl").json == {"total": 2, "used": 0}
    reply = service.call("POST", "/apps", {"app_name": "third", "region": "cn"})
    assert (reply.status, reply.code) == (400, "MSGSMS.0015")
    service.app("intl")


def test_update_replaces_all_fields_but_the_region(service: Service) -> None:
    """An omitted optional field is reset; another region is refused."""
    app = service.app(up_link_addr="https://a.example", enterprise_project_id="7")
    service.advance("PT1H")
    reply = service.call("PUT", f"/apps/{app['id']}", {"app_name": "new", "region": "cn"})
    assert reply.json == {**app, "app_name": "new"}
    shown = service.show("app", app["id"])
    assert "up_link_addr" not in shown
    assert (shown["app_name"], shown["enterprise_project_id"]) == ("new", "0")
    assert (shown["create_time"], shown["update_time"]) == ("2026-01-05 01:00:00", "2026-01-05 02:00:00")
    refused = service.call("PUT", f"/apps/{app['id']}", {"app_name": "new", "region": "intl"})
    assert refused.code == "MSGSMS.0002"


def test_missing_app_is_0014(service: Service) -> None:
    """Show and update of an unknown app say so."""
    body = {"app_name": "new", "region": "cn"}
    assert service.call("GET", "/apps/x").code == "MSGSMS.0014"
    assert service.call("PUT", "/apps/x", body).code == "MSGSMS.0014"


@pytest.fixture
def many(make_service: Callable[..., Service]) -> Service:
    """Return a service with 25 apps: three an hour, so that times tie."""
    service = make_service(app_quota=100)
    for number in range(25):
        if number and number % 3 == 0:
            service.pass_real_time(timedelta(hours=1))
        service.app("cn" if number % 2 else "intl", app_name=f"app{number}")
    return service


def names(service: Service, **query: object) -> list[str]:
    return [row["app_name"] for row in service.call("GET", "/apps", **query).json["results"]]


def test_list_gives_ten_newest_first(many: Service) -> None:
    """Without parameters: ten rows, newest first, and the total of all."""
    assert names(many) == [f"app{number}" for number in range(24, 14, -1)]
    assert many.call("GET", "/apps").json["total"] == 25


def test_offset_counts_items(many: Service) -> None:
    """Pages of any size put together are the whole list, each item once, in both orders."""
    everything = [f"app{number}" for number in range(25)]
    for way, expected in (("asc", everything), ("desc", everything[::-1])):
        for limit in (1, 7, 500):
            pages = [names(many, limit=limit, offset=at, sort_dir=way) for at in range(0, 25, limit)]
            assert [name for page in pages for name in page] == expected
    assert names(many, offset=25) == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"region": "cn"}, 12),
        ({"app_name": "app7"}, 1),
        ({"app_name": "app"}, 0),
        ({"app_name": "APP7"}, 0),
        ({"status": "LAUNCHED"}, 25),
        ({"status": "SUSPENDED"}, 0),
        ({"start_time": "2026-01-05 02:00:00", "end_time": "2026-01-05 03:00:00"}, 6),
        ({"region": "cn", "start_time": "2026-01-05 09:00:00"}, 0),
        ({"sort_key": "create_time", "unknown": "x"}, 25),
    ],
    ids=str,
)
def test_filters_match_exactly_and_together(many: Service, query: dict[str, str], count: int) -> None:
    """All filters hold at once, names match whole and case-sensitive, times are inclusive."""
    assert many.call("GET", "/apps", **query).json["total"] == count
