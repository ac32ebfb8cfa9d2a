"""When answers are expected: paces, chains through signatures, what is overdue, and what is a guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from smsconf.model.memory import Memory
from smsconf.model.resources import UpdatePolicy
from smsconf.model.sites import SITES
from smsconf.model.working_days import BEIJING, Calendar
from smsconf.reconcile.change import Step
from smsconf.reconcile.forecast import Expectation, Forecaster
from smsconf.reconcile.versions.submission import marked
from tests.reconcile import build


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def at(moment: str, **more: object) -> Forecaster:
    return Forecaster(beijing(moment), SITES["china"], **more)  # type: ignore[arg-type]


MONDAY = "2026-01-05 10:00"
IN_REVIEW = replace(build.o_shipped, status="Reviewing", update_time="2026-01-05 01:00:00")
BRAND_IN_REVIEW = replace(build.o_brand, status="PENDING_REVIEW", update_time="2026-01-05 01:00:00")
NOTHING = build.observed(build.o_shop)


def changes(asked=None, found=None):
    return build.plan(asked or build.desired(), found or build.observed()).changes


def test_signature_takes_five_working_days_and_its_template_two_hours_more() -> None:
    """A new template waits for its new signature, then for its own review."""
    found = at(MONDAY).expected(changes(found=NOTHING), applied=True)
    assert found[build.BRAND] == Expectation(beijing("2026-01-12 10:00"), provisional=False)
    assert found[build.SHIPPED] == Expectation(beijing("2026-01-12 12:00"), provisional=False)


def test_template_on_an_approved_signature_takes_two_working_hours() -> None:
    """Late on a Friday that is Monday morning."""
    made = changes(found=build.observed(build.o_shop, build.o_brand))
    assert at("2026-01-09 17:00").expected(made, applied=True)[build.SHIPPED].by == beijing(
        "2026-01-12 10:00"
    )


def test_nothing_is_expected_of_what_is_not_submitted() -> None:
    """An unchanged project has no row, and neither has an app."""
    assert at(MONDAY).expected(changes(), applied=True) == {}
    assert build.SHOP not in at(MONDAY).expected(changes(found=NOTHING), applied=True)


def test_before_apply_status_expects_nothing() -> None:
    """What apply would submit is not in review yet."""
    assert at(MONDAY).expected(changes(found=NOTHING), applied=False) == {}


def test_template_of_a_rejected_signature_is_not_expected() -> None:
    """Nobody reviews it before the signature is approved, and nobody knows when that is."""
    brand = replace(build.o_brand, status="REVIEW_NOT_PASS", review_message="资质不符")
    shipped = replace(build.o_shipped, status="SignReviewing", update_time="2026-01-05 01:00:00")
    made = changes(found=build.observed(build.o_shop, brand, shipped))
    assert at(MONDAY).expected(made, applied=False) == {}


def test_template_in_review_is_expected_since_its_submission() -> None:
    """1:00 read as UTC is 9:00 in Beijing; the answer is due two hours later."""
    made = changes(found=build.observed(build.o_shop, build.o_brand, IN_REVIEW))
    found = at("2026-01-05 18:00").expected(made, applied=False)[build.SHIPPED]
    assert found.by == beijing("2026-01-05 11:00")
    assert found.since is None


def test_review_that_is_called_back_is_not_expected() -> None:
    """Its row told when the answer would come to what nobody asks any more."""
    other = replace(IN_REVIEW, remote_id="id-2", name=f"{IN_REVIEW.name}_v2", content="别的${1}。")
    other = replace(other, description=marked(None, "a" * 64))
    made = changes(found=build.observed(build.o_shop, build.o_brand, build.o_shipped, other))
    assert {one.action.value for one in made if one.address == build.SHIPPED} >= {"withdraw"}
    assert at(MONDAY).expected(made, applied=False) == {}


@pytest.mark.parametrize(
    ("moment", "overdue"),
    [("2026-01-05 10:30", False), ("2026-01-05 11:00", False), ("2026-01-05 11:01", True)],
)
def test_overdue_means_late_in_both_zones(moment: str, overdue: bool) -> None:
    """Read as Beijing's time, 1:00 is long past; only what is late as UTC too is overdue."""
    made = changes(found=build.observed(build.o_shop, build.o_brand, IN_REVIEW))
    assert at(moment).expected(made, applied=False)[build.SHIPPED].overdue is overdue


