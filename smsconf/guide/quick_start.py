"""The table of the quick start: each step with its judge and the page of the vendor it follows.

Pure data beside its reader. Pages and dates as read 2026-11; where only the quick start's text is known,
there is no url.
"""

from __future__ import annotations

from collections.abc import Mapping

from smsconf.guide.checklist import (
    Examine,
    Page,
    Row,
    Seen,
    Step,
    check_credentials,
    check_project,
    check_real_name,
    check_service,
    examined,
)
from smsconf.guide.declared import (
    check_sending,
    examining,
    no_qualification,
    not_needed,
    undeclared,
)
from smsconf.language import N_
from smsconf.lint.sources import CONTACTS, COUNTRIES, THRESHOLDS
from smsconf.model.address import Kind
from smsconf.model.resources import Region

_API = "https://support.huaweicloud.com/api-msgsms"
_INTL_API = "https://support.huaweicloud.com/intl/en-us/api-msgsms"
_MANUAL = "https://support.huaweicloud.com/intl/en-us/usermanual-msgsms"

_TABLE = f"""
project | | a project of files
real-name | | an account, verified | the service's quick start | 2025-02-11 |
credentials | | an IAM user and its keys | authentication | 2024-08 | {_API}/sms_05_0016.html
service | | the service, enabled | the service's quick start | 2025-02-11 |
account | | contacts, packages, mode | contacts | {CONTACTS.date} | {CONTACTS.source}
app | cn intl | an app | application management | 2025 | {_MANUAL}/sms_03_0012.html
console | cn intl | report address, IP whitelist | application management | 2025 | {_MANUAL}/sms_03_0013.html
qualification | cn | a qualification | signature management | 2025-06-04 | {_MANUAL}/sms_03_0014.html
signature | cn | a signature, approved | signature management | 2025-06-04 | {_MANUAL}/sms_03_0014.html
registration | intl | registrations of countries | special countries | {COUNTRIES.date} | {COUNTRIES.source}
template | cn intl | a template, approved | template management | 2025 | {_MANUAL}/sms_03_0016.html
threshold | cn intl | traffic thresholds | traffic thresholds | {THRESHOLDS.date} | {THRESHOLDS.source}
send | cn intl | the first message | sending | 2025-01-14 | {_INTL_API}/sms_05_0001.html
"""
_EXAMINE: Mapping[str, Examine] = {
    "project": check_project,
    "real-name": check_real_name,
    "credentials": check_credentials,
    "service": check_service,
    "send": check_sending,
}
_MISSING: Mapping[Kind, Examine] = {
    Kind.ACCOUNT: not_needed(
        N_("the service's defaults hold; contacts, packages and mode may stand under account")
    ),
    Kind.APP: undeclared(N_("declare one under apps, with region: {region}")),
    Kind.CONSOLE: not_needed(N_("the service's defaults hold; others stand under console of an app")),
    Kind.QUALIFICATION: no_qualification,
    Kind.SIGNATURE: undeclared(N_("declare one under signatures: mainland messages need it")),
    Kind.REGISTRATION: not_needed(N_("none is declared; lint names the countries that ask for one")),
    Kind.TEMPLATE: undeclared(N_("declare one under templates: only what is in a template is sent")),
    Kind.THRESHOLD: not_needed(N_("the service's defaults hold; others stand under thresholds")),
}


def _row(text: str) -> Row:
    """Read a step of the table: its key, its flows, its title, and title, date and url of the page."""
    key, flows, title, *page = (cell.strip() for cell in text.split("|"))
    examine = _EXAMINE.get(key) or examining(Kind(key), _MISSING[Kind(key)])
    of_vendor = Page(page[0], page[2] or None, page[1]) if page else None
    return Row(key, title, of_vendor, examine, tuple(map(Region, flows.split())))


STEPS: tuple[Row, ...] = tuple(map(_row, _TABLE.strip().splitlines()))
"""The quick start in its order; the steps without a flow come before both."""


def guide(seen: Seen) -> tuple[Step, ...]:
    """Say where every step stands."""
    return tuple(examined(STEPS, seen))
