"""Whose memory is a project's in a store, and whether only a shared store will do: ``project``, ``store``.

It opens no store, and does not know where one is.
"""

from __future__ import annotations

import re
from pathlib import Path

from smsconf.checkout import path_in_repository
from smsconf.config.format.project_model import PROJECT_NAME, SHARED
from smsconf.config.format.validation import unknown_word, wrong_type
from smsconf.config.problems import Problems, shown
from smsconf.config.yaml.source import Block, Located
from smsconf.language import N_, _


def read_name(data: Block, folder: Path, problems: Problems) -> str:
    """Return the name that a project has in a store; its path inside the repository if the files say none."""
    found = data.at("project")
    name = _text(found, problems) if found else path_in_repository(folder)
    if found and name is not None and not re.fullmatch(PROJECT_NAME, name):
        problems.report(
            "SMS025",
            _("'{name}' cannot name a project").format(name=shown(name)),
            found.span.value,
            fix=_("write up to 100 letters, digits, dots, underscores, hyphens and slashes, no slash first"),
        )
    return name or ""


def requires_shared(data: Block, problems: Problems) -> bool:
    """Tell whether a project refuses what is remembered in files of its folder."""
    found = data.at("store")
    word = _text(found, problems) if found else None
    if found and word not in (None, SHARED):
        problems.add(unknown_word(str(word), [SHARED], found.span))
    return word == SHARED


def _text(found: Located, problems: Problems) -> str | None:
    if isinstance(found.value, str):
        return found.value
    problems.add(wrong_type(N_("text"), found))
    return None
