"""What a person sets for an app, and replies: control routes that stand for the console and for phones."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from smsconf.emulator.gateway.pusher import push_all
from tests.emulator.conftest import Service
from tests.emulator.listener import listening
from tests.emulator.shop import FORM, SAME, Shop, open_shop, wsse


@pytest.fixture
def shop(service: Service) -> Shop:
    """Return a shop that may send."""
    return open_shop(service)


def code_from(shop: Shop, client: str) -> tuple[int, str]:
    """Send from an address and return status and code."""
    headers = {"Content-Type": FORM, **wsse(shop.app, shop.service.real)}
    reply = shop.raw(SAME, urlencode(shop.body()).encode(), headers, client)
    return reply.status, reply.json["code"]


def test_only_listed_addresses_may_call(shop: Shop) -> None:
    """Without a list anybody may; with one, addresses and networks in it; the list is in the app's answer."""
    assert code_from(shop, "203.0.113.9") == (200, "000000")
    listed = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]
    shop.service.control("PUT", "console", {"name": "shop", "ip_white_list": listed})
    for client, expected in (
        ("127.0.0.1", (200, "000000")),
        ("10.20.30.40", (200, "000000")),
        ("2001:db8::1", (200, "000000")),
        ("203.0.113.9", (403, "E000620")),
        ("", (403, "E000620")),
    ):
        assert code_from(shop, client) == expected, client
    assert shop.service.show("app", shop.app["id"])["ip_white_list"] == ",".join(listed)
    shop.service.control("PUT", "console", {"name": "shop", "ip_white_list": None})
    assert code_from(shop, "203.0.113.9") == (200, "000000")


def test_fields_left_out_stay_and_null_clears(shop: Shop) -> None:
    """The secret key is never shown; an edit of the app by the API touches nothing of it."""
    put = {"id": shop.app["id"], "batch_address": "http://127.0.0.1:9/b", "push_ak": "A", "push_sk": "B"}
    shop.service.control("PUT", "console", put)
    shop.service.control("PUT", "console", {"name": "shop", "reply_time": True, "batch_address": None})
    shop.service.call("PUT", f"/apps/{shop.app['id']}", {"app_name": "shop", "region": "cn"})
    first, second = shop.service.control("GET", "console").json
    assert first == {
        "id": shop.app["id"],
        "name": "shop",
        "ip_white_list": None,
        "batch_address": None,
        "push_ak": "A",
        "push_sk": "******",
        "reply_time": True,
    }
    assert second["name"] == "abroad"
    assert second["push_ak"] is None


BAD: list[tuple[Any, int]] = [
    ({"batch_address": "x"}, 400),
    ({"name": "nobody", "batch_address": "x"}, 404),
    ({"name": "shop", "x": 1}, 400),
    ({"name": "shop", "batch_address": ""}, 400),
    ({"name": "shop", "ip_white_list": "127.0.0.1"}, 400),
    ({"name": "shop", "ip_white_list": ["localhost"]}, 400),
    ({"name": "shop", "ip_white_list": [1]}, 400),
    ({"name": "shop", "reply_time": 1}, 400),
    ({"name": "shop", "push_ak": "A"}, 400),
    ([], 400),
]


@pytest.mark.parametrize(("body", "status"), BAD, ids=str)
def test_mistake_at_the_console_changes_nothing(shop: Shop, body: Any, status: int) -> None:
    """What is wrong is said."""
    reply = shop.service.control("PUT", "console", body)
    assert (reply.status, bool(reply.json["error"])) == (status, True)
    assert all(
        value is None
        for name, value in shop.service.control("GET", "console").json[0].items()
        if name not in {"id", "name"}
    )


def test_reply_is_pushed_to_the_apps_address(shop: Shop) -> None:
    """The form has the documented fields; the time only where the app asked for it."""
    service = shop.service
    uplink = {"from": "+8613800138000", "to": shop.channel, "body": "收到, thanks"}
    with listening() as listener:
        body = {"app_name": "shop", "region": "cn", "up_link_addr": f"{listener.url}/replies"}
        service.call("PUT", f"/apps/{shop.app['id']}", body)
        made = service.control("POST", "uplink", uplink).json
        service.control("PUT", "console", {"name": "shop", "reply_time": True})
        service.control("POST", "uplink", uplink)
        assert [result.status for result in push_all(service.engine)] == [200, 200]
        assert {path for path, _, _ in listener.received} == {"/replies"}
        forms = [{name: value[0] for name, value in parse_qs(body).items()} for body in listener.bodies]
    plain, timed = sorted(forms, key=len)
    assert plain == {**uplink, "smsMsgId": made["smsMsgId"]}
    assert timed["createTime"] == "2026-01-05T01:00:00Z"


def test_reply_without_an_address_is_dropped(shop: Shop) -> None:
    """Nothing is pushed, but what was said is remembered."""
    shop.service.call("PUT", f"/apps/{shop.app['id']}", {"app_name": "shop", "region": "cn"})
    uplink = {"from": "+8613800138000", "to": shop.channel, "body": "r"}
    assert shop.service.control("POST", "uplink", uplink).json["push"] is None
    shop.send(to="+8613800138000,+8613800138001")
    shop.service.advance("PT1M")
    assert [message["status"] for message in shop.outbox()] == ["REJECTD", "DELIVRD"]


def test_bad_reply_is_refused(shop: Shop) -> None:
    """An unknown channel is 404; a body is of 1 to 160 characters."""
    good = {"from": "+8613800138000", "to": shop.channel, "body": "x" * 160}
    for changes, status in (
        ({}, 200),
        ({"to": "1"}, 404),
        ({"body": ""}, 400),
        ({"body": "x" * 161}, 400),
        ({"from": ""}, 400),
        ({"from": 1}, 400),
        ({"x": 1}, 400),
    ):
        assert shop.service.control("POST", "uplink", {**good, **changes}).status == status, changes
