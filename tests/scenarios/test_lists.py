"""Lists as people make them, through the real command line: read as they were meant, or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.scenarios.conftest import World
from tests.scenarios.test_bulk import REFUND, SHIPPED, shop  # noqa: F401 - a fixture
from tests.scenarios.test_send import sends


def book(path: Path, sheets: dict[str, list[list[Any]]], *, hidden_row: int | None = None) -> None:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if hidden_row:
            sheet.row_dimensions[hidden_row].hidden = True
    made.save(path)


def dry(world: World, *arguments: str) -> Any:
    return world.json("bulk", *arguments, "--dry-run")


def test_dry_run_shows_what_was_taken_for_what(shop: World) -> None:  # noqa: F811
    """Sheet, encoding, columns, and messages with their numbers hidden."""
    rows = [
        "A1,09:30,13812345678",
        "A2,09:30,13912345678",
        "A3,09:30,13712345678",
        "A1024,2026年3月5日,13612345678",
    ]
    text = "\n".join(["订单号,day,手机号", *rows])
    (shop.folder / "list.csv").write_bytes(text.encode("gb18030"))
    ran = dry(shop, SHIPPED, "list.csv")
    assert ran.code == 0, ran.err
    found = ran.json["recipients"]
    assert found["source"] == {
        "sheet": None,
        "encoding": "gb18030",
        "guessed": True,
        "columns": {"number": "手机号", "order": "订单号", "day": "day"},
    }
    assert found["samples"] == [
        "+86138****5678: 【示例商城】您的订单A1已发货，预计09:30送达。",
        "+86139****5678: 【示例商城】您的订单A2已发货，预计09:30送达。",
        "+86137****5678: 【示例商城】您的订单A3已发货，预计09:30送达。",
        "+86136****5678: 【示例商城】您的订单A1024已发货，预计2026年3月5日送达。",
    ]
    assert "13812345678" not in ran.out
    assert sends(shop) == 0


def test_sheet_and_hidden_rows_are_chosen_by_a_word(shop: World) -> None:  # noqa: F811
    """Without it nothing is sent; with it, what was asked for."""
    rows = [["手机号"], [13812345678], [13912345678]]
    book(shop.folder / "list.xlsx", {"一月": rows, "二月": rows[:2]}, hidden_row=2)
    ran = dry(shop, REFUND, "list.xlsx")
    assert (ran.code, "'一月', '二月'" in ran.err, "--sheet" in ran.err) == (1, True, True)
    ran = dry(shop, REFUND, "list.xlsx", "--sheet", "一月")
    assert (ran.code, "--hidden-rows" in ran.err) == (1, True)
    for word, count in (("send", 2), ("skip", 1)):
        ran = dry(shop, REFUND, "list.xlsx", "--sheet", "一月", "--hidden-rows", word)
        assert (ran.code, ran.json["recipients"]["valid"]) == (0, count), ran.err
        assert ran.json["recipients"]["source"]["sheet"] == "一月"
    ran = dry(shop, REFUND, "list.xlsx", "--sheet", "三月")
    assert (ran.code, "it has '一月', '二月'" in ran.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--encoding", "gbk2"), "no encoding is called 'gbk2'"),
        (("--encoding", "base64"), "no encoding is called 'base64'"),
        (("--hidden-rows", "maybe"), "maybe"),
        (("--sheet", "S"), "it is a text and has no sheets"),
        (("--opt-out", "none.txt"), "no number is in it"),
        (("--opt-out", "shortened.csv"), "row 2: a spreadsheet turned"),
    ],
)
def test_what_does_not_fit_is_an_error(shop: World, arguments: tuple[str, ...], words: str) -> None:  # noqa: F811
    """Before anything is sent, in one sentence."""
    shop.write("手机号\n", "none.txt")
    shop.write("手机号\n1.38123E+10\n", "shortened.csv")
    ran = shop.smsconf("bulk", REFUND, "list.csv", "--auto-approve", *arguments)
    assert (ran.code, words in ran.err) == (1, True), ran.err
    assert sends(shop) == 0


def test_list_with_strangers_in_it_sends_to_nobody_else(shop: World) -> None:  # noqa: F811
    """Letters, extensions, notes, second numbers: left out, each with its row."""
    wrong = [
        "138OOO12345",
        "1381234ABCD",
        "13812345601;13912345602",
        "13812345601x801",
        "#13812345601",
        "已退订13812345601",
    ]
    shop.write("\n".join(["手机号", *wrong, "13812345678"]) + "\n", "list.csv")
    ran = dry(shop, REFUND, "list.csv", "--dropped", "out.csv")
    assert ran.code == 0, ran.err
    assert (ran.json["recipients"]["valid"], ran.json["recipients"]["dropped"]) == (1, {"not-alone": 6})
    assert len((shop.folder / "out.csv").read_text(encoding="utf-8").splitlines()) == 7


def test_opt_out_lists_say_how_many_rows_they_have(shop: World) -> None:  # noqa: F811
    """And leave out whom they name."""
    shop.write("姓名,手机号\n张三,'13912345678\n", "no.csv")
    ran = dry(shop, REFUND, "list.csv", "--opt-out", "no.csv")
    assert "no.csv: 1 rows of people to leave out" in ran.err
    assert ran.json["recipients"]["opt_out_lists"] == [{"file": "no.csv", "rows": 1, "understood": 1}]
    assert ran.json["recipients"]["dropped"] == {"opted-out": 1}
