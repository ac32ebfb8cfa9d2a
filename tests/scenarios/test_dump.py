"""From what is at the service to a project that validates and plans empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.scenarios.conftest import World

OTHER = "../other"
BARE = "version: 1\nprovider:\n  emulator: {database: .smsconf/emulator.db}\n"


@pytest.fixture
def unknown(approved: World) -> World:
    """The approved shop in a project that declares none of it."""
    approved.write(BARE)
    return approved


def dumped(world: World, *arguments: str, remarks: tuple[str, ...] = ()) -> dict[str, Any]:
    """Dump into another folder, check that the result plans empty there, and return its merged sections."""
    ran = world.smsconf("dump", "--into", OTHER, *arguments)
    assert (ran.code, ran.out) == (0, ""), ran.err
    *said, last = ran.err.splitlines()
    assert last.startswith("dumped ")
    assert tuple(said) == remarks
    assert world.smsconf("validate", "-C", OTHER, "--strict").code == 0
    plan = world.smsconf("plan", "-C", OTHER, "--detailed-exitcode")
    assert plan.code == 0, plan.out
    folder = (world.folder / OTHER).resolve()
    root = yaml.safe_load((folder / "smsconf.yaml").read_text("utf-8"))
    for name in root.pop("include", ()):
        for section, entries in yaml.safe_load((folder / name).read_text("utf-8")).items():
            root.setdefault(section, {}).update(entries)
    return root


def test_dump_of_an_approved_project_plans_empty(approved: World) -> None:
    """Everything is there as declared: names, types, countries; nothing is written to the service."""
    made = dumped(approved)
    assert made["apps"]["shop"] == {
        "region": "cn",
        "name": "shop_prod",
        "reply_url": "https://sms.example.com/replies",
    }
    assert made["signatures"] == {
        "shop-notice": {"app": "shop", "name": "示例商城", "type": "notification", "qualification": "q-1234"}
    }
    assert made["templates"]["order-shipped"] == {
        "app": "shop",
        "signature": "shop-notice",
        "content": "您的订单{order}已发货，预计{day}送达。",
        "variables": {
            "order": {"type": "alphanumeric", "description": "订单号"},
            "day": {"type": "datetime"},
        },
    }
    assert made["templates"]["hello"]["countries"] == ["Singapore", "Brazil"]
    assert approved.writes() == []


def test_dump_splits_files_by_app_and_points_at_the_same_service(approved: World) -> None:
    """smsconf.yaml names a copy of the emulator's file and includes one file of each kind and app."""
    dumped(approved)
    folder = approved.folder.parent / "other"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")}
    assert names == {
        "smsconf.yaml",
        "apps.yaml",
        "signatures/shop.yaml",
        "templates/shop.yaml",
        "templates/abroad.yaml",
    }
    root = yaml.safe_load((folder / "smsconf.yaml").read_text("utf-8"))
    assert root["provider"] == {"emulator": {"database": ".smsconf/emulator.db"}}


def test_dump_invents_keys_from_names(unknown: World) -> None:
    """What no file declares is called as at the service, or by digits of its name where it has no letters."""
    made = dumped(unknown)
    assert set(made["apps"]) == {"shop_prod", "abroad"}
    (signature,) = made["signatures"]
    assert signature.startswith("signature-")
    assert made["templates"]["refund"]["signature"] == signature
    assert dumped(unknown, "--force")["signatures"] == made["signatures"]


def test_dump_without_a_folder_is_one_document(unknown: World) -> None:
    """It goes to stdout, and is a project by itself."""
    ran = unknown.smsconf("dump")
    assert ran.code == 0
    unknown.write(ran.out)
    assert unknown.smsconf("validate", "--strict").code == 0
    assert unknown.smsconf("plan", "--detailed-exitcode").code == 0
    assert unknown.json("plan").json["unmanaged"] == {"signatures": 0, "templates": 0}


def test_dump_to_a_terminal_of_another_encoding_is_still_a_project(unknown: World) -> None:
    """In a plain C locale Chinese is written as codes that YAML reads."""
    unknown.environ = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    out, _ = unknown.process("dump", text=False).communicate(timeout=60)
    contents = [one["content"] for one in yaml.safe_load(out.decode("ascii"))["templates"].values()]
    assert "您的退款已到账。" in contents


