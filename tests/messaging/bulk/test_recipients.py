"""Lists in every shape people make them, and those that would hurt."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from smsconf.address import Address
from smsconf.errors import SmsconfError
from smsconf.messaging.bulk import xlsx
from smsconf.messaging.bulk.recipients import (
    Count,
    Dropped,
    Recipient,
    open_rows,
    read_opt_outs,
    read_recipients,
)
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.variables import Slot
from smsconf.resources import Region
from tests.messaging.workbook import write_cells, write_workbook

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
    opted_out: tuple[str, ...] = (),
) -> tuple[list[Recipient], list[Dropped], Count]:
    dropped: list[Dropped] = []
    count = Count()
    with open_rows(path) as rows:
        chunks = read_recipients(rows, target, fixed or {}, opted_out, count=count, drop=dropped.append)
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
        ("list.tsv", "number\tname\n13812345678\tx\n13912345678\ty\n15012345678\tz\n"),
        ("list.csv", '"13812345678","a, b"\n13912345678,"c\nd"\n15012345678,\n'),
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
    found, _, _ = read(written(tmp_path, "n,day\n13812345678,09:30\n"), NAMED, {"order": "B2"})
    assert found[0].values == ("B2", "09:30")


@pytest.mark.parametrize(
    ("text", "fixed", "words"),
    [
        ("13812345678,A1\n", {}, "needs order, day"),
        ("number,order\n13812345678,A1\n", {}, "needs day"),
        ("number,order,day\n13812345678,A1,09:30\n", {"day": "09:30"}, "a column and a --var"),
        ("number,order,day\n13812345678,A1,09:30\n", {"colour": "red"}, "no variable 'colour'"),
        ("", {"order": "A1", "day": "09:30"}, "is empty"),
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


def test_each_number_counts_once_and_opted_out_ones_not_at_all(tmp_path: Path) -> None:
    """However it is written, and however far apart its rows are."""
    rows = [f"137{place:08}" for place in range(12_000)]
    text = "\n".join([*rows, "+86 137-0000-0003", "13812345678", rows[0]]) + "\n"
    found, dropped, count = read(written(tmp_path, text, "list.txt"), opted_out=(f"+{A}", "+8613700000007"))
    assert len(found) == count.valid == 11_999
    assert count.dropped == {"duplicate": 2, "opted-out": 2}
    assert {(one.row, one.reason) for one in dropped} == {
        (8, "opted-out"),
        (12_001, "duplicate"),
        (12_002, "opted-out"),
        (12_003, "duplicate"),
    }


def test_rows_left_out_say_why(tmp_path: Path) -> None:
    """Faults by their row; nothing else is lost."""
    text = "13812345678\n12345\nnobody\n+6591234567\n,13912345678\n13912345678\n"
    found, dropped, _ = read(written(tmp_path, text))
    assert [one.number for one in found] == [A, B]
    assert [(one.row, one.reason) for one in dropped] == [
        (2, "not-mobile"),
        (3, "not-a-number"),
        (4, "abroad"),
        (5, "empty"),
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
    assert [(one.row, one.reason) for one in dropped] == [(5, "not-mobile")]


def test_inexact_number_of_a_workbook_is_no_number() -> None:
    """From 2**53 on the last digits are made up."""
    assert xlsx.text_of(float(2**53)) == repr(float(2**53))
    assert xlsx.text_of(13812345678.0) == "13812345678"


def test_sheet_that_claims_endless_cells_is_an_error(tmp_path: Path) -> None:
    """Cells at A1 and XFD1048576: the reader dies, and only the reader."""
    path = tmp_path / "sparse.xlsx"
    write_cells(
        path,
        [
            '<row r="1"><c r="A1"><v>13812345678</v></c></row>',
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        ],
    )
    assert path.stat().st_size < 5000
    with pytest.raises(SmsconfError, match="more cells than fit into memory"):
        read(path)


def test_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """What the archive says of its size is enough to refuse it."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", "x")
    content = bytearray(path.read_bytes())
    size = content.index(b"PK\x01\x02") + 24  # the unpacked size in the archive's directory
    content[size : size + 4] = (2_000_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(SmsconfError, match="unpacked it has more than 1024 MB"):
        read(path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("list.xlsx", b"PK\x03\x04 no zip", "no workbook"),
        ("list.xlsx", b"", "no workbook"),
        ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or an encrypted workbook"),
        ("list.csv", b'"never closed' + b"x" * 300_000, "line"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\xff\xff", "codec can't decode"),
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


def test_opt_out_lists_are_read_like_any_list(tmp_path: Path) -> None:
    """What is no number in them is passed over."""
    path = written(tmp_path, "number,since\n13812345678,2026\nnobody\n139 1234 5678\n")
    assert list(read_opt_outs(path, Region.CN)) == [f"+{A}", f"+{B}"]
