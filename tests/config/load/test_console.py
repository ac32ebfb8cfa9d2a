"""What no API sets: thresholds, qualifications, registrations, account, console settings, campaigns."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from smsconf.model.address import Address
from smsconf.model.resources import AccountMode, Alarm, Ceiling, FrequencyLimit, Region
from tests.config.conftest import HEAD, HEAD_LINES, Load

HI = '  hi: {app: world, countries: [SG], content: "Example: hello there."}\n'
WHOLE = (
    HEAD
    + HI
    + """\
thresholds:
  cn: {daily: {warn: 8, limit: 10}}
  intl:
    monthly: {warn: 80, limit: 100}
    countries:
      SG: {daily: {limit: 5}}
      Taiwan, China: {daily: {limit: 6}}
qualifications:
  own: {name: 示例资质, company: 示例商城有限公司}
  brand: {id: q-1, third_party: true}
registrations:
  Singapore: {sender: EXAMPLE, reference: "42", links: ["https://example.com/"]}
account:
  mode: standard
  contacts:
    ops: {mobile: "+8613800138000", email: ops@example.com, alarms: [traffic, review]}
  packages:
    year: {region: intl, messages: 10000, country: TH}
  send_regions: [SG, Brazil, SG]
  frequency_limits: {world: {minute: 1, day: 9}}
  quotas: {apps: 4, templates: 3000, messages: {cn: {daily: 100000, monthly: 2000000}}}
