"""Merged data → what no API sets, resolved: thresholds, qualifications, account, console settings, campaigns.

The counterpart of ``desired`` for these sections, with its rules: a mistake in an entry keeps only that entry
out. What the vendor allows beyond the form of the values is the checks' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from smsconf.config.format.console_model import (
    AccountEntry,
    CalendarEntry,
    CampaignEntry,
    ConsoleEntry,
    InternationalThresholdEntry,
    MessagingEntry,
    QualificationEntry,
    QuotasEntry,
    RegistrationEntry,
    ThresholdEntry,
)
from smsconf.config.format.entry import Entry
from smsconf.config.format.validation import container, unknown_key, validate
from smsconf.config.load.declarations import Declared, Parts, resource
from smsconf.config.problems import shown
from smsconf.config.yaml.files import nearest_path
from smsconf.config.yaml.source import Block, Located, Span, span_at
from smsconf.language import _
from smsconf.model.address import Address, Kind, slug
from smsconf.model.country_names import nearest_name, usual_name
from smsconf.model.resources import (
    Account,
    AppConsole,
    Campaign,
    Ceiling,
    Contact,
    FrequencyLimit,
    Messaging,
    Package,
    Qualification,
    Quotas,
    Region,
    Registration,
    Threshold,
)
from smsconf.model.working_days import Calendar

E = TypeVar("E", bound=Entry)
R = TypeVar("R")

_PACKAGES = Address(Kind.ACCOUNT, "packages")
_REGIONS = Address(Kind.ACCOUNT, "send_regions")
_LIMITS = Address(Kind.ACCOUNT, "frequency_limits")
_MESSAGING = Address(Kind.ACCOUNT, "messaging")


# -- thresholds


def thresholds(declared: Declared) -> dict[Address, Threshold]:
    """Make the thresholds of both kinds of SMS, then those of single countries."""
    known = [region.value for region in Region]
    found: dict[Address, Threshold] = {}
    for key, one in declared.section("thresholds").located():
        address = Address(Kind.THRESHOLD, key)
        if key not in known:
            declared.problems.add(unknown_key(key, known, one.span.key))
        elif key == Region.CN:
            found |= _threshold(declared, address, ThresholdEntry, one, Region.CN)
        else:
            alone = Located(_without(one.value, "countries"), one.span)
            found |= _threshold(declared, address, InternationalThresholdEntry, alone, Region.INTL)
            if isinstance(one.value, Block):
                countries = container(one.value, "countries", Block, declared.problems, address)
                for at, each, country in _by_country(
                    declared, countries, ("thresholds", key, "countries"), Kind.THRESHOLD, f"{key}-"
                ):
                    found |= _threshold(declared, at, ThresholdEntry, each, Region.INTL, country)
    return found


def _threshold(
    declared: Declared,
    address: Address,
    model: type[ThresholdEntry],
    one: Located,
    region: Region,
    country: str | None = None,
) -> dict[Address, Threshold]:
    entry = validate(model, one, declared.problems, address)
    if entry is None:
        return {}
    amounts = {
        f"{span}_{name}": getattr(getattr(entry, span), name, None)
        for span in ("daily", "monthly")
        for name in ("warn", "limit")
    }
    return {address: Threshold(address, region, **amounts, country=country)}


def _by_country(
    declared: Declared, block: Block, path: Parts, kind: Kind, prefix: str = ""
) -> Iterator[tuple[Address, Located, str]]:
    """Yield each entry with the country's English name; the same country twice is an error."""
    seen: dict[str, Span] = {}
    for written, one in block.located():
        country = _country(declared, written, one.span)
        if country is None:
            continue
        if country in seen:
            first = seen[country].key
            message = _("'{written}' is {country}, which line {line} already declares").format(
                written=shown(written), country=country, line=first.line
            )
            related = ((first, _("first here")),)
            declared.problems.report("SMS032", message, one.span.key, related=related)
            continue
        seen[country] = one.span
        address = Address(kind, f"{prefix}{slug(country)}")
        declared.paths[address] = (*path, written)
        yield address, one, country


def _country(
    declared: Declared, written: str, span: Span | None, address: Address | None = None
) -> str | None:
    name = usual_name(written)
    if name is None and span:
        meant = nearest_name(written)
        fix = _("write {near}").format(near=meant) if meant else None
        place = span.key if span.key_start != span.start else span.value
        message = _("no country is called '{written}'").format(written=shown(written))
        declared.problems.report("SMS051", message, place, address=address, fix=fix)
    return name


# -- qualifications, registrations, account


def qualifications(declared: Declared) -> dict[Address, Qualification]:
    """Make the qualifications."""
    entries = declared.entries(Kind.QUALIFICATION, QualificationEntry)
    return {
        address: resource(Qualification, entry, address=address, name=entry.name or address.key)
        for address, entry in entries.items()
    }


def registrations(declared: Declared) -> dict[Address, Registration]:
    """Make the registrations, one a country."""
    section = declared.section("registrations")
    return {
        address: resource(Registration, entry, address=address, country=country)
        for address, one, country in _by_country(declared, section, ("registrations",), Kind.REGISTRATION)
        if (entry := validate(RegistrationEntry, one, declared.problems, address))
    }


