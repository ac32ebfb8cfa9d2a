"""The part of the file format that no API sets: thresholds, qualifications, account, console, campaigns.

Only shapes, words and descriptions, as in ``project_model``; what they mean to a plan ``reconcile`` decides.
"""

from __future__ import annotations

from pydantic import Field, StrictBool

from smsconf.config.format.entry import (
    Count,
    Day,
    Entry,
    Key,
    Maybe,
    Moment,
    Network,
    WebAddress,
    Word,
    optional,
)
from smsconf.model.resources import AccountMode, Alarm, Region


class Amounts(Entry):
    """Messages in a UTC day or month."""

    warn: Maybe[Count] = optional("Messages from which on the contacts are alarmed.")
    limit: Maybe[Count] = optional("Messages at which the service suspends sending.")


class ThresholdEntry(Entry):
    """Traffic thresholds of one kind of SMS, for the whole account. Set at the console by a person."""

    daily: Maybe[Amounts] = optional("Per calendar day (UTC).")
    monthly: Maybe[Amounts] = optional("Per calendar month (UTC).")


class InternationalThresholdEntry(ThresholdEntry):
    """Traffic thresholds of international messages: of all of them, and of single countries."""

    countries: dict[str, ThresholdEntry] = Field(
        default_factory=dict, description="Further thresholds by country: its English name or ISO code."
    )


class ThresholdsEntry(Entry):
    """Thresholds by kind of SMS."""

    cn: Maybe[ThresholdEntry] = optional("Messages to the Chinese mainland.")
    intl: Maybe[InternationalThresholdEntry] = optional("International messages.")


class QualificationEntry(Entry):
    """A company's proof of identity, made and approved at the console."""

    name: Maybe[Word] = optional("Its name at the console; the key if left out.")
    third_party: StrictBool = optional(
        "true: of another company; false: of the account's own.", default=False
    )
    company: Maybe[Word] = optional("The company it proves, as on its licence.")
    id: Maybe[Word] = optional("Its id at the console, once it is there.")
    description: Maybe[str] = optional("What it is, for readers.")


class ContactEntry(Entry):
    """Somebody the service tells about the account."""

    name: Maybe[Word] = optional("Name at the console; the key if left out.")
    mobile: Maybe[Word] = optional("Number for alarms, in quotes; never shown whole.")
    email: Maybe[Word] = optional("Address for alarms.")
    alarms: list[Alarm] = Field(default_factory=list, description="The alarms that are switched on.")


class PackageEntry(Entry):
    """A prepaid package of messages, bought at the console."""

    region: Region = Field(description="cn: messages to the Chinese mainland; intl: international ones.")
    messages: Count = Field(description="How many messages it holds.")
    country: Maybe[Word] = optional("The only country it is good for, if there is one.")
    description: Maybe[str] = optional("What it is, for readers.")


class FrequencyLimitEntry(Entry):
    """How many messages one recipient gets of one app, at most (an open beta of the console)."""

    minute: Maybe[Count] = optional("Per minute.")
    hour: Maybe[Count] = optional("Per hour.")
    day: Maybe[Count] = optional("Per calendar day (GMT+08:00).")


class CeilingEntry(Entry):
    """The highest limits that may be set as thresholds."""

    daily: Maybe[Count] = optional("Messages per day.")
    monthly: Maybe[Count] = optional("Messages per month.")


class CeilingsEntry(Entry):
    """The highest limits by kind of SMS."""

    cn: Maybe[CeilingEntry] = optional("Messages to the Chinese mainland.")
    intl: Maybe[CeilingEntry] = optional("International messages.")


class QuotasEntry(Entry):
    """What the vendor granted by service ticket; the checks count with it instead of the defaults."""

    apps: Maybe[Count] = optional("Apps of each region. Default: 2.")
    signatures: Maybe[Count] = optional("Signatures of each app. Default: 200.")
    templates: Maybe[Count] = optional("Templates of each app. Default: 2000.")
    messages: Maybe[CeilingsEntry] = optional("Highest thresholds that were granted.")


class AccountEntry(Entry):
    """Settings of the whole account. Set at the console by a person."""

    mode: Maybe[AccountMode] = optional(
        "standard: the service's mode 1; international-only: its mode 2, packages only and "
        "nothing for the mainland."
    )
    contacts: Maybe[dict[Key, ContactEntry]] = optional("Who is told, by key; at most 10.")
    packages: Maybe[dict[Key, PackageEntry]] = optional("Packages of messages by key.")
    send_regions: Maybe[list[Word]] = optional("The only countries to send to, by English name or ISO code.")
    frequency_limits: Maybe[dict[Key, FrequencyLimitEntry]] = optional(
        "Limits per recipient, by key of the app."
    )
    quotas: Maybe[QuotasEntry] = optional("What the vendor granted beyond its defaults.")


class ConsoleEntry(Entry):
    """What only the console can set of an app."""

    batch_report_url: Maybe[WebAddress] = optional("Where status reports are posted to in batches.")
    ip_whitelist: Maybe[list[Network]] = optional(
        "The only addresses and networks that may send; an empty list: any."
    )
    push_authentication: Maybe[StrictBool] = optional(
        "Whether pushed reports and replies are signed. The keys are no matter of files."
    )


class RegistrationEntry(Entry):
    """What is registered in a country that wants it before the first message."""

    sender: Maybe[Word] = optional("The sender id that is registered.")
    reference: Maybe[Word] = optional("Number or ticket of the registration.")
    links: list[WebAddress] = Field(
        default_factory=list, description="Links that may stand in messages to this country."
    )
    description: Maybe[str] = optional("What it is, for readers.")


class CampaignEntry(Entry):
    """One message to many recipients, sent with `smsconf bulk`."""

    template: str = Field(description="Key of the template.")
    recipients: str = Field(description="File: who gets it, and the values of the variables.")
    opt_out: Maybe[str] = optional("File: who does not want it.")
    at: Maybe[Moment] = optional("Not before this time; ISO 8601 with an offset from UTC.")
    description: Maybe[str] = optional("What it is for, for readers.")


class MessagingEntry(Entry):
    """How messages are sent."""

    status_callback: Maybe[WebAddress] = optional("Where the service posts what became of each message.")


class CalendarEntry(Entry):
    """Days on which reviewers do not work, or do, other than the public calendar says."""

    holidays: list[Day] = Field(default_factory=list, description="Working days that are free: 2026-10-01.")
    working_days: list[Day] = Field(default_factory=list, description="Weekends that are worked on.")
