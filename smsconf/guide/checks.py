"""The doctor's table: facts → one verdict a check, in the order in which they build on each other.

Pure; ``facts`` gathers the facts. A check whose need failed is *skipped* and names the failure it goes
back to, so that one cause is one failure. *failed* means that some command cannot do its work until it is
repaired; *warning* means that one day something may not arrive.

Written from the error tables named in ``cloud.codes`` and
https://support.huaweicloud.com/api-msgsms/sms_05_0060.html (read 2026-11).
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from typing import NamedTuple

from smsconf import __version__
from smsconf.config import HuaweiCloudProvider, Provider
from smsconf.guide import connection
from smsconf.guide.connection import judging, showing
from smsconf.guide.facts import Facts
from smsconf.guide.verdict import Result, Verdict, failed, ok, skipped
from smsconf.language import N_, _, clauses, ngettext
from smsconf.lint.text.callback_urls import object_to
from smsconf.model.diagnostics import Severity
from smsconf.model.errors import ConfigError, SmsconfError
from smsconf.model.observed import Observed
from smsconf.model.resources import App, Region


class Check(NamedTuple):
    """One row of the doctor's report: a verdict under its name."""

    name: str
    result: Result
    message: str
    why: str | None
    fix: str | None


class _Row(NamedTuple):
    """A check, the names of what may not have failed before it, and what is true of the embedded emulator.

    A check without a verdict has no object here: nothing is said of it.
    """

    name: str
    needs: str
    check: Callable[[Facts], Verdict | None]
    embedded: str | None = None


def run_checks(facts: Facts) -> tuple[Check, ...]:
    """Hold the facts against every row of the table."""
    return tuple(_checked(facts))


def _checked(facts: Facts) -> Iterator[Check]:
    causes: dict[str, str] = {}  # check that did not pass → the failure it goes back to
    for row in CHECKS:
        cause = next((causes[need] for need in row.needs.split() if need in causes), None)
        if cause:
            verdict = _because_of(cause)
        elif facts.embedded and row.embedded:
            verdict = ok(_(row.embedded))
        else:
            found = row.check(facts)
            if found is None:
                continue
            verdict = found
        if cause or (verdict.result is Result.FAILED and verdict.stops):
            causes[row.name] = cause or row.name
        yield Check(row.name, *verdict[:4])


def _because_of(cause: str) -> Verdict:
    return skipped(_("not tried: {check} failed").format(check=cause))


# -- the files


def _configuration(facts: Facts) -> Verdict:
    if isinstance(facts.loaded, ConfigError):
        missing = any(one.fix for one in facts.loaded.diagnostics)
        fix = _("run `smsconf init`, or name the project's folder with --project") if missing else None
        return Verdict(Result.FAILED, facts.loaded.message, fix=fix)
    found = facts.loaded.diagnostics
    errors = [one for one in found if one.severity is Severity.ERROR]
    if errors:
        said = ngettext("{count} error: {first}", "{count} errors, the first: {first}", len(errors))
        first = f"{errors[0].place}: {errors[0].message}" if errors[0].place else errors[0].message
        fix = _("run `smsconf validate`, and repair what it lists")
        message = said.format(count=len(errors), first=first)
        return Verdict(Result.FAILED, message, errors[0].why, fix, stops=facts.provider is None)
    desired = facts.loaded.desired
    said = _("{provider}: {apps} apps, {signatures} signatures, {templates} templates")
    message = said.format(
        provider=_named(facts.loaded.provider),
        apps=len(desired.apps),
        signatures=len(desired.signatures),
        templates=len(desired.templates),
    )
    if not found:
        return ok(message)
    said = ngettext("{declared}; {count} warning", "{declared}; {count} warnings", len(found))
    return Verdict(
        Result.WARNING, said.format(declared=message, count=len(found)), fix=_("run `smsconf validate`")
    )


