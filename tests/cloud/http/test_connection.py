"""Proxies and certificates, played on loopback: who is asked, who is trusted, and what a failure says."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from smsconf.cloud.auth.connect import connect
from smsconf.cloud.http.probe import probe
from smsconf.model.errors import CloudError, Unreachable
from tests.cloud.auth.test_connect import KEYS, Provider
from tests.cloud.worlds import PROJECT, open_client, serving

TLS = Path(__file__).parents[2] / "data" / "tls"
AUTHORITY = TLS / "authority.pem"
AUTHORITY_HASH = "07463785.0"  # the name by which OpenSSL looks for it in a folder
SERVICE = "https://msgsms.cn-north-4.myhuaweicloud.com"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the machine's own proxies and certificates."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class Answering(BaseHTTPRequestHandler):
    """Answers everything with an empty list."""

    def do_GET(self) -> None:
        body = b'{"results": [], "total": 0}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Stay silent."""


class Quiet(ThreadingHTTPServer):
    """A server that says nothing about clients that break off a handshake."""

    daemon_threads = True
    accepted = 0

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        self.accepted += 1
        return super().get_request()

    def handle_error(self, *_args: object) -> None:
        """Stay silent."""


@contextlib.contextmanager
def speaking_tls(certificate: str) -> Iterator[Quiet]:
    """Run a server on loopback that speaks TLS with one of our certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / certificate)

    class Secure(Quiet):
        def finish_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:
            with context.wrap_socket(request, server_side=True) as wrapped:
                super().finish_request(wrapped, client_address)

    server = Secure(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def secure() -> Iterator[Quiet]:
    """Give a server with a good certificate."""
    with speaking_tls("server.pem") as server:
        yield server


@pytest.fixture
def proxy(secure: Quiet) -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """Give a proxy that takes every CONNECT to our own server, and what it was asked."""
    asked: list[tuple[str, dict[str, str]]] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            with socket.create_connection(secure.server_address[:2]) as other:
                self.send_response(200)
                self.end_headers()
                there = threading.Thread(target=copy, args=(self.connection, other), daemon=True)
                there.start()
                copy(other, self.connection)
            self.close_connection = True

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    with serving(Proxy) as url:
        yield url, asked


def copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def refusal(url: str) -> CloudError:
    with open_client(None, base_url=url) as client, pytest.raises(Unreachable) as caught:
        client.list_all("ListAppDetails")
    return caught.value


def at(server: Quiet) -> str:
    return f"https://127.0.0.1:{server.server_address[1]}"


def test_unknown_authority_is_explained_and_not_tried_again(secure: Quiet) -> None:
    """A certificate that nobody vouches for: no request leaves, and the fix names the variable."""
    error = refusal(at(secure))
    assert error.arrived is False
    assert "certificate authority" in (error.why or "")
    assert "SSL_CERT_FILE" in (error.fix or "")
    assert secure.accepted == 1


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_authority_of_the_environment_is_trusted(
    secure: Quiet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """A file with PEM certificates, or a folder of them as OpenSSL wants it."""
    (tmp_path / AUTHORITY_HASH).write_bytes(AUTHORITY.read_bytes())
    monkeypatch.setenv(name, str(AUTHORITY if name == "SSL_CERT_FILE" else tmp_path))
    with open_client(None, base_url=at(secure)) as client:
        assert client.list_all("ListAppDetails") == []


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authority_that_cannot_be_read_is_explained(
    secure: Quiet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    """No such file, or nothing in it: which variable, and what belongs there."""
    path = tmp_path / "authority.pem"
    if content:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(Unreachable, match="cannot be read") as caught:
        open_client(None, base_url=at(secure))
    assert f"SSL_CERT_FILE={path}" in caught.value.message
    assert "PEM" in (caught.value.fix or "")


def test_expired_certificate_is_explained(monkeypatch) -> None:
    """It may be this machine's clock as well."""
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))
    with speaking_tls("expired.pem") as server:
        error = refusal(at(server))
    assert "out of date, or this machine's clock is" in (error.why or "")


