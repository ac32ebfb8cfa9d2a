"""The journal read back: what was intended, sent and accepted, without asking the service."""

from __future__ import annotations

import json
import time

import pytest
from filelock import FileLock

from tests.scenarios.conftest import World

JOURNAL = ".smsconf/journal.jsonl"


@pytest.fixture
def applied(world: World) -> World:
    assert world.apply().code == 0
    return world


def test_history_tells_what_was_sent_in_order(applied: World) -> None:
    """Of a template: the intent to create it, then that it was accepted, oldest first."""
    ran = applied.json("history", "template.refund")
    assert (ran.code, ran.err) == (0, "")
    events = [(one["event"], one["step"]) for one in ran.json["entries"] if one["step"]]
    assert events[:2] == [("intent", "create"), ("accepted", "create")]
    assert {one["address"] for one in ran.json["entries"]} == {"template.refund"}
    times = [one["time"] for one in ran.json["entries"]]
    assert times == sorted(times)


def test_history_asks_nobody(applied: World) -> None:
    """It works offline: with a provider that has no credentials, and without a request."""
    applied.control("DELETE", "requests")
    assert "template.refund" in applied.smsconf("history").out
    assert applied.control("GET", "requests") == []
    applied.edit(
        "  emulator: {database: .smsconf/emulator.db}", "  huaweicloud: {site: china, region: cn-north-4}"
    )
    assert "template.refund" in applied.smsconf("history").out


def test_history_limit_keeps_the_newest(applied: World) -> None:
    """--limit N shows the last N entries, newest last."""
    whole = applied.json("history").json["entries"]
    assert applied.json("history", "--limit", "3").json["entries"] == whole[-3:]
    said = applied.smsconf("history", "--limit", "3").out.splitlines()
    assert [line.startswith("2026-01-05T01:") for line in said] == [False, True, True, True]


def test_history_of_a_refused_request_has_its_code(world: World) -> None:
    """What the service refused is there with its code and the id of the request."""
    fault = {"operation": "CreateApp", "fault": "status", "status": 400, "times": 2}
    world.control("POST", "faults", [fault])
    assert world.apply().code in (1, 5)
    refused = [one for one in world.json("history").json["entries"] if one["error_code"]]
    assert {one["address"] for one in refused} == {"app.shop", "app.abroad"}
    assert f"code {refused[0]['error_code']}" in world.smsconf("history").out


def test_history_reports_torn_lines(applied: World) -> None:
    """A line that was cut short is counted on stderr, and the others are shown."""
    path = applied.folder / JOURNAL
    path.write_bytes(path.read_bytes() + b'{"v": 1, "event": "inte')
    ran = applied.json("history")
    assert (ran.code, ran.json["torn"]) == (0, 1)
    assert "1 line of the journal could not be read" in ran.err
    assert ran.json["entries"]


def test_history_of_an_environment_is_its_own(applied: World) -> None:
    """Entries of another environment are not shown, but where they are is said."""
    applied.edit("version: 1\n", "version: 1\nenvironments:\n  prod: {overlay: prod.yaml}\n")
    applied.write("provider: {emulator: {database: .smsconf/prod.db}}\n", "prod.yaml")
    ran = applied.json("history", "--env", "prod")
    assert (ran.code, ran.json["entries"]) == (0, [])
    assert "nothing is recorded here yet" in ran.err
    assert "(none)" in ran.err


def test_decision_that_several_runs_see_at_once_is_recorded_once(applied: World) -> None:
    """Each looked into the journal before any had written."""
    applied.decide("signature", "示例商城", "reject", "请说明")
    applied.writes()
    with FileLock(applied.folder / ".smsconf/journal.jsonl.lock"):
        looks = [applied.process("status") for _ in range(4)]
        before = -1
        for _ in range(100):  # until all have looked: none can write yet
            time.sleep(0.5)
            seen = len(applied.control("GET", "requests"))
            if seen >= len(looks) and seen == before:
                break
            before = seen
    for look in looks:
        look.communicate(timeout=60)
    assert [look.returncode for look in looks] == [0] * 4
    told = applied.json("history", "signature.shop-notice").json["entries"]
    assert [one["event"] for one in told].count("decision") == 1


RUN = "https://gitlab.example.com/acme/sms/-/jobs/12"


