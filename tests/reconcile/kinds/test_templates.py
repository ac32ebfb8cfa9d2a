"""Every phase of a template's life, and what the plan makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.address import Kind
from smsconf.model.memory import Memory
from smsconf.model.observed import Reading
from smsconf.model.resources import UpdatePolicy, VariableType
from smsconf.reconcile.versions.submission import submission_hash
from tests.reconcile import build
from tests.reconcile.build import BRAND, HELLO, SHIPPED, SHOP, only, plan, words

changed = replace(build.shipped, content="您的订单${1}今天已发货。")


def decide(template=build.shipped, status="Adopted", *, site="china", signature=build.o_brand, **more):
    has = replace(build.o_shipped, status=status, **{k: v for k, v in more.items() if k in SLOTS})
    selection = {k: v for k, v in more.items() if k not in SLOTS}
    made = plan(
        build.desired(build.shop, build.brand, template),
        build.observed(build.o_shop, signature, has),
        site=site,
        **selection,
    )
    return only(made, SHIPPED)


UNCHANGED = "(unchanged, so not submitted again)"
SLOTS = set(type(build.o_shipped).__slots__)

ROWS = {
    # status, differs: action and steps
    ("Pending", False): ("update", ["submit"]),
    ("Pending", True): ("update", ["edit", "submit"]),
    ("Reviewing", False): ("wait", []),
    ("Reviewing", True): ("update", ["withdraw", "edit", "submit"]),
    ("SignReviewing", False): ("wait", []),
    ("SignReviewing", True): ("update", ["withdraw", "edit", "submit"]),
    ("Reject", False): ("none", []),
    ("Reject", True): ("update", ["edit", "submit"]),
    ("Adopted", False): ("none", []),
    ("Adopted", True): ("replace", ["create", "submit"]),
    ("Adopted_inactive", False): ("none", []),
    ("Adopted_inactive", True): ("create", ["create", "submit"]),
    ("Disable", False): ("none", []),
    ("Disable", True): ("update", ["edit", "submit"]),
    ("Melted", False): ("refused", []),
    ("Melted", True): ("refused", []),
}


@pytest.mark.parametrize(("status", "differs"), ROWS)
def test_template_in_every_status_gets_its_row(status, differs) -> None:
    """For each status, equal and different, the plan holds the action and steps of the table."""
    assert words(decide(changed if differs else build.shipped, status)) == ROWS[status, differs]


def test_template_that_is_absent_is_created_as_a_draft_then_submitted() -> None:
    """A new template is created and submitted in two steps, so that a cut run leaves only a draft."""
    change = only(plan(build.desired(), build.observed(build.o_shop, build.o_brand)), SHIPPED)
    assert words(change) == ("create", ["create", "submit"])
    assert change.awaits == "its review"
    assert (change.fields[0].path, change.fields[0].new) == ("content", "您的订单${1}已发货。")


def test_template_at_a_site_without_drafts_is_submitted_by_creating() -> None:
    """Where the site knows no drafts the plan says that creating submits."""
    change = only(
        plan(
            build.desired(),
            build.observed(build.o_shop, replace(build.o_brand, status="REVIEW_PASSED")),
            site="international",
        ),
        SHIPPED,
    )
    assert words(change) == ("create", ["create"])
    assert "no drafts" in change.reason
    assert change.submissions == 1


def test_template_of_a_new_signature_waits_for_both_reviews() -> None:
    """A template is submitted at once; what it awaits names the signature's review first."""
    change = only(plan(build.desired(), build.nothing()), SHIPPED)
    assert words(change) == ("create", ["create", "submit"])
    assert change.awaits == "the review of signature.brand, then its own"
    assert change.needs == (SHOP, BRAND)


def test_template_in_review_that_differs_waits_where_nothing_can_be_withdrawn() -> None:
    """At a site without withdrawing the row waits and says what follows the verdict."""
    signature = replace(build.o_brand, status="REVIEW_PASSED")
    change = decide(changed, "Reviewing", site="europe", signature=signature)
    assert words(change) == ("wait", [])
    assert "rejected, it will be edited" in change.reason


