"""Entries → resources: defaults, references, and what is said when they do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.resources import ABSENT, MessageType, Region, UpdatePolicy, VariableType
from tests.config.conftest import HEAD, HEAD_LINES, Load, spots

BASE = "version: 1\nprovider: {emulator: {database: x.db}}\n"


def only(load: Load, text: str) -> tuple[str, str, str | None, str]:
    """Code, place, address and fix of the only problem of a project."""
    project = load(text)
    assert len(project.diagnostics) == 1, project.diagnostics
    [found] = project.diagnostics
    assert found.place is not None
    place = (
        f"{found.place.line - HEAD_LINES * text.startswith(HEAD)}:{found.place.column}+{found.place.length}"
    )
    return found.code, place, found.address, found.fix or ""


def test_defaults_are_filled_in(load: Load) -> None:
    """A minimal template, signature and app get the documented defaults."""
    project = load(
        BASE + "apps: {shop: {region: cn}}\nsignatures: {code: {app: shop, type: verification}}\n"
        "templates:\n  login: {app: shop, signature: code, content: '验证码{c}',\n"
        "    variables: {c: {type: alphanumeric}}}\n"
    )
    assert not project.diagnostics
    [app] = project.desired.apps.values()
    [signature] = project.desired.signatures.values()
    [template] = project.desired.templates.values()
    assert (app.name, app.reply_url, app.external) == ("shop", ABSENT, False)
    assert (signature.name, signature.source.value, signature.third_party) == ("code", "company", False)
    assert (template.name, template.region, template.type) == ("login", Region.CN, MessageType.VERIFICATION)
    assert (template.update, template.retire_after) == (UpdatePolicy.REPLACE, 604_800)
    assert template.variables[0].max_length == 8
    assert template.signature == Address(Kind.SIGNATURE, "code")


@pytest.mark.parametrize(
    ("kind", "cap"), [("phone", 15), ("alphanumeric", 20), ("money", 20), ("text", 20), ("newtext", 100)]
)
def test_longest_value_defaults_to_the_cap_of_the_type(load: Load, kind: str, cap: int) -> None:
    """max_length is the type's cap where the file says nothing."""
    project = load(
        HEAD
        + f"  a: {{app: shop, signature: notice, content: '好{{x}}', variables: {{x: {{type: {kind}}}}}}}\n"
    )
    [template] = project.desired.templates.values()
    assert (template.variables[0].type, template.variables[0].max_length) == (VariableType(kind), cap)


def test_null_reply_url_is_not_an_absent_one(load: Load) -> None:
    """Null clears the reply address, a missing key leaves it alone."""
    project = load(
        BASE
        + "apps:\n  a: {region: cn, reply_url: null}\n  b: {region: cn}\n  c: {region: cn, reply_url: u}\n"
    )
    assert not project.diagnostics
    assert [app.reply_url for app in project.desired.apps.values()] == [None, ABSENT, "u"]


def test_countries_are_names_after_loading(load: Load) -> None:
    """ISO codes become English names, names stay as written, repeats go."""
    project = load(HEAD + "  a: {app: world, content: x, countries: [SG, BRA, 泰国]}\n")
    assert not project.diagnostics
    [template] = project.desired.templates.values()
    assert template.countries == ("Singapore", "Brazil", "泰国")
    assert template.type is MessageType.NOTIFICATION


def test_thresholds_and_protection_are_loaded(load: Load) -> None:
    """Thresholds by region, protected addresses whether declared or not."""
    project = load(
        BASE
        + "thresholds:\n  cn: {daily: {warn: 1, limit: 2}}\n  intl: {monthly: {limit: 9}}\n"
        + "protect: [template.gone]\n"
    )
    assert not project.diagnostics
    first, second = project.desired.thresholds.values()
    assert (str(first.address), first.daily_warn, first.daily_limit, first.monthly_warn) == (
        "threshold.cn",
        1,
        2,
        None,
    )
    assert (second.region, second.monthly_limit) == (Region.INTL, 9)
    assert project.desired.protected == {Address(Kind.TEMPLATE, "gone")}


def test_qualification_is_resolved_or_literal(load: Load) -> None:
    """A key of qualifications stands for its id, anything else for itself."""
    project = load(
        BASE + "apps: {shop: {region: cn}}\nqualifications: {own: {id: q-1}}\nsignatures:\n"
        "  a: {app: shop, type: notification, qualification: own}\n"
        "  b: {app: shop, type: notification, qualification: q-9}\n"
    )
    assert not project.diagnostics
    assert [one.qualification for one in project.desired.signatures.values()] == ["q-1", "q-9"]


