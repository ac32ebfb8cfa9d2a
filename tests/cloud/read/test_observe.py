"""Reading the account: whole, kind by kind, and no more requests than needed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from smsconf.cloud.read.attribute_cache import AttributeCache
from smsconf.cloud.read.observe import observe
from smsconf.model.errors import Unauthorized, Unreachable
from smsconf.model.observed import ObservedVariable, Quota
from smsconf.model.resources import Desired, File, Region
from smsconf.store.files.attributes import read_attributes, write_attributes
from tests.cloud.conftest import Emulated
from tests.cloud.worlds import (
    BASE,
    PROJECT,
    SHOP,
    Scripted,
    abroad,
    brand,
    desired,
    hello,
    open_client,
    saying,
    shipped,
    shop,
)

EVERYTHING = desired(shop, abroad, brand, shipped, hello)
ORDER = (ObservedVariable(1, "alphanumeric", "order 订单号"), ObservedVariable(2, "datetime", "day"))


def count(emulated: Emulated, operation: str) -> int:
    return sum(name == operation for name, _ in emulated.requests())


def fault(emulated: Emulated, operation: str, kind: str, **more: Any) -> None:
    emulated.control("POST", "faults", [{"operation": operation, "fault": kind, "times": 20, **more}])


def test_empty_account_and_nothing_declared(emulated: Emulated) -> None:
    """Three lists, no more; nothing is there and everything is known."""
    observed = emulated.observe(Desired())
    assert observed.apps.complete
    assert observed.signatures.complete
    assert observed.templates.complete
    assert sorted(name for name, _ in emulated.requests()) == [
        "ListAppDetails",
        "ListSignatureDetails",
        "ListTemplateDetails",
    ]


def test_everything_declared_is_read_back(emulated: Emulated) -> None:
    """Apps, signatures, templates with their variables, countries; in our words."""
    emulated.run(EVERYTHING)
    emulated.control("DELETE", "requests")
    observed = emulated.observe(EVERYTHING)
    assert {(one.region, one.name) for one in observed.apps.items} == {
        ("cn", "shop_prod"),
        ("intl", "abroad_prod"),
    }
    assert [(one.name, one.type, one.source) for one in observed.signatures.items] == [
        ("示例商城", "notification", "company")
    ]
    variables = {one.name: one.variables for one in observed.templates.items}
    assert variables == {"order-shipped": ORDER, "hello": (ObservedVariable(1, "alphanumeric", None),)}
    assert any(country.english == "Singapore" for country in observed.countries.items)
    assert observed.app_quotas == {}
    assert count(emulated, "ListTemplateVarilableDetails") == 2


def test_variables_are_read_only_where_they_matter(emulated: Emulated) -> None:
    """Not for templates nobody declares, nor for texts without any."""
    plain = replace(shipped, content="您的订单已发货。", variables=())
    emulated.run(desired(shop, brand, plain))
    emulated.run(desired(shop, brand, replace(shipped, name="other")))
    emulated.control("DELETE", "requests")
    observed = emulated.observe(desired(shop, brand, replace(plain, content="新${1}")))
    assert count(emulated, "ListTemplateVarilableDetails") == 0
    assert all(one.variables is None for one in observed.templates.items)


def test_everything_is_read_on_request(emulated: Emulated) -> None:
    """With ``everything`` variables and countries are read though nothing is declared."""
    emulated.run(EVERYTHING)
    with emulated.client() as client:
        observed = observe(client, Desired(), everything=True)
    assert ORDER in [one.variables for one in observed.templates.items]
    assert observed.countries.items


def test_variables_are_read_under_the_former_name(emulated: Emulated) -> None:
    """A template about to be renamed is found under its old name."""
    emulated.run(desired(shop, brand, shipped))
    renamed = replace(shipped, name="sent", renamed_from="order-shipped")
    assert emulated.observe(desired(shop, brand, renamed)).templates.items[0].variables == ORDER


def test_quota_is_asked_only_where_an_app_is_to_be_created(emulated: Emulated) -> None:
    """An app that exists, or is external, needs no quota; one renamed exists."""
    emulated.run(desired(shop))
    renamed = replace(shop, name="new", renamed_from="shop_prod")
    assert emulated.observe(desired(renamed, abroad)).app_quotas == {Region.INTL: Quota(2, 0)}
    assert emulated.observe(desired(shop, replace(abroad, external=True))).app_quotas == {}


def test_countries_are_read_only_for_international_templates(emulated: Emulated) -> None:
    """Mainland needs none."""
    assert emulated.observe(desired(shop, shipped)).countries.items == ()
    assert count(emulated, "ListSendCountryDetails") == 0


def test_digest_is_read_while_a_signature_can_be_edited(emulated: Emulated, tmp_path: Path) -> None:
    """The sha256 we left in the file's description comes back once the signature is rejected, not before."""
    path = tmp_path / "licence.png"
    path.write_bytes(b"\x89PNG")
    digest = hashlib.sha256(b"\x89PNG").hexdigest()
    wanted = desired(shop, replace(brand, licence=File("licence.png", path, digest, 4)))
    emulated.run(wanted)
    assert emulated.observe(wanted).signatures.items[0].digests == {}
    assert count(emulated, "ShowSignatureFile") == 0
    emulated.control("POST", "reviews", {"kind": "signature", "name": brand.name, "decision": "reject"})
    assert emulated.observe(wanted).signatures.items[0].digests == {"licence": digest}


