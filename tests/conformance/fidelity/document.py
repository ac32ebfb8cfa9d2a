"""Write down what the emulator imitates, on whose word, and which test shows it: ``FIDELITY.md``.

Nothing is said here that is not in a table already: ``choices`` (guesses, and what is missing), ``routes``,
``rules``, ``errors``, ``statuses``; ``proofs`` names the tests. ``make fidelity`` writes the file, and a test
fails if it is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smsconf.emulator import choices
from smsconf.emulator.base import errors
from smsconf.emulator.gateway.routes import ROUTES, Route
from smsconf.emulator.management.rules import Field
from smsconf.emulator.management.statuses import (
    DECISIONS,
    DELETABLE_TEMPLATE,
    DISABLINGS,
    EDITS,
    GUESS,
    SITES,
    WITHDRAWALS,
    Move,
)
from smsconf.emulator.sending import number_statuses
from tests.conformance.fidelity import choices as choice_proofs
from tests.conformance.fidelity import proofs

INTRODUCTION = """\
# What the emulator imitates

The real service was never reached while the emulator was written: every line rests on the page named as its
source, or says that it is a guess. The last column is the test that shows the line. Where the vendor's SDK
and its documentation disagree, the newer documentation wins: `signature_related_file_id`,
`registration_number`, `license_number` and the batch deletion of templates are in no SDK.

Made by `make fidelity` from the emulator's own tables; do not edit.
"""
CHECKED = "checked by"
Row = tuple[str, ...]


def document() -> str:
    """Return the whole file; what is not imitated comes first."""
    sections = (
        ("Not imitated", [f"- {line}" for line in choices.NOT_IMITATED]),
        (
            "Documented fields that no answer has",
            _table(("operation", "field", "why", CHECKED), _gaps()),
        ),
        ("Guesses", _table(("operation", "behaviour", "source", CHECKED), _choices())),
        ("Operations", _table(("operation", "request", "source", CHECKED), _operations())),
        ("Refusals", _table(("code", "status", "text", "source", CHECKED), _refusals())),
        ("Statuses of single numbers", _table(("status", "when", "source", CHECKED), _numbers())),
        ("Templates: what a state allows", _table(_MOVES, _moves())),
        ("Reviews: what a person may decide", _table(_MOVES, _decisions())),
        ("Sites", _table(("site", "behaviour", "source", CHECKED), _sites())),
        ("Fields of requests", _table(("operation", "field", "may hold", "source", CHECKED), _fields())),
    )
    parts = [INTRODUCTION]
    parts += [f"## {title}\n\n" + "\n".join(lines) + "\n" for title, lines in sections]
    return "\n".join(parts)


def _table(head: Row, rows: Iterable[Row]) -> list[str]:
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _test(name: str) -> str:
    path, _, test = name.rpartition("/")[2].partition("::")
    return f"[`{test}`](../../{name.partition('::')[0]})" if path else name


def _gaps() -> Iterator[Row]:
    for gap in choices.UNANSWERED:
        yield gap.operation, f"`{gap.field}`", gap.reason, _test(proofs.GAPS)


def _choices() -> Iterator[Row]:
    for row in choices.CHOICES:
        yield (
            row.operations,
            f"{row.question}: {row.answer}",
            GUESS,
            _test(choice_proofs.CHOICES[row.section, row.question]),
        )


def _operations() -> Iterator[Row]:
    for route in ROUTES:
        proof = proofs.ANSWERS.get(route.operation, proofs.EVERY_ANSWER)
        yield route.operation, f"`{route.method} {route.path}`", route.source, _test(proof)


def _refusals() -> Iterator[Row]:
    for row in errors.BY_NAME.values():
        yield row.code, str(row.status), row.message, row.source, _test(proofs.REFUSALS[row])


def _numbers() -> Iterator[Row]:
    for row in number_statuses.BY_NAME.values():
        yield row.code, row.when, row.source, _test(proofs.NUMBERS[row])


_MOVES = ("from", "asked for", "to", "source", CHECKED)


def _moves() -> Iterator[Row]:
    tables: dict[tuple[str, str | None], Move] = {**WITHDRAWALS, **DISABLINGS, **EDITS}
    for (status, wish), move in tables.items():
        asked = f"UpdateTemplate, flow_status {wish or 'omitted'}"
        to = "Reviewing or SignReviewing" if move.to == "submit" else move.to
        kept = "" if move.replaces_fields else "; other fields are ignored"
        yield status, asked, to + kept, move.source, _test(proofs.TEMPLATE_MOVES)
    deletable = ", ".join(DELETABLE_TEMPLATE)
    yield deletable, "DeleteTemplate, DeleteTemplates", "gone", "FAQ, 2025", _test(proofs.TEMPLATE_MOVES)
    yield "any other", "any other", "refused", GUESS, _test(proofs.TEMPLATE_MOVES)


def _decisions() -> Iterator[Row]:
    for (kind, decision), row in DECISIONS.items():
        yield ", ".join(row.of), f"{decision} {kind}", row.to, row.source, _test(proofs.DECISIONS)


def _sites() -> Iterator[Row]:
    for site in SITES.values():
        can = {
            "drafts on create": site.drafts_on_create,
            "withdrawing": site.withdraws,
            "disabling": site.disables,
            "all documented fields in answers": not site.short_answers,
            "international templates must name a country": site.intl_needs_country,
        }
        known = (
            f"{len(site.signature_statuses)} statuses of signatures, complete is {site.signature_complete}"
        )
        text = "; ".join([known, *(f"{name}: {'yes' if value else 'no'}" for name, value in can.items())])
        yield site.name, text, site.source, _test(proofs.SITES[site.name])


def _fields() -> Iterator[Row]:
    for route in ROUTES:
        for field in (*route.query, *(route.body or ())):
            yield from _field(route, field, field.name)


def _field(route: Route, field: Field, name: str) -> Iterator[Row]:
    yield (
        route.operation,
        f"`{name}`",
        _limits(field),
        field.source,
        _test(proofs.FIELDS_OF.get(route.operation, proofs.FIELDS)),
    )
    for inner in field.items:
        yield from _field(route, inner, f"{name}[].{inner.name}")


def _limits(field: Field) -> str:
    bounds = {
        "string": f"string of {field.low}-{field.high}",
        "integer": f"integer {field.low}-{field.high}",
        "time": "`yyyy-MM-dd HH:mm:ss`",
        "boolean": "boolean",
        "array": f"array of {field.low}-{field.high}",
    }
    words = [
        "one of " + ", ".join(field.choices) if field.choices else bounds[field.kind],
        "required" if field.required else "",
        "" if field.blank else "not blank",
        f"`^({field.pattern})$`" if field.pattern else "",
        f"or named `{field.alias}`" if field.alias else "",
        f"default {field.default}" if field.default is not None else "",
    ]
    return ", ".join(word for word in words if word)
