"""A saved plan is a permit: what was agreed to is done, what moved meanwhile is refused, with reasons."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import time
from typing import Any

import pytest

from tests.scenarios.conftest import Ran, Server, World

PROJECT_ID = "0123456789abcdef0123456789abcdef"

REFUND = "您的退款已到账。"


def planned(world: World, *arguments: str) -> dict[str, Any]:
    """Save a plan and return the document."""
    ran = world.smsconf("plan", "--out", "plan.json", *arguments)
    assert ran.code in (0, 4), ran.err
    return json.loads((world.folder / "plan.json").read_text(encoding="utf-8"))


def applied(world: World, *arguments: str) -> Ran:
    return world.json("apply", "plan.json", *arguments)


def results(ran: Ran) -> dict[str, str]:
    return {row["address"]: row["outcome"] for row in ran.json["outcomes"]}


def test_saved_plan_is_carried_out_without_a_question(world: World) -> None:
    """What was planned is sent, and without a terminal nothing is asked."""
    planned(world)
    done = applied(world)
    assert done.code == 0
    assert set(results(done).values()) == {"applied"}
    assert world.writes().count("CreateTemplate") == 3
    assert world.json("plan", "--detailed-exitcode").code == 0


def test_saved_plan_applied_twice_sends_nothing_the_second_time(world: World) -> None:
    """What is done already is skipped, and that is no failure."""
    planned(world)
    applied(world)
    world.writes()
    again = applied(world)
    assert again.code == 0
    assert set(results(again).values()) == {"skipped"}
    assert again.row("template.refund")["message"].startswith("nothing to send any more: ")
    assert world.writes() == []


def test_plan_file_is_for_its_owner_and_holds_no_content(approved: World) -> None:
    """Mode 0600; no text of a message, no note, no address of a callback, no name of a file stands in it."""
    approved.edit(REFUND, "您的退款已经到账。")
    document = planned(approved, "--expires", "P1D", "--resubmit", "template.refund")
    path = approved.folder / "plan.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text(encoding="utf-8")
    shown = json.dumps(document, ensure_ascii=False)
    for secret in ("退款", "订单", "sms.example.com", "EMULATOR", "q-1234", "\\u9000"):
        assert secret not in text
        assert secret not in shown
    assert document["format_version"] == "1.0"
    assert document["selection"]["resubmit"] == ["template.refund"]
    assert [path.name for path in approved.folder.iterdir() if "plan.json" in path.name] == ["plan.json"]


def test_interrupted_saved_plan_goes_on_where_it_stopped(world: World) -> None:
    """After a failure between two steps the rest of the permitted steps is carried out."""
    planned(world, "--target", "template.hello")
    world.control("POST", "faults", [{"operation": "UpdateTemplate", "fault": "status", "status": 400}])
    assert applied(world).code == 5
    assert world.writes()[-2:] == ["CreateTemplate", "UpdateTemplate"]
    again = applied(world)
    assert (again.code, results(again)["template.hello"]) == (0, "applied")
    assert world.writes() == ["UpdateTemplate"]


@pytest.fixture
def edited(world: World) -> World:
    """Two rejected templates, both changed in the files, and the plan of that saved."""
    world.apply()
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "refund", "reject", "请说明")
    world.decide("template", "order-shipped", "reject", "请说明")
    world.edit(REFUND, "您的退款已经到账。")
    world.edit("已发货，预计", "已经发货，预计")
    planned(world)
    world.writes()
    return world


def move_emulator(before: World, after: World) -> None:
    """Bring the service into another folder: a project's database of it lies inside the project."""
    (after.folder / ".smsconf").mkdir(exist_ok=True)
    for path in (before.folder / ".smsconf").glob("emulator.db*"):
        path.rename(after.folder / ".smsconf" / path.name)


