"""Lists of people to leave out: understood to the last row, or an error."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from smsconf.messaging.lists.recipients import Count, read_opt_outs
from smsconf.messaging.lists.table import HiddenRows, Reading
from smsconf.model.errors import SmsconfError
from smsconf.model.resources import Region

A, B = "+8613812345678", "+8613912345678"


def left_out(
    path: Path, region: Region = Region.CN, reading: Reading | None = None
) -> tuple[list[str], Count]:
    count = Count()
    return list(read_opt_outs(path, region, count, reading)), count


def written(folder: Path, text: str | bytes, name: str = "no.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "13812345678\n139 1234 5678\n",
        "number,since\n13812345678,2026\n139 1234 5678\n",
        "姓名,手机号\n张三,+8613812345678\n李四,'13912345678\n",
        '\ufeff退订时间;手机号码\n2026-01-01;13812345678\n\n2026-01-02;"13912345678"\n',
        "手机号\t原因\n13812345678\tR\n13912345678\tTD\n13812345678\tR\n",
    ],
)
def test_opt_out_list_is_read_as_any_list(tmp_path: Path, text: str) -> None:
    """Headings, quotes, separators; and it says how many rows it understood."""
    found, count = left_out(written(tmp_path, text))
    assert set(found) == {A, B}
    assert count.valid == count.rows == len(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("13812345678\n13812345651.0\n", "of 2 rows 1 are understood; row 2: a spreadsheet turned"),
        ("手机号\n13812345678\n1.38123E+10\n", "of 2 rows 1 are understood; row 3: a spreadsheet turned"),
        ("13812345678\nnobody\n", "row 2: this is no phone number"),
        ("13812345678\n已退订13912345678\n", "row 2: something else than one number"),
        ("13812345678,13912345678\n", "row 1: a second number stands in the row"),
        ("手机号,姓名\n13812345678,张三\n,李四\n", "row 3: nothing is there"),
        ("手机号\n13812345678,x\n", "row 2: the row has more cells"),
        ("1\n2\n3\n4\n5\n6\n7\n", "of 7 rows 0 are understood; row 1.*row 5.*…"),
        ("手机号\n", "no number is in it"),
        ("", "no number is in it"),
        ("姓名,号\n张三,x\n", "no column of the list is headed"),
        ("张三,13812345678\n", "none of the 1 rows of .*no.csv has a number in column A, but column B has"),
        ('手机号\n"13812345678\n13912345678\n', "row 2: a quote is not closed"),
    ],
)
def test_list_that_is_not_understood_is_an_error(tmp_path: Path, text: str, words: str) -> None:
    """Whoever stands in such a row would get the message."""
    with pytest.raises(SmsconfError, match=words):
        left_out(written(tmp_path, text))


def test_numbers_of_other_countries_leave_nobody_in(tmp_path: Path) -> None:
    """One list serves the apps of the mainland and of abroad; such a row is understood."""
    path = written(tmp_path, f"{A}\n+6591234567\n")
    found, count = left_out(path)
    assert (found, count.rows, count.valid) == ([A], 2, 2)
    assert left_out(path, Region.INTL)[0] == ["+6591234567"]


def test_hidden_rows_of_an_opt_out_list_count(tmp_path: Path) -> None:
    """Leaving out is the safe side, whatever is said of the recipients' hidden rows."""
    made = openpyxl.Workbook()
    made.active.append(["手机号"])
    made.active.append([13812345678])
    made.active.append([13912345678])
    made.active.row_dimensions[3].hidden = True
    made.save(tmp_path / "no.xlsx")
    for reading in (None, Reading(hidden_rows=HiddenRows.SKIP), Reading(sheet="the list's", encoding="big5")):
        assert left_out(tmp_path / "no.xlsx", reading=reading)[0] == [A, B]


def test_encoding_of_the_recipients_does_no_harm_to_an_opt_out_list(tmp_path: Path) -> None:
    """It is used where the list does not say itself what it is."""
    reading = Reading(encoding="gb18030")
    assert left_out(written(tmp_path, "手机号\n13812345678\n"), reading=reading)[0] == [A]
    rare = "手机号,姓名\n13812345678,王㐂\n".encode("gb18030")
    assert left_out(written(tmp_path, rare), reading=reading)[0] == [A]
    with pytest.raises(SmsconfError, match="not clearly Chinese"):
        left_out(written(tmp_path, rare))
