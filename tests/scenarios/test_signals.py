"""Signals at any moment: what is under way ends in good order, whatever the program was just doing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.scenarios.conftest import World

CHATTY = """
import sys
import click
from smsconf.cli.asking import stop_on_interrupt
with stop_on_interrupt() as stop:
    print("ready", flush=True)
    while not stop.is_set():
        click.echo("x" * 200, err=True)
    for _ in range(20_000):
        click.echo("y" * 200, err=True)
print("done", stop.is_set(), stop.wait(60))
"""


def ignoring() -> None:
    """Start as a script starts what it puts into the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def test_terminations_while_it_prints_do_no_harm(tmp_path: Path) -> None:
    """A handler that printed, too, ended in a RuntimeError about a reentrant call; many are one wish."""
    with (tmp_path / "err").open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-c", CHATTY], stdout=subprocess.PIPE, stderr=err, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for _ in range(300):
            if process.poll() is not None:
                break
            process.send_signal(signal.SIGTERM)
            time.sleep(0.001)
        out, _ = process.communicate(timeout=60)
    said = (tmp_path / "err").read_text()
    assert (process.returncode, out) == (0, "done True True\n")
    assert (said.count("stopping: "), "Traceback" in said) == (1, False)


def test_bulk_that_is_terminated_over_and_over_reports_once(world: World) -> None:
    """A scheduler that sends it again and again gets a report all the same, and nothing is left in doubt."""
    assert world.apply("--save-secrets", "secrets.json").code == 0
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    world.advance("P14D")
    world.environ["SMSCONF_SECRETS"] = str(world.folder / "secrets.json")
    world.write("".join(f"138{place:08}\n" for place in range(60_000)), "long.txt")
    process = world.process(
        *("bulk", "template.refund", "long.txt", "--auto-approve", "--format", "json", "--progress", "json")
    )
    assert process.stderr is not None
    for line in process.stderr:
        if '"progress"' in line:
            break
    rest: list[str] = []
    reader = threading.Thread(target=lambda: rest.extend(process.stderr or ()))
    reader.start()
    for _ in range(100):
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGTERM)
        time.sleep(0.005)
    assert process.stdout is not None
    out = process.stdout.read()
    reader.join(60)
    assert process.wait(60) == 143
    assert "Traceback" not in "".join(rest)
    view = json.loads(out)
    assert (view["outcome"], view["uncertain"]) == ("interrupted", [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_apply_that_began_with_signals_ignored_stops_in_good_order(
    world: World, number: signal.Signals
) -> None:
    """In the background of a script, too: what is in flight is finished, and the report is there."""
    slow = {"operation": "CreateTemplate", "fault": "slow", "seconds": 2, "times": 3}
    world.control("POST", "faults", [slow])
    process = world.process("apply", "--auto-approve", "--format", "json", preexec_fn=ignoring)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if "CreateSignature" in {one["operation"] for one in world.control("GET", "requests")}:
            break
        time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, "stopping: " in err, "Traceback" in err) == (130, True, False)
    assert json.loads(out)["outcomes"]


def test_waiting_that_began_with_interrupts_ignored_goes_on(world: World) -> None:
    """Ctrl-C that is meant for the script in front ends nothing in its background."""
    assert world.apply().code == 0
    process = world.process("wait", "--timeout", "3s", "--interval", "0.2", preexec_fn=ignoring)
    assert process.stderr is not None
    while not process.stderr.readline().startswith("waiting for "):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 6
