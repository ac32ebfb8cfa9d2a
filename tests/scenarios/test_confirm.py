"""What no API can set: a row of the plan until somebody says it is done, and again when it changes."""

from __future__ import annotations

import json
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.scenarios.conftest import World

THRESHOLDS = """
thresholds:
  cn: {daily: {warn: 800, limit: 1000}, monthly: {warn: 8000, limit: 10000}}
"""
FILE = "confirmations.yaml"


@pytest.fixture
def shop(world: World) -> World:
    """The shop with a threshold that a person must set."""
    world.write((world.folder / "smsconf.yaml").read_text(encoding="utf-8") + THRESHOLDS)
    return world


def standing(world: World, address: str, *arguments: str) -> tuple[str, str]:
    """Action of an address in the plan, and how its step stands."""
    row = world.json("plan", *arguments).row(address)
    return row["action"], row["manual"]["standing"]


def test_changed_threshold_is_a_row_until_confirmed_and_again_when_changed(shop: World) -> None:
    """Confirming closes the step, other values open it, the old values close it again."""
    assert standing(shop, "threshold.cn") == ("manual", "open")
    assert shop.smsconf("confirm", "threshold.cn").code == 0
    assert standing(shop, "threshold.cn") == ("none", "confirmed")
    shop.edit("limit: 1000}", "limit: 2000}")
    assert standing(shop, "threshold.cn") == ("manual", "changed")
    shop.edit("limit: 2000}", "limit: 1000}")
    assert standing(shop, "threshold.cn") == ("none", "confirmed")


def test_row_says_where_to_set_what(shop: World) -> None:
    """The way through the console, every value, and the vendor's page, in JSON, text and Markdown."""
    row = shop.json("plan").row("threshold.cn")
    assert row["manual"]["console"][:2] == ["General Management", "Settings"]
    assert row["manual"]["values"] == {
        "daily.warn": 800,
        "daily.limit": 1000,
        "monthly.warn": 8000,
        "monthly.limit": 10000,
    }
    page = "https://support.huaweicloud.com/intl/en-us/usermanual-msgsms/sms_03_1009.html"
    assert row["manual"]["page"] == page
    text = shop.smsconf("plan").out
    assert "console: General Management > Settings > Traffic Threshold > Chinese Mainland SMS" in text
    assert "daily.limit: 1000" in text
    markdown = shop.smsconf("plan", "--format", "markdown").out
    assert f"({page})" in markdown
    assert "- [ ] `threshold.cn`: " in markdown


def test_confirmation_expires_by_the_services_clock(shop: World) -> None:
    """After the time it was given for it is asked again, and confirming anew closes it."""
    assert shop.smsconf("confirm", "threshold.cn", "--expires", "90d").code == 0
    shop.advance("P89D")
    assert standing(shop, "threshold.cn") == ("none", "confirmed")
    shop.advance("P2D")
    assert standing(shop, "threshold.cn") == ("manual", "expired")
    assert shop.smsconf("confirm", "threshold.cn", "--expires", "90d").code == 0
    assert standing(shop, "threshold.cn") == ("none", "confirmed")


def test_apply_never_claims_a_manual_step(shop: World) -> None:
    """It sends the rest and says nothing about the threshold."""
    outcomes = shop.apply().json["outcomes"]
    assert outcomes
    assert "threshold.cn" not in {one["address"] for one in outcomes}
    assert standing(shop, "threshold.cn") == ("manual", "open")


@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve")])
def test_required_confirmation_stops_everything(shop: World, command: tuple[str, ...]) -> None:
    """With an open step nothing is sent and the exit code is 4; with none the flag changes nothing."""
    ran = shop.smsconf(*command, "--require-confirmed")
    assert ran.code == 4
    assert "1 manual step is open: threshold.cn" in ran.out
    assert "smsconf confirm threshold.cn" in ran.out
    assert shop.writes() == []
    assert shop.smsconf("confirm", "threshold.cn").code == 0
    assert shop.smsconf(*command, "--require-confirmed").code == 0