def account(declared: Declared) -> Account:
    """Make the settings of the account."""
    entry = _whole(declared, "account", AccountEntry, Kind.ACCOUNT)
    return Account(
        mode=entry.mode,
        contacts=_each(
            entry.contacts,
            lambda key, one: resource(Contact, one, name=one.name or key, alarms=frozenset(one.alarms)),
        ),
        packages=_each(
            entry.packages,
            lambda key, one: resource(Package, one, country=_country_of(declared, key, one.country)),
        ),
        send_regions=None if entry.send_regions is None else _send_regions(declared, entry.send_regions),
        frequency_limits=None if entry.frequency_limits is None else tuple(_limits(declared, entry)),
        quotas=_quotas(entry.quotas or QuotasEntry()),
    )


def _each(entries: Mapping[str, E] | None, make: Callable[[str, E], R]) -> dict[str, R] | None:
    return None if entries is None else {key: make(key, one) for key, one in entries.items()}


def _country_of(declared: Declared, key: str, written: str | None) -> str | None:
    span = declared.span(_PACKAGES, key, "country")
    return _country(declared, written, span, _PACKAGES) if written else None


def _send_regions(declared: Declared, written: list[str]) -> tuple[str, ...]:
    names = (
        _country(declared, name, declared.span(_REGIONS, position), _REGIONS)
        for position, name in enumerate(written)
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _limits(declared: Declared, entry: AccountEntry) -> Iterator[FrequencyLimit]:
    for key, one in (entry.frequency_limits or {}).items():
        if declared.knows(Kind.APP, key, _LIMITS, key, by_key=True):
            yield resource(FrequencyLimit, one, app=Address(Kind.APP, key))


def _quotas(entry: QuotasEntry) -> Quotas:
    ceilings = {
        region: resource(Ceiling, one)
        for region in Region
        if (one := getattr(entry.messages, region.value, None))
    }
    granted = {name: most for name, most in entry if most is not None} | {"messages": ceilings}
    return Quotas(**granted)


def console(declared: Declared, app: Address, entry: ConsoleEntry) -> AppConsole:
    """Make the console settings of an app."""
    address = Address(Kind.CONSOLE, app.key)
    declared.paths[address] = ("apps", app.key, "console")
    return resource(AppConsole, entry, address=address, app=app)


# -- sending


def messaging(declared: Declared) -> Messaging:
    """Make the settings of sending."""
    declared.paths[_MESSAGING] = ("messaging",)
    return resource(Messaging, _whole(declared, "messaging", MessagingEntry))


def campaigns(declared: Declared) -> dict[Address, Campaign]:
    """Make the campaigns."""
    found: dict[Address, Campaign] = {}
    for address, entry in declared.entries(Kind.CAMPAIGN, CampaignEntry).items():
        if not declared.knows(Kind.TEMPLATE, entry.template, address, "template"):
            continue
        recipients = _list(declared, address, "recipients", entry.recipients)
        if recipients is not None:
            found[address] = resource(
                Campaign,
                entry,
                address=address,
                template=Address(Kind.TEMPLATE, entry.template),
                recipients=recipients,
                opt_out=_list(declared, address, "opt_out", entry.opt_out) if entry.opt_out else None,
                at=datetime.fromisoformat(entry.at) if entry.at else None,
            )
    return found


def _list(declared: Declared, address: Address, field: str, written: str) -> Path | None:
    """Locate a list of numbers; one that is not there yet is worth a warning only."""
    path = declared.path(address, field, written)
    if path is not None and not path.is_file():
        near = nearest_path(declared.folder, written)
        fix = _("write {near}").format(near=near) if near else None
        message = _("'{written}' does not exist") if not path.exists() else _("'{written}' is not a file")
        declared.report("SMS036", message.format(written=shown(written)), address, field, fix=fix)
    return path


def calendar(declared: Declared) -> Calendar:
    """Make the corrections of the working days."""
    entry = _whole(declared, "calendar", CalendarEntry)
    for position, day in enumerate(entry.working_days):
        if day in entry.holidays:
            span = span_at(declared.data, ("calendar", "working_days", position))
            message = _("{day} is a holiday and a working day").format(day=day)
            declared.problems.report("SMS025", message, span.value if span else None)
    free, worked = (frozenset(map(date.fromisoformat, days)) for days in (entry.holidays, entry.working_days))
    return Calendar(free, worked)


# -- reading sections


def _whole(declared: Declared, section: str, model: type[E], kind: Kind | None = None) -> E:
    """Validate a section that is one entry; each key by itself, so that a mistake hides nothing else."""
    known = list(model.model_fields)
    good: dict[str, object] = {}
    for key, one in declared.section(section).located():
        if key not in known:
            declared.problems.add(unknown_key(key, known, one.span.key))
            continue
        alone = Block()
        alone.put(key, *one)
        if validate(model, Located(alone, one.span), declared.problems, Address(kind, key) if kind else None):
            good[key] = one.value
    return model.model_validate(good)


def _without(value: object, key: str) -> object:
    """Leave a key out of a mapping."""
    if not isinstance(value, Block):
        return value
    rest = Block()
    for other, one in value.located():
        if other != key:
            rest.put(other, *one)
    rest.removed.update(value.removed)
    return rest
