"""Tokens: fetched once, kept, renewed when they are over; and which exchanges with IAM are possible."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from smsconf.cloud.auth.connect import connect
from smsconf.cloud.auth.credentials import Credentials
from smsconf.cloud.auth.iam import FetchedTokens, Token, fetch_token
from smsconf.cloud.http.transport import OperationGuard, ServiceAuth
from smsconf.model.errors import CloudBroken, CloudError, ReadOnly, Unauthorized
from tests.cloud.auth.test_connect import Provider, bridge
from tests.cloud.conftest import Emulated
from tests.cloud.worlds import PROJECT, open_client, saying, serving

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
PERSON = {
    "HW_USER_NAME": "emulator",
    "HW_USER_PASSWORD": "emulator-password",
    "HW_DOMAIN_NAME": "emulator",
}
PASSWORD = "pass-wörd"
USER = Credentials("test", account="the-account", user_name="somebody", password=PASSWORD)
REGION = "cn-north-4"
TOKEN_CALL = "KeystoneCreateUserTokenByPassword"
OVER = httpx.Response(401, json={"error_code": "APIGW.0307", "error_msg": "The token must be updated."})


def issued(**more: Any) -> httpx.Response:
    token = {"expires_at": "2026-01-06T01:00:00.000000Z", "project": {"id": PROJECT, "name": "x"}} | more
    return httpx.Response(201, headers={"X-Subject-Token": "the-token"}, json={"token": token})


class Counter:
    """Issues t1, t2, …; ``life`` is how long each is good for."""

    def __init__(self, life: timedelta = timedelta(hours=24)) -> None:
        self.count = 0
        self.life = life

    def __call__(self) -> Token:
        self.count += 1
        return Token(f"t{self.count}", NOW + self.life, PROJECT)


def test_token_is_asked_for_as_documented() -> None:
    """Account, user, password and the project's name; the answer's header is the token."""
    transport = saying(issued())
    with open_client(transport, auth=ServiceAuth(PASSWORD), project_id="") as iam:
        token = fetch_token(iam, USER, REGION)
    (request,) = transport.requests
    assert (request.method, request.url.path) == ("POST", "/v3/auth/tokens")
    assert json.loads(request.content)["auth"] == {
        "identity": {
            "methods": ["password"],
            "password": {
                "user": {
                    "domain": {"name": "the-account"},
                    "name": "somebody",
                    "password": "pass-wörd",
                }
            },
        },
        "scope": {"project": {"name": "cn-north-4"}},
    }
    assert token == Token("the-token", datetime(2026, 1, 6, 1, tzinfo=UTC), PROJECT)
    assert "the-token" not in repr(token)


def test_known_project_is_the_scope() -> None:
    """A project id is exact, where a name may be taken by another region's sub-project."""
    transport = saying(issued())
    with open_client(transport, auth=ServiceAuth("p"), project_id="") as iam:
        fetch_token(iam, USER, REGION, PROJECT)
    assert json.loads(transport.requests[0].content)["auth"]["scope"] == {"project": {"id": PROJECT}}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(201, json={"token": {"project": {"id": PROJECT}}}),
        httpx.Response(201, headers={"X-Subject-Token": "x" * 40_000}, json={"token": {}}),
        httpx.Response(201, headers={"X-Subject-Token": "x"}, content=b"<html>"),
        httpx.Response(201, headers={"X-Subject-Token": "x"}, json={}),
        issued(project=None),
        issued(project={"id": None}),
        issued(project={"id": ""}),
    ],
)
def test_answer_without_a_project_token_is_broken(answer: httpx.Response) -> None:
    """No token, no project, no JSON: never half a token."""
    with open_client(saying(answer), auth=ServiceAuth("p")) as iam, pytest.raises(CloudBroken):
        fetch_token(iam, USER, REGION)


def test_wrong_password_is_explained_and_never_shown() -> None:
    """IAM's own form of error; the password stays out even if IAM echoes it."""
    refused = httpx.Response(401, json={"error": {"code": 401, "message": "pass-wörd is wrong."}})
    with (
        open_client(saying(refused), auth=ServiceAuth("pass-wörd")) as iam,
        pytest.raises(Unauthorized) as caught,
    ):
        fetch_token(iam, USER, REGION)
    assert "HW_DOMAIN_NAME" in (caught.value.fix or "")
    assert "pass-wörd" not in str(caught.value)


def test_iam_client_sends_nothing_but_exchanges_with_iam() -> None:
    """Its transport refuses the service's operations, and the service's refuses IAM's."""
    transport = saying(issued())
    with open_client(OperationGuard(transport, lambda one: one.iam)) as iam, pytest.raises(ReadOnly):
        iam.call("CreateApp", body={})
    with open_client(transport, read_only=True) as client, pytest.raises(ReadOnly):
        client.call(TOKEN_CALL, body={})
    assert transport.requests == []


def test_token_is_fetched_once_for_all_threads() -> None:
    """However many ask first at the same moment."""
    fetch = Counter()
    tokens = FetchedTokens(fetch, now=lambda: NOW)
    start = threading.Barrier(8)

    def ask(_number: int) -> str:
        start.wait()
        return tokens.current()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {"t1"}
    assert fetch.count == 1


