"""`smsconf lint` from outside: what it goes on with, its forms, its exit codes, what is ignored."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

from smsconf.cli.main import run
from smsconf.config import load_project
from smsconf.workflow.findings import find_all

HOME = Path(__file__).parents[2]
# The official schema of SARIF 2.1.0 (rtm.5), as the npm package @microsoft/jest-sarif (MIT) ships it.
SARIF = HOME / "tests" / "data" / "sarif-2.1.0-rtm.5.json"

HEAD = """\
version: 1
provider: {emulator: {database: x.db}}
apps: {shop: {region: cn}}
signatures: {notice: {app: shop, name: 示例商城, type: notification, qualification: q-1}}
templates:
"""
GOOD = "  good: {app: shop, signature: notice, content: 您的订单已发货，请注意查收。}\n"
BAD = "  bad: {app: shop, signature: notice, content: 您的退款★已到账，请注意查收。}\n"
FROWNED = "  meh: {app: shop, signature: notice, content: 请您对本次服务进行评价，谢谢。}\n"
BROKEN = "  broken: {app: shop, signature: notice, contnt: x}\n"
HOSTILE = """  hostile:
    app: shop
    signature: notice
    content: "您的<script>订单</script> & 100%,::error:: |`@all` \\x1b[31m 【x】\\n★ 已发货，请注意查收。"
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Write a project of some templates into the current folder."""
    monkeypatch.delenv("SMSCONF_ENV", raising=False)
    monkeypatch.chdir(tmp_path)

    def write(templates: str, head: str = HEAD) -> Path:
        (tmp_path / "smsconf.yaml").write_text(head + templates, encoding="utf-8")
        return tmp_path

    return write


def spots(capsys) -> list[tuple[str, str, int, int]]:
    """Code, address, line and column of every diagnostic of a JSON report."""
    document = json.loads(capsys.readouterr().out)
    assert document["format_version"]
    return [(one["code"], one["address"], one["line"], one["column"]) for one in document["diagnostics"]]


def test_lint_goes_on_with_what_loaded(project, capsys) -> None:
    """An entry that cannot be loaded does not hide what is wrong with the others."""
    project(BROKEN + BAD)
    assert run(["lint", "--format", "json"]) == 3
    assert spots(capsys) == [
        ("SMS021", "template.broken", 6, 3),
        ("SMS020", "template.broken", 6, 42),
        ("SMS307", "template.bad", 7, 52),
    ]


@pytest.mark.parametrize(
    ("templates", "options", "code"),
    [
        (GOOD, [], 0),
        (GOOD, ["--strict"], 0),
        (FROWNED, [], 0),
        (FROWNED, ["--strict"], 3),
        (BAD, [], 3),
        (BAD, ["--ignore", "SMS307"], 0),
        (BAD, ["--select", "SMS318"], 0),
        (BAD + FROWNED, ["--select", "sms318, SMS307"], 3),
        (BAD, ["--select", "SMS9999"], 1),
    ],
)
def test_lint_exits_by_what_it_found(project, capsys, templates, options, code) -> None:
    """3 for errors, with --strict for warnings, 0 else; of the selected codes."""
    project(templates)
    assert run(["lint", *options]) == code


def test_lint_offers_the_nearest_code(project, capsys) -> None:
    """A misspelt code is a usage error with a hint."""
    project(GOOD)
    assert run(["lint", "--select", "SMS3070"]) == 1
    assert "there is no code 'SMS3070'; did you mean SMS370?" in capsys.readouterr().err


def test_lint_without_project_exits_1(tmp_path, capsys) -> None:
    """There is nothing to read."""
    assert run(["lint", "-C", str(tmp_path), "--format", "json"]) == 1
    assert [code for code, *_ in spots(capsys)] == ["SMS001"]


def test_lint_text_shows_place_why_and_fix(project, capsys) -> None:
    """A finding reads like a compiler's."""
    project(BAD)
    run(["lint"])
    assert capsys.readouterr().out == (
        "smsconf.yaml:6:52: error[SMS307] template.bad: '★' in the content\n"
        "  |\n"
        "6 |   bad: {app: shop, signature: notice, content: 您的退款★已到账，请注意查收。}\n"
        "  |                                                        ^\n"
        "  = why: the vendor's rules forbid ¥ ★ ^_^ & √ ※ [ ] in a mainland template "
        "(“such as”: the list is open)\n"
        "  = fix: remove it, or write a word for it\n"
        "  = more: smsconf explain SMS307\n"
        "\n"
        "1 error\n"
    )


def test_clean_project_prints_nothing(project, capsys) -> None:
    """Silence is the report of a good project."""
    project(GOOD)
    assert run(["lint"]) == 0
    assert capsys.readouterr() == ("", "")


def test_example_shop_is_clean(capsys) -> None:
    """The example gives no finding in any environment, not even a note; one text may take two segments."""
    for environment in ([], ["--env", "staging"], ["--env", "prod"]):
        assert run(["lint", "-C", str(HOME / "examples" / "shop"), "--strict", *environment]) == 0
        said = capsys.readouterr().out
        assert re.fullmatch(r"1[56] templates: .*1 of 1..2 segments \(template.parcel-waiting\)\n", said)


