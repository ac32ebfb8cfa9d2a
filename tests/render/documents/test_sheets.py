"""CSV for spreadsheets: no cell is a formula in any spelling, and every cell comes back."""

from __future__ import annotations

import csv
import io

import pytest

from smsconf.render.documents.sheets import csv_row, csv_rows, plain_cell


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "|calc", "%0A=1"),
        *("＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "﹢1+1", "﹦1"),
        *("\t=1", "\r=1", "\n=1", " =1", "\u3000＝1", "\ufeff=1", "\u200b+a", "\tx", "\rx", "  \t @x"),
        *("+86 138 =1", "+86138abc", "-"),
    ],
)
def test_cell_that_a_spreadsheet_would_compute_is_made_a_text(text: str) -> None:
    """Whatever stands before the sign, and however wide it is."""
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "a=b", "退订", "+8613812345678", "+86138****5678", "-1.5", "1+1", "【R】"]
)
def test_cell_that_computes_nothing_stays_as_it_is(text: str) -> None:
    """Numbers are read by other programs, and texts that begin otherwise are texts."""
    assert plain_cell(text) == text


def test_rows_come_back_as_they_were() -> None:
    """Separators of any country, quotes and line ends stay inside their cell."""
    rows = [
        ["a,b", "c;d", 'say "R"', "two\nlines", " blank ", None, 7],
        ["", "x\ty", "z", "\u3000", "", "", ""],
    ]
    text = "".join(csv_rows(["one", "two", "three", "four", "five", "six", "seven"], rows))
    found = list(csv.reader(io.StringIO(text)))
    assert found[1:] == [["" if one is None else str(one) for one in row] for row in rows]
    assert '"c;d"' in text
    assert csv_row(["a", None]) == "a,\n"
