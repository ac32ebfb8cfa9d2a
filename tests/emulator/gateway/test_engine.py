"""The gateway's part: routes, sizes, projects, headers, several processes on one file."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from smsconf.emulator.gateway.engine import BODY_LIMIT, Engine, Settings
from tests.emulator.conftest import MONDAY, Service, signed_headers


def test_story_from_app_to_sendable_template(service: Service) -> None:
    """An app, a signature and a template are created, reviewed by the calendar and listed as approved."""
    app = service.app()
    signature = service.signature(app["id"])
    template = service.template(app["id"], signature["id"])
    assert service.show("signature", signature["id"])["status"] == "PENDING_REVIEW"
    assert service.show("template", template)["flow_status"] == "SignReviewing"
    service.advance("P14D")
    shown = service.show("signature", signature["id"])
    assert shown["status"] == "REVIEW_PROCESSING_COMPLETED"
    assert shown["channel_num"].isdigit()
    listed = service.call("GET", "/templates", app_key=app["app_key"], region="cn").json
    assert listed["total"] == 1
    assert listed["results"][0]["flow_status"] == "Adopted"
    assert len(listed["results"][0]["template_id"]) == 32


def test_every_answer_carries_request_id_and_both_times(service: Service) -> None:
    """Date is real time, X-Emulator-Now virtual time, and request ids never repeat."""
    service.advance("P1D")
    first, second = service.call("GET", "/apps"), service.call("GET", "/nowhere")
    assert first.headers["date"] == "Mon, 05 Jan 2026 01:00:00 GMT"
    assert first.headers["x-emulator-now"] == "2026-01-06T01:00:00Z"
    assert first.headers["content-length"] == str(len(first.response.body))
    assert len({first.headers["x-request-id"], second.headers["x-request-id"]}) == 2
    assert second.json["request_id"] == second.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "target", "status", "code"),
    [
        ("GET", "/v2/{project}/msgsms/nothing", 404, "APIGW.0101"),
        ("PATCH", "/v2/{project}/msgsms/apps", 404, "APIGW.0101"),
        ("DELETE", "/v2/{project}/msgsms/apps/x", 404, "APIGW.0101"),
        ("GET", "/", 404, "APIGW.0101"),
        ("GET", "/v2/ffffffffffffffffffffffffffffffff/msgsms/apps", 403, "APIGW.0310"),
        ("GET", "/v2/%7Bproject_id%7D/msgsms/apps", 403, "APIGW.0310"),
    ],
)
def test_gateway_refuses_unknown_routes_and_projects(
    service: Service, method: str, target: str, status: int, code: str
) -> None:
    """What the service does not offer is the gateway's 404; another project is its 403."""
    reply = service.send(method, target.format(project=service.settings.project_id))
    assert (reply.status, reply.code) == (status, code)


def test_gateway_refuses_a_body_over_twelve_megabytes(service: Service) -> None:
    """One byte more than 12 MB is 413 APIGW.0201."""
    target = f"/v2/{service.settings.project_id}/msgsms/apps"
    assert service.send("POST", target, b" " * BODY_LIMIT).code == "MSGSMS.0002"
    reply = service.send("POST", target, b" " * (BODY_LIMIT + 1))
    assert (reply.status, reply.code) == (413, "APIGW.0201")


def test_ids_are_the_same_in_every_fresh_database(make_service: Callable[..., Service]) -> None:
    """The same requests give the same ids, keys and secrets; other requests give others."""
    first, second = make_service(), make_service()
    assert first.app(show_secret=True) == second.app(show_secret=True)
    first.app()
    assert len({app["id"] for app in first.call("GET", "/apps").json["results"]}) == 2


def test_state_survives_a_new_engine_on_the_same_file(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    """Objects and virtual time are in the file, not in the process."""
    database = tmp_path / "one.db"
    first, second = make_service(database), make_service(database)
    app = first.app()
    second.advance("PT5H")
    assert second.show("app", app["id"])["app_name"] == "shop"
    assert first.call("GET", "/apps").headers["x-emulator-now"] == "2026-01-05T06:00:00Z"


def test_database_of_another_version_is_refused(tmp_path: Path) -> None:
    """A file with an unknown schema is not touched."""
    path = tmp_path / "old.db"
    Engine(path).close()
    import sqlite3

    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ValueError, match="another version"):
        Engine(path)


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A text file is named and left as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at by a database" * 20)
    with pytest.raises(ValueError, match=r"notes\.txt: file is not a database"):
        Engine(path)
    assert path.read_text().startswith("not a database")


def _open_many(folder: Path, count: int) -> None:
    for number in range(count):
        Engine(folder / f"{number}.db").close()


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """Whoever comes first makes the tables; nobody is turned away because the file is busy."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(_open_many, [(tmp_path, 60)] * 4, chunksize=1)
    assert len(list(tmp_path.glob("*.db"))) == 60


def test_unknown_site_is_refused(tmp_path: Path) -> None:
    """A site outside the table is named in the error."""
    with pytest.raises(ValueError, match="moon"):
        Engine(tmp_path / "x.db", Settings(site="moon"))


def _create_many(path: Path, who: int, count: int) -> list[Any]:
    engine = Engine(path, Settings(app_quota=1000), real_clock=lambda: MONDAY)
    ids = []
    for number in range(count):
        body = json.dumps({"app_name": f"{who}-{number}", "region": "cn"}).encode()
        target = f"/v2/{engine.settings.project_id}/msgsms/apps"
        response = engine.handle(
            "POST", target, signed_headers(engine.settings, "POST", target, body, MONDAY), body
        )
        ids.append(json.loads(response.body)["id"])
    engine.close()
    return ids


def test_several_processes_share_one_new_file(tmp_path: Path) -> None:
    """Processes that open and fill one new file at the same time lose nothing and repeat no id."""
    path = tmp_path / "shared.db"
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        made = pool.starmap(_create_many, [(path, who, 40) for who in range(3)])
    ids = [remote_id for part in made for remote_id in part]
    assert len(set(ids)) == 120


def test_threads_share_one_engine(make_service: Callable[..., Service]) -> None:
    """Calls from many threads are answered one after the other, and the quota holds."""
    service = make_service(app_quota=50)
    with ThreadPoolExecutor(8) as pool:
        replies = list(
            pool.map(
                lambda n: service.call("POST", "/apps", {"app_name": f"a{n}", "region": "cn"}), range(80)
            )
        )
    assert [reply.status for reply in replies].count(200) == 50
    assert service.call("GET", "/apps-count", region="cn").json == {"total": 50, "used": 50}
