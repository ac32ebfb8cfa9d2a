"""The pipelines of ``examples/ci`` do what they say: their shell steps run here, against the emulator.

What a pipeline's own service does stands in: a ``gh`` of a few lines, GitLab's API on loopback, folders for
checkouts, artifacts and caches.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from tests.scenarios.conftest import Server, World

ROOT = Path(__file__).parent.parent.parent
CI = ROOT / "examples" / "ci"
GITHUB = yaml.safe_load((CI / "github-actions.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((CI / "gitlab-ci.yml").read_text(encoding="utf-8"))
REFUND = "您的退款已到账。"
PROJECT_ID = "0123456789abcdef0123456789abcdef"
SECRETS = {
    f"${{{{ secrets.SMSCONF_{who}_{which} }}}}": f"EMULATOR{which}"
    for who in ("READ", "WRITE")
    for which in ("AK", "SK")
}
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="the GitLab example calls curl")

GH = """\
#!/usr/bin/env python3
import json, os, re, shutil, sys
from pathlib import Path
state, words = Path(os.environ["STAND_IN"]), sys.argv[1:]
kept = json.loads((state / "comments.json").read_text())
route = next((word for word in words if word.startswith("repos/")), "")
body = Path("plan.md").read_text(encoding="utf-8") if "body=@plan.md" in words else None
if words[:2] == ["run", "list"]:
    assert words[words.index("--commit") + 1] == "head-sha" and "success" in words
    print(77 if (state / "artifact").exists() else "")
elif words[:2] == ["run", "download"]:
    assert words[2] == "77"
    shutil.copytree(state / "artifact", words[words.index("--dir") + 1])
elif route.endswith("/pulls"):
    print("head-sha")
elif "PATCH" in words:
    (mine,) = [one for one in kept if str(one["id"]) == route.rpartition("/")[2]]
    mine["body"] = body
elif "POST" in words:
    assert route == "repos/acme/sms/issues/7/comments"
    kept.append({"id": len(kept) + 1, "login": "github-actions[bot]", "body": body})
else:
    expression = words[words.index("--jq") + 1]
    login, start = re.findall(r'"([^"]*)"', expression)
    for one in kept:
        if one["login"] == login and one["body"].startswith(start):
            print(one["id"])
(state / "comments.json").write_text(json.dumps(kept))
"""


@dataclass
class Pipeline:
    """A place to run the shell of a pipeline: checkouts of one project, all named alike."""

    world: World
    base: Path
    environ: dict[str, str] = field(default_factory=dict)
    expressions: dict[str, str] = field(default_factory=dict)

    def checkout(self, name: str) -> Path:
        """Copy the files of the project as they are now, without what git does not have."""
        folder = self.base / name / "shop"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(
            self.world.folder, folder, ignore=shutil.ignore_patterns(".smsconf", "*.json", "*.md")
        )
        return folder

    def run(self, script: str, folder: Path, **environ: Any) -> subprocess.CompletedProcess[str]:
        """Run a script as the pipeline's service does: bash that stops at the first failure."""
        assert "${{" not in script, "an expression inside a script is an injection"
        known = {
            "PATH": f"{self.base / 'bin'}:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.base),
            "PYTHONUTF8": "1",
            "no_proxy": "*",
            "STAND_IN": str(self.base / "service"),
            "HUAWEICLOUD_SDK_AK": "EMULATORAK",
            "HUAWEICLOUD_SDK_SK": "EMULATORSK",
            **self.environ,
        }
        told = {**SECRETS, **self.expressions}
        values = {name: told.get(str(value), str(value)) for name, value in environ.items()}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            command,
            cwd=folder,
            env={**known, **values},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )


