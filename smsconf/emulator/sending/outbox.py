"""Show what was accepted for sending, oldest first: the emulator's replacement for a phone.

Nothing is decided here. The whole list may be long, so it is written message by message into one text, and
may be asked for in pages. Names of fields are the sending API's (sms_05_0001, 2025-01-14).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from smsconf.emulator.base.clock import iso, read_timestamp
from smsconf.emulator.base.control_call import read_number
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.base.store import Store

EVERYTHING = 10**15 - 1
PAGE = """
SELECT batch.*, app.app_key, app.app_name, max(batch.first, :first) AS start,
       min(batch.first + batch.size, :end) AS stop
FROM batch JOIN app ON app.id = batch.app_id
WHERE batch.first < :end AND batch.first + batch.size > :first ORDER BY batch.seq
"""


def list_outbox(call: Call) -> Answer:
    """GET outbox: ``?offset=&limit=`` for a page; ``X-Total-Count`` is the number of all messages.

    ``status`` is ``null`` until the message's report is due.
    """
    offset = read_number(call.query, "offset", 0)
    limit = read_number(call.query, "limit", EVERYTHING)
    (total,) = call.store.connection.execute("SELECT coalesce(max(seq), 0) FROM message").fetchone()
    lines = ",".join(_messages(call.store, offset + 1, offset + 1 + limit))
    return Answer(f"[{lines}]".encode(), headers=(("X-Total-Count", str(total)),))


def _messages(store: Store, first: int, end: int) -> Iterator[str]:
    """Yield the messages of these numbers as JSON; what is the same in a batch is written once for all."""
    for batch in store.rows(PAGE, {"first": first, "end": end}):
        rest = json.dumps(_common(batch), ensure_ascii=False)[1:]
        pending = batch["due"] is not None
        rows = store.connection.execute(
            "SELECT seq, recipient, outcome, due FROM message WHERE seq >= ? AND seq < ?",
            (batch["start"], batch["stop"]),
        )
        for seq, recipient, outcome, due in rows:
            waits = pending if due is None else due != ""
            status = "null" if waits else f'"{outcome or "DELIVRD"}"'
            yield f'{{"smsMsgId": "{batch["uuid"]}_{seq}", "to": "{recipient}", "status": {status}, {rest}'


def _common(batch: Object) -> Object:
    return {
        "from": batch["sender"],
        "templateId": batch["template_id"],
        "templateParas": json.loads(batch["template_paras"]),
        "signature": batch["signature"],
        "text": batch["text"],
        "total": batch["total"],
        "extend": batch["extend"],
        "statusCallback": batch["status_callback"],
        "createTime": iso(read_timestamp(batch["create_time"])),
        "operation": batch["operation"],
        "app_key": batch["app_key"],
        "app_name": batch["app_name"],
    }
