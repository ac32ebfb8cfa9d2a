"""Merged data → what no API sets, resolved: thresholds, qualifications, account, console settings, campaigns.

The counterpart of ``desired`` for these sections, with its rules: a mistake in an entry keeps only that entry
out. What the vendor allows beyond the form of the values is the checks' business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
from smsconf.config.format.validation import unknown_key, valid_entries, validate, wrong_type
from smsconf.config.problems import Problems, fix_reference, nearest, problem, shown
from smsconf.config.yaml.files import Unreadable, inside, nearest_path
from smsconf.config.yaml.source import Block, Span, span_at
from smsconf.language import N_, _
from smsconf.model.address import Address, Kind
from smsconf.model.console_screens import CHINESE
from smsconf.model.country_names import MISTAKEN, NAMES
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

M = TypeVar("M", bound=Entry)
Parts = tuple[str | int, ...]

_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_ENGLISH = {name.casefold(): name for name in NAMES.values()}


@dataclass(slots=True)
class ConsoleMaker:
    """Makes what people set; ``paths`` tells where addresses stand that are not section and key."""

    data: Block
    folder: Path
    problems: Problems
    paths: dict[Address, Parts] = field(default_factory=dict)

    # -- thresholds

    def thresholds(self) -> dict[Address, Threshold]:
        """Make the thresholds of both kinds of SMS, then those of single countries."""
        section = self._block("thresholds")
        known = [region.value for region in Region]
        found: dict[Address, Threshold] = {}
        for key, value in section.items():
            span, address = section.spans[key], Address(Kind.THRESHOLD, key)
            if key not in known:
                self.problems.add(unknown_key(key, known, span.key))
            elif key == Region.CN:
                entry = validate(ThresholdEntry, value, span, self.problems, address)
                if entry:
                    found[address] = _threshold(address, Region.CN, entry)
            else:
                world = validate(
                    InternationalThresholdEntry, _without(value, "countries"), span, self.problems, address
                )
                if world:
                    found[address] = _threshold(address, Region.INTL, world)
                found.update(self._thresholds_of_countries(value))
        return found

    def _thresholds_of_countries(self, value: object) -> Iterator[tuple[Address, Threshold]]:
        path = ("thresholds", "intl", "countries")
        countries = value.get("countries") if isinstance(value, Block) else None
        if isinstance(value, Block) and "countries" in value and not isinstance(countries, Block):
            address = Address(Kind.THRESHOLD, "intl")
            self.problems.add(
                wrong_type(N_("a mapping"), countries, value.spans["countries"], address=address)
            )
        if not isinstance(countries, Block):
            return
        for written, country in self._by_country(countries, path, Kind.THRESHOLD, "intl-"):
            address = Address(Kind.THRESHOLD, f"intl-{slug(country)}")
            entry = validate(
                ThresholdEntry, countries[written], countries.spans[written], self.problems, address
            )
            if entry:
                yield address, _threshold(address, Region.INTL, entry, country)

    def _by_country(
        self, block: Block, path: Parts, kind: Kind, prefix: str = ""
    ) -> Iterator[tuple[str, str]]:
        """Yield each key with the country's English name; the same country twice is an error."""
        seen: dict[str, Span] = {}
        for written in block:
            span = block.spans[written]
            country = self._country(written, span)
            if country is None:
                continue
            if country in seen:
                first = seen[country].key
                message = _("'{written}' is {country}, which line {line} already declares").format(
                    written=shown(written), country=country, line=first.line
                )
                other = ((first, _("first here")),)
                self.problems.add(problem("SMS032", message, span.key, related=other))
                continue
            seen[country] = span
            self.paths[Address(kind, f"{prefix}{slug(country)}")] = (*path, written)
            yield written, country

    def _country(self, written: str, span: Span, address: Address | None = None) -> str | None:
        name = NAMES.get(written) or _ENGLISH.get(written.casefold()) or CHINESE.get(written)
        if name is None:
            meant = NAMES.get(MISTAKEN.get(written, "")) or nearest(written, _ENGLISH.values())
            fix = _("write {near}").format(near=meant) if meant else None
            place = span.key if span.key_start != span.start else span.value
            message = _("no country is called '{written}'").format(written=shown(written))
            self.problems.add(problem("SMS051", message, place, address=address, fix=fix))
        return name

    # -- qualifications, registrations, account

    def qualifications(self) -> dict[Address, Qualification]:
        """Make the qualifications."""
        entries = valid_entries(
            self._block("qualifications"), "qualifications", QualificationEntry, self.problems
        )
        return {
            (address := Address(Kind.QUALIFICATION, key)): Qualification(
                address, entry.name or key, entry.third_party, entry.company, entry.id, entry.description
            )
            for key, entry in entries.items()
        }

    def registrations(self) -> dict[Address, Registration]:
        """Make the registrations, one a country."""
        section = self._block("registrations")
        found: dict[Address, Registration] = {}
        for written, country in self._by_country(section, ("registrations",), Kind.REGISTRATION):
            address = Address(Kind.REGISTRATION, slug(country))
            entry = validate(
                RegistrationEntry, section[written], section.spans[written], self.problems, address
            )
            if entry:
                links = tuple(entry.links)
                found[address] = Registration(
                    address, country, entry.sender, entry.reference, links, entry.description
                )
        return found

    def account(self, apps: list[str]) -> Account:
        """Make the settings of the account; ``apps`` are the keys that limits may name."""
        entry = self._whole("account", AccountEntry, Kind.ACCOUNT)
        return Account(
            mode=entry.mode,
            contacts=None
            if entry.contacts is None
            else {
                key: Contact(one.name or key, one.mobile, one.email, frozenset(one.alarms))
                for key, one in entry.contacts.items()
            },
            packages=None
            if entry.packages is None
            else {
                key: Package(one.region, one.messages, self._country_of(key, one.country), one.description)
                for key, one in entry.packages.items()
            },
            send_regions=None if entry.send_regions is None else self._send_regions(entry.send_regions),
            frequency_limits=None if entry.frequency_limits is None else tuple(self._limits(entry, apps)),
            quotas=_quotas(entry.quotas),
        )

    def _country_of(self, key: str, written: str | None) -> str | None:
        span = span_at(self.data, ("account", "packages", key, "country"))
        address = Address(Kind.ACCOUNT, "packages")
        return self._country(written, span, address) if written and span else None

    def _send_regions(self, written: list[str]) -> tuple[str, ...]:
        address = Address(Kind.ACCOUNT, "send_regions")
        names = []
        for position, name in enumerate(written):
            span = span_at(self.data, ("account", "send_regions", position))
            names.append(self._country(name, span, address) if span else None)
        return tuple(dict.fromkeys(name for name in names if name))

    def _limits(self, entry: AccountEntry, apps: list[str]) -> Iterator[FrequencyLimit]:
        address = Address(Kind.ACCOUNT, "frequency_limits")
        for key, one in (entry.frequency_limits or {}).items():
            if key in apps:
                yield FrequencyLimit(Address(Kind.APP, key), one.minute, one.hour, one.day)
                continue
            span = span_at(self.data, ("account", "frequency_limits", key))
            message, fix = (
                _("no app has the key '{key}'").format(key=shown(key)),
                fix_reference(key, apps, "apps"),
            )
            self.problems.add(
                problem("SMS401", message, span.key if span else None, address=address, fix=fix)
            )

    def console(self, app: Address, entry: ConsoleEntry) -> AppConsole:
        """Make the console settings of an app."""
        address = Address(Kind.CONSOLE, app.key)
        self.paths[address] = ("apps", app.key, "console")
        allowed = None if entry.ip_whitelist is None else tuple(entry.ip_whitelist)
        return AppConsole(address, app, entry.batch_report_url, allowed, entry.push_authentication)

    # -- sending

    def messaging(self) -> Messaging:
        """Make the settings of sending."""
        self.paths[Address(Kind.ACCOUNT, "messaging")] = ("messaging",)
        return Messaging(self._whole("messaging", MessagingEntry).status_callback)

    def campaigns(self, templates: list[str]) -> dict[Address, Campaign]:
        """Make the campaigns; ``templates`` are the keys that they may name."""
        found: dict[Address, Campaign] = {}
        section = self._block("campaigns")
        for key, entry in valid_entries(section, "campaigns", CampaignEntry, self.problems).items():
            address = Address(Kind.CAMPAIGN, key)
            if entry.template not in templates:
                span = span_at(self.data, ("campaigns", key, "template"))
                message = _("no template has the key '{key}'").format(key=shown(entry.template))
                fix = fix_reference(entry.template, templates, "templates")
                self.problems.add(
                    problem("SMS415", message, span.value if span else None, address=address, fix=fix)
                )
                continue
            recipients = self._list(address, "recipients", entry.recipients)
            if recipients is None:
                continue
            found[address] = Campaign(
                address,
                Address(Kind.TEMPLATE, entry.template),
                recipients,
                self._list(address, "opt_out", entry.opt_out) if entry.opt_out else None,
                datetime.fromisoformat(entry.at) if entry.at else None,
                entry.description,
            )
        return found

    def _list(self, address: Address, key: str, written: str) -> Path | None:
        """Locate a list of numbers; one that is not there yet is worth a warning only."""
        span = span_at(self.data, ("campaigns", address.key, key))
        place = span.value if span else None
        try:
            path = inside(self.folder, written)
        except Unreadable as error:
            self.problems.add(problem("SMS035", f"'{shown(written)}' {error.reason}", place, address=address))
            return None
        if path is None:
            message = _("'{written}' leads out of the project").format(written=shown(written))
            self.problems.add(problem("SMS031", message, place, address=address))
        elif not path.is_file():
            near = nearest_path(self.folder, written)
            message = _("'{written}' does not exist") if not path.exists() else _("'{written}' is not a file")
            self.problems.add(
                problem(
                    "SMS036",
                    message.format(written=shown(written)),
                    place,
                    address=address,
                    fix=_("write {near}").format(near=near) if near else None,
                )
            )
        return path

    def calendar(self) -> Calendar:
        """Make the corrections of the working days."""
        entry = self._whole("calendar", CalendarEntry)
        for position, day in enumerate(entry.working_days):
            if day in entry.holidays:
                span = span_at(self.data, ("calendar", "working_days", position))
                message = _("{day} is a holiday and a working day").format(day=day)
                self.problems.add(problem("SMS025", message, span.value if span else None))
        return Calendar(_days(entry.holidays), _days(entry.working_days))

    # -- reading sections

    def _block(self, section: str) -> Block:
        value = self.data.get(section)
        if isinstance(value, Block):
            return value
        if section in self.data:
            self.problems.add(wrong_type(N_("a mapping"), value, self.data.spans[section]))
        return Block()

    def _whole(self, section: str, model: type[M], kind: Kind | None = None) -> M:
        """Validate a section that is one entry; each key by itself, so that a mistake hides nothing else."""
        block = self._block(section)
        known = list(model.model_fields)
        good: dict[str, object] = {}
        for key, value in block.items():
            span = block.spans[key]
            if key not in known:
                self.problems.add(unknown_key(key, known, span.key))
                continue
            alone = Block()
            alone.put(key, value, span)
            address = Address(kind, key) if kind else None
            if validate(model, alone, span, self.problems, address):
                good[key] = value
        return model.model_validate(good)


