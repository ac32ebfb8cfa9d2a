"""Which account a client speaks to: known from its host, on this machine from what answers."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from smsconf.cloud.http.client import Client
from smsconf.cloud.http.inprocess import InProcessTransport
from smsconf.emulator.gateway.engine import Engine
from smsconf.model.errors import CloudBroken, CloudError
from smsconf.model.sites import SITES
from tests.cloud.worlds import PROJECT, Scripted, open_client, saying

EMPTY = {"results": [], "total": 0}


def answer(status: int = 200, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=EMPTY, headers=named)


def at(url: str, *answers: httpx.Response, region: str = "cn-north-4") -> Client:
    return open_client(saying(*(answers or (answer(),))), base_url=url, region=region)


@pytest.mark.parametrize(
    ("url", "region", "host"),
    [
        ("https://msgsms.cn-north-4.myhuaweicloud.com", "cn-north-4", ""),
        ("https://MSGSMS.cn-north-4.myhuaweicloud.com:443/", "cn-north-4", ""),
        (
            "https://msgsms.cn-north-4.myhuaweicloud.com:8443",
            "cn-north-4",
            "/msgsms.cn-north-4.myhuaweicloud.com:8443",
        ),
        (
            "https://msgsms.cn-south-1.myhuaweicloud.com",
            "cn-north-4",
            "/msgsms.cn-south-1.myhuaweicloud.com:443",
        ),
        ("https://msgsms.example", "my/region", "/msgsms.example:443"),
    ],
)
def test_scope_of_a_host_is_known_at_once(url: str, region: str, host: str) -> None:
    """Site, region and project name a real account; a host only where it is not the region's own."""
    with at(url, region=region) as client:
        assert client.scope == f"huaweicloud/china/{region.replace('/', '%2F')}/{PROJECT}{host}"


def test_scope_of_another_host_ignores_the_emulators_header() -> None:
    """A service cannot pretend to be an emulator: its header counts on this machine only."""
    with at("https://msgsms.example", answer(X_Emulator_Database="0123456789abcdef")) as client:
        before = client.scope
        client.call("ListAppDetails")
        assert client.scope == before == f"huaweicloud/china/cn-north-4/{PROJECT}/msgsms.example:443"


def test_scope_on_this_machine_is_known_after_an_answer() -> None:
    """Who is on this machine says it itself; asking before that is a mistake that is told."""
    with at("http://127.0.0.1:8080", answer(X_Emulator_Database="0123456789abcdef")) as client:
        assert client.known_scope is None
        with pytest.raises(CloudError, match=r"which account answers at 127\.0\.0\.1:8080"):
            client.scope  # noqa: B018 - the property raises
        client.call("ListAppDetails")
        assert client.scope == "emulator/china/0123456789abcdef"


@pytest.mark.parametrize("header", [None, "", "soon", "../../x", "0123456789ABCDEF\t", "a" * 200])
def test_scope_of_a_local_host_without_an_id_is_its_address(header: str | None) -> None:
    """A tunnel or a stand-in on this machine is an account of its own."""
    named = {} if header is None else {"X_Emulator_Database": header}
    with at("http://[::1]:8080", answer(**named)) as client:
        client.call("ListAppDetails")
        assert client.scope == f"huaweicloud/china/cn-north-4/{PROJECT}/::1:8080"


def test_failure_tells_no_scope_and_a_later_answer_does() -> None:
    """An emulator whose file cannot be read, or a proxy in front of it, knows no id."""
    named = answer(X_Emulator_Database="0123456789abcdef")
    with at("http://127.0.0.1", answer(500), answer(403), named) as client:
        with pytest.raises(CloudError):
            client.call("CreateApp", body={})
        assert client.known_scope is None
        with pytest.raises(CloudError):
            client.call("CreateApp", body={})
        assert client.known_scope is None
        client.call("ListAppDetails")
        assert client.scope == "emulator/china/0123456789abcdef"


def test_refusal_that_names_its_database_tells_the_scope() -> None:
    """Even where nothing may be read, it is known whose account it is."""
    with at("http://127.0.0.1", answer(403, X_Emulator_Database="0123456789abcdef")) as client:
        with pytest.raises(CloudError):
            client.call("ListAppDetails")
        assert client.scope == "emulator/china/0123456789abcdef"


def test_client_stops_when_another_database_answers() -> None:
    """What was read of one database decides nothing about the next."""
    first, second = answer(X_Emulator_Database="0" * 16), answer(X_Emulator_Database="1" * 16)
    with at("http://127.0.0.1", first, second) as client:
        client.call("ListAppDetails")
        with pytest.raises(CloudBroken, match="another database answers") as caught:
            client.call("ListAppDetails")
        assert caught.value.arrived is True
        assert client.scope == f"emulator/china/{'0' * 16}"


def test_answer_without_an_id_says_nothing_against_the_others() -> None:
    """What stands before an emulator may answer a request itself, the first one too."""
    named = answer(X_Emulator_Database="0123456789abcdef")
    with at("http://127.0.0.1", answer(), named, answer()) as client:
        for _ in range(3):
            client.call("ListAppDetails")
        assert client.scope == "emulator/china/0123456789abcdef"


def test_database_is_the_same_in_process_and_served_and_new_after_a_reset(tmp_path: Path) -> None:
    """The file's id goes with the file, however it is reached, and a reset makes another database of it."""

    def scope(engine: Engine, url: str) -> str:
        transport = Scripted(InProcessTransport(engine.handle).handle_request)
        settings = {"base_url": url, "project_id": engine.settings.project_id, "region": "cn-north-4"}
        with open_client(transport, site=SITES["china"], **settings) as client:
            client.call("ListAppDetails")
            return client.scope

    engine = Engine(tmp_path / "emulator.db")
    first = scope(engine, "http://127.0.0.1")
    assert scope(engine, "http://localhost:4711") == first
    again = Engine(tmp_path / "emulator.db")
    assert scope(again, "http://127.0.0.1") == first
    reset = again.handle("POST", "/_emulator/reset", [], b"")
    assert f"emulator/china/{dict(reset.headers)['X-Emulator-Database']}" == scope(engine, "http://127.0.0.1")
    assert scope(engine, "http://127.0.0.1") != first
    other = Engine(tmp_path / "other.db")
    assert scope(other, "http://127.0.0.1") not in {first, scope(engine, "http://127.0.0.1")}
    for one in (engine, again, other):
        one.close()


def test_database_of_an_older_file_gets_an_id_once(tmp_path: Path) -> None:
    """A file that was made before ids is opened as it is, and named for good."""
    engine = Engine(tmp_path / "emulator.db")
    with engine._store.transaction():
        engine._store.connection.execute("DELETE FROM meta WHERE name = 'database'")
    engine.close()
    found = []
    for _ in range(2):
        engine = Engine(tmp_path / "emulator.db")
        found.append(dict(engine.handle("GET", "/_emulator/health", [], b"").headers)["X-Emulator-Database"])
        engine.close()
    assert found[0] == found[1]
    assert len(found[0]) == 16
