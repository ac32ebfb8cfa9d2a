"""A commit cannot bring what smsconf remembers: forged, it would confirm what nobody did."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.conftest import World
from tests.test_checkout import git

THRESHOLDS = """
thresholds:
  cn: {daily: {warn: 800, limit: 1000}, monthly: {warn: 8000, limit: 10000}}
"""
FORGED = ".smsconf/journal.1.jsonl"


@pytest.fixture
def forged(world: World) -> World:
    """A checkout whose commit has one line: the manual step is done."""
    world.write((world.folder / "smsconf.yaml").read_text(encoding="utf-8") + THRESHOLDS)
    digest = world.json("plan").row("threshold.cn")["manual"]["digest"]
    line = {"event": "confirmed", "address": "threshold.cn", "digest": digest, "by": "mallory"}
    world.write(json.dumps({"v": 1, "time": "2026-01-05T01:00:00Z", **line}) + "\n", FORGED)
    assert world.json("plan").row("threshold.cn")["manual"]["standing"] == "confirmed"  # uncommitted: our own
    git(world.folder, "init", "--quiet")
    git(world.folder, "add", "--force", FORGED)
    world.writes()
    return world


@pytest.mark.parametrize(
    "command",
    [
        ("apply", "--auto-approve", "--require-confirmed"),
        ("plan", "--require-confirmed"),
        ("status",),
        ("outputs",),
        ("history",),
        ("confirm", "threshold.cn"),
        ("receipts",),
        ("replies",),
    ],
    ids=lambda command: command[0],
)
def test_committed_journal_is_believed_by_no_command(forged: World, command) -> None:
    """It names the file and the way out; nothing is confirmed, nothing is sent."""
    ran = forged.smsconf(*command)
    assert ran.code == 1
    assert "the repository tracks" in ran.err
    assert "journal.1.jsonl" in ran.err
    assert "git rm -r --cached" in ran.err
    assert forged.writes() == []


def test_journal_that_is_taken_out_of_the_commit_is_the_runners_own_again(forged: World) -> None:
    """What the message says helps: untracked and removed, the step is open, and stops the run."""
    git(forged.folder, "rm", "--quiet", "-r", "--cached", ".smsconf")
    (forged.folder / FORGED).unlink()
    ran = forged.smsconf("apply", "--auto-approve", "--require-confirmed")
    assert ran.code == 4
    assert "1 manual step is open: threshold.cn" in ran.out + ran.err
    assert forged.writes() == []


def test_files_are_checked_and_written_without_looking_at_what_is_remembered(forged: World) -> None:
    """Commands that believe nothing of the folder go on."""
    assert forged.smsconf("validate").code == 0
    assert forged.smsconf("lint").code == 0
