"""Rules about a template's type, SMS335-SMS349: each type has its own musts and bans."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from smsconf.language import _
from smsconf.lint.message import MOBILE, PHONE, Message
from smsconf.lint.rule import CONTENT, Hit, hits, rule
from smsconf.lint.sources import TEMPLATE_REJECTED, TEMPLATE_RULES
from smsconf.lint.subject import Subject
from smsconf.lint.text.words import (
    CODE_WORDS,
    FORBIDDEN_IN_PROMOTION,
    INVITATION,
    MARKETING,
    OPT_OUT,
    OTHER_OPT_OUT,
    SUBSCRIBERS,
)
from smsconf.model.diagnostics import Severity
from smsconf.model.limits import CODE
from smsconf.model.resources import MessageType, Region

verification = partial(rule, region=Region.CN, types=(MessageType.VERIFICATION,))
notification = partial(rule, region=Region.CN, types=(MessageType.NOTIFICATION,))
promotion = partial(rule, region=Region.CN, types=(MessageType.PROMOTION,))
without_code = partial(rule, region=Region.CN, types=(MessageType.NOTIFICATION, MessageType.PROMOTION))


@verification("SMS335", "missing-code-word", Severity.ERROR, TEMPLATE_RULES)
def missing_code_word(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A verification template that does not call the code by one of four names.

    Why:
        a verification template must contain 验证码, 注册码, 校验码 or 动态码
    Example:
        type: verification
        content: 您的登录密码为{code}，请勿泄露。
        variables: {code: {type: alphanumeric}}
    Instead:
        type: verification
        content: 您的登录验证码为{code}，请勿泄露。
        variables: {code: {type: alphanumeric}}
    """
    if not any(word in message.content for word in CODE_WORDS):
        text = _("none of {code_words} in the content").format(code_words=", ".join(CODE_WORDS))
        yield Hit(text, _("call the code 验证码"), CONTENT)


