"""What happens to the emulator: crowds, kill -9, full disks, files it can not use."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smsconf.cli import main
from smsconf.emulator.gateway.engine import Engine, Settings
from tests.conformance.server import BASE, SETTINGS, Server
from tests.emulator.conftest import signed_headers

PROCESSES, THREADS = 4, 50
MANY = Settings(app_quota=100_000)

pytestmark = pytest.mark.checks("survival")


def app(name: str) -> bytes:
    return json.dumps({"app_name": name, "region": "cn"}).encode()


def signed(method: str, target: str, body: bytes = b"") -> dict[str, str]:
    return dict(signed_headers(SETTINGS, method, target, body, datetime.now(UTC)))


def create_in_process(database: Path, who: int) -> list[tuple[int, Any]]:
    """Create apps from 50 threads at once on an engine of this process's own."""
    engine = Engine(database, MANY)
    start = threading.Barrier(THREADS)

    def create(number: int) -> tuple[int, Any]:
        body = app(f"{who}-{number}")
        start.wait()
        headers = list(signed("POST", f"{BASE}/apps", body).items())
        answer = engine.handle("POST", f"{BASE}/apps", headers, body)
        return answer.status, json.loads(answer.body)

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(create, range(THREADS)))
    engine.close()
    return answers


def create_over_http(port: int, who: int) -> list[tuple[int, Any]]:
    """Create apps from 50 connections at once."""
    start = threading.Barrier(THREADS)

    def create(number: int) -> tuple[int, Any]:
        body = app(f"{who}-{number}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        start.wait()
        connection.request("POST", f"{BASE}/apps", body, signed("POST", f"{BASE}/apps", body))
        response = connection.getresponse()
        answer = response.status, json.loads(response.read())
        connection.close()
        return answer

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(create, range(THREADS)))


def listed(database: Path) -> list[str]:
    """Return the names of all apps, read page by page by a fresh engine."""
    engine = Engine(database, MANY)
    names: list[str] = []
    total = 1
    while len(names) < total:
        target = f"{BASE}/apps?limit=500&offset={len(names)}"
        answer = engine.handle("GET", target, list(signed("GET", target).items()), b"")
        page = json.loads(answer.body)
        total = page["total"]
        names += [row["app_name"] for row in page["results"]]
        assert page["results"] or not total
    engine.close()
    return names


@pytest.mark.parametrize("over", ["one file", "one server"])
def test_crowd_of_processes_loses_nothing(tmp_path: Path, over: str) -> None:
    """200 requests at once from four processes: every one is answered, every write is there, no id twice."""
    database = tmp_path / "shared.db"
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        if over == "one file":
            parts = pool.starmap(create_in_process, [(database, who) for who in range(PROCESSES)])
        else:
            with Server(database, "--app-quota", "100000") as server:
                parts = pool.starmap(create_over_http, [(server.port, who) for who in range(PROCESSES)])
    answers = [answer for part in parts for answer in part]
    assert {status for status, _ in answers} == {200}
    assert len({made["id"] for _, made in answers}) == PROCESSES * THREADS
    assert sorted(listed(database)) == sorted(made["app_name"] for _, made in answers)


def write_until_killed(server: Server, round_: int, kept: list[str]) -> None:
    """Create apps until the connection breaks; remember those that were answered."""
    for number in range(100_000):
        name = f"{round_}-{number}"
        try:
            status, _ = server.call("POST", "/apps", {"app_name": name, "region": "cn"})
        except (OSError, http.client.HTTPException):
            return
        assert status == 200
        kept.append(name)


def test_killing_the_server_loses_no_answered_write(tmp_path: Path) -> None:
    """Ten times kill -9 in the middle of writes: each answered write is there, the file is whole."""
    database = tmp_path / "e.db"
    kept: list[str] = []
    for round_ in range(10):
        server = Server(database, "--app-quota", "100000")
        before = len(kept)
        writer = threading.Thread(target=write_until_killed, args=(server, round_, kept))
        writer.start()
        while len(kept) < before + 15 + round_:
            assert writer.is_alive()
        server.process.send_signal(signal.SIGKILL)
        writer.join(timeout=30)
        server.process.communicate()
    names = listed(database)
    assert set(kept) <= set(names)
    assert len(names) <= len(kept) + 10  # at most the one that was never answered, each time
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


# A process that may not write a file beyond so many bytes: for SQLite, a full disk.
LIMITED = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"


# The superuser may write everything; without its capabilities it is bound by the modes of files it owns.
HUMBLE = (
    "import ctypes, sys; sys.platform == 'linux' and ctypes.CDLL(None).capset("
    "(ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)());"
)