def test_rejected_template_shows_the_reviewers_words_and_is_not_sent_again() -> None:
    """An unchanged rejected template sends nothing and repeats what the reviewer said."""
    change = decide(status="Reject", review_message="变量过多")
    assert words(change) == ("none", [])
    assert "变量过多" in change.reason
    assert change.rejected


def test_rejected_template_is_sent_again_when_a_note_changes() -> None:
    """Once rejected every field we send counts: a changed description makes a new submission."""
    change = decide(replace(build.shipped, description="for members"), "Reject", review_message="why?")
    assert words(change) == ("update", ["edit", "submit"])
    assert [one.path for one in change.notes] == ["description"]


def test_resubmit_overrides_a_rejection() -> None:
    """The user may ask for the same text to be reviewed again."""
    assert words(decide(status="Reject", resubmit=frozenset({SHIPPED}))) == ("update", ["submit"])


def test_approved_template_with_another_note_is_left_alone() -> None:
    """A note is no drift: the row stays none and shows the difference."""
    change = decide(replace(build.shipped, description="for members"))
    assert words(change) == ("none", [])
    assert [(one.path, one.old, one.new) for one in change.notes] == [("description", None, "for members")]


def test_changed_approved_template_names_what_differs() -> None:
    """The row of a replacement says which field differs, with both values, and what serves meanwhile."""
    change = decide(changed)
    assert change.reason == "content differs; order-shipped serves until order-shipped_v2 is approved"
    assert [(one.path, one.old, one.new) for one in change.fields] == [
        ("content", "您的订单${1}已发货。", "您的订单${1}今天已发货。")
    ]


def test_variable_types_and_order_decide() -> None:
    """A variable of another type is a difference of that variable, counted from 1."""
    variables = (replace(build.shipped.variables[0], type=VariableType.TEXT),)
    change = decide(replace(build.shipped, variables=variables), "Reject")
    assert [(one.path, one.old, one.new) for one in change.fields] == [
        ("variables[1]", "alphanumeric", "text")
    ]


def test_field_that_the_answer_lacks_is_not_compared() -> None:
    """A site that reports neither brackets nor region nor type causes no difference."""
    assert decide(brackets=None, region=None, universal=None, type="").action.value == "none"


def test_countries_are_a_set() -> None:
    """The order of countries and the language of their names do not matter."""
    made = plan(build.desired(build.abroad, build.hello), build.observed(build.o_abroad, build.o_hello))
    assert words(only(made, HELLO)) == ("none", [])
    assert only(made, HELLO).country_ids == (65, 55)
    moved = replace(build.hello, countries=("Singapore", "Canada"))
    change = only(
        plan(build.desired(build.abroad, moved), build.observed(build.o_abroad, build.o_hello)), HELLO
    )
    assert [(one.path, one.old, one.new) for one in change.fields] == [
        ("countries", "Brazil", None),
        ("countries", None, "Canada"),
    ]
    assert change.reason.startswith("countries differs; ")


def test_country_that_the_service_does_not_know_is_refused_with_the_nearest() -> None:
    """An unknown country name refuses its template and offers the nearest one."""
    template = replace(build.hello, countries=("Singapor",))
    change = only(plan(build.desired(build.abroad, template), build.observed(build.o_abroad)), HELLO)
    assert words(change) == ("refused", [])
    assert change.reason == "the service knows no country 'Singapor'; did you mean Singapore?"


def test_template_is_blocked_by_a_rejected_signature() -> None:
    """A template is not submitted on a signature that was rejected and did not change."""
    rejected = replace(build.o_brand, status="REVIEW_NOT_PASS")
    made = plan(build.desired(), build.observed(build.o_shop, rejected))
    change = only(made, SHIPPED)
    assert words(change) == ("refused", [])
    assert change.blocked_by == BRAND
    assert only(made, BRAND).rejected


