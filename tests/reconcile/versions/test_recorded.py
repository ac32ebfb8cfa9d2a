"""What the journal recorded of a template's versions counts where names no longer tell."""

from __future__ import annotations

from dataclasses import replace

from smsconf.model.memory import Memory
from smsconf.model.sites import SITES
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.versions.recorded import lost_version
from tests.reconcile import build
from tests.reconcile.build import SHIPPED

OLD = build.o_shipped


def lost(*there, memory):
    """What serves for the template by the journal, while its app cannot be told."""
    return lost_version(
        Inputs(SITES["china"], build.desired(), build.observed(*there), memory=memory), build.shipped
    )


def test_what_serves_is_known_while_nobody_can_tell_the_app() -> None:
    """Of two with one name, or of one that was renamed at the console, the journal knows the version."""
    twin = replace(build.o_shop, remote_id="id-twin", app_key="key-twin")
    renamed = replace(build.o_shop, name="by_hand")
    created = Memory(created={OLD.remote_id: SHIPPED})
    known = Memory(apps={build.SHOP: "id-shop"}, live={SHIPPED: OLD.remote_id})
    assert lost(build.o_shop, twin, OLD, memory=created) == OLD
    assert lost(renamed, OLD, memory=known) == OLD
    assert lost(renamed, OLD, memory=replace(known, apps={})) is None
    assert lost(build.o_shop, twin, OLD, memory=Memory()) is None


def test_version_that_does_not_serve_is_not_told_while_nobody_can_tell_the_app() -> None:
    """One in review, one under somebody else's app; and where the app is known the plan tells."""
    twin = replace(build.o_shop, remote_id="id-twin", app_key="key-twin")
    memory = Memory(created={OLD.remote_id: SHIPPED})
    assert lost(build.o_shop, twin, replace(OLD, status="Reviewing"), memory=memory) is None
    assert lost(build.o_shop, twin, replace(OLD, app_key="key-foreign"), memory=memory) is None
    assert lost(build.o_shop, replace(OLD, name="former"), memory=memory) is None
