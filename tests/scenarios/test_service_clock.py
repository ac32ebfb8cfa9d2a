"""What time it is for an account: by the emulator's clock where it is one, wherever that emulator is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from smsconf.emulator.gateway.engine import Engine, Settings
from smsconf.workflow.service_clock import ServiceClock
from tests.scenarios.conftest import World
from tests.scenarios.test_credentials import PROJECT_ID, SDK, served, use  # noqa: F401 - a fixture

HOUR = timedelta(hours=1)


def ahead(clock: ServiceClock, scope: str | None) -> timedelta:
    """How far an account is ahead of this machine."""
    return clock(scope) - clock("")


def scope_of(world: World, name: str) -> str:
    engine = Engine(world.folder / name, Settings())
    try:
        headers = dict(engine.handle("GET", "/_emulator/health", [], b"").headers)
    finally:
        engine.close()
    return f"emulator/china/{headers['X-Emulator-Database']}"


def test_embedded_emulator_has_a_clock_of_its_own(world: World) -> None:
    """The project's database tells; the service, and what is not known, are where this machine is."""
    world.control("POST", "clock", {"set": datetime.now(UTC).isoformat()})
    world.control("POST", "clock", {"advance": "P3D"})
    clock = ServiceClock(world.folder)
    assert abs(ahead(clock, scope_of(world, ".smsconf/emulator.db")) - 72 * HOUR) < HOUR
    assert abs(ahead(clock, None) - 72 * HOUR) < HOUR
    assert ahead(clock, "huaweicloud/china/cn-north-4/p") == timedelta(0)
    assert ahead(clock, "emulator/china/0123456789abcdef") == timedelta(0)


def test_served_emulator_is_asked_for_its_time(world: World, use) -> None:  # noqa: F811
    """On this machine only, and without it nothing is said to be late by a guess."""
    with served(world.folder / "site.db") as url:
        use(url, SDK, project_id=PROJECT_ID)
        world.control("POST", "clock", {"set": datetime.now(UTC).isoformat()}, "site.db")
        world.control("POST", "clock", {"advance": "P3D"}, "site.db")
        scope = scope_of(world, "site.db")
        assert abs(ahead(ServiceClock(world.folder), scope) - 72 * HOUR) < HOUR
    assert ahead(ServiceClock(world.folder), scope) == timedelta(0)


def test_clock_without_a_project_is_this_machines(tmp_path) -> None:
    """`receipts` works in any folder."""
    clock = ServiceClock(tmp_path)
    assert ahead(clock, None) == ahead(clock, "emulator/china/x") == timedelta(0)
