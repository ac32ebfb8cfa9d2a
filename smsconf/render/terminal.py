"""Show lines on a stream: with rich on a terminal, plain everywhere else.

On a terminal lines are wrapped to its width with a hanging indent, wide characters counted as two cells;
in a pipe or a file every line stays whole, so that ``grep`` finds it. NO_COLOR and FORCE_COLOR are obeyed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TextIO

from smsconf.render.lines import Line

_NARROWEST = 40


def show(lines: Iterable[Line], stream: TextIO) -> None:
    """Write lines to a stream."""
    forced = bool(os.environ.get("FORCE_COLOR"))
    if not (stream.isatty() or forced):
        stream.writelines(f"{one.text}\n" for one in lines)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    width = max(_NARROWEST, console.width)
    for one in lines:
        text = Text()
        for span in one.spans:
            text.append(span.text, style=span.style)
        text.rstrip()
        if text.cell_len <= width or not stream.isatty():
            console.print(text, soft_wrap=True)
            continue
        hang = min(one.hang, width // 3)
        for number, part in enumerate(text.wrap(console, width - hang)):
            part.rstrip()
            console.print(Text(" " * hang * bool(number)) + part, soft_wrap=True)


def redraw(lines: Iterable[Line], stream: TextIO) -> None:
    """Show lines on a terminal in place of what was there."""
    if os.environ.get("TERM", "dumb") != "dumb":
        stream.write("\x1b[H\x1b[2J")
    show(lines, stream)
    stream.flush()
