"""What no API sets, as rows of the plan: where a person sets what, and whether somebody confirmed it.

A confirmation holds as long as the declared values are those that were confirmed, and no longer than it says.
Nothing here sends anything, and nothing sees whether the console says the same. The places are in
``console_screens``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from smsconf.language import _
from smsconf.model.address import Address, Kind
from smsconf.model.console_screens import DEFAULT_THRESHOLDS, REGISTRATION, Screen, screen_of
from smsconf.model.memory import Confirmation
from smsconf.model.resources import (
    Account,
    AccountMode,
    AppConsole,
    Desired,
    Qualification,
    Registration,
    Threshold,
)
from smsconf.model.sites import Site
from smsconf.reconcile.change import Action, Decision, FieldChange, ManualChange, ManualStep
from smsconf.reconcile.inputs import Inputs

Values = Mapping[str, Any]


class Standing(StrEnum):
    """How a manual step stands."""

    OPEN = "open"
    CHANGED = "changed"
    EXPIRED = "expired"
    CONFIRMED = "confirmed"
    NEEDLESS = "needless"


def decide_manual(inputs: Inputs) -> Iterator[ManualChange]:
    """Yield a row for everything declared that no API sets."""
    for address, step in manual_steps(inputs.desired, inputs.site).items():
        confirmation = inputs.memory.confirmations.get(address)
        standing = standing_of(step, confirmation, inputs.observed.now)
        done = standing in (Standing.CONFIRMED, Standing.NEEDLESS)
        decision = Decision(
            Action.NONE if done else Action.MANUAL,
            _reason(address, step, standing, confirmation),
            fields=tuple(FieldChange(path, None, value) for path, value in step.values.items()),
        )
        manual = replace(step, standing=standing.value, confirmation=confirmation)
        yield decision.row(ManualChange, address, _name(inputs.desired, address), manual=manual)


def manual_steps(desired: Desired, site: Site) -> dict[Address, ManualStep]:
    """Return what people must set, by address, in the order in which things depend on each other."""
    steps = {
        address: _step(values, screen, needless)
        for address, values, screen, needless in (
            *_account(desired.account),
            *(_qualification(one, site) for one in desired.qualifications.values()),
            *(_registration(one) for one in desired.registrations.values()),
            *(_console(desired, one) for one in desired.consoles.values()),
            *(_threshold(desired, one, site) for one in desired.thresholds.values()),
        )
        if values
    }
    return dict(sorted(steps.items(), key=lambda item: item[0].order))


def standing_of(step: ManualStep, confirmation: Confirmation | None, now: datetime) -> Standing:
    """Say how a step stands at a time (the service's, aware)."""
    if step.needless:
        return Standing.NEEDLESS
    if confirmation is None:
        return Standing.OPEN
    if confirmation.digest != step.digest:
        return Standing.CHANGED
    if confirmation.expires and confirmation.expires <= now:
        return Standing.EXPIRED
    return Standing.CONFIRMED


# -- one function a kind: address, values, place, and why there may be nothing to do

Row = tuple[Address, Values, Screen, str | None]


def _account(account: Account) -> Iterator[Row]:
    contacts = _inside(account.contacts or {}, "name", "mobile", "email", "alarms")
    packages = _inside(account.packages or {}, "region", "messages", "country")
    by_app = {one.app.key: one for one in account.frequency_limits or ()}
    limits = _inside(by_app, "minute", "hour", "day")
    mode = {"mode": account.mode.value} if account.mode else {}
    regions = {"send_regions": account.send_regions} if account.send_regions else {}
    default = account.mode is AccountMode.STANDARD
    for key, values, needless in (
        ("mode", mode, _("the service's default") if default else None),
        ("contacts", contacts, None),
        ("packages", packages, None),
        ("send_regions", regions, None),
        ("frequency_limits", limits, None),
    ):
        address = Address(Kind.ACCOUNT, key)
        yield address, values, screen_of(address), needless


def _qualification(one: Qualification, site: Site) -> Row:
    needless = None
    if not site.qualifications:
        needless = _("this site has no qualifications")
    elif one.id:
        needless = _("its id {id} is known").format(id=one.id)
    return one.address, _given(one, "name", "third_party", "company"), screen_of(one.address), needless


def _registration(one: Registration) -> Row:
    given = _given(one, "country", "sender", "links")
    return one.address, {name: value for name, value in given.items() if value}, screen_of(one.address), None


def _console(desired: Desired, one: AppConsole) -> Row:
    given = _given(one, "batch_report_url", "ip_whitelist", "push_authentication")
    default = not any(given.values())
    app = desired.apps.get(one.app)
    screen = screen_of(one.address, app.name if app else one.app.key)
    return one.address, given, screen, _("the service's default") if default else None


def _threshold(desired: Desired, one: Threshold, site: Site) -> Row:
    given = _given(one, "daily_warn", "daily_limit", "monthly_warn", "monthly_limit")
    values = {name.replace("_", "."): value for name, value in given.items()}
    defaults = DEFAULT_THRESHOLDS[site.name]
    granted = one.region in desired.account.quotas.messages  # what is granted becomes the default
    same = (
        not one.country and not granted and all(defaults.get(name) == value for name, value in values.items())
    )
    screen = screen_of(one.address, *([one.country] if one.country else []))
    default = _("the default of the {site} site ({date})").format(site=site.name, date=screen.date)
    return one.address, values, screen, default if same else None


def _given(one: object, *names: str) -> dict[str, Any]:
    """Return the fields that the files mention, as JSON has them."""
    values = {name: getattr(one, name) for name in names}
    return {
        name: tuple(sorted(value)) if isinstance(value, frozenset) else value
        for name, value in values.items()
        if value is not None
    }


def _inside(things: Mapping[str, object], *names: str) -> Values:
    """Return the fields of several things that have a value, each by its key and its name."""
    return {
        f"{key}.{name}": value
        for key, one in things.items()
        for name, value in _given(one, *names).items()
        if value
    }


def _step(values: Values, screen: Screen, needless: str | None) -> ManualStep:
    """Make a step; the digest is of the values as they are, what is shown hides numbers of people."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return ManualStep(
        console=screen.path,
        page=screen.page,
        page_date=screen.date,
        digest=hashlib.sha256(text.encode()).hexdigest()[:16],
        needless=needless,
        values={
            path: _masked(value) if path.endswith(".mobile") else value for path, value in values.items()
        },
    )


def _masked(number: str) -> str:
    """Hide a phone number but its last digits."""
    return f"{'*' * max(0, len(number) - 4)}{number[-4:]}" if len(number) > 7 else "*" * len(number)


# -- words


def _name(desired: Desired, address: Address) -> str:
    """Return the name that people at the console know."""
    if address.kind is Kind.QUALIFICATION:
        return desired.qualifications[address].name or address.key
    if address.kind is Kind.REGISTRATION:
        return desired.registrations[address].country
    if address.kind is Kind.CONSOLE:
        app = desired.apps.get(desired.consoles[address].app)
        return app.name if app else address.key
    return address.key


def _reason(address: Address, step: ManualStep, standing: Standing, confirmation: Confirmation | None) -> str:
    if step.needless:
        return step.needless
    todo = _("no API sets it: do it at the console, then smsconf confirm {address}").format(address=address)
    country = str(step.values.get("country"))
    if address.kind is Kind.REGISTRATION and country in REGISTRATION:
        what = _(REGISTRATION[country])
        todo = _("{what}; then smsconf confirm {address}").format(what=what, address=address)
    if confirmation is None:
        return todo
    who, when = confirmation.by.partition(" <")[0], f"{confirmation.time:%Y-%m-%d}"
    match standing:
        case Standing.CONFIRMED:
            said = _("confirmed by {who} on {when}").format(who=who, when=when)
            return f"{said}: {confirmation.note}" if confirmation.note else said
        case Standing.CHANGED:
            return _("its values changed since {who} confirmed it on {when}; {todo}").format(
                who=who, when=when, todo=todo
            )
        case _:
            return _("what {who} confirmed on {when} has expired; {todo}").format(
                who=who, when=when, todo=todo
            )
