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
from datetime import datetime, timedelta

from smsconf import signing
from smsconf.emulator.base import errors
from smsconf.emulator.base.errors import need
from smsconf.emulator.base.exchange import Object, Request, Settings
from smsconf.emulator.base.store import Store
from smsconf.emulator.gateway.auth import SKEW, Signed, is_near, read_time
from smsconf.emulator.management.console import is_welcome, read_console

CREATED_WINDOW = timedelta(hours=24)
CREATED_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
PAIR = re.compile(r'(?<!\w)(\w++)\s*+=\s*+"([^"]*+)"')
NONCE = re.compile(r"[0-9A-Za-z]{1,128}")


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
    need(given, errors.NO_AUTHORIZATION)
    prove = _signature if given.startswith(signing.ALGORITHM) else _token
    app = prove(store, request, given, now)
    need(app["status"] == "LAUNCHED", errors.APP_KEY_UNUSABLE)
    need(is_welcome(read_console(store, app["id"]), request.client), errors.NOT_WHITELISTED)
    return app


def _app(store: Store, app_key: str) -> Object:
    rows = store.find("app", {"app_key": app_key})
    need(rows, errors.APP_KEY)
    return rows[0]


def _signature(store: Store, request: Request, _given: str, now: datetime) -> Object:
    """Check a request signed as for the API Gateway, with the app's key and secret instead of a user's."""
    one = Signed(request)
    need(one.date, errors.NO_SDK_DATE)
    need(one.time, errors.SDK_DATE)
    need(one.signature, errors.AUTHORIZATION)
    need(is_near(one.time, now, SKEW), errors.SDK_DATE_EXPIRED)
    app = _app(store, one.key)
    need(one.missing is None, errors.AUTHORIZATION_FAILED, f"no header {one.missing}")
    need(one.dated and one.whole and one.is_by(app["app_secret"]), errors.AUTHORIZATION_FAILED)
    return app


def _token(store: Store, request: Request, given: str, now: datetime) -> Object:
    """Check the two headers of X-WSSE."""
    need(given.startswith("WSSE"), errors.NO_WSSE)
    realm = dict(PAIR.findall(given))
    need(realm.get("realm"), errors.NO_REALM)
    need(realm.get("profile"), errors.NO_PROFILE)
    need(realm.get("type"), errors.NO_TYPE)
    need(realm["realm"] == "SDP", errors.REALM)
    need(realm["profile"] == "UsernameToken", errors.PROFILE)
    need(realm["type"] == "Appkey", errors.TYPE)
    token = request.headers.get("x-wsse", "").strip()
    need(token, errors.NO_X_WSSE)
    need(token.startswith("UsernameToken"), errors.NO_USERNAME_TOKEN)
    fields = dict(PAIR.findall(token))
    need(fields.get("Username"), errors.NO_USERNAME)
    need(fields.get("Nonce"), errors.NO_NONCE)
    need(fields.get("Created"), errors.NO_CREATED)
    need(fields.get("PasswordDigest"), errors.NO_DIGEST)
    created = read_time(fields["Created"], CREATED_FORMAT)
    # strptime takes single digits too
    need(created and created.strftime(CREATED_FORMAT) == fields["Created"], errors.CREATED)
    need(NONCE.fullmatch(fields["Nonce"]), errors.SEND_INVALID, "Nonce must be 1-128 letters and digits")
    app = _app(store, fields["Username"])
    need(is_near(created, now, CREATED_WINDOW), errors.CREATED_EXPIRED)
    made = digests(f"{fields['Nonce']}{fields['Created']}{app['app_secret']}".encode())
    given_digest = fields["PasswordDigest"].encode()
    need(any(hmac.compare_digest(given_digest, digest) for digest in made), errors.DIGEST)
    return app


def digests(secret: bytes) -> tuple[bytes, bytes]:
    """Return both forms of the documented Base64(SHA256(...)).

    The vendor's Java and Python samples encode the hash as lower-case hex text, its Go sample the raw bytes.
    """
    digest = hashlib.sha256(secret)
    return b64encode(digest.hexdigest().encode()), b64encode(digest.digest())
