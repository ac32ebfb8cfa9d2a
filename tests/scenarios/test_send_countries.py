"""Numbers of countries that a template does not go to: refused, left out, and never proposed."""

from __future__ import annotations

import csv
import json
import shlex
from typing import Any

import pytest

from tests.scenarios.conftest import World

LOGIN = "template.login"
SINGAPORE, BRAZIL, CANADA, AMERICA = "+6591234567", "+5511961234567", "+16135550123", "+12025550123"
TEMPLATE = """\
  login: {app: abroad, content: Your parcel is here., countries: [SG]}
  america: {app: abroad, content: Your parcel is near., countries: [US]}
"""


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The shop with a template for Singapore and one for the United States, approved."""
    world.edit("templates:\n", f"templates:\n{TEMPLATE}")
    (world.folder / ".smsconf").mkdir(exist_ok=True)
    secrets = str(world.folder / ".smsconf/secrets.json")
    monkeypatch.setenv("SMSCONF_SECRETS", secrets)
    assert world.apply("--save-secrets", secrets).code == 0
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    world.advance("P14D")
    world.control("PUT", "reviewer", {"default": "hold", "rules": []})
    return world


def outbox(world: World) -> list[str]:
    return [one["to"] for one in world.control("GET", "outbox")]


@pytest.mark.parametrize(
    ("template", "number", "country"),
    [
        (LOGIN, BRAZIL, "Brazil"),
        (LOGIN, "+447400123456", "United Kingdom"),
        ("template.america", CANADA, "Canada"),
        ("template.hello", "+6421123456", "New Zealand"),
    ],
)
def test_number_of_another_country_is_not_sent_to(
    shop: World, template: str, number: str, country: str
) -> None:
    """The error names both; nobody gets anything, not even who stands beside it."""
    beside = AMERICA if template == "template.america" else SINGAPORE
    for more in ((), ("--dry-run",)):
        ran = shop.smsconf("send", template, "--to", beside, "--to", number, *more)
        assert (ran.code, ran.out) == (1, "")
        assert f"the number is of {country}, and {template} goes to" in ran.err
        assert number not in ran.err
    assert outbox(shop) == []
    shop.write(json.dumps([{"to": number}]), "rows.json")
    assert shop.smsconf("send", template, "--vars-file", "rows.json").code == 1
    assert shop.smsconf("send", template, "--to", beside).code == 0
    assert outbox(shop) == [beside]


def test_list_leaves_out_numbers_of_other_countries(shop: World) -> None:
    """Counted under a reason of its own, and written down with their rows."""
    shop.write(f"{SINGAPORE}\n{BRAZIL}\n{CANADA}\n+65 8123 4567\n", "list.csv")
    ran = shop.json("bulk", LOGIN, "list.csv", "--auto-approve")
    assert ran.code == 0, ran.err
    assert ran.json["recipients"]["dropped"] == {"other-country": 2}
    assert outbox(shop) == [SINGAPORE, "+6581234567"]
    with (shop.folder / ran.json["dropped_file"]).open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {"Brazil", "Canada"} == {row["explanation"].split(",")[0].split()[-1] for row in rows}


def test_countries_are_those_of_the_version_that_serves(shop: World) -> None:
    """A successor for Brazil is on its way: Singapore is sent to, and Brazil is not; then both."""
    shop.edit("countries: [SG]", "countries: [SG, BR]")
    assert shop.apply().code == 0
    assert shop.smsconf("send", LOGIN, "--to", SINGAPORE).code == 0
    assert shop.smsconf("send", LOGIN, "--to", BRAZIL).code == 1
    shop.decide("template", "login_v2", "approve")
    assert shop.smsconf("send", LOGIN, "--to", BRAZIL).code == 0
    assert outbox(shop) == [SINGAPORE, BRAZIL]


def sending(world: World) -> dict[str, Any]:
    """The step of the guide that sends abroad."""
    steps = world.json("guide").json["steps"]
    (found,) = (one for one in steps if (one["key"], one["flow"]) == ("send", "global"))
    return dict(found)


def test_guide_proposes_a_number_of_a_country_that_the_template_goes_to(shop: World) -> None:
    """What it prints can be typed, and arrives."""
    (command,) = sending(shop)["next"]
    name, *words = shlex.split(command)
    assert (name, words[:2]) == ("smsconf", ["send", LOGIN])
    ran = shop.smsconf(*words)
    assert ran.code == 0, ran.err
    assert outbox(shop)[0].startswith("+65")


def test_guide_proposes_what_fits_the_version_that_serves(shop: World) -> None:
    """While a successor with other countries and variables is in review."""
    shop.edit(
        "content: Your parcel is here., countries: [SG]}",
        "content: 'Parcel {code} is here.', countries: [BR], variables: {code: {type: alphanumeric}}}",
    )
    assert shop.apply().code == 0
    (command,) = sending(shop)["next"]
    assert shop.smsconf(*shlex.split(command)[1:]).code == 0
    assert outbox(shop)[0].startswith("+65")
