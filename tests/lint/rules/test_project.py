"""Rules about the whole: quotas, which need hundreds of resources."""

from __future__ import annotations

import pytest

from smsconf.lint import Subject, lint, segments_of
from smsconf.model.address import Address, Kind
from smsconf.model.diagnostics import Place
from smsconf.model.resources import Account, App, Desired, MessageType, Quotas, Region, Signature, Template

SHOP = App(Address(Kind.APP, "shop"), Region.CN, "shop")


class Everywhere:
    """Knows a place for everything."""

    def place(self, address: Address, *path: str | int) -> Place | None:
        return Place(str(address))

    def content_place(self, address: Address, start: int, end: int) -> Place | None:
        return Place(str(address))


def signature(number: int) -> Signature:
    address = Address(Kind.SIGNATURE, f"s{number}")
    return Signature(address, SHOP.address, f"示例{number}", MessageType.NOTIFICATION, qualification="q")


def template(number: int) -> Template:
    address = Address(Kind.TEMPLATE, f"t{number}")
    text = f"您在第{number}号门店的订单已发货，请注意查收。"
    return Template(
        address, SHOP.address, Region.CN, f"t{number}", text, MessageType.NOTIFICATION, universal=True
    )


def codes(signatures: int, templates: int, quotas: Quotas | None = None) -> list[tuple[str, str]]:
    desired = Desired(
        account=Account(quotas=quotas or Quotas()),
        apps={SHOP.address: SHOP},
        signatures={one.address: one for one in map(signature, range(signatures))},
        templates={one.address: one for one in map(template, range(templates))},
    )
    found = [one.diagnostic for one in lint(Subject(desired), Everywhere())]
    return [(one.code, one.place.file) for one in found if one.place]


@pytest.mark.parametrize(
    ("signatures", "templates", "expected"),
    [
        (180, 1800, []),
        (181, 2, [("SMS424", "app.shop")]),
        (200, 2, [("SMS424", "app.shop")]),
        (201, 2, [("SMS422", "app.shop")]),
        (2, 1801, [("SMS424", "app.shop")]),
        (2, 2001, [("SMS423", "app.shop")]),
    ],
)
def test_quota_is_warned_of_before_and_after(signatures, templates, expected) -> None:
    """From nine tenths on a note, beyond the default quota a warning; at the app."""
    assert codes(signatures, templates) == expected


def test_segments_of_a_template_need_its_signature() -> None:
    """A universal template has no signature to count; a bound one counts it with its brackets."""
    own = signature(1)
    universal = template(1)
    bound = Template(
        Address(Kind.TEMPLATE, "b"),
        SHOP.address,
        Region.CN,
        "b",
        "字" * 66,
        MessageType.NOTIFICATION,
        signature=own.address,
    )
    desired = Desired(
        apps={SHOP.address: SHOP},
        signatures={own.address: own},
        templates={universal.address: universal, bound.address: bound},
    )
    assert segments_of(desired, universal.address) is None
    found = segments_of(desired, bound.address)
    assert found is not None
    assert (found.least.length, str(found)) == (66 + len("【示例1】"), "2")


def test_granted_quotas_count_instead_of_the_defaults() -> None:
    """What a ticket raised, and the files say, is the quota; what it did not raise stays."""
    assert codes(201, 2, Quotas(signatures=400)) == []
    assert codes(361, 2, Quotas(signatures=400)) == [("SMS424", "app.shop")]
    assert codes(2, 2001, Quotas(signatures=400)) == [("SMS423", "app.shop")]
    assert codes(2, 11, Quotas(templates=10)) == [("SMS423", "app.shop")]
