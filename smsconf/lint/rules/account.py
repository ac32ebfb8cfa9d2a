"""Rules about what people set at the console (SMS511-SMS517): account, contacts, limits, qualifications."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from smsconf.language import _
from smsconf.lint.rule import Hit, Spot, Target, rule
from smsconf.lint.rules.apps import out_of_reach
from smsconf.lint.sources import API_STATUS, CONTACTS, FREQUENCY, MODES, PUSHES, QUALIFICATIONS
from smsconf.lint.subject import Subject
from smsconf.model import limits
from smsconf.model.address import Address, Kind
from smsconf.model.country_names import english
from smsconf.model.diagnostics import Severity
from smsconf.model.resources import AccountMode, Alarm, Region

_MODE: Final = Address(Kind.ACCOUNT, "mode")
_CONTACTS: Final = Address(Kind.ACCOUNT, "contacts")
_LIMITS: Final = Address(Kind.ACCOUNT, "frequency_limits")
_REGIONS: Final = Address(Kind.ACCOUNT, "send_regions")
_MESSAGING: Final = Address(Kind.ACCOUNT, "messaging")
_NAME: Final = re.compile(r"[0-9A-Za-z\u3400-\u9fff]+")


@rule("SMS511", "mainland-app-in-international-mode", Severity.ERROR, MODES, on=Target.PROJECT)
def mainland_app_in_international_mode(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """An app of region cn in an account that sends abroad only.

    Why:
        mode 2 of the service has no mainland messages, signatures or qualifications
    Example:
        account: {mode: international-only}
        apps: {home: {region: cn, external: true}}
    Instead:
        account: {mode: international-only}
        apps: {abroad: {region: intl, external: true}}
    """
    if subject.desired.account.mode is not AccountMode.INTERNATIONAL_ONLY:
        return
    for app in subject.desired.apps.values():
        if app.region is Region.CN:
            other = (Spot(_MODE), _("the mode"))
            fix = _("remove the app, or have the mode changed by a service ticket and write mode: standard")
            text = _("an app of region cn, and the account is international-only")
            yield Hit(text, fix, ("region",), address=app.address, related=(other,))


@rule("SMS512", "too-many-contacts", Severity.ERROR, CONTACTS, on=Target.PROJECT)
def too_many_contacts(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """More contacts than an account may have.

    Why:
        the console takes ten contacts
    Example:
        account:
          contacts: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, j: {}, k: {}}
    Instead:
        account:
          contacts: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, j: {}}
    """
    contacts = list(subject.desired.account.contacts or {})
    if len(contacts) > limits.CONTACTS:
        text = _("{count} contacts, expected at most {most}").format(
            count=len(contacts), most=limits.CONTACTS
        )
        fix = _("remove {key}, or give several people one address").format(key=contacts[-1])
        yield Hit(text, fix, (contacts[limits.CONTACTS],), address=_CONTACTS)


@rule("SMS513", "nobody-hears-the-alarm", Severity.WARNING, CONTACTS, on=Target.PROJECT)
def nobody_hears_the_alarm(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """Contacts without one that is told when a threshold is reached.

    Why:
        at the limit sending stops, and only contacts with the traffic alarm are told before
    Example:
        account: {contacts: {ops: {alarms: [review]}}}
        thresholds: {cn: {daily: {warn: 800, limit: 1000}}}
    Instead:
        account: {contacts: {ops: {alarms: [review, traffic]}}}
        thresholds: {cn: {daily: {warn: 800, limit: 1000}}}
    """
    desired = subject.desired
    contacts = desired.account.contacts
    if contacts and desired.thresholds and not any(Alarm.TRAFFIC in one.alarms for one in contacts.values()):
        fix = _("add traffic to the alarms of {key}").format(key=next(iter(contacts)))
        yield Hit(_("no contact has the traffic alarm"), fix, address=_CONTACTS)


@rule("SMS514", "frequency-limit-too-high", Severity.ERROR, FREQUENCY, on=Target.PROJECT)
def frequency_limit_too_high(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """A limit per recipient that the console does not take.

    Why:
        limits per minute, hour and day are at most 999
    Example:
        account: {frequency_limits: {shop: {day: 1000}}}
        apps: {shop: {region: cn, external: true}}
    Instead:
        account: {frequency_limits: {shop: {day: 999}}}
        apps: {shop: {region: cn, external: true}}
    """
    for one in subject.desired.account.frequency_limits or ():
        for span, limit in (("minute", one.minute), ("hour", one.hour), ("day", one.day)):
            if limit is not None and limit > limits.FREQUENCY:
                text = _("{limit} messages a {span}, expected at most {most}")
                said = text.format(limit=limit, span=span, most=limits.FREQUENCY)
                fix = _("write {near}").format(near=limits.FREQUENCY)
                yield Hit(said, fix, (one.app.key, span), address=_LIMITS)


@rule("SMS515", "country-not-sent-to", Severity.WARNING, API_STATUS, on=Target.PROJECT)
def country_not_sent_to(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """A template for a country that the account's send regions leave out.

    Why:
        the service refuses every message to a country that is not chosen (E000628)

    Example:
        account: {send_regions: [SG]}
        templates:
          sale: {app: world, countries: [BR], content: "Example Shop: your order has been shipped."}
    Instead:
        account: {send_regions: [BR]}
        templates:
          sale: {app: world, countries: [BR], content: "Example Shop: your order has been shipped."}
    """
    allowed = subject.desired.account.send_regions
    if not allowed:
        return
    for address, template in subject.desired.templates.items():
        for position, name in enumerate(template.countries):
            if english(name) not in allowed:
                text = _("{name} is not among the send regions of the account").format(name=name)
                fix = _("add it to send_regions, or take it out here")
                other = (Spot(_REGIONS), _("the send regions"))
                yield Hit(text, fix, ("countries", position), address=address, related=(other,))


@rule("SMS516", "qualification-name", Severity.ERROR, QUALIFICATIONS, on=Target.PROJECT, sites=("china",))
def qualification_name(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """A name that the console does not take for a new qualification.

    Why:
        a name has at most 32 Chinese characters, letters and digits
    Example:
        qualifications: {new: {name: 示例-商城}}
    Instead:
        qualifications: {new: {name: 示例商城}}
    """
    for address, one in subject.desired.qualifications.items():
        name = one.name or ""
        if one.id is None and (not _NAME.fullmatch(name) or len(name) > limits.QUALIFICATION_NAME):
            text = _("'{name}' cannot be the name of a qualification").format(name=name[:60])
            fix = _("add a name of at most {most} Chinese characters, letters and digits")
            yield Hit(text, fix.format(most=limits.QUALIFICATION_NAME), ("name",), address=address)


@rule("SMS517", "report-url-out-of-reach", Severity.WARNING, PUSHES, on=Target.PROJECT)
def report_url_out_of_reach(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """An address for status reports that the service cannot post to, or that should not be in a file.

    Why:
        status reports are pushed once, from the internet, and kept by nobody else
    Example:
        messaging: {status_callback: "https://user:secret@sms.example.com/reports"}
    Instead:
        messaging: {status_callback: "https://sms.example.com/reports"}
    """
    desired = subject.desired
    yield from out_of_reach(desired.messaging.status_callback, "status_callback", _MESSAGING)
    for address, one in desired.consoles.items():
        yield from out_of_reach(one.batch_report_url, "batch_report_url", address)
