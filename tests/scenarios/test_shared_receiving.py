"""Receiving on several machines into one store: what one is told all know, and what goes wrong is said."""

from __future__ import annotations

import http.client
import shutil
import threading
import time
from urllib.parse import urlencode

import pytest

from smsconf.store.postgres.home import PostgresStore
from tests.postgres import TEMPLATE, Server
from tests.scenarios.conftest import PROJECT, World
from tests.scenarios.test_receive import FORM, receiving, reply, report
from tests.scenarios.test_send import ONE, SHIPPED, VALUES, outbox, shop  # noqa: F401 - a fixture


@pytest.fixture
def shared(world: World, postgres_address: str, monkeypatch: pytest.MonkeyPatch) -> World:
    """The shop, with a store that all machines share."""
    monkeypatch.setenv("SMSCONF_STORE", postgres_address)
    return world


def machine(world: World, name: str) -> World:
    """Another machine that knows the project and its account, and remembers nothing."""
    made = World(world.folder.parent / name / "shop", world.capsys, dict(world.environ), world.started)
    made.write((world.folder / "smsconf.yaml").read_text(encoding="utf-8"))
    shutil.copytree(world.folder / ".smsconf", made.folder / ".smsconf")
    return made


def test_opt_out_that_one_machine_receives_is_known_to_another(shared: World) -> None:
    """In every environment and project of the account; another account knows nothing of it."""
    other, stranger = machine(shared, "b"), machine(shared, "c")
    other.edit("version: 1", "version: 1\nproject: another")
    shutil.rmtree(stranger.folder / ".smsconf")  # another database of the emulator is another account
    with receiving(shared) as receiver:
        assert receiver.post("/replies", reply(1, "退订")) == 200
        said = receiver.stop()
    assert "storing in database" in said
    shown = [one.json("replies", "--opt-outs", "--show-numbers").json for one in (shared, other, stranger)]
    assert [[row["number"] for row in one["replies"]] for one in shown] == [["+8613800000001"]] * 2 + [[]]
    assert not (shared.folder / ".smsconf" / "inbox.db").exists()


def test_every_200_of_two_receivers_is_a_row_though_one_is_killed(
    shared: World, postgres_address: str
) -> None:
    """A load balancer gives what one cannot take to the other; the service pushes again what nobody took."""
    stored: set[str] = set()
    ended = threading.Event()

    def push(worker: int, ports: tuple[int, int]) -> None:
        number = 0
        while not ended.is_set():
            number += 1
            name = f"w{worker}-{number}"
            for port in ports:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                try:
                    body = urlencode({"smsMsgId": name, "status": "DELIVRD"}).encode()
                    connection.request("POST", "/reports", body, {"Content-Type": FORM})
                    if connection.getresponse().status == 200:
                        stored.add(name)
                        break
                except (OSError, http.client.HTTPException):
                    time.sleep(0.01)
                finally:
                    connection.close()

    with receiving(shared) as first, receiving(machine(shared, "b")) as second:
        ports = (first.port, second.port)
        pushers = [
            threading.Thread(target=push, args=(worker, ports if worker % 2 else ports[::-1]))
            for worker in range(4)
        ]
        for pusher in pushers:
            pusher.start()
        try:
            while len(stored) < 50:
                time.sleep(0.01)
            first.process.kill()
            first.process.communicate()
            while len(stored) < 150:
                time.sleep(0.01)
        finally:
            ended.set()
            for pusher in pushers:
                pusher.join()
        second.stop()
    kept = [one.item.message_id for one in PostgresStore(postgres_address, "").reports()]
    assert stored <= set(kept)
    assert len(kept) == len(set(kept))


