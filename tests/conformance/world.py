"""A shop at the emulator, built by the vendor's SDK, and valid bodies for all of its operations."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.server import Server
from tests.conformance.vendor import ask, client, form, sdk

LICENCE = b"\x89PNG\r\n\x1a\n" + b"\r\n--x\r\n" * 50


def app_body(**more: Any) -> dict[str, Any]:
    """Return a body of CreateApp with every field."""
    return {
        "app_name": "shop",
        "region": "cn",
        "enterprise_project_id": "0",
        "enterprise_project_name": "default",
        "up_link_addr": "https://sms.example.com/replies",
        "show_secret": True,
        **more,
    }


def signature_body(app_id: str, **more: Any) -> dict[str, Any]:
    """Return a valid body of CreateSignature."""
    return {
        "app_id": app_id,
        "signature_name": "示例商城",
        "signature_type": "NOTIFY_TYPE",
        "signature_source": 0,
        "is_involved_third": "No",
        **more,
    }


def template_body(app_id: str, sign_id: str | None, **more: Any) -> dict[str, Any]:
    """Return a valid body of CreateTemplate for the mainland."""
    return {
        "app_id": app_id,
        "sign_id": sign_id,
        "template_name": "order",
        "template_type": "NOTIFY_TYPE",
        "template_content": "您的订单${1}已发货",
        "region": "cn",
        "template_desc": "note",
        "brackets": "CN",
        "variable_attributes": [
            {"variable_index": 1, "variable_type": "CHARDIGIT", "variable_desc": "order 订单号"}
        ],
        **more,
    }


def abroad_body(app_id: str, **more: Any) -> dict[str, Any]:
    """Return a valid body of CreateTemplate for other countries."""
    body = template_body(app_id, None, region="intl", send_country=[65, 93, 55], template_name="hello")
    return {**body, "template_content": "Your parcel ${1} is on its way", **more}


def upload(vendor: Any, content: bytes = LICENCE, name: str = "licence.png") -> Any:
    """Upload a file with the SDK."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        with path.open("rb") as handle:
            body = sdk.UploadSignatureFileRequestBody(file=form.FormFile(handle))
            return ask(vendor, "UploadSignatureFile", file_desc="sha256", body=body)


@dataclass
class World:
    """Two apps, a file, an approved signature, an approved template and an international one."""

    vendor: Any
    app: Any
    abroad: Any
    file: Any
    signature: Any
    template: Any
    hello: Any


def build(server: Server) -> World:
    """Build the shop; every optional field is filled."""
    vendor = client(server.url)
    app = ask(vendor, "CreateApp", body=app_body())
    abroad = ask(vendor, "CreateApp", body=app_body(app_name="abroad", region="intl", up_link_addr=None))
    file = upload(vendor)
    fields = {
        "apply_desc": "note",
        "file_id": file.file_id,
        "power_attorney_fileid": file.file_id,
        "source_title_content": "title",
        "qualification_id": "q-1",
    }
    signature = ask(vendor, "CreateSignature", body=signature_body(app.id, **fields))
    server.decide("signature", signature.id, "approve", "fine")
    template = ask(vendor, "CreateTemplate", body=template_body(app.id, signature.id))
    hello = ask(vendor, "CreateTemplate", body=abroad_body(abroad.id))
    for made in (template, hello):
        server.decide("template", made.id, "approve", "fine")
    return World(vendor, app, abroad, file, signature, template, hello)
