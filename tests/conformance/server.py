"""``smsconf emulator serve`` in a process of its own, and raw requests to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from smsconf.emulator.gateway.engine import Settings
from tests.emulator.conftest import signed_headers

SETTINGS = Settings()
BASE = f"/v2/{SETTINGS.project_id}/msgsms"


class Server:
    """A server on a free port of 127.0.0.1."""

    def __init__(self, database: Path, *options: str, **process: Any) -> None:
        command = [sys.executable, "-m", "smsconf", "emulator", "serve", "--database", str(database)]
        environment = {name: value for name, value in os.environ.items() if name != "SMSCONF_EMULATOR_SK"}
        self.process = subprocess.Popen(
            [*command, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            **process,
        )
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline()
        if not self.greeting:
            raise AssertionError(self.process.communicate()[1])
        self.url = self.greeting.removeprefix("listening on ").strip()
        self.port = int(self.url.rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> str:
        """Stop it and return what it said on stderr."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=15)[1]

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> tuple[int, Any, Any]:
        """Send one raw request with these headers; return status, headers and JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        return response.status, response.headers, json.loads(data) if data else None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Send a signed request to a path behind the project; return status and JSON."""
        data = b"" if body is None else json.dumps(body).encode()
        signed = signed_headers(SETTINGS, method, BASE + path, data, datetime.now(UTC), **headers)
        status, _, answer = self.send(method, BASE + path, data, **dict(signed))
        return status, answer

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """Call a control route and return its JSON."""
        data = b"" if body is None else json.dumps(body).encode()
        status, _, answer = self.send(method, "/_emulator/" + name, data)
        assert status < 300, answer
        return answer

    def decide(self, kind: str, remote_id: str, decision: str, reason: str = "") -> None:
        """Play the reviewer."""
        self.control(
            "POST", "reviews", {"kind": kind, "id": remote_id, "decision": decision, "reason": reason}
        )

    def force(self, kind: str, remote_id: str, status: str) -> None:
        """Put an object into a status."""
        self.control("POST", "reviews", {"kind": kind, "id": remote_id, "status": status})
