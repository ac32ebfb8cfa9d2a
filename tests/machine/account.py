"""What one run was answered, held against what it wrote into its journal."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WORKERS = 4  # changes in flight at once: so many answers may a run that died have left out
VERBS = {"create": "Create", "delete": "Delete", "activate": "Enable", "upload": "Upload"}


@dataclass
class Account:
    """The answers to the writes of one run, and where its journal began."""

    journal: Path
    answers: list[tuple[str, int | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._start = self.journal.stat().st_size if self.journal.exists() else 0

    def ended(self, operation: str, status: int | None) -> None:
        """Note how a sent write ended; ``None``: without an answer."""
        self.answers.append((operation, status))

    def contradictions(self, *, finished: bool) -> list[str]:
        """Say where journal and answers differ; a run that died may have noted less, never more."""
        with self.journal.open("rb") as file:
            file.seek(self._start)
            entries = [json.loads(line) for line in file.read().splitlines()]
        noted = Counter((operation_of(one), one["event"]) for one in entries if "step" in one)
        found = []
        spared = 0 if finished else WORKERS
        for operation in {name for name, _ in (*self.answers, *noted)}:
            ended = [status for name, status in self.answers if name == operation and status != 429]
            done = sum(status is not None and status < 300 for status in ended)
            lost = ended.count(None)
            intents, accepted, refused, unknown = (
                noted[operation, event] for event in ("intent", "accepted", "refused", "unknown")
            )
            if not done - spared <= accepted <= done + lost:
                found.append(f"{operation}: {accepted} accepted in the journal, {done} done, {lost} lost")
            failed, throttled = len(ended) - done, self.answers.count((operation, 429))
            if not failed - spared <= refused + unknown <= failed + throttled:
                found.append(f"{operation}: {refused} refused and {unknown} unknown, {failed} failed")
            if intents < len(ended):
                found.append(f"{operation}: {intents} intents, {len(ended)} sent")
        return found


def operation_of(entry: dict[str, Any]) -> str:
    """Name the operation of a step in the journal."""
    kind, step = entry["kind"].capitalize(), entry["step"]
    return f"{VERBS.get(step, 'Update')}{kind}"
