"""What a sending program gets: ids, senders and variables of the versions that are live now."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.scenarios.conftest import World

SHIPPED = "template.order-shipped"


def templates(world: World) -> dict[str, Any]:
    ran = world.smsconf("outputs")
    assert ran.code == 0, ran.err
    rows: dict[str, Any] = ran.json["templates"]
    return rows


def test_outputs_of_an_approved_project(approved: World) -> None:
    """Everything a sender needs: id, sender, signature, region, and the variables by name."""
    ran = approved.smsconf("outputs", "--require-all")
    assert (ran.code, ran.json["format_version"]) == (0, "1.0")
    row = ran.json["templates"][SHIPPED]
    status = approved.json("status")
    assert row == {
        "template_id": status.row(SHIPPED)["template_id"],
        "remote_name": "order-shipped",
        "sender": status.row("signature.shop-notice")["channel_num"],
        "signature": "示例商城",
        "region": "cn",
        "variables": ["order", "day"],
        "variable_count": 2,
        "status": "Adopted",
        "candidate": None,
    }
    assert row["template_id"]
    assert row["sender"]
    hello = ran.json["templates"]["template.hello"]
    assert (hello["signature"], hello["variables"], hello["variable_count"]) == (None, [], 0)
    assert hello["sender"] == status.row("app.abroad")["channel_num"] is not None
    app = ran.json["apps"]["app.shop"]
    assert (app["remote_name"], app["region"], app["status"]) == ("shop_prod", "cn", "LAUNCHED")
    assert app["app_id"] == status.row("app.shop")["remote_id"]


def test_outputs_hold_no_secret_and_no_app_key(approved: World) -> None:
    """Neither an app's secret nor its key is in any form of the report."""
    for form in ("json", "env", "yaml", "configmap"):
        said = approved.smsconf("outputs", "--format", form).out.lower()
        assert said
        assert not re.search("secret|app_key", said)


def test_outputs_before_any_approval_are_empty_handed(world: World) -> None:
    """Nothing is live: ids are null, the version on its way is told; --require-all exits 6."""
    assert templates(world)[SHIPPED]["status"] is None
    world.apply()
    row = templates(world)[SHIPPED]
    assert (row["template_id"], row["status"]) == (None, "SignReviewing")
    assert row["candidate"] == {"remote_name": "order-shipped", "status": "SignReviewing"}
    ran = world.smsconf("outputs", "--require-all")
    assert ran.code == 6
    assert SHIPPED in ran.err
    assert ran.json["templates"]


def test_live_version_is_told_while_its_successor_is_in_review(approved: World) -> None:
    """With a successor on its way id and variables stay those that serve, whatever the files say now."""
    before = templates(approved)[SHIPPED]
    approved.edit(
        "您的订单{order}已发货，预计{day}送达。\n    variables:\n",
        "您好{name}，订单{order}预计{day}送达。\n    variables:\n"
        "      name: {type: text, description: 称呼}\n",
    )
    assert approved.apply().code == 0
    row = templates(approved)[SHIPPED]
    assert row["candidate"] == {"remote_name": "order-shipped_v2", "status": "Reviewing"}
    assert {**row, "candidate": None} == before
    approved.decide("template", "order-shipped_v2", "approve")
    row = templates(approved)[SHIPPED]
    assert (row["remote_name"], row["variables"]) == ("order-shipped_v2", ["name", "order", "day"])
    assert row["template_id"] not in (None, before["template_id"])


def test_sender_of_a_live_version_is_that_of_its_own_signature(approved: World) -> None:
    """A live version on a signature that the files no longer declare keeps that signature's sender."""
    before = templates(approved)[SHIPPED]
    approved.edit("name: 示例商城", "name: 新商城")
    assert approved.apply().code == 0
    row = templates(approved)[SHIPPED]
    assert (row["signature"], row["sender"]) == ("示例商城", before["sender"])


