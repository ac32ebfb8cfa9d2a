"""The vendor's SDK for sending, and two scripts written to the published formula, against a real server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.server import Server
from tests.conformance.vendor import ask, exceptions, judge, sending_keys, smsapi
from tests.conformance.world import World, build

HERE = Path(__file__).parent
NUMBERS = ["+8613800138000", "13800138001"]


@pytest.fixture
def world(server: Server) -> World:
    """Return a shop where everything is approved."""
    return build(server)


def client(server: Server, app: Any) -> Any:
    """Return the vendor's client with an app's key and secret for AK and SK."""
    keys = sending_keys.SMSApiCredentials(app.app_key, app.app_secret)
    return smsapi.SMSApiClient.new_builder().with_credentials(keys).with_endpoint(server.url).build()


def channel(world: World) -> str:
    """Return the number that the approved signature sends from."""
    return str(ask(world.vendor, "ShowSignature", id=world.signature.id).channel_num)


def template_id(world: World) -> str:
    """Return the id that the approved template is sent with."""
    return str(ask(world.vendor, "ShowTemplate", id=world.template.id).template_id)


def same(world: World, **more: Any) -> Any:
    """Return the SDK's request for one text to many numbers, every field but signature filled."""
    fields = {
        "_from": channel(world),
        "to": ",".join(NUMBERS),
        "template_id": template_id(world),
        "template_paras": '["A100"]',
        "status_callback": "http://127.0.0.1:9/report",
        "extend": "order 7",
        **more,
    }
    return smsapi.BatchSendSmsRequest(body=smsapi.BatchSendSmsRequestBody(**fields))


def different(world: World, **more: Any) -> Any:
    """Return the SDK's request for a text of its own to each number."""
    contents = [
        smsapi.SmsContent(
            **{"to": [to], "template_id": template_id(world), "template_paras": [to[-4:]], **more}
        )
        for to in NUMBERS
    ]
    body = smsapi.BatchSendDiffSmsRequestBody(
        _from=channel(world),
        status_callback="http://127.0.0.1:9/report",
        sms_content=contents,
        extend="订单 7",
    )
    return smsapi.BatchSendDiffSmsRequest(body=body)


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("batch_send_sms", marks=pytest.mark.checks("BatchSendSms")),
        pytest.param("batch_send_diff_sms", marks=pytest.mark.checks("BatchSendDiffSms")),
    ],
)
def test_sdk_sends_and_gets_every_field(server: Server, world: World, operation: str) -> None:
    """Each field of the SDK's answer is there with its declared type; the outbox has the messages."""
    request = same(world) if operation == "batch_send_sms" else different(world)
    answer = getattr(client(server, world.app), operation)(request)
    assert set(judge(answer)) == set()
    assert (answer.code, answer.description) == ("000000", "Success")
    assert [result.origin_to for result in answer.result] == NUMBERS
    assert {result.status for result in answer.result} == {"000000"}
    kept = server.control("GET", "outbox")
    assert [message["smsMsgId"] for message in kept] == [result.sms_msg_id for result in answer.result]
    assert {message["extend"] for message in kept} == {request.body.extend}


@pytest.mark.checks("BatchSendSms")
def test_sdk_passes_over_a_failing_status(server: Server, world: World) -> None:
    """Beside a good number a bad one is no exception of the SDK's: the caller has to look."""
    answer = client(server, world.app).batch_send_sms(same(world, to="123,13800138000"))
    assert [result.status for result in answer.result] == ["E200031", "000000"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"to": "x"}, "E000503"),
    ({"to": ",".join(f"1380013{number:04}" for number in range(501))}, "E000503"),
    ({"template_paras": "x"}, "E000000"),
    ({"template_id": "x"}, "E000510"),
    ({"template_paras": '["a.b"]'}, "E000510"),
    ({"_from": "1"}, "E000510"),
]


@pytest.mark.checks("BatchSendSms")
@pytest.mark.parametrize(("fields", "code"), REFUSED, ids=lambda value: value if type(value) is str else "")
def test_sdk_surfaces_the_refusal(server: Server, world: World, fields: dict[str, Any], code: str) -> None:
    """The SDK's exception has the HTTP status for a code, and the whole answer for a text."""
    with pytest.raises(exceptions.ClientRequestException) as caught:
        client(server, world.app).batch_send_sms(same(world, **fields))
    assert caught.value.status_code == 400
    assert json.loads(caught.value.error_msg)["code"] == code
    assert server.control("GET", "outbox") == []


@pytest.mark.checks("BatchSendDiffSms")
def test_sdk_surfaces_a_secret_that_is_wrong(server: Server, world: World) -> None:
    """A signature with another secret fails for both operations."""
    world.app.app_secret = "another"
    for call in (
        lambda: client(server, world.app).batch_send_sms(same(world)),
        lambda: client(server, world.app).batch_send_diff_sms(different(world)),
    ):
        with pytest.raises(exceptions.ClientRequestException) as caught:
            call()
        assert json.loads(caught.value.error_msg)["code"] == "E000045"


@pytest.mark.parametrize(
    ("script", "operation"),
    [
        pytest.param("wsse_hex.py", "BatchSendSms", marks=pytest.mark.checks("BatchSendSms")),
        pytest.param("wsse_raw.py", "BatchSendDiffSms", marks=pytest.mark.checks("BatchSendDiffSms")),
    ],
)
def test_script_to_the_published_formula_sends(
    server: Server, world: World, script: str, operation: str
) -> None:
    """One script for each encoding of the digest is accepted; with another secret it is not."""
    keys = (world.app.app_key, world.app.app_secret)
    rest = (channel(world), template_id(world), ",".join(NUMBERS), "A100")
    for secret, status in ((keys[1], "200"), ("another", "401")):
        command = [sys.executable, "-I", str(HERE / script), server.url, keys[0], secret, *rest]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        found, _, answer = done.stdout.partition(" ")
        assert found == status, done.stdout
        assert json.loads(answer)["code"] == ("000000" if status == "200" else "E000105")
    assert {message["operation"] for message in server.control("GET", "outbox")} == {operation}
    assert len(server.control("GET", "outbox")) == len(NUMBERS)
