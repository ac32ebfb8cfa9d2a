"""``status --watch``: the status as it changes, until nothing moves any more."""

from __future__ import annotations

import subprocess

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.test_terminal import at_terminal


@pytest.fixture
def submitted(world: World) -> World:
    assert world.apply().code == 0
    return world


def watching(world: World, *arguments: str) -> tuple[subprocess.Popen[str], list[str]]:
    """Start to watch in a process of its own; return it with the first status: six lines."""
    process = world.process("status", "--watch", "--interval", "0.05", *arguments)
    assert process.stdout is not None
    return process, [process.stdout.readline() for _ in range(6)]


def test_watch_in_a_pipe_prints_a_line_a_change_and_ends(submitted: World) -> None:
    """Every address once, then what moves; it ends by itself when everything is approved."""
    process, first = watching(submitted)
    submitted.decide("template", "hello", "approve")
    submitted.control("PUT", "reviewer", {"default": "approve", "rules": []})
    submitted.advance("P14D")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "template.refund: waits for the review of its signature\n" in first
    assert "template.hello: in review → approved\n" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--exit-code",), 7)])
def test_watch_ends_when_the_rest_cannot_be_approved(
    submitted: World, arguments: tuple[str, ...], code: int
) -> None:
    """Templates of a rejected signature move no more; --exit-code tells."""
    process, _ = watching(submitted, *arguments)
    submitted.decide("template", "hello", "approve")
    submitted.decide("signature", "示例商城", "reject", "资质不符")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == code
    assert "signature.shop-notice: in review → rejected (资质不符)\n" in out


def test_watch_at_a_terminal_draws_the_status_anew(approved: World) -> None:
    """The screen is cleared and holds the whole status."""
    code, screen = at_terminal(approved, "status", "--watch", "--interval", "0.05")
    assert code == 0
    assert screen.startswith("\x1b[H\x1b[2J")
    assert "template.order-shipped" in screen


@pytest.mark.parametrize("arguments", [("--format", "json"), ("--output", "status.txt")])
def test_watch_is_for_people(world: World, arguments: tuple[str, ...]) -> None:
    """A document that never ends is refused as a usage error."""
    ran = world.smsconf("status", "--watch", *arguments)
    assert ran.code == 1
    assert "--watch shows text" in ran.err
