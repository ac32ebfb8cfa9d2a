"""What the offline checks say, in plan and apply: shown, and a guard where the project asks for one."""

from __future__ import annotations

import pytest

from smsconf.cli.main import run
from tests.scenarios.conftest import World

STAR = ("您的退款已到账。", "您的退款★已到账。")  # SMS307, an error
BLOCK = "lint: {block: error}\n"


@pytest.fixture
def starred(world: World) -> World:
    """A shop with one error of the checks in the template `refund`."""
    world.edit(*STAR)
    return world


def block(world: World) -> None:
    world.write(BLOCK + (world.folder / "smsconf.yaml").read_text(encoding="utf-8"))


def codes(document: dict) -> set[tuple[str, str]]:
    return {(one["code"], one["address"]) for one in document["diagnostics"]}


def test_plan_shows_findings_worst_first(starred: World) -> None:
    """One line each, with place and headline; the error before the warnings."""
    ran = starred.smsconf("plan")
    assert ran.code == 0
    lines = [line for line in ran.out.splitlines() if line.startswith("smsconf.yaml:")]
    assert lines[0] == "smsconf.yaml:20:18: error[SMS307] template.refund: '★' in the content"
    assert all(": warning[" in line or ": info[" in line for line in lines[1:])
    assert "why:" not in ran.out


def test_plan_document_has_the_findings_of_lint(starred: World) -> None:
    """The same diagnostics, in the same shape."""
    assert starred.json("plan").json["diagnostics"] == starred.json("lint").json["diagnostics"]


def test_plan_markdown_lists_findings(starred: World) -> None:
    """A reviewer of the pull request sees them too."""
    page = starred.smsconf("plan", "--format", "markdown").out
    assert "#### Findings" in page
    assert "- error `SMS307` `smsconf.yaml:20` `template.refund`:" in page


def test_plan_with_many_findings_names_some_and_counts_the_rest(world: World) -> None:
    """Twenty lines, then how many more there are and where."""
    text = "".join(
        f"  extra-{number}: {{app: shop, signature: shop-notice, content: 您的第{number}号退款★已到账。}}\n"
        for number in range(30)
    )
    world.write((world.folder / "smsconf.yaml").read_text(encoding="utf-8") + text)
    ran = world.smsconf("plan")
    total = len(world.json("plan").json["diagnostics"])
    assert ran.out.count("error[SMS307]") == 20
    assert f"… and {total - 20} more: smsconf lint\n" in ran.out


def test_ignored_finding_is_not_shown(starred: World) -> None:
    """A comment with a reason silences plan as it silences lint."""
    starred.edit(STAR[1], f"{STAR[1]}  # smsconf: ignore[SMS307] the star is our logo")
    assert ("SMS307", "template.refund") not in codes(starred.json("plan").json)


def test_finding_of_the_checks_does_not_stop_apply(starred: World) -> None:
    """Without a word of the project only errors of loading stop it; what it submits is named."""
    done = starred.apply()
    assert done.code == 0
    assert ("SMS307", "template.refund") in codes(done.json)
    assert "CreateTemplate" in starred.writes()


def test_apply_names_only_findings_of_what_it_submits(starred: World) -> None:
    """Another template's mistake is not in the way of this one's report."""
    done = starred.apply("--target", "template.order-shipped")
    assert "template.refund" not in {address for _, address in codes(done.json)}
    assert "error[SMS307]" not in done.err


def test_plan_of_a_blocking_project_is_refused(starred: World) -> None:
    """With lint: {block: error} the plan is red, says why, and exits 4."""
    block(starred)
    ran = starred.smsconf("plan", "--detailed-exitcode")
    assert ran.code == 4
    assert "refused: the checks found 1 error, and the project says lint: {block: error}" in ran.out
    document = starred.json("plan")
    assert document.code == 4
    assert [one["scope"] for one in document.json["refusals"]] == ["guard"]
    page = starred.smsconf("plan", "--format", "markdown").out
    assert "**A guard forbids this run: apply would send nothing.**" in page


@pytest.mark.parametrize("more", [(), ("--target", "template.order-shipped")])
def test_apply_of_a_blocking_project_sends_nothing(starred: World, more: tuple[str, ...]) -> None:
    """Exit 4, the error is shown, and the service saw no writing request; --target is no way round."""
    block(starred)
    ran = starred.smsconf("apply", "--auto-approve", *more)
    assert ran.code == 4
    assert "error[SMS307] template.refund" in ran.out
    assert starred.writes() == []


def test_warnings_do_not_block(world: World) -> None:
    """Only errors hold a run back."""
    block(world)
    assert {one["severity"] for one in world.json("plan").json["diagnostics"]} <= {"warning", "info"}
    assert world.apply().code == 0


def test_severity_of_the_project_decides_what_blocks(starred: World) -> None:
    """A check that the project made a warning is none of the errors."""
    lint = "lint: {block: error, severities: {SMS307: warning}}\n"
    starred.write(lint + (starred.folder / "smsconf.yaml").read_text(encoding="utf-8"))
    assert starred.apply().code == 0


def test_plan_file_does_not_pass_a_check_that_blocks(world: World) -> None:
    """An agreed plan is held back like any other if the files break a rule by then."""
    block(world)
    ignored = f"{STAR[1]}  # smsconf: ignore[SMS307] the star is our logo"
    world.edit(STAR[0], ignored)
    assert world.smsconf("plan", "--out", "plan.json").code == 0
    world.edit(ignored, STAR[1])  # a comment is not part of the fingerprint
    ran = world.smsconf("apply", "plan.json")
    assert ran.code == 4
    assert world.writes() == []


def test_project_that_does_not_load_is_an_error_of_plan(world: World) -> None:
    """A reference that leads nowhere is no finding to be weighed: nothing is read, exit 1."""
    world.edit("signature: shop-notice\n    content: 您的退款", "signature: nobody\n    content: 您的退款")
    ran = world.smsconf("plan")
    assert ran.code == 1
    assert "nobody" in ran.err
    assert run(["apply", "--auto-approve", "-C", str(world.folder)]) == 1
