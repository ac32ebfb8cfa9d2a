"""Several runners, each in a folder of its own, with one store in PostgreSQL."""

from __future__ import annotations

import os
import pty
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import psycopg
import pytest

from smsconf.emulator.gateway.engine import Settings
from tests.postgres import Server, wait_until
from tests.scenarios.conftest import PROJECT, World
from tests.scenarios.conftest import Server as ServedEmulator

Runner = Callable[[str], World]


@pytest.fixture
def shared(world: World, postgres_address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The store of all runners, in the environment."""
    monkeypatch.setenv("SMSCONF_STORE", postgres_address)
    return postgres_address


@pytest.fixture
def runner(
    world: World, shared: str, server: ServedEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Runner:
    """A function that makes one more runner: a fresh checkout that reaches the same service."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", Settings().access_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", Settings().secret_key)
    served = f"site: china, region: cn-north-4, endpoint: '{server.url}', project_id: {Settings().project_id}"

    def made(name: str) -> World:
        other = replace(world, folder=tmp_path / name)
        other.write(
            PROJECT.replace("emulator: {database: .smsconf/emulator.db}", f"huaweicloud: {{{served}}}")
        )
        return other

    return made


def hold_at_the_prompt(world: World) -> tuple[Popen[str], int]:
    """Start a run that asks whether it may, and wait until it holds the lock; return where to answer it."""
    leader, follower = pty.openpty()
    process = world.process("apply", stdin=follower)
    os.close(follower)
    wait_until(lambda: f"process {process.pid}" in world.smsconf("store", "status").out)
    return process, leader


def heard(process: Popen[str], words: str) -> str:
    """Return the line of a process's stderr that has these words."""
    assert process.stderr
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"{words} was not said")


def remembered(folder: Path) -> set[str]:
    """What a runner keeps in its folder besides the emulator."""
    state = folder / ".smsconf"
    names = {one.name for one in state.iterdir()} if state.exists() else set()
    return {one for one in names if not one.startswith("emulator") and one != ".gitignore"}


def test_runner_without_anything_local_knows_what_others_did(world: World, runner: Runner) -> None:
    """History, rejections, the text that is not sent again: all of it without a file."""
    assert world.apply().code == 0
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "refund", "reject", "太短")
    second = runner("second")
    assert second.apply().code == 0
    third = runner("third")
    row = third.json("plan").row("template.refund")
    assert row["action"] == "none"
    assert "太短" in row["reason"]
    events = third.json("history", "template.refund").json["entries"]
    assert [one["event"] for one in events if one["event"] == "decision"] == ["decision"]
    assert all(one["actor"] and one["host"] for one in events)
    for one in (second, third):
        assert remembered(one.folder) == set()


def test_rejected_text_is_sent_again_by_nobody(world: World, runner: Runner) -> None:
    """What one runner saw rejected, and another deleted by hand, a third does not submit once more."""
    assert world.apply().code == 0
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "refund", "reject", "太短")
    assert runner("second").apply().code == 0
    world.console("DELETE", "template", "refund")
    world.writes()
    third = runner("third")
    assert "太短" in third.json("plan").row("template.refund")["reason"]
    assert third.apply().json["rejected"] == ["template.refund"]
    assert "CreateTemplate" not in world.writes()


def test_who_waits_is_told_who_holds_the_lock(world: World, runner: Runner) -> None:
    """Another folder, another process: who, where, since when, doing what; then it is its turn."""
    first, leader = hold_at_the_prompt(world)
    second = runner("second").process("apply", "--auto-approve")
    said = heard(second, "waiting for")
    assert f"process {first.pid}" in said
    assert "apply since" in said
    late = runner("third").smsconf("apply", "--auto-approve", "--lock-timeout", "1s")
    assert late.code == 4
    assert f"process {first.pid}" in late.err
    held = world.smsconf("store", "status").out
    assert f"process {first.pid}" in held
    os.write(leader, b"yes\n")
    first.communicate(timeout=60)
    out, _err = second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0), out
    assert world.writes().count("CreateApp") == 2
    os.close(leader)