def test_token_near_its_end_is_replaced_before_it_is_used() -> None:
    """Five minutes before the time it names; one without a time is kept until it is refused."""
    fetch = Counter(life=timedelta(hours=1))
    clock = [NOW]
    tokens = FetchedTokens(fetch, now=lambda: clock[0])
    assert tokens.current() == "t1"
    clock[0] = NOW + timedelta(minutes=54)
    assert tokens.current() == "t1"
    clock[0] = NOW + timedelta(minutes=56)
    assert tokens.current() == "t2"
    timeless = FetchedTokens(lambda: Token("t", None, PROJECT), now=lambda: clock[0])
    assert [timeless.current(), timeless.current()] == ["t", "t"]


def test_refused_token_is_renewed_once_for_many_threads() -> None:
    """Eight reads meet an old token; one fetch, and every read is answered."""
    fetch = Counter()
    tokens = FetchedTokens(fetch, now=lambda: NOW)
    start = threading.Barrier(8)

    class Gateway(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.headers["X-Auth-Token"] == "t1":
                start.wait(5)  # all eight are under way with it
                return httpx.Response(401, json=OVER.json())
            return httpx.Response(200, json={"ok": request.headers["X-Auth-Token"]})

    with open_client(Gateway(), auth=tokens, workers=8) as client:
        answers = client.side_by_side(lambda _: client.call("ListSendCountryDetails"), range(8))
    assert answers == [{"ok": "t2"}] * 8
    assert fetch.count == 2


def test_write_is_sent_again_with_the_new_token() -> None:
    """The gateway refused it, so it cannot have happened."""
    transport = saying(OVER, httpx.Response(200, json={"id": "1"}))
    tokens = FetchedTokens(Counter(), now=lambda: NOW)
    with open_client(transport, auth=tokens) as client:
        assert client.call("CreateApp", body={}) == {"id": "1"}
    assert [one.headers["X-Auth-Token"] for one in transport.requests][-1] == "t2"


def test_token_that_stays_refused_is_renewed_once_only() -> None:
    """A service that refuses every token is no reason to ask IAM for ever."""
    fetch = Counter()
    transport = saying(OVER)
    with (
        open_client(transport, auth=FetchedTokens(fetch, now=lambda: NOW)) as client,
        pytest.raises(Unauthorized) as caught,
    ):
        client.call("ListSendCountryDetails")
    assert (caught.value.code, fetch.count, len(transport.requests)) == ("APIGW.0307", 2, 2)


def test_trouble_at_iam_is_not_tried_again_by_the_call_that_needs_it() -> None:
    """IAM's refusal reaches the caller as it is, after IAM's own attempts."""

    def fetch() -> Token:
        with open_client(saying(httpx.Response(503)), auth=ServiceAuth("p")) as iam:
            return fetch_token(iam, USER, REGION)

    transport = saying(httpx.Response(200))
    with (
        open_client(transport, auth=FetchedTokens(fetch)) as client,
        pytest.raises(CloudError) as caught,
    ):
        client.call("ListSendCountryDetails")
    assert (caught.value.operation, transport.requests) == (TOKEN_CALL, [])


def test_fetched_token_is_in_no_text() -> None:
    """Not even when the service echoes one that was not known when the client was opened."""
    tokens = FetchedTokens(lambda: Token("token-1", None, PROJECT))
    refused = httpx.Response(400, json={"error_code": "X.1", "error_msg": "what is token-1?"})
    with open_client(saying(refused), auth=tokens) as client, pytest.raises(CloudError) as caught:
        client.call("ListSendCountryDetails")
    assert caught.value.message.endswith("what is ***?")


def test_password_becomes_a_token_whose_project_is_taken(emulated: Emulated) -> None:
    """Over a socket: one exchange with IAM gives token and project id; a read-only client may do that."""
    with serving(bridge(emulated)) as url:
        provider = Provider(endpoint=url)
        with connect(provider, PERSON, read_only=True) as client:
            assert client.project_id == PROJECT
            assert client.list_all("ListAppDetails") == []
            assert client.credentials == (
                "HW_USER_NAME and HW_USER_PASSWORD (environment), user emulator of emulator"
            )
    assert emulated.requests() == [(TOKEN_CALL, 201), ("ListAppDetails", 200)]


def test_wrong_password_is_tried_once(emulated: Emulated) -> None:
    """IAM locks users out who fail too often; with a declared project the token is asked for first, too."""
    wrong = PERSON | {"HW_USER_PASSWORD": "wrong", "SMSCONF_TRUSTED_HOSTS": "127.0.0.1"}
    with (
        serving(bridge(emulated)) as url,
        pytest.raises(Unauthorized),
        connect(Provider(endpoint=url, project_id=PROJECT), wrong, read_only=True),
    ):
        pass
    assert emulated.requests() == [(TOKEN_CALL, 401)]


def test_token_of_a_restarted_service_is_renewed(emulated: Emulated) -> None:
    """A token that ended early: refused once, fetched again, and the read goes through."""
    with serving(bridge(emulated)) as url, connect(Provider(endpoint=url), PERSON, read_only=True) as client:
        client.list_all("ListAppDetails")
        emulated.engine._store.connection.execute("UPDATE token SET expires_at = '2000'")
        assert client.list_all("ListAppDetails") == []
    assert emulated.requests() == [
        (TOKEN_CALL, 201),
        ("ListAppDetails", 200),
        ("ListAppDetails", 401),
        (TOKEN_CALL, 201),
        ("ListAppDetails", 200),
    ]
