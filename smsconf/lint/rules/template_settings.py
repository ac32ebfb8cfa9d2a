"""Rules about a template's settings, SMS350-SMS355: name, note, brackets, universal, type of the site."""

from __future__ import annotations

from collections.abc import Iterator

from smsconf.language import _
from smsconf.lint.message import Message
from smsconf.lint.rule import Hit, rule, too_long
from smsconf.lint.sources import API_TEMPLATE, TEMPLATE_REJECTED, TEMPLATE_RULES, TYPES
from smsconf.lint.subject import Subject
from smsconf.model.diagnostics import Severity
from smsconf.model.limits import TEMPLATE_NAME, TEMPLATE_NAME_CONSOLE, TEMPLATE_NOTE
from smsconf.model.resources import Brackets, MessageType, Region

_MARK = len(" #smsconf:") + 16  # our mark at the end of the application note


@rule("SMS350", "needless-universal", Severity.WARNING, TEMPLATE_REJECTED, region=Region.CN)
def needless_universal(message: Message, subject: Subject) -> Iterator[Hit]:
    """A universal template where the app has one signature of that type.

    Why:
        universal templates are for two or more signatures; “universal without need” is a reason for rejection
    Example:
        signatures:
          only: {app: shop, name: 示例商城, type: notification, qualification: own}
        templates:
          all: {app: shop, universal: true, type: notification, content: 您的订单已发货，请注意查收。}
    Instead:
        signatures:
          one: {app: shop, name: 示例商城, type: notification, qualification: own}
          two: {app: shop, name: 示例物流, type: notification, qualification: own}
        templates:
          all: {app: shop, universal: true, type: notification, content: 您的订单已发货，请注意查收。}
    """
    template = message.template
    if template.universal and subject.signatures_of[template.app, template.type] == 1:
        own = next(
            one.address.key
            for one in subject.desired.signatures.values()
            if (one.app, one.type) == (template.app, template.type)
        )
        text = _("universal, but '{own}' is the only signature of type {type}").format(
            own=own, type=template.type
        )
        yield Hit(text, _("write signature: {own} in its place").format(own=own), ("universal",))


@rule("SMS351", "square-brackets", Severity.ERROR, TEMPLATE_REJECTED, region=Region.CN)
def square_brackets(message: Message, _subject: Subject) -> Iterator[Hit]:
    """The signature in [] on the mainland.

    Why:
        only 【】 is accepted for mainland messages; a signature with [] is a reason for rejection
    Example:
        content: 您的订单已发货，请注意查收。
        brackets: GB
    Instead:
        content: 您的订单已发货，请注意查收。
        brackets: CN
    """
    if message.template.brackets is Brackets.GB:
        text, fix = _("brackets: GB on a mainland template"), _("write brackets: CN, or remove the key")
        yield Hit(text, fix, ("brackets",))


@rule("SMS352", "type-of-another-site", Severity.ERROR, TYPES)
def type_of_another_site(message: Message, subject: Subject) -> Iterator[Hit]:
    """A promotion where the site, or the region, has none.

    Why:
        promotion exists for mainland messages at the china site only
    Example:
        countries: [BR]
        type: promotion
        content: "Dear member, our new shop in Rio opens today."
    Instead:
        countries: [BR]
        type: notification
        content: "Dear member, our new shop in Rio opens today."
    """
    template = message.template
    if template.region is Region.INTL and template.type is MessageType.PROMOTION:
        text = _("type {type} in an international template")
    elif template.universal and template.type not in subject.site.types:
        text = _("type {type} at the {name} site")
    else:
        return
    text = text.format(type=template.type, name=subject.site.name)
    yield Hit(text, _("write notification"), ("type",))


@rule("SMS353", "long-template-name", Severity.ERROR, API_TEMPLATE)
def long_template_name(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A template's name of more than 128 characters.

    Why:
        the service takes 1 to 128 characters
    Example:
        name: n×129
        content: 您的订单已发货，请注意查收。
    Instead:
        name: order-shipped
        content: 您的订单已发货，请注意查收。
    """
    said = _("the template's name has {length} characters, expected at most {longest}")
    yield from too_long(message.template.name, TEMPLATE_NAME, said, "name")


@rule("SMS354", "name-longer-than-the-console", Severity.INFO, TEMPLATE_RULES)
def name_longer_than_the_console(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A template's name of more than 30 characters.

    Why:
        the console takes 30 characters, so such a template cannot be edited there; the API takes 128
    Example:
        name: a-template-for-orders-that-have-been-shipped
        content: 您的订单已发货，请注意查收。
    Instead:
        name: order-shipped
        content: 您的订单已发货，请注意查收。
    """
    length = len(message.template.name)
    if TEMPLATE_NAME_CONSOLE < length <= TEMPLATE_NAME:
        text = _(
            "the template's name has {length} characters; the console takes {longest_console_name}"
        ).format(length=length, longest_console_name=TEMPLATE_NAME_CONSOLE)
        yield Hit(text, _("shorten it while it is new"), ("name",), TEMPLATE_NAME_CONSOLE, length)


@rule("SMS355", "long-template-note", Severity.ERROR, API_TEMPLATE)
def long_template_note(message: Message, subject: Subject) -> Iterator[Hit]:
    """A note for the reviewer that exceeds 500 characters with smsconf's mark.

    Why:
        the service takes 500 characters of template_desc; the mark " #smsconf:" with 16 digits is among them
    Example:
        content: 您的订单已发货，请注意查收。
        description: 注×475
    Instead:
        content: 您的订单已发货，请注意查收。
        description: 用于订单通知
    """
    most = TEMPLATE_NOTE - (_MARK if subject.desired.mark else 0)
    said = _("the description has {length} characters, expected at most {longest}")
    yield from too_long(message.template.description or "", most, said, "description")
