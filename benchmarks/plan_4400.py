"""A plan with nothing to change over 4,400 objects: first run and warm run, each a whole process.

Makes the project and, through `smsconf apply`, the emulator's database; then advances its clock until all is
approved. The first run reads the attributes of every template with variables one by one; the warm run has
them in its cache. Usage: python benchmarks/plan_4400.py [FOLDER] [RUNS]
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

APPS = {"shop": "cn", "club": "cn", "abroad": "intl"}
SIGNATURES = 7
TEMPLATES = 4390
WARM_LIMIT = 4.0


def project() -> str:
    """Write 3 apps, 7 signatures and 4,390 templates, half of them with variables."""
    lines = ["version: 1", "provider: {emulator: {database: .smsconf/emulator.db}}", "apps:"]
    lines += [f"  {key}: {{region: {region}}}" for key, region in APPS.items()]
    lines.append("signatures:")
    for number in range(SIGNATURES):
        app = "shop" if number < 4 else "club"
        lines.append(f"  brand-{number}: {{app: {app}, name: 示例商城{number}, type: notification}}")
    lines.append("templates:")
    for number in range(TEMPLATES):
        app = ("shop", "club", "abroad")[number % 3]
        lines.append(f"  notice-{number:04}:\n    app: {app}")
        if app == "abroad":
            lines.append(
                f"    content: Your parcel number {number} is on its way.\n    countries: [Singapore]"
            )
            continue
        lines.append(f"    signature: brand-{number % 4 if app == 'shop' else 4 + number % 3}")
        if number % 2:
            lines.append(f"    content: 您的第{number}号订单{{order}}已发货，请注意查收。")
            lines.append("    variables: {order: {type: alphanumeric, max_length: 12, description: 订单号}}")
        else:
            lines.append(f"    content: 您的第{number}号退款已到账，请注意查收。")
    return "\n".join(lines) + "\n"


def smsconf(folder: Path, *arguments: str, expect: int = 0) -> float:
    """Run one whole process and return its seconds."""
    command = [str(Path(sys.executable).parent / "smsconf"), *arguments]
    start = time.perf_counter()
    ran = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
    seconds = time.perf_counter() - start
    if ran.returncode != expect:
        sys.exit(f"{' '.join(arguments)} exited {ran.returncode}, expected {expect}")
    return seconds


def main() -> int:
    """Prepare, measure, print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="smsconf-bench-"))
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    if not (folder / "smsconf.yaml").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "smsconf.yaml").write_text(project(), encoding="utf-8")
        applied = smsconf(folder, "apply", "--auto-approve", "--allow-submissions", "5000")
        smsconf(folder, "emulator", "advance", "P20D")
        print(f"prepared in {folder}: apply took {applied:.1f} s")
    for cache in (folder / ".smsconf").glob("attributes-*"):
        cache.unlink()
    first = smsconf(folder, "plan", "--detailed-exitcode")
    warm = [smsconf(folder, "plan", "--detailed-exitcode") for _ in range(runs)]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"objects      {len(APPS) + SIGNATURES + TEMPLATES}")
    print(f"first plan   {first:6.2f} s")
    print(f"warm plan    {statistics.median(warm):6.2f} s   (median of {runs}, limit {WARM_LIMIT} s)")
    print(f"peak memory  {peak:6.0f} MB  (largest process, apply included)")
    return 0 if statistics.median(warm) <= WARM_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
