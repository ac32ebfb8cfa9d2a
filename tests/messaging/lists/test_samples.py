"""What some recipients will read."""

from __future__ import annotations

from dataclasses import replace

from smsconf.messaging.lists.recipients import Recipient
from smsconf.messaging.lists.samples import Samples
from smsconf.messaging.masking import mask
from smsconf.messaging.send.variables import Slot
from tests.messaging.lists.test_recipients import NAMED, PLAIN


def test_samples_are_the_first_three_and_the_longest() -> None:
    """With the signature, numbers hidden, those in the text too."""
    target = replace(
        NAMED, content="订单${1}，${2}送达，电话${3}。", slots=(*NAMED.slots, Slot(3, "phone", "phone"))
    )
    samples = Samples(target)
    rows = [
        Recipient(f"1381234567{place}", ("A" * place, "09:30", "13912345678"), place) for place in range(9)
    ]
    samples.add([replaced._replace(number=f"86{replaced.number}") for replaced in rows[:2]])
    samples.add([replaced._replace(number=f"86{replaced.number}") for replaced in rows[2:]])
    assert samples.texts(mask) == [
        "+86138****5670: 【示例】订单，09:30送达，电话139****5678。",
        "+86138****5671: 【示例】订单A，09:30送达，电话139****5678。",
        "+86138****5672: 【示例】订单AA，09:30送达，电话139****5678。",
        "+86138****5678: 【示例】订单AAAAAAAA，09:30送达，电话139****5678。",
    ]
    assert samples.texts(str)[0].startswith("+8613812345670: ")


def test_samples_of_one_text_are_the_first_ones() -> None:
    """And of fewer than three, all; an international message has no signature before it."""
    samples = Samples(replace(PLAIN, prefix=None))
    assert samples.texts(mask) == []
    samples.add([Recipient("8613812345678", (), 1)])
    assert samples.texts(mask) == ["+86138****5678: 您好。"]
