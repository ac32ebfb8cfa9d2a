"""The real program sending to a list, stopped in every way and at any moment from its first request on.

Twenty lives here, two hundred with ``make soak`` (SMSCONF_SOAK_DEATHS=200).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from tests.machine.test_bulk_kill import batches, done, outbox, prepare, smsconf

LIVES = int(os.environ.get("SMSCONF_SOAK_DEATHS", "20"))
SEED = int(os.environ.get("SMSCONF_SOAK_SEED", "20261130"))
SHARDS = 2
NUMBERS = 3_000
CONNECTIONS = 4


def slow_down(url: str, seconds: float) -> None:
    """Let every request of a life take its time, so that death finds some on their way."""
    fault = [{"operation": "BatchSendSms", "fault": "slow", "seconds": seconds, "times": 4}]
    asked = urllib.request.Request(
        f"{url}/_emulator/faults",
        json.dumps(fault).encode(),
        {"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        answer.read()


def die(process: subprocess.Popen[str], folder: Path, chance: random.Random, seen: int) -> bool:
    """End a process some way, some moment after its next request; tell whether it was still alive."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if batches(folder, "sending") or len(batches(folder, "sent")) > seen:
            break
        time.sleep(0.002)
    time.sleep(chance.choice([0, 0, 0.01, 0.05, 0.2]) * chance.random())
    alive = process.poll() is None
    for number in chance.choice(
        [
            [signal.SIGKILL],
            [signal.SIGKILL],
            [signal.SIGINT, signal.SIGINT],
            [signal.SIGTERM, signal.SIGKILL],
            [signal.SIGTERM],
        ]
    ):
        process.send_signal(number)
        time.sleep(0.01 * chance.random())
    process.communicate(timeout=60)
    return alive


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_whatever_ends_it_nobody_gets_it_twice_and_nobody_is_forgotten(tmp_path: Path, shard: int) -> None:
    """Of each list everybody got it once, or stands in a batch that is listed as uncertain."""
    chance = random.Random(SEED + shard)
    deaths = 0
    with prepare(tmp_path) as url:
        before: Counter[str] = Counter()
        for life in range(LIVES // SHARDS):
            first = 13_000_000_000 + life * 1_000_000
            numbers = [first + at * 100 for at in range(NUMBERS)]
            chance.shuffle(numbers)
            (tmp_path / "list.txt").write_text("".join(f"{one}\n" for one in numbers), encoding="utf-8")
            command = ("bulk", "template.news", "list.txt", "--auto-approve", "--format", "json")
            command += ("--connections", str(CONNECTIONS))
            for _ in range(chance.randrange(1, 3)):
                slow_down(url, chance.choice([0.05, 0.2]))
                process = smsconf(tmp_path, *command)
                deaths += die(process, tmp_path, chance, len(batches(tmp_path, "sent")))
            code, out = done(tmp_path, *command)
            view = json.loads(out)
            after = outbox(url)
            sent = after - before
            doubted = {f"+{one}" for batch in batches(tmp_path, "uncertain") for one in batch.split(",")}
            valid = {f"+86{one}" for one in numbers}
            assert set(sent.values()) <= {1}, f"life {life}: somebody got it twice"
            assert set(sent) <= valid
            assert valid - set(sent) <= doubted, f"life {life}: somebody was forgotten"
            assert code == (5 if doubted else 0)
            assert view["messages"]["uncertain"] == len(doubted)
            assert view["messages"]["accepted"] + len(doubted) == NUMBERS
            assert done(tmp_path, *command, "--assume-sent")[0] == 0
            before = after
    assert deaths > LIVES // SHARDS // 2, "hardly a run was still alive when it was to die"