@pytest.mark.parametrize(("code", "known"), [("MSGSMS.0011", True), ("MSGSMS.0002", False)])
def test_file_that_is_gone_has_no_digest(code: str, known: bool) -> None:
    """The file a rejected signature points to was removed: it is uploaded again. Other refusals count."""
    signature = {
        "id": "s1",
        "signature_name": brand.name,
        "signature_type": "NOTIFY_TYPE",
        "status": "REVIEW_NOT_PASS",
        "app_key": "k1",
        "file_id": "f1",
    }
    app = {"id": "a1", "app_name": shop.name, "app_key": "k1", "region": "cn", "status": "LAUNCHED"}
    results = {"apps": [app], "signatures": [signature], "templates": []}

    def answer(request: httpx.Request) -> httpx.Response:
        kind = request.url.path.removeprefix(f"{BASE}/")
        if kind == "upload-files":
            return httpx.Response(400, json={"error_code": code, "error_msg": "no"})
        return httpx.Response(200, json={"results": results[kind], "total": len(results[kind])})

    file = File("licence.png", Path("/nowhere"), "a" * 64, 1)
    with open_client(Scripted(answer), read_only=True) as client:
        observed = observe(client, desired(shop, replace(brand, licence=file)))
    assert observed.signatures.complete is known
    assert not known or observed.signatures.items[0].digests == {}


@pytest.mark.parametrize(
    ("operation", "broken"),
    [
        ("ListAppDetails", "apps"),
        ("ListSignatureDetails", "signatures"),
        ("ListTemplateDetails", "templates"),
        ("ListSendCountryDetails", "countries"),
        ("ListTemplateVarilableDetails", "templates"),
    ],
)
@pytest.mark.parametrize(("kind", "status"), [("status", 403), ("status", 503), ("reset", 0)])
def test_kind_that_cannot_be_read_is_unknown(
    emulated: Emulated, operation: str, broken: str, kind: str, status: int
) -> None:
    """It holds nothing and says why, with the operation; the other kinds are read."""
    emulated.run(EVERYTHING)
    fault(emulated, operation, kind, **({"status": status} if status else {}))
    observed = emulated.observe(EVERYTHING)
    for name in ("apps", "signatures", "templates", "countries"):
        reading = getattr(observed, name)
        if name == broken:
            assert reading.items == ()
            assert operation in (reading.problem or "")
            assert kind == "reset" or "request " in (reading.problem or "")
        else:
            assert reading.complete
            assert reading.items


def test_quota_that_cannot_be_read_makes_apps_unknown(emulated: Emulated) -> None:
    """An app can never be deleted: without the quota none is created."""
    fault(emulated, "ShowAppCount", "status", status=503)
    observed = emulated.observe(desired(shop))
    assert "ShowAppCount" in (observed.apps.problem or "")


def test_passing_trouble_is_read_through(emulated: Emulated) -> None:
    """One lost answer and one 429 are no reason to give up."""
    emulated.run(desired(shop))
    faults = [
        {"operation": "ListAppDetails", "fault": "reset"},
        {"operation": "ListTemplateDetails", "fault": "throttle"},
    ]
    emulated.control("POST", "faults", faults)
    observed = emulated.observe(desired(shop))
    assert observed.apps.complete
    assert observed.templates.complete


def test_wrong_credentials_stop_everything(emulated: Emulated) -> None:
    """401 is not a kind that cannot be read: it is raised."""
    from smsconf.cloud.http.transport import SigningAuth

    auth = SigningAuth("EMULATORAK", "wrong", project_id=PROJECT)
    with emulated.client(auth=auth) as client, pytest.raises(Unauthorized) as caught:
        observe(client, EVERYTHING)
    assert (caught.value.status, caught.value.code) == (401, "APIGW.0301")


