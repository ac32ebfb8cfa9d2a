"""Lists in every shape people make them, and those that would hurt."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from smsconf.messaging.lists.opening import open_list
from smsconf.messaging.lists.recipients import (
    Count,
    Dropped,
    Recipient,
    read_recipients,
)
from smsconf.messaging.lists.table import Reading, Source
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.variables import Slot
from smsconf.model.address import Address
from smsconf.model.errors import SmsconfError
from smsconf.model.resources import Region
from tests.messaging.workbook import write_workbook

PLAIN = Target(
    address=Address.parse("template.news"),
    app=Address.parse("app.shop"),
    app_key="k",
    template_id="t" * 32,
    remote_name="news",
    region=Region.CN,
    type="notification",
    sender="8820",
    signature=None,
    prefix="【示例】",
    content="您好。",
    slots=(),
)
NAMED = replace(
    PLAIN,
    content="订单${1}于${2}送达。",
    slots=(Slot(1, "order", "alphanumeric", 12), Slot(2, "day", "datetime")),
)
A, B, C = "8613812345678", "8613912345678", "8615012345678"


def read(
    path: Path,
    target: Target = PLAIN,
    fixed: Mapping[str, str] | None = None,
    reading: Reading = Reading(),  # noqa: B008 - a value
) -> tuple[list[Recipient], list[Dropped], Count]:
    dropped: list[Dropped] = []
    count = Count()
    with open_list(path, reading) as table:
        chunks = read_recipients(table, target, fixed or {}, count=count, drop=dropped.append)
        found = [one for chunk in chunks for one in chunk]
    return found, dropped, count


def written(folder: Path, text: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.txt", "13812345678\n139-1234-5678\r\n+86 150 1234 5678"),
        ("list.csv", "\ufeff手机号\n13812345678\n\n8613912345678\n15012345678\n"),
        ("list.csv", "号码;备注\n13812345678;a\n13912345678;b\n15012345678;\n"),
        ("list.csv", "sep=;\r\n备注;手机号\r\na,b;13812345678\r\n;13912345678\r\n;15012345678\r\n"),
        ("list.csv", "SEP=|\n备注|手机号\na,b|13812345678\n|13912345678\n|15012345678\n"),
        ("list.tsv", "number\tname\n13812345678\tx\n13912345678\ty\n15012345678\tz\n"),
        ("list.csv", '"13812345678","a, b"\n13912345678,"c"\n15012345678,\n'),
        ("list.csv", '备注,手机号\na,\'13812345678\nb,139-1234-5678\nc,="15012345678"\n'),
    ],
)
def test_text_lists_are_read_in_every_usual_form(tmp_path: Path, name: str, text: str) -> None:
    """With and without a first row of names, any separator, quotes, empty lines, a byte order mark."""
    found, dropped, count = read(written(tmp_path, text, name))
    assert [one.number for one in found] == [A, B, C]
    assert (dropped, count.rows, count.valid) == ([], 3, 3)


def test_list_of_a_chinese_windows_is_read(tmp_path: Path) -> None:
    """GB18030, as Excel there saves CSV."""
    text = "手机号,order,day\n13812345678,A1,2026年1月31日\n".encode("gb18030")
    found, dropped, _ = read(written(tmp_path, text), NAMED)
    assert dropped == []
    assert found == [Recipient(A, ("A1", "2026年1月31日"), 2)]


def test_text_of_a_spreadsheet_in_utf16_is_read(tmp_path: Path) -> None:
    """What Excel calls Unicode text."""
    found, dropped, _ = read(written(tmp_path, "手机号\t备注\n13812345678\tx\n".encode("utf-16"), "list.txt"))
    assert ([one.number for one in found], dropped) == ([A], [])


def test_workbook_under_another_name_is_read(tmp_path: Path) -> None:
    """The content says what it is."""
    write_workbook(tmp_path / "list.csv", [(13812345678,)])
    assert [one.number for one in read(tmp_path / "list.csv")[0]] == [A]


def test_columns_become_variables_by_their_names(tmp_path: Path) -> None:
    """In any order, others ignored; a value that is refused leaves its row out, with the reason."""
    text = "number,day,note,order\n13812345678,2026-01-31,x,A1\n13912345678,soon,x,A2\n15012345678,09:30\n"
    found, dropped, count = read(written(tmp_path, text), NAMED)
    assert found == [Recipient(A, ("A1", "2026-01-31"), 2)]
    assert [(one.row, one.reason) for one in dropped] == [(3, "bad-value"), (4, "bad-value")]
    assert "day is no value" in dropped[0].explanation
    assert "order is empty" in dropped[1].explanation
    assert count.dropped == {"bad-value": 2}


def test_fixed_values_stand_in_for_columns(tmp_path: Path) -> None:
    """Of some variables, or of all: then no first row is needed."""
    fixed = {"order": "A1", "day": "2026-01-31"}
    found, _, _ = read(written(tmp_path, "13812345678\n"), NAMED, fixed)
    assert found == [Recipient(A, ("A1", "2026-01-31"), 1)]
    found, _, _ = read(written(tmp_path, "phone,day\n13812345678,09:30\n"), NAMED, {"order": "B2"})
    assert found[0].values == ("B2", "09:30")


@pytest.mark.parametrize(
    ("text", "fixed", "words"),
    [
        ("13812345678,A1\n", {}, "needs order, day"),
        ("number,order\n13812345678,A1\n", {}, "needs day"),
        ("number,order,day\n13812345678,A1,09:30\n", {"day": "09:30"}, "a column and a --var"),
        ("number,order,day\n13812345678,A1,09:30\n", {"colour": "red"}, "no variable 'colour'"),
        ("", {"order": "A1", "day": "09:30"}, "is empty"),
        ("\n,,\n", {}, "is empty"),
        ("number\n\n", {"order": "A1", "day": "09:30"}, "is empty"),
        ("13812345678\n", {"order": "A.1", "day": "09:30"}, "order is no value"),
    ],
)
def test_list_that_does_not_fit_the_template_is_refused(
    tmp_path: Path, text: str, fixed: Mapping[str, str], words: str
) -> None:
    """Before anything is sent, naming the column."""
    with pytest.raises(SmsconfError, match=words.replace("(", r"\(")):
        read(written(tmp_path, text), NAMED, fixed)


def test_first_row_that_is_proposed_is_understood(tmp_path: Path) -> None:
    """Whatever the variables are called: their names or their descriptions, and a heading of numbers."""
    slots = (Slot(1, "number", "text", None, "订单号"), Slot(2, "phone", "text", None, "mobile"))
    target = replace(NAMED, slots=slots)
    with pytest.raises(SmsconfError, match="needs number, phone") as caught:
        read(written(tmp_path, "13812345678,A1,09:30\n"), target)
    assert caught.value.fix == (
        "write a first row such as: 手机号,number,phone (the descriptions will do too: 订单号, mobile); "
        "or give --var NAME=VALUE for all"
    )
    for headings in ("手机号,number,phone", "手机号,订单号,mobile"):
        assert read(written(tmp_path, f"{headings}\n13812345678,A1,B2\n"), target)[0][0].values == (
            "A1",
            "B2",
        )


@pytest.mark.parametrize(("title", "fix"), [("名单 20261130", "row 2"), ("13812345678", "first row such as")])
def test_title_with_digits_above_the_headings_is_to_be_deleted(tmp_path: Path, title: str, fix: str) -> None:
    """It is no heading; a recipient is not to be deleted."""
    with pytest.raises(SmsconfError, match="needs order, day") as caught:
        read(written(tmp_path, f"{title}\n手机号,order,day\n13812345678,A1,09:30\n"), NAMED)
    assert fix in str(caught.value.fix)


def test_each_number_counts_once(tmp_path: Path) -> None:
    """However it is written, and however far apart its rows are."""
    rows = [f"137{place:08}" for place in range(12_000)]
    text = "\n".join([*rows, "+86 137-0000-0003", "13812345678", rows[0]]) + "\n"
    found, dropped, count = read(written(tmp_path, text, "list.txt"))
    assert len(found) == count.valid == 12_001
    assert count.dropped == {"duplicate": 2}
    assert {(one.row, one.reason) for one in dropped} == {(12_001, "duplicate"), (12_003, "duplicate")}


def test_rows_left_out_say_why(tmp_path: Path) -> None:
    """Faults by their row; nothing else is lost."""
    text = "13812345678\n12345\nnobody\n+6591234567\n,x\n13912345678\n1391234567l\n13712345678,13612345678\n"
    found, dropped, _ = read(written(tmp_path, text))
    assert [one.number for one in found] == [A, B]
    assert [(one.row, one.reason) for one in dropped] == [
        (2, "not-mobile"),
        (3, "not-a-number"),
        (4, "abroad"),
        (5, "empty"),
        (7, "not-alone"),
        (8, "not-alone"),
    ]


def test_workbook_cells_become_what_was_typed(tmp_path: Path) -> None:
    """Numbers without their points, texts as they are, a sheet that begins further down."""
    path = tmp_path / "list.xlsx"
    rows = [
        (),
        ("手机号", "order", "day"),
        (13812345678, 7, "09:30"),
        (13912345678.0, "007", "09:30"),
        (1.5, "x"),
    ]
    write_workbook(path, rows)
    found, dropped, _ = read(path, NAMED)
    assert found == [Recipient(A, ("7", "09:30"), 3), Recipient(B, ("007", "09:30"), 4)]
    assert [(one.row, one.reason) for one in dropped] == [(5, "shortened")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("list.xlsx", b"PK\x03\x04 no zip", "no workbook"),
        ("list.xlsx", b"", "no workbook"),
        ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or an encrypted workbook"),
        ("list.csv", b'"never closed' + b"x" * 300_000, "row 1: a quote"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\xff\xff", "it is no text"),
        ("folder.csv", None, "cannot be read"),
        ("folder.xlsx", None, "cannot be read"),
        ("missing.csv", "missing", "No such file"),
        ("missing.xlsx", "missing", "No such file"),
    ],
)
def test_what_is_no_list_is_named(tmp_path: Path, name: str, content: bytes | str | None, words: str) -> None:
    """Broken, empty, a folder, not there: one sentence with the file's name."""
    path = tmp_path / name
    if content is None:
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(SmsconfError, match=words) as caught:
        read(path)
    assert name in caught.value.message


