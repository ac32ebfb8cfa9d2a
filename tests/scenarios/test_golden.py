"""One rich project through a quarter of a year: what every command says of it, byte for byte.

A change of the code that is not meant to change what people and programs read leaves these copies alone.
``SMSCONF_UPDATE_GOLDEN=1 pytest tests/scenarios/test_golden.py`` writes them anew; the difference is read,
and said in the commit.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from smsconf import __version__
from tests.scenarios.conftest import MONDAY, World

COPIES = Path(__file__).parent.parent / "data" / "golden"
SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"
UPDATE = bool(os.environ.get("SMSCONF_UPDATE_GOLDEN"))
SUFFIXES = {
    "json": "json",
    "text": "txt",
    "markdown": "md",
    "sarif": "sarif",
    "junit": "xml",
    "github": "log",
}

# what differs from run to run: real seconds pass while the commands run, and the shop lies in a folder
CHANGING = [
    (re.compile(r"(?<=\d\d:\d\d):\d\d(?:\.\d+)?(?:(?=Z)|\b)"), ":SS"),
    (re.compile(r"\bPython \d+\.\d+\.\d+"), "Python"),
    (
        re.compile(
            rf"(?<=smsconf )v?{re.escape(__version__)}|(?<=ersion\": \"){re.escape(__version__)}(?=\")"
        ),
        "VERSION",
    ),
    (re.compile(r"\b[0-9a-f]{32}\b|(?<=emulator/china/)[0-9a-f]{16}"), "ID"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\b10[67-9]\d{8,}\b"), "CHANNEL"),
]

RUN = {
    "GITHUB_ACTOR": "li-lei",
    "GITHUB_SHA": "2bfb63d779e3648c91950f82d374a25784cdabaf",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/sms",
    "GITHUB_RUN_ID": "4711",
}

NOTES = """\
templates:
  note-held:
    app: shop
    signature: shop-notice
    content: 您的预约{number}已确认，请准时到店。
    variables: {number: {type: alphanumeric, max_length: 8, description: 预约号}}
  note-long:
    app: shop
    universal: true
    type: notification
    content: 您的会员等级已更新，请登录商城查看。
campaigns:
  spring:
    template: order-cancelled
    recipients: lists/spring.csv
"""


class Book:
    """The copies: each said is compared with the one kept under its name."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.differing: list[str] = []
        self.said: set[str] = set()
        self.moment = datetime.fromisoformat(MONDAY)

    def keep(self, name: str, *command: str, form: str = "json") -> None:
        self.moment += timedelta(minutes=1)  # a command takes less, so the minutes are always the same
        self.world.control("POST", "clock", {"set": self.moment.isoformat()})
        ran = self.world.smsconf(*command, "--format", form)
        self.compare(f"{name}.{SUFFIXES[form]}", f"{ran.out}--- exit {ran.code}\n{ran.err}")

    def compare(self, name: str, text: str) -> None:
        text = text.replace(str(self.world.folder), "FOLDER")
        for pattern, word in CHANGING:
            text = pattern.sub(word, text)
        path = COPIES / name
        self.said.add(name)
        if UPDATE:
            path.write_text(text, encoding="utf-8")
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            self.differing.append(path.name)

    def keep_plan(self, name: str, *options: str) -> None:
        for form in ("json", "text", "markdown"):
            self.keep(f"plan-{name}", "plan", *options, form=form)

    def keep_state(self, name: str) -> None:
        for form in ("json", "text"):
            self.keep(f"status-{name}", "status", form=form)
        self.keep(f"outputs-{name}", "outputs")
        entries = self.world.json("history").json["entries"]  # two things at a time: their order may differ
        text = "\n".join(sorted(json.dumps(one, ensure_ascii=False) for one in entries))
        self.compare(f"history-{name}.jsonl", text + "\n")


@pytest.fixture
def book(world: World, monkeypatch: pytest.MonkeyPatch) -> Book:
    """The example's shop with a template more, one for all signatures, and a list to send to."""
    shutil.rmtree(world.folder)
    shutil.copytree(SHOP, world.folder, ignore=shutil.ignore_patterns(".smsconf"))
    world.write(NOTES, "templates/notes.yaml")
    world.write("number,order\n13812345678,A1\n13912345678,A2\n12,A3\n", "lists/spring.csv")
    monkeypatch.setenv("SMSCONF_SECRETS", str(world.folder / "secrets.json"))
    monkeypatch.setenv("COLUMNS", "100")
    for name, value in RUN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("socket.gethostname", lambda: "build-7")
    world.control("POST", "clock", {"set": MONDAY})
    world.control("PUT", "reviewer", {"default": "hold", "rules": []})
    return Book(world)


