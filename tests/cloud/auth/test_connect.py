"""From a provider and the environment to a client; the emulator plays IAM too."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from smsconf.cloud.auth.connect import connect
from smsconf.cloud.auth.iam import find_project_id
from smsconf.model.errors import CloudError, Unauthorized
from tests.cloud.conftest import Emulated
from tests.cloud.worlds import AK, PROJECT, SK, open_client, recording_server, saying, serving

KEYS = {"HUAWEICLOUD_SDK_AK": AK, "HUAWEICLOUD_SDK_SK": SK}


@dataclass(frozen=True)
class Provider:
    site: str = "china"
    region: str = "cn-north-4"
    project_id: str | None = None
    endpoint: str | None = None


def bridge(emulated: Emulated) -> type[BaseHTTPRequestHandler]:
    """Put the engine behind a real socket."""

    class Bridge(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = emulated.engine.handle(self.command, self.path, list(self.headers.items()), body)
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names http.server looks for

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    return Bridge


def test_project_id_is_looked_up_by_the_region(emulated: Emulated) -> None:
    """Over a socket: on loopback one host is the service and IAM; both accept our signature."""
    with serving(bridge(emulated)) as url, connect(Provider(endpoint=url), KEYS, read_only=True) as client:
        assert client.project_id == PROJECT
        assert client.list_all("ListAppDetails") == []
    assert emulated.requests() == [("KeystoneListProjects", 200), ("ListAppDetails", 200)]


@pytest.mark.parametrize(
    ("provider", "environ", "expected"),
    [
        (Provider(project_id="1" * 32), {"HUAWEICLOUD_SDK_PROJECT_ID": "2" * 32}, "1" * 32),
        (Provider(), {"HUAWEICLOUD_SDK_PROJECT_ID": "2" * 32}, "2" * 32),
    ],
)
def test_known_project_id_is_not_asked_for(
    provider: Provider, environ: dict[str, str], expected: str
) -> None:
    """The files first, then what came with the keys; nothing is sent."""
    with connect(provider, KEYS | environ, read_only=True) as client:
        assert client.project_id == expected


@pytest.mark.parametrize(
    "projects", [[], [{"id": "1", "name": "x"}, {"id": "2", "name": "x"}], [{"id": "1", "name": "y"}]]
)
def test_project_must_be_the_only_one(projects: list[Any]) -> None:
    """None or several of that name: the error says how many and what to set."""
    answer = httpx.Response(200, json={"projects": projects})
    with open_client(saying(answer)) as iam, pytest.raises(Unauthorized) as caught:
        find_project_id(iam, "x")
    assert "projects named 'x'" in caught.value.message
    assert "provider.project_id" in (caught.value.fix or "")


def test_untrusted_endpoint_gets_nothing() -> None:
    """A pull request that points the endpoint elsewhere fails before credentials are even looked for."""
    provider = Provider(endpoint="https://evil.example")
    with pytest.raises(Unauthorized, match=r"evil\.example"), connect(provider, {}, read_only=True):
        pass


def test_endpoint_without_scheme_is_https() -> None:
    """As the vendor's SDK reads it."""
    provider = Provider(endpoint="sms.example.com", project_id=PROJECT)
    with connect(provider, KEYS | {"SMSCONF_TRUSTED_HOSTS": "sms.example.com"}, read_only=True) as client:
        assert client._base_url == "https://sms.example.com"


def test_unknown_region_names_the_known() -> None:
    """The error lists the site's regions."""
    with pytest.raises(CloudError) as caught, connect(Provider(region="mars-1"), KEYS, read_only=True):
        pass
    assert "cn-north-4, cn-south-1" in (caught.value.fix or "")


def test_unknown_region_works_with_a_trusted_endpoint_and_a_project() -> None:
    """A region that the table does not know yet needs no release of ours."""
    provider = Provider(region="af-south-9", project_id=PROJECT, endpoint="https://msgsms.af-south-9.example")
    trusting = KEYS | {"SMSCONF_TRUSTED_HOSTS": "msgsms.af-south-9.example"}
    with connect(provider, trusting, read_only=True) as client:
        assert client.project_id == PROJECT


@pytest.mark.parametrize("environ", [KEYS, {"SMSCONF_AUTH_TOKEN": "a-token"}])
def test_unknown_region_without_a_project_says_what_to_set(environ: dict[str, str]) -> None:
    """Nobody knows where its IAM is, so nothing is asked."""
    provider = Provider(region="af-south-9", endpoint="https://sms.example.com")
    trusting = environ | {"SMSCONF_TRUSTED_HOSTS": "sms.example.com"}
    with pytest.raises(Unauthorized) as caught, connect(provider, trusting, read_only=True):
        pass
    assert "provider.project_id" in (caught.value.fix or "")


