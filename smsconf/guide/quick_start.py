"""The table of the quick start: each step with its judge and the page of the vendor it follows.

Pure data beside one function. Pages and dates as read 2026-11; where only the quick start's text is known,
there is no url.
"""

from __future__ import annotations

from smsconf.guide.checklist import (
    QUICK_START,
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
    no_app,
    no_qualification,
    no_signature,
    no_template,
    not_needed,
)
from smsconf.language import N_
from smsconf.model.address import Kind
from smsconf.model.resources import Region

_SUPPORT = "https://support.huaweicloud.com"
_MANUAL = f"{_SUPPORT}/intl/en-us/usermanual-msgsms"
_BOTH = (Region.CN, Region.INTL)

STEPS: tuple[Row, ...] = (
    Row("project", N_("a project of files"), None, check_project),
    Row("real-name", N_("an account, verified"), QUICK_START, check_real_name),
    Row(
        "credentials",
        N_("an IAM user and its keys"),
        Page(N_("authentication"), f"{_SUPPORT}/api-msgsms/sms_05_0016.html", "2024-08"),
        check_credentials,
    ),
    Row("service", N_("the service, enabled"), QUICK_START, check_service),
    Row(
        "account",
        N_("contacts, packages, mode"),
        Page(N_("contacts"), f"{_MANUAL}/sms_03_1004.html", "2024-01-22"),
        examining(
            Kind.ACCOUNT,
            not_needed(
                N_("the service's defaults hold; contacts, packages and mode may stand under account")
            ),
        ),
    ),
    Row(
        "app",
        N_("an app"),
        Page(N_("application management"), f"{_MANUAL}/sms_03_0012.html", "2025"),
        examining(Kind.APP, no_app),
        _BOTH,
    ),
    Row(
        "console",
        N_("report address, IP whitelist"),
        Page(N_("application management"), f"{_MANUAL}/sms_03_0013.html", "2025"),
        examining(
            Kind.CONSOLE, not_needed(N_("the service's defaults hold; others stand under console of an app"))
        ),
        _BOTH,
    ),
    Row(
        "qualification",
        N_("a qualification"),
        Page(N_("signature management"), f"{_MANUAL}/sms_03_0014.html", "2025-06-04"),
        examining(Kind.QUALIFICATION, no_qualification),
        (Region.CN,),
    ),
    Row(
        "signature",
        N_("a signature, approved"),
        Page(N_("signature management"), f"{_MANUAL}/sms_03_0014.html", "2025-06-04"),
        examining(Kind.SIGNATURE, no_signature),
        (Region.CN,),
    ),
    Row(
        "registration",
        N_("registrations of countries"),
        Page(N_("special countries"), f"{_SUPPORT}/intl/zh-cn/productdesc-msgsms/phone_numbers.html", "2025"),
        examining(
            Kind.REGISTRATION, not_needed(N_("none is declared; lint names the countries that ask for one"))
        ),
        (Region.INTL,),
    ),
    Row(
        "template",
        N_("a template, approved"),
        Page(N_("template management"), f"{_MANUAL}/sms_03_0016.html", "2025"),
        examining(Kind.TEMPLATE, no_template),
        _BOTH,
    ),
    Row(
        "threshold",
        N_("traffic thresholds"),
        Page(N_("traffic thresholds"), f"{_MANUAL}/sms_03_1009.html", "2024"),
        examining(
            Kind.THRESHOLD, not_needed(N_("the service's defaults hold; others stand under thresholds"))
        ),
        _BOTH,
    ),
    Row(
        "send",
        N_("the first message"),
        Page(N_("sending"), f"{_SUPPORT}/intl/en-us/api-msgsms/sms_05_0001.html", "2025-01-14"),
        check_sending,
        _BOTH,
    ),
)
"""The quick start in its order; the steps without a flow come before both."""


def guide(seen: Seen) -> tuple[Step, ...]:
    """Say where every step stands."""
    return tuple(examined(STEPS, seen))