# -- segments


def long_text(key: str, length: int) -> str:
    """A template whose message, with 【示例商城】, has that many characters."""
    start, end = "您的订单已发货，", "请注意查收。"
    filling = ("感谢您的耐心等待，" * 20)[: length - len("【示例商城】") - len(start) - len(end)]
    return f"  {key}: {{app: shop, signature: notice, content: {start}{filling}{end}}}\n"


def test_lint_says_which_messages_take_more_than_one_segment(project, capsys) -> None:
    """70 characters are one part, 71 are two, 135 three; the long ones are named."""
    project(GOOD + long_text("full", 70) + long_text("two", 71) + long_text("three", 135))
    assert run(["lint"]) == 0
    said = "4 templates: 2 of 1 segment, 1 of 2 segments, 1 of 3 segments (template.two, template.three)\n"
    assert capsys.readouterr().out.endswith(said)


def test_lint_document_has_the_segments_of_every_template(project, capsys) -> None:
    """Parts and lengths at least and at most; one whose signature is unknown is left out."""
    lost = "  lost: {app: shop, signature: nobody, content: 您的订单已发货。}\n"
    order = "  order: {app: shop, signature: notice, content: '订单{n}已发货。', variables: {n: {"
    project(f"{order}type: alphanumeric, max_length: 60}}}}}}\n{lost}")
    run(["lint", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["segments"] == [
        {
            "address": "template.order",
            "min": 1,
            "max": 2,
            "min_length": 13,
            "max_length": 72,
            "unit": "characters",
        }
    ]


# -- ignoring


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "  # smsconf: ignore[SMS307] the star is our logo"),
        ("  # smsconf: ignore[SMS307] the star is our logo\n", ""),
        ("  # smsconf: ignore[SMS318, SMS307] both are wanted\n  # another comment\n", " # 评价"),
    ],
)
def test_comment_with_reason_ignores_a_finding(project, before, after) -> None:
    """On the line, or on lines of its own before it."""
    bad = BAD.replace("★", "★评价") if "SMS318" in before else BAD
    assert find_all(load_project(project(f"{before}{bad.rstrip()}{after}\n"))) == ()


def test_comment_at_the_field_ignores_inside_a_long_text(project) -> None:
    """There are no comments inside a text of several lines, so its first line counts."""
    text = (
        "  bad:\n    app: shop\n    signature: notice\n"
        "    content: |-  # smsconf: ignore[SMS307] the star is our logo\n"
        "      您的退款\n      ★已到账，请注意查收。\n"
    )
    assert find_all(load_project(project(text))) == ()


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# smsconf: ignore[SMS307]", [("SMS307", 52), ("SMS440", 84)]),
        ("# smsconf: ignore[SMS318] gone", [("SMS307", 52), ("SMS441", 84)]),
        ("# smsconf: ignore[SMS37] what", [("SMS307", 52), ("SMS442", 84)]),
        ("# smsconf: ignore[SMS307, SMS318] one", [("SMS441", 92)]),
        ("# smsconf ignore SMS307 because", [("SMS307", 52)]),
    ],
)
def test_idle_comment_is_reported(project, comment, expected) -> None:
    """One without reason, without finding or with a code that does not exist; at the code."""
    found = find_all(load_project(project(f"{BAD.rstrip()}  {comment}\n")))
    assert [(one.code, one.place.column) for one in found] == expected


def test_error_of_loading_cannot_be_ignored(project) -> None:
    """What keeps a resource out of the plan stays an error."""
    text = BROKEN.rstrip() + "  # smsconf: ignore[SMS020] we like it so\n"
    assert "SMS020" in [one.code for one in find_all(load_project(project(text)))]


# -- settings


def test_severities_of_the_project_win(project) -> None:
    """A rule can be made louder, quieter, or switched off; a code that does not exist is named."""
    lint = "lint: {severities: {SMS307: warning, SMS318: off, SMS998: info}}\n"
    found = find_all(load_project(project(BAD + FROWNED, head=lint + HEAD)))
    assert [(one.code, one.severity.value, one.place.line, one.place.column) for one in found] == [
        ("SMS442", "warning", 1, 51),
        ("SMS307", "warning", 7, 52),
    ]


def test_policy_of_the_project_is_checked(project) -> None:
    """Forbidden words at their place, the pattern of names at the name, parts at the content."""
    lint = 'lint: {forbidden: [查收], name_pattern: "[a-z]+-[a-z]+", max_segments: 1}\n'
    long = GOOD.replace("good", "a-b").replace("您的", "您" * 70)
    found = find_all(load_project(project(GOOD + long, head=lint + HEAD)))
    assert [(one.code, one.address, one.place.line, one.place.column) for one in found] == [
        ("SMS431", "template.good", 7, 3),
        ("SMS430", "template.good", 7, 60),
        ("SMS432", "template.a-b", 8, 48),
        ("SMS430", "template.a-b", 8, 127),
    ]
    assert found[2].message == "a message may take 2 segments (88 characters), expected at most 1"


