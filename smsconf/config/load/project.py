"""A project's folder → :class:`Project`: the root file, what it includes, and the overlay of an environment.

This is where files are found and read; what is in them is judged by the stages it calls, in this order:
``files`` and ``reader`` (text → data), ``merge`` (many → one), ``desired`` (data → resources).
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from smsconf.config.bounds import MAX_PROJECT, MOST_ENTRIES, MOST_FILES, MOST_INCLUDES, MOST_LOOKED_AT
from smsconf.config.format.project_model import LintEntry
from smsconf.config.format.provider import ROOT_NAME, Provider, read_provider
from smsconf.config.format.validation import container, validate, wrong_type
from smsconf.config.load.confirmations import Line, read_confirmations
from smsconf.config.load.content import Content, number_content
from smsconf.config.load.declarations import Declared
from smsconf.config.load.desired import make_desired
from smsconf.config.load.environments import is_declared, read_default, read_overlays
from smsconf.config.load.memory import read_name, requires_shared
from smsconf.config.load.merge import REFUSED_INCLUDED, REFUSED_OVERLAY, checked_sections, combine, overlaid
from smsconf.config.problems import Problems, problem, shown
from smsconf.config.yaml.files import Unreadable, inside, leads_out, nearest_path, read_source, unusable
from smsconf.config.yaml.include import IS_PATTERN, Finder, LeadsOut, NoPattern, TooMany
from smsconf.config.yaml.reader import read_yaml
from smsconf.config.yaml.source import Block, Items, Span, located_at, span_at
from smsconf.language import N_, _
from smsconf.model.address import Address
from smsconf.model.diagnostics import Diagnostic, Place, in_order
from smsconf.model.errors import ConfigError
from smsconf.model.resources import Desired

VERSION = 1

_PUT_TOGETHER = ("include", "environments", "default_environment")


@dataclass(frozen=True)
class Project:
    """A project as loaded: what could be read is in ``desired``, what could not in ``diagnostics``.

    ``environment`` is ``None`` for the files alone; ``is_chosen`` is false if that is so although some are
    declared, because neither the caller nor the files name one. ``fingerprint`` changes with the meaning of
    the configuration: the merged data, the environment's name and the digests of the files that would be
    uploaded; comments, order of keys and file names do not count. ``lint`` are the settings of the checks;
    ``data`` is the merged files, ``paths`` where in them an address stands that is not section and key.
    ``confirmations`` is the committed file of what people ``confirmed``. ``project`` is what a shared store
    and other machines know it by, however its folder is called, and may be empty; ``name`` is for people.
    Get one with :func:`load_project`.
    """

    folder: Path
    name: str
    environment: str | None
    is_chosen: bool
    provider: Provider | None
    desired: Desired
    diagnostics: tuple[Diagnostic, ...]
    files: tuple[Path, ...]
    fingerprint: str
    lint: LintEntry
    data: Block
    paths: Mapping[Address, tuple[str | int, ...]] = field(default_factory=dict)
    confirmations: Path | None = None
    confirmed: tuple[Line, ...] = ()
    project: str = ""
    requires_shared_store: bool = False

    @property
    def environments(self) -> frozenset[str]:
        """The names of the environments that the project declares."""
        declared = self.data.get("environments")
        return frozenset(declared) if isinstance(declared, Block) else frozenset()

    @property
    def texts(self) -> dict[str, str]:
        """The files that declare anything, as they are, by their names in places."""
        sections = [section for section in self.data.values() if isinstance(section, Block)]
        spans = [span for block in (self.data, *sections) for span in block.spans.values()]
        return {span.source.name: span.source.text for span in spans}

    def place(self, address: Address, *path: str | int) -> Place | None:
        """Find where a field of an entry was written (``"content"``; ``"variables", "order", "type"``).

        Without a path it is the entry's key. None for what no file has.
        """
        start = self.paths.get(address, (address.kind.section, address.key))
        span = span_at(self.data, (*start, *path))
        if span is None:
            return None
        return span.value if path else span.key

    def content_place(self, address: Address, start: int, end: int) -> Place | None:
        """Find where a stretch of a template's content (in the service's form) was written."""
        found = located_at(self.data, (address.kind.section, address.key, "content"))
        if found is None or not isinstance(found.value, str):
            return found.span.value if found else None
        begin, after = _numbered(found.value).written(start, end)
        return found.span.inside(found.value, begin, max(after, begin + 1))


@lru_cache(maxsize=8)
def _numbered(written: str) -> Content:
    """Number a content again; several findings in one text follow each other."""
    return number_content(written, ())


def load_project(folder: Path, environment: str | None = None) -> Project:
    """Read a project; what is wrong in its files is in ``Project.diagnostics``.

    ``environment`` is the name of one, empty for the files alone; without it the files' default counts.

    Raises:
        ConfigError: there is no root file to read: no folder, no smsconf.yaml, or not a readable file.
    """
    loading = _Loading(Path(os.path.abspath(folder)))  # noqa: PTH100 - resolve() would lose the folder's name
    with _collector_paused():
        return loading.load(environment)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector: there are no cycles here, and looking for them doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Loading:
    """The state of reading one project."""

    def __init__(self, folder: Path) -> None:
        self.given = folder
        try:
            self.folder = folder.resolve()
        except (OSError, RuntimeError) as error:
            message = _("the folder {folder} cannot be reached").format(folder=shown(str(folder)))
            raise ConfigError([problem("SMS001", message)], message) from error
        self.problems = Problems()
        self.files: list[Path] = []
        self.known: set[Path] = set()
        self.left = MAX_PROJECT
        self.finder = Finder(self.folder)

    def load(self, environment: str | None) -> Project:
        root = self._root()
        root = checked_sections(root, self.problems, refused=())
        self._version(root)
        environments, default = read_overlays(root, self.problems), read_default(root, self.problems)
        chosen = default if environment is None else environment
        environment = chosen or None
        overlay = self._overlay(root, environments, environment) if environment else None
        data = combine([root, *self._included(root, environments)], self.problems)
        if overlay is not None:
            data = overlaid(data, overlay)
        data = self._bounded(data)
        declared = Declared(data, self.folder, self.problems)
        desired, lint = make_desired(declared, environment), data.at("lint")
        settings = validate(LintEntry, lint, self.problems) if lint else None
        confirmations = self._confirmations(data)
        provider = read_provider(data, self.given, self.problems)
        name, shared = read_name(data, self.folder, self.problems), requires_shared(data, self.problems)
        confirmed = read_confirmations(confirmations, self.folder, self.problems) if confirmations else ()
        return Project(
            folder=self.given,
            name=self.given.name,
            environment=environment,
            is_chosen=chosen is not None or not environments,
            provider=provider,
            desired=desired,
            diagnostics=in_order(self.problems),
            files=tuple(self.files),
            fingerprint=_fingerprint(
                data, environment, sorted(file.digest for file in declared.files.values())
            ),
            lint=settings or LintEntry(),
            data=data,
            paths=declared.paths,
            confirmations=confirmations,
            confirmed=tuple(confirmed),
            project=name,
            requires_shared_store=shared,
        )

    # -- reading

    def _root(self) -> Block:
        """Read smsconf.yaml; an empty block if it is not valid YAML."""
        try:
            return self._read(inside(self.folder, ROOT_NAME), ROOT_NAME) or Block()
        except Unreadable as error:
            raise self._no_project(error.reason, missing=error.missing) from error

    def _no_project(self, reason: str, *, missing: bool) -> ConfigError:
        given = str(self.given)
        folder = shown(given if len(given) < 60 else f"…{given[-55:]}")
        message = f"{ROOT_NAME} {reason}"
        if not self.folder.is_dir():
            message = _("{folder} is not a folder").format(folder=folder)
        fix = _("create smsconf.yaml, or name the folder that has one with --project") if missing else None
        found = problem("SMS001", message, Place(ROOT_NAME), fix=fix)
        whole = _("no project in {folder}: {message}").format(folder=folder, message=message)
        return ConfigError([found], whole)

    def _read(self, path: Path, name: str) -> Block | None:
        """Read one file into a block; its problems are kept."""
        source = read_source(path, name, self.left)
        self.files.append(path)
        self.known.add(path)
        if isinstance(source, Diagnostic):
            self.problems.add(source)
            return None
        self.left -= source.size
        block, found = read_yaml(source)
        self.problems.add(*found)
        return block

    def _read_named(self, written: str, span: Span, refused: tuple[str, ...]) -> Block | None:
        """Read a file that another one names; what is wrong with it is said at that place."""
        try:
            path = inside(self.folder, written)
            if path in self.known:
                return None
            block = self._read(path, path.relative_to(self.folder).as_posix())
        except Unreadable as error:
            self.problems.add(unusable(error, written, self.folder, span.value, "SMS001"))
            return None
        return None if block is None else checked_sections(block, self.problems, refused=refused)

    # -- sections of the root file

    def _version(self, root: Block) -> None:
        fix = _("write version: {version}").format(version=VERSION)
        found = root.at("version")
        if found is None:
            if root or not self.problems.any:
                message = _("'{owner}' has no '{key}'").format(owner=ROOT_NAME, key="version")
                self.problems.report("SMS021", message, Place(ROOT_NAME), fix=fix)
        elif type(found.value) is not int:
            self.problems.add(wrong_type(N_("a whole number"), found))
        elif found.value != VERSION:
            message = _("version {version} of the file format is not known, expected {expected}")
            message = message.format(version=shown(str(found.value)), expected=VERSION)
            self.problems.report("SMS025", message, found.span.value, fix=fix)

    def _overlay(self, root: Block, overlays: dict[str, str], environment: str) -> Block | None:
        if not is_declared(environment, root, None, self.problems) or environment not in overlays:
            return None
        span = span_at(root, ("environments", environment, "overlay"))
        return self._read_named(overlays[environment], span, REFUSED_OVERLAY) if span else None

    def _included(self, root: Block, overlays: dict[str, str]) -> Iterator[Block]:
        """Read the included files: patterns in their order, files of one pattern by name, none twice."""
        if root.get("include") is None:
            return
        patterns = container(root, "include", Items, self.problems)
        others = (*overlays.values(), root.get("confirmations"))
        skipped = {ROOT_NAME, *(one for one in others if isinstance(one, str))}
        if len(patterns) > MOST_INCLUDES:
            text = _("more than {most} paths and patterns under include").format(most=MOST_INCLUDES)
            self.problems.report("SMS004", text, root.spans["include"].value)
            return
        for item in patterns.located():
            if not isinstance(item.value, str):
                self.problems.add(wrong_type("text", item))
                continue
            try:
                yield from self._blocks(item.value, item.span, skipped)
            except TooMany:
                text = _("include stands for too many files, or looks at more than {most} names")
                fix = _("name the folders that hold files of the project")
                text = text.format(most=MOST_LOOKED_AT)
                self.problems.report("SMS004", text, item.span.value, fix=fix)
                return

    def _blocks(self, pattern: str, span: Span, skipped: set[str]) -> Iterator[Block]:
        for name in self._matches(pattern, span):
            block = None if name in skipped else self._read_named(name, span, REFUSED_INCLUDED)
            if len(self.files) > MOST_FILES:
                raise TooMany
            if block is not None:
                yield block

    def _matches(self, pattern: str, span: Span) -> list[str]:
        """The paths an include stands for; a literal one stands for itself."""
        if not IS_PATTERN.search(pattern):
            return [pattern]
        try:
            names = self.finder.find(pattern)
        except LeadsOut as error:
            self.problems.add(leads_out(str(error), span.value))
            return []
        except NoPattern as error:
            message = _("'{pattern}' is not a pattern: {error}")
            message = message.format(pattern=shown(pattern), error=error)
            self.problems.report("SMS025", message, span.value, fix=error.fix)
            return []
        if not names:
            near = nearest_path(self.folder, pattern)
            remove = _("write {near}, or remove it").format(near=near) if near else None
            message = _("'{pattern}' matches no file").format(pattern=shown(pattern))
            self.problems.report("SMS030", message, span.value, fix=remove)
        return names

    # -- settings of the merged data

    def _bounded(self, data: Block) -> Block:
        """Go on with nothing where there is far too much."""
        for section, entries in data.items():
            if isinstance(entries, Block) and len(entries) > MOST_ENTRIES:
                text = _("more than {most} entries under {section}")
                text = text.format(most=MOST_ENTRIES, section=section)
                self.problems.report("SMS004", text, data.spans[section].key)
                return Block()
        return data

    def _confirmations(self, data: Block) -> Path | None:
        """Locate the committed file of confirmations; it need not exist yet."""
        found = data.at("confirmations")
        if found is None:
            return None
        written, span = found
        if not isinstance(written, str) or not written:
            self.problems.add(wrong_type(N_("a path"), found))
            return None
        try:
            path = inside(self.folder, written)
        except Unreadable as error:
            self.problems.add(unusable(error, written, self.folder, span.value, "SMS035"))
            return None
        if path in self.files:
            message = _("'{written}' is a file of the configuration").format(written=shown(written))
            fix = _("write {near}").format(near="confirmations.yaml")
            self.problems.report("SMS025", message, span.value, fix=fix)
            return None
        return path


def _fingerprint(data: Block, environment: str | None, digests: list[str]) -> str:
    """Hash what the configuration means, not how it was put together."""
    meaning = {key: value for key, value in data.items() if key not in _PUT_TOGETHER}
    text = json.dumps([meaning, environment, digests], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
