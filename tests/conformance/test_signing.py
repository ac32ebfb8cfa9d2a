"""Who may call, strictly: what a signature covers, when it is too old, what locks a key."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf import signing
from tests.conformance.server import BASE, SETTINGS, Server
from tests.conformance.vendor import client, sdk, sdk_request, signer
from tests.emulator.conftest import Reply, Service, signed_headers

pytestmark = pytest.mark.checks("authentication")

TARGET = f"{BASE}/apps?limit=10&app_name=%E6%B5%8B%E8%AF%95%20a%2Bb"
BODY = json.dumps({"app_name": "示例", "region": "cn"}).encode()


def headers_of(service: Service, method: str = "GET", body: bytes = b"", **more: str) -> dict[str, str]:
    return dict(signed_headers(service.settings, method, TARGET, body, service.real, **more))


def ask(
    service: Service, headers: dict[str, str], method: str = "GET", target: str = TARGET, body: bytes = b""
) -> Reply:
    return Reply(service.engine.handle(method, target, list(headers.items()), body))


def refused(reply: Reply) -> bool:
    return (reply.status, reply.code) == (401, "APIGW.0301") and "verify aksk" in reply.json["error_msg"]


@pytest.mark.parametrize(("seconds", "good"), [(900, True), (901, False), (-900, True), (-901, False)])
def test_date_is_good_for_fifteen_minutes_of_real_time(service: Service, seconds: int, good: bool) -> None:
    """To the second, both ways, whatever the virtual clock says."""
    headers = headers_of(service)
    service.control("POST", "clock", {"set": "2030-01-01T00:00:00Z"})
    service.real += timedelta(seconds=seconds)
    reply = ask(service, headers)
    assert reply.status == 200 if good else refused(reply)


def with_signed(service: Service, names: list[str]) -> Reply:
    """Sign only these headers, rightly, and send all of them."""
    headers = headers_of(service)
    headers.pop("Authorization")
    path, _, query = TARGET.partition("?")
    canonical = signing.canonical_request("GET", path, query, headers, names, signing.payload_hash(b"", {}))
    made = signing.signature(SETTINGS.secret_key, headers[signing.DATE_HEADER], canonical)
    return ask(service, {**headers, "Authorization": signing.authorization("EMULATORAK", names, made)})


def test_date_must_be_among_the_signed_headers(service: Service) -> None:
    """The caller chooses what is signed, host or not, but the date has to be."""
    assert with_signed(service, ["host", "x-sdk-date"]).status == 200
    assert with_signed(service, ["X-Sdk-Date"]).status == 200
    assert refused(with_signed(service, ["host", "content-type"]))


def test_unsigned_headers_do_not_count(service: Service) -> None:
    """What was added on the way does not spoil the signature; what was signed may not change."""
    headers = {**headers_of(service), "Accept": "*/*", "Via": "1.1 proxy", "Content-Length": "0"}
    assert ask(service, headers).status == 200
    assert refused(ask(service, {**headers, "Content-Type": "text/plain"}))
    assert refused(ask(service, {**headers, "Host": "other.example.com"}))
    lower = {name.lower(): value for name, value in headers.items()}
    assert ask(service, lower).status == 200


def test_nothing_of_a_request_may_be_changed(service: Service) -> None:
    """Method, path, each part of the query, and every byte of the body."""
    headers = headers_of(service, "POST", BODY)
    changed = [
        ("GET", TARGET, BODY),
        ("POST", TARGET.replace("/apps", "/signatures"), BODY),
        ("POST", TARGET.replace("limit=10", "limit=11"), BODY),
        ("POST", TARGET + "&offset=0", BODY),
        ("POST", TARGET, BODY + b" "),
    ]
    for method, target, body in changed:
        assert refused(ask(service, headers, method, target, body))
    service.control("POST", "reset")  # five more failures would lock the key
    assert ask(service, headers, "POST", TARGET, BODY).status == 200
    swapped = f"{BASE}/apps?app_name=%E6%B5%8B%E8%AF%95%20a%2Bb&limit=10"
    assert ask(service, headers, "POST", swapped, BODY).status == 200  # the order of a query is not signed


def test_payload_may_be_left_out_openly(service: Service) -> None:
    """UNSIGNED-PAYLOAD covers any body, a declared hash only its own, and the header is signed itself."""
    unsigned = headers_of(service, "POST", BODY, **{signing.PAYLOAD_HEADER: signing.UNSIGNED_PAYLOAD})
    for body in (BODY, BODY.replace(b"cn", b"intl")):
        assert ask(service, unsigned, "POST", TARGET, body).status == 200
    added = {**headers_of(service, "POST", BODY), signing.PAYLOAD_HEADER: signing.UNSIGNED_PAYLOAD}
    assert refused(ask(service, added, "POST", TARGET, BODY))


def test_encoded_slash_is_signed_as_two_segments(service: Service) -> None:
    """The vendor decodes before it encodes: ``a%2Fb`` on the wire is signed as ``a/b``."""
    target = f"{BASE}/templates/a%2Fb"
    headers = dict(signed_headers(SETTINGS, "GET", f"{BASE}/templates/a/b", b"", service.real))
    reply = ask(service, headers, target=target)
    assert (reply.status, reply.code) == (400, "MSGSMS.0009")


def test_security_token_must_be_signed_if_it_is_there(service: Service) -> None:
    """A temporary key's token is a header like others: signed as sent; its content is not looked at."""
    headers = headers_of(service, **{signing.SECURITY_TOKEN_HEADER: "temporary"})
    assert ask(service, headers).status == 200
    assert refused(ask(service, {**headers, signing.SECURITY_TOKEN_HEADER: "other"}))


