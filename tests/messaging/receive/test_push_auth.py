"""Push authentication: the agreed keys, both of them, and nothing else."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from smsconf import signing
from smsconf.messaging.receive.push_auth import is_signed

NOW = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)
KEYS = {"push-old": "old-secret", "push-new": "new-secret"}
BODY = b"smsMsgId=a&status=DELIVRD"


def push(
    key: str = "push-old", secret: str = "old-secret", *, slash: bool = True, at: datetime = NOW, **more
):
    """Headers as the vendor's example has them, and what `is_signed` is asked with."""
    headers = {
        "connection": "close",
        "content-length": str(len(BODY)),
        "content-type": "application/x-www-form-urlencoded",
        "host": "sms.example.com:9330",
        "x-sdk-date": at.strftime(signing.DATE_FORMAT),
        **more,
    }
    payload = signing.payload_hash(BODY, headers)
    canonical = signing.canonical_request("POST", "/reports", "", headers, headers, payload)
    if not slash:
        canonical = canonical.replace("\n/reports/\n", "\n/reports\n")
    mac = signing.signature(secret, headers["x-sdk-date"], canonical)
    headers["authorization"] = signing.authorization(key, list(headers), mac)
    return headers


def accepted(headers, body: bytes = BODY, path: str = "/reports", now: datetime = NOW) -> bool:
    return is_signed(KEYS, "POST", path, "", headers, body, now)


@pytest.mark.parametrize("pair", KEYS.items())
@pytest.mark.parametrize("slash", [True, False])
def test_both_pairs_of_keys_hold_and_both_forms_of_the_path(pair, slash) -> None:
    """While the service changes over either pair may sign, with a slash at the end of the path or without."""
    assert accepted(push(*pair, slash=slash))


def test_blank_after_the_comma_may_be_missing() -> None:
    """The example of a reply has none."""
    headers = push()
    headers["authorization"] = headers["authorization"].replace(", ", ",")
    assert accepted(headers)


@pytest.mark.parametrize(
    "change",
    [
        {"authorization": ""},
        {"authorization": "SDK-HMAC-SHA256 Access=push-old, SignedHeaders=host, Signature=" + "0" * 64},
        {"host": "elsewhere.example.com"},
        {"x-sdk-date": "20260105T030406Z"},
        {"x-sdk-date": "yesterday"},
    ],
)
def test_changed_request_is_refused(change) -> None:
    """Whatever was signed must arrive as it was."""
    assert not accepted({**push(), **change})


def test_other_body_path_or_key_is_refused() -> None:
    """Body and path are signed too; a secret that was not agreed on, or an unknown key, opens nothing."""
    assert not accepted(push(), body=BODY + b"!")
    assert not accepted(push(), path="/replies")
    assert not accepted(push("push-old", "new-secret"))
    assert not accepted(push("nobody", ""))


@pytest.mark.parametrize(("minutes", "holds"), [(14, True), (-14, True), (16, False), (-16, False)])
def test_old_push_is_refused(minutes, holds) -> None:
    """A signature is good for a quarter of an hour, so that it cannot be played again for long."""
    assert accepted(push(), now=NOW + timedelta(minutes=minutes)) is holds


def test_unsigned_claim_about_the_body_counts_for_nothing() -> None:
    """A header with the hash of the true body cannot be added to smuggle in another one."""
    headers = push()
    headers["x-sdk-content-sha256"] = hashlib.sha256(BODY).hexdigest()
    assert not accepted(headers, body=b"smsMsgId=a&status=UNDELIV")
    signed = push(**{"x-sdk-content-sha256": hashlib.sha256(BODY).hexdigest()})
    assert accepted(signed)
    assert not accepted(signed, body=b"smsMsgId=a&status=UNDELIV")


@pytest.mark.parametrize("name", ["x-sdk-date", "host"])
def test_date_and_host_must_be_signed(name: str) -> None:
    """Without the date a signature could be made fresh for ever, without the host be used elsewhere."""
    headers = push()
    names = [one for one in headers if one not in ("authorization", name)]
    payload = signing.payload_hash(BODY, headers)
    canonical = signing.canonical_request("POST", "/reports", "", headers, names, payload)
    mac = signing.signature("old-secret", headers["x-sdk-date"], canonical)
    headers["authorization"] = signing.authorization("push-old", names, mac)
    assert not accepted(headers)


def test_body_must_be_signed() -> None:
    """A push that declares its body unsigned fits any body, so it fits none."""
    headers = push(**{"x-sdk-content-sha256": signing.UNSIGNED_PAYLOAD})
    assert not accepted(headers)
    assert not accepted(headers, body=b"smsMsgId=a&status=UNDELIV")
    assert not accepted(headers, body=b"")
