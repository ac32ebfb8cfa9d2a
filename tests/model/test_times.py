"""Durations and moments as texts."""

from __future__ import annotations

from datetime import datetime

import pytest

from smsconf.model.times import iso_duration, parse_duration, parse_moment, stamp


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("P7D", 604_800), ("P1W", 604_800), ("PT12H", 43_200), ("P1DT1M1S", 86_461), ("P0D", 0)],
)
def test_duration_is_read_as_seconds(text: str, seconds: int) -> None:
    """Weeks, days and time of ISO 8601."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "7D", "P1M", "P1Y", "P-1D", "p7d", "P1DT", "P99999999D"])
def test_other_durations_are_none(text: str) -> None:
    """Months and years have no fixed length; the rest is no duration."""
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("90s", "PT90S"),
        ("5 m", "PT5M"),
        ("3H", "PT3H"),
        ("2d", "P2D"),
        ("1w", "P1W"),
        ("pt5m", "PT5M"),
        ("x", "X"),
    ],
)
def test_short_forms_are_written_as_iso(text: str, written: str) -> None:
    """A number and a unit; anything else is passed on, for the reader to judge."""
    assert iso_duration(text) == written


def test_a_moment_is_stamped_in_utc() -> None:
    """Whatever its zone, without fractions."""
    assert stamp(datetime.fromisoformat("2026-03-02T09:00:00.5+08:00")) == "2026-03-02T01:00:00Z"


@pytest.mark.parametrize("text", ["", "soon", "2026-03-02", "2026-03-02T09:00:00", "2026-13-02T09:00:00Z"])
def test_moment_without_an_offset_is_none(text: str) -> None:
    """It would mean another time on every machine."""
    assert parse_moment(text) is None
    assert parse_moment("2026-03-02T09:00:00+08:00") == parse_moment("2026-03-02T01:00:00Z")
