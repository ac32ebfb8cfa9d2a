"""What the service pushes to its customers' servers: the queue of it, each push as bytes, how each one went.

No connection is opened here; ``pusher`` does that. A push is handed out once and tried once: no page
documents a second try. If whoever took it dies, it is handed out again, so it may arrive twice. Written from
sms_05_0003, _0004 and _0063 (CN, 2024-12) and, for signatures, from sms_05_0064.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from smsconf import signing
from smsconf.emulator.base.clock import iso, read_timestamp, timestamp
from smsconf.emulator.base.control_call import (
    Conflict,
    must,
    read_number,
    read_object,
    read_string,
)
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.base.store import Store
from smsconf.emulator.management.console import read_console
from smsconf.emulator.management.reviewer import uuid_of

FORM: Final = "application/x-www-form-urlencoded"
CONTENT_TYPES: Final = {"report": FORM, "reply": FORM, "reports": "application/json"}
LEASE_SECONDS: Final = 30.0
LONGEST_REPLY: Final = 160
NOT_HERE: Final = "not sent: the emulator pushes to this machine only"
# As in the vendor's example of a push; what they mean is written nowhere.
PLATFORM_HEADERS: Final = (
    ("Connection", "close"),
    ("Pooltype", "approxy"),
    ("TrcModule", "AP"),
    ("UserTrace", "application"),
)
SIGNED: Final = ("connection", "content-length", "content-type", "host", signing.DATE_HEADER.lower())
TAKE: Final = """
UPDATE push SET state = 'taken', taken = :now WHERE seq IN (
  SELECT seq FROM push WHERE state = 'waiting' OR (state = 'taken' AND taken < :dead) ORDER BY seq LIMIT :most
) RETURNING seq, kind, app_id, url, body
"""


class Push(NamedTuple):
    """One request to a customer's server, ready to be sent by POST."""

    seq: int
    url: str
    headers: list[tuple[str, str]]
    body: bytes


class PushResult(NamedTuple):
    """How a push went: the status it was answered with, or why there was no answer."""

    seq: int
    status: int | None
    error: str | None


def add_push(store: Store, kind: str, app_id: str, url: str, body: str, due: str) -> int:
    """Queue a push and return its number; one to another machine is written down, and never sent."""
    here = _is_loopback(url)
    state, error = ("waiting", None) if here else ("done", NOT_HERE)
    cursor = store.connection.execute(
        "INSERT INTO push (kind, app_id, url, body, due, state, error) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (kind, app_id, url, body, due, state, error),
    )
    return cursor.lastrowid or 0


def _is_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port  # raises on a port that is none
        return parts.scheme in {"http", "https"} and (
            host == "localhost" or ipaddress.ip_address(host).is_loopback
        )
    except ValueError:
        return False


def take_pushes(store: Store, real_now: datetime, most: int) -> list[Push]:
    """Hand out the oldest pushes that wait, and those whose taker has not been heard of for long."""
    now = real_now.timestamp()
    rows = store.rows(TAKE, {"now": now, "dead": now - LEASE_SECONDS, "most": most})
    keys = {app_id: read_console(store, app_id) for app_id in {row["app_id"] for row in rows}}
    return [_request(row, keys[row["app_id"]], real_now) for row in sorted(rows, key=lambda row: row["seq"])]


def note_pushes(store: Store, results: Sequence[PushResult]) -> None:
    """Write down how pushes went."""
    store.connection.executemany(
        "UPDATE push SET state = 'done', status = ?, error = ? WHERE seq = ?",
        [(result.status, result.error, result.seq) for result in results],
    )


def _request(row: Object, keys: Object, real_now: datetime) -> Push:
    """Write a push out, signed if the app has keys for it; the signature uses real time."""
    parts = urlsplit(row["url"])
    body = row["body"].encode()
    headers = {
        "Host": parts.netloc.rpartition("@")[2],
        "Content-Type": CONTENT_TYPES[row["kind"]],
        "Content-Length": str(len(body)),
        **dict(PLATFORM_HEADERS),
    }
    if keys.get("push_ak"):
        date = real_now.strftime(signing.DATE_FORMAT)
        headers[signing.DATE_HEADER] = date
        payload = signing.payload_hash(body, headers)
        canonical = signing.canonical_request(
            "POST", parts.path or "/", parts.query, headers, SIGNED, payload
        )
        signature = signing.signature(keys["push_sk"], date, canonical)
        headers["Authorization"] = signing.authorization(keys["push_ak"], SIGNED, signature)
    return Push(row["seq"], row["url"], list(headers.items()), body)


def reply_to_message(call: Call) -> Answer:
    """POST uplink: someone replies to a channel; its app's reply address gets it, and R is remembered."""
    body = read_object(call.body, allowed=("from", "to", "body"))
    sender, channel, text = (read_string(body, name) for name in ("from", "to", "body"))
    known = sender and 1 <= len(text) <= LONGEST_REPLY
    must(known, f"expected from, and a body of 1-{LONGEST_REPLY} characters")
    signatures = call.store.find("signature", {"channel_num": channel})
    if not signatures:
        raise Conflict(404, error="no signature has this channel number", to=channel)
    (app,) = call.store.find("app", {"id": signatures[0]["app_id"]})
    if text.strip().upper() == "R":
        call.store.connection.execute("INSERT OR IGNORE INTO opt_out VALUES (?, ?)", (channel, sender))
    kind = f"uplink/{call.store.database_id}"
    identity = uuid_of(call.settings, kind, int(call.store.meta("requests", "0")))
    if not app["up_link_addr"]:
        return Answer({"smsMsgId": identity, "url": None, "push": None})
    fields = {"from": sender, "to": channel, "body": text, "smsMsgId": identity}
    if read_console(call.store, app["id"]).get("reply_time"):
        fields["createTime"] = iso(call.now)
    seq = add_push(
        call.store, "reply", app["id"], app["up_link_addr"], urlencode(fields), timestamp(call.now)
    )
    return Answer({"smsMsgId": identity, "url": app["up_link_addr"], "push": seq})


def list_pushes(call: Call) -> Answer:
    """GET pushes: oldest first, ``?offset=&limit=`` for a page; ``X-Total-Count`` is the number of all.

    ``state`` is waiting, taken or done; then either ``status`` or ``error`` says how it went.
    """
    offset, limit = read_number(call.query, "offset", 0), read_number(call.query, "limit", 10_000)
    columns = "seq, kind, url, body, due, state, status, error"
    rows = call.store.rows(
        f"SELECT {columns} FROM push ORDER BY seq LIMIT ? OFFSET ?",  # noqa: S608 - our names
        (limit, offset),
    )
    (total,) = call.store.connection.execute("SELECT count(*) FROM push").fetchone()
    shown = [{**row, "due": iso(read_timestamp(row["due"]))} for row in rows]
    return Answer(shown, headers=(("X-Total-Count", str(total)),))
