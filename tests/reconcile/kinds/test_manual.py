"""Manual steps as rows of the plan: which there are, in which order, and when one is done."""

from __future__ import annotations

import hashlib
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
from smsconf.reconcile.change import ManualChange
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


def step(address: Address, asked: Desired, *, site: str = "china"):
    return manual_steps(asked, SITES[site])[address]


def test_account_shows_what_is_declared_of_it() -> None:
    """By key and field, in the order of the form; numbers of people but for their last digits."""
    account = Account(
        mode=AccountMode.INTERNATIONAL_ONLY,
        contacts={
            "ops": Contact(
                "Li Lei", "+8613800138000", "ops@example.com", frozenset({Alarm.TRAFFIC, Alarm.REVIEW})
            ),
            "bare": Contact("Han Meimei"),
        },
        packages={
            "year": Package(Region.CN, 100_000, None, "note"),
            "sg": Package(Region.INTL, 5, "Singapore"),
        },
        send_regions=("Singapore", "Brazil"),
        frequency_limits=(FrequencyLimit(build.SHOP, 1, 2, 3), FrequencyLimit(build.ABROAD, hour=9)),
    )
    steps = manual_steps(build.desired(build.shop, account=account), SITES["china"])
    assert {str(address): dict(one.values) for address, one in steps.items()} == {
        "account.mode": {"mode": "international-only"},
        "account.contacts": {
            "ops.name": "Li Lei",
            "ops.mobile": "**********8000",
            "ops.email": "ops@example.com",
            "ops.alarms": ("review", "traffic"),
            "bare.name": "Han Meimei",
        },
        "account.packages": {
            "year.region": "cn",
            "year.messages": 100_000,
            "sg.region": "intl",
            "sg.messages": 5,
            "sg.country": "Singapore",
        },
        "account.send_regions": {"send_regions": ("Singapore", "Brazil")},
        "account.frequency_limits": {"shop.minute": 1, "shop.hour": 2, "shop.day": 3, "abroad.hour": 9},
    }
    assert [address.key for address in steps] == sorted(address.key for address in steps)
    assert manual_steps(build.desired(build.shop), SITES["china"]) == {}


@pytest.mark.parametrize(("number", "shown"), [("1234567", "*******"), ("12345678", "****5678"), ("", None)])
def test_short_number_of_a_person_is_hidden_whole(number, shown) -> None:
    """Four of seven digits would tell most of it."""
    account = Account(contacts={"ops": Contact("Li Lei", number)})
    values = step(at("account.contacts"), build.desired(build.shop, account=account)).values
    assert values.get("ops.mobile") == shown


def test_row_of_a_manual_step_shows_its_values_and_how_it_stands() -> None:
    """Nothing is compared: nobody sees what the console says."""
    change = only(plan(everything, build.nothing()), CN)
    assert build.differences(change) == [
        ("daily.warn", None, 8),
        ("daily.limit", None, 10),
        ("monthly.warn", None, 80),
        ("monthly.limit", None, 100),
    ]
    assert (change.manual.standing, change.manual.confirmation, change.submissions) == ("open", None, 0)
    assert change.reason == ("no API sets it: do it at the console, then smsconf confirm threshold.cn")


def test_name_of_a_manual_step_is_that_of_the_console() -> None:
    """The qualification's own, the country, the app's; else the key."""
    made = plan(everything, build.nothing())
    names = {one.label: one.remote_name for one in made.changes if isinstance(one, ManualChange)}
    assert names == {
        "account.contacts": "contacts",
        "account.frequency_limits": "frequency_limits",
        "account.mode": "mode",
        "account.packages": "packages",
        "account.send_regions": "send_regions",
        "qualification.own": "own",
        "registration.singapore": "Singapore",
        "console.shop": "shop_prod",
        "threshold.cn": "cn",
    }
    bare = Desired(
        qualifications={OWN: Qualification(OWN, company="示例商城有限公司")},
        consoles={CONSOLE: AppConsole(CONSOLE, build.SHOP, push_authentication=True)},
    )
    made = plan(bare, build.nothing())
    assert [only(made, one).remote_name for one in (OWN, CONSOLE)] == ["own", "shop"]
    assert only(made, CONSOLE).manual.console[-1] == "shop"
    named = replace(bare, qualifications={OWN: Qualification(OWN, "示例")})
    assert only(plan(named, build.nothing()), OWN).remote_name == "示例"


def test_registration_says_what_its_country_asks_for() -> None:
    """Another country has only the place; its digest is of what is registered."""
    made = plan(everything, build.nothing())
    assert only(made, SINGAPORE).reason == (
        "register the sender ID yourself at SSIR; then smsconf confirm registration.singapore"
    )
    peru = replace(
        everything, registrations={SINGAPORE: Registration(SINGAPORE, "Peru", links=("a.example",))}
    )
    assert only(plan(peru, build.nothing()), SINGAPORE).reason.startswith("no API sets it")
    assert step(SINGAPORE, everything).values == {"country": "Singapore", "sender": "EXAMPLE"}
    assert step(SINGAPORE, peru).values == {"country": "Peru", "links": ("a.example",)}


