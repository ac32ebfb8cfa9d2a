"""How requests leave: signed or with a token, past the guard of clients that may not do everything.

Builds and sends no request of its own (``client`` does), looks for no credentials (``credentials`` does) and
opens no connection (``connection`` does).

Written from https://support.huaweicloud.com/devg-apisign/api-sign-algorithm.html and the traffic of
``huaweicloudsdkcore`` 3.1.219.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from datetime import UTC, datetime

import httpx

from smsconf import signing
from smsconf.cloud.http.operations import OPERATIONS, Operation
from smsconf.language import _, told
from smsconf.model.errors import ReadOnly

OPERATION = "smsconf.operation"  # names the operation in the extensions of a request

MOST_PROOFS = 64  # more requests are not on their way at a time
TOKEN_HEADER = "X-Auth-Token"  # noqa: S105 - the name of a header

_SIGNED = frozenset(
    {
        "content-type",
        "host",
        "x-project-id",
        signing.DATE_HEADER.lower(),
        signing.PAYLOAD_HEADER.lower(),
        signing.SECURITY_TOKEN_HEADER.lower(),
    }
)


def utc_now() -> datetime:
    """Return the real time; signing never uses the service's."""
    return datetime.now(UTC)


class ServiceAuth(httpx.Auth):
    """Credentials on their way. By itself it adds nothing: a password travels in the body of a request."""

    def __init__(self, *secrets: str) -> None:
        self._secrets = secrets
        self._proofs: deque[str] = deque(maxlen=MOST_PROOFS)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values to keep out of every text."""
        return self._secrets

    @property
    def proofs(self) -> tuple[str, ...]:
        """The newest signatures or digests that were made of them: as good as they are, for a while."""
        return tuple(self._proofs)

    def renew(self, request: httpx.Request) -> bool:  # noqa: ARG002 - a token's owner uses it
        """Get newer credentials than a refused request's, if there is a way to; say whether."""
        return False

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class SigningAuth(ServiceAuth):
    """Signs with an access key and a secret key; temporary keys bring a security token along."""

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        *,
        security_token: str | None = None,
        project_id: str | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(access_key, secret_key, security_token or "")
        self._access_key = access_key
        self._secret_key = secret_key
        self._security_token = security_token
        self._project_id = project_id
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the headers that prove who is asking."""
        date = self._now().astimezone(UTC).strftime(signing.DATE_FORMAT)
        request.headers[signing.DATE_HEADER] = date
        if self._project_id:
            request.headers["X-Project-Id"] = self._project_id
        if self._security_token:
            request.headers[signing.SECURITY_TOKEN_HEADER] = self._security_token
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        headers = dict(request.headers)
        signed = [name for name in headers if name.lower() in _SIGNED]
        declared = headers.get(signing.PAYLOAD_HEADER.lower())  # a file is not read to be signed
        payload = declared or signing.payload_hash(request.content, headers)
        canonical = signing.canonical_request(request.method, path, query, headers, signed, payload)
        signature = signing.signature(self._secret_key, date, canonical)
        self._proofs.append(signature)
        request.headers["Authorization"] = signing.authorization(self._access_key, signed, signature)
        yield request


class TokenAuth(ServiceAuth):
    """Sends a project token that was handed to us; nobody but its owner can get a newer one."""

    def __init__(self, *tokens: str, project_id: str | None = None) -> None:
        super().__init__(*tokens)
        self._project_id = project_id

    def current(self) -> str:
        """Return the token."""
        return self._secrets[-1]

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token."""
        request.headers[TOKEN_HEADER] = self.current()
        if self._project_id:
            request.headers["X-Project-Id"] = self._project_id
        yield request


class OperationGuard(httpx.BaseTransport):
    """Lets only its own operations through; a request that does not say what it is stays here too."""

    def __init__(self, inner: httpx.BaseTransport, allowed: Callable[[Operation], bool]) -> None:
        self._inner = inner
        self._allowed = allowed

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass an allowed request on.

        Raises:
            ReadOnly: it is not on the list, or its operation is not known; nothing was sent.
        """
        name = str(request.extensions.get(OPERATION, "an unnamed operation"))
        operation = OPERATIONS.get(name)
        if operation is None or not self._allowed(operation) or request.method != operation.method:
            raise ReadOnly(
                told(
                    "{name} is not on the list of operations that this client may send: nothing was sent",
                    name=name,
                ),
                operation=name,
                why=_("a client made for reading, IAM or sending refuses all the rest in its transport"),
                arrived=False,
            )
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close what is behind."""
        self._inner.close()
