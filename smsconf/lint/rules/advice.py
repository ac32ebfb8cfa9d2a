"""What a reviewer's words probably mean: the rule they are about, and what to do.

A reviewer writes a sentence, not a code. ``READINGS`` says which words stand for which rules; of several
rules the one counts that the checks find on the rejected text itself, else the first that such an object can
break. It guesses, and says nothing rather than something far-fetched.

Written from the rejections that the vendor's FAQ lists, with their remedies: sms_faq_0075 (signatures, 2024)
and sms_faq_0076 (templates, 2024-09-27).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from smsconf.language import _
from smsconf.lint.registry import rule_of
from smsconf.model.address import Kind
from smsconf.model.resources import Signature, Template

_MOST_WORDS = 1_000  # characters of a reviewer's answer that are looked at


class Advice(NamedTuple):
    """The code of the rule that was probably meant, and the order that follows from it."""

    code: str
    message: str


class Reading(NamedTuple):
    """Words of reviewers about one kind of object, the rules they may be about, and the remedy."""

    kind: Kind
    words: re.Pattern[str]
    codes: tuple[str, ...]
    remedy: str


def _readings(kind: Kind, table: str) -> Iterator[Reading]:
    """Read entries of the codes with their remedy, and below them what reviewers write about it."""
    for entry in re.split(r"\n(?=SMS)", table.strip()):
        head, *words = entry.splitlines()
        codes, _colon, remedy = head.partition(": ")
        pattern = re.compile("|".join(map(str.strip, words)), re.IGNORECASE)
        yield Reading(kind, pattern, tuple(codes.split()), remedy)


# what is more special stands before what is more general
_OF_TEMPLATES: Final = r"""
SMS212: use a signature of your own instead of the test signature
    测试签名|test signature
SMS316: remove the signature from the content; the service adds it
    签名.{0,8}(?:重复|多余|已自动)|重复.{0,6}签名
    (?:内容|正文|模板)[^，。]{0,8}(?:包含|含有|带有?|出现|添加|再写)[^，。]{0,4}签名
    signature\b.{0,30}\b(?:repeated|duplicated?|twice|in (?:the )?content)|repeats? the signature
SMS350: name a signature instead of universal: true; that is for two and more signatures of one type
    通用模板|universal template
SMS306 SMS351: remove the brackets from the content, and use brackets: CN
    [【】]|括号|\bbrackets?\b
SMS307 SMS308 SMS309 SMS310 SMS311: remove the symbol, or write a word for it
    (?:特殊|非法|违规|禁用)(?:符号|字符)|[¥★√※]|表情
    \b(?:special|forbidden|illegal|unsupported) (?:symbol|character)s?\b|\bemojis?\b
SMS323: write words between the two variables; blanks are not enough
    变量.{0,8}(?:相连|相邻|连续|连在一起|紧邻|挨着)|(?:连续|相邻|相连)[^，。]{0,6}变量
    \b(?:adjacent|consecutive|neighbou?ring)\b.{0,20}\bvariables?
    variables?.{0,20}\b(?:adjacent|next to each other|side by side)
SMS322: use at most 20 variables
    变量[^，。]{0,6}超过\s*20|超过\s*20\s*个变量|more than (?:20|twenty) variables
SMS314 SMS315: say in fixed words what the message is about
    (?:全|纯|都是|只有|仅有?)[^，。]{0,3}变量|only variables|variables only|nothing but variables
SMS315 SMS314 SMS322: say more in fixed words, and less in variables
    变量[^，。]{0,6}(?:过多|太多)|(?:过多|太多)[^，。]{0,3}变量|固定(?:文字|文本|内容)[^，。]{0,6}(?:少|不足)|增加固定
    (?:内容|语义|用途|含义|意图|场景)[^，。]{0,6}(?:不明确|不清|不完整|不具体|无法判断|模糊)
    too many variables|fixed text|\b(?:un|not )clear\b|too vague
SMS324 SMS329: let a variable stand for all of a number or none of it, and write links out
    (?:部分|局部|半)变量|变量[^，。]{0,6}(?:嵌入|拼接|夹在)
    partial variables?|variables? inside (?:a |the )?(?:link|number|url)
