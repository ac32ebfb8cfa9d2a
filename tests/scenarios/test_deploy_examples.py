"""``examples/deploy`` is right: its commands are ours, its parts agree, its shell, Python and Caddy run.

No image is built and no cluster is asked. ``make deploy-lint`` brings Caddy and the linters.
"""

from __future__ import annotations

import http.client
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from smsconf.cli.exits import EXITS
from smsconf.cli.main import cli
from smsconf.serving import _LEAVE_ANSWER_SECONDS
from smsconf.store.files.inbox import open_to_read
from tests.scenarios.conftest import World
from tests.scenarios.test_receive import Receiver, receiving, report

DEPLOY = Path(__file__).parent.parent.parent / "examples" / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OBJECTS = [
    one
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for one in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
CADDY = Path(os.environ.get("SMSCONF_DEPLOY_TOOLS", "/nowhere")) / "caddy"


def pods() -> Iterator[dict[str, Any]]:
    """The specifications of all pods."""
    for one in OBJECTS:
        spec = one.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield spec["template"]["spec"]


CONTAINERS = [one for pod in pods() for one in [*pod.get("initContainers", []), *pod["containers"]]]


def commands() -> Iterator[list[str]]:
    """Every command of ours, without its name."""
    for one in SERVICES.values():
        if one.get("image") == "sms:local":
            yield one["command"]
    for container in CONTAINERS:
        shell = container.get("command", ["", "", ""])[2]
        yield from ([container["args"]] if "args" in container else [])
        yield from (words.split()[1:] for words in re.findall(r"smsconf [^|]*", shell))
    for line in "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)).splitlines():
        if ours := re.search(r"^smsconf (.*)|docker compose run .*? (?:sender|migrate) (.*)", line):
            yield shlex.split(ours[1] or ours[2])


@pytest.mark.parametrize("words", [pytest.param(words, id=" ".join(words)) for words in commands()])
def test_commands_are_those_of_the_program(words: list[str], tmp_path: Path, monkeypatch) -> None:
    """Every one is taken by the command line itself, options and values."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "smsconf.yaml").touch()
    (tmp_path / "list.csv").touch()
    command: click.Command = cli
    context = click.Context(cli)
    rest = ["list.csv" if one == "/list.csv" else one.replace("$(RUN)", "7") for one in words]
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, rest)
        assert found
        context, command = click.Context(found, context, name), found
    command.make_context(command.name, rest)


def seconds(text: str) -> float:
    """Read a duration of ours or of Compose, such as 5s, 2m."""
    return float(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


def test_whoever_ends_has_the_time_for_it() -> None:
    """A receiver is looked away from and answers, a sender hears its answers, before it is killed."""
    ends = [
        (one["command"], seconds(one["stop_grace_period"]))
        for one in (SERVICES["receiver-1"], SERVICES["sender"])
    ]
    ends += [
        (container["args"], pod["terminationGracePeriodSeconds"])
        for pod in pods()
        for container in pod["containers"]
        if container["name"] in ("receiver", "sender")
    ]
    assert len(ends) == 4
    for command, granted in ends:
        if "--drain" in command:
            drain = seconds(command[command.index("--drain") + 1])
            assert drain + _LEAVE_ANSWER_SECONDS + 5 <= granted
        else:
            assert granted >= 60 + 30  # SMSCONF_TIMEOUT, and the report


def test_nobody_is_root_and_everybody_is_the_same() -> None:
    """The user of the image owns what is mounted, here and there; nothing else can be written."""
    (user,) = set(re.findall(r"\b1\d{4}\b", (DEPLOY / "Dockerfile").read_text(encoding="utf-8")))
    assert {pod["securityContext"][name] for pod in pods() for name in ("runAsUser", "fsGroup")} == {
        int(user)
    }
    ours = [one for one in SERVICES.values() if one.get("image") == "sms:local"]
    assert len(ours) == 4
    assert all(f"uid={user}" in "".join(one["tmpfs"]) and one["read_only"] for one in ours)
    assert all(one["securityContext"]["readOnlyRootFilesystem"] for one in CONTAINERS)


def test_images_have_a_version_and_files_have_no_secret() -> None:
    """What is pulled tomorrow is what was read today; the only values are names of variables."""
    images = {one["image"] for one in SERVICES.values()} - {"sms:local"} | {
        one["image"] for one in CONTAINERS
    }
    images |= set(re.findall(r"FROM (\S+)", (DEPLOY / "Dockerfile").read_text(encoding="utf-8")))
    assert all(re.search(r":\d+\.\d+", one) for one in images), images
    assert not {
        value for one in OBJECTS if one["kind"] == "Secret" for value in one["stringData"].values()
    } - {""}
    given = {name: value for one in SERVICES.values() for name, value in one["environment"].items()}
    assert all(
        "${" in value
        for name, value in given.items()
        if re.search("PASSWORD|TOKEN|_[AS]K$|SECRET|STORE", name)
    )
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["caddy"]


def test_job_gives_up_what_a_person_must_decide() -> None:
    """The exits that are not tried again are those of refusals and doubts, and no other."""
    (job,) = (one["spec"] for one in OBJECTS if one["metadata"]["name"] == "sms-send-1")
    fails, drained = job["podFailurePolicy"]["rules"]
    meant = dict(re.findall(r"^exit (\d+) \| (.*?) \|", EXITS, re.MULTILINE))
    assert [meant[str(code)].split()[0] for code in fails["onExitCodes"]["values"]] == ["refused", "applied"]
    assert (fails["action"], drained["action"], job["template"]["spec"]["restartPolicy"]) == (
        "FailIndex",
        "Ignore",
        "Never",
    )
    assert fails["onExitCodes"]["containerName"] == job["template"]["spec"]["containers"][0]["name"]


@pytest.mark.parametrize(("decision", "code"), [("approve", 0), (None, 0), ("reject", 1)])
def test_follow_up_is_red_only_if_a_review_was_rejected(
    world: World, decision: str | None, code: int
) -> None:
    """Its shell, as the pod runs it: pending reviews are no failure."""
    assert world.apply().code == 0
    if decision:
        world.control("PUT", "reviewer", {"default": "approve", "rules": []})
        world.decide("signature", "示例商城", decision, "brand")
        world.advance("P14D")
    (script,) = (one["command"] for one in CONTAINERS if one["name"] == "status")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        script, cwd=world.folder, env={**os.environ, "PATH": path}, capture_output=True, check=False
    )
    assert done.returncode == code, done.stderr


def test_health_check_of_compose_asks_the_receiver(world: World) -> None:
    """Its Python, as the container runs it: 0 while it can store, else not."""
    _, _, *command = SERVICES["receiver-1"]["healthcheck"]["test"]
    with receiving(world) as receiver:
        asked = [one.replace("8080", str(receiver.port)) for one in command]
        assert subprocess.run([sys.executable, *asked], check=False).returncode == 0
        receiver.stop()
        ended = subprocess.run([sys.executable, *asked], capture_output=True, check=False)
    assert ended.returncode != 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.skipif(not CADDY.exists(), reason="make deploy-lint brings Caddy")
def test_caddy_passes_two_paths_and_one_receiver_may_end_under_load(world: World, tmp_path: Path) -> None:
    """/metrics and /healthz stay inside; four connections post on while one goes: every push is a row."""
    port, token = free_port(), "s3cret"
    answers: list[int] = []
    ended = threading.Event()

    def ask(method: str, path: str, body: bytes = b"") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        try:
            return connection.getresponse().status
        finally:
            connection.close()

    def push(worker: int) -> None:
        number = worker
        while not ended.is_set():
            answers.append(ask("POST", f"/{token}/reports", report(number)))
            number += 4

    with ExitStack() as stack:
        receivers: list[Receiver] = [
            stack.enter_context(receiving(world, "--drain", "3s", SMSCONF_RECEIVE_TOKEN=token))
            for _ in range(2)
        ]
        environ = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "SMS_HOST": f"http://127.0.0.1:{port}",
            "SMSCONF_RECEIVE_TOKEN": token,
            "RECEIVERS": " ".join(f"127.0.0.1:{one.port}" for one in receivers),
        }
        with (tmp_path / "caddy.log").open("w") as log:
            caddy = subprocess.Popen(
                [CADDY, "run", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"],
                env=environ,
                stderr=log,
            )
        stack.callback(caddy.wait, 30)
        stack.callback(caddy.terminate)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        inside = [
            "/metrics",
            "/healthz",
            "/",
            f"/{token}",
            f"/{token}/metrics",
            f"/{token}/reports/../../metrics",
        ]
        assert [ask("GET", path) for path in inside] == [404] * len(inside)
        assert [ask("POST", path, report(0)) for path in ("/reports", "/wrong/reports")] == [404, 404]
        assert ask("GET", f"/{token}/reports") == 404
        pushers = [threading.Thread(target=push, args=(worker,)) for worker in range(4)]
        for pusher in pushers:
            pusher.start()
        time.sleep(1)
        receivers[0].process.terminate()
        assert receivers[0].process.wait(30) == 0
        time.sleep(1)
        ended.set()
        for pusher in pushers:
            pusher.join()
        receivers[1].stop()
    assert set(answers) == {200}
    assert token not in (tmp_path / "caddy.log").read_text()
    with open_to_read(world.folder / ".smsconf" / "inbox.db") as inbox:
        assert sum(1 for _ in inbox.reports()) == len(answers)
