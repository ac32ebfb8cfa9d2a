"""What a sender makes of answers: fates of numbers, refusals, and what nobody can know. Never sent twice."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from smsconf.messaging.send.sender import Uncertain, send_url
from smsconf.messaging.send.sender import open_sender as through
from smsconf.model.errors import CloudError, Refused, Unauthorized
from smsconf.model.sites import SITES
from tests.cloud import hostile
from tests.cloud.worlds import recording_server, saying
from tests.messaging.worlds import APP_KEY, DIFFERENT, ONE, SAME, SECRET, TWO, fate, open_sender, success

PATIENCE = 0.4
PLAYS = (
    "hangs up at once",
    "closed in mid-body",
    "silence",
    "slow body",
    "gzip bomb",
    "page for a login",
    "gateway's page",
    "bare null",
    "bare list",
    "no content with a body",
    "deep nesting",
    "half a character",
    "NaN",
    "endless body",
    "two lengths",
)


def answering(said: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=said)


def test_every_number_gets_its_own_fate() -> None:
    """Statuses are by number, in the order asked, and HTTP 200 says nothing about them."""
    transport = saying(answering(success(fate(TWO, "E200028"), fate(ONE, total=2), code="E000510")))
    with open_sender(transport) as sender:
        answer = sender.send(SAME)
    assert [(one.to, one.status, one.accepted) for one in answer.fates] == [
        (ONE, "000000", True),
        (TWO, "E200028", False),
    ]
    assert answer.fates[0].parts == 2


def test_number_that_the_answer_leaves_out_is_unknown() -> None:
    """A number without a word is neither accepted nor failed; a number that was not asked changes nothing."""
    transport = saying(answering(success(fate(ONE), fate("+8615512345678"))))
    with open_sender(transport) as sender:
        assert [one.status for one in sender.send(SAME).fates] == ["000000", None]


@pytest.mark.parametrize("written", ["8613812345678", "13812345678", "+8613812345678"])
def test_number_is_known_however_the_service_writes_it(written: str) -> None:
    """With or without plus sign and country."""
    with open_sender(saying(answering(success(fate(written))))) as sender:
        assert sender.send(DIFFERENT).fates[0].accepted


LISTED = ("E000000", "E000101", "E000503", "E000510", "E000623", "E200030", "E200037")


@pytest.mark.parametrize("empty", [{}, {"result": None}, {"result": []}, {"result": ""}], ids=str)
@pytest.mark.parametrize("code", LISTED)
def test_failing_code_on_http_200_refuses_the_whole_request(code: str, empty: dict[str, Any]) -> None:
    """Without a result it is what it is with 403: nothing was sent, and why and what to do are said."""
    said = {"code": code, "description": f"no {ONE}\x1b", **empty}
    transport = saying(answering(said))
    with open_sender(transport) as sender, pytest.raises(Refused) as caught:
        sender.send(SAME)
    error = caught.value
    assert (error.code, error.status, error.arrived) == (code, 200, True)
    assert error.why
    assert error.fix
    assert "+86138****5678" in error.message
    assert error.message.isprintable()
    assert len(transport.requests) == 1


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("code", ["E200015", "E200041", "E200048"])
def test_code_about_numbers_is_said_of_each(code: str, status: int) -> None:
    """Too busy is tried again by who can, and a number that is written to too often stops nobody else."""
    with open_sender(saying(answering({"code": code, "description": "no"}, status))) as sender:
        assert {one.status for one in sender.send(SAME).fates} == {code}


@pytest.mark.parametrize("code", ["E000999", "000001", "1", 1, "OK"])
def test_failing_code_that_nobody_lists_is_uncertain(code: Any) -> None:
    """To take it for a refusal could send the messages twice; it is named."""
    transport = saying(answering({"code": code, "description": "no"}))
    with open_sender(transport) as sender, pytest.raises(Uncertain) as caught:
        sender.send(SAME)
    assert caught.value.code == str(code)
    assert str(code) in caught.value.message


def test_success_without_a_result_is_uncertain_for_each_number() -> None:
    """The code says that it was taken; of no number is anything known."""
    with open_sender(saying(answering({"code": "000000", "description": "Success"}))) as sender:
        assert [one.status for one in sender.send(SAME).fates] == [None, None]


@pytest.mark.parametrize("code", ["E000510", "E200037", "E000623", "E000999"])
def test_failing_code_with_results_counts_for_no_number(code: str) -> None:
    """Each number has its own status, and one that is left out is not known."""
    with open_sender(saying(answering(success(fate(ONE), code=code)))) as sender:
        assert [one.status for one in sender.send(SAME).fates] == ["000000", None]


def test_results_of_a_refusal_that_cannot_be_read_are_uncertain() -> None:
    """Status 400 says that nothing was sent; a result says that something was."""
    told = {"code": "E000510", "description": "look", "result": [{"status": "000000"}]}
    with open_sender(saying(answering(told, 400))) as sender:
        assert [one.status for one in sender.send(SAME).fates] == [None, None]


@pytest.mark.parametrize(
    ("code", "kind"),
    [("E000623", Refused), ("E000101", Refused), ("E000000", Uncertain), ("E000510", Uncertain)],
)
def test_code_of_the_service_is_its_word_with_status_500_too(code: str, kind: type[CloudError]) -> None:
    """It is a refusal; what may have been taken in part is not known."""
    transport = saying(answering({"code": code, "description": "no"}, 500))
    with open_sender(transport) as sender, pytest.raises(CloudError) as caught:
        sender.send(SAME)
    assert type(caught.value) is kind
    assert caught.value.arrived is (True if kind is Refused else None)
    assert len(transport.requests) == 1


def test_result_that_comes_with_400_is_read() -> None:
    """E000510 is listed under 400 and promises a status for each number."""
    told = answering(success(fate(ONE, "E200041"), fate(TWO), code="E000510"), 400)
    with open_sender(saying(told)) as sender:
        assert [one.status for one in sender.send(SAME).fates] == ["E200041", "000000"]


@pytest.mark.parametrize(
    ("status", "code", "kind", "word"),
    [
        (400, "E000027", Refused, "parameter"),
        (401, "E000104", Unauthorized, "secret"),
        (403, "E000623", Unauthorized, "threshold"),
    ],
)
def test_refusal_is_explained_and_certain(status: int, code: str, kind: type[CloudError], word: str) -> None:
    """The code's meaning and the order that repairs it; no number and no secret in any text."""
    said = {"code": code, "description": f"refused {ONE} of {SECRET}"}
    with open_sender(saying(answering(said, status))) as sender, pytest.raises(kind) as caught:
        sender.send(SAME)
    error = caught.value
    assert (error.code, error.arrived) == (code, True)
    assert word in (error.fix or "")
    assert not isinstance(error, Uncertain)
    assert ONE not in error.message
    assert "+86138****5678" in error.message
    assert SECRET not in error.message


