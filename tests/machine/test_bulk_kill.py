"""Sending to many, killed with -9 again and again: nobody gets a message twice, and nobody is forgotten."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from smsconf.emulator.gateway.engine import Settings
from tests.messaging.workbook import write_workbook

NUMBERS = int(os.environ.get("SMSCONF_BULK", "20000"))
KILLS = 3
CONNECTIONS = 4
MOST_MEMORY = 250  # MB, with the child that reads the workbook
MOST_FILE = 12_000_000  # bytes; what the console's own assistant takes
PAGE = 50_000

PROJECT = """\
version: 1
provider: {provider}
apps: {{shop: {{region: cn}}}}
signatures: {{brand: {{app: shop, name: 示例商城, type: notification}}}}
templates:
  news: {{app: shop, signature: brand, content: 您的会员积分已更新，请登录官网查看。}}
"""


def smsconf(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environ = {
        **os.environ,
        "PYTHONUTF8": "1",
        "HUAWEICLOUD_SDK_AK": Settings().access_key,
        "HUAWEICLOUD_SDK_SK": Settings().secret_key,
        "SMSCONF_SECRETS": str(folder / "secrets.json"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "smsconf", *arguments],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def done(folder: Path, *arguments: str) -> tuple[int, str]:
    process = smsconf(folder, *arguments)
    out, _ = process.communicate(timeout=3600)
    return process.returncode, out


@contextmanager
def prepare(folder: Path, project: str = PROJECT) -> Iterator[str]:
    """Serve an emulator in which the templates are approved; the project points to it."""
    provider = "{emulator: {database: .smsconf/emulator.db}}"
    (folder / "smsconf.yaml").write_text(project.format(provider=provider), encoding="utf-8")
    assert done(folder, "apply", "--auto-approve", "--save-secrets", "secrets.json")[0] == 0
    for _ in range(2):
        assert done(folder, "emulator", "advance", "P14D")[0] == 0
        assert done(folder, "apply", "--auto-approve")[0] == 0
    server = smsconf(folder, "emulator", "serve", "--database", ".smsconf/emulator.db")
    assert server.stdout is not None
    url = server.stdout.readline().split()[-1]
    place = f"project_id: {Settings().project_id}, endpoint: '{url}'"
    provider = f"{{huaweicloud: {{site: china, region: cn-north-4, {place}}}}}"
    (folder / "smsconf.yaml").write_text(project.format(provider=provider), encoding="utf-8")
    try:
        yield url
    finally:
        server.terminate()
        server.communicate(timeout=60)


def outbox(url: str) -> Counter[str]:
    """Count the messages of every number."""
    found: Counter[str] = Counter()
    while True:
        page = f"{url}/_emulator/outbox?offset={found.total()}&limit={PAGE}"
        with urllib.request.urlopen(page, timeout=120) as answer:
            numbers = re.findall(rb'"to": "(\+86[0-9]+)"', answer.read())
        if not numbers:
            return found
        found.update(number.decode() for number in numbers)


def batches(folder: Path, state: str) -> list[str]:
    """Return the numbers of every batch in a state."""
    ledger = folder / ".smsconf/ledger.db"
    if not ledger.exists():
        return []
    database = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)
    try:
        rows = database.execute("SELECT numbers FROM batch WHERE state = ?", (state,)).fetchall()
    except sqlite3.OperationalError:
        return []  # not made yet
    finally:
        database.close()
    return [numbers for (numbers,) in rows]


def memory(pid: int) -> float:
    """Return the MB that a process and its children have now."""
    total = 0.0
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *children):
            total += (
                int(Path(f"/proc/{one}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20
            )
    except OSError:
        pass  # it has just ended
    return total


def watched(process: subprocess.Popen[str], folder: Path, *, until: int | None) -> float:
    """Wait for the end, or for so many batches to be sent; return the highest memory seen."""
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        if until is not None and len(batches(folder, "sent")) >= until:
            break
        time.sleep(0.02)
    return peak


@pytest.mark.timeout(3600)
def test_killed_bulk_run_sends_nothing_twice_and_forgets_nobody(tmp_path: Path) -> None:
    """After three kills each valid number is in the outbox once, or in a batch listed as uncertain."""
    with prepare(tmp_path) as served:
        kill_and_count(tmp_path, served)


def kill_and_count(tmp_path: Path, served: str) -> None:
    chance = random.Random(20261123)
    first = 13_000_000_000
    numbers = [first + chance.randrange(4_000) + 4_000 * place for place in range(NUMBERS)]
    numbers = [number for number in numbers if number // 100 % 1000 != 999]  # the emulator's special endings
    valid = {f"+86{number}" for number in numbers}
    cells: list[tuple[str | int]] = [(number,) for number in numbers]
    chance.shuffle(cells)
    rows = [("手机号",), *cells, *cells[:100], ("+6591234567",), ("12345",)]
    write_workbook(tmp_path / "list.xlsx", rows)
    assert (tmp_path / "list.xlsx").stat().st_size <= MOST_FILE * max(1, NUMBERS // 1_000_000)
    command = ("bulk", "template.news", "list.xlsx", "--auto-approve", "--format", "json")
    command += ("--connections", str(CONNECTIONS))
    total = -(-len(valid) // 500)
    peak = 0.0
    kills = 0
    for part in range(1, KILLS + 1):
        process = smsconf(tmp_path, *command)
        peak = max(peak, watched(process, tmp_path, until=total * part // (KILLS + 1)))
        kills += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    assert kills == KILLS, "a run ended before it could be killed"
    process = smsconf(tmp_path, *command)
    peak = max(peak, watched(process, tmp_path, until=None))
    view = json.loads(process.communicate(timeout=60)[0])
    sent = outbox(served)
    doubts = batches(tmp_path, "uncertain")
    doubted = {f"+{number}" for numbers in doubts for number in numbers.split(",")}
    assert set(sent.values()) == {1}, "somebody got it twice"
    assert set(sent) <= valid
    assert valid - set(sent) <= doubted, "somebody was forgotten"
    assert len(doubts) <= KILLS * CONNECTIONS
    assert len(view["uncertain"]) == len(doubts)
    assert view["messages"]["accepted"] + view["messages"]["uncertain"] == len(valid)
    assert view["recipients"]["dropped"] == {"duplicate": 100, "abroad": 1, "not-mobile": 1}
    assert process.returncode == (5 if doubts else 0)
    assert peak <= MOST_MEMORY
    code, out = done(tmp_path, *command, "--assume-sent")
    assert (code, json.loads(out)["outcome"]) == (0, "accepted")
    assert outbox(served) == sent
    said = f"{len(valid)} numbers, {len(doubts)} uncertain batches, peak memory {peak:.0f} MB"
    sys.stdout.write(f"{said}\n")
