"""Who may send: an app by its signature, or by X-WSSE in either encoding; every refusal has its code."""

from __future__ import annotations

import hashlib
import time
from base64 import b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from smsconf import signing
from smsconf.emulator.gateway.app_auth import PAIR, digests
from tests.emulator.conftest import Reply, Service
from tests.emulator.shop import DIFFERENT, FORM, JSON, REALM, SAME, Shop, open_shop, wsse

X_WSSE = "X-WSSE"


@pytest.fixture
def shop(service: Service) -> Shop:
    """Return a shop that may send."""
    return open_shop(service)


def send(shop: Shop, **headers: str | None) -> Reply:
    """Send a valid message with X-WSSE; a header is replaced, or left out with ``None``."""
    names = {"x_wsse": X_WSSE, "authorization": "Authorization", "content_type": "Content-Type"}
    given = {"Content-Type": FORM, **wsse(shop.app, shop.service.real)}
    for name, value in headers.items():
        given[names[name]] = value or ""
    body = urlencode(shop.body()).encode()
    return shop.raw(SAME, body, {name: value for name, value in given.items() if value})


def token(shop: Shop, **more: str) -> str:
    """Return an X-WSSE header with other fields."""
    return wsse(shop.app, shop.service.real, **more)[X_WSSE]


def test_published_vector_holds_in_both_encodings() -> None:
    """The documentation's dummy secret gives the two digests of the reference."""
    text = b"66C92B11FF8A425FB8D4CCFE0ED9ED1F2018-02-12T15:30:20Zq4Ii87BhST9vcs8wvrzN80SfD7Al"
    assert digests(text) == (
        b"NmZkZTM0YjJmNzdjMmNlNDdmMWY1OTM3OGRkNGUzNzQxZTk4NGZlY2Y2YzQzMDVmYzQ1NjE3MWIzNjM3ODBlOA==",
        b"b940svd8LOR/H1k3jdTjdB6YT+z2xDBfxFYXGzY3gOg=",
    )


def test_token_is_accepted_in_both_encodings(shop: Shop) -> None:
    """Hex text as in the vendor's Java sample, raw bytes as in its Go sample, blanks after commas too."""
    created = shop.service.real.strftime("%Y-%m-%dT%H:%M:%SZ")
    raw = b64encode(hashlib.sha256(f"N1{created}{shop.app['app_secret']}".encode()).digest()).decode()
    assert send(shop).json["code"] == "000000"
    assert send(shop, x_wsse=token(shop, Nonce="N1", PasswordDigest=raw)).json["code"] == "000000"
    spaced = {"x_wsse": token(shop).replace(",", ", "), "authorization": REALM.replace(",", ", ")}
    assert send(shop, **spaced).json["code"] == "000000"


# What stands in the headers instead of the right thing → code and status.
BAD_REALM = [
    (None, "E000001"),
    ('Basic realm="SDP",profile="UsernameToken",type="Appkey"', "E000008"),
    ('WSSE profile="UsernameToken",type="Appkey"', "E000002"),
    ('WSSE realm="SDP",type="Appkey"', "E000003"),
    ('WSSE realm="SDP",profile="UsernameToken"', "E000007"),
    (REALM.replace("SDP", "sdp"), "E000004"),
    (REALM.replace("UsernameToken", "Token"), "E000005"),
    (REALM.replace("Appkey", "app_key"), "E000006"),
]


@pytest.mark.parametrize(("value", "code"), BAD_REALM)
def test_authorization_of_wsse_is_checked_part_by_part(shop: Shop, value: str | None, code: str) -> None:
    """Each part that is missing or another has a code of its own, all of them 400."""
    reply = send(shop, authorization=value)
    assert (reply.status, reply.json["code"]) == (400, code)


BAD_TOKEN: list[tuple[dict[str, str], str, int]] = [
    ({"Username": ""}, "E000021", 400),
    ({"Nonce": ""}, "E000022", 400),
    ({"Created": ""}, "E000023", 400),
    ({"PasswordDigest": ""}, "E000024", 400),
    ({"Created": "2026-01-05 01:00:00"}, "E000025", 400),
    ({"Created": "2026-01-05T01:00:00"}, "E000025", 400),
    ({"Created": "2026-1-5T1:00:00Z"}, "E000025", 400),
    ({"Nonce": "a b"}, "E000027", 400),
    ({"Nonce": "x" * 129}, "E000027", 400),
    ({"Username": "nobody"}, "E000102", 401),
    ({"PasswordDigest": "x"}, "E000105", 401),
    ({"Created": "2026-01-06T01:00:01Z"}, "E000110", 401),
    ({"Created": "2026-01-04T00:59:59Z"}, "E000110", 401),
]


@pytest.mark.parametrize(("changes", "code", "status"), BAD_TOKEN, ids=str)
def test_token_is_checked_part_by_part(shop: Shop, changes: dict[str, str], code: str, status: int) -> None:
    """What is missing or malformed is 400, what is wrong is 401."""
    reply = send(shop, x_wsse=token(shop, **changes))
    assert (reply.status, reply.json["code"]) == (status, code)


