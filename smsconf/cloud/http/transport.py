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
from typing import Protocol

import httpx

from smsconf import signing
from smsconf.cloud.http.operations import OPERATIONS, Operation
from smsconf.language import _, told
from smsconf.model.errors import ReadOnly

OPERATION = "smsconf.operation"  # names the operation in the extensions of a request

MOST_PROOFS = 64  # more requests are not on their way at a time
_TOKEN_HEADER = "X-Auth-Token"  # noqa: S105 - the name of a header

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
    """Credentials on their way; ``secrets`` are what no output may hold."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values to keep out of every text."""
        return ()

    @property
    def proofs(self) -> tuple[str, ...]:
        """The newest signatures or digests that were made of them: as good as they are, for a while."""
        return ()

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
        self._access_key = access_key
        self._secret_key = secret_key
        self._security_token = security_token
        self._project_id = project_id
        self._now = now
        self._proofs: deque[str] = deque(maxlen=MOST_PROOFS)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Both keys and the security token."""
        return (self._access_key, self._secret_key, self._security_token or "")

    @property
    def proofs(self) -> tuple[str, ...]:
        """The newest signatures."""
        return tuple(self._proofs)

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


class TokenSource(Protocol):
    """Where project tokens come from."""

    def current(self) -> str:
        """Return a token that has not expired as far as is known."""

    def renew(self, refused: str) -> bool:
        """Get another token than the refused one; ``False`` if there is no way to."""

    def known(self) -> tuple[str, ...]:
        """Return what to keep out of every text."""


class FixedToken:
    """A token that was handed to us; nobody but its owner can get a newer one."""

    def __init__(self, token: str) -> None:
        self._token = token

    def current(self) -> str:
        """Return the token."""
        return self._token

    def renew(self, refused: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Say that it cannot."""
        return False

    def known(self) -> tuple[str, ...]:
        """Return the token."""
        return (self._token,)


class TokenAuth(ServiceAuth):
    """Sends a project token; :meth:`renew` after it was refused."""

    def __init__(self, tokens: TokenSource, *, project_id: str | None = None) -> None:
        self._tokens = tokens
        self._project_id = project_id

    @property
    def secrets(self) -> tuple[str, ...]:
        """The tokens."""
        return self._tokens.known()

    def renew(self, request: httpx.Request) -> bool:
        """Get a newer token than the one this request brought; one fetch does for many requests."""
        return self._tokens.renew(request.headers.get(_TOKEN_HEADER, ""))

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token."""
        request.headers[_TOKEN_HEADER] = self._tokens.current()
        if self._project_id:
            request.headers["X-Project-Id"] = self._project_id
        yield request


class Password(ServiceAuth):
    """A password travels in the body of one request to IAM: nothing to add, something to keep quiet."""

    def __init__(self, password: str) -> None:
        self._password = password

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password."""
        return (self._password,)


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


def only_reads(inner: httpx.BaseTransport) -> OperationGuard:
    """Guard a transport for a client made for reading."""
    return OperationGuard(inner, lambda operation: operation.reads)


def only_iam(inner: httpx.BaseTransport) -> OperationGuard:
    """Guard a transport for exchanges with IAM."""
    return OperationGuard(inner, lambda operation: operation.iam)


def only_sends(inner: httpx.BaseTransport) -> OperationGuard:
    """Guard a transport for the sending API."""
    return OperationGuard(inner, lambda operation: operation.sends)
