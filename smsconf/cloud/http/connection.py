"""The connection to one host: its proxy, its certificates, and an end to every request's time.

Sends nothing by itself and knows neither operations nor credentials (``transport`` does).

Written for httpx 0.28 on httpcore 1.
"""

from __future__ import annotations

import math
import os
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib.util import find_spec
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from smsconf.cloud.http.hosts import is_loopback
from smsconf.language import _, listed
from smsconf.model.errors import Unreachable

_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # OpenSSL's own names

_IDLE = 5.0  # seconds that an unused connection is kept
_CORES_OWN = (
    *(httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError),
    *(httpcore.ProxyError, httpcore.UnsupportedProtocol),
)

_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Bound everything that this thread reads and writes inside, all told.

    A time-out of httpx starts anew with every byte that arrives: a peer that sends one a minute would hold
    a request for ever.
    """
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def open_connection(base_url: httpx.URL, *, connections: int) -> httpx.BaseTransport:
    """Open a transport to one host: straight to loopback, else through the environment's proxy if any.

    Raises:
        Unreachable: the proxy's address or the certificates cannot be used.
    """
    certificates = _certificates(base_url)
    if is_loopback(base_url.host):
        return _Connection(certificates, connections)
    try:
        return _Connection(certificates, connections, _proxy_for(base_url, certificates))
    except (ValueError, ImportError, httpx.InvalidURL) as problem:
        reason = type(problem).__name__
    raise Unreachable(
        _("the proxy that the environment names cannot be used ({reason})").format(reason=reason),
        fix=_("set HTTPS_PROXY to http://HOST:PORT, or NO_PROXY to the service's host"),
        arrived=False,
    )


def _certificates(url: httpx.URL) -> ssl.SSLContext:
    """Return what to trust: the authorities the environment names, else those that come with httpx."""
    if url.scheme == "http":
        # no certificates are needed: loading the system's costs more than a whole plan's requests
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    file, folder = (os.environ.get(name) for name in _CERTIFICATES)
    try:
        if file or folder:
            return ssl.create_default_context(cafile=file or None, capath=folder or None)
        return httpx.create_ssl_context(trust_env=False)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or type(problem).__name__
    given = [f"{name}={os.environ[name]}" for name in _CERTIFICATES if os.environ.get(name)]
    raise Unreachable(
        _("the certificate authorities of {named} cannot be read ({reason})").format(
            named=listed(given, last="and"), reason=reason
        ),
        fix=_("set SSL_CERT_FILE to a file with PEM certificates, or unset it"),
        arrived=False,
    )


def proxy_of(base_url: str) -> str | None:
    """Return host and port of the proxy that requests to a url go through, without its password."""
    url = httpx.URL(base_url)
    address = None if is_loopback(url.host) else _proxy_address(url)
    return address.rpartition("@")[2].rpartition("://")[2].rstrip("/") if address else None


def proxy_secrets(url: httpx.URL) -> tuple[str, ...]:
    """Return the password of the proxy on the way to a url: what it answers may hold it."""
    address = None if is_loopback(url.host) else _proxy_address(url)
    with suppress(ValueError):
        password = urlsplit(address or "").password
        return (unquote(password),) if password else ()
    return ()


def _proxy_address(url: httpx.URL) -> str | None:
    if proxy_bypass(url.host):
        return None
    proxies = getproxies()
    return proxies.get(url.scheme) or proxies.get("all")


def _proxy_for(url: httpx.URL, certificates: ssl.SSLContext) -> httpcore.Proxy | None:
    address = _proxy_address(url)
    if not address:
        return None
    proxy = httpx.Proxy(address)
    if proxy.url.scheme.startswith("socks") and not find_spec("socksio"):
        raise ImportError("socksio")
    secure = certificates if proxy.url.scheme == "https" else None
    return httpcore.Proxy(_core_url(proxy.url), proxy.raw_auth, ssl_context=secure)


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


class _Connection(httpx.BaseTransport):
    """Connections of httpcore as a transport of httpx; their reads and writes end with :func:`time_limit`."""

    def __init__(
        self, certificates: ssl.SSLContext, connections: int, proxy: httpcore.Proxy | None = None
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=certificates,
            proxy=proxy,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_IDLE,
            network_backend=_Backend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with _as_httpx():
            answer = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    _core_url(request.url),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Raise an exception of httpcore as that of httpx, which has the same name."""
    try:
        yield
    except _CORES_OWN as problem:
        raise getattr(httpx, type(problem).__name__)(str(problem)) from problem


class _Backend(httpcore.NetworkBackend):
    """Sockets as httpcore opens them, with the time limit put upon them."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        allowed = _allowed(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.connect_tcp(host, port, allowed, local_address, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _allowed(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _allowed(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        allowed = _allowed(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, allowed))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        return self._inner.get_extra_info(info)


def _allowed(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    """Return the seconds a step may take.

    Raises:
        TimeoutException: none are left.
    """
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise late(_("the whole request took too long"))
    if timeout is None:
        return None if math.isinf(left) else left
    return min(timeout, left)
