"""The mark in the application note: how many digits it has, and who decides where they do not tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.memory import Memory
from smsconf.reconcile.versions.submission import NOTE_LENGTH, marked, split_mark, submission_hash
from tests.reconcile import build
from tests.reconcile.build import SHIPPED, only, words

# found in half a second: the hashes of both begin with d6153e16
SERVING = replace(build.shipped, content="第124272号通知：${1}")
WANTED = replace(build.shipped, content="第133738号通知：${1}")
OF_SERVING, OF_WANTED = (submission_hash(one, build.brand, ()) for one in (SERVING, WANTED))
OLD_MARK = f"#smsconf:{OF_SERVING[:8]}"


def planned(note: str, status: str = "Adopted", **memory):
    there = replace(build.o_shipped, content=SERVING.content, description=note, status=status)
    asked = build.desired(build.shop, build.brand, WANTED)
    return only(
        build.plan(asked, build.observed(build.o_shop, build.o_brand, there), memory=Memory(**memory)),
        SHIPPED,
    )


def test_two_texts_are_one_by_eight_digits_and_two_by_sixteen() -> None:
    """What the following tests rest on."""
    assert OF_SERVING[:8] == OF_WANTED[:8]
    assert OF_SERVING[:16] != OF_WANTED[:16]


def test_new_marks_carry_sixteen_digits_and_old_ones_are_still_read() -> None:
    """Both are split off a note; other lengths are the user's own words."""
    assert split_mark(marked("给会员", OF_WANTED)) == ("给会员", OF_WANTED[:16])
    assert split_mark(f"给会员 {OLD_MARK}") == ("给会员", OF_SERVING[:8])
    for digits in (7, 9, 15, 17, 64):
        note = f"#smsconf:{OF_WANTED[:digits]}"
        assert split_mark(note) == (note, None)


@pytest.mark.parametrize("length", [0, 473, 474, 475, 500, 600])
def test_note_with_its_mark_is_no_longer_than_the_service_takes(length) -> None:
    """The longer mark takes its room from the note."""
    note = marked("注" * length, OF_WANTED)
    assert len(note) <= NOTE_LENGTH
    assert split_mark(note) == ("注" * min(length, 474) or None, OF_WANTED[:16])


def test_text_whose_mark_begins_alike_is_submitted() -> None:
    """By eight digits it was what the service had changed on approval, and was never sent."""
    change = planned(marked(None, OF_SERVING))
    assert words(change) == ("replace", ["create", "submit"])
    assert change.desired.content == WANTED.content


def test_whole_hash_of_the_journal_decides_where_a_mark_has_eight_digits() -> None:
    """An older mark stands for both texts, the journal for one; where it is lost, the mark is believed."""
    assert words(planned(OLD_MARK, submitted={"id-shipped": OF_SERVING}))[0] == "replace"
    assert "changed by the service" in planned(OLD_MARK, submitted={"id-shipped": OF_WANTED}).reason
    assert "changed by the service" in planned(OLD_MARK).reason


def test_rejected_text_whose_mark_begins_alike_does_not_hold_back_another() -> None:
    """Edited and submitted, though eight digits say that it was rejected."""
    rejected = planned(OLD_MARK, "Reject", submitted={"id-shipped": OF_SERVING})
    assert words(rejected) == ("update", ["edit", "submit"])
    assert planned(OLD_MARK, "Reject", submitted={"id-shipped": OF_WANTED}).rejected


def test_mark_of_another_checkout_counts_against_an_outdated_journal() -> None:
    """What somebody else submitted there since bears their mark; what is remembered here is older."""
    change = planned(marked(None, OF_WANTED), submitted={"id-shipped": OF_SERVING})
    assert "changed by the service" in change.reason
