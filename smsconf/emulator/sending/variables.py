"""Whether values fit a template's variables, and what text they make of it.

Only the sending API asks this (a breach is ``E200028``); at submission a template's text is the review's
business. Attributes and lengths are those of the FAQ (sms_faq_0003, 2024-11-08), the cap of verification
codes that of the template rules; what belongs to NEWTEXT and LONGTEXT is a guess.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from smsconf.emulator.base.exchange import Object

PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
CODE_LENGTH = 8
INTERNATIONAL_CODE = re.compile(r"[0-9]{4,8}")

_DAY = r"\d{8}|\d{4}-\d\d-\d\d|\d{4}/\d\d/\d\d|\d{4}年\d{1,2}月\d{1,2}日"
_HOUR = r"\d{1,2}:\d\d(:\d\d)?|\d{1,2}点\d{1,2}分"
VALUES = {
    "PHONE": re.compile(r"(?=.{4,15}\Z)[0-9+-]*[0-9]"),
    "CHARDIGIT": re.compile(r"[0-9A-Za-z_]{1,20}"),
    "DATETIME": re.compile(f"({_DAY}|{_HOUR})", re.ASCII),
    "MONEY": re.compile(r"[0-9.零〇一二三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整]{1,20}"),
    "TEXT": re.compile(r"[^.。'<>{}\n\r]{1,20}"),
    "NEWTEXT": re.compile(r"[^'{}\n\r]{1,35}"),
    "LONGTEXT": re.compile(r"[^'{}\n\r]{1,100}"),
}


def text_with(template: Object, values: Sequence[str]) -> str | None:
    """Return a template's text with these values, ``None`` if they do not fit its variables.

    ``values`` are in the order of the variables' numbers.
    """
    content: str = template["template_content"]
    names = list(dict.fromkeys(PLACEHOLDER.findall(content)))
    if all(name.isdecimal() for name in names):
        names.sort(key=int)
    if len(values) != len(names):
        return None
    if not names:
        return content
    kinds = {str(row["variable_index"]): row["variable_type"] for row in json.loads(template["variables"])}
    longest = CODE_LENGTH if template["template_type"] == "VERIFY_CODE_TYPE" else None
    for name, value in zip(names, values, strict=True):
        # A typed placeholder (${PHONE}) says its attribute itself; what nobody describes is TEXT (a guess).
        pattern = VALUES.get(name) or VALUES[kinds.get(name, "TEXT")]
        if not pattern.fullmatch(value) or (longest is not None and len(value) > longest):
            return None
    filled = dict(zip(names, values, strict=True))
    return PLACEHOLDER.sub(lambda found: filled[found[1]], content)
