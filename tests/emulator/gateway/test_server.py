"""The emulator over HTTP, in a process of its own, judged by the vendor's SDK."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkmsgsms.v2 import MsgsmsClient
from huaweicloudsdkmsgsms.v2 import model as sdk

from smsconf.emulator.gateway.control import PREFIX
from smsconf.emulator.gateway.engine import BODY_LIMIT, Settings
from smsconf.emulator.gateway.server import make_app
from tests.emulator.conftest import signed_headers

SETTINGS = Settings()
PROGRAM = """
import sys
from smsconf.emulator.gateway.engine import Engine
from smsconf.emulator.gateway.server import serve
engine = Engine(sys.argv[1])
serve(engine, sys.argv[2], 0)
engine.close()
print("stopped", flush=True)
"""


class Server:
    """A server in a process of its own."""

    def __init__(self, database: Path, host: str = "127.0.0.1") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(database), host],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline()
        self.url = self.greeting.removeprefix("listening on ").strip()
        self.port = int(self.url.rpartition(":")[2])

    def send(self, method: str, target: str, body: bytes = b"", *, signed: bool = True) -> Any:
        """Send one raw request on a connection of its own."""
        headers = [] if not signed else signed_headers(SETTINGS, method, target, body, datetime.now(UTC))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, target, body, dict(headers) if signed else {})
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, dict(response.headers), data

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """Call a control route and return its JSON."""
        data = b"" if body is None else json.dumps(body).encode()
        status, _, answer = self.send(method, PREFIX + name, data, signed=False)
        assert status < 300, answer
        return json.loads(answer) if answer else None

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[str, str, int]:
        """Stop it and return what it printed and its exit code."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=15)
        return out, err, self.process.returncode


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server for the whole module."""
    running = Server(tmp_path_factory.mktemp("server") / "emulator.db")
    yield running
    running.stop()


@pytest.fixture
def fresh(server: Server) -> Server:
    """Return the server with nothing in it."""
    server.control("POST", "reset")
    return server


@pytest.fixture
def client(fresh: Server) -> MsgsmsClient:
    """Return the vendor's client, pointed at the server."""
    credentials = BasicCredentials(SETTINGS.access_key, SETTINGS.secret_key, SETTINGS.project_id)
    return MsgsmsClient.new_builder().with_credentials(credentials).with_endpoint(fresh.url).build()


def app_body(**more: Any) -> sdk.SmsAppAddReq:
    return sdk.SmsAppAddReq(app_name="shop", region="cn", **more)


def signature_body(app_id: str, **more: Any) -> sdk.SmsSignatureReq:
    fields = {
        "app_id": app_id,
        "signature_name": "示例商城",
        "signature_type": "NOTIFY_TYPE",
        "signature_source": 0,
        "is_involved_third": "No",
        **more,
    }
    return sdk.SmsSignatureReq(**fields)


def template_body(app_id: str, sign_id: str | None, **more: Any) -> sdk.SmsTemplateReq:
    fields = {
        "app_id": app_id,
        "sign_id": sign_id,
        "template_name": "order",
        "template_type": "NOTIFY_TYPE",
        "template_content": "您的订单${1}已发货",
        "region": "cn",
        "variable_attributes": [sdk.SmsTemplateVariableAttrReq(variable_index=1, variable_type="CHARDIGIT")],
        **more,
    }
    return sdk.SmsTemplateReq(**fields)