def test_journal_knows_the_submission_better_than_the_service() -> None:
    """The journal's time has a zone; it wins unless the service saw a later change in either zone."""
    made = changes(found=build.observed(build.o_shop, build.o_brand, IN_REVIEW))
    submitted = datetime(2026, 1, 4, 18, 0, tzinfo=UTC)  # 1:00 and 2:00 hours after the service's in Beijing
    known = at(MONDAY, memory=Memory(submitted_at={"id-shipped": submitted})).expected(made, applied=False)
    assert known[build.SHIPPED].since == submitted
    earlier = submitted - timedelta(hours=2)
    stale = at(MONDAY, memory=Memory(submitted_at={"id-shipped": earlier})).expected(made, applied=False)
    assert stale[build.SHIPPED].since is None


def test_template_waits_for_a_signature_in_review() -> None:
    """Its own two hours begin when the signature is expected."""
    shipped = replace(build.o_shipped, status="SignReviewing", update_time="2026-01-05 01:00:00")
    made = changes(found=build.observed(build.o_shop, BRAND_IN_REVIEW, shipped))
    found = at(MONDAY).expected(made, applied=False)
    assert found[build.BRAND].by == beijing("2026-01-09 18:00")
    assert found[build.SHIPPED].by == beijing("2026-01-12 11:00")


def test_review_of_a_template_begins_when_its_signature_was_approved() -> None:
    """A template that waited a week for its signature is not overdue the moment the review begins."""
    brand = replace(build.o_brand, update_time="2026-01-12 02:00:00")
    made = changes(found=build.observed(build.o_shop, brand, IN_REVIEW))
    found = at("2026-01-12 11:00").expected(made, applied=False)[build.SHIPPED]
    assert found.by == beijing("2026-01-12 12:00")
    assert not found.overdue


def test_edit_while_in_review_begins_anew() -> None:
    """Applied, a template that is withdrawn and edited is reviewed from now on; as it is, since before."""
    changed = replace(build.shipped, content="您的订单${1}今天已发货。")
    made = changes(
        build.desired(build.shop, build.brand, changed),
        build.observed(build.o_shop, build.o_brand, IN_REVIEW),
    )
    assert at(MONDAY).expected(made, applied=True)[build.SHIPPED].by == beijing("2026-01-05 12:00")
    assert at(MONDAY).expected(made, applied=False)[build.SHIPPED].by == beijing("2026-01-05 11:00")


def test_special_country_takes_longer_and_is_a_guess() -> None:
    """The vendor gives no figure for them."""
    made = changes(build.desired(build.abroad, build.hello), build.observed(build.o_abroad))
    plain = at(MONDAY).expected(made, applied=True)[build.HELLO]
    special = at(MONDAY, special={"Singapore"}).expected(made, applied=True)[build.HELLO]
    assert (plain.by, plain.provisional) == (beijing("2026-01-05 12:00"), False)
    assert (special.by, special.provisional) == (beijing("2026-01-08 10:00"), True)


def test_year_without_a_notice_is_a_guess_unless_the_project_knows() -> None:
    """Over a far New Year the answer is provisional; the project's own holiday moves and settles it."""
    made = changes(found=build.observed(build.o_shop, build.o_brand))
    guess = at("2091-12-31 17:00").expected(made, applied=True)[build.SHIPPED]
    assert (guess.by, guess.provisional) == (beijing("2092-01-01 10:00"), True)
    known = Calendar(holidays=frozenset({date(2091, 1, 1), date(2092, 1, 1)}))
    sure = at("2091-12-31 17:00", calendar=known).expected(made, applied=True)[build.SHIPPED]
    assert (sure.by, sure.provisional) == (beijing("2092-01-02 10:00"), False)


def test_time_that_cannot_be_read_expects_nothing() -> None:
    """A timestamp in another form is no reason to guess, or to fall over."""
    odd = replace(IN_REVIEW, update_time="yesterday")
    made = changes(found=build.observed(build.o_shop, build.o_brand, odd))
    assert at(MONDAY).expected(made, applied=False) == {}


def test_in_place_update_is_expected_like_any_other() -> None:
    """It is an outage of two working hours."""
    changed = replace(build.shipped, content="您的订单${1}今天已发货。", update=UpdatePolicy.IN_PLACE)
    made = changes(build.desired(build.shop, build.brand, changed))
    assert Step.DISABLE in made[-1].steps
    assert at(MONDAY).expected(made, applied=True)[build.SHIPPED].by == beijing("2026-01-05 12:00")


def test_holiday_between_two_years_makes_an_answer_a_guess_by_either_of_them() -> None:
    """Where the review begins counts as much as where it ends."""
    made = changes(found=build.observed(build.o_shop, build.o_brand))
    later = Calendar(holidays=frozenset({date(2092, 1, 1)}))
    assert at("2091-12-31 17:00", calendar=later).expected(made, applied=True)[build.SHIPPED].provisional
    earlier = Calendar(holidays=frozenset({date(2091, 1, 1)}))
    assert at("2091-12-31 17:00", calendar=earlier).expected(made, applied=True)[build.SHIPPED].provisional