@pytest.mark.parametrize("status", ["Pending", "Reject", "Disable", "Adopted", "Reviewing"])
def test_universal_template_is_not_submitted_while_no_signature_of_its_type_is_approved(status) -> None:
    """The service would refuse every try: a draft was submitted again in each run, and never got through."""
    template = replace(build.shipped, universal=True, signature=None, content="通知。", variables=())
    there = replace(build.o_shipped, universal=True, signature_id=None, status=status)
    memory = Memory(disabled=frozenset({there.remote_id}))
    rejected = replace(build.o_brand, status="REVIEW_NOT_PASS")
    asked = build.desired(build.shop, template)
    waiting = only(plan(asked, build.observed(build.o_shop, rejected, there), memory=memory), SHIPPED)
    assert words(waiting) == ("wait", [])
    assert waiting.awaits == "an approved notification signature of app.shop"
    assert only(plan(asked, build.observed(build.o_shop, build.o_brand, there), memory=memory), SHIPPED).steps


def test_universal_template_waits_for_a_signature_of_its_type() -> None:
    """A universal template is created only once its app has an approved signature of its type."""
    template = replace(build.shipped, universal=True, signature=None)
    waiting = replace(build.o_brand, status="PENDING_REVIEW")
    asked = build.desired(build.shop, build.brand, template)
    assert words(only(plan(asked, build.observed(build.o_shop, waiting)), SHIPPED)) == ("wait", [])
    approved = only(plan(asked, build.observed(build.o_shop, build.o_brand)), SHIPPED)
    assert words(approved) == ("create", ["create", "submit"])


def test_universal_template_says_when_no_signature_will_come() -> None:
    """Nothing is worth waiting for once every declared signature of its type is lost, and none in review."""
    template = replace(build.shipped, universal=True, signature=None)
    rejected = replace(build.o_brand, status="REVIEW_NOT_PASS")
    asked = build.desired(build.shop, build.brand, template)
    lost = only(plan(asked, build.observed(build.o_shop, rejected)), SHIPPED)
    assert (words(lost), lost.blocked_by) == (("wait", []), BRAND)
    assert lost.reason == (
        "a universal template needs an approved signature of its type first; signature.brand was refused or "
        "rejected"
    )
    other = replace(build.o_brand, remote_id="id-other", name="另一家", status="PENDING_REVIEW")
    hoping = only(plan(asked, build.observed(build.o_shop, rejected, other)), SHIPPED)
    assert (words(hoping), hoping.blocked_by) == (("wait", []), None)


def test_two_templates_of_one_name_are_refused_with_their_ids() -> None:
    """More than one match is never guessed at: the ids are listed."""
    twin = replace(build.o_shipped, remote_id="id-twin")
    made = plan(build.desired(), build.observed(build.o_shop, build.o_brand, build.o_shipped, twin))
    assert words(only(made, SHIPPED)) == ("refused", [])
    assert "id-shipped, id-twin" in only(made, SHIPPED).reason
    assert not made.unmanaged


def test_names_are_compared_exactly() -> None:
    """A remote name that differs in case is another template."""
    other = replace(build.o_shipped, name="Order-Shipped")
    made = plan(build.desired(), build.observed(build.o_shop, build.o_brand, other))
    assert only(made, SHIPPED).action.value == "create"
    assert made.unmanaged == {"template": 1}


def here(*there, template=build.shipped, asked=None, **more):
    """The row of a template, given everything that is there beside its app and signature."""
    asked = asked or build.desired(build.shop, build.brand, template)
    return only(plan(asked, build.observed(build.o_shop, build.o_brand, *there), **more), SHIPPED)


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("apps", {"template.shipped", "template.hello"}),
        ("signatures", {"template.shipped"}),
        ("templates", {"template.shipped", "template.hello"}),
        ("countries", {"template.hello"}),
    ],
)
def test_template_needs_only_the_readings_of_its_region(kind, refused) -> None:
    """A mainland one has no countries, an international one no signature; what is not needed may lack."""
    asked = build.desired(build.shop, build.brand, build.shipped, build.abroad, build.hello)
    found = build.observed(build.o_shop, build.o_brand, build.o_abroad)
    made = plan(asked, replace(found, **{kind: Reading(problem="timed out")}))
    rows = {one.label: one for one in made.changes if one.kind is Kind.TEMPLATE}
    assert {label for label, one in rows.items() if one.action.value == "refused"} == refused
    for label in refused:
        assert rows[label].reason == f"{kind} could not be read: timed out"
        assert rows[label].needs
    assert [one.message for one in made.refusals if one.scope == "read"] == [
        f"{kind} could not be read: timed out; neither this kind nor what depends on it is written"
    ]


