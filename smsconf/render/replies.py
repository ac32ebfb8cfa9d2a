"""Replies → view (the JSON contract) → lines: who wrote back what, and who opted out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from smsconf.language import ngettext
from smsconf.render.lines import Line, Span, clean, line

FORMAT_VERSION = "1.0"
View = Mapping[str, Any]


def replies_view(
    replies: Sequence[Any],
    is_out: Callable[[str], bool],
    count: int,
    *,
    shown: Callable[[str], str],
    said: Callable[[str], str],
) -> View:
    """Return the document of ``replies``.

    Args:
        replies: each with ``item`` (sender, to, body, created, message_id) and ``at``, oldest first.
        is_out: whether a sender is out now.
        count: how many numbers are.
        shown: how a number is written.
        said: how a text of theirs is written, which may hold numbers.
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
                "body": said(one.item.body),
                "opted_out": is_out(one.item.sender),
            }
            for one in replies
        ],
        "opt_outs": count,
    }


def opt_outs_view(people: Sequence[Any], *, shown: Callable[[str], str], said: Callable[[str], str]) -> View:
    """Return the same document with who is out now: each number once, with the reply since which it is.

    Args:
        people: each with number, word, since and the reply: message_id, sender, to, body, created, received.
        shown: how a number is written.
        said: how a text of theirs is written.
    """
    return {
        "format_version": FORMAT_VERSION,
        "replies": [
            {
                "message_id": one.message_id,
                "received": one.received.isoformat(timespec="seconds"),
                "created": one.created,
                "from": shown(one.sender),
                "number": shown(one.number),
                "to": one.to,
                "body": said(one.body),
                "opted_out": True,
                "word": one.word,
                "since": one.since.isoformat(timespec="seconds"),
            }
            for one in people
        ],
        "opt_outs": len(people),
    }


def opt_outs_lines(view: View) -> Iterator[Line]:
    """Draw one line a number: since when, with which word, and the reply if it says more."""
    for one in view["replies"]:
        more = "" if one["body"].strip().upper() == one["word"] else f"  {clean(one['body'])}"
        yield line(
            Span(f"{one['since']}  ", "dim"),
            Span(clean(one["number"]), "bold"),
            Span(f"  {clean(one['word'])}", "yellow"),
            Span(more, "dim"),
            hang=4,
        )
    yield line(_counted(view["opt_outs"]))


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
    yield line(f"{said}, {_counted(view['opt_outs'])}")


def _counted(count: int) -> str:
    return ngettext("{count} number opted out", "{count} numbers opted out", count).format(count=count)
