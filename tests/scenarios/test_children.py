"""What other users of a machine see of a run: the arguments and the environment of its processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.messaging.workbook import write_workbook
from tests.scenarios.conftest import World

SECRETS = {
    "SMSCONF_AUTH_TOKEN": "secret-project-token",
    "HUAWEICLOUD_SDK_AK": "SECRETACCESSKEY",
    "HUAWEICLOUD_SDK_SK": "secret-secret-key",
    "HUAWEICLOUD_SDK_SECURITY_TOKEN": "secret-security-token",
    "HW_USER_PASSWORD": "secret-password",
    "SMSCONF_APP_SECRET": "secret-of-an-app",
    "SMSCONF_STORE": "postgresql://ci:secret-of-the-store@db.example.com/smsconf",
    "SMSCONF_CALLBACK_TOKEN": "secret-of-callbacks",
}
_EVENTS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.spawn"})
_started: list[tuple[Any, ...]] = []


def _hear(event: str, given: tuple[Any, ...]) -> None:
    if event in _EVENTS:
        _started.append(given)


@cache
def _listen() -> None:
    """Hear of processes from now on: there is no way to take a hook off."""
    sys.addaudithook(_hear)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """Hear of every process that is started, with its arguments and environment; secrets are about."""
    _listen()
    _started.clear()
    yield _started
    _started.clear()


def words(started: tuple[Any, ...]) -> str:
    """Return everything that ``ps`` and ``/proc/PID/environ`` would show of a child."""
    *arguments, environ = started  # how many there are hangs on the event, and on Python's version
    return f"{arguments} {dict(os.environ) if environ is None else environ}"


def test_children_are_told_no_secret(
    approved: World, children: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the reader of workbooks nor git: not in their arguments, not in their environment."""
    world = approved
    for name, value in SECRETS.items():
        if name != "SMSCONF_STORE":
            monkeypatch.setenv(name, value)
    write_workbook(world.folder / "list.xlsx", [["+8613900000000"]])
    world.edit("apps:\n", "thresholds: {cn: {daily: {warn: 1, limit: 2}}}\napps:\n")
    assert world.apply().code == 0
    world.smsconf("bulk", "template.order-shipped", "list.xlsx", "--dry-run")
    world.smsconf("confirm", "threshold.cn")
    world.smsconf("doctor")
    programs = {str(arguments[0]) for _, arguments, *_ in children}
    assert {sys.executable, "git"} <= programs
    for started in children:
        assert not any(value in words(started) for value in SECRETS.values())
