"""The words with which people leave, stay and come back: data, each with where it is from.

Nothing is judged here (``opt_out_reply`` does). The text of a row is a regular expression over a reply as ``opt_out_reply``
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
from collections.abc import Iterator
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


_PARTS = {
    "LEAVING": "(?:退(?:订|定)(?!金(?!融|卡))|拒收|取消订阅|取消推送|停止发送)",
    "SENDING": "(?:发送|推送|群发|发|推|传|寄)",
    "WHAT": "(?:短信|简讯|讯息|信息|消息|广告|垃圾|骚扰|这种|这些|此类|任何|营销|推广|促销|推销)",
    "NOT": "(?:不要|不用|不必|不需要|不许|不准|别|勿|莫)",
    "AGAIN": "(?:再|继续|老是?|总是?)",
    "ME": "(?:给我|向我|往我|对我|跟我)",
    "NO_GOODS": "(?!货|票|快递|件|包裹|顺丰|错|车)",
    "CODE": "(?:td|[trn]|00000?)(?![a-z0-9])",
    "WHY": "(?:怎么|为什么|为啥|咋)",
    "ALOUD": "(?:{LEAVING}请?(?:回复?|发送?){CODE}|(?:回复?|发送?)(?:td|[trn])(?:可|即可)?{LEAVING})",
}
_TABLE = r"""
# after 没, 不 and the like somebody says that they stay; 不能退订, 为什么不退订 are complaints
stay zh people | (?<!还)(?<!么)(?<!啥)(?<!咋)(?:没有?|不|未|别|勿|从未|并未|无需)(?:有|是|要|想|会|用|需要?|打算|曾|必|把我|申请|再)*{LEAVING}
stay zh people | (?:没有?|不|别|勿|莫)(?:有|是|要|想|会|用|需要?|必)*(?:停止?(?!地|的|给)|取消|退出)
stay zh people | 错了? ?{NOT}{SENDING}(?= |$)
stay en people | (?:do not|dont|did not|didnt|never|not)(?: want to| wish to)? (?:stop(?: ?all)?|unsubscribed?|opt(?:ed)? ?out)(?: \w+ing)?
return en twilio, aws | start
return en twilio, aws | unstop
return en people | (?:re ?)?subscribe(?: me)?
return en people | opt ?(?:me )?(?:back )?in
return zh people | (?:重新|恢复|继续|再次)?(?:订阅|订购)
return zh people | (?:取消|撤销|解除){LEAVING}
return zh people | (?:恢复|继续){ME}?(?:接收|{SENDING}){NO_GOODS}
return zh people | 恢复
# an instruction read aloud: alone or asked about it is meant, else it quotes the message that was sent
leave zh people | {ALOUD} ?(?:怎么|怎样|如何|咋|没用|没反应|无效|失败|不了|不行|不管用|吗)
leave zh people | (?:怎么|怎样|如何|咋|已经?|我) ?{ALOUD}
leave_first zh people | {ALOUD}
leave_first en people | (?:reply|text|send) stop to (?:stop|end|quit|cancel|unsubscribe|opt ?out)
leave_first en people | stop to (?:stop|end|quit|cancel|unsubscribe|opt ?out)
leave zh tencent | 退订n(?![a-z0-9])
leave zh huawei | 退订(?!金(?!融|卡))
leave zh huawei | 拒收(?!快递|包裹|货|件)
leave zh people | 退定(?!金(?!融|卡))
leave zh people | 取消订阅
leave zh people | 取消推送
leave zh people | 删除我的?(?:手机)?号码?
leave zh people | {NOT}{AGAIN}*{ME}?乱?{SENDING}{WHAT}
leave zh people | {NOT}{AGAIN}*{ME}乱?{SENDING}{NO_GOODS}
leave zh people | (?:{NOT}|不){AGAIN}+{ME}?乱?{SENDING}{NO_GOODS}
leave zh people | {NOT}{SENDING}(?=了|啦|来|过来|吧| |$)
leave zh people | 停止{ME}?{SENDING}{NO_GOODS}
leave zh people | (?:不想再?|拒绝|停止|不再|不愿意?)(?:接收|收到|收){NO_GOODS}
leave zh people | {NOT}{AGAIN}*(?:来|给我|对我)?(?:打扰|骚扰|烦我|扰)
leave zh people | {WHY}?(?:还在?|又|老是?|总是?|一直在?|不停(?:地|的)?)给我{SENDING}{NO_GOODS}
leave zh people | {WHY}还在?{SENDING}{NO_GOODS}
leave en ctia, fcc | unsubscribe(?: me)?
leave en fcc, twilio, aws | opt(?:ing)? ?(?:me )?out
leave en twilio, telnyx | stop ?all
leave en people | unsub\w*
leave en people | stop (?:texting|sending|messaging|contacting|spamming|bothering)
leave en people | stop (?:these|this|the|all|your) (?:texts?|messages?|sms|spam|ads?)
leave en people | (?:do not|dont) (?:text|message|contact|sms|bother|send)(?: me)?
leave en people | no more (?:texts?|messages?|sms|ads?)
leave en people | (?:remove|take|delete) (?:me|my (?:phone |mobile |cell )?number)(?: off| from)?
leave en people | leave me alone
leave_alone zh people | (?:r|td?) ?1
leave_first zh huawei | r(?: ?r)*
leave_first zh tencent, aws | (?:t ?d)+
leave_first zh tencent | t
leave_first zh people | tui ?ding
leave_first zh people | 停发
leave_first en ctia, fcc | s ?t ?[o0] ?p
leave_first fr aws, bronto | arret
leave_first no bronto | stopp
leave_alone zh carrier | 00000?
leave_alone zh people | 取消订购
leave_alone zh people | 取消
leave_alone zh people | 停(?:止|订)?
leave_alone zh people | 退出?
leave_alone zh people | qx
leave_alone zh people | 拒绝?
leave_alone zh people | 已?(?:屏蔽|拉黑)
leave_alone zh people | (?:不需要|不想要|不要|不用|不必)(?!谢[^谢]|谢$)
leave_alone zh people | 没兴趣|不感兴趣
leave_alone zh people | ^(?:不|否)(?= |$)
leave_alone en ctia, fcc | quit
leave_alone en ctia, fcc | end
leave_alone en ctia, fcc | cancel
leave_alone en fcc, twilio | revoke
leave_alone en aws | remove
leave_alone en people | no
leave_alone en people | not interested
polite zh people | (?:发|来)自我的.*
polite zh people | 请|麻烦|拜托|帮我?|给我|我们?|要|想|本人|申请|确认|确定|立即|立刻|马上|尽快|现在|今后|以后|之后|永久|彻底
polite zh people | 全部|所有|一切|一律|都|收到|知道|谢谢?|多谢|感谢|你们?|您|好的?|嗯|了|吧|啊|呀|的|哦|啦|呢|吗|么|到|此|这个?|该|贵司
polite zh people | 公司|回复?|发送?|输入|编辑|短信|简讯|讯息|信息|消息|服务|业务|推送|广告|推广|营销
polite en people | please|pls|plz|thanks?(?: you)?|thx|hi|hello|ok(?:ay)?|now|just|i|id|like|want|to|would
polite en people | the|these|this|it|all|from|your|you|texts?|messages?|sms|msgs?|lists?|me|my|subscriptions?|reply
polite en people | immediately|send|sending
polite en people | sent from my .*
"""


def _filled(text: str) -> str:
    return re.sub(r"\{([A-Z_]+)\}", lambda found: _filled(_PARTS[found[1]]), text)


def _words(table: str) -> Iterator[Word]:
    """Read rows: sense, language and source, and the text, in which the parts are filled in."""
    for row in table.strip().splitlines():
        if not row.startswith("#"):
            about, text = row.split(" | ", 1)
            sense, language, source = about.split(" ", 2)
            yield Word(_filled(text), Sense[sense.upper()], language, source)


WORDS: tuple[Word, ...] = tuple(_words(_TABLE))

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

From https://www.unicode.org/Public/security/latest/confusables.txt, small as ``opt_out_reply`` folds them.
"""

HINTS = re.compile(
    r"[A-Za-z%&不否没沒屏拉删刪退拒停取别別勿莫恢继繼不给給还還阅閱閲购購０]|(?<![0-9])0000|[^\x00-\x7f\u3001-\u301f\u4e00-\u9fff\uff01-\uff1f]"
)
"""Every wish holds one of these as it was written; most replies hold none and are read no further."""