@pytest.mark.parametrize(
    ("status", "reason", "awaits"),
    [
        ("Reviewing", "in review", "its review"),
        ("SignReviewing", "waits for the review of its signature", "the review of its signature"),
        ("Pending", "a draft, not submitted; submitted as it is", "its review"),
        ("Disable", "disabled outside smsconf", None),
        ("Reject", f"rejected: no reason given {UNCHANGED}", None),
        (
            "Adopted_inactive",
            f"deactivated by the operators; cannot be recovered: no reason given {UNCHANGED}",
            None,
        ),
        ("Adopted", "approved", None),
        ("Melted", "unknown status 'Melted': nothing is written for it", None),
    ],
)
def test_template_as_desired_says_how_it_stands(status, reason, awaits) -> None:
    """And whom it waits for; the row is about that very version."""
    change = decide(status=status)
    assert (change.reason, change.awaits) == (reason, awaits)
    assert (change.remote_id, change.status, change.observed.status) == ("id-shipped", status, status)
    assert change.rejected == (status in ("Reject", "Adopted_inactive"))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("Reviewing", "in review with other values: withdrawn, edited and submitted again; a new review"),
        ("Pending", "a draft, not submitted; edited and submitted"),
        ("Reject", "rejected: 变量过多; edited and submitted"),
        ("Disable", "disabled; edited and submitted"),
    ],
)
def test_template_that_is_sent_again_says_why_and_what_it_awaits(status, reason) -> None:
    """With the reviewer's words, if there were any."""
    change = decide(changed, status, review_message="变量过多")
    assert (change.reason, change.awaits) == (reason, "its review")
    assert [one.path for one in change.fields] == ["content"]


def test_template_in_review_that_cannot_be_withdrawn_awaits_the_verdict() -> None:
    """Whatever it will be, something follows from it."""
    signature = replace(build.o_brand, status="REVIEW_PASSED")
    assert decide(changed, "Reviewing", site="europe", signature=signature).awaits == "its review"


def test_successor_beside_a_live_version_says_what_serves_meanwhile() -> None:
    """In every state of it that is not at rest; on a rejected signature it says what it waits for."""
    second = replace(
        build.o_shipped,
        remote_id="id-2",
        name="order-shipped_v2",
        content=changed.content,
        review_message="短",
    )
    memory = Memory(created={"id-2": SHIPPED})
    for status, reason in (
        ("Reviewing", "in review"),
        ("Pending", "a draft, not submitted; submitted as it is"),
        ("Reject", "rejected: 短 (unchanged, so not submitted again)"),
    ):
        there = replace(second, status=status)
        row = here(build.o_shipped, there, template=changed, memory=memory)
        assert row.reason == f"{reason}; order-shipped serves meanwhile"
        assert (row.live, row.remote_id) == (build.o_shipped, "id-2")
    other = here(
        build.o_shipped,
        replace(second, status="Reviewing", content="别的${1}。"),
        template=changed,
        memory=memory,
    )
    assert other.reason.endswith("a new review; order-shipped serves meanwhile")


def test_replacement_is_about_something_that_is_not_there_yet() -> None:
    """No id, no status, nothing observed: what is live stands beside it."""
    change = decide(changed)
    assert (change.remote_id, change.status, change.observed) == (None, None, None)
    assert (change.live.remote_id, change.candidate, change.awaits) == ("id-shipped", None, "its review")
    assert change.remote_name == "order-shipped_v2"


@pytest.mark.parametrize(
    ("status", "awaits"),
    [
        ("REVIEW_PROCESSING_COMPLETED", "its review"),
        ("PROCESSING", "its review"),
        ("PENDING_REVIEW", "the review of signature.brand, then its own"),
    ],
)
def test_new_template_awaits_the_review_of_its_signature_first(status, awaits) -> None:
    """Unless that is approved already, be its channel still being configured."""
    made = plan(build.desired(), build.observed(build.o_shop, replace(build.o_brand, status=status)))
    assert only(made, SHIPPED).awaits == awaits


