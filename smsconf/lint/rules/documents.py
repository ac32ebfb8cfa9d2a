"""Rules about what backs a signature, SMS207-SMS219: source, qualification, letters, pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import PurePath
from typing import Final

from smsconf.language import _, listed
from smsconf.lint.rule import Hit, Spot, Target, rule
from smsconf.lint.sources import API_SIGNATURE, QUALIFICATIONS
from smsconf.lint.subject import Subject
from smsconf.model.diagnostics import Severity
from smsconf.model.limits import DOCUMENT_BYTES, DOCUMENT_NAME
from smsconf.model.resources import File, Signature, Source

at_china = partial(rule, on=Target.SIGNATURE, sites=("china",))
_QUALIFICATION: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_IMAGES: Final = frozenset({".jpg", ".jpeg", ".png", ".gif"})
_BAD_IN_FILE_NAME: Final = re.compile(r"[\s\"#'$%&*/|<>{}\[\];?!]")


@rule("SMS207", "obsolete-source", Severity.ERROR, API_SIGNATURE, on=Target.SIGNATURE)
def obsolete_source(signature: Signature, subject: Subject) -> Iterator[Hit]:
    """A source that the site no longer takes.

    Why:
        website, account and shop were discarded on 2025-04-11, app at the china site on 2026-04-10
    Example:
        name: 示例商城
        type: notification
        source: website
        qualification: own
    Instead:
        name: 示例商城
        type: notification
        source: company
        qualification: own
    """
    if signature.source in subject.site.obsolete_sources:
        left = [one.value for one in Source if one not in subject.site.obsolete_sources]
        message = _("source {source} is no longer taken at the {name} site").format(
            source=signature.source, name=subject.site.name
        )
        yield Hit(message, _("write {words}").format(words=listed(left)), ("source",))


@at_china("SMS208", "missing-qualification", Severity.ERROR, API_SIGNATURE)
def missing_qualification(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A signature without a qualification, at the china site.

    Why:
        the service does not ask for it when the signature is created, but then its review fails
    Example:
        name: 示例商城
        type: notification
    Instead:
        name: 示例商城
        type: notification
        qualification: own
    """
    if not signature.qualification and not signature.qualified_by:
        fix = _("get one approved at the console and name it here")
        yield Hit(_("a signature without qualification"), fix)


