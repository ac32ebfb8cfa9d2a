"""The journal: append-only, flushed, tolerant of what a crash leaves behind."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime

import pytest

from smsconf.model.address import Address
from smsconf.model.errors import SmsconfError
from smsconf.model.memory import Memory
from smsconf.model.sites import SITES
from smsconf.origin import Origin
from smsconf.store.entries import Owner, news, remember
from smsconf.store.files.journal import Journal
from tests.reconcile import build

NOW = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
HERE = Owner("huaweicloud/china/cn-north-4/p1", None)


def test_journal_reads_back_what_was_appended(tmp_path) -> None:
    """Entries come back in order, with account and time in UTC, and absent values left out."""
    journal = Journal(tmp_path / "deep" / "journal.jsonl")
    journal.append(NOW, HERE, {"event": "intent", "address": "template.a", "remote_id": None})
    journal.append(NOW, HERE, {"event": "accepted", "address": "template.a", "remote_id": "id-1"})
    reading = journal.read()
    assert reading.torn == 0
    common = {"v": 2, "time": "2026-01-05T01:00:00Z", "scope": HERE.scope}
    assert [dict(entry) for entry in reading.entries] == [
        {**common, "event": "intent", "address": "template.a"},
        {**common, "event": "accepted", "address": "template.a", "remote_id": "id-1"},
    ]


def test_missing_journal_is_empty(tmp_path) -> None:
    """A lost journal is no error."""
    assert Journal(tmp_path / "none.jsonl").read().entries == ()


@pytest.mark.parametrize("rest", ['{"event": "int', "\x00\x00\x00", '{"no": "event"}', "null"])
def test_torn_line_is_counted_and_the_next_entry_is_kept(tmp_path, rest) -> None:
    """A line that a killed run cut short costs itself only; what is appended after it is read."""
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(NOW, HERE, {"event": "intent"})
    with journal.path.open("a") as file:
        file.write(rest)
    journal.append(NOW, HERE, {"event": "accepted"})
    reading = journal.read()
    assert [entry["event"] for entry in reading.entries] == ["intent", "accepted"]
    assert reading.torn == 1


def test_journal_that_cannot_be_written_stops_the_run(tmp_path) -> None:
    """Without a journal nothing may be sent: the error names the folder to mend."""
    (tmp_path / "file").write_text("")
    journal = Journal(tmp_path / "file" / "journal.jsonl")
    with pytest.raises(SmsconfError, match="cannot be written"):
        journal.append(NOW, HERE, {"event": "intent"})


def test_full_journal_is_put_aside_and_still_read(tmp_path, monkeypatch) -> None:
    """A file that reached its size is renamed; entries come back from all files, oldest first."""
    monkeypatch.setattr("smsconf.store.files.journal.MOST_BYTES", 200)
    journal = Journal(tmp_path / "journal.jsonl")
    for number in range(40):
        journal.append(NOW, HERE, {"event": "intent", "number": number})
    assert [entry["number"] for entry in journal.read().entries] == list(range(40))
    assert (tmp_path / "journal.10.jsonl").exists()
    assert journal.path.stat().st_size <= 300


def test_full_journal_never_takes_the_place_of_another(tmp_path, monkeypatch) -> None:
    """Somebody removed the oldest: the number of the next is one that no file has."""
    monkeypatch.setattr("smsconf.store.files.journal.MOST_BYTES", 200)
    journal = Journal(tmp_path / "journal.jsonl")
    for number in range(12):
        journal.append(NOW, HERE, {"event": "intent", "number": number})
    (tmp_path / "journal.1.jsonl").unlink()
    kept = [entry["number"] for entry in journal.read().entries]
    for number in range(12, 20):
        journal.append(NOW, HERE, {"event": "intent", "number": number})
    assert [entry["number"] for entry in journal.read().entries] == [*kept, *range(12, 20)]


def test_journal_that_is_put_aside_while_it_is_read_is_read_again(tmp_path, monkeypatch) -> None:
    """Between the list of files and the newest of them it was renamed: its entries were missed."""
    journal = Journal(tmp_path / "journal.jsonl")
    for number in range(3):
        journal.append(NOW, HERE, {"event": "intent", "number": number})
    monkeypatch.setattr("smsconf.store.files.journal.MOST_BYTES", 1)
    listed = Journal._rotated

    def and_then_another_writes(self: Journal) -> list:
        found = listed(self)
        monkeypatch.setattr(Journal, "_rotated", listed)
        Journal(journal.path).append(NOW, HERE, {"event": "intent", "number": 3})
        return found

    monkeypatch.setattr(Journal, "_rotated", and_then_another_writes)
    assert [entry["number"] for entry in journal.read().entries] == [0, 1, 2, 3]
    assert (tmp_path / "journal.1.jsonl").exists()


def test_copy_of_a_journal_is_not_read(tmp_path) -> None:
    """Its entries would count twice."""
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(NOW, HERE, {"event": "intent"})
    for name in ("journal.1.bak.jsonl", "journal.old.jsonl"):
        (tmp_path / name).write_bytes(journal.path.read_bytes())
    assert len(journal.read().entries) == 1


@pytest.mark.parametrize("words", ["请\u2028修改", "a\u0085b", "a\u2029b", "a\x1cb\x0bc\rd\ne"])
def test_words_of_a_reviewer_break_no_line(tmp_path, words) -> None:
    """What other programs take for the end of a line is part of it: a lost decision would be asked again."""
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(NOW, HERE, {"event": "decision", "review_message": words})
    assert (journal.read().torn, journal.read().entries[0]["review_message"]) == (0, words)


def _append_many(path, name) -> None:
    journal = Journal(path)
    for number in range(50):
        journal.append(NOW, HERE, {"event": "intent", "who": name, "number": number})


def test_processes_append_side_by_side_without_losing_a_line(tmp_path) -> None:
    """Four processes writing at once leave two hundred whole lines."""
    path = tmp_path / "journal.jsonl"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_append_many, args=(path, name)) for name in "abcd"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    lines = path.read_text().splitlines()
    assert len(lines) == 200
    assert all(json.loads(line)["event"] == "intent" for line in lines)


def test_apps_remembered_are_those_managed_and_not_forgotten_in_this_environment() -> None:
    """The last word about an app counts, by environment; damaged addresses are passed over."""
    entries = (
        {"event": "managed", "address": "app.a", "remote_id": "1", "environment": None},
        {"event": "managed", "address": "app.b", "remote_id": "2", "environment": None},
        {"event": "managed", "address": "app.c", "remote_id": "3", "environment": "prod"},
        {"event": "managed", "address": "nonsense", "remote_id": "4"},
        {"event": "managed", "address": "template.a", "remote_id": "5"},
        {"event": "forgotten", "address": "app.b", "environment": None},
    )
    assert remember(entries, HERE).apps == {Address.parse("app.a"): "1"}
    assert remember(entries, HERE._replace(environment="prod")).apps == {Address.parse("app.c"): "3"}


def test_lines_that_cannot_be_taken_cost_themselves_only(tmp_path) -> None:
    """A line of brackets without end, a time without an offset: passed over, not a traceback."""
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(NOW, HERE, {"event": "live", "address": "template.a", "remote_id": "id-1"})
    with journal.path.open("a") as file:
        file.write("[" * 200_000 + "\n")
        naive = {"event": "live", "address": "template.a", "remote_id": "id-2", "time": "2026-01-05T01:00:00"}
        file.write(json.dumps(naive) + "\n")
    reading = journal.read()
    assert reading.torn == 1
    assert remember(reading.entries, HERE).live == {Address.parse("template.a"): "id-1"}


@pytest.mark.parametrize(("recorded", "told"), [(1, True), (0, False), (None, True)])
def test_what_another_run_recorded_since_the_look_is_not_taken_back(recorded, told) -> None:
    """A run that looked earlier and waited for its turn recorded an older version as live again."""
    other = {
        "event": "live",
        "address": str(build.SHIPPED),
        "remote_id": "id-2",
        "time": "2099-01-01T00:00:00Z",
    }
    made = build.plan(build.desired(), build.observed(), memory=Memory(entries=recorded))
    events = [
        entry["event"]
        for entry in news((other,), HERE, made, SITES["china"])
        if entry["address"] == str(build.SHIPPED)
    ]
    assert ("live" in events) is told


def test_entry_says_where_it_comes_from(tmp_path) -> None:
    """Who, where, at which commit, in which run: what is known of it, and nothing in its place otherwise."""
    whole = Origin("li-lei", "build-7", "a" * 40, "https://github.com/acme/sms/actions/runs/1")
    path = tmp_path / "journal.jsonl"
    Journal(path, origin=lambda: whole).append(NOW, HERE, {"event": "intent"})
    Journal(path, origin=lambda: Origin("li-lei")).append(NOW, HERE, {"event": "accepted"})
    first, second = Journal(path).read().entries
    assert Origin(first["actor"], first["host"], first["commit"], first["run"]) == whole
    assert (second["actor"], second.keys() & {"host", "commit", "run"}) == ("li-lei", set())
