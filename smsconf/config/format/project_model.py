"""The file format: what may stand in smsconf.yaml, in the files it includes and in overlays.

Only shapes, words and descriptions (they go to schema.json). Lengths, characters and wording are lint rules;
whether references lead anywhere is ``references``' business. Each entry of a section is validated on its
own, so that a mistake in one hides nothing of the others.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import ConfigDict, Field, StrictBool, WithJsonSchema

from smsconf.config.format.console_model import (
    AccountEntry,
    CalendarEntry,
    CampaignEntry,
    ConsoleEntry,
    MessagingEntry,
    QualificationEntry,
    RegistrationEntry,
    ThresholdsEntry,
)
from smsconf.config.format.entry import Count, Entry, Key, Maybe, Pattern, Site, Words, optional, shape_of
from smsconf.model.resources import Brackets, MessageType, Region, Source, UpdatePolicy, VariableType


class EmulatorEntry(Entry):
    """The stand-in for the service, in this process: for trying things out, without an account."""

    database: str = Field(description="SQLite file, relative to the project; made when missing.")
    site: Site = Field("china", description="Which of the vendor's sites it imitates.")


class HuaweiCloudEntry(Entry):
    """The service itself. Credentials come from the environment, never from a file."""

    site: Site = Field(description="The vendor's site the account belongs to.")
    region: str = Field(description="Region of the endpoint, such as cn-north-4 or ap-southeast-1.")
    project_id: Maybe[str] = optional(
        "Project of that region (32 hex digits); without it the credentials or IAM tell."
    )
    endpoint: Maybe[str] = optional("Another address of the service; SMSCONF_TRUSTED_HOSTS must name it too.")


class ProviderEntry(Entry):
    """Where the resources live; exactly one of the two."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    emulator: Maybe[EmulatorEntry] = optional("Use the embedded emulator.")
    huaweicloud: Maybe[HuaweiCloudEntry] = optional("Use the service.")


class EnvironmentEntry(Entry):
    """A variant of the project, chosen with --env or SMSCONF_ENV."""

    overlay: str = Field(description="File that is laid over the others as a JSON merge patch (RFC 7396).")


class AppEntry(Entry):
    """An application. It can never be deleted, only forgotten."""

    region: Region = Field(
        description="cn: messages to the Chinese mainland; intl: to the rest of the world."
    )
    name: Maybe[str] = optional("Name at the service; the key if left out.")
    reply_url: Annotated[str | None, WithJsonSchema({"type": ["string", "null"]})] = optional(
        "Where replies are posted to (uplink), cn only. Left out: left alone; null: cleared."
    )
    renamed_from: Maybe[str] = optional("The name at the service before a rename.")
    external: StrictBool = optional("Managed elsewhere: referred to, never written.", default=False)
    console: Maybe[ConsoleEntry] = optional("Settings that only the console can make.")


class ReplacesEntry(Entry):
    """The signature that another one takes over from; name and type are its identity."""

    name: str = Field(description="Its name at the service.")
    type: MessageType = Field(description="Its type.")


class SignatureEntry(Entry):
    """The brand in 【】 before mainland messages. Reviewed by a person, frozen once approved."""

    app: str = Field(description="Key of its app, of region cn.")
    name: Maybe[str] = optional("The text between the brackets; the key if left out.")
    type: MessageType = Field(description="Which messages may carry it.")
    source: Source = optional(
        "Where the name comes from; website, app, account and shop are obsolete at china.", Source.COMPANY
    )
    third_party: StrictBool = optional(
        "The name belongs to somebody else, who authorised its use.", default=False
    )
    qualification: Maybe[str] = optional(
        "Key of a qualification of the files, else the id of one from the console."
    )
    description: Maybe[str] = optional("Note for the reviewer.")
    licence: Maybe[str] = optional("File: business licence.")
    authorization: Maybe[str] = optional("File: letter of authorisation for somebody else's name.")
    proof: Maybe[str] = optional("File: screenshot of the filing or trademark certificate.")
    registration_number: Maybe[str] = optional("Trademark number, for source trademark.")
    license_number: Maybe[str] = optional("ICP licence number, source app.")
    replaces: Maybe[ReplacesEntry] = optional(
        "Signature it takes over from, kept until its templates have successors."
    )
    external: StrictBool = optional("Managed elsewhere: referred to, never written.", default=False)


class VariableEntry(Entry):
    """What a variable may hold when a message is sent."""

    type: VariableType = Field(description="The attribute the service checks values against.")
    max_length: Maybe[Count] = optional(
        "Longest value in characters, for checks; never sent. Default: 15 for phone, 20 for "
        "alphanumeric, datetime, money and text, 100 for newtext and longtext, 8 in a verification template."
    )
    description: Maybe[str] = optional("What it stands for; the reviewer reads it.")


