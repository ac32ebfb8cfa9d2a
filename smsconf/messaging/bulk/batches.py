"""Recipients → batches → requests: as many in one request as the service takes. Pure.

The same text goes to 500 numbers in one form; different texts go as JSON, 500 numbers or 64 KB at most
(whether the vendor counts the 500 for each text or for all is not documented: we count all).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from smsconf.messaging.lists.recipients import Recipient
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.wire import MOST_BYTES, MOST_NUMBERS, Content, Request, content_size
from smsconf.store.runs import Batch

_HEAD = 2048  # bytes for sender, callback and what else stands beside the contents


class Draft(NamedTuple):
    """Numbers for one request without plus signs, and their values where they differ."""

    numbers: list[str]
    values: list[tuple[str, ...]] | None


def drafts(chunks: Iterable[Sequence[Recipient]], target: Target, *, same: bool) -> Iterator[Draft]:
    """Put recipients into requests, in their order; ``same``: all get the same text."""
    if same:
        yield from _of_one_text(chunks)
        return
    numbers: list[str] = []
    values: list[tuple[str, ...]] = []
    size = 0
    for one in chain.from_iterable(chunks):
        more = _size(target, one)
        if numbers and (len(numbers) == MOST_NUMBERS or size + more > MOST_BYTES - _HEAD):
            yield Draft(numbers, values)
            numbers, values, size = [], [], 0
        numbers.append(one.number)
        values.append(one.values)
        size += more
    if numbers:
        yield Draft(numbers, values)


def _of_one_text(chunks: Iterable[Sequence[Recipient]]) -> Iterator[Draft]:
    numbers: list[str] = []
    for chunk in chunks:
        numbers += [one.number for one in chunk]
        whole = len(numbers) - len(numbers) % MOST_NUMBERS
        for start in range(0, whole, MOST_NUMBERS):
            yield Draft(numbers[start : start + MOST_NUMBERS], None)
        numbers = numbers[whole:]
    if numbers:
        yield Draft(numbers, None)


def request_of(
    target: Target, batch: Batch, same: tuple[str, ...], callback: str | None, extend: str | None
) -> Request:
    """Return the request of a batch; ``same`` are the values where all get the same."""
    numbers = [f"+{number}" for number in batch.numbers]
    values = [same] * len(numbers) if batch.values is None else batch.values
    return target.request(zip(numbers, values, strict=True), callback, extend)


def _size(target: Target, one: Recipient) -> int:
    return content_size(Content((f"+{one.number}",), target.template_id, one.values, target.signature))
