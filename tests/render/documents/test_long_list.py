"""A document with a long list, part by part."""

from __future__ import annotations

import pytest

from smsconf.render.documents.long_list import json_parts
from smsconf.render.foreign_text import json_text

ROWS = [{"to": "+86138", "body": "退订\n\u2028\x1b", "segments": 1, "at": None, "out": True}, {"to": "x"}]


@pytest.mark.parametrize("rows", [[], ROWS[:1], ROWS])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_parts_are_what_json_would_write_of_the_whole(rows, *, ascii_only: bool) -> None:
    """The same text to the byte, with fields before and behind."""
    before, behind = {"format_version": "1.0", "by": "message"}, {"others": 0}
    whole = json_text({**before, "messages": rows, **behind}, ascii_only=ascii_only) + "\n"
    assert "".join(json_parts(before, "messages", behind, iter(rows), ascii_only=ascii_only)) == whole