@pytest.fixture
def pipeline(world: World, server: Server, tmp_path: Path) -> Pipeline:
    """The shop with an environment prod, whose emulator every checkout shares, because it is served."""
    world.edit("version: 1\n", "version: 1\nenvironments:\n  prod: {overlay: prod.yaml}\n")
    service = f"{{site: china, region: cn-north-4, project_id: {PROJECT_ID}, endpoint: '{server.url}'}}"
    world.write(f"provider: {{huaweicloud: {service}}}\n", "prod.yaml")
    base = tmp_path / "ci"
    (base / "service").mkdir(parents=True)
    (base / "service/comments.json").write_text("[]", encoding="utf-8")
    (base / "bin").mkdir()
    (base / "bin/gh").write_text(GH, encoding="utf-8")
    (base / "bin/gh").chmod(0o755)
    return Pipeline(world, base)


# -- GitHub


@pytest.fixture
def github(pipeline: Pipeline) -> Pipeline:
    pipeline.environ = {
        "GITHUB_REPOSITORY": "acme/sms",
        "GITHUB_SHA": "merge-sha",
        "GITHUB_REF_NAME": "main",
        "GITHUB_STEP_SUMMARY": str(pipeline.base / "summary.md"),
        "RUNNER_TEMP": str(pipeline.base / "temp"),
    }
    pipeline.expressions = {"${{ github.event.pull_request.number }}": "7"}
    return pipeline


def comments(pipeline: Pipeline) -> list[dict[str, Any]]:
    return json.loads((pipeline.base / "service/comments.json").read_text(encoding="utf-8"))


def github_job(pipeline: Pipeline, name: str, folder: Path) -> list[tuple[str, int, str]]:
    """Run a job's steps and return what was run with its exit code; a failure skips what does not want it."""
    job, ended = GITHUB["jobs"][name], []
    service = pipeline.base / "service"
    state = folder / ".smsconf"
    for step in job["steps"]:
        failed = any(code for _, code, _ in ended)
        if failed and "always()" not in str(step.get("if")) and "!cancelled()" not in str(step.get("if")):
            continue
        uses, title = step.get("uses", ""), step.get("name", "")
        if uses.startswith("actions/checkout"):
            shutil.rmtree(pipeline.base / "temp", ignore_errors=True)  # every job has an empty one
            (pipeline.base / "temp").mkdir()
        elif uses.startswith("actions/upload-artifact"):
            (service / "artifact").mkdir(exist_ok=True)
            shutil.copy(folder / step["with"]["path"], service / "artifact")
        elif uses.startswith("actions/cache/save"):
            for file in folder.glob(step["with"]["path"]):
                shutil.copy(file, service)
        elif uses.startswith("actions/cache/restore"):
            state.mkdir(exist_ok=True)
            for file in service.glob(Path(step["with"]["path"]).name):
                shutil.copy(file, state)
        if "run" in step and title != "Install smsconf":
            environ = {**GITHUB["env"], **job.get("env", {}), **step.get("env", {})}
            ran = pipeline.run(step["run"], folder, **environ)
            ended.append((title, ran.returncode, ran.stdout + ran.stderr))
    return ended


def codes(ended: list[tuple[str, int, str]]) -> dict[str, int]:
    return {title: code for title, code, _ in ended if title != "Start clean"}


def test_github_pull_request_gets_one_comment_and_a_plan_file(github: Pipeline) -> None:
    """A push posts the plan, the next push updates that comment, and other people's comments stay."""
    service = github.base / "service"
    folder = github.checkout("pull")
    foreign = {"id": 1, "login": "mallory", "body": "<!-- smsconf plan shop prod -->\nnice"}
    (service / "comments.json").write_text(json.dumps([foreign]), encoding="utf-8")
    assert codes(github_job(github, "validate", folder)) == {"Validate": 0, "Lint": 0}
    assert codes(github_job(github, "plan", folder)) == {"Plan": 0, "Comment": 0}
    first = comments(github)[1]["body"]
    assert first.startswith("<!-- smsconf plan shop prod -->\n")
    github.world.edit(REFUND, "您的退款已经到账。")
    github_job(github, "plan", github.checkout("pull"))
    kept = comments(github)
    assert (len(kept), kept[0]) == (2, foreign)
    assert "您的退款已经到账。" in kept[1]["body"]
    assert github.world.writes() == []


