"""Environments are declared, and somebody must say which one is meant: nothing is sent for want of a word."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import World

TWO = "version: 1\nenvironments:\n  test: {overlay: test.yaml}\n  prod: {overlay: prod.yaml}\n"


@pytest.fixture
def two(world: World) -> World:
    """The shop with two environments, each on an emulator of its own, and no default."""
    world.edit("version: 1\n", TWO)
    for name in ("test", "prod"):
        world.write(f"provider: {{emulator: {{database: .smsconf/{name}.db}}}}\n", f"{name}.yaml")
    return world


@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("plan", "--out", "plan.json"),
        ("apply", "--auto-approve"),
        ("status",),
        ("status", "--watch"),
        ("outputs",),
        ("wait", "--timeout", "1s"),
        ("report", "--html", "page.html"),
        ("confirm",),
        ("doctor",),
        ("dump",),
        ("send", "template.refund", "--to", "+8613812345678"),
        ("emulator", "reset"),
        ("emulator", "advance", "1d"),
        ("emulator", "decide", "template.refund", "approve"),
        ("emulator", "outbox"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_command_that_needs_the_service_is_refused_without_a_choice(
    two: World, command: tuple[str, ...], value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty SMSCONF_ENV chooses nothing, either; the message has the names and the ways."""
    if value is not None:
        monkeypatch.setenv("SMSCONF_ENV", value)
    ran = two.smsconf(*command)
    assert (ran.code, ran.out) == (1, "")
    assert "this project declares environments, and none was chosen: prod and test" in ran.err
    for way in ("--env prod", "SMSCONF_ENV=prod", "--env '' means the files alone", "default_environment:"):
        assert way in ran.err
    assert two.writes() == []
    assert not (two.folder / ".smsconf/journal.jsonl").exists()
    assert not (two.folder / ".smsconf/prod.db").exists()


@pytest.mark.parametrize("command", [("validate",), ("lint",), ("fmt",), ("graph",), ("history",)])
def test_command_that_needs_no_service_reads_the_files_alone(two: World, command: tuple[str, ...]) -> None:
    """What can be said offline is said."""
    assert two.smsconf(*command).code == 0


def test_files_alone_are_chosen_by_an_empty_name(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spelled out it is a choice, whatever SMSCONF_ENV says."""
    monkeypatch.setenv("SMSCONF_ENV", "prod")
    assert two.json("plan").json["environment"] == "prod"
    ran = two.json("plan", "--env", "")
    assert (ran.code, ran.json["environment"]) == (0, None)
    assert two.apply("--env", "").code == 0
    assert two.json("history", "--env", "").json["entries"]


@pytest.mark.parametrize(
    ("default", "given", "meant"),
    [
        ("prod", (), "prod"),
        ("''", (), None),
        ("prod", ("--env", "test"), "test"),
        ("prod", ("--env", ""), None),
        ("''", ("--env", "test"), "test"),
    ],
)
def test_default_environment_is_meant_where_nobody_chooses(
    two: World, default: str, given: tuple[str, ...], meant: str | None
) -> None:
    """Every command takes it, offline ones too; what is named counts more."""
    two.edit("version: 1\n", f"version: 1\ndefault_environment: {default}\n")
    for command in ("plan", "history", "status", "confirm"):
        assert two.json(command, *given).json["environment"] == meant
    assert two.apply(*given).code == 0
    assert two.json("history", *given).json["entries"]


def test_environment_variable_counts_more_than_the_default(
    two: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is nearer to the run than the files; an empty one says nothing."""
    two.edit("version: 1\n", "version: 1\ndefault_environment: prod\n")
    monkeypatch.setenv("SMSCONF_ENV", "test")
    assert two.json("plan").json["environment"] == "test"
    monkeypatch.setenv("SMSCONF_ENV", "")
    assert two.json("plan").json["environment"] == "prod"


def test_project_without_environments_needs_no_choice(world: World) -> None:
    """There is nothing to choose."""
    for given in ((), ("--env", "")):
        assert world.json("plan", *given).json["environment"] is None
    world.edit("version: 1\n", "version: 1\nenvironments: {}\n")
    assert world.smsconf("plan").code == 0


@pytest.mark.parametrize(
    ("line", "code", "column", "said", "fix"),
    [
        ("default_environment: prd", "SMS033", 22, "unknown environment 'prd'", "choose prod"),
        ("default_environment: elsewhere", "SMS033", 22, "declared are test and prod", "add elsewhere"),
        ("default_environment: 5", "SMS022", 22, "expected text", "quotes"),
        ("default_environment: [prod]", "SMS022", 22, "expected text", ""),
    ],
)
def test_default_that_names_no_environment_is_a_finding(
    two: World, line: str, code: str, column: int, said: str, fix: str
) -> None:
    """It is found offline, with its place and the nearest name, whatever is chosen."""
    two.edit("version: 1\n", f"version: 1\n{line}\n")
    for given in ((), ("--env", "test")):
        (found,) = two.json("validate", *given).json["diagnostics"]
        assert (found["code"], found["line"], found["column"]) == (code, 2, column)
        assert said in found["message"]
        assert fix in found["fix"]
    assert two.smsconf("plan").code == 1


@pytest.mark.parametrize("name", ["test.yaml", "more/more.yaml"])
def test_default_environment_stands_in_the_root_file_only(two: World, name: str) -> None:
    """An overlay or an included file that chose would choose too late."""
    two.edit("version: 1\n", "version: 1\ninclude: [more/*.yaml]\n")
    two.write("default_environment: prod\n", name)
    diagnostics = two.json("validate", "--env", "test").json["diagnostics"]
    assert ("SMS026", name, 1) in {(one["code"], one["file"], one["line"]) for one in diagnostics}


def test_first_project_chooses_its_files(world: World) -> None:
    """What init writes has an overlay for the other provider, and goes on without --env."""
    assert world.smsconf("init", "-C", "fresh", "--yes").code == 0
    ran = world.json("plan", "-C", "fresh")
    assert (ran.code, ran.json["environment"]) == (0, None)