def test_versions_become_one_address(approved: World) -> None:
    """The newest approved text is the content, and what else there is of the family is said."""
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    approved.apply()
    approved.decide("template", "refund_v2", "approve")
    made = dumped(approved, remarks=("template refund: stands for refund_v2; also there: refund",))
    assert made["templates"]["refund"]["content"] == "您的退款已经到账。"
    assert "refund_v2" not in made["templates"]


def test_version_in_review_is_what_is_asked(approved: World) -> None:
    """A successor in review is the content: files that ask for the old text would call its review back."""
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    approved.apply()
    made = dumped(approved, remarks=("template refund: stands for refund_v2; also there: refund",))
    assert made["templates"]["refund"]["content"] == "您的退款已经到账。"


def test_version_whose_forerunners_are_retired_keeps_its_family(approved: World) -> None:
    """A lone name_v2 with our mark is a version of name, not a template of its own."""
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    approved.apply()
    approved.decide("template", "refund_v2", "approve")
    assert approved.apply("--retire-now", "template.refund").code == 0
    approved.write(BARE)
    assert "refund" in dumped(approved)["templates"]


def test_rejected_text_is_dumped_and_not_submitted_again(world: World) -> None:
    """What the reviewer rejected is described as it is, notes included, so that nothing is sent."""
    world.apply()
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "order-shipped", "reject", "变量过多")
    assert "order-shipped" in dumped(world)["templates"]


def test_draft_is_left_out_with_a_word(world: World) -> None:
    """A draft would be submitted by the next apply; it is named instead."""
    fault = {"operation": "UpdateTemplate", "fault": "status", "status": 400, "times": 1}
    world.control("POST", "faults", [fault])
    assert world.apply("--target", "template.refund").code == 5  # created, and not submitted
    remark = "template refund: left out, its status is Pending"
    assert "templates" not in dumped(world, remarks=(remark,))


def test_universal_bracketed_and_braced_templates_come_back(approved: World) -> None:
    """Universal ones keep their type, brackets are kept, literal braces are doubled again."""
    approved.edit(
        "  refund:\n",
        "  anyone: {app: shop, universal: true, type: notification, content: 感谢惠顾。, description: 通用}\n"
        '  square: {app: shop, signature: shop-notice, content: "您好{{店}}。", brackets: GB}\n'
        "  refund:\n",
    )
    approved.apply()
    made = dumped(approved)["templates"]
    assert made["anyone"] == {
        "app": "shop",
        "universal": True,
        "type": "notification",
        "content": "感谢惠顾。",
        "description": "通用",
    }
    assert (made["square"]["content"], made["square"]["brackets"]) == ("您好{{店}}。", "GB")


def test_signature_of_somebody_else_comes_back(approved: World) -> None:
    """Source, third party and numbers are read back; files cannot be, and are not compared."""
    (approved.folder / "licence.png").write_bytes(b"\x89PNG\r\n")
    approved.edit(
        "templates:\n",
        "  brand: {app: shop, name: 好物, type: promotion, source: trademark, third_party: true, "
        "qualification: q-9, licence: licence.png, registration_number: '123', description: 授权}\n"
        "templates:\n",
    )
    approved.apply()
    assert dumped(approved)["signatures"]["brand"] == {
        "app": "shop",
        "name": "好物",
        "type": "promotion",
        "source": "trademark",
        "third_party": True,
        "qualification": "q-9",
        "registration_number": "123",
        "description": "授权",
    }


@pytest.mark.parametrize(
    ("only", "apps", "signatures", "templates"),
    [
        (("app.shop",), 1, 1, 2),
        (("app.shop_prod",), 1, 1, 2),
        (("apps",), 2, 0, 0),
        (("signature",), 1, 1, 0),
        (("templates",), 2, 1, 3),
        (("templates", "app.abroad"), 1, 0, 1),
    ],
)
def test_only_narrows_the_dump(approved: World, only, apps: int, signatures: int, templates: int) -> None:
    """By app or kind; what the rest refers to is declared as managed elsewhere."""
    made = dumped(approved, *(word for one in only for word in ("--only", one)))
    counts = tuple(len(made.get(section, ())) for section in ("apps", "signatures", "templates"))
    assert counts == (apps, signatures, templates)
    if only == ("templates",):
        assert all(entry["external"] for entry in (*made["apps"].values(), *made["signatures"].values()))