def test_universal_template_has_no_signature_and_no_sender(approved: World) -> None:
    """The message itself chooses them."""
    approved.edit(
        "  refund:\n    app: shop\n    signature: shop-notice\n",
        "  anyone:\n    app: shop\n    universal: true\n    type: notification\n"
        "    content: 感谢惠顾。\n  refund:\n    app: shop\n    signature: shop-notice\n",
    )
    assert approved.apply().code == 0
    approved.decide("template", "anyone", "approve")
    row = templates(approved)["template.anyone"]
    assert (row["template_id"] is None, row["signature"], row["sender"]) == (False, None, None)


@pytest.mark.parametrize(
    ("content", "first", "second", "names"),
    [
        ("订单${1}于${2}送达。", "'1': {type: text, description: 订单号}", "'2': {type: datetime}", None),
        (
            "订单{a}于{b}送达。",
            "a: {type: text, description: 单号 十二位}",
            "b: {type: datetime}",
            ["a", "b"],
        ),
    ],
)
def test_names_are_read_back_where_the_files_have_names(
    world: World, content: str, first: str, second: str, names: list[str] | None
) -> None:
    """Numbered variables have a count and no names, even if a description looks like one."""
    world.edit("content: 您的订单{order}已发货，预计{day}送达。", f"content: {content}")
    world.edit("order: {type: alphanumeric, max_length: 12, description: 订单号}", first)
    world.edit("day: {type: datetime}", second)
    world.apply()
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    world.advance("P14D")
    row = templates(world)[SHIPPED]
    assert (row["variables"], row["variable_count"], row["status"]) == (names, 2, "Adopted")


def test_env_form_is_read_back_by_a_shell(approved: World) -> None:
    """A shell that evaluates the report has every value, a hostile name included."""
    hostile = "'; echo $(id) \"`x`"
    odd = f"app: shop, signature: shop-notice, content: 您好。, name: {json.dumps(hostile)}"
    approved.edit("  refund:\n", f"  odd-one: {{{odd}}}\n  refund:\n")
    assert approved.apply().code == 0
    approved.decide("template", hostile, "approve")
    ran = approved.smsconf("outputs", "--format", "env")
    assert ran.code == 0
    shipped = "SMSCONF_TEMPLATE_ORDER_SHIPPED"
    names = ("SMSCONF_TEMPLATE_ODD_ONE_REMOTE_NAME", f"{shipped}_ID", f"{shipped}_VARIABLES")
    script = ran.out + "".join(f'printf "%s|" "${name}"\n' for name in names)
    said = subprocess.run(
        ["/bin/sh", "-c", script], capture_output=True, check=True, env={"PATH": os.environ["PATH"]}
    )
    assert said.stdout.decode() == f"{hostile}|{templates(approved)[SHIPPED]['template_id']}|order,day|"


def test_env_form_leaves_out_what_is_not_live(world: World) -> None:
    """A template without a live version has no variable, so that a script stops at once."""
    world.apply()
    out = world.smsconf("outputs", "--format", "env").out
    assert "SMSCONF_APP_SHOP_ID=" in out
    assert "TEMPLATE" not in out


def test_env_form_refuses_two_keys_that_become_one(approved: World) -> None:
    """order-shipped and order_shipped cannot be told apart as variables; JSON still works."""
    approved.edit(
        "  refund:\n", "  order_shipped: {app: shop, signature: shop-notice, content: 您好。}\n  refund:\n"
    )
    assert approved.apply().code == 0
    approved.decide("template", "order_shipped", "approve")
    ran = approved.smsconf("outputs", "--format", "env")
    assert (ran.code, ran.out) == (1, "")
    assert "template.order_shipped" in ran.err
    assert len(templates(approved)) == 4


def test_yaml_and_json_say_the_same(approved: World) -> None:
    """The YAML form is the JSON document."""
    assert (
        yaml.safe_load(approved.smsconf("outputs", "--format", "yaml").out)
        == approved.smsconf("outputs").json
    )


