"""What every status means: where in its life a thing is, and whether it is done, approved and usable."""

from __future__ import annotations

import pytest

from smsconf.model.address import Kind
from smsconf.model.lifecycle import APPS, SIGNATURES, TEMPLATES, read_status
from smsconf.model.sites import SITES

FINE = "done approved usable"
NOT_YET = ""

OF_APPS = {
    "CREATED": ("preparing", NOT_YET),
    "PROCESSING": ("preparing", NOT_YET),
    "LAUNCHED": ("in service", FINE),
    "SUSPENDED": ("deactivated", "done approved"),
}
OF_TEMPLATES = {
    "Pending": ("draft", NOT_YET),
    "Reviewing": ("in review", NOT_YET),
    "SignReviewing": ("in review", NOT_YET),
    "Reject": ("rejected", "done"),
    "Adopted": ("approved", FINE),
    "Adopted_inactive": ("deactivated", "done"),
    "Disable": ("disabled", "done"),
}
EVERYWHERE = {
    "PENDING_REVIEW": ("in review", NOT_YET),
    "PROCESSING": ("approved", "approved"),
    "REVIEW_NOT_PASS": ("rejected", "done"),
    "TO_BE_ACTIVATED": ("to be activated", NOT_YET),
    "PENDING_ACTIVATE": ("in review", NOT_YET),
    "REVIEW_PASSED": ("approved", FINE),
}
OF_CHINESE_SIGNATURES = {
    **EVERYWHERE,
    "PENDING_QUALIFICATION_REVIEW": ("in review", NOT_YET),
    "REAL_NAME_REGISTRATING": ("approved", "approved"),
    "REVIEW_PROCESSING_COMPLETED": ("approved", FINE),
    "REVIEW_PASSED_QUALIFICATION_PROCESSING": ("approved", FINE),
    "REVIEW_PASSED_REAL_NAME_REGISTRATING": ("approved", FINE),
    "REVIEW_PASSED_REAL_NAME_REGISTRATE_FAIL": ("approved", FINE),
}


def meaning(kind: Kind, site: str, raw: str) -> tuple[str, str]:
    """Return the phase of a status, and which of the three things it is."""
    status = read_status(kind, SITES[site], raw)
    flags = [name for name in FINE.split() if getattr(status.verdict, name)]
    return status.phase.value, " ".join(flags)


@pytest.mark.parametrize(
    ("kind", "site", "known", "expected"),
    [
        (Kind.APP, "china", APPS, OF_APPS),
        (Kind.TEMPLATE, "europe", TEMPLATES, OF_TEMPLATES),
        (Kind.SIGNATURE, "china", SIGNATURES["china"], OF_CHINESE_SIGNATURES),
        (Kind.SIGNATURE, "international", SIGNATURES["international"], EVERYWHERE),
        (Kind.SIGNATURE, "europe", SIGNATURES["europe"], EVERYWHERE),
    ],
)
def test_status_means_what_the_table_says(kind, site, known, expected) -> None:
    """Waiting, exit codes and what may be sent all hang on these words, and no status is left out."""
    assert {raw: meaning(kind, site, raw) for raw in known} == expected


@pytest.mark.parametrize("kind", [Kind.APP, Kind.SIGNATURE, Kind.TEMPLATE])
def test_unknown_status_is_nothing_good(kind) -> None:
    """What nobody can read is neither done nor approved nor usable."""
    assert meaning(kind, "china", "MELTED") == ("unknown", "")
    assert read_status(kind, SITES["china"], "MELTED").verdict.message == "unknown status 'MELTED'"