def test_github_pull_request_that_a_reviewer_would_refuse_is_red(github: Pipeline) -> None:
    """A finding stands beside its line, without credentials, so for forks too."""
    github.world.edit(REFUND, "【示例商城】您的退款已到账。")
    ended = github_job(github, "validate", github.checkout("fork"))
    assert codes(ended) == {"Validate": 0, "Lint": 3}
    assert "::error file=smsconf.yaml,line=" in ended[1][2]


def test_github_journal_is_kept_with_its_full_files(github: Pipeline) -> None:
    """What was put aside full remembers rejections, too."""
    for name in ("journal.1.jsonl", "journal.jsonl"):
        (github.base / "service" / name).write_text("", encoding="utf-8")
    folder = github.checkout("main")
    github_job(github, "follow-up", folder)
    assert (folder / ".smsconf/journal.1.jsonl").exists()
    later = github.checkout("later")
    github_job(github, "plan", later)
    assert (later / ".smsconf/journal.1.jsonl").exists()


@pytest.mark.parametrize("job", ["plan", "apply", "follow-up"])
def test_github_job_starts_without_the_journal_of_the_checkout(github: Pipeline, job: str) -> None:
    """What a commit brought is gone before the cache is restored, a linked folder too."""
    github_job(github, "plan", github.checkout("pull"))
    folder = github.checkout("main")
    elsewhere = github.base / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "journal.9.jsonl").write_text("forged\n", encoding="utf-8")
    (folder / ".smsconf").symlink_to(elsewhere)
    github_job(github, job, folder)
    assert not (folder / ".smsconf").is_symlink()
    assert not (folder / ".smsconf/journal.9.jsonl").exists()
    assert [one.name for one in elsewhere.iterdir()] == ["journal.9.jsonl"]


def test_github_artifact_replaces_no_file_of_the_project(github: Pipeline) -> None:
    """A branch's run may put anything beside the plan file; only the plan file is used."""
    github_job(github, "plan", github.checkout("pull"))
    (github.base / "service/artifact/smsconf.yaml").write_text("forged\n", encoding="utf-8")
    folder = github.checkout("main")
    ended = github_job(github, "apply", folder)
    assert codes(ended)["Apply"] == 0, ended
    assert "forged" not in (folder / "smsconf.yaml").read_text(encoding="utf-8")


def test_github_merge_applies_what_was_agreed_to(github: Pipeline) -> None:
    """The merged configuration with the saved plan is sent, and the journal is kept for the next run."""
    github_job(github, "plan", github.checkout("pull"))
    ended = github_job(github, "apply", github.checkout("main"))
    assert codes(ended) == {"Fetch the plan file": 0, "Apply": 0}, ended
    assert github.world.writes().count("CreateTemplate") == 3
    assert '"event": "accepted"' in (github.base / "service/journal.jsonl").read_text(encoding="utf-8")
    assert "created as a draft, submitted" in (github.base / "summary.md").read_text(encoding="utf-8")


def test_github_merge_onto_another_main_sends_nothing(github: Pipeline) -> None:
    """If main is not what the plan was made for, apply exits 4."""
    github_job(github, "plan", github.checkout("pull"))
    github.world.edit(REFUND, "您的退款已经到账。")
    ended = github_job(github, "apply", github.checkout("main"))
    assert codes(ended) == {"Fetch the plan file": 0, "Apply": 4}
    assert "fingerprint was" in ended[-1][2]
    assert github.world.writes() == []


def test_github_merge_without_a_plan_says_what_to_do(github: Pipeline) -> None:
    """A push that no pull request planned is not applied."""
    ended = github_job(github, "apply", github.checkout("main"))
    assert codes(ended) == {"Fetch the plan file": 1}
    assert "run this workflow by hand" in ended[0][2]


