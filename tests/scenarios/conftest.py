"""A project in a folder, the real command line, and the emulator behind it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from smsconf import signing
from smsconf.cli.main import run
from smsconf.emulator.gateway.engine import Engine, Settings, site_of

PROJECT = """\
version: 1
provider:
  emulator: {database: .smsconf/emulator.db}
apps:
  shop: {region: cn, name: shop_prod, reply_url: "https://sms.example.com/replies"}
  abroad: {region: intl}
signatures:
  shop-notice: {app: shop, name: 示例商城, type: notification, qualification: q-1234}
templates:
  order-shipped:
    app: shop
    signature: shop-notice
    content: 您的订单{order}已发货，预计{day}送达。
    variables:
      order: {type: alphanumeric, max_length: 12, description: 订单号}
      day: {type: datetime}
  refund:
    app: shop
    signature: shop-notice
    content: 您的退款已到账。
  hello:
    app: abroad
    content: Your parcel is on its way.
    countries: [Singapore, BR]
"""

MONDAY = "2026-01-05T09:00:00+08:00"  # a working day, as the reviewers' office opens


def signed(engine: Engine, method: str, target: str, body: bytes, now: Any) -> Any:
    """Send one signed request to an engine."""
    settings = Settings()
    headers = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        signing.DATE_HEADER: now.strftime(signing.DATE_FORMAT),
    }
    path, _, query = target.partition("?")
    payload = signing.payload_hash(body, headers)
    canonical = signing.canonical_request(method, path, query, headers, headers, payload)
    mac = signing.signature(settings.secret_key, headers[signing.DATE_HEADER], canonical)
    headers["Authorization"] = signing.authorization(settings.access_key, list(headers), mac)
    return engine.handle(method, target, list(headers.items()), body)


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def row(self, address: str) -> dict[str, Any]:
        """The row of an address in whichever list the document has."""
        rows = next(self.json[key] for key in ("changes", "outcomes", "resources") if key in self.json)
        (found,) = (row for row in rows if row["address"] == address)
        return found


@dataclass
class World:
    """A project folder and its emulator."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    environ: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def write(self, text: str, name: str = "smsconf.yaml") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, old: str, new: str, name: str = "smsconf.yaml") -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(text.replace(old, new), name)

    def smsconf(self, *arguments: str) -> Ran:
        """Run a command in this process, in the project's folder."""
        self.capsys.readouterr()
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            code = run(list(arguments))
        finally:
            os.chdir(before)
        said = self.capsys.readouterr()
        return Ran(code, said.out, said.err)

    def process(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command as a real process."""
        command = [sys.executable, "-m", "smsconf", *arguments]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
        environ = {**os.environ, "PYTHONUTF8": "1", **self.environ}
        self.started.append(subprocess.Popen(command, cwd=self.folder, env=environ, **options))
        return self.started[-1]

    def json(self, command: str, *arguments: str) -> Ran:
        return self.smsconf(command, *arguments, "--format", "json")

    def apply(self, *arguments: str) -> Ran:
        return self.json("apply", "--auto-approve", *arguments)

    def control(self, method: str, route: str, body: Any = None, name: str = ".smsconf/emulator.db") -> Any:
        """Call a control route of the emulator."""
        database = self.folder / name
        engine = Engine(database, Settings(site=site_of(database) or "china"))
        try:
            sent = b"" if body is None else json.dumps(body).encode()
            answer = engine.handle(
                method, f"/_emulator/{route}", [("Content-Type", "application/json")], sent
            )
        finally:
            engine.close()
        assert answer.status < 300, answer.body
        return json.loads(answer.body or b"null")

    def decide(self, kind: str, name: str, decision: str, reason: str = "") -> None:
        self.control("POST", "reviews", {"kind": kind, "name": name, "decision": decision, "reason": reason})

    def console(self, method: str, kind: str, name: str, body: Any = None) -> None:
        """Do by hand, at the service, what a person at the console could: signed, and not through smsconf."""
        from datetime import UTC, datetime

        engine = Engine(self.folder / ".smsconf/emulator.db", Settings())
        try:
            base = f"/v2/{Settings().project_id}/msgsms/{kind}s"
            now = datetime.now(UTC)
            found = json.loads(signed(engine, "GET", f"{base}?limit=500", b"", now).body)["results"]
            (one,) = (row for row in found if row[f"{kind}_name"] == name)
            apps = json.loads(signed(engine, "GET", f"{base.replace(kind, 'app')}?limit=500", b"", now).body)
            keys = {app["app_key"]: app["id"] for app in apps["results"]}
            whole = {**one, "app_id": keys.get(one["app_key"])}
            sent = b"" if body is None else json.dumps({**whole, **body}).encode()
            answer = signed(engine, method, f"{base}/{one['id']}", sent, now)
            assert answer.status < 300, answer.body
        finally:
            engine.close()

    def advance(self, duration: str) -> None:
        self.control("POST", "clock", {"advance": duration})

    def writes(self) -> list[str]:
        """The writing operations the emulator saw since the last call, in order."""
        seen = self.control("GET", "requests")
        self.control("DELETE", "requests")
        return [
            one["operation"]
            for one in seen
            if re.match("Create|Update|Delete|Enable|Upload", one["operation"])
        ]


@pytest.fixture
def world(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A shop on the emulator, on a Monday morning, with a reviewer who decides only when told."""
    for name in list(os.environ):
        if name.startswith(("SMSCONF_", "HUAWEICLOUD_", "HW_")) or name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    made = World(tmp_path / "shop", capsys)
    made.write(PROJECT)
    made.control("POST", "clock", {"set": MONDAY})
    made.control("PUT", "reviewer", {"default": "hold", "rules": []})
    yield made
    for process in made.started:  # whatever a test that failed left behind
        with process:  # closes its pipes, and waits for it
            if process.poll() is None:
                process.kill()


@pytest.fixture(params=["files", "postgres"])
def anywhere(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both homes of the store, each in turn, for commands in this process and others."""
    if request.param == "postgres":
        monkeypatch.setenv("SMSCONF_STORE", request.getfixturevalue("postgres_address"))


APPROVED = "2026-01-19T09:00:00+08:00"  # a fortnight after MONDAY
_kept: dict[tuple[tuple[str, bytes], ...], Path] = {}  # the files of a project → a copy of it, all approved


@pytest.fixture
def approved(world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same shop with everything applied and approved, and the request journal empty.

    That is done once for each project; other tests get a copy of what it left on the disk.
    """
    files = (one for one in sorted(world.folder.rglob("*")) if one.is_file() and ".smsconf" not in one.parts)
    project = tuple((str(one.relative_to(world.folder)), one.read_bytes()) for one in files)
    if project in _kept:
        shutil.rmtree(world.folder)
        shutil.copytree(_kept[project], world.folder)
    else:
        assert world.apply().code == 0
        world.control("PUT", "reviewer", {"default": "approve", "rules": []})
        world.advance("P14D")
        world.control("PUT", "reviewer", {"default": "hold", "rules": []})
        world.writes()
        _kept[project] = tmp_path_factory.mktemp("approved") / "shop"
        shutil.copytree(world.folder, _kept[project])
    world.control("POST", "clock", {"set": APPROVED})
    return world


@dataclass
class Server:
    """The emulator over HTTP; ``url`` has no slash at the end."""

    url: str
    process: subprocess.Popen[str]


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    """``emulator serve`` on the project's own database, on a free port."""
    process = world.process("emulator", "serve", "--database", ".smsconf/emulator.db")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("listening on http://127.0.0.1:")
    yield Server(line.split()[-1], process)
    process.terminate()
    process.communicate(timeout=20)
