"""The real program, killed with -9 again and again: it converges, and nothing is sent twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from smsconf.cli.main import run
from smsconf.emulator.gateway.engine import Engine, Settings

KILLS = int(os.environ.get("SMSCONF_KILLS", "50"))
TEMPLATES = 8


def project(generation: dict[int, int]) -> str:
    lines = [
        "version: 1",
        "provider: {emulator: {database: .smsconf/emulator.db}}",
        "apps: {shop: {region: cn}}",
        "signatures: {brand: {app: shop, name: 示例商城, type: notification}}",
        "templates:",
    ]
    lines += [
        f"  t{n}: {{app: shop, signature: brand, content: 第{n}号通知第{generation[n]}稿。}}"
        for n in range(TEMPLATES)
    ]
    return "\n".join(lines) + "\n"


def ask(folder: Path, method: str, route: str, body: object = None) -> object:
    engine = Engine(folder / ".smsconf/emulator.db", Settings())
    try:
        sent = b"" if body is None else json.dumps(body).encode()
        return json.loads(engine.handle(method, f"/_emulator/{route}", [], sent).body or b"null")
    finally:
        engine.close()


def kill_after(folder: Path, lines: int) -> bool:
    """Start apply and kill it once it wrote so many lines of its journal; tell whether it was still alive."""
    journal = folder / ".smsconf/journal.jsonl"
    before = journal.stat().st_size if journal.exists() else 0
    process = subprocess.Popen(
        [sys.executable, "-m", "smsconf", "apply", "--auto-approve"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if journal.exists() and journal.stat().st_size > before:
            with journal.open("rb") as file:
                file.seek(before)
                if file.read().count(b"\n") >= lines:
                    break
        time.sleep(0.001)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    return alive


@pytest.mark.timeout(600)
def test_killed_again_and_again_it_converges_and_sends_nothing_twice(tmp_path, monkeypatch, capsys) -> None:
    """After at least fifty kills in the middle of writing, plain runs end in a plan with nothing to do."""
    chance = random.Random(20260105)
    generation = dict.fromkeys(range(TEMPLATES), 0)
    (tmp_path / "smsconf.yaml").write_text(project(generation), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ask(tmp_path, "PUT", "reviewer", {"default": "hold", "rules": []})
    kills = runs = 0
    while kills < KILLS:
        runs += 1
        assert runs < 4 * KILLS, "too few runs were caught alive"
        kills += kill_after(tmp_path, chance.randrange(1, 12))
        if chance.random() < 0.7:
            for number in chance.sample(range(TEMPLATES), 3):
                generation[number] += 1
            (tmp_path / "smsconf.yaml").write_text(project(generation), encoding="utf-8")
    ask(tmp_path, "PUT", "reviewer", {"default": "approve", "rules": []})
    for _ in range(4):
        assert run(["apply", "--auto-approve"]) == 0
        ask(tmp_path, "POST", "clock", {"advance": "P14D"})
    capsys.readouterr()
    assert run(["plan", "--detailed-exitcode", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {row["action"] for row in document["changes"]} <= {"none", "retire"}
    assert document["unmanaged"] == {"signatures": 0, "templates": 0}
    accepted = [one for one in ask(tmp_path, "GET", "requests") if one["status"] < 300]
    assert [one["operation"] for one in accepted].count("CreateApp") == 1
    assert [one["operation"] for one in accepted].count("CreateSignature") == 1