def at_the_console(world: World, content: str, flow_status: str) -> None:
    """Play somebody who edits the refund template by hand: another checkout, another journal."""
    text = (world.folder / "smsconf.yaml").read_text(encoding="utf-8")
    other = World(world.folder.parent / "elsewhere", world.capsys)
    other.write(text.replace("您的退款已经到账。", content))
    move_emulator(world, other)
    assert other.apply("--target", "template.refund").code == 0
    move_emulator(other, world)
    if flow_status == "Reject":
        world.decide("template", "refund", "reject", "请再改")


def test_change_at_the_console_is_refused_and_the_rest_is_done(edited: World) -> None:
    """What moved by other hands is not overwritten; the reason names the field and asks the journal."""
    at_the_console(edited, "您的退款今天到账。", "Reviewing")
    edited.writes()
    done = applied(edited)
    assert done.code == 5
    assert results(done)["template.order-shipped"] == "applied"
    refused = done.row("template.refund")
    assert (refused["action"], refused["outcome"]) == ("refused", "skipped")
    assert refused["message"] == (
        "the template was changed at the console after the plan: content differs; its status was Reject, "
        "is Reviewing; it needs withdraw, edit, submit, the plan permits edit, submit; this journal has no "
        "record of it"
    )
    assert edited.writes() == ["UpdateTemplate"]


def test_change_from_here_is_named_with_its_time(edited: World) -> None:
    """A change that this project made itself after the plan is said to be its own."""
    edited.edit("您的退款已经到账。", "您的退款今天到账。")
    assert edited.apply("--target", "template.refund").code == 0
    edited.edit("您的退款今天到账。", "您的退款已经到账。")
    message = applied(edited).row("template.refund")["message"]
    assert "the template was changed from here after the plan: content differs" in message
    assert message.count("2026-01-05T") == 1
    assert "this journal records submit at 2026-01-05T" in message


def test_only_refusals_exit_4_and_send_nothing(edited: World) -> None:
    """With nothing permitted to do, nothing is sent."""
    at_the_console(edited, "您的退款今天到账。", "Reviewing")
    edited.control("POST", "reviews", {"kind": "template", "name": "hello", "decision": "approve"})
    edited.edit("已经发货，预计", "已发货，预计")
    edited.edit("您的退款已经到账。", "您的退款已到账了。")
    at_plan = planned(edited)
    assert [row["address"] for row in at_plan["changes"] if row["steps"]] == ["template.refund"]
    edited.decide("template", "refund", "approve")
    edited.writes()
    done = applied(edited)
    assert done.code == 4
    assert "the template moved on after the plan: its status was" in done.row("template.refund")["message"]
    assert edited.writes() == []


def test_same_edit_by_other_hands_and_rejected_again_is_still_permitted(edited: World) -> None:
    """The same steps with the same values to the same template are what was agreed to."""
    at_the_console(edited, "您的退款今天到账。", "Reject")
    edited.writes()
    assert applied(edited).code == 0
    assert edited.writes() == ["UpdateTemplate", "UpdateTemplate"]


def test_review_progress_alone_makes_nothing_stale(world: World) -> None:
    """A review that ends between plan and apply leaves the rest of the agreed steps permitted."""
    world.apply()
    world.edit(REFUND, "您的退款已经到账。")
    document = planned(world)
    (row,) = [row for row in document["changes"] if row["steps"]]
    assert [one["step"] for one in row["steps"]] == ["withdraw", "edit", "submit"]
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "refund", "reject", "请说明")
    world.decide("template", "hello", "approve")
    world.writes()
    done = applied(world)
    assert done.code == 0
    assert results(done) == {"template.refund": "applied"}
    assert world.writes() == ["UpdateTemplate"]


