"""The words with which people leave, stay and come back: data, each with where it is from.

Nothing is judged here (``wishes`` does). A row's text is a regular expression over a reply as ``wishes``
folds it: small letters, simplified characters, a blank for punctuation, none between Chinese characters. Of
two rows that fit at the same place the earlier one holds.

Sources, read 2026-11: ``huawei`` https://support.huaweicloud.com/msgsms_faq/sms_faq_0110.html (R;
promotions print 拒收请回复R); ``tencent`` its management of unsubscribed users (TD, T; N stays out: here it
answers a question); ``carrier`` China Mobile's 0000 to 10086; ``ctia``, ``fcc`` the CTIA messaging
principles and 47 CFR 64.1200(a)(10); ``twilio``
https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out; ``aws``
https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords-required.html; ``telnyx``
https://developers.telnyx.com/docs/messaging/messages/advanced-opt-in-out; ``bronto`` its page on the stop
message of short codes; ``people``: what people write for the same wish, named by none of them.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple


class Sense(Enum):
    """What a word says, and how much must stand around it for it to count."""

    LEAVE = "leaves wherever it stands, unless it is denied"
    LEAVE_FIRST = "leaves if the reply, a line of it or its first clause says nothing else"
    LEAVE_ALONE = "leaves if the reply or a line of it says nothing else: an order can be cancelled, too"
    STAY = "denies that its writer leaves"
    RETURN = "comes back, if the reply or its first line says nothing else"
    POLITE = "says nothing"


class Word(NamedTuple):
    """A word of a language (ISO 639), what it says, and who says that it counts."""

    text: str
    sense: Sense
    language: str
    source: str


_LEAVING = "(?:退(?:订|定)(?!金(?!融|卡))|拒收|取消订阅|取消推送|停止发送)"
_SENDING = "(?:发送|推送|群发|发|推|传|寄)"
_WHAT = "(?:短信|简讯|讯息|信息|消息|广告|垃圾|骚扰|这种|这些|此类|任何|营销|推广|促销|推销)"
_NOT = "(?:不要|不用|不必|不需要|不许|不准|别|勿|莫)"
_AGAIN = "(?:再|继续|老是?|总是?)"
_ME = "(?:给我|向我|往我|对我|跟我)"
_NO_GOODS = "(?!货|票|快递|件|包裹|顺丰|错|车)"
_CODE = "(?:td|[trn]|00000?)(?![a-z0-9])"
_WHY = "(?:怎么|为什么|为啥|咋)"
_ALOUD = f"(?:{_LEAVING}请?(?:回复?|发送?){_CODE}|(?:回复?|发送?)(?:td|[trn])(?:可|即可)?{_LEAVING})"


def _rows(sense: Sense, language: str, source: str, *texts: str) -> list[Word]:
    return [Word(text, sense, language, source) for text in texts]


WORDS: tuple[Word, ...] = (
    # after 没, 不 and the like somebody says that they stay; 不能退订, 为什么不退订 are complaints
    *_rows(
        Sense.STAY,
        "zh",
        "people",
        "(?<!还)(?<!么)(?<!啥)(?<!咋)(?:没有?|不|未|别|勿|从未|并未|无需)"
        f"(?:有|是|要|想|会|用|需要?|打算|曾|必|把我|申请|再)*{_LEAVING}",
    ),
    *_rows(
        Sense.STAY,
        "zh",
        "people",
        "(?:没有?|不|别|勿|莫)(?:有|是|要|想|会|用|需要?|必)*(?:停止?(?!地|的|给)|取消|退出)",
        f"错了? ?{_NOT}{_SENDING}(?= |$)",
    ),
    *_rows(
        Sense.STAY,
        "en",
        "people",
        "(?:do not|dont|did not|didnt|never|not)(?: want to| wish to)?"
        " (?:stop(?: ?all)?|unsubscribed?|opt(?:ed)? ?out)(?: \\w+ing)?",
    ),
    *_rows(Sense.RETURN, "en", "twilio, aws", "start", "unstop"),
    *_rows(Sense.RETURN, "en", "people", "(?:re ?)?subscribe(?: me)?", "opt ?(?:me )?(?:back )?in"),
    *_rows(
        Sense.RETURN,
        "zh",
        "people",
        "(?:重新|恢复|继续|再次)?(?:订阅|订购)",
        f"(?:取消|撤销|解除){_LEAVING}",
        f"(?:恢复|继续){_ME}?(?:接收|{_SENDING}){_NO_GOODS}",
        "恢复",
    ),
    # an instruction read aloud: alone or asked about it is meant, else it quotes the message that was sent
    *_rows(
        Sense.LEAVE,
        "zh",
        "people",
        f"{_ALOUD} ?(?:怎么|怎样|如何|咋|没用|没反应|无效|失败|不了|不行|不管用|吗)",
        f"(?:怎么|怎样|如何|咋|已经?|我) ?{_ALOUD}",
    ),
    *_rows(Sense.LEAVE_FIRST, "zh", "people", _ALOUD),
    *_rows(
        Sense.LEAVE_FIRST,
        "en",
        "people",
        "(?:reply|text|send) stop to (?:stop|end|quit|cancel|unsubscribe|opt ?out)",
        "stop to (?:stop|end|quit|cancel|unsubscribe|opt ?out)",
    ),
    *_rows(Sense.LEAVE, "zh", "tencent", "退订n(?![a-z0-9])"),
    *_rows(Sense.LEAVE, "zh", "huawei", "退订(?!金(?!融|卡))", "拒收(?!快递|包裹|货|件)"),
    *_rows(
        Sense.LEAVE,
        "zh",
        "people",
        "退定(?!金(?!融|卡))",
        "取消订阅",
        "取消推送",
        "删除我的?(?:手机)?号码?",
        f"{_NOT}{_AGAIN}*{_ME}?乱?{_SENDING}{_WHAT}",
        f"{_NOT}{_AGAIN}*{_ME}乱?{_SENDING}{_NO_GOODS}",
        f"(?:{_NOT}|不){_AGAIN}+{_ME}?乱?{_SENDING}{_NO_GOODS}",
        f"{_NOT}{_SENDING}(?=了|啦|来|过来|吧| |$)",
        f"停止{_ME}?{_SENDING}{_NO_GOODS}",
        f"(?:不想再?|拒绝|停止|不再|不愿意?)(?:接收|收到|收){_NO_GOODS}",
        f"{_NOT}{_AGAIN}*(?:来|给我|对我)?(?:打扰|骚扰|烦我|扰)",
        f"{_WHY}?(?:还在?|又|老是?|总是?|一直在?|不停(?:地|的)?)给我{_SENDING}{_NO_GOODS}",
        f"{_WHY}还在?{_SENDING}{_NO_GOODS}",
    ),
    *_rows(Sense.LEAVE, "en", "ctia, fcc", "unsubscribe(?: me)?"),
    *_rows(Sense.LEAVE, "en", "fcc, twilio, aws", "opt(?:ing)? ?(?:me )?out"),
    *_rows(Sense.LEAVE, "en", "twilio, telnyx", "stop ?all"),
    *_rows(
        Sense.LEAVE,
        "en",
        "people",
        "unsub\\w*",
        "stop (?:texting|sending|messaging|contacting|spamming|bothering)",
        "stop (?:these|this|the|all|your) (?:texts?|messages?|sms|spam|ads?)",
        "(?:do not|dont) (?:text|message|contact|sms|bother|send)(?: me)?",
        "no more (?:texts?|messages?|sms|ads?)",
        "(?:remove|take|delete) (?:me|my (?:phone |mobile |cell )?number)(?: off| from)?",
        "leave me alone",
    ),
    *_rows(Sense.LEAVE_ALONE, "zh", "people", "(?:r|td?) ?1"),
    *_rows(Sense.LEAVE_FIRST, "zh", "huawei", "r(?: ?r)*"),
    *_rows(Sense.LEAVE_FIRST, "zh", "tencent, aws", "(?:t ?d)+"),
    *_rows(Sense.LEAVE_FIRST, "zh", "tencent", "t"),
    *_rows(Sense.LEAVE_FIRST, "zh", "people", "tui ?ding", "停发"),
    *_rows(Sense.LEAVE_FIRST, "en", "ctia, fcc", "s ?t ?[o0] ?p"),
    *_rows(Sense.LEAVE_FIRST, "fr", "aws, bronto", "arret"),
    *_rows(Sense.LEAVE_FIRST, "no", "bronto", "stopp"),
    *_rows(Sense.LEAVE_ALONE, "zh", "carrier", "00000?"),
    *_rows(Sense.LEAVE_ALONE, "zh", "people", "取消订购", "取消", "停(?:止|订)?", "退出?", "qx"),
    *_rows(Sense.LEAVE_ALONE, "zh", "people", "拒绝?", "已?(?:屏蔽|拉黑)"),
    *_rows(
        Sense.LEAVE_ALONE,
        "zh",
        "people",
        "(?:不需要|不想要|不要|不用|不必)(?!谢[^谢]|谢$)",
        "没兴趣|不感兴趣",
        "^(?:不|否)(?= |$)",
    ),
    *_rows(Sense.LEAVE_ALONE, "en", "ctia, fcc", "quit", "end", "cancel"),
    *_rows(Sense.LEAVE_ALONE, "en", "fcc, twilio", "revoke"),
    *_rows(Sense.LEAVE_ALONE, "en", "aws", "remove"),
    *_rows(Sense.LEAVE_ALONE, "en", "people", "no", "not interested"),
    *_rows(Sense.POLITE, "zh", "people", "(?:发|来)自我的.*"),
    *_rows(
        Sense.POLITE,
        "zh",
        "people",
        "请|麻烦|拜托|帮我?|给我|我们?|要|想|本人|申请|确认|确定|立即|立刻|马上|尽快|现在|今后|以后|之后|永久|彻底",
        "全部|所有|一切|一律|都|收到|知道|谢谢?|多谢|感谢|你们?|您|好的?|嗯|了|吧|啊|呀|的|哦|啦|呢|吗|么|到|此|这个?|该|贵司",
        "公司|回复?|发送?|输入|编辑|短信|简讯|讯息|信息|消息|服务|业务|推送|广告|推广|营销",
    ),
    *_rows(
        Sense.POLITE,
        "en",
        "people",
        "please|pls|plz|thanks?(?: you)?|thx|hi|hello|ok(?:ay)?|now|just|i|id|like|want|to|would",
        "the|these|this|it|all|from|your|you|texts?|messages?|sms|msgs?|lists?|me|my|subscriptions?|reply",
        "immediately|send|sending",
        "sent from my .*",
    ),
)

SIMPLIFIED = str.maketrans(
    "訂閱閲復覆複請發繼續關訊簡給謝煩認確業務廣騷擾絕別為爲麼還無後這個嗎營銷馬啟對們會幫過來貴總亂編輯輸盡徹願購遞車錯傳刪興號碼沒",
    "订阅阅复复复请发继续关讯简给谢烦认确业务广骚扰绝别为为么还无后这个吗营销马启对们会帮过来贵总乱编辑输尽彻愿购递车错传删兴号码没",
)
"""Traditional characters of the words, and their simplified ones."""

LOOKALIKES = (
    {ord("®"): "r"}
    | {
        ord(one): letter
        for letter, alike in {
            "r": "ꭱᎡᏒꓣʀ",
            "t": "тτᎢꭲꓔᴛ",
            "d": "ԁᎠꭰꓓᴅ",
            "s": "ѕᏚꮪꓢꜱ",
            "o": "оοօꓳᴏ",
            "p": "рρᏢꮲꓑᴘ",
        }.items()
        for one in alike
    }
    | {first + at: chr(ord("a") + at) for first in (0x1F150, 0x1F170, 0x1F1E6) for at in range(26)}
)
"""What a phone makes of ``(R)``, letters as symbols, and those of STOP, R, T and TD in other alphabets.

From https://www.unicode.org/Public/security/latest/confusables.txt, small as ``wishes`` folds them.
"""

HINTS = re.compile(
    r"[A-Za-z%&不否没沒屏拉删刪退拒停取别別勿莫恢继繼不给給还還阅閱閲购購０]|(?<![0-9])0000|[^\x00-\x7f\u3001-\u301f\u4e00-\u9fff\uff01-\uff1f]"
)
"""Every wish holds one of these as it was written; most replies hold none and are read no further."""
