"""What a reply wishes, as people write it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.messaging.receive.opt_out_reply import read_wish
from smsconf.messaging.receive.opt_out_words import HINTS, WORDS, Sense

LEAVE = [
    *(
        "R",
        "r",
        " R ",
        "Ｒ",
        "“R”",
        "R。",
        "R，",
        "R,",
        "R~",
        "【R】",
        "(R)",
        "[R]",
        "R😡",
        "R\u200b",
        "R！！",
        "R.",
        "r…",
    ),
    *(
        "\ufeffR",
        "R\x00",
        "R\r\n",
        "Ⓡ",
        "®",
        "®\ufe0f",
        "R R",
        "TD",
        "td",
        "Ｔ Ｄ",
        "T.D.",
        "TD！",
        "TDTD",
        "T",
        "t。",
    ),
    *(
        "退订",
        "退　订",
        "退 订",
        "退.订",
        "退\n订",
        "退\u200b订",
        "「退訂」",
        "退訂",
        "请退订",
        "請退訂",
        "我要退订",
    ),
    *(
        "申请退订",
        "麻烦退订一下",
        "直接退订",
        "退订谢谢",
        "退定",
        "tuiding",
        "拒收",
        "拒收。",
        "取消",
        "取消！",
        "请取消",
    ),
    *(
        "0000",
        "0000。",
        "00000",
        "取消订阅",
        "取消訂閱，謝謝",
        "TD退订",
        "退订TD",
        "退订回T",
        "回T退订",
        "拒收请回复R",
    ),
    *(
        "回复R",
        "回复 R",
        "回覆R",
        "回復Ｒ",
        "回复TD",
        "回复0000",
        "R，你谁啊",
        "R\n发自我的iPhone",
        "T\nSent from my iPhone",
    ),
    *(
        "不要再发",
        "不要再發",
        "请勿再发，退订",
        "请勿再發，退訂",
        "别再给我发短信了",
        "不要发广告了",
        "别发了",
        "停止发送",
    ),
    *("请勿打扰", "别烦我", "不想收到这些短信", "烦死了，退订！！", "你们怎么还给我发"),
    *("怎么退订？", "不能退订", "退订不了", "为什么还没退订", "不，退订"),
    *(
        "stop",
        "STOP",
        "Stop. Thank you",
        "please stop",
        "STOP PLEASE",
        "STOP! I'm busy",
        "STOP\n--\nJohn Smith\nSales",
    ),
    *(
        "Hi\nSTOP\nJohn",
        "STOPALL",
        "Stop all",
        "UNSUBSCRIBE",
        "unsubscribe me please",
        "END",
        "QUIT",
        "CANCEL",
    ),
    *("REVOKE", "OPTOUT", "opt-out", "Opt out", "REMOVE", "ARRET", "arrêt", "STOPP", "stop texting me"),
    *("Don't text me", "remove me from your list", "leave me alone", "reply STOP to opt out"),
    *(
        "tui ding",
        "请停发",
        "S.T.O.P",
        "unsubscibe",
        "don't send me ads",
        "不要再傳簡訊給我",
        "請勿再寄送廣告",
    ),
    *("RR", "rrr", "R1", "TD 1", "R 13812345678", "R13812345678", "TD+86 138-1234-5678", "收到R", "收到，R"),
    *(
        "好的收到，TD",
        "退",
        "我要退",
        "TD退",
        "停",
        "停了吧",
        "不要",
        "不要了",
        "不需要",
        "不需要短信",
        "不用了",
    ),
    *("不用，谢谢", "不用谢谢", "不必了", "拒绝", "拒絕", "拒", "屏蔽", "已屏蔽", "拉黑了", "QX", "qx。"),
    *("回T退订怎么弄", "回T退订？怎么弄", "怎么回T退订", "拒收请回复R没用", "我回R退订了还在发"),
    *("STOР", "ЅТОР", "ΤD", "ТԀ", "Ꭱ", "ꓔꓓ", "ST0P", "🇷", "🅣🅓", "🆁"),
    *("&#36864;&#35746;", "&#x9000;&#x8BA2;", "&amp;#36864;&amp;#35746;", "please remove my number"),
    *(
        "delete my phone number from your list",
        "NO",
        "不",
        "否。",
        "不，谢谢",
        "没兴趣",
        "沒興趣",
        "not interested",
        "不停地给我发短信",
        "删除我的号码",
        "刪除我的號碼",
        "停订",
        "退订金融广告",
        "退订金卡会员通知",
        "no.",
        "No thanks",
        "不退订金，退订",
    ),
    *("发错了，别发了", "发错了别再给我发了", "发错了别发广告"),
    *("%E9%80%80%E8%AE%A2", "%25E9%2580%2580%25E8%25AE%25A2", "%CD%CB%B6%A9", "%52"),
]
NEITHER = [
    *(
        "",
        "?",
        "？",
        "OK",
        "好的",
        "好",
        "谢谢",
        "收到",
        "1",
        "N",
        "Y",
        "YES",
        "rt",
        "00",
        "000000",
        "1234",
    ),
    *(
        "不退订",
        "我没有退订",
        "没有退订",
        "不要退订",
        "别把我退订",
        "不想退订",
        "do not unsubscribe me",
        "don't stop",
    ),
    *(
        "Really?",
        "T恤",
        "T恤多少钱",
        "R2D2",
        "我是R先生",
        "the weekend",
        "End of June is fine",
        "取消订单",
        "退货",
        "退款",
    ),
    *(
        "cancel my order",
        "我想取消明天的预约",
        "不要发货了",
        "怎么还不发货",
        "不收费吗",
        "不接受",
        "快递拒收包裹",
    ),
    *("I'll stop by tomorrow", "We have got to STOP this terrible bill from passing!!", "TD20260131"),
    *("好的，【示例商城】大促，拒收请回复R", "Liked “【示例商城】大促，拒收请回复R”", "订单", "我恢复得很好"),
    *(
        "退订金",
        "退订金吗",
        "什么时候退定金",
        "退款",
        "发错了别发",
        "发错了，别发",
        "不用谢",
        "不用谢！",
        "不要谢我",
    ),
    *(
        "不好",
        "好不好",
        "不 好",
        "退 货",
        "不谢",
        "没有",
        "不要停",
        "别停",
        "不要取消",
        "不停",
        "不退",
        "不要香菜",
        "停电了",
        "拒绝了他",
        "no problem",
        "No, Tuesday",
    ),
    *(
        "R2",
        "T1000",
        "13812345678",
        "订单13812345678退款",
        "STOРWATCH",
        "&#36864;&#36135;",
        "I have no idea",
        "qxr",
    ),
    "> 拒收请回复R",
]
RETURN = [
    *(
        "START",
        "start",
        "Ｓｔａｒｔ！",
        "START please",
        "START\nJohn",
        "UNSTOP",
        "订阅",
        "訂閱",
        "恢复",
        "恢复订阅",
    ),
    *(
        "恢復訂閱",
        "请恢复",
        "重新订阅",
        "继续订阅",
        "取消退订",
        "我要订阅",
        "继续发送",
        "恢复接收",
        "我没有退订，请继续发",
    ),
]


@pytest.mark.parametrize("body", LEAVE)
def test_wish_to_leave_is_heard_in_every_form(body: str) -> None:
    """Letters, punctuation, emoji, invisible characters, both ways of writing, sentences; in doubt out."""
    wish = read_wish(body)
    assert wish
    assert wish.leaves


@pytest.mark.parametrize("body", NEITHER)
def test_reply_about_something_else_is_no_wish(body: str) -> None:
    """Who denies it stays; a letter in a word, an order that is cancelled, a quoted message say nothing."""
    assert read_wish(body) is None


@pytest.mark.parametrize("body", RETURN)
def test_wish_to_come_back_is_heard(body: str) -> None:
    """Only if the reply says nothing else."""
    wish = read_wish(body)
    assert wish
    assert not wish.leaves


@pytest.mark.parametrize(
    "body",
    [
        "START R",
        "恢复订阅？不，退订",
        "退订后又继续发",
        "不要继续发了",
        "start of the month",
        "START 13812345678",
    ],
)
def test_coming_back_in_doubt_is_none(body: str) -> None:
    """Who says both, or something more, is not written to again."""
    wish = read_wish(body)
    assert wish is None or wish.leaves


@pytest.mark.parametrize(
    ("body", "word"), [("回复r", "R"), ("请勿再发，退订", "勿再发"), ("我要退訂", "退订"), ("Stop!", "STOP")]
)
def test_wish_names_the_word_that_was_understood(body: str, word: str) -> None:
    """As the table writes it, letters large."""
    wish = read_wish(body)
    assert wish
    assert wish.word == word


@given(st.data())
def test_every_word_of_the_table_holds_a_hint(data: st.DataObject) -> None:
    """Most replies are read no further than the hints, so no word may be without one."""
    row = data.draw(st.sampled_from([one for one in WORDS if one.sense is not Sense.POLITE]))
    text = re.sub(r"\(\?(?:<!|!|=)[^()]*\)", "", row.text)  # what only looks around
    assert HINTS.search(data.draw(st.from_regex(text, fullmatch=True)))


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_is_judged(body: str) -> None:
    """Nothing that may arrive stops the reading, lone surrogates included."""
    read_wish(body)
