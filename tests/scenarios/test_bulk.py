"""A list on its way, through the real command line: who gets it, who not and why, what may not be sent."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import struct
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from smsconf.store.messages import Reply
from smsconf.workflow.mailbox import open_mailbox
from tests.messaging.workbook import write_workbook
from tests.scenarios.conftest import World
from tests.scenarios.test_send import outbox, sends

SHIPPED = "template.order-shipped"
REFUND = "template.refund"
LIST = "number\n13812345678\n13912345678\n15012345678\n"
MORE = """\
  sale-brand: {app: shop, name: 示例商城, type: promotion, qualification: q-1234}
  code-brand: {app: shop, name: 示例商城, type: verification, qualification: q-1234}
templates:
  sale: {app: shop, signature: sale-brand, content: 新品上市，会员专享，官网可购，拒收请回复R。}
  code:
    app: shop
    signature: code-brand
    content: 您的验证码为{code}，请勿告知他人。
    variables: {code: {type: alphanumeric}}
"""


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The shop with everything approved, promotions included, the apps' secrets kept, and a list."""
    world.edit("templates:\n", MORE)
    monkeypatch.setenv("SMSCONF_SECRETS", str(world.folder / "secrets.json"))
    world.environ["SMSCONF_SECRETS"] = str(world.folder / "secrets.json")
    assert world.apply("--save-secrets", str(world.folder / "secrets.json")).code == 0
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    for _ in range(2):
        world.advance("P14D")
        assert world.apply().code == 0
    world.control("POST", "clock", {"set": "2026-03-02T12:00:00+08:00"})
    world.control("DELETE", "requests")
    world.write(LIST, "list.csv")
    return world


def bulk(world: World, *arguments: str) -> Any:
    return world.json("bulk", *arguments, "--auto-approve")


def hear(world: World, *said: tuple[str, str]) -> None:
    """Receive replies, an hour after another: sender and text."""
    mailbox = open_mailbox(world.folder, None, print)
    with mailbox.store.open_inbox(mailbox.scope()) as inbox:
        for number, (sender, text) in enumerate(said):
            reply = Reply(f"m{number}", sender, "10690000001", text)
            inbox.add([reply], datetime(2026, 3, 1, number, tzinfo=UTC))


def test_workbook_gives_everyone_their_own_text(shop: World) -> None:
    """Columns become variables; what is left out is in the report by its row, its number hidden."""
    rows = [
        ("手机号", "order", "day"),
        (13812345678, "A1", "2026-03-05"),
        ("139 1234 5678", "B2", "2026/03/06"),
        (13812345678, "A9", "2026-03-05"),
        (15012345678, "C.3", "2026-03-05"),
        (12345, "D4", "2026-03-05"),
    ]
    write_workbook(shop.folder / "list.xlsx", rows)
    ran = bulk(shop, SHIPPED, "list.xlsx", "--dropped", "out.csv")
    assert ran.code == 0, ran.err
    counts = {
        key: ran.json["recipients"][key] for key in ("rows", "valid", "segments", "requests", "dropped")
    }
    assert counts == {
        "rows": 5,
        "valid": 2,
        "segments": 2,
        "requests": 1,
        "dropped": {"duplicate": 1, "bad-value": 1, "not-mobile": 1},
    }
    assert ran.json["messages"]["accepted"] == 2
    assert {one["to"]: one["text"] for one in outbox(shop)} == {
        "+8613812345678": "【示例商城】您的订单A1已发货，预计2026-03-05送达。",
        "+8613912345678": "【示例商城】您的订单B2已发货，预计2026/03/06送达。",
    }
    left = (shop.folder / "out.csv").read_text(encoding="utf-8").splitlines()
    assert left[0] == "row,number,reason,explanation"
    assert {line.split(",")[0]: line.split(",")[2] for line in left[1:]} == {
        "4": "duplicate",
        "5": "bad-value",
        "6": "not-mobile",
    }
    said = ran.out + ran.err + "\n".join(left)
    assert not re.search(r"1(38|39|50)12345678", said)


def test_same_list_again_sends_nothing(shop: World) -> None:
    """Running it again is safe; another list is another run, and --again says it is meant."""
    assert bulk(shop, REFUND, "list.csv").code == 0
    ran = bulk(shop, REFUND, "list.csv")
    assert (ran.code, ran.json["outcome"], len(outbox(shop))) == (0, "accepted", 3)
    assert bulk(shop, REFUND, "list.csv", "--again").code == 0
    assert len(outbox(shop)) == 6
    shop.write(LIST + "15112345678\n", "other.csv")
    assert bulk(shop, REFUND, "other.csv").code == 0
    assert len(outbox(shop)) == 10


