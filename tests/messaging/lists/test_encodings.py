"""Which encoding a text list is taken for, and which are never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.messaging.lists.encodings import choose_encoding, encoding_named
from smsconf.messaging.lists.table import Reading
from smsconf.model.errors import SmsconfError


def chosen(folder: Path, content: bytes, reading: Reading = Reading()) -> tuple[str, bool]:  # noqa: B008
    path = folder / "list.csv"
    path.write_bytes(content)
    found = choose_encoding(path, reading)
    assert path.read_text(encoding=found.codec)
    return found.name, found.guessed


@pytest.mark.parametrize(
    "text",
    [
        "手机号,订单号\n13812345678,A1\n",
        "手机号,姓名\n13812345678,慕容雪\n13912345678,李晓彤\n",
        "number,day\n13812345678,2026年1月31日\n",
        "号码；备注\n13812345678；“您好”——（会员）\n",
        "13812345678,上海市浦东新区张江路\n",
        "电话\n13812345678\n",
        "手机;x\n13812345678\n",
        "姓名,联系电话\n尉迟恭,13812345678\n",
        "sep=|\n手机号|姓名\n13812345678|王喆\n",
        "".join(f"13812345678,{name}\n" for name in (*["张伟"] * 199, "王喆")),
        *(
            f"手机号,姓名\n13812345678,{name}\n"
            for name in ["王喆", "李堃", "朱镕基", "张翀", "赵祎", "王昇", "孟玥", "彧", "陳建國"]
        ),
        "电话,内容\n13812345678,您的快递已到菜鸟驿站，取件码１２３４。\n",
    ],
)
def test_list_of_a_chinese_windows_is_told(tmp_path: Path, text: str) -> None:
    """GB18030 with common characters, and that it was a guess."""
    assert chosen(tmp_path, text.encode("gb18030")) == ("gb18030", True)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("number,name\n13812345678,Müller\n", "cp1252"),
        ("number,name\n13812345678,José\n", "latin-1"),
        ("number,name\n13812345678,Dvořák\n", "cp1250"),
        ("number,name\n13812345678,Čápová\n", "cp1250"),
        ("number,name\n13812345678,Иванов\n", "cp1251"),
        ("number,name\n13812345678,ИВАНОВ\n", "cp1251"),
        ("телефон,имя\n13812345678,Мария\n", "koi8-r"),
        ("number,name\n13812345678,さくら\n", "shift_jis"),
        ("電話番号,名前\n13812345678,山田太郎\n", "shift_jis"),
        ("電話番号,名前\n13812345678,山田太郎\n", "euc-jp"),
        ("number,name\n13812345678,さくら\n", "euc-jp"),
        ("number,name\n13812345678,홍길동\n", "euc-kr"),
        ("전화번호,이름\n13812345678,김철수\n", "euc-kr"),
        ("number,text\n13812345678,고객님의 주문이 발송되었습니다\n", "euc-kr"),
        ("手機號碼,姓名\n13812345678,陳大文\n", "big5"),
        ("number,name\n13812345678,林志玲\n", "big5"),
        ("number,name\n13812345678,สมชาย\n", "cp874"),
        ("number,name\n13812345678,Γιώργος\n", "cp1253"),
        ("手机号,姓名\n13812345678,王㐂\n", "gb18030"),
        ("number,name\n13812345678,尉迟恭\n", "gb18030"),
        ("13812345678，\n", "gb18030"),
    ],
)
def test_other_encodings_are_not_turned_into_chinese(tmp_path: Path, text: str, encoding: str) -> None:
    """They are refused with the row and the option, and read when they are named."""
    content = text.encode(encoding)
    with pytest.raises(SmsconfError, match=r"row [12] is not UTF-8") as caught:
        chosen(tmp_path, content)
    assert "--encoding" in str(caught.value.fix)
    assert chosen(tmp_path, content, Reading(encoding=encoding))[1] is False
    assert (tmp_path / "list.csv").read_text(encoding=encoding) == text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("手机号,姓名\n" + "13812345678,张伟\n" * 5 + "13912345678,王㐂\n", 7),
        ("姓名\n" + "13812345678,张伟\n" * 5 + "13912345678,王喆\n" * 9, 7),
        ("number,name\n13812345678,x\n13912345678,尉迟恭\n", 3),
    ],
)
def test_row_that_is_named_is_that_of_the_doubt(tmp_path: Path, text: str, row: int, end: str) -> None:
    """Not the first one that is no UTF-8, which in a Chinese list is that of the headings."""
    with pytest.raises(SmsconfError, match=f"row {row} is not UTF-8"):
        chosen(tmp_path, text.replace("\n", end).encode("gb18030"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "ascii"])
def test_what_says_itself_what_it_is_needs_no_word(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without its mark, UTF-16 and UTF-32 with theirs."""
    name, guessed = chosen(tmp_path, "number\n13812345678\n".encode(encoding))
    assert (name, guessed) == ({"utf-8-sig": "utf-8", "ascii": "utf-8"}.get(encoding, encoding), False)


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0", "13812345678\n".encode("utf-16-le"), b"\x1b$B;3"]
)
def test_what_is_no_text_is_said(tmp_path: Path, content: bytes) -> None:
    """Pictures, UTF-16 without its mark, ISO-2022."""
    with pytest.raises(SmsconfError, match="it is no text"):
        chosen(tmp_path, content)


