"""What folders, files, contents, reviewers and arguments hold reaches stdout and stderr as text only."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
import yaml

from tests.render.hostile import SHEETS
from tests.render.judges import commands, formulas, sheet, unseen
from tests.scenarios.conftest import MONDAY, PROJECT, Ran, World

TRICK = "::error title=x::a\x1b[2J\u202e\u3164 ##[add-mask]b ##vso[task.complete]c\n::stop-commands::d"
FILE = "::notice title=x::\x1b[31m\u3164##[group]y.yaml"
COMMANDS = (
    ("validate",),
    ("lint",),
    ("lint", "--format", "junit"),
    ("lint", "--format", "sarif"),
    ("lint", "--diff"),
    ("fmt", "--diff"),
    ("fmt", "--check"),
    ("plan",),
    ("plan", "--format", "json"),
    ("plan", "--format", "markdown"),
    ("apply", "--auto-approve"),
    ("apply", "--auto-approve", "--format", "json"),
    ("status",),
    ("status", "--format", "markdown"),
    ("wait", "--timeout", "0s"),
    ("history",),
    ("history", "--format", "json"),
    ("confirm",),
    ("outputs",),
    ("outputs", "--format", "yaml"),
    ("outputs", "--format", "configmap"),
    ("outputs", "--format", "env"),
    ("dump",),
    ("graph",),
    ("guide",),
    ("guide", "--format", "markdown"),
    ("doctor",),
    ("receipts",),
    ("replies",),
    ("report", "--html", f"{TRICK[:20]}.html"),
    ("plan", "--output", f"no/{TRICK}"),
    ("plan", "--env", TRICK),
    ("plan", "--target", TRICK),
    ("plan", f"--{TRICK}"),
    ("status", TRICK),
    (TRICK,),
    ("lint", "--select", TRICK),
    ("history", "--address", TRICK),
    ("explain", TRICK),
    ("send", TRICK, "--to", TRICK),
    ("send", "template.refund", "--to", TRICK),
    ("bulk", "template.refund", TRICK),
    ("fmt", TRICK),
    ("emulator", "decide", TRICK, "approve"),
    ("emulator", "advance", TRICK),
    ("emulator", "outbox"),
    ("init", "--signature", TRICK, "--yes"),
    ("dump", "--only", TRICK),
)


def harmless(ran: Ran, *, data: bool = False) -> None:
    """What was said has no escape, nothing without ink, and no command of a runner."""
    for text in (ran.out, ran.err):
        assert unseen(text, data=data) is None, text
        assert commands(text) == [], text
        assert "Traceback" not in text


@pytest.fixture
def hostile(world: World) -> World:
    """A project whose folder, files, contents and reviewer are hostile."""
    folder = world.folder.parent / f"shop{TRICK}"
    folder.mkdir()
    world.folder = folder
    project, templates = PROJECT.split("templates:\n")
    quoted = json.dumps(f"您的订单{{order}}已发货{TRICK}。")
    templates = templates.replace("您的订单{order}已发货，预计{day}送达。", quoted).replace("订单号", quoted)
    templates = templates.replace(
        "    variables:", f"    name: {json.dumps('shipped' + TRICK)}\n    variables:"
    )
    world.write(f"{project}include: ['*.yaml']\n")
    world.write(f"templates:\n{templates}", FILE)
    world.control("POST", "clock", {"set": MONDAY})
    return world


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda one: " ".join(one).replace(TRICK, "TRICK")[:40])
def test_hostile_names_reach_no_stream_raw(hostile: World, arguments) -> None:
    """Every command, with everything hostile that it may meet or be given."""
    hostile.smsconf("apply", "--auto-approve")
    harmless(hostile.smsconf(*arguments), data="json" in arguments)


def test_reviewer_and_service_are_shown_and_never_obeyed(world: World) -> None:
    """Words of the service reach reports, the journal's history and the page as text."""
    world.apply()
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "refund", "reject", TRICK)
    for arguments in (
        ("status",),
        ("plan",),
        ("history",),
        ("guide",),
        ("outputs",),
        ("wait", "--timeout", "0s"),
    ):
        ran = world.smsconf(*arguments)
        harmless(ran)
    assert "\\x3a:error" in world.smsconf("status").out


