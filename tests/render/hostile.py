"""What somebody may write into a name, a content, a reason, an argument: one corpus for every renderer.

Each text is a trick of one target; every one goes through all of them.
"""

from __future__ import annotations

from hypothesis import strategies as st

INVISIBLE = (
    *("\u3164", "\u115f", "\u1160", "\uffa0", "\u2800", "\u034f", "\u00ad", "\u061c", "\u180e", "\u17b4"),
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\ufe0f", "\ufe00", "\U000e0101", "\U000e0041"),
    *("\u200e", "\u202a", "\u202e", "\u2066", "\u2069", "\u2028", "\u2029", "\x7f", "\x85", "\x9b", "\x00"),
    *("\u00a0", "\u2003", "\u202f", "\u205f", "\u1680", "\ufff9", "\ufffc", "\ud800", "\udcff", "\ue000"),
    *("\U0001d159", "\U000e0020", "\U000f0000", "\u0378", "\t", "\r", "\n", "\b", "\x1b", "\x0b", "\x0c"),
)
"""Characters without ink, or that move others."""

TERMINAL = (
    "a\x1b[2J\x1b[Hgone",
    "a\x1b]0;title\x07",
    "a\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "a\x9b31mred",
    "real\rfake",
    "rm\b\b\bok",
    "tab\tstop",
    "abc\u202egpj.exe",
    "z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308" * 3,
    "\u0301\u0302lead",
    "a \u20dd b",
    "e\u0301",
    "\u00e9",
    "\u212b",
    "\u00c5",
    "  two  blanks  ",
    " two blanks ",
    "two\u3000blanks",
    "\\x1b[31m",
    "\\u3164",
    "⏎",
    "❤️",
    "❤",
    "👨‍👩‍👧",
    "👨👩👧",
)
LOGS = (
    "::error file=a,line=1::title",
    " ::set-output name=a::b",
    "\n::add-mask::x",
    "x\r::stop-commands::t",
    "::",
    ":",
    "::debug::",
    "##[add-mask]x",
    "a##[group]b",
    "##[error]",
    "###[section]",
    "##vso[task.setvariable variable=a]b",
    "x ##vso[task.complete result=Failed;]",
    "##teamcity[buildStop comment='x']",
    "section_start:1700000000:a\r\x1b[0Kx",
    "%0A::error::x",
    "%25",
)
MARKDOWN = (
    "<script>alert(1)</script>",
    "<details open><summary>x",
    "</details></code></summary><img src=x onerror=alert(1)>",
    "<!-- x -->",
    "--><b>",
    "[a](https://evil.example)",
    "![a](https://evil.example/x.png)",
    "[a]: https://evil.example",
    "[^1]: note",
    "https://evil.example",
    "www.evil.example",
    "www.→evil.example",
    "hxxp evil.example http://a",
    "a@evil.example",
    "mailto:a@evil.example",
    "@everyone",
    "@org/team",
    "a，@all",
    "（@all）",
    "#12",
    "GH-34",
    "owner/repo#56",
    "owner/repo@deadbeef",
    "deadbeefcafe",
    "!12",
    "$34",
    "&5",
    "~label",
    '%"milestone"',
    "/close",
    "/merge",
    "a | b | c |",
    "\\| x",
    "x\n| y | z |",
    "x\n\n# heading",
    "# heading",
    "=====",
    "---",
    "***",
    "1. one",
    "1) one",
    "- [ ] task",
    "[x] task",
    "> quoted",
    "    code",
    "~~~\nx\n~~~",
    "```\nx\n```",
    "a ` b",
    "`a` `b`@x`",
    "``` `` `",
    "*b* _i_ ~~s~~ ==m==",
    "&lt;b&gt; &#64;all &commat;all",
    ":tada:",
    "$x$ $$y$$",
    "ends in backslash \\",
    "@a\u200bb",
    "+ x",
    "- x",
    "{{ 7*7 }} {% raw %} ${x}",
)
PAGES = (
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</script><script>alert(1)</script>",
    "</title><b>",
    "javascript:alert(1)",
    "<svg/onload=alert(1)>",
    "]]><x/>",
    "<!ENTITY x>",
    "&amp;&x;",
)
SHEETS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM",
    "\u3000=1",
    "\u200b=1",
    '=HYPERLINK("https://evil.example")',
    "=cmd|'/c calc'!A0",
    'a"b,c;d',
)
FILES = (
    "a\nNODE_OPTIONS=--require=x",
    "a<<EOF",
    "$(touch x) `id` ${HOME}",
    "'; touch x; '",
    "# comment",
    "a: b",
    "- a",
    "{a: b}",
    "*a",
    "!!python/object:x",
    "yes",
    "0x10",
    "null",
    '"]; click n0 "https://evil.example"',
    'x"] --> y["z',
    "end",
    "%% x",
    "#quot;",
    "x]] y)) z}}",
)
PLAIN = (
    "order-shipped",
    "示例商城",
    "您的订单，已发货。【预计】明天送达！",
    "café Łódź Ünï",
    "完成 🎉👍🏽🇨🇳",
    "กำลังส่ง",
    "שלום",
    "مرحبا",
    "주문",
)
CORPUS = tuple(
    dict.fromkeys(
        (
            *(f"shop{one}order" for one in INVISIBLE),
            *(f"shop{one}" for one in INVISIBLE),
            *TERMINAL,
            *LOGS,
            *MARKDOWN,
            *PAGES,
            *SHEETS,
            *FILES,
            *PLAIN,
        )
    )
)
"""Every text once; no two are the same name."""

ANY = (
    st.lists(
        st.sampled_from(CORPUS) | st.sampled_from(INVISIBLE) | st.text(max_size=6), min_size=1, max_size=4
    )
    .map("".join)
    .filter(bool)
)
"""Tricks side by side, with anything between."""
