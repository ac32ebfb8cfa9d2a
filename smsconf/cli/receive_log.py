"""What ``receive`` says on stderr: sentences for people, or a JSON object a line for programs.

However many requests are refused, a line about them comes once a minute: a flood must not fill the disk. No
number, no text, no path that somebody asked for is in any line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from smsconf.cli.output import say
from smsconf.few_words import tell
from smsconf.language import _
from smsconf.messaging.receive.figures import Figures
from smsconf.render.foreign_text import json_text

_INTERVAL = timedelta(minutes=1)


class TextLog:
    """Says where it stores and, at the end, what came."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def opened(self, store: str) -> None:
        """Say where things go."""
        say(_("storing in {file}").format(file=store))

    def note(self, text: str) -> None:
        """Say what the store has to say."""
        say(text)

    def warning(self, text: str) -> None:
        """Say what the user should know."""
        say(_("warning: {text}").format(text=text))

    def started(self, address: str) -> None:
        """Say nothing: the address is on stdout."""

    def trouble(self, text: str) -> None:
        """Say what goes wrong on connections."""
        tell(text)

    def tick(self) -> None:
        """Say nothing of what is refused before the end."""

    def stopped(self) -> None:
        """Say what came and what was refused."""
        counts = self._figures.stored + self._figures.refused
        said = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
        say(_("received: {counts}").format(counts=said or _("nothing")))


class JsonLog:
    """Writes events with their time (UTC): each kind at once, and then once a minute with what was added.

    ``write`` takes a line.
    """

    def __init__(
        self, figures: Figures, clock: Callable[[], datetime], write: Callable[[str], object] = tell
    ) -> None:
        self._figures = figures
        self._clock = clock
        self._write = write
        self._store = ""
        self._refused: Counter[str] = Counter()  # told so far
        self._errors = 0
        self._due: dict[str, datetime] = {}

    def opened(self, store: str) -> None:
        """Keep where things go for the line about the start."""
        self._store = store

    def note(self, text: str) -> None:
        """Write what the store has to say."""
        self._event("note", message=text)

    def warning(self, text: str) -> None:
        """Write what the user should know."""
        self._event("warning", message=text)

    def started(self, address: str) -> None:
        """Write where it listens and where things go."""
        self._event("started", address=address, store=self._store)

    def trouble(self, text: str) -> None:
        """Write what goes wrong on connections."""
        self._event("connections", message=text)

    def tick(self) -> None:
        """Write what was refused and could not be stored since the last line about it, if it is time."""
        refused = self._figures.refused - self._refused
        if refused and self._is_due("refused"):
            self._refused += refused
            self._event("refused", count=refused.total(), reasons=refused)
        errors = self._figures.store_errors - self._errors
        if errors and self._is_due("store-error"):
            self._errors += errors
            self._event("store-error", count=errors, message=self._figures.store_problem)

    def stopped(self) -> None:
        """Write what came and what was refused, in all."""
        self._event(
            "stopped",
            reports=self._figures.stored["reports"],
            replies=self._figures.stored["replies"],
            duplicates=self._figures.duplicates,
            refused=self._figures.refused,
            store_errors=self._figures.store_errors,
        )

    def _is_due(self, event: str) -> bool:
        now = self._clock()
        if now < self._due.get(event, now):
            return False
        self._due[event] = now + _INTERVAL
        return True

    def _event(self, event: str, **more: object) -> None:
        time = self._clock().isoformat(timespec="milliseconds")
        self._write(json_text({"time": time, "event": event, **more}, ascii_only=True, indent=None))
