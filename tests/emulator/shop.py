"""A shop that may send, and raw requests of its apps: signed with their own keys, or with X-WSSE."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from smsconf import signing
from smsconf.emulator.gateway.engine import Settings
from tests.emulator.conftest import HOST, Reply, Service, signed_headers

SAME, DIFFERENT = "/sms/batchSendSms/v1", "/sms/batchSendDiffSms/v1"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
REALM = 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"'


def wsse(app: dict[str, str], moment: datetime, **more: str) -> dict[str, str]:
    """Return the headers of X-WSSE in the encoding of the vendor's Java samples."""
    fields = {"Nonce": "66C92B11FF8A425F", "Created": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), **more}
    text = fields["Nonce"] + fields["Created"] + app["app_secret"]
    digest = b64encode(hashlib.sha256(text.encode()).hexdigest().encode()).decode()
    token = {"Username": app["app_key"], "PasswordDigest": digest, **fields}
    pairs = ",".join(f'{name}="{value}"' for name, value in token.items())
    return {"Authorization": REALM, "X-WSSE": f"UsernameToken {pairs}"}


@dataclass
class Shop:
    """Two apps, approved signatures and templates; every request is sent as one of the apps."""

    service: Service
    app: dict[str, str]
    abroad: dict[str, str]
    signature: dict[str, Any]
    template: dict[str, Any]
    universal: dict[str, Any]
    hello: dict[str, Any]

    @property
    def channel(self) -> str:
        """Return the number that the mainland app's signature sends from."""
        return str(self.signature["channel_num"])

    def body(self, **more: Any) -> dict[str, Any]:
        """Return the parameters of a valid BatchSendSms; ``None`` leaves one out."""
        fields = {
            "from": self.channel,
            "to": "+8613800138000",
            "templateId": self.template["template_id"],
            "templateParas": '["A100"]',
            **more,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def from_abroad(self, **more: Any) -> dict[str, Any]:
        """Return the parameters of a valid BatchSendSms of the international app."""
        channel = self.service.show("app", self.abroad["id"])["intl_channel_num"]
        hello = {"templateId": self.hello["template_id"], "to": "+6591234567"}
        return self.body(**{"from": channel, **hello, **more})

    def send(self, app: dict[str, str] | None = None, **more: Any) -> Reply:
        """Send one text to many numbers; without an app, as the mainland's."""
        fields = self.body(**more) if app is not self.abroad else self.from_abroad(**more)
        return self.post(SAME, urlencode(fields).encode(), app, FORM)

    def send_different(self, *contents: dict[str, Any], **more: Any) -> Reply:
        """Send many texts; ``to`` is a list here, and so are the values."""
        valid = {
            "to": ["+8613800138000"],
            "templateId": self.template["template_id"],
            "templateParas": ["A100"],
        }
        items = [{**valid, **content} for content in contents]
        body = {"from": self.channel, "smsContent": items, **more}
        return self.post(DIFFERENT, json.dumps(body).encode(), None, JSON)

    def post(self, path: str, body: bytes, app: dict[str, str] | None, kind: str, **headers: str) -> Reply:
        """Sign a raw body with an app's key and secret and send it."""
        keys = app or self.app
        settings = replace(Settings(), access_key=keys["app_key"], secret_key=keys["app_secret"])
        more = {"Content-Type": kind, **headers}
        signed = signed_headers(settings, "POST", path, body, self.service.real, **more)
        return self.raw(path, body, dict(signed))

    def raw(self, path: str, body: bytes, headers: dict[str, str], client: str = "127.0.0.1") -> Reply:
        """Send a request with these headers and no others but Host."""
        given = [("Host", HOST), *((name, value) for name, value in headers.items() if name != "Host")]
        return Reply(self.service.engine.handle("POST", path, given, body, client))

    def outbox(self, query: str = "") -> list[dict[str, Any]]:
        """Return the accepted messages."""
        reply = self.service.control("GET", "outbox" + query)
        assert reply.status == 200, reply.json
        return list(reply.json)


def open_shop(service: Service) -> Shop:
    """Build a shop where everything is approved, by a reviewer who waits to be told."""
    service.control("PUT", "reviewer", {"default": "hold"})
    app = service.app(show_secret=True, up_link_addr="http://127.0.0.1:9/replies")
    abroad = service.app("intl", app_name="abroad", show_secret=True)
    sign = service.signature(app["id"], approved=True)["id"]

    def approved(remote_id: str) -> dict[str, Any]:
        assert service.decide("template", remote_id, "approve").status == 200
        return service.show("template", remote_id)

    universal = {"universal_template": 1, "template_name": "universal"}
    international = {"template_content": "Hello ${1}", "template_name": "hello", "send_country": [65]}
    return Shop(
        service,
        app,
        abroad,
        service.show("signature", sign),
        approved(service.template(app["id"], sign)),
        approved(service.template(app["id"], None, **universal)),
        approved(service.template(abroad["id"], None, region="intl", **international)),
    )


__all__ = ["DIFFERENT", "FORM", "JSON", "REALM", "SAME", "Shop", "open_shop", "signing", "wsse"]
