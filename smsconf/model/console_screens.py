"""What only a person at the vendor's console can set: where, by which page, and what it is at first.

One table, each row with the page it was taken from and that page's date (read 2026-11). No API shows or sets
any of it (messaging reference, sections C, E, H and J), so it says nothing of how an account stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from smsconf.language import N_, _
from smsconf.model.address import Address, Kind
from smsconf.model.resources import Region

_SUPPORT: Final = "https://support.huaweicloud.com"
_MANUAL: Final = f"{_SUPPORT}/intl/en-us/usermanual-msgsms"


class Screen(NamedTuple):
    """A place at the console, from the menu downwards, and the vendor's page about it with its date."""

    path: tuple[str, ...]
    page: str
    date: str


_SETTINGS: Final = (N_("General Management"), N_("Settings"))
_TICKET: Final = (N_("Service Tickets"), N_("Create Service Ticket"))
_COUNTRIES: Final = f"{_SUPPORT}/intl/zh-cn/productdesc-msgsms/phone_numbers.html"

_THRESHOLDS: Final = Screen((*_SETTINGS, N_("Traffic Threshold")), f"{_MANUAL}/sms_03_1009.html", "2024")
_KINDS: Final[Mapping[Kind, Screen]] = {
    Kind.QUALIFICATION: Screen(
        (N_("Mainland SMS"), N_("Qualifications")),
        f"{_SUPPORT}/usermanual-msgsms/sms_03_0014.html",
        "2025-06-04",
    ),
    Kind.REGISTRATION: Screen(_TICKET, _COUNTRIES, "2025"),
    Kind.CONSOLE: Screen((N_("Application Management"),), f"{_MANUAL}/sms_03_0013.html", "2025"),
}
_ACCOUNT: Final[Mapping[str, Screen]] = {
    "mode": Screen(_TICKET, f"{_MANUAL}/sms_03_0032.html", "2024"),
    "contacts": Screen(
        (N_("General Management"), N_("Contacts")), f"{_MANUAL}/sms_03_1004.html", "2024-01-22"
    ),
    "packages": Screen((N_("Buy Package"),), f"{_SUPPORT}/intl/en-us/pg-msgsms/sms_07_0001.html", "2024"),
    "send_regions": Screen(
        (*_SETTINGS, N_("Regions")),
        f"{_SUPPORT}/eu/ae-ad-1-usermanual-msgsms/sms_03_1003.html",
        "2025-07-16",
    ),
    "frequency_limits": Screen(
        (*_SETTINGS, N_("SMS Sending Frequency")), f"{_MANUAL}/sms_03_1012.html", "2024"
    ),
}
_TABS: Final = {Region.CN: N_("Chinese Mainland SMS"), Region.INTL: N_("Global SMS")}


def screen_of(address: Address, *inside: str) -> Screen:
    """Return where an address that no API sets is set; ``inside`` are the last steps of the way."""
    screen = _KINDS.get(address.kind, _THRESHOLDS)
    if address.kind is Kind.ACCOUNT:
        screen = _ACCOUNT[address.key]
    path = [_(word) for word in screen.path]
    if address.kind is Kind.THRESHOLD:
        path.append(_(_TABS[Region.CN if address.key == Region.CN else Region.INTL]))
    return screen._replace(path=(*path, *inside))


DEFAULT_THRESHOLDS: Final[Mapping[str, Mapping[str, int]]] = {
    "china": {},
    "international": {
        "daily.warn": 400,
        "daily.limit": 500,
        "monthly.warn": 8_000,
        "monthly.limit": 10_000,
    },
    "europe": {"daily.warn": 400, "monthly.warn": 8_000},
}
"""Thresholds of a new account by site, the same for both kinds of SMS: sms_03_1009 (international, 2024) and
sms_03_1003 (europe, 2025-07-16), where the limits are not told. Those of the china site are UNKNOWN."""

_NUMERIC: Final = N_(
    "register a numeric sender ID through the account manager before creating app and template"
)
REGISTRATION: Final[Mapping[str, str]] = {
    "Canada": _NUMERIC,
    "United States": _NUMERIC,
    "Vietnam": N_("register a brand or company sender ID through the account manager"),
    "United Kingdom": N_("register an alphabetic brand sender ID and the content"),
    "Singapore": N_("register the sender ID yourself at SSIR"),
    "Taiwan, China": N_("register the content in advance"),
}
"""What must be done before the first message to a country, by its English name: phone_numbers, 2025."""

REGISTERED_LINKS: Final = frozenset({"Saudi Arabia", "United Arab Emirates", "Thailand"})
"""The countries where links in messages are registered: the same page."""
