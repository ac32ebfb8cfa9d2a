"""The ways in besides a given project and key: the SDK's region and IAM look-up, tokens, raw requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.server import BASE, SETTINGS, Server
from tests.conformance.vendor import ask, client, credentials, exceptions, region, sdk
from tests.conformance.world import app_body, build, signature_body, template_body


def by_region(access_key: str = SETTINGS.access_key, name: str = "cn-north-4") -> Any:
    """Build the vendor's client as its examples do: keys and a region, no project."""
    keys = credentials.BasicCredentials(access_key, SETTINGS.secret_key)
    place = region.MsgsmsRegion.value_of(name)
    return sdk.MsgsmsClient.new_builder().with_credentials(keys).with_region(place).build()


@pytest.fixture
def redirected(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Point the SDK's own table of regions and its IAM host at the server; forget earlier look-ups."""
    credentials.Credentials._CACHE.clear()
    monkeypatch.setenv("HUAWEICLOUD_SDK_REGION_MSGSMS_CN_NORTH_4", server.url)
    monkeypatch.setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", server.url)
    return server


@pytest.mark.checks("KeystoneListProjects", "ListAppDetails")
def test_sdk_looks_its_project_up_at_iam(redirected: Server) -> None:
    """With two environment variables the SDK finds region, project and apps by itself."""
    assert ask(by_region(), "ListAppDetails").total == 0
    operations = [entry["operation"] for entry in redirected.control("GET", "requests")]
    assert operations == ["KeystoneListProjects", "ListAppDetails"]


@pytest.mark.checks("KeystoneListProjects")
def test_sdk_surfaces_a_stranger_at_iam(redirected: Server) -> None:
    """A key that IAM does not know ends the look-up with the gateway's code."""
    with pytest.raises(exceptions.SdkException) as caught:
        by_region("STRANGER")
    assert "APIGW.0301" in str(caught.value)


@pytest.mark.checks("KeystoneListProjects")
@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_sdk_surfaces_trouble_at_iam(redirected: Server, status: int) -> None:
    """A fault of IAM ends the look-up, and no request to the service is made."""
    fault = {"operation": "KeystoneListProjects", "fault": "status", "status": status}
    redirected.control("POST", "faults", [fault])
    with pytest.raises(exceptions.SdkException):
        by_region()
    operations = [entry["operation"] for entry in redirected.control("GET", "requests")]
    assert operations == ["KeystoneListProjects"]


@pytest.mark.checks("ListAppDetails")
def test_sdk_surfaces_wrong_keys_and_projects(server: Server) -> None:
    """A wrong secret is 401 APIGW.0301, another project and a forgotten one are 403 APIGW.0310."""
    cases = [
        (client(server.url, secret_key="wrong"), 401, "APIGW.0301"),
        (client(server.url, project="f" * 32), 403, "APIGW.0310"),
    ]
    keys = credentials.BasicCredentials(SETTINGS.access_key, SETTINGS.secret_key)
    forgotten = sdk.MsgsmsClient.new_builder().with_credentials(keys).with_endpoint(server.url).build()
    for vendor, status, code in [*cases, (forgotten, 403, "APIGW.0310")]:
        with pytest.raises(exceptions.ClientRequestException) as caught:
            ask(vendor, "ListAppDetails")
        assert (caught.value.status_code, caught.value.error_code) == (status, code)
        assert caught.value.request_id


def log_in(server: Server, **scope: Any) -> tuple[int, Any, Any]:
    user = {"name": "emulator", "password": "emulator-password", "domain": {"name": "emulator"}}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    body = json.dumps({"auth": {**auth, **({"scope": scope} if scope else {})}}).encode()
    kind = {"Content-Type": "application/json;charset=utf8"}
    return server.send("POST", "/v3/auth/tokens?nocatalog=true", body, **kind)


@pytest.mark.checks("KeystoneCreateUserTokenByPassword", "CreateApp", "ListAppDetails")
def test_token_opens_the_service(server: Server) -> None:
    """A project token got by password reads and writes, and an older one goes on working."""
    tokens = []
    for scope in ({"name": "cn-north-4"}, {"id": SETTINGS.project_id}):
        status, headers, answer = log_in(server, project=scope)
        assert status == 201
        assert answer["token"]["project"]["id"] == SETTINGS.project_id
        assert {"expires_at", "issued_at", "methods", "user", "roles", "catalog"} <= set(answer["token"])
        tokens.append(headers["X-Subject-Token"])
    body = json.dumps(app_body()).encode()
    assert server.send("POST", f"{BASE}/apps", body, **{"X-Auth-Token": tokens[0]})[0] == 200
    assert server.send("GET", f"{BASE}/apps", **{"X-Auth-Token": tokens[1]})[2]["total"] == 1


@pytest.mark.checks("KeystoneCreateUserTokenByPassword")
def test_token_of_the_account_opens_nothing(server: Server) -> None:
    """A token scoped to the domain, or to nothing, is issued, and refused by the service."""
    for scope in ({}, {"domain": {"name": "emulator"}}):
        status, headers, _ = log_in(server, **scope)
        assert status == 201
        status, _, answer = server.send("GET", f"{BASE}/apps", **{"X-Auth-Token": headers["X-Subject-Token"]})
        assert (status, answer["error_code"]) == (403, "APIGW.0302")


@pytest.mark.checks("DeleteTemplates")
def test_batch_deletion_over_http(server: Server) -> None:
    """What no SDK has is driven raw: part of it succeeds, part is refused, and the answer is 200."""
    world = build(server)
    in_review = ask(world.vendor, "CreateTemplate", body=template_body(world.app.id, world.signature.id))
    ids = [world.template.id, in_review.id, "x", world.hello.id]
    status, answer = server.call("POST", "/templates/batch-delete", {"ids": ids})
    assert status == 200
    assert answer["success_ids"] == [world.template.id, world.hello.id]
    assert (answer["success_count"], answer["failed_count"]) == (2, 2)
    assert [set(row) for row in answer["failed_template_list"]] == [{"id", "error_msg"}] * 2
    assert [row["id"] for row in answer["failed_template_list"]] == [in_review.id, "x"]
    assert ask(world.vendor, "ListTemplateDetails").total == 1


@pytest.mark.checks("DeleteTemplates")
@pytest.mark.parametrize(
    "ids", [[], ["x"] * 51, "x", [1], [""], ["x" * 65], None], ids=lambda ids: repr(ids)[:9]
)
def test_batch_deletion_refuses_a_bad_list(server: Server, ids: Any) -> None:
    """The documented 400 has code, text and detail within their lengths."""
    status, answer = server.call("POST", "/templates/batch-delete", {"ids": ids})
    assert (status, answer["error_code"]) == (400, "MSGSMS.0002")
    assert 8 <= len(answer["error_code"]) <= 36
    assert 1 <= len(answer["error_msg"]) <= 512
    assert 1 <= len(answer["error_detail"]) <= 512


@pytest.mark.checks("CreateApp", "CreateSignature", "CreateTemplate")
def test_sdk_surfaces_the_quotas(tmp_path: Path) -> None:
    """One app, signature and template are allowed here; the second of each is refused, after validation."""
    options = ("--app-quota", "1", "--signature-quota", "1", "--template-quota", "1")
    with Server(tmp_path / "e.db", *options) as server:
        vendor = client(server.url)
        app = ask(vendor, "CreateApp", body=app_body())
        sign = ask(vendor, "CreateSignature", body=signature_body(app.id))
        ask(vendor, "CreateTemplate", body=template_body(app.id, sign.id))
        for operation, body, code in (
            ("CreateApp", app_body(), "MSGSMS.0015"),
            ("CreateSignature", signature_body(app.id, signature_name="别的"), "MSGSMS.0016"),
            ("CreateTemplate", template_body(app.id, sign.id), "MSGSMS.0017"),
            ("CreateSignature", signature_body(app.id), "MSGSMS.0006"),
            ("CreateTemplate", template_body(app.id, "x"), "MSGSMS.0012"),
        ):
            with pytest.raises(exceptions.ClientRequestException) as caught:
                ask(vendor, operation, body=body)
            assert caught.value.error_code == code
        assert ask(vendor, "ShowAppCount", region="cn").used == 1
        ask(vendor, "CreateApp", body=app_body(region="intl"))  # the quota is per region


DOCUMENTED_ONLY = {"registration_number": "TM-1", "license_number": "ICP-1"}


@pytest.mark.checks("CreateSignature", "UpdateSignature", "ShowSignature", "ListSignatureDetails")
def test_fields_that_only_the_documentation_has_are_kept(server: Server) -> None:
    """Where SDK and documentation disagree, the newer documentation wins: the three fields come back."""
    world = build(server)
    fields = {**DOCUMENTED_ONLY, "signature_related_file_id": world.file.file_id, "signature_name": "商标"}
    status, made = server.call("POST", "/signatures", signature_body(world.app.id, **fields))
    assert status == 200
    server.decide("signature", made["id"], "reject")
    fields["registration_number"] = "TM-2"
    body = signature_body(world.app.id, signature_source=5, **fields)
    assert server.call("PUT", f"/signatures/{made['id']}", body)[0] == 200
    _, shown = server.call("GET", f"/signatures/{made['id']}")
    assert {name: shown[name] for name in fields} == fields
    _, listed = server.call("GET", "/signatures?signature_name=%E5%95%86%E6%A0%87")
    assert listed["results"] == [shown]
    assert not set(DOCUMENTED_ONLY) & set(sdk.SmsSignatureReq.attribute_map)
