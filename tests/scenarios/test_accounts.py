"""What is remembered belongs to an account: another one starts with nothing, and the first one goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smsconf.emulator.gateway.engine import Settings
from tests.scenarios.conftest import Server, World

JOURNAL = ".smsconf/journal.jsonl"
DATABASE = "{database: .smsconf/emulator.db}"
THRESHOLDS = "thresholds:\n  cn: {daily: {warn: 800, limit: 1000}}\n"
FILE = "confirmations.yaml"


def entries(world: World, name: str = JOURNAL) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (world.folder / name).read_text(encoding="utf-8").splitlines()]


def hold(world: World, database: str = ".smsconf/emulator.db") -> None:
    """A new database on the same Monday, with a reviewer who decides only when told."""
    world.control("POST", "clock", {"set": "2026-01-05T09:00:00+08:00"}, database)
    world.control("PUT", "reviewer", {"default": "hold", "rules": []}, database)


def reset(world: World) -> None:
    world.control("POST", "reset")
    hold(world)


def another(world: World) -> None:
    """The provider is changed in place."""
    world.edit(DATABASE, "{database: .smsconf/other.db}")
    hold(world, ".smsconf/other.db")


@pytest.fixture
def rejected(world: World) -> World:
    """A template that was replaced, its successor rejected, and a manual step confirmed."""
    world.write((world.folder / "smsconf.yaml").read_text(encoding="utf-8") + THRESHOLDS)
    assert world.apply().code == 0
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "refund", "approve")
    assert world.apply().code == 0
    world.edit("您的退款已到账。", "您的退款今天到账。")
    assert world.apply().code == 0
    world.decide("template", "refund_v2", "reject", "请说明")
    assert world.smsconf("status").code == 0
    assert world.smsconf("confirm", "threshold.cn").code == 0
    assert world.json("plan").row("template.refund")["rejected"]
    world.writes()
    return world


@pytest.mark.parametrize("elsewhere", [reset, another])
def test_empty_account_is_met_as_if_nothing_had_ever_been_sent(rejected: World, elsewhere: Any) -> None:
    """No version number, no rejection and no confirmation is taken from another account's memory."""
    elsewhere(rejected)
    plan = rejected.json("plan")
    row = plan.row("template.refund")
    assert (row["action"], row["remote_name"], row["rejected"]) == ("create", "refund", False)
    assert plan.row("threshold.cn")["manual"]["standing"] == "open"
    status = rejected.json("status")
    assert status.row("template.refund")["status"] is None
    done = rejected.apply()
    assert (done.code, done.json["rejected"]) == (0, [])
    assert "template.refund" in done.json["pending"]
    assert rejected.json("status").row("template.refund")["remote_name"] == "refund"


def test_account_that_is_met_again_is_remembered(rejected: World) -> None:
    """Another provider in between changes nothing: the rejection, the number and the step are still known."""
    another(rejected)
    assert rejected.apply().code == 0
    rejected.edit("{database: .smsconf/other.db}", DATABASE)
    plan = rejected.json("plan")
    assert plan.row("template.refund")["rejected"]
    assert plan.row("threshold.cn")["manual"]["standing"] == "confirmed"
    assert rejected.apply().json["rejected"] == ["template.refund"]
    assert rejected.writes() == []


