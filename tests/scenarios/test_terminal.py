"""How the program behaves at a terminal, in a pipe, and when it is interrupted."""

from __future__ import annotations

import os
import pty
import select
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from smsconf.cli.main import COMMANDS
from tests.scenarios.conftest import World

HEAVY = {"pydantic", "httpx", "rich", "deepdiff", "yaml", "starlette", "uvicorn", "smsconf.workflow.run"}


def at_terminal(
    world: World, *arguments: str, answer: str = "", columns: int = 60, **environ: str
) -> tuple[int, str]:
    """Run a command on a pseudo-terminal, type an answer, and return exit code and screen."""
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - the child
        os.chdir(world.folder)
        settings = {"COLUMNS": str(columns), "LINES": "50", "TERM": "xterm-256color", **environ}
        os.environ.update(settings)
        os.execv(sys.executable, [sys.executable, "-m", "smsconf", *arguments])
    said = b""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if answer and b"'yes'" in said:
            os.write(terminal, answer.encode())
            answer = ""
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:
                break
            if not chunk:
                break
            said += chunk
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), said.decode()


def test_apply_asks_and_takes_yes(world: World) -> None:
    """At a terminal apply shows the plan, asks, and goes on after yes."""
    code, screen = at_terminal(world, "apply", answer="yes\n")
    assert code == 0
    assert "6 create" in screen
    assert "created as a draft, submitted" in screen


@pytest.mark.parametrize("answer", ["no\n", "y\n", "\n", "\x04"])
def test_apply_sends_nothing_after_anything_but_yes(world: World, answer: str) -> None:
    """No, a mere y, an empty line and the end of input all send nothing and exit 1."""
    code, screen = at_terminal(world, "apply", answer=answer)
    assert code == 1
    assert "nothing sent" in screen
    assert world.writes() == []


def test_apply_without_a_terminal_needs_auto_approve(world: World) -> None:
    """In a pipe apply prints the plan, sends nothing, says which flag it needs, and exits 1."""
    ran = world.smsconf("apply")
    assert ran.code == 1
    assert "plan: 6 create" in ran.out
    assert "--auto-approve" in ran.err
    assert world.writes() == []


def test_plan_fits_sixty_columns(world: World) -> None:
    """On a narrow terminal no line is wider than the terminal, Chinese counted as two cells."""
    from smsconf.render.lines import cells

    code, screen = at_terminal(world, "plan", columns=60, NO_COLOR="1")
    assert code == 0
    assert all(cells(line.rstrip("\r")) <= 60 for line in screen.split("\n"))
    assert "示例商城" in screen


def test_colour_obeys_the_environment(world: World) -> None:
    """Colour at a terminal, none with NO_COLOR or in a pipe, some in a pipe with FORCE_COLOR."""
    assert "\x1b[" in at_terminal(world, "plan")[1]
    assert "\x1b[3" not in at_terminal(world, "plan", NO_COLOR="1")[1]
    assert "\x1b[" not in world.process("plan").communicate()[0]
    world.environ = {"FORCE_COLOR": "1"}
    assert "\x1b[" in world.process("plan").communicate()[0]


