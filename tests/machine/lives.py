"""Random lives of a project: users, reviewers, operators, hands at the console, faults and crashes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from smsconf.model.address import Address, Kind
from smsconf.reconcile.plan import Plan
from tests.machine.files import COUNTRIES, KEYS, OUTLET, PARTNER, TEXTS, TYPES, Files
from tests.machine.world import Row, World, family_of

NOTES = (None, "给会员")
FAULTS = ("status", "throttle", "reset", "timeout-after-commit", "stale-list")
OPERATIONS = (
    *("CreateTemplate", "UpdateTemplate", "ListTemplateDetails", "DeleteTemplate", "ShowTemplate"),
    *("CreateSignature", "UpdateSignature", "DeleteSignature", "ListSignatureDetails"),
    *("UpdateApp", "ListAppDetails", "ShowApp"),
)
LISTS = ("ListTemplateDetails", "ListSignatureDetails", "ListAppDetails")
FAST = Path("/dev/shm")  # a life writes often and syncs each time

keys = st.sampled_from(KEYS)
mainland = precondition(lambda life: life.world.site != "europe")


def address(key: str) -> Address:
    return Address(Kind.TEMPLATE, key)


class Lifecycle(RuleBasedStateMachine):
    """Four templates of three apps, two signatures, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="smsconf-life-", dir=FAST if FAST.is_dir() else None))
        self.journal = self.folder / ".smsconf/journal.jsonl"
        self.other_environments = self.folder / "elsewhere/.smsconf/journal.jsonl"
        self.other_environments.parent.mkdir(parents=True)
        self.files: Files
        self.world: World

    @initialize(
        site=st.sampled_from(["china", "china", "international", "europe"]),
        storm=st.sampled_from([None, None, *FAULTS[:-1]]),
        protected=st.sampled_from([None, *KEYS]),
    )
    def begin(self, site: str = "china", storm: str | None = None, protected: str | None = None) -> None:
        self.world = World(self.folder, site)
        self.files = Files(self.folder, site)
        self.files.protected = self.world.protected = {protected} - {None}
        world = self.world
        world.control("PUT", "reviewer", {"default": "hold", "rules": []})
        if site != "europe":
            self._settle_the_outlet()
        if storm:
            self._storm(storm, "CreateApp", 1)
            self._run()
            world.end_faults()
        self._run()
        self.decide_signature("approve")
        self._settle_strangers()

    def _settle_the_outlet(self) -> None:
        """An app and a signature in it that others manage, and that the files refer to."""
        outlet = self.world.console("CreateApp", app_name=OUTLET, region="cn")["id"]
        self.world.external |= {outlet, self._sign_by_hand(outlet, PARTNER)}

    def _settle_strangers(self) -> None:
        """Things made by hand: an app of others with names like ours, and something in our app."""
        world = self.world
        region, ours = ("intl", "abroad") if world.site == "europe" else ("cn", "shop")
        foreign = world.console("CreateApp", app_name="foreign", region=region)["id"]
        world.strangers.add(foreign)
        if region == "cn":
            world.strangers.add(self._sign_by_hand(foreign, "别家"))
        for name in ("shipped", "hello_v2"):
            world.strangers.add(self._by_hand(foreign, name))
        (app,) = (one["id"] for one in world.rows("app") if one["app_name"] == ours)
        world.unmanaged.add(self._by_hand(app, "unmanaged"))

    def _sign_by_hand(self, app: str, name: str) -> str:
        body = {"signature_name": name, "signature_type": "NOTIFY_TYPE", "signature_source": 0}
        made = self.world.console("CreateSignature", **body, app_id=app, is_involved_third="No")["id"]
        self.world.control("POST", "reviews", {"kind": "signature", "id": made, "decision": "approve"})
        return made

    def _by_hand(self, app: str, name: str, status: str = "Adopted") -> str | None:
        (where,) = (one for one in self.world.rows("app") if one["id"] == app)
        sign = next((one["id"] for one in self.world.rows("signature") if one["app_id"] == app), None)
        body = {
            "app_id": app,
            "template_name": name,
            "template_content": TEXTS[0],
            "template_type": "NOTIFY_TYPE",
            "region": where["region"],
            **({"send_country": [65]} if where["region"] == "intl" else {"sign_id": sign}),
            **({"flow_status": status} if status == "Pending" else {}),
        }
        made = self.world.console("CreateTemplate", **body)
        if made and status == "Adopted":
            decision = {"kind": "template", "id": made["id"], "decision": "approve"}
            self.world.control("POST", "reviews", decision)
        return made and made["id"]

    # -- the user

    @rule(key=keys, text=st.sampled_from(TEXTS), type_=st.sampled_from(TYPES))
    def edit_text(self, key: str, text: str, type_: str = TYPES[0]) -> None:
        variables = {"day": {"type": type_, "max_length": 20}} if "{day}" in text else None
        self.files.edit(key, content=text, variables=variables)

    @rule(key=keys, note=st.sampled_from(NOTES))
    def edit_note(self, key: str, note: str | None) -> None:
        self.files.edit(key, description=note)

    @rule(countries=st.sampled_from(COUNTRIES))
    def edit_countries(self, countries: list[str]) -> None:
        self.files.edit("hello", countries=countries)

    @rule(key=st.sampled_from(["shipped", "hello"]))
    def allow_an_outage_or_not(self, key: str) -> None:
        if key in self.files.templates:  # elsewhere nobody could say what was asked for
            self.world.in_place ^= {key}
            self.files.edit(key, update="in-place" if key in self.world.in_place else None)

    @mainland
    @rule(source=st.sampled_from(["company", "trademark"]), note=st.sampled_from(NOTES))
    def edit_signature(self, source: str, note: str | None) -> None:
        self.files.edit_signature(source=source, description=note)

    @mainland
    @rule()
    def take_another_signature(self) -> None:
        """The brand changes: a new signature replaces the old one, and the templates move to it."""
        self.files.take_another_signature()

    @rule(key=keys)
    def leave_the_files_or_come_back(self, key: str) -> None:
        """What nobody declares any more stays where it is, until somebody prunes."""
        self.files.leave_or_come_back(key)

    @mainland
    @rule()
    def rename_the_app(self) -> None:
        self.files.rename_the_app()

    @mainland
    @rule(key=st.sampled_from(["refund", "anyone"]))
    def move_to_the_other_app(self, key: str) -> None:
        """To an app that others manage, and back; what served in the old one serves until then."""
        self.files.move(key)

    @rule(key=keys)
    def protect_or_not(self, key: str) -> None:
        self.files.protected ^= {key}

    @rule(key=keys)
    def adopt(self, key: str) -> None:
        """What somebody made by hand under the name of a version becomes one."""
        if key in self.files.templates:
            made = [one for one in self._family(key) if one["id"] in self.world.unmanaged]
            self.files.edit(key, adopt=[one["template_name"] for one in made] or None)
            self.world.unmanaged -= {one["id"] for one in made}

    @rule()
    def mark_or_not(self) -> None:
        self.files.mark = not self.files.mark

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

    # every rule is drawn as often as any other: what people do most stands here several times
    apply_again, apply_later, prune_again, retire_again = apply, apply, apply_pruning, apply_retiring

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
        first, second = self.plan(), self.plan()
        self.world.carry_out(first, self.journal)
        self.world.carry_out(second, self.journal)

    @rule()
    def apply_from_two_machines(self) -> None:
        """Two runners with journals of their own plan the same thing, then both carry it out."""
        first = self.plan()
        with self.world.another_journal():
            second = self.world.plan(self.files.read(), self.other_environments)
        self.world.carry_out(first, self.journal)
        with self.world.another_journal():
            self.world.carry_out(second, self.other_environments)
        self.other_environments.unlink(missing_ok=True)

    @rule()
    def lose_the_journal(self) -> None:
        self.journal.unlink(missing_ok=True)
        self.world.forget()

    def plan(self, **selection) -> Plan:
        return self.world.plan(self.files.read(), self.journal, **selection)

    def _run(self, **selection) -> None:
        self.world.carry_out(self.plan(**selection), self.journal, **selection)

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

    @rule()
    def approve_what_waits(self) -> None:
        self.decide_signature("approve")
        for key in KEYS:
            self.decide(key, "approve")

    approve_again = approve_what_waits

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

    @rule(key=keys, status=st.sampled_from(["Adopted", "Reviewing", "Pending"]), number=st.integers(2, 5))
    def make_by_hand(self, key: str, status: str, number: int) -> None:
        """A template under the name of a version of ours, which the files may adopt."""
        mine, name = self._family(key), f"{key}_v{number}"
        if mine and all(one["template_name"] != name for one in mine):
            made = self._by_hand(mine[0]["app_id"], name, status)
            if name not in self.files.of(key).get("adopt", ()):
                self.world.unmanaged |= {made} - {None}

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
            if family_of(one)[1] == key and one["id"] not in self.world.strangers
        ]

    def _signatures(self) -> list[Row]:
        others = self.world.strangers | self.world.external
        return [one for one in self.world.rows("signature") if one["id"] not in others]

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
        made = self.plan()
        assert not made.sends, [(c.label, c.action.value, c.reason) for c in made.changes if c.steps]
        self.nothing_was_violated()
        for change in made.changes:
            if change.kind is Kind.TEMPLATE and change.action.value == "none" and not change.rejected:
                live = change.live
                settled = live is not None and live.content == change.desired.content
                told = ("disabled outside", "changed by the service")  # edited by hand while in review
                assert settled or any(words in change.reason for words in told), change.reason