@pytest.fixture
def shared(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """What was recorded before anybody said who, then by a pipeline, and a week later by another one."""
    old = {"v": 1, "time": "2025-12-01T00:00:00Z", "event": "seen", "address": "template.refund"}
    world.write(json.dumps(old) + "\n", JOURNAL)
    for name, actor, commit, day in (("build-7", "li-lei", "a", 5), ("build-8", "王芳", "b", 12)):
        monkeypatch.setattr("socket.gethostname", lambda name=name: name)
        monkeypatch.setenv("GITLAB_USER_LOGIN", actor)
        monkeypatch.setenv("CI_COMMIT_SHA", commit * 40)
        monkeypatch.setenv("CI_JOB_URL", f"{RUN}{day}")
        world.control("POST", "clock", {"set": f"2026-01-{day:02}T09:00:00+08:00"})
        if day == 12:
            world.decide("signature", "示例商城", "approve")
        assert world.apply().code == 0
    return world


FIRST, SECOND, BOTH, OLD = {"li-lei"}, {"王芳"}, {"li-lei", "王芳"}, {None}


@pytest.mark.parametrize(
    ("asked", "actors"),
    [
        ("--actor LI-L", FIRST),
        ("--host Build-8", SECOND),
        ("--host build", set()),
        ("--commit AAAAAAA", FIRST),
        ("--commit c", set()),
        (f"--run {RUN}5", FIRST),
        ("--run jobs/12", BOTH),
        ("--event decision", SECOND),
        ("--event decision --event intent", BOTH),
        ("--event decision --actor li-lei", set()),
        ("--since 2d", SECOND),
        ("--since P8D", BOTH),
        ("--since 8d --until 2d", FIRST),
        ("--until 8d", OLD),
        ("--until 2026-01-05T08:59:59+08:00", OLD),
        ("--since 2026-01-05T09:00:00+08:00 --until 2026-01-12T00:59:59Z", FIRST),
        ("--since 2026-01-12T01:00:00Z", SECOND),
        ("", BOTH | OLD),
    ],
)
def test_history_shows_what_is_asked_for(shared: World, asked: str, actors: set[str | None]) -> None:
    """By who, where, at which commit, in which run, what and when: by the service's clock, not this one's."""
    ran = shared.json("history", *asked.split())
    assert (ran.code, {one["actor"] for one in ran.json["entries"]}) == (0, actors)
    assert ("none of the entries is what was asked for" in ran.err) is (not actors)


def test_history_says_where_an_entry_comes_from(shared: World) -> None:
    """Once for all that came from there; in JSON for each, with nulls in entries that say nothing."""
    out = shared.smsconf("history").out.splitlines()
    places = [line for line in out if not line.startswith("20")]
    assert [one for one in places if one.startswith("from:")] == [
        "from: ?",
        f"from: li-lei, build-7, aaaaaaaa, {RUN}5",
        f"from: 王芳, build-8, bbbbbbbb, {RUN}12",
    ]
    first, *_, last = shared.json("history").json["entries"]
    origin = ("actor", "host", "commit", "run")
    assert {key: first[key] for key in (*origin, "environment", "step")} == dict.fromkeys(
        (*origin, "environment", "step")
    )
    assert [last[key] for key in origin] == ["王芳", "build-8", "b" * 40, f"{RUN}12"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--since", "2026-01-05T09:00:00"), "with its offset from UTC"),
        (("--until", "soon"), "got 'soon'"),
        (("--actor", ""), "expected a text, got nothing"),
        (("--run", " "), "expected a text, got nothing"),
    ],
)
def test_history_refuses_a_filter_that_says_nothing(applied: World, asked, said) -> None:
    """A variable that is not set would show everything; a time without offset means two."""
    ran = applied.smsconf("history", *asked)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_history_of_all_environments_names_each(applied: World) -> None:
    """Entries of all of them, in the order they were made; the filters hold for each."""
    applied.edit("version: 1\n", "version: 1\nenvironments:\n  prod: {overlay: prod.yaml}\n")
    applied.write("provider: {emulator: {database: .smsconf/prod.db}}\n", "prod.yaml")
    assert applied.apply("--env", "prod").code == 0
    ran = applied.json("history", "--env", "", "--all-environments", "template.refund")
    assert {one["environment"] for one in ran.json["entries"]} == {None, "prod"}
    assert ran.json["elsewhere"] == 0
    out = applied.smsconf("history", "--env", "prod", "--all-environments").out
    assert out.index("environment: (none)") < out.index("environment: prod")
    assert "environment: prod" not in applied.smsconf("history", "--env", "prod").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing is recorded here yet"),
        (("template.refund",), "nothing is recorded about template.refund"),
    ],
)
def test_history_without_a_journal_is_empty(world: World, arguments, said) -> None:
    """Before the first apply there is nothing, and that is no error."""
    ran = world.smsconf("history", *arguments)
    assert (ran.code, ran.out) == (0, "")
    assert said in ran.err


def test_history_of_an_address_nobody_recorded_offers_the_nearest(applied: World) -> None:
    """A slip in the address is answered with the one that was probably meant."""
    assert "did you mean template.refund?" in applied.smsconf("history", "template.refnd").err


def test_history_shows_foreign_words_harmlessly(world: World) -> None:
    """What stands in the journal cannot move the cursor; entries of unknown shape are shown as they are."""
    world.write(
        '{"event": "decision", "address": "template.x", "review_message": "no\\u001b[2J"}\n[1]\n', JOURNAL
    )
    ran = world.smsconf("history")
    assert "reviewer: no\\x1b[2J" in ran.out
    assert "1 line" in ran.err


def test_plan_says_what_a_lost_journal_cannot_tell(world: World) -> None:
    """Empty beside things that are there, it is named in text and Markdown; before an apply it is not."""
    lost = "of rejections only those that the service still shows are known"
    assert lost not in world.smsconf("plan").out
    assert world.apply().code == 0
    assert lost not in world.smsconf("plan").out
    journal = world.folder / ".smsconf" / "journal.jsonl"
    journal.write_text(journal.read_text()[:-20])
    assert "1 line that a killed run cut short was left out" in world.smsconf("plan").out
    journal.unlink()
    assert lost in world.smsconf("plan").out
    assert lost in world.smsconf("plan", "--format", "markdown").out
