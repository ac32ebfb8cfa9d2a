"""One list, several machines: made here, sent there, by processes in folders of their own with one store."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from typing import Any

import psycopg
import pytest

from smsconf.emulator.gateway.engine import Settings
from tests.postgres import Server as Postgres
from tests.postgres import wait_until
from tests.scenarios.conftest import Server, World
from tests.scenarios.test_bulk import REFUND, SHIPPED, bulk
from tests.scenarios.test_bulk import shop as plain
from tests.scenarios.test_bulk_runs import numbers, stop_at_one
from tests.scenarios.test_send import outbox, sends
from tests.scenarios.test_shared_store import heard

__all__ = ["plain"]

Machine = Callable[[str], World]
LONG = 6_000  # numbers: twelve requests


@pytest.fixture
def machine(plain: World, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A function that makes one more machine: a checkout that reaches the same service."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", Settings().access_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", Settings().secret_key)
    served = f"site: china, region: cn-north-4, endpoint: '{server.url}', project_id: {Settings().project_id}"
    text = (plain.folder / "smsconf.yaml").read_text(encoding="utf-8")
    text = text.replace("emulator: {database: .smsconf/emulator.db}", f"huaweicloud: {{{served}}}")

    def made(name: str) -> World:
        other = replace(plain, folder=tmp_path / name)
        other.write(text)
        other.write((plain.folder / "list.csv").read_text(encoding="utf-8"), "list.csv")
        other.write("".join(f"138{place:08}\n" for place in range(LONG)), "long.txt")
        return other

    return made


@pytest.fixture
def shared(machine: Machine, postgres_address: str, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The same, with one store for all of them."""
    monkeypatch.setenv("SMSCONF_STORE", postgres_address)
    return machine


def join(world: World, *arguments: str) -> Popen[str]:
    command = ("bulk", "--join", *arguments, "--auto-approve", "--format", "json", "--progress", "json")
    return world.process(*command)


def done(process: Popen[str]) -> tuple[int, Any, str]:
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err
    return process.returncode, json.loads(out) if out else None, err