@verification("SMS336", "verification-variables", Severity.ERROR, TEMPLATE_RULES)
def verification_variables(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A verification template without a variable, or with more than one.

    Why:
        it has exactly one variable, the code
    Example:
        type: verification
        content: "{user}您好，您的验证码为{code}，请勿泄露。"
        variables: {user: {type: alphanumeric}, code: {type: alphanumeric}}
    Instead:
        type: verification
        content: 您好，您的验证码为{code}，请勿泄露。
        variables: {code: {type: alphanumeric}}
    """
    found = message.placeholders
    if not found:
        yield Hit(_("a verification template without variable"), _("add one for the code"), CONTENT)
    elif len(found) > 1:
        text = _("{count} variables in a verification template, expected one").format(count=len(found))
        yield Hit(text, _("keep the code only"), CONTENT, *found[1].span())


@verification("SMS337", "long-code", Severity.ERROR, TEMPLATE_RULES)
def long_code(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A verification code of more than 8 characters.

    Why:
        the variable of a verification template has at most 8 characters
    Example:
        type: verification
        content: 您的验证码为{code}，请勿泄露。
        variables: {code: {type: alphanumeric, max_length: 12}}
    Instead:
        type: verification
        content: 您的验证码为{code}，请勿泄露。
        variables: {code: {type: alphanumeric, max_length: 8}}
    """
    for variable in message.template.variables:
        if variable.max_length > CODE.longest:
            text = _("the code '{name}' has max_length {max_length}, expected at most 8").format(
                name=variable.name, max_length=variable.max_length
            )
            fix = _("write max_length: {longest_code}").format(longest_code=CODE.longest)
            yield Hit(text, fix, ("variables", variable.name, "max_length"))


@verification("SMS338", "link-in-verification", Severity.ERROR, TEMPLATE_RULES)
def link_in_verification(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A link in a verification template.

    Why:
        links are for notification and promotion only
    Example:
        type: verification
        content: 您的验证码为{code}，请登录 www.example.com 使用。
        variables: {code: {type: alphanumeric}}
    Instead:
        type: verification
        content: 您的验证码为{code}，请登录官网使用。
        variables: {code: {type: alphanumeric}}
    """
    yield from hits(message.links, _("the link '{found}' in a verification template"), _("remove it"))


@verification("SMS339", "contact-in-verification", Severity.WARNING, TEMPLATE_RULES)
def contact_in_verification(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A phone number in a verification template.

    Why:
        it contains the code and nothing else
    Example:
        type: verification
        content: 您的验证码为{code}，如有疑问请致电4001234567。
        variables: {code: {type: alphanumeric}}
    Instead:
        type: verification
        content: 您的验证码为{code}，如有疑问请联系客服。
        variables: {code: {type: alphanumeric}}
    """
    found = PHONE.finditer(message.fixed)
    yield from hits(found, _("a phone number in a verification template"), _("remove it"))


@verification("SMS340", "marketing-in-verification", Severity.ERROR, TEMPLATE_REJECTED)
def marketing_in_verification(message: Message, _subject: Subject) -> Iterator[Hit]:
    """Advertising in a verification template.

    Why:
        “not a pure code” is a reason for rejection
    Example:
        type: verification
        content: 您的验证码为{code}，登录即可领取优惠。
        variables: {code: {type: alphanumeric}}
    Instead:
        type: verification
        content: 您的验证码为{code}，请勿泄露。
        variables: {code: {type: alphanumeric}}
    """
    fix = _("remove it, and make a promotion template of its own")
    yield from hits(MARKETING.finditer(message.fixed), _("'{found}' in a verification template"), fix)


@verification("SMS341", "opt-out-in-verification", Severity.ERROR, TEMPLATE_RULES)
def opt_out_in_verification(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A way to unsubscribe in a verification template.

    Why:
        a verification template has no unsubscribe text
    Example:
        type: verification
        content: 您的验证码为{code}，拒收请回复R
        variables: {code: {type: alphanumeric}}
    Instead:
        type: verification
        content: 您的验证码为{code}，请勿泄露。
        variables: {code: {type: alphanumeric}}
    """
    found = OTHER_OPT_OUT.search(message.fixed) or OPT_OUT.search(message.fixed)
    yield from hits([found] if found else (), _("'{found}' in a verification template"), _("remove it"))


@notification("SMS342", "marketing-in-notification", Severity.WARNING, TEMPLATE_REJECTED)
def marketing_in_notification(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A notification that reads like a promotion.

    Why:
        “marketing mixed in” is a reason for rejection; promotions have a type and a signature of their own
    Example:
        content: 您的订单已发货，店庆全场五折，欢迎选购。
    Instead:
        content: 您的订单已发货，请注意查收。
    """
    text = _("'{found}' makes a notification read like a promotion")
    fix = _("remove it, or use a signature of type promotion")
    yield from hits(MARKETING.finditer(message.fixed), text, fix)


@without_code("SMS343", "code-in-other-type", Severity.WARNING, TEMPLATE_REJECTED)
def code_in_other_type(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A notification or promotion that reads like a verification code.

    Why:
        the type must fit the text; codes have a type and a signature of their own
    Example:
        content: 您的登录验证码为{code}，请勿泄露。
        variables: {code: {type: alphanumeric}}
    Instead:
        type: verification
        content: 您的登录验证码为{code}，请勿泄露。
        variables: {code: {type: alphanumeric}}
    """
    for word in CODE_WORDS if message.placeholders else ():
        start = message.fixed.find(word)
        if start >= 0:
            text = _("'{word}' makes a {type} read like a verification code").format(
                word=word, type=message.template.type
            )
            yield Hit(text, _("use a signature of type verification"), CONTENT, start, start + len(word))
            return


@promotion("SMS344", "variables-in-promotion", Severity.ERROR, TEMPLATE_RULES)
def variables_in_promotion(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A promotion with variables.

    Why:
        a promotion has no variables
    Example:
        type: promotion
        content: 尊敬的会员{name}，新品已到店，欢迎选购，拒收请回复R
        variables: {name: {type: text, description: 姓名}}
    Instead:
        type: promotion
        content: 尊敬的会员，新品已到店，欢迎选购，拒收请回复R
    """
    for one in message.placeholders:
        text = _("{written} in a promotion").format(written=message.written(one))
        yield Hit(text, _("write fixed text"), CONTENT, *one.span())


@promotion("SMS345", "missing-opt-out", Severity.ERROR, TEMPLATE_RULES)
def missing_opt_out(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A promotion that does not say how to refuse it.

    Why:
        a promotion must print an opt-out by reply R; the usual wording is 拒收请回复R
    Example:
        type: promotion
        content: 尊敬的会员，新品已到店，欢迎选购。
    Instead:
        type: promotion
        content: 尊敬的会员，新品已到店，欢迎选购，拒收请回复R
    """
    if OPT_OUT.search(message.fixed):
        return
    other = OTHER_OPT_OUT.search(message.fixed)
    if other:
        text = _("'{other}' is not an opt-out by R").format(other=other[0])
        yield Hit(text, _("write 拒收请回复R"), CONTENT, *other.span())
    else:
        yield Hit(_("a promotion without opt-out"), _("end it with 拒收请回复R"), CONTENT)


@promotion("SMS346", "mobile-number-in-promotion", Severity.ERROR, TEMPLATE_RULES)
def mobile_number_in_promotion(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A mobile number in a promotion.

    Why:
        only landlines and 400 numbers may be given as contact
    Example:
        type: promotion
        content: 尊敬的会员，新品已到店，详询13800000000，拒收请回复R
    Instead:
        type: promotion
        content: 尊敬的会员，新品已到店，详询4001234567，拒收请回复R
    """
    found = MOBILE.finditer(message.fixed)
    yield from hits(found, _("a mobile number in a promotion"), _("give a landline or a 400 number"))


@promotion("SMS347", "promotion-to-anybody", Severity.WARNING, TEMPLATE_RULES)
def promotion_to_anybody(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A promotion whose text does not show that it goes to members.

    Why:
        promotions go to subscribed members only, and the text must show it
    Example:
        type: promotion
        content: 本店新品已到，欢迎选购，拒收请回复R
    Instead:
        type: promotion
        content: 尊敬的会员，本店新品已到，欢迎选购，拒收请回复R
    """
    if not SUBSCRIBERS.search(message.fixed):
        yield Hit(_("nothing says that it goes to members"), _("begin it with 尊敬的会员"), CONTENT)


@promotion("SMS348", "forbidden-in-promotion", Severity.WARNING, TEMPLATE_RULES)
def forbidden_in_promotion(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A word from the further list of topics that promotions must not have.

    Why:
        promotions have a forbidden list of their own, beyond that of all types
    Example:
        type: promotion
        content: 尊敬的会员，旧家电上门回收服务已开通，拒收请回复R
    Instead:
        type: promotion
        content: 尊敬的会员，旧家电以旧换新服务已开通，拒收请回复R
    """
    text = _("'{found}' is on the list of topics forbidden in promotions")
    fix = _("say it without that word, or ignore this with a reason")
    yield from hits(FORBIDDEN_IN_PROMOTION.finditer(message.fixed), text, fix)


@rule("SMS349", "uninvited-invitation", Severity.WARNING, TEMPLATE_RULES, region=Region.CN)
def uninvited_invitation(message: Message, _subject: Subject) -> Iterator[Hit]:
    """An invitation to sign up, to become a member or to take part.

    Why:
        uninvited invitations are forbidden in every type
    Example:
        content: 周末活动开放名额，诚邀您前来参观。
    Instead:
        content: 您预约的周末参观已确认，请准时到场。
    """
    fix = _("say what the recipient has asked for, or ignore this with a reason")
    yield from hits(INVITATION.finditer(message.fixed), _("'{found}' reads like an invitation"), fix)
