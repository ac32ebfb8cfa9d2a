"""Every parameter of sending at its bounds: a second table, written from the reference, judges the first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from smsconf.emulator.gateway.routes import ROUTES, SENDING
from tests.emulator.conftest import Reply, Service
from tests.emulator.shop import Shop, open_shop

# name, R if required, type, bounds, then what no value may contain
SHARED = """
from           R str 1-21
statusCallback o str 0-512
extend         o str 1-128 {
"""
SAME = (
    SHARED
    + """
to             R str 1-65536
templateId     R str 1-64
templateParas  o str 0-65536
signature      o str 0-64
"""
)
DIFFERENT = SHARED + "smsContent R list 1-1000"
CONTENT = """
to             R list 1-500
templateId     R str 1-64
templateParas  o list 0-20
signature      o str 0-64
"""
REFUSED = {"E000503", "E000000"}


class Row(NamedTuple):
    """One line of the tables above."""

    operation: str
    name: str
    required: bool
    kind: str
    low: int
    high: int
    forbidden: str


def rows(operation: str, table: str) -> Iterator[Row]:
    for line in filter(None, table.splitlines()):
        name, need, kind, bounds, *rest = line.split()
        low, high = bounds.split("-")
        yield Row(operation, name, need == "R", kind, int(low), int(high), "".join(rest))


TABLES = {"BatchSendSms": SAME, "BatchSendDiffSms": DIFFERENT, "content": CONTENT}
CASES = [
    pytest.param(
        row,
        id=f"{operation}-{row.name}",
        marks=pytest.mark.checks("BatchSendDiffSms" if operation == "content" else operation),
    )
    for operation, table in TABLES.items()
    for row in rows(operation, table)
]
ITEMS = {"smsContent": {"to": ["1"], "templateId": "x"}, "to": "1", "templateParas": "x"}


@pytest.fixture
def shop(service: Service) -> Shop:
    """Return a shop that may send."""
    return open_shop(service)


def ask(shop: Shop, row: Row, given: Any) -> Reply:
    """Send a request that is valid but for one parameter."""
    if row.operation == "BatchSendSms":
        return shop.send(**{row.name: given})
    if row.operation == "content":
        return shop.send_different({row.name: given})
    return shop.send_different({}, **{row.name: given})


def value(row: Row, size: int) -> Any:
    if row.kind == "list":
        return [ITEMS[row.name]] * size
    return json.dumps(["x" * (size - 4)]) if row.name == "templateParas" and size > 4 else "1" * size


@pytest.mark.parametrize("row", CASES)
def test_parameter_keeps_to_its_row(shop: Shop, row: Row) -> None:
    """At the bounds a parameter is read; one step beyond, of another type or missing, it is E000503."""
    sizes = [row.low, min(row.high, 500 if row.name in {"smsContent", "to"} else row.high)]
    for size in sizes:
        reply = ask(shop, row, value(row, size))
        words = reply.json["description"]
        assert f"{row.name}: length" not in words, size
        assert "items allowed" not in words
    bad = [value(row, row.high + 1), *([value(row, row.low - 1)] if row.low else [])]
    bad += [None] if row.required else []
    bad += [f"x{row.forbidden}x"] if row.forbidden else []
    if row.operation != "BatchSendSms":  # a form knows text only
        bad += [7, True, {}, [None]]
    for given in bad:
        reply = ask(shop, row, given)
        assert (reply.status, reply.json["code"]) == (400, "E000503"), given
        assert row.name in reply.json["description"]


def test_reference_and_rules_know_the_same_parameters() -> None:
    """No parameter of the emulator's tables is missing here, and none is here alone."""
    theirs = {route.operation: route.body or () for route in ROUTES if route.api is SENDING}
    (contents,) = (field for field in theirs["BatchSendDiffSms"] if field.name == "smsContent")
    for name, fields in {**theirs, "content": contents.items}.items():
        ours = {row.name: (row.required, row.low, row.high) for row in rows(name, TABLES[name])}
        assert ours == {field.name: (field.required, field.low, field.high) for field in fields}