def test_plan_file_keeps_the_demand_for_confirmation(shop: World) -> None:
    """A step that was opened after the plan stops the permitted run."""
    assert shop.smsconf("confirm", "threshold.cn").code == 0
    assert shop.smsconf("plan", "--require-confirmed", "--out", "plan.json").code == 0
    assert shop.smsconf("confirm", "threshold.cn", "--withdraw").code == 0
    assert shop.smsconf("apply", "plan.json").code == 4
    assert shop.writes() == []


def test_withdrawn_confirmation_opens_the_step(shop: World) -> None:
    """What was confirmed by mistake can be taken back, once."""
    assert shop.smsconf("confirm", "threshold.cn", "--note", "done").code == 0
    assert shop.smsconf("confirm", "threshold.cn", "--withdraw").code == 0
    assert standing(shop, "threshold.cn") == ("manual", "open")
    again = shop.smsconf("confirm", "threshold.cn", "--withdraw")
    assert (again.code, "nobody has confirmed threshold.cn" in again.err) == (1, True)


def test_journal_says_who_and_when(shop: World) -> None:
    """The history of the address has the confirmation with its note."""
    assert shop.smsconf("confirm", "threshold.cn", "--note", "ticket 4711").code == 0
    [entry] = shop.json("history", "threshold.cn").json["entries"]
    assert (entry["event"], entry["note"]) == ("confirmed", "ticket 4711")
    assert entry["by"]
    assert entry["time"].startswith("2026-01-05")
    assert "ticket 4711" in shop.smsconf("history", "threshold.cn").out