def test_every_command_says_what_it_said(book: Book) -> None:
    """Plans, outcomes, states, findings and receipts of every kind of row are the copies kept."""
    world = book.world
    for form in ("json", "text", "sarif", "junit", "github"):
        book.keep("lint", "lint", form=form)
    book.keep("validate", "validate")
    book.keep_plan("first")
    book.keep("apply-first", "apply", "--auto-approve", "--save-secrets", "secrets.json")
    book.keep_state("first")

    book.moment += timedelta(minutes=30)
    for name in ("示例商城", "好物优选"):
        found = [one for one in _rows(world, "signature") if one["name"] == name]
        for one in found:
            decision = "reject" if name == "好物优选" else "approve"
            world.control(
                "POST",
                "reviews",
                {"kind": "signature", "id": one["id"], "decision": decision, "reason": "授权书不清晰"},
            )
    for name in ("order-paid", "order-shipped", "order-cancelled", "refund-done", "login", "world-login"):
        world.decide("template", name, "approve")
    world.decide("template", "season-sale", "reject", "营销内容请补充退订方式")
    book.keep_plan("reviewed")
    book.keep("apply-reviewed", "apply", "--auto-approve", form="text")
    book.keep_state("reviewed")

    world.edit(
        "您的订单{order}已发货，预计{day}送达。",
        "您的订单{order}已发出，预计{day}送达。",
        "templates/orders.yaml",
    )
    world.edit("您的登录验证码为", "您的登陆验证码为", "templates/account.yaml")
    world.edit("  note-held:\n", "  note-renamed:\n    renamed_from: note-held\n", "templates/notes.yaml")
    world.edit("countries: [DE, FR]", "countries: [DE, IT]", "templates/world.yaml")
    world.edit("daily: {warn: 8000,", "daily: {warn: 9000,")
    text = (world.folder / "templates/offers.yaml").read_text(encoding="utf-8")
    world.write(text.replace("换季清仓活动将于下周一开始", "换季活动将于下周一开始"), "templates/offers.yaml")
    world.console("DELETE", "template", "order-paid")
    book.keep_plan("edited")
    book.keep_plan("pruned", "--prune", "--retire", "--target", "template.refund-done")
    book.keep("apply-edited", "apply", "--auto-approve")
    book.keep_state("edited")

    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    book.moment += timedelta(days=30)
    world.control("POST", "clock", {"set": book.moment.isoformat()})
    world.edit("  order-cancelled:\n", "  order-called-off:\n", "templates/orders.yaml")
    world.edit("order-cancelled", "order-called-off", "templates/notes.yaml")
    world.decide("template", "refund-done", "deactivate", "用户投诉")
    book.keep_plan("later", "--retire", "--prune")
    book.keep("apply-later", "apply", "--auto-approve", "--retire", "--prune", "--allow-deletes", "20")
    book.keep_state("later")

    book.keep(
        "send",
        "send",
        "template.world-order-shipped",
        "--to",
        "+6581234567",
        "--var",
        "order=A1",
        "--var",
        "day=2026-03-12",
    )
    book.moment = datetime.fromisoformat("2026-03-10T12:00:00+08:00")
    world.control("POST", "clock", {"set": book.moment.isoformat()})
    book.keep("bulk-dry", "bulk", "campaign.spring", "--dry-run")
    book.keep("bulk", "bulk", "campaign.spring", "--auto-approve")
    book.keep("bulk", "bulk", "campaign.spring", "--auto-approve", form="text")
    for command in ("receipts", "doctor", "guide"):
        for form in ("json", "text"):
            book.keep(command, command, form=form)
    assert world.smsconf("report", "--html", "report.html").code == 0
    book.compare("report.html", (world.folder / "report.html").read_text(encoding="utf-8"))
    book.keep("replies", "replies")
    book.keep_plan("last")
    assert book.said == {path.name for path in COPIES.iterdir()}
    assert book.differing == []


def _rows(world: World, kind: str) -> list[dict[str, str]]:
    rows = world.json("status").json["resources"]
    return [
        {"id": one["remote_id"], "name": one["remote_name"]}
        for one in rows
        if one["address"].startswith(kind) and one["remote_id"]
    ]
