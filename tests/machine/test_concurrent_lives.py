"""Random lives of one account with several runners at once: real processes, each in a folder of its own.

Between edits, verdicts and days, two or three `apply` run at the same moment, some from an older commit, some
killed; with a shared store, and with nothing shared but the service. A failure names its seed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from smsconf.emulator.gateway.engine import Settings
from smsconf.reconcile.names import split_version

LIVES = int(os.environ.get("SMSCONF_SOAK_RUNNERS", "1"))
STEPS = 10
RUNNERS = ("one", "two", "three")
NAMES = ("paid", "shipped", "refund")
IN_FORCE = ("Reviewing", "SignReviewing", "Adopted")
HEAD = """\
version: 1
provider:
  huaweicloud: {{site: china, region: cn-north-4, project_id: {project_id}, endpoint: '{url}'}}
apps: {{shop: {{region: cn}}}}
signatures: {{brand: {{app: shop, name: 示例商城, type: notification}}}}
templates:
"""


@dataclass
class Life:
    """One account, its repository and its runners.

    ``refused`` are the texts, by template, whose rejection a run has seen; ``ids`` are all names ever seen.
    """

    folder: Path
    url: str
    chance: random.Random
    shared: bool
    commits: list[dict[str, str]] = field(default_factory=list)
    refused: set[tuple[str, str]] = field(default_factory=set)
    decided: set[tuple[str, str]] = field(default_factory=set)
    ids: dict[str, str] = field(default_factory=dict)
    serving: set[str] = field(default_factory=set)
    texts: int = 0

    def ask(self, method: str, route: str, body: Any = None) -> Any:
        sent = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_emulator/{route}", sent, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def rows(self, kind: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.folder / "service.db", timeout=30)) as database:
            database.row_factory = sqlite3.Row
            return [dict(one) for one in database.execute(f"SELECT * FROM {kind}")]

    # -- what happens

    def commit(self) -> None:
        """Somebody changes a text, adds a template, or takes one away."""
        templates = dict(self.commits[-1]) if self.commits else {}
        name = self.chance.choice(NAMES)
        if name in templates and len(templates) > 1 and self.chance.random() < 0.2:
            del templates[name]
        elif self.commits and self.chance.random() < 0.2:
            templates[name] = self.chance.choice(self.commits).get(
                name, templates.get(name, "您的订单已到账。")
            )
        else:
            self.texts += 1
            templates[name] = f"您的订单已处理，第{self.texts}次通知。"
        self.commits.append(templates)

    def decide(self) -> None:
        """The reviewer looks at something that waits."""
        waiting = [("signature", one) for one in self.rows("signature") if "PENDING" in one["status"]]
        waiting += [("template", one) for one in self.rows("template") if one["flow_status"] == "Reviewing"]
        if not waiting:
            return
        kind, one = self.chance.choice(waiting)
        verdict = "reject" if kind == "template" and self.chance.random() < 0.4 else "approve"
        body = {"kind": kind, "id": one["id"], "decision": verdict, "reason": "太短"}
        try:
            self.ask("POST", "reviews", body)
        except urllib.error.HTTPError as problem:
            if problem.code != 409:  # it moved on by itself
                raise
            return
        if verdict == "reject":
            self.decided.add((base_of(one["template_name"]), one["template_content"]))

    def race(self) -> None:
        """Several runners apply at once, some from the commit before; one of them may die."""
        chosen = self.chance.sample(RUNNERS, self.chance.choice((2, 3)))
        seen = set(self.decided)
        processes = []
        for name in chosen:
            late = len(self.commits) > 1 and self.chance.random() < 0.3
            folder = self.checkout(name, self.commits[-2 if late else -1])
            words = ["apply", "--auto-approve", *self.chance.choice(([], ["--retire"]))]
            processes.append(start(folder, *words))
        if self.chance.random() < 0.3:
            time.sleep(self.chance.uniform(0.3, 1.2))
            processes[0].kill()
        for process in processes:
            _out, err = process.communicate(timeout=120)
            assert process.returncode in (0, 4, 5, -9), err
            assert "Traceback" not in err, err
        self.refused |= seen

    def checkout(self, name: str, templates: dict[str, str]) -> Path:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        lines = [
            f"  {key}: {{app: shop, signature: brand, content: {text}}}" for key, text in templates.items()
        ]
        head = HEAD.format(project_id=Settings().project_id, url=self.url)
        (folder / "smsconf.yaml").write_text(head + "\n".join(lines) + "\n", "utf-8")
        return folder

    def forget(self) -> None:
        """A runner's machine is another one the next time."""
        shutil.rmtree(self.folder / self.chance.choice(RUNNERS) / ".smsconf", ignore_errors=True)

    # -- what must hold

    def check(self) -> None:
        """Nothing twice, nothing serving gone; with a shared store nothing forgotten, either."""
        assert len(self.rows("signature")) <= 1
        in_force = Counter(
            (one["app_id"], base_of(one["template_name"]), one["template_content"])
            for one in self.rows("template")
            if one["flow_status"] in IN_FORCE
        )
        assert not [one for one, count in in_force.items() if count > 1], "one text is under review twice"
        approved = {
            base_of(one["template_name"]) for one in self.rows("template") if one["flow_status"] == "Adopted"
        }
        assert self.serving <= approved, "a template that served is gone"
        self.serving = approved
        if not self.shared:
            return
        assert len(self.rows("app")) <= 1, "an app was made twice"
        for one in self.rows("template"):
            name, text = one["template_name"], one["template_content"]
            assert self.ids.setdefault(name, one["id"]) == one["id"], f"the name {name} was given twice"
            if one["flow_status"] in ("Reviewing", "SignReviewing"):
                assert (base_of(name), text) not in self.refused, f"{name} was rejected with this very text"

    def end(self) -> None:
        """When nobody disturbs it any more, every runner comes to the same end."""
        self.ask("PUT", "reviewer", {"default": "approve", "rules": []})
        for _round in range(3):
            for name in RUNNERS:
                process = start(self.checkout(name, self.commits[-1]), "apply", "--auto-approve")
                _out, err = process.communicate(timeout=120)
                assert process.returncode in (0, 5), err
            self.ask("POST", "clock", {"advance": "P14D"})
            self.check()
        ends = []
        for name in RUNNERS:
            process = start(self.folder / name, "plan", "--detailed-exitcode", "--format", "json")
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, out + err
            rows = json.loads(out)["changes"]
            ends.append({one["address"]: one["remote_id"] for one in rows if one["address"]})
        assert ends == [ends[0]] * len(RUNNERS)


