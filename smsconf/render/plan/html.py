"""View → one HTML file that needs nothing else: no network, no script of others, no font.

jinja2 escapes every value; the file's own policy allows only the style and the script that stand in it, by
their hashes, so that no text of a template or a reviewer can ever run or load anything.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from smsconf.language import N_, _, language, ngettext
from smsconf.render.lines import clean
from smsconf.render.plan.words import promise, summary, value

View = Mapping[str, Any]
_PAGES = Path(__file__).parent.parent / "pages"
_LENGTHS = {
    "mainland": N_("{count} characters"),
    "gsm7": N_("{count} GSM-7 units"),
    "ucs2": N_("{count} UCS-2 units"),
}


def report_html(view: View) -> str:
    """Draw the report as a whole page."""
    style, script = (_read(name) for name in ("report.css", "report.js"))
    return _page().render(
        view=view,
        language=language(),
        summary=summary(view["summary"]),
        promise=promise(view),
        style=style,
        script=script,
        lengths=_LENGTHS,
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'",
    )


@cache
def _page() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_PAGES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clean=clean, value=value, duration=_duration, moment=_moment)
    environment.globals.update(_=_, ngettext=ngettext)
    return environment.get_template("report.html.j2")


def _read(name: str) -> str:
    return (_PAGES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _duration(days: float) -> str:
    """Write how long something took, in the largest unit that says something."""
    span = timedelta(days=days)
    if span < timedelta(hours=1):
        minutes = round(span / timedelta(minutes=1))
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    if span < timedelta(days=2):
        hours = round(span / timedelta(hours=1))
        return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    whole = round(days)
    return ngettext("{count} day", "{count} days", whole).format(count=whole)


def _moment(stamp: str | None) -> str:
    """Write a time as people read it; its zone stays in it."""
    return (stamp or "").replace("T", " ").removesuffix("Z") + (" UTC" if (stamp or "").endswith("Z") else "")
