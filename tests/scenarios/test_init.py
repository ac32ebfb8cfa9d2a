"""From an empty folder to a project that validates, lints clean and plans; or to a refusal and no file."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from smsconf.cli.commands.init import QUESTIONS
from smsconf.model.sites import SITES
from tests.scenarios.conftest import Ran, World
from tests.scenarios.terminal import at_terminal
from tests.scenarios.test_credentials import PROJECT_ID, SDK, served

WHOLE = ("smsconf.yaml", "templates/shop.yaml", "env/prod.yaml", "schema.json", ".gitignore")


@pytest.fixture
def empty(world: World, tmp_path: Path) -> World:
    """A folder with nothing in it."""
    (tmp_path / "new").mkdir()
    return World(tmp_path / "new", world.capsys)


def files(world: World) -> set[str]:
    return {str(path.relative_to(world.folder)) for path in world.folder.rglob("*") if path.is_file()}


def is_clean(world: World, *environment: str) -> bool:
    """Whether a project validates, lints without a warning, is in order, and plans at once."""
    runs: dict[str, Ran] = {
        "validate": world.smsconf("validate", "--strict", *environment),
        "lint": world.smsconf("lint", "--strict", *environment),
        "fmt": world.smsconf("fmt", "--check"),
        "plan": world.smsconf("plan", *environment),
    }
    assert {name: ran.code for name, ran in runs.items()} == dict.fromkeys(runs, 0), runs
    return True


@pytest.mark.parametrize(
    ("site", "kind", "provider"),
    list(itertools.product(SITES, ("cn", "intl"), ("emulator", "huaweicloud"))),
)
def test_every_combination_is_clean_and_plans(empty: World, site: str, kind: str, provider: str) -> None:
    """Site × kind × provider: the emulator is the project's provider, or one environment away."""
    given = ("--site", site, "--kind", kind, "--provider", provider, "--yes")
    assert empty.smsconf("init", *given).code == 0
    environment = () if provider == "emulator" else ("--env", "emulator")
    assert is_clean(empty, *environment)
    changes = empty.json("plan", *environment).json["changes"]
    addresses = [one["address"] for one in changes if one["action"] == "create"]
    signature = ["signature.shop-notice"] if kind == "cn" else []
    assert addresses == ["app.shop", *signature, "template.order-shipped"]


@pytest.mark.parametrize(("site", "kind"), list(itertools.product(SITES, ("cn", "intl"))))
def test_project_of_the_service_plans_over_http(empty: World, monkeypatch, site: str, kind: str) -> None:
    """With the address of a stand-in in place of the site's hosts, the project's own provider plans, too."""
    given = ("--site", site, "--kind", kind, "--provider", "huaweicloud", "--yes")
    assert empty.smsconf("init", *given).code == 0
    for name, value in SDK.items():
        monkeypatch.setenv(name, value)
    region = next(iter(SITES[site].regions))
    with served(empty.folder / "site.db", site=site) as url:
        empty.edit(
            f"region: {region}}}", f"region: {region}, endpoint: '{url}', project_id: '{PROJECT_ID}'}}"
        )
        ran = empty.json("plan")
    assert ran.code == 0, ran.err
    assert ran.json["provider"] == "huaweicloud"
    assert ran.json["summary"]["create"] >= 1
    assert "refused" not in ran.json["summary"]


def test_service_is_one_environment_away(empty: World, monkeypatch) -> None:
    """`--env prod` is the service of the site; without credentials it says so."""
    empty.smsconf("init", "--yes", "--site", "international")
    assert empty.smsconf("validate", "--env", "prod").code == 0
    ran = empty.smsconf("plan", "--env", "prod")
    assert ran.code == 1
    assert "HUAWEICLOUD_SDK_AK" in ran.err
    assert "ap-southeast-1" in (empty.folder / "env/prod.yaml").read_text("utf-8")


def test_init_says_what_it_wrote_and_what_is_next(empty: World) -> None:
    """Each file on a line; git leaves the journal's folder alone; editors find the schema."""
    ran = empty.smsconf("init", "--yes")
    assert ran.out.splitlines() == [f"wrote {name}" for name in WHOLE]
    assert ran.err == "next: smsconf guide\n"
    assert files(empty) == set(WHOLE)
    assert (empty.folder / ".gitignore").read_text("utf-8") == ".smsconf/\n"
    for name in ("smsconf.yaml", "templates/shop.yaml"):
        first = (empty.folder / name).read_text("utf-8").splitlines()[0]
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert json.loads((empty.folder / name).parent.joinpath(schema).read_text("utf-8"))["$schema"]


def test_next_command_can_be_pasted(empty: World) -> None:
    """A folder with a blank is quoted in it."""
    ran = empty.smsconf("init", "--yes", "--project", "my 项目")
    assert ran.code == 0
    assert "next: smsconf guide --project 'my 项目'\n" in ran.err


def test_answers_go_into_the_files(empty: World) -> None:
    """Keys, also those that YAML would read as something else, and a brand."""
    given = ("--site", "china", "--kind", "cn", "--provider", "emulator")
    given += ("--app", "on", "--signature", "大象快递", "--template", "0x10")
    assert empty.smsconf("init", *given).code == 0
    assert is_clean(empty)
    changes = empty.json("plan").json["changes"]
    assert {one["address"]: one["remote_name"] for one in changes if one["action"] == "create"} == {
        "app.on": "on",
        "signature.on-notice": "大象快递",
        "template.0x10": "0x10",
    }