@rule("SMS209", "missing-authorization", Severity.ERROR, QUALIFICATIONS, on=Target.SIGNATURE)
def missing_authorization(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """Somebody else's name without their letter.

    Why:
        the review of a name that belongs to somebody else wants a letter of authorisation
    Example:
        name: 伙伴品牌
        type: notification
        qualification: partner
        third_party: true
    Instead:
        name: 伙伴品牌
        type: notification
        qualification: partner
        third_party: true
        authorization: files/letter.pdf
    """
    if signature.third_party and signature.authorization is None:
        fix = _("add authorization: files/letter.pdf")
        yield Hit(_("third_party without authorization"), fix, ("third_party",))


@rule("SMS210", "needless-authorization", Severity.WARNING, QUALIFICATIONS, on=Target.SIGNATURE)
def needless_authorization(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A letter of authorisation for a name that is declared as one's own.

    Why:
        the reviewer reads the letter as somebody else's name, and the declaration says the opposite
    Example:
        name: 伙伴品牌
        type: notification
        qualification: own
        authorization: files/letter.pdf
    Instead:
        name: 伙伴品牌
        type: notification
        qualification: partner
        third_party: true
        authorization: files/letter.pdf
    """
    if signature.authorization is not None and not signature.third_party:
        fix = _("add third_party: true, or remove authorization")
        yield Hit(_("authorization without third_party"), fix, ("authorization",))


@at_china("SMS211", "trademark-without-number", Severity.WARNING, API_SIGNATURE)
def trademark_without_number(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A trademark as source without its number.

    Why:
        the reviewer looks the mark up at the national trademark office (required since 2025-04-11)

    Example:
        name: 好物优选
        type: notification
        source: trademark
        qualification: own
    Instead:
        name: 好物优选
        type: notification
        source: trademark
        qualification: own
        registration_number: "12345678"
    """
    if signature.source is Source.TRADEMARK and not signature.registration_number:
        fix = _('add registration_number: "12345678" with the mark\'s own number')
        yield Hit(_("source trademark without registration_number"), fix, ("source",))


@rule("SMS215", "qualification-id-format", Severity.ERROR, API_SIGNATURE, on=Target.SIGNATURE)
def qualification_id_format(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """An id of a qualification with other characters than letters, digits, _ and -.

    Why:
        the service refuses the request; a name of a qualification is not its id
    Example:
        name: 示例商城
        type: notification
        qualification: 示例公司资质
    Instead:
        name: 示例商城
        type: notification
        qualification: own
    """
    found = signature.qualification
    if found and not _QUALIFICATION.fullmatch(found):
        fix = _("copy the id from the console, or declare it in qualifications and write its key")
        text = _("'{found}' is not an id of a qualification").format(found=found[:60])
        yield Hit(text, fix, ("qualification",))


@rule("SMS216", "shared-qualification", Severity.WARNING, API_SIGNATURE, on=Target.PROJECT, sites=("china",))
def shared_qualification(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """One qualification for an own name and for somebody else's.

    Why:
        a qualification is either for self-use or for third parties, and the signature must match it
    Example:
        signatures:
          ours: {app: shop, name: 示例商城, type: notification, qualification: own}
          theirs:
            app: shop
            name: 伙伴品牌
            type: notification
            qualification: own
            third_party: true
            authorization: files/letter.pdf
    Instead:
        signatures:
          ours: {app: shop, name: 示例商城, type: notification, qualification: own}
          theirs:
            app: shop
            name: 伙伴品牌
            type: notification
            qualification: partner
            third_party: true
            authorization: files/letter.pdf
    """
    own = {
        one.qualification: one
        for one in reversed(tuple(subject.desired.signatures.values()))
        if one.qualification and not one.third_party and not one.external
    }
    for one in subject.desired.signatures.values():
        other = own.get(one.qualification or "") if one.third_party and not one.external else None
        if other:
            message = _("{address} of a third party and {address2} have the same qualification").format(
                address=one.address, address2=other.address
            )
            place = (Spot(other.address, ("qualification",)), _("the other one"))
            fix = _("use a qualification for third parties")
            yield Hit(message, fix, ("qualification",), address=one.address, related=(place,))


@rule("SMS218", "unusual-file", Severity.WARNING, QUALIFICATIONS, on=Target.SIGNATURE)
def unusual_file(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A document that the console would not take.

    Why:
        pictures are jpg, jpeg, png or gif (a letter also pdf), of at most 2 MB and not empty
    Example:
        name: 示例商城
        type: notification
        qualification: own
        licence: files/licence.docx
    Instead:
        name: 示例商城
        type: notification
        qualification: own
        licence: files/licence.png
    """
    for field, file in _files(signature):
        name = PurePath(file.path).name
        kinds = _IMAGES | {".pdf"} if field == "authorization" else _IMAGES
        if PurePath(name).suffix.lower() not in kinds:
            expected = ", ".join(sorted(kind[1:] for kind in kinds))
            text = _("'{name}' is none of {expected}").format(name=name, expected=expected)
            yield Hit(text, _("make a picture of it"), (field,))
        elif not 0 < file.size <= DOCUMENT_BYTES:
            size = _("{size:.1f} MB, expected at most 2") if file.size else _("empty")
            size = size.format(size=file.size / 1024 / 1024)
            yield Hit(_("'{name}' is {size}").format(name=name, size=size), _("replace the file"), (field,))


@rule("SMS219", "unusual-file-name", Severity.WARNING, QUALIFICATIONS, on=Target.SIGNATURE)
def unusual_file_name(signature: Signature, _subject: Subject) -> Iterator[Hit]:
    """A document with a name that the console would not take.

    Why:
        a name has at most 64 characters, no blanks and none of " # ' $ % & * / | < > { } [ ] ; ? !
    Example:
        name: 示例商城
        type: notification
        qualification: own
        licence: files/my licence.png
    Instead:
        name: 示例商城
        type: notification
        qualification: own
        licence: files/licence.png
    """
    for field, file in _files(signature):
        name = PurePath(file.path).name
        found = _BAD_IN_FILE_NAME.search(name)
        if found:
            message = _("'{found}' in the file name '{name}'").format(found=found[0], name=name)
            yield Hit(message, _("rename the file"), (field,))
        elif len(name) > DOCUMENT_NAME:
            message = _("a file name of {count} characters, expected at most {longest_file_name}").format(
                count=len(name), longest_file_name=DOCUMENT_NAME
            )
            yield Hit(message, _("rename the file"), (field,))


def _files(signature: Signature) -> Iterator[tuple[str, File]]:
    for field in ("licence", "authorization", "proof"):
        file: File | None = getattr(signature, field)
        if file is not None:
            yield field, file
