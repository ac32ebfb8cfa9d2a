"""Rules about international templates, SMS360-SMS371: countries with rules of their own, and GSM-7."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from smsconf.language import _
from smsconf.lint.message import PHONE, Message
from smsconf.lint.rule import CONTENT, Hit, hits, rule
from smsconf.lint.sources import API_STATUS, COUNTRIES, LENGTHS, OURS, TEMPLATE_RULES, TYPES
from smsconf.lint.subject import Subject
from smsconf.lint.text.characters import GSM7_INSTEAD, name_of
from smsconf.lint.text.words import FORBIDDEN_ENGLISH
from smsconf.model.console_screens import REGISTERED_LINKS, REGISTRATION
from smsconf.model.country_names import CHINESE, USUAL_NAMES
from smsconf.model.diagnostics import Severity
from smsconf.model.limits import CODE_ABROAD
from smsconf.model.nearest import nearest
from smsconf.model.resources import MessageType, Region, VariableType
from smsconf.model.segments import Outsider, outside_gsm7

NO_LINKS_NO_PHONES: Final = frozenset({"Malaysia"})
BRAND_WANTED: Final = frozenset({"Malaysia"})
_SPECIAL: Final = frozenset({*REGISTRATION, *REGISTERED_LINKS, *NO_LINKS_NO_PHONES})
SPECIAL_COUNTRIES: Final = _SPECIAL | {chinese for chinese, one in CHINESE.items() if one in _SPECIAL}
"""The countries with rules of their own, by every name; reviews for them take longer."""

verification = partial(rule, region=Region.INTL, types=(MessageType.VERIFICATION,))
_RARE = 0.1
_MOST_NAMED = 5


def _among(message: Message, names: frozenset[str]) -> str | None:
    return next((name for name in message.countries if name in names), None)


def _bare(link: str) -> str:
    """Write a link as it may stand in a text: without scheme and last slash."""
    return link.partition("://")[2].rstrip("/") or link.rstrip("/")


@rule("SMS360", "country-wants-registration", Severity.WARNING, COUNTRIES, region=Region.INTL)
def country_wants_registration(message: Message, subject: Subject) -> Iterator[Hit]:
    """A country where sender or content must be registered before the first message.

    Why:
        without the registration messages to this country are not delivered
    Example:
        countries: [SG]
        content: "Example Shop: your parcel {number} is ready for pickup."
        variables: {number: {type: alphanumeric}}
    Instead:
        countries: [SG]  # smsconf: ignore[SMS360] EXAMPLE is registered at SSIR
        content: "Example Shop: your parcel {number} is ready for pickup."
        variables: {number: {type: alphanumeric}}
    """
    for position, name in enumerate(message.countries):
        todo = REGISTRATION.get(name)
        if todo and name not in subject.registered_links:
            fix = _("{todo}, and declare it in registrations").format(todo=_(todo))
            yield Hit(_("{name} wants a registration").format(name=name), fix, ("countries", position))


@rule("SMS361", "link-to-banning-country", Severity.ERROR, COUNTRIES, region=Region.INTL)
def link_to_banning_country(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A link in a template for a country that bans links.

    Why:
        Malaysia allows no URL in a message
    Example:
        countries: [MY]
        content: "Example Mart: your order is ready, see www.example.com for details."
    Instead:
        countries: [MY]
        content: "Example Mart: your order is ready, see our app for details."
    """
    country = _among(message, NO_LINKS_NO_PHONES)
    fix = _("remove it, or make a template of its own for {country}").format(country=country)
    for found in message.links if country else ():
        text = _("the link '{found}' in a template for {country}").format(found=found[0], country=country)
        yield Hit(text, fix, CONTENT, *found.span())


