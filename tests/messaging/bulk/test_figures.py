"""The figures of a run while it is sent, as Prometheus reads them: judged by the client's own parser."""

from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

from smsconf import metrics
from smsconf.messaging.bulk.figures import Meter
from tests.messaging.bulk.test_sending import Service, World, numbers, store, world
from tests.messaging.worlds import fate, success

__all__ = ["store", "world"]


def read(meter: Meter) -> dict[str, float]:
    """What a scrape says of a run: name, and its state or status → value, where that is not 0."""
    families = text_string_to_metric_families(metrics.exposition(meter.collect)[0].decode())
    return {
        " ".join(
            [
                one.name.removeprefix("smsconf_bulk_"),
                *(one.labels[name] for name in one.labels if name != "run"),
            ]
        ): one.value
        for family in families
        for one in family.samples
        if one.name.startswith("smsconf_bulk_") and one.value
    }


def test_figures_say_where_every_message_stands_while_they_go_out(world: World) -> None:
    """What is on its way is no doubt; refused, busy, opted out and in doubt where they belong."""
    meter = Meter()
    seen: list[dict[str, float]] = []
    lost, busy, refused = numbers(3)

    def answer(asked: list[str], turn: int) -> httpx.Response:
        seen.append(read(meter))
        if turn == 1:
            return httpx.Response(502)
        words = {f"+{busy}": "E200015" if turn == 2 else "000000", f"+{refused}": "E200028"}
        return httpx.Response(200, json=success(*(fate(one, words.get(one, "000000")) for one in asked)))

    batches, service = [[lost], [busy, refused], numbers(4, 10), numbers(2, 20)], Service(answer)
    with world.ledger(*batches) as (ledger, run):
        assert read(meter) == {}
        for _ in range(2):  # a lost answer ends it
            world.send(ledger, run, service, opted_out=lambda: frozenset(numbers(1, 20)), meter=meter)
    assert seen[0] == {"messages waiting": 8, "messages sending": 1, "senders": 1}
    doubt = {"messages uncertain": 1, "senders": 1}
    assert seen[1] == doubt | {"messages waiting": 6, "messages sending": 2}
    assert read(meter) == doubt | {  # the ledger is closed: what was read last
        "messages accepted": 6,
        "messages refused": 1,
        "refused E200028": 1,
        "messages opted-out": 1,
        "answered_total": 7,
        "busy_total": 1,
    }