def test_without_an_address_every_step_is_shown(shop: World) -> None:
    """Offline: what is open, with its values."""
    shop.control("DELETE", "requests")
    ran = shop.smsconf("confirm")
    assert ran.code == 0
    assert ran.out.startswith("open")
    assert "daily.warn: 800" in ran.out
    assert [one["address"] for one in shop.json("confirm").json["steps"]] == ["threshold.cn"]
    assert shop.control("GET", "requests") == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("threshold.cm",), "did you mean threshold.cn?"),
        (("template.refund",), "smsconf apply does it"),
        (("nonsense",), "expected KIND.KEY"),
        (("threshold.cn", "--note", "a\nb"), "one line"),
        (("threshold.cn", "--expires", "0d"), "more than nothing"),
        (("threshold.cn", "--expires", "9999w"), "up to 100 years"),
        (("threshold.cn", "--expires", "soon"), "expected a duration"),
        (("threshold.cn", "--withdraw", "--note", "x"), "no --note"),
        (("--note", "x"), "name one"),
    ],
)
def test_wrong_arguments_are_explained(shop: World, arguments: tuple[str, ...], said: str) -> None:
    """Nothing is recorded, and the message says what was expected."""
    ran = shop.smsconf("confirm", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert not (shop.folder / ".smsconf/journal.jsonl").exists()


# -- environments and the committed file


@pytest.fixture
def committed(shop: World) -> World:
    """The shop with a committed file of confirmations, and two environments on the same emulator."""
    shop.edit(
        "version: 1\n",
        f"version: 1\nconfirmations: {FILE}\nenvironments: {{prod: {{overlay: prod.yaml}}}}\n"
        "default_environment: ''\n",
    )
    shop.write("apps: {shop: {name: shop_real}}\n", "prod.yaml")
    return shop


def test_confirmation_is_of_one_environment(committed: World) -> None:
    """What was set in one account says nothing of another one."""
    assert committed.smsconf("confirm", "threshold.cn", "--env", "prod").code == 0
    assert standing(committed, "threshold.cn", "--env", "prod") == ("none", "confirmed")
    assert standing(committed, "threshold.cn") == ("manual", "open")
    assert committed.smsconf("confirm", "threshold.cn").code == 0
    lines = (committed.folder / FILE).read_text(encoding="utf-8").splitlines()
    assert [("environment: prod" in line) for line in lines[2:]] == [False, True]


def test_committed_file_outlives_the_journal(committed: World) -> None:
    """A pipeline without the journal trusts what was committed; taking the line out opens the step."""
    assert committed.smsconf("confirm", "threshold.cn", "--note", 'said "yes": 好').code == 0
    (committed.folder / ".smsconf/journal.jsonl").unlink()
    assert standing(committed, "threshold.cn") == ("none", "confirmed")
    assert committed.json("plan").row("threshold.cn")["manual"]["confirmation"]["note"] == 'said "yes": 好'
    text = (committed.folder / FILE).read_text(encoding="utf-8")
    committed.write("".join(text.splitlines(keepends=True)[:2]), FILE)
    assert standing(committed, "threshold.cn") == ("manual", "open")


def test_empty_file_confirms_nothing(committed: World) -> None:
    """It may be committed before there is anything to say."""
    committed.write("\n", FILE)
    assert standing(committed, "threshold.cn") == ("manual", "open")
    assert committed.smsconf("confirm", "threshold.cn").code == 0
    assert standing(committed, "threshold.cn") == ("none", "confirmed")


def test_file_is_the_same_in_whatever_order_it_came_about(committed: World) -> None:
    """Sorted by environment and address: no run makes a difference by itself."""
    committed.edit("thresholds:\n", "thresholds:\n  intl: {daily: {warn: 8, limit: 10}}\n")
    for address in ("threshold.intl", "threshold.cn"):
        assert committed.smsconf("confirm", address).code == 0
    first = (committed.folder / FILE).read_text(encoding="utf-8")
    assert committed.smsconf("confirm", "threshold.intl").code == 0
    again = (committed.folder / FILE).read_text(encoding="utf-8")
    found = [line.partition(",")[0] for line in again.splitlines()[2:]]
    assert found == ["- {address: threshold.cn", "- {address: threshold.intl"]
    assert first.splitlines()[2] == again.splitlines()[2]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("confirmations:\n- {address: threshold.cn}\n", "SMS021", (2, 3)),
        ("confirmations:\n- {addres: threshold.cn}\n", "SMS020", (2, 4)),
        ("confirmations: {a: b}\n", "SMS022", (1, 16)),
        ("confirmation: []\n", "SMS020", (1, 1)),
        ("confirmations:\n<<<<<<< HEAD\n- {address: x}\n", "SMS005", (3, 1)),
        (
            'confirmations:\n- {address: t, digest: a, by: b, time: "2026-01-01T00:00:00Z"}\n',
            "SMS025",
            (2, 3),
        ),
        (
            'confirmations:\n- {address: threshold.cn, digest: a, by: b, time: "2026-01-01"}\n',
            "SMS025",
            (2, 51),
        ),
    ],
)
def test_broken_file_is_a_finding_with_its_place(
    committed: World, text: str, code: str, place: tuple[int, int]
) -> None:
    """It is not passed over, and confirming does not overwrite it."""
    committed.write(text, FILE)
    found = committed.json("validate").json["diagnostics"]
    spots = {(one["code"], one["file"], one["line"], one["column"]) for one in found}
    assert (code, FILE, *place) in spots
    assert committed.smsconf("plan").code == 1
    assert committed.smsconf("confirm", "threshold.cn").code == 1
    assert (committed.folder / FILE).read_text(encoding="utf-8") == text


def test_hand_edited_file_is_read_and_put_in_order(committed: World) -> None:
    """Block style, comments, any order: what it says counts, and the next confirmation tidies up."""
    assert committed.smsconf("confirm", "threshold.cn").code == 0
    digest = committed.json("plan").row("threshold.cn")["manual"]["digest"]
    committed.write(
        "confirmations:\n  # by mail\n  - time: 2026-01-04T08:00:00+08:00\n    by: Li Lei\n"
        f"    address: threshold.cn\n    digest: {digest}\n",
        FILE,
    )
    row = committed.json("plan").row("threshold.cn")
    assert (row["action"], row["manual"]["confirmation"]["by"]) == ("none", "Li Lei")
    assert committed.smsconf("confirm", "threshold.cn").code == 0
    assert "by mail" not in (committed.folder / FILE).read_text(encoding="utf-8")


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=Li Lei", "-c", "user.email=li@example.com")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


