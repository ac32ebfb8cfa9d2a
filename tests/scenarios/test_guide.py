"""The page a newcomer keeps open: from an empty folder to the first message, by the commands it prints."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.terminal import at_terminal
from tests.scenarios.test_credentials import PROJECT_ID, SDK, served

SETTLED = {"done", "not needed"}
MOST_COMMANDS = 15


@pytest.fixture
def empty(world: World, tmp_path: Any) -> World:
    """A folder with nothing in it, and nothing known from elsewhere."""
    (tmp_path / "new").mkdir()
    return World(tmp_path / "new", world.capsys)


def guided(world: World, *arguments: str) -> dict[str, Any]:
    """Return the document of guide."""
    ran = world.json("guide", *arguments)
    assert ran.code == 0, ran.err
    document: dict[str, Any] = ran.json
    return document


def steps_of(document: dict[str, Any], flow: str | None = "mainland") -> dict[str, dict[str, Any]]:
    """Return the common steps and those of a flow by their key."""
    return {one["key"]: one for one in document["steps"] if one["flow"] in (None, flow)}


def states_of(document: dict[str, Any], flow: str | None = "mainland") -> dict[str, str]:
    return {key: one["state"] for key, one in steps_of(document, flow).items()}


def follow(world: World, command: str, kind: str) -> None:
    """Type a command at a terminal, as it stands, and answer as a newcomer would."""
    name, *arguments = shlex.split(command)
    assert name == "smsconf"

    def answer(question: str) -> str:
        if "'yes'" in question:
            return "yes"
        if "(cn)" in question:
            return kind
        if "site" in question:
            return "international" if kind == "intl" else ""
        return ""

    code, screen = at_terminal(world.folder, *arguments, answer=answer)
    assert code == 0, f"{command}\n{screen}"


@pytest.mark.parametrize(("flow", "kind"), [("mainland", "cn"), ("global", "intl")])
def test_newcomer_gets_to_the_first_message_by_following_the_guide(
    empty: World, flow: str, kind: str
) -> None:
    """Empty folder → the commands of `next`, one after the other → approved, confirmed, sent, all settled."""
    typed = []
    document = guided(empty)
    while document["next"]:
        for command in document["next"]:
            typed.append(command)
            assert len(typed) <= MOST_COMMANDS, typed
            follow(empty, command, kind)
        document = guided(empty)
    assert set(states_of(document, flow).values()) <= SETTLED, document
    assert {one["flow"] for one in document["steps"]} == {None, flow}
    assert empty.json("status", "template.order-shipped").json["resources"][0]["verdict"]["approved"]
    assert len(empty.smsconf("emulator", "outbox", "--format", "json").json["messages"]) == 1
    words = [command.split()[1] for command in typed]
    confirmed = ["confirm"] if kind == "cn" else []  # the default of the international site needs nobody
    assert words == ["init", "apply", "emulator", *confirmed, "send"]


def test_guide_without_a_project_says_to_start_one(empty: World) -> None:
    """Both flows are shown, and the first thing to do."""
    document = guided(empty)
    assert document["next"] == ["smsconf init"]
    assert {one["flow"] for one in document["steps"]} == {None, "mainland", "global"}
    assert states_of(document)["project"] == "open"
    assert states_of(document)["template"] == "later"
    assert not (empty.folder / ".smsconf").exists()


def test_guide_names_the_folder_and_the_environment_in_its_commands(world: World, tmp_path) -> None:
    """What it prints can be typed where one stands."""
    assert guided(world, "--project", "../new shop")["next"] == ["smsconf init --project '../new shop'"]
    world.edit("version: 1\n", "version: 1\nenvironments:\n  dev: {overlay: dev.yaml}\n")
    world.write("provider: {emulator: {database: .smsconf/dev.db}}\n", "dev.yaml")
    commands = guided(world, "--env", "dev")["next"]
    assert commands == ["smsconf apply --save-secrets .smsconf/secrets.json --env dev"]


def test_secrets_stay_in_the_project_from_wherever_it_is_run(empty: World, tmp_path) -> None:
    """The file of the secrets is named from where one stands, in the folder that git ignores."""
    assert empty.smsconf("init", "--yes", "--project", "my shop").code == 0
    (command,) = guided(empty, "--project", "my shop")["next"]
    assert command == "smsconf apply --save-secrets 'my shop/.smsconf/secrets.json' --project 'my shop'"
    follow(empty, command, "cn")
    assert (empty.folder / "my shop/.smsconf/secrets.json").exists()
    assert not (empty.folder / ".smsconf").exists()


def test_guide_of_a_file_is_an_error(empty: World) -> None:
    """What is no folder can hold no project."""
    empty.write("", "taken")
    ran = empty.smsconf("guide", "--project", "taken")
    assert ran.code == 1
    assert "is not a folder" in ran.err


def test_hostile_words_of_a_reviewer_do_no_harm(approved: World) -> None:
    """Escapes are shown as codes; in Markdown tags and mentions are code."""
    approved.edit("content: 您的退款已到账。", "content: 您的退款已经到账。")
    assert approved.apply().code == 0
    approved.decide("template", "refund_v2", "reject", "\x1b[31m<script> @everyone `x` | 【】\n" + "a" * 500)
    text = approved.smsconf("guide").out
    assert "\x1b" not in text
    assert "\\x1b[31m<script>" in text
    page = approved.smsconf("guide", "--format", "markdown").out
    outside = re.sub(r"(`+)(?:(?!\1).)*\1", "", page)
    assert "<script>" not in outside
    assert "@everyone" not in outside


def test_guide_without_credentials_says_what_can_be_said(empty: World) -> None:
    """Offline: the files are judged, the keys are asked for, manual steps are there, the rest is later."""
    empty.smsconf("init", "--yes", "--provider", "huaweicloud")
    document = guided(empty)
    states = states_of(document)
    assert (states["project"], states["credentials"], states["real-name"]) == ("done", "open", "manual")
    assert (states["qualification"], states["threshold"]) == ("manual", "manual")
    assert (states["service"], states["app"], states["template"]) == ("later", "later", "later")
    assert document["next"] == ["smsconf doctor"]
    assert "no credentials" in document["problem"]
    threshold = steps_of(document)["threshold"]
    assert threshold["values"]["daily.limit"] == 500
    assert "Settings" in threshold["console"]
    assert threshold["page"]["url"].startswith("https://support.huaweicloud.com/")


def test_guide_at_the_service_sees_what_is_there(world: World, monkeypatch) -> None:
    """Credentials are named masked; the account is taken as verified because the service answers."""
    for name, value in SDK.items():
        monkeypatch.setenv(name, value)
    with served(world.folder / "site.db") as url:
        provider = (
            f"huaweicloud: {{site: china, region: cn-north-4, endpoint: '{url}', project_id: {PROJECT_ID}}}"
        )
        world.edit("emulator: {database: .smsconf/emulator.db}", provider)
        before = guided(world)
        assert world.apply().code == 0
        after = guided(world)
    assert "EMUL…RAK" in steps_of(before)["credentials"]["message"]
    assert states_of(before)["real-name"] == states_of(before)["service"] == "done"
    assert states_of(before)["app"] == "open"
    assert states_of(after)["app"] == "done"
    assert states_of(after)["signature"] == "waiting"
    assert after["next"] == ["smsconf wait"]
    assert "emulator" not in json.dumps(after["steps"])


def test_service_that_is_not_enabled_is_a_step_at_the_console(world: World, monkeypatch) -> None:
    """The service's code for it leads to the console, and the doctor."""

    def override(_method: str, path: str) -> tuple[int, Any] | None:
        body = {"error_code": "MSGSMS.0013", "error_msg": "Service not yet opened."}
        return (400, body) if "/msgsms/" in path else None

    for name, value in SDK.items():
        monkeypatch.setenv(name, value)
    with served(world.folder / "site.db", override=override) as url:
        provider = (
            f"huaweicloud: {{site: china, region: cn-north-4, endpoint: '{url}', project_id: {PROJECT_ID}}}"
        )
        world.edit("emulator: {database: .smsconf/emulator.db}", provider)
        ran = world.json("guide")
    assert ran.code == 4
    step = steps_of(ran.json)["service"]
    assert step["state"] == "manual"
    assert step["console"]
    assert step["next"] == ["smsconf doctor"]