def test_only_wrong_signatures_lock_a_key(service: Service) -> None:
    """Old dates may be tried for ever; the sixth wrong signature locks the key for five minutes."""
    good = headers_of(service)
    late = {**good, signing.DATE_HEADER: "20200101T000000Z"}
    for _ in range(10):
        assert refused(ask(service, late))
    assert ask(service, good).status == 200
    for _ in range(6):
        assert refused(ask(service, {**good, "Host": "x"}))
    for seconds, status in ((0, 401), (299, 401), (1, 200)):
        service.real += timedelta(seconds=seconds)
        reply = ask(service, headers_of(service))
        assert reply.status == status
        assert status == 200 or reply.json["error_msg"].endswith("reach the limit,forbidden")


names = st.from_regex(r"\AX-[A-Za-z][A-Za-z0-9-]{0,12}\Z").filter(lambda name: not name.startswith("X-Sdk"))
values = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
queries = st.dictionaries(words, st.lists(words, min_size=1, max_size=3) | words, max_size=3)


@given(
    method=st.sampled_from(["GET", "PUT"]), extra=st.dictionaries(names, values, max_size=4), query=queries
)
def test_signing_equals_the_vendors_signer_for_any_header(method: str, extra: Any, query: Any) -> None:
    """Any header, any text in it, and lists in the query are signed byte for byte as the vendor does."""
    extra = {name.title(): value for name, value in extra.items()}
    headers = {"Host": "h.example.com", signing.DATE_HEADER: "20260102T030405Z", **extra}
    request = sdk_request.SdkRequest(
        method=method,
        schema="https",
        host=headers["Host"],
        resource_path="/v2/x",
        query_params=list(query.items()),
        header_params=dict(headers),
        body="",
    )
    theirs = signer.Signer(SimpleNamespace(ak="AK", sk="SK")).sign(request).header_params["Authorization"]
    pairs = [
        (key, value)
        for key, given in query.items()
        for value in (given if isinstance(given, list) else [given])
    ]
    canonical = signing.canonical_request(
        method, "/v2/x", signing.query_string(pairs), headers, headers, signing.payload_hash(b"", headers)
    )
    made = signing.signature("SK", headers[signing.DATE_HEADER], canonical)
    assert signing.authorization("AK", headers, made) == theirs


def test_sdk_may_sign_headers_of_its_caller(server: Server) -> None:
    """A header added to the vendor's request, Chinese included, is verified as it travelled."""
    vendor = client(server.url)
    request = vendor.list_app_details_invoker(sdk.ListAppDetailsRequest(app_name="测试 a+b/ü&=%"))
    request.add_header("X-Note", "Müller  & 示例 ")
    assert request.invoke().total == 0
