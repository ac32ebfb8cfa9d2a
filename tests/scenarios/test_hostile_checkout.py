"""What a pull request may put into a checkout: links, patterns and files without end."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from tests.scenarios.conftest import World

NAME = "lint: {{name_pattern: {}}}\n"


@pytest.fixture
def profile(world: World) -> Path:
    """Somebody's shell profile, beside the checkout."""
    path = world.folder.parent / "profile"
    path.write_text("export A=1\n")
    return path


@pytest.mark.parametrize("name", ["journal.jsonl", "journal.jsonl.lock", "journal.1.jsonl"])
@pytest.mark.parametrize("command", ["status", "outputs", "wait", "plan", "history"])
def test_committed_link_is_not_written_through(
    approved: World, profile: Path, name: str, command: str
) -> None:
    """The reviewer's words went into the profile, and the next shell ran them."""
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    approved.apply()
    approved.decide("template", "refund_v2", "reject", reason="; touch /tmp/owned")
    place = approved.folder / ".smsconf" / name
    place.unlink(missing_ok=True)
    place.symlink_to(profile)
    ran = approved.smsconf(command)
    assert profile.read_text() == "export A=1\n"
    assert "Traceback" not in ran.err
    if name != "journal.jsonl.lock":
        assert (ran.code, "it is a link, and none is followed" in ran.err) == (1, True)


@pytest.mark.parametrize("command", ["status", "plan", "apply", "receipts", "doctor", "guide"])
def test_state_folder_is_no_link(world: World, command: str) -> None:
    """Everything in it would be somewhere else."""
    away = world.folder.parent / "away"
    (world.folder / ".smsconf").rename(away)
    (world.folder / ".smsconf").symlink_to(away)
    before = {one.name: one.read_bytes() for one in away.iterdir()}
    ran = world.smsconf(command)
    assert "Traceback" not in ran.err
    assert {one.name: one.read_bytes() for one in away.iterdir()} == before


@pytest.mark.parametrize("written", ["../out/e.db", "{}/out/e.db", "link/e.db", ".git/index.lock", "link"])
@pytest.mark.parametrize("command", ["validate", "plan"])
def test_emulator_database_is_inside_the_project(world: World, written: str, command: str) -> None:
    """YAML makes nothing outside, and turns no file there into a database."""
    out = world.folder.parent / "out"
    out.mkdir()
    (out / "empty").write_bytes(b"")
    (world.folder / "link").symlink_to(out)
    (world.folder / ".git").mkdir()
    world.edit(".smsconf/emulator.db", written.format(world.folder.parent))
    ran = world.smsconf(command)
    assert ran.code in (1, 3)
    assert "SMS031" in ran.out + ran.err
    assert "smsconf.yaml:" in ran.out + ran.err
    assert [one.name for one in out.iterdir()] == ["empty"]
    assert list((world.folder / ".git").iterdir()) == []


def test_empty_file_of_the_project_becomes_no_database(world: World) -> None:
    """Nor does an option turn one into it, without a word."""
    world.write("", "py.typed")
    (world.folder / "py.typed").chmod(0o644)
    world.edit(".smsconf/emulator.db", "py.typed")
    for arguments in (("plan",), ("emulator", "serve", "--database", "py.typed")):
        ran = world.smsconf(*arguments)
        assert (ran.code, "it is empty, and smsconf did not make it" in ran.err) == (1, True)
    assert (world.folder / "py.typed").read_bytes() == b""


def test_everything_in_the_state_folder_is_its_owners_alone(world: World) -> None:
    """Also when the umask lets everybody in."""
    before = os.umask(0)
    try:
        assert world.apply("--save-secrets", ".smsconf/secrets.json").code == 0
    finally:
        os.umask(before)
    state = world.folder / ".smsconf"
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in state.iterdir()}
    assert {"journal.jsonl", "emulator.db", "secrets.json"} <= set(modes)
    assert (set(modes.values()), stat.S_IMODE(state.stat().st_mode)) == ({0o600}, 0o700)


@pytest.mark.parametrize("option", ["--output", "--out"])
def test_report_and_plan_file_follow_no_link(world: World, profile: Path, option: str) -> None:
    """A pipeline names plan.md; the pull request made it a link."""
    (world.folder / "plan.md").symlink_to(profile)
    ran = world.smsconf("plan", option, "plan.md")
    assert (ran.code, "it is a link" in ran.err) == (1, True)
    assert profile.read_text() == "export A=1\n"


