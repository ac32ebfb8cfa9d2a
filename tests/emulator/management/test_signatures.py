"""Signatures and their files: states, references, uniqueness, what goes with a deletion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from smsconf.emulator.management.statuses import CHINA_SIGNATURE
from tests.emulator.conftest import Reply, Service


def upload(service: Service, content: bytes = b"abc", name: str = "licence.png", desc: str = "sha") -> Reply:
    body = (
        f'--XX\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n--XX--\r\n"
    )
    target = f"/v2/{service.settings.project_id}/msgsms/upload-files?file_desc={desc}"
    return service.send("POST", target, body, **{"Content-Type": "multipart/form-data; boundary=XX"})


def test_answer_of_create_and_show(service: Service) -> None:
    """Two ids come back; the answer has the app's name and key but not its id."""
    app = service.app()
    made = service.signature(app["id"], apply_desc="note", qualification_id="q-1")
    assert set(made) == {"id", "signature_id", "signature_name"}
    assert made["id"] != made["signature_id"]
    shown = service.show("signature", made["id"])
    assert (shown["app_name"], shown["app_key"]) == (app["app_name"], app["app_key"])
    assert (shown["status"], shown["qualification_id"]) == ("PENDING_REVIEW", "q-1")
    assert not {"app_id", "channel_num", "due", "seq", "review_desc"} & set(shown)


def test_name_and_type_are_unique_in_the_account(service: Service) -> None:
    """The pair is refused under another app too; the same name with another type is fine."""
    app, other = service.app(), service.app(app_name="b")
    service.signature(app["id"])
    refused = service.call("POST", "/signatures", service.signature_body(other["id"]))
    assert refused.code == "MSGSMS.0006"
    service.signature(other["id"], signature_type="VERIFY_CODE_TYPE")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("app_id", "x", "MSGSMS.0014"),
        ("signature_type", "OTHER", "MSGSMS.0032"),
        ("file_id", "x", "MSGSMS.0011"),
        ("power_attorney_fileid", "x", "MSGSMS.0011"),
        ("signature_related_file_id", "x", "MSGSMS.0011"),
    ],
)
def test_references_must_exist(service: Service, field: str, value: str, code: str) -> None:
    """An unknown app, type or file has its own code."""
    body = {**service.signature_body(service.app()["id"]), field: value}
    assert service.call("POST", "/signatures", body).code == code


def test_signature_needs_a_mainland_app(service: Service) -> None:
    """Only apps of region cn have signatures."""
    body = service.signature_body(service.app("intl")["id"])
    assert service.call("POST", "/signatures", body).code == "MSGSMS.0002"


def test_quota_comes_after_validation(make_service: Callable[..., Service]) -> None:
    """A duplicate over the quota is told that it is a duplicate."""
    service = make_service(signature_quota=1)
    app = service.app()["id"]
    service.signature(app)
    assert service.call("POST", "/signatures", service.signature_body(app)).code == "MSGSMS.0006"
    body = service.signature_body(app, signature_name="别的")
    assert service.call("POST", "/signatures", body).code == "MSGSMS.0016"


def act(service: Service, operation: str, made: dict[str, Any], body: dict[str, Any]) -> Reply:
    path = f"/signatures/{made['id']}"
    return {
        "UpdateSignature": lambda: service.call("PUT", path, body),
        "EnableSignature": lambda: service.call("PUT", path + "/active"),
    }[operation]()


LEGAL = {"UpdateSignature": "REVIEW_NOT_PASS", "EnableSignature": "TO_BE_ACTIVATED"}
CODES = {"UpdateSignature": "MSGSMS.0007", "EnableSignature": "MSGSMS.0130"}
AFTER = {"UpdateSignature": "PENDING_REVIEW", "EnableSignature": "PENDING_ACTIVATE"}


@pytest.mark.parametrize("operation", LEGAL)
@pytest.mark.parametrize("status", CHINA_SIGNATURE)
def test_operation_needs_its_state(service: Service, operation: str, status: str) -> None:
    """Update works on rejected signatures, activation on those to be activated; elsewhere nothing changes."""
    service.control("PUT", "reviewer", {"default": "hold"})
    app = service.app()["id"]
    made = service.signature(app)
    service.force("signature", made["id"], status)
    before = service.show("signature", made["id"])
    reply = act(service, operation, made, service.signature_body(app, apply_desc="changed"))
    after = service.show("signature", made["id"])
    if status == LEGAL[operation]:
        assert reply.status == 200
        assert after["status"] == AFTER[operation]
    else:
        assert (reply.status, reply.code) == (400, CODES[operation])
        assert after == before


