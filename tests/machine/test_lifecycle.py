"""Random lives: edits, verdicts, hands at the console, faults, crashes, two runners, a lost journal.

A few hundred runs here; ``make soak`` does ten thousand (SMSCONF_SOAK=10000).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from smsconf.address import Address, Kind
from smsconf.resources import App, Desired, MessageType, Region, Signature, Template
from tests.machine.world import World

RUNS = int(os.environ.get("SMSCONF_SOAK", "200"))

SHOP = App(Address(Kind.APP, "shop"), Region.CN, "shop")
BRAND = Signature(Address(Kind.SIGNATURE, "brand"), SHOP.address, "示例商城", MessageType.NOTIFICATION)
KEYS = ("shipped", "refund")
TEXTS = ("您的订单已发货。", "您的订单已由本店发货。", "您的订单今天发货。")
NOTES = (None, "给会员")
FAULTS = ("status", "throttle", "reset", "timeout-after-commit", "stale-list")
OPERATIONS = ("CreateTemplate", "UpdateTemplate", "ListTemplateDetails", "DeleteTemplate", "ShowTemplate")

keys = st.sampled_from(KEYS)


def address(key: str) -> Address:
    return Address(Kind.TEMPLATE, key)


class Lifecycle(RuleBasedStateMachine):
    """Two templates on an approved signature, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="smsconf-machine-"))
        self.world = World(self.folder)
        self.journal = self.folder / "journal.jsonl"
        self.templates = {
            key: Template(
                address(key), SHOP.address, Region.CN, key, TEXTS[0], MessageType.NOTIFICATION, BRAND.address
            )
            for key in KEYS
        }

    @property
    def desired(self) -> Desired:
        return Desired(
            apps={SHOP.address: SHOP},
            signatures={BRAND.address: BRAND},
            templates={one.address: one for one in self.templates.values()},
        )

    @initialize()
    def begin(self) -> None:
        world = self.world
        world.control("PUT", "reviewer", {"default": "hold", "rules": []})
        world.run(self.desired, self.journal)
        world.control("POST", "reviews", {"kind": "signature", "name": BRAND.name, "decision": "approve"})
        self._meddle("unmanaged", "shop")

    def _meddle(self, name: str, app: str) -> None:
        """Make something by hand that no file declares."""
        with self.world.client(read_only=False, watched=False) as client:
            (shop,) = (one for one in client.list_all("ListAppDetails") if one["app_name"] == app)
            (brand,) = client.list_all("ListSignatureDetails")
            body = {
                "app_id": shop["id"],
                "template_name": name,
                "template_content": TEXTS[0],
                "template_type": "NOTIFY_TYPE",
                "region": "cn",
                "sign_id": brand["id"],
                "flow_status": "Reviewing",
            }
            client.call("CreateTemplate", body=body)
        self.world.control("POST", "reviews", {"kind": "template", "name": name, "decision": "approve"})

    # -- the user

    @rule(key=keys, text=st.sampled_from(TEXTS))
    def edit_text(self, key: str, text: str) -> None:
        self.templates[key] = replace(self.templates[key], content=text)

    @rule(key=keys, note=st.sampled_from(NOTES))
    def edit_note(self, key: str, note: str | None) -> None:
        self.templates[key] = replace(self.templates[key], description=note)

    @rule()
    def apply(self) -> None:
        self._run()

    @rule(key=keys)
    def apply_insisting(self, key: str) -> None:
        self._run(resubmit=frozenset({address(key)}))

    @rule(now=st.booleans())
    def apply_retiring(self, now: bool) -> None:
        chosen = frozenset(map(address, KEYS)) if now else frozenset()
        self._run(retire=True, retire_now=chosen)

    @rule(number=st.integers(0, 4), after=st.booleans())
    def apply_and_die(self, number: int, after: bool) -> None:
        self.world.crash_at = len(self.world.writes) + number
        self.world.crash_after = after
        self._run()

    @rule(fault=st.sampled_from(FAULTS), operation=st.sampled_from(OPERATIONS), times=st.integers(1, 2))
    def apply_in_bad_weather(self, fault: str, operation: str, times: int) -> None:
        storm = {"operation": operation, "fault": fault, "status": 503, "times": times}
        self.world.control("POST", "faults", [storm])
        self._run()
        self.world.end_faults()

    @rule()
    def apply_twice_at_once(self) -> None:
        """Two runners with one journal plan the same thing, then both carry it out."""
        first = self.world.plan(self.desired, self.journal)
        second = self.world.plan(self.desired, self.journal)
        self.world.note_verdicts()
        self.world.carry_out(first, self.journal)
        self.world.carry_out(second, self.journal)

    @rule()
    def apply_from_two_machines(self) -> None:
        """Two runners with journals of their own plan the same thing, then both carry it out."""
        elsewhere = self.folder / "elsewhere.jsonl"
        first = self.world.plan(self.desired, self.journal)
        second = self.world.plan(self.desired, elsewhere)
        self.world.note_verdicts()
        self.world.carry_out(first, self.journal)
        mine = self.world.writes_journaled
        self.world.writes_journaled = 0
        self.world.carry_out(second, elsewhere)
        elsewhere.unlink(missing_ok=True)
        self.world.writes_journaled = mine

    @rule()
    def lose_the_journal(self) -> None:
        self.journal.unlink(missing_ok=True)
        self.world.forget()

    def _run(self, **selection) -> None:
        made = self.world.plan(self.desired, self.journal, **selection)
        self.world.note_verdicts()
        self.world.carry_out(made, self.journal, resubmit=selection.get("resubmit", frozenset()))

    # -- the reviewer, the operators, time

    @rule(key=keys, decision=st.sampled_from(["approve", "reject", "deactivate"]))
    def decide(self, key: str, decision: str) -> None:
        wanted = "Adopted" if decision == "deactivate" else "Reviewing"
        for one in self.world.templates():
            if one["template_name"].split("_v")[0] == key and one["flow_status"] == wanted:
                body = {"kind": "template", "id": one["id"], "decision": decision, "reason": "words"}
                status, _ = self.world.control("POST", "reviews", body)
                assert status == 200
                return

    @rule(days=st.integers(1, 10))
    def wait(self, days: int) -> None:
        self.world.control("POST", "clock", {"advance": f"P{days}D"})

    # -- hands at the console

    @rule(key=keys, index=st.integers(0, 3))
    def delete_at_the_console(self, key: str, index: int) -> None:
        mine = self._family(key)
        if index < len(mine):
            self.world.console("DeleteTemplate", mine[index]["id"])

    @rule(key=keys, status=st.sampled_from(["Disable", "Pending"]))
    def disable_or_withdraw_at_the_console(self, key: str, status: str) -> None:
        for one in self._family(key)[:1]:
            self.world.console("UpdateTemplate", one["id"], flow_status=status)

    @rule(key=keys)
    def rename_at_the_console(self, key: str) -> None:
        for one in self._family(key):
            if one["flow_status"] in ("Reject", "Pending"):
                self.world.console(
                    "UpdateTemplate",
                    one["id"],
                    flow_status="Pending",
                    template_name=f"renamed-{one['id'][:6]}",
                )
                return

    def _family(self, key: str) -> list[dict]:
        return [one for one in self.world.templates() if one["template_name"].split("_v")[0] == key]

    # -- what always holds

    @invariant()
    def nothing_was_violated(self) -> None:
        assert not self.world.violations, self.world.violations

    @invariant()
    def what_is_not_ours_is_untouched(self) -> None:
        others = [one for one in self.world.templates() if one["template_name"] == "unmanaged"]
        assert [one["flow_status"] for one in others] in ([], ["Adopted"])
        if self.world.writes:
            assert others

    def teardown(self) -> None:
        try:
            if self.world.writes:
                self._converges()
        finally:
            self.world.engine.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _converges(self) -> None:
        """When faults stop and the reviewer approves, four more runs lead to a plan that sends nothing."""
        self.world.control("PUT", "reviewer", {"default": "approve", "rules": []})
        for _ in range(4):
            self._run()
            self.world.control("POST", "clock", {"advance": "P14D"})
        made = self.world.plan(self.desired, self.journal)
        assert not made.sends, [(c.label, c.action.value, c.reason) for c in made.changes if c.steps]
        self.nothing_was_violated()
        for change in made.changes:
            if change.kind is Kind.TEMPLATE and change.action.value == "none" and not change.rejected:
                live = change.live
                settled = live is not None and live.content == change.desired.content
                assert settled or "disabled outside" in change.reason, change.reason


Lifecycle.TestCase.settings = settings(
    max_examples=RUNS,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestLifecycle = pytest.mark.timeout(900)(Lifecycle.TestCase)
