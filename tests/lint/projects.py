"""Projects made of the snippets of rule pages: a few fields in, a whole project out."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from smsconf.config import load_project
from smsconf.lint import Rule
from smsconf.lint.rule import Target
from smsconf.model.diagnostics import Diagnostic
from smsconf.workflow.findings import find_all

_REPEAT = re.compile(r"(.)×(\d+)")  # 字×501 in a page stands for 501 characters
_SECTIONS = (
    "provider",
    "apps",
    "signatures",
    "templates",
    "thresholds",
    "account",
    "qualifications",
    "lint",
    "messaging",
)
_BASE = {
    "provider": "provider: {emulator: {database: x.db}}",
    "qualifications": "qualifications: {own: {id: q-own}, partner: {id: q-partner}}",
}
_TEXTS = ("您的包裹已到店，请凭证件领取。", "您的订单已发货，请注意查收。")
_OFFERS = ("尊敬的会员，换季新品已到店，拒收请回复R",)


def spelt(text: str) -> str:
    """Write the repetitions of a page out."""
    return _REPEAT.sub(lambda found: found[1] * int(found[2]), text)


def project_of(rule: Rule, snippet: str) -> str:
    """Make a project of a page's snippet: whole sections, or the fields of one resource."""
    snippet = spelt(snippet)
    if re.match(rf"({'|'.join(_SECTIONS)}):", snippet):
        return _joined(snippet + ("" if rule.code == "SMS420" else _templates_for(snippet)), external=True)
    fields = textwrap.indent(snippet, "    ")
    if rule.target is Target.APP:
        kind = "countries: [BR]" if "region: intl" in snippet else "universal: true, type: notification"
        return _joined(
            f"apps:\n  x:\n{fields}\ntemplates:\n  t: {{app: x, {kind}, content: 您的订单已发货。}}\n"
        )
    if rule.target is Target.SIGNATURE:
        text = "您的订单已发货，请注意查收。"
        return _joined(
            f"signatures:\n  x:\n    app: shop\n{fields}\ntemplates:\n"
            f"  t: {{app: shop, signature: x, content: {text}}}\n"
        )
    if rule.target is Target.THRESHOLD:
        return _joined(f"thresholds:\n  cn:\n{fields}\n")
    if "countries:" in snippet:
        return _joined(f"templates:\n  x:\n    app: world\n{fields}\n")
    found = re.search(r"^type: (\w+)$", snippet, re.MULTILINE)
    kind = found[1] if found else "notification"
    own = f"signatures:\n  s: {{app: shop, name: 示例商城, type: {kind}, qualification: own}}\n"
    return _joined(f"{own}templates:\n  x:\n    app: shop\n    signature: s\n{fields}\n")


def _templates_for(snippet: str) -> str:
    """A template for each signature of a snippet that has none."""
    if "\ntemplates:" in snippet:
        return ""
    keys = re.findall(r"^  (\w+):", snippet.partition("signatures:")[2], re.MULTILINE)
    texts = zip(keys, _OFFERS if "type: promotion" in snippet else _TEXTS, strict=False)
    rows = [f"  {key}-t: {{app: shop, signature: {key}, content: {text}}}\n" for key, text in texts]
    return "\ntemplates:\n" + "".join(rows) if rows else ""


def _joined(text: str, *, external: bool = False) -> str:
    apps = {"shop": "cn", "world": "intl"}
    word = ", external: true" if external else ""
    used = "".join(
        f"  {key}: {{region: {region}{word}}}\n" for key, region in apps.items() if f"app: {key}" in text
    )
    if used and "apps:" not in text:
        text = f"apps:\n{used}{text}"
    return (
        "version: 1\n"
        + "".join(f"{line}\n" for key, line in _BASE.items() if f"{key}:" not in text)
        + f"{text}\n"
    )


def lint_text(folder: Path, text: str) -> tuple[Diagnostic, ...]:
    """Check a project of one file (and the pictures that pages speak of)."""
    (folder / "smsconf.yaml").write_text(text, encoding="utf-8")
    (folder / "files").mkdir(exist_ok=True)
    for name in ("licence.png", "licence.docx", "my licence.png", "letter.pdf", "mark.png"):
        (folder / "files" / name).write_bytes(b"x")
    return find_all(load_project(folder))
