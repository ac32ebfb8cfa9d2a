"""Every renderer with every trick: what it writes is read by somebody else, who finds text and no more."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from rich.cells import cell_len

from smsconf.model.errors import SmsconfError
from smsconf.render.documents.doctor import doctor_lines
from smsconf.render.documents.guide import guide_lines, guide_markdown
from smsconf.render.documents.history import history_lines
from smsconf.render.documents.outputs import configmap_text, env_text, yaml_text
from smsconf.render.documents.receipts import messages_lines, receipts_csv, receipts_lines
from smsconf.render.documents.replies import opt_outs_lines, replies_lines
from smsconf.render.documents.send import send_lines
from smsconf.render.findings.github import github_text
from smsconf.render.findings.junit import junit_text
from smsconf.render.findings.sarif import sarif_text
from smsconf.render.foreign_text import in_quotes, json_text, several_lines
from smsconf.render.lines import cells, clean, plain, show
from smsconf.render.plan.graph import mermaid
from smsconf.render.plan.html import report_html
from smsconf.render.plan.manual_steps import steps_lines
from smsconf.render.plan.markdown import apply_markdown, plan_markdown, status_markdown
from smsconf.render.plan.status import status_lines
from smsconf.render.plan.text import apply_lines, lint_lines, plan_lines
from tests.reconcile import build
from tests.render.hostile import ANY, CORPUS, PLAIN
from tests.render.judges import Page, commands, formulas, markdown_page, obeyed, shape, sheet, unseen, xml
from tests.render.views import WORD, documents, put

Draw = Callable[[Any], str]


def lines(draw: Callable[[Any], Any]) -> Draw:
    return lambda view: plain(draw(view))


def graph(view: Any) -> str:
    name = view["templates"]["template.order"]["remote_name"]
    every = (build.shop, replace(build.brand, name=name), replace(build.shipped, name=name))
    return mermaid(build.desired(*every))


def sarif(view: Any) -> str:
    return sarif_text(view, version="1.0", about={})


# renderer → (document, how it is drawn)
TEXTS: Mapping[str, tuple[str, Draw]] = {
    "plan": ("plan", lines(plan_lines)),
    "apply": ("apply", lines(apply_lines)),
    "status": ("status", lines(status_lines)),
    "lint": ("lint", lines(lint_lines)),
    "history": ("history", lines(history_lines)),
    "receipts": ("receipts", lines(receipts_lines)),
    "messages": ("messages", lines(messages_lines)),
    "replies": ("replies", lines(lambda rows: replies_lines(rows, 1))),
    "opt-outs": ("opt-outs", lines(opt_outs_lines)),
    "send": ("send", lines(send_lines)),
    "doctor": ("doctor", lines(doctor_lines)),
    "guide": ("guide", lines(guide_lines)),
    "confirm": ("confirm", lines(steps_lines)),
}
COMMENTS: Mapping[str, tuple[str, Draw]] = {
    "plan": ("plan", plan_markdown),
    "apply": ("apply", apply_markdown),
    "status": ("status", status_markdown),
    "guide": ("guide", guide_markdown),
}
OTHERS: Mapping[str, tuple[str, Draw]] = {
    "page": ("report", report_html),
    "junit": ("lint", junit_text),
    "github": ("lint", github_text),
    "sarif": ("lint", sarif),
    "csv": ("messages", lambda rows: "".join(receipts_csv(rows))),
    "yaml": ("outputs", yaml_text),
    "configmap": ("outputs", configmap_text),
    "json": ("plan", json_text),
    "graph": ("outputs", graph),
}


@cache
def document(name: str) -> Any:
    return documents()[name]


def drawn(table: Mapping[str, tuple[str, Draw]], name: str, text: str) -> str:
    """Draw a document with a text in every foreign place."""
    about, draw = table[name]
    return draw(put(document(about), text))


def said(table: Mapping[str, tuple[str, Draw]], name: str, text: str) -> str | None:
    """Draw it, or tell nothing where a renderer refuses the text."""
    try:
        return drawn(table, name, text)
    except SmsconfError:
        return None


@cache
def usual_page(name: str) -> Page:
    """Return the page with an ordinary word everywhere."""
    return Page(drawn(OTHERS, name, WORD)) if name == "page" else markdown_page(drawn(COMMENTS, name, WORD))


def judge_text(name: str, text: str) -> str:
    out = drawn(TEXTS, name, text)
    assert unseen(out) is None
    assert commands(out) == []
    assert out.count("\n") == drawn(TEXTS, name, WORD).count("\n")
    return out


def judge_comment(name: str, text: str) -> str:
    out = drawn(COMMENTS, name, text)
    assert unseen(out) is None
    assert commands(out) == []
    page, usual = markdown_page(out), usual_page(name)
    assert list(obeyed(page)) == []
    assert shape(page) == shape(usual)
    assert {tag for tag, *_names in page.tags} <= {tag for tag, *_names in usual.tags} | {"code"}
    assert page.links == usual.links
    assert [names for _tag, *names in page.tags if names] == [names for _tag, *names in usual.tags if names]
    return " ".join(page.shown.split())


def judge_page(text: str) -> str:
    out = drawn(OTHERS, "page", text)
    page, usual = Page(out), usual_page("page")
    assert page.links == usual.links
    kinds = lambda one: [tag for tag in one.tags if tag[0] not in ("mark", "span")]  # noqa: E731 - parts of messages
    assert kinds(page) == kinds(usual)
    assert unseen(page.shown) is None
    assert commands(out) == []
    return " ".join(page.shown.split())


def judge_findings(text: str) -> None:
    tree = xml(drawn(OTHERS, "junit", text))
    assert [one.tag for one in tree.iter()] == ["testsuites", "testsuite", *["testcase", "failure"] * 2]
    assert unseen("".join(tree.itertext())) is None
    log = json.loads(drawn(OTHERS, "sarif", text))
    for result in log["runs"][0]["results"]:
        message = result["message"]["text"]
        assert re.sub(r"\\[\\\[\]]", "", message).translate(str.maketrans("", "", "[]")) == re.sub(
            r"\\[\\\[\]]", "", message
        )
        assert unseen(message) is None
    annotations = drawn(OTHERS, "github", text)
    assert annotations.count("\n") == 2
    for one in annotations.splitlines():
        assert re.fullmatch(
            r"::error file=[^:,\r\n]*,line=1,col=1,endColumn=4,title=SMS301::[^\r\n]*", one
        ), one
        assert unseen(one) is None
    assert commands(drawn(OTHERS, "junit", text)) == commands(drawn(OTHERS, "sarif", text)) == []


def judge_data(text: str) -> None:
    out = drawn(OTHERS, "csv", text)
    assert formulas(out) == []
    assert [len(row) for row in sheet(out)] == [11] * 3
    assert out.count("\n") == 3
    assert unseen(out) is None
    for name in ("yaml", "json"):
        about, out = OTHERS[name][0], drawn(OTHERS, name, text)
        whole = put(document(about), text)
        assert json.loads(json.dumps(whole)) == (json.loads(out) if name == "json" else yaml.safe_load(out))
        assert unseen(out, data=True) is None
        assert commands(out) == []
    usual = drawn(OTHERS, "graph", WORD)
    out = drawn(OTHERS, "graph", text)
    assert re.sub(r'"[^"\n]*"', "", out) == re.sub(r'"[^"\n]*"', "", usual)
    for label in re.findall(r'"([^"\n]*)"', out):
        assert re.fullmatch(r"[\w. #;-]*", label.replace("<br>", "")), label


def judge_variables(text: str) -> None:
    """What could be more than a value is refused; of all else a file of variables holds the text, no more."""
    view = put(document("outputs"), text)
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|##[A-Za-z]*\[", text):
        for write in (env_text, configmap_text):
            with pytest.raises(SmsconfError, match=r"^template.order: the template_id") as refusal:
                write(view)
            assert unseen(str(refusal.value)) is None
        return
    out = env_text(view)
    names = [line.partition("=")[0] for line in out.splitlines()]
    assert names == [line.partition("=")[0] for line in env_text(document("outputs")).splitlines()]
    assert len(out.splitlines()) == out.count("\n")
    assert commands(out) == []
    held = yaml.safe_load(configmap_text(view))["data"]
    assert held["SMSCONF_TEMPLATE_ORDER_REMOTE_NAME"] == text
    assert json.loads(held["outputs.json"]) == view


@pytest.mark.parametrize("name", TEXTS)
def test_text_of_a_command_shows_every_trick_and_obeys_none(name) -> None:
    """No escape, no row more, no command of a runner, nothing without ink; two names never look alike."""
    assert len({judge_text(name, text) for text in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("name", COMMENTS)
def test_comment_shows_every_trick_and_obeys_none(name) -> None:
    """Rendered, it has no tag, link, mention, reference or row more, and two names never look alike."""
    assert len({judge_comment(name, text) for text in CORPUS}) == len(CORPUS)


def test_page_shows_every_trick_and_obeys_none() -> None:
    """Parsed, the page has the elements, attributes and links of any other; two names never look alike."""
    assert len({judge_page(text) for text in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("judge", [judge_findings, judge_data, judge_variables])
def test_files_for_programs_say_every_trick_and_obey_none(judge) -> None:
    """JUnit, SARIF, annotations, CSV, YAML, JSON, graphs, variables: their readers get text, or a refusal."""
    for text in CORPUS:
        judge(text)


def test_a_shell_reads_back_every_value_that_is_not_refused() -> None:
    """One shell reads all the lines: each variable has its text, nothing else was set or run."""
    texts = [text for text in CORPUS if said({"env": ("outputs", env_text)}, "env", text) is not None]
    assert len(texts) > 100
    script = "".join(
        f"(\n{env_text(put(document('outputs'), text))}printf '%s\\0' \"$SMSCONF_APP_SHOP_ID\")\n"
        for text in texts
    )
    ran = subprocess.run(
        ["/bin/sh"], input=script.encode(), capture_output=True, check=True, env={"PATH": "/nowhere"}
    )
    assert ran.stdout.decode().split("\0")[:-1] == texts
    assert ran.stderr == b""


def judge_texts(text: str) -> None:
    for name in TEXTS:
        judge_text(name, text)


def judge_comments(text: str) -> None:
    for name in COMMENTS:
        judge_comment(name, text)


@pytest.mark.parametrize(
    "judge", [judge_texts, judge_comments, judge_page, judge_findings, judge_data, judge_variables]
)
@given(text=ANY)
@settings(max_examples=300 if os.environ.get("SMSCONF_FUZZ") else 10)
def test_tricks_side_by_side_are_shown_and_never_obeyed(judge, text) -> None:
    """What holds for each trick holds for any of them one behind the other, in every renderer."""
    judge(text)


def test_ordinary_text_stays_as_it_is() -> None:
    """Chinese, accents, other alphabets, emoji without joiners: nothing is spelled."""
    for text in PLAIN:
        assert clean(text) == text
        assert text in drawn(TEXTS, "plan", text)
        assert text in Page(drawn(OTHERS, "page", text)).shown


def test_width_is_what_a_terminal_takes() -> None:
    """Padding counts cells as the library that wraps for terminals does."""
    for text in CORPUS:
        assert cells(clean(text)) == cell_len(clean(text)), ascii(text)


def test_a_terminal_is_sent_no_escape_but_our_own(monkeypatch) -> None:
    """With colours, every escape sequence is one of style."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    for text in CORPUS[::4]:
        stream = io.StringIO()
        show(plan_lines(put(document("plan"), text)), stream)
        assert unseen(re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())) is None


def test_a_difference_of_files_keeps_its_lines_and_hides_nothing() -> None:
    """Lines and blanks stay, what cannot be seen is spelled, no line is a command."""
    for text in CORPUS:
        out = several_lines(f"--- a\n+++ b\n {text}\n-{text}\n+{text}\n")
        assert unseen(out) is None
        assert commands(out) == []
    assert several_lines(" a\n-  b: 'c'\n+\td\n") == " a\n-  b: 'c'\n+\\x09d\n"


def test_quoted_yaml_and_json_read_back_the_same() -> None:
    """Escapes within double quotes change no value."""
    for text in CORPUS:
        for shown in (json_text({"a": text}), json_text([text], ascii_only=True, indent=None)):
            assert next(iter(json.loads(shown))) in ("a", text)
            assert unseen(shown, data=True) is None
        if not re.search("[\ud800-\udfff]", text):
            assert yaml.safe_load(in_quotes(json.dumps(text, ensure_ascii=False))) == text
