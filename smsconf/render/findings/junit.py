"""View → JUnit XML, which CI systems show as test results.

One test case a finding: errors fail, the rest passes with its text; without findings one passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from smsconf.language import _
from smsconf.render.lines import clean

View = Mapping[str, Any]


def junit_text(view: View) -> str:
    """Write a whole document."""
    found = view["diagnostics"]
    cases = [_case(one) for one in found] or ['    <testcase classname="smsconf" name="lint"/>\n']
    failures = sum(one["severity"] == "error" for one in found)
    counts = f'name="smsconf lint" tests="{len(cases)}" failures="{failures}" errors="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<testsuites {counts}>\n  <testsuite {counts}>\n{''.join(cases)}  </testsuite>\n</testsuites>\n"
    )


def _case(found: View) -> str:
    at = f"{clean(found['file'])}:{found['line']}:{found['column']}" if found["file"] else ""
    name = f"{found['code']} {clean(found['address'] or '')} {at}".strip()
    said = [f"{found['severity']}: {at}".rstrip(": ")]
    words = {"message": _("message"), "why": _("why"), "fix": _("fix")}
    said += [f"{word}{_(': ')}{clean(found[key])}" for key, word in words.items() if found[key]]
    body = escape("\n".join(said))
    head = f"    <testcase classname={quoteattr(clean(found['file'] or 'project'))} name={quoteattr(name)}>"
    if found["severity"] == "error":
        opening = f"<failure type={quoteattr(found['code'])} message={quoteattr(clean(found['message']))}>"
        return f"{head}{opening}{body}</failure></testcase>\n"
    return f"{head}<system-out>{body}</system-out></testcase>\n"
