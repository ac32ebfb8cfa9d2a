"""The tables of the doctor and of the guide are well made."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from smsconf.guide.checks import CHECKS
from smsconf.guide.quick_start import STEPS
from smsconf.model.resources import Region


def test_every_check_needs_only_what_was_judged_before_it() -> None:
    """A need is the name of an earlier row, and no name stands twice."""
    names = [row.name for row in CHECKS]
    assert len(set(names)) == len(names)
    for position, row in enumerate(CHECKS):
        assert set(row.needs.split()) <= set(names[:position]), row.name


@pytest.mark.parametrize("region", Region)
def test_every_flow_goes_from_an_app_to_a_message(region: Region) -> None:
    """App, then what the template waits for, then the template, then sending; each once."""
    keys = [row.key for row in STEPS if region in row.flows]
    assert max(Counter(keys).values()) == 1
    assert keys[0] == "app"
    assert keys[-1] == "send"
    before = {"qualification", "signature"} if region is Region.CN else {"registration"}
    assert before <= set(keys[: keys.index("template")])
    assert not before & set(keys[keys.index("template") :])


def test_steps_of_the_vendor_name_its_page_and_a_date() -> None:
    """A url leads to the vendor's documentation; only the project is ours."""
    for row in STEPS:
        if row.key == "project":
            assert row.page is None
            continue
        assert row.page is not None, row.key
        assert re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", row.page.date), row.key
        assert row.page.url is None or row.page.url.startswith("https://support.huaweicloud.com/"), row.key
