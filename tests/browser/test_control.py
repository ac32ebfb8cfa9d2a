"""A real page of another site, in a real browser, against the emulator's control routes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.emulator.gateway.test_server import Server

BROWSER = os.environ["SMSCONF_BROWSER"]  # read before fixtures clear such names
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"]
# a name of the page's own that points to this machine, as after DNS rebinding
REBOUND = "--host-resolver-rules=MAP evil.example 127.0.0.1"

# each tries one way to change or read something; what it could read is the answer
ATTACKS = """
async base => {
  const clock = '{"advance": "P1D"}', read = [], plain = {method: 'POST', mode: 'no-cors', body: clock};
  const tries = [
    () => fetch(base + 'clock', plain),
    () => fetch(base + 'clock', {...plain, body: new Blob([clock])}),
    () => fetch(base + 'clock', {...plain, referrerPolicy: 'no-referrer'}),
    () => fetch(base + 'clock', {...plain, body: new URLSearchParams(clock)}),
    () => fetch(base + 'clock', {method: 'POST', body: clock, headers: {'Content-Type': 'application/json'}}),
    () => fetch(base + 'reset', {method: 'POST', mode: 'no-cors'}),
    () => fetch(base + 'requests', {method: 'DELETE'}),
    () => fetch(base + 'reviewer', {method: 'PUT', body: '{"default": "hold"}'}),
    () => fetch(base + 'outbox').then(answer => answer.text()).then(text => read.push(text)),
    () => fetch(base + 'clock').then(answer => answer.text()).then(text => read.push(text)),
    () => Promise.resolve(navigator.sendBeacon(base + 'clock', clock)),
    () => new Promise(done => {
      const form = document.createElement('form'), frame = document.createElement('iframe');
      frame.name = 'target';
      frame.onload = done;
      Object.assign(form, {method: 'post', action: base + 'clock', enctype: 'text/plain', target: 'target'});
      const field = document.createElement('input');
      field.name = '{"advance": "P1D", "x": "';
      field.value = '"}';
      form.append(field);
      document.body.append(frame, form);
      form.submit();
      setTimeout(done, 2000);
    }),
    () => new Promise(done => {
      const frame = document.createElement('iframe');
      frame.sandbox = 'allow-scripts';
      const words = `{method: 'POST', mode: 'no-cors', body: '${clock}'}`;
      frame.srcdoc = `<script>fetch('${base}clock', ${words})</script>`;
      document.body.append(frame);
      setTimeout(done, 500);
    }),
    () => new Promise(done => {
      const script = document.createElement('script');
      script.onload = () => { read.push('a script'); done(); };
      script.onerror = done;
      script.src = base + 'outbox';
      document.body.append(script);
    }),
  ];
  for (const one of tries) { try { await one(); } catch (refused) {} }
  return read;
}
"""


class Blank(BaseHTTPRequestHandler):
    """A page with nothing on it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>a page</title><body></body>")

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "emulator.db")
    yield running
    running.stop()


@pytest.fixture
def site() -> Iterator[int]:
    """Serve a page on another port; its number."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Blank)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=[*SWITCHES, REBOUND])
        yield browser.new_page()
        browser.close()


def state(emulator: Server) -> Any:
    """Return what an attack would have changed; the clock to the hour."""
    now = datetime.fromisoformat(emulator.control("GET", "health")["now"])
    return round((now - datetime.now(UTC)).total_seconds() / 3600), emulator.control("GET", "requests")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_page_on_another_port_changes_and_reads_nothing(
    page: Page, site: int, emulator: Server, name: str
) -> None:
    """Every way a page has: simple requests, forms, beacons, frames, scripts, preflights."""
    emulator.send("GET", "/v2/x/msgsms/apps")
    before = state(emulator)
    assert len(before[1]) == 1
    page.goto(f"http://{name}:{site}/")
    assert page.evaluate(ATTACKS, f"http://127.0.0.1:{emulator.port}/_emulator/") == []
    assert state(emulator) == before


def test_rebound_name_changes_and_reads_nothing(page: Page, emulator: Server) -> None:
    """The page's own name points here now, so that for the browser all is of one origin."""
    emulator.send("GET", "/v2/x/msgsms/apps")
    before = state(emulator)
    page.goto(f"http://evil.example:{emulator.port}/v2/x")
    read = page.evaluate(ATTACKS, f"http://evil.example:{emulator.port}/_emulator/")
    assert all("control routes" in text or "localhost" in text for text in read if text != "a script")
    assert "a script" not in read
    after = state(emulator)
    assert (after[0], after[1][:1]) == (before[0], before[1])
    assert emulator.control("GET", "outbox") == []
