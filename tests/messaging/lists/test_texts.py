"""Text lists in every usual form, and those in which something is not as it seems."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.messaging.lists.opening import open_list
from smsconf.messaging.lists.table import LONGEST_CELL, Reading, Row
from smsconf.model.errors import SmsconfError


def rows_of(path: Path, reading: Reading = Reading()) -> list[Row]:  # noqa: B008 - a value
    with open_list(path, reading) as table:
        return list(table.rows(None))


def written(folder: Path, text: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_rows_are_the_lines_of_the_file(tmp_path: Path, end: str, comma: str) -> None:
    """Whatever ends a line and separates cells; empty lines count, and are no rows."""
    lines = [f"number{comma}a b", "", f"138{comma} x ", f"{comma}", f'139{comma}"p{comma}q"', "140"]
    found = rows_of(written(tmp_path, end.join(lines)))
    assert [(row.number, row.cells) for row in found] == [
        (1, ["number", "a b"]),
        (3, ["138", " x "]),
        (5, ["139", f"p{comma}q"]),
        (6, ["140"]),
    ]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('number,name\n138,"a\nb"\n139,c\n', 2),
        ('number,name\n138,a\n139,"b\n140,c\n141,d\n', 3),
        ('number,name\n138,"a\r\nb"\n', 2),
        ('number,name\n138,a\n139,"b"c\n', 3),
        ('"number\n138\n', 1),
        ('number,name\n138,"a ""b"\n139,"c\n', 3),
    ],
)
def test_open_quote_or_line_break_in_a_cell_is_an_error_with_its_row(
    tmp_path: Path, text: str, row: int
) -> None:
    """Nothing that follows is swallowed."""
    with pytest.raises(SmsconfError, match=f"row {row}: a quote"):
        rows_of(written(tmp_path, text))


def test_quotes_inside_a_cell_are_kept(tmp_path: Path) -> None:
    """Doubled in quotes, or plain where the cell has none round it."""
    found = rows_of(written(tmp_path, 'a,"say ""hi"""\nb,5" wide\n'))
    assert [row.cells for row in found] == [["a", 'say "hi"'], ["b", '5" wide']]


def test_digits_that_a_spreadsheet_is_made_to_take_for_text_are_read(tmp_path: Path) -> None:
    """Written ="007", with and without quotes round it."""
    found = rows_of(written(tmp_path, '="13812345678",="007"\n"=""13912345678""",x\n'))
    assert [row.cells for row in found] == [["13812345678", "007"], ["13912345678", "x"]]


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("#N/A", "error"),
        ("#VALUE!", "error"),
        ("########", "error"),
        ("a\x07b", "characters"),
        ("a\ufffdb", "characters"),
        ("a\ue5e5b", "characters"),
        ("x" * (LONGEST_CELL + 1), "long"),
    ],
)
def test_cell_that_tells_nothing_is_marked(tmp_path: Path, cell: str, word: str) -> None:
    """Errors that a spreadsheet saved, columns too narrow, what no cell can hold."""
    (row,) = rows_of(written(tmp_path, f"138,{cell},c\n"))
    assert row == Row(1, ["138", "", "c"], {1: word})


def test_endless_line_is_an_error(tmp_path: Path) -> None:
    """A file without line ends is not taken into memory."""
    with pytest.raises(SmsconfError, match="row 2 is longer"):
        rows_of(written(tmp_path, "138\n" + "1" * 2_000_000))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "euc-kr"])
def test_bytes_that_are_not_of_the_encoding_are_an_error_with_the_row(tmp_path: Path, encoding: str) -> None:
    """They are never replaced."""
    content = (
        "138\n139\n".encode(encoding) + (b"\x00\xd8" if "16" in encoding else b"\xff") + "\n".encode(encoding)
    )
    with pytest.raises(SmsconfError, match="row 3 is not"):
        rows_of(written(tmp_path, content), Reading(encoding=encoding))


def test_utf_16_without_its_mark_is_not_what_it_is_called(tmp_path: Path) -> None:
    """Python wants the mark; which half of a character comes first is not guessed."""
    path = written(tmp_path, "138\n".encode("utf-16-le"))
    with pytest.raises(SmsconfError, match="row 1 is not utf-16"):
        rows_of(path, Reading(encoding="utf-16"))


def test_mark_of_the_encoding_is_no_part_of_the_first_cell(tmp_path: Path) -> None:
    """Nor where the encoding was named."""
    for encoding in ("utf-8", "utf-16-le"):
        path = written(tmp_path, "\ufeff138,x\n".encode(encoding))
        assert rows_of(path, Reading(encoding=encoding))[0].cells == ["138", "x"]


def test_text_has_no_sheets(tmp_path: Path) -> None:
    """The option would do nothing; where it may be meant for another file it does no harm."""
    path = written(tmp_path, "138\n")
    with pytest.raises(SmsconfError, match="has no sheets"):
        rows_of(path, Reading(sheet="S"))
    assert rows_of(path, Reading(sheet="S", firm=False))
    assert rows_of(path, Reading(sheet="S", shared=True))


_CELL = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Co"), exclude_characters="\ufeff\ufffd"), max_size=12
).filter(lambda text: not text.startswith(("=", "#")))


@given(
    st.lists(st.lists(_CELL, min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"])
)
def test_what_was_written_is_read_exactly(
    tmp_path_factory: pytest.TempPathFactory, rows: list, end: str
) -> None:
    """Cell by cell, blanks included, whatever had to be quoted."""
    kept = io.StringIO()
    csv.writer(kept, lineterminator=end).writerows([["number", "name"], *rows])
    path = tmp_path_factory.mktemp("csv") / "list.csv"
    path.write_bytes(kept.getvalue().encode())
    filled = [row for row in rows if any(map(str.strip, row))]
    assert [row.cells for row in rows_of(path)[1:]] == filled