def slug(country: str) -> str:
    """Write a country's English name as a key: ``taiwan-china``."""
    plain = unicodedata.normalize("NFKD", country).encode("ascii", "ignore").decode().lower()
    return _NOT_A_LETTER.sub("-", plain).strip("-")


def _without(value: object, key: str) -> object:
    """Leave a key out of a mapping."""
    if not isinstance(value, Block):
        return value
    rest = Block()
    for other in (other for other in value if other != key):
        rest.put(other, value[other], value.spans[other])
    rest.removed.update(value.removed)
    return rest


def _threshold(
    address: Address, region: Region, entry: ThresholdEntry, country: str | None = None
) -> Threshold:
    daily, monthly = entry.daily, entry.monthly
    return Threshold(
        address,
        region,
        daily_warn=daily.warn if daily else None,
        daily_limit=daily.limit if daily else None,
        monthly_warn=monthly.warn if monthly else None,
        monthly_limit=monthly.limit if monthly else None,
        country=country,
    )


def _quotas(entry: QuotasEntry | None) -> Quotas:
    if entry is None:
        return Quotas()
    granted = entry.messages
    ceilings: Mapping[Region, Ceiling] = {
        region: Ceiling(one.daily, one.monthly)
        for region in Region
        if granted and (one := getattr(granted, region.value))
    }
    return Quotas(entry.apps, entry.signatures, entry.templates, ceilings)


def _days(written: list[str]) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in written)