def _named(provider: Provider | None) -> str:
    if isinstance(provider, HuaweiCloudProvider):
        said = _("Huawei Cloud, site {site}, region {region}")
        return said.format(site=provider.site, region=provider.region)
    return _("the embedded emulator, site {site}").format(site=provider.site if provider else "")


# -- what is at the service


def _quota(facts: Facts) -> Verdict:
    if isinstance(facts.quotas, SmsconfError):
        return failed(facts.quotas)
    if not facts.quotas or not isinstance(facts.observed, Observed):
        return skipped(_("not tried: the files declare no app, or the apps were not read"))
    missing = _missing_apps(facts)
    said, short = [], []
    for region, quota in facts.quotas.items():
        left = max(quota.total - quota.used, 0)
        line = _("{region}: {left} of {total} left").format(region=region.value, left=left, total=quota.total)
        said.append(line)
        if len(missing[region]) > left:
            names = ", ".join(str(app.address) for app in missing[region])
            short.append(_("{line}, and {names} is to be created").format(line=line, names=names))
    if not short:
        return ok(clauses(said))
    return Verdict(
        Result.FAILED,
        clauses(short),
        _("an app can never be deleted, and each account may have two of a kind"),
        _("ask for more by service ticket, or declare an app that exists by its `name`"),
    )


def _missing_apps(facts: Facts) -> dict[Region, list[App]]:
    missing: dict[Region, list[App]] = {region: [] for region in Region}
    assert isinstance(facts.observed, Observed)  # noqa: S101 - for the type checker: the caller looked
    there = {(one.region, one.name) for one in facts.observed.apps.items}
    for app in facts.project.desired.apps.values() if facts.project else ():
        named = {(app.region.value, name) for name in (app.name, app.renamed_from) if name}
        if not app.external and not named & there:
            missing[app.region].append(app)
    return missing


def _reading(kind: str) -> Callable[[Facts], Verdict]:
    def verdict(facts: Facts) -> Verdict:
        if isinstance(facts.observed, SmsconfError):
            return failed(facts.observed)
        if facts.observed is None:
            return _because_of("account")
        reading = getattr(facts.observed, kind)
        if reading.problem:
            why = _("nothing of this kind, or of what depends on it, is written until it can be read")
            fix = _("repair what the message says, or run again; `smsconf explain` knows the codes")
            return Verdict(Result.FAILED, reading.problem, why, fix)
        if kind == "countries" and not reading.items:
            return skipped(_("not needed: no template goes to another country"))
        count = len(reading.items)
        return ok(ngettext("{count} was read", "{count} were read", count).format(count=count))

    return verdict


def _send_hosts(facts: Facts) -> Verdict:
    if isinstance(facts.sending, SmsconfError):
        return failed(facts.sending, Result.WARNING)
    if facts.sending is None:
        return skipped(_("not tried: no app names a host for messages that can be asked from here"))
    return ok(_("{host} was reached").format(host=facts.sending.host))


# -- this project and this machine


