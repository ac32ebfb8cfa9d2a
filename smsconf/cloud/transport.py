"""How requests leave: signing, the guard of read-only clients, the connection and its proxy.

Builds and sends no request of its own (``client`` does) and looks for no credentials (``credentials`` does).

Written from https://support.huaweicloud.com/devg-apisign/api-sign-algorithm.html and the traffic of
``huaweicloudsdkcore`` 3.1.219.
"""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.request import getproxies, proxy_bypass

import httpx

from smsconf import signing
from smsconf.cloud.operations import OPERATIONS
from smsconf.errors import ReadOnly, Unreachable

OPERATION = "smsconf.operation"  # names the operation in the extensions of a request

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
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("\"#'$%&*/|<>{}[];?!\\ \r\n\t", "_"))


def utc_now() -> datetime:
    """Return the real time; signing never uses the service's."""
    return datetime.now(UTC)


class ServiceAuth(httpx.Auth):
    """Credentials on their way; ``secrets`` are what no output may hold."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values to keep out of every text."""
        return ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class SigningAuth(ServiceAuth):
    """Signs with an access key and a secret key; temporary keys bring a security token along."""

    requires_request_body = True

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

    @property
    def secrets(self) -> tuple[str, ...]:
        """Both keys and the security token."""
        return (self._access_key, self._secret_key, self._security_token or "")

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
        payload = signing.payload_hash(request.content, headers)
        canonical = signing.canonical_request(request.method, path, query, headers, signed, payload)
        signature = signing.signature(self._secret_key, date, canonical)
        request.headers["Authorization"] = signing.authorization(self._access_key, signed, signature)
        yield request


class TokenAuth(ServiceAuth):
    """Sends a project token."""

    def __init__(self, token: str, *, project_id: str | None = None) -> None:
        self._token = token
        self._project_id = project_id

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self._token,)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token."""
        request.headers["X-Auth-Token"] = self._token
        if self._project_id:
            request.headers["X-Project-Id"] = self._project_id
        yield request


class ReadGuard(httpx.BaseTransport):
    """Lets only operations through that read; a request that does not say what it is stays here too."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a reading request on.

        Raises:
            ReadOnly: it writes, or its operation is not known; nothing was sent.
        """
        name = str(request.extensions.get(OPERATION, "an unnamed operation"))
        operation = OPERATIONS.get(name)
        if operation is None or not operation.reads or request.method != operation.method:
            raise ReadOnly(
                f"{name} is not on the list of operations that read: nothing was sent",
                operation=name,
                why="this command only reads, and its client refuses everything else",
                arrived=False,
            )
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close what is behind."""
        self._inner.close()


class Upload(NamedTuple):
    """A file to send: its name as the service shall show it, and its bytes."""

    name: str
    content: bytes


def multipart(upload: Upload) -> tuple[str, bytes]:
    """Return content type and body of an upload, as the vendor's SDK writes them: one part named ``file``.

    The service takes names of at most 64 characters without blanks and most punctuation.
    """
    stem, dot, suffix = upload.name.rpartition(".")
    name = f"{stem[: 63 - len(suffix)]}{dot}{suffix}" if stem else suffix[:64]
    name = name.translate(_FORBIDDEN_IN_NAMES)
    boundary = hashlib.sha256(upload.content).hexdigest()[:32]  # no file contains its own digest
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = b"".join((head.encode(), upload.content, f"\r\n--{boundary}--\r\n".encode()))
    return f"multipart/form-data; boundary={boundary}", body


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine: ``localhost`` or a loopback address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def open_connection(base_url: httpx.URL, *, connections: int) -> httpx.BaseTransport:
    """Open a transport to one host: straight to loopback, else through the environment's proxy if any.

    Raises:
        Unreachable: the proxy's address cannot be used.
    """
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    if is_loopback(base_url.host):
        # plain http needs no certificates: loading the system's costs more than a whole plan's requests
        verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if base_url.scheme == "http" else True
        return httpx.HTTPTransport(verify=verify, trust_env=False, limits=limits)
    try:
        return httpx.HTTPTransport(proxy=_proxy_for(base_url), limits=limits)
    except (ValueError, ImportError, httpx.InvalidURL) as problem:
        reason = type(problem).__name__
    raise Unreachable(
        f"the proxy that the environment names cannot be used ({reason})",
        fix="set HTTPS_PROXY to http://HOST:PORT, or NO_PROXY to the service's host",
        arrived=False,
    )


def _proxy_for(url: httpx.URL) -> str | None:
    if proxy_bypass(url.host):
        return None
    proxies = getproxies()
    return proxies.get(url.scheme) or proxies.get("all")
