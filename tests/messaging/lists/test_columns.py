"""Which column is what, and what is not guessed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from smsconf.messaging.lists.columns import Columns, find_columns
from smsconf.messaging.lists.opening import open_list
from smsconf.messaging.lists.table import Reading
from smsconf.messaging.send.variables import Slot
from smsconf.model.errors import SmsconfError
from smsconf.model.resources import Region

SLOTS = (
    Slot(1, "order", "alphanumeric", 12, "订单号"),
    Slot(2, "day", "datetime", None, "Day of delivery"),
)


def columns_of(folder: Path, text: str, slots: Sequence[Slot] = SLOTS, region: Region = Region.CN) -> Columns:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    with open_list(path, Reading()) as table:
        return find_columns(table, region, slots)


@pytest.mark.parametrize(
    "heading",
    [
        "手机号",
        "手机",
        "手机号码",
        "电话",
        "电话号码",
        "联系电话",
        "号码",
        "客户手机号",
        "收件人电话",
        "手机号（必填）",
        "*手机号*",
        " 手 机 号 ",
        "phone",
        "Phone Number",
        "phone_number",
        "PHONE-NUMBER",
        "mobile",
        "Mobile No.",
        "number",
        "Tel",
        "Tel.",
        "msisdn",
        "recipient",
        "To",
        "ｐｈｏｎｅ",
        "mobile (required)",
        *("Phone 1 - Value", "Mobile Phone", "E.164", "phone_e164", "customer_mobile", "Contact Number"),
        *(
            "會員電話",
            "收货电话",
            "收貨人電話",
            "联系方式",
            "客户联系方式",
            "学生家长电话",
            "您的手机号",
            "电话/手机",
        ),
        *("客户联系号码", "移动电话号码", "手机号1"),
    ],
)
def test_numbers_are_found_by_their_heading_wherever_they_stand(tmp_path: Path, heading: str) -> None:
    """In the usual words of both languages, remarks and case aside."""
    text = f"订单号,{heading},备注\n13812345601,13912345678,x\n"
    found = columns_of(tmp_path, text)
    assert (found.number, found.cells) == (1, {"order": 0})
    assert found.named() == {"number": heading.strip(), "order": "订单号"}
    assert found.needed == [0, 1]


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "会员号码",
            "客户号码",
            "订单号",
            "编号",
            "手机型号",
            "手机号归属地",
            "手机尾号",
            "电话备注",
            "电话ID",
        ),
        *("客户经理电话", "紧急联系人电话", "寄件人电话", "推荐人手机", "客服电话", "固定电话"),
        *("customer number", "member_number", "order no", "phone id", "Phone 1 - Type", "Home Phone"),
    ],
)
def test_id_or_phone_of_somebody_else_is_no_column_of_numbers(tmp_path: Path, heading: str) -> None:
    """Eleven digits may stand there too."""
    with pytest.raises(SmsconfError, match="no column of the list is headed"):
        columns_of(tmp_path, f"{heading},name\n13812345601,A1\n", ())


@pytest.mark.parametrize(
    "headings",
    [
        "手机号,order,day",
        "手机号,订单号,Day of delivery",
        "手机号, Order ,DAY",
        "手机号,1,2",
        "手机号,${1},${2}",
        "手机号,{order},{day}",
        "手机号,订 单 号,day of delivery",
    ],
)
def test_variables_are_found_by_name_number_or_description(tmp_path: Path, headings: str) -> None:
    """Blanks and case aside."""
    assert columns_of(tmp_path, f"{headings}\n13912345678,A1,09:30\n").cells == {"order": 1, "day": 2}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "订单号,手机号,电话\n",
            "several columns of the list may be the phone numbers: B '手机号', C '电话'",
        ),
        ("手机号,手机号\n", "several columns of the list may be the phone numbers: A '手机号', B '手机号'"),
        ("姓名,订单号\n", "no column of the list is headed as that of the phone numbers"),
        ("nobody\n13812345678\n", "no column of the list is headed"),
        ("2026年名单\n手机号\n", "no column of the list is headed"),
        ("手机号,order,order\n", r"are the variable order: B \('order'\) and C \('order'\)"),
        ("手机号,order,订单号\n", r"are the variable order: B \('order'\) and C \('订单号'\)"),
        ("手机号,order,day,2\n", r"are the variable day: C \('day'\) and D \('2'\)"),
    ],
)
def test_columns_that_are_not_clear_are_an_error_that_names_them(
    tmp_path: Path, text: str, words: str
) -> None:
    """Missing, double, or under two names."""
    with pytest.raises(SmsconfError, match=words):
        columns_of(tmp_path, text)


def test_error_names_the_columns_it_saw(tmp_path: Path) -> None:
    """Those without a heading by their letter, and not more than can be read."""
    with pytest.raises(SmsconfError) as caught:
        columns_of(tmp_path, "姓名,,订单号\n")
    assert caught.value.why == "its first row names: 姓名, B, 订单号"
    with pytest.raises(SmsconfError) as caught:
        columns_of(tmp_path, ",".join(f"c{place}" for place in range(100)) + "\n")
    assert str(caught.value.why).endswith("c29, …")


@pytest.mark.parametrize("title", ["2026年名单\n", "2026年名单\n部门：市场\n", "名单,,\n\n"])
def test_title_above_the_headings_is_to_be_deleted(tmp_path: Path, title: str) -> None:
    """The error says in which row the headings are."""
    with pytest.raises(SmsconfError, match="no column of the list is headed") as caught:
        columns_of(tmp_path, f"{title}手机号,订单号\n13812345678,A1\n")
    assert f"headings, which are in row {title.count(chr(10)) + 1}" in str(caught.value.fix)


def test_heading_that_means_two_variables_is_an_error(tmp_path: Path) -> None:
    """Two variables of one description need their names."""
    twins = (Slot(1, "a", "text", None, "日期"), Slot(2, "b", "text", None, "日期"))
    with pytest.raises(SmsconfError, match="may mean several variables: a, b"):
        columns_of(tmp_path, "手机号,日期\n", twins)


def test_variable_called_phone_is_not_the_recipient(tmp_path: Path) -> None:
    """A hotline in the text: its column is the variable's, and the numbers need another heading."""
    hotline = (Slot(1, "phone", "phone"),)
    found = columns_of(tmp_path, "phone,手机号\n4001234567,13812345678\n", hotline)
    assert (found.number, found.cells) == (1, {"phone": 0})
    with pytest.raises(SmsconfError, match="no column of the list is headed"):
        columns_of(tmp_path, "phone\n13812345678\n", hotline)
    number = (Slot(1, "number", "phone", None, "手机号"),)
    assert columns_of(tmp_path, "电话,number\n13812345678,4001234567\n", number).number == 0
    with pytest.raises(SmsconfError, match="no column of the list is headed") as caught:
        columns_of(tmp_path, "number\n13812345678\n", number)
    assert caught.value.fix == "head the column of the numbers with one of: phone, mobile, 电话, msisdn"


@pytest.mark.parametrize(
    "text", ["13812345678,A1\n", "12345\n", "勿发：13812345678\n", "张三,13812345678\n", "", "\n\n"]
)
def test_list_without_headings_has_its_numbers_in_the_first_column(tmp_path: Path, text: str) -> None:
    """A row that holds something like a number is no heading."""
    found = columns_of(tmp_path, text)
    assert (found.number, found.headings, found.needed) == (0, None, None)
    assert found.named() == {"number": "A"}
