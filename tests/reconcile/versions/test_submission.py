"""The mark in the application note: how many digits it has, and who decides where they do not tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.limits import TEMPLATE_NOTE
from smsconf.model.memory import Memory
from smsconf.model.resources import Brackets, MessageType, UpdatePolicy, VariableType
from smsconf.reconcile.versions.submission import (
    marked,
    signature_hash,
    split_mark,
    submission_hash,
)
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
    assert len(note) <= TEMPLATE_NOTE
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


@pytest.mark.parametrize(
    "other",
    [
        {"content": "别的${1}。"},
        {"type": MessageType.PROMOTION},
        {"universal": True},
        {"brackets": Brackets.GB},
        {"description": "给会员"},
        {"variables": ()},
        {"variables": (replace(build.shipped.variables[0], type=VariableType.TEXT),)},
        {"variables": (replace(build.shipped.variables[0], description="number"),)},
        {"variables": (replace(build.shipped.variables[0], name="parcel"),)},
    ],
)
def test_hash_of_a_submission_is_of_everything_the_reviewer_sees(other) -> None:
    """One field is another submission."""
    assert submission_hash(replace(build.shipped, **other), build.brand, ()) != submission_hash(
        build.shipped, build.brand, ()
    )


def test_hash_of_a_submission_is_of_nothing_else() -> None:
    """Not of names of versions, limits of values, or of how a change is made; an empty note is none."""
    same = replace(
        build.shipped,
        name="another",
        renamed_from="order-shipped",
        adopt=("x",),
        update=UpdatePolicy.IN_PLACE,
        retire_after=0,
        description="",
        variables=(replace(build.shipped.variables[0], max_length=20),),
    )
    known = submission_hash(build.shipped, build.brand, ())
    assert submission_hash(same, build.brand, ()) == known
    assert submission_hash(build.shipped, replace(build.brand, qualification="q-2"), ()) == known
    assert submission_hash(build.shipped, replace(build.brand, name="别的商城"), ()) != known
    assert submission_hash(build.shipped, replace(build.brand, type=MessageType.PROMOTION), ()) != known
    assert submission_hash(build.shipped, None, ()) != known


def test_hash_of_a_universal_template_knows_no_signature() -> None:
    """It is sent under any."""
    universal = replace(build.shipped, universal=True)
    assert submission_hash(universal, build.brand, ()) == submission_hash(universal, None, ())


def test_hash_of_an_international_template_is_of_its_countries_in_any_order() -> None:
    """Type, brackets and signature are none of its fields."""
    known = submission_hash(build.hello, None, ("Singapore", "Brazil"))
    assert submission_hash(build.hello, None, ("Brazil", "Singapore")) == known
    assert submission_hash(build.hello, None, ("Brazil",)) != known
    other = replace(build.hello, type=MessageType.VERIFICATION, brackets=Brackets.GB)
    assert submission_hash(other, None, ("Singapore", "Brazil")) == known
    mainland = replace(build.hello, region=build.shipped.region)
    assert submission_hash(mainland, None, ("Singapore", "Brazil")) != known


def test_hashes_are_what_journals_and_notes_remember() -> None:
    """Reckoned another way, every rejected text would be submitted again after an upgrade."""
    assert submission_hash(build.shipped, build.brand, ())[:16] == "55586747ff1696e1"
    assert submission_hash(build.hello, None, ("Singapore", "Brazil"))[:16] == "8f2a4c9260f3cd3d"
    signature = replace(build.brand, licence=build.LICENCE)
    assert signature_hash(signature)[:16] == "a18805e0f66ebc28"


@pytest.mark.parametrize("note", ["给会员#smsconf:{}", "#smsconf:{} 给会员", "#SMSCONF:{}", "# smsconf:{}"])
def test_mark_is_the_last_word_of_a_note(note) -> None:
    """What looks like it elsewhere is the user's own."""
    text = note.format(OF_WANTED[:16])
    assert split_mark(text) == (text, None)
    assert split_mark(f"给会员 #smsconf:{OF_WANTED[:16].upper()}")[1] is None
    assert split_mark("") == split_mark(None) == (None, None)


def test_note_is_stripped_before_it_is_marked() -> None:
    """A note of blanks is none."""
    assert marked("  给会员 ", OF_WANTED) == f"给会员 #smsconf:{OF_WANTED[:16]}"
    assert marked("  ", OF_WANTED) == marked(None, OF_WANTED) == f"#smsconf:{OF_WANTED[:16]}"