def test_rejection_is_what_is_to_do_next(approved: World) -> None:
    """The reviewer's words stand at the step, before everything that is further."""
    approved.edit("content: 您的退款已到账。", "content: 您的退款已经到账。")
    assert approved.apply().code == 0
    approved.decide("template", "refund_v2", "reject", "请写明金额")
    step = steps_of(guided(approved))["template"]
    assert step["state"] == "open"
    assert "请写明金额" in step["message"]
    assert step["addresses"] == ["template.refund"]
    assert step["next"] == ["smsconf status template.refund"]


def test_review_can_be_waited_for_or_decided(world: World) -> None:
    """On the emulator both ways are named; a template behind its signature has no review to decide yet."""
    assert world.apply().code == 0
    steps = steps_of(guided(world))
    assert steps["signature"]["state"] == steps["template"]["state"] == "waiting"
    assert "smsconf emulator decide signature.shop-notice approve" in steps["signature"]["message"]
    assert "decide" not in steps["template"]["message"]
    assert steps["signature"]["next"] == ["smsconf emulator advance P14D"]


def test_both_flows_are_shown_to_who_sends_both_ways(world: World) -> None:
    """A project with an app of each kind."""
    document = guided(world)
    assert {one["flow"] for one in document["steps"]} == {None, "mainland", "global"}
    assert steps_of(document, "global")["template"]["addresses"] == ["template.hello"]
    assert steps_of(document, "mainland")["template"]["addresses"] == [
        "template.order-shipped",
        "template.refund",
    ]
    assert "qualification" not in steps_of(document, "global")


def test_broken_files_come_first(world: World) -> None:
    """Nothing is asked of the service before the files can be read."""
    world.edit("content: 您的退款已到账。", "contents: 您的退款已到账。")
    document = guided(world)
    assert states_of(document)["project"] == "open"
    assert document["next"][0] == "smsconf validate"
    assert world.control("GET", "requests") == []


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_every_step_stands_in_every_form(world: World, form: str) -> None:
    """Title and commands of each step are in the text and in the Markdown; boxes tell what is settled."""
    document = guided(world)
    shown = world.smsconf("guide", "--format", form).out
    joined = re.sub(r"[`\s]+", " ", shown)
    for step in document["steps"]:
        assert step["title"] in joined
        if step["state"] not in SETTLED:
            assert all(re.sub(r"[`\s]+", " ", command) in joined for command in step["next"])
    if form == "markdown":
        settled = sum(one["state"] in SETTLED for one in document["steps"])
        assert shown.count("- [x] ") == settled
        assert shown.count("- [ ] ") == len(document["steps"]) - settled


def test_guide_writes_nothing(world: World) -> None:
    """It only reads, whatever it finds."""
    guided(world)
    assert world.writes() == []