def test_what_waited_for_a_review_is_left_to_the_next_plan(world: World) -> None:
    """A row that had nothing to send and now has is neither done nor a failure."""
    world.apply()
    world.edit("q-1234", "q-5678")
    planned(world)
    world.decide("signature", "示例商城", "reject", "资质不符")
    world.writes()
    done = applied(world)
    assert done.code == 0
    assert done.row("signature.shop-notice")["message"] == (
        "what it waited for has moved since the plan; the next plan decides"
    )
    assert done.json["pending"] == ["template.hello", "template.order-shipped", "template.refund"]
    assert world.writes() == []


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_whichever_verdict_came_the_next_plan_decides(world: World, decision: str) -> None:
    """Where no review can be called back the row waits; an approval was refused, and the pipeline red."""
    world.write(
        "version: 1\n"
        "provider: {emulator: {database: .smsconf/europe.db, site: europe}}\n"
        "apps: {abroad: {region: intl}}\n"
        "templates:\n"
        "  hello: {app: abroad, content: Your parcel is on its way., countries: [Germany]}\n"
    )
    assert world.apply().code == 0
    world.edit("Your parcel is on its way.", "Your parcel left today.")
    planned(world)
    body = {"kind": "template", "name": "hello", "decision": decision, "reason": "no"}
    world.control("POST", "reviews", body, name=".smsconf/europe.db")
    done = applied(world)
    assert done.code == 0
    assert done.row("template.hello")["message"] == (
        "what it waited for has moved since the plan; the next plan decides"
    )


def test_successor_that_waited_for_a_manual_step_is_left_to_the_next_plan(approved: World) -> None:
    """Only what it replaces is there: confirming the step was called a change of the template."""
    approved.edit("Your parcel is on its way.", "Your parcel left today.")
    text = (approved.folder / "smsconf.yaml").read_text(encoding="utf-8")
    approved.write(f"{text}registrations:\n  SG: {{sender: SHOP}}\n")
    waiting = [row for row in planned(approved)["changes"] if row["action"] == "wait"]
    assert [(row["address"], row["steps"]) for row in waiting] == [("template.hello", [])]
    assert approved.smsconf("confirm", "registration.singapore").code == 0
    done = applied(approved)
    assert done.row("template.hello")["message"] == (
        "what it waited for has moved since the plan; the next plan decides"
    )


def test_plan_that_could_not_read_accuses_nobody(world: World) -> None:
    """It called what it had not seen a change at the console."""
    world.apply()
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "refund", "reject", "请说明")
    world.edit(REFUND, "您的退款已经到账。")
    refuse = {"operation": "ListTemplateDetails", "fault": "status", "status": 403, "times": 1}
    world.control("POST", "faults", [refuse])
    planned(world)
    done = applied(world)
    assert done.code == 4
    assert done.row("template.refund")["message"] == (
        "the plan refused it when it was made; now it needs edit, submit"
    )


def test_version_with_two_rows_is_reported_once(approved: World) -> None:
    """Its review was to be called back, and its row as a leftover was told as skipped as well."""
    approved.edit(REFUND, "您的退款已经到账。")
    assert approved.apply().code == 0
    approved.edit("您的退款已经到账。", REFUND)
    planned(approved)
    approved.console("PUT", "template", "refund_v2", {"flow_status": "Pending"})
    told = [row for row in applied(approved).json["outcomes"] if row["address"] == "template.refund"]
    assert len(told) == 1, told


def test_pruned_object_that_is_gone_is_skipped_and_a_new_one_refused(approved: World) -> None:
    """--prune is in the file; it deletes what the plan listed and nothing that came later."""
    approved.edit(f"  refund:\n    app: shop\n    signature: shop-notice\n    content: {REFUND}\n", "")
    planned(approved, "--prune")
    before = (approved.folder / "smsconf.yaml").read_text(encoding="utf-8")
    promo = "  promo: {app: shop, signature: shop-notice, content: 新品上架。}\n"
    approved.edit("  hello:\n", f"{promo}  hello:\n")
    assert approved.apply("--prune", "--target", "template.promo").code == 0
    approved.write(before)
    approved.writes()
    done = applied(approved)
    assert done.code == 5
    assert results(done) == {"template:refund": "applied", "template:promo": "skipped"}
    assert "not in the plan: it came after it" in done.row("template:promo")["message"]
    assert approved.writes() == ["DeleteTemplate"]
    again = applied(approved)
    assert again.code == 4
    assert again.row("template:refund")["message"] == "nothing to send any more: no longer at the service"