def test_existing_files_are_not_overwritten(approved: World) -> None:
    """A folder with a project is left alone, unless --force says otherwise."""
    dumped(approved)
    path = approved.folder.parent / "other" / "apps.yaml"
    path.write_text("apps: {}\n", encoding="utf-8")
    ran = approved.smsconf("dump", "--into", OTHER)
    assert ran.code == 1
    assert "apps.yaml" in ran.err
    assert "--force" in ran.err
    assert path.read_text(encoding="utf-8") == "apps: {}\n"
    dumped(approved, "--force")
    assert "shop_prod" in path.read_text(encoding="utf-8")


def test_nothing_is_dumped_unless_everything_was_read(approved: World) -> None:
    """Half an account would look like all of it: exit 4, no file."""
    fault = {"operation": "ListTemplateVarilableDetails", "fault": "status", "status": 400, "times": 9}
    approved.control("POST", "faults", [fault])
    for path in approved.folder.glob(".smsconf/attributes-*"):
        path.unlink()
    ran = approved.smsconf("dump", "--into", OTHER)
    assert ran.code == 4
    assert not Path(approved.folder, OTHER).exists()


def test_empty_account_is_an_empty_project(world: World) -> None:
    """Nothing there is a project without resources, not an error."""
    world.write(BARE)
    assert set(dumped(world)) == {"version", "provider"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--only", "threshold"), "--only takes app.NAME, apps, signatures or templates"),
        (("--only", "app.nope"), "there is no app 'nope'; there are: abroad, shop"),
        (("--force",), "--force belongs to --into"),
    ],
)
def test_dump_refuses_what_it_does_not_understand(approved: World, arguments, said: str) -> None:
    """A wrong word exits 1 and says what there is."""
    ran = approved.smsconf("dump", *arguments)
    assert ran.code == 1
    assert said in ran.err


def test_dump_of_an_environment_is_of_its_service(approved: World) -> None:
    """With --env the provider of that environment is read and copied."""
    approved.edit("version: 1\n", "version: 1\nenvironments:\n  prod: {overlay: prod.yaml}\n")
    approved.write("provider: {emulator: {database: .smsconf/prod.db}}\n", "prod.yaml")
    made = yaml.safe_load(approved.smsconf("dump", "--env", "prod").out)
    assert made == {"version": 1, "provider": {"emulator": {"database": ".smsconf/prod.db"}}}


@pytest.mark.parametrize(
    "name", ["1e3", "0o17", "0x1F", "12e34567", "-.inf", "+1", "1_000", "a\\x85b", "null"]
)
def test_names_that_look_like_numbers_come_back_as_text(approved: World, name: str) -> None:
    """What YAML 1.1 leaves bare our reader, which knows 1.2, takes for a number: the dump did not load."""
    approved.edit(
        "  refund:\n",
        f'  odd: {{app: shop, signature: shop-notice, name: "{name}", content: 您好。}}\n  refund:\n',
    )
    assert approved.apply().code == 0
    ran = approved.smsconf("dump", "--into", "out")
    assert ran.code == 0, ran.err
    assert approved.smsconf("plan", "--project", "out", "--detailed-exitcode").code == 0


def test_version_of_a_name_that_looks_like_one_joins_its_family(approved: World) -> None:
    """``promo_v2`` without ``promo`` and its successor ``promo_v2_v3`` are one address, not two."""
    odd = "  odd: {app: shop, signature: shop-notice, name: promo_v2, content: 您好。}\n"
    approved.edit("  refund:\n", f"{odd}  refund:\n")
    approved.edit("apps:\n", "mark: false\napps:\n")
    assert approved.apply().code == 0
    approved.decide("template", "promo_v2", "approve")
    approved.apply()
    approved.edit("content: 您好。", "content: 您好！")
    successor = approved.apply().row("template.odd")["remote_name"]
    assert successor.startswith("promo_v2_v")
    approved.decide("template", successor, "approve")
    ran = approved.smsconf("dump", "--into", "out")
    assert ran.code == 0, ran.err
    assert approved.smsconf("plan", "--project", "out", "--detailed-exitcode").code == 0