def test_nothing_reachable_stops_everything() -> None:
    """No kind could be read at all for want of an answer: that is raised."""
    with open_client(saying(httpx.ConnectError("refused"))) as client, pytest.raises(Unreachable):
        observe(client, EVERYTHING)


def test_service_time_is_the_observation(emulated: Emulated) -> None:
    """``now`` is the emulator's clock, wherever it was set."""
    emulated.control("POST", "clock", {"set": "2031-02-03T04:05:06Z"})
    now = emulated.observe(Desired()).now
    assert now.replace(microsecond=0) == datetime(2031, 2, 3, 4, 5, now.second, tzinfo=UTC)


def test_variables_come_from_the_cache_until_something_changes(emulated: Emulated, tmp_path: Path) -> None:
    """The second run asks nothing; after the review it asks again, once."""
    wanted = desired(shop, brand, shipped)
    emulated.run(wanted)
    emulated.control("PUT", "reviewer", {"default": "hold"})

    def look() -> tuple[int, Any]:
        emulated.control("DELETE", "requests")
        with emulated.client(read_only=True) as client:
            cache = AttributeCache(
                lambda: read_attributes(tmp_path / "cache.json", client.scope),
                lambda entries: write_attributes(tmp_path / "cache.json", client.scope, entries),
            )
            observed = observe(client, wanted, cache)
        return count(emulated, "ListTemplateVarilableDetails"), observed.templates.items[0].variables

    assert look() == (1, ORDER)
    assert look() == (1, ORDER), "what changed a moment ago is not remembered"
    emulated.control("POST", "clock", {"advance": "PT2H"})
    assert look() == (1, ORDER)
    assert look() == (0, ORDER)
    emulated.control("POST", "reviews", {"kind": "signature", "name": brand.name, "decision": "approve"})
    emulated.control("POST", "reviews", {"kind": "template", "name": shipped.name, "decision": "approve"})
    emulated.control("POST", "clock", {"advance": "PT2H"})
    assert look() == (1, ORDER)
    assert look() == (0, ORDER)


def test_progress_is_told(emulated: Emulated) -> None:
    """Each list says how far it is."""
    told: list[tuple[str, int, int]] = []
    emulated.run(desired(shop))
    with emulated.client() as client:
        observe(client, Desired(), progress=lambda *step: told.append(step))
    assert sorted(told) == [("apps", 1, 1), ("signatures", 0, 0), ("templates", 0, 0)]


def account(apps: int, templates: int) -> Scripted:
    """Play a large account whose templates all have one variable."""
    items: dict[str, list[dict[str, Any]]] = {
        "apps": [
            {"id": f"a{n}", "app_name": f"app{n}", "app_key": f"k{n}", "region": "cn", "status": "LAUNCHED"}
            for n in range(apps)
        ],
        "signatures": [],
        "templates": [
            {
                "id": f"t{n}",
                "template_name": f"t{n}",
                "template_content": "${1}。",
                "app_key": f"k{n % apps}",
                "flow_status": "Adopted",
            }
            for n in range(templates)
        ],
    }

    def answer(request: httpx.Request) -> httpx.Response:
        kind = request.url.path.removeprefix(f"{BASE}/")
        if kind.endswith("/varilable"):
            attributes = [{"variable_index": 1, "variable_type": "TEXT", "variable_desc": kind}]
            return httpx.Response(200, content=json.dumps({"results": attributes, "total": 1}).encode())
        offset = int(request.url.params["offset"])
        page = {"results": items[kind][offset : offset + 500], "total": len(items[kind])}
        return httpx.Response(200, content=json.dumps(page).encode())

    return Scripted(answer)


def test_variables_read_side_by_side_stay_with_their_template() -> None:
    """A hundred templates, four threads: nobody gets another's attributes."""
    apps = {SHOP: replace(shop, name="app0")}
    templates = {
        shipped.address._replace(key=f"t{n}"): replace(
            shipped, address=shipped.address._replace(key=f"t{n}"), name=f"t{n}"
        )
        for n in range(0, 300, 3)
    }
    with open_client(account(3, 300), read_only=True) as client:
        observed = observe(client, Desired(apps=apps, templates=templates))
    read = {one.remote_id: one.variables for one in observed.templates.items}
    assert sum(variables is not None for variables in read.values()) == 100
    for remote_id, variables in read.items():
        if variables:
            assert variables[0].description == f"templates/{remote_id}/varilable"


def test_large_account_is_read_in_order() -> None:
    """4,400 templates on nine pages arrive whole and in the service's order."""
    transport = account(2, 4400)
    with open_client(transport, read_only=True) as client:
        observed = observe(client, Desired())
    assert [one.remote_id for one in observed.templates.items] == [f"t{n}" for n in range(4400)]
    assert len(transport.requests) == 11
