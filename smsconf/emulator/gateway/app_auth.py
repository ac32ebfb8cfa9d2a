"""Decide which app calls the sending API: by its key and secret, in either of the two documented ways.

``SDK-HMAC-SHA256`` signs the whole request with the app's key and secret; ``X-WSSE`` sends a digest of the
secret, for which the vendor's samples use two encodings. Both are checked on real time. Written from the
sending API's authentication pages (sms_05_0001, _0002, INTL 2025-01-14) and its error codes (sms_05_0050,
2024-08-06); a nonce may come twice, as no page forbids it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta

from smsconf import signing
from smsconf.emulator.base import errors
from smsconf.emulator.base.errors import Fault, Refusal
from smsconf.emulator.base.exchange import Object, Request, Settings
from smsconf.emulator.base.store import Store
from smsconf.emulator.management.console import is_welcome, read_console

SKEW = timedelta(minutes=15)
CREATED_WINDOW = timedelta(hours=24)
CREATED_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
AUTHORIZATION = re.compile(
    signing.ALGORITHM + r"\s+Access=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})"
)
PAIR = re.compile(r'(?<!\w)(\w++)\s*+=\s*+"([^"]*+)"')
NONCE = re.compile(r"[0-9A-Za-z]{1,128}")

# What Authorization must hold: name → the refusal without it, then value and the refusal of another value.
REALMS: tuple[tuple[str, Fault], ...] = (
    ("realm", errors.NO_REALM),
    ("profile", errors.NO_PROFILE),
    ("type", errors.NO_TYPE),
)
REALM_VALUES: tuple[tuple[str, str, Fault], ...] = (
    ("realm", "SDP", errors.REALM),
    ("profile", "UsernameToken", errors.PROFILE),
    ("type", "Appkey", errors.TYPE),
)
TOKEN_FIELDS: tuple[tuple[str, Fault], ...] = (
    ("Username", errors.NO_USERNAME),
    ("Nonce", errors.NO_NONCE),
    ("Created", errors.NO_CREATED),
    ("PasswordDigest", errors.NO_DIGEST),
)


def authenticate(store: Store, settings: Settings, request: Request, now: datetime) -> Object:  # noqa: ARG001
    """Return the app that calls, or refuse the request.

    Args:
        store: knows the apps.
        settings: not asked; every API's check takes the same arguments.
        request: as it came over the wire.
        now: real time.

    Raises:
        Refusal: 400 if something is missing or malformed, 401 if it is wrong, 403 for a foreign address.
    """
    given = request.headers.get("authorization", "").strip()
    if not given:
        raise Refusal(errors.NO_AUTHORIZATION)
    prove = _signature if given.startswith(signing.ALGORITHM) else _token
    app = prove(store, request, given, now)
    if app["status"] != "LAUNCHED":
        raise Refusal(errors.APP_KEY_UNUSABLE)
    if not is_welcome(read_console(store, app["id"]), request.client):
        raise Refusal(errors.NOT_WHITELISTED)
    return app


def _app(store: Store, app_key: str) -> Object:
    rows = store.find("app", {"app_key": app_key})
    if not rows:
        raise Refusal(errors.APP_KEY)
    return rows[0]


def _signature(store: Store, request: Request, given: str, now: datetime) -> Object:
    """Check a request signed as for the API Gateway, with the app's key and secret instead of a user's."""
    date = request.headers.get(signing.DATE_HEADER.lower(), "")
    if not date:
        raise Refusal(errors.NO_SDK_DATE)
    try:
        sent = datetime.strptime(date, signing.DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(errors.SDK_DATE) from None
    match = AUTHORIZATION.fullmatch(given)
    if match is None:
        raise Refusal(errors.AUTHORIZATION)
    if abs(sent - now) > SKEW:
        raise Refusal(errors.SDK_DATE_EXPIRED)
    app_key, names, signature = match.groups()
    app = _app(store, app_key)
    signed = names.lower().split(";")
    payload = signing.payload_hash(request.body, request.headers)
    try:
        canonical = signing.canonical_request(
            request.method, request.path, request.query, request.headers, signed, payload
        )
    except KeyError as missing:
        raise Refusal(errors.AUTHORIZATION_FAILED, f"no header {missing.args[0]}") from None
    expected = signing.signature(app["app_secret"], date, canonical)
    true_payload = payload in {signing.UNSIGNED_PAYLOAD, hashlib.sha256(request.body).hexdigest()}
    if signing.DATE_HEADER.lower() not in signed or not true_payload:
        raise Refusal(errors.AUTHORIZATION_FAILED)
    if not hmac.compare_digest(signature, expected):
        raise Refusal(errors.AUTHORIZATION_FAILED)
    return app


def _token(store: Store, request: Request, given: str, now: datetime) -> Object:
    """Check the two headers of X-WSSE."""
    if not given.startswith("WSSE"):
        raise Refusal(errors.NO_WSSE)
    realm = dict(PAIR.findall(given))
    _require(realm, REALMS)
    for name, value, refusal in REALM_VALUES:
        if realm[name] != value:
            raise Refusal(refusal)
    token = request.headers.get("x-wsse", "").strip()
    if not token:
        raise Refusal(errors.NO_X_WSSE)
    if not token.startswith("UsernameToken"):
        raise Refusal(errors.NO_USERNAME_TOKEN)
    fields = dict(PAIR.findall(token))
    _require(fields, TOKEN_FIELDS)
    try:
        created = datetime.strptime(fields["Created"], CREATED_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(errors.CREATED) from None
    if created.strftime(CREATED_FORMAT) != fields["Created"]:  # strptime takes single digits too
        raise Refusal(errors.CREATED)
    if not NONCE.fullmatch(fields["Nonce"]):
        raise Refusal(errors.SEND_INVALID, "Nonce must be 1-128 letters and digits")
    app = _app(store, fields["Username"])
    if abs(created - now) > CREATED_WINDOW:
        raise Refusal(errors.CREATED_EXPIRED)
    text = f"{fields['Nonce']}{fields['Created']}{app['app_secret']}"
    if not any(
        hmac.compare_digest(fields["PasswordDigest"].encode(), digest) for digest in digests(text.encode())
    ):
        raise Refusal(errors.DIGEST)
    return app


def digests(secret: bytes) -> tuple[bytes, bytes]:
    """Return both forms of the documented Base64(SHA256(...)).

    The vendor's Java and Python samples encode the hash as lower-case hex text, its Go sample the raw bytes.
    """
    digest = hashlib.sha256(secret)
    return b64encode(digest.hexdigest().encode()), b64encode(digest.digest())


def _require(fields: dict[str, str], rows: tuple[tuple[str, Fault], ...]) -> None:
    for name, refusal in rows:
        if not fields.get(name):
            raise Refusal(refusal)
