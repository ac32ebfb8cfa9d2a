"""What holds for all tests: English, and the same examples in every run unless it searches for new ones."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from smsconf.language import use
from tests.slow import SLOW, UNTRACED, why

# a slow machine is no reason to fail: no deadline for one example
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# English, whatever the machine speaks: here and in the processes that tests start
for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "SMSCONF_LANG"):
    os.environ.pop(name, None)
os.environ["LANG"] = "C.UTF-8"
# no colours that somebody forces or forbids, no proxy on the way to loopback, nobody's settings of git, and a
# terminal that knows colours
for name in ("FORCE_COLOR", "NO_COLOR"):
    os.environ.pop(name, None)
for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
    os.environ.pop(name, None)
    os.environ.pop(name.lower(), None)
# and no CI system: what it says of its own run would come into every journal
_CI = ("GITHUB_", "GITLAB_", "GITEE_", "CI_", "GIT_COMMIT", "BUILD_URL", "BUILD_USER_ID")
for name in [one for one in os.environ if one.startswith(_CI)]:
    os.environ.pop(name)
os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "TERM": "xterm"}

# a signal that is ignored here, as in the background of a script or under nohup, would be ignored by every
# process that tests start; one that is handled, to no effect, is not
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, lambda _number, _frame: None)

settings.register_profile("fixed", derandomize=True, database=None, **PATIENT)
settings.register_profile("searching", **PATIENT)
settings.load_profile(
    "searching" if os.environ.get("SMSCONF_SOAK") or os.environ.get("SMSCONF_FUZZ") else "fixed"
)

pytest_plugins = ("tests.postgres",)

# a browser is not everywhere, and a fresh environment takes everything from PyPI again: `make browser`,
# `make wheel`
collect_ignore = [
    folder
    for folder, asked in (("browser", "SMSCONF_BROWSER"), ("wheel", "SMSCONF_WHEEL"))
    if not os.environ.get(asked)
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what ``make quick`` and ``make coverage`` leave out."""
    for item in items:
        name = item.nodeid.removeprefix("tests/")
        for table, mark in ((SLOW, pytest.mark.slow), (UNTRACED, pytest.mark.untraced)):
            if reason := why(table, name):
                item.add_marker(mark(reason=reason))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Leave no other language behind."""
    yield
    use("en")