def test_configmap_holds_texts_only(approved: World) -> None:
    """Kubernetes takes text values under plain keys: the variables, and the document."""
    made = yaml.safe_load(approved.smsconf("outputs", "--format", "configmap").out)
    assert (made["apiVersion"], made["kind"]) == ("v1", "ConfigMap")
    assert all(isinstance(value, str) for value in made["data"].values())
    assert all(re.fullmatch("[-._a-zA-Z0-9]+", key) for key in made["data"])
    document = json.loads(made["data"]["outputs.json"])
    assert document == approved.smsconf("outputs").json
    assert made["data"]["SMSCONF_TEMPLATE_ORDER_SHIPPED_ID"] == document["templates"][SHIPPED]["template_id"]


def test_outputs_print_nothing_unless_everything_was_read(approved: World) -> None:
    """A half-read account would look as if templates were not live: exit 4, and no document."""
    fault = {"operation": "ListTemplateDetails", "fault": "status", "status": 400, "times": 9}
    approved.control("POST", "faults", [fault])
    ran = approved.smsconf("outputs")
    assert (ran.code, ran.out) == (4, "")
    assert "templates could not be read" in ran.err


def test_outputs_that_cannot_find_what_serves_print_nothing(approved: World) -> None:
    """The app had got another name: each id was null, exit 0, and a deployment would have taken it."""
    assert approved.json("outputs").code == 0
    approved.edit("name: shop_prod,", "name: shop_new,")
    ran = approved.smsconf("outputs", "--format", "env")
    assert (ran.code, ran.out) == (4, "")
    assert "template.order-shipped: order-shipped serves by the journal, but" in ran.err


def test_template_that_moved_and_is_blocked_does_not_stop_the_others(approved: World) -> None:
    """Its old version is found, under the old app; all outputs were refused for it."""
    assert approved.json("outputs").code == 0
    approved.edit("apps:\n", "apps:\n  outlet: {region: cn}\n")
    approved.edit("signatures:\n", "signatures:\n  sign: {app: outlet, name: 奥莱, type: notification}\n")
    approved.edit(
        "  refund:\n    app: shop\n    signature: shop-notice",
        "  refund:\n    app: outlet\n    signature: sign",
    )
    assert approved.apply().code == 0
    approved.decide("signature", "奥莱", "reject")
    ran = approved.json("outputs")
    assert ran.code == 0, ran.err
    found = {key: one["template_id"] for key, one in ran.json["templates"].items()}
    assert found["template.refund"] is None
    assert found["template.order-shipped"]


def test_outputs_go_to_a_file_on_request(approved: World) -> None:
    """--output writes every form to a file."""
    for form in ("json", "env"):
        assert approved.smsconf("outputs", "--format", form, "--output", "out").out == ""
        assert (approved.folder / "out").read_text("utf-8") == approved.smsconf(
            "outputs", "--format", form
        ).out


@pytest.mark.parametrize("form", ["yaml", "configmap"])
def test_yaml_for_a_stdout_that_is_not_utf_8_is_ascii(approved: World, form: str) -> None:
    """The program behind the pipe reads UTF-8; it got GBK, or a backslash for each character."""
    approved.environ = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "gbk"}
    process = approved.process("outputs", "--format", form)
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert text.isascii()
    assert yaml.safe_load(text) == yaml.safe_load(approved.smsconf("outputs", "--format", form).out)


@pytest.mark.parametrize(("encoding", "code"), [("gbk", 0), ("latin-1", 1)])
def test_variables_for_a_shell_are_whole_or_refused(approved: World, encoding: str, code: int) -> None:
    """A shell knows no escapes: what the encoding of stdout lacks is an error, and nothing is printed."""
    approved.environ = {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    process = approved.process("outputs", "--format", "env", text=False)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert ("示例商城".encode("gbk") in out) is (code == 0)
    assert (out == b"") is (b"the encoding of stdout" in err) is (code == 1)
