"""Turn outcomes that have become due into status reports, one push each or fifty in one.

Nothing leaves the machine here: reports become rows of ``push``. Where a report goes is decided when it
falls due: to the request's ``statusCallback``, else to the app's batch address, else nowhere. Written from
sms_05_0003 and sms_05_0063 (CN, 2024-12) and the fields of the status report page (2025-01).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from smsconf.emulator.base.clock import iso, read_timestamp, timestamp
from smsconf.emulator.base.exchange import Object
from smsconf.emulator.base.store import Store
from smsconf.emulator.management.console import read_console
from smsconf.emulator.sending.carrier import DELIVERED, PATIENCE, read_habits
from smsconf.emulator.sending.pushes import add_push

MOST_IN_ONE: Final = 50
PLATFORM, CENTRE, MADE_UP = "3", "2", "1"
PLATFORM_CODES: Final = ("E0", "E2", "SC:")
DESCRIPTIONS: Final = {
    "DELIVRD": "Message is delivered to destination.",
    "EXPIRED": "Message validity period has expired.",
    "DELETED": "Message has been deleted.",
    "UNDELIV": "Message is undeliverable.",
    "UNKNOWN": "Message is in invalid state.",
    "REJECTD": "Message is in a rejected state.",
}
NEXT = """
SELECT due, 0 AS own, seq FROM (SELECT due, seq FROM batch WHERE due <= :now ORDER BY due, seq LIMIT 1)
UNION ALL
SELECT due, 1 AS own, seq FROM (SELECT due, seq FROM message WHERE due > '' AND due <= :now
ORDER BY due, seq LIMIT 1)
ORDER BY due, own LIMIT 1
"""


def play_reports(store: Store, until: datetime) -> None:
    """Let everything be reported that is due, in order of time."""
    now = {"now": timestamp(until)}
    while event := store.connection.execute(NEXT, now).fetchone():
        due, own, seq = event
        if own:
            messages = store.rows("SELECT * FROM message WHERE seq = ?", (seq,))
            store.connection.execute("UPDATE message SET due = '' WHERE seq = ?", (seq,))
            _report(store, messages[0]["batch"], messages, due)
        else:
            store.connection.execute("UPDATE batch SET due = NULL WHERE seq = ?", (seq,))
            _report(store, seq, None, due)


def _report(store: Store, seq: int, messages: list[Object] | None, due: str) -> None:
    """Report these messages of a batch, or all that have no date of their own."""
    (batch,) = store.rows("SELECT * FROM batch WHERE seq = ?", (seq,))
    callback = batch["status_callback"]
    address = callback or read_console(store, batch["app_id"]).get("batch_address")
    if not address:
        return
    if messages is None:
        messages = store.rows(
            "SELECT * FROM message WHERE seq >= ? AND seq < ? AND due IS NULL ORDER BY seq",
            (batch["first"], batch["first"] + batch["size"]),
        )
    habits = read_habits(store)
    reports = [report for message in messages for report in _parts(batch, message, due)]
    kind = "report" if callback else "reports"
    bodies = list(_single(reports) if callback else _joined(reports))
    if habits["disorder"]:
        bodies.reverse()
    for body in bodies:
        for _ in range(1 + habits["duplicates"]):
            add_push(store, kind, batch["app_id"], address, body, due)


def _parts(batch: Object, message: Object, due: str) -> Iterator[dict[str, str]]:
    """Yield the report of every part; those of one message share its id."""
    status = message["outcome"] or DELIVERED
    made_up = read_timestamp(due) - read_timestamp(batch["create_time"]) >= PATIENCE
    source = PLATFORM if status.startswith(PLATFORM_CODES) else MADE_UP if made_up else CENTRE
    report = {
        "smsMsgId": f"{batch['uuid']}_{message['seq']}",
        "total": str(batch["total"]),
        "status": status,
        "source": source,
        **({"statusDesc": DESCRIPTIONS[status]} if status in DESCRIPTIONS else {}),
        **({} if source == MADE_UP else {"updateTime": iso(read_timestamp(due))}),
        **({"orgCode": "000"} if status == DELIVERED else {}),
        **({"extend": batch["extend"], "to": message["recipient"]} if batch["extend"] else {}),
    }
    for sequence in range(1, batch["total"] + 1):
        yield {**report, "sequence": str(sequence)}


def _single(reports: list[dict[str, str]]) -> Iterator[str]:
    for report in reports:
        yield urlencode(report)


# Fields of SmsStatusBeanOut that could be read; statusDesc and orgCode are not among them.
BEAN: Final = ("smsMsgId", "total", "sequence", "status", "source", "updateTime", "extend", "to")


def _joined(reports: list[dict[str, str]]) -> Iterator[str]:
    for start in range(0, len(reports), MOST_IN_ONE):
        beans = [
            {name: report[name] for name in BEAN if name in report}
            for report in reports[start : start + MOST_IN_ONE]
        ]
        yield json.dumps({"statusReportList": beans}, ensure_ascii=False)
