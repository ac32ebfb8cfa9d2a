"""Decide whether a request comes from someone who may call: signature or token, on real time.

What the caller may do is not asked: the emulator knows one user. Written from the API signing guide
(devg-apisign, 2026-11); the texts of the refusals are those of reference §8.3.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from smsconf import signing
from smsconf.emulator.base.errors import UNAUTHENTICATED, Refusal
from smsconf.emulator.base.exchange import Request, Settings
from smsconf.emulator.base.store import Store
from smsconf.emulator.gateway import iam

SKEW = timedelta(minutes=15)
FAILURES_ALLOWED = 5
LOCK = timedelta(minutes=5)
AUTHORIZATION = re.compile(
    signing.ALGORITHM + r"\s+Access=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})"
)


def authenticate(store: Store, settings: Settings, request: Request, now: datetime) -> None:
    """Accept the request or refuse it.

    Args:
        store: counts failures and knows tokens; what is written must be kept even if this refuses.
        settings: the one access key.
        request: as it came over the wire.
        now: real time.

    Raises:
        Refusal: 401 in all cases but that of a token for another project.
    """
    given = request.headers.get("authorization")
    token = request.headers.get("x-auth-token")
    if given is None and token:
        iam.check_token(store, settings, token, now)
        return
    if given is None:
        raise Refusal(UNAUTHENTICATED, "x-auth-token not found")
    match = AUTHORIZATION.fullmatch(given.strip())
    if match is None:
        raise Refusal(UNAUTHENTICATED, "verify aksk signature fail, malformed Authorization header")
    access_key, signed, signature = match.groups()
    if access_key != settings.access_key:
        raise Refusal(UNAUTHENTICATED, f"Get secretKey failed,ak:{access_key},err:ak not exist")
    failures = _failures(store, access_key, now)
    canonical = _canonical(request, signed.split(";"), now)
    date = request.headers[signing.DATE_HEADER.lower()]
    if not hmac.compare_digest(signature, signing.signature(settings.secret_key, date, canonical)):
        _count_failure(store, access_key, now)
        # Older gateways show the canonical request in this way, and it helps.
        shown = canonical.replace("\n", "|")
        raise Refusal(UNAUTHENTICATED, f"verify aksk signature fail,canonicalRequest:{shown}")
    if failures:
        store.connection.execute("DELETE FROM lockout WHERE access_key = ?", (access_key,))


def _canonical(request: Request, signed: list[str], now: datetime) -> str:
    """Return what must have been signed; a false date, hash or list of headers is refused here."""
    date = request.headers.get(signing.DATE_HEADER.lower(), "")
    if signing.DATE_HEADER.lower() not in {name.lower() for name in signed}:
        raise Refusal(UNAUTHENTICATED, "verify aksk signature fail, X-Sdk-Date is not signed")
    try:
        sent = datetime.strptime(date, signing.DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(
            UNAUTHENTICATED, "verify aksk signature fail, X-Sdk-Date missing or malformed"
        ) from None
    if abs(sent - now) > SKEW:
        raise Refusal(UNAUTHENTICATED, "verify aksk signature fail, X-Sdk-Date is more than 15 minutes off")
    payload = signing.payload_hash(request.body, request.headers)
    if payload not in {signing.UNSIGNED_PAYLOAD, hashlib.sha256(request.body).hexdigest()}:
        raise Refusal(UNAUTHENTICATED, "verify aksk signature fail, X-Sdk-Content-Sha256 is not the body's")
    try:
        return signing.canonical_request(
            request.method, request.path, request.query, request.headers, signed, payload
        )
    except KeyError as missing:
        raise Refusal(UNAUTHENTICATED, f"verify aksk signature fail, no header {missing.args[0]}") from None


def _failures(store: Store, access_key: str, now: datetime) -> int:
    """Return how many wrong signatures in a row there were, unless the key is locked for them."""
    rows = store.rows("SELECT failures, locked_until FROM lockout WHERE access_key = ?", (access_key,))
    if not rows:
        return 0
    until = rows[0]["locked_until"]
    if until is not None and now.isoformat() < until:
        raise Refusal(UNAUTHENTICATED, "AK access failed to reach the limit,forbidden")
    if until is not None:
        store.connection.execute("DELETE FROM lockout WHERE access_key = ?", (access_key,))
    return int(rows[0]["failures"])


def _count_failure(store: Store, access_key: str, now: datetime) -> None:
    """Lock the key for five minutes after more than five wrong signatures in a row."""
    store.connection.execute(
        "INSERT INTO lockout VALUES (?, 1, NULL) ON CONFLICT DO UPDATE SET failures = failures + 1",
        (access_key,),
    )
    store.connection.execute(
        "UPDATE lockout SET locked_until = ? WHERE access_key = ? AND failures > ?",
        ((now + LOCK).isoformat(), access_key, FAILURES_ALLOWED),
    )