N = "app: shop, signature: notice, content: x"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("a: {app: shp, content: x}", ("SMS401", "1:12+3", "write shop")),
        ("a: {app: shop, signature: notce, content: x}", ("SMS402", "1:29+5", "write notice")),
        ("a: {app: shop, signature: foreign, content: x}", ("SMS403", "1:29+7", "write notice or code")),
        (
            "a: {app: shop, signature: code, content: x, type: notification}",
            ("SMS404", "1:53+12", "remove type, or use a signature of type notification"),
        ),
        (
            "a: {app: world, signature: notice, content: x, countries: [SG]}",
            ("SMS405", "1:19+9", "use an app of region cn, or remove it"),
        ),
        ("a: {app: shop, content: x}", ("SMS406", "1:3+1", "add signature: notice or code")),
        ("a: {app: world, content: x}", ("SMS407", "1:3+1", "add countries: [SG], for example")),
        (f"a: {{{N}, countries: [SG]}}", ("SMS408", "1:49+9", "remove countries")),
        ("a: {app: shop, universal: true, content: x}", ("SMS409", "1:18+9", "add type")),
        (
            "a: {app: world, content: x, countries: [SG, MY, TH, FR]}",
            ("SMS412", "1:55+2", "split the template"),
        ),
        (
            f"a: {{{N}, universal: true, type: notification}}",
            ("SMS413", "1:18+9", "remove signature or universal"),
        ),
        (
            "a: {app: world, content: x, countries: [SG], universal: true}",
            ("SMS414", "1:48+9", "remove universal"),
        ),
        ("a: {app: world, content: x, countries: [UK]}", ("SMS050", "1:43+2", "write GB for United Kingdom")),
        (
            f"a: {{{N}, retire_after: P1M}}",
            ("SMS025", "1:63+3", "write it as ISO 8601: P7D for 7 days, PT12H for 12 hours"),
        ),
    ],
)
def test_reference_that_does_not_fit_is_an_error(
    load: Load, entry: str, expected: tuple[str, str, str]
) -> None:
    """Each mistake between entries has its code, place, address and fix."""
    code, place, fix = expected
    assert only(load, f"{HEAD}  {entry}\n") == (code, place, "template.a", fix)


@pytest.mark.parametrize(
    ("second", "code", "place", "other"),
    [
        ("b: {%s, name: a}", "SMS410", "2:55+1", 3),
        ("b: {%s, renamed_from: a}", "SMS410", "2:63+1", 3),
        ("b: {%s, name: a_v2}", "SMS411", "2:55+4", 3),
        ("b: {%s, name: a_v10_v3}", "SMS411", "2:55+8", 3),
    ],
)
def test_two_templates_that_would_be_one_name_both_places(
    load: Load, second: str, code: str, place: str, other: int
) -> None:
    """The same remote name, or one that could be a version of another's, is refused."""
    project = load(f"{HEAD}  a: {{{N}}}\n  {second % N}\n")
    [found] = project.diagnostics
    assert found.place is not None
    assert (found.code, found.address) == (code, "template.b")
    assert f"{found.place.line - HEAD_LINES}:{found.place.column}+{found.place.length}" == place
    assert [(place.line - HEAD_LINES, place.column) for place, _ in found.related] == [(1, other)]


@pytest.mark.parametrize("name", ["a_v1", "a_v02", "a_vx", "a_v2x"])
def test_names_that_are_no_versions_are_free(load: Load, name: str) -> None:
    """Only _v2, _v3 … are suffixes of versions."""
    assert not load(f"{HEAD}  a: {{{N}}}\n  b: {{{N}, name: {name}}}\n").diagnostics


def test_two_apps_or_signatures_that_are_one_are_refused(load: Load) -> None:
    """Apps by region and name, signatures by name and type in the whole account."""
    project = load(
        BASE + "apps:\n  a: {region: cn, name: x}\n  b: {region: cn, name: x}\n  c: {region: intl, name: x}\n"
        "signatures:\n  s: {app: a, name: n, type: promotion}\n  t: {app: a, name: n, type: promotion}\n"
        "  u: {app: a, name: n, type: notification}\n"
    )
    assert spots(project) == [("SMS410", "smsconf.yaml:5:25+1"), ("SMS410", "smsconf.yaml:9:21+1")]