def test_needless_step_says_why() -> None:
    """Its default, its id, or a site that has no such thing; and it is done."""
    usual = Account(mode=AccountMode.STANDARD)
    asked = build.desired(
        build.abroad,
        account=usual,
        qualifications={OWN: Qualification(OWN, "own", id="q-1")},
        consoles={CONSOLE: AppConsole(CONSOLE, build.ABROAD, None, (), False)},
        thresholds={ABROAD: Threshold(ABROAD, Region.INTL, *USUAL)},
    )
    found = build.observed(build.o_abroad)
    rows = (one for one in plan(asked, found).changes if isinstance(one, ManualChange))
    said = {one.label: one.reason for one in rows if not one.steps}
    assert said["account.mode"] == said["console.shop"] == "the service's default"
    assert said["qualification.own"] == "its id q-1 is known"
    europe = {one.label: one for one in plan(asked, found, site="international").changes}
    assert europe["qualification.own"].reason == "this site has no qualifications"
    assert europe["threshold.intl"].reason == "the default of the international site (2024)"
    assert europe["threshold.intl"].manual.standing == "needless"


def test_step_that_is_not_quite_the_default_is_open() -> None:
    """One setting of a console, one limit, or a value that was granted beyond it."""
    for console in (
        AppConsole(CONSOLE, build.SHOP, "https://sms.example.com/batch"),
        AppConsole(CONSOLE, build.SHOP, ip_whitelist=("192.0.2.7",)),
        AppConsole(CONSOLE, build.SHOP, push_authentication=True),
    ):
        assert step(CONSOLE, replace(everything, consoles={CONSOLE: console})).needless is None
        assert len(step(CONSOLE, replace(everything, consoles={CONSOLE: console})).values) == 1


def test_confirmation_that_holds_no_more_says_whose_it_was_and_what_to_do() -> None:
    """The step is done again, and confirmed again; a name is told without its address."""
    todo = "no API sets it: do it at the console, then smsconf confirm threshold.cn"
    said = Confirmation(CN, digest(everything, CN), "Li Lei <li@example.com>", NOW)
    for confirmation, standing, reason in (
        (said, "confirmed", "confirmed by Li Lei on 2026-01-05"),
        (
            replace(said, digest="0" * 16),
            "changed",
            f"its values changed since Li Lei confirmed it on 2026-01-05; {todo}",
        ),
        (
            replace(said, expires=NOW - timedelta(days=1)),
            "expired",
            f"what Li Lei confirmed on 2026-01-05 has expired; {todo}",
        ),
    ):
        change = only(plan(everything, build.nothing(), memory=Memory(confirmations={CN: confirmation})), CN)
        assert (change.reason, change.manual.standing, change.manual.confirmation) == (
            reason,
            standing,
            confirmation,
        )


def test_open_steps_are_those_that_nobody_confirmed() -> None:
    """By their addresses, in the order of the plan."""
    done = Memory(confirmations={CN: Confirmation(CN, digest(everything, CN), "Li Lei", NOW)})
    made = plan(everything, build.nothing(), memory=done)
    assert [str(one) for one in made.open_steps] == [
        "account.contacts",
        "account.frequency_limits",
        "account.mode",
        "account.packages",
        "account.send_regions",
        "qualification.own",
        "registration.singapore",
        "console.shop",
    ]


def test_template_needs_the_registrations_of_its_countries() -> None:
    """By either name of a country; it waits for them while they are open, and what is there is not held."""
    made = plan(everything, build.nothing())
    change = only(made, build.HELLO)
    assert (words(change), change.held_by, change.awaits) == (
        ("wait", []),
        SINGAPORE,
        "registration.singapore",
    )
    assert change.needs == (SINGAPORE, build.ABROAD)
    assert change.reason == "waits for registration.singapore, which a person does"
    chinese = replace(build.hello, countries=("新加坡", "巴西"))
    asked = replace(everything, templates={build.HELLO: chinese, build.SHIPPED: build.shipped})
    assert only(plan(asked, build.nothing()), build.HELLO).needs == (SINGAPORE, build.ABROAD)
    done = Memory(
        confirmations={SINGAPORE: Confirmation(SINGAPORE, digest(everything, SINGAPORE), "Li Lei", NOW)}
    )
    assert words(only(plan(everything, build.nothing(), memory=done), build.HELLO))[1] == ["create", "submit"]
    there = build.observed(build.o_abroad, build.o_hello)
    assert words(only(plan(everything, there), build.HELLO)) == ("none", [])


def test_digest_of_a_step_is_of_its_values_in_alphabetical_order() -> None:
    """Journals keep it for years: another way to reckon it would open every confirmed step."""
    text = '{"daily.limit": 10, "daily.warn": 8, "monthly.limit": 100, "monthly.warn": 80}'
    assert digest(everything, CN) == hashlib.sha256(text.encode()).hexdigest()[:16]


def test_qualification_says_whose_it_is() -> None:
    """That it is a third party's is a value like its name: another one is another step."""
    own, theirs = (
        replace(everything, qualifications={OWN: Qualification(OWN, "own", third_party=of_others)})
        for of_others in (False, True)
    )
    assert step(OWN, theirs).values == {"name": "own", "third_party": True}
    assert digest(own, OWN) != digest(theirs, OWN)
