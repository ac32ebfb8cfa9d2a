"""Waiting for people: until all is approved, until one says no, until the time is up."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.scenarios.conftest import Server, World

PROJECT_ID = "0123456789abcdef0123456789abcdef"
SOON = ("--timeout", "1s", "--interval", "0.05")


@pytest.fixture
def submitted(world: World) -> World:
    """Everything applied; the reviewer decides when told."""
    assert world.apply().code == 0
    world.writes()
    return world


def waiting(world: World, *arguments: str) -> subprocess.Popen[str]:
    """Start to wait in a process of its own; return once it has looked for the first time."""
    process = world.process("wait", "--interval", "0.05", "--timeout", "60s", *arguments)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("waiting for ")
    return process


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_wait_ends_when_everything_is_approved(submitted: World) -> None:
    """The last approval ends it with 0; what moved is on stderr, the status on stdout; nothing is written."""
    process = waiting(submitted)
    submitted.control("PUT", "reviewer", {"default": "approve", "rules": []})
    submitted.advance("P14D")
    code, out, err = ended(process)
    assert (code, "5 approved" in out or "4 approved" in out) == (0, True)
    assert "template.order-shipped: " in err
    assert "→ approved" in err
    assert submitted.writes() == []


def test_wait_for_one_address_looks_at_no_other(submitted: World) -> None:
    """With a name only that one has to be approved."""
    process = waiting(submitted, "template.hello", "--format", "json")
    submitted.decide("template", "hello", "approve")
    code, out, _ = ended(process)
    assert code == 0
    assert '"template.hello"' in out
    assert '"template.refund"' not in out


def test_wait_ends_at_once_with_7_on_a_rejection(submitted: World) -> None:
    """The first no ends it, with the reviewer's words, though others are still in review."""
    process = waiting(submitted)
    submitted.decide("template", "hello", "reject", "too pushy")
    code, out, err = ended(process)
    assert code == 7
    assert "template.hello: in review → rejected (too pushy)" in err
    assert "reviewer: too pushy" in out


def test_wait_for_a_template_ends_with_7_when_its_signature_is_rejected(submitted: World) -> None:
    """What it needs was refused by the reviewer, so it cannot be approved."""
    submitted.decide("signature", "示例商城", "reject", "资质不符")
    assert submitted.smsconf("wait", "template.refund", *SOON).code == 7
    assert submitted.smsconf("wait", "template.hello", *SOON).code == 6


def test_wait_for_a_universal_template_ends_with_7_when_its_last_signature_is_rejected(world: World) -> None:
    """It needs any signature of its type: it was waited for until the time was up."""
    world.edit(
        "    signature: shop-notice\n    content: 您的退款", "    universal: true\n    content: 您的退款"
    )
    world.edit("    content: 您的退款", "    type: notification\n    content: 您的退款")
    assert world.apply().code == 0
    world.decide("signature", "示例商城", "reject", "请补充授权书")
    ran = world.json("wait", "template.refund", "--timeout", "60s")
    assert ran.code == 7


def test_wait_gives_up_with_6_when_the_time_is_up(submitted: World) -> None:
    """Reviews that are still running at the end are no error of ours."""
    ran = submitted.json("wait", *SOON)
    assert ran.code == 6
    assert ran.row("template.refund")["verdict"]["done"] is False


@pytest.mark.parametrize("arguments", [(), ("template.refund",)])
def test_wait_before_apply_is_pending(world: World, arguments: tuple[str, ...]) -> None:
    """What nobody submitted yet is awaited too."""
    assert world.smsconf("wait", *arguments, "--timeout", "0s").code == 6


def test_wait_is_pending_while_the_files_ask_for_more(approved: World) -> None:
    """An approved text that the files have changed since is not what is awaited."""
    assert approved.smsconf("wait", "--timeout", "0s").code == 0
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    assert approved.smsconf("wait", "--timeout", "0s").code == 6
    assert approved.smsconf("wait", "template.hello", "--timeout", "0s").code == 0


def test_wait_ends_with_7_where_the_change_is_refused(approved: World) -> None:
    """A frozen signature that the files ask to differ will never be as asked."""
    approved.edit("type: notification, qualification", "type: notification, source: trademark, qualification")
    assert approved.smsconf("wait", "signature.shop-notice", "--timeout", "60s").code == 7


def test_wait_goes_on_after_a_broken_answer(submitted: World) -> None:
    """A round without an answer is told and repeated; the wait ends as the reviews do."""
    process = waiting(submitted)
    faults = [
        {"operation": operation, "fault": "reset", "times": 9}
        for operation in ("ListAppDetails", "ListSignatureDetails", "ListTemplateDetails")
    ]
    submitted.control("POST", "faults", faults)
    submitted.control("PUT", "reviewer", {"default": "approve", "rules": []})
    submitted.advance("P14D")
    assert ended(process)[0] == 0


def test_wait_with_an_incomplete_reading_at_the_end_exits_4(submitted: World) -> None:
    """A kind that could not be read to the end is neither approved nor rejected."""
    fault = {"operation": "ListTemplateDetails", "fault": "status", "status": 400, "times": 99}
    submitted.control("POST", "faults", [fault])
    assert submitted.smsconf("wait", "--timeout", "0s").code == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("template.refnd",), "did you mean template.refund?"),
        (("--timeout", "soon"), "expected a duration such as 90s"),
        (("--timeout", "P1M"), "expected a duration such as 90s"),
        (("--interval", "0"), "0.0 is not in the range"),
    ],
)
def test_wait_refuses_what_it_cannot_wait_for(world: World, arguments: Any, said: str) -> None:
    """An address that is not declared, or a time that is none, exits 1."""
    ran = world.smsconf("wait", *arguments)
    assert ran.code == 1
    assert said in ran.err


@pytest.mark.parametrize("timeout", ["1s", "PT1S"])
def test_timeout_is_written_short_or_in_iso_8601(submitted: World, timeout: str) -> None:
    """Both forms of a duration are taken."""
    assert submitted.smsconf("wait", "--timeout", timeout, "--interval", "0.5").code == 6


def test_interrupted_wait_exits_130(submitted: World) -> None:
    """Ctrl-C ends a wait with 130 and no traceback."""
    import signal

    process = waiting(submitted)
    process.send_signal(signal.SIGINT)
    code, out, err = ended(process)
    assert (code, out) == (130, "")
    assert "Traceback" not in err


def test_decisions_seen_while_waiting_are_remembered(submitted: World) -> None:
    """The reviewer's words are in the history afterwards."""
    submitted.decide("template", "hello", "reject", "too pushy")
    assert submitted.smsconf("wait", "template.hello", *SOON).code == 7
    assert "reviewer: too pushy" in submitted.smsconf("history", "template.hello").out


def test_wait_says_once_whose_credentials_it_uses(submitted: World, server: Server) -> None:
    """Each look has a client of its own, but the line about credentials comes once."""
    provider = "huaweicloud: {site: china, region: cn-north-4, endpoint: URL, project_id: PROJECT}"
    provider = provider.replace("URL", json.dumps(server.url)).replace("PROJECT", json.dumps(PROJECT_ID))
    submitted.edit("emulator: {database: .smsconf/emulator.db}", provider)
    submitted.environ = {"HUAWEICLOUD_SDK_AK": "EMULATORAK", "HUAWEICLOUD_SDK_SK": "EMULATORSK"}
    process = submitted.process("wait", "--interval", "0.05", "--timeout", "1s")
    code, _, err = ended(process)
    assert (code, err.count("credentials: ")) == (6, 1)
