"""Replies → view (the JSON contract) → lines: who wrote back what, and who opted out.

There may be a million replies: their rows are drawn as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from smsconf.language import _, ngettext
from smsconf.messaging.receive.opt_outs import OptOut
from smsconf.render.lines import Line, Span, clean, line
from smsconf.store.messages import Received, Reply

FORMAT_VERSION = "1.0"
View = Mapping[str, Any]


def replies_document(count: int) -> tuple[View, str, View]:
    """Return what stands in the document of ``replies`` before its rows, their key, and what behind.

    ``count`` is how many numbers are out.
    """
    return {"format_version": FORMAT_VERSION}, "replies", {"opt_outs": count}


def reply_row(
    reply: Received[Reply],
    is_out: Callable[[str], bool],
    *,
    shown: Callable[[str], str],
    said: Callable[[str], str],
) -> View:
    """Return one reply as a row; one that was purged has neither sender nor text.

    Args:
        reply: as it was received.
        is_out: whether a sender is out now.
        shown: how a number is written.
        said: how a text of theirs is written, which may hold numbers.
    """
    return {
        "message_id": reply.item.message_id,
        "received": reply.at.isoformat(timespec="seconds"),
        "created": reply.item.created,
        "from": shown(reply.item.sender) if reply.item.sender else None,
        "to": reply.item.to,
        "body": said(reply.item.body) if reply.item.sender else None,
        "opted_out": is_out(reply.item.sender),
    }


def opt_outs_view(
    people: Sequence[OptOut], unreadable: int, *, shown: Callable[[str], str], said: Callable[[str], str]
) -> View:
    """Return the same document with who is out now: each number once, with the reply since which it is.

    Args:
        people: who is out by a reply of theirs.
        unreadable: how many of them came with a sender that nobody can read.
        shown: how a number is written.
        said: how a text of theirs is written.
    """
    return {
        "format_version": FORMAT_VERSION,
        "replies": [_opt_out_row(one, one.reply.item, shown, said) for one in people],
        "opt_outs": len(people) - unreadable,
        "unreadable": unreadable,
    }


def _opt_out_row(one: OptOut, reply: Reply, shown: Callable[[str], str], said: Callable[[str], str]) -> View:
    return {
        "message_id": reply.message_id,
        "received": one.reply.at.isoformat(timespec="seconds"),
        "created": reply.created,
        "from": shown(reply.sender),
        "number": shown(one.number),
        "to": reply.to,
        "body": said(reply.body),
        "opted_out": True,
        "word": one.word,
        "since": one.since.isoformat(timespec="seconds"),
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
    if count := view["unreadable"]:
        text = ngettext(
            "{count} more sender cannot be read, so nothing can leave it out: look at the reply",
            "{count} more senders cannot be read, so nothing can leave them out: look at the replies",
            count,
        )
        yield line(Span(text.format(count=count), "yellow"))


def replies_lines(rows: Iterable[View], opt_outs: int) -> Iterator[Line]:
    """Draw one line a reply, then how many people opted out."""
    count = 0
    for one in rows:
        count += 1
        yield line(
            Span(f"{one['received']}  ", "dim"),
            Span(clean(one["from"] or _("(purged)")), "bold"),
            Span(f" → {clean(one['to'])}  ", "dim"),
            Span(clean(one["body"] or ""), "yellow" if one["opted_out"] else ""),
            hang=4,
        )
    said = ngettext("{count} reply", "{count} replies", count).format(count=count)
    yield line(f"{said}, {_counted(opt_outs)}")


def _counted(count: int) -> str:
    return ngettext("{count} number opted out", "{count} numbers opted out", count).format(count=count)