class TemplateEntry(Entry):
    """A message text. Reviewed by a person; an approved one is replaced by a successor."""

    app: str = Field(description="Key of its app; the app's region is the template's.")
    signature: Maybe[str] = optional("Key of its signature: required for cn unless universal.")
    content: str = Field(
        description="The text, without signature. Variables are {name}, or ${1} as at the service; {{ and }} "
        "are literal braces."
    )
    variables: dict[str, VariableEntry] = Field(
        default_factory=dict, description="The variables of the content by name (or number, with ${1})."
    )
    name: Maybe[str] = optional("Name at the service; the key if left out.")
    type: Maybe[MessageType] = optional(
        "Required if universal, else the signature's. For intl: notification, for checks only."
    )
    universal: StrictBool = optional("For every signature of its type in the app (cn only).", default=False)
    countries: Maybe[list[str]] = optional(
        "1 to 3 countries by English name, Chinese name or ISO code (intl only)."
    )
    brackets: Brackets = optional("Round the signature: CN is 【】, GB is [] (cn only).", Brackets.CN)
    description: Maybe[str] = optional("Note for the reviewer.")
    adopt: list[str] = Field(
        default_factory=list,
        description="Versions of this template at the service to take over: NAME_v2, NAME_v3 …; of another "
        "name: renamed_from.",
    )
    renamed_from: Maybe[str] = optional("The name at the service before a rename.")
    update: UpdatePolicy = optional(
        "replace: a successor is reviewed while the old serves; in-place: outage until approved.",
        UpdatePolicy.REPLACE,
    )
    retire_after: Maybe[str] = optional(
        "How long a replaced version is kept: weeks, days or time in ISO 8601. Default: P7D."
    )


Code: TypeAlias = Annotated[str, Field(pattern=r"^SMS[0-9]{3}$")]


class LintEntry(Entry):
    """What the checks do to a run, and what this project asks for beyond the vendor's rules."""

    block: Maybe[Literal["error"]] = optional("error: apply stops on every finding of that severity.")
    forbidden: Maybe[Words] = optional("Words that no template may contain, up to 1,000 of 100 characters.")
    name_pattern: Maybe[Pattern] = optional(
        "Regular expression that the whole name of every template matches: RE2 syntax, up to 500 "
        "characters, no back-references, no look-around; \\w, \\d and \\b know ASCII only."
    )
    max_segments: Maybe[Count] = optional(
        "Most parts that a message may be billed as, its longest values filled in."
    )
    severities: Maybe[dict[Code, Literal["off", "info", "warning", "error"]]] = optional(
        "Severity of a check by its code; off switches it off."
    )


PROJECT_NAME: Final = r"^([A-Za-z0-9\u4e00-\u9fff._-][A-Za-z0-9\u4e00-\u9fff._/-]{0,99})?$"
SHARED: Final = "shared"


class ProjectFile(Entry):
    """smsconf.yaml, a file it includes, or an overlay: any of these sections."""

    version: Literal[1] = Field(description="Version of the file format. Only in smsconf.yaml.")
    project: Maybe[Annotated[str, Field(pattern=PROJECT_NAME)]] = optional(
        "Whose memory a shared store recalls: letters, digits, . _ / and -, at most 100. Default: the path "
        "of the folder inside its git repository, '' at its root. Only in smsconf.yaml."
    )
    provider: Maybe[ProviderEntry] = optional("Where everything lives. In smsconf.yaml or an overlay.")
    store: Maybe[Literal["shared"]] = optional(
        "shared: what changes or sends anything needs the store that SMSCONF_STORE names, and refuses files "
        "of this folder. In smsconf.yaml or an overlay."
    )
    include: Maybe[list[str]] = optional(
        "Further files by path or pattern (templates/*.yaml). Only in smsconf.yaml."
    )
    environments: Maybe[dict[Key, EnvironmentEntry]] = optional(
        "Variants of the project by name. Only in smsconf.yaml."
    )
    default_environment: Maybe[str] = optional(
        "The environment that commands use without --env, or '' for the files alone. Only in smsconf.yaml."
    )
    apps: dict[Key, AppEntry] = Field(default_factory=dict, description="Applications by key.")
    signatures: dict[Key, SignatureEntry] = Field(default_factory=dict, description="Signatures by key.")
    templates: dict[Key, TemplateEntry] = Field(default_factory=dict, description="Templates by key.")
    thresholds: ThresholdsEntry = Field(
        default_factory=ThresholdsEntry,
        description="Traffic thresholds, checked and guided, set at the console.",
    )
    qualifications: dict[Key, QualificationEntry] = Field(
        default_factory=dict, description="Qualifications by key, for signatures to refer to."
    )
    registrations: dict[str, RegistrationEntry] = Field(
        default_factory=dict, description="Registrations by country: its English name or ISO code."
    )
    account: AccountEntry = Field(
        default_factory=AccountEntry, description="Settings of the account, checked and guided."
    )
    messaging: MessagingEntry = Field(default_factory=MessagingEntry, description="Settings of sending.")
    campaigns: dict[Key, CampaignEntry] = Field(
        default_factory=dict, description="Messages to many recipients, by key."
    )
    calendar: CalendarEntry = Field(
        default_factory=CalendarEntry, description="Corrections of the reviewers' working days."
    )
    confirmations: Maybe[str] = optional(
        "File that `smsconf confirm` keeps beside the journal, to be committed and reviewed."
    )
    mark: StrictBool = optional(
        "End application notes in a mark, by which later runs know what they submitted.", default=True
    )
    protect: list[str] = Field(
        default_factory=list, description="Addresses (template.login) that no flag deletes."
    )
    lint: LintEntry = Field(default_factory=LintEntry, description="Settings of the checks.")


SECTIONS: Final = frozenset(
    name
    for name, field in ProjectFile.model_fields.items()
    if name != "provider" and shape_of(field.annotation)
)
"""The sections that are mappings, and that several files may add to."""

ROOT_ONLY: Final = ("version", "project", "include", "environments", "default_environment")
"""What stands in smsconf.yaml only; provider and store may stand in an overlay too."""