def test_usage_error_quotes_an_argument_on_one_line(world: World) -> None:
    """A new line in an argument begins none in the message; what click lists itself stays in lines."""
    ran = world.smsconf("plan", "--target", "x\n::error::x")
    assert ran.code == 1
    harmless(ran)
    assert "x⏎::error::x" in ran.err
    ran = world.smsconf("emulator", "decide", "x")
    assert "approve,\n" in ran.err


def test_dump_with_hostile_names_is_yaml_that_says_the_same(world: World) -> None:
    """On stdout nothing is raw; read back, contents and names are those of the service."""
    content = '您的退款##[group]已到账\u3164，"请"查收。'
    world.edit("您的退款已到账。", json.dumps(content))
    assert world.apply().code in (0, 3)
    ran = world.smsconf("dump")
    harmless(ran)
    assert yaml.safe_load(ran.out)["templates"]["refund"]["content"] == content
    harmless(world.smsconf("dump", "--into", "copy"))
    (file,) = [
        one for one in (world.folder / "copy/templates").glob("*.yaml") if "refund" in one.read_text("utf-8")
    ]
    text = file.read_text(encoding="utf-8")
    assert unseen(text) is None
    assert yaml.safe_load(text)["templates"]["refund"]["content"] == content


def test_name_with_a_line_break_sets_no_variable(world: World) -> None:
    """Files of variables refuse it, naming address and field, and print nothing; YAML escapes it."""
    world.edit("content: 您的退款已到账。", 'name: "refund\\nNODE_OPTIONS=x"\n    content: 您的退款已到账。')
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    world.apply()
    world.advance("P14D")
    for form in ("env", "configmap"):
        ran = world.smsconf("outputs", "--format", form)
        if "refund\\nNODE" not in world.smsconf("outputs").out:
            pytest.skip("the service does not take such a name")
        assert (ran.code, ran.out) == (1, "")
        assert "template.refund: the remote_name" in ran.err
    held = yaml.safe_load(world.smsconf("outputs", "--format", "yaml").out)
    assert held["templates"]["template.refund"]["remote_name"] == "refund\nNODE_OPTIONS=x"


@pytest.mark.parametrize("shown", [(), ("--show-numbers",)])
def test_file_of_rows_left_out_computes_nothing(world: World, shown) -> None:
    """Whatever stands in a list, a spreadsheet that opens its rejects has one row each and no formula."""
    secrets = str(world.folder / "secrets.json")
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    assert world.apply("--save-secrets", secrets).code in (0, 6)
    world.advance("P14D")
    world.apply()
    world.advance("P14D")
    world.control("POST", "clock", {"set": "2026-03-02T12:00:00+08:00"})
    tricks = [text for text in SHEETS if not re.search(r"[\t\r\n]", text)]
    quoted = ['"' + text.replace('"', '""') + '"' for text in (*tricks, "\t=1", "##[group]x")]
    world.write("\n".join(["number", "13812345678", *quoted, ""]), "list.csv")
    arguments = ("bulk", "template.refund", "list.csv", "--dropped", "out.csv", "--dry-run", *shown)
    ran = world.smsconf(*arguments)
    harmless(ran)
    text = (world.folder / "out.csv").read_text(encoding="utf-8")
    assert formulas(text) == []
    assert unseen(text) is None
    assert commands(text) == []
    assert {len(row) for row in sheet(text)} == {4}
    assert len(sheet(text)) == text.count("\n") == len(quoted) + 1


def test_commands_write_to_streams_in_one_place() -> None:
    """What people read goes through ``say``, ``talk`` or ``report``; other writers have a reason."""
    known = {
        "output.py": "the place",
        "main.py": "usage errors, cleaned there; an interruption",
        "progress.py": "our words and numbers",
        "asking.py": "a question, cleaned there",
        "apply.py": "an empty line",
        "lint.py": "a difference, by several_lines",
        "fmt.py": "a difference, by several_lines",
        "dump.py": "YAML, by in_quotes",
        "graph.py": "Mermaid",
        "schema.py": "our schema",
        "receipts.py": "CSV",
        "bulk_terminal.py": "JSON, by json_text",
    }
    found = set()
    for path in Path("smsconf/cli").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if re.fullmatch(r"print|click\.(echo|secho)|sys\.std(out|err)\.(write|writelines)", called):
                found.add(path.name)
    assert found <= known.keys()