def test_killed_runner_leaves_the_lock_to_the_next(world: World, runner: Runner) -> None:
    """At its prompt, by SIGKILL: its session ends with it."""
    first, leader = hold_at_the_prompt(world)
    second = runner("second").process("apply", "--auto-approve")
    heard(second, "waiting for")
    first.send_signal(signal.SIGKILL)
    second.communicate(timeout=60)
    assert second.returncode == 0
    os.close(leader)


def test_store_that_is_away_stops_what_writes_and_nothing_that_looks(
    world: World, own_postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent; the reason, the way out, never the password."""
    address = own_postgres.address("smsconf_template", user="postgres:s3cret")
    monkeypatch.setenv("SMSCONF_STORE", address)
    assert world.apply("--target", "app.shop").code == 0
    own_postgres.stop("immediate")
    world.writes()
    for command in (["apply", "--auto-approve"], ["confirm", "qualification.q-1234"], ["history"]):
        ran = world.smsconf(*command)
        assert ran.code in (1, 4), command
        assert "cannot be" in ran.err
        assert "s3cret" not in ran.err + ran.out
    for command in ("plan", "status", "validate", "lint"):
        ran = world.smsconf(command)
        assert ran.code == 0, ran.err
    assert "what earlier runs recorded is not known" in world.smsconf("plan").err
    assert world.writes() == []
    own_postgres.start()
    assert world.apply().code == 0


def test_project_that_needs_a_shared_store_refuses_files(world: World) -> None:
    """`store: shared` says that nothing else will do; looking goes on, and says what it cannot know."""
    world.write(PROJECT.replace("version: 1\n", "version: 1\nstore: shared\n"))
    for command in (["apply", "--auto-approve"], ["bulk", "template.refund", "list.csv"]):
        (world.folder / "list.csv").write_text("+8613812345678\n")
        ran = world.smsconf(*command)
        assert ran.code == 4, ran.err
        assert "SMSCONF_STORE" in ran.err
    assert world.writes() == []
    ran = world.smsconf("plan")
    assert ran.code == 0
    assert "is not known" in ran.err
    assert world.smsconf("validate").code == 0


def test_reading_role_is_enough_to_plan(
    world: World, shared: str, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull request gets an address that can change nothing, and sees what was rejected."""
    assert world.apply().code == 0
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "refund", "reject", "太短")
    role = f"reader_{os.getpid()}"
    with psycopg.connect(shared, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN")
        admin.execute(f"GRANT USAGE ON SCHEMA smsconf TO {role}")
        admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA smsconf TO {role}")
    monkeypatch.setenv("SMSCONF_STORE", shared.replace("postgres@", f"{role}@"))
    try:
        ran = world.json("plan")
        assert ran.code == 0
        assert "太短" in ran.row("template.refund")["reason"]
        world.writes()
        refused = world.smsconf("apply", "--auto-approve")
        assert refused.code in (1, 4)
        assert "may not do that" in refused.err
        assert world.writes() == []
    finally:
        with psycopg.connect(shared, autocommit=True) as admin:
            admin.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_project_by_another_name_is_refused_until_it_says_which_it_is(world: World, runner: Runner) -> None:
    """A memory that is not found is no reason to begin anew: what was rejected would be sent again."""
    assert world.apply().code == 0
    renamed = runner("renamed")
    renamed.write(
        (renamed.folder / "smsconf.yaml")
        .read_text("utf-8")
        .replace("version: 1\n", "version: 1\nproject: x\n")
    )
    refused = renamed.smsconf("plan")
    assert refused.code == 4
    assert "project: NAME" in refused.err
    shutil.rmtree(renamed.folder)
    same = runner("same")
    assert same.smsconf("plan").code == 0
