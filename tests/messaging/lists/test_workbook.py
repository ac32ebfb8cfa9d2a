"""Workbooks as people and programs make them, and those that would hurt."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from smsconf.messaging.lists.opening import open_list
from smsconf.messaging.lists.table import BAD_CELLS, LONGEST_CELL, HiddenRows, Reading, Row
from smsconf.model.errors import SmsconfError
from tests.messaging.workbook import write_cells, write_workbook

SEND, SKIP = Reading(hidden_rows=HiddenRows.SEND), Reading(hidden_rows=HiddenRows.SKIP)


def rows_of(path: Path, reading: Reading = Reading(), columns: Iterable[int] | None = None) -> list[Row]:  # noqa: B008
    with open_list(path, reading) as table:
        return list(table.rows(None if columns is None else list(columns)))


def cells_of(path: Path, reading: Reading = Reading()) -> list[list[str]]:  # noqa: B008 - a value
    return [row.cells for row in rows_of(path, reading)]


def book(
    path: Path, sheets: Mapping[str, Iterable[Iterable[Any]]], change: Callable[[Any], None] | None = None
) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change:
        change(made)
    made.save(path)
    return path


def one_cell(path: Path, xml: str, parts: Mapping[str, str] | None = None) -> Path:
    """Write a sheet of one row whose first cell is a number, and the second one given."""
    write_cells(path, [f'<row r="1"><c r="A1"><v>138</v></c>{xml}</row>'], parts)
    return path


def test_hidden_sheet_is_not_taken(tmp_path: Path) -> None:
    """The first one that is shown is, wherever it stands and however the other is hidden."""

    def hide(made: Any) -> None:
        made["old"].sheet_state = "hidden"
        made["older"].sheet_state = "veryHidden"
        made.active = 2

    path = book(tmp_path / "list.xlsx", {"old": [["1"]], "older": [["2"]], "new": [["3"]]}, hide)
    with open_list(path, Reading()) as table:
        assert (table.sheet, table.head[0].cells, table.encoding) == ("new", ["3"], None)
    assert cells_of(path, Reading(sheet="old")) == [["1"]]


def test_several_sheets_with_rows_want_a_name(tmp_path: Path) -> None:
    """Empty ones do not count; the error names those that have rows."""
    path = book(tmp_path / "list.xlsx", {"一月": [["1"]], "empty": [], "二月": [["2"]]})
    with pytest.raises(SmsconfError, match="several of its sheets have rows: '一月', '二月'") as caught:
        rows_of(path)
    assert "--sheet '一月'" in str(caught.value.fix)
    assert cells_of(path, Reading(sheet="二月")) == [["2"]]
    assert cells_of(path, Reading(sheet="二月", firm=False)) == [["2"]]
    with pytest.raises(SmsconfError, match="no such sheet; it has '一月', 'empty', '二月'"):
        rows_of(path, Reading(sheet="三月"))
    with pytest.raises(SmsconfError, match="several of its sheets"):
        rows_of(path, Reading(sheet="三月", firm=False))


def test_names_of_sheets_are_compared_as_spreadsheets_do(tmp_path: Path) -> None:
    """Without regard to case, and a name meant for another file does no harm to a single sheet."""
    path = book(tmp_path / "list.xlsx", {"List": [["1"]]})
    assert cells_of(path, Reading(sheet="list")) == [["1"]]
    assert cells_of(path, Reading(sheet="other", firm=False)) == [["1"]]
    with pytest.raises(SmsconfError, match="a workbook knows its encoding"):
        rows_of(path, Reading(encoding="gbk"))
    assert cells_of(path, Reading(encoding="gbk", shared=True)) == [["1"]]


def test_only_hidden_sheets_with_rows_are_not_sent_silently(tmp_path: Path) -> None:
    """The sheet that is shown is empty."""

    def hide(made: Any) -> None:
        made["old"].sheet_state = "hidden"

    path = book(tmp_path / "list.xlsx", {"new": [], "old": [["1"]]}, hide)
    with pytest.raises(SmsconfError, match="the sheets that have rows are hidden: 'old'"):
        rows_of(path)


@pytest.mark.parametrize("how", ['hidden="1"', 'hidden="true"', 'ht="0" customHeight="1"'])
def test_hidden_rows_want_a_word(tmp_path: Path, how: str) -> None:
    """By a filter, by hand, or by a height of nothing; rows without cells hide nobody."""
    path = tmp_path / "list.xlsx"
    cell = '<c r="A{0}"><v>{0}</v></c>'
    write_cells(
        path,
        [
            f'<row r="1">{cell.format(1)}</row>',
            f'<row r="2" {how}>{cell.format(2)}</row>',
            f'<row r="3" {how}></row>',
            f'<row r="4" hidden="0" ht="15">{cell.format(4)}</row>',
        ],
    )
    with pytest.raises(SmsconfError, match="row 2 of sheet 'S' is hidden") as caught:
        rows_of(path)
    assert "--hidden-rows" in str(caught.value.fix)
    assert cells_of(path, SEND) == [["1"], ["2"], ["4"]]
    assert cells_of(path, SKIP) == [["1"], ["4"]]


def test_cells_are_what_the_sheet_shows(tmp_path: Path) -> None:
    """Numbers in their formats, dates, truth, texts, results of formulas."""
    path = tmp_path / "list.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet()
    for place, (value, form, _shown) in enumerate(_SHOWN):
        cell_format = made.add_format({"num_format": form})
        if isinstance(value, datetime | time):
            sheet.write_datetime(0, place, value, cell_format)
        else:
            sheet.write(0, place, value, cell_format)
    sheet.write_formula(0, len(_SHOWN), "=1+1", None, 2)
    sheet.write_formula(0, len(_SHOWN) + 1, '="a"', None, "a")
    sheet.write_rich_string(0, len(_SHOWN) + 2, "a", made.add_format({"bold": True}), "b", "c")
    made.close()
    assert cells_of(path) == [[*(shown for _value, _form, shown in _SHOWN), "2", "a", "abc"]]


_SHOWN = [
    (0.1 + 0.2, "General", "0.3"),
    (13812345678, "General", "13812345678"),
    (13812345678, "0", "13812345678"),
    (12.5, "0.00", "12.50"),
    (42, "000000", "000042"),
    (0.15, "0%", "15%"),
    (1234.5, "#,##0.00", "1,234.50"),
    (True, "General", "TRUE"),
    ("007", "@", "007"),
    (" a ", "General", " a "),
    (datetime(2026, 1, 31), "yyyy-mm-dd", "2026-01-31"),  # noqa: DTZ001 - a sheet knows no zone
    (time(9, 30), "h:mm", "9:30"),
]


@pytest.mark.parametrize(
    ("xml", "word"),
    [
        ('<c r="B1" t="e"><v>#N/A</v></c>', "error"),
        ('<c r="B1"><f>A1+1</f></c>', "formula"),
        ('<c r="B1"><f>A1+1</f><v></v></c>', "formula"),
        ('<c r="B1"><v>1234567890123456</v></c>', "digits"),
        ('<c r="B1"><v>0.00000001</v></c>', "format"),
        ('<c r="B1" t="d"><v>2026-01-31T00:00:00</v></c>', "format"),
        ('<c r="B1" t="d"><v>soon</v></c>', "format"),
        ('<c r="B1" t="str"><v>a_x0007_b</v></c>', "characters"),
        ('<c r="B1" t="str"><v>a_xD83D_b</v></c>', "characters"),
        (f'<c r="B1" t="inlineStr"><is><t>{"x" * 200_000}</t></is></c>', "long"),
        (f'<c r="B1" t="str"><v>{"x" * (LONGEST_CELL + 1)}</v></c>', "long"),
    ],
)
def test_cell_that_cannot_be_told_is_marked(tmp_path: Path, xml: str, word: str) -> None:
    """Errors, formulas never worked out, numbers cut off, what no cell can hold."""
    (row,) = rows_of(one_cell(tmp_path / "list.xlsx", xml))
    assert (row.cells, row.unread) == (["138", ""], {1: word})


@pytest.mark.parametrize(
    "form",
    ["mm-dd-yy", "m/d/yy h:mm", "[$-F800]dddd, mmmm dd, yyyy", "[$-F400]h:mm:ss AM/PM", "[$-x-sysdate]dddd"],
)
def test_date_in_the_form_of_the_system_is_not_guessed(tmp_path: Path, form: str) -> None:
    """What a person sees hangs on their system; the number behind it is known all the same."""

    def change(made: Any) -> None:
        made["S"]["A1"].number_format = form

    path = book(tmp_path / "list.xlsx", {"S": [[datetime(2026, 1, 31)]]}, change)  # noqa: DTZ001
    assert rows_of(path) == [Row(1, [""], {0: "format"}, {0: "46053"})]
    assert "the format yyyy-mm-dd" in BAD_CELLS["format"]


def test_whole_number_behind_another_form_is_known(tmp_path: Path) -> None:
    """A phone number stays one in groups of three, or as a power of ten."""

    def form(made: Any) -> None:
        made["S"]["A1"].number_format = "#,##0"
        made["S"]["B1"].number_format = "0.00E+00"

    path = book(tmp_path / "list.xlsx", {"S": [[13812345678, 13812345678]]}, form)
    (row,) = rows_of(path)
    assert row == Row(1, ["13,812,345,678", ""], {1: "format"}, {0: "13812345678", 1: "13812345678"})


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<c r="B1" t="inlineStr"><is><r><t>a</t></r><rPh><t>no</t></rPh><r><t>b</t></r></is></c>', "ab"),
        ('<c r="B1" t="inlineStr"><is><t> a </t></is></c>', "a"),
        ('<c r="B1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>', " a "),
        ('<c r="B1" t="str"><v>a_x000D_b_x005F_c</v></c>', "a\rb_c"),
        ('<c r="B1" t="str"><v>a_xD83D__xDE00_b</v></c>', "a😀b"),
        ('<c r="B1" t="inlineStr"><is><t>a&#10;&lt;b&gt;<![CDATA[&c]]></t></is></c>', "a\n<b>&c"),
        ('<c r="B1" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="B1"><v>1.3812345678E10</v></c>', "13812345678"),
        ('<c r="B1" s=""><v>7</v></c>', "7"),
        ("<c><v>7</v></c>", "7"),
    ],
)
def test_cells_in_every_way_of_writing_them_are_read(tmp_path: Path, xml: str, text: str) -> None:
    """Runs, pronunciations, escapes, cells without a place."""
    assert cells_of(one_cell(tmp_path / "list.xlsx", xml)) == [["138", text]]


def test_columns_that_are_not_needed_are_not_carried(tmp_path: Path) -> None:
    """Beyond the first rows, which tell what the columns are."""
    path = tmp_path / "list.xlsx"
    write_workbook(path, [(place, "x", "y") for place in range(1, 9000)])
    found = rows_of(path, columns=[0, 2])
    assert [row.number for row in found] == list(range(1, 9000))
    assert found[0].cells == ["1", "x", "y"]
    assert found[-1].cells == ["8999", "", "y"]


def test_shared_texts_are_found_in_any_order(tmp_path: Path) -> None:
    """More than are kept in memory, asked for from everywhere."""
    path = tmp_path / "list.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet()
    for place in range(3000):
        sheet.write_string(place, 0, f"text {place}")
    for place in range(3000):
        sheet.write_string(place, 1, f"text {place * 997 % 3000}")
    made.close()
    assert cells_of(path) == [[f"text {place}", f"text {place * 997 % 3000}"] for place in range(3000)]


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def test_prefixed_names_are_read(tmp_path: Path) -> None:
    """Some programs write x:row."""
    path = tmp_path / "list.xlsx"
    sheet = (
        f'<x:worksheet xmlns:x="{_SHEET}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>138</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    write_cells(path, [], {"xl/worksheets/sheet1.xml": sheet})
    assert cells_of(path) == [["138"]]


_SHEET_OF = "<worksheet><sheetData>{}</sheetData></worksheet>"
_BROKEN = {
    "entities": '<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>',
    "no xml": "hello",
    "cut off": "<worksheet><sheetData><row>",
    "row twice": _SHEET_OF.format('<row r="2"/><row r="2"/>'),
    "cell twice": _SHEET_OF.format('<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'),
    "bad place": _SHEET_OF.format('<row><c r="*1"><v>1</v></c></row>'),
    "no text": _SHEET_OF.format('<row><c r="A1" t="s"><v>7</v></c></row>'),
    "no number": _SHEET_OF.format('<row><c r="A1"><v>x</v></c></row>'),
    "no style": _SHEET_OF.format('<row><c r="A1" s="7"><v>1.5</v></c></row>'),
}


@pytest.mark.parametrize("name", _BROKEN)
def test_broken_sheet_is_an_error(tmp_path: Path, name: str) -> None:
    """Entities, cut off, contradicting itself: one sentence."""
    path = tmp_path / "list.xlsx"
    write_cells(path, [], {"xl/worksheets/sheet1.xml": _BROKEN[name]})
    with pytest.raises(SmsconfError, match="it is no workbook, or a broken or encrypted one"):
        rows_of(path)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"]
)
def test_workbook_without_a_part_is_an_error(tmp_path: Path, part: str) -> None:
    """As any other zip archive is."""
    whole, path = tmp_path / "whole.xlsx", tmp_path / "list.xlsx"
    write_workbook(whole, [(138,)])
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for one in source.infolist():
            if one.filename != part:
                target.writestr(one, source.read(one))
    with pytest.raises(SmsconfError, match="it is no workbook"):
        rows_of(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/worksheets/Sheet1.XML"])
def test_workbook_with_two_parts_of_one_name_is_an_error(tmp_path: Path, name: str) -> None:
    """Nobody knows which of the two a person saw."""
    path, other = tmp_path / "list.xlsx", tmp_path / "other.xlsx"
    write_workbook(path, [(13800000001,)])
    write_workbook(other, [(13800000009,)])
    with zipfile.ZipFile(other) as source, zipfile.ZipFile(path, "a") as target:
        target.writestr(name, source.read("xl/worksheets/sheet1.xml"))
    with pytest.raises(SmsconfError, match="it is no workbook"):
        rows_of(path)


def test_damaged_workbook_is_an_error_and_gives_no_other_numbers(tmp_path: Path) -> None:
    """A byte anywhere in the file: the same rows, or an error, never others."""
    path = tmp_path / "list.xlsx"
    write_workbook(path, [(13_800_000_000 + place, f"n{place}") for place in range(200)])
    content, right = path.read_bytes(), cells_of(path)
    for place in range(0, len(content), max(1, len(content) // 40)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x11]) + content[place + 1 :])
        try:
            found = cells_of(path)
        except SmsconfError:
            continue
        assert found == right
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(SmsconfError, match="it is no workbook"):
        rows_of(path)


def test_sheet_that_claims_endless_cells_is_an_error(tmp_path: Path) -> None:
    """Cells at A1 and XFD1048576, in 5 KB."""
    path = tmp_path / "sparse.xlsx"
    write_cells(
        path,
        [
            '<row r="1"><c r="A1"><v>13812345678</v></c></row>',
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        ],
    )
    assert path.stat().st_size < 5000
    with pytest.raises(SmsconfError, match="row 1048576 has a cell far to the right"):
        rows_of(path)


def test_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """What the archive says of its size is enough to refuse it."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "x")
    content = bytearray(path.read_bytes())
    size = content.index(b"PK\x01\x02") + 24  # the unpacked size in the archive's directory
    content[size : size + 4] = (2_000_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(SmsconfError, match="unpacked it has more than 1024 MB"):
        rows_of(path)


def test_reader_takes_little_memory(tmp_path: Path) -> None:
    """Half a million texts that are shared: what grows lies in a temporary file."""
    path = tmp_path / "list.xlsx"
    rows, columns = 60_000, 8
    texts = "".join(f"<si><t>text {number} of many</t></si>" for number in range(rows * columns))
    letters = "ABCDEFGH"
    sheet = "".join(
        f'<row r="{row + 1}">'
        + "".join(
            f'<c r="{letters[place]}{row + 1}" t="s"><v>{row * columns + place}</v></c>'
            for place in range(columns)
        )
        + "</row>"
        for row in range(rows)
    )
    write_cells(
        path,
        [],
        {
            "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Type="x/worksheet" '
            'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" '
            'Target="strings.xml"/></Relationships>',
            "xl/strings.xml": f"<sst>{texts}</sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{sheet}</sheetData></worksheet>",
        },
    )
    watched = subprocess.run([sys.executable, "-c", _WATCH, str(path)], check=True, capture_output=True)
    assert int(watched.stdout) / 1024 < 36, f"{int(watched.stdout) / 1024:.0f} MB"


_WATCH = """
import resource, subprocess, sys
command = [sys.executable, "-m", "smsconf.messaging.lists.xlsx", sys.argv[1], "{}"]
subprocess.run(command, input=b"0\\n", stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


_VALUES = st.one_of(
    st.text(
        st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Co"), exclude_characters="\ufffd"),
        min_size=1,
        max_size=10,
    ).filter(lambda text: text.strip() == text and "_x" not in text),
    st.integers(-(10**12), 10**12),
    st.booleans(),
)


@settings(max_examples=8)
@given(st.lists(st.lists(_VALUES, min_size=1, max_size=4), min_size=1, max_size=8))
def test_another_reader_sees_the_same_cells(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:
    """A workbook of openpyxl, read by python-calamine."""
    path = tmp_path_factory.mktemp("book") / "list.xlsx"
    made = openpyxl.Workbook()
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            cell = made.active.cell(number, place, value)
            if isinstance(value, str):
                cell.data_type = "s"
    made.save(path)
    theirs = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    width = max(map(len, theirs))
    assert [row.cells + [""] * (width - len(row.cells)) for row in rows_of(path)] == [
        [_typed(value) for value in row] for row in theirs
    ]


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return str(int(value)) if isinstance(value, float) else str(value)
