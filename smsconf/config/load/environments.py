"""The environments of a project: which are declared, and which one is meant where nobody chooses.

Reads smsconf.yaml's own keys only; the overlays are read and put over the files in ``project``.
"""

from __future__ import annotations

from collections.abc import Iterable

from smsconf.config.format.project_model import EnvironmentEntry
from smsconf.config.format.provider import ROOT_NAME
from smsconf.config.format.validation import container, valid_entries, wrong_type
from smsconf.config.problems import Problems, shown
from smsconf.config.yaml.source import Block
from smsconf.language import N_, _, listed
from smsconf.model.diagnostics import Place
from smsconf.model.errors import SmsconfError
from smsconf.model.nearest import nearest

FILES_ALONE = ""
"""What chooses the files without an overlay: ``--env ''``, ``default_environment: ''``."""

_SECTION = "environments"
_DEFAULT = "default_environment"


def read_overlays(root: Block, problems: Problems) -> dict[str, str]:
    """Return environment → the file of its overlay."""
    if root.get(_SECTION) is None:
        return {}
    section = container(root, _SECTION, Block, problems)
    entries = valid_entries(section, _SECTION, EnvironmentEntry, problems)
    return {name: entry.overlay for name, entry in entries.items()}


def read_default(root: Block, problems: Problems) -> str | None:
    """Return what is chosen where nobody chooses, ``None`` if the files do not say."""
    found = root.at(_DEFAULT)
    if found is None or found.value is None:
        return None
    name, span = found
    if not isinstance(name, str):
        problems.add(wrong_type(N_("text"), found))
        return None
    return name if name == FILES_ALONE or is_declared(name, root, span.value, problems) else None


def is_declared(name: str, root: Block, place: Place | None, problems: Problems) -> bool:
    """Tell whether an environment is declared; else that is a problem at the place, or at the section."""
    section = root.get(_SECTION)
    names = list(section) if isinstance(section, Block) else []
    if name in names:
        return True
    near = nearest(name, names)
    span = root.spans.get(_SECTION)
    fix = _("choose {near}") if near else _("add {environment} to environments: in smsconf.yaml")
    fix = fix.format(near=near, environment=shown(name))
    declared = _("unknown environment '{environment}': declared are {names}")
    message = declared if names else _("unknown environment '{environment}': none is declared")
    message = message.format(environment=shown(name), names=listed(names, last="and"))
    problems.report("SMS033", message, place or (span.key if span else Place(ROOT_NAME)), fix=fix)
    return False


def require_environment(declared: Iterable[str], *, is_chosen: bool) -> None:
    """Make sure that somebody chose an environment, where some are declared.

    Raises:
        SmsconfError: nobody did: the files alone would be taken for one of them.
    """
    if is_chosen:
        return
    names = sorted(declared)
    raise SmsconfError(
        _("this project declares environments, and none was chosen: {names}").format(
            names=listed(names, last="and")
        ),
        why=_("the files alone may be meant for no account, and an app that is made cannot be deleted"),
        fix=_(
            "choose with --env {name} or SMSCONF_ENV={name}; --env '' means the files alone; "
            "default_environment: in smsconf.yaml chooses for every command"
        ).format(name=names[0]),
    )
