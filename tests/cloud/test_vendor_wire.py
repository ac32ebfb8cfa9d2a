"""The vendor's SDK as the judge: for one intent it and we send the same request."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smsconf.cloud.http.client import Client
from smsconf.cloud.http.upload import Upload
from smsconf.cloud.read import wire
from smsconf.model.observed import ObservedApp
from smsconf.model.resources import Source
from tests.cloud.worlds import (
    AK,
    PROJECT,
    SK,
    Seen,
    brand,
    hello,
    open_client,
    recording_server,
    shipped,
    shop,
)

with warnings.catch_warnings():
    # the SDK's generated code and its dependencies warn while they are imported
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", SyntaxWarning)
    sdk: Any = importlib.import_module("huaweicloudsdkmsgsms.v2")
    credentials: Any = importlib.import_module("huaweicloudsdkcore.auth.credentials")
    form: Any = importlib.import_module("huaweicloudsdkcore.http.formdata")

OBSERVED_APP = ObservedApp("a1", "old", "cn", "key", "LAUNCHED", "https://x.example/y", None, "0", "default")
APP_BODY = {"app_name": "shop_prod", "region": "cn", "up_link_addr": "https://sms.example.com/replies"}
SIGNATURE_BODY = {
    "app_id": "a1",
    "signature_name": "示例商城",
    "signature_type": "NOTIFY_TYPE",
    "signature_source": 5,
    "is_involved_third": "Yes",
    "apply_desc": "商标",
    "file_id": "f1",
    "power_attorney_fileid": "f2",
    "qualification_id": "q-1234",
}
OUR_SIGNATURE = replace(brand, source=Source.TRADEMARK, third_party=True, description="商标")
OUR_FILES = {"licence": "f1", "authorization": "f2"}
TEMPLATE_BODY = {
    "app_id": "a1",
    "template_name": "order-shipped_v2",
    "template_content": shipped.content,
    "region": "cn",
    "template_type": "NOTIFY_TYPE",
    "template_desc": "shop",
    "sign_id": "s1",
    "universal_template": 0,
    "brackets": "CN",
    "flow_status": "Pending",
}
OUR_TEMPLATE = replace(shipped, description="shop")
PAGE = {"limit": 500, "offset": 0, "sort_key": "create_time", "sort_dir": "asc"}


def their_variables(*attributes: tuple[int, str, str | None]) -> list[Any]:
    return [
        sdk.SmsTemplateVariableAttrReq(variable_index=number, variable_type=kind, variable_desc=text)
        for number, kind, text in attributes
    ]


def our_template(status: str) -> dict[str, Any]:
    return wire.template_body(
        OUR_TEMPLATE, name="order-shipped_v2", app_id="a1", signature_id="s1", flow_status=status
    )


def our_hello() -> dict[str, Any]:
    return wire.template_body(
        hello, name="hello", app_id="a2", signature_id=None, country_ids=(65,), flow_status="Reviewing"
    )


VARIABLES = ((1, "CHARDIGIT", "order 订单号"), (2, "DATETIME", "day"))

Call = Callable[[Any], Any]
INTENTS: dict[str, tuple[Call, Call]] = {
    "create an app": (
        lambda vendor: vendor.create_app(
            sdk.CreateAppRequest(body=sdk.SmsAppAddReq(**APP_BODY, show_secret=False))
        ),
        lambda ours: ours.call("CreateApp", body=wire.create_app(shop)),
    ),
    "update an app": (
        lambda vendor: vendor.update_app(
            sdk.UpdateAppRequest(
                id="a1",
                body=sdk.SmsAppUpdateReq(
                    **APP_BODY, enterprise_project_id="0", enterprise_project_name="default"
                ),
            )
        ),
        lambda ours: ours.call("UpdateApp", path={"id": "a1"}, body=wire.update_app(shop, OBSERVED_APP)),
    ),
    "create a signature": (
        lambda vendor: vendor.create_signature(
            sdk.CreateSignatureRequest(body=sdk.SmsSignatureReq(**SIGNATURE_BODY))
        ),
        lambda ours: ours.call("CreateSignature", body=wire.signature_body(OUR_SIGNATURE, "a1", OUR_FILES)),
    ),
    "update a signature": (
        lambda vendor: vendor.update_signature(
            sdk.UpdateSignatureRequest(id="s1", body=sdk.SmsSignatureReq(**SIGNATURE_BODY))
        ),
        lambda ours: ours.call(
            "UpdateSignature", path={"id": "s1"}, body=wire.signature_body(OUR_SIGNATURE, "a1", OUR_FILES)
        ),
    ),
    "activate a signature": (
        lambda vendor: vendor.enable_signature(sdk.EnableSignatureRequest(id="s1")),
        lambda ours: ours.call("EnableSignature", path={"id": "s1"}),
    ),
    "delete a signature": (
        lambda vendor: vendor.delete_signature(sdk.DeleteSignatureRequest(id="s1")),
        lambda ours: ours.call("DeleteSignature", path={"id": "s1"}),
    ),
    "create a template": (
        lambda vendor: vendor.create_template(
            sdk.CreateTemplateRequest(
                body=sdk.SmsTemplateReq(**TEMPLATE_BODY, variable_attributes=their_variables(*VARIABLES))
            )
        ),
        lambda ours: ours.call("CreateTemplate", body=our_template("Pending")),
    ),
    "submit a template": (
        lambda vendor: vendor.update_template(
            sdk.UpdateTemplateRequest(
                id="t1",
                body=sdk.SmsTemplateReq(
                    **(TEMPLATE_BODY | {"flow_status": "Reviewing"}),
                    variable_attributes=their_variables(*VARIABLES),
                ),
            )
        ),
        lambda ours: ours.call("UpdateTemplate", path={"id": "t1"}, body=our_template("Reviewing")),
    ),
    "create an international template": (
        lambda vendor: vendor.create_template(
            sdk.CreateTemplateRequest(
                body=sdk.SmsTemplateReq(
                    app_id="a2",
                    template_name="hello",
                    template_content=hello.content,
                    region="intl",
                    template_type="NOTIFY_TYPE",
                    send_country=[65],
                    flow_status="Reviewing",
                    variable_attributes=their_variables((1, "CHARDIGIT", None)),
                )
            )
        ),
        lambda ours: ours.call("CreateTemplate", body=our_hello()),
    ),
    "delete a template": (
        lambda vendor: vendor.delete_template(sdk.DeleteTemplateRequest(id="t1")),
        lambda ours: ours.call("DeleteTemplate", path={"id": "t1"}),
    ),
    "list apps": (
        lambda vendor: vendor.list_app_details(sdk.ListAppDetailsRequest(**PAGE)),
        lambda ours: ours.list_all("ListAppDetails"),
    ),
    "list signatures": (
        lambda vendor: vendor.list_signature_details(sdk.ListSignatureDetailsRequest(**PAGE)),
        lambda ours: ours.list_all("ListSignatureDetails"),
    ),
    "list templates": (
        lambda vendor: vendor.list_template_details(sdk.ListTemplateDetailsRequest(**PAGE)),
        lambda ours: ours.list_all("ListTemplateDetails"),
    ),
    "show a template": (
        lambda vendor: vendor.show_template(sdk.ShowTemplateRequest(id="a/b 商")),
        lambda ours: ours.call("ShowTemplate", path={"id": "a/b 商"}),
    ),
    "list variables": (
        lambda vendor: vendor.list_template_varilable_details(
            sdk.ListTemplateVarilableDetailsRequest(id="t1")
        ),
        lambda ours: ours.call("ListTemplateVarilableDetails", path={"id": "t1"}),
    ),
    "count apps": (
        lambda vendor: vendor.show_app_count(sdk.ShowAppCountRequest(region="cn")),
        lambda ours: ours.call("ShowAppCount", query={"region": "cn"}),
    ),
    "list countries": (
        lambda vendor: vendor.list_send_country_details(sdk.ListSendCountryDetailsRequest()),
        lambda ours: ours.call("ListSendCountryDetails"),
    ),
    "show a file": (
        lambda vendor: vendor.show_signature_file(sdk.ShowSignatureFileRequest(file_id="f 1")),
        lambda ours: ours.call("ShowSignatureFile", query={"file_id": "f 1"}),
    ),
}


def both(their_call: Call, our_call: Call) -> tuple[Seen, Seen]:
    with recording_server({"results": [], "total": 0}) as (url, seen):
        vendor = (
            sdk.MsgsmsClient.new_builder()
            .with_credentials(credentials.BasicCredentials(AK, SK, PROJECT))
            .with_endpoint(url)
            .build()
        )
        their_call(vendor)
        with open_client(None, base_url=url) as ours:
            our_call(ours)
        theirs, own = seen
    return theirs, own


@pytest.mark.parametrize("intent", INTENTS)
def test_request_equals_the_vendors(intent: str) -> None:
    """Method, path, query, body and content type are those of the vendor's SDK for the same intent."""
    theirs, ours = both(*INTENTS[intent])
    assert (ours.method, ours.path, ours.query) == (theirs.method, theirs.path, theirs.query)
    assert ours.json == theirs.json
    for header in ("content-type", "x-project-id"):
        assert ours.headers[header] == theirs.headers[header]


def test_upload_equals_the_vendors(tmp_path: Path) -> None:
    """A file travels as one part named ``file``, its payload unsigned, exactly as the SDK sends it."""
    path = tmp_path / "licence.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nnot really")
    digest = "a" * 64

    def send(vendor: Any) -> None:
        body = sdk.UploadSignatureFileRequestBody(file=form.FormFile(str(path)))
        vendor.upload_signature_file(sdk.UploadSignatureFileRequest(file_desc=digest, body=body))

    def upload(ours: Client) -> None:
        file = Upload(path.name, path, digest)
        ours.call("UploadSignatureFile", query={"file_desc": digest}, file=file)

    theirs, ours = both(send, upload)
    assert (ours.method, ours.target) == (theirs.method, theirs.target)
    parts = []
    for one in (theirs, ours):
        kind, _, boundary = one.headers["content-type"].partition("; boundary=")
        parts.append((kind, one.body.replace(boundary.encode(), b"BOUNDARY")))
        assert one.headers["x-sdk-content-sha256"] == "UNSIGNED-PAYLOAD"
        assert "x-sdk-content-sha256" in one.headers["authorization"]
    assert parts[0] == parts[1]