def test_international_template_awaits_its_own_review_only() -> None:
    """It has no signature."""
    made = plan(build.desired(build.abroad, build.hello), build.observed(build.o_abroad))
    change = only(made, HELLO)
    assert (words(change), change.awaits, change.needs) == (
        ("create", ["create", "submit"]),
        "its review",
        (build.ABROAD,),
    )


def test_new_template_says_what_is_there_of_it() -> None:
    """Nothing; or versions that neither serve nor are on their way."""
    assert here().reason == "not at the service yet"
    dead = replace(build.o_shipped, status="Adopted_inactive", content="旧${1}。")
    assert here(dead).reason == "no version of it is live or on its way"
    assert here(dead).remote_name == "order-shipped_v2"
    brand = replace(build.o_brand, status="REVIEW_PASSED")
    made = plan(build.desired(), build.observed(build.o_shop, brand), site="international")
    assert only(made, SHIPPED).reason == (
        "not at the service yet; this site has no drafts: creating submits, and concurrent runs may submit "
        "twice"
    )


def test_template_that_waits_for_approval_elsewhere_is_sent_with_its_note_where_none_shows() -> None:
    """Where answers tell no note, the declared one may be another than what lies there."""
    brand = replace(build.o_brand, status="REVIEW_PASSED")
    noted = replace(build.shipped, description="给会员")
    rejected = {"site": "international", "signature": brand, "resubmit": frozenset({SHIPPED})}
    change = decide(noted, "Reject", **rejected)
    assert (words(change), change.notes) == (("update", ["submit"]), ())
    assert change.reason.endswith("submitted with the declared note, as this site shows none")
    assert decide(build.shipped, "Reject", **rejected).reason.endswith("submitted as it is")
    shown = decide(noted, "Reject", resubmit=frozenset({SHIPPED}))
    assert shown.reason.endswith("edited and submitted")


def test_rejection_is_known_by_the_journal_where_no_note_shows() -> None:
    """What was submitted there decides, not what it looks like now."""
    brand = replace(build.o_brand, status="REVIEW_PASSED")
    at = {"site": "international", "signature": brand}
    sent = submission_hash(build.shipped, build.brand, ())
    known = Memory(submitted={"id-shipped": sent})
    assert decide(status="Reject", memory=known, **at).rejected
    other = Memory(submitted={"id-shipped": "0" * 64})
    assert words(decide(status="Reject", memory=other, **at)) == ("update", ["submit"])
    assert decide(status="Reject", memory=other).rejected


def test_text_that_the_journal_shows_refused_says_so_beside_what_serves() -> None:
    """The version is gone, its words are not."""
    sent = submission_hash(changed, build.brand, ())
    memory = Memory(refused={(SHIPPED, sent): "含营销内容"})
    change = here(build.o_shipped, template=changed, memory=memory)
    assert (words(change), change.rejected) == (("none", []), True)
    assert change.reason == (
        "rejected before: 含营销内容 (unchanged, so not submitted again); order-shipped serves meanwhile"
    )
    insisted = here(build.o_shipped, template=changed, memory=memory, resubmit=frozenset({SHIPPED}))
    assert words(insisted) == ("replace", ["create", "submit"])


def test_change_that_sends_something_carries_its_hash_and_its_mark() -> None:
    """What sends nothing has neither, and its note is as it is written."""
    change = decide(changed)
    sent = submission_hash(changed, build.brand, ())
    assert change.submission == sent
    assert change.desired == replace(changed, description=f"#smsconf:{sent[:16]}")
    resting = decide()
    assert (resting.submission, resting.desired) == (None, build.shipped)


def test_in_place_update_of_a_version_that_is_not_ours_replaces_it() -> None:
    """It is not edited, whatever the files prefer."""
    foreign = replace(build.o_shipped, remote_id="id-2", name="order-shipped_v2")
    asked = replace(changed, update=UpdatePolicy.IN_PLACE)
    memory = Memory(live={SHIPPED: "id-2"})
    assert words(here(foreign, template=asked, memory=memory)) == ("replace", ["create", "submit"])