def test_list_that_can_be_read_only_once_is_refused_unopened(tmp_path: Path) -> None:
    """A pipe would be waited for without an end; a link to a file is one."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    for path in (pipe, Path("-"), Path("/dev/null"), tmp_path):
        with pytest.raises(SmsconfError, match="it is no file"):
            read(path)
    link.symlink_to(written(tmp_path, "13812345678\n"))
    assert read(link)[0] == [Recipient(A, (), 1)]


def test_number_that_stands_there_with_other_values_says_so(tmp_path: Path) -> None:
    """The first row counts; that the others say something else is not passed over."""
    text = "手机号,order,day\n13812345678,A1,09:30\n+86 13812345678,A1,09:30\n13812345678,A2,09:30\n"
    found, dropped, count = read(written(tmp_path, text), NAMED)
    assert [one.values for one in found] == [("A1", "09:30")]
    assert [(one.row, one.explanation) for one in dropped] == [
        (3, "the number stands in row 2 already"),
        (4, "the number stands in row 2 already, with other values: those of that row count"),
    ]
    assert count.dropped == {"duplicate": 2}


def test_values_are_read_without_the_blanks_round_their_cells(tmp_path: Path) -> None:
    """Blanks within a value are its own; those round a cell belong to the file."""
    target = replace(NAMED, slots=(Slot(1, "order", "newtext"), NAMED.slots[1]))
    found, _, _ = read(written(tmp_path, "手机号,order,day\n 13812345678 , A 1 ,09:30\n"), target)
    assert found == [Recipient(A, ("A 1", "09:30"), 2)]


def test_row_of_more_cells_than_headings_is_left_out(tmp_path: Path) -> None:
    """A comma in a value that nobody quoted moves the values that follow."""
    text = "手机号,order,day\n13812345678,A,1,09:30\n13912345678,A1,09:30,,\n"
    found, dropped, _ = read(written(tmp_path, text), NAMED)
    assert [one.number for one in found] == [B]
    assert [(one.row, one.reason) for one in dropped] == [(2, "extra-cells")]


def test_value_that_cannot_be_told_leaves_its_row_out(tmp_path: Path) -> None:
    """With the variable's name; the cells of other columns do not matter."""
    text = "手机号,order,day,note\n13812345678,#N/A,09:30,x\n13912345678,A1,09:30,#N/A\n#N/A,A1,09:30,x\n"
    found, dropped, _ = read(written(tmp_path, text), NAMED)
    assert [one.number for one in found] == [B]
    assert [(one.row, one.reason, one.explanation) for one in dropped] == [
        (2, "bad-cell", "order: the cell holds an error of the spreadsheet"),
        (4, "bad-cell", "the cell holds an error of the spreadsheet"),
    ]


