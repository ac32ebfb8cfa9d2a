"""Whatever the bytes are, loading ends quickly and raises nothing."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsconf.config import load_project
from tests.config.conftest import HEAD, write

KEYS = "app apps templates include environments overlay p shop content variables protect cn daily name"
SIGNS = "null ~ 1 0x1f 1e999 { } [ ] , &a *a << !!str !x {x} ${1} {{ ' \" # --- ... %YAML \\0 中 😀 ../ *.y"
ENDS = (": ", "\n", "\n  ", "\n    ", "- ", "? ", "|\n", ">\n", "\t", " ", "\u2028", "\x85")
WORDS = st.sampled_from((*KEYS.split(), *SIGNS.split(), *ENDS))
QUICK = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def survive(files: dict[str, str | bytes], environment: str | None) -> None:
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        project = load_project(write(Path(folder), files), environment)
        for found in project.diagnostics:
            assert found.message
            assert found.message.isprintable()
            if found.place and found.place.text is not None:
                assert 1 <= found.place.column <= len(found.place.text) + 1
    assert time.perf_counter() - begin < 5


@QUICK
@given(st.binary(max_size=400))
def test_any_bytes_are_survived(content: bytes) -> None:
    """No byte sequence ends in a traceback."""
    survive({"smsconf.yaml": content}, None)


@QUICK
@given(st.lists(WORDS, max_size=60), st.lists(WORDS, max_size=30))
def test_pieces_of_yaml_are_survived(root: list[str], overlay: list[str]) -> None:
    """Nor does anything that looks like a project, with an overlay that looks like one."""
    head = HEAD.replace("apps:", "environments: {p: {overlay: p.yaml}}\napps:")
    survive({"smsconf.yaml": head + "  a: " + "".join(root), "p.yaml": "".join(overlay)}, "p")
    survive({"smsconf.yaml": "".join(root), "p.yaml": "".join(overlay)}, "p")


@QUICK
@given(st.text(max_size=60), st.text(max_size=20))
def test_any_content_is_survived(content: str, name: str) -> None:
    """Any text as content, quoted as JSON (which YAML reads), any text as a path or name."""
    quoted, called = json.dumps(content), json.dumps(name)
    survive(
        {
            "smsconf.yaml": HEAD
            + f"  a: {{app: shop, signature: notice, content: {quoted}, name: {called},"
            + f" retire_after: {called},"
            + f" variables: {{{called}: {{type: text}}}}}}\n"
            + f"  b: {{app: {called}, content: x}}\n  c: {{app: world, content: x, countries: [{called}]}}\n"
            + f"include: [{called}]\nprotect: [{called}]\n"
        },
        name,
    )