@pytest.mark.parametrize(
    ("lint", "code"),
    [
        ('{name_pattern: "("}', "SMS025"),
        ("{severities: {sms1: off}}", "SMS025"),
        ("{severities: {SMS301: of}}", "SMS023"),
        ("{max_segments: 0}", "SMS025"),
        ("{forbidden: ['']}", "SMS025"),
        ("{forbiden: [a]}", "SMS020"),
    ],
)
def test_wrong_setting_is_an_error_of_loading(project, lint, code) -> None:
    """At its place in the file."""
    found = find_all(load_project(project(GOOD, head=f"lint: {lint}\n{HEAD}")))
    assert [(one.code, one.place.line) for one in found] == [(code, 1)]


# -- forms


def sarif_validator() -> jsonschema_rs.Validator:
    """Compile the official schema; one pattern of it has a bracket too many, which strict engines refuse."""
    text = SARIF.read_text(encoding="utf-8")
    wrong = "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$"
    assert wrong in text
    return jsonschema_rs.validator_for(json.loads(text.replace(wrong, wrong.replace("]?$", "$"))))


def test_sarif_is_valid(project, capsys) -> None:
    """Against the official schema; columns and files as code scanning wants them."""
    project(HOSTILE + BAD + BROKEN)
    assert run(["lint", "--format", "sarif"]) == 3
    log = json.loads(capsys.readouterr().out)
    sarif_validator().validate(log)
    [ran] = log["runs"]
    found = next(one for one in ran["results"] if "template.bad" in one["message"]["text"])
    assert found["level"] == "error"
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "smsconf.yaml"
    region = found["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (10, 52, 53)
    assert ran["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == found["ruleId"] == "SMS307"


def test_sarif_of_everything_is_valid(project, capsys) -> None:
    """A clean project, and related places."""
    validator = sarif_validator()
    for templates in (GOOD, GOOD + GOOD.replace("good", "twin"), ""):
        project(templates)
        run(["lint", "--format", "sarif"])
        validator.validate(json.loads(capsys.readouterr().out))


def test_junit_is_xml_with_a_failure_an_error(project, capsys) -> None:
    """Warnings pass, errors fail, hostile text stays text."""
    project(HOSTILE + FROWNED)
    assert run(["lint", "--format", "junit"]) == 3
    tree = ET.fromstring(capsys.readouterr().out)
    cases = tree.findall("testsuite/testcase")
    failures = [case for case in cases if case.find("failure") is not None]
    assert tree.get("tests") == str(len(cases))
    assert tree.get("failures") == str(len(failures))
    assert 0 < len(failures) < len(cases)
    assert any("template.hostile smsconf.yaml:9:" in case.get("name") for case in failures)


def test_junit_of_a_clean_project_has_a_test_that_passes(project, capsys) -> None:
    """CI systems complain about reports without tests."""
    project(GOOD)
    assert run(["lint", "--format", "junit"]) == 0
    tree = ET.fromstring(capsys.readouterr().out)
    assert (tree.get("tests"), tree.get("failures")) == ("1", "0")


def test_github_annotation_is_one_escaped_line(project, capsys) -> None:
    """Nothing of a text can end the command or begin another."""
    project(HOSTILE)
    assert run(["lint", "--format", "github"]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(find_all(load_project(Path())))
    for line in lines:
        assert line.startswith(("::error file=", "::warning file=", "::notice file="))
        assert "\x1b" not in line
    assert any("<script>" not in line and "%0Afix: " in line for line in lines)
    project(BAD)
    run(["lint", "--format", "github"])
    head = "::error file=smsconf.yaml,line=6,col=52,endColumn=53,title=SMS307::template.bad: '★' in the"
    assert capsys.readouterr().out.startswith(head)


def test_github_properties_escape_colon_and_comma(tmp_path, monkeypatch, capsys) -> None:
    """A file's name cannot add properties."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "smsconf.yaml").write_text(HEAD.replace("templates:", 'include: ["a,b:c%.yaml"]'))
    (tmp_path / "a,b:c%.yaml").write_text("templates:\n" + BAD, encoding="utf-8")
    run(["lint", "--format", "github"])
    assert "file=a%2Cb%3Ac%25.yaml,line=2," in capsys.readouterr().out


def test_files_are_named_as_seen_from_the_repository(project, tmp_path, monkeypatch, capsys) -> None:
    """Annotations and code scanning want paths from where the command runs; JSON those of the project."""
    folder = project(BAD)
    monkeypatch.chdir(folder.parent)
    run(["lint", "-C", folder.name, "--format", "github"])
    assert f"file={folder.name}/smsconf.yaml," in capsys.readouterr().out
    run(["lint", "-C", folder.name, "--format", "json"])
    assert json.loads(capsys.readouterr().out)["diagnostics"][0]["file"] == "smsconf.yaml"


def test_lint_needs_neither_network_nor_model_of_the_service() -> None:
    """The command loads no HTTP client and no terminal library."""
    script = (
        "import sys, smsconf.cli.commands.lint; "
        "print([name for name in ('httpx', 'rich', 'deepdiff', 'starlette') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
