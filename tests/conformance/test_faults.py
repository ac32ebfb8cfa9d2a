"""Trouble on request, for every operation: each kind of fault, consumed in the order it was queued."""

from __future__ import annotations

import time
from typing import Any

import pytest

from smsconf.emulator.gateway.faults import KINDS
from smsconf.emulator.gateway.routes import MANAGEMENT, ROUTES
from tests.conformance.server import BASE, Server
from tests.conformance.vendor import ask, client, exceptions
from tests.conformance.world import app_body
from tests.emulator.conftest import Service

LISTS = {"ListAppDetails", "ListSignatureDetails", "ListTemplateDetails"}
# kind → status (0: the connection is cut), disconnect, delay
EXPECTED = {
    "status": (503, False, 0.0),
    "throttle": (429, False, 0.0),
    "reset": (None, True, 0.0),
    "slow": (None, False, 0.7),
    "timeout-after-commit": (None, True, 0.2),
    "stale-list": (200, False, 0.0),
}


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(route, marks=pytest.mark.checks(route.operation, "control: faults"), id=route.operation)
        for route in ROUTES
        if route.api is MANAGEMENT
    ],
)
def test_faults_of_every_kind_strike_in_order(service: Service, route: Any) -> None:
    """First in, first out; nothing is left over; another operation is spared."""
    kinds = [kind for kind in KINDS if kind != "stale-list" or route.operation in LISTS]
    faults = [{"operation": route.operation, "fault": kind, "seconds": 0.7} for kind in reversed(kinds)]
    assert service.control("POST", "faults", faults).json == {"queued": len(kinds)}
    other = "/country" if route.operation == "ShowAppCount" else "/apps-count?region=cn"
    path = route.path.format(project_id=service.settings.project_id, id="x")
    for kind in reversed(kinds):
        assert service.send("GET", BASE + other).status == 200
        reply = service.send(route.method, path)
        status, disconnect, delay = EXPECTED[kind]
        assert status in {None, reply.status}
        assert (reply.response.disconnect, reply.response.delay) == (disconnect, delay)
        if kind == "throttle":
            assert (reply.code, reply.headers["retry-after"]) == ("APIGW.0308", "1")
    quiet = service.send(route.method, path)
    assert (quiet.response.disconnect, quiet.response.delay) == (False, 0.0)
    assert quiet.status not in {429, 503}
    statuses = [
        entry["status"]
        for entry in service.control("GET", "requests").json
        if entry["operation"] == route.operation
    ]
    assert statuses[kinds[::-1].index("reset")] == 0


@pytest.mark.checks("control: faults", "CreateApp", "ListAppDetails")
def test_sdk_meets_every_fault_on_the_wire(server: Server) -> None:
    """A cut connection is the SDK's connection error, slow is only slow, a stale list lacks the last app."""
    vendor = client(server.url)
    cut = [{"operation": "CreateApp", "fault": kind} for kind in ("reset", "timeout-after-commit")]
    server.control("POST", "faults", cut)
    for _ in cut:
        with pytest.raises(exceptions.ConnectionException):
            ask(vendor, "CreateApp", body=app_body())
    assert ask(vendor, "ListAppDetails").total == 1
    ask(vendor, "CreateApp", body=app_body(app_name="second"))
    slow = {"operation": "ListAppDetails", "fault": "slow", "seconds": 0.3}
    server.control("POST", "faults", [{"operation": "ListAppDetails", "fault": "stale-list"}, slow])
    assert ask(vendor, "ListAppDetails").total == 1
    began = time.monotonic()
    assert ask(vendor, "ListAppDetails").total == 2
    assert time.monotonic() - began >= 0.3
    server.control("POST", "faults", [{"operation": "ShowAppCount", "fault": "throttle"}])
    began = time.monotonic()
    with pytest.raises(exceptions.ClientRequestException):
        ask(vendor, "ShowAppCount", region="cn")
    assert ask(vendor, "ShowAppCount", region="cn").used == 2
