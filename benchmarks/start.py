"""How long the program takes to say its version, as a ratio to a bare interpreter, in one run.

Usage: python benchmarks/start.py [RUNS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

LIMIT = 5.5


def seconds(*command: str) -> float:
    """Time one whole process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> int:
    """Run both in turn and print medians and the median of the ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    script = str(Path(sys.executable).parent / "smsconf")
    pairs = []
    for number in range(runs + 1):
        pair = (seconds(sys.executable, "-c", "pass"), seconds(script, "--version"))
        if number:  # the first one warms the caches
            pairs.append(pair)
    bare, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"python -c pass     {bare * 1000:6.1f} ms   (median of {runs})")
    print(f"smsconf --version  {ours * 1000:6.1f} ms")
    print(f"ratio              {ratio:6.2f}      (limit {LIMIT})")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
