"""Replies → view (the JSON contract) → lines: who wrote back what, and who opted out."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any

from smsconf.language import ngettext
from smsconf.render.lines import Line, Span, clean, line

FORMAT_VERSION = "1.0"
View = Mapping[str, Any]


def replies_view(replies: Sequence[Any], out: Container[str], *, shown: Callable[[str], str]) -> View:
    """Return the document of ``replies``.

    Args:
        replies: each with ``item`` (sender, to, body, created, message_id) and ``at``, oldest first.
        out: the numbers that opted out.
        shown: how a number is written.
    """
    return {
        "format_version": FORMAT_VERSION,
        "replies": [
            {
                "message_id": one.item.message_id,
                "received": one.at.isoformat(timespec="seconds"),
                "created": one.item.created,
                "from": shown(one.item.sender),
                "to": one.item.to,
                "body": one.item.body,
                "opted_out": one.item.sender in out,
            }
            for one in replies
        ],
        "opt_outs": len({one.item.sender for one in replies if one.item.sender in out}),
    }


def replies_lines(view: View) -> Iterator[Line]:
    """Draw one line a reply, then how many people opted out."""
    for one in view["replies"]:
        yield line(
            Span(f"{one['received']}  ", "dim"),
            Span(clean(one["from"]), "bold"),
            Span(f" → {clean(one['to'])}  ", "dim"),
            Span(clean(one["body"]), "yellow" if one["opted_out"] else ""),
            hang=4,
        )
    count = len(view["replies"])
    said = ngettext("{count} reply", "{count} replies", count).format(count=count)
    out = ngettext("{count} number opted out", "{count} numbers opted out", view["opt_outs"])
    yield line(f"{said}, {out.format(count=view['opt_outs'])}")
