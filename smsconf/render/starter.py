"""The first project: a few answers → the commented files of a project that plans at once.

Pure: nothing is asked or written here. One app, for the mainland one signature, and one template. The
embedded emulator and the service stand side by side: one is the project's provider, the other an environment
of its own. The files themselves stand in ``pages/starter``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from smsconf.language import _
from smsconf.model.resources import Region
from smsconf.model.sites import SITES

SCHEMA_NAME = "schema.json"
DATABASE = ".smsconf/emulator.db"

_PAGES = Path(__file__).parent / "pages" / "starter"
_PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff-]*")
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class Answers:
    """What a project starts with. ``app`` and ``template`` are keys; ``signature`` is for the mainland only.

    ``emulated``: the project's own provider is the emulator, and the service an environment; else the other
    way round.
    """

    site: str
    region: str
    kind: Region
    emulated: bool
    app: str
    signature: str
    template: str

    @property
    def qualified(self) -> bool:
        """Whether the signature needs a qualification."""
        return self.kind is Region.CN and SITES[self.site].qualifications

    @property
    def environment(self) -> str:
        """Name of the environment with the other provider."""
        return "prod" if self.emulated else "emulator"


def project_files(answers: Answers) -> dict[str, str]:
    """Return the files of a project by name, the schema apart."""
    return {
        "smsconf.yaml": _file("smsconf.yaml", answers),
        f"templates/{answers.app}.yaml": _file("templates.yaml", answers),
        **environment_files(answers),
    }


def environment_files(answers: Answers) -> dict[str, str]:
    """Return the overlay with the other provider, by its name."""
    return {f"env/{answers.environment}.yaml": _file("overlay.yaml", answers)}


def provider_text(answers: Answers, emulated: bool) -> str:  # noqa: FBT001 - one of two, by position
    """Return the entry of a provider: the emulator, or the service."""
    return str(_parts().provider(answers, emulated))


def imported_root(answers: Answers, root: str) -> str:
    """Return the root file of what was imported, with the overlay that goes with it."""
    return f"# yaml-language-server: $schema=./{SCHEMA_NAME}\n#\n{root}{_parts().environments(answers)}\n"


def _file(name: str, answers: Answers) -> str:
    return _environment().get_template(f"{name}.j2").render(answers=answers)


def _parts() -> Any:  # noqa: ANN401 - the macros of a template are its attributes
    return _environment().get_template("parts.j2").module


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_PAGES, encoding="utf-8"),
        autoescape=False,  # noqa: S701 - YAML; what people answered is quoted as such
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["_"] = _
    environment.filters["scalar"] = _scalar
    return environment


def _scalar(text: str) -> str:
    """Write a text so that YAML reads just that text."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML
    return text if plain else json.dumps(text, ensure_ascii=False)