def _posted_to(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield whose address it is and the url, for everything that the service is to post to."""
    if facts.project is None:
        return
    desired = facts.project.desired
    for app in desired.apps.values():
        if isinstance(app.reply_url, str) and app.reply_url:
            yield str(app.address), app.reply_url
    for one in desired.consoles.values():
        if one.batch_report_url:
            yield str(one.address), one.batch_report_url
    if desired.messaging.status_callback:
        yield "messaging.status_callback", desired.messaging.status_callback


def _reply_addresses(facts: Facts) -> Verdict:
    named = list(_posted_to(facts))
    objections = [(whose, found) for whose, url in named if (found := object_to(url))]
    objections.sort(key=lambda one: not one[1].fatal)
    if objections:
        whose, worst = objections[0]
        message = _("{address}: {message}").format(address=whose, message=worst.message)
        why = _("the service posts there, from the public internet")
        return Verdict(Result.FAILED if worst.fatal else Result.WARNING, message, why, worst.fix)
    if not named:
        return skipped(_("not needed: the service is asked to post nothing"))
    said = ngettext("{count} address looks reachable", "{count} addresses look reachable", len(named))
    return ok(said.format(count=len(named)))


def _store(facts: Facts) -> Verdict | None:
    if facts.store is None:
        return None
    if isinstance(facts.store, SmsconfError):
        return failed(facts.store)
    said = _("{place}, version {version}: of two connections one at a time holds the lock")
    message = said.format(place=facts.store.place, version=facts.store.version)
    if facts.store.writable:
        return ok(message)
    return Verdict(
        Result.WARNING,
        message,
        _("this user may only read: plan needs no more; apply, confirm, send, bulk and receive write"),
        _("use a role that may write to the schema smsconf"),
    )


def _journal(facts: Facts) -> Verdict:
    if isinstance(facts.journal, SmsconfError):
        return failed(facts.journal)
    if "journal" in facts.unwritable:
        return Verdict(
            Result.FAILED,
            _("the journal cannot be written: {problem}").format(problem=facts.unwritable["journal"]),
            _("apply records what it sends before it sends it"),
            _("make {folder} a folder that you can write to").format(folder=facts.state),
        )
    entries = len(facts.journal.entries) if facts.journal else 0
    if facts.store:
        return ok(ngettext("{count} entry", "{count} entries", entries).format(count=entries))
    torn = facts.journal.torn if facts.journal else 0
    if torn:
        said = ngettext(
            "writable; {count} line was cut short", "writable; {count} lines were cut short", torn
        )
        return Verdict(Result.WARNING, said.format(count=torn), _("a run was killed while it wrote"))
    return ok(ngettext("writable, {count} entry", "writable, {count} entries", entries).format(count=entries))


def _cache(facts: Facts) -> Verdict | None:
    if facts.store:
        return None
    if "cache" not in facts.unwritable:
        return ok(_("writable"))
    return Verdict(
        Result.WARNING,
        _("the cache cannot be written: {problem}").format(problem=facts.unwritable["cache"]),
        _("every run then reads the variables of all templates again"),
        _("make {folder} a folder that you can write to").format(folder=facts.state),
    )


def _version(_facts: Facts) -> Verdict:
    said = _("smsconf {version}, Python {python}")
    return ok(said.format(version=__version__, python=platform.python_version()))


CHECKS: tuple[_Row, ...] = (
    _Row("configuration", "", _configuration),
    _Row("credentials", "configuration", showing("credentials"), N_("the embedded emulator needs none")),
    _Row("endpoint", "configuration", showing("route"), N_("this process: nothing leaves the machine")),
    _Row("proxy", "endpoint", connection.check_proxy),
    _Row("connection", "proxy", connection.check_connection, N_("no network is needed")),
    _Row("tls", "connection", connection.check_tls),
    _Row("clock", "tls", connection.check_clock, N_("this machine's clock is the emulator's")),
    _Row("authentication", "credentials clock", judging("authentication", connection.accepted)),
    _Row(
        "project",
        "authentication",
        judging("project", lambda facts: _("project {project_id}").format(project_id=facts.project_id)),
    ),
    _Row(
        "rights",
        "project",
        judging("rights", lambda _facts: _("reading is allowed; whether writing is shows only by writing")),
    ),
    _Row("service", "rights", judging("service", lambda _facts: _("Message & SMS is enabled and answers"))),
    _Row("account", "service", connection.check_account),
    _Row("app-quota", "service", _quota),
    *(_Row(kind, "service", _reading(kind)) for kind in ("apps", "signatures", "templates", "countries")),
    _Row("send-host", "account", _send_hosts, N_("the embedded emulator takes messages itself")),
    _Row("reply-address", "", _reply_addresses),
    _Row("store", "", _store),
    _Row("journal", "store", _journal),
    _Row("cache", "", _cache),
    _Row("version", "", _version),
)
"""Every check, in order."""