@pytest.mark.parametrize("name", WHOLE[:-1])
def test_init_overwrites_nothing_and_writes_nothing_then(empty: World, name: str) -> None:
    """A file in the way is named, and is what it was; no other appears."""
    empty.write("precious", name)
    ran = empty.smsconf("init", "--yes")
    assert ran.code == 1
    assert name in ran.err
    assert "nothing was written" in ran.err
    assert files(empty) == {name}
    assert (empty.folder / name).read_text("utf-8") == "precious"


def test_files_that_would_be_included_are_in_the_way(empty: World) -> None:
    """`templates/*.yaml` would take them in."""
    empty.write("kind: Deployment\n", "templates/helm.yaml")
    ran = empty.smsconf("init", "--yes")
    assert ran.code == 1
    assert "templates/helm.yaml" in ran.err
    assert files(empty) == {"templates/helm.yaml"}


def test_gitignore_that_is_there_is_left_alone(empty: World) -> None:
    """A repository has one: the line to add is named, unless it is in there."""
    empty.write("*.pyc\n", ".gitignore")
    ran = empty.smsconf("init", "--yes")
    assert ran.code == 0
    assert "add .smsconf/ to .gitignore" in ran.err
    assert (empty.folder / ".gitignore").read_text("utf-8") == "*.pyc\n"
    empty.write("/.smsconf\n", "other/.gitignore")
    assert "add" not in empty.smsconf("init", "--yes", "--project", "other").err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "give --provider, --site, --kind, --app, --signature, --template, or --yes"),
        (("--site", "china"), "give --provider, --kind, --app"),
        (("--yes", "--site", "mars"), "--site: 'mars' is not one of"),
        (("--yes", "--region", "ap-southeast-1"), "--region: 'ap-southeast-1' is not one of"),
        (("--yes", "--site", "europe", "--region", "cn-north-4"), "expected eu-west-101"),
        (("--yes", "--app", "My Shop"), "got 'My Shop'"),
        (("--yes", "--kind", "intl", "--signature", "示例"), "only mainland messages have one"),
        (("--yes", "--signature", "123456"), "error"),
        (("--yes", "--signature", ""), "error"),
        (("--yes", "--signature", "【示例商城】"), "error"),
        (("--yes", "--from-remote"), "no emulator database"),
        (("--yes", "--from-remote", "--app", "shop"), "--app does not go with --from-remote"),
    ],
)
def test_init_refuses_and_writes_nothing(empty: World, given: tuple[str, ...], words: str) -> None:
    """Nobody to ask, answers that are not allowed, or that lint would object to: said in words, no file."""
    ran = empty.smsconf("init", *given)
    assert ran.code == 1
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert files(empty) == set()


def test_folder_that_is_a_file_is_refused(empty: World) -> None:
    """There is no place to write to."""
    empty.write("", "taken")
    ran = empty.smsconf("init", "--yes", "--project", "taken/inside")
    assert ran.code == 1
    assert "cannot write" in ran.err
    assert files(empty) == {"taken"}


def test_from_remote_asks_for_exactly_what_is_there(approved: World) -> None:
    """A project out of what the service has: its plan is empty, its environment is there, and it is clean."""
    (approved.folder / "smsconf.yaml").unlink()
    ran = approved.smsconf("init", "--from-remote", "--yes")
    assert ran.code == 0
    plan = approved.json("plan", "--detailed-exitcode")
    assert plan.code == 0
    assert plan.json["summary"]["none"] == 6
    assert approved.smsconf("validate", "--strict", "--env", "prod").code == 0


def test_from_remote_that_cannot_read_all_writes_nothing(approved: World) -> None:
    """Half a dump is no project."""
    (approved.folder / "smsconf.yaml").unlink()
    before = files(approved)
    fault = {"operation": "ListTemplateDetails", "fault": "status", "status": 403, "times": 9}
    approved.control("POST", "faults", [fault])
    ran = approved.smsconf("init", "--from-remote", "--yes")
    assert ran.code == 4
    assert files(approved) == before


def test_init_asks_at_a_terminal(empty: World) -> None:
    """Every question in turn, a default for each; a wrong answer is asked again."""
    answers = iter(["", "mars", "international", "", "Big Shop", "parcels", "sent"])
    code, screen = at_terminal(empty.folder, "init", answer=lambda _question: next(answers))
    assert code == 0, screen
    assert "'mars' is not one of" in screen
    assert "got 'Big Shop'" in screen
    assert "app.parcels" in str(empty.json("plan").json)
    assert "template.sent" in str(empty.json("plan").json)


def test_init_that_is_interrupted_writes_nothing(empty: World) -> None:
    """Ctrl-C at a question: 130."""
    code, _ = at_terminal(empty.folder, "init", answer=lambda _question: "\x03")
    assert code == 130
    assert files(empty) == set()


def test_every_question_has_a_flag(world: World) -> None:
    """What is asked at a terminal can be given without one."""
    shown = world.smsconf("init", "--help").out
    for one in QUESTIONS:
        assert f"--{one.name}" in shown