def test_named_encoding_may_not_contradict_the_file(tmp_path: Path) -> None:
    """A mark is no accident; where the name may be another file's, the mark wins."""
    content = "手机号\n".encode("utf-16")
    with pytest.raises(SmsconfError, match="mark of utf-16"):
        chosen(tmp_path, content, Reading(encoding="gb18030"))
    assert chosen(tmp_path, content, Reading(encoding="gb18030", firm=False)) == ("utf-16", False)
    assert chosen(tmp_path, content, Reading(encoding="utf-16-le")) == ("utf-16", False)
    plain = "手机号\n".encode()
    assert chosen(tmp_path, plain, Reading(encoding="gb18030", firm=False)) == ("utf-8", False)
    rare = "王㐂\n".encode("gb18030")
    assert chosen(tmp_path, rare, Reading(encoding="gb18030", firm=False)) == ("gb18030", False)


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("GBK", "gbk"),
        ("gb18030", "gb18030"),
        ("UTF8", "utf-8"),
        ("Big5", "big5"),
        ("latin1", "iso8859-1"),
        ("sjis", "shift-jis"),
        ("windows-1252", "cp1252"),
        ("utf-16-le", "utf-16-le"),
        ("gbk2", None),
        ("base64", None),
        ("rot13", None),
        ("unicode_escape", None),
        ("punycode", None),
        ("cp037", None),
        ("", None),
        ("a\0b", None),
        ("手机", None),
    ],
)
def test_names_of_encodings_are_known(name: str, usual: str | None) -> None:
    """Those of texts, in any spelling; nothing else that is called a codec."""
    assert encoding_named(name) == usual


@given(st.text(st.characters(min_codepoint=0xA0, max_codepoint=0x24F), min_size=1, max_size=12))
def test_latin_letters_are_never_taken_for_chinese(text: str) -> None:
    """Whatever European letters stand in a list in its own encoding."""
    for encoding in ("cp1252", "cp1250", "cp1254"):
        content = text.encode(encoding, "ignore")
        try:
            found = content.decode("gb18030")
        except UnicodeDecodeError:
            continue
        assert not plausible_list(found)


def plausible_list(text: str) -> bool:
    from collections import Counter

    from smsconf.messaging.lists.encodings import plausible

    found = Counter(char for char in text if ord(char) > 127)
    return bool(found) and plausible(found)