def test_metrics_are_served_while_a_list_goes_out(shop: World) -> None:
    """On a free port of this machine, from before the first request to the end; no number is among them."""
    slow = [{"operation": "BatchSendSms", "fault": "slow", "seconds": 1.5, "times": 1}]
    shop.control("POST", "faults", slow)
    process = shop.process("bulk", REFUND, "list.csv", "--auto-approve", "--metrics-port", "0")
    assert process.stderr is not None
    address = process.stderr.readline().removeprefix("metrics at ").strip()
    with socket.create_connection(("127.0.0.1", httpx.URL(address).port)) as odd:
        odd.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        odd.sendall(b"GET /metrics HTTP/1.1\r\n")  # and breaks off
    text = ""
    while 'smsconf_bulk_messages{run="1",state="sending"} 3.0' not in text:
        assert process.poll() is None, text
        text = httpx.get(address).text
    assert "process_start_time_seconds" in text
    assert "12345678" not in text
    out, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) == (0, False), out + err
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_metrics_that_cannot_be_served_stop_a_list_before_it_starts(
    shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port in use, or the extra that is not there: said, with the way out, and nothing is sent."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = bulk(shop, REFUND, "list.csv", "--metrics-port", str(taken.getsockname()[1]))
    assert (ran.code, "--metrics-port another port" in ran.err) == (1, True)
    ran = bulk(shop, REFUND, "list.csv", "--metrics-port", "here")
    assert (ran.code, "HOST:PORT" in ran.err) == (1, True)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)  # as if it were not there
    ran = bulk(shop, REFUND, "list.csv", "--metrics-port", "0")
    assert (ran.code, "pip install 'smsconf[metrics]'" in ran.err) == (4, True)
    assert not outbox(shop)


