"""Manual steps as rows of the plan: which there are, in which order, and when one is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from smsconf.model.address import Address
from smsconf.model.memory import Confirmation, Memory
from smsconf.model.resources import (
    Account,
    AccountMode,
    Alarm,
    AppConsole,
    Ceiling,
    Contact,
    Desired,
    FrequencyLimit,
    Package,
    Qualification,
    Quotas,
    Region,
    Registration,
    Threshold,
)
from smsconf.model.sites import SITES
from smsconf.reconcile.kinds.manual import manual_steps
from tests.reconcile import build
from tests.reconcile.build import NOW, only, plan, words


def at(text: str) -> Address:
    return Address.parse(text)


CN, ABROAD = at("threshold.cn"), at("threshold.intl")
OWN, SINGAPORE, CONSOLE = at("qualification.own"), at("registration.singapore"), at("console.shop")
USUAL = (400, 500, 8000, 10000)

everything = build.desired(
    build.shop,
    build.brand,
    build.shipped,
    build.abroad,
    build.hello,
    thresholds={CN: Threshold(CN, Region.CN, 8, 10, 80, 100)},
    qualifications={OWN: Qualification(OWN, "own", company="示例商城有限公司")},
    registrations={SINGAPORE: Registration(SINGAPORE, "Singapore", "EXAMPLE", "ticket 1")},
    consoles={
        CONSOLE: AppConsole(CONSOLE, build.SHOP, "https://sms.example.com/batch", ("192.0.2.7",), True)
    },
    account=Account(
        mode=AccountMode.INTERNATIONAL_ONLY,
        contacts={"ops": Contact("Li Lei", "+8613800138000", None, frozenset(Alarm))},
        packages={"year": Package(Region.CN, 100_000)},
        send_regions=("Singapore",),
        frequency_limits=(FrequencyLimit(build.SHOP, day=9),),
    ),
)


def test_everything_people_set_is_a_row_in_the_order_of_dependencies() -> None:
    """The account first, what signatures and templates need before them, thresholds before sending."""
    rows = [str(change.address) for change in plan(everything, build.nothing()).changes]
    assert rows == [
        "account.contacts",
        "account.frequency_limits",
        "account.mode",
        "account.packages",
        "account.send_regions",
        "qualification.own",
        "registration.singapore",
        "app.abroad",
        "app.shop",
        "console.shop",
        "signature.brand",
        "template.hello",
        "template.shipped",
        "threshold.cn",
    ]


def test_every_step_has_a_place_values_and_a_page() -> None:
    """Nobody has to guess where to set what."""
    steps = manual_steps(everything, SITES["china"])
    assert len(steps) == 9
    for step in steps.values():
        assert step.console
        assert step.values
        assert step.page.startswith("https://support.huaweicloud.com/")
        assert step.page_date
    assert steps[CONSOLE].console == ("Application Management", "shop_prod")


@pytest.mark.parametrize(
    ("site", "values", "granted", "action"),
    [
        ("international", USUAL, {}, "none"),
        ("international", (400, 500, None, None), {}, "none"),
        ("international", (400, 501, 8000, 10000), {}, "manual"),
        ("international", USUAL, {Region.CN: Ceiling(daily=9000)}, "manual"),
        ("china", USUAL, {}, "manual"),
        ("europe", (400, None, 8000, None), {}, "none"),
        ("europe", USUAL, {}, "manual"),
    ],
)
def test_default_of_the_site_needs_no_step(site: str, values, granted, action: str) -> None:
    """Values equal to the site's known defaults are there already, unless others were granted since."""
    asked = build.desired(
        build.abroad,
        thresholds={CN: Threshold(CN, Region.CN, *values)},
        account=Account(quotas=Quotas(messages=granted)),
    )
    assert words(only(plan(asked, build.observed(build.o_abroad), site=site), CN)) == (action, [])


def test_threshold_of_a_country_has_no_default() -> None:
    """It is an addition of somebody's, whatever its values."""
    address = at("threshold.intl-singapore")
    threshold = Threshold(address, Region.INTL, *USUAL, country="Singapore")
    made = plan(
        build.desired(build.abroad, thresholds={address: threshold}), build.nothing(), site="international"
    )
    assert only(made, address).action.value == "manual"
    assert only(made, address).manual.console[-1] == "Singapore"


def test_what_is_usual_or_impossible_needs_no_step() -> None:
    """The standard mode, an empty whitelist, a qualification that has its id, or a site that has none."""
    asked = replace(
        everything,
        account=Account(mode=AccountMode.STANDARD),
        consoles={CONSOLE: AppConsole(CONSOLE, build.SHOP, None, (), False)},
        qualifications={OWN: Qualification(OWN, "own", id="q-1")},
    )
    made = plan(asked, build.nothing())
    for address in (at("account.mode"), CONSOLE, OWN):
        assert words(only(made, address)) == ("none", [])
    bare = replace(asked, qualifications={OWN: Qualification(OWN, "own")})
    assert words(only(plan(bare, build.nothing(), site="international"), OWN)) == ("none", [])


def digest(asked: Desired, address: Address) -> str:
    return manual_steps(asked, SITES["china"])[address].digest


def test_confirmation_holds_for_the_values_and_until_it_expires() -> None:
    """Confirmed is none; other values or a time that is over is manual again."""
    said = Confirmation(CN, digest(everything, CN), "Li Lei <li@example.com>", NOW, "ticket 1")
    for confirmation, action, word in (
        (said, "none", "confirmed by Li Lei on 2026-01-05: ticket 1"),
        (replace(said, expires=NOW + timedelta(seconds=1)), "none", "confirmed by"),
        (replace(said, expires=NOW), "manual", "has expired"),
        (replace(said, digest="0" * 16), "manual", "its values changed since Li Lei confirmed"),
    ):
        change = only(plan(everything, build.nothing(), memory=Memory(confirmations={CN: confirmation})), CN)
        assert change.action.value == action
        assert word in change.reason


def test_digest_is_of_what_is_set_and_of_nothing_else() -> None:
    """Notes for readers and the reference that comes later open no step; a hidden number does."""
    noted = replace(
        everything,
        qualifications={
            OWN: Qualification(OWN, "own", company="示例商城有限公司", description="for readers")
        },
        registrations={SINGAPORE: Registration(SINGAPORE, "Singapore", "EXAMPLE", "ticket 2")},
    )
    for address in (OWN, SINGAPORE):
        assert digest(noted, address) == digest(everything, address)
    contacts = {"ops": Contact("Li Lei", "+8613900138000", None, frozenset(Alarm))}
    other = replace(everything, account=replace(everything.account, contacts=contacts))
    address = at("account.contacts")
    assert digest(other, address) != digest(everything, address)
    values = [manual_steps(one, SITES["china"])[address].values["ops.mobile"] for one in (other, everything)]
    assert values == ["**********8000", "**********8000"]


def test_signature_that_is_there_is_not_held_back() -> None:
    """Only what would be sent waits: an approved signature without a known id stays as it is."""
    brand = replace(build.brand, qualification=None, qualified_by=OWN)
    asked = replace(everything, signatures={build.BRAND: brand})
    found = build.observed(build.o_shop, build.o_brand)
    made = plan(asked, found)
    assert words(only(made, build.BRAND)) == ("none", [])
    assert words(only(made, build.SHIPPED)) == ("create", ["create", "submit"])
    fresh = plan(asked, build.nothing())
    assert [only(fresh, one).action.value for one in (build.BRAND, build.SHIPPED)] == ["wait", "wait"]
    assert only(fresh, build.SHIPPED).held_by == OWN
