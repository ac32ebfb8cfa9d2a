"""The things a project declares, resolved: references checked, defaults filled in, content numbered.

Plain values without behaviour or I/O. ``config`` makes them from the files; ``reconcile`` compares them
with what the service reports; ``cloud.wire`` turns their words into the service's integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Final

from smsconf.model.address import Address
from smsconf.model.limits import APPS_OF_A_REGION, SIGNATURES_OF_AN_APP, TEMPLATES_OF_AN_APP
from smsconf.model.working_days import OFFICIAL, Calendar


class Region(StrEnum):
    """The two kinds of SMS, as the service names them: Chinese mainland and international."""

    CN = "cn"
    INTL = "intl"


class MessageType(StrEnum):
    """What a message is for; a signature and its templates share one."""

    VERIFICATION = "verification"
    NOTIFICATION = "notification"
    PROMOTION = "promotion"


class Source(StrEnum):
    """Where a signature's name comes from; website, app, account and shop are obsolete at the china site."""

    COMPANY = "company"
    WEBSITE = "website"
    APP = "app"
    ACCOUNT = "account"
    SHOP = "shop"
    TRADEMARK = "trademark"


class VariableType(StrEnum):
    """What a variable may hold when a message is sent."""

    PHONE = "phone"
    ALPHANUMERIC = "alphanumeric"
    DATETIME = "datetime"
    MONEY = "money"
    TEXT = "text"
    NEWTEXT = "newtext"
    LONGTEXT = "longtext"


class Brackets(StrEnum):
    """The brackets round a mainland signature: CN is 【】, GB is []."""

    CN = "CN"
    GB = "GB"

    def around(self, name: str) -> str:
        """Put them round a signature's name."""
        return f"【{name}】" if self is Brackets.CN else f"[{name}]"


class UpdatePolicy(StrEnum):
    """How an approved template changes: by a successor, or disabled and edited (an outage)."""

    REPLACE = "replace"
    IN_PLACE = "in-place"


class AccountMode(StrEnum):
    """The service's mode 1 (packages, then pay-per-use) and 2 (packages only, nothing for the mainland)."""

    STANDARD = "standard"
    INTERNATIONAL_ONLY = "international-only"


class Alarm(StrEnum):
    """What a contact of the account is told about."""

    REVIEW = "review"
    TRAFFIC = "traffic"
    QUALIFICATION = "qualification"


class Absent(Enum):
    """The field is not in the file: whatever the service has is left alone. ``None`` would clear it."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


RETIRE_AFTER: Final = 7 * 86400  # seconds that a replaced version is kept


@dataclass(frozen=True, slots=True)
class File:
    """A file of the project: ``path`` as written, ``location`` to read it, sha256 as 64 hex digits."""

    path: str
    location: Path
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class App:
    """An application. Identity at the service: (region, name). It can never be deleted."""

    address: Address
    region: Region
    name: str
    reply_url: str | Absent | None = ABSENT
    renamed_from: str | None = None
    external: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """The 【brand】 of mainland messages. Identity: (name, type) in the account. Frozen once approved.

    ``qualification`` is the id at the service, ``qualified_by`` the declared one it comes from, whose id may
    not be known yet. ``replaces`` is the (name, type) of the signature it takes over from, kept until that
    one is retired.
    """

    address: Address
    app: Address
    name: str
    type: MessageType
    source: Source = Source.COMPANY
    third_party: bool = False
    qualification: str | None = None
    qualified_by: Address | None = None
    description: str | None = None
    licence: File | None = None
    authorization: File | None = None
    proof: File | None = None
    registration_number: str | None = None
    license_number: str | None = None
    replaces: tuple[str, MessageType] | None = None
    external: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a template; its position in ``Template.variables`` plus 1 is its number on the wire."""

    name: str
    type: VariableType
    max_length: int
    description: str | None = None


def by_number(variables: Sequence[Variable]) -> dict[int, Variable]:
    """Return variables by their numbers; where the content has numbers, the names are those."""
    if any(one.name.isdigit() for one in variables):
        return {int(one.name): one for one in variables if one.name.isdigit()}
    return dict(enumerate(variables, 1))


