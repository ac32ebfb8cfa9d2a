"""What is remembered of single messages: those handed over, and what came back about them. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

DELIVERED = "DELIVRD"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one part of one message.

    ``status`` is the service's word, upper case; ``updated`` its time (UTC, ISO 8601), absent if the service
    made the report up; ``extend`` what the sender gave along; ``to`` is there only beside it.
    """

    message_id: str
    status: str
    sequence: int = 1
    total: int = 1
    source: str | None = None
    updated: str | None = None
    description: str | None = None
    original_code: str | None = None
    extend: str | None = None
    to: str | None = None

    @property
    def delivered(self) -> bool:
        """Tell whether this part arrived."""
        return self.status == DELIVERED


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that somebody sent back; ``to`` is the channel number it went to.

    One that came without an id has one made of what it says, so that it counts once however often it comes.
    """

    message_id: str
    sender: str
    to: str
    body: str
    created: str | None = None


Item = Report | Reply
Kind = TypeVar("Kind", Report, Reply)


@dataclass(frozen=True, slots=True)
class Received(Generic[Kind]):
    """Something that arrived, and when it first did (our time, UTC)."""

    item: Kind
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the service accepted.

    ``at`` is its time, aware; ``segments`` are the parts billed, if known; ``scope`` is the account and
    ``environment`` the project's, where that was noted. ``to`` is empty once its number was purged.
    """

    message_id: str
    to: str
    at: datetime
    template: str
    campaign: str | None = None
    batch: str | None = None
    segments: int | None = None
    scope: str | None = None
    environment: str | None = None