def stale(world: World, *arguments: str) -> str:
    ran = world.smsconf("apply", "plan.json", *arguments)
    assert (ran.code, world.writes()) == (4, [])
    return ran.err


def test_other_configuration_makes_it_stale(world: World) -> None:
    """A changed file means another fingerprint; both are said, and nothing is sent."""
    document = planned(world)
    world.edit(REFUND, "您的退款已经到账。")
    said = stale(world)
    assert f"fingerprint was '{document['scope']['fingerprint'][:12]}…', is '" in said
    assert "make a new plan" in said


def test_other_environment_makes_it_stale(world: World) -> None:
    """A plan of prod is not carried out elsewhere."""
    world.edit("version: 1\n", "version: 1\nenvironments:\n  prod: {overlay: prod.yaml}\n")
    world.write("thresholds: {cn: {daily: {warn: 8}}}\n", "prod.yaml")
    planned(world, "--env", "prod")
    ran = applied(world, "--env", "")
    assert (ran.code, "environment was 'prod', is none" in ran.err) == (4, True)
    assert applied(world, "--env", "prod").code == 0


def test_other_project_makes_it_stale(world: World) -> None:
    """The same files in a folder of another name are another project."""
    planned(world)
    moved = World(world.folder.parent / "other", world.capsys)
    moved.write((world.folder / "smsconf.yaml").read_text(encoding="utf-8"))
    moved.write((world.folder / "plan.json").read_text(encoding="utf-8"), "plan.json")
    assert "project was 'shop', is 'other'" in stale(moved)


def test_other_account_makes_it_stale(world: World, server: Server, monkeypatch) -> None:
    """The project id of the credentials counts, though no file names it; nothing at all is asked of it."""
    for name, value in (("AK", "EMULATORAK"), ("SK", "EMULATORSK"), ("PROJECT_ID", PROJECT_ID)):
        monkeypatch.setenv(f"HUAWEICLOUD_SDK_{name}", value)
    cloud = f"{{site: china, region: cn-north-4, endpoint: '{server.url}'}}"
    world.edit("emulator: {database: .smsconf/emulator.db}", f"huaweicloud: {cloud}")
    assert planned(world)["scope"]["project_id"] == PROJECT_ID
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "f" * 32)
    world.writes()
    assert f"project_id was '{PROJECT_ID}', is '{'f' * 32}'" in stale(world)
    assert world.control("GET", "requests") == []


def test_plan_file_runs_out_by_the_time_of_the_service(world: World) -> None:
    """--expires counts from the plan, in the service's time."""
    planned(world, "--expires", "PT2H")
    world.advance("PT3H")
    assert "the plan expired at 2026-01-05T03:00" in stale(world)
    planned(world, "--expires", "PT4H")
    world.advance("PT3H")
    assert applied(world).code == 0


@pytest.mark.parametrize("where", ["plan", "apply"])
def test_strict_refuses_everything_if_anything_moved(edited: World, where: str) -> None:
    """With --strict, in the plan or at apply, a mere verdict elsewhere sends nothing."""
    planned(edited, *(["--strict"] if where == "plan" else []))
    edited.decide("template", "hello", "approve")
    edited.writes()
    said = stale(edited, *(["--strict"] if where == "apply" else []))
    assert "the plan is strict, and something moved since it was made: template.hello" in said


def test_strict_plan_is_carried_out_if_nothing_moved(edited: World) -> None:
    """--strict is no obstacle to a plan that still holds to the letter."""
    planned(edited, "--strict")
    assert applied(edited).code == 0


