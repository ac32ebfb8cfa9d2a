"""A template as a phone shows it (a view): behind its signature, variables at their longest, cut into parts.

The values are samples of the right kind and length, not anybody's. Pure; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from smsconf.model.limits import longest_value
from smsconf.model.resources import Region, Signature, Template, Variable, VariableType, by_number
from smsconf.model.segments import PLACEHOLDER, Alphabet, alphabet_of, parts

_SAMPLES: Mapping[VariableType, str] = {
    VariableType.PHONE: "13800138000",
    VariableType.ALPHANUMERIC: "A7K2M9X4",
    VariableType.DATETIME: "2026-01-05 09:00:00",
    VariableType.MONEY: "123456.78",
}
_FREE_SAMPLE = {Region.CN: "示例文字", Region.INTL: "sample text "}
_LONGEST = 2_000  # characters of one value; a declared length may be anything


class Piece(NamedTuple):
    """Some text of one part; ``variable`` is the name of the variable whose value it is, or None."""

    text: str
    variable: str | None = None


def phone_view(template: Template, signature: Signature | None) -> dict[str, Any]:
    """Lay a template out as its longest message: its parts, each of pieces, and its length in its alphabet.

    Args:
        template: as the files ask for it.
        signature: the one before it; None for an international or universal template, or if it is not known.
    """
    pieces = [*_prefix(template, signature), *_pieces(template)]
    text = "".join(one.text for one in pieces)
    alphabet = Alphabet.MAINLAND if template.region is Region.CN else alphabet_of(text)
    cut = parts(text, alphabet)
    return {
        "alphabet": alphabet.name.lower(),
        "length": sum(alphabet.units(text)),
        "parts": [[one._asdict() for one in part] for part in _lay_over(cut, pieces)],
    }


def _prefix(template: Template, signature: Signature | None) -> Iterator[Piece]:
    if template.region is Region.CN:
        yield Piece(template.brackets.around(signature.name if signature else ""))


def _pieces(template: Template) -> Iterator[Piece]:
    """Yield the text between the variables and a value for each of them."""
    numbered = by_number(template.variables)
    end = 0
    for found in PLACEHOLDER.finditer(template.content):
        yield Piece(template.content[end : found.start()])
        variable = numbered.get(int(found[1]))
        yield Piece(_value(variable, template.region), variable.name if variable else found[1])
        end = found.end()
    yield Piece(template.content[end:])


def _value(variable: Variable | None, region: Region) -> str:
    length = min(variable.max_length if variable else longest_value(VariableType.TEXT), _LONGEST)
    sample = _SAMPLES.get(variable.type, _FREE_SAMPLE[region]) if variable else _FREE_SAMPLE[region]
    return (sample * (length // len(sample) + 1))[:length]


def _lay_over(cut: list[str], pieces: list[Piece]) -> Iterator[tuple[Piece, ...]]:
    """Cut the pieces where the parts are cut."""
    waiting = [one for one in reversed(pieces) if one.text]
    for part in cut:
        room, laid = len(part), []
        while room:
            piece = waiting.pop()
            laid.append(Piece(piece.text[:room], piece.variable))
            if len(piece.text) > room:
                waiting.append(Piece(piece.text[room:], piece.variable))
            room -= len(laid[-1].text)
        yield tuple(laid)