def run(folder: Path, *arguments: str, first: str = "") -> tuple[int, str, str]:
    """Run the command line in a process of its own; return exit code, stdout and stderr."""
    code = f"{first}from smsconf.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


PROJECT = "version: 1\nprovider: {emulator: {database: e.db}}\napps: {shop: {region: cn}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project whose emulator's file is ``e.db``."""
    (tmp_path / "smsconf.yaml").write_text(PROJECT)
    return tmp_path


COMMANDS = {
    "serve": ("emulator", "serve", "--database", "e.db"),
    "advance": ("emulator", "advance", "P1D"),
    "reset": ("emulator", "reset"),
    "plan": ("plan",),
}


def other_version(path: Path) -> None:
    Engine(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def other_site(path: Path) -> None:
    Engine(path, Settings(site="international")).close()


def other_program(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE invoice (number TEXT)")
    connection.close()


UNUSABLE = {
    "no database": (lambda path: path.write_text("not a database " * 100), "file is not a database"),
    "a folder": (lambda path: path.mkdir(), "it is a folder"),
    "another version": (other_version, "made by another version of the emulator (99)"),
    "another program": (other_program, "not a database of the emulator"),
    "another site": (other_site, "made for the site international, not china"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("case", UNUSABLE)
def test_file_that_can_not_be_used_is_one_line(
    project: Path, case: str, command: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """What is wrong with the file, and what to do: exit code 1 and no traceback."""
    monkeypatch.chdir(project)
    spoil, words = UNUSABLE[case]
    spoil(project / "e.db")
    if (case, command) == ("a folder", "serve"):
        words = "is a directory"  # a usage error, said by the option itself
    assert main.run(list(COMMANDS[command])) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert "e.db" in err
    assert "  = fix: " in err or words == "is a directory"


def test_site_of_a_file_is_known_without_being_told(tmp_path: Path) -> None:
    """``advance --database`` plays by the statuses of the site the file was made for."""
    other_site(tmp_path / "e.db")
    assert run(tmp_path, "emulator", "advance", "P1D", "--database", "e.db")[0] == 0
    with pytest.raises(ValueError, match="made for the site international"):
        Engine(tmp_path / "e.db")


@pytest.mark.parametrize("command", COMMANDS)
def test_file_that_may_not_be_written_is_one_line(project: Path, command: str) -> None:
    """A read-only file is named, with what to do: exit code 1 and no traceback."""
    path = project / "e.db"
    Engine(path).close()
    path.chmod(0o444)
    project.chmod(0o555)
    try:
        code, out, err = run(project, *COMMANDS[command], first=HUMBLE)
    finally:
        project.chmod(0o755)
    assert (code, out) == (1, "")
    assert "cannot open the emulator's database" in err
    assert "  = fix: make the file and its folder writable" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", COMMANDS)
def test_full_disk_at_the_start_is_one_line(project: Path, command: str) -> None:
    """No room for a new file: exit code 1, one line with what to do, no traceback."""
    code, out, err = run(project, *COMMANDS[command], first=LIMITED.format(size=8192))
    assert (code, out) == (1, "")
    assert "cannot open the emulator's database" in err
    assert "  = fix: make room on the disk" in err
    assert "Traceback" not in err


def test_full_disk_in_the_middle_is_a_clear_answer(tmp_path: Path) -> None:
    """Writes fail with 500 and the reason, nothing of them is kept, the server goes on and says no more."""
    database = tmp_path / "e.db"
    limit = LIMITED.format(size=600_000)
    code = f"{limit}from smsconf.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *COMMANDS["serve"][:-1], str(database), "--app-quota", "100000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    port = int(process.stdout.readline().rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    made = 0
    for number in range(2000):
        body = app(f"{number}-{'x' * 50}")
        connection.request("POST", f"{BASE}/apps", body, signed("POST", f"{BASE}/apps", body))
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            break
        made += 1
    assert (response.status, answer["error_code"]) == (500, "MSGSMS.0001")
    assert answer["error_detail"].startswith(f"the emulator's database {database}: ")
    status = 200
    while status == 200:  # a little room may be left: this one writes less
        connection.request("GET", "/_emulator/health")
        response = connection.getresponse()
        status, answer = response.status, json.loads(response.read())
    assert (status, list(answer)) == (500, ["error"])
    connection.close()
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=15) == ("", "")
    assert process.returncode == 0
    assert made > 10
    assert len(listed(database)) == made
