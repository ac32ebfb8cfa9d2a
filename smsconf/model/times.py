"""Lengths of time and moments as texts: ISO 8601, and the short forms that people type. Reads no clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?"
)
_SECONDS = (7 * 86400, 86400, 3600, 60, 1)
_SHORT = re.compile(r"(\d+)\s*([smhdw])")


def parse_duration(text: str) -> int | None:
    """Read an ISO 8601 duration as seconds; None if it is none, or has months or years (no fixed length)."""
    found = _DURATION.fullmatch(text)
    if not found:
        return None
    return sum(int(amount or 0) * unit for amount, unit in zip(found.groups(), _SECONDS, strict=True))


def iso_duration(text: str) -> str:
    """Write a short form (``90s``, ``5m``, ``2d``) as ISO 8601; anything else is passed on, in capitals."""
    short = _SHORT.fullmatch(text.strip().lower())
    if not short:
        return text.strip().upper()
    amount, unit = short.groups()
    return f"P{amount}{unit.upper()}" if unit in "dw" else f"PT{amount}{unit.upper()}"


def parse_moment(text: str) -> datetime | None:
    """Read a time of ISO 8601; None if it is none, or has no offset from UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def stamp(moment: datetime) -> str:
    """Write a moment as journal, documents and plan files have it: UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def day_of(now: datetime) -> datetime:
    """Return when the UTC day began."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def month_of(now: datetime) -> datetime:
    """Return when the UTC month began."""
    return day_of(now).replace(day=1)