def test_vendor_sdk_tells_the_whole_story(client: MsgsmsClient, fresh: Server, tmp_path: Path) -> None:
    """The vendor's client uploads, creates, reads and lists; every field arrives where it belongs."""
    licence = tmp_path / "licence.png"
    licence.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\r\n--x\r\n" * 50)
    app = client.create_app(sdk.CreateAppRequest(body=app_body(show_secret=True)))
    assert app.app_secret
    from huaweicloudsdkcore.http.formdata import FormFile

    with licence.open("rb") as handle:
        uploaded = client.upload_signature_file(
            sdk.UploadSignatureFileRequest(
                file_desc="sha256", body=sdk.UploadSignatureFileRequestBody(file=FormFile(handle))
            )
        )
    shown = client.show_signature_file(sdk.ShowSignatureFileRequest(file_id=uploaded.file_id))
    assert (shown.file_name, shown.file_size, shown.file_desc) == (
        "licence.png",
        len(licence.read_bytes()),
        "sha256",
    )
    signature = client.create_signature(
        sdk.CreateSignatureRequest(body=signature_body(app.id, file_id=uploaded.file_id))
    )
    template = client.create_template(
        sdk.CreateTemplateRequest(body=template_body(app.id, signature.id, flow_status="Reviewing"))
    )
    for kind, remote_id in (("signature", signature.id), ("template", template.id)):
        fresh.control("POST", "reviews", {"kind": kind, "id": remote_id, "decision": "approve"})
    assert (
        client.show_signature(sdk.ShowSignatureRequest(id=signature.id)).status
        == "REVIEW_PROCESSING_COMPLETED"
    )
    listed = client.list_template_details(sdk.ListTemplateDetailsRequest(app_key=app.app_key, limit=500))
    assert listed.total == 1
    row = listed.results[0]
    assert (row.id, row.flow_status, row.sign_id) == (template.id, "Adopted", signature.id)
    assert row.tenant.enterprise_name
    variables = client.list_template_varilable_details(
        sdk.ListTemplateVarilableDetailsRequest(id=template.id)
    )
    assert [variable.variable_type for variable in variables.results] == ["CHARDIGIT"]


def test_vendor_sdk_reads_every_other_operation(client: MsgsmsClient, fresh: Server) -> None:
    """Counting, updating, enabling, deleting and countries work for the vendor's client."""
    app = client.create_app(sdk.CreateAppRequest(body=app_body()))
    assert client.show_app_count(sdk.ShowAppCountRequest(region="cn")).used == 1
    client.update_app(
        sdk.UpdateAppRequest(
            id=app.id, body=sdk.SmsAppUpdateReq(app_name="new", region="cn", up_link_addr="")
        )
    )
    assert client.show_app(sdk.ShowAppRequest(id=app.id)).app_name == "new"
    assert client.list_app_details(sdk.ListAppDetailsRequest()).total == 1
    countries = client.list_send_country_details(sdk.ListSendCountryDetailsRequest())
    assert len(countries.body) >= 100
    signature = client.create_signature(sdk.CreateSignatureRequest(body=signature_body(app.id)))
    review = {"kind": "signature", "id": signature.id}
    fresh.control("POST", "reviews", {**review, "decision": "reject", "reason": "unclear"})
    changed = client.update_signature(
        sdk.UpdateSignatureRequest(id=signature.id, body=signature_body(app.id, signature_name="新名字"))
    )
    assert changed.signature_name == "新名字"
    fresh.control("POST", "reviews", {**review, "status": "TO_BE_ACTIVATED"})
    client.enable_signature(sdk.EnableSignatureRequest(id=signature.id))
    listed = client.list_signature_details(sdk.ListSignatureDetailsRequest())
    assert [row.status for row in listed.results] == ["PENDING_ACTIVATE"]
    template = client.create_template(
        sdk.CreateTemplateRequest(body=template_body(app.id, signature.id, flow_status="Pending"))
    )
    client.update_template(
        sdk.UpdateTemplateRequest(
            id=template.id, body=template_body(app.id, signature.id, template_name="b", flow_status="Pending")
        )
    )
    assert client.show_template(sdk.ShowTemplateRequest(id=template.id)).template_name == "b"
    client.delete_template(sdk.DeleteTemplateRequest(id=template.id))
    client.delete_signature(sdk.DeleteSignatureRequest(id=signature.id))
    operations = {entry["operation"] for entry in fresh.control("GET", "requests")}
    assert len(operations) == 15  # the other five of the SDK are in the story above


def test_vendor_sdk_understands_refusals(client: MsgsmsClient, server: Server) -> None:
    """Codes, messages and request ids of service and gateway reach the vendor's exceptions."""
    with pytest.raises(ClientRequestException) as caught:
        client.show_template(sdk.ShowTemplateRequest(id="nothing"))
    assert (caught.value.status_code, caught.value.error_code) == (400, "MSGSMS.0009")
    assert caught.value.request_id
    wrong = BasicCredentials(SETTINGS.access_key, "wrong", SETTINGS.project_id)
    stranger = MsgsmsClient.new_builder().with_credentials(wrong).with_endpoint(server.url).build()
    with pytest.raises(ClientRequestException) as caught:
        stranger.list_app_details(sdk.ListAppDetailsRequest())
    assert (caught.value.status_code, caught.value.error_code) == (401, "APIGW.0301")