def test_guard_holds_for_a_saved_plan_too(world: World) -> None:
    """A permit overrides no guard; the allowance is part of the plan."""
    many = "".join(
        f"  t{n}: {{app: shop, signature: shop-notice, content: 第{n}号通知。}}\n" for n in range(50)
    )
    world.edit("templates:\n", f"templates:\n{many}")
    planned(world)
    assert applied(world).code == 4
    assert world.writes() == []
    planned(world, "--allow-submissions", "54")
    assert applied(world).code == 0


@pytest.mark.parametrize(
    "flags",
    [
        ["--prune"],
        ["--retire"],
        ["--retire-now", "template.refund"],
        ["--target", "template.refund"],
        ["--resubmit", "template.refund"],
        ["--allow-deletes", "3"],
        ["--allow-submissions", "3"],
    ],
)
def test_selection_with_a_plan_file_is_a_usage_error(world: World, flags: list[str]) -> None:
    """What to do is in the file; saying it again is refused before anything is read."""
    planned(world)
    world.writes()
    ran = world.smsconf("apply", "plan.json", *flags)
    assert ran.code == 1
    assert f"{flags[0]} is part of the plan" in ran.err
    assert world.writes() == []


DAMAGE = {
    "truncated": (lambda text: text[: len(text) // 2], "cut short"),
    "tampered": (
        lambda text: text.replace('"prune": false', '"prune": true'),
        "changed after it was written",
    ),
    "foreign": (lambda text: '{"format_version": "1.0", "summary": {}}', "not written by smsconf plan --out"),
    "list": (lambda text: "[1, 2]", "not written by smsconf plan --out"),
    "newer": (lambda text: text.replace('"1.0"', '"2.0"'), "format_version is 2.0"),
    "binary": (lambda text: "\0\1", "not JSON"),
    "deep": (lambda text: "[" * 100_000, "not JSON"),
    "empty": (lambda text: "", "not JSON"),
}


def signed(text: str) -> str:
    """Change a value and make the checksum right again, as a newer or a broken writer would."""
    document = json.loads(text)
    del document["sha256"]
    document["changes"][0]["action"] = "explode"
    checksum = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return json.dumps({**document, "sha256": checksum})


DAMAGE["unknown action"] = (signed, "changes.0.action: input should be")
DAMAGE["huge"] = (lambda text: " " * (64 * 1024 * 1024 + 1), "it has more than 64 MiB")


@pytest.mark.parametrize("how", DAMAGE)
def test_damaged_plan_file_is_an_error_that_says_why(world: World, how: str) -> None:
    """A file that is cut short, changed, foreign or newer is not used, and nothing is sent."""
    planned(world)
    path = world.folder / "plan.json"
    damage, said = DAMAGE[how]
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    world.writes()
    ran = world.smsconf("apply", "plan.json")
    assert (ran.code, world.writes()) == (1, [])
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["apply", "nowhere.json"], "cannot read nowhere.json"),
        (["apply", "--strict"], "name the file"),
        (["plan", "--strict"], "give --out FILE"),
        (["plan", "--expires", "P1D"], "give --out FILE"),
        (["plan", "--out", "plan.json", "--expires", "tomorrow"], "such as P1D"),
        (["plan", "--out", "no/such/plan.json"], "cannot write no/such/plan.json"),
    ],
)
def test_wrong_words_about_plan_files_exit_1(world: World, arguments: list[str], said: str) -> None:
    """Each mistake is named with the way out."""
    ran = world.smsconf(*arguments)
    assert ran.code == 1
    assert said in ran.err


def test_plan_file_that_is_no_text_is_an_error(world: World) -> None:
    """Bytes that are not UTF-8 end in a message, not in a traceback."""
    (world.folder / "plan.json").write_bytes(b"\xff\xfe")
    ran = world.smsconf("apply", "plan.json")
    assert (ran.code, ran.err) == (1, "error: plan.json is no plan file: it is not text\n")


