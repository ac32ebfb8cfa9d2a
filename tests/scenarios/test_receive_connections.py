"""Receiving from whoever connects: idle, slow and endless ones, odd bodies, a full disk, a lost file."""

from __future__ import annotations

import json
import random
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from smsconf.store.files.inbox import open_to_read
from tests.scenarios.conftest import World
from tests.scenarios.test_receive import Receiver, report

HEAD = b"POST /reports HTTP/1.1\r\nHost: x\r\n"


@contextmanager
def limited(
    world: World, *arguments: str, limits: dict[int, int] | None = None, **options
) -> Iterator[Receiver]:
    """A receiver with limits of the system set."""

    def limit() -> None:
        for kind, most in (limits or {}).items():
            resource.setrlimit(
                kind, (most, resource.getrlimit(kind)[1])
            )  # the soft one: it can be raised again

    process = world.process("receive", "--port", "0", *arguments, preexec_fn=limit, **options)
    try:
        yield Receiver(process)
    finally:
        process.kill()
        process.communicate()


def connect(receiver: Receiver, sent: bytes = b"") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", receiver.port), timeout=20)
    made.sendall(sent)
    return made


def answer_of(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    found = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            found += part
    return found


def drip(connection: socket.socket, parts: bytes, seconds: float) -> None:
    with suppress(OSError):
        for one in parts:
            connection.sendall(bytes([one]))
            time.sleep(seconds)


@pytest.mark.parametrize(
    "sent",
    [b"", b"POST /reports HT", HEAD, HEAD + b"Content-Length: 50\r\n\r\nsmsMsgId", b"\r\n\r\n"],
    ids=["nothing", "half a line", "half a head", "half a body", "blank lines"],
)
def test_receive_closes_a_connection_that_does_not_finish_its_request(world: World, sent: bytes) -> None:
    """Silent or dripping on: closed when the time for a request is over, and others are served meanwhile."""
    with limited(world, "--read-timeout", "1s") as receiver, connect(receiver, sent) as slow:
        dripping = threading.Thread(target=drip, args=(slow, b"x" * 60, 0.1))
        began = time.monotonic()
        if sent:
            dripping.start()
        assert receiver.post("/reports", report(1)) == 200
        assert not answer_of(slow).startswith(b"HTTP/1.1 200")
        assert (0.5 if sent.strip() or not sent else 0) < time.monotonic() - began < 6
        if sent:
            dripping.join()


def test_receive_closes_a_connection_that_asks_nothing_more(world: World) -> None:
    """It may be used again for a while, each time anew, and is closed then."""
    whole = HEAD + b"Content-Length: 26\r\n\r\nsmsMsgId=m1&status=DELIVRD"
    limits = ("--idle-timeout", "1s", "--read-timeout", "9s")
    with limited(world, *limits) as receiver, connect(receiver, whole) as kept:
        assert kept.recv(65536).startswith(b"HTTP/1.1 200")
        time.sleep(0.6)
        kept.sendall(whole)
        assert kept.recv(65536).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        assert answer_of(kept) == b""
        assert 0.5 < time.monotonic() - began < 6
        assert "2 reports" in receiver.stop()


def test_receive_serves_while_more_connect_than_there_are_files_for(world: World) -> None:
    """Idle connections by the hundred: the oldest go, every report is stored, stderr stays short."""
    limits = {resource.RLIMIT_NOFILE: 256}
    with limited(world, "--read-timeout", "60s", limits=limits) as receiver, ExitStack() as held:
        for number in range(400):
            held.enter_context(connect(receiver, b"POST /repo" if number % 2 else b""))
            if number % 40 == 0:
                assert receiver.post("/reports", report(number)) == 200
        began = time.monotonic()
        assert [receiver.post("/reports", report(1000 + number)) for number in range(20)] == [200] * 20
        assert time.monotonic() - began < 10
        assert len(receiver.stop()) < 1000


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"413"),
        (HEAD + b"Content-Length: 9999999999\r\n\r\n", b"413"),
        (b"POST /elsewhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"404"),
    ],
)
def test_receive_reads_nothing_after_it_refused(world: World, sent: bytes, status: bytes) -> None:
    """A body without an end is answered, and the connection is closed: what follows has nowhere to go."""
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with limited(world) as receiver, connect(receiver, sent) as endless:
        poured = 0
        with suppress(OSError):
            while poured < 400_000_000:
                endless.sendall(chunk)
                poured += len(chunk)
        assert poured < 40_000_000
        assert receiver.post("/reports", report(1)) == 200
    with limited(world) as receiver, connect(receiver, sent + chunk * 30) as patient:
        assert answer_of(patient).split(b" ")[1] == status


def test_receive_answers_who_sends_all_of_a_body_that_is_too_long(world: World) -> None:
    """A client that writes first and reads then gets its 413, not a reset."""
    with limited(world) as receiver:
        assert receiver.post("/reports", b"smsMsgId=" + b"x" * 10_000_000) == 413
        assert receiver.post("/elsewhere", b"x" * 3_000_000) == 404


def test_receive_refuses_a_request_with_two_lengths(world: World) -> None:
    """A proxy in front may have read another one: 400, and nothing after it is a request."""
    body = b"1a\r\nsmsMsgId=m1&status=DELIVRD\r\n0\r\n\r\n"
    both = HEAD + b"Content-Length: 36\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    with limited(world) as receiver, connect(receiver, both + both) as smuggled:
        found = answer_of(smuggled)
        assert found.startswith(b"HTTP/1.1 400")
        assert found.count(b"HTTP/1.1") == 1
        assert "reports" not in receiver.stop()


