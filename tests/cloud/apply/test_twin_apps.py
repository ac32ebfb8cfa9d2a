"""Another client makes an app of the same name around our CreateApp: one is taken, the other is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from smsconf.cloud.apply.changes import Phase, StepEvent, apply_changes
from smsconf.cloud.read import wire
from smsconf.reconcile.change import Step
from smsconf.reconcile.outcome import Outcome, Result
from tests.cloud.conftest import Emulated
from tests.cloud.worlds import brand, desired, shipped, shop

WORLD = desired(shop, brand, shipped)
Act = Callable[[], object]


def another(emulated: Emulated, *, carrying: bool = False) -> str:
    """Make the app as somebody else would, with a text of theirs if asked; return its id."""
    with emulated.client() as client:
        made = client.call("CreateApp", body=wire.create_app(shop))["id"]
        if carrying:
            carry(emulated, made)
    return made


def carry(emulated: Emulated, app_id: str) -> None:
    with emulated.client() as client:
        body = {"app_id": app_id, "signature_name": "示例百货", "signature_type": "NOTIFY_TYPE"}
        client.call("CreateSignature", body={**body, "signature_source": 0, "is_involved_third": "No"})


def at(phase: Phase, act: Act) -> Callable[[StepEvent], None]:
    """Let somebody act when the create of the app is announced, or when its answer is there."""

    def record(event: StepEvent) -> None:
        if (event.address, event.step, event.phase) == ("app.shop", Step.CREATE, phase):
            act()

    return record


def run(
    emulated: Emulated, sleep: Callable[[float], None] = lambda _: None, **more: Any
) -> dict[str, Outcome]:
    changes = emulated.plan(WORLD)
    with emulated.client(sleep=sleep) as client:
        return {one.change.label: one for one in apply_changes(client, changes, **more)}


def apps(emulated: Emulated) -> dict[str, str]:
    """App key → id of all apps."""
    return {one.app_key: one.remote_id for one in emulated.observe(WORLD).apps.items}


def under(emulated: Emulated) -> set[str]:
    """The ids of the apps under which the declared signature and template were made."""
    seen, ids = emulated.observe(WORLD), apps(emulated)
    made = [one for one in (*seen.signatures.items, *seen.templates.items) if one.name != "示例百货"]
    assert len(made) == 2
    return {ids[one.app_key] for one in made}


def test_app_that_appeared_since_the_plan_is_not_made_again(emulated: Emulated) -> None:
    """It is left to the next run, which goes on with it."""
    changes = emulated.plan(WORLD)
    theirs = another(emulated)
    outcomes = emulated.apply(changes)
    assert {one.result for one in outcomes.values()} == {Result.SKIPPED}
    assert theirs in outcomes["app.shop"].message
    emulated.run(WORLD)
    assert (under(emulated), list(apps(emulated).values())) == ({theirs}, [theirs])


def test_twin_that_carries_something_is_taken(emulated: Emulated) -> None:
    """It appeared between the look and the create: what hangs on the app is made under it, ours is named."""
    theirs: list[str] = []
    record = at(Phase.INTENT, lambda: theirs.append(another(emulated, carrying=True)))
    waits: list[float] = []
    outcomes = run(emulated, waits.append, record=record)
    (own,) = set(apps(emulated).values()) - set(theirs)
    assert {one.result for one in outcomes.values()} == {Result.APPLIED}
    assert outcomes["app.shop"].message == (
        f"created; {theirs[0]} is taken of 2 cn apps named 'shop_prod'; apps cannot be deleted: rename {own} "
        "at the console"
    )
    assert (outcomes["app.shop"].remote_id, under(emulated), waits) == (theirs[0], set(theirs), [0.0])


@pytest.mark.parametrize("first", [False, True])
def test_earliest_of_bare_twins_is_taken_after_the_grace(emulated: Emulated, first: bool) -> None:
    """Whoever saw only its own would have made something under it by then."""
    theirs: list[str] = []

    def act() -> None:
        if not first:
            emulated.control("POST", "clock", {"advance": "PT5S"})
        theirs.append(another(emulated))
        emulated.control("POST", "clock", {"advance": "PT5S"})

    waits: list[float] = []
    outcomes = run(emulated, waits.append, record=at(Phase.INTENT if first else Phase.ACCEPTED, act))
    (own,) = set(apps(emulated).values()) - set(theirs)
    taken = theirs[0] if first else own
    assert f"; {taken} is taken of 2 cn apps" in outcomes["app.shop"].message
    assert (outcomes["app.shop"].remote_id, under(emulated)) == (taken, {taken})
    assert waits == [0.0, 0.5, 1.0, 2.0]


def test_twin_on_which_somebody_goes_on_meanwhile_is_taken(emulated: Emulated) -> None:
    """Its owner saw no other app; the later one waits, and sees what was made."""
    theirs: list[str] = []

    def act() -> None:
        emulated.control("POST", "clock", {"advance": "PT5S"})
        theirs.append(another(emulated))

    def sleep(seconds: float) -> None:
        if seconds == 1.0:
            carry(emulated, theirs[0])

    outcomes = run(emulated, sleep, record=at(Phase.ACCEPTED, act))
    assert (outcomes["app.shop"].remote_id, under(emulated)) == (theirs[0], set(theirs))


def test_list_that_lags_after_the_create_is_read_again(emulated: Emulated) -> None:
    """It shows neither ours nor a twin at first; and where it shows only the twin, ours is read by id."""
    stale = [{"operation": "ListAppDetails", "fault": "stale-list"}]
    outcomes = run(emulated, record=at(Phase.ACCEPTED, lambda: emulated.control("POST", "faults", stale)))
    assert outcomes["app.shop"].message == "created"
    emulated.control("POST", "reset")

    def act() -> None:
        another(emulated, carrying=True)

    def lag() -> None:
        emulated.control("POST", "faults", [stale[0] | {"times": 9}])

    def both(event: StepEvent) -> None:
        at(Phase.INTENT, act)(event)
        at(Phase.ACCEPTED, lag)(event)

    message = run(emulated, record=both)["app.shop"].message
    assert "is taken of 2 cn apps" in message


def test_look_that_fails_after_the_create_stops_what_hangs_on_it(emulated: Emulated) -> None:
    """Nobody knows which app it would hang on; the next run goes on with the app that was made."""
    broken = [{"operation": "ListAppDetails", "fault": "status", "status": 500, "times": 9}]
    outcomes = run(emulated, record=at(Phase.ACCEPTED, lambda: emulated.control("POST", "faults", broken)))
    assert outcomes["app.shop"].message.startswith("created; ")
    assert [one.result for one in outcomes.values()] == [Result.FAILED, Result.BLOCKED, Result.BLOCKED]
    assert emulated.requests().count(("CreateSignature", 200)) == 0


def test_lost_answer_beside_a_twin_goes_on_with_one(emulated: Emulated) -> None:
    """Which one is ours nobody knows, and it does not matter: the other one is named."""
    emulated.control("POST", "faults", [{"operation": "CreateApp", "fault": "slow", "seconds": 0}])
    emulated.control("POST", "faults", [{"operation": "CreateApp", "fault": "timeout-after-commit"}])
    outcomes = run(emulated, record=at(Phase.INTENT, lambda: another(emulated)))
    assert {one.result for one in outcomes.values()} == {Result.APPLIED}
    assert "is taken of 2 cn apps" in outcomes["app.shop"].message
    assert under(emulated) == {outcomes["app.shop"].remote_id}


def test_secret_of_an_app_that_is_not_taken_is_said_to_be_its(emulated: Emulated) -> None:
    """Messages cannot be sent with it; that of the other app was told to whoever made that."""
    kept: list[tuple[str, str]] = []
    record = at(Phase.INTENT, lambda: another(emulated, carrying=True))
    outcomes = run(emulated, record=record, keep_secret=lambda address, key, _: kept.append((address, key)))
    ((address, key),) = kept
    assert address == "app.shop"
    assert f"; the secret that was kept is that of {apps(emulated)[key]}; " in outcomes["app.shop"].message
    assert outcomes["app.shop"].remote_id != apps(emulated)[key]
