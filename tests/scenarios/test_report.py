"""One page for people: what it tells, that hostile text stays text, and that it needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from tests.scenarios.conftest import World

HOSTILE = (
    "<script>alert(1)</script>|`【】\n\x1b[31m\u202e@all &amp; \"'> <img src=x onerror=alert(2)>" + "长" * 500
)


class Page(HTMLParser):
    """The elements of a page, its texts, and what its attributes point to."""

    VOID = frozenset({"meta", "input", "img", "br", "line"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        assert not self.open, "an element is not closed"

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def made(world: World) -> str:
    ran = world.smsconf("report", "--html", "report.html")
    assert (ran.code, ran.out) == (0, "")
    assert "report.html" in ran.err
    return (world.folder / "report.html").read_text(encoding="utf-8")


def test_report_tells_the_plan_the_reviews_and_the_messages(approved: World) -> None:
    """A replaced template stands in two columns, its message is shown with values, its reviews in a table."""
    approved.edit("已发货", "已由顺丰发货")
    assert approved.apply().code == 0
    page = Page(made(approved))
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert {"plan", "board", "manual", "timeline", "phones"} <= ids
    assert "in review · 1" in page.text
    assert "order-shipped_v2" in page.text
    assert "您的订单" in page.text
    assert "A7K2M9X4A7K2" in page.text
    rows = [one for one in page.all("tr") if one.get("data-action")]
    assert {one["data-address"] for one in rows} >= {"app.shop", "template.order-shipped", "template.hello"}


def test_report_shows_the_reviewers_words_as_words(approved: World) -> None:
    """Whatever a reviewer writes is text on the page: no element, no attribute, no control character."""
    approved.edit("已发货", "已由顺丰发货")
    assert approved.apply().code == 0
    approved.decide("template", "order-shipped_v2", "reject", HOSTILE)
    text = made(approved)
    page = Page(text)
    assert "<script>alert(1)</script>" in page.text
    assert page.all("img") == []
    assert len(page.all("script")) == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text)


def test_report_loads_nothing_and_allows_only_its_own_script(approved: World) -> None:
    """The policy names the hashes of exactly the style and the script in the page; nothing has a source."""
    text = made(approved)
    page = Page(text)
    (policy,) = [one["content"] for one in page.all("meta") if one.get("http-equiv")]
    for tag in ("style", "script"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    for tag, attributes in page.tags:
        assert not {"src", "style", "onclick", "onerror", "onload"} & set(attributes), tag
        assert tag not in {"link", "iframe", "object", "embed", "base"}


def test_report_is_sound_for_screen_readers(approved: World) -> None:
    """One h1, levels without gaps, labelled fields, table headers with a scope, ids once, a language."""
    page = Page(made(approved))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(later - former <= 1 for former, later in pairwise(levels))
    assert all(one.get("scope") for one in page.all("th"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [one["aria-labelledby"] for _, one in page.tags if "aria-labelledby" in one]
    assert set(" ".join(named).split()) <= set(ids)
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("caption")) == len(page.all("table"))


@pytest.mark.parametrize("arguments", [[], ["--html", "no/such/folder.html"]])
def test_report_says_what_is_missing(world: World, arguments) -> None:
    """Without a file, or with one that cannot be written, there is a sentence and exit 1."""
    ran = world.smsconf("report", *arguments)
    assert ran.code == 1
    assert "--html" in ran.err or "cannot write" in ran.err


def test_report_of_an_empty_service_is_whole(world: World) -> None:
    """Before the first apply the page says that there is nothing yet."""
    page = Page(made(world))
    assert "The journal of this checkout has no submission yet." in page.text
    assert world.writes() == []


def test_graph_shows_what_hangs_on_what(world: World) -> None:
    """A template points to its signature, that to its app; foreign text cannot break out of its label."""
    world.edit("name: 示例商城", 'name: "示\\"]例;%%"')
    ran = world.smsconf("graph")
    assert ran.out == (
        "flowchart LR\n"
        '  n0(["app.shop<br>shop_prod"])\n'
        '  n1(["app.abroad"])\n'
        '  n2[["signature.shop-notice<br>示#34;#93;例#59;#37;#37;"]]\n'
        '  n3["template.order-shipped"]\n'
        '  n4["template.refund"]\n'
        '  n5["template.hello"]\n'
        "  n2 --> n0\n"
        "  n3 --> n2\n"
        "  n4 --> n2\n"
        "  n5 --> n1\n"
    )
