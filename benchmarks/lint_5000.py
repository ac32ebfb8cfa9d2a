"""How long checking 5,000 templates takes, in seconds and as a multiple of loading them.

``python benchmarks/lint_5000.py`` prints the best of five runs of each, in processor time; every tenth
template has something wrong. Exits 1 if checking takes two seconds or more.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from smsconf.config import load_project
from smsconf.workflow.findings import find_all

TEMPLATES = 5_000
RUNS = 5
MOST_SECONDS = 2.0

HEAD = """\
version: 1
provider: {emulator: {database: x.db}}
apps:
  one: {region: cn}
  two: {region: cn}
  world: {region: intl}
signatures:
  one: {app: one, name: 示例商城, type: notification, qualification: q-1}
  two: {app: two, name: 示例物流, type: notification, qualification: q-1}
templates:
"""
MAINLAND = """\
  order-{n}:
    app: {app}
    signature: {app}
    content: 尊敬的顾客，您在第{n}号门店的订单{{order}}已发货，预计{{day}}送达，请保持电话畅通{wrong}。
    variables:
      order: {{type: alphanumeric, max_length: 12, description: 订单号}}
      day: {{type: datetime, description: 送达日期}}
"""
WORLD = """\
  order-{n}:
    app: world
    content: "Example Shop: your order {{order}} of shop {n} is shipped and will arrive on {{day}}{wrong}."
    variables:
      order: {{type: alphanumeric, max_length: 12, description: order number}}
      day: {{type: datetime, description: day of delivery}}
    countries: [BR, DE]
"""


def project_text() -> str:
    """Write the project: two fifths for each mainland app, the rest for the world."""
    rows = [HEAD]
    for n in range(TEMPLATES):
        wrong = n % 10 == 0
        if n % 5 == 4:
            rows.append(WORLD.format(n=n, wrong="’" if n % 10 == 9 else ""))
        else:
            app = "one" if n % 5 < 2 else "two"
            rows.append(MAINLAND.format(n=n, app=app, wrong="，感谢您的评价★" if wrong else ""))
    return "".join(rows)


def best(function: Callable[[], object]) -> float:
    """Return the shortest of some runs, in seconds of processor time: other programs do not count."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "smsconf.yaml").write_text(project_text(), encoding="utf-8")
        loading = best(lambda: load_project(folder))
        project = load_project(folder)
        checking = best(lambda: find_all(project))
        count = len(find_all(project))
    print(f"templates: {TEMPLATES}, findings: {count}")
    print(f"load: {loading:.2f} s")
    print(f"lint: {checking:.2f} s, {checking / loading:.2f} times loading")
    return int(checking >= MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