def test_submission_that_begins_now_has_no_time_of_an_earlier_one() -> None:
    """As it stands, the journal's time is that of the review that runs."""
    changed = replace(build.shipped, content="您的订单${1}今天已发货。")
    made = changes(
        build.desired(build.shop, build.brand, changed),
        build.observed(build.o_shop, build.o_brand, IN_REVIEW),
    )
    submitted = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    memory = Memory(submitted_at={"id-shipped": submitted})
    assert at(MONDAY, memory=memory).expected(made, applied=False)[build.SHIPPED].since == submitted
    assert at(MONDAY, memory=memory).expected(made, applied=True)[build.SHIPPED].since is None


def test_second_draft_that_is_deleted_is_not_expected() -> None:
    """Its row is not that of the address."""
    drafts = [replace(build.o_shipped, remote_id=name, status="Pending") for name in ("id-a", "id-b")]
    made = changes(found=build.observed(build.o_shop, build.o_brand, *drafts))
    assert [one.action.value for one in made if one.address == build.SHIPPED] == ["delete", "update"]
    assert at(MONDAY).expected(made, applied=True)[build.SHIPPED].by == beijing("2026-01-05 12:00")
    assert at(MONDAY).expected(made, applied=False) == {}


def test_times_that_are_five_minutes_apart_are_the_same_submission() -> None:
    """A run reads the service's time once; the service's own may be in Beijing's."""
    made = changes(found=build.observed(build.o_shop, build.o_brand, IN_REVIEW))
    moved = datetime(2026, 1, 5, 1, 0, tzinfo=UTC) - timedelta(hours=8)
    for early, known in ((timedelta(minutes=5), True), (timedelta(minutes=5, seconds=1), False)):
        memory = Memory(submitted_at={"id-shipped": moved - early})
        found = at(MONDAY, memory=memory).expected(made, applied=False)[build.SHIPPED]
        assert (found.since is not None) is known


def test_time_that_the_journal_alone_knows_is_enough() -> None:
    """The service told none; and where nobody knows, nothing is expected."""
    silent = replace(IN_REVIEW, update_time=None)
    made = changes(found=build.observed(build.o_shop, build.o_brand, silent))
    memory = Memory(submitted_at={"id-shipped": datetime(2026, 1, 5, 1, 0, tzinfo=UTC)})
    assert at(MONDAY, memory=memory).expected(made, applied=False)[build.SHIPPED].by == beijing(
        "2026-01-05 11:00"
    )
    assert at(MONDAY).expected(made, applied=False) == {}
    created = replace(silent, create_time="2026-01-05 01:00:00")
    made = changes(found=build.observed(build.o_shop, build.o_brand, created))
    assert at(MONDAY).expected(made, applied=False)[build.SHIPPED].by == beijing("2026-01-05 11:00")


def test_review_under_a_signature_without_a_time_begins_with_its_submission() -> None:
    """When the signature was approved nobody knows: before, at best."""
    brand = replace(build.o_brand, update_time=None)
    made = changes(found=build.observed(build.o_shop, brand, IN_REVIEW))
    assert at(MONDAY).expected(made, applied=False)[build.SHIPPED].by == beijing("2026-01-05 11:00")
    earlier = replace(build.o_brand, update_time="2026-01-01 01:00:00")
    made = changes(found=build.observed(build.o_shop, earlier, IN_REVIEW))
    assert at(MONDAY).expected(made, applied=False)[build.SHIPPED].by == beijing("2026-01-05 11:00")


def test_template_for_a_special_country_among_others_takes_longer() -> None:
    """One is enough."""
    made = changes(build.desired(build.abroad, build.hello), build.observed(build.o_abroad))
    found = at(MONDAY, special={"巴西"}).expected(made, applied=True)[build.HELLO]
    assert found == Expectation(beijing("2026-01-08 10:00"), provisional=True)


def test_review_that_goes_on_after_apply_began_when_it_was_submitted() -> None:
    """Nothing new is submitted."""
    made = changes(found=build.observed(build.o_shop, build.o_brand, IN_REVIEW))
    submitted = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
    memory = Memory(submitted_at={"id-shipped": submitted})
    found = at(MONDAY, memory=memory).expected(made, applied=True)[build.SHIPPED]
    assert (found.since, found.by) == (submitted, beijing("2026-01-05 11:30"))
