"""What the emulator does where the vendor is silent; the rest of the list is shown by other tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.conftest import Service


@pytest.fixture
def stage(service: Service) -> tuple[Service, str, str]:
    """Return a service with an app and an approved signature."""
    service.control("PUT", "reviewer", {"default": "hold"})
    app = service.app()["id"]
    return service, app, service.signature(app, approved=True)["id"]


@pytest.mark.checks("CreateApp")
def test_apps_may_share_a_name(service: Service) -> None:
    """Nothing says that names of apps are unique."""
    assert service.app()["id"] != service.app()["id"]


@pytest.mark.checks("CreateSignature")
@pytest.mark.parametrize("qualification", [None, "", "q-1"])
def test_qualification_does_not_matter(service: Service, qualification: str | None) -> None:
    """Any well-formed qualification is approved, and none at all too."""
    app = service.app()["id"]
    sign = service.signature(app, qualification_id=qualification)["id"]
    service.advance("P14D")
    assert service.show("signature", sign)["status"] == "REVIEW_PROCESSING_COMPLETED"


@pytest.mark.checks("DeleteSignature", "DeleteTemplate", "EnableSignature")
def test_answers_without_a_body(stage: tuple[Service, str, str]) -> None:
    """A deletion is 204, an activation 200, and none of them has a body."""
    service, app, sign = stage
    template = service.template(app, sign, flow_status="Pending")
    service.force("signature", sign, "TO_BE_ACTIVATED")
    for method, path, status in (
        ("PUT", f"/signatures/{sign}/active", 200),
        ("DELETE", f"/templates/{template}", 204),
        ("DELETE", f"/signatures/{sign}", 204),
    ):
        response = service.call(method, path).response
        assert (response.status, response.body) == (status, b"")


@pytest.mark.checks("UpdateTemplate")
def test_fields_left_out_of_an_edit_are_reset(stage: tuple[Service, str, str]) -> None:
    """An edit replaces the whole object: note, variables and brackets go back to their defaults."""
    service, app, sign = stage
    template = service.template(app, sign, template_desc="note", brackets="GB", flow_status="Pending")
    body = service.template_body(app, sign, flow_status="Pending")
    del body["variable_attributes"]
    assert service.call("PUT", f"/templates/{template}", body).status == 200
    shown = service.show("template", template)
    assert "template_desc" not in shown
    assert shown["brackets"] == "CN"
    assert service.call("GET", f"/templates/{template}/varilable").json["total"] == 0


@pytest.mark.checks("CreateTemplate")
@pytest.mark.parametrize("content", ["${1}${2}", "【x】★", "${21}", "a" * 500, "  "])
def test_content_is_not_judged(stage: tuple[Service, str, str], content: str) -> None:
    """What breaks the rules of the review is accepted, and left to the review."""
    service, app, sign = stage
    template = service.template(app, sign, template_content=content)
    assert service.show("template", template)["template_content"] == content


@pytest.mark.checks("UpdateTemplate")
def test_template_id_outlives_a_second_approval(stage: tuple[Service, str, str]) -> None:
    """Disabled, edited and approved again, a template keeps the id it is sent with."""
    service, app, sign = stage
    template = service.template(app, sign)
    service.decide("template", template, "approve")
    first = service.show("template", template)["template_id"]
    for wish in ("Disable", "Reviewing"):
        body = service.template_body(app, sign, flow_status=wish, template_content="改了")
        assert service.call("PUT", f"/templates/{template}", body).status == 200
    service.decide("template", template, "approve")
    shown = service.show("template", template)
    assert (shown["template_id"], shown["template_content"]) == (first, "改了")


@pytest.mark.checks("ListAppDetails")
def test_timestamps_are_virtual_time_in_utc(service: Service) -> None:
    """Objects bear the virtual clock's time, and the filters of a list are read the same way."""
    service.control("POST", "clock", {"set": "2027-03-01T09:00:00+08:00"})
    app = service.app()["id"]
    assert service.show("app", app)["create_time"] == "2027-03-01 01:00:00"
    for query, count in (
        ({"start_time": "2027-03-01 01:00:00"}, 1),
        ({"start_time": "2027-03-01 01:00:01"}, 0),
        ({"end_time": "2027-03-01 01:00:00"}, 1),
        ({"end_time": "2027-03-01 00:59:59"}, 0),
    ):
        assert service.call("GET", "/apps", **query).json["total"] == count


@pytest.mark.checks("control: faults")
@pytest.mark.parametrize(
    ("code", "status"), [("MSGSMS.0003", 401), ("MSGSMS.0186", 400), ("APIGW.0307", 401)]
)
def test_any_code_can_be_queued(service: Service, code: str, status: int) -> None:
    """A code of the vendor's tables, or one that is in none, is answered in its own form."""
    fault: dict[str, Any] = {"operation": "ShowApp", "fault": "status", "error_code": code, "status": status}
    assert service.control("POST", "faults", [fault]).status == 200
    reply = service.call("GET", "/apps/x")
    assert (reply.status, reply.code) == (status, code)
    assert ("request_id" in reply.json) is code.startswith("APIGW.")
