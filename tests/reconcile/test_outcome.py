"""How changes end, and what that makes of the run."""

from __future__ import annotations

import pytest

from smsconf.model.address import Kind
from smsconf.reconcile.change import Action, AppChange
from smsconf.reconcile.outcome import Outcome, Result, anything_sent, went_wrong
from tests.reconcile import build


def ended(result: Result, action: Action = Action.CREATE, **more) -> Outcome:
    return Outcome(AppChange(Kind.APP, action, "", "shop", build.SHOP), result, "", **more)


@pytest.mark.parametrize("result", list(Result))
def test_failed_blocked_and_unknown_ends_need_attention(result) -> None:
    """Applied and skipped ones do not, unless the plan itself refused the change."""
    assert went_wrong(ended(result)) is (result.value in ("failed", "blocked", "unknown"))
    assert went_wrong(ended(result, Action.REFUSED))


def test_run_that_sent_one_request_wrote_to_the_service() -> None:
    """One change is enough; outcomes without a request are none."""
    assert not anything_sent([ended(Result.APPLIED), ended(Result.FAILED)])
    assert anything_sent([ended(Result.SKIPPED), ended(Result.FAILED, sent=True)])