def test_server_speaks_one_line_and_stops_cleanly(tmp_path: Path) -> None:
    """The greeting is all it prints; SIGTERM and SIGINT end it with success, open connections or not."""
    for number in (signal.SIGTERM, signal.SIGINT):
        running = Server(tmp_path / "new" / "e.db")
        assert running.greeting == f"listening on http://127.0.0.1:{running.port}\n"
        kept = http.client.HTTPConnection("127.0.0.1", running.port)
        kept.request("GET", PREFIX + "health")
        assert json.loads(kept.getresponse().read())["status"] == "ok"
        began = time.monotonic()
        assert running.stop(number) == ("stopped\n", "", 0)
        assert time.monotonic() - began < 5
        kept.close()


@pytest.mark.parametrize("fault", ["reset", "timeout-after-commit"])
def test_cut_connection_sends_no_byte(fresh: Server, fault: str) -> None:
    """The connection closes without an answer within a second; only one of the faults has written."""
    fresh.control("POST", "faults", [{"operation": "CreateApp", "fault": fault}])
    body = json.dumps({"app_name": "shop", "region": "cn"}).encode()
    target = f"/v2/{SETTINGS.project_id}/msgsms/apps"
    began = time.monotonic()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        fresh.send("POST", target, body)
    assert time.monotonic() - began < 1
    _, _, count = fresh.send("GET", f"/v2/{SETTINGS.project_id}/msgsms/apps-count?region=cn")
    assert json.loads(count)["used"] == (0 if fault == "reset" else 1)


def test_slow_answer_holds_up_nobody_else(fresh: Server) -> None:
    """A slow fault delays its own request while others are answered."""
    fresh.control("POST", "faults", [{"operation": "ListAppDetails", "fault": "slow", "seconds": 0.6}])
    target = f"/v2/{SETTINGS.project_id}/msgsms/apps"
    slow = http.client.HTTPConnection("127.0.0.1", fresh.port, timeout=10)
    began = time.monotonic()
    slow.request("GET", target, headers=dict(signed_headers(SETTINGS, "GET", target, b"", datetime.now(UTC))))
    fresh.control("GET", "health")
    assert time.monotonic() - began < 0.5
    assert slow.getresponse().status == 200
    assert time.monotonic() - began >= 0.6
    slow.close()


def test_large_body_is_refused_over_http(fresh: Server) -> None:
    """More than 12 MB is answered 413 without being read to the end."""
    target = f"/v2/{SETTINGS.project_id}/msgsms/apps"
    with socket.create_connection(("127.0.0.1", fresh.port), timeout=10) as connection:
        head = f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_LIMIT * 10}\r\n\r\n"
        connection.sendall(head.encode() + b" " * (BODY_LIMIT + 100_000))
        assert connection.recv(20).startswith(b"HTTP/1.1 413")


def test_query_and_path_reach_the_engine_as_sent(fresh: Server) -> None:
    """An encoded slash in an id and Chinese in a query are verified as they travelled."""
    base = f"/v2/{SETTINGS.project_id}/msgsms"
    status, _, body = fresh.send("GET", f"{base}/templates/a%2Fb")
    assert (status, json.loads(body)["error_code"]) == (400, "MSGSMS.0009")
    status, _, body = fresh.send("GET", f"{base}/apps?app_name=%E6%B5%8B%20a%2Bb&limit=10")
    assert (status, json.loads(body)) == (200, {"results": [], "total": 0})


@pytest.mark.parametrize(
    ("peer", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.7", 404), ("x", 404)]
)
def test_control_routes_answer_loopback_only(
    make_service: Callable[..., Any], peer: str, status: int
) -> None:
    """A peer from elsewhere does not see the control routes."""
    import asyncio

    service = make_service()
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/_emulator/health",
        "raw_path": b"/_emulator/health",
        "query_string": b"",
        "headers": [],
        "client": (peer, 1),
    }
    asyncio.run(make_app(service.engine)(scope, receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == status


def test_engine_needs_no_server_packages(tmp_path: Path) -> None:
    """The engine imports neither starlette nor uvicorn nor the Chinese calendar before it needs them."""
    code = (
        "import sys; from smsconf.emulator.gateway.engine import Engine; Engine(sys.argv[1]).close();"
        "heavy = ('starlette', 'uvicorn', 'chinese_calendar', 'pydantic', 'httpx');"
        "print([name for name in heavy if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "e.db")], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
