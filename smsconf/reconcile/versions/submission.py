"""What exactly is asked of the reviewer, as a hash, and the mark that carries it in the application note.

The same hash is never submitted twice while it is in review or approved, nor after it was rejected. It covers
every field we send but ids, the flow status, the version's name and the mark itself; a template's signature
counts by its name and type, a file by its content. Signatures have a hash and no mark: only the journal keeps
theirs.
"""

from __future__ import annotations

import hashlib
import json
import re

from smsconf.model.limits import TEMPLATE_NOTE
from smsconf.model.resources import Region, Signature, Template
from smsconf.reconcile.diff import FILE_FIELDS, SIGNATURE_NOTES, signature_fields, variable_note

MARK_DIGITS = 16  # two texts with the same eight are found in a second; older marks have as few
_MARK = re.compile(r"(?:^| )#smsconf:([0-9a-f]{16}|[0-9a-f]{8})$")


def submission_hash(template: Template, signature: Signature | None, countries: tuple[str, ...]) -> str:
    """Return the sha256 of what a submission of this template holds, as 64 hex digits.

    Args:
        template: as declared.
        signature: the declared signature it is bound to, ``None`` for universal and international ones.
        countries: the service's English names.
    """
    asked: dict[str, object] = {
        "content": template.content,
        "description": template.description or "",
        "region": template.region.value,
        "variables": [
            [one.type.value, variable_note(one.name, one.description)] for one in template.variables
        ],
    }
    if template.region is Region.INTL:
        asked["countries"] = sorted(countries)
    else:
        asked |= {
            "type": template.type.value,
            "universal": template.universal,
            "brackets": template.brackets.value,
            "signature": [signature.name, signature.type.value]
            if signature and not template.universal
            else None,
        }
    return _hash(asked)


def signature_hash(signature: Signature) -> str:
    """Return the sha256 of what a submission of this signature holds, as 64 hex digits."""
    files = {name: getattr(signature, name) for name in FILE_FIELDS}
    asked = {
        "name": signature.name,
        "type": signature.type.value,
        **signature_fields(signature),
        **{name: getattr(signature, name) or "" for name in SIGNATURE_NOTES},
        "files": {name: file.digest for name, file in files.items() if file},
    }
    return _hash(asked)


def _hash(asked: dict[str, object]) -> str:
    text = json.dumps(asked, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def marked(description: str | None, submission: str) -> str:
    """Return the application note with our mark at its end, the note shortened if there is no room."""
    mark = f"#smsconf:{submission[:MARK_DIGITS]}"
    note = (description or "").strip()[: TEMPLATE_NOTE - len(mark) - 1]
    return f"{note} {mark}" if note else mark


def split_mark(note: str | None) -> tuple[str | None, str | None]:
    """Split an application note into the user's part and the 16 or 8 hex digits of our mark, if any."""
    found = _MARK.search(note or "")
    if not found:
        return note or None, None
    return (note or "")[: found.start()] or None, found[1]