def base_of(name: str) -> str:
    return split_version(name)[0]


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "smsconf", *arguments]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", Settings().access_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", Settings().secret_key)
    command = [sys.executable, "-m", "smsconf", "emulator", "serve", "--database", "service.db"]
    command += ["--app-quota", "4"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().split()[-1]
        finally:
            server.kill()


@pytest.mark.parametrize("shared", [True, False], ids=["shared store", "service alone"])
@pytest.mark.timeout(60 + 90 * LIVES)
def test_several_runners_at_once(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, *, shared: bool
) -> None:
    """Whatever they do to each other, nothing is sent twice, and the end is the same for all."""
    seeds = random.Random(int(os.environ.get("SMSCONF_SOAK_SEED", "20260105")))
    for _life in range(LIVES):
        seed = seeds.randrange(2**32)
        chance = random.Random(seed)
        if shared:
            server = request.getfixturevalue("postgres")
            database = f"life_{os.getpid()}_{seed}"
            monkeypatch.setenv("SMSCONF_STORE", server.create(database))
        life = Life(tmp_path, url, chance, shared)
        life.ask("POST", "reset")
        life.ask("POST", "clock", {"set": "2026-03-02T09:00:00+08:00"})
        life.ask("PUT", "reviewer", {"default": "hold", "rules": []})
        for name in RUNNERS:
            shutil.rmtree(tmp_path / name, ignore_errors=True)
        done = []
        try:
            life.commit()
            for _step in range(STEPS):
                step = chance.choices(
                    (life.commit, life.decide, life.race, life.forget), weights=(3, 4, 4, 1)
                )[0]
                done.append(step.__name__)
                step()
                if chance.random() < 0.3:
                    life.ask("POST", "clock", {"advance": "P8D"})
                life.check()
            life.end()
        except BaseException:
            sys.stderr.write(f"life of seed {seed}: {', '.join(done)}; texts {life.commits}\n")
            raise
        if shared:
            monkeypatch.delenv("SMSCONF_STORE")
            server.drop(database)