messaging: {status_callback: https://sms.example.com/reports}
campaigns:
  sale: {template: hi, recipients: lists/sale.csv, at: "2026-12-01T10:00:00+08:00", opt_out: lists/no.csv}
calendar: {holidays: [2026-10-08], working_days: [2026-10-10]}
confirmations: confirmations.yaml
"""
)
CONSOLE = (
    "version: 1\nprovider: {emulator: {database: x.db}}\n"
    "apps: {shop: {region: cn, console: {batch_report_url: https://sms.example.com/batch,\n"
    "  ip_whitelist: [192.0.2.7, 192.0.2.0/24], push_authentication: true}}}\n"
)


def at(text: str) -> Address:
    return Address.parse(text)


def test_everything_people_set_is_loaded(load: Load) -> None:
    """Each section becomes resources with stable addresses, countries by their English names."""
    project = load({"smsconf.yaml": WHOLE, "lists/sale.csv": "number\n", "lists/no.csv": "number\n"})
    assert not project.diagnostics
    desired = project.desired
    assert {str(address): one.country for address, one in desired.thresholds.items()} == {
        "threshold.cn": None,
        "threshold.intl": None,
        "threshold.intl-singapore": "Singapore",
        "threshold.intl-taiwan-china": "Taiwan, China",
    }
    own = desired.qualifications[at("qualification.own")]
    assert (own.name, own.company, own.id, own.third_party) == ("示例资质", "示例商城有限公司", None, False)
    singapore = desired.registrations[at("registration.singapore")]
    assert (singapore.country, singapore.sender, singapore.links) == (
        "Singapore",
        "EXAMPLE",
        ("https://example.com/",),
    )
    account = desired.account
    assert account.mode is AccountMode.STANDARD
    assert account.contacts
    assert account.contacts["ops"].alarms == {Alarm.TRAFFIC, Alarm.REVIEW}
    assert account.packages
    assert account.packages["year"].country == "Thailand"
    assert account.send_regions == ("Singapore", "Brazil")
    assert account.frequency_limits == (FrequencyLimit(at("app.world"), 1, None, 9),)
    assert (account.quotas.apps, account.quotas.signatures, account.quotas.templates) == (4, 200, 3000)
    assert account.quotas.messages == {Region.CN: Ceiling(100_000, 2_000_000)}
    assert desired.messaging.status_callback == "https://sms.example.com/reports"
    sale = desired.campaigns[at("campaign.sale")]
    assert sale.at == datetime(2026, 12, 1, 2, tzinfo=UTC)
    assert (sale.template, sale.recipients.name) == (at("template.hi"), "sale.csv")
    assert desired.calendar.holidays == {date(2026, 10, 8)}
    assert project.confirmations == project.folder.resolve() / "confirmations.yaml"


def test_console_settings_of_an_app_have_an_address_of_their_own(load: Load) -> None:
    """They stand in the app, and are found there."""
    project = load(CONSOLE)
    assert not project.diagnostics
    [(address, console)] = project.desired.consoles.items()
    assert str(address) == "console.shop"
    assert console.ip_whitelist == ("192.0.2.7", "192.0.2.0/24")
    place = project.place(address, "ip_whitelist")
    assert place is not None
    assert (place.line, place.column) == (4, 17)


def test_nothing_declared_is_nothing_desired(load: Load) -> None:
    """A project without these sections asks for none of them."""
    desired = load(HEAD + HI).desired
    assert (desired.account.mode, desired.account.contacts) == (None, None)
    assert not desired.thresholds
    assert not desired.qualifications
    assert not desired.consoles


def test_signature_knows_the_qualification_it_waits_for(load: Load) -> None:
    """A declared qualification without an id is a reference, not an id."""
    text = HEAD.replace("type: verification}", "type: verification, qualification: own}")
    text = text.replace(
        "name: 示例商城, type: notification}", "name: 示例商城, type: notification, qualification: q-9}"
    )
    desired = load(text + HI + "qualifications: {own: {company: 示例}}\n").desired
    code, notice = desired.signatures[at("signature.code")], desired.signatures[at("signature.notice")]
    assert (code.qualification, code.qualified_by) == (None, at("qualification.own"))
    assert (notice.qualification, notice.qualified_by) == ("q-9", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thresholds: {cn: {dayly: {}}}", ("SMS020", 19, "threshold.cn", "write daily")),
        (
            "thresholds: {intl: {countries: {Singapor: {}}}}",
            ("SMS051", 33, None, "write Singapore"),
        ),
        (
            "thresholds: {intl: {countries: {SG: {daily: {warn: -1}}}}}",
            ("SMS025", 52, "threshold.intl-singapore", "write a whole number from 1"),
        ),
        ("thresholds: {intl: {countries: [SG]}}", ("SMS022", 32, "threshold.intl", "write a mapping")),
        ("thresholds: {intl: {countries: {SG: {}, Singapore: {}}}}", ("SMS032", 41, None, None)),
        ("thresholds: {cn: {countries: {}}}", ("SMS020", 19, "threshold.cn", None)),
        ("registrations: {UK: {}}", ("SMS051", 17, None, "write United Kingdom")),
        ("registrations: {SG: {sendr: x}}", ("SMS020", 22, "registration.singapore", "write sender")),
        ("qualifications: {own: {id: }}", ("SMS022", 24, "qualification.own", None)),
        ("account: {mod: standard}", ("SMS020", 11, None, "write mode")),
        (
            "account: {mode: international}",
            ("SMS023", 17, "account.mode", "write international-only"),
        ),
        (
            "account: {contacts: {ops: {mobile: 138}}}",
            ("SMS022", 36, "account.contacts", "put it in quotes: mobile: '138'"),
        ),
        (
            "account: {contacts: {ops: {alarms: [trafic]}}}",
            ("SMS023", 37, "account.contacts", "write traffic"),
        ),
        ("account: {send_regions: [Brasil]}", ("SMS051", 26, "account.send_regions", "write Brazil")),
        (
            "account: {frequency_limits: {wrld: {}}}",
            ("SMS401", 30, "account.frequency_limits", "write world"),
        ),
        ("calendar: {holidays: [2026-02-30]}", ("SMS025", 23, None, "write it as 2026-10-01")),
        (
            "calendar: {holidays: [2026-10-01], working_days: [2026-10-01]}",
            ("SMS025", 51, None, None),
        ),
        ("messaging: {status_callback: x}", ("SMS025", 30, None, "write it as https://HOST/PATH")),
        (
            "campaigns: {x: {template: hii, recipients: smsconf.yaml}}",
            ("SMS415", 27, "campaign.x", "write hi"),
        ),
        (
            "campaigns: {x: {template: hi, recipients: smsconf.yml}}",
            ("SMS036", 43, "campaign.x", "write smsconf.yaml"),
        ),
        (
            "campaigns: {x: {template: hi, recipients: smsconf.yaml, at: 2026-12-01T10:00:00}}",
            ("SMS025", 61, "campaign.x", "add the offset at its end, such as +08:00"),
        ),
        ("campaigns: {x: {template: hi, recipients: ../a}}", ("SMS031", 43, "campaign.x", None)),
        ("confirmations: smsconf.yaml", ("SMS025", 16, None, "write confirmations.yaml")),
        ("confirmations: ../x.yaml", ("SMS031", 16, None, None)),
        ("confirmations: [x]", ("SMS022", 16, None, None)),
    ],
)
def test_mistake_has_place_address_and_fix(
    load: Load, text: str, expected: tuple[str, int, str | None, str | None]
) -> None:
    """One mistake, one diagnostic, at the word that is wrong."""
    project = load(f"{HEAD}{HI}{text}\n")
    assert len(project.diagnostics) == 1, project.diagnostics
    [found] = project.diagnostics
    assert found.place is not None
    code, column, address, fix = expected
    assert (found.code, found.place.line - HEAD_LINES - 1, found.place.column) == (code, 1, column)
    assert found.address == address
    assert fix is None or found.fix == fix


@pytest.mark.parametrize(
    ("console", "column", "fix"),
    [
        ("batch_report_url: ftp://x", 55, "write it as https://HOST/PATH"),
        ("ip_whitelist: [1.2.3.400]", 52, "write it as 192.0.2.7 or 192.0.2.0/24"),
        ("push_authentication: yes", 58, "write push_authentication: true"),
        ("batch_url: x", 37, "write batch_report_url"),
    ],
)
def test_mistake_in_console_settings_is_the_apps(load: Load, console: str, column: int, fix: str) -> None:
    """They are part of the app's entry."""
    project = load(
        "version: 1\nprovider: {emulator: {database: x.db}}\n"
        f"apps: {{shop: {{region: cn, console: {{{console}}}}}}}\n"
    )
    [found] = project.diagnostics
    assert found.place is not None
    assert (found.address, found.place.column, found.fix) == ("app.shop", column, fix)


def test_mistake_in_one_setting_of_the_account_hides_no_other(load: Load) -> None:
    """Each key of the account is judged by itself, and what is right is kept."""
    project = load(HEAD + HI + "account: {mode: 2, send_regions: [SG], quotas: {apps: 0}}\n")
    assert [found.address for found in project.diagnostics] == ["account.mode", "account.quotas"]
    assert project.desired.account.send_regions == ("Singapore",)


def test_overlay_changes_and_removes_what_people_set(load: Load) -> None:
    """Single values and countries can be replaced or taken out in an environment."""
    files = {
        "smsconf.yaml": WHOLE + "environments: {prod: {overlay: prod.yaml}}\n",
        "lists/sale.csv": "number\n",
        "lists/no.csv": "number\n",
        "prod.yaml": "thresholds: {intl: {countries: {SG: null}}}\n"
        "account: {mode: international-only, contacts: null}\n"
        "campaigns: null\nregistrations: {Singapore: null}\n",
    }
    project = load(files, "prod")
    assert not project.diagnostics
    desired = project.desired
    assert at("threshold.intl-singapore") not in desired.thresholds
    assert desired.account.mode is AccountMode.INTERNATIONAL_ONLY
    assert desired.account.contacts is None
    assert not desired.campaigns
    assert not desired.registrations


def test_sections_of_several_files_merge(load: Load) -> None:
    """Like any other section; a setting that two files have is an error at the second."""
    project = load(
        {
            "smsconf.yaml": HEAD + HI + "include: [more.yaml]\naccount: {mode: standard}\n",
            "more.yaml": "account: {send_regions: [SG], mode: standard}\ncalendar: {holidays: []}\n",
        }
    )
    [found] = project.diagnostics
    assert (found.code, found.address) == ("SMS032", "account.mode")
    assert project.desired.account.send_regions == ("Singapore",)


def test_file_of_confirmations_is_no_configuration(load: Load) -> None:
    """A pattern that matches it does not read it."""
    project = load(
        {
            "smsconf.yaml": HEAD + HI + "include: ['*.yaml']\nconfirmations: done.yaml\n",
            "done.yaml": "confirmations: []\n",
            "more.yaml": "calendar: {}\n",
        }
    )
    assert not project.diagnostics


def test_confirmations_are_a_path_whatever_else_is_included(load: Load) -> None:
    """A list in its place is refused like any other wrong type."""
    project = load({"smsconf.yaml": HEAD + HI + "include: ['*.yaml']\nconfirmations: [done.yaml]\n"})
    [found] = project.diagnostics
    assert found.code == "SMS022"