@dataclass(frozen=True, slots=True)
class Template:
    """A message text. Identity: (app, region, name). ``content`` is in the service's form (``${1}``).

    ``countries`` are names (English or Chinese, ISO codes already turned into names), international only.
    ``retire_after`` is in seconds.
    """

    address: Address
    app: Address
    region: Region
    name: str
    content: str
    type: MessageType
    signature: Address | None = None
    variables: tuple[Variable, ...] = ()
    universal: bool = False
    countries: tuple[str, ...] = ()
    brackets: Brackets = Brackets.CN
    description: str | None = None
    adopt: tuple[str, ...] = ()
    renamed_from: str | None = None
    update: UpdatePolicy = UpdatePolicy.REPLACE
    retire_after: int = RETIRE_AFTER


@dataclass(frozen=True, slots=True)
class Threshold:
    """Traffic thresholds of one kind of SMS, account-wide, in messages per UTC day and month.

    ``country``: an international one may be of a single country, by its English name.
    """

    address: Address
    region: Region
    daily_warn: int | None
    daily_limit: int | None
    monthly_warn: int | None
    monthly_limit: int | None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Qualification:
    """A company's proof of identity, made and approved at the console; ``id`` is known once it is there."""

    address: Address
    name: str | None = None
    third_party: bool = False
    company: str | None = None
    id: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody the service tells about the account. ``mobile`` is never shown whole."""

    name: str
    mobile: str | None = None
    email: str | None = None
    alarms: frozenset[Alarm] = frozenset()


@dataclass(frozen=True, slots=True)
class Package:
    """A prepaid package of messages, of one country where it says so."""

    region: Region
    messages: int
    country: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class FrequencyLimit:
    """How many messages one recipient gets of one app, at most, per minute, hour and day (GMT+08:00)."""

    app: Address
    minute: int | None = None
    hour: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The highest limits that the vendor granted, in messages per UTC day and month."""

    daily: int | None = None
    monthly: int | None = None


@dataclass(frozen=True, slots=True)
class Quotas:
    """What the account may have: apps of a region, signatures and templates of an app, granted thresholds."""

    apps: int = APPS_OF_A_REGION
    signatures: int = SIGNATURES_OF_AN_APP
    templates: int = TEMPLATES_OF_AN_APP
    messages: Mapping[Region, Ceiling] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """Settings of the whole account; ``None`` is a setting that the files do not mention."""

    mode: AccountMode | None = None
    contacts: Mapping[str, Contact] | None = None
    packages: Mapping[str, Package] | None = None
    send_regions: tuple[str, ...] | None = None
    frequency_limits: tuple[FrequencyLimit, ...] | None = None
    quotas: Quotas = Quotas()


@dataclass(frozen=True, slots=True)
class AppConsole:
    """What only the console can set of an app; ``None`` is a setting that the files do not mention."""

    address: Address
    app: Address
    batch_report_url: str | None = None
    ip_whitelist: tuple[str, ...] | None = None
    push_authentication: bool | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """The registration of a sender, of contents or of links in a country that asks for one."""

    address: Address
    country: str
    sender: str | None = None
    reference: str | None = None
    links: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """One message to many recipients; nothing of ``recipients`` and ``opt_out`` is read but by sending.

    Both are paths inside the project; ``at`` is aware.
    """

    address: Address
    template: Address
    recipients: Path
    opt_out: Path | None = None
    at: datetime | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Messaging:
    """How messages are sent. ``status_callback``: where the service posts what became of each."""

    status_callback: str | None = None


@dataclass(frozen=True, slots=True)
class Desired:
    """Everything the files ask for in one environment; addresses map to resources in file order.

    ``mark``: application notes end in our mark, by which later runs know the versions they made.
    """

    apps: Mapping[Address, App] = field(default_factory=dict)
    signatures: Mapping[Address, Signature] = field(default_factory=dict)
    templates: Mapping[Address, Template] = field(default_factory=dict)
    thresholds: Mapping[Address, Threshold] = field(default_factory=dict)
    qualifications: Mapping[Address, Qualification] = field(default_factory=dict)
    registrations: Mapping[Address, Registration] = field(default_factory=dict)
    consoles: Mapping[Address, AppConsole] = field(default_factory=dict)
    campaigns: Mapping[Address, Campaign] = field(default_factory=dict)
    account: Account = Account()
    messaging: Messaging = Messaging()
    calendar: Calendar = OFFICIAL
    protected: frozenset[Address] = frozenset()
    mark: bool = True
    environment: str | None = None

    @property
    def managed(self) -> dict[Address, App | Signature | Template]:
        """What the service's API makes and changes; everything else is a person's."""
        return {**self.apps, **self.signatures, **self.templates}
