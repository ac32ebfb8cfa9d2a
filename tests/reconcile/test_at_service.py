"""A declared thing as the service has it: what is ours and what is theirs."""

from __future__ import annotations

from dataclasses import replace

from smsconf.model.observed import ObservedVariable
from smsconf.model.resources import Brackets, MessageType, Source, Variable, VariableType
from smsconf.reconcile.at_service import observed_signatures, signature_at_service, template_at_service
from tests.reconcile import build
from tests.reconcile.build import o_brand, o_shipped, plan


def test_signature_at_the_service_has_the_services_values() -> None:
    """Name, type, source, whose it is, qualification and note; the app and the files are ours."""
    there = replace(
        o_brand,
        name="别的商城",
        type="promotion",
        source="trademark",
        third_party=True,
        qualification="q-9",
        description="note",
    )
    declared = replace(build.brand, licence=build.LICENCE)
    assert signature_at_service(declared, there) == replace(
        declared,
        name="别的商城",
        type=MessageType.PROMOTION,
        source=Source.TRADEMARK,
        third_party=True,
        qualification="q-9",
        description="note",
    )


def test_words_that_nobody_knows_leave_what_is_declared() -> None:
    """A type or a source of tomorrow, and an answer that lacks one, are no reason to fall over."""
    declared = replace(build.brand, type=MessageType.PROMOTION, source=Source.SHOP, third_party=True)
    for there in (
        replace(o_brand, type="greeting", source="guild", third_party=None),
        replace(o_brand, type="", source=None, third_party=None),
    ):
        found = signature_at_service(declared, there)
        assert (found.type, found.source, found.third_party) == (MessageType.PROMOTION, Source.SHOP, True)
    assert not signature_at_service(declared, replace(o_brand, third_party=False)).third_party


def test_observed_signatures_are_those_of_declared_rows_that_are_there() -> None:
    """By remote id; what is not at the service yet has none, and apps and templates are none."""
    renamed = replace(o_brand, qualification="q-2")
    made = plan(build.desired(), build.observed(build.o_shop, renamed, o_shipped))
    assert observed_signatures(made.changes) == {"id-brand": replace(build.brand, qualification="q-2")}
    assert observed_signatures(plan(build.desired(), build.nothing()).changes) == {}


def test_template_at_the_service_has_the_services_text() -> None:
    """Its name, content, brackets and whether it is universal; the rest is as declared."""
    there = replace(o_shipped, name="order-shipped_v2", content="您好。", brackets="GB", universal=True)
    found = template_at_service(build.shipped, replace(there, variables=()))
    assert found == replace(
        build.shipped,
        name="order-shipped_v2",
        content="您好。",
        variables=(),
        brackets=Brackets.GB,
        universal=True,
    )
    for brackets in (None, "CURLY"):
        vague = template_at_service(
            replace(build.shipped, brackets=Brackets.GB, universal=True),
            replace(there, brackets=brackets, universal=None),
        )
        assert (vague.brackets, vague.universal) == (Brackets.GB, True)


def test_template_whose_variables_were_not_read_cannot_be_told() -> None:
    """Unless its text has none."""
    assert template_at_service(build.shipped, replace(o_shipped, variables=None)) is None
    plain = template_at_service(build.shipped, replace(o_shipped, variables=None, content="您好。"))
    assert plain.variables == ()


def test_longest_values_are_ours_where_number_and_type_agree() -> None:
    """Else the longest that the type can have; a type of tomorrow counts as the longest text."""
    declared = replace(
        build.shipped,
        variables=(
            Variable("order", VariableType.ALPHANUMERIC, 12),
            Variable("when", VariableType.DATETIME, 16),
        ),
    )
    types = ("phone", "alphanumeric", "newtext", "longtext", "money", "hologram")
    there = [
        ObservedVariable(1, "alphanumeric", "order 订单号"),
        *(ObservedVariable(number, name) for number, name in enumerate(types, 2)),
    ]
    found = template_at_service(declared, replace(o_shipped, variables=tuple(reversed(there))))
    assert [(one.name, one.type.value, one.max_length) for one in found.variables] == [
        ("1", "alphanumeric", 12),
        ("2", "phone", 15),
        ("3", "alphanumeric", 20),
        ("4", "newtext", 100),
        ("5", "longtext", 100),
        ("6", "money", 20),
        ("7", "longtext", 100),
    ]
    assert found.variables[0].description == "order 订单号"
