"""Traffic thresholds: what a person sets at the console, what is counted, and when sending stops.

Thresholds are of the account, for the mainland and for the rest of the world, there also by country; never
of an app. Every accepted number counts one, by UTC day and month of the virtual clock. None are set at first:
the vendor's defaults (500 a day) would stop every larger test. Written from usermanual-msgsms sms_03_1009
(INTL) and the codes E000623 and E000630 of sms_05_0050 (2024-08-06).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from smsconf.emulator.base.clock import iso, read_timestamp, timestamp
from smsconf.emulator.base.control_call import must, read_object
from smsconf.emulator.base.errors import COUNTRY_LIMIT, LIMIT, Refusal
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.base.store import Store
from smsconf.emulator.management.country_table import COUNTRIES
from smsconf.emulator.sending.recipients import COUNTRY_OF_CODE

SPANS: Final = {"daily": "%Y-%m-%d", "monthly": "%Y-%m"}
"""Span → how its period is written: the day or the month, in UTC."""
COUNT: Final = """
INSERT INTO traffic VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET messages = messages + excluded.messages
RETURNING messages
"""
# Once alarmed, a lower value is no second alarm in the same period; a higher one is when it is reached.
ALARM: Final = """
INSERT INTO alarm (kind, country, span, period, warn, messages, time)
SELECT :kind, :country, :span, :period, :warn, :messages, :time WHERE NOT EXISTS (
  SELECT 1 FROM alarm
  WHERE kind = :kind AND country = :country AND span = :span AND period = :period AND warn >= :warn
)
"""


class _Scope(NamedTuple):
    """What one threshold is about; ``country`` is empty for a whole kind."""

    kind: str
    country: str


def count_traffic(store: Store, now: datetime, kind: str, by_country: Mapping[str, int]) -> None:
    """Count messages to these countries, and alarm where a warning value is reached.

    Raises:
        Refusal: a limit would be passed; the caller keeps nothing of what was counted.
    """
    settings = _settings(store)
    scopes = {_Scope(kind, ""): sum(by_country.values())}
    if kind == "intl":
        scopes |= {_Scope(kind, country): count for country, count in by_country.items()}
    for scope, count in scopes.items():
        for span, form in SPANS.items():
            period = now.strftime(form)
            (messages,) = store.connection.execute(COUNT, (*scope, period, count)).fetchone()
            amounts = _amounts(settings, scope, span)
            if amounts.get("limit") is not None and messages > amounts["limit"]:
                raise Refusal(COUNTRY_LIMIT if scope.country else LIMIT)
            if amounts.get("warn") is not None and messages >= amounts["warn"]:
                values = {"span": span, "period": period, "messages": messages, "time": timestamp(now)}
                store.connection.execute(ALARM, {**scope._asdict(), **values, "warn": amounts["warn"]})


def set_thresholds(call: Call) -> Answer:
    """PUT thresholds: all of them, as in a project's ``thresholds:``; what is left out is not limited."""
    body = read_object(call.body, allowed=("cn", "intl"))
    kept: Object = {}
    for kind, sent in body.items():
        extra = ("countries",) if kind == "intl" else ()
        fields = read_object(sent, allowed=(*SPANS, *extra))
        kept[kind] = _spans(kind, {name: fields[name] for name in SPANS if name in fields})
        if "countries" in fields:
            kept[kind]["countries"] = _countries(fields["countries"])
    call.store.set_meta("thresholds", json.dumps(kept))
    return Answer(kept)


def show_thresholds(call: Call) -> Answer:
    """GET thresholds: what is set, what was counted this day and month, and the alarms so far."""
    settings = _settings(call.store)
    alarms = call.store.rows(
        "SELECT kind, country, span, period, warn, messages, time FROM alarm ORDER BY seq"
    )
    shown = [
        {**alarm, "country": alarm["country"] or None, "time": iso(read_timestamp(alarm["time"]))}
        for alarm in alarms
    ]
    traffic = list(_traffic(call, settings))
    return Answer({"thresholds": settings, "traffic": traffic, "alarms": shown})


def _traffic(call: Call, settings: Object) -> Iterator[Object]:
    for span, form in SPANS.items():
        period = call.now.strftime(form)
        rows = call.store.rows("SELECT * FROM traffic WHERE period = ? ORDER BY kind, country", (period,))
        for row in rows:
            amounts = _amounts(settings, _Scope(row["kind"], row["country"]), span)
            limit = amounts.get("limit")
            yield {
                "kind": row["kind"],
                "country": row["country"] or None,
                "span": span,
                "period": period,
                "messages": row["messages"],
                "suspended": limit is not None and row["messages"] >= limit,
            }


def _settings(store: Store) -> Object:
    settings: Object = json.loads(store.meta("thresholds", "{}"))
    return settings


def _amounts(settings: Object, scope: _Scope, span: str) -> Object:
    of_kind = settings.get(scope.kind, {})
    spans = of_kind.get("countries", {}).get(scope.country, {}) if scope.country else of_kind
    amounts: Object = spans.get(span, {})
    return amounts


def _countries(sent: Any) -> Object:  # noqa: ANN401 - as sent
    """Read thresholds by country, named in English or Chinese; they are kept by the English name."""
    must(isinstance(sent, dict), "countries must be an object")
    chinese = {country.chinese: country.english for country in COUNTRIES}
    kept: Object = {}
    for name, spans in sent.items():
        english = str(chinese.get(name, name))
        why = "unknown, or not to be told from a larger one with the same dialling code"
        must(english in COUNTRY_OF_CODE.values(), f"country {name!r} is {why}")
        kept[english] = _spans(english, read_object(spans, allowed=tuple(SPANS)))
    return kept


def _spans(place: str, spans: Object) -> Object:
    """Check the values of one kind or country by the console's rules."""
    for span, sent in spans.items():
        amounts = read_object(sent, allowed=("warn", "limit"))
        for name, value in amounts.items():
            positive = type(value) is int and value >= 1
            must(positive, f"{place}.{span}.{name} must be a positive integer")
        above = len(amounts) < 2 or amounts["limit"] > amounts["warn"]
        must(above, f"{place}.{span}: the limit must be above the warning value")
    day, month = (spans.get(span, {}).get("limit") for span in SPANS)
    above = day is None or month is None or month > day
    must(above, f"{place}: the monthly limit must be above the daily one")
    return spans
