"""A list of 1,000,000 recipients into the emulator's server, against the floor: what a bare client needs.

The floor reads the same workbook with a compiled library and posts the same bodies, signed, from as many
threads with a plain httpx client: no checks, no duplicates found, no ledger, nothing to go on from. Both are
whole processes and meet a server and a database of their own.
Usage: python benchmarks/bulk_1000000.py [NUMBERS] [PAIRS OF RUNS]
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

from smsconf import signing
from tests.machine.test_bulk_kill import CONNECTIONS, MOST_MEMORY, done, outbox, prepare, smsconf, watched
from tests.messaging.workbook import write_workbook

LEAST_RATIO = 0.5


def floor(folder: Path, url: str, app_key: str, secret: str, sender: str, template_id: str) -> None:
    """Post everything, and do nothing else."""
    import httpx
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(folder / "list.xlsx")).get_sheet_by_index(0).iter_rows()
    lock = threading.Lock()

    def post() -> None:
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
            while True:
                with lock:
                    numbers = [f"+86{int(row[0])}" for row in islice(rows, 500)]
                if not numbers:
                    return
                body = urlencode(
                    {"from": sender, "to": ",".join(numbers), "templateId": template_id}
                ).encode()
                headers = {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Host": url.removeprefix("http://"),
                    signing.DATE_HEADER: datetime.now(UTC).strftime(signing.DATE_FORMAT),
                    signing.PAYLOAD_HEADER: signing.UNSIGNED_PAYLOAD,
                }
                path = "/sms/batchSendSms/v1"
                payload = signing.UNSIGNED_PAYLOAD
                canonical = signing.canonical_request("POST", path, "", headers, headers, payload)
                mac = signing.signature(secret, headers[signing.DATE_HEADER], canonical)
                headers["Authorization"] = signing.authorization(app_key, headers, mac)
                answer = client.post(path, content=body, headers=headers)
                if answer.json()["code"] != "000000":
                    sys.exit(f"the floor was refused: {answer.text[:200]}")

    threads = [threading.Thread(target=post) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def world(workbook: Path) -> Iterator[tuple[Path, str]]:
    """Serve a fresh emulator to a fresh project with the list in it."""
    with tempfile.TemporaryDirectory(prefix="smsconf-bench-") as name:
        folder = Path(name)
        (folder / "list.xlsx").symlink_to(workbook)
        with prepare(folder) as url:
            yield folder, url


def time_floor(workbook: Path, count: int) -> float:
    """Return the seconds of the floor's process."""
    with world(workbook) as (folder, url):
        row = json.loads(done(folder, "outputs")[1])["templates"]["template.news"]
        kept = json.loads((folder / "secrets.json").read_text(encoding="utf-8"))["app.shop"]
        what = [folder, url, kept["app_key"], kept["app_secret"], row["sender"], row["template_id"]]
        start = time.perf_counter()
        subprocess.run([sys.executable, __file__, "floor", *map(str, what)], check=True)
        seconds = time.perf_counter() - start
        if outbox(url).total() != count:
            sys.exit("the floor lost messages")
    return seconds


def time_bulk(workbook: Path, count: int) -> tuple[float, float]:
    """Return the seconds and the highest memory of `smsconf bulk`, its reader included."""
    with world(workbook) as (folder, url):
        start = time.perf_counter()
        process = smsconf(
            folder, "bulk", "template.news", "list.xlsx", "--auto-approve", "--connections", str(CONNECTIONS)
        )
        peak = watched(process, folder, until=None)
        seconds = time.perf_counter() - start
        process.communicate()
        if process.returncode or outbox(url).total() != count:
            sys.exit(f"bulk exited {process.returncode}, or lost messages")
    return seconds, peak


def main() -> int:
    """Make the list, measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="smsconf-bench-") as name:
        workbook = Path(name) / "list.xlsx"
        step = 4_000
        numbers = [13_000_000_000 + step * place + chance.randrange(step) for place in range(count)]
        write_workbook(workbook, ((number,) for number in numbers))
        print(f"numbers      {count:,} in {workbook.stat().st_size / 1e6:.1f} MB, {CONNECTIONS} connections")
        floors, bulks, peaks = [], [], []
        for _ in range(pairs):
            floors.append(time_floor(workbook, count))
            seconds, peak = time_bulk(workbook, count)
            bulks.append(seconds)
            peaks.append(peak)
    ratio = statistics.median(floors) / statistics.median(bulks)
    print(f"floor        {statistics.median(floors):6.1f} s")
    print(
        f"bulk         {statistics.median(bulks):6.1f} s   {count / statistics.median(bulks):,.0f} a second"
    )
    print(f"ratio        {ratio:6.2f}     (limit {LEAST_RATIO})")
    print(f"peak memory  {max(peaks):6.0f} MB  (limit {MOST_MEMORY} MB, the workbook's reader included)")
    return 0 if ratio >= LEAST_RATIO and max(peaks) <= MOST_MEMORY else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["floor"]:
        floor(Path(sys.argv[2]), *sys.argv[3:])
    else:
        sys.exit(main())