@pytest.mark.parametrize("pattern", ["link/*.yaml", "link/**/*.yaml", "*/*.yaml", "l*/x.yaml"])
def test_include_enters_no_folder_outside(world: World, pattern: str) -> None:
    """The error names the folder, and no file that is in it."""
    out = world.folder.parent / "out"
    out.mkdir()
    (out / "private.yaml").write_text("a: b\n")
    (world.folder / "link").symlink_to(out)
    world.edit("version: 1\n", f"version: 1\ninclude: ['{pattern}']\n")
    ran = world.json("validate")
    (found,) = (one for one in ran.json["diagnostics"] if one["code"] == "SMS031")
    assert (found["file"], found["line"], "'link'" in found["message"]) == ("smsconf.yaml", 2, True)
    assert "private" not in ran.out


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("(a+)+b", "a" * 40),
        ("(a|aa)+$", "a" * 50 + "!"),
        ("(.*a){12}", "a" * 200 + "!"),
        ("x*y*" * 99, "x" * 250),
    ],
)
def test_name_pattern_takes_no_time(world: World, pattern: str, name: str) -> None:
    """An engine that backtracks needs minutes for each of these."""
    world.edit("version: 1\n", "version: 1\n" + NAME.format(f"'{pattern}'"))
    world.edit("  refund:\n", f"  refund:\n    name: '{name}'\n")
    begun = time.monotonic()
    world.smsconf("lint")
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"(a)\\1", "invalid escape sequence"),
        ("(?=a)b", "invalid perl operator"),
        ("(?<!a)b", "invalid perl operator"),
        ("(a{1,1000}){1,1000}", "invalid repetition size"),
        (r"(\\w{1,30}){1,30}" * 9, "too large"),
        ("a" * 501, "more than 500 characters"),
        (r"\\ud800", "invalid"),
        ("(", "missing"),
    ],
)
def test_pattern_that_is_none_is_an_error_with_place_and_reason(
    world: World, pattern: str, reason: str
) -> None:
    """What RE2 does not take is refused while loading."""
    world.edit("version: 1\n", "version: 1\n" + NAME.format(f'"{pattern}"'))
    ran = world.json("validate")
    (found,) = ran.json["diagnostics"]
    assert (ran.code, found["code"], found["line"]) == (3, "SMS025", 2)
    assert reason in found["message"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"include: [{', '.join(['x/**/*.yaml'] * 10_001)}]\n", "more than 10000 paths and patterns"),
        (f"lint: {{forbidden: [{', '.join(f'w{n}' for n in range(100_000))}]}}\n", "more than 1,000 words"),
        (f"lint: {{forbidden: [{'w' * 101}]}}\n", "more than 100 characters"),
        (f"x: {'y' * 9_000_000}\n", "larger than 8 MiB"),
    ],
    ids=["includes", "words", "word", "line"],
)
def test_too_much_is_refused_with_a_place(world: World, text: str, said: str) -> None:
    """Within seconds, and without a traceback."""
    world.edit("version: 1\n", "version: 1\n" + text)
    begun = time.monotonic()
    ran = world.json("validate")
    assert (ran.code, time.monotonic() - begun < 30) == (3, True)
    assert said in ran.out


def test_too_many_entries_are_refused(world: World) -> None:
    """Two hundred thousand small templates in two files."""
    world.edit("version: 1\n", "version: 1\ninclude: ['*.yaml']\n")
    for part in "abcd":
        world.write("templates:\n" + "".join(f" {part}{n}: {{}}\n" for n in range(50_000)), f"{part}.yaml")
    begun = time.monotonic()
    ran = world.json("validate")
    assert (ran.code, time.monotonic() - begun < 60) == (3, True)
    assert "more than 20000 entries under templates" in ran.out


def test_thousands_of_patterns_over_many_folders_end(world: World) -> None:
    """All patterns together look at so many names, wherever they stand."""
    for first in range(40):
        for second in range(40):
            (world.folder / f"d{first}/e{second}").mkdir(parents=True)
    patterns = ", ".join(f"'**/a{n}*.yaml'" for n in range(5000))
    world.edit("version: 1\n", f"version: 1\ninclude: [{patterns}]\n")
    begun = time.monotonic()
    ran = world.json("validate")
    assert (ran.code, time.monotonic() - begun < 60) == (3, True)
    assert "looks at more than 500000 names" in ran.out
