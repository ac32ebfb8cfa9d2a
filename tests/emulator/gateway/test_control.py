"""The control routes: clock, reviewer, reviews, faults, the journal of requests."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.emulator.conftest import HOST, Reply, Service


def test_health_needs_no_signature_and_leaves_no_trace(service: Service) -> None:
    """It says the virtual time and is in no journal."""
    assert service.control("GET", "health").json == {"status": "ok", "now": "2026-01-05T01:00:00Z"}
    assert service.control("GET", "requests").json == []


@pytest.mark.parametrize(
    ("body", "now"),
    [
        ({"advance": "PT3H"}, "2026-01-05T04:00:00Z"),
        ({"advance": "P1W2DT3H4M5S"}, "2026-01-14T04:04:05Z"),
        ({"advance": "-P1D"}, "2026-01-04T01:00:00Z"),
        ({"advance": "PT1.5S"}, "2026-01-05T01:00:01Z"),
        ({"set": "2026-03-01T09:00:00+08:00"}, "2026-03-01T01:00:00Z"),
        ({"set": "2020-01-01T00:00:00Z"}, "2020-01-01T00:00:00Z"),
    ],
)
def test_clock_is_set_both_ways(service: Service, body: dict[str, str], now: str) -> None:
    """Advancing and setting are answered with the new time, which every later answer shows."""
    reply = service.control("POST", "clock", body)
    assert (reply.json, reply.headers["x-emulator-now"]) == ({"now": now}, now)
    assert service.call("GET", "/apps").headers["x-emulator-now"] == now


BAD = [
    *(("POST", "clock", body) for body in ({}, {"advance": "3h"}, {"advance": "P"}, {"advance": "PT"})),
    *(("POST", "clock", body) for body in ({"set": "2026-01-05T09:00:00"}, {"set": 7}, {"set": "soon"})),
    *(
        ("POST", "clock", body)
        for body in (None, [], {"advance": "PT1H", "set": "x"}, {"advance": "P9999999D"})
    ),
    ("POST", "clock", {"advance": "P9999999999999D"}),
    *(("POST", "reviews", {"kind": "app", "name": "x", **more}) for more in ({}, {"id": "x"})),
    *(("PUT", "reviewer", body) for body in ({"default": "reject"}, {"rules": {}}, {"x": 1}, [])),
    *(("PUT", "reviewer", {"rules": [rule]}) for rule in ({}, {"decision": "x"}, "x")),
    ("PUT", "reviewer", {"rules": [{"decision": "hold", "content": "("}]}),
    ("PUT", "reviewer", {"rules": [{"decision": "hold", "kind": "app"}]}),
    ("PUT", "reviewer", {"rules": [{"decision": "hold", "reason": 7}]}),
    *(("POST", "faults", body) for body in ({}, [1], [{}], [{"operation": "ShowApp"}])),
    ("POST", "faults", [{"operation": "Nothing", "fault": "slow"}]),
    ("POST", "faults", [{"operation": "ShowApp", "fault": "stale-list"}]),
    ("POST", "faults", [{"operation": "ShowApp", "fault": "status", "status": 200}]),
    ("POST", "faults", [{"operation": "ShowApp", "fault": "slow", "seconds": -1}]),
    ("POST", "faults", [{"operation": "ShowApp", "fault": "slow", "times": 2**70}]),
    ("POST", "faults", [{"operation": "ShowApp", "fault": "status", "error_code": 7}]),
]


@pytest.mark.parametrize(("method", "name", "body"), BAD, ids=str)
def test_mistake_is_400_and_says_what_is_known(service: Service, method: str, name: str, body: Any) -> None:
    """A malformed control request changes nothing and explains itself."""
    service.app(app_name="x")
    reply = service.control(method, name, body)
    assert reply.status == 400
    assert reply.json["error"]
    assert reply.headers["x-emulator-now"] == "2026-01-05T01:00:00Z"


KEYS = ("advance", "set", "kind", "name", "id", "decision", "status", "reason", "default", "rules", "content")
WORDS = ("template", "signature", "app", "approve", "reject", "hold", "PT1H", "(", "ShowApp", "slow", "shop")
ROUTES = ("clock", "reviews", "reviewer", "faults", "carrier", "console", "thresholds", "uplink")
SENDING = (
    "to",
    "from",
    "body",
    "answer",
    "delay",
    "ip_white_list",
    "cn",
    "intl",
    "daily",
    "limit",
    "countries",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from((*KEYS, *SENDING, "operation", "fault", "times", "seconds")), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(route=st.sampled_from(ROUTES), body=JSON)
def test_no_control_request_breaks_the_emulator(service: Service, route: str, body: Any) -> None:
    """Whatever is sent, the answer is a success, a mistake or a conflict, and the next call works."""
    method = "PUT" if route in {"reviewer", "carrier", "console", "thresholds"} else "POST"
    assert service.control(method, route, body).status in {200, 400, 404, 409}
    assert service.control("GET", "health").status == 200


def test_body_that_is_no_json_is_400(service: Service) -> None:
    """Neither text nor a deep nest of brackets breaks it."""
    for body in (b"{", b"\xff", b"[" * 100_000):
        reply = Reply(service.engine.handle("POST", "/_emulator/clock", [("Host", HOST)], body))
        assert reply.status == 400


@pytest.mark.parametrize(
    ("method", "name"),
    [("DELETE", "thresholds"), ("PUT", "outbox"), ("GET", "uplink"), ("POST", "health"), ("GET", "")],
)
def test_unknown_route_is_501_with_the_known_ones(service: Service, method: str, name: str) -> None:
    """Whoever guesses wrong sees what exists."""
    reply = service.control(method, name)
    assert reply.status == 501
    assert "POST /_emulator/clock" in reply.json["known"]


def test_reset_is_a_new_database(service: Service) -> None:
    """Objects, clock, reviewer, faults, locks and journal are gone; ids start again."""
    first = service.app()
    service.advance("P1D")
    service.control("PUT", "reviewer", {"default": "hold"})
    service.control("POST", "faults", [{"operation": "CreateApp", "fault": "throttle"}])
    assert service.control("POST", "reset").json == {"status": "ok", "now": "2026-01-05T01:00:00Z"}
    assert service.control("GET", "requests").json == []
    assert service.app()["id"] == first["id"]
    sign = service.signature(first["id"])["id"]
    service.advance("P30D")
    assert service.show("signature", sign)["status"] == "REVIEW_PROCESSING_COMPLETED"


def test_reviews_by_name_need_one_match(service: Service) -> None:
    """No match is 404, several are 409 with their ids, unknown words are 400."""
    apps = [service.app(app_name="twin")["id"] for _ in range(2)]
    decision = {"kind": "app", "decision": "suspend"}
    missing = service.control("POST", "reviews", {**decision, "name": "x"})
    twins = service.control("POST", "reviews", {**decision, "name": "twin"})
    assert (missing.status, twins.status, twins.json["ids"]) == (404, 409, apps)
    for wrong in ({"kind": "file"}, {"decision": "x"}, {"decision": None}, {"status": "LAUNCHED"}):
        body = {**decision, "id": apps[0], **wrong}
        assert service.control("POST", "reviews", body).status == 400
    done = service.control("POST", "reviews", {**decision, "id": apps[0]})
    assert (done.json["id"], done.json["status"]) == (apps[0], "SUSPENDED")


def test_reviews_take_any_status_of_the_site(service: Service) -> None:
    """A status is forced with all that belongs to it; one of another site's table is refused."""
    app = service.app()["id"]
    sign = service.signature(app)["id"]
    body = {"kind": "signature", "name": "示例商城"}
    forced = service.control("POST", "reviews", {**body, "status": "REVIEW_PASSED", "reason": "old"})
    assert (forced.json["status"], forced.json["reason"]) == ("REVIEW_PASSED", "old")
    assert service.show("signature", sign)["channel_num"]
    assert service.control("POST", "reviews", {**body, "status": "Adopted"}).status == 400


