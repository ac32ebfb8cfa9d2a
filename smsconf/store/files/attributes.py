"""What is kept of templates' attributes between runs, in a file that may be lost, corrupt or not writable.

It is not understood here.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smsconf.own_files import read_own, write_own

_FORMAT = 2


def read_attributes(path: Path, scope: str | None) -> dict[str, Any]:
    """Return what was written for an account; what another one left there is as lost."""
    try:
        document = json.loads(read_own(path))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(document, dict) or document.get("format") != _FORMAT or document.get("scope") != scope:
        return {}
    entries = document.get("templates")
    return entries if isinstance(entries, dict) else {}


def write_attributes(path: Path, scope: str | None, entries: Mapping[str, Any]) -> None:
    """Write the file whole, in one rename; a place that cannot be written is no error."""
    document = {"format": _FORMAT, "scope": scope, "templates": entries}
    with contextlib.suppress(OSError):
        write_own(path, json.dumps(document, separators=(",", ":")).encode(), make=True)
