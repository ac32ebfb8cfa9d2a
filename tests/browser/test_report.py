"""The report in a real browser: nothing on the console, filters that filter, keys that reach everything."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.scenarios.conftest import World, approved, world  # noqa: F401 - fixtures
from tests.scenarios.test_report import HOSTILE

BROWSER = os.environ["SMSCONF_BROWSER"]  # read before the fixtures clear such names
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"]


@pytest.fixture
def report(approved: World) -> Iterator[Page]:  # noqa: F811 - a fixture asks by name
    """The page of a project with a rejected successor, hostile words in it; nobody complains."""
    approved.edit("已发货", "已由顺丰发货")
    assert approved.apply().code == 0
    approved.decide("template", "order-shipped_v2", "reject", HOSTILE)
    assert approved.smsconf("report", "--html", "report.html").code == 0
    said: list[str] = []
    asked: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"file://{approved.folder}/report.html")
        yield page
        browser.close()
    assert said == []
    assert asked == [f"file://{approved.folder}/report.html"]


def visible(page: Page) -> set[str]:
    rows = page.locator("#plan ~ .wide tr[data-address]:visible")
    return {row.get_attribute("data-address") or "" for row in rows.all()}


def test_report_filters_rows_by_words_kind_and_action(report: Page) -> None:
    """Each filter narrows the rows, the count is said, and clearing brings them back."""
    every = visible(report)
    report.get_by_label("Words").fill("shipped_v2")
    assert visible(report) == {"template.order-shipped"}
    assert report.locator("#shown").inner_text() == f"1 of {len(every)} changes"
    report.get_by_label("Words").fill("")
    report.get_by_label("Kind").select_option("app")
    assert visible(report) == {"app.shop", "app.abroad"}
    report.get_by_label("Kind").select_option("")
    report.get_by_label("Action").select_option("none")
    assert "template.refund" in visible(report)
    report.get_by_label("Action").select_option("")
    assert visible(report) == every


def test_report_shows_hostile_words_as_words(report: Page) -> None:
    """A reviewer's script stands on the page and does not run."""
    assert "<script>alert(1)</script>" in report.locator(".board blockquote").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_report_keeps_contrast_in_light_and_dark(report: Page, scheme) -> None:
    """Words stand out from what is behind them at least 4.5 to 1, as WCAG asks."""
    report.emulate_media(color_scheme=scheme)
    worst = report.evaluate(
        """() => {
          const parse = (text) => text.match(/[\\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
            .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = (one) => {
            for (let at = one; at; at = at.parentElement) {
              const color = parse(getComputedStyle(at).backgroundColor);
              if (color.length < 4 || color[3] > 0) return color;
            }
            return [255, 255, 255];
          };
          const words = "p, code, td, th, h1, h2, h3, a, dd, dt, mark, label, summary";
          let worst = 99;
          for (const one of document.querySelectorAll(words)) {
            const colors = [light(parse(getComputedStyle(one).color)), light(behind(one))];
            const [a, b] = colors.sort((x, y) => y - x);
            worst = Math.min(worst, (a + 0.05) / (b + 0.05));
          }
          return worst;
        }"""
    )
    assert worst >= 4.5


def test_report_fits_a_narrow_screen(report: Page) -> None:
    """At the width of a phone nothing is wider than the screen."""
    report.set_viewport_size({"width": 360, "height": 700})
    assert report.evaluate("document.documentElement.scrollWidth") <= 360


def test_report_is_reached_by_keys(report: Page) -> None:
    """The first Tab offers to skip to the plan, and every field and link can be focused."""
    report.keyboard.press("Tab")
    assert report.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(40):
        report.keyboard.press("Tab")
        reached.add(report.evaluate("document.activeElement.name || document.activeElement.tagName"))
    assert {"words", "kind", "action", "A", "SUMMARY"} <= reached
