"""Every phase of a signature's life, and what the plan makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.lifecycle import SIGNATURES
from smsconf.model.resources import Source
from tests.reconcile import build
from tests.reconcile.build import BRAND, SHIPPED, only, plan, words

changed = replace(build.brand, source=Source.TRADEMARK)


def decide(signature=build.brand, *, site="china", resubmit=frozenset(), **observed):
    made = plan(
        build.desired(build.shop, signature),
        build.observed(build.o_shop, replace(build.o_brand, **observed)),
        site=site,
        resubmit=resubmit,
    )
    return only(made, BRAND)


ROWS = {
    ("PENDING_REVIEW", False): ("wait", []),
    ("PENDING_REVIEW", True): ("wait", []),
    ("PENDING_QUALIFICATION_REVIEW", False): ("wait", []),
    ("PENDING_ACTIVATE", False): ("wait", []),
    ("PROCESSING", False): ("wait", []),
    ("REAL_NAME_REGISTRATING", False): ("wait", []),
    ("REVIEW_NOT_PASS", False): ("none", []),
    ("REVIEW_NOT_PASS", True): ("update", ["edit"]),
    ("TO_BE_ACTIVATED", False): ("activate", ["activate"]),
    ("TO_BE_ACTIVATED", True): ("refused", []),
    ("REVIEW_PROCESSING_COMPLETED", False): ("none", []),
    ("REVIEW_PROCESSING_COMPLETED", True): ("refused", []),
    ("REVIEW_PASSED", False): ("none", []),
    ("REVIEW_PASSED_QUALIFICATION_PROCESSING", False): ("none", []),
    ("REVIEW_PASSED_REAL_NAME_REGISTRATING", False): ("none", []),
    ("REVIEW_PASSED_REAL_NAME_REGISTRATE_FAIL", False): ("none", []),
    ("MELTED", False): ("refused", []),
}


@pytest.mark.parametrize(("status", "differs"), ROWS)
def test_signature_in_every_status_gets_its_row(status, differs) -> None:
    """For each status, equal and different, the plan holds the action and steps of the table."""
    assert words(decide(changed if differs else build.brand, status=status)) == ROWS[status, differs]


def test_every_status_of_the_china_site_is_in_the_table() -> None:
    """The table above leaves out no status that the china site documents."""
    assert set(SIGNATURES["china"]) == {status for status, _ in ROWS} - {"MELTED"}


def test_signature_that_is_absent_is_created_with_its_files() -> None:
    """A new signature uploads its files first; creating it is its submission."""
    signature = replace(build.brand, licence=build.LICENCE)
    change = only(plan(build.desired(build.shop, signature), build.observed(build.o_shop)), BRAND)
    assert words(change) == ("create", ["upload", "create"])
    assert (change.uploads, change.submissions) == (("licence",), 1)


def test_rejected_signature_is_edited_when_a_file_changed() -> None:
    """A file whose digest is not the uploaded one makes a new submission."""
    signature = replace(build.brand, licence=build.LICENCE)
    change = decide(signature, status="REVIEW_NOT_PASS", digests={"licence": "b" * 64})
    assert words(change) == ("update", ["upload", "edit"])
    same = decide(signature, status="REVIEW_NOT_PASS", digests={"licence": "a" * 64})
    assert words(same) == ("none", [])


def test_rejected_signature_shows_the_reviewers_words() -> None:
    """The plan repeats why the reviewer said no."""
    change = decide(status="REVIEW_NOT_PASS", review_message="资质不符")
    assert "资质不符" in change.reason
    assert change.rejected


def test_resubmit_sends_a_rejected_signature_unchanged() -> None:
    """The user may ask for the same signature to be reviewed again."""
    change = decide(status="REVIEW_NOT_PASS", resubmit=frozenset({BRAND}))
    assert words(change) == ("update", ["edit"])


def test_frozen_signature_names_the_way_out_and_blocks_its_new_templates() -> None:
    """A changed approved signature is refused, and nothing new is submitted under it."""
    made = plan(
        build.desired(build.shop, changed, build.shipped), build.observed(build.o_shop, build.o_brand)
    )
    assert "declare a new one" in only(made, BRAND).reason
    assert only(made, SHIPPED).blocked_by == BRAND


def test_signature_under_a_foreign_app_is_refused_naming_it() -> None:
    """Name and type are unique in the account: one that belongs elsewhere is never adopted."""
    other = replace(build.o_shop, remote_id="id-other", name="other_app", app_key="key-other")
    made = plan(
        build.desired(build.shop, build.brand),
        build.observed(build.o_shop, other, replace(build.o_brand, app_key="key-other")),
    )
    assert words(only(made, BRAND)) == ("refused", [])
    assert "'other_app'" in only(made, BRAND).reason


def test_status_words_mean_what_their_site_says() -> None:
    """REVIEW_PASSED is complete at the international site; china's own word is unknown there."""
    assert words(decide(status="REVIEW_PASSED", site="international")) == ("none", [])
    assert words(decide(status="REVIEW_PROCESSING_COMPLETED", site="international")) == ("refused", [])


def test_external_signature_is_never_written() -> None:
    """An external reference reports, whatever differs."""
    external = replace(changed, external=True)
    assert words(decide(external)) == ("none", [])
    missing = only(plan(build.desired(build.shop, external), build.observed(build.o_shop)), BRAND)
    assert words(missing) == ("refused", [])