def test_update_replaces_and_submits_again(service: Service) -> None:
    """The rejection's words vanish, omitted fields are reset, and its own name is no duplicate."""
    app = service.app()["id"]
    made = service.signature(app, apply_desc="note")
    service.decide("signature", made["id"], "reject", "unclear licence")
    assert service.show("signature", made["id"])["review_desc"] == "unclear licence"
    service.call("PUT", f"/signatures/{made['id']}", service.signature_body(app, signature_source=5))
    shown = service.show("signature", made["id"])
    assert (shown["status"], shown["signature_source"]) == ("PENDING_REVIEW", 5)
    assert not {"apply_desc", "review_desc"} & set(shown)
    service.signature(app, signature_name="别的")
    service.decide("signature", made["id"], "reject")
    twin = service.signature_body(app, signature_name="别的")
    assert service.call("PUT", f"/signatures/{made['id']}", twin).code == "MSGSMS.0006"


@pytest.mark.parametrize("status", CHINA_SIGNATURE)
def test_deletion_takes_the_templates_along(service: Service, status: str) -> None:
    """In any state, whatever the state of its templates; others stay."""
    service.control("PUT", "reviewer", {"default": "hold"})
    app = service.app()["id"]
    made, other = service.signature(app), service.signature(app, signature_name="别的")
    for wish in ("Pending", "Reviewing"):
        service.template(app, made["id"], flow_status=wish)
    kept = service.template(app, other["id"])
    service.force("signature", made["id"], status)
    reply = service.call("DELETE", f"/signatures/{made['id']}")
    assert (reply.status, reply.response.body) == (204, b"")
    assert [row["id"] for row in service.call("GET", "/templates").json["results"]] == [kept]
    assert service.call("GET", f"/signatures/{made['id']}").code == "MSGSMS.0005"


def test_missing_signature_is_0005(service: Service) -> None:
    """Every operation with an id in its path says so."""
    body = service.signature_body(service.app()["id"])
    for method, path, data in (
        ("GET", "/signatures/x", None),
        ("PUT", "/signatures/x", body),
        ("PUT", "/signatures/x/active", None),
        ("DELETE", "/signatures/x", None),
    ):
        assert service.call(method, path, data).code == "MSGSMS.0005"


def test_list_filters(service: Service) -> None:
    """Name, type, state, app name and the second id select; the primary key does not."""
    app, other = service.app(), service.app(app_name="other")
    made = service.signature(app["id"])
    service.signature(other["id"], signature_type="VERIFY_CODE_TYPE", approved=True)
    for query in (
        {"signature_name": "示例商城", "signature_type": "NOTIFY_TYPE"},
        {"app_name": "shop"},
        {"status": "PENDING_REVIEW"},
        {"signature_id": made["signature_id"]},
    ):
        rows = service.call("GET", "/signatures", **query).json
        assert [row["id"] for row in rows["results"]] == [made["id"]], query
    assert service.call("GET", "/signatures", signature_id=made["id"]).json["total"] == 0
    assert service.call("GET", "/signatures", site="hk").json["total"] == 2
    long = "REVIEW_PASSED_REAL_NAME_REGISTRATE_FAIL"
    assert service.call("GET", "/signatures", status=long).json["total"] == 0


def test_file_is_described_not_kept(service: Service) -> None:
    """Name, size, description and the number of references come back, for any content."""
    content = bytes(range(256)) + b"\r\n--X\r\n\r\n"
    file_id = upload(service, content, "许可 证.PNG", "a" * 64).json["file_id"]
    service.signature(service.app()["id"], file_id=file_id, power_attorney_fileid=file_id)
    shown = service.call("GET", "/upload-files", file_id=file_id).json
    assert (shown["file_name"], shown["file_size"], shown["file_desc"]) == (
        "许可 证.PNG",
        len(content),
        "a" * 64,
    )
    assert (shown["file_ref"], shown["file_type"], shown["module_type"]) == (1, 1, 2)
    signature = service.call("GET", "/signatures").json["results"][0]
    assert signature["file_id"] == signature["power_attorney_file_id"] == file_id
    assert "power_attorney_fileid" not in signature


def test_bad_uploads_are_refused(service: Service) -> None:
    """No part called file, no multipart, a long name, a long description: MSGSMS.0002."""
    target = f"/v2/{service.settings.project_id}/msgsms/upload-files"
    multipart = {"Content-Type": "multipart/form-data; boundary=XX"}
    other = b'--XX\r\nContent-Disposition: form-data; name="other"; filename="x"\r\n\r\nabc\r\n--XX--\r\n'
    for body, headers in ((other, multipart), (b"", multipart), (b"abc", {"Content-Type": "image/png"})):
        assert service.send("POST", target, body, **headers).code == "MSGSMS.0002"
    assert upload(service, name="x" * 65).code == "MSGSMS.0002"
    assert upload(service, desc="x" * 65).code == "MSGSMS.0002"
    assert service.call("GET", "/upload-files", file_id="x").code == "MSGSMS.0011"
