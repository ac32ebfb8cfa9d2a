"""The cache of variables: right, fast, and never in the way."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from smsconf.cloud.read.attribute_cache import AttributeCache
from smsconf.model.observed import ObservedTemplate, ObservedVariable
from smsconf.store.files.attributes import read_attributes, write_attributes

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEMPLATE = ObservedTemplate(
    "t1", "order", "码${1}", "notification", "k1", "Adopted", update_time="2026-01-05 09:00:00"
)
VARIABLES = (ObservedVariable(1, "alphanumeric", "order 订单号"), ObservedVariable(2, "URL", None))


HERE = "emulator/china/0123456789abcdef"


def cache_in(path: Path, scope: str = HERE) -> AttributeCache:
    return AttributeCache(partial(read_attributes, path, scope), partial(write_attributes, path, scope))


def saved(path: Path, template: ObservedTemplate = TEMPLATE, now: datetime = NOW) -> AttributeCache:
    cache = cache_in(path)
    cache.put(template, VARIABLES, now)
    cache.save()
    return cache_in(path)


def test_cache_remembers_between_runs(tmp_path: Path) -> None:
    """What was put and saved is found by the next run."""
    assert saved(tmp_path / "deep" / "cache.json").get(TEMPLATE) == VARIABLES


@pytest.mark.parametrize(
    "change",
    [
        {"update_time": "2026-01-05 09:00:01"},
        {"status": "Reviewing"},
        {"content": "码${2}"},
        {"remote_id": "t2"},
    ],
)
def test_cache_forgets_a_template_that_changed(tmp_path: Path, change: dict[str, str]) -> None:
    """Another time, status, text or id is another state."""
    assert saved(tmp_path / "cache.json").get(replace(TEMPLATE, **change)) is None


@pytest.mark.parametrize("zone", [0, 8])
@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_cache_does_not_trust_what_changed_just_now(tmp_path: Path, zone: int, seconds: int) -> None:
    """Times count seconds, in UTC or Beijing time: a fresh change may be followed by an unseen one."""
    moment = NOW + timedelta(hours=zone, seconds=seconds)
    fresh = replace(TEMPLATE, update_time=moment.strftime("%Y-%m-%d %H:%M:%S"))
    assert saved(tmp_path / "cache.json", fresh).get(fresh) is None


@pytest.mark.parametrize("update_time", [None, "", "yesterday", "2026-01-05T09:00:00Z"])
def test_cache_needs_a_time_it_understands(tmp_path: Path, update_time: str | None) -> None:
    """Without one there is no way to see a change."""
    odd = replace(TEMPLATE, update_time=update_time)
    assert saved(tmp_path / "cache.json", odd).get(odd) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        f'{{"format": 2, "scope": "{HERE}"}}',
        f'{{"format": 99, "scope": "{HERE}", "templates": {{"t1": []}}}}',
        f'{{"format": 2, "scope": "{HERE}", "templates": []}}',
        f'{{"format": 2, "scope": "{HERE}", "templates": {{"t1": "x"}}}}',
        f'{{"format": 2, "scope": "{HERE}", "templates": {{"t1": []}}}}',
        '{"format": 1, "templates": {"t1": []}}',
        "[" * 100_000,
        "\ufffd",
    ],
)
def test_corrupt_cache_is_an_empty_one(tmp_path: Path, text: str) -> None:
    """Whatever lies there, nothing is found and new entries can be saved over it."""
    path = tmp_path / "cache.json"
    path.write_text(text, encoding="utf-8")
    assert cache_in(path).get(TEMPLATE) is None
    assert saved(path).get(TEMPLATE) == VARIABLES


def test_cache_of_another_account_is_an_empty_one(tmp_path: Path) -> None:
    """Two databases of the emulator use the same ids: what one had says nothing of the other."""
    path = tmp_path / "cache.json"
    saved(path)
    other = cache_in(path, "emulator/china/fedcba9876543210")
    assert other.get(TEMPLATE) is None
    other.put(TEMPLATE, VARIABLES[:1], NOW)
    other.save()
    assert cache_in(path).get(TEMPLATE) is None


def test_corrupt_attributes_are_read_again(tmp_path: Path) -> None:
    """An entry whose attributes make no sense is no entry."""
    path = tmp_path / "cache.json"
    saved(path)
    document = json.loads(path.read_text())
    document["templates"]["t1"][-1] = [["one"]]
    path.write_text(json.dumps(document))
    assert cache_in(path).get(TEMPLATE) is None


def test_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """A file where a folder should be: nothing is saved, nothing is raised, nothing is left over."""
    (tmp_path / "file").write_text("")
    assert saved(tmp_path / "file" / "cache.json").get(TEMPLATE) is None
    (tmp_path / "folder").mkdir()
    saved(tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_cache_forgets_what_is_gone(tmp_path: Path) -> None:
    """Deleted templates do not pile up."""
    path = tmp_path / "cache.json"
    cache = saved(path)
    cache.keep_only({"t2"})
    cache.save()
    assert json.loads(path.read_text())["templates"] == {}


def test_large_cache_loads_at_once(tmp_path: Path) -> None:
    """4,400 entries load in less than 50 ms."""
    path = tmp_path / "cache.json"
    cache = cache_in(path)
    for number in range(4400):
        cache.put(replace(TEMPLATE, remote_id=f"template-{number:032}"), VARIABLES, NOW)
    cache.save()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        cache_in(path).get(TEMPLATE)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05
