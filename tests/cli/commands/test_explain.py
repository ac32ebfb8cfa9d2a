"""`smsconf explain`: everything that has a code or a status, what it means, and what to do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from smsconf.cli.exits import EXITS
from smsconf.cli.main import run
from smsconf.render.documents.explanations import explanations
from smsconf.workflow.findings import ABOUT


def asked(capsys, *words: str) -> list[dict[str, str]]:
    """Ask for JSON and return the explanations."""
    assert run(["explain", *words, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)["explanations"]


def test_explanation_of_a_check_is_its_page(capsys) -> None:
    """Headline, reason, both snippets, the source with its date, and how to ignore it."""
    assert run(["explain", "sms323"]) == 0
    assert capsys.readouterr().out == (
        "SMS323 adjacent-variables (error, check)\n"
        "two variables side by side, or with nothing but blanks between them\n"
        "  why: text must stand between two variables (blanks are not enough, says the international page)\n"
        "  do: correct it, or write # smsconf: ignore[SMS323] and the reason behind it\n"
        "  from: https://support.huaweicloud.com/msgsms_faq/sms_faq_0003.html (2024-11-08)\n"
        "  example:\n"
        "    content: 您的订单{order}{day}送达，请注意查收。\n"
        "    variables: {order: {type: alphanumeric}, day: {type: datetime}}\n"
        "  instead:\n"
        "    content: 您的订单{order}将于{day}送达，请注意查收。\n"
        "    variables: {order: {type: alphanumeric}, day: {type: datetime}}\n"
    )


@pytest.mark.parametrize(
    ("word", "code", "kind"),
    [
        ("SMS042", "SMS042", "loading"),
        ("adjacent-variables", "SMS323", "check"),
        ("MSGSMS.0010", "MSGSMS.0010", "management error"),
        ("0010", "MSGSMS.0010", "management error"),
        ("APIG.0301", "APIGW.0301", "gateway error"),
        ("IAM 401", "IAM 401", "identity error"),
        ("E000623", "E000623", "sending error"),
        ("E200028", "E200028", "sending error"),
        ("delivrd", "DELIVRD", "receipt status"),
        ("SC:0011", "SC:0011", "receipt status"),
        ("3", "exit 3", "exit code"),
        ("exit 7", "exit 7", "exit code"),
        ("Adopted", "Adopted", "template status"),
        ("REVIEW_NOT_PASS", "REVIEW_NOT_PASS", "signature status"),
        ("REVIEW_PROCESSING_COMPLETED", "REVIEW_PROCESSING_COMPLETED", "signature status at china"),
        ("SUSPENDED", "SUSPENDED", "app status"),
    ],
)
def test_word_is_found_however_it_is_written(capsys, word: str, code: str, kind: str) -> None:
    """By code, name, number or status, in any case."""
    [found] = asked(capsys, word)
    assert (found["code"], found["kind"]) == (code, kind)
    assert found["meaning"]


def test_status_that_means_several_things_shows_all(capsys) -> None:
    """PROCESSING is a status of apps and of signatures."""
    assert {one["kind"] for one in asked(capsys, "PROCESSING")} == {"app status", "signature status"}


@pytest.mark.parametrize(("word", "near"), [("REVEIW_NOT_PASS", "REVIEW_NOT_PASS"), ("DELIVERD", "DELIVRD")])
def test_typo_is_answered_with_the_nearest(capsys, word: str, near: str) -> None:
    """An error, exit 1, and the word that was probably meant."""
    assert run(["explain", word]) == 1
    assert f"did you mean {near}?" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["@@@@@@"]])
def test_nothing_or_nonsense_is_an_error(capsys, words: list[str]) -> None:
    """With a word on what to do."""
    assert run(["explain", *words]) == 1
    assert "--all" in capsys.readouterr().err


def test_every_code_that_lint_can_say_is_explained() -> None:
    """So the `more:` of a finding always leads somewhere."""
    assert set(ABOUT) <= {one.code for one in explanations(EXITS)}


def test_every_exit_code_of_the_readme_is_explained() -> None:
    """And none besides."""
    text = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    table = text.partition("## Exit codes")[2].partition("\n## ")[0]
    in_readme = set(re.findall(r"^\| (\d+) \|", table, re.MULTILINE))
    explained = {one.code.removeprefix("exit ") for one in explanations(EXITS) if one.kind == "exit code"}
    assert explained == in_readme


def test_code_of_a_kind_is_explained_once() -> None:
    """No row of a table hides another."""
    seen = [(one.kind, one.code) for one in explanations(EXITS)]
    assert len(set(seen)) == len(seen)


def test_all_is_a_markdown_page(capsys) -> None:
    """Every code stands on it."""
    assert run(["explain", "--all"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("# Codes and statuses\n")
    assert all(one.code in page for one in explanations(EXITS))
