"""Whatever clients, people and the calendar do in whatever order, the state stays coherent."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from smsconf.emulator.gateway.engine import Engine
from smsconf.emulator.management.statuses import APPROVED_SIGNATURE
from tests.emulator.conftest import MONDAY, Service

WISHES = st.sampled_from([None, "Pending", "Reviewing", "Disable"])
PICK = st.integers(0, 5)


class Life(RuleBasedStateMachine):
    """A random life of one app with two signatures and some templates."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        engine = Engine(Path(self.folder.name) / "e.db", real_clock=lambda: MONDAY)
        self.service = Service(engine)
        self.app = self.service.app()["id"]
        names = ("示例商城", "别的名字")
        self.signs = [self.service.signature(self.app, signature_name=name)["id"] for name in names]
        self.templates: list[str] = []
        self.approved: set[str] = set()

    def teardown(self) -> None:
        self.service.engine.close()
        self.folder.cleanup()

    def template(self, pick: int) -> str:
        return self.templates[pick % len(self.templates)] if self.templates else "none"

    @rule(sign=st.integers(0, 1), wish=WISHES)
    def create(self, sign: int, wish: str | None) -> None:
        body = self.service.template_body(self.app, self.signs[sign], flow_status=wish)
        reply = self.service.call("POST", "/templates", body)
        assert reply.code == ("MSGSMS.0002" if wish == "Disable" else None)
        if reply.status == 200:
            self.templates.append(reply.json["id"])

    @rule(pick=PICK, sign=st.integers(0, 1), wish=WISHES)
    def update(self, pick: int, sign: int, wish: str | None) -> None:
        body = self.service.template_body(self.app, self.signs[sign], flow_status=wish)
        reply = self.service.call("PUT", f"/templates/{self.template(pick)}", body)
        assert reply.code in {None, "MSGSMS.0009", "MSGSMS.0010"}

    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        self.service.call("DELETE", f"/templates/{self.template(pick)}")

    @rule(sign=st.integers(0, 1))
    def update_or_enable_signature(self, sign: int) -> None:
        remote_id = self.signs[sign]
        name = self.service.show("signature", remote_id)["signature_name"]
        body = self.service.signature_body(self.app, signature_name=name)
        self.service.call("PUT", f"/signatures/{remote_id}", body)
        self.service.call("PUT", f"/signatures/{remote_id}/active")

    @rule(pick=PICK, decision=st.sampled_from(["approve", "reject", "deactivate"]))
    def decide(self, pick: int, decision: str) -> None:
        kind, remote_id = (
            ("signature", self.signs[pick % 2]) if pick < 2 else ("template", self.template(pick))
        )
        assert self.service.decide(kind, remote_id, decision).status in {200, 404, 409}

    @rule(duration=st.sampled_from(["PT10M", "PT1H", "P1D", "P7D", "-PT30M", "-P3D"]))
    def move_the_clock(self, duration: str) -> None:
        self.service.advance(duration)

    @rule(
        default=st.sampled_from(["approve", "hold"]), verdict=st.sampled_from(["approve", "reject", "hold"])
    )
    def change_the_mind(self, default: str, verdict: str) -> None:
        body = {"default": default, "rules": [{"name": "别的", "decision": verdict, "reason": "so"}]}
        assert self.service.control("PUT", "reviewer", body).status == 200

    @invariant()
    def answers_are_coherent(self) -> None:
        signatures = {row["id"]: row for row in self.rows("signatures")}
        for row in signatures.values():
            if row["status"] in APPROVED_SIGNATURE:
                assert row["channel_num"]
        for row in self.rows("templates"):
            status = row["flow_status"]
            if status in {"Adopted", "Adopted_inactive"}:
                self.approved.add(row["id"])
            assert ("template_id" in row) == (row["id"] in self.approved)
            if status == "SignReviewing":
                assert signatures[row["sign_id"]]["status"] not in APPROVED_SIGNATURE
            if status == "Reject":
                assert "review_order" in row

    def rows(self, kind: str) -> list[dict[str, Any]]:
        answer = self.service.call("GET", f"/{kind}", limit=500).json
        assert answer["total"] == len(answer["results"])
        return list(answer["results"])


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
