"""Decide whether a request comes from someone who may call: signature or token, on real time.

What the caller may do is not asked: the emulator knows one user. Apps sign in the same way (``app_auth``),
but are refused in another order and with other words. Written from the API signing guide (devg-apisign,
2026-11); the texts of the refusals are those of reference §8.3.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from smsconf import signing
from smsconf.emulator.base.errors import UNAUTHENTICATED, Refusal, need
from smsconf.emulator.base.exchange import Request, Settings
from smsconf.emulator.base.store import Store
from smsconf.emulator.gateway import iam

SKEW = timedelta(minutes=15)
FAILURES_ALLOWED = 5
LOCK = timedelta(minutes=5)
FAILED = "verify aksk signature fail"
AUTHORIZATION = re.compile(
    signing.ALGORITHM + r"\s+Access=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})"
)


class Signed:
    """A signed request, taken apart; what cannot be read is empty or ``None``, nothing is refused here."""

    def __init__(self, request: Request) -> None:
        match = AUTHORIZATION.fullmatch(request.headers.get("authorization", "").strip())
        self.key, names, self.signature = match.groups() if match else ("", "", "")
        signed = sorted({name.lower() for name in names.split(";")})
        self.missing = next((name for name in signed if name not in request.headers), None)
        self.date = request.headers.get(signing.DATE_HEADER.lower(), "")
        self.dated = signing.DATE_HEADER.lower() in signed
        self.time = read_time(self.date, signing.DATE_FORMAT)
        payload = signing.payload_hash(request.body, request.headers)
        self.whole = payload in {signing.UNSIGNED_PAYLOAD, hashlib.sha256(request.body).hexdigest()}
        self.canonical = (
            ""
            if self.missing is not None
            else signing.canonical_request(
                request.method, request.path, request.query, request.headers, signed, payload
            )
        )

    def is_by(self, secret: str) -> bool:
        """Say whether whoever knows this secret has signed it."""
        return hmac.compare_digest(self.signature, signing.signature(secret, self.date, self.canonical))


def read_time(text: str, form: str) -> datetime | None:
    """Read a moment of a header, UTC; ``None`` if it has another form."""
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None


def is_near(moment: datetime | None, now: datetime, most: timedelta) -> bool:
    """Say whether a moment is no further away than this, on either side."""
    return moment is not None and abs(moment - now) <= most


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
    if "authorization" not in request.headers:
        token = request.headers.get("x-auth-token", "")
        need(token, UNAUTHENTICATED, "x-auth-token not found")
        iam.check_token(store, settings, token, now)
        return
    one = Signed(request)
    need(one.signature, UNAUTHENTICATED, f"{FAILED}, malformed Authorization header")
    known = one.key == settings.access_key
    need(known, UNAUTHENTICATED, f"Get secretKey failed,ak:{one.key},err:ak not exist")
    locked = _is_locked(store, one.key, now)
    need(not locked, UNAUTHENTICATED, "AK access failed to reach the limit,forbidden")
    need(one.dated, UNAUTHENTICATED, f"{FAILED}, X-Sdk-Date is not signed")
    need(one.time, UNAUTHENTICATED, f"{FAILED}, X-Sdk-Date missing or malformed")
    fresh = is_near(one.time, now, SKEW)
    need(fresh, UNAUTHENTICATED, f"{FAILED}, X-Sdk-Date is more than 15 minutes off")
    need(one.whole, UNAUTHENTICATED, f"{FAILED}, X-Sdk-Content-Sha256 is not the body's")
    need(one.missing is None, UNAUTHENTICATED, f"{FAILED}, no header {one.missing}")
    if not one.is_by(settings.secret_key):
        _count_failure(store, one.key, now)
        # Older gateways show the canonical request in this way, and it helps.
        shown = one.canonical.replace("\n", "|")
        raise Refusal(UNAUTHENTICATED, f"{FAILED},canonicalRequest:{shown}")
    store.connection.execute("DELETE FROM lockout WHERE access_key = ?", (one.key,))


def _is_locked(store: Store, access_key: str, now: datetime) -> bool:
    """Say whether a key is locked for wrong signatures; with a lock that is over they are forgotten."""
    store.connection.execute("DELETE FROM lockout WHERE locked_until <= ?", (now.isoformat(),))
    return store.count("lockout", {"access_key": access_key, "locked_until >": now.isoformat()}) > 0


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
