"""Every text that a person reads goes through the language; shown with one that marks what it translated."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from click import Context, Group

from smsconf import language
from smsconf.cli.main import COMMANDS, cli
from smsconf.cloud.apply.outcomes import Phase as Event
from smsconf.model.lifecycle import APPS, SIGNATURES, TEMPLATES, Phase
from smsconf.reconcile.change import Action, Step
from smsconf.reconcile.outcome import Result
from tests.messages import as_mo, click_messages, extract
from tests.scenarios.conftest import PROJECT, World

# what is the same in every language, besides what the project itself says
ALLOWED_WORDS = """
words of documents, shown as they stand in JSON:
  error warning info seen live managed decision ok failed skipped done waiting later not needed
  candidate sender null true false open threshold bad
what doctor looks at:
  configuration endpoint proxy tls credentials authentication project connection clock rights account
  journal cache
commands, products, notations:
  smsconf advance approve decide bulk Huawei Cloud Message SMS Mermaid flowchart china huaweicloud
  details summary json markdown UTC GSM UCS ms utf
fields of the files and of the service:
  name region type app source qualification content signature variables countries description reply url
  template licence limit daily monthly warn cn intl company phone alphanumeric datetime
  money text newtext longtext verification notification promotion
"""
_WORD = re.compile(r"[A-Za-z]{2,}")
ALLOWED = frozenset(
    [word for line in ALLOWED_WORDS.splitlines() if line.startswith(" ") for word in _WORD.findall(line)]
    + [word for kind in (Action, Step, Result, Phase, Event) for one in kind for word in one.value.split()]
    + [status for table in (APPS, *SIGNATURES.values(), TEMPLATES) for status in table]
    + [*COMMANDS]
)
_MARKED = re.compile("⟦[^⟦⟧]*⟧")
_CODE = re.compile(
    r"\b(?=[0-9a-f]*[0-9])[0-9a-f-]{6,}\b|https?://\S+|--?[a-z][a-z-]*|\b[A-Z][A-Z0-9_]+\b|\[[^\]\s]*(?:\|[^\]\s]*)+\]|`[^`]*`|\S*[./_\\]\S*|\bP\d+D\b"
)


def pseudo(text: str) -> str:
    """Mark the fixed stretches of a message, so that a value inside it has to be marked by itself."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return f"⟦{text}⟧"
    marked = ""
    for fixed, field, form, conversion in parts:
        if fixed:
            marked += f"⟦{fixed.replace('{', '{{').replace('}', '}}')}⟧"
        if field is not None:
            marked += f"{{{field}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}}}"
    return marked if any(field is not None for _fixed, field, _form, _way in parts) else f"⟦{text}⟧"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of catalogues in which every message is marked."""
    folder = tmp_path_factory.mktemp("locale")
    marked = Catalog(locale="zh_CN", domain=language.DOMAIN)
    for one in (*extract(), *click_messages()):
        if one.id:
            text = pseudo(one.id) if isinstance(one.id, str) else (pseudo(one.id[-1]),)
            marked.add(one.id, text)
    place = folder / "zh_CN" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / f"{language.DOMAIN}.mo").write_bytes(as_mo(marked))
    return folder


@pytest.fixture
def marked(world: World, catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The shop, whose smsconf speaks the marked language."""
    monkeypatch.setattr(language, "CATALOGUES", catalogue)
    monkeypatch.setenv("SMSCONF_LANG", "zh")
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    return world


def unmarked(text: str, *known: str) -> set[str]:
    """Return the English words that no message accounts for, outside what is code, a name or a value."""
    while (shorter := _MARKED.sub(" ", text)) != text:
        text = shorter
    assert "⟦" not in text
    assert "⟧" not in text
    allowed = ALLOWED | {word for one in known for word in _WORD.findall(one)}
    return {word for word in _WORD.findall(_CODE.sub(" ", text)) if word not in allowed}


def test_marking_leaves_values_outside() -> None:
    """What a message is filled with is judged by itself: a fragment of English inside it is found."""
    assert pseudo("{a} of {b:.1f}") == "{a}⟦ of ⟧{b:.1f}"
    assert pseudo("write {{ or }}") == "⟦write {{ or }}⟧"
    assert unmarked(pseudo("{what} failed").format(what="some thing")) == {"some", "thing"}