def test_github_plan_that_a_guard_forbids_is_red_and_commented(github: Pipeline) -> None:
    """Exit code 4 fails the job, and the comment says why."""
    many = "".join(
        f"  t{n}: {{app: shop, signature: shop-notice, content: 第{n}号通知。}}\n" for n in range(50)
    )
    github.world.edit("templates:\n", f"templates:\n{many}")
    assert codes(github_job(github, "plan", github.checkout("pull"))) == {"Plan": 4, "Comment": 0}
    assert "A guard forbids this run" in comments(github)[0]["body"]


def test_github_follow_up_is_green_while_pending_and_red_after_a_rejection(github: Pipeline) -> None:
    """Pending reviews are no failure; a rejected one is, with the reviewer's words in the summary."""
    assert codes(github_job(github, "follow-up", github.checkout("main"))) == {
        "Go on": 0,
        "Look at the reviews": 0,
    }
    github.world.decide("signature", "示例商城", "approve")
    github.world.decide("template", "refund", "reject", "请说明")
    ended = github_job(github, "follow-up", github.checkout("main"))
    assert codes(ended) == {"Go on": 0, "Look at the reviews": 1}
    assert "请说明" in (github.base / "summary.md").read_text(encoding="utf-8")


def test_github_jobs_have_the_least_rights() -> None:
    """Nothing by default; only the comment may write; writing keys only where the branch is protected."""
    assert GITHUB["permissions"] == {}
    writing = {
        name: [right for right, level in job["permissions"].items() if level == "write"]
        for name, job in GITHUB["jobs"].items()
    }
    assert writing == {"validate": [], "plan": ["pull-requests"], "apply": [], "follow-up": []}
    for name, job in GITHUB["jobs"].items():
        holds = "SMSCONF_WRITE" in json.dumps(job)
        assert holds == (job.get("environment") == "prod") == (name in ("apply", "follow-up"))
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[a-z-]+(/[a-z]+)?@v\d+", step.get("uses", "actions/x@v1"))
    assert "secrets" not in json.dumps(GITHUB["jobs"]["validate"])
    assert "head.repo.full_name == github.repository" in GITHUB["jobs"]["plan"]["if"]


@pytest.mark.skipif(not shutil.which("jq"), reason="checks the expressions with jq itself")
def test_github_expression_finds_the_comment_of_the_bot(github: Pipeline) -> None:
    """The expression that the step gives to gh is understood by jq and picks the bot's comment."""
    script = next(step["run"] for step in GITHUB["jobs"]["plan"]["steps"] if step.get("name") == "Comment")
    quoted = re.search(r'--jq (".*")\)', script)[1]
    marker = "<!-- smsconf plan a%20-%2D%3E prod -->"
    given = [
        {"id": 1, "user": {"login": "mallory"}, "body": f"{marker}\nx"},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "<!-- smsconf plan shop -->"},
        {"id": 3, "user": {"login": "github-actions[bot]"}, "body": f"{marker}\nx"},
    ]
    (github.base / "given.json").write_text(json.dumps(given), encoding="utf-8")
    ran = github.run(f"marker='{marker}'; jq {quoted} given.json", github.base)
    assert (ran.stdout, ran.stderr) == ("3\n", "")


@pytest.mark.skipif(not shutil.which("jq"), reason="checks the expressions with jq itself")
def test_github_expression_finds_the_merged_pull_request(github: Pipeline) -> None:
    """A pull request of the same commit into another branch is not what was agreed to."""
    script = next(step["run"] for step in GITHUB["jobs"]["apply"]["steps"] if "Fetch the plan" in str(step))
    quoted = re.search(r'--jq ("\.\[\] \| select\(.merged_at.*")\)', script)[1]
    given = [
        {"merged_at": "2026-01-05", "base": {"ref": "evil"}, "head": {"sha": "a"}},
        {"merged_at": None, "base": {"ref": "main"}, "head": {"sha": "b"}},
        {"merged_at": "2026-01-05", "base": {"ref": "main"}, "head": {"sha": "c"}},
    ]
    (github.base / "given.json").write_text(json.dumps(given), encoding="utf-8")
    ran = github.run(f"jq --raw-output {quoted} given.json", github.base)
    assert (ran.stdout, ran.stderr) == ("c\n", "")


