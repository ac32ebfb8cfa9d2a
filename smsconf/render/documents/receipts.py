"""Receipts → view (the JSON contract) → lines and CSV: how messages ended, in groups or one by one.

Message by message there may be a million: their rows are drawn as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from smsconf.language import _, ngettext
from smsconf.messaging.receive.receipts import Delivery, Receipt, Tally
from smsconf.messaging.send.codes import meaning_of
from smsconf.render.documents.sheets import csv_rows
from smsconf.render.lines import Line, Span, clean, line, pad

FORMAT_VERSION = "1.0"
View = Mapping[str, Any]
_STYLES = {"delivered": "green", "failed": "bold red", "pending": "cyan", "missing": "yellow"}
_COLUMNS = (
    *("message_id", "to", "delivery", "status", "meaning", "sent", "reported", "segments"),
    *("template", "campaign", "batch"),
)


def receipts_view(tallies: Mapping[str, Tally], by: str, *, others: int) -> View:
    """Return the document of ``receipts`` in groups.

    Args:
        tallies: name of the group → its counts.
        by: what the groups are: template, campaign, batch.
        others: how many reported messages we know nothing of.
    """
    return {
        "format_version": FORMAT_VERSION,
        "by": by,
        "groups": [
            {
                by: name,
                "messages": tally.messages,
                **{delivery.value: tally.deliveries[delivery] for delivery in Delivery},
                "segments": tally.segments,
                "failures": [
                    {"status": status, "messages": count, "meaning": meaning_of(status)}
                    for status, count in tally.failures.most_common()
                ],
            }
            for name, tally in tallies.items()
        ],
        "others": others,
    }


MESSAGES: tuple[View, str, View] = (
    {"format_version": FORMAT_VERSION, "by": "message"},
    "messages",
    {"others": 0},
)
"""The document of ``receipts`` message by message: what stands before its rows, their key, and behind."""


def receipt_row(receipt: Receipt, shown: Callable[[str], str]) -> View:
    """Return one message as a row; ``shown`` says how a number is written."""
    sent = receipt.sent
    failed = receipt.delivery is Delivery.FAILED
    return {
        "message_id": receipt.message_id,
        "to": shown(sent.to) if sent and sent.to else None,
        "delivery": receipt.delivery.value,
        "status": receipt.status,
        "meaning": meaning_of(receipt.status) if failed and receipt.status else None,
        "sent": sent.at.isoformat(timespec="seconds") if sent else None,
        "reported": receipt.reported.isoformat(timespec="seconds") if receipt.reported else None,
        "segments": receipt.segments,
        **{name: getattr(sent, name) if sent else None for name in ("template", "campaign", "batch")},
    }


def receipts_lines(view: View) -> Iterator[Line]:
    """Draw groups with why messages failed."""
    for group in view["groups"]:
        count = group["messages"]
        said = ngettext("{count} message", "{count} messages", count).format(count=count)
        billed = ngettext("{count} segment", "{count} segments", group["segments"])
        yield line(
            Span(clean(group[view["by"]]), "bold"),
            f"  {said}, {billed.format(count=group['segments'])}",
            hang=2,
        )
        for delivery in Delivery:
            if group[delivery]:
                share = f"{100 * group[delivery] / count:.1f} %"
                yield line(
                    "  ", Span(pad(delivery, 10), _STYLES[delivery]), f"{group[delivery]:>9}  {share}", hang=4
                )
        for one in group["failures"]:
            why = f"  {clean(one['meaning'])}" if one["meaning"] else ""
            yield line(f"    {one['messages']:>9}  {clean(one['status'])}{why}", hang=15)
    if not view["groups"]:
        yield _nothing()
    if view["others"]:
        known = ngettext(
            "{count} more message was reported that was not sent from here",
            "{count} more messages were reported that were not sent from here",
            view["others"],
        )
        yield line(known.format(count=view["others"]))


def messages_lines(rows: Iterable[View]) -> Iterator[Line]:
    """Draw one line a message."""
    width = max(map(len, Delivery)) + 2
    one: View | None = None
    for one in rows:
        why = ": ".join(clean(part) for part in (one["status"], one["meaning"]) if part)
        yield line(
            Span(pad(one["delivery"], width), _STYLES[one["delivery"]]),
            Span(clean(one["to"] or "-"), "bold"),
            f"  {clean(one['message_id'])}",
            f"  {why}" if one["delivery"] == "failed" else "",
            hang=width,
        )
    if one is None:
        yield _nothing()


def receipts_csv(rows: Iterable[View]) -> Iterator[str]:
    """Write one line a message."""
    return csv_rows(_COLUMNS, ([_shown(row[name]) for name in _COLUMNS] for row in rows))


def _shown(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _nothing() -> Line:
    return line(_("nothing was sent from here yet"))
