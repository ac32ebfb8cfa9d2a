"""Small worlds for the planner: what the files ask, what the service has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Memory
from smsconf.model.observed import (
    Country,
    Observed,
    ObservedApp,
    ObservedSignature,
    ObservedTemplate,
    ObservedVariable,
    Reading,
)
from smsconf.model.resources import (
    App,
    Desired,
    File,
    MessageType,
    Region,
    Signature,
    Source,
    Template,
    Variable,
    VariableType,
)
from smsconf.model.sites import SITES
from smsconf.reconcile.change import Change
from smsconf.reconcile.inputs import Inputs, Selection
from smsconf.reconcile.plan import Plan, make_plan

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
SHOP = Address(Kind.APP, "shop")
ABROAD = Address(Kind.APP, "abroad")
OUTLET = Address(Kind.APP, "outlet")
BRAND = Address(Kind.SIGNATURE, "brand")
SHIPPED = Address(Kind.TEMPLATE, "shipped")
HELLO = Address(Kind.TEMPLATE, "hello")

LICENCE = File("files/licence.png", Path("/project/files/licence.png"), "a" * 64, 100)

shop = App(SHOP, Region.CN, "shop_prod", "https://sms.example.com/replies")
abroad = App(ABROAD, Region.INTL, "abroad_prod")
outlet = App(OUTLET, Region.CN, "outlet_prod")
brand = Signature(BRAND, SHOP, "示例商城", MessageType.NOTIFICATION, qualification="q-1")
shipped = Template(
    SHIPPED,
    SHOP,
    Region.CN,
    "order-shipped",
    "您的订单${1}已发货。",
    MessageType.NOTIFICATION,
    BRAND,
    (Variable("order", VariableType.ALPHANUMERIC, 12, "订单号"),),
)
hello = Template(
    HELLO,
    ABROAD,
    Region.INTL,
    "hello",
    "Your parcel is on its way.",
    MessageType.NOTIFICATION,
    countries=("Singapore", "巴西"),
)

o_shop = ObservedApp("id-shop", "shop_prod", "cn", "key-shop", "LAUNCHED", "https://sms.example.com/replies")
o_abroad = ObservedApp("id-abroad", "abroad_prod", "intl", "key-abroad", "LAUNCHED")
o_outlet = ObservedApp("id-outlet", "outlet_prod", "cn", "key-outlet", "LAUNCHED")
o_brand = ObservedSignature(
    "id-brand",
    "示例商城",
    "notification",
    "key-shop",
    "REVIEW_PROCESSING_COMPLETED",
    Source.COMPANY.value,
    third_party=False,
    qualification="q-1",
)
o_shipped = ObservedTemplate(
    "id-shipped",
    "order-shipped",
    "您的订单${1}已发货。",
    "notification",
    "key-shop",
    "Adopted",
    "f" * 32,
    "cn",
    "id-brand",
    universal=False,
    brackets="CN",
    variables=(ObservedVariable(1, "alphanumeric", "order 订单号"),),
)
o_hello = ObservedTemplate(
    "id-hello",
    "hello",
    "Your parcel is on its way.",
    "notification",
    "key-abroad",
    "Adopted",
    "e" * 32,
    "intl",
    country_ids=(55, 65),
)
COUNTRIES = (
    Country(65, "Singapore", "新加坡"),
    Country(55, "Brazil", "巴西"),
    Country(1, "Canada", "加拿大"),
)


def desired(*resources, **more) -> Desired:
    """Declare resources, by default the mainland shop with its brand and one template."""
    chosen = resources or (shop, brand, shipped)
    return Desired(
        apps={one.address: one for one in chosen if isinstance(one, App)},
        signatures={one.address: one for one in chosen if isinstance(one, Signature)},
        templates={one.address: one for one in chosen if isinstance(one, Template)},
        **more,
    )


def observed(*objects, **more) -> Observed:
    """Report objects, by default those of the mainland shop, all approved."""
    chosen = objects or (o_shop, o_brand, o_shipped)
    return replace(
        Observed(
            now=NOW,
            apps=Reading(tuple(one for one in chosen if isinstance(one, ObservedApp))),
            signatures=Reading(tuple(one for one in chosen if isinstance(one, ObservedSignature))),
            templates=Reading(tuple(one for one in chosen if isinstance(one, ObservedTemplate))),
            countries=Reading(COUNTRIES),
        ),
        **more,
    )


def nothing(**more) -> Observed:
    """Report an empty account."""
    return replace(Observed(now=NOW, countries=Reading(COUNTRIES)), **more)


def plan(
    asked: Desired, found: Observed, *, site: str = "china", memory=None, other_environments=None, **selection
) -> Plan:
    """Make a plan; ``other_environments`` is what other environments declare, by their names."""
    chosen = Selection(**selection)
    return make_plan(Inputs(SITES[site], asked, found, chosen, memory or Memory(), other_environments or {}))


def only(made: Plan, address: Address) -> Change:
    """Return the one change of an address, rows about versions to retire or second drafts apart."""
    besides = ("retire", "delete")
    (change,) = (
        change for change in made.changes if change.address == address and change.action.value not in besides
    )
    return change


def words(change: Change) -> tuple[str, list[str]]:
    """Return action and steps as words."""
    return change.action.value, [step.value for step in change.steps]


def about(made: Plan, remote_id: str) -> Change:
    """Return the one row about a leftover, a twin or an object that no address claims."""
    (change,) = (
        change
        for change in made.changes
        if change.remote_id == remote_id and (change.address is None or change.beside)
    )
    return change


def deleted(made: Plan) -> set[str | None]:
    """Return the remote ids of what a plan deletes."""
    return {change.remote_id for change in made.changes if change.deletes}


def differences(change: Change) -> list[tuple[str, object, object]]:
    """Return the fields of a change: path, what is there, what is asked."""
    return [(one.path, one.old, one.new) for one in change.fields]