# -- GitLab


class GitLab(BaseHTTPRequestHandler):
    """The routes of GitLab that the example calls, on what the server holds."""

    server: Any

    def answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        assert self.headers["Authorization"] == "Bearer token"
        path = urlsplit(self.path).path
        known = {
            "/user": lambda: b'{"id": 9}',
            "/projects/5/merge_requests/7/notes": lambda: json.dumps(self.server.notes).encode(),
            "/projects/5/repository/commits/merge-sha/merge_requests": lambda: self.server.requests,
            "/projects/5/jobs/artifacts/refs%2Fmerge-requests%2F7%2Fhead/raw/plan.json": self.server.artifact,
        }
        self.answer(known[path]())

    def do_POST(self) -> None:
        made = {"id": 40 + len(self.server.notes), "body": self.body(), "author": {"id": 9}}
        self.server.notes.append(made)
        self.answer(b"{}")

    def do_PUT(self) -> None:
        (note,) = [one for one in self.server.notes if self.path.endswith(f"/notes/{one['id']}")]
        note["body"] = self.body()
        self.answer(b"{}")

    def body(self) -> str:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        return parse_qs(sent)["body"][0]

    def log_message(self, *_: Any) -> None:
        """Say nothing on stderr."""


@pytest.fixture
def gitlab(pipeline: Pipeline) -> Iterator[Any]:
    """A GitLab on loopback; ``pipeline`` is on it."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), GitLab)
    merged = b'{"iid": 7, "state": "merged", "target_branch": "main"}'
    opened = b'{"iid": 6, "state": "opened", "target_branch": "evil"}'
    server.notes, server.requests, server.pipeline = [], b"[%b, %b]" % (opened, merged), pipeline
    server.artifact = (pipeline.base / "pull/shop/plan.json").read_bytes
    pipeline.environ = {
        "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}",
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_COMMIT_SHA": "merge-sha",
        "CI_COMMIT_BRANCH": "main",
        "SMSCONF_GITLAB_TOKEN": "token",
    }
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def gitlab_job(server: Any, name: str, folder: Path) -> tuple[int, str]:
    """Run a job's script, and after it, whatever happened, its after_script."""
    job = GITLAB[name]
    ran = server.pipeline.run("\n".join(job["script"]), folder, **GITLAB["variables"])
    if "after_script" in job:
        after = server.pipeline.run("\n".join(job["after_script"]), folder, **GITLAB["variables"])
        assert after.returncode == 0, after.stderr
    return ran.returncode, ran.stdout + ran.stderr


@needs_curl
def test_gitlab_merge_request_is_planned_commented_and_applied(gitlab: Any) -> None:
    """One comment is updated by every push; the merge applies the plan file of the last one."""
    pipeline = gitlab.pipeline
    forged = {"id": 1, "body": "<!-- smsconf plan shop prod -->\nnice", "author": {"id": 5}}
    gitlab.notes.append(forged)
    pulled = pipeline.checkout("pull")
    assert gitlab_job(gitlab, "validate", pulled)[0] == 0
    assert "<testsuite" in (pulled / GITLAB["validate"]["artifacts"]["reports"]["junit"]).read_text("utf-8")
    assert gitlab_job(gitlab, "plan", pipeline.checkout("pull"))[0] == 0
    pipeline.world.edit(REFUND, "您的退款已经到账。")
    assert gitlab_job(gitlab, "plan", pipeline.checkout("pull"))[0] == 0
    assert [note["id"] for note in gitlab.notes] == [1, 41]
    assert gitlab.notes[1]["body"].startswith("<!-- smsconf plan shop prod -->\n")
    assert "您的退款已经到账。" in gitlab.notes[1]["body"]
    assert gitlab.notes[0]["body"] == forged["body"] == "<!-- smsconf plan shop prod -->\nnice"
    assert pipeline.world.writes() == []
    code, said = gitlab_job(gitlab, "apply", pipeline.checkout("main"))
    assert code == 0, said
    assert pipeline.world.writes().count("CreateTemplate") == 3


