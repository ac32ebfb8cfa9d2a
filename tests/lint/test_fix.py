"""`smsconf lint --fix`: what it repairs, in every spelling of YAML, and that it touches nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.cli.main import run
from smsconf.config import load_project
from smsconf.config.edit.fix import amended, repaired
from smsconf.config.yaml.reader import read_yaml
from smsconf.config.yaml.source import Source
from smsconf.lint import RULES
from smsconf.model.diagnostics import Edit
from smsconf.workflow.findings import find_all
from tests.lint.projects import lint_text, project_of
from tests.lint.test_corpus import BAD, DATA

HEAD = """\
version: 1
provider: {emulator: {database: x.db}}
environments: {prod: {overlay: prod.yaml}}
apps: {shop: {region: cn}}
signatures: {notice: {app: shop, name: 示例商城, type: notification, qualification: q-1}}
templates:
"""
ENTRY = "  a:\n    app: shop  # ours\n    signature: notice\n    content: "


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """An empty current folder for a project."""
    monkeypatch.delenv("SMSCONF_ENV", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "smsconf.yaml"


def fixed(project: Path, content: str) -> str:
    """Repair a project of one template, and return its content as spelt afterwards."""
    before = HEAD + ENTRY + content
    project.write_bytes(before.encode())
    run(["lint", "--fix"])
    after = project.read_bytes().decode()
    assert after.startswith(HEAD + ENTRY)
    return after.removeprefix(HEAD + ENTRY)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_repair_leaves_nothing_to_say(rule, tmp_path) -> None:
    """Wherever a page's Example can be repaired, the result passes every rule; three rules promise that."""
    if not (example := rule.section("Example")):
        return
    found = lint_text(tmp_path, project_of(rule, example))
    assert any(one.edit for one in found) == (rule.code in {"SMS305", "SMS310", "SMS311"})
    if any(one.edit for one in found):
        for one in repaired(load_project(tmp_path), found):
            one.write()
        assert find_all(load_project(tmp_path)) == ()


@pytest.mark.parametrize("case", BAD, ids=lambda path: path.stem)
def test_repairs_bring_no_new_finding(case: Path, tmp_path) -> None:
    """In the bad half of the corpus every finding after the repair was there before."""
    shutil.copy(DATA / "base.yaml", tmp_path / "smsconf.yaml")
    shutil.copy(case, tmp_path / "case.yaml")
    before = find_all(load_project(tmp_path))
    rewrites = repaired(load_project(tmp_path), before)
    for one in rewrites:
        one.write()
    after = find_all(load_project(tmp_path))
    assert {(one.address, one.code) for one in after} <= {(one.address, one.code) for one in before}
    assert not [one for one in after if one.edit]


@pytest.mark.parametrize(
    ("spelt", "expected"),
    [
        ('"您的订单已发货，请注意查收。 "\n', '"您的订单已发货，请注意查收。"\n'),
        ("'您的''订单''已发货，请注意查收。 '  # text\n", "'您的''订单''已发货，请注意查收。'  # text\n"),
        ('"您的\\u8ba2单\\u200b已发货，请注意查收。"\n', '"您的\\u8ba2单已发货，请注意查收。"\n'),
        ("您的订单\u200b已发货，请注意查收。\n", "您的订单已发货，请注意查收。\n"),
        ("您的订单已发货，电话４００１２３４５６７。\n", "您的订单已发货，电话4001234567。\n"),
        ("１２３４５\n", '"12345"\n'),
        ("|\n      您的订单已发货，请注意查收。\n", "|-\n      您的订单已发货，请注意查收。\n"),
        ("|+ # c\n      您的订单已发货，请注意查收。\n\n", "|- # c\n      您的订单已发货，请注意查收。\n\n"),
        (
            ">2\n      您的订单Ａ已发货，\n      请注意查收。\n",
            ">2-\n      您的订单A已发货，\n      请注意查收。\n",
        ),
        ("|-\r\n      您的订单Ａ\r\n      已发货。\r\n", "|-\r\n      您的订单A\r\n      已发货。\r\n"),
        ('"您的订单Ａ已发货，\n      请注意查收。"\n', '"您的订单A已发货，\n      请注意查收。"\n'),
        ("&x 您的订单Ａ已发货，请注意查收。\n", "&x 您的订单A已发货，请注意查收。\n"),
        ("【示例商城】您的包裹已发货，请注意查收。\n", "您的包裹已发货，请注意查收。\n"),
        ('"【示例商城】 您的包裹已发货，请注意查收。"\n', '"您的包裹已发货，请注意查收。"\n'),
        ('"\u3000您的包裹{{Ａ}}已发货，请注意查收。\u3000"\n', '"您的包裹{{A}}已发货，请注意查收。"\n'),
    ],
)
def test_repair_keeps_the_spelling(project, spelt: str, expected: str) -> None:
    """Quotes, escapes, folding, comments and line ends stay; only the characters in question go."""
    assert fixed(project, spelt) == expected


@pytest.mark.parametrize(
    "spelt",
    [
        "【订单】您的包裹已发货，请注意查收。\n",
        "【示例商城】\n",
        '"您的包裹¥99元，请注意查收。"\n',
        '"您的包裹\\u200d已发货，请注意查收。"\n',
        '"您的订单Ａ已发货，\\\n      请注意查收。"\n',
        "您的订单Ａ已发货，请注意查收。  # smsconf: ignore[SMS311] the name of a hall\n",
    ],
)
def test_what_might_mean_something_is_left_alone(project, spelt: str) -> None:
    """Other brackets, amounts, joiners, escapes that hide a line end, and what a comment ignores."""
    assert fixed(project, spelt) == spelt