def test_refused_connection_and_429_are_tried_again() -> None:
    """Both surely sent nothing."""
    slow = httpx.Response(
        429, json={"error_code": "APIGW.0308", "error_msg": "slow"}, headers={"Retry-After": "0"}
    )
    transport = saying(httpx.ConnectError("refused"), slow, answering(success(fate(ONE), fate(TWO))))
    with open_sender(transport) as sender:
        assert all(one.accepted for one in sender.send(SAME).fates)
    assert len(transport.requests) == 3


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ReadTimeout("late"),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
        httpx.WriteError("broken"),
        httpx.Response(502, text="<html>"),
        httpx.Response(504, json={"error_code": "APIGW.0201", "error_msg": "late"}),
        httpx.Response(200, text="no JSON"),
        httpx.Response(200, json={"description": "Success"}),
        httpx.Response(200, json={"code": "000000", "result": [{"status": "000000"}]}),
        httpx.Response(200, json={"code": "000000", "result": "all"}),
    ],
    ids=str,
)
def test_uncertain_answer_is_said_and_never_repeated(trouble: httpx.Response | Exception) -> None:
    """Exactly one request leaves, and the error says that nobody knows."""
    transport = saying(trouble)
    with open_sender(transport) as sender, pytest.raises(Uncertain) as caught:
        sender.send(SAME)
    assert caught.value.arrived is None
    assert "second time" in (caught.value.why or "")
    assert len(transport.requests) == 1


