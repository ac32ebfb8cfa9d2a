"""Status reports a second from two receivers into one PostgreSQL, pushed fifty at a time over loopback.

Receivers, the server (which writes everything to the disk before it says so) and those that push share this
machine. Every connection waits for its 200 before its next push, as the service does; afterwards each report
that was answered with 200 is a row.
Usage: python benchmarks/receive_reports.py [SECONDS] [CONNECTIONS]
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from smsconf.store.postgres.home import PostgresStore
from tests.postgres import TEMPLATE, Server, new_folder

LEAST = 15_000  # reports a second
AT_ONCE = 50
PROJECT = "version: 1\nprovider:\n  emulator: {database: .smsconf/emulator.db}\n"


def bodies(connection: int, number: int) -> bytes:
    """Return a push with reports that nobody pushed before."""
    report = {"status": "DELIVRD", "orgCode": "DELIVRD", "to": "+8613812345678", "source": "2"}
    report |= {"updateTime": "2026-03-01T09:00:00Z", "total": "1", "sequence": "1"}
    names = (f"2ea20735-f856-4376-afbf-{connection:04}{number:08}_{place}" for place in range(AT_ONCE))
    return json.dumps({"statusReportList": [{"smsMsgId": name, **report} for name in names]}).encode()


def push(port: int, connection: int, end: float, counts: list[int]) -> None:
    """Push until the end; note how many reports were answered with 200."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    number = 0
    while time.monotonic() < end:
        client.request("POST", "/reports", bodies(connection, number), {"Content-Type": "application/json"})
        answer = client.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        number += 1
    counts.append(number * AT_ONCE)
    client.close()


def receiver(folder: Path, address: str) -> tuple[subprocess.Popen[str], int]:
    """Start a receiver; return it and its port."""
    command = [sys.executable, "-m", "smsconf", "receive", "--port", "0"]
    environ = {**os.environ, "SMSCONF_STORE": address}
    process = subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    return process, urlsplit(process.stdout.readline().split()[-1]).port or 0


def main() -> int:
    """Push for some seconds and print how many reports a second were stored."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 16
    with new_folder() as place, tempfile.TemporaryDirectory() as project:
        server = Server(place, durable=True)
        server.make()
        address = server.address(TEMPLATE)
        (Path(project) / "smsconf.yaml").write_text(PROJECT)
        both = [receiver(Path(project), address) for _ in range(2)]
        try:
            counts: list[int] = []
            start = time.monotonic()
            pushers = [
                threading.Thread(target=push, args=(both[one % 2][1], one, start + seconds, counts))
                for one in range(connections)
            ]
            for one in pushers:
                one.start()
            for one in pushers:
                one.join()
            took = time.monotonic() - start
        finally:
            for process, _port in both:
                process.terminate()
                process.communicate()
        kept = sum(1 for _one in PostgresStore(address, "").reports())
        server.stop("immediate")
    rate = sum(counts) / took
    print(f"{sum(counts):,} reports in {took:.1f} s: {rate:,.0f} reports/s   (at least {LEAST:,})")
    print(f"{kept:,} rows")
    return 0 if kept == sum(counts) and rate >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