@needs_curl
def test_gitlab_merge_without_agreement_sends_nothing(gitlab: Any) -> None:
    """Neither a push without a merge request nor another configuration is applied."""
    pipeline = gitlab.pipeline
    gitlab_job(gitlab, "plan", pipeline.checkout("pull"))
    pipeline.world.edit(REFUND, "您的退款已经到账。")
    assert gitlab_job(gitlab, "apply", pipeline.checkout("main"))[0] == 4
    gitlab.requests = b"[]"
    code, said = gitlab_job(gitlab, "apply", pipeline.checkout("main"))
    assert code == 1
    assert "no plan was agreed to" in said
    assert pipeline.world.writes() == []


@needs_curl
def test_gitlab_modules_of_the_checkout_are_not_run_beside_the_token(gitlab: Any) -> None:
    """A committed json.py, and its like, is imported by no step."""
    pipeline = gitlab.pipeline
    for name in ("pull", "main"):
        folder = pipeline.checkout(name)
        for module in ("json", "os", "sitecustomize", "encodings"):
            (folder / f"{module}.py").write_text("open('ran', 'w').close()\n", encoding="utf-8")
        assert gitlab_job(gitlab, "plan" if name == "pull" else "apply", folder)[0] == 0
        assert not (folder / "ran").exists()


def test_no_secret_stands_in_a_process_list_and_every_job_ends() -> None:
    """No program is given a token as an argument, no interpreter looks into the checkout first."""
    for job in (*GITHUB["jobs"].values(), *GITLAB.values()):
        text = json.dumps(job)
        assert not re.search(r"--header [^@]", text)
        assert not re.search(r"--(user|oauth2-bearer|token)\\b", text)
        assert not re.search(r"python3? -(?!I )", text)
    assert all(job["timeout-minutes"] <= 30 for job in GITHUB["jobs"].values())
    assert GITLAB["default"]["timeout"] == "15 minutes"


def test_gitlab_follow_up_is_green_while_pending_and_red_after_a_rejection(pipeline: Pipeline) -> None:
    """Pending reviews are no failure; a rejected one is."""
    script = "\n".join(GITLAB["follow-up"]["script"])
    assert pipeline.run(script, pipeline.checkout("main"), **GITLAB["variables"]).returncode == 0
    pipeline.world.decide("signature", "示例商城", "approve")
    pipeline.world.decide("template", "refund", "reject", "请说明")
    ran = pipeline.run(script, pipeline.checkout("main"), **GITLAB["variables"])
    assert ran.returncode == 1
    assert "请说明" in ran.stdout


def test_gitlab_jobs_that_write_wait_for_each_other() -> None:
    """Apply and follow-up share a resource group and the protected environment; plan has neither."""
    for name in ("apply", "follow-up"):
        assert (GITLAB[name]["resource_group"], GITLAB[name]["environment"]) == ("sms", "prod")
        assert GITLAB[name]["cache"]["when"] == "always"
    assert not {"resource_group", "environment"} & set(GITLAB["plan"])
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in GITLAB["plan"]["rules"][0]["if"]
    assert GITLAB["plan"]["cache"]["policy"] == "pull"


def test_both_commands_of_the_readme_run_as_written(pipeline: Pipeline) -> None:
    """The shell blocks of the section "In a pipeline" plan and apply."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("\n## In a pipeline\n")[1].split("\n## ")[0]
    block = "".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))
    ran = pipeline.run(block, pipeline.checkout("main"), SMSCONF_ENV="prod")
    assert ran.returncode == 0, ran.stderr
    assert pipeline.world.writes().count("CreateTemplate") == 3
