"""Desired → a Mermaid flowchart of what hangs on what, for a page of documentation or a pull request.

Written from https://mermaid.js.org/syntax/flowchart.html (nodes, quoted texts, entity codes), read 2026-11.
Pure; it shows the files, not the service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from smsconf.model.address import Address
from smsconf.model.resources import App, Desired, Signature, Template
from smsconf.render.lines import clean

Node = App | Signature | Template

_SHAPES: Mapping[type, tuple[str, str]] = {
    App: ("([", "])"),
    Signature: ("[[", "]]"),
    Template: ("[", "]"),
}


def mermaid(desired: Desired) -> str:
    """Draw apps, signatures and templates, each pointing to what it needs first."""
    every = list(desired.managed.values())
    names = {one.address: f"n{number}" for number, one in enumerate(every)}
    lines = ["flowchart LR", *(f"  {names[one.address]}{_node(one)}" for one in every)]
    for one in every:
        lines += [f"  {names[one.address]} --> {names[need]}" for need in _needs(one) if need in names]
    return "\n".join(lines) + "\n"


def _node(one: Node) -> str:
    left, right = _SHAPES[type(one)]
    label = str(one.address)
    if one.name != one.address.key:
        label += f"<br>{_text(one.name)}"
    return f'{left}"{label}"{right}'


def _needs(one: Node) -> Iterator[Address]:
    """Yield what must be there before: a template's signature brings its app along."""
    if isinstance(one, Template):
        yield one.signature or one.app
    elif isinstance(one, Signature):
        yield one.app


def _text(foreign: str) -> str:
    """Write a foreign text so that it is shown and never read as Mermaid or HTML."""
    return "".join(one if one.isalnum() or one in " -_" else f"#{ord(one)};" for one in clean(foreign))
