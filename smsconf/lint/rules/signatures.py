"""Rules about signatures, SMS201-SMS217: what the review of a signature objects to. Mainland only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from smsconf.language import _
from smsconf.lint.rule import Hit, Target, rule, too_long
from smsconf.lint.sources import (
    API_SIGNATURE,
    SIGNATURE_2_16,
    SIGNATURE_2_32,
    SIGNATURE_REJECTED,
    SIGNATURE_RULES,
    TYPES,
)
from smsconf.lint.subject import Subject
from smsconf.lint.text.characters import is_ideograph, name_of
from smsconf.lint.text.words import NEUTRAL_NAMES
from smsconf.model.diagnostics import Severity
from smsconf.model.limits import SIGNATURE_NAME, SIGNATURE_NAME_STRICT, SIGNATURE_NOTE
from smsconf.model.resources import Signature

TEST_SIGNATURE: Final = "华为云短信测试"
_BRACKETS: Final = "【】[]［］「」〔〕()（）<>《》"
_SITE = re.compile(r"https?://|www\.|[a-z0-9-]{1,63}\.(?:com|cn|net|org)\b", re.IGNORECASE)
_LOOKED_AT = 1_000


@rule("SMS201", "signature-length", Severity.ERROR, SIGNATURE_2_32, on=Target.SIGNATURE)
def signature_length(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A signature of one character, or of more than 32.

    Why:
        the service takes 2 to 32 characters, each counting one
    Example:
        name: 店
        type: notification
        qualification: own
    Instead:
        name: 示例小店
        type: notification
        qualification: own
    """
    length = len(signature.name)
    if not SIGNATURE_NAME.shortest <= length <= SIGNATURE_NAME.longest:
        long = length > SIGNATURE_NAME.longest
        fix = _("write the company's short name") if long else _("write the company's name")
        text = _("the signature has {length} characters, expected {shortest} to {longest}").format(
            length=length, shortest=SIGNATURE_NAME.shortest, longest=SIGNATURE_NAME.longest
        )
        yield Hit(text, fix, ("name",))


