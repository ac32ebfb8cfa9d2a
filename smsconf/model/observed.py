"""What the service reports now, in our words where it has one, read once per run.

Values only. ``cloud.observe`` makes them; the planner compares them with what the files ask. A word of the
service that we do not know stays as it came, so that the planner can say so instead of guessing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from smsconf.model.resources import Region

T = TypeVar("T")

_SERVICE_TIME = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """All objects of one kind, or the reason why they are *unknown*.

    With a ``problem`` nothing of this kind, nor of kinds that depend on it, may be written in this run.
    """

    items: tuple[T, ...] = ()
    problem: str | None = None

    @property
    def complete(self) -> bool:
        """Tell whether every object was read."""
        return self.problem is None


@dataclass(frozen=True, slots=True)
class ObservedApp:
    """An application; ``app_key`` is how signatures and templates name it in answers."""

    remote_id: str
    name: str
    region: str
    app_key: str
    status: str
    reply_url: str | None = None
    channel_num: str | None = None
    enterprise_project_id: str | None = None
    enterprise_project_name: str | None = None
    create_time: str | None = None
    update_time: str | None = None


@dataclass(frozen=True, slots=True)
class ObservedSignature:
    """A signature. ``type`` and ``source`` are our words where known.

    ``digests`` maps ``licence``, ``authorization``, ``proof`` to the sha256 found in the description of the
    uploaded file; it is read only while the signature can be edited, and lacks files it has not.
    """

    remote_id: str
    name: str
    type: str
    app_key: str
    status: str
    source: str | None = None
    third_party: bool | None = None
    description: str | None = None
    qualification: str | None = None
    registration_number: str | None = None
    license_number: str | None = None
    file_ids: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    channel_num: str | None = None
    review_message: str | None = None
    create_time: str | None = None
    update_time: str | None = None


@dataclass(frozen=True, slots=True)
class ObservedVariable:
    """An attribute of a template's variable; ``number`` counts from 1."""

    number: int
    type: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ObservedTemplate:
    """A template. ``template_id`` is the id for sending, issued on approval.

    ``variables`` is ``None`` where they were not read (not a declared template); ``country_ids`` keep the
    service's order; times are the service's strings, whose zone is undocumented.
    """

    remote_id: str
    name: str
    content: str
    type: str
    app_key: str
    status: str
    template_id: str | None = None
    region: str | None = None
    signature_id: str | None = None
    universal: bool | None = None
    brackets: str | None = None
    description: str | None = None
    country_ids: tuple[int, ...] = ()
    country_names: tuple[str, ...] = ()
    variables: tuple[ObservedVariable, ...] | None = None
    review_message: str | None = None
    create_time: str | None = None
    update_time: str | None = None


@dataclass(frozen=True, slots=True)
class Country:
    """A country that international templates can be sent to, by the service's id."""

    country_id: int
    english: str
    chinese: str


@dataclass(frozen=True, slots=True)
class Quota:
    """How many apps of a region the account may have, and has."""

    total: int
    used: int


@dataclass(frozen=True, slots=True)
class Observed:
    """One reading of the account. ``now`` is the service's time, aware, UTC."""

    now: datetime
    apps: Reading[ObservedApp] = Reading()
    signatures: Reading[ObservedSignature] = Reading()
    templates: Reading[ObservedTemplate] = Reading()
    countries: Reading[Country] = Reading()
    app_quotas: Mapping[Region, Quota] = field(default_factory=dict)


def read_time(text: str | None) -> datetime | None:
    """Read a time of the service, whose zone is undocumented, as UTC: not Beijing, which is earlier."""
    try:
        return datetime.strptime(text or "", _SERVICE_TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
