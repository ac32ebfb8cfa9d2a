"""A document with a long list of rows → JSON, part by part; what it says is what ``json.dumps`` would say.

Knows no document; what stands in one is its command's business.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smsconf.render.foreign_text import shown_json

View = Mapping[str, Any]


def json_parts(
    before: View, key: str, behind: View, rows: Iterable[View], *, ascii_only: bool
) -> Iterator[str]:
    """Yield a JSON object: some fields, a list of flat objects, more fields; indented by two.

    Args:
        before: fields before the list.
        key: of the list.
        behind: fields behind it; read when the rows are through, so that they may count them.
        rows: each of simple values.
        ascii_only: write other characters as their codes.
    """
    encode = json.JSONEncoder(ensure_ascii=ascii_only).encode
    names: dict[str, str] = {}
    yield "{"
    for name, value in before.items():
        yield f"\n  {encode(name)}: {encode(value)},"
    yield f"\n  {encode(key)}: ["
    comma = ""
    for row in rows:
        fields = [
            f"{names.get(name) or names.setdefault(name, encode(name))}: {encode(value)}"
            for name, value in row.items()
        ]
        yield shown_json(f"{comma}\n    {{\n      " + ",\n      ".join(fields) + "\n    }")
        comma = ","
    yield "\n  ]" if comma else "]"
    for name, value in behind.items():
        yield f",\n  {encode(name)}: {encode(value)}"
    yield "\n}\n"
