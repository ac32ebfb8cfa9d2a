"""Folders → projects: the root file, includes, environments, paths, and files that are none."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from smsconf.config import EmulatorProvider, HuaweiCloudProvider, load_project
from smsconf.model.address import Address, Kind
from smsconf.model.errors import ConfigError
from tests.config.conftest import HEAD, HEAD_LINES, Load, spots, write

BASE = "version: 1\nprovider: {emulator: {database: .smsconf/x.db}}\n"
APP = Address(Kind.APP, "shop")


# -- the root file


def test_emulator_provider_has_an_absolute_database(load: Load, tmp_path: Path) -> None:
    """The database is relative to the project, whatever the working directory."""
    project = load(BASE)
    assert project.provider == EmulatorProvider(tmp_path / ".smsconf/x.db", "china")
    assert (project.folder, project.name, project.environment) == (tmp_path, tmp_path.name, None)
    assert project.files == (tmp_path / "smsconf.yaml",)
    assert not project.diagnostics


@pytest.mark.parametrize(
    "name",
    ["templates/new.yaml", "x.YML", "smsconf.yaml"]
    + [f".smsconf/{one}" for one in ("journal.jsonl", "journal.7.jsonl", "journal.jsonl.lock", "LEDGER.db")]
    + [f".smsconf/{one}" for one in ("ledger.db-wal", "sent.db", "inbox.db", "inboxes", "dropped-x.csv")],
)
def test_emulator_database_is_no_file_that_is_read_otherwise(load: Load, name: str) -> None:
    """A plan of it made a database where the next command reads YAML, or the journal."""
    project = load(BASE.replace(".smsconf/x.db", name))
    assert project.provider is None
    (found,) = project.diagnostics
    assert (found.code, found.fix) == ("SMS025", "write .smsconf/emulator.db")
    assert name in found.message


def test_emulator_database_may_have_any_other_name(load: Load, tmp_path: Path) -> None:
    """Only in the state folder do the names of its files mean something."""
    for name in ("sent.db", "data/journal.db", ".smsconf/emulator-prod.db", ".smsconf/my-journal.db"):
        assert load(BASE.replace(".smsconf/x.db", name)).provider == EmulatorProvider(
            tmp_path / name, "china"
        )


def test_huaweicloud_provider_may_leave_project_and_endpoint_open(load: Load) -> None:
    """Credentials and the site table tell what the file does not."""
    project = load("version: 1\nprovider:\n  huaweicloud: {site: europe, region: eu-west-101}\n")
    assert project.provider == HuaweiCloudProvider("europe", "eu-west-101", None, None)


@pytest.mark.parametrize(
    ("text", "expected", "fix"),
    [
        (BASE.replace("version: 1\n", ""), ("SMS021", "1:1+1"), "write version: 1"),
        (BASE.replace("1", "2"), ("SMS025", "1:10+1"), "write version: 1"),
        (BASE.replace("1", "'1'"), ("SMS022", "1:10+3"), "remove the quotes: version: 1"),
        (BASE.replace("1", "true"), ("SMS022", "1:10+4"), "write a whole number"),
        (
            "version: 1\n",
            ("SMS021", "1:1+1"),
            "add provider: {emulator: {database: .smsconf/emulator.db}}, or huaweicloud",
        ),
        (
            "version: 1\nprovider: {}\n",
            ("SMS027", "2:1+8"),
            "add emulator: {database: .smsconf/emulator.db}, or huaweicloud",
        ),
        (
            "version: 1\nprovider: {emulator: {database: x}, huaweicloud: {site: china, region: r}}\n",
            ("SMS027", "2:1+8"),
            "keep one of emulator and huaweicloud",
        ),
        (BASE.replace("emulator", "emulater"), ("SMS020", "2:12+8"), "write emulator"),
        (BASE + "template: {}\n", ("SMS020", "3:1+8"), "write templates"),
        (BASE + "templates: [x]\n", ("SMS022", "3:12+3"), "write a mapping"),
        (BASE + "include: x.yaml\n", ("SMS022", "3:10+6"), "write include: [x.yaml]"),
        (BASE + "thresholds: {us: {}}\n", ("SMS020", "3:14+2"), "remove it; known here: cn, intl"),
        (BASE + "protect: [1]\n", ("SMS022", "3:11+1"), "write an address"),
        (BASE.replace(".smsconf/x.db", '"a\\0"'), ("SMS025", "2:33+5"), "correct the value"),
        (
            "version: 1\nprovider: {huaweicloud: {site: china, region: cn-nort-4}}\n",
            ("SMS023", "2:47+9"),
            "write cn-north-4",
        ),
        (BASE + "environments: [x]\n", ("SMS022", "3:15+3"), "write a mapping"),
        (BASE + "environments: {p: {overlay: 1}}\n", ("SMS022", "3:29+1"), "put it in quotes: overlay: '1'"),
        (BASE + "protect: [login]\n", ("SMS025", "3:11+5"), "write KIND.KEY, such as template.login"),
        (BASE + "lint: {block: warning}\n", ("SMS023", "3:15+7"), "write error"),
    ],
)
def test_mistake_in_the_root_file_has_place_and_fix(
    load: Load, text: str, expected: tuple[str, str], fix: str
) -> None:
    """Version, provider, sections: each mistake once."""
    project = load(text)
    found = project.diagnostics[0]
    code, place = spots(project)[0]
    assert (code, place) == (expected[0], f"smsconf.yaml:{expected[1]}")
    assert found.fix == fix


def test_empty_sections_are_empty(load: Load) -> None:
    """A section whose entries are all commented out is no mistake."""
    assert not load(BASE + "apps:\nsignatures: {}\ntemplates:\n  # none yet\nprotect:\n").diagnostics


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"version: 1\na: \xe4\xb8\xadx\xff", "SMS002", "2:6"),
        ("version: 1".encode("utf-16"), "SMS002", "1:1"),
        ("version: 1".encode("utf-16-be"), "SMS003", "1:1"),
        (b"version: 1\nab: \x00", "SMS003", "2:5"),
        (b"version: 1\nab: \x1b[1m", "SMS003", "2:5"),
        (b"", "SMS012", "1:1"),
        (b"# " + b"x" * (9 << 20), "SMS004", "1:1"),
    ],
)
def test_bytes_that_are_no_text_are_one_clear_error(
    load: Load, content: bytes, code: str, place: str
) -> None:
    """Encoding, control characters, emptiness and size are said at the byte in question."""
    [found] = load(content).diagnostics
    assert (found.code, str(found.place)) == (code, f"smsconf.yaml:{place}")


def test_byte_order_mark_is_tolerated(load: Load) -> None:
    """Editors on Windows write one; columns do not count it."""
    project = load(b"\xef\xbb\xbf" + BASE.encode() + b"foo: 1\n")
    assert spots(project) == [("SMS020", "smsconf.yaml:3:1+3")]


def test_no_folder_or_no_root_file_raises(tmp_path: Path) -> None:
    """Without a root file there is nothing to diagnose."""
    with pytest.raises(ConfigError, match=r"smsconf.yaml does not exist") as caught:
        load_project(tmp_path)
    assert caught.value.diagnostics[0].code == "SMS001"
    with pytest.raises(ConfigError, match="is not a folder"):
        load_project(tmp_path / "missing")
    write(tmp_path, {"file": ""})
    with pytest.raises(ConfigError, match="is not a folder"):
        load_project(tmp_path / "file")


def test_root_that_is_no_file_raises_at_once(tmp_path: Path) -> None:
    """A folder, a pipe and a link out of the project are refused without being read."""
    (tmp_path / "a" / "smsconf.yaml").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / "smsconf.yaml")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "smsconf.yaml").symlink_to("/etc/hostname")
    begin = time.perf_counter()
    for name, said in (
        ("a", "is a folder"),
        ("b", "is not a regular file"),
        ("c", "leads out of the project"),
    ):
        with pytest.raises(ConfigError, match=said):
            load_project(tmp_path / name)
    assert time.perf_counter() - begin < 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_root_raises(tmp_path: Path) -> None:
    """A file without permission to read is no traceback."""
    write(tmp_path, {"smsconf.yaml": BASE})
    (tmp_path / "smsconf.yaml").chmod(0)
    with pytest.raises(ConfigError, match="cannot be read: permission denied"):
        load_project(tmp_path)


# -- include


def test_included_files_merge_by_key_in_a_fixed_order(load: Load) -> None:
    """Patterns in their order, files by name, each once; a hidden file is not matched."""
    project = load(
        {
            "smsconf.yaml": BASE + "include: [b/*.yaml, a.yaml, '**/*.yaml']\napps: {r: {region: cn}}\n",
            "b/2.yaml": "apps: {b2: {region: cn}}\n",
            "b/1.yaml": "apps: {b1: {region: cn}}\nprotect: [app.b1]\n",
            "b/.3.yaml": "apps: {b3: {region: xx}}\n",
            "a.yaml": "apps: {a: {region: cn}}\nprotect: [app.a]\n",
        }
    )
    assert not project.diagnostics
    assert [address.key for address in project.desired.apps] == ["r", "b1", "b2", "a"]
    assert {str(address) for address in project.desired.protected} == {"app.b1", "app.a"}
    assert [path.name for path in project.files] == ["smsconf.yaml", "1.yaml", "2.yaml", "a.yaml"]


def test_key_declared_in_two_files_names_both(load: Load) -> None:
    """The second declaration is the error, the first is related."""
    project = load(
        {
            "smsconf.yaml": BASE + "include: [t/*.yaml]\n",
            "t/a.yaml": "apps:\n  shop: {region: cn}\n",
            "t/b.yaml": "apps:\n  shop: {region: intl}\n",
        }
    )
    [found] = project.diagnostics
    assert (found.code, str(found.place), found.address) == ("SMS032", "t/b.yaml:2:3", "app.shop")
    assert [str(place) for place, _ in found.related] == ["t/a.yaml:2:3"]
    assert project.desired.apps[APP].region == "cn"


@pytest.mark.parametrize(
    ("include", "code", "place", "fix"),
    [
        ("tmplates/*.yaml", "SMS030", "3:11+15", "write templates/*.yaml, or remove it"),
        ("templates/*.yml", "SMS030", "3:11+15", "write templates/a.yaml, or remove it"),
        ("templates/b.yaml", "SMS034", "3:11+16", "write templates/a.yaml"),
        ("templates", "SMS001", "3:11+9", "check the path and its permissions"),
        ("pipe", "SMS001", "3:11+4", "check the path and its permissions"),
        ("../a.yaml", "SMS031", "3:11+9", "move the file into the project"),
        ("../*.yaml", "SMS031", "3:11+9", "move the file into the project"),
        ("/etc/*.conf", "SMS031", "3:11+11", "move the file into the project"),
        ("/etc/hostname", "SMS031", "3:11+13", "move the file into the project"),
        ("link.yaml", "SMS031", "3:11+9", "move the file into the project"),
        ("lin?.yaml", "SMS031", "3:11+9", "move the file into the project"),
        ("'**/x/**/*.yaml'", "SMS025", "3:11+16", "write a simpler pattern"),
        ("a**.yaml", "SMS025", "3:11+8", "write a pattern such as templates/*.yaml"),
        ('"a\\0"', "SMS001", "3:11+5", "check the path and its permissions"),
        ("loop.yaml", "SMS001", "3:11+9", "check the path and its permissions"),
        ("templates/a.yaml/b.yaml", "SMS034", "3:11+23", "correct the path"),
        ("17", "SMS022", "3:11+2", "put it in quotes: '17'"),
    ],
)
def test_include_that_finds_nothing_good_is_an_error(
    load: Load, tmp_path: Path, include: str, code: str, place: str, fix: str
) -> None:
    """Nothing found, not a file, or outside of the project by any way: said at the pattern."""
    (tmp_path / "link.yaml").symlink_to("/etc/hostname")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(tmp_path / "pipe")
    project = load({"smsconf.yaml": f"{BASE}include: [{include}]\n", "templates/a.yaml": "apps:\n"})
    assert spots(project) == [(code, f"smsconf.yaml:{place}")]
    assert project.diagnostics[0].fix == fix


def test_included_file_has_no_sections_of_the_root(load: Load) -> None:
    """version, provider, project, store and others are refused where they do not belong."""
    text = "version: 1\nprovider: {}\ninclude: []\nenvironments: {}\nfoo: 1\nproject: x\nstore: shared\n"
    project = load({"smsconf.yaml": BASE + "include: [a.yaml]\n", "a.yaml": text})
    assert spots(project) == [
        ("SMS026", "a.yaml:1:1+7"),
        ("SMS026", "a.yaml:2:1+8"),
        ("SMS026", "a.yaml:3:1+7"),
        ("SMS026", "a.yaml:4:1+12"),
        ("SMS020", "a.yaml:5:1+3"),
        ("SMS026", "a.yaml:6:1+7"),
        ("SMS026", "a.yaml:7:1+5"),
    ]


def test_files_of_a_project_have_a_total(load: Load) -> None:
    """64 MiB of YAML are more than a project is; the file that goes beyond is named."""
    comment = b"# " + b"x" * (8 * 1024 * 1024 - 10)
    files: dict[str, str | bytes] = {f"{i}.yaml": comment + b"\napps:\n" for i in range(9)}
    project = load({"smsconf.yaml": BASE + "include: ['*.yaml']\n", **files})
    assert spots(project) == [("SMS004", "7.yaml:1:1+1"), ("SMS004", "8.yaml:1:1+1")]
    assert "64 MiB together" in project.diagnostics[0].message


def test_file_name_that_is_no_text_can_be_printed(load: Load, tmp_path: Path) -> None:
    """A name of other bytes than UTF-8 appears in messages with a question mark."""
    (tmp_path / os.fsdecode(b"\xff.yaml")).write_text("foo: 1\n")
    assert spots(load(BASE + "include: ['*.yaml']\n")) == [("SMS020", "?.yaml:1:1+3")]


def test_broken_included_file_does_not_hide_the_others(load: Load) -> None:
    """What is in the other files is loaded."""
    project = load(
        {
            "smsconf.yaml": BASE + "include: ['?.yaml']\n",
            "a.yaml": "a: [",
            "b.yaml": "apps: {shop: {region: cn}}\n",
        }
    )
    assert spots(project) == [("SMS005", "a.yaml:1:5+1")]
    assert APP in project.desired.apps


# -- environments

ROOT = (
    BASE
    + "environments: {prod: {overlay: env/prod.yaml}, staging: {overlay: env/staging.yaml}}\n"
    + ("apps:\n  shop: {region: cn, name: base, reply_url: u}\n  old: {region: cn}\n")
)


def test_overlay_is_a_merge_patch(load: Load) -> None:
    """What it says wins, null removes, new keys come, provider is replaced whole."""
    overlay = (
        "provider:\n  huaweicloud: {site: china, region: cn-north-4}\n"
        "apps:\n  shop: {name: prod, reply_url: null}\n  old: null\n  new: {region: intl}\n"
    )
    files = {"smsconf.yaml": ROOT, "env/prod.yaml": overlay}
    project = load(files, "prod")
    assert not project.diagnostics
    assert project.provider == HuaweiCloudProvider("china", "cn-north-4")
    apps = project.desired.apps
    assert [address.key for address in apps] == ["shop", "new"]
    assert (apps[APP].name, apps[APP].region, apps[APP].reply_url.__class__.__name__) == (
        "prod",
        "cn",
        "Absent",
    )
    assert (project.environment, project.desired.environment) == ("prod", "prod")
    assert str(project.place(APP, "name")) == "env/prod.yaml:4:16"
    assert str(project.place(APP, "region")) == "smsconf.yaml:5:18"


def test_overlay_that_protects_no_list_is_an_error(load: Load) -> None:
    """What protects nothing although it was meant to is said, and not passed over."""
    files = {"smsconf.yaml": ROOT, "env/prod.yaml": "protect: template.login\n"}
    assert ("SMS022", "env/prod.yaml:1:10+14") in spots(load(files, "prod"))


def test_lists_are_replaced_by_the_overlay(load: Load) -> None:
    """A list of an overlay is not appended."""
    root = HEAD.replace("apps:", "environments: {p: {overlay: o.yaml}}\napps:")
    template = "  a: {app: world, content: x, countries: [SG, MY]}\n"
    project = load({"smsconf.yaml": root + template, "o.yaml": "templates: {a: {countries: [FR]}}\n"}, "p")
    assert [one.countries for one in project.desired.templates.values()] == [("France",)]


def test_without_environment_the_base_files_count(load: Load) -> None:
    """Declared environments need not be chosen, and their overlays need not exist then."""
    project = load(ROOT)
    assert not project.diagnostics
    assert project.desired.apps[APP].name == "base"


def test_unknown_environment_offers_the_nearest(load: Load) -> None:
    """The declared ones are listed at the section."""
    [found] = load(ROOT, "prd").diagnostics
    assert (found.code, str(found.place)) == ("SMS033", "smsconf.yaml:3:1")
    assert found.message == "unknown environment 'prd': declared are prod and staging"
    assert found.fix == "choose prod"


@pytest.mark.parametrize(
    ("overlay", "code", "place"),
    [
        ("apps: {shop: {region: null}}\n", "SMS021", "env/prod.yaml:1:15+6"),
        ("apps: {shop: {nam: x}}\n", "SMS020", "env/prod.yaml:1:15+3"),
        ("apps: {shop: {region: eu}}\n", "SMS023", "env/prod.yaml:1:23+2"),
        ("apps: 3\n", "SMS022", "env/prod.yaml:1:7+1"),
        ("version: 1\n", "SMS026", "env/prod.yaml:1:1+7"),
        ("provider: null\n", "SMS021", "env/prod.yaml:1:1+8"),
        ("provider: {emulator: {}}\n", "SMS021", "env/prod.yaml:1:12+8"),
        ("- x\n", "SMS012", "env/prod.yaml:1:1+1"),
        ("a: [", "SMS005", "env/prod.yaml:1:5+1"),
    ],
)
def test_mistake_of_an_overlay_is_shown_in_it(load: Load, overlay: str, code: str, place: str) -> None:
    """Positions point into the file that wrote the value, or removed it."""
    project = load({"smsconf.yaml": ROOT, "env/prod.yaml": overlay}, "prod")
    assert spots(project) == [(code, place)]


def test_missing_overlay_is_an_error_at_its_path(load: Load) -> None:
    """With the name that is there instead."""
    project = load({"smsconf.yaml": ROOT, "env/prd.yaml": "apps:\n"}, "prod")
    assert spots(project) == [("SMS034", "smsconf.yaml:3:32+13")]
    assert project.diagnostics[0].fix == "write env/prd.yaml"


# -- places and fingerprint


def test_places_of_an_entry_and_its_fields(load: Load) -> None:
    """Lint points with address and path; what no file has is nowhere."""
    project = load(
        HEAD + "  a:\n    app: shop\n    signature: notice\n    content: '您的{{{order}}}已到'\n"
        "    variables: {order: {type: text}}\n"
    )
    address, n = Address(Kind.TEMPLATE, "a"), HEAD_LINES
    assert str(project.place(address)) == f"smsconf.yaml:{n + 1}:3"
    assert str(project.place(address, "content")) == f"smsconf.yaml:{n + 4}:14"
    assert str(project.place(address, "variables", "order", "type")) == f"smsconf.yaml:{n + 5}:31"
    assert project.place(address, "name") is None
    assert project.place(Address(Kind.TEMPLATE, "b")) is None
    template = project.desired.templates[address]
    start = template.content.index("${1}")
    place = project.content_place(address, start, start + 4)
    assert place is not None
    assert (place.line - n, place.column, place.length) == (4, 19, 7)


def test_fingerprint_is_of_the_meaning(load: Load) -> None:
    """Comments, order and files do not count; values, environment and file contents do."""
    one = load(BASE + "apps: {a: {region: cn}, b: {region: intl}}\n")
    moved = load(
        {
            "smsconf.yaml": "# moved\n" + BASE + "include: [x.yaml]\napps: {b: {region: intl}}\n",
            "x.yaml": "apps: {a: {region: 'cn'}}\n",
        }
    )
    assert one.fingerprint == moved.fingerprint
    assert len(one.fingerprint) == 64
    changed = load(BASE + "apps: {a: {region: cn}, b: {region: cn}}\n")
    assert changed.fingerprint != one.fingerprint


def test_fingerprint_knows_environment_and_files(load: Load) -> None:
    """An overlay that says nothing, or a changed licence, is another configuration."""
    root = ROOT + "signatures: {s: {app: shop, type: promotion, licence: l.png}}\n"
    files = {"smsconf.yaml": root, "env/prod.yaml": "apps: {}\n", "l.png": "1"}
    prints = {
        load(files).fingerprint,
        load(files, "prod").fingerprint,
        load(files | {"l.png": "2"}).fingerprint,
    }
    assert len(prints) == 3


def test_loading_five_thousand_templates_is_quick(load: Load) -> None:
    """2.5 MB of YAML load within a few seconds even on a busy machine (1 s on an idle one)."""
    entry = (
        "  order-{i}:\n    app: shop\n    signature: notice\n    name: order_{i}\n    content: >-\n"
        "      您的订单{{order}}已发货，预计{{day}}送达，请留意查收。如有疑问请联系客服，\n"
        "      第{i}号，感谢您一直以来的支持与信任。\n    variables:\n"
        "      order: {{type: alphanumeric, max_length: 12, description: 订单号}}\n"
        "      day: {{type: datetime}}\n"
        "    description: 用于通知客户订单已发货，第{i}号\n"
    )
    text = HEAD + "".join(entry.format(i=i) for i in range(5000))
    begin = time.perf_counter()
    project = load(text)
    assert time.perf_counter() - begin < 6
    assert len(project.desired.templates) == 5000
    assert not project.diagnostics