def test_declared_signature_cannot_be_replaced(load: Load) -> None:
    """--retire deleted it and the next run made it again; a signature that replaces itself is the same."""
    project = load(
        BASE + "apps: {a: {region: cn}}\nsignatures:\n"
        "  s: {app: a, name: n, type: promotion, replaces: {name: n, type: promotion}}\n"
        "  t: {app: a, name: m, type: promotion, replaces: {name: n, type: promotion}}\n"
        "  u: {app: a, name: o, type: promotion, replaces: {name: n, type: notification}}\n"
    )
    assert spots(project) == [("SMS416", "smsconf.yaml:5:41+8"), ("SMS416", "smsconf.yaml:6:41+8")]
    assert project.diagnostics[1].message == "signature.t replaces 'n', which is signature.s"


def test_only_versions_of_a_template_are_adopted(load: Load) -> None:
    """Another name was ignored without a word, and pruning deleted what the files meant to keep."""
    template = "{app: a, signature: s, content: x"
    project = load(
        BASE + "apps: {a: {region: cn}}\nsignatures: {s: {app: a, name: n, type: promotion}}\ntemplates:\n"
        f"  t: {template}, adopt: [t, t_v2, old, t_v1]}}\n"
        f"  u: {template}, adopt: [t_v7]}}\n"
        f"  v: {template}, renamed_from: w, adopt: [w_v3, old]}}\n"
    )
    assert [
        (*spot, one.message, one.fix) for spot, one in zip(spots(project), project.diagnostics, strict=True)
    ] == [
        (
            *("SMS417", "smsconf.yaml:6:58+3", "'old' is no name of a version of 't'"),
            "take it over with name: old, or with renamed_from: old",
        ),
        (
            *("SMS417", "smsconf.yaml:6:63+4", "'t_v1' is no name of a version of 't'"),
            "take it over with name: t_v1, or with renamed_from: t_v1",
        ),
        ("SMS417", "smsconf.yaml:7:49+4", "'t_v7' is no name of a version of 'u'", "remove it"),
        ("SMS417", "smsconf.yaml:8:72+3", "'old' is no name of a version of 'v'", "remove it"),
    ]


def test_reference_to_a_broken_entry_is_not_reported_again(load: Load) -> None:
    """One mistake in an app is one diagnostic, not one for each of its templates."""
    project = load(BASE + "apps: {shop: {regin: cn, region: cn}}\ntemplates:\n  a: {app: shop, content: x}\n")
    assert spots(project) == [("SMS020", "smsconf.yaml:3:15+5")]


def test_broken_entry_keeps_only_itself_out(load: Load) -> None:
    """What is right is in desired, so that the checks can go on."""
    project = load(f"{HEAD}  a: {{{N}, foo: 1}}\n  b: {{{N}}}\n")
    assert [address.key for address in project.desired.templates] == ["b"]


@pytest.mark.parametrize(
    ("key", "written", "code", "fix"),
    [
        ("licence", "files/lic.png", "SMS034", "write files/licence.png"),
        ("proof", "files", "SMS035", "replace the file"),
        ("authorization", "../x.png", "SMS031", "move the file into the project"),
        ("licence", "/etc/hostname", "SMS031", "move the file into the project"),
        ("licence", "out/hostname", "SMS031", "move the file into the project"),
        ("licence", '"a\\0b"', "SMS035", "replace the file"),
    ],
)
def test_file_that_cannot_be_used_is_an_error(
    load: Load, tmp_path: Path, key: str, written: str, code: str, fix: str
) -> None:
    """Missing, no file, or outside of the project by any way: said at the path."""
    (tmp_path / "out").symlink_to("/etc")
    text = (
        BASE + "apps: {s: {region: cn}}\nsignatures:\n"
        f"  a:\n    app: s\n    type: promotion\n    {key}: {written}\n"
    )
    project = load({"smsconf.yaml": text, "files/licence.png": "png"})
    [found] = project.diagnostics
    assert found.place is not None
    assert (found.code, found.address, found.fix) == (code, "signature.a", fix)
    assert (found.place.line, found.place.column) == (8, len(key) + 7)


def test_file_has_digest_and_size(load: Load) -> None:
    """A file is known by its sha256, so that a change is seen without sending it."""
    text = BASE + "apps: {s: {region: cn}}\nsignatures:\n  a: {app: s, type: promotion, licence: l.png}\n"
    project = load({"smsconf.yaml": text, "l.png": "abc"})
    [signature] = project.desired.signatures.values()
    assert signature.licence is not None
    assert signature.licence.digest.startswith("ba7816bf")
    assert (signature.licence.path, signature.licence.size) == ("l.png", 3)
    assert signature.licence.location.is_absolute()