@pytest.mark.parametrize("home", ["files", "postgres"])
def test_run_is_made_here_and_sent_there(
    home: str, plain: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing goes out before somebody joins; without the secret it can be prepared, not sent."""
    if home == "postgres":
        monkeypatch.setenv("SMSCONF_STORE", request.getfixturevalue("postgres_address"))
    secrets = os.environ["SMSCONF_SECRETS"]
    monkeypatch.delenv("SMSCONF_SECRETS")
    refused = plain.smsconf("bulk", REFUND, "list.csv", "--prepare")
    assert (refused.code, "no terminal" in refused.err) == (1, True)
    assert plain.smsconf("bulk", "--join", "--auto-approve").code == 4
    ran = bulk(plain, REFUND, "list.csv", "--prepare")
    assert (ran.code, ran.json["outcome"], ran.json["messages"]["waiting"]) == (0, "waiting", 3), ran.err
    assert f"smsconf bulk --join {ran.json['run']}" in ran.err
    assert sends(plain) == 0
    again = bulk(plain, REFUND, "list.csv", "--prepare")
    assert (again.code, again.json["run"]) == (0, ran.json["run"])
    plain.write("15112345678\n", "other.csv")
    assert bulk(plain, REFUND, "other.csv", "--prepare").code == 4
    (plain.folder / "list.csv").unlink()
    monkeypatch.setenv("SMSCONF_SECRETS", secrets)
    joined = bulk(plain, "--join")
    assert (joined.code, joined.json["run"], joined.json["messages"]["accepted"]) == (0, ran.json["run"], 3)
    assert sorted(numbers(plain)) == ["13812345678", "13912345678", "15012345678"]


@pytest.mark.parametrize("other", ["--join", "--runs", "--dry-run"])
def test_prepare_goes_with_a_list(plain: World, other: str) -> None:
    """Before anything is read."""
    listed = (REFUND, "list.csv") if other == "--dry-run" else ()
    ran = plain.smsconf("bulk", "--prepare", other, *listed, "--auto-approve")
    assert ran.code == 1
    assert "--prepare" in ran.err or "stands alone" in ran.err


def test_list_goes_out_once_from_four_machines(plain: World, shared: Machine) -> None:
    """Each of them ends with 0 and the counts of the whole run, whoever sent what."""
    maker = shared("maker")
    assert bulk(maker, REFUND, "long.txt", "--prepare").code == 0
    told = [done(one) for one in [join(shared(f"sender-{number}")) for number in range(4)]]
    late = [one for one in told if one[0] == 4]
    assert all("no run waits" in err for _code, _view, err in late), "whoever came when nothing was left"
    assert len(late) < 4
    for code, view, err in told:
        if code != 4:
            assert (code, view["messages"]["accepted"], view["outcome"]) == (0, LONG, "accepted"), err
    assert Counter(numbers(plain)) == Counter(f"138{place:08}" for place in range(LONG))
    ran = maker.json("bulk", "--runs").json["runs"]
    assert [(one["outcome"], one["messages"]["accepted"]) for one in ran] == [("accepted", LONG)]


def test_run_is_joined_while_its_maker_sends(plain: World, shared: Machine) -> None:
    """They share the rate; both tell of the whole."""
    command = ("bulk", REFUND, "long.txt", "--auto-approve", "--format", "json", "--progress", "json")
    first = shared("maker").process(*command, "--rate", "0.5", "--connections", "1")
    heard(first, '"done": 500')
    second = join(shared("joiner"))
    told = [done(first), done(second)]
    for code, view, _err in told:
        assert (code, view["messages"]["accepted"], view["messages"]["total"]) == (0, LONG, LONG)
    said = [line for line in told[1][2].splitlines() if '"done"' in line]
    assert any(json.loads(line)["done"] for line in said), "the one who joined had nothing to do"
    assert set(Counter(numbers(plain)).values()) == {1}


def test_run_that_somebody_gives_up_elsewhere_stops_soon(plain: World, shared: Machine) -> None:
    """What was on its way is finished; nobody waits for anybody at a prompt."""
    command = ("bulk", REFUND, "long.txt", "--auto-approve", "--format", "json", "--progress", "json")
    sender = shared("sender").process(*command, "--rate", "2")
    heard(sender, '"done": 500')
    ran = shared("operator").smsconf("bulk", "--end", "1")
    assert ran.code == 0, ran.err
    code, view, _err = done(sender)
    assert code == 0
    assert (view["messages"]["waiting"], view["messages"]["uncertain"]) == (0, 0)
    assert view["messages"]["given_up"] + view["messages"]["accepted"] == LONG
    assert view["messages"]["given_up"] > 0
    assert len(outbox(plain)) == view["messages"]["accepted"]


def test_several_runs_are_named_and_of_another_project_none(plain: World, shared: Machine) -> None:
    """Whoever joins says which; runs of another project of the store are not among them."""
    shop = shared("shop")
    stop_at_one(shop, REFUND, "list.csv")
    plain.advance("P1D")
    stop_at_one(shop, SHIPPED, "list.csv", "--var", "order=A1", "--var", "day=2026-03-05")
    ran = shop.smsconf("bulk", "--join", "--auto-approve")
    assert ran.code == 4
    named = [one["run"] for one in shop.json("bulk", "--runs").json["runs"]]
    assert all(f"{number} (" in ran.err for number in named)
    other = shared("other")
    other.edit("version: 1\n", "version: 1\nproject: other\n")
    assert "no run waits" in other.smsconf("bulk", "--join", "--auto-approve").err
    assert other.json("bulk", "--runs").json["runs"] == []
    assert other.smsconf("bulk", "--join", named[0], "--auto-approve").code == 4


def test_who_waits_with_others_for_a_time_calls_nothing_off(plain: World, shared: Machine) -> None:
    """Only who made the run does; and all of them wait for its time."""
    at = ("--at", "2026-03-02T13:00:00+08:00")
    maker = shared("maker")
    assert bulk(maker, REFUND, "list.csv", "--prepare", *at).code == 0
    waiting = join(shared("joiner"))
    heard(waiting, "waiting until 2026-03-02T13:00")
    waiting.send_signal(signal.SIGINT)
    code, _view, err = done(waiting)
    assert code == 130
    assert "called off" not in err
    plain.control("POST", "clock", {"set": "2026-03-02T13:00:01+08:00"})
    assert sends(plain) == 0
    assert bulk(maker, "--join").json["messages"]["accepted"] == 3


def test_store_that_is_away_lets_nothing_out(
    plain: World, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason and the way out, no password, no message, whatever was asked."""
    address = "postgresql://somebody:geheim@127.0.0.1:1/none"
    monkeypatch.setenv("SMSCONF_STORE", address)
    world = machine("lonely")
    for command in ((REFUND, "list.csv"), (REFUND, "list.csv", "--prepare"), ("--join",), ("--end", "1")):
        ran = world.smsconf("bulk", *command, "--auto-approve")
        assert ran.code == 4, ran.err
        assert "SMSCONF_STORE" in ran.err
        assert "geheim" not in ran.err
    assert sends(plain) == 0


def test_store_that_is_lost_in_the_middle_stops_its_senders(
    plain: World, machine: Machine, own_postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 5 and the reason; after its return the rest goes out, nobody twice, whoever is in doubt listed."""
    monkeypatch.setenv("SMSCONF_STORE", own_postgres.create("lists"))
    assert bulk(machine("maker"), REFUND, "long.txt", "--prepare").code == 0
    one_by_one = ("--rate", "1", "--connections", "1")
    senders = [join(machine(f"sender-{number}"), *one_by_one) for number in range(2)]
    for one in senders:
        heard(one, '"done": 500')
    own_postgres.stop("immediate")
    for one in senders:
        code, _view, err = done(one)
        assert code == 5, err
        assert "cannot be" in err
        assert "SMSCONF_STORE" in err
    sent = len(outbox(plain))
    assert sent < LONG
    own_postgres.start()
    ran = bulk(machine("third"), "--join")
    assert ran.json["messages"]["accepted"] + ran.json["messages"]["uncertain"] == LONG
    assert ran.code == (5 if ran.json["uncertain"] else 0)
    assert len(ran.json["uncertain"]) <= 2
    got = Counter(numbers(plain))
    assert set(got.values()) == {1}
    assert LONG - len(got) <= ran.json["messages"]["uncertain"]


def test_sender_that_stood_still_sends_nothing_that_others_sent(
    plain: World, shared: Machine, postgres_address: str
) -> None:
    """What it had taken is uncertain by then, and a person may have said that it was not sent."""
    assert bulk(shared("maker"), REFUND, "long.txt", "--prepare").code == 0
    frozen = join(shared("frozen"), "--rate", "0.5")  # the others of its batches wait for their turn
    with psycopg.connect(postgres_address, autocommit=True) as database:

        def count(state: str) -> int:
            asked = "SELECT count(*) FROM smsconf.batch WHERE state = %s"
            return int(database.execute(asked, [state]).fetchall()[0][0])

        wait_until(lambda: count("sent") > 0 and count("sending") > 1)
        frozen.send_signal(signal.SIGSTOP)
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert done(join(shared("other")))[0] == 5
        assert count("uncertain") > 1
        assert bulk(shared("person"), "--assume-not-sent", "1").json["messages"]["accepted"] == LONG
    frozen.send_signal(signal.SIGCONT)
    assert done(frozen)[0] == 5
    assert set(Counter(numbers(plain)).values()) == {1}