def test_requests_are_written_down_refused_ones_too(service: Service) -> None:
    """Oldest first, with operation, method, path, status and virtual time."""
    service.app()
    service.call("GET", "/apps/x", a="b")
    service.send("GET", "/nothing")
    service.engine.handle("GET", f"/v2/{service.settings.project_id}/msgsms/apps", [], b"")
    entries = service.control("GET", "requests").json
    assert [(entry["operation"], entry["status"], entry["error_code"]) for entry in entries] == [
        ("CreateApp", 200, None),
        ("ShowApp", 400, "MSGSMS.0014"),
        (None, 404, "APIGW.0101"),
        ("ListAppDetails", 401, "APIGW.0301"),
    ]
    assert entries[1]["path"].endswith("/apps/x")
    assert (entries[1]["method"], entries[1]["query"], entries[1]["time"]) == (
        "GET",
        "a=b",
        "2026-01-05T01:00:00Z",
    )
    assert service.control("DELETE", "requests").status == 204
    assert service.control("GET", "requests").json == []


def queue(service: Service, *faults: dict[str, Any]) -> None:
    assert service.control("POST", "faults", list(faults)).json == {"queued": len(faults)}


def test_faults_are_consumed_in_order_per_operation(service: Service) -> None:
    """First in, first out; another operation and an unauthenticated request consume nothing."""
    queue(
        service,
        {"operation": "ListAppDetails", "fault": "status", "status": 500},
        {"operation": "ListAppDetails", "fault": "throttle", "times": 2},
        {"operation": "ListAppDetails", "fault": "status"},
    )
    service.engine.handle("GET", f"/v2/{service.settings.project_id}/msgsms/apps", [], b"")
    assert service.call("GET", "/signatures").status == 200
    replies = [service.call("GET", "/apps") for _ in range(5)]
    assert [(reply.status, reply.code) for reply in replies] == [
        (500, "MSGSMS.0001"),
        (429, "APIGW.0308"),
        (429, "APIGW.0308"),
        (503, "APIGW.0201"),
        (200, None),
    ]
    assert [reply.headers.get("retry-after") for reply in replies] == [None, "1", "1", None, None]