def test_closed_pipe_is_silent(world: World) -> None:
    """A reader that leaves early gets no complaint."""
    command = f"{sys.executable} -m smsconf plan | head -n 1"
    ran = subprocess.run(
        command, shell=True, cwd=world.folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout == "plan: shop · china · emulator\n"
    assert ran.stderr == ""


def test_interrupt_finishes_what_is_in_flight_and_reports(world: World) -> None:
    """Ctrl-C during apply ends with 130, a report of what was done, and no half-known request."""
    slow = [{"operation": "CreateApp", "fault": "slow", "seconds": 2, "times": 2}]
    world.control("POST", "faults", slow)
    process = world.process("apply", "--auto-approve", "--format", "json")
    journal = world.folder / ".smsconf/journal.jsonl"
    deadline = time.monotonic() + 30
    while "CreateApp" not in str(world.control("GET", "requests")) and not journal.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "stopping" in err
    assert '"interrupted": true' in out
    assert '"outcome": "applied"' in out
    assert '"outcome": "skipped"' in out
    assert world.apply().code == 0
    assert world.writes().count("CreateApp") == 2


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_other_encodings_lose_no_line(world: World, encoding: str) -> None:
    """In a Chinese or plain C locale every line is written; what it cannot hold is spelled as a code."""
    world.environ = {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    process = world.process("plan", "--format", "json", text=False)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    import json

    assert json.loads(out.decode(encoding))["summary"] == {"create": 6}
    text, _ = world.process("plan", text=False).communicate(timeout=60)
    assert b"template.order-shipped" in text


def test_version_and_help_load_nothing_heavy() -> None:
    """--version and --help import neither a heavy package nor any of our stages."""
    code = (
        "import sys; from smsconf.cli.main import run; code = run(sys.argv[1:]); "
        f"heavy = {HEAVY}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    for flag in ("--version", "--help"):
        ran = subprocess.run(
            [sys.executable, "-c", code, flag], capture_output=True, text=True, timeout=60, check=False
        )
        assert (ran.returncode, ran.stderr.strip()) == (0, "[]")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_opens_with_an_example(world: World, command: str) -> None:
    """Each command's help shows an example before its options."""
    ran = world.smsconf(command, "--help")
    assert ran.code == 0
    assert ran.out.index("Example:") < ran.out.index("Options:")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plna",), "did you mean 'plan'?"),
        (("plan", "--detailed-exit"), "--detailed-exitcode"),
        (("plan", "--target", "template"), "expected KIND.KEY"),
        (("plan", "--format", "yaml"), "'yaml' is not one of"),
        (("apply", "--allow-deletes", "-1"), "-1 is not in the range"),
        (("plan", "-C", "no-such-folder"), "no-such-folder"),
        (("emulator", "advance", "soon"), "SOON"),
        (("emulator", "decide", "template.nope", "approve"), "template.nope is not declared"),
        (("plan", "--output", "no/such/folder/plan.txt"), "cannot write"),
        (("wait", "--interval", "nan"), "'nan' is not a valid"),
        (("apply", "--wait", "--interval", "inf"), "inf is not in the range"),
        (("status", "--watch", "--interval", "1e300"), "1e+300 is not in the range"),
    ],
)
def test_usage_errors_exit_1_and_say_what_to_do(world: World, arguments, said) -> None:
    """Wrong words on the command line exit 1, never with a traceback."""
    ran = world.smsconf(*arguments)
    assert ran.code == 1
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("send", "template.refund", "--to", "+8613812345678"),
        ("bulk", "template.refund", "list.csv"),
        ("bulk", "campaign.sale", "list.csv"),
        ("emulator", "decide", "template.refund", "approve"),
    ],
)
def test_address_that_files_with_errors_lost_is_not_called_undeclared(world: World, arguments) -> None:
    """What is wrong with the files is said, not that what they declare is missing."""
    world.edit("content: 您的退款已到账。", "contents: 您的退款已到账。")
    ran = world.smsconf(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert "unknown key 'contents'" in ran.err
    assert "is not declared" not in ran.err


def test_report_goes_to_a_file_on_request(world: World) -> None:
    """--output writes the whole report and leaves stdout empty."""
    ran = world.smsconf("plan", "--format", "json", "--output", "plan.json")
    assert (ran.code, ran.out) == (0, "")
    assert (world.folder / "plan.json").read_text(encoding="utf-8").startswith('{\n  "format_version"')


def test_project_elsewhere_is_named_with_a_flag(world: World, tmp_path: Path) -> None:
    """-C names the folder; the environment variable names the environment."""
    ran = world.smsconf("validate", "-C", str(world.folder))
    assert (ran.code, ran.out) == (0, "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["plan", "outputs", "schema"])
def test_closed_stream_is_no_traceback(approved: World, command: str, closed: str) -> None:
    """A scheduler may start us without any of the three; an opened file would take the number of one."""
    line = f"exec {shlex.quote(sys.executable)} -m smsconf {command} >out.txt 2>err.txt {closed}"
    ran = subprocess.run(["/bin/sh", "-c", line], cwd=approved.folder, check=False)
    assert ran.returncode == 0
    assert "Traceback" not in (approved.folder / "err.txt").read_text(encoding="utf-8")
    printed = (approved.folder / "out.txt").stat().st_size > 0
    assert printed is (closed in ("<&-", "2>&-"))


def test_interrupt_while_loading_ends_at_once() -> None:
    """Python's own traceback of a half-made import told nobody anything."""
    code = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'smsconf.cli.main': os.kill(os.getpid(), signal.SIGINT)\n"
        "from smsconf.__main__ import start\n"
        "sys.meta_path.insert(0, Finder())\n"
        "start()\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")
