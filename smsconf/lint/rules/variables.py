"""Rules about the variables of a template, SMS304 and SMS320-SMS334."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smsconf.language import _
from smsconf.lint.message import Message
from smsconf.lint.rule import CONTENT, Hit, rule
from smsconf.lint.sources import API_TEMPLATE, TEMPLATE_REJECTED, TEMPLATE_RULES, VARIABLES
from smsconf.lint.subject import Subject
from smsconf.lint.text.words import CONTACT_NAMES, LINK_NAMES
from smsconf.model.diagnostics import Severity
from smsconf.model.limits import VALUES, VARIABLE_NOTE
from smsconf.model.limits import VARIABLES as MOST
from smsconf.model.resources import Region, VariableType

_LINK_BEFORE = re.compile(r"(?:https?://|www\.)[\x21-\x7e]*\Z", re.IGNORECASE)
_LINK_AFTER = re.compile(r"\.(?:[A-Za-z0-9-]+\.)*(?:com|cn|net|org|io|top|cc)\b", re.IGNORECASE)
_DIGITS_BEFORE = re.compile(r"(?:[0-9]|0[0-9]{2,3}-)\Z")
_DIGITS_AFTER = re.compile(r"-?[0-9]{3}|[0-9]")


@rule("SMS304", "numbering-gap", Severity.ERROR, TEMPLATE_REJECTED)
def numbering_gap(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A number of a variable that skips one.

    Why:
        variables are numbered ${1}, ${2} … without gaps; the review rejects a gap
    Example:
        content: 您的订单${1}将于${3}送达。
        variables: {1: {type: alphanumeric}, 3: {type: datetime}}
    Instead:
        content: 您的订单${1}将于${2}送达。
        variables: {1: {type: alphanumeric}, 2: {type: datetime}}
    """
    numbers = {one.number for one in message.placeholders}
    missing = next(number for number in range(1, len(numbers) + 2) if number not in numbers)
    for one in message.placeholders:
        if one.number > len(numbers):
            text = _("placeholder ${{{number}}}, but there is no ${{{missing}}}")
            fix = _("rename ${{{number}}} to ${{{missing}}}").format(number=one.number, missing=missing)
            yield Hit(text.format(number=one.number, missing=missing), fix, CONTENT, *one.span())
            return


@rule("SMS320", "numbers-out-of-order", Severity.WARNING, VARIABLES)
def numbers_out_of_order(message: Message, _subject: Subject) -> Iterator[Hit]:
    """Numbers of variables that do not follow their order in the text.

    Why:
        the number is the position in the text: the first variable is ${1}

    Example:
        content: 您的订单${2}将于${1}送达。
        variables: {1: {type: datetime}, 2: {type: alphanumeric}}
    Instead:
        content: 您的订单${1}将于${2}送达。
        variables: {1: {type: alphanumeric}, 2: {type: datetime}}
    """
    numbers = {one.number for one in message.placeholders}
    if numbers != set(range(1, len(numbers) + 1)):
        return  # a gap is a finding of its own
    seen = 0
    for one in message.placeholders:
        if one.number > seen + 1:
            text = _("${{{number}}} stands where ${{{seen}}} is expected").format(
                number=one.number, seen=seen + 1
            )
            yield Hit(text, _("number the variables by their order in the text"), CONTENT, *one.span())
            return
        seen = max(seen, one.number)


@rule("SMS321", "repeated-variable", Severity.WARNING, VARIABLES)
def repeated_variable(message: Message, _subject: Subject) -> Iterator[Hit]:
    """One variable at two places of the text.

    Why:
        the number of a variable is its position; what the service does with a second one is nowhere written
    Example:
        content: 您的订单{order}已发货，凭{order}可查询进度。
        variables: {order: {type: alphanumeric}}
    Instead:
        content: 您的订单{order}已发货，凭{again}可查询进度。
        variables: {order: {type: alphanumeric}, again: {type: alphanumeric}}
    """
    seen: set[int] = set()
    for one in message.placeholders:
        if one.number in seen:
            text = _("{written} for the second time").format(written=message.written(one))
            yield Hit(text, _("declare a second variable for it, or reword the text"), CONTENT, *one.span())
        seen.add(one.number)


