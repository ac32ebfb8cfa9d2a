"""What may stand in the way of a decision: the order of the table, and what is put in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.resources import Registration, Template
from smsconf.model.sites import SITES
from smsconf.reconcile import objections
from smsconf.reconcile.case import SignatureCase, TemplateCase
from smsconf.reconcile.change import Action, Change, Decision, ManualChange, ManualStep, SignatureChange, Step
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.removal.protect import Keeping, RemovalCase
from tests.reconcile import build

SINGAPORE = Address(Kind.REGISTRATION, "singapore")
QUALIFICATION = Address(Kind.QUALIFICATION, "own")
MANUAL = ManualStep((), {}, "", "", "")
UNIVERSAL = replace(build.shipped, universal=True, signature=None, countries=("Singapore",))
LONG = Decision(Action.CREATE, "new", (Step.CREATE, Step.SUBMIT), awaits="its review", name="n" * 129)


def case_of(template: Template, *, refused: bool, manual: bool) -> TemplateCase:
    """A template under an app that is refused or not, with a registration that is done or not."""
    registration = Registration(SINGAPORE, "Singapore")
    desired = replace(
        build.desired(build.shop, build.brand, template), registrations={SINGAPORE: registration}
    )
    app = Change(Kind.APP, Action.REFUSED if refused else Action.NONE, "", "shop", build.SHOP, "id-shop")
    step = ManualChange(
        Kind.REGISTRATION, Action.MANUAL if manual else Action.NONE, "", "x", SINGAPORE, manual=MANUAL
    )
    brand = SignatureChange(Kind.SIGNATURE, Action.WAIT, "", "brand", build.BRAND)
    found = build.observed(build.o_shop)
    return TemplateCase(
        Inputs(SITES["china"], desired, found),
        template,
        {build.SHOP: app, SINGAPORE: step, build.BRAND: brand},
        {},
    )


@pytest.mark.parametrize(
    ("refused", "name", "manual", "action", "reason"),
    [
        (True, "n" * 129, True, "refused", "blocked: app.shop is refused"),
        (False, "n" * 129, True, "refused", "the name of the new version"),
        (False, "n" * 128, True, "wait", "waits for registration.singapore, which a person does"),
        (False, "n" * 128, False, "wait", "a universal template needs an approved signature"),
    ],
)
def test_first_objection_to_a_template_counts(
    refused: bool,
    name: str,
    manual: bool,
    action: str,
    reason: str,
) -> None:
    """All of them hold in the first case; each that goes lets the next one speak."""
    case = case_of(UNIVERSAL, refused=refused, manual=manual)
    found = objections.unless(objections.TEMPLATE, case, replace(LONG, name=name))
    assert (found.action.value, found.steps) == (action, ())
    assert found.reason.startswith(reason)


def test_decision_that_sends_nothing_meets_no_objection() -> None:
    """What waits or rests anyway says why by itself."""
    case = case_of(UNIVERSAL, refused=True, manual=True)
    resting = Decision(Action.NONE, "approved")
    assert objections.unless(objections.TEMPLATE, case, resting) is resting


def test_nothing_stands_in_the_way_of_what_is_ready() -> None:
    """The decision stays as it was made."""
    ready = replace(LONG, name="n" * 128)
    case = case_of(build.shipped, refused=False, manual=False)
    assert objections.unless(objections.TEMPLATE, case, ready) is ready


def test_withdrawing_a_universal_template_waits_for_no_signature() -> None:
    """Nothing is submitted by that."""
    case = case_of(UNIVERSAL, refused=False, manual=False)
    withdraw = Decision(Action.WITHDRAW, "superseded", (Step.WITHDRAW,))
    assert objections.unless(objections.TEMPLATE, case, withdraw) is withdraw


def test_refused_app_comes_before_a_missing_qualification() -> None:
    """Under a refused app no id helps."""
    signature = replace(build.brand, qualification=None, qualified_by=QUALIFICATION)
    inputs = Inputs(SITES["china"], build.desired(build.shop, signature), build.nothing())
    create = Decision(Action.CREATE, "new", (Step.CREATE,), awaits="its review")
    app = Change(Kind.APP, Action.REFUSED, "", "shop", build.SHOP)
    open_ = ManualChange(Kind.QUALIFICATION, Action.MANUAL, "", "own", QUALIFICATION, manual=MANUAL)
    for action, by, after in (
        (Action.REFUSED, build.SHOP, Action.REFUSED),
        (Action.NONE, QUALIFICATION, Action.WAIT),
    ):
        case = SignatureCase(
            inputs, signature, {build.SHOP: replace(app, action=action), QUALIFICATION: open_}
        )
        found = objections.unless(objections.SIGNATURE, case, create)
        assert (found.action, found.stopped_by, found.steps) == (after, by, ())


def test_protection_is_named_before_what_serves() -> None:
    """Somebody wrote it down, and wants to know that it was minded."""
    delete = Decision(Action.DELETE, "not declared", (Step.DELETE,), observed=build.o_shipped)
    serving = Keeping({"id-shipped": build.HELLO}, {}, {}, ())
    both = replace(serving, owners={"id-shipped": build.SHIPPED})
    found = [
        objections.unless(objections.REMOVAL, RemovalCase(build.o_shipped, None, one), delete)
        for one in (both, serving)
    ]
    assert [(one.action.value, one.reason) for one in found] == [
        ("refused", "protected: no flag deletes template.shipped"),
        ("delete", "kept: template.hello serves by it"),
    ]
    own = replace(serving, serving={"id-shipped": build.SHIPPED})
    case = RemovalCase(build.o_shipped, build.SHIPPED, own)
    assert objections.unless(objections.REMOVAL, case, delete) is delete