def test_receive_answers_who_closes_its_half_after_the_request(world: World) -> None:
    """All that it asked before is answered, one after the other, and then the connection is closed."""
    whole = HEAD + b"Content-Length: 26\r\n\r\nsmsMsgId=m1&status=DELIVRD"
    with limited(world) as receiver:
        for sent, answers in ((whole, 1), (whole * 3, 3), (whole[:-5], 0)):
            with connect(receiver, sent) as half:
                half.shutdown(socket.SHUT_WR)
                assert answer_of(half).count(b"HTTP/1.1 200") == answers
        assert receiver.post("/reports", report(1)) == 200


def test_receive_gives_no_advice_to_who_asks_for_another_protocol(world: World) -> None:
    """A request to upgrade is a request like any other, and nothing is said about packages."""
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    with limited(world) as receiver:
        assert receiver.ask("GET", "/healthz", headers=upgrade)[0] == 200
        said = receiver.stop()
    assert "install" not in said
    assert "upgrade" not in said.lower()


def test_receive_says_little_however_much_goes_wrong(world: World) -> None:
    """Nobody reads its stderr, and thousands of garbage requests come: it goes on, and said a few lines."""
    with limited(world) as receiver:
        for _ in range(1500):
            with connect(receiver, b"\x16\x03\x01 hello\r\n\r\n") as garbage:
                assert b"400" in garbage.recv(100)
        assert receiver.post("/reports", report(1)) == 200
        assert len(receiver.stop().splitlines()) < 6


def test_receive_tells_a_full_disk_and_goes_on_when_there_is_room(world: World) -> None:
    """Neither a report nor the health check is told 200 while nothing can be written."""
    with limited(world, limits={resource.RLIMIT_FSIZE: 400_000}) as receiver:
        statuses = [receiver.post("/reports", report(number)) for number in range(1)]
        number = 0
        while statuses[-1] == 200 and number < 400:
            number += 1
            listed = [{"smsMsgId": f"{number}-{one}", "status": "x" * 300} for one in range(50)]
            statuses.append(receiver.post("/reports", json.dumps({"statusReportList": listed}).encode()))
        assert statuses[-1] == 503
        for _ in range(40):  # what is left of the log may still take a small one
            if receiver.ask("GET", "/healthz")[0] == 503:
                break
        else:
            pytest.fail("the health check says that it can store")
        assert receiver.post("/reports", report(9)) == 503
        room = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.prlimit(receiver.process.pid, resource.RLIMIT_FSIZE, room)
        assert receiver.post("/reports", report(10)) == 200
        assert receiver.ask("GET", "/healthz")[0] == 200


def odd_body(random_: random.Random, number: int) -> tuple[str, bytes]:
    """A body that is nearly a report, and the id that is in it."""
    name = f"odd-{number}"
    surrogate = random_.choice(["\\ud800", "\\udfff", "\\ud83d\\ude00\\udc00", "\\u0000"])
    escaped = f'"{surrogate}"'
    forms = [
        f'{{"statusReportList":[{{"smsMsgId":"{name}","status":{escaped}}}]}}'.encode(),
        f'[{{"smsMsgId":"{name}",{escaped}:[{escaped}]}}, 7, null]'.encode(),
        f'{{"statusReportList":[{{"smsMsgId":"{name}","statusDesc":{escaped}}}]}}'.encode(),
        f"smsMsgId={name}&statusDesc=".encode() + random_.randbytes(20),
        f"smsMsgId={name}%00&status=%ED%A0%80&sequence=1e9".encode(),
        f"\r\nsmsMsgId={name}\r\n".encode(),
        random_.randbytes(random_.randrange(200)),
        b"[" * random_.randrange(5000),
    ]
    return name, random_.choice(forms)


def test_receive_stores_all_that_is_good_among_all_that_is_odd(world: World) -> None:
    """Odd bodies from some, good ones from others, at one time: no request hangs, every 200 is a row."""
    stored: set[str] = set()
    statuses: list[int] = []

    def push(worker: int, receiver: Receiver) -> None:
        random_ = random.Random(worker)
        for number in range(120):
            if worker % 2:
                name, body = odd_body(random_, worker * 1000 + number)
            else:
                name, body = f"m{worker * 1000 + number}", report(worker * 1000 + number)
            status = receiver.post("/reports", body)
            statuses.append(status)
            if status == 200 and (not worker % 2 or name.encode() in body):
                stored.add(name)

    with limited(world) as receiver:
        pushers = [threading.Thread(target=push, args=(worker, receiver)) for worker in range(6)]
        for pusher in pushers:
            pusher.start()
        for pusher in pushers:
            pusher.join(60)
        assert not any(pusher.is_alive() for pusher in pushers)
        assert "Traceback" not in receiver.stop()
    assert set(statuses) <= {200, 400}
    with open_to_read(world.folder / ".smsconf" / "inbox.db") as inbox:
        kept = {one.item.message_id for one in inbox.reports()}
    assert stored <= kept
    assert {f"m{worker * 1000 + number}" for worker in (0, 2, 4) for number in range(120)} <= kept


def test_receive_warns_who_listens_to_all_without_protection(world: World, monkeypatch) -> None:
    """Beyond this machine a token or keys are wanted; the port is taken, so that nothing does listen."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        everywhere = ("receive", "--port", port, "--host", "0.0.0.0")
        ran = world.smsconf(*everywhere)
        assert ran.code == 1
        assert "anybody" in ran.err
        assert "Traceback" not in ran.err
        assert "anybody" not in world.smsconf("receive", "--port", port).err
        monkeypatch.setenv("SMSCONF_RECEIVE_TOKEN", "t")
        assert "anybody" not in world.smsconf(*everywhere).err