@rule("SMS322", "too-many-variables", Severity.ERROR, TEMPLATE_RULES)
def too_many_variables(message: Message, _subject: Subject) -> Iterator[Hit]:
    r"""More than 20 variables.

    Why:
        the service takes at most 20, numbered 1 to 20
    Example:
        content: "您的明细：字${1}字${2}字${3}字${4}字${5}字${6}字${7}字${8}字${9}字${10}字${11}字${12}\
          字${13}字${14}字${15}字${16}字${17}字${18}字${19}字${20}字${21}字字×30"
        variables: {1: &any {type: alphanumeric}, 2: *any, 3: *any, 4: *any, 5: *any, 6: *any, 7: *any,
          8: *any, 9: *any, 10: *any, 11: *any, 12: *any, 13: *any, 14: *any, 15: *any, 16: *any, 17: *any,
          18: *any, 19: *any, 20: *any, 21: *any}
        description: 用于对账
    Instead:
        content: 您的订单明细：字${1}字${2}请注意查收。
        variables: {1: {type: alphanumeric}, 2: {type: alphanumeric}}
    """
    count = len({one.number for one in message.placeholders})
    if count > MOST:
        one = next(one for one in message.placeholders if one.number > MOST)
        text = _("{count} variables, expected at most {most}").format(count=count, most=MOST)
        yield Hit(text, _("join or drop some, or split the template"), CONTENT, *one.span())


@rule("SMS323", "adjacent-variables", Severity.ERROR, TEMPLATE_RULES)
def adjacent_variables(message: Message, _subject: Subject) -> Iterator[Hit]:
    """Two variables side by side, or with nothing but blanks between them.

    Why:
        text must stand between two variables (blanks are not enough, says the international page)

    Example:
        content: 您的订单{order}{day}送达，请注意查收。
        variables: {order: {type: alphanumeric}, day: {type: datetime}}
    Instead:
        content: 您的订单{order}将于{day}送达，请注意查收。
        variables: {order: {type: alphanumeric}, day: {type: datetime}}
    """
    for left, right in zip(message.placeholders, message.placeholders[1:], strict=False):
        between = message.content[left.end : right.start]
        if not between.strip():
            text = _("only blanks between {one} and {other}")
            if not between:
                text = _("nothing between {one} and {other}")
            text = text.format(one=message.written(left), other=message.written(right))
            yield Hit(text, _("write words between them"), CONTENT, left.start, right.end)


