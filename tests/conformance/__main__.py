"""Run the conformance tests and print, for every operation, how many checks there are and how many passed.

``make conformance``. The counts come from the results of the tests; the exit code is pytest's.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from smsconf.emulator.gateway.routes import OPERATIONS

HERE = Path(__file__).parent


class Scores:
    """Counts results by the names that tests give in their marker ``checks``."""

    def __init__(self) -> None:
        self.tests: dict[str, tuple[bool, list[str]]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one phase of one test: it has passed if every phase of it has."""
        passed, _ = self.tests.get(report.nodeid, (True, []))
        names = [str(name) for key, name in report.user_properties if key == "checks"]
        self.tests[report.nodeid] = (passed and report.passed, names)

    def table(self) -> str:
        """Return the table; a test of several operations counts for each, and once in the total."""
        checks, passed = Counter[str](), Counter[str]()
        for good, names in self.tests.values():
            checks.update(names)
            passed.update(names if good else ())
        others = sorted(set(checks) - set(OPERATIONS))
        rows = [(name, checks[name], passed[name]) for name in (*OPERATIONS, *others)]
        good = sum(passed for passed, _ in self.tests.values())
        rows.append(("total", len(self.tests), good))
        width = max(len(name) for name, _, _ in rows)
        lines = [f"{'operation':{width}}  checks  passed"]
        lines += [f"{name:{width}}  {count:6}  {good:6}" for name, count, good in rows]
        return "\n".join(lines)


def main() -> int:
    """Run; an operation without a check is a failure too."""
    scores = Scores()
    code = int(pytest.main([str(HERE), "-q", "--no-header", "-n", "2", *sys.argv[1:]], plugins=[scores]))
    sys.stdout.write(scores.table() + "\n")
    checked = {name for _, names in scores.tests.values() for name in names}
    missing = set(OPERATIONS) - checked
    if missing:
        sys.stdout.write(f"no check at all: {', '.join(sorted(missing))}\n")
    return code or bool(missing)


if __name__ == "__main__":
    sys.exit(main())