def test_refusing_faults_write_nothing(service: Service) -> None:
    """Status, throttle and reset come before the operation; a chosen code is answered as the table has it."""
    queue(
        service,
        {"operation": "CreateApp", "fault": "status", "status": 400, "error_code": "MSGSMS.0104"},
        {"operation": "CreateApp", "fault": "throttle"},
        {"operation": "CreateApp", "fault": "reset"},
    )
    body = {"app_name": "shop", "region": "cn"}
    first = service.call("POST", "/apps", body)
    assert first.json["error_msg"] == "Service is not allowed in this country."
    assert service.call("POST", "/apps", body).status == 429
    assert service.call("POST", "/apps", body).response.disconnect
    assert service.call("GET", "/apps").json["total"] == 0
    assert [entry["status"] for entry in service.control("GET", "requests").json] == [400, 429, 0, 200]


def test_late_faults_write(service: Service) -> None:
    """After the commit the connection is cut within a second, or the answer comes late."""
    queue(
        service,
        {"operation": "CreateApp", "fault": "timeout-after-commit", "seconds": 30},
        {"operation": "CreateApp", "fault": "slow", "seconds": 7},
    )
    body = {"app_name": "shop", "region": "cn"}
    cut = service.call("POST", "/apps", body).response
    assert cut.disconnect
    assert cut.delay < 1
    late = service.call("POST", "/apps", body).response
    assert (late.disconnect, late.delay, late.status) == (False, 7, 200)
    assert service.call("GET", "/apps").json["total"] == 2


def listed(service: Service, kind: str, *, stale: bool) -> dict[str, dict[str, Any]]:
    operation = {
        "app": "ListAppDetails",
        "signature": "ListSignatureDetails",
        "template": "ListTemplateDetails",
    }
    if stale:
        queue(service, {"operation": operation[kind], "fault": "stale-list"})
    rows = service.call("GET", f"/{kind}s", limit=500).json
    assert rows["total"] == len(rows["results"])
    return {row["id"]: row for row in rows["results"]}


def test_stale_list_is_as_before_the_last_write(service: Service) -> None:
    """Created things are missing, changed ones old, deleted ones still there; once, and only in the list."""
    app = service.app()["id"]
    assert listed(service, "app", stale=True) == {}
    assert list(listed(service, "app", stale=False)) == [app]
    sign = service.signature(app, approved=True)["id"]
    ids = [service.template(app, sign, template_name=f"t{n}", flow_status="Pending") for n in range(3)]
    before = listed(service, "template", stale=False)
    service.call("PUT", f"/templates/{ids[0]}", service.template_body(app, sign, template_name="new"))
    assert listed(service, "template", stale=True) == before
    changed = listed(service, "template", stale=False)
    assert changed[ids[0]]["template_name"] == "new"
    service.call("DELETE", f"/signatures/{sign}")
    assert list(listed(service, "signature", stale=True)) == [sign]
    assert listed(service, "signature", stale=False) == {}
    assert listed(service, "template", stale=False) == {}


def test_stale_list_ignores_refused_writes_and_reviews(service: Service) -> None:
    """A refused create is no write, and a decision in between does not hide the create."""
    app = service.app()["id"]
    sign = service.signature(app)["id"]
    service.decide("signature", sign, "approve")
    assert service.call("POST", "/signatures", service.signature_body(app)).status == 400
    assert listed(service, "signature", stale=True) == {}


def test_failure_of_the_emulator_is_an_internal_error(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """A broken table answers 500 MSGSMS.0001, is logged, and leaves the database usable."""
    service.engine._store.connection.execute("ALTER TABLE app RENAME COLUMN app_secret TO other")
    reply = service.call("POST", "/apps", {"app_name": "shop", "region": "cn"})
    assert (reply.status, reply.code) == (500, "MSGSMS.0001")
    assert "app_secret" in caplog.text
    assert service.call("GET", "/apps").status == 200