def test_emulator_is_one_account_in_process_and_over_http(
    rejected: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was remembered in process holds when the same database is served."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", Settings().access_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", Settings().secret_key)
    served = (
        f"{{site: china, region: cn-north-4, endpoint: '{server.url}', project_id: {Settings().project_id}}}"
    )
    rejected.edit(f"emulator: {DATABASE}", f"huaweicloud: {served}")
    plan = rejected.json("plan")
    assert plan.row("template.refund")["rejected"]
    assert plan.row("threshold.cn")["manual"]["standing"] == "confirmed"
    assert rejected.smsconf("confirm", "threshold.cn", "--note", "again").code == 0
    assert len({one["scope"] for one in entries(rejected)}) == 1


def test_confirmation_on_the_emulator_is_none_on_the_real_account(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project in the files names the account: nobody is asked, and no credentials are needed."""
    world.write((world.folder / "smsconf.yaml").read_text(encoding="utf-8") + THRESHOLDS)
    assert world.smsconf("confirm", "threshold.cn").code == 0
    steps = []
    for project in ("a" * 32, "b" * 32, "a" * 32):
        provider = f"huaweicloud: {{site: china, region: cn-north-4, project_id: {project}}}"
        text = (world.folder / "smsconf.yaml").read_text(encoding="utf-8")
        old = next(line for line in text.splitlines() if line.strip().startswith(("emulator", "huaweicloud")))
        world.edit(old.strip(), provider)
        (step,) = world.json("confirm").json["steps"]
        steps.append(step["manual"]["standing"])
        if len(steps) == 1:
            assert world.smsconf("confirm", "threshold.cn").code == 0
    assert steps == ["open", "open", "confirmed"]
    world.edit(f", project_id: {'a' * 32}", "")
    ran = world.smsconf("confirm", "threshold.cn")
    assert (ran.code, "credentials" in ran.err) == (1, True)


def test_committed_confirmation_counts_for_its_account(world: World) -> None:
    """Confirmed on an emulator, the file says so on every emulator, and never on a real account."""
    world.write((world.folder / "smsconf.yaml").read_text(encoding="utf-8") + THRESHOLDS)
    world.edit("version: 1\n", f"version: 1\nconfirmations: {FILE}\n")
    assert world.smsconf("confirm", "threshold.cn").code == 0
    assert "scope: emulator/china" in (world.folder / FILE).read_text(encoding="utf-8")
    reset(world)
    assert world.json("plan").row("threshold.cn")["manual"]["standing"] == "confirmed"
    provider = f"huaweicloud: {{site: china, region: cn-north-4, project_id: {'a' * 32}}}"
    world.edit(f"emulator: {DATABASE}", provider)
    (step,) = world.json("confirm").json["steps"]
    assert step["manual"]["standing"] == "open"
    assert world.smsconf("confirm", "threshold.cn").code == 0
    lines = (world.folder / FILE).read_text(encoding="utf-8").splitlines()[2:]
    assert [line.count("scope: ") for line in lines] == [1, 1]
    assert world.smsconf("confirm", "threshold.cn", "--withdraw").code == 0
    assert "emulator/china" in (world.folder / FILE).read_text(encoding="utf-8")
    (step,) = world.json("confirm").json["steps"]
    assert step["manual"]["standing"] == "open"


def test_history_has_every_account_and_names_it(rejected: World) -> None:
    """Of two accounts each entry says its own, and the text says where one ends."""
    assert "account: " not in rejected.smsconf("history").out
    reset(rejected)
    assert rejected.apply().code == 0
    found = {one["scope"] for one in rejected.json("history").json["entries"]}
    assert len(found) == 2
    assert all(scope.startswith("emulator/china/") for scope in found)
    assert rejected.smsconf("history").out.count("account: emulator/china/") == 2


def test_plan_says_that_another_accounts_journal_tells_nothing(rejected: World) -> None:
    """An account whose things are there, and whose journal is not, is named as with a lost journal."""
    lost = "of rejections only those that the service still shows are known"
    assert lost not in rejected.smsconf("plan").out
    world, here = rejected, entries(rejected)
    other = [json.dumps({**one, "scope": "emulator/china/0123456789abcdef"}) for one in here]
    world.write("\n".join(other) + "\n", JOURNAL)
    assert lost in world.smsconf("plan").out


def test_plan_file_of_another_database_is_stale(rejected: World) -> None:
    """The emulator uses its ids again: what was agreed to for one database permits nothing in the next."""
    assert rejected.smsconf("plan", "--out", "plan.json", "--resubmit", "template.refund").code == 0
    reset(rejected)
    ran = rejected.smsconf("apply", "plan.json")
    assert (ran.code, rejected.writes()) == (4, [])
    assert "account was 'emulator/china/" in ran.err


# -- journals of before


def age(world: World) -> bytes:
    """Make the journal one of version 1: no entry names an account."""
    path = world.folder / JOURNAL
    older = [{**one, "v": 1} for one in entries(world)]
    for one in older:
        del one["scope"]
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in older), encoding="utf-8")
    return path.read_bytes()


def test_older_journal_is_taken_once_for_the_account_that_is_met_next(rejected: World) -> None:
    """It is said once, a copy stays, and from then on the entries are that account's alone."""
    before = age(rejected)
    plan = rejected.json("plan")
    assert plan.row("template.refund")["rejected"]
    assert (plan.err, (rejected.folder / JOURNAL).read_bytes()) == ("", before)
    first, second = rejected.smsconf("status"), rejected.smsconf("status")
    assert "name no account, as older versions wrote them" in first.err
    assert "name no account" not in second.err
    assert (rejected.folder / ".smsconf/journal.v1.jsonl").read_bytes() == before
    assert (rejected.folder / JOURNAL).read_bytes().startswith(before)
    added = entries(rejected)[len(before.splitlines()) :]
    assert [(one["v"], one["event"]) for one in added] == [(2, "scoped")]
    assert rejected.json("history", "template.refund").json["entries"][0]["scope"] == added[0]["scope"]
    assert rejected.json("plan").row("template.refund")["rejected"]
    reset(rejected)
    row = rejected.json("plan").row("template.refund")
    assert (row["action"], row["remote_name"], row["rejected"]) == ("create", "refund", False)
    assert "name no account" not in rejected.apply().err
    assert (rejected.folder / ".smsconf/journal.v1.jsonl").read_bytes() == before


def test_older_journal_is_taken_by_each_environment_for_itself(world: World) -> None:
    """One environment's next run says nothing of another's entries."""
    world.edit("version: 1\n", "version: 1\nenvironments: {a: {overlay: a.yaml}, b: {overlay: b.yaml}}\n")
    for name in "ab":
        world.write(f"provider: {{emulator: {{database: .smsconf/{name}.db}}}}\n", f"{name}.yaml")
        hold(world, f".smsconf/{name}.db")
        assert world.apply("--env", name).code == 0
    age(world)
    for name in "ab":
        ran = world.smsconf("apply", "--env", name, "--auto-approve")
        assert (ran.code, f"entries of environment {name} name no account" in ran.err) == (0, True)
    taken = {one["environment"]: one["scope"] for one in entries(world) if one["event"] == "scoped"}
    assert len(set(taken.values())) == len(taken) == 2
    age_again = [one for one in entries(world) if one["v"] == 1]
    assert {one["environment"] for one in age_again} == {"a", "b"}


def test_older_journal_that_cannot_be_written_is_read_all_the_same(rejected: World) -> None:
    """A command that only looks goes on, says nothing, and leaves everything as it is."""
    before = age(rejected)
    lock = rejected.folder / f"{JOURNAL}.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    for _ in range(2):
        ran = rejected.json("status")
        assert (ran.code, ran.err) == (0, "")
        assert ran.row("template.refund")["remote_name"] == "refund_v2"
    assert (rejected.folder / JOURNAL).read_bytes() == before
    assert not (rejected.folder / ".smsconf/journal.v1.jsonl").exists()


@pytest.mark.parametrize(
    "command", [("plan",), ("apply", "--auto-approve"), ("status",), ("history",), ("confirm",)]
)
def test_journal_of_a_newer_version_is_refused(rejected: World, command: tuple[str, ...]) -> None:
    """What a newer smsconf recorded could be misunderstood: nothing is sent, and nothing is added."""
    path = rejected.folder / JOURNAL
    path.write_bytes(path.read_bytes() + b'{"v": 3, "event": "sealed"}\n')
    before = path.read_bytes()
    ran = rejected.smsconf(*command)
    assert ran.code == 1
    assert "is of version 3, and this smsconf knows 2" in ran.err
    assert (path.read_bytes(), rejected.writes()) == (before, [])


def test_attributes_of_another_database_are_not_believed(world: World) -> None:
    """The file is begun anew for the new database: ids, times and texts may be the same there."""

    def attributes(folder: Path) -> Any:
        (file,) = folder.glob(".smsconf/attributes-*")
        return json.loads(file.read_text(encoding="utf-8"))

    assert world.apply().code == 0
    world.advance("PT1H")
    assert world.smsconf("plan").code == 0
    first = attributes(world.folder)
    reset(world)
    assert world.apply().code == 0
    world.advance("PT1H")
    assert world.smsconf("plan").code == 0
    second = attributes(world.folder)
    assert first["scope"] != second["scope"]
    assert first["templates"]
    assert second["templates"]