def test_two_people_who_confirm_at_once_merge(committed: World) -> None:
    """With a union merge both confirmations count, and of one step the later one."""
    committed.edit("thresholds:\n", "thresholds:\n  intl: {daily: {warn: 8, limit: 10}}\n")
    committed.write(f"{FILE} merge=union\n", ".gitattributes")
    committed.write(".smsconf\n", ".gitignore")
    git(committed.folder, "init", "-q", "-b", "main")
    assert committed.smsconf("confirm", "threshold.cn", "--note", "long ago").code == 0
    git(committed.folder, "add", ".")
    git(committed.folder, "commit", "-qm", "all")
    git(committed.folder, "switch", "-qc", "other")
    committed.advance("PT1H")
    for address in ("threshold.cn", "threshold.intl"):
        assert committed.smsconf("confirm", address, "--note", "theirs").code == 0
    git(committed.folder, "commit", "-qam", "theirs")
    git(committed.folder, "switch", "-q", "main")
    committed.advance("PT1H")
    assert committed.smsconf("confirm", "threshold.cn", "--note", "ours").code == 0
    git(committed.folder, "commit", "-qam", "ours")
    git(committed.folder, "merge", "-q", "other")
    plan = committed.json("plan")
    notes = {
        one: plan.row(one)["manual"]["confirmation"]["note"] for one in ("threshold.cn", "threshold.intl")
    }
    assert notes == {"threshold.cn": "ours", "threshold.intl": "theirs"}
    assert plan.row("threshold.intl")["action"] == "none"


def test_two_processes_lose_no_confirmation(committed: World) -> None:
    """Started together, both lines are in the file."""
    committed.edit("thresholds:\n", "thresholds:\n  intl: {daily: {warn: 8, limit: 10}}\n")
    running = [committed.process("confirm", address) for address in ("threshold.cn", "threshold.intl")]
    for process in running:
        _out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    text = (committed.folder / FILE).read_text(encoding="utf-8")
    assert ("threshold.cn" in text, "threshold.intl" in text) == (True, True)


# -- what waits for a person


def test_signature_waits_for_the_id_of_its_qualification(world: World) -> None:
    """So do its templates; nothing of it is sent until the id is in the files, then everything is."""
    world.edit("qualification: q-1234", "qualification: own")
    text = (world.folder / "smsconf.yaml").read_text(encoding="utf-8")
    world.write(f"{text}qualifications:\n  own: {{company: 示例商城有限公司}}\n")
    plan = world.json("plan")
    assert plan.row("qualification.own")["action"] == "manual"
    row = plan.row("signature.shop-notice")
    assert (row["action"], row["steps"], row["awaits"]) == ("wait", [], "qualification.own")
    assert plan.row("template.refund")["action"] == "wait"
    done = world.apply()
    assert done.code == 0
    assert "signature.shop-notice" not in done.json["pending"]
    assert "CreateSignature" not in world.writes()
    world.edit("company: 示例商城有限公司", "company: 示例商城有限公司, id: q-77")
    assert world.json("plan").row("qualification.own")["action"] == "none"
    assert world.apply().code == 0
    assert "CreateSignature" in world.writes()


def test_template_waits_for_the_registration_of_its_country(world: World) -> None:
    """A template for Singapore is held back until somebody says the sender is registered."""
    text = (world.folder / "smsconf.yaml").read_text(encoding="utf-8")
    world.write(f"{text}registrations:\n  SG: {{sender: EXAMPLE}}\n")
    plan = world.json("plan")
    assert "SSIR" in plan.row("registration.singapore")["reason"]
    assert (plan.row("template.hello")["action"], plan.row("template.hello")["awaits"]) == (
        "wait",
        "registration.singapore",
    )
    order = [one["address"] for one in plan.json["changes"]]
    assert order.index("registration.singapore") < order.index("template.hello")
    assert world.smsconf("confirm", "registration.singapore").code == 0
    assert world.json("plan").row("template.hello")["action"] == "create"


