"""View → SARIF 2.1.0, the format that code scanning services read.

Columns are counted in characters, as everywhere in smsconf. Files are relative to where the command ran.

Written from https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from smsconf.language import _
from smsconf.render.foreign_text import json_text
from smsconf.render.lines import clean

View = Mapping[str, Any]
Json = dict[str, Any]

_BRACKETS = re.compile(r"[\\\[\]]")
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


class About(NamedTuple):
    """What a code stands for; ``source`` is a page, if it has one."""

    name: str
    why: str
    source: str | None


def sarif_text(view: View, *, version: str, about: Mapping[str, About]) -> str:
    """Write a log of one run; ``about`` knows the codes."""
    found = view["diagnostics"]
    codes = sorted({one["code"] for one in found})
    driver: Json = {
        "name": "smsconf",
        "version": version,
        "semanticVersion": version,
        "rules": [_rule(code, about.get(code)) for code in codes],
    }
    run: Json = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes) for one in found],
    }
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json_text(log, ascii_only=True) + "\n"


def _rule(code: str, about: About | None) -> Json:
    if about is None:
        return {"id": code}
    rule: Json = {
        "id": code,
        "name": about.name,
        "shortDescription": {"text": about.name.replace("-", " ")},
        "fullDescription": {"text": _(about.why)},
        "help": {"text": _("{why}. More: smsconf explain {code}").format(why=_(about.why), code=code)},
    }
    if about.source and about.source.startswith("https://"):
        rule["helpUri"] = about.source
    return rule


def _result(found: View, codes: list[str]) -> Json:
    address = f"{found['address']}: " if found["address"] else ""
    fix = f"; {found['fix']}" if found["fix"] else ""
    identity = "\0".join(str(found[key]) for key in ("code", "address", "file", "message"))
    result: Json = {
        "ruleId": found["code"],
        "ruleIndex": codes.index(found["code"]),
        "level": _LEVELS[found["severity"]],
        "message": {"text": _plain(f"{address}{found['message']}{fix}")},
        "partialFingerprints": {"smsconf/v1": hashlib.sha256(identity.encode(errors="replace")).hexdigest()},
    }
    if found["file"]:
        result["locations"] = [_location(found)]
        if found["address"]:
            result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": found["address"]}]
    if found["related"]:
        result["relatedLocations"] = [
            {**_location(other), "message": {"text": _plain(other["message"])}} for other in found["related"]
        ]
    return result


def _plain(text: str) -> str:
    """Write a message; in one [text](place) is a link (section 3.11.6) unless its brackets are escaped."""
    return _BRACKETS.sub(r"\\\g<0>", clean(text))


def _location(place: View) -> Json:
    region: Json = {"startLine": place["line"], "startColumn": place["column"]}
    if place.get("length"):
        region["endColumn"] = place["column"] + place["length"]
    if place.get("excerpt") is not None:
        region["snippet"] = {"text": place["excerpt"]}
    uri = quote(place["file"], safe="/", errors="replace")
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
