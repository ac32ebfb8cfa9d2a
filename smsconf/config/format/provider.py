"""The section ``provider``: where everything lives, the embedded emulator or the service. No credentials."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from smsconf.config.format.entry import Site
from smsconf.config.format.project_model import ProviderEntry
from smsconf.config.format.validation import unknown_word, validate
from smsconf.config.problems import Problems, shown
from smsconf.config.yaml.files import Unreadable, inside, leads_out, unusable
from smsconf.config.yaml.source import Block, Span, span_at
from smsconf.language import _
from smsconf.model.diagnostics import Place
from smsconf.model.sites import SITES
from smsconf.own_files import STATE_FOLDER

ROOT_NAME = "smsconf.yaml"
GIT_FOLDER = ".git"
_YAML = (".yaml", ".yml")
# how the names of what smsconf remembers begin, in the state folder
_MEMORY = ("journal.", "ledger.", "sent.", "inbox.", "inboxes", "dropped-")


@dataclass(frozen=True, slots=True)
class EmulatorProvider:
    """The embedded emulator; ``database`` is absolute."""

    name: ClassVar = "emulator"
    database: Path
    site: Site = "china"


@dataclass(frozen=True, slots=True)
class HuaweiCloudProvider:
    """The service. Where ``project_id`` or ``endpoint`` is None, credentials and the site table tell."""

    name: ClassVar = "huaweicloud"
    site: Site
    region: str
    project_id: str | None = None
    endpoint: str | None = None


Provider = EmulatorProvider | HuaweiCloudProvider


def read_provider(data: Block, folder: Path, problems: Problems) -> Provider | None:
    """Read the section ``provider`` of the merged files; ``folder`` is the project's as it was given."""
    found = data.at("provider")
    if found is None:
        if data:
            removed = data.removed.get("provider")
            place = removed.key if removed else Place(ROOT_NAME)
            fix = _("add provider: {emulator: {database: .smsconf/emulator.db}}, or huaweicloud")
            message = _("'{owner}' has no '{key}'").format(owner=ROOT_NAME, key="provider")
            problems.report("SMS021", message, place, fix=fix)
        return None
    entry, span = validate(ProviderEntry, found, problems), found.span
    if entry is None:
        return None
    if (entry.emulator is None) == (entry.huaweicloud is None):
        if entry.emulator:
            message, choose = _("two providers, expected exactly one of emulator and huaweicloud"), None
        else:
            message = _("no provider, expected exactly one of emulator and huaweicloud")
            choose = _("add emulator: {database: .smsconf/emulator.db}, or huaweicloud")
        problems.report("SMS027", message, span.key, fix=choose)
        return None
    if entry.emulator:
        named = span_at(data, ("provider", "emulator", "database")) or span
        if not _is_inside(folder, entry.emulator.database, named, problems):
            return None
        return EmulatorProvider(folder / entry.emulator.database, entry.emulator.site)
    cloud = entry.huaweicloud
    if cloud and cloud.endpoint is None and cloud.region not in SITES[cloud.site].regions:
        written = span_at(data, ("provider", "huaweicloud", "region")) or span
        problems.add(unknown_word(cloud.region, list(SITES[cloud.site].regions), written))
    return HuaweiCloudProvider(cloud.site, cloud.region, cloud.project_id, cloud.endpoint) if cloud else None


def _is_inside(folder: Path, database: str, span: Span, problems: Problems) -> bool:
    """Tell whether the emulator's file is the project's own: what YAML names is made where YAML stands."""
    root, fix = folder.resolve(), _("write {near}").format(near=f"{STATE_FOLDER}/emulator.db")
    try:
        path = inside(root, database)
    except Unreadable as error:
        path = None
        if not error.outside:
            problems.add(unusable(error, database, root, span.value, "SMS025"))
            return False
    if path is None or GIT_FOLDER in path.relative_to(root).parts:
        problems.add(leads_out(database, span.value, fix=fix))
        return False
    if _is_taken(path, root):
        message = _("'{written}' is the name of another file of the project").format(written=shown(database))
        problems.report("SMS025", message, span.value, fix=fix)
        return False
    return True


def _is_taken(path: Path, folder: Path) -> bool:
    """Tell whether smsconf would read what is at this path as something else: YAML, or its own memory."""
    name = path.name.casefold()
    return name.endswith(_YAML) or (path.is_relative_to(folder / STATE_FOLDER) and name.startswith(_MEMORY))
