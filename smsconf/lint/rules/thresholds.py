"""Rules about traffic thresholds (SMS501-SMS507): what the console takes, and what the vendor has granted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from smsconf.language import _
from smsconf.lint.rule import Hit, Target, rule
from smsconf.lint.sources import THRESHOLDS
from smsconf.lint.subject import Subject
from smsconf.model.address import Address, Kind
from smsconf.model.console_screens import DEFAULT_THRESHOLDS
from smsconf.model.diagnostics import Severity
from smsconf.model.resources import Ceiling, Region, Threshold

_DAYS: Final = 31


def _halves(threshold: Threshold) -> Iterator[tuple[str, int | None, int | None]]:
    """Yield the alarm value and the limit of a day, and those of a month."""
    yield "daily", threshold.daily_warn, threshold.daily_limit
    yield "monthly", threshold.monthly_warn, threshold.monthly_limit


def _beside(threshold: Threshold, daily: int | None, monthly: int | None) -> Iterator[tuple[str, int, int]]:
    """Yield each limit beside another one of its span, where there are both."""
    for (span, _warn, limit), most in zip(_halves(threshold), (daily, monthly), strict=True):
        if limit is not None and most is not None:
            yield span, limit, most


@rule("SMS501", "limit-not-above-warn", Severity.ERROR, THRESHOLDS, on=Target.THRESHOLD)
def limit_not_above_warn(threshold: Threshold, _subject: Subject) -> Iterator[Hit]:
    """A limit that is not above its alarm value.

    Why:
        the console takes a limit only if it is greater than the alarm value
    Example:
        daily: {warn: 1000, limit: 1000}
    Instead:
        daily: {warn: 800, limit: 1000}
    """
    for span, warn, limit in _halves(threshold):
        if warn is not None and limit is not None and limit <= warn:
            text = _("the {span} limit {limit} is not above warn {warn}")
            fix = _("write a limit above {warn}").format(warn=warn)
            yield Hit(text.format(span=span, limit=limit, warn=warn), fix, (span, "limit"))


@rule("SMS502", "monthly-not-above-daily", Severity.ERROR, THRESHOLDS, on=Target.THRESHOLD)
def monthly_not_above_daily(threshold: Threshold, _subject: Subject) -> Iterator[Hit]:
    """A monthly limit that is not above the daily one.

    Why:
        the console takes a monthly limit only if it is greater than the daily limit
    Example:
        daily: {warn: 800, limit: 1000}
        monthly: {warn: 900, limit: 1000}
    Instead:
        daily: {warn: 800, limit: 1000}
        monthly: {warn: 16000, limit: 20000}
    """
    daily, monthly = threshold.daily_limit, threshold.monthly_limit
    if daily is not None and monthly is not None and monthly <= daily:
        text = _("the monthly limit {monthly} is not above the daily limit {daily}").format(
            monthly=monthly, daily=daily
        )
        yield Hit(text, _("write a monthly limit above {daily}").format(daily=daily), ("monthly", "limit"))


@rule("SMS503", "half-a-threshold", Severity.WARNING, THRESHOLDS, on=Target.THRESHOLD)
def half_a_threshold(threshold: Threshold, _subject: Subject) -> Iterator[Hit]:
    """A limit without alarm value, or the other way round.

    Why:
        the console asks for both, and a limit without alarm stops sending without a warning
    Example:
        daily: {limit: 1000}
    Instead:
        daily: {warn: 800, limit: 1000}
    """
    for span, warn, limit in _halves(threshold):
        if (warn is None) != (limit is None):
            missing, given = ("warn", "limit") if warn is None else ("limit", "warn")
            text, fix = _("the {span} threshold has {given} but no {missing}"), _("add {missing}: to {span}")
            said = text.format(span=span, given=given, missing=missing)
            yield Hit(said, fix.format(missing=missing, span=span), (span,))


@rule("SMS504", "unreachable-monthly-limit", Severity.WARNING, THRESHOLDS, on=Target.THRESHOLD)
def unreachable_monthly_limit(threshold: Threshold, _subject: Subject) -> Iterator[Hit]:
    """A monthly alarm value that the daily limit keeps from ever being reached.

    Why:
        with 31 days at the daily limit the alarm still does not go off
    Example:
        daily: {warn: 80, limit: 100}
        monthly: {warn: 8000, limit: 10000}
    Instead:
        daily: {warn: 800, limit: 1000}
        monthly: {warn: 8000, limit: 10000}
    """
    daily, monthly = threshold.daily_limit, threshold.monthly_warn
    if daily is not None and monthly is not None and monthly > _DAYS * daily:
        text = _("{days} days at {daily} never reach the monthly warn {monthly}")
        fix = _("write a monthly warn below {days}").format(days=_DAYS * daily)
        yield Hit(text.format(days=_DAYS, daily=daily, monthly=monthly), fix, ("monthly", "warn"))


@rule("SMS505", "limit-above-granted", Severity.ERROR, THRESHOLDS, on=Target.THRESHOLD)
def limit_above_granted(threshold: Threshold, subject: Subject) -> Iterator[Hit]:
    """A limit above what the vendor granted (account: {quotas: {messages: …}}).

    Why:
        the granted limit is the highest that the console takes; a service ticket raises it
    Example:
        account: {quotas: {messages: {cn: {daily: 1000}}}}
        thresholds: {cn: {daily: {warn: 1600, limit: 2000}}}
    Instead:
        account: {quotas: {messages: {cn: {daily: 2000}}}}
        thresholds: {cn: {daily: {warn: 1600, limit: 2000}}}
    """
    granted = subject.desired.account.quotas.messages.get(threshold.region, Ceiling())
    for span, limit, most in _beside(threshold, granted.daily, granted.monthly):
        if limit > most:
            text = _("the {span} limit {limit} is above {most}, which was granted")
            fix = _("write {most}, or have it raised and write what was granted in account")
            yield Hit(text.format(span=span, limit=limit, most=most), fix.format(most=most), (span, "limit"))


@rule("SMS506", "limit-above-default", Severity.INFO, THRESHOLDS, on=Target.THRESHOLD)
def limit_above_default(threshold: Threshold, subject: Subject) -> Iterator[Hit]:
    """A limit above the site's default, without a word of what the vendor granted.

    Why:
        the default is the highest limit until a service ticket, which names both values, has raised it
    Example:
        provider: {emulator: {database: x.db, site: international}}
        thresholds: {intl: {daily: {warn: 1600, limit: 2000}}}
    Instead:
        provider: {emulator: {database: x.db, site: international}}
        account: {quotas: {messages: {intl: {daily: 2000}}}}
        thresholds: {intl: {daily: {warn: 1600, limit: 2000}}}
    """
    if threshold.region in subject.desired.account.quotas.messages:
        return
    defaults = DEFAULT_THRESHOLDS[subject.site.name]
    for span, limit, most in _beside(threshold, defaults.get("daily.limit"), defaults.get("monthly.limit")):
        if limit > most:
            text = _("the {span} limit {limit} is above the default of {most}")
            fix = _("have it granted by a service ticket, and write it in account: {quotas: {messages: …}}")
            yield Hit(text.format(span=span, limit=limit, most=most), fix, (span, "limit"))


@rule("SMS507", "country-limit-above-all", Severity.WARNING, THRESHOLDS, on=Target.THRESHOLD)
def country_limit_above_all(threshold: Threshold, subject: Subject) -> Iterator[Hit]:
    """A country's limit that is not below the one of all countries together.

    Why:
        sending stops at the limit of all countries first, so that of the country never counts
    Example:
        thresholds:
          intl:
            daily: {warn: 800, limit: 1000}
            countries: {SG: {daily: {warn: 800, limit: 1000}}}
    Instead:
        thresholds:
          intl:
            daily: {warn: 800, limit: 1000}
            countries: {SG: {daily: {warn: 400, limit: 500}}}
    """
    if threshold.country is None:
        return
    everywhere = subject.desired.thresholds.get(Address(Kind.THRESHOLD, Region.INTL.value))
    if everywhere is None:
        return
    for span, limit, most in _beside(threshold, everywhere.daily_limit, everywhere.monthly_limit):
        if limit >= most:
            text = _("the {span} limit {limit} of {country} is not below {most}, that of all countries")
            said = text.format(span=span, limit=limit, country=threshold.country, most=most)
            yield Hit(said, _("write a limit below {most}").format(most=most), (span, "limit"))