def test_token_holds_for_24_hours_of_real_time(shop: Shop) -> None:
    """Local time instead of UTC passes, as in the vendor's samples; the virtual clock does not count."""
    shop.service.advance("P7D")
    for hours in (-24, 24, 8):
        created = (shop.service.real + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert send(shop, x_wsse=token(shop, Created=created)).json["code"] == "000000"


@pytest.mark.parametrize(
    ("value", "code"), [(None, "E000020"), ('Username="x"', "E000026"), ("UsernameToken", "E000021")]
)
def test_header_of_the_token_must_be_there(shop: Shop, value: str | None, code: str) -> None:
    """Without X-WSSE, or with another kind of token."""
    assert send(shop, x_wsse=value).json["code"] == code


def signed(shop: Shop, **headers: str) -> Reply:
    """Send a message signed with the app's key and secret, with other headers signed over."""
    return shop.post(SAME, urlencode(shop.body()).encode(), None, FORM, **headers)


def test_signature_is_accepted_for_both_operations(shop: Shop) -> None:
    """The payload may be declared unsigned, as the vendor's SDK does for forms."""
    assert shop.send().json["code"] == "000000"
    assert shop.send_different({}).json["code"] == "000000"
    unsigned = {signing.PAYLOAD_HEADER: signing.UNSIGNED_PAYLOAD}
    assert signed(shop, **unsigned).json["code"] == "000000"


def altered(shop: Shop, name: str, value: str) -> Reply:
    """Send a signed message and change one header on its way."""
    from dataclasses import replace

    from smsconf.emulator.gateway.engine import Settings
    from tests.emulator.conftest import signed_headers

    body = urlencode(shop.body()).encode()
    keys = replace(Settings(), access_key=shop.app["app_key"], secret_key=shop.app["app_secret"])
    headers = dict(signed_headers(keys, "POST", SAME, body, shop.service.real, **{"Content-Type": FORM}))
    return shop.raw(SAME, body, {**headers, name: value})


BAD_SIGNATURE: list[tuple[str, str, str, int]] = [
    (signing.DATE_HEADER, "", "E000041", 400),
    (signing.DATE_HEADER, "2026-01-05T01:00:00Z", "E000042", 400),
    ("Authorization", signing.ALGORITHM + " Access=x", "E000043", 400),
    (signing.DATE_HEADER, "20260105T011501Z", "E000044", 400),
    (signing.DATE_HEADER, "20260105T010001Z", "E000045", 400),
    (
        "Authorization",
        f"{signing.ALGORITHM} Access=nobody, SignedHeaders=x-sdk-date, Signature={'0' * 64}",
        "E000102",
        401,
    ),
]


@pytest.mark.parametrize(("name", "value", "code", "status"), BAD_SIGNATURE)
def test_signature_is_checked_part_by_part(shop: Shop, name: str, value: str, code: str, status: int) -> None:
    """Date, form and value have a code each; a key that nobody has is 401."""
    reply = altered(shop, name, value)
    assert (reply.status, reply.json["code"]) == (status, code)


def test_keys_of_a_user_do_not_send(shop: Shop) -> None:
    """The keys of the management API are no app's."""
    body = urlencode(shop.body()).encode()
    reply = shop.service.send("POST", SAME, body, **{"Content-Type": FORM})
    assert (reply.status, reply.json["code"]) == (401, "E000102")


def test_suspended_app_may_not_send(shop: Shop) -> None:
    """Its key is there, but cannot be used."""
    assert shop.service.decide("app", shop.app["id"], "suspend").status == 200
    for reply in (send(shop), shop.send()):
        assert (reply.status, reply.json["code"]) == (401, "E000103")


@pytest.mark.parametrize(("path", "kind"), [(SAME, JSON), (DIFFERENT, FORM), (SAME, "")])
def test_content_type_is_fixed(shop: Shop, path: str, kind: str) -> None:
    """A form for one text, JSON for many, with or without a charset; the refusal says which."""
    wanted = FORM if path == SAME else JSON
    reply = shop.post(path, b"", None, kind)
    assert (reply.status, reply.json["code"]) == (400, "E000040")
    assert reply.json["description"] == f"The value of ContentType must be {wanted}."
    assert shop.post(path, b"{", None, wanted + ";charset=UTF-8").json["code"] != "E000040"


@pytest.mark.parametrize("body", [b"\xff", b"to=%FF", b"{", b"[]", b"[" * 100_000])
def test_unreadable_body_is_a_system_error(shop: Shop, body: bytes) -> None:
    """Neither broken UTF-8 nor a list nor a deep nest breaks anything."""
    codes: set[Any] = {shop.post(DIFFERENT, body, None, JSON).json["code"]}
    assert codes == {"E000000"}
    assert shop.post(SAME, body, None, FORM).json["code"] in {"E000000", "E000503"}


def test_long_header_is_read_in_time_that_grows_with_its_length() -> None:
    """A word without an end was looked at anew from each of its letters."""
    begun = time.monotonic()
    for text in ("a" * 60_000, 'a="' * 20_000, "a=" * 30_000, "a " * 30_000):
        PAIR.findall(text)
    assert time.monotonic() - begun < 5
    assert dict(PAIR.findall('Username="k", Nonce = "n"')) == {"Username": "k", "Nonce": "n"}