def test_target_brings_the_manual_steps_it_needs(world: World) -> None:
    """The plan of one template has the registration it waits for, and no other step."""
    text = (world.folder / "smsconf.yaml").read_text(encoding="utf-8")
    world.write(f"{text}registrations:\n  SG: {{sender: EXAMPLE}}\n{THRESHOLDS}")
    rows = {one["address"] for one in world.json("plan", "--target", "template.hello").json["changes"]}
    assert rows == {"registration.singapore", "app.abroad", "template.hello"}


def test_campaign_waits_for_its_template_and_its_threshold(approved: World) -> None:
    """It is ready when the template is live and the threshold is confirmed; apply sends nothing."""
    text = (approved.folder / "smsconf.yaml").read_text(encoding="utf-8")
    approved.write(f"{text}{THRESHOLDS}campaigns:\n  sale: {{template: refund, recipients: list.csv}}\n")
    approved.write("number\n", "list.csv")
    row = approved.json("plan").row("campaign.sale")
    assert (row["action"], row["awaits"]) == ("wait", "threshold.cn")
    assert approved.smsconf("confirm", "threshold.cn").code == 0
    row = approved.json("plan").row("campaign.sale")
    assert row["action"] == "none"
    assert "smsconf bulk campaign.sale" in row["reason"]
    assert approved.apply().code == 0
    assert approved.writes() == []


def test_numbers_of_contacts_are_never_shown_whole(shop: World) -> None:
    """Neither plan nor journal nor the committed file has the phone number."""
    text = (shop.folder / "smsconf.yaml").read_text(encoding="utf-8")
    shop.write(f'{text}account: {{contacts: {{ops: {{mobile: "+8613800138000"}}}}}}\nconfirmations: {FILE}\n')
    said = [shop.json("plan").out, shop.smsconf("plan").out, shop.smsconf("confirm", "account.contacts").out]
    assert shop.json("plan").row("account.contacts")["fields"][1]["new"].endswith("8000")
    said += [(shop.folder / name).read_text(encoding="utf-8") for name in (FILE, ".smsconf/journal.jsonl")]
    assert not any("13800138" in one for one in said)
    shop.edit('"+8613800138000"', "8613800138000")
    found = [
        shop.smsconf("validate").out,
        shop.json("lint").out,
        shop.smsconf("lint", "--format", "sarif").out,
    ]
    assert all("8000" in one and "13800138" not in one for one in found)
    shop.edit("8613800138000", '"+8613900138000"')
    assert standing(shop, "account.contacts") == ("manual", "changed")


def test_damaged_journal_entry_confirms_nothing(shop: World) -> None:
    """An entry without a zone, or without who, is passed over."""
    assert shop.smsconf("confirm", "threshold.cn").code == 0
    path = shop.folder / ".smsconf/journal.jsonl"
    entry = json.loads(path.read_text(encoding="utf-8"))
    for broken in ({**entry, "time": "2026-01-05T01:00:00"}, {**entry, "by": None, "digest": 7}):
        path.write_text(json.dumps(broken) + "\n", encoding="utf-8")
        assert standing(shop, "threshold.cn")[0] == "manual"


def test_emulator_that_cannot_answer_is_said(world: World) -> None:
    """Its clock says until when a confirmation holds; a file that it cannot use is no traceback."""
    import sqlite3

    assert world.smsconf("plan").code == 0
    with closing(sqlite3.connect(world.folder / ".smsconf" / "emulator.db")) as database, database:
        database.execute("DROP TABLE meta")
    ran = world.smsconf("confirm")
    assert ran.code == 1
    assert ran.err.startswith("error: cannot open the emulator's database ")
    assert "not a database of the emulator" in ran.err
