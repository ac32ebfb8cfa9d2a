"""A real server process for the vendor's SDK; every test says which operations it checks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.server import Server
from tests.emulator.conftest import make_service, service

__all__ = ["make_service", "service"]  # the emulator in process, with a clock that stands still


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker with which a test names the operations (or the subject) it checks."""
    config.addinivalue_line("markers", "checks(*names): the operations, or the subject, this test is about")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write the names into the reports, where ``python -m tests.conformance`` counts them."""
    for item in items:
        names = [name for marker in item.iter_markers("checks") for name in marker.args]
        item.user_properties += [("checks", name) for name in names]


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run ``smsconf emulator serve`` on a free port for all tests."""
    with Server(tmp_path_factory.mktemp("server") / "emulator.db") as running:
        yield running


@pytest.fixture
def server(process: Server) -> Server:
    """Return the server with nothing in it and a reviewer who waits to be told."""
    process.control("POST", "reset")
    process.control("PUT", "reviewer", {"default": "hold"})
    return process