@rule("SMS362", "phone-number-to-banning-country", Severity.ERROR, COUNTRIES, region=Region.INTL)
def phone_number_to_banning_country(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A phone number in a template for a country that bans them.

    Why:
        Malaysia allows no phone number in a message
    Example:
        countries: [MY]
        content: "Example Mart: your order is ready, call +60 3 1234 5678."
    Instead:
        countries: [MY]
        content: "Example Mart: your order is ready, call our service desk."
    """
    country = _among(message, NO_LINKS_NO_PHONES)
    if country is None:
        return
    fix = _("remove it, or make a template of its own for {country}").format(country=country)
    text = _("a phone number in a template for {country}").format(country=country)
    yield from hits(PHONE.finditer(message.fixed), text, fix)
    for variable, one in message.named:
        if variable.type is VariableType.PHONE:
            text = _("the phone number {written} for {country}")
            text = text.format(written=message.written(one), country=country)
            yield Hit(text, fix, CONTENT, *one.span())


@rule("SMS363", "link-wants-registration", Severity.WARNING, COUNTRIES, region=Region.INTL)
def link_wants_registration(message: Message, subject: Subject) -> Iterator[Hit]:
    """A link in a template for a country where links are registered.

    Why:
        Saudi Arabia, the United Arab Emirates and Thailand let registered links through only
    Example:
        countries: [TH]
        content: "Example Mart: your order is ready, see www.example.com for details."
    Instead:
        countries: [TH]
        content: "Example Mart: your order is ready, see our app for details."
    """
    country = _among(message, REGISTERED_LINKS) or ""
    registered = [_bare(link) for link in subject.registered_links.get(country, ())]
    fix = _("register it through the account manager, and list it in links of registrations")
    for found in message.links if country else ():
        if not any(f"{_bare(found[0])}/".startswith(f"{link}/") for link in registered):
            text = _("the link '{found}' wants a registration in {country}")
            yield Hit(text.format(found=found[0], country=country), fix, CONTENT, *found.span())


@verification("SMS364", "code-length-abroad", Severity.ERROR, API_STATUS)
def code_length_abroad(message: Message, _subject: Subject) -> Iterator[Hit]:
    """An international verification code of less than 4 or more than 8 characters.

    Why:
        the service stops other codes with E200051: international ones have 4 to 8 digits
    Example:
        type: verification
        countries: [BR]
        content: "Your Example code is {code}. It expires soon."
        variables: {code: {type: alphanumeric, max_length: 10}}
    Instead:
        type: verification
        countries: [BR]
        content: "Your Example code is {code}. It expires soon."
        variables: {code: {type: alphanumeric, max_length: 6}}
    """
    for variable in message.template.variables:
        near = min(max(variable.max_length, CODE_ABROAD.shortest), CODE_ABROAD.longest)
        if near != variable.max_length:
            text = _("the code '{name}' has max_length {max_length}, expected 4 to 8").format(
                name=variable.name, max_length=variable.max_length
            )
            fix = _("write max_length: {min}").format(min=near)
            yield Hit(text, fix, ("variables", variable.name, "max_length"))


@verification("SMS365", "verification-without-code-abroad", Severity.WARNING, TYPES)
def verification_without_code_abroad(message: Message, _subject: Subject) -> Iterator[Hit]:
    """An international verification template without a variable, or with more than one.

    Why:
        a verification message carries one code and nothing else that changes
    Example:
        type: verification
        countries: [BR]
        content: "Your Example account is verified now."
    Instead:
        type: verification
        countries: [BR]
        content: "Your Example code is {code}. It expires soon."
        variables: {code: {type: alphanumeric, max_length: 6}}
    """
    found = message.placeholders
    if len(found) != 1:
        spot = found[1].span() if found else ()
        text = _("expected one variable in a verification template, got {count}").format(
            count=len(found) or _("none")
        )
        yield Hit(text, _("keep the code only, or write type: notification"), CONTENT, *spot)


@rule("SMS366", "breaks-gsm7", Severity.WARNING, LENGTHS, region=Region.INTL)
def breaks_gsm7(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A few characters that GSM-7 lacks, in a text that GSM-7 could hold.

    Why:
        one such character halves what fits: 160 characters in GSM-7, 70 in UCS-2
    Example:
        countries: [BR]
        content: "Example Shop: we’ve shipped your order {order} today."
        variables: {order: {type: alphanumeric}}
    Instead:
        countries: [BR]
        content: "Example Shop: we've shipped your order {order} today."
        variables: {order: {type: alphanumeric}}
    """
    for one in _outside(message):
        usual = GSM7_INSTEAD.get(one.character)
        if usual is not None:
            fix = _("write {usual}").format(usual=usual) if usual.strip() else _("write a blank")
            fix = fix if usual else _("remove it")
            text = _("{name_of} makes this text UCS-2").format(name_of=name_of(one.character))
            yield Hit(text, fix, CONTENT, one.offset, one.offset + 1)


@rule("SMS370", "letter-outside-gsm7", Severity.INFO, LENGTHS, region=Region.INTL)
def letter_outside_gsm7(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A few letters or signs that GSM-7 lacks, in a text in Latin letters.

    Why:
        they belong to the language, but each makes the text UCS-2: 70 characters fit in place of 160
    Example:
        countries: [TR]
        content: "Siparişiniz bugün kargoya verildi, teslimat yarın."
    Instead:
        countries: [TR]
        content: "Siparisiniz bugün kargoya verildi, teslimat yarin."
    """
    for one in _outside(message):
        if one.character not in GSM7_INSTEAD:
            fix = _("write it with letters of GSM-7 if the language allows it")
            text = _("{name_of} makes this text UCS-2").format(name_of=name_of(one.character))
            yield Hit(text, fix, CONTENT, one.offset, one.offset + 1)


def _outside(message: Message) -> list[Outsider]:
    """Name the first characters that GSM-7 lacks, unless the text is in another script anyway."""
    if message.content.isascii() and not re.search(r"[`\t]", message.content):
        return []
    found = list(outside_gsm7(message.content))
    foreign = sum(one.character not in GSM7_INSTEAD for one in found)
    return [] if foreign > _RARE * len(message.content) else found[:_MOST_NAMED]


@rule("SMS367", "unusual-country-name", Severity.WARNING, OURS, region=Region.INTL)
def unusual_country_name(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A country by an English name that is not the usual one.

    Why:
        the service looks countries up by its own names, and refuses a template with a misspelt one
    Example:
        countries: [Brasil]
        content: "Example Shop: your order has been shipped today."
    Instead:
        countries: [Brazil]
        content: "Example Shop: your order has been shipped today."
    """
    for position, name in enumerate(message.template.countries):
        if name.isascii() and name not in USUAL_NAMES:
            near = nearest(name[:60], USUAL_NAMES, alike=0.6)
            fix = _("write {near}").format(near=near) if near else _("write its ISO code of two letters")
            text = _("'{name}' is not the usual name of a country").format(name=name[:60])
            yield Hit(text, fix, ("countries", position))


@rule("SMS368", "mainland-abroad", Severity.ERROR, TYPES, region=Region.INTL)
def mainland_abroad(message: Message, _subject: Subject) -> Iterator[Hit]:
    """The Chinese mainland as country of an international template.

    Why:
        messages to the mainland need an app of region cn and a signature
    Example:
        countries: [CN]
        content: "Example Shop: your order has been shipped today."
    Instead:
        countries: [BR]
        content: "Example Shop: your order has been shipped today."
    """
    for position, name in enumerate(message.countries):
        if name == "China":
            fix = _("remove it, and make a template of an app of region cn")
            yield Hit(_("the Chinese mainland in an international template"), fix, ("countries", position))


@rule("SMS369", "forbidden-topic-abroad", Severity.WARNING, TEMPLATE_RULES, region=Region.INTL)
def forbidden_topic_abroad(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A word of a forbidden topic in an international template.

    Why:
        stocks, immigration, loans, gambling and their like are forbidden abroad too
    Example:
        countries: [BR]
        content: "Example: your loan is approved, see our app for details."
    Instead:
        countries: [BR]
        content: "Example: your request is approved, see our app for details."
    """
    fix = _("say it without that word, or ignore this with a reason")
    yield from hits(
        FORBIDDEN_ENGLISH.finditer(message.fixed), _("'{found}' is a word of a forbidden topic"), fix
    )


# A capital letter inside a sentence, a leading "Name:" or a name in brackets; acronyms and days are no names.
_NAME: Final = re.compile(
    r"^\W*[A-Z][\w&'.-]*\s*:|[\[(【]\s*\w|(?<=[\w,;] )(?!(?:OTP|PIN|TAC|SMS|ID|QR|MYR|RM|AM|PM|APP|I)\b)"
    r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)[A-Z]\w+"
)


@rule("SMS371", "no-brand-for-demanding-country", Severity.WARNING, COUNTRIES, region=Region.INTL)
def no_brand_for_demanding_country(message: Message, _subject: Subject) -> Iterator[Hit]:
    """No name of a brand or company in a template for a country that demands one.

    Why:
        Malaysia wants the brand or company name in the template
    Example:
        countries: [MY]
        content: "Your order is ready, please collect it today."
    Instead:
        countries: [MY]
        content: "Example Mart: your order is ready, please collect it today."
    """
    for position, name in enumerate(message.countries):
        latin = re.search("[A-Za-z]", message.fixed)
        if name in BRAND_WANTED and latin and not _NAME.search(message.fixed):
            text = _("no brand or company name in a template for {country}").format(country=name)
            fix = _("begin with your brand, as in `Example Mart: …`, or ignore this with a reason")
            yield Hit(text, fix, ("countries", position))
