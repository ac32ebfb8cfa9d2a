"""Where an entry of the journal comes from: what CI systems, git and the machine say, made harmless."""

from __future__ import annotations

import getpass
import os
import socket
from pathlib import Path

import pytest

from smsconf.origin import MOST_CHARACTERS, Origin, origin_of
from tests.test_checkout import git, made

GITHUB = {
    "GITHUB_ACTOR": "li-lei",
    "GITHUB_SHA": "a" * 40,
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/sms",
    "GITHUB_RUN_ID": "4711",
}
GITLAB = {
    "GITLAB_USER_LOGIN": "han-meimei",
    "CI_COMMIT_SHA": "b" * 40,
    "CI_PIPELINE_URL": "https://gitlab.example.com/acme/sms/-/pipelines/7",
}
JOB = {"CI_JOB_URL": "https://gitlab.example.com/acme/sms/-/jobs/12"}
GITEE = {"GITEE_PIPELINE_TRIGGER_USER": "王芳", "GITEE_COMMIT": "c" * 40}
JENKINS = {
    "BUILD_USER_ID": "anna",
    "GIT_COMMIT": "d" * 40,
    "BUILD_URL": "http://ci.example.com:8080/job/sms/3/",
}


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (GITHUB, ("li-lei", "a" * 40, "https://github.com/acme/sms/actions/runs/4711")),
        (GITLAB, ("han-meimei", "b" * 40, "https://gitlab.example.com/acme/sms/-/pipelines/7")),
        (GITLAB | JOB, ("han-meimei", "b" * 40, JOB["CI_JOB_URL"])),
        (GITEE, ("王芳", "c" * 40, None)),
        (JENKINS, ("anna", "d" * 40, "http://ci.example.com:8080/job/sms/3/")),
        (GITHUB | JENKINS, ("li-lei", "a" * 40, "https://github.com/acme/sms/actions/runs/4711")),
    ],
    ids=["github", "gitlab", "gitlab-job", "gitee", "jenkins", "two"],
)
def test_ci_system_says_who_at_which_commit_in_which_run(tmp_path, environ, said) -> None:
    """One system is believed whole; the host is this machine."""
    actor, commit, run = said
    assert origin_of(tmp_path, environ) == Origin(actor, socket.gethostname(), commit, run)


def test_what_a_ci_system_does_not_say_git_does(tmp_path) -> None:
    """A run that a timer started names nobody: the user of the checkout, and its commit."""
    folder = made(tmp_path / "shop", "smsconf.yaml")
    git(folder, "config", "user.name", "李雷")
    git(folder, "config", "user.email", "li.lei@example.com")
    git(folder, "commit", "--quiet", "-m", "x")
    commit = git(folder, "rev-parse", "HEAD").strip()
    whole = origin_of(folder, os.environ)
    assert (whole.actor, whole.commit, whole.run) == ("李雷 <li.lei@example.com>", commit, None)
    timer = {**os.environ, **GITHUB, "GITHUB_ACTOR": "", "GITHUB_SHA": ""}
    assert origin_of(folder, timer) == Origin(
        whole.actor, whole.host, commit, "https://github.com/acme/sms/actions/runs/4711"
    )


def test_without_git_the_user_of_the_machine_is_the_actor(tmp_path, monkeypatch) -> None:
    """No repository, and no git to be found."""
    monkeypatch.setenv("LOGNAME", "wang-fang")
    assert origin_of(tmp_path, {"PATH": str(tmp_path)}) == Origin("wang-fang", socket.gethostname())
    assert getpass.getuser() == "wang-fang"


@pytest.mark.parametrize(
    "address",
    [
        "https://user:secret@gitlab.example.com/jobs/1",
        "https://token@gitlab.example.com/jobs/1",
        "https://gitlab.example.com/jobs/1?private_token=secret",
        "https://gitlab.example.com/jobs/1#secret",
        "https://gitlab.example.com/jobs/1\n2",
        "https://[gitlab/jobs/1",
        "https:///jobs/1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://gitlab.example.com/" + "a" * MOST_CHARACTERS,
        "",
    ],
)
def test_address_that_may_hold_a_secret_or_cannot_be_opened_is_left_out(tmp_path, address) -> None:
    """The next best is taken; who and which commit stay."""
    told = GITLAB | {"CI_JOB_URL": address}
    assert origin_of(tmp_path, told).run == GITLAB["CI_PIPELINE_URL"]
    assert origin_of(tmp_path, {**told, "CI_PIPELINE_URL": address}) == Origin(
        "han-meimei", socket.gethostname(), "b" * 40
    )


def test_value_is_one_short_line(tmp_path) -> None:
    """Nothing that moves a cursor, breaks a line or fills a disk."""
    told = GITEE | {"GITEE_PIPELINE_TRIGGER_USER": " a\n\x1b[2Jb\u202e\udcff " + "c" * 1000}
    actor = origin_of(tmp_path, told).actor
    assert actor is not None
    assert (actor[:9], len(actor)) == ("a [2Jb cc", MOST_CHARACTERS)


def test_git_sees_no_password_of_the_environment(tmp_path) -> None:
    """It gets what it needs to find its settings, and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text('#!/bin/sh\n/usr/bin/env > "$HOME/seen"\n')
    (folder / "git").chmod(0o755)
    environ = {"PATH": str(folder), "HOME": str(tmp_path), "SMSCONF_STORE": "postgresql://u:pass-word@db/x"}
    origin_of(Path(tmp_path), environ)
    seen = (tmp_path / "seen").read_text()
    assert f"HOME={tmp_path}" in seen
    assert "pass-word" not in seen
