"""The doctor's checks of the way to the service: proxy, TLS and clock, then what the first answer says.

Pure. One error belongs to one check: which, tell its kind, its code, its status, its operation or its words.

Written from the error tables named in ``cloud.codes`` (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from smsconf.cloud.auth.credentials import Credentials
from smsconf.cloud.http.codes import ACCOUNT_WORDS
from smsconf.cloud.http.failures import NotTrusted
from smsconf.cloud.http.operations import PROJECTS_OPERATION, TOKEN_OPERATION
from smsconf.cloud.http.probe import Probe
from smsconf.guide.facts import Facts, Route
from smsconf.guide.verdict import Result, Verdict, failed, ok, skipped
from smsconf.language import _
from smsconf.model.errors import CloudError, SmsconfError, Unauthorized

_MOST_SKEW = timedelta(minutes=15)  # between X-Sdk-Date and the gateway's clock (reference §8.3)
_WARN_SKEW = timedelta(minutes=2)


def showing(field: str) -> Callable[[Facts], Verdict]:
    """Make the judge of a fact that shows itself; it failed if an error stands in its place."""

    def verdict(facts: Facts) -> Verdict:
        fact = getattr(facts, field)
        return failed(fact) if isinstance(fact, SmsconfError) else ok(str(fact))

    return verdict


def check_proxy(facts: Facts) -> Verdict:
    """Say which proxy is on the way, and whether it answers."""
    proxy = facts.route.proxy if isinstance(facts.route, Route) else None
    if _blamed_on_way(facts) == "proxy":
        verdict = failed(facts.probe)  # type: ignore[arg-type] # it is an error where something is blamed
        fix = _("check HTTPS_PROXY (now {proxy}), or add the service's host to NO_PROXY").format(proxy=proxy)
        return verdict._replace(fix=fix)
    return ok(_("through {proxy}").format(proxy=proxy) if proxy else _("none is used"))


def check_connection(facts: Facts) -> Verdict:
    """Say whether the host answers."""
    if isinstance(facts.probe, SmsconfError) and _blamed_on_way(facts) == "connection":
        return failed(facts.probe)
    assert isinstance(facts.route, Route)  # noqa: S101 - for the type checker: it was needed
    return ok(_("the host was reached"))


def check_tls(facts: Facts) -> Verdict:
    """Say whether its certificate is trusted."""
    if isinstance(facts.probe, SmsconfError):
        return failed(facts.probe)
    if isinstance(facts.route, Route) and facts.route.url.startswith("https:"):
        return ok(_("the certificate is trusted"))
    return ok(_("not needed: nothing leaves this machine"))


def _blamed_on_way(facts: Facts) -> str | None:
    """Say which check an unanswered knock belongs to."""
    problem = facts.probe
    if not isinstance(problem, SmsconfError):
        return None
    if isinstance(problem, NotTrusted):
        return "tls"
    proxied = isinstance(facts.route, Route) and facts.route.proxy
    unsent = isinstance(problem, CloudError) and problem.arrived is False
    return "proxy" if proxied and unsent else "connection"


def check_clock(facts: Facts) -> Verdict:
    """Compare this machine's clock with the service's."""
    assert isinstance(facts.probe, Probe)  # noqa: S101 - for the type checker: the way there was needed
    there = facts.probe.answered_at
    if there is None:
        return skipped(_("not tried: the answer names no time"))
    skew = facts.now - there
    if abs(skew) <= _WARN_SKEW:
        return ok(_("{seconds} seconds from the service's").format(seconds=round(abs(skew).total_seconds())))
    minutes = round(abs(skew).total_seconds() / 60)
    said = (
        _("this machine's clock is {minutes} minutes ahead of the service's")
        if skew > timedelta()
        else _("this machine's clock is {minutes} minutes behind the service's")
    )
    signing = isinstance(facts.credentials, Credentials) and facts.credentials.access_key
    fatal = signing and abs(skew) > _MOST_SKEW
    return Verdict(
        Result.FAILED if fatal else Result.WARNING,
        said.format(minutes=minutes),
        _("a signed request is good for 15 minutes"),
        _("set this machine's clock (NTP), then run again"),
    )


# -- what the first answer to a request with credentials says

_STAGES = ("authentication", "project", "rights", "service", "account")
_BY_CODE = {
    "APIGW.0302": "rights",
    "APIGW.0304": "rights",
    "APIGW.0306": "rights",
    "APIGW.0310": "project",
    "APIGW.0802": "project",
    "MSGSMS.0003": "authentication",
    "MSGSMS.0013": "service",
    "MSGSMS.0104": "service",
}
_BY_OPERATION = {TOKEN_OPERATION: "authentication", PROJECTS_OPERATION: "project"}
_BY_STATUS = {401: "authentication", 403: "rights"}


def _stage(problem: SmsconfError) -> str:
    """Say which of the checks an error is about: by its code, its status, its operation, or its words."""
    if not isinstance(problem, CloudError):
        return "service"
    known = _BY_CODE.get(problem.code or "") or (_BY_STATUS.get(401) if problem.status == 401 else None)
    if known:
        return known
    if any(word in problem.message.lower() for word in ACCOUNT_WORDS):
        return "account"
    if problem.operation in _BY_OPERATION:
        return _BY_OPERATION[problem.operation]
    if problem.status in _BY_STATUS:
        return _BY_STATUS[problem.status]
    return "project" if isinstance(problem, Unauthorized) and problem.arrived is False else "service"


def judging(stage: str, passed: Callable[[Facts], str]) -> Callable[[Facts], Verdict]:
    """Make the judge of a stage: it failed if the error is about it, and passed if about a later one."""

    def verdict(facts: Facts) -> Verdict:
        problem = facts.entered
        if isinstance(problem, SmsconfError) and _stage(problem) == stage:
            return failed(problem)
        return ok(passed(facts))

    return verdict


def accepted(facts: Facts) -> str:
    """Say what was accepted."""
    credentials = facts.credentials
    if isinstance(credentials, Credentials) and not credentials.access_key:
        return _("the token was accepted")
    return _("a signed request was accepted")


def check_account(facts: Facts) -> Verdict:
    """Say whether the account is frozen or restricted, as far as a reading request tells."""
    for problem in (facts.entered, facts.account):
        if isinstance(problem, SmsconfError):
            return failed(problem)
    if facts.account is None:
        return skipped(_("not tried: only a request about an app shows it, and there is no app yet"))
    return ok(_("neither frozen nor restricted"))
