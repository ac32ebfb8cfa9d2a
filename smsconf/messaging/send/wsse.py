"""The older of the two ways to sign a message: the headers of X-WSSE.

Sends nothing. Created and Nonce are made anew for every request; the secret travels only as a digest.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0001.html and the vendor's Python sample, whose
digest is the Base64 of the hash written in hexadecimal (the Go sample's is that of its bytes).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import deque
from collections.abc import Callable, Generator
from datetime import UTC, datetime

import httpx

from smsconf.cloud.http.transport import MOST_PROOFS, ServiceAuth, utc_now

_AUTHORIZATION = 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"'


def _nonce() -> str:
    return secrets.token_hex(16)


def digest(nonce: str, created: str, secret: str) -> str:
    """Return the value of PasswordDigest."""
    hashed = hashlib.sha256(f"{nonce}{created}{secret}".encode()).hexdigest()
    return base64.b64encode(hashed.encode()).decode()


class WsseAuth(ServiceAuth):
    """Proves by X-WSSE who is asking; ``now`` is the real time."""

    def __init__(
        self,
        app_key: str,
        app_secret: str,
        *,
        now: Callable[[], datetime] = utc_now,
        nonce: Callable[[], str] = _nonce,
    ) -> None:
        self._app_key = app_key
        self._app_secret = app_secret
        self._now = now
        self._nonce = nonce
        self._proofs: deque[str] = deque(maxlen=MOST_PROOFS)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key and the secret."""
        return (self._app_key, self._app_secret)

    @property
    def proofs(self) -> tuple[str, ...]:
        """The newest digests."""
        return tuple(self._proofs)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the two headers."""
        nonce = self._nonce()
        created = self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        proof = digest(nonce, created, self._app_secret)
        self._proofs.append(proof)
        request.headers["Authorization"] = _AUTHORIZATION
        request.headers["X-WSSE"] = (
            f'UsernameToken Username="{self._app_key}",'
            f'PasswordDigest="{proof}",'
            f'Nonce="{nonce}",Created="{created}"'
        )
        yield request
