"""Every phase of a template's life, and what the plan makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.memory import Memory
from smsconf.model.resources import VariableType
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
    assert lost.reason.endswith("signature.brand was refused or rejected")
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
