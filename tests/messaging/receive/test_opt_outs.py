"""Which replies mean: write no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from smsconf.messaging.receive.callbacks import Reply
from smsconf.messaging.receive.inbox import Received
from smsconf.messaging.receive.opt_outs import is_opt_out, opt_outs


@pytest.mark.parametrize("body", ["R", "r", " R ", "Ｒ", "“R”", "R。", "TD", "td", "退订", "拒收", "stop"])
def test_opt_out_is_heard_in_every_form(body) -> None:
    """People answer as they type: small letters, full width, quotes, a full stop."""
    assert is_opt_out(body)


@pytest.mark.parametrize("body", ["", "RR", "OK", "好的", "不退订", "Really?", "回复R", "N"])
def test_other_replies_are_no_opt_out(body) -> None:
    """An answer that merely holds the letter says something else."""
    assert not is_opt_out(body)


def test_opt_outs_name_each_number_once() -> None:
    """The first reply that said so stands for the number."""
    at = datetime(2026, 1, 5, tzinfo=UTC)
    replies = [
        Received(Reply(str(number), sender, "10690", body), at)
        for number, (sender, body) in enumerate(
            [("+861", "你好"), ("+861", "R"), ("+862", "?"), ("+861", "TD")]
        )
    ]
    assert {number: one.item.message_id for number, one in opt_outs(replies).items()} == {"+861": "1"}
