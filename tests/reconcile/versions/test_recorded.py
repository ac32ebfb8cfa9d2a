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
STORE = replace(build.shop, name="store", renamed_from="shop_prod")  # and both names are there
NAMED_SO = replace(build.o_shop, remote_id="id-store", app_key="key-store", name="store")


def lost(*there, memory, app=build.shop):
    """What serves for the template by the journal, while its app cannot be told."""
    asked = build.desired(app, build.brand, build.shipped)
    return lost_version(Inputs(SITES["china"], asked, build.observed(*there), memory=memory), build.shipped)


def test_what_serves_is_known_while_nobody_can_tell_the_app() -> None:
    """Of two with both its names, or of one renamed at the console, the journal knows the version."""
    renamed = replace(build.o_shop, name="by_hand")
    created = Memory(created={OLD.remote_id: SHIPPED})
    known = Memory(apps={build.SHOP: "id-shop"}, live={SHIPPED: OLD.remote_id})
    assert lost(build.o_shop, NAMED_SO, OLD, memory=created, app=STORE) == OLD
    assert lost(renamed, OLD, memory=known) == OLD
    assert lost(renamed, OLD, memory=replace(known, apps={})) is None
    assert lost(build.o_shop, NAMED_SO, OLD, memory=Memory(), app=STORE) is None


def test_version_that_does_not_serve_is_not_told_while_nobody_can_tell_the_app() -> None:
    """One in review, one under somebody else's app; and where the app is known the plan tells."""
    memory = Memory(created={OLD.remote_id: SHIPPED})
    for one in (replace(OLD, status="Reviewing"), replace(OLD, app_key="key-foreign")):
        assert lost(build.o_shop, NAMED_SO, one, memory=memory, app=STORE) is None
    assert lost(build.o_shop, replace(OLD, name="former"), memory=memory) is None
