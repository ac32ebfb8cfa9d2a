"""Random lives of a project: users, reviewers, operators, hands at the console, faults and crashes."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from smsconf.address import Address, Kind
from smsconf.resources import (
    App,
    Desired,
    MessageType,
    Region,
    Signature,
    Source,
    Template,
    UpdatePolicy,
    Variable,
    VariableType,
)
from tests.machine.world import Row, World

SHOP = App(Address(Kind.APP, "shop"), Region.CN, "shop")
ABROAD = App(Address(Kind.APP, "abroad"), Region.INTL, "abroad")
KIND = MessageType.NOTIFICATION
BRAND = Signature(Address(Kind.SIGNATURE, "brand"), SHOP.address, "示例商城", KIND)
REBRANDED = Signature(Address(Kind.SIGNATURE, "rebranded"), SHOP.address, "示例百货", KIND)
TEXTS = ("您的订单已发货。", "您的订单已由本店发货。", "您的订单${1}今天发货。")
TYPES = (VariableType.ALPHANUMERIC, VariableType.DATETIME)
COUNTRIES = (("Singapore",), ("Singapore", "Brazil"), ("Brazil",))
NOTES = (None, "给会员")
FAULTS = ("status", "throttle", "reset", "timeout-after-commit", "stale-list")
OPERATIONS = (
    *("CreateTemplate", "UpdateTemplate", "ListTemplateDetails", "DeleteTemplate", "ShowTemplate"),
    *("CreateSignature", "UpdateSignature", "DeleteSignature", "ListSignatureDetails"),
    *("UpdateApp", "ListAppDetails", "ShowApp"),
)
LISTS = ("ListTemplateDetails", "ListSignatureDetails", "ListAppDetails")
MAINLAND = ("shipped", "refund", "anyone")
KEYS = (*MAINLAND, "hello")
FAST = Path("/dev/shm")  # a life writes often and syncs each time

keys = st.sampled_from(KEYS)


def address(key: str) -> Address:
    return Address(Kind.TEMPLATE, key)


def declared(key: str) -> Template:
    if key == "hello":
        intl = (ABROAD.address, Region.INTL, key, TEXTS[0], KIND)
        return Template(address(key), *intl, countries=COUNTRIES[0])
    universal = key == "anyone"
    cn = (SHOP.address, Region.CN, key, TEXTS[0], KIND)
    return Template(address(key), *cn, None if universal else BRAND.address, universal=universal)


class Lifecycle(RuleBasedStateMachine):
    """Four templates of two apps, a signature, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="smsconf-life-", dir=FAST if FAST.is_dir() else None))
        self.journal = self.folder / "journal.jsonl"
        self.elsewhere = self.folder / "elsewhere.jsonl"
        self.shop, self.signature = SHOP, BRAND
        self.mark = True
        self.world: World

    @property
    def desired(self) -> Desired:
        mainland = self.world.site != "europe"
        apps = (self.shop, ABROAD) if mainland else (ABROAD,)
        return Desired(
            apps={one.address: one for one in apps},
            signatures={self.signature.address: self.signature} if mainland else {},
            templates={one.address: one for one in self.templates.values()},
            mark=self.mark,
        )

    @initialize(
        site=st.sampled_from(["china", "china", "international", "europe"]),
        storm=st.sampled_from([None, None, *FAULTS[:-1]]),
    )
    def begin(self, site: str = "china", storm: str | None = None) -> None:
        self.world = World(self.folder, site)
        known = KEYS if site != "europe" else ("hello",)
        self.templates = {key: declared(key) for key in known}
        self.away: dict[str, Template] = {}
        world = self.world
        world.control("PUT", "reviewer", {"default": "hold", "rules": []})
        if storm:
            self._storm(storm, "CreateApp", 1)
            self._run()
            world.end_faults()
        self._run()
        self.decide_signature("approve")
        self._settle_strangers()

    def _settle_strangers(self) -> None:
        """Things made by hand: an app of others with names like ours, and something in our app."""
        world = self.world
        region = "intl" if world.site == "europe" else "cn"
        foreign = world.console("CreateApp", app_name="foreign", region=region)["id"]
        (ours,) = (
            one["id"]
            for one in world.rows("app")
            if one["app_name"] == ("abroad" if region == "intl" else "shop")
        )
        world.strangers.add(foreign)
        sign = None
        if region == "cn":
            body = {"signature_name": "别家", "signature_type": "NOTIFY_TYPE", "signature_source": 0}
            body |= {"app_id": foreign, "is_involved_third": "No"}
            sign = world.console("CreateSignature", **body)["id"]
            world.strangers.add(sign)
            world.control("POST", "reviews", {"kind": "signature", "id": sign, "decision": "approve"})
        for name in ("shipped", "hello_v2"):
            world.strangers.add(self._by_hand(foreign, name, region, sign))
        brand = next(
            (one["id"] for one in world.rows("signature") if one["signature_name"] == BRAND.name), None
        )
        world.unmanaged.add(self._by_hand(ours, "unmanaged", region, brand))

    def _by_hand(self, app: str, name: str, region: str, sign: str | None) -> str:
        body = {
            "app_id": app,
            "template_name": name,
            "template_content": TEXTS[0],
            "template_type": "NOTIFY_TYPE",
            "region": region,
            **({"sign_id": sign} if sign else {"send_country": [65]}),
        }
        made = self.world.console("CreateTemplate", **body)["id"]
        self.world.control("POST", "reviews", {"kind": "template", "id": made, "decision": "approve"})
        return made

    # -- the user

    def _edit(self, key: str, **fields) -> None:
        for place in (self.templates, self.away):
            if key in place:
                place[key] = replace(place[key], **fields)

    @rule(key=keys, text=st.sampled_from(TEXTS), type_=st.sampled_from(TYPES))
    def edit_text(self, key: str, text: str, type_: VariableType = TYPES[0]) -> None:
        variables = (Variable("1", type_, 20),) if "${1}" in text else ()
        self._edit(key, content=text, variables=variables)

    @rule(key=keys, note=st.sampled_from(NOTES))
    def edit_note(self, key: str, note: str | None) -> None:
        self._edit(key, description=note)

    @rule(countries=st.sampled_from(COUNTRIES))
    def edit_countries(self, countries: tuple[str, ...]) -> None:
        self._edit("hello", countries=countries)

    @rule(key=st.sampled_from(["shipped", "hello"]))
    def allow_an_outage_or_not(self, key: str) -> None:
        if key in self.templates:  # elsewhere nobody could say what was asked for
            policy = self.templates[key].update
            other = UpdatePolicy.REPLACE if policy is UpdatePolicy.IN_PLACE else UpdatePolicy.IN_PLACE
            self._edit(key, update=other)
            self.world.in_place ^= {key}

    @rule(source=st.sampled_from([Source.COMPANY, Source.TRADEMARK]), note=st.sampled_from(NOTES))
    def edit_signature(self, source: Source, note: str | None) -> None:
        self.signature = replace(self.signature, source=source, description=note)

    @rule()
    def take_another_signature(self) -> None:
        """The brand changes: a new signature replaces the old one, and the templates move to it."""
        old = self.signature
        other = REBRANDED if old.address == BRAND.address else BRAND
        self.signature = replace(other, replaces=(old.name, old.type))
        for key in ("shipped", "refund"):
            self._edit(key, signature=other.address)

    @rule(key=keys)
    def leave_the_files_or_come_back(self, key: str) -> None:
        """What nobody declares any more stays where it is, until somebody prunes."""
        here, there = self.templates, self.away
        if key in here and len(here) > 1:
            there[key] = here.pop(key)
        elif key in there:
            here[key] = there.pop(key)

    @rule()
    def rename_the_app(self) -> None:
        old = self.shop.name
        self.shop = replace(SHOP, name="shop" if old == "store" else "store", renamed_from=old)

    @rule()
    def mark_or_not(self) -> None:
        self.mark = not self.mark

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

    @rule()
    def apply_pruning(self) -> None:
        self._run(prune=True)

    @rule(number=st.integers(0, 5), after=st.booleans())
    def apply_and_die(self, number: int, after: bool) -> None:
        self.world.crash_at = len(self.world.writes) + number
        self.world.crash_after = after
        self._run()

    @rule(fault=st.sampled_from(FAULTS), operation=st.sampled_from(OPERATIONS), times=st.integers(1, 2))
    def apply_in_bad_weather(self, fault: str, operation: str, times: int) -> None:
        self._storm(fault, operation, times)
        self._run()
        self.world.end_faults()

    def _storm(self, fault: str, operation: str, times: int) -> None:
        storm = {"operation": operation, "fault": fault, "status": 503, "times": times}
        status, _ = self.world.control("POST", "faults", [storm])
        assert status == (400 if fault == "stale-list" and operation not in LISTS else 200)
        if fault == "stale-list" and operation == "ListTemplateDetails":
            self.world.stale = True
            self.world.unseen.clear()

    @rule()
    def apply_twice_at_once(self) -> None:
        """Two runners with one journal plan the same thing, then both carry it out."""
        first = self.world.plan(self.desired, self.journal)
        second = self.world.plan(self.desired, self.journal)
        self.world.carry_out(first, self.journal)
        self.world.carry_out(second, self.journal)

    @rule()
    def apply_from_two_machines(self) -> None:
        """Two runners with journals of their own plan the same thing, then both carry it out."""
        first = self.world.plan(self.desired, self.journal)
        with self.world.another_journal():
            second = self.world.plan(self.desired, self.elsewhere)
        self.world.carry_out(first, self.journal)
        with self.world.another_journal():
            self.world.carry_out(second, self.elsewhere)
        self.elsewhere.unlink(missing_ok=True)

    @rule()
    def lose_the_journal(self) -> None:
        self.journal.unlink(missing_ok=True)
        self.world.forget()

    def _run(self, **selection) -> None:
        self.world.run(self.desired, self.journal, **selection)

    # -- the reviewer, the operators, time

    @rule(key=keys, decision=st.sampled_from(["approve", "reject", "deactivate"]))
    def decide(self, key: str, decision: str) -> None:
        wanted = "Adopted" if decision == "deactivate" else "Reviewing"
        for one in self._family(key):
            if one["flow_status"] == wanted:
                body = {"kind": "template", "id": one["id"], "decision": decision, "reason": "words"}
                status, _ = self.world.control("POST", "reviews", body)
                assert status == 200
                return

    @rule(decision=st.sampled_from(["approve", "approve", "reject"]))
    def decide_signature(self, decision: str) -> None:
        for one in self._signatures():
            if one["status"] in ("PENDING_REVIEW", "PENDING_QUALIFICATION_REVIEW"):
                body = {"kind": "signature", "id": one["id"], "decision": decision, "reason": "words"}
                self.world.control("POST", "reviews", body)

    @rule(days=st.integers(1, 10))
    def wait(self, days: int) -> None:
        self.world.control("POST", "clock", {"advance": f"P{days}D"})

    # -- hands at the console

    @rule(key=keys, index=st.integers(0, 3))
    def delete_at_the_console(self, key: str, index: int) -> None:
        mine = self._family(key)
        if index < len(mine):
            self.world.console("DeleteTemplate", mine[index]["id"])

    @rule()
    def delete_the_signature_at_the_console(self) -> None:
        """Its templates go along."""
        for one in self._signatures()[:1]:
            self.world.console("DeleteSignature", one["id"])

    @rule(key=keys, status=st.sampled_from(["Disable", "Pending"]))
    def disable_or_withdraw_at_the_console(self, key: str, status: str) -> None:
        for one in self._family(key)[:1]:
            self.world.console("UpdateTemplate", one["id"], flow_status=status)

    @rule(key=keys)
    def rename_at_the_console(self, key: str) -> None:
        for one in self._family(key):
            if one["flow_status"] in ("Reject", "Pending"):
                name = f"renamed-{one['id'][:6]}"
                self.world.console("UpdateTemplate", one["id"], flow_status="Pending", template_name=name)
                return

    @rule(key=keys, text=st.sampled_from(TEXTS[:2]), status=st.sampled_from(["Pending", "Reviewing"]))
    def edit_at_the_console(self, key: str, text: str, status: str) -> None:
        for one in self._family(key):
            if one["flow_status"] in ("Reject", "Pending", "Disable"):
                body = {"template_content": text, "flow_status": status, "variable_attributes": None}
                self.world.console("UpdateTemplate", one["id"], **body)
                return

    def _family(self, key: str) -> list[Row]:
        return [
            one
            for one in self.world.templates()
            if one["template_name"].split("_v")[0] == key and one["id"] not in self.world.strangers
        ]

    def _signatures(self) -> list[Row]:
        return [one for one in self.world.rows("signature") if one["id"] not in self.world.strangers]

    # -- what always holds

    @invariant()
    def nothing_was_violated(self) -> None:
        assert not self.world.violations, self.world.violations

    def teardown(self) -> None:
        try:
            if hasattr(self, "world") and self.world.writes:
                self._converges()
        finally:
            if hasattr(self, "world"):
                self.world.close()
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
                told = ("disabled outside", "changed by the service")  # edited by hand while in review
                assert settled or any(words in change.reason for words in told), change.reason
