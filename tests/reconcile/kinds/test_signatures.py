"""Every phase of a signature's life, and what the plan makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import SIGNATURES
from smsconf.model.memory import Memory
from smsconf.model.resources import MessageType, Qualification, Source
from smsconf.reconcile.versions.submission import signature_hash
from tests.reconcile import build
from tests.reconcile.build import BRAND, SHIPPED, differences, only, plan, words

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


ABSENT = (build.o_shop,)
AWAITS_ITS_REVIEW = "its review"


def planned(signature, *there, **more):
    """The row of a signature, given everything that is there."""
    return only(plan(build.desired(build.shop, signature), build.observed(*there), **more), BRAND)


def test_new_signature_shows_everything_that_is_sent() -> None:
    """In the order of the form, files by their paths; what holds its default is left out."""
    signature = replace(
        build.brand,
        source=Source.TRADEMARK,
        third_party=True,
        description="用途",
        licence=build.LICENCE,
        authorization=replace(build.LICENCE, path="files/letter.png"),
    )
    change = planned(signature, *ABSENT)
    assert differences(change) == [
        ("name", None, "示例商城"),
        ("type", None, "notification"),
        ("app", None, "app.shop"),
        ("source", None, "trademark"),
        ("third_party", None, True),
        ("qualification", None, "q-1"),
        ("description", None, "用途"),
        ("licence", None, "files/licence.png"),
        ("authorization", None, "files/letter.png"),
    ]
    assert (change.uploads, change.awaits) == (("licence", "authorization"), AWAITS_ITS_REVIEW)
    assert (change.needs, change.reason) == ((build.SHOP,), "not at the service yet")
    plain = planned(replace(build.brand, qualification=None), *ABSENT)
    assert [one.path for one in plain.fields] == ["name", "type", "app", "source"]


@pytest.mark.parametrize("field", ["description", "qualification", "registration_number", "license_number"])
def test_every_note_of_a_signature_counts_once_it_was_rejected(field) -> None:
    """Approved, it is shown and nothing follows; rejected, it makes a new submission."""
    other = replace(build.brand, **{field: "another"})
    seen = ("q-1" if field == "qualification" else None, "another")
    approved = decide(other)
    assert (words(approved), approved.fields, approved.reason) == (("none", []), (), "approved")
    assert [(one.path, one.old, one.new) for one in approved.notes] == [(field, *seen)]
    rejected = decide(other, status="REVIEW_NOT_PASS", review_message="资质不符")
    assert (words(rejected), rejected.awaits) == (("update", ["edit"]), AWAITS_ITS_REVIEW)
    assert rejected.reason == "rejected: 资质不符; submitted again with what changed"


def test_rejected_signature_that_is_insisted_on_says_that_nothing_changed() -> None:
    """So that nobody takes it for an edit; no words of the reviewer are said to be none."""
    change = decide(status="REVIEW_NOT_PASS", resubmit=frozenset({BRAND}))
    assert change.reason == "rejected: no reason given; submitted again with the same values, as asked"
    assert (change.rejected, change.uploads) == (False, ())


@pytest.mark.parametrize("name", ["licence", "authorization", "proof"])
def test_every_file_of_a_signature_is_uploaded_when_it_is_another(name) -> None:
    """By its digest; what is not declared is not compared."""
    signature = replace(build.brand, **{name: build.LICENCE})
    change = decide(signature, status="REVIEW_NOT_PASS", digests={name: "b" * 64})
    assert (words(change), change.uploads) == (("update", ["upload", "edit"]), (name,))
    same = decide(signature, status="REVIEW_NOT_PASS", digests={name: "a" * 64})
    assert words(same) == ("none", [])
    assert words(decide(status="REVIEW_NOT_PASS", digests={name: "b" * 64})) == ("none", [])


def test_frozen_signature_shows_what_differs() -> None:
    """With what is there and what is asked, and why it cannot be had."""
    change = decide(replace(changed, third_party=True))
    assert differences(change) == [("source", "company", "trademark"), ("third_party", False, True)]
    assert change.reason.startswith(
        "approved, but source, third_party differs; an approved signature is frozen"
    )


def test_signature_that_moved_to_another_app_of_the_project_is_frozen_too() -> None:
    """The app is a field of it; one that the project does not declare is another matter."""
    asked = build.desired(build.shop, build.outlet, build.brand)
    there = build.observed(build.o_shop, build.o_outlet, replace(build.o_brand, app_key="key-outlet"))
    assert differences(only(plan(asked, there), BRAND)) == [("app", "app.outlet", "app.shop")]


@pytest.mark.parametrize("status", ["PROCESSING", "REAL_NAME_REGISTRATING"])
def test_approved_signature_that_cannot_send_yet_waits_for_the_service(status) -> None:
    """No person decides about it any more."""
    change = decide(status=status)
    assert (words(change), change.awaits) == (("wait", []), "the service")


def test_waiting_signature_says_whom_it_waits_for() -> None:
    """A review, whether it says what is desired or something else, or that of an activation."""
    assert (decide(status="PENDING_REVIEW").awaits, decide(status="PENDING_REVIEW").reason) == (
        AWAITS_ITS_REVIEW,
        "in review",
    )
    differing = decide(changed, status="PENDING_REVIEW")
    assert differing.awaits == AWAITS_ITS_REVIEW
    assert differing.reason.startswith("in review with other values, and a signature cannot be withdrawn")
    activated = decide(status="TO_BE_ACTIVATED")
    assert (activated.awaits, activated.reason) == (AWAITS_ITS_REVIEW, "to be activated after arrears")
    assert activated.submissions == 1


def test_external_signature_tells_how_it_stands() -> None:
    """In review it waits, rejected it blocks; what differs is not shown."""
    external = replace(changed, external=True, description="another")
    waiting = decide(external, status="PENDING_REVIEW")
    assert (words(waiting), waiting.awaits, waiting.reason) == (
        ("wait", []),
        AWAITS_ITS_REVIEW,
        "external; in review",
    )
    lost = decide(external, status="REVIEW_NOT_PASS")
    assert (words(lost), lost.rejected, lost.awaits) == (("none", []), True, None)
    fine = decide(external)
    assert (fine.rejected, fine.fields, fine.notes, fine.submission) == (False, (), (), None)
    missing = planned(external, *ABSENT)
    assert missing.reason == "not at the service, and it is external: not ours to create"


def test_unknown_status_of_a_signature_is_told() -> None:
    """Nothing is written for it, and it is not said to be frozen."""
    change = decide(changed, status="MELTED")
    assert change.reason == "unknown status 'MELTED': nothing is written for it"


def test_two_signatures_of_one_name_and_type_are_refused_with_their_ids() -> None:
    """One of the other type is none of them."""
    twin = replace(build.o_brand, remote_id="id-twin")
    change = planned(build.brand, build.o_shop, build.o_brand, twin)
    assert words(change) == ("refused", [])
    assert change.reason == "2 notification signatures have this name: id-brand, id-twin"
    other = planned(build.brand, build.o_shop, build.o_brand, replace(twin, type="promotion"))
    assert (words(other), other.remote_id) == (("none", []), "id-brand")


def test_signature_that_the_journal_shows_rejected_is_not_sent_again() -> None:
    """Neither where it is gone, nor where something else lies there now, unless the user insists."""
    memory = Memory(refused={(BRAND, signature_hash(build.brand)): "资质不符"})
    gone = planned(build.brand, *ABSENT, memory=memory)
    assert (words(gone), gone.rejected) == (("none", []), True)
    assert gone.reason == "rejected before: 资质不符 (unchanged, so not submitted again)"
    edited = replace(build.o_brand, status="REVIEW_NOT_PASS", source="trademark")
    assert planned(build.brand, build.o_shop, edited, memory=memory).rejected
    insisted = planned(build.brand, *ABSENT, memory=memory, resubmit=frozenset({BRAND}))
    assert words(insisted) == ("create", ["create"])
    other = planned(replace(build.brand, description="another"), *ABSENT, memory=memory)
    assert words(other) == ("create", ["create"])
    silent = Memory(refused={(BRAND, signature_hash(build.brand)): ""})
    assert "no reason given" in planned(build.brand, *ABSENT, memory=silent).reason


@pytest.mark.parametrize(
    "other",
    [
        {"name": "别的商城"},
        {"type": MessageType.PROMOTION},
        {"source": Source.TRADEMARK},
        {"third_party": True},
        {"qualification": "q-2"},
        {"description": "another"},
        {"registration_number": "1"},
        {"license_number": "1"},
        {"licence": build.LICENCE},
        {"proof": build.LICENCE},
        {"app": build.OUTLET},
    ],
)
def test_hash_of_a_signature_is_of_everything_that_is_sent(other) -> None:
    """One field is another submission; where a file lies, and what replaces what, is none."""
    assert signature_hash(replace(build.brand, **other)) != signature_hash(build.brand)
    moved = replace(build.LICENCE, path="elsewhere.png")
    filed = [signature_hash(replace(build.brand, licence=one)) for one in (build.LICENCE, moved)]
    assert filed[0] == filed[1]
    replacing = replace(build.brand, replaces=("旧品牌", MessageType.NOTIFICATION))
    assert signature_hash(replacing) == signature_hash(build.brand)


def test_signature_of_a_refused_app_is_blocked() -> None:
    """It names the app and uploads nothing; one that needs nothing is left as it is."""
    missing = replace(build.shop, external=True)
    signature = replace(build.brand, licence=build.LICENCE)
    change = only(plan(build.desired(missing, signature), build.nothing()), BRAND)
    assert (words(change), change.uploads, change.awaits) == (("refused", []), (), None)
    assert (change.blocked_by, change.reason) == (build.SHOP, "blocked: app.shop is refused")
    melted = replace(build.o_shop, status="MELTED")
    there = only(plan(build.desired(), build.observed(melted, build.o_brand)), BRAND)
    assert (words(there), there.blocked_by) == (("none", []), None)


def test_signature_waits_for_the_id_of_its_qualification_where_the_site_has_any() -> None:
    """It comes first in the plan; at a site without qualifications nothing is waited for."""
    own = Address(Kind.QUALIFICATION, "own")
    signature = replace(build.brand, qualification=None, qualified_by=own, licence=build.LICENCE)
    asked = build.desired(build.shop, signature, qualifications={own: Qualification(own, "own")})
    change = only(plan(asked, build.observed(build.o_shop)), BRAND)
    assert (words(change), change.held_by, change.awaits) == (("wait", []), own, "qualification.own")
    assert change.reason == (
        "qualification.own has no id yet: have it approved, then write its id into the files"
    )
    assert (change.needs, change.uploads) == ((own, build.SHOP), ())
    other_environments = only(plan(asked, build.observed(build.o_shop), site="international"), BRAND)
    assert words(other_environments) == ("create", ["upload", "create"])
    known = build.desired(build.shop, replace(signature, qualification="q-1"))
    known = replace(known, qualifications=asked.qualifications)
    assert words(only(plan(known, build.observed(build.o_shop)), BRAND))[1] == ["upload", "create"]


def test_field_of_a_signature_that_the_answer_lacks_is_not_compared() -> None:
    """Some sites tell neither source nor whose it is."""
    change = decide(replace(changed, third_party=True), source=None, third_party=None)
    assert (words(change), change.fields) == (("none", []), ())