def git(world: World, *arguments: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *arguments]
    ran = subprocess.run(command, cwd=world.folder, check=True, capture_output=True, text=True, timeout=60)
    return ran.stdout.strip()


def test_plan_file_names_the_commit_it_was_made_at(world: World) -> None:
    """Read from a branch, packed references, a detached head, a worktree; without any it is null."""
    assert planned(world)["commit"] is None
    git(world, "init", "--quiet")
    assert planned(world)["commit"] is None
    git(world, "add", "smsconf.yaml")
    git(world, "commit", "--quiet", "--message", "start")
    head = git(world, "rev-parse", "HEAD")
    assert planned(world)["commit"] == head
    git(world, "pack-refs", "--all")
    assert planned(world)["commit"] == head
    git(world, "worktree", "add", "--quiet", "tree", "-b", "side")
    tree = World(world.folder / "tree", world.capsys)
    assert planned(tree)["commit"] == head
    git(world, "checkout", "--quiet", "--detach")
    assert planned(world)["commit"] == head
    (world.folder / ".git/HEAD").write_text("ref: ../../elsewhere", encoding="utf-8")
    assert planned(world)["commit"] is None


def test_stale_plan_names_both_commits(world: World) -> None:
    """If the configuration differs, the two commits say where to look."""
    git(world, "init", "--quiet")
    for text in ("a", "b"):
        git(world, "add", "smsconf.yaml")
        git(world, "commit", "--quiet", "--message", text)
        commit = git(world, "rev-parse", "HEAD")
        if text == "a":
            planned(world)
            first = commit
            world.edit(REFUND, "您的退款已经到账。")
    assert f"git commit was '{first}', is '{commit}'" in stale(world)


def test_reader_of_a_plan_file_never_sees_half_of_it(world: World) -> None:
    """While a plan is written again and again, every reading of the file is whole."""
    planned(world)
    process = world.process("plan", "--out", "plan.json")
    deadline = time.monotonic() + 30
    while process.poll() is None:
        assert time.monotonic() < deadline
        json.loads((world.folder / "plan.json").read_text(encoding="utf-8"))
    process.communicate()
    assert process.returncode == 0


def test_comment_on_two_thousand_changes_fits_and_the_guard_is_red(world: World) -> None:
    """The pull-request comment of a very large plan stays under GitHub's limit and says what was left out."""
    text = (world.folder / "smsconf.yaml").read_text(encoding="utf-8")
    many = "".join(
        f"  bulk-{n}: {{app: shop, signature: shop-notice, content: 第{n}号通知：您的订单已发货，请查收。}}\n"
        for n in range(2000)
    )
    world.write(text + many)
    made = world.smsconf("plan", "--format", "markdown")
    assert made.code == 4
    assert len(made.out) < 65_536
    assert "submissions for review, more than 50" in made.out
    assert "more are left out here" in made.out


def test_plan_file_goes_into_a_plain_file_only(world: World) -> None:
    """A link may lead anywhere, a pipe or a device is not a place for a file; neither is replaced by one."""
    import os

    kept = world.folder / "kept"
    kept.mkdir()
    (world.folder / "link.plan").symlink_to(kept / "real.plan")
    (world.folder / "folder").symlink_to(kept)
    for name, said in (
        ("link.plan", "it is a link"),
        ("folder/a.plan", "folder, a folder on its way, is a link"),
    ):
        ran = world.smsconf("plan", "--out", name)
        assert (ran.code, said in ran.err) == (1, True)
    assert list(kept.iterdir()) == []
    os.mkfifo(world.folder / "pipe")
    ran = world.smsconf("plan", "--out", "pipe")
    assert ran.code == 1
    assert "it is no regular file" in ran.err
    assert (world.folder / "pipe").is_fifo()
