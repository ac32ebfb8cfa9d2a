"""What the sites do differently, row by row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.emulator.conftest import Service


@pytest.fixture
def intl(make_service: Callable[..., Service]) -> Service:
    """Return a service at the international site."""
    return make_service(site="international")


@pytest.fixture
def europe(make_service: Callable[..., Service]) -> Service:
    """Return a service at the European site."""
    return make_service(site="europe")


def test_promotion_exists_in_china_only(service: Service, intl: Service) -> None:
    """Signatures and templates of that type are refused elsewhere."""
    service.signature(service.app()["id"], signature_type="PROMOTION_TYPE")
    app = intl.app()["id"]
    body = intl.signature_body(app, signature_type="PROMOTION_TYPE")
    assert intl.call("POST", "/signatures", body).code == "MSGSMS.0032"
    body = intl.template_body(app, intl.signature(app)["id"], template_type="PROMOTION_TYPE")
    assert intl.call("POST", "/templates", body).code == "MSGSMS.0034"


def test_international_site_wants_countries_and_one_type(intl: Service, service: Service) -> None:
    """An intl template there must send NOTIFY_TYPE and a country; in China it need not."""
    app = intl.app("intl")["id"]
    body = intl.template_body(app, region="intl", send_country=[65])
    assert intl.call("POST", "/templates", {**body, "send_country": []}).code == "MSGSMS.0002"
    assert (
        intl.call("POST", "/templates", {**body, "template_type": "VERIFY_CODE_TYPE"}).code == "MSGSMS.0034"
    )
    assert intl.call("POST", "/templates", body).status == 200
    service.template(service.app("intl")["id"], region="intl", template_type="VERIFY_CODE_TYPE")


def test_international_site_has_no_drafts_on_create_but_withdraws(intl: Service) -> None:
    """The create page has no flow_status, so creating submits; updates know it."""
    app = intl.app()["id"]
    sign = intl.signature(app, approved=True)["id"]
    remote_id = intl.template(app, sign, flow_status="Pending")
    assert intl.show("template", remote_id)["flow_status"] == "Reviewing"
    body = intl.template_body(app, sign, flow_status="Pending")
    assert intl.call("PUT", f"/templates/{remote_id}", body).status == 200
    assert intl.show("template", remote_id)["flow_status"] == "Pending"


def test_international_answers_are_short(intl: Service) -> None:
    """Only the fields of the INTL pages: no region, no note, no update time, no country numbers."""
    app = intl.app("intl", up_link_addr="https://x.example")
    remote_id = intl.template(app["id"], region="intl", send_country=[65], template_desc="note")
    assert set(intl.show("template", remote_id)) == {
        *("id", "template_name", "template_type", "template_content", "app_key", "create_time"),
        *("customer_id", "has_variable", "flow_status", "status", "universal_template", "country_name"),
    }
    shown = intl.show("app", app["id"])
    assert {"intl_channel_num", "region", "status"} <= set(shown)
    assert not {"up_link_addr", "tenant", "industry"} & set(shown)
    sign = intl.signature(intl.app()["id"], qualification_id="q-1")["id"]
    assert "qualification_id" not in intl.show("signature", sign)


def test_international_site_lacks_the_china_statuses(intl: Service) -> None:
    """A status of the twelve that is not among the six can not even be forced."""
    sign = intl.signature(intl.app()["id"])["id"]
    body = {"kind": "signature", "id": sign, "status": "REVIEW_PROCESSING_COMPLETED"}
    assert intl.control("POST", "reviews", body).status == 400


def test_european_site_edits_rejected_templates_only(europe: Service) -> None:
    """No flow_status: neither drafts nor withdrawing nor disabling; a rejected template is edited."""
    app = europe.app("eu")["id"]
    body = europe.template_body(app, region="eu", send_country=[49])
    remote_id = europe.template(app, region="eu", send_country=[49], flow_status="Pending")
    path = f"/templates/{remote_id}"
    assert europe.show("template", remote_id)["flow_status"] == "Reviewing"
    assert europe.call("PUT", path, {**body, "flow_status": "Pending"}).code == "MSGSMS.0010"
    europe.decide("template", remote_id, "reject")
    assert europe.call("PUT", path, {**body, "flow_status": "Pending"}).status == 200
    assert europe.show("template", remote_id)["flow_status"] == "Reviewing"
    europe.decide("template", remote_id, "approve")
    assert europe.call("PUT", path, {**body, "flow_status": "Disable"}).code == "MSGSMS.0010"
    assert europe.call("POST", "/apps", {"app_name": "x", "region": "cn"}).code == "MSGSMS.0002"
