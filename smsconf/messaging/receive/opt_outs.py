"""Who asked not to be written to: replies that say so.

Pure. The service blocks such numbers by itself, per signature and type; sending to them costs money and
trust, so ``bulk`` leaves them out.

Written from https://support.huaweicloud.com/msgsms_faq/ (promotions end in 拒收请回复R), read 2026-11; the
other words are what people in China and abroad use for the same wish.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from smsconf.messaging.receive.callbacks import Reply
from smsconf.messaging.receive.inbox import Received

WORDS = frozenset({"R", "T", "TD", "退订", "拒收", "STOP", "UNSUBSCRIBE"})


def is_opt_out(body: str) -> bool:
    """Tell whether a reply means: write no more. Full-width letters, quotes and full stops do not matter."""
    return unicodedata.normalize("NFKC", body).strip(" \t\r\n\"'“”‘’.。!！").upper() in WORDS


def opt_outs(replies: Iterable[Received]) -> Mapping[str, Received]:
    """Return the numbers that opted out, each with the reply that first said so."""
    found: dict[str, Received] = {}
    for one in replies:
        if isinstance(one.item, Reply) and is_opt_out(one.item.body):
            found.setdefault(one.item.sender, one)
    return found
