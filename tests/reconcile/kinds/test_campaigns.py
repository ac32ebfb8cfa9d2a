"""Campaigns as rows: what one still waits for before it can be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Confirmation, Memory
from smsconf.model.resources import Campaign, Region, Threshold
from smsconf.model.sites import SITES
from smsconf.reconcile.change import Change
from smsconf.reconcile.kinds.manual import manual_steps
from tests.reconcile import build
from tests.reconcile.build import SHIPPED, differences, only, plan, words

SALE = Address(Kind.CAMPAIGN, "sale")
CN, INTL = Address(Kind.THRESHOLD, "cn"), Address(Kind.THRESHOLD, "intl")
sale = Campaign(
    SALE,
    SHIPPED,
    Path("/project/lists/members.csv"),
    Path("/project/lists/stop.csv"),
    datetime(2026, 11, 11, tzinfo=UTC),
)
mainland = Threshold(CN, Region.CN, 400, 500, None, None)
abroad = Threshold(INTL, Region.INTL, 400, 500, None, None)


def decide(*there, campaign=sale, thresholds=(), memory=None) -> Change:
    asked = build.desired(campaigns={SALE: campaign}, thresholds={one.address: one for one in thresholds})
    return only(plan(asked, build.observed(build.o_shop, build.o_brand, *there), memory=memory), SALE)


def test_campaign_with_a_live_template_is_ready() -> None:
    """Its row sends nothing and names the command that does."""
    row = decide(build.o_shipped)
    assert (words(row), row.awaits, row.held_by) == (("none", []), None, None)
    assert row.reason == "ready: smsconf bulk campaign.sale sends it"
    assert (row.needs, row.desired, row.remote_name) == ((SHIPPED,), sale, "sale")


def test_campaign_shows_what_it_sends_to_whom_and_when() -> None:
    """Files by their names; what is not declared is no field."""
    assert differences(decide(build.o_shipped)) == [
        ("template", None, "template.shipped"),
        ("recipients", None, "members.csv"),
        ("opt_out", None, "stop.csv"),
        ("at", None, "2026-11-11T00:00:00+00:00"),
    ]
    bare = decide(build.o_shipped, campaign=replace(sale, opt_out=None, at=None))
    assert [one.path for one in bare.fields] == ["template", "recipients"]


def test_campaign_waits_for_a_live_version_of_its_template() -> None:
    """One in review cannot be sent; that comes before any threshold."""
    for there in ((), (replace(build.o_shipped, status="Reviewing"),)):
        row = decide(*there, thresholds=(mainland,))
        assert (words(row), row.awaits) == (("wait", []), "template.shipped")
        assert row.reason == "no live version of template.shipped yet"


def test_campaign_waits_for_open_thresholds_of_its_kind_of_messages() -> None:
    """A confirmed one holds nothing up, and one of the other kind is not needed at all."""
    row = decide(build.o_shipped, thresholds=(mainland, abroad))
    assert (words(row), row.awaits, row.held_by) == (("wait", []), "threshold.cn", CN)
    assert row.reason == "waits for threshold.cn, which a person does"
    assert row.needs == (SHIPPED, CN)
    country = replace(mainland, address=Address(Kind.THRESHOLD, "cn-more"), country="China")
    assert decide(build.o_shipped, thresholds=(mainland, country)).held_by == CN
    digest = manual_steps(build.desired(thresholds={CN: mainland}), SITES["china"])[CN].digest
    done = Memory(confirmations={CN: Confirmation(CN, digest, "Li Lei", build.NOW)})
    row = decide(build.o_shipped, thresholds=(mainland, abroad), memory=done)
    assert (words(row), row.awaits, row.held_by) == (("none", []), None, None)
    assert row.needs == (SHIPPED, CN)


def test_threshold_without_a_value_is_no_step_to_wait_for() -> None:
    """It has no row at all."""
    bare = Threshold(CN, Region.CN, None, None, None, None)
    row = decide(build.o_shipped, thresholds=(bare,))
    assert (words(row), row.needs) == (("none", []), (SHIPPED,))