@rule("SMS324", "partial-variable", Severity.ERROR, TEMPLATE_RULES)
def partial_variable(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A variable that is a part of a link or a number.

    Why:
        www.${1}.cn and 186${2}1234 are refused: the reviewer must see the whole link or number
    Example:
        content: 您的订单已发货，详情 www.example.com/{page}
        variables: {page: {type: alphanumeric}}
    Instead:
        content: 您的订单{page}已发货，详情 www.example.com/orders
        variables: {page: {type: alphanumeric}}
    """
    for one in message.placeholders:
        before, after = message.content[: one.start], message.fixed[one.end : one.end + 80]
        if _LINK_BEFORE.search(before[-200:]) or _LINK_AFTER.match(after):
            text = _("{variable} is a part of a link")
            fix = _("write the link out, or make all of it the variable")
        elif _DIGITS_BEFORE.search(before[-8:]) or _DIGITS_AFTER.match(after):
            text = _("{variable} is a part of a number")
            fix = _("write the number out, or make all of it the variable")
        else:
            continue
        yield Hit(text.format(variable=message.written(one)), fix, CONTENT, *one.span())


@rule("SMS325", "text-without-description", Severity.ERROR, API_TEMPLATE)
def text_without_description(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A variable of type text without description.

    Why:
        the service demands variable_desc for the attribute TEXT and refuses the request without it
    Example:
        content: 您的包裹已由{person}签收。
        variables: {person: {type: text}}
    Instead:
        content: 您的包裹已由{person}签收。
        variables: {person: {type: text, description: 签收人}}
    """
    for variable in message.template.variables:
        if variable.type is VariableType.TEXT and not (variable.description or "").strip():
            text = _("'{name}' of type text has no description").format(name=variable.name)
            fix = _("add description: what it stands for")
            yield Hit(text, fix, ("variables", variable.name, "type"))


@rule("SMS326", "long-variable-description", Severity.ERROR, API_TEMPLATE)
def long_variable_description(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A variable's description that exceeds 100 characters together with its name.

    Why:
        the name travels as the first word of variable_desc, which has at most 100 characters
    Example:
        content: 您的包裹已由{person}签收。
        variables: {person: {type: text, description: 人×95}}
    Instead:
        content: 您的包裹已由{person}签收。
        variables: {person: {type: text, description: 签收人}}
    """
    for variable in message.template.variables:
        length = len(variable.name) + 1 + len(variable.description or "")
        if length > VARIABLE_NOTE and variable.description:
            text = _(
                "name and description of '{name}' have {length} characters, expected at most 100"
            ).format(name=variable.name, length=length)
            fix = _("shorten the description by {length}").format(length=length - VARIABLE_NOTE)
            yield Hit(text, fix, ("variables", variable.name, "description"))


@rule("SMS327", "text-everywhere", Severity.WARNING, TEMPLATE_REJECTED)
def text_everywhere(message: Message, _subject: Subject) -> Iterator[Hit]:
    """Several variables, and all of them of type text.

    Why:
        “everything declared as other” is a reason for rejection: use the fitting types
    Example:
        content: 您的订单{order}将于{day}送达，请注意查收。
        variables: {order: {type: text, description: 订单号}, day: {type: text, description: 送达日期}}
    Instead:
        content: 您的订单{order}将于{day}送达，请注意查收。
        variables: {order: {type: alphanumeric}, day: {type: datetime}}
    """
    variables = message.template.variables
    if len(variables) > 1 and all(one.type is VariableType.TEXT for one in variables):
        text = _("all {count} variables are of type text").format(count=len(variables))
        fix = _("use alphanumeric, datetime, money or phone where they fit")
        yield Hit(text, fix, ("variables", variables[0].name, "type"))


@rule("SMS328", "length-over-cap", Severity.WARNING, VARIABLES)
def length_over_cap(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A max_length beyond what the type allows.

    Why:
        phone has 4 to 15 characters, the others 1 to 20; longer ones need a reason in the application note
    Example:
        content: 您的订单{order}已发货，请注意查收。
        variables: {order: {type: alphanumeric, max_length: 32}}
    Instead:
        content: 您的订单{order}已发货，请注意查收。
        variables: {order: {type: alphanumeric, max_length: 20}}
    """
    for variable in message.template.variables:
        known = VALUES.get(variable.type)
        if known and variable.max_length > (cap := known.longest):
            text = _("'{name}' has max_length {max_length}, {type} at most {cap}").format(
                name=variable.name, max_length=variable.max_length, type=variable.type, cap=cap
            )
            fix = _("write max_length: {cap}, or explain the length in the template's description")
            yield Hit(text, fix.format(cap=cap), ("variables", variable.name, "max_length"))


@rule("SMS329", "link-in-variable", Severity.WARNING, TEMPLATE_RULES, region=Region.CN)
def link_in_variable(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A variable that seems to stand for a link.

    Why:
        links are fixed text, never sent through a variable
    Example:
        content: 您的报告已生成，请访问{url}查看。
        variables: {url: {type: text, description: 报告链接}}
    Instead:
        content: 您的报告已生成，请访问 https://www.example.com/reports 查看。
    """
    yield from _seems(message, LINK_NAMES, _("a link"), _("write the link into the text"))


@rule("SMS330", "contact-in-variable", Severity.WARNING, VARIABLES, region=Region.CN)
def contact_in_variable(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A variable that seems to stand for a QQ or WeChat number.

    Why:
        no attribute allows QQ or WeChat numbers
    Example:
        content: 您的工单已受理，客服联系方式{wechat}，请注意查收。
        variables: {wechat: {type: text, description: 客服微信号}}
    Instead:
        content: 您的工单已受理，客服联系电话{phone}，请注意查收。
        variables: {phone: {type: phone}}
    """
    yield from _seems(
        message, CONTACT_NAMES, _("a QQ or WeChat number"), _("give a phone number in its place")
    )


@rule("SMS331", "undescribed-variables", Severity.INFO, TEMPLATE_REJECTED)
def undescribed_variables(message: Message, _subject: Subject) -> Iterator[Hit]:
    """Three or more variables without a word to the reviewer on any of them.

    Why:
        a text with many variables is rejected as unclear when nothing says what they stand for
    Example:
        content: 您的航班{flight}将于{time}在{gate}号登机口登机，请注意广播。
        variables: {flight: {type: alphanumeric}, time: {type: datetime}, gate: {type: alphanumeric}}
    Instead:
        content: 您的航班{flight}将于{time}在{gate}号登机口登机，请注意广播。
        variables:
          flight: {type: alphanumeric, description: 航班号}
          time: {type: datetime}
          gate: {type: alphanumeric}
    """
    variables = message.template.variables
    if len(variables) > 2 and not any(
        [message.template.description, *(one.description for one in variables)]
    ):
        text = _("none of the {count} variables has a description").format(count=len(variables))
        fix = _("add description: to the variables, or to the template")
        yield Hit(text, fix, ("variables", variables[0].name))


def _seems(message: Message, names: re.Pattern[str], what: str, fix: str) -> Iterator[Hit]:
    for variable, one in message.named:
        if names.search(variable.name[:100]) or names.search((variable.description or "")[:100]):
            text = _("{written} seems to stand for {what}").format(written=message.written(one), what=what)
            yield Hit(text, fix, CONTENT, *one.span())
