"""A list with three columns of values: everybody gets their own text, and memory does not grow with it.

Twenty thousand here, a million with ``SMSCONF_BULK=1000000``. The emulator keeps every text, so the list
goes to a server that only counts.
"""

from __future__ import annotations

import csv
import json
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.machine.test_bulk_kill import PROJECT, done, prepare, smsconf, watched

NUMBERS = int(os.environ.get("SMSCONF_BULK", "20000"))
MOST_MEMORY = 200  # MB
BILL = """\
  bill:
    app: shop
    signature: brand
    content: 尊敬的{{name}}，您{{day}}的账单为{{amount}}元。
    variables:
      name: {{type: text}}
      day: {{type: datetime}}
      amount: {{type: money}}
"""


@contextmanager
def counting() -> Iterator[tuple[str, Counter[str], list[str]]]:
    """Serve the operation for different texts: accept everything, count who got something."""
    got: Counter[str] = Counter()
    wrong: list[str] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fates = []
            for one in body["smsContent"]:
                for to in one["to"]:
                    fates.append({"originTo": to, "smsMsgId": f"id{to}", "status": "000000", "total": 1})
                    if one["templateParas"][2] != f"{int(to[-5:])}.50":
                        wrong.append(to)
            with lock:
                got.update(one["originTo"] for one in fates)
            said = json.dumps({"code": "000000", "description": "Success", "result": fates}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", got, wrong
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.timeout(3600)
def test_everybody_gets_their_own_text_in_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each number gets its values once, and the process stays within its bound."""
    numbers = [13_000_000_000 + 7 * at for at in range(NUMBERS)]
    with (tmp_path / "bills.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("手机号", "name", "day", "amount"))
        rows.writerows((one, f"顾客{one % 9973}", "2026-03-05", f"{one % 100_000}.50") for one in numbers)
    with prepare(tmp_path, PROJECT + BILL), counting() as (url, got, wrong):
        monkeypatch.setenv("SMSCONF_SEND_ENDPOINT", url)
        start = time.monotonic()
        process = smsconf(tmp_path, "bulk", "template.bill", "bills.csv", "--auto-approve")
        peak = watched(process, tmp_path, until=None)
        out, _ = process.communicate(timeout=60)
        seconds = time.monotonic() - start
        assert process.returncode == 0, out
        assert not wrong
        assert (len(got), set(got.values())) == (NUMBERS, {1})
        assert re.search(rf"{NUMBERS:,}\s+accepted", out)
        assert done(tmp_path, "bulk", "template.bill", "bills.csv", "--auto-approve")[0] == 0
        assert got.total() == NUMBERS
    assert peak <= MOST_MEMORY
    with capsys.disabled():
        print(f"\n{NUMBERS:,} numbers with three values: {peak:.0f} MB, {seconds:.0f} s")  # noqa: T201
