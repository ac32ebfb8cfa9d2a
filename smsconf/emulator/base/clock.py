"""The emulator's second clock: virtual time is real time plus an offset kept in the database.

Authentication never uses it. What happened stays stored, so a clock set back undoes nothing. Timestamps are
``yyyy-MM-dd HH:mm:ss`` as in the vendor's examples; their zone is undocumented, here it is UTC (a choice).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

TIMESTAMP = "%Y-%m-%d %H:%M:%S"
DURATION = re.compile(
    r"(?P<sign>[+-])?P(?=[\dT])(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.ASCII,
)


def timestamp(moment: datetime) -> str:
    """Return a moment in the service's notation, UTC."""
    return moment.astimezone(UTC).strftime(TIMESTAMP)


def read_timestamp(text: str) -> datetime:
    """Read the service's notation.

    Raises:
        ValueError: the text is not ``yyyy-MM-dd HH:mm:ss``.
    """
    return datetime.strptime(text, TIMESTAMP).replace(tzinfo=UTC)


def iso(moment: datetime) -> str:
    """Return a moment as X-Emulator-Now shows it: ISO 8601, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_duration(text: str) -> timedelta:
    """Read an ISO 8601 duration of weeks, days and time (``PT3H``, ``P1DT30M``, ``-PT5M``).

    Raises:
        ValueError: the text is something else; months and years have no fixed length and are refused.
    """
    match = DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a duration such as PT3H or P2D, got {text!r}")
    parts = {name: float(value) for name, value in match.groupdict().items() if name != "sign" and value}
    return timedelta(**parts) * (-1 if match["sign"] == "-" else 1)


def read_moment(text: str) -> datetime:
    """Read an ISO 8601 moment that says its zone.

    Raises:
        ValueError: the text is something else or has no zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"expected a moment with a time zone, got {text!r}")
    return moment.astimezone(UTC)