def _commands(group: Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name in group.list_commands(Context(group)):
        found = group.get_command(Context(group), name)
        yield (*path, name)
        if isinstance(found, Group):
            yield from _commands(found, *path, name)


@pytest.mark.parametrize("path", [(), *_commands(cli)], ids=" ".join)
def test_help_is_translated(marked: World, path: tuple[str, ...]) -> None:
    """Usage, text, options, defaults and headings; examples and the names of values stay as they are."""
    shown = marked.smsconf(*path, "--help")
    assert shown.code == 0
    assert "⟦" in shown.out
    text, _heading, options = shown.out.partition("⟦Options⟧")
    text = re.sub(r"(?m)^    \S.*$", "", text) + options
    assert unmarked(text, *_values(path)) == set()


def _values(path: tuple[str, ...]) -> list[str]:
    """Return the words that a command takes: of its parts and options, with their defaults."""
    command = cli
    for name in path:
        command = command.get_command(Context(command), name)  # type: ignore[assignment]
    names = command.list_commands(Context(command)) if isinstance(command, Group) else []
    types = [" ".join(map(str, getattr(one.type, "choices", ""))) for one in command.params]
    metavars = [one.metavar or "" for one in command.params]
    return [*names, *types, *metavars, *(str(one.default) for one in command.params), *path]


BROKEN = """\
version: 1
provider: {emulator: {database: .smsconf/emulator.db}}
include: [more/*.yaml]
apps:
  shop: {region: cn, nmae: x, reply_url: sms.example.com}
  Bad Key: {region: cn}
signatures:
  one: {app: shop, name: 【1】, type: notifcation, source: website}
templates:
  login:
    app: shop
    signature: nobody
    content: "验证码{code}，¥{a}{b}, see bit.ly/x"
    variables: {a: {type: text}, b: {type: phne}}
  twin: {app: shop, signature: one, content: [1]}
  abroad: {app: shop, content: 'a {', countries: [Atlantis], retire_after: soon}
thresholds:
  cn: {daily: {warn: 0, limit: ten}}
"""

OBJECTIONABLE = """\
version: 1
provider: {emulator: {database: .smsconf/emulator.db}}
lint: {forbidden: [大减价], name_pattern: "[a-z]+", max_segments: 1}
apps:
  shop: {region: cn, name: "shop (old)"}
  intl: {region: intl, reply_url: "ftp://x"}
signatures:
  one: {app: shop, name: 通知, type: notification, source: website}
  two: {app: shop, name: "12345", type: verification, source: trademark, third_party: true}
templates:
  a_1:
    app: shop
    signature: one
    content: "{x}{y} ¥ 【x】 bit.ly/a 大减价 13800138000 ａ"
    variables: {x: {type: text}, y: {type: text}}
  b:
    app: shop
    signature: two
    content: "您好{x}{y}，回T退订，优惠多多"
    variables: {x: {type: phone}, y: {type: longtext, max_length: 99}}
  c:
    app: intl
    countries: [SG, MY]
    content: "Ünique “code” 🎉 see www.example.com or call +65 6123 4567"
    type: promotion
  d: {app: shop, signature: one, content: "  您的贷款{x}", variables: {x: {type: alphanumeric}}}
"""


def _both(world: World, *arguments: str) -> str:
    """Run a command and return all that it said."""
    ran = world.smsconf(*arguments)
    return f"{ran.out}\n{ran.err}"


def test_findings_of_loading_are_translated(marked: World) -> None:
    """A file with a dozen mistakes: headlines, reasons, fixes, labels and counts."""
    marked.write(BROKEN)
    text = _both(marked, "validate")
    assert "⟦why⟧" in text
    assert unmarked(_without_excerpts(text), *_names(), BROKEN) == set()


@pytest.mark.parametrize("form", ["text", "github", "junit"])
def test_findings_of_lint_are_translated(marked: World, form: str) -> None:
    """Everything the rules object to, as text and as CI systems show it."""
    marked.write(OBJECTIONABLE)
    text = _both(marked, "lint", "--format", form)
    assert text.count("SMS3") > 10
    known = [
        "testsuites testsuite name lint tests failures errors testcase classname failure type message system"
    ]
    known += ["out xml encoding file line col endColumn title notice latin small letter"]
    assert (
        unmarked(
            _without_excerpts(text),
            *_names(),
            *known,
            OBJECTIONABLE,
            "party popper left right double quotation mark Malaysia Singapore",
        )
        == set()
    )


def _names() -> list[str]:
    """Return the names of rules and codes: they are the same in every language."""
    from smsconf.workflow.findings import ABOUT

    return [one.name for one in ABOUT.values()]


def _without_excerpts(text: str) -> str:
    return re.sub(r"(?m)^\s*\d* \|.*$", "", text)


STORY = (
    ("plan",),
    ("plan", "--format", "markdown"),
    ("apply",),
    ("apply", "--auto-approve"),
    ("status",),
    ("status", "--format", "markdown"),
    ("wait", "--timeout", "1s", "--interval", "1"),
    ("plan",),
    ("plan", "--target", "template.nobody"),
    ("history",),
    ("history", "template.nobody"),
    ("outputs", "--require-all"),
    ("graph",),
    ("doctor",),
    ("guide",),
    ("confirm",),
    ("dump", "--into", "copy"),
    ("dump", "--only", "nothing"),
    ("receipts",),
    ("replies",),
    ("send", "template.refund", "--to", "+8613812345678"),
    ("send", "template.nobody"),
    ("fmt", "--check"),
    ("schema", "--nonsense"),
    ("nonsense",),
    ("plan", "-C", "nowhere"),
    ("plan", "--env", "prod"),
    ("plan", "--expires", "soon"),
    ("apply", "nowhere.json"),
    ("lint", "--select", "SMS999"),
    ("explain",),
    ("explain", "nonsense"),
    ("init", "--yes"),
    ("emulator", "outbox"),
    ("emulator", "advance", "soon"),
    ("status", "template.nobody"),
    ("bulk",),
)
# what the shop and the arguments above say, the system's own words and the emulator's
VALUES = """
shop prod shop_prod order shipped refund hello nobody Singapore Brazil copy nothing nowhere soon nonsense
No such file or directory expected duration such as got long
France Germany Malaysia Thailand
li lei laptop
"""


def test_the_story_of_a_shop_is_translated(marked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan, apply, reviews, a rejection, a replacement: everything said on the way."""
    monkeypatch.setenv("LOGNAME", "li-lei")
    monkeypatch.setattr("socket.gethostname", lambda: "laptop")
    said = [_both(marked, *arguments) for arguments in STORY]
    marked.decide("signature", "示例商城", "approve")
    marked.decide("template", "order-shipped", "reject", "请写明")
    marked.edit("您的退款已到账", "您的退款将到账")
    said += [
        _both(marked, *one) for one in (("plan",), ("status",), ("apply", "--auto-approve"), ("history",))
    ]
    marked.control("PUT", "reviewer", {"default": "approve", "rules": []})
    marked.advance("P20D")
    marked.edit("您的退款将到账", "您的退款已在途中")
    more = (
        ("status",),
        ("plan",),
        ("plan", "--prune"),
        ("apply", "--auto-approve"),
        ("outputs",),
        ("plan", "--retire"),
    )
    said += [_both(marked, *one) for one in more]
    marked.write(PROJECT.partition("templates:")[0])
    said += [_both(marked, *one) for one in (("plan", "--prune"), ("apply", "--prune", "--auto-approve"))]
    names = [" ".join(one) for one in STORY] + [f"later {number}" for number in range(len(said) - len(STORY))]
    found = {name: sorted(unmarked(text, PROJECT, VALUES)) for name, text in zip(names, said, strict=True)}
    left = {name: " ".join(words) for name, words in found.items() if words}
    assert left == {}, "\n".join(f"{name}: {words}" for name, words in left.items())


def _in_chinese(world: World, *arguments: str, **environ: str) -> tuple[str, str]:
    """Run a command as a process of its own, in the locale of a Chinese terminal, and read what it wrote."""
    world.environ.update({"PYTHONUTF8": "0", **environ})
    process = world.process(*arguments, text=False)
    out, err = process.communicate(timeout=60)
    encoding = environ.get("PYTHONIOENCODING", "utf-8")
    return out.decode(encoding), err.decode(encoding)


@pytest.mark.parametrize(
    "locale",
    [
        {"LANG": "zh_CN.UTF-8", "PYTHONIOENCODING": "utf-8"},
        {"LANG": "zh_CN.GBK", "PYTHONIOENCODING": "gbk"},
    ],
    ids=["utf-8", "gbk"],
)
def test_a_chinese_terminal_reads_the_whole_story_in_chinese(world: World, locale: dict[str, str]) -> None:
    """From the locale alone, in its encoding: plan, apply, status, an error; addresses and actions stay."""
    plan, _ = _in_chinese(world, "plan", **locale)
    assert "create   app.shop  shop_prod" in plan
    assert "apply 将执行" in plan
    assert "服务上尚不存在" in plan
    out, _ = _in_chinese(world, "apply", "--auto-approve", **locale)
    assert "等待审核：" in out
    assert "已创建为草稿" in out
    world.decide("signature", "示例商城", "approve")
    world.decide("template", "order-shipped", "reject", "请写明由谁送达 ©")
    out, _ = _in_chinese(world, "status", **locale)
    assert "Reject：审核不通过" in out
    assert "审核意见：请写明由谁送达" in out
    out, err = _in_chinese(world, "plann", **locale)
    assert out == ""
    assert err.splitlines()[0] == "用法：smsconf [OPTIONS] COMMAND [ARGS]..."
    assert err.splitlines()[-1] == "错误：没有命令 “plann”；您是否想写 “plan”？"


def test_journal_and_plan_file_stay_english(world: World) -> None:
    """What is written for machines and for other people's runs does not depend on who ran it."""
    world.control(
        "POST", "faults", [{"operation": "CreateTemplate", "fault": "status", "status": 503, "times": 9}]
    )
    written = {}
    for tongue in ("en", "zh"):
        world.smsconf("--lang", tongue, "plan", "--out", f"{tongue}.json")
        written[tongue] = (world.folder / f"{tongue}.json").read_text(encoding="utf-8")
    assert _without_times(written["en"]) == _without_times(written["zh"])
    world.smsconf("apply", "--auto-approve", "--lang=zh")
    lines = (world.folder / ".smsconf/journal.jsonl").read_text(encoding="utf-8").splitlines()
    messages = [json.loads(line).get("message") for line in lines]
    assert any(messages)
    assert not any(re.search("[\u3400-\u9fff]", message) for message in messages if message)


def _without_times(text: str) -> dict[str, object]:
    return {
        key: value
        for key, value in json.loads(text).items()
        if key not in ("created", "sha256", "journal_entries")
    }


def test_language_may_be_asked_for_anywhere(world: World) -> None:
    """--lang before or behind the command, with or without =; the last stop is the double dash."""
    for arguments in (["--lang", "zh", "status"], ["status", "--lang=zh"], ["status", "--lang", "zh"]):
        assert "服务上尚不存在" in world.smsconf(*arguments).out
    assert "not at the service yet" in world.smsconf("status").out
    assert world.smsconf("--lang", "fr", "status").code == 1
    assert world.smsconf("status", "--lang").code == 1


RICH = (
    ("validate",),
    ("plan",),
    ("guide",),
    ("confirm",),
    ("apply", "--auto-approve", "--require-confirmed"),
    ("apply", "--auto-approve"),
    ("confirm", "threshold.cn", "--note", "x"),
    ("confirm", "app.shop"),
    ("confirm", "--withdraw", "threshold.cn"),
    ("report", "--html", "page.html"),
    ("graph",),
    ("emulator", "advance", "P20D"),
    ("guide",),
    ("status",),
    ("bulk",),
    ("bulk", "template.order-shipped", "nowhere.csv"),
    ("bulk", "template.order-shipped", "list.csv", "--dry-run"),
    ("bulk", "template.order-shipped", "list.csv"),
    ("bulk", "template.order-shipped", "list.csv", "--auto-approve"),
    ("send", "template.order-shipped", "--to", "12", "--var", "order"),
    ("send", "template.order-shipped", "--to", "+8613812345678", "--var", "order=A1", "--var", "day=1月"),
    ("send", "template.order-shipped", "--to", "+8613812345678", "--var", "order=A1", "--dry-run"),
    ("receipts",),
    ("replies",),
    ("emulator", "outbox"),
    ("lint", "--diff"),
    ("fmt", "--diff"),
)


def test_a_project_with_everything_in_it_is_translated(
    marked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The example of the README: manual steps, sending, the page, repairs."""
    monkeypatch.setenv("LOGNAME", "shop")
    shutil.copytree(Path(__file__).parents[2] / "examples" / "shop", marked.folder, dirs_exist_ok=True)
    marked.control("PUT", "reviewer", {"default": "approve", "rules": []})
    texts = "".join(path.read_text(encoding="utf-8") for path in marked.folder.rglob("*.yaml"))
    marked.write("number,order,day\n+8613812345678,A1,1月5日\n12,x,y\n", "list.csv")
    said = {" ".join(one): _both(marked, *one) for one in RICH}
    page = (marked.folder / "page.html").read_text(encoding="utf-8")
    said["page"] = re.sub(r"(?s)<(style|script)\b.*?</\1>|<[^>]*>", " ", page)
    found = {name: sorted(unmarked(text, texts, VALUES, name)) for name, text in said.items()}
    left = {name: " ".join(words) for name, words in found.items() if words}
    assert left == {}, "\n".join(f"{name}: {words}" for name, words in left.items())
