"""One list sent by four machines, which are killed with -9 again and again, and a database that loses power.

Nobody gets a message twice, and nobody is forgotten: whoever got none, or may have got none, is listed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.machine.test_bulk_kill import done, outbox, prepare, smsconf
from tests.postgres import Server

NUMBERS = int(os.environ.get("SMSCONF_BULK_MANY", "20000"))
KILLS = int(os.environ.get("SMSCONF_BULK_KILLS", "3"))
SENDERS = 4
CONNECTIONS = 2
RATE = os.environ.get("SMSCONF_BULK_RATE", "12")  # requests a second of all senders; 0: as many as can be
CRASH = -1  # the database dies instead of a sender
JOIN = ("bulk", "--join", "--auto-approve", "--format", "json", "--connections", str(CONNECTIONS))


class Crew:
    """Four senders, each in a folder of its own; whoever ends is followed by another one."""

    def __init__(self, folders: list[Path], run: str) -> None:
        self._folders = folders
        self._command = (*JOIN[:2], run, *JOIN[2:], *(("--rate", RATE) if float(RATE) else ()))
        self.at_work: dict[int, subprocess.Popen[str]] = {}
        self.codes: list[int] = []
        self.killed = 0

    def fill_up(self) -> None:
        """Start a sender in place of everyone who has ended."""
        for place in range(SENDERS):
            process = self.at_work.get(place)
            if process and process.poll() is not None:
                self.codes.append(process.returncode)
                process.communicate()
            if not process or process.poll() is not None:
                self.at_work[place] = smsconf(self._folders[place], *self._command)

    def kill(self, place: int) -> None:
        """Kill one as a machine that goes down does."""
        process = self.at_work[place]
        self.killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)

    def end(self) -> list[dict[str, Any]]:
        """Wait until all of them have ended; return what each says."""
        said = [process.communicate(timeout=3600)[0] for process in self.at_work.values()]
        return [json.loads(one) for one in said if one]


def asked(address: str, question: str) -> list[tuple[Any, ...]]:
    """Ask the database, and wait for it if it is away."""
    while True:
        try:
            with psycopg.connect(address, options="-c search_path=smsconf") as database:
                return database.execute(question).fetchall()
        except psycopg.OperationalError:
            time.sleep(0.2)


def left(address: str) -> int:
    """Count the batches that wait."""
    ((count,),) = asked(address, "SELECT count(*) FROM batch WHERE state = 'ready'")
    return int(count)


@pytest.mark.timeout(7200)
def test_killed_senders_and_a_crashed_database_send_nothing_twice_and_forget_nobody(
    tmp_path: Path, own_postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each number is in the outbox once, or in a batch that is listed; the counts of any sender add up."""
    address = own_postgres.create("lists")
    monkeypatch.setenv("SMSCONF_STORE", address)
    home = tmp_path / "home"
    home.mkdir()
    with prepare(home) as served:
        kill_and_count(home, served, own_postgres, address)


def kill_and_count(home: Path, served: str, server: Server, address: str) -> None:
    chance = random.Random(20261130)
    numbers = [13_000_000_000 + 1_000 * place + chance.randrange(999) for place in range(NUMBERS)]
    numbers = [number for number in numbers if number // 100 % 1000 != 999]  # the emulator's special endings
    valid = {f"+86{number}" for number in numbers}
    (home / "list.txt").write_text("\n".join(map(str, numbers)), encoding="utf-8")
    ready = ("bulk", "template.news", "list.txt", "--prepare", "--auto-approve", "--format", "json")
    code, out = done(home, *ready)
    assert code == 0
    run = json.loads(out)["run"]
    folders = []
    for place in range(SENDERS):
        folder = home.with_name(f"sender-{place}")
        folder.mkdir()
        for name in ("smsconf.yaml", "secrets.json"):
            (folder / name).write_bytes((home / name).read_bytes())
        folders.append(folder)
    begun = time.monotonic()
    total = left(address)
    crew = Crew(folders, run)
    crew.fill_up()
    deaths = [((part + 1) / (KILLS + 2), chance.randrange(SENDERS)) for part in range(KILLS)]
    for part, whose in sorted([*deaths, (0.5, CRASH)]):
        while (rest := left(address)) > total * (1 - part):
            crew.fill_up()
            time.sleep(0.05)
        assert rest, "everything went out before the last death"
        if whose == CRASH:
            server.stop("immediate")
            server.start()
        else:
            crew.kill(whose)
        crew.fill_up()
    views = crew.end()
    seconds = time.monotonic() - begun
    code, out = done(home, "bulk", "--join", run, "--auto-approve", "--format", "json")
    view = json.loads(out)
    sent = outbox(served)
    rows = asked(address, "SELECT numbers FROM batch WHERE state = 'uncertain'")
    doubted = {f"+{number}" for (one,) in rows for number in one.split(",")}
    assert set(sent.values()) == {1}, "somebody got it twice"
    assert set(sent) <= valid
    assert valid - set(sent) <= doubted, "somebody was forgotten"
    assert len(rows) <= (crew.killed + SENDERS) * CONNECTIONS
    counts = view["messages"]
    assert counts["accepted"] + counts["uncertain"] == counts["total"] == len(valid)
    assert counts["accepted"] == len(sent) - len(doubted & set(sent))
    assert all(one["messages"]["total"] == len(valid) for one in views)
    assert code == (5 if doubted else 0)
    traffic = asked(address, "SELECT sum(size) FROM traffic")
    assert traffic == [(len(valid),)]
    code, out = done(home, "bulk", "--assume-sent", run, "--auto-approve", "--format", "json")
    assert code == 0
    assert outbox(served) == sent
    lost = len(valid - set(sent))
    said = f"{len(valid):,} numbers, {SENDERS} senders, {crew.killed} kills, 1 crash of the database: "
    said += f"{len(doubted):,} numbers in doubt, {lost:,} of which got nothing; {seconds:.0f} s"
    sys.stdout.write(f"{said}\n")
