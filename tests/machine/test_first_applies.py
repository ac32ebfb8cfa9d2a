"""Three first applies at once, each in its own folder: with only the service shared, and with a store."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smsconf.cli.main import run
from smsconf.emulator.gateway.engine import Settings

RACES = int(os.environ.get("SMSCONF_SOAK_RACES", "5"))
RUNNERS = ("one", "two", "three")
MEANWHILE = (0.02, 0.05, 0.1, 0.2, 0.4)  # seconds until an answer arrives
OPERATIONS = (  # that answer late
    *("ListAppDetails", "ShowAppCount", "CreateApp", "ListSignatureDetails", "CreateSignature"),
    *("ListTemplateDetails", "CreateTemplate", "UpdateTemplate", "DeleteTemplate"),
)
PROJECT = """\
version: 1
provider:
  huaweicloud: {{site: china, region: cn-north-4, project_id: {project_id}, endpoint: '{url}'}}
apps: {{shop: {{region: cn}}, abroad: {{region: intl}}}}
signatures: {{brand: {{app: shop, name: 示例商城, type: notification}}}}
templates:
  paid: {{app: shop, signature: brand, content: 您的订单已付款。}}
  shipped: {{app: shop, signature: brand, content: 您的订单已发货。}}
  hello: {{app: abroad, content: Your parcel is on its way., countries: [Singapore]}}
  bye: {{app: abroad, content: Your parcel has arrived., countries: [Singapore]}}
"""
TEMPLATES = 4


class Service:
    """A served emulator; ``ask`` uses its control routes."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, method: str, route: str, body: Any = None) -> Any:
        sent = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_emulator/{route}", sent, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def done(self) -> Counter[str]:
        """How often each operation was carried out."""
        return Counter(one["operation"] for one in self.ask("GET", "requests") if one["status"] < 300)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", Settings().access_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", Settings().secret_key)
    command = ["emulator", "serve", "--database", "emulator.db", "--app-quota", str(len(RUNNERS))]
    with start(tmp_path, *command) as server:
        try:
            assert server.stdout is not None
            yield Service(server.stdout.readline().split()[-1])
        finally:
            server.kill()


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "smsconf", *arguments]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def prepare(service: Service, place: Path, number: int, chance: random.Random) -> list[Path]:
    """Begin anew with a service that answers late, and a checkout for each runner; return the checkouts."""
    service.ask("POST", "reset")
    late = chance.choice(MEANWHILE)
    slow = [
        {"operation": one, "fault": "slow", "seconds": late * chance.uniform(0.5, 1.5), "times": 15}
        for one in OPERATIONS
    ]
    service.ask("POST", "faults", slow)
    folders = [place / f"{number}-{name}" for name in RUNNERS]
    for folder in folders:
        folder.mkdir()
        project = PROJECT.format(project_id=Settings().project_id, url=service.url)
        (folder / "smsconf.yaml").write_text(project, "utf-8")
    return folders


def race(folders: list[Path]) -> list[int]:
    """Apply in all folders at once and return how the runs ended."""
    runners = [start(folder, "apply", "--auto-approve", "--format", "json") for folder in folders]
    for folder, runner in zip(folders, runners, strict=True):
        try:
            (folder / "raced.json").write_text(runner.communicate(timeout=120)[0], "utf-8")
        finally:
            runner.kill()
    return [runner.returncode for runner in runners]


@pytest.mark.timeout(60 + 60 * RACES)
def test_three_first_applies_converge_without_a_shared_store(service, tmp_path, monkeypatch, capsys) -> None:
    """No text is submitted twice; an app may have twins, which the plan names and goes on beside."""
    chance = random.Random(20260105)
    ends: Counter[int] = Counter()
    extra: Counter[int] = Counter()

    def ran(folder: Path, *arguments: str) -> tuple[int, Any]:
        monkeypatch.chdir(folder)
        capsys.readouterr()
        code = run([*arguments, "--format", "json"])
        return code, json.loads(capsys.readouterr().out)

    for number in range(RACES):
        folders = prepare(service, tmp_path, number, chance)
        codes = race(folders)
        assert set(codes) <= {0, 5}
        ends.update(codes)
        made = service.done()["CreateApp"]
        assert 2 <= made <= 2 * len(RUNNERS)
        extra[made - 2] += 1
        for folder in folders:
            code, plan = ran(folder, "plan")
            apps = [row for row in plan["changes"] if row["address"].startswith("app.")]
            assert (code, plan["refusals"]) == (0, [])
            assert {row["action"] for row in apps} == {"none"}
            assert sum(len(row["twins"]) for row in apps) == made - 2
        for folder in folders:
            assert ran(folder, "apply", "--auto-approve")[0] == 0
        chosen = [ran(folder, "plan", "--detailed-exitcode") for folder in folders]
        assert [code for code, _ in chosen] == [0] * len(RUNNERS)
        ids = [{row["address"]: row["remote_id"] for row in plan["changes"]} for _, plan in chosen]
        assert ids == [ids[0]] * len(RUNNERS)
        assert None not in ids[0].values()
        done = service.done()
        assert (done["CreateApp"], done["CreateSignature"]) == (made, 1)
        assert done["UpdateTemplate"] == TEMPLATES, "one submission each"
        assert done["CreateTemplate"] - done["DeleteTemplate"] == TEMPLATES
    sys.stdout.write(f"{RACES} races: ends {dict(ends)}, extra apps {dict(sorted(extra.items()))}\n")


@pytest.mark.timeout(60 + 60 * RACES)
def test_three_first_applies_make_each_thing_once_with_a_shared_store(
    service, tmp_path, monkeypatch, postgres_address
) -> None:
    """One after the other, whoever comes first: the others find everything there."""
    monkeypatch.setenv("SMSCONF_STORE", postgres_address)
    chance = random.Random(20260106)
    for number in range(RACES):
        folders = prepare(service, tmp_path, number, chance)
        assert race(folders) == [0] * len(RUNNERS)
        done = service.done()
        wanted = {"CreateApp": 2, "CreateSignature": 1, "CreateTemplate": TEMPLATES}
        assert {operation: done[operation] for operation in wanted} == wanted
        assert (done["UpdateTemplate"], done["DeleteTemplate"]) == (TEMPLATES, 0)
    sys.stdout.write(f"{RACES} races with a shared store: each app, signature and template made once\n")