@rule("SMS202", "long-signature", Severity.WARNING, SIGNATURE_2_16, on=Target.SIGNATURE)
def long_signature(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A signature of more than 16 characters.

    Why:
        two pages of the vendor disagree: one allows 32 characters, the other and older FAQs 16

    Example:
        name: 北京示例市示例区电子商务技术服务有限公司
        type: notification
        qualification: own
    Instead:
        name: 示例电子商务
        type: notification
        qualification: own
    """
    if len(signature.name) <= SIGNATURE_NAME.longest:
        said = _("the signature has {length} characters; one of the vendor's pages allows {longest}")
        yield from too_long(signature.name, SIGNATURE_NAME_STRICT, said, "name", _("write the short name"))


@rule("SMS203", "signature-characters", Severity.ERROR, SIGNATURE_2_32, on=Target.SIGNATURE)
def signature_characters(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A signature with anything but Chinese characters, letters and digits.

    Why:
        only Chinese characters, letters and digits are allowed in a signature
    Example:
        name: 示例-商城
        type: notification
        qualification: own
    Instead:
        name: 示例商城
        type: notification
        qualification: own
    """
    for offset, character in enumerate(signature.name):
        if character in _BRACKETS or (character.isascii() and character.isalnum()) or is_ideograph(character):
            continue
        usual = unicodedata.normalize("NFKC", character)
        plain = usual.isascii() and usual.isalnum()
        fix = _("write {usual}").format(usual=usual) if plain else _("remove it")
        text = _("{name_of} in the signature").format(name_of=name_of(character))
        yield Hit(text, fix, ("name",), offset, offset + 1)


@rule("SMS204", "digits-only-signature", Severity.ERROR, SIGNATURE_2_32, on=Target.SIGNATURE)
def digits_only_signature(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A signature of digits only.

    Why:
        digits alone identify nobody, and the review refuses them
    Example:
        name: "12306"
        type: notification
        qualification: own
    Instead:
        name: 示例12306
        type: notification
        qualification: own
    """
    if signature.name.isdecimal():
        yield Hit(_("the signature consists of digits only"), _("add the company's name"), ("name",))


@rule("SMS205", "bracketed-signature", Severity.ERROR, SIGNATURE_2_32, on=Target.SIGNATURE)
def bracketed_signature(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A signature written with its brackets.

    Why:
        the service puts the name into 【】 by itself
    Example:
        name: 【示例商城】
        type: notification
        qualification: own
    Instead:
        name: 示例商城
        type: notification
        qualification: own
    """
    found = [offset for offset, character in enumerate(signature.name) if character in _BRACKETS]
    if found:
        bare = "".join(character for character in signature.name if character not in _BRACKETS)
        fix = _("write {bare}").format(bare=bare) if bare else _("write the company's name")
        yield Hit(_("brackets in the signature"), fix, ("name",), found[0], found[-1] + 1)


@rule("SMS206", "neutral-signature", Severity.ERROR, SIGNATURE_RULES, on=Target.SIGNATURE)
def neutral_signature(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A signature that could be anybody's.

    Why:
        a signature must tell the company, site, product or app apart; the review refuses neutral names
    Example:
        name: 客服中心
        type: notification
        qualification: own
    Instead:
        name: 示例商城客服
        type: notification
        qualification: own
    """
    if signature.name in NEUTRAL_NAMES:
        text = _("'{name}' does not say who sends it").format(name=signature.name)
        yield Hit(text, _("put the company's name before it"), ("name",))


@rule("SMS212", "test-signature", Severity.ERROR, SIGNATURE_RULES, on=Target.SIGNATURE)
def vendors_test_signature(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """The vendor's test signature.

    Why:
        it lives for a month and may not be chosen for templates of one's own
    Example:
        name: 华为云短信测试
        type: notification
        qualification: own
    Instead:
        name: 示例商城
        type: notification
        qualification: own
    """
    if signature.name == TEST_SIGNATURE:
        text = _("'{test_signature}' is the vendor's test signature").format(test_signature=TEST_SIGNATURE)
        yield Hit(text, _("write your own company's name"), ("name",))


@rule("SMS213", "signature-type-of-another-site", Severity.ERROR, TYPES, on=Target.SIGNATURE)
def signature_type_of_another_site(signature: Signature, subject: Subject) -> Iterator[Hit]:
    """A type of signature that the site does not have.

    Why:
        promotion exists at the china site only
    Example:
        provider: {emulator: {database: x.db, site: international}}
        signatures:
          offers: {app: shop, name: 示例商城, type: promotion}
    Instead:
        provider: {emulator: {database: x.db, site: international}}
        signatures:
          notes: {app: shop, name: 示例商城, type: notification}
    """
    if signature.type not in subject.site.types:
        message = _("type {type} at the {name} site").format(type=signature.type, name=subject.site.name)
        yield Hit(message, _("write notification"), ("type",))


@rule("SMS214", "long-signature-note", Severity.ERROR, API_SIGNATURE, on=Target.SIGNATURE)
def long_signature_note(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A note for the reviewer of more than 100 characters.

    Why:
        the service takes at most 100 characters of apply_desc
    Example:
        name: 示例商城
        type: notification
        qualification: own
        description: 注×101
    Instead:
        name: 示例商城
        type: notification
        qualification: own
        description: used for orders and parcels
    """
    said = _("the description has {length} characters, expected at most {longest}")
    yield from too_long(signature.description or "", SIGNATURE_NOTE, said, "description")


@rule("SMS217", "english-signature-without-site", Severity.INFO, SIGNATURE_REJECTED, on=Target.SIGNATURE)
def english_signature_without_site(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A signature in Latin letters without a web site in its note.

    Why:
        Chinese is preferred; for an English company name the reviewer wants to see the web site
    Example:
        name: ExampleShop
        type: notification
        qualification: own
    Instead:
        name: ExampleShop
        type: notification
        qualification: own
        description: 公司官网 https://www.example.com
    """
    latin = signature.name.isascii() and any(character.isalpha() for character in signature.name)
    if latin and not _SITE.search((signature.description or "")[:_LOOKED_AT]):
        fix = _("add description: with the company's web site")
        yield Hit(_("a signature in Latin letters"), fix, ("name",))
