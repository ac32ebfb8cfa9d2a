"""The emulator in process, its controls, and a client on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smsconf.cloud.apply.changes import apply_changes
from smsconf.cloud.http.client import Client
from smsconf.cloud.http.inprocess import InProcessTransport
from smsconf.cloud.read.observe import observe
from smsconf.emulator.gateway.engine import Engine, Settings
from smsconf.model.observed import Observed
from smsconf.model.resources import Desired
from smsconf.model.sites import SITES
from smsconf.reconcile.change import Change
from smsconf.reconcile.inputs import Inputs, Selection
from smsconf.reconcile.outcome import Outcome
from smsconf.reconcile.plan import make_plan
from tests.cloud.worlds import open_client


@dataclass
class Emulated:
    """The emulator: its controls, clients on it, and one run of the program."""

    engine: Engine
    site: str

    def control(self, method: str, route: str, body: Any = None) -> Any:
        """Use a control route and return its answer."""
        data = b"" if body is None else json.dumps(body).encode()
        response = self.engine.handle(method, f"/_emulator/{route}", [], data)
        assert response.status in {200, 204}, response.body
        return json.loads(response.body) if response.body else None

    def client(self, **more: Any) -> Client:
        """Open a client."""
        transport = InProcessTransport(self.engine.handle, sleep=lambda _seconds: None)
        return open_client(transport, site=SITES[self.site], **more)

    def requests(self) -> list[tuple[str, int]]:
        """Return what was asked so far: operation and status."""
        return [(one["operation"], one["status"]) for one in self.control("GET", "requests")]

    def observe(self, wanted: Desired) -> Observed:
        """Read everything with a client that may only read."""
        with self.client(read_only=True) as client:
            return observe(client, wanted)

    def plan(self, wanted: Desired, **selection: Any) -> tuple[Change, ...]:
        """Read and decide."""
        inputs = Inputs(SITES[self.site], wanted, self.observe(wanted), Selection(**selection))
        return make_plan(inputs).changes

    def apply(self, changes: tuple[Change, ...], **more: Any) -> dict[str, Outcome]:
        """Carry out changes and return the outcomes by label."""
        with self.client() as client:
            return {one.change.label: one for one in apply_changes(client, changes, **more)}

    def run(self, wanted: Desired) -> dict[str, Outcome]:
        """Do one whole run."""
        return self.apply(self.plan(wanted))


@pytest.fixture
def emulated(tmp_path: Path) -> Iterator[Emulated]:
    """Give the emulator of the china site."""
    engine = Engine(tmp_path / "emulator.db", Settings())
    yield Emulated(engine, "china")
    engine.close()


@pytest.fixture
def abroad_site(tmp_path: Path) -> Iterator[Emulated]:
    """Give the emulator of the international site, which knows no drafts."""
    engine = Engine(tmp_path / "international.db", Settings(site="international"))
    yield Emulated(engine, "international")
    engine.close()