def test_rest_is_reported_with_the_usual_exit_code(project, capsys) -> None:
    """The diff comes first, then what is left, without the promise that --fix does it."""
    project.write_text(HEAD + ENTRY + '"您的退款★Ａ已到账，请注意查收。"\n', encoding="utf-8")
    assert run(["lint", "--fix"]) == 3
    out = capsys.readouterr().out
    assert out.startswith("--- smsconf.yaml\n+++ smsconf.yaml\n@@ -7,4 +7,4 @@\n")
    assert (
        '-    content: "您的退款★Ａ已到账，请注意查收。"\n+    content: "您的退款★A已到账，请注意查收。"\n'
        in out
    )
    assert out.endswith("\n1 error\n")
    assert "SMS311" not in out
    assert "does it" not in out


def test_diff_writes_nothing_and_names_what_can_be_repaired(project, capsys) -> None:
    """--diff shows what --fix would write; the report says which findings it would end."""
    text = HEAD + ENTRY + '"您的退款Ａ已到账，请注意查收。"\n'
    project.write_text(text, encoding="utf-8")
    assert run(["lint", "--diff", "--fix"]) == 0
    out = capsys.readouterr().out
    assert '+    content: "您的退款A已到账，请注意查收。"\n' in out
    assert "= fix: write 'A' (smsconf lint --fix does it)" in out
    assert project.read_text("utf-8") == text


def test_report_for_machines_stays_whole(project, capsys) -> None:
    """With --format json the diff goes to stderr, and every finding says whether it can be repaired."""
    project.write_text(HEAD + ENTRY + '"您的退款★Ａ已到账，请注意查收。"\n', encoding="utf-8")
    run(["lint", "--format", "json"])
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert {one["code"]: one["fixable"] for one in found} == {"SMS307": False, "SMS311": True}
    run(["lint", "--fix", "--format", "json"])
    said = capsys.readouterr()
    assert [one["code"] for one in json.loads(said.out)["diagnostics"]] == ["SMS307"]
    assert "+    content:" in said.err


def test_select_and_ignore_choose_repairs_too(project) -> None:
    """What is not asked for is not repaired."""
    text = HEAD + ENTRY + '"您的退款Ａ已到账，请注意查收。 "\n'
    project.write_text(text, encoding="utf-8")
    run(["lint", "--fix", "--ignore", "SMS311"])
    assert project.read_text("utf-8") == text.replace("。 ", "。")


def test_text_of_an_overlay_is_repaired_there(project) -> None:
    """The file that the text is from is written, and only that."""
    text = HEAD + ENTRY + "您的退款已到账，请注意查收。\n"
    project.write_text(text, encoding="utf-8")
    overlay = project.parent / "prod.yaml"
    overlay.write_text(
        "templates: {a: {content: 您的退款Ａ已到账，请注意查收。}}  # prod\n", encoding="utf-8"
    )
    run(["lint", "--fix", "--env", "prod"])
    assert project.read_text("utf-8") == text
    assert overlay.read_text("utf-8") == "templates: {a: {content: 您的退款A已到账，请注意查收。}}  # prod\n"


def test_shared_text_is_repaired_only_where_all_agree(project) -> None:
    """An alias is not written over; a text that two templates share by a merge key is repaired for both."""
    shared = (
        HEAD + "  a: &a\n    app: shop\n    signature: notice\n    content: 您的退款Ａ已到账，请注意查收。\n"
    )
    project.write_text(shared + "  b:\n    <<: *a\n    name: other\n", encoding="utf-8")
    run(["lint", "--fix"])
    assert project.read_text("utf-8") == shared.replace("Ａ", "A") + "  b:\n    <<: *a\n    name: other\n"


def test_read_only_file_is_refused(project, capsys) -> None:
    """As with fmt."""
    project.write_text(HEAD + ENTRY + '"您的退款Ａ已到账，请注意查收。"\n', encoding="utf-8")
    project.chmod(0o444)
    assert run(["lint", "--fix"]) == 1
    assert "cannot write smsconf.yaml: it is read-only" in capsys.readouterr().err


STYLES = ("plain", "single", "double", "literal")


@given(
    st.text(st.sampled_from("ab 您{}':#\\\"Ａ-,"), min_size=1, max_size=12),
    st.sampled_from(STYLES),
    st.integers(0, 12),
    st.integers(0, 3),
    st.sampled_from(["", "x", "'", '"', ": "]),
)
def test_any_edit_gives_the_value_or_nothing(
    text: str, style: str, start: int, length: int, new: str
) -> None:
    """In every style an edit either gives exactly the edited value, or leaves the file as it is."""
    spelt = {
        "plain": text,
        "single": "'" + text.replace("'", "''") + "'",
        "double": json.dumps(text, ensure_ascii=False),
        "literal": f"|-\n    {text}",
    }[style]
    source = Source("x.yaml", f"k:\n  a: {spelt}\n  b: 1 # c\n")
    block, problems = read_yaml(source)
    if block is None or problems or block["k"].get("a") != text:
        return
    start, end = min(start, len(text)), min(start + length, len(text))
    made = amended(source, {("k", "a"): [Edit((), start, end, new)]})
    values = read_yaml(Source("x.yaml", made))[0]["k"]
    wanted = text[:start] + new + text[end:]
    assert values == {"a": wanted, "b": 1} or made == source.text
    assert made.endswith("\n  b: 1 # c\n")
    if style == "double" and '"' not in new:
        assert values["a"] == wanted