def test_redirect_is_not_followed() -> None:
    """The secret goes nowhere else, and nothing was sent."""
    with recording_server({}) as (elsewhere, seen):
        moved = httpx.Response(307, headers={"Location": elsewhere})
        with open_sender(saying(moved)) as sender, pytest.raises(CloudError) as caught:
            sender.send(SAME)
    assert seen == []
    assert not isinstance(caught.value, Uncertain)


@pytest.fixture(scope="module")
def service() -> Iterator[hostile.Service]:
    with hostile.serve() as running:
        yield running


@pytest.mark.parametrize("play", PLAYS)
def test_hostile_answer_is_uncertain_in_bounds(service: hostile.Service, play: str) -> None:
    """Whatever comes back that is no answer: one request, soon over, no secret and no number in the words."""
    service.play = play
    service.requests.clear()
    patience = 30.0 if play in {"gzip bomb", "endless body", "deep nesting"} else PATIENCE
    started = time.monotonic()
    with open_sender(url=service.url, patience=patience) as sender, pytest.raises(Uncertain) as caught:
        sender.send(DIFFERENT)
    said = f"{caught.value.message} {caught.value.why}"
    assert len(service.requests) == 1
    assert time.monotonic() - started < 4
    assert SECRET not in said
    assert ONE not in said
    assert said.isprintable()


class Provider:
    """What the files may say."""

    def __init__(self, site: str = "china", region: str = "cn-north-4", endpoint: str | None = None) -> None:
        self.site, self.region, self.endpoint, self.project_id = site, region, endpoint, None


@pytest.mark.parametrize(
    ("provider", "environ", "url"),
    [
        (Provider(), {}, "https://smsapi.cn-north-4.myhuaweicloud.com"),
        (Provider(region="cn-south-1"), {}, "https://smsapi.cn-south-1.myhuaweicloud.com"),
        (
            Provider("international", "ap-southeast-1"),
            {},
            "https://smsapi.ap-southeast-1.myhuaweicloud.com",
        ),
        (Provider(endpoint="http://127.0.0.1:8080/"), {}, "http://127.0.0.1:8080"),
        (Provider(), {"SMSCONF_SEND_ENDPOINT": "sms.example.com:443"}, "https://sms.example.com:443"),
    ],
)
def test_messages_go_to_the_sites_host(provider: Provider, environ: dict[str, str], url: str) -> None:
    """The site table, a local stand-in, or what the environment names."""
    assert send_url(SITES[provider.site], provider, environ) == url


@pytest.mark.parametrize(
    "provider", [Provider("europe", "eu-west-101"), Provider(endpoint="https://gateway.example.com")]
)
def test_host_that_nobody_knows_is_not_guessed(provider: Provider) -> None:
    """Europe's is not documented; beside another endpoint the real service would be a surprise."""
    with pytest.raises(CloudError, match="which host sends") as caught:
        send_url(SITES[provider.site], provider, {})
    assert "SMSCONF_SEND_ENDPOINT" in (caught.value.fix or "")


def test_body_of_the_form_is_json_in_text() -> None:
    """Values travel as text that holds a JSON array of strings."""
    transport = saying(answering(success(fate(ONE), fate(TWO))))
    with open_sender(transport) as sender:
        sender.send(SAME)
    sent = httpx.QueryParams(transport.requests[0].content.decode())
    assert json.loads(sent["templateParas"]) == ["A 1*~", "2026年1月31日"]
    assert sent["to"] == f"{ONE},{TWO}"


def test_secret_goes_to_no_other_host() -> None:
    """A send endpoint must be the service's, this machine, or trusted by the environment."""
    environ = {"SMSCONF_SEND_ENDPOINT": "https://evil.example.com"}
    with (
        pytest.raises(Unauthorized, match="not sent to evil"),
        through(Provider(), APP_KEY, environ, wsse=False),
    ):
        raise AssertionError("it opened")
    trusted = {**environ, "SMSCONF_TRUSTED_HOSTS": "evil.example.com"}
    with through(Provider(), APP_KEY, trusted, wsse=False):
        pass