def test_number_of_a_workbook_is_read_whatever_its_form(tmp_path: Path) -> None:
    """In groups of three, as a power of ten, with a sign before it: as shown, or the number behind it."""
    made = openpyxl.Workbook()
    forms = ["General", "0", "#,##0", "0.00E+00", "000-0000-0000", '"+86"0', "0.00", "@"]
    for place, form in enumerate(forms):
        made.active.append([13812345670 + place])
        made.active.cell(place + 1, 1).number_format = form
    made.active.append(["138 1234 5679"])
    made.save(tmp_path / "list.xlsx")
    found, dropped, _ = read(tmp_path / "list.xlsx")
    assert dropped == []
    assert [one.number for one in found] == [f"861381234567{digit}" for digit in "012345679"]


def test_ids_that_look_like_numbers_are_not_sent_to(tmp_path: Path) -> None:
    """An order number of eleven digits before the phone number."""
    text = "订单号,手机号\n13812345601,13912345678\n13812345602,15012345678\n"
    found, _, count = read(written(tmp_path, text))
    assert [one.number for one in found] == [B, C]
    assert count.source == Source(None, "utf-8", False, {"number": "手机号"})


@pytest.mark.parametrize("text", ["张三,13812345678\n李四,13912345678\n", "手机号,备注\n,13812345678\n"])
def test_numbers_in_another_column_are_an_error(tmp_path: Path, text: str) -> None:
    """Instead of a list of nobody."""
    with pytest.raises(SmsconfError, match="has a number in column A, but column B has"):
        read(written(tmp_path, text))


def test_source_says_which_sheet_and_which_columns(tmp_path: Path) -> None:
    """By their headings, or their letters without headings; a guess is called one."""
    write_workbook(tmp_path / "list.xlsx", [("订单", "day", "电话"), ("A1", "09:30", 13812345678)])
    target = replace(NAMED, slots=(replace(NAMED.slots[0], description="订单"), NAMED.slots[1]))
    _, _, count = read(tmp_path / "list.xlsx", target)
    assert count.source is not None
    assert count.source.view() == {
        "sheet": "S",
        "encoding": None,
        "guessed": False,
        "columns": {"number": "电话", "order": "订单", "day": "day"},
    }
    _, _, count = read(written(tmp_path, "13812345678,您好，王小明先生\n".encode("gb18030")))
    assert count.source == Source(None, "gb18030", True, {"number": "A"})