def test_dry_run_counts_and_sends_nothing(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No secret, no ledger, no message; the counts are those of the run."""
    monkeypatch.delenv("SMSCONF_SECRETS")
    ran = shop.json("bulk", REFUND, "list.csv", "--dry-run")
    assert ran.code == 0, ran.err
    assert (ran.json["recipients"]["segments"], ran.json["messages"]["waiting"]) == (3, 3)
    assert not (shop.folder / ".smsconf/ledger.db").exists()
    assert sends(shop) == 0


def test_without_a_terminal_nothing_is_sent_unasked(shop: World) -> None:
    """The counts are shown, the option is named, exit 1."""
    ran = shop.smsconf("bulk", REFUND, "list.csv")
    assert ran.code == 1
    assert "--auto-approve" in ran.err
    assert "3 recipients" in ran.out
    assert sends(shop) == 0


@pytest.mark.usefixtures("anywhere")
def test_who_opted_out_is_left_out(shop: World) -> None:
    """By a list, and by a reply that was received."""
    hear(shop, ("+8613812345678", "R"))
    shop.write("13912345678\n", "no.txt")
    ran = bulk(shop, REFUND, "list.csv", "--opt-out", "no.txt")
    assert ran.code == 0, ran.err
    assert ran.json["recipients"]["dropped"] == {"opted-out": 2}
    assert [one["to"] for one in outbox(shop)] == ["+8615012345678"]


@pytest.mark.parametrize(
    ("sender", "body"),
    [
        ("13812345678", "R，"),
        ("8613812345678", "请勿再发，退订"),
        ("%2B8613812345678", "退訂"),
        ("+86 138-1234-5678", "STOP\n--\nJohn"),
    ],
)
def test_opt_out_is_honoured_however_number_and_wish_are_written(shop: World, sender: str, body: str) -> None:
    """What `replies --opt-outs` shows is what a list leaves out; who came back is in again."""
    hear(shop, (sender, body), ("13912345678", "TD"), ("+8613912345678", "恢复订阅"))
    assert shop.json("replies", "--opt-outs").json["opt_outs"] == 1
    assert bulk(shop, REFUND, "list.csv").json["recipients"]["dropped"] == {"opted-out": 1}
    assert [one["to"] for one in outbox(shop)] == ["+8613912345678", "+8615012345678"]


@pytest.mark.usefixtures("anywhere")
def test_who_opts_out_in_the_middle_of_a_run_is_left_out_of_its_rest(shop: World) -> None:
    """The run goes on the next day, and a reply came in between."""
    shop.edit("apps:\n", "thresholds: {cn: {daily: {limit: 1}}}\napps:\n")
    assert bulk(shop, REFUND, "list.csv").code == 5
    shop.edit("limit: 1}", "limit: 9}")
    hear(shop, ("+8615012345678", "TD"))
    ran = bulk(shop, REFUND, "list.csv")
    assert ran.code == 0, ran.err
    assert "1 recipient opted out" in ran.err
    assert [one["to"] for one in outbox(shop)] == ["+8613812345678", "+8613912345678"]


def test_termination_finishes_what_is_on_its_way(shop: World) -> None:
    """As a scheduler stops a job: nothing is left in doubt, and the next run goes on."""
    shop.write("".join(f"138{place:08}\n" for place in range(60_000)), "long.txt")
    process = shop.process(
        "bulk", REFUND, "long.txt", "--auto-approve", "--format", "json", "--progress", "json"
    )
    assert process.stderr is not None
    for line in process.stderr:
        if '"progress"' in line:
            break
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 143
    view = json.loads(out)
    assert (view["outcome"], view["uncertain"]) == ("interrupted", [])
    assert 0 < view["messages"]["waiting"] < 60_000


def test_campaign_of_the_files_is_run_by_its_address(shop: World) -> None:
    """Template, list and opt-outs come from the files; the run is known by the campaign's name."""
    shop.write("13912345678\n", "no.txt")
    shop.edit(
        "templates:\n",
        "campaigns:\n  thanks: {template: refund, recipients: list.csv, opt_out: no.txt}\ntemplates:\n",
    )
    ran = bulk(shop, "campaign.thanks")
    assert ran.code == 0, ran.err
    assert (ran.json["name"], ran.json["messages"]["accepted"]) == ("campaign.thanks", 2)
    ran = bulk(shop, "campaign.thanks")
    assert (ran.code, ran.json["run"], len(outbox(shop))) == (0, "1", 2)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("template.code", "list.csv"), 4, "verification template"),
        ((SHIPPED, "list.csv"), 1, "needs order, day"),
        ((REFUND,), 1, "a list of recipients"),
        ((REFUND, "missing.csv"), 1, "missing.csv"),
        (("campaign.none",), 1, "not declared"),
        (("app.shop", "list.csv"), 1, "address of a template"),
        ((REFUND, "list.csv", "--at", "tomorrow"), 1, "expected a time"),
        ((REFUND, "list.csv", "--at", "2026-03-05T09:00:00"), 1, "offset"),
        ((REFUND, "list.csv", "--at", "2026-05-01T09:00:00+08:00"), 4, "more than a month"),
        (("template.sale", "list.csv", "--at", "2026-03-03T23:00:00+08:00"), 4, "2026-03-04T08:00+08:00"),
        ((REFUND, "list.csv", "--var", "x=1"), 1, "'x' is not a variable"),
        ((REFUND, "nobody.txt"), 1, "nobody is left of the 2 rows"),
        ((REFUND, "list.csv", "--extend", "{x}"), 1, "--extend"),
        ((REFUND, "list.csv", "--extend", "\udcff"), 1, "--extend"),
        ((REFUND, "list.csv", "--status-callback", "x.example.com"), 1, "--status-callback"),
        ((REFUND, "list.csv", "--assume-sent", "--assume-not-sent"), 1, "opposite"),
        ((REFUND, "list.csv", "--dropped", "list.csv/out.csv"), 1, "cannot be written"),
    ],
)
def test_what_cannot_go_to_a_list_is_refused(
    shop: World, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """Before anything is sent, in one sentence."""
    shop.write("12345\n+6591234567\n", "nobody.txt")
    ran = shop.smsconf("bulk", *arguments, "--auto-approve")
    assert ran.code == code, ran.err
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert sends(shop) == 0


def test_promotion_goes_out_by_day_only(shop: World) -> None:
    """At night it is refused with the hour at which it may go; by day it goes."""
    shop.control("POST", "clock", {"set": "2026-03-02T23:00:00+08:00"})
    ran = shop.smsconf("bulk", "template.sale", "list.csv", "--auto-approve")
    assert ran.code == 4
    assert "2026-03-03T08:00+08:00" in ran.err
    assert bulk(shop, REFUND, "list.csv").code == 0, "a notification goes at any time"
    shop.control("POST", "clock", {"set": "2026-03-03T08:00:00+08:00"})
    assert bulk(shop, "template.sale", "list.csv").code == 0


def test_threshold_of_the_files_stops_the_run(shop: World) -> None:
    """Exit 5 after a part, 4 if nothing may go, and the next UTC day goes on."""
    shop.edit("apps:\n", "thresholds: {cn: {daily: {warn: 1, limit: 2}}}\napps:\n")
    ran = bulk(shop, REFUND, "list.csv")
    assert (ran.code, ran.json["outcome"], ran.json["messages"]["waiting"]) == (5, "stopped", 1)
    assert "threshold.cn" in ran.json["stopped"]
    assert "warning" in ran.err
    ran = bulk(shop, REFUND, "list.csv")
    assert (ran.code, ran.json["messages"]["waiting"]) == (5, 1)
    shop.write("15112345678\n", "other.csv")
    ran = bulk(shop, SHIPPED, "other.csv", "--var", "order=A1", "--var", "day=2026-03-05")
    assert (ran.code, ran.json["messages"]["waiting"]) == (4, 1)
    shop.advance("P1D")
    assert bulk(shop, REFUND, "list.csv").code == 0
    assert len(outbox(shop)) == 3


def test_lost_answer_is_listed_and_settled_by_a_person(shop: World) -> None:
    """Taken by the service, its answer lost: not repeated, until somebody says it was not sent."""
    shop.control(
        "POST", "faults", [{"operation": "BatchSendSms", "fault": "timeout-after-commit", "times": 1}]
    )
    ran = bulk(shop, REFUND, "list.csv")
    assert (ran.code, ran.json["outcome"]) == (5, "unknown")
    (doubt,) = ran.json["uncertain"]
    assert (doubt["messages"], doubt["first"]) == (3, "+86138****5678")
    assert bulk(shop, REFUND, "list.csv").code == 5
    assert len(outbox(shop)) == 3
    text = shop.smsconf("bulk", REFUND, "list.csv", "--auto-approve").out
    assert "--assume-not-sent" in text
    ran = bulk(shop, REFUND, "list.csv", "--assume-sent")
    assert (ran.code, ran.json["messages"]["assumed_sent"]) == (0, 3)
    assert len(outbox(shop)) == 3


def test_template_that_is_not_approved_goes_to_nobody(world: World) -> None:
    """Exit 4, saying what it waits for; the list is not even read."""
    assert world.apply().code == 0
    ran = world.smsconf("bulk", REFUND, "missing-or-not.csv", "--auto-approve")
    assert ran.code == 1
    world.write(LIST, "list.csv")
    ran = world.smsconf("bulk", REFUND, "list.csv", "--auto-approve")
    assert ran.code == 4
    assert "review of its signature" in ran.err


def test_progress_in_json_is_one_document_a_line(shop: World) -> None:
    """Events on stderr for programs; the report stays on stdout."""
    ran = bulk(shop, REFUND, "list.csv", "--progress", "json")
    events = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    assert events[-1]["event"] == "progress"
    assert (events[-1]["done"], events[-1]["total"]) == (3, 3)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_waiting_can_be_called_off(shop: World, number: signal.Signals, code: int) -> None:
    """Ctrl-C or a termination before the start: nothing sent, and the run can be started later."""
    at = "2026-03-02T13:00:00+08:00"
    process = shop.process("bulk", REFUND, "list.csv", "--auto-approve", "--at", at)
    assert process.stderr is not None
    seen = ""
    deadline = time.monotonic() + 30
    while "waiting until" not in seen and time.monotonic() < deadline:
        seen += process.stderr.readline()
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == code
    assert sends(shop) == 0
    late = shop.smsconf("bulk", REFUND, "list.csv", "--auto-approve", "--at", "2026-03-02T11:00:00+08:00")
    assert late.code == 4, "its time is over"
    assert bulk(shop, REFUND, "list.csv", "--at", "2026-03-02T11:50:00+08:00").code == 0
    assert len(outbox(shop)) == 3


def test_files_about_people_are_their_owners_alone(shop: World) -> None:
    """The ledger holds phone numbers, and so may the file of rows left out."""
    assert bulk(shop, REFUND, "list.csv", "--dropped", "out.csv").code == 0
    for name in (".smsconf/ledger.db", "out.csv"):
        assert Path(shop.folder / name).stat().st_mode & 0o077 == 0


def test_file_of_rows_left_out_replaces_nothing_else(shop: World) -> None:
    """Not the project, nor a link to the list, nor a pipe; an older one of its kind it does, a device not."""
    os.link(shop.folder / "list.csv", shop.folder / "link.csv")
    for name in ("smsconf.yaml", "link.csv", "secrets.json"):
        before = (shop.folder / name).read_bytes()
        ran = shop.smsconf("bulk", REFUND, "list.csv", "--dry-run", "--dropped", name)
        assert (ran.code, (shop.folder / name).read_bytes()) == (1, before)
        assert "holds something else" in ran.err
    os.mkfifo(shop.folder / "pipe")
    for name, code in (("out.csv", 0), ("out.csv", 0), ("/dev/null", 0), ("pipe", 1)):
        assert shop.smsconf("bulk", REFUND, "list.csv", "--dry-run", "--dropped", name).code == code
    assert (shop.folder / "pipe").is_fifo()
    assert not Path("/dev/null").is_file()


def test_opt_out_that_nobody_can_read_is_told(shop: World) -> None:
    """No list can leave that person out, so whoever sends hears of it."""
    hear(shop, ("138****5678", "R"))
    ran = bulk(shop, REFUND, "list.csv")
    assert ran.code == 0
    assert "1 opt-out came from a number that cannot be read" in ran.err