@pytest.mark.parametrize("name", ["HW_AUTH_URL", "HUAWEICLOUD_SDK_IAM_ENDPOINT", "iam_endpoint"])
@pytest.mark.parametrize("path", ["", "/v3", "/v3/"])
def test_iam_is_where_the_credentials_say(emulated: Emulated, tmp_path: Path, name: str, path: str) -> None:
    """Each source has its own name for it; a version at the end is cut off, as Terraform's has one."""
    with serving(bridge(emulated)) as iam, recording_server({"results": [], "total": 0}) as (url, seen):
        environ = {"HW_AUTH_URL": f"{iam}{path}", "HW_ACCESS_KEY": AK, "HW_SECRET_KEY": SK}
        if name == "HUAWEICLOUD_SDK_IAM_ENDPOINT":
            environ = KEYS | {name: f"{iam}{path}"}
        elif name == "iam_endpoint":
            profile = tmp_path / "credentials"
            profile.write_text(f"[basic]\nak = {AK}\nsk = {SK}\niam_endpoint = {iam}{path}\n")
            environ = {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(profile)}
        with connect(Provider(endpoint=url), environ, read_only=True) as client:
            client.list_all("ListAppDetails")
    assert emulated.requests() == [("KeystoneListProjects", 200)]
    assert [one.path for one in seen] == [f"/v2/{PROJECT}/msgsms/apps"]


@pytest.mark.parametrize(
    "url", ["https://evil.example/v3", "http://iam.cn-north-4.myhuaweicloud.com/v3", "https://u:p@127.0.0.1"]
)
def test_untrusted_iam_gets_nothing(url: str) -> None:
    """A password goes only where keys may go."""
    person = {"HW_USER_NAME": "u", "HW_USER_PASSWORD": "p", "HW_DOMAIN_NAME": "d", "HW_AUTH_URL": url}
    with pytest.raises(Unauthorized, match="not"), connect(Provider(), person, read_only=True):
        pass


def test_project_is_looked_up_by_its_own_name(emulated: Emulated) -> None:
    """HW_PROJECT_NAME, else the region."""
    environ = {"HW_ACCESS_KEY": AK, "HW_SECRET_KEY": SK, "HW_PROJECT_NAME": "cn-north-4_dev"}
    with (
        serving(bridge(emulated)) as url,
        pytest.raises(Unauthorized, match="0 projects named 'cn-north-4_dev'"),
        connect(Provider(endpoint=url), environ, read_only=True),
    ):
        pass


def test_region_of_the_credentials_must_be_the_files() -> None:
    """Terraform's variables for another region are not used for this one by accident."""
    environ = {"HW_ACCESS_KEY": AK, "HW_SECRET_KEY": SK, "HW_REGION_NAME": "cn-south-1"}
    provider = Provider(project_id=PROJECT)
    with pytest.raises(Unauthorized) as caught, connect(provider, environ, read_only=True):
        pass
    assert "HW_REGION_NAME=cn-north-4" in (caught.value.fix or "")
    with connect(Provider(region="cn-south-1", project_id=PROJECT), environ, read_only=True) as client:
        assert client.credentials == "HW_ACCESS_KEY and HW_SECRET_KEY (environment), AK EMUL…RAK"


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan", "inf", "1e9"])
def test_timeout_must_be_seconds(value: str) -> None:
    """The variable and a value that works are named."""
    with (
        pytest.raises(CloudError, match="SMSCONF_TIMEOUT") as caught,
        connect(Provider(), KEYS | {"SMSCONF_TIMEOUT": value}, read_only=True),
    ):
        pass
    assert "SMSCONF_TIMEOUT to seconds" in (caught.value.fix or "")


def test_requests_are_limited_except_on_loopback() -> None:
    """The service's limit is unknown, so we keep one; this machine needs none."""
    with connect(Provider(project_id=PROJECT), KEYS, read_only=True) as client:
        assert client._limiter.rate == 20
    provider = Provider(project_id=PROJECT, endpoint="http://127.0.0.1:9")
    with connect(provider, KEYS, read_only=True) as client:
        assert client._limiter.rate is None


def test_temporary_keys_bring_their_token() -> None:
    """The security token travels, signed; the project does too."""
    environ = KEYS | {"HUAWEICLOUD_SDK_SECURITY_TOKEN": "temporary", "SMSCONF_TRUSTED_HOSTS": "127.0.0.1"}
    with ExitStack() as stack:
        url, seen = stack.enter_context(recording_server({}))
        provider = Provider(project_id=PROJECT, endpoint=url)
        client = stack.enter_context(connect(provider, environ, read_only=True))
        client.call("ListSendCountryDetails")
    headers = seen[0].headers
    assert (headers["x-security-token"], headers["x-project-id"]) == ("temporary", PROJECT)
    assert "x-security-token" in headers["authorization"]