SMS327 SMS330 SMS329: give each variable the type of what it holds; text is for what has no other
    变量[^，。]{0,6}(?:属性|类型)[^，。]{0,8}(?:不符|不匹配|不一致|不正确|不对|错误|有误|其他)
    (?:属性|类型)[^，。]{0,4}(?:选择|设置)?为?[“"]?其他
    variable (?:attribute|type)s?|(?:wrong|incorrect) attribute
SMS304 SMS320: number the variables in order from ${1}, or let smsconf do it: write {name}
    变量[^，。]{0,6}(?:格式|写法|编号|序号|顺序)
    variable (?:format|numbers?|numbering)|\bplaceholders?\b
SMS325 SMS331: describe what each variable holds (description)
    变量[^，。]{0,6}(?:说明|描述|示例|备注|含义)|(?:说明|描述|解释)[^，。]{0,6}变量
    \bdescri(?:be|ption)\b.{0,20}\bvariables?|variables?.{0,20}\b(?:descriptions?|described|explained)
SMS346 SMS339 SMS330 SMS362: name a landline or 400 number instead of a mobile one
    手机号|个人号码|\b(?:mobile|cell)(?: phone)? numbers?\b
SMS339 SMS330 SMS362 SMS318: remove the contact data; no variable may hold any
    联系方式|联系电话|电话号码|(?:含有?|出现|不支持|禁止)[^，。]{0,4}电话|\bQQ\b|加?QQ群?号?|微信
    \bcontact (?:details?|information|data)\b|\b(?:tele)?phone numbers?\b|\bwechat\b
SMS317: write the final link in full, with your own domain
    短链|短网址|跳转|重定向|\bshort(?:ened)? (?:link|url)s?\b|\bredirect
SMS338 SMS361 SMS363 SMS329 SMS317: remove the link, or write it in full in a notification: no short link, none in a variable
    引流|链接|外链|网址|域名|\b(?:urls?|links?|web ?sites?)\b
SMS345 SMS341: end a promotion with 拒收请回复R; other types carry no such words
    退订|拒收|回复?\s*[“"]?R\b|\bopt[- ]?out\b|\bunsubscribe
SMS335: write 验证码, 注册码, 校验码 or 动态码 in the content
    (?:缺少|没有|未包含|不含|未出现|需要?包含|必须包含|需有)[^，。]{0,6}(?:验证码|校验码|注册码|动态码)(?!类|模板|签名|短信)
    \b(?:lacks?|missing|without|must contain)\b.{0,20}\b(?:verification|code) words?\b
SMS336 SMS337: keep one variable of at most 8 characters, for the code
    (?:只能|仅|仅能|只可)[^，。]{0,6}(?:一个|1\s*个|单个)变量
    \b(?:only one|exactly one|a single) variable\b
SMS340 SMS336 SMS337 SMS338 SMS339: say nothing but the code in a verification template, with one variable of at most 8 characters
    验证码[^，。]{0,8}(?:只能|仅|不能|不得|不可)|非(?:纯)?验证码
    \bverification\b.{0,30}\b(?:only|nothing else)\b
SMS343 SMS342 SMS340 SMS347: use a signature of the type that the text reads like: verification, notification, promotion
    类型[^，。]{0,8}(?:不符|不匹配|不一致|不正确|不对|错误|有误|选择)
    (?:选择|选错|更换|修改|更改)[^，。]{0,6}类型
    \b(?:wrong|another|different|incorrect)\b.{0,20}\btype\b
    \btype\b.{0,20}\b(?:wrong|mismatch|does ?n[o']t)
SMS349: write only to people who asked for it; invitations to strangers are not taken
    邀请|\binvit(?:e|ation)
SMS342 SMS340 SMS347 SMS348: remove the marketing, or make it a promotion to your members with 拒收请回复R
    营销|推广|促销|广告|优惠券?|\bmarketing\b|\bpromotional\b|\badvertis|\bcoupons?\b
SMS318 SMS369 SMS348: say it without words of a forbidden topic; some trades may send verification codes only
    违禁|敏感|违规|(?:行业|业务|内容)[^，。]{0,6}(?:不支持|禁止|受限|不允许)
    (?:不支持|禁止|受限)[^，。]{0,6}(?:行业|业务|内容)
    金融|贷款|催收|催款|招聘|面试|房产|房地产|游戏|教育|培训|博彩|彩票|股票|医疗|美容|保险
    \b(?:forbidden|prohibited|sensitive|restricted)\b
    \b(?:loans?|gambling|recruit\w*|debt collection)\b
SMS301 SMS302 SMS337 SMS328: shorten the text, or the longest value of a variable
    字数|过长|超长|长度[^，。]{0,4}(?:超|过)|\btoo long\b|\bexceeds?\b.{0,20}\b(?:length|characters)
SMS360 SMS363: register sender and content for the country first
    报备|发送方标识|\bsender id\b|\bregister(?:ed|ation)?\b
"""
_OF_SIGNATURES: Final = r"""
SMS209 SMS210: give the letter of authorisation (authorization:), stamped, with third_party: true
    授权|委托书|\bauthori[sz]ation\b
SMS211: give the number (registration_number:) and the certificate (proof:) of the trademark
    商标|\btrade ?mark\b
SMS207: use source: company or trademark, and prove it
    (?:小程序|公众号|APP|应用|网站|店铺)[^，。]{0,10}(?:未找到|找不到|查不到|搜索?不到|未上线|不存在|下载)
    \b(?:app|mini ?program|public account|web ?site)\b.{0,30}\b(?:not found|not online|download)
SMS218 SMS219: upload a clear picture again (JPG, PNG; at most 2 MB)
    (?:图片|照片|截图|附件|文件)[^，。]{0,8}(?:模糊|无法|不清|打不开|不显示|看不)
    \b(?:picture|image|file|attachment)s?\b.{0,30}\b(?:not displayed|blurr\w*|unreadable|cannot be opened)
SMS206: name the company, site, product or app that sends
    中性|通用(?:词|名|签名)|(?:无法|不能|不)[^，。]{0,4}(?:识别|辨识|区分|体现)|\bneutral\b|\bgeneric\b|\bidentify\b
SMS204: write letters or ideographs too
    (?:纯|全)数字|\b(?:only digits|digits only)\b
SMS209 SMS208: use the full or short name of the company of the qualification, or third_party: true
    (?:签名|名称)[^，。]{0,12}(?:不一致|不符|无关|不匹配)
    \b(?:does ?n[o']t|not) match\b|\bdiffers? from\b
SMS208 SMS218: name an approved qualification of the same company, and compare its documents
    资质|营业执照|执照|证件|主体|信用代码|\bqualifications?\b|\blicen[cs]e\b|\bdocuments?\b
SMS203 SMS201 SMS202 SMS204 SMS205: write 2 to 16 ideographs, letters and digits, without brackets
    长度|字数|过长|过短|字符|格式|符号|\btoo (?:long|short)\b|\b(?:length|characters?|format)\b
"""
READINGS: Final = (*_readings(Kind.TEMPLATE, _OF_TEMPLATES), *_readings(Kind.SIGNATURE, _OF_SIGNATURES))


def advise(words: str, one: Template | Signature, found: Collection[str] = ()) -> Advice | None:
    """Say which rule a reviewer's words are probably about; None if they name nothing that is known.

    Args:
        words: what the reviewer wrote, in Chinese or English.
        one: what was rejected, as it was.
        found: codes of what the checks find on it.
    """
    kind = Kind.SIGNATURE if isinstance(one, Signature) else Kind.TEMPLATE
    said = words[:_MOST_WORDS]
    matching = [reading for reading in READINGS if reading.kind is kind and reading.words.search(said)]
    for reading in matching:
        for code in reading.codes:
            if code in found:
                return Advice(code, _(reading.remedy))
    if not matching:
        return None
    first = matching[0]
    code = next((code for code in first.codes if _can_break(one, code)), first.codes[0])
    return Advice(code, _(first.remedy))


def _can_break(one: Template | Signature, code: str) -> bool:
    """Tell whether a rule is asked about such an object at all."""
    rule = rule_of(code)
    if rule is None or isinstance(one, Signature):
        return rule is not None
    return (rule.region in (None, one.region)) and (rule.types is None or one.type in rule.types)