def test_receiver_goes_on_when_the_database_is_back(
    world: World, own_postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile 503, so that the service pushes again, and /healthz tells the load balancer."""
    monkeypatch.setenv("SMSCONF_STORE", own_postgres.address(TEMPLATE))
    with receiving(world, "--log-format", "json") as receiver:
        assert receiver.post("/reports", report(1)) == 200
        own_postgres.stop("immediate")
        assert receiver.ask("GET", "/healthz")[0] == receiver.post("/reports", report(2)) == 503
        own_postgres.start()
        assert receiver.ask("GET", "/healthz") == (200, b"ok\n")
        assert [receiver.post("/reports", report(number)) for number in (1, 2)] == [200, 200]
        said = receiver.stop()
    assert '"store_errors": 2' in said
    kept = [one.item.message_id for one in PostgresStore(own_postgres.address(TEMPLATE), "").reports()]
    assert kept == ["m1", "m2"]


@pytest.mark.parametrize("command", ["receive", "replies", "receipts"])
def test_file_and_shared_store_are_not_named_together(shared: World, command: str) -> None:
    """Which one is meant nobody could say."""
    ran = shared.smsconf(command, "--database", "inbox.db")
    assert ran.code == 1
    assert "SMSCONF_STORE" in ran.err


def test_project_for_a_shared_store_alone_refuses_files(world: World) -> None:
    """An opt-out in a file of one machine would be unknown to all others."""
    world.write(PROJECT.replace("version: 1", "version: 1\nstore: shared"))
    for command in (["receive", "--port", "0"], ["replies"]):
        ran = world.smsconf(*command)
        assert ran.code == 4
        assert "SMSCONF_STORE" in ran.err
    assert not (world.folder / ".smsconf" / "inbox.db").exists()


def test_account_that_nobody_tells_is_asked_for(shared: World) -> None:
    """Without a project id and without credentials a receiver does not know whose opt-outs it hears."""
    shared.edit(
        "emulator: {database: .smsconf/emulator.db}", "huaweicloud: {site: china, region: cn-north-4}"
    )
    ran = shared.smsconf("receive", "--port", "0")
    assert ran.code == 1
    assert "`project_id`" in ran.err
    shared.edit("region: cn-north-4", "region: cn-north-4, project_id: 0123456789abcdef0123456789abcdef")
    with receiving(shared) as receiver:
        assert receiver.post("/replies", reply(1, "R")) == 200
    assert shared.json("replies").json["opt_outs"] == 1


def test_send_sends_nothing_while_the_store_is_away(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """The reason, without the password, and the way out; --dry-run needs none."""
    monkeypatch.setenv("SMSCONF_STORE", "postgresql://smsconf:s3cret@127.0.0.1:1/smsconf")
    ran = shop.json("send", SHIPPED, "--to", ONE, *VALUES)
    assert ran.code == 1
    assert outbox(shop) == []
    assert "127.0.0.1:1" in ran.err
    assert "SMSCONF_STORE" in ran.err
    assert "s3cret" not in ran.err
    assert shop.smsconf("send", SHIPPED, "--to", ONE, *VALUES, "--dry-run").code == 0


def test_what_was_sent_from_one_machine_has_its_receipt_on_another(
    shop: World,  # noqa: F811
    postgres_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three machines: one sends, one receives, one asks."""
    monkeypatch.setenv("SMSCONF_STORE", postgres_address)
    ran = shop.json("send", SHIPPED, "--to", ONE, *VALUES)
    (one,) = ran.json["messages"]
    with receiving(machine(shop, "b")) as receiver:
        body = urlencode({"smsMsgId": one["message_id"], "status": "DELIVRD"}).encode()
        assert receiver.post("/reports", body) == 200
    (group,) = machine(shop, "c").json("receipts").json["groups"]
    assert (group["template"], group["delivered"]) == (SHIPPED, 1)


def test_opt_out_that_another_machine_hears_is_left_out_of_a_list_made_before(
    shop: World,  # noqa: F811
    postgres_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One machine makes the list, another hears who is out, a third one sends."""
    monkeypatch.setenv("SMSCONF_STORE", postgres_address)
    shop.control("POST", "clock", {"set": "2026-03-02T12:00:00+08:00"})
    shop.write("number\n13812345678\n13912345678\n", "list.csv")
    made = shop.json("bulk", "template.refund", "list.csv", "--prepare", "--auto-approve")
    assert made.code == 0, made.err
    with receiving(machine(shop, "b")) as receiver:
        body = urlencode({"from": "13812345678", "to": "10690000001", "body": "TD"}).encode()
        assert receiver.post("/replies", body) == 200
    third = machine(shop, "c")
    ran = third.json("bulk", "--join", "--auto-approve")
    assert ran.code == 0, ran.err
    assert "1 recipient opted out" in ran.err
    assert [one["to"] for one in outbox(third)] == ["+8613912345678"]