def test_in_place_update_says_what_it_does_and_what_it_awaits() -> None:
    """At a site that cannot disable it names the other way."""
    asked = replace(changed, update=UpdatePolicy.IN_PLACE)
    change = decide(asked)
    assert (change.reason, change.awaits) == (
        "content differs; update in place: outage until approved",
        "its review",
    )
    assert (change.remote_id, change.live.remote_id) == ("id-shipped", "id-shipped")
    brand = replace(build.o_brand, status="REVIEW_PASSED")
    europe = decide(asked, site="europe", signature=brand)
    assert europe.reason == "approved, but content differs; this site cannot disable: use update: replace"


def test_template_of_a_refused_app_names_it() -> None:
    """It sends nothing and awaits nothing; what lies at rest is not blocked."""
    asked = build.desired(replace(build.abroad, external=True), build.hello)
    change = only(plan(asked, build.nothing()), HELLO)
    assert (words(change), change.awaits, change.blocked_by) == (("refused", []), None, build.ABROAD)
    assert change.reason == "blocked: app.abroad is refused"
    melted = replace(build.o_abroad, status="MELTED")
    there = only(plan(build.desired(build.abroad, build.hello), build.observed(melted, build.o_hello)), HELLO)
    assert (words(there), there.blocked_by) == (("none", []), None)


def test_name_of_a_new_version_may_be_as_long_as_the_service_takes() -> None:
    """One character more is refused, and awaits nothing."""
    for length, action in ((128, "create"), (129, "refused")):
        change = here(template=replace(build.shipped, name="x" * length))
        assert (change.action.value, change.awaits) == (action, None if action == "refused" else "its review")


def test_version_of_another_region_is_none_of_the_family() -> None:
    """The name of an app's template is unique in its region only."""
    other = replace(build.o_shipped, region="intl")
    assert words(here(other)) == ("create", ["create", "submit"])
    assert here(other).remote_name == "order-shipped"


def test_row_of_a_template_knows_every_version_that_was_seen() -> None:
    """Whosever they are; and the ids that the journal knows and no list shows."""
    foreign = replace(build.o_shipped, remote_id="id-5", name="order-shipped_v5", content="别的${1}。")
    memory = Memory(created={"id-lost": SHIPPED, "id-other": HELLO, "id-shipped": SHIPPED})
    change = here(build.o_shipped, foreign, memory=memory)
    assert change.family == {"id-shipped", "id-5"}
    assert change.unlisted == ("id-lost",)


def test_universal_template_waits_beside_what_serves() -> None:
    """The reason says both; one that only rests waits for nothing."""
    template = replace(build.shipped, universal=True, signature=None)
    live = replace(build.o_shipped, universal=True, signature_id=None, content="旧${1}。")
    asked = build.desired(build.shop, template)
    change = only(plan(asked, build.observed(build.o_shop, live)), SHIPPED)
    assert (words(change), change.blocked_by) == (("wait", []), None)
    assert change.reason == (
        "a universal template needs an approved signature of its type first; order-shipped serves meanwhile"
    )
    same = replace(live, content=template.content)
    assert words(only(plan(asked, build.observed(build.o_shop, same)), SHIPPED)) == ("none", [])


@pytest.mark.parametrize(
    "other", [{"type": "promotion"}, {"app_key": "key-else"}, {"status": "PENDING_REVIEW"}]
)
def test_universal_template_needs_a_signature_of_its_own_app_and_type(other) -> None:
    """One of another type, of another app, or in review helps nothing."""
    template = replace(build.shipped, universal=True, signature=None)
    asked = build.desired(build.shop, template)
    change = only(plan(asked, build.observed(build.o_shop, replace(build.o_brand, **other))), SHIPPED)
    assert (words(change), change.awaits) == (("wait", []), "an approved notification signature of app.shop")


def test_universal_template_waits_in_hope_of_a_signature_that_is_declared() -> None:
    """It is not at the service yet, and neither refused nor rejected."""
    template = replace(build.shipped, universal=True, signature=None)
    asked = build.desired(build.shop, build.brand, template)
    change = only(plan(asked, build.observed(build.o_shop)), SHIPPED)
    assert (words(change), change.blocked_by) == (("wait", []), None)
    assert change.reason == "a universal template needs an approved signature of its type first"