def test_server_without_tls_is_explained() -> None:
    """An https url that leads to plain http."""
    with serving(Answering) as url:
        error = refusal(url.replace("http:", "https:"))
    assert "does not speak TLS" in (error.why or "")
    assert error.arrived is False


def test_service_is_reached_through_the_proxy_and_it_sees_nothing(proxy, monkeypatch) -> None:
    """The real host's name, its certificate checked; the proxy gets host and port, and no credentials."""
    url, asked = proxy
    monkeypatch.setenv("HTTPS_PROXY", url.replace("//", "//jane:secret@"))
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))
    with connect(Provider(project_id=PROJECT), KEYS, read_only=True) as client:
        assert client.list_all("ListAppDetails") == []
    ((target, headers),) = asked
    assert target == "msgsms.cn-north-4.myhuaweicloud.com:443"
    assert base64.b64decode(headers["proxy-authorization"].split()[1]) == b"jane:secret"
    assert not headers.keys() & {"authorization", "x-auth-token", "x-project-id", "x-sdk-date"}


def test_certificate_for_another_host_is_refused(proxy, monkeypatch) -> None:
    """A trusted authority does not make one host another."""
    url, _ = proxy
    monkeypatch.setenv("https_proxy", url)
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))
    error = refusal("https://msgsms.cn-south-1.myhuaweicloud.com")
    assert "another host" in (error.why or "")


@pytest.mark.parametrize("exempt", ["invalid", ".invalid", "*", "elsewhere.example, msgsms.invalid"])
def test_exempt_host_is_reached_without_the_proxy(proxy, monkeypatch, exempt: str) -> None:
    """NO_PROXY by name, by domain, or for all."""
    url, asked = proxy
    monkeypatch.setenv("HTTPS_PROXY", url)
    monkeypatch.setenv("NO_PROXY", exempt)
    assert refusal("https://msgsms.invalid").arrived is False
    assert asked == []


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_never_reached_through_a_proxy(
    secure: Quiet, monkeypatch: pytest.MonkeyPatch, variable: str, host: str
) -> None:
    """Whatever the environment says: a proxy elsewhere cannot know what is on this machine."""
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))
    with open_client(None, base_url=at(secure).replace("127.0.0.1", host)) as client:
        assert client.list_all("ListAppDetails") == []


def test_password_of_the_proxy_is_in_no_error(monkeypatch) -> None:
    """A proxy that sends it back, as it came or as it reads it, in the reason it gives."""
    secret = "pässword/of the proxy"

    class Refusing(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            sent = self.headers["Proxy-Authorization"]
            self.send_response(407, f"not {sent} not {quote(secret)}")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    with serving(Refusing) as url:
        monkeypatch.setenv("HTTPS_PROXY", url.replace("//", f"//jane:{quote(secret, safe='')}@"))
        with (
            open_client(None, base_url="https://sms.example.com") as client,
            pytest.raises(CloudError) as caught,
        ):
            client.call("ListSendCountryDetails")
        with pytest.raises(CloudError) as knocked:
            probe("https://sms.example.com", patience=5)
    for error in (caught.value, knocked.value):
        told = f"{error} {error.message} {error.why} {error.fix}"
        assert "***" in told
        assert quote(secret) not in told
        assert base64.b64encode(f"jane:{secret}".encode()).decode() not in told


@pytest.mark.parametrize(("address", "reason"), [("socks5://127.0.0.1:9", "ImportError"), ("ftp://x", "")])
def test_proxy_that_cannot_be_used_is_refused_at_once(monkeypatch, address: str, reason: str) -> None:
    """A kind of proxy that needs a package that is not here, or that nobody knows: nothing is sent."""
    monkeypatch.setattr("smsconf.cloud.http.connection.find_spec", lambda _name: None)
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(Unreachable, match=f"proxy .* cannot be used \\({reason}") as caught:
        open_client(None, base_url="https://sms.example.com")
    assert caught.value.arrived is False
    assert "HTTPS_PROXY" in (caught.value.fix or "")
