"""Random lives of two environments of one project that share an account: neither harms the other."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from smsconf.config import load_project
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.sites import SITES
from tests.machine.files import TEXTS
from tests.machine.lives import FAST
from tests.machine.world import World

REFUND = Address(Kind.TEMPLATE, "refund")
ENVIRONMENTS = ("test", "prod")
BASE = f"""\
version: 1
provider: {{emulator: {{database: emulator.db}}}}
environments: {{test: {{overlay: test.yaml}}, prod: {{overlay: prod.yaml}}}}
apps: {{shop: {{region: cn}}}}
signatures: {{brand: {{app: shop, name: 示例商城, type: notification}}}}
templates:
  refund: {{app: shop, signature: brand, content: {TEXTS[0]}}}
  other: {{app: shop, signature: brand, content: {TEXTS[1]}}}
"""
MODES: dict[str, dict[str, Any]] = {
    "plain": {},
    "retire": {"retire": True},
    "retire-now": {"retire_now": frozenset({REFUND})},
    "prune": {"prune": True},
}

environments = st.sampled_from(ENVIRONMENTS)


class SharedAccount(RuleBasedStateMachine):
    """One family of versions that two environments declare, each with a text of its own or none."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="smsconf-shared-", dir=FAST if FAST.is_dir() else None))
        self.world: World

    @initialize(apart=st.booleans())
    def begin(self, apart: bool) -> None:
        """``apart``: each environment keeps a journal of its own, as pipelines with a cache each do."""
        self.world = World(self.folder)
        self.world.control("PUT", "reviewer", {"default": "hold", "rules": []})
        (self.folder / "smsconf.yaml").write_text(BASE, encoding="utf-8")
        self.journals = {
            name: self.folder / (name if apart else "all") / ".smsconf/journal.jsonl" for name in ENVIRONMENTS
        }
        self.told: dict[str, Any] = {name: (set(), {}) for name in ENVIRONMENTS}
        for path in self.journals.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        self.journaled = dict.fromkeys(self.journals.values(), 0)
        for name in ENVIRONMENTS:
            self._write(name, TEXTS[0])
        self._run("test")
        for one in self.world.rows("signature"):
            self.world.control(
                "POST", "reviews", {"kind": "signature", "id": one["id"], "decision": "approve"}
            )

    def _write(self, environment: str, text: str | None) -> None:
        entry = f"{{content: '{text}'}}" if text else "null"
        (self.folder / f"{environment}.yaml").write_text(
            f"templates: {{refund: {entry}}}\n", encoding="utf-8"
        )

    @rule(environment=environments, text=st.sampled_from((*TEXTS[:2], "您的退款已到账。", None)))
    def edit(self, environment: str, text: str | None) -> None:
        self._write(environment, text)

    @rule(environment=environments, mode=st.sampled_from(sorted(MODES)))
    def apply(self, environment: str, mode: str) -> None:
        self._run(environment, **MODES[mode])

    @rule(environment=environments, number=st.integers(0, 3), after=st.booleans())
    def apply_and_die(self, environment: str, number: int, after: bool) -> None:
        self.world.crash_at = len(self.world.writes) + number
        self.world.crash_after = after
        self._run(environment)

    @rule(decision=st.sampled_from(["approve", "approve", "reject"]), newest=st.booleans())
    def decide(self, decision: str, newest: bool) -> None:
        waiting = [one for one in self.world.templates() if one["flow_status"] == "Reviewing"]
        for one in waiting[-1:] if newest else waiting[:1]:
            body = {"kind": "template", "id": one["id"], "decision": decision, "reason": "words"}
            self.world.control("POST", "reviews", body)

    @rule(days=st.integers(1, 10))
    def wait(self, days: int) -> None:
        self.world.control("POST", "clock", {"advance": f"P{days}D"})

    @rule(environment=environments)
    def lose_the_journal(self, environment: str) -> None:
        path = self.journals[environment]
        path.unlink(missing_ok=True)
        self.journaled[path] = 0
        for name in ENVIRONMENTS:
            if self.journals[name] == path:
                self.told[name] = (set(), {})

    def _plan(self, environment: str, **selection: Any) -> Any:
        world, path = self.world, self.journals[environment]
        project = load_project(self.folder, environment)
        assert not project.diagnostics, project.diagnostics
        world.refused_before, world.submitted = self.told[environment]
        world.writes_journaled = self.journaled[path]
        return world.plan(project, path, **selection)

    def _run(self, environment: str, **selection: Any) -> None:
        (other,) = (name for name in ENVIRONMENTS if name != environment)
        needs = self._needs(other)
        path = self.journals[environment]
        self.world.carry_out(self._plan(environment, **selection), path, **selection)
        self.journaled[path] = self.world.writes_journaled
        self._still_there(other, environment, needs)

    def _needs(self, environment: str) -> list[tuple[str, str, str]]:
        """Say what an environment serves and waits for: id, text, and whether it is approved or in review."""
        found = []
        for change in self._plan(environment).changes:
            if change.kind is not Kind.TEMPLATE or change.action.value == "retire":
                continue
            if change.live:
                found.append((change.live.remote_id, change.live.content, "Adopted"))
            waiting = change.candidate
            if waiting and change.desired and waiting.content == change.desired.content:
                phase = read_status(Kind.TEMPLATE, SITES[self.world.site], waiting.status).phase
                if phase is Phase.IN_REVIEW:
                    found.append((waiting.remote_id, waiting.content, waiting.status))
        return found

    def _still_there(self, other: str, environment: str, needs: list[tuple[str, str, str]]) -> None:
        there = {one["id"]: (one["template_content"], one["flow_status"]) for one in self.world.templates()}
        for remote_id, text, status in needs:
            if there.get(remote_id) != (text, status):
                self.world.violations.append(
                    f"{environment} took {text} ({status}) from {other}: {there.get(remote_id)}"
                )

    @invariant()
    def nothing_was_violated(self) -> None:
        assert not hasattr(self, "world") or not self.world.violations, self.world.violations

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self._converges()
        finally:
            if hasattr(self, "world"):
                self.world.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _converges(self) -> None:
        """When the reviewer approves, four more runs of each lead to two plans that send nothing."""
        self.world.control("PUT", "reviewer", {"default": "approve", "rules": []})
        for _ in range(4):
            for name in ENVIRONMENTS:
                self._run(name)
            self.world.control("POST", "clock", {"advance": "P14D"})
        for name in ENVIRONMENTS:
            made = self._plan(name)
            assert not made.sends, [(c.label, c.action.value, c.reason) for c in made.changes if c.steps]
        self.nothing_was_violated()
