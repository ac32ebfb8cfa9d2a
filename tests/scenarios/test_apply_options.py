"""What apply does on request: wait for the verdicts, keep the secrets of new apps."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.scenarios.conftest import World

QUICK = ("--wait", "--interval", "0.05")


def later(world: World, *decisions: tuple[str, str, str]) -> threading.Thread:
    """Play the reviewer while apply waits."""

    def play() -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            seen = world.control("GET", "requests")
            if sum(one["operation"] == "UpdateTemplate" for one in seen) >= 3:
                break
            time.sleep(0.05)
        for decision in decisions:
            world.decide(*decision, "words")

    thread = threading.Thread(target=play)
    thread.start()
    return thread


APPROVALS = (
    ("signature", "示例商城", "approve"),
    ("template", "order-shipped", "approve"),
    ("template", "hello", "approve"),
)


def test_apply_waits_until_everything_is_approved(world: World) -> None:
    """With --wait apply ends when the last verdict is there, with nothing pending."""
    reviewer = later(world, *APPROVALS, ("template", "refund", "approve"))
    done = world.apply(*QUICK, "--timeout", "60s")
    reviewer.join()
    assert done.code == 0
    assert (done.json["pending"], done.json["rejected"]) == ([], [])


def test_apply_that_waits_ends_at_once_on_a_rejection(world: World) -> None:
    """A rejection puts the goal out of reach: exit 7, and the address is named."""
    reviewer = later(world, *APPROVALS, ("template", "refund", "reject"))
    done = world.apply(*QUICK, "--timeout", "60s")
    reviewer.join()
    assert done.code == 7
    assert done.json["rejected"] == ["template.refund"]


def test_apply_that_waits_gives_up_in_time(world: World) -> None:
    """When the time is up the pending addresses are named: exit 6."""
    done = world.apply(*QUICK, "--timeout", "1s")
    assert done.code == 6
    assert "template.refund" in done.json["pending"]


def test_apply_interrupted_while_it_waits_still_reports(world: World) -> None:
    """Ctrl-C ended it without a word about what it had sent."""
    process = world.process("apply", "--auto-approve", *QUICK, "--format", "json")
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("waiting for "):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) == (130, False)
    done = json.loads(out)
    assert {one["outcome"] for one in done["outcomes"]} == {"applied"}
    assert "template.refund" in done["pending"]


def test_secrets_of_new_apps_are_kept_and_shown_nowhere(world: World) -> None:
    """Key and secret go to a file of mode 0600, and to no output, journal or cache."""
    done = world.apply("--save-secrets", "secrets.json")
    assert done.code == 0
    path = world.folder / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert set(kept) == {"app.shop", "app.abroad"}
    for pair in kept.values():
        assert pair["app_secret"] not in done.out + done.err
        for file in (world.folder / ".smsconf").iterdir():
            if file.suffix in (".jsonl", ".json"):
                assert pair["app_secret"] not in file.read_text(encoding="utf-8")
    again = world.apply("--save-secrets", "secrets.json")
    assert again.code == 0
    assert json.loads(path.read_text(encoding="utf-8")) == kept


@pytest.mark.parametrize("content", ["not json", "[1]"])
def test_secrets_that_could_not_be_kept_stop_the_run_before_it_starts(world: World, content: str) -> None:
    """A file that cannot take secrets is an error before anything is created."""
    world.write(content, "secrets.json")
    for name in ("secrets.json", "no/such/folder/secrets.json"):
        ran = world.smsconf("apply", "--auto-approve", "--save-secrets", name)
        assert ran.code == 1
        assert "--save-secrets" in ran.err
    assert world.writes() == []


def test_plan_says_that_a_secret_is_told_once(world: World) -> None:
    """The row of a new app names the flag that keeps its secret."""
    assert "--save-secrets" in world.json("plan").row("app.shop")["reason"]


@pytest.mark.parametrize("option", ["--target", "--resubmit", "--retire-now"])
@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve")])
def test_selection_of_an_unknown_address_is_an_error(world: World, command, option: str) -> None:
    """A slip of the keyboard selected nothing, and all looked well."""
    ran = world.smsconf(*command, option, "template.order-shiped")
    assert (ran.code, ran.out) == (1, "")
    assert "template.order-shiped is not declared; did you mean template.order-shipped?" in ran.err
    assert world.writes() == []


@pytest.fixture
def odd(world: World) -> Iterator[Path]:
    """A folder with one of everything that is no plain file."""
    folder = world.folder / "odd"
    (folder / "folder").mkdir(parents=True)
    (folder / "vault.json").write_text("{}")
    os.mkfifo(folder / "pipe")
    for name, target in (("device", "/dev/null"), ("link", "vault.json"), ("dangling", "none.json")):
        (folder / name).symlink_to(target)
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        before = Path.cwd()
        os.chdir(folder)  # the path of a socket may be short only
        listening.bind("socket")
        os.chdir(before)
        yield folder


@pytest.mark.parametrize(
    "name",
    ["folder", "pipe", "device", "link", "dangling", "socket", "/dev/stdout", "/dev/stdin", "/dev/zero"],
)
def test_secrets_go_into_plain_files_only(world: World, odd: Path, name: str) -> None:
    """A pipe hung with the lock held, /dev/zero filled the memory, /dev/null was replaced by a file."""
    process = world.process(
        "apply", "--auto-approve", "--save-secrets", str(odd / name), stdin=subprocess.DEVNULL
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, "Traceback" in err) == (1, "", False)
    assert "is a directory" in err or "it is no regular file" in err
    assert world.writes() == []
    assert not (world.folder / ".smsconf/apply.lock").exists()
    assert (odd / "vault.json").read_text() == "{}"
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_output_that_goes_to_a_file_takes_no_secrets(world: World) -> None:
    """/dev/stdout is then that very file: the secrets would stand between the lines of the report."""
    with (world.folder / "report.txt").open("w") as report:
        process = world.process("apply", "--auto-approve", "--save-secrets", "/dev/stdout", stdout=report)
        _out, err = process.communicate(timeout=60)
    assert (process.returncode, "it is no regular file" in err, world.writes()) == (1, True, [])


@pytest.mark.parametrize("content", ['{"a": "' + "x" * (4 << 20) + '"}', "[" * 100_000, '{"a": 1}', "\xff"])
def test_file_that_holds_no_secrets_is_left_as_it_is(world: World, content: str) -> None:
    """It is read within bounds, said to be something else, and not replaced."""
    path = world.folder / "secrets.json"
    path.write_text(content, encoding="latin-1")
    ran = world.smsconf("apply", "--auto-approve", "--save-secrets", "secrets.json")
    assert (ran.code, "the file of secrets secrets.json cannot be read" in ran.err) == (1, True)
    assert (path.read_text(encoding="latin-1"), world.writes()) == (content, [])


def test_refused_run_makes_no_file_of_secrets(world: World) -> None:
    """It is made when something is about to be sent, not to ask."""
    assert world.smsconf("apply", "--save-secrets", "secrets.json").code == 1
    assert not (world.folder / "secrets.json").exists()


def test_secret_of_an_app_that_a_lost_answer_told_is_said_to_be_lost(world: World) -> None:
    """The app can never be deleted, and nobody knew that its secret was to be renewed."""
    fault = {"operation": "CreateApp", "fault": "timeout-after-commit", "times": 1}
    world.control("POST", "faults", [fault])
    done = world.apply("--save-secrets", "secrets.json", "--target", "app.shop")
    assert done.code == 0
    told = "created, but its secret came with the lost answer: renew it in the console"
    assert done.row("app.shop")["message"] == told


def test_report_that_cannot_be_written_stops_the_run_before_it_sends(world: World) -> None:
    """What had been sent was told to nobody."""
    ran = world.apply("--output", "none/report.json")
    assert (ran.code, world.writes()) == (1, [])
    assert "cannot write none/report.json" in ran.err


def test_secrets_and_report_are_two_files(world: World) -> None:
    """The report replaced the secrets, which nothing tells again."""
    ran = world.apply("--save-secrets", "s.json", "--output", "./s.json")
    assert (ran.code, world.writes()) == (1, [])
    assert "--save-secrets and --output are one file" in ran.err


def test_report_into_a_pipe_is_written(world: World) -> None:
    """Trying the pipe beforehand ended its reader."""
    os.mkfifo(world.folder / "pipe")
    process = world.process("apply", "--auto-approve", "--format", "json", "--output", "pipe")
    told = json.loads((world.folder / "pipe").read_text(encoding="utf-8"))
    process.communicate(timeout=60)
    assert (process.returncode, told["outcomes"] != []) == (0, True)


def test_plan_file_and_report_are_two_files(world: World) -> None:
    """The report replaced the plan file."""
    ran = world.smsconf("plan", "--out", "plan.json", "--output", "./plan.json")
    assert ran.code == 1
    assert "--out and --output are one file" in ran.err


@pytest.mark.parametrize("option", ["--retire-now", "--resubmit"])
def test_selection_of_an_app_is_an_error(world: World, option: str) -> None:
    """It did nothing, and did not say so."""
    ran = world.smsconf("plan", option, "app.shop")
    assert ran.code == 1
    assert "app.shop has no review, and is never retired" in ran.err


@pytest.mark.parametrize("option", ["--retire-now", "--resubmit"])
def test_selection_outside_the_targets_is_an_error(world: World, option: str) -> None:
    """It did nothing, and did not say so."""
    ran = world.smsconf("plan", "--target", "template.refund", option, "template.hello")
    assert ran.code == 1
    assert "template.hello is not among the targets" in ran.err


def test_prune_beside_targets_says_that_it_deletes_nothing(world: World) -> None:
    """What nobody declared has no address to aim at."""
    ran = world.smsconf("plan", "--target", "template.refund", "--prune")
    assert ran.code == 0
    assert "--prune deletes nothing here" in ran.err
