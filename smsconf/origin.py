"""Where an entry of the journal comes from: who runs smsconf, on which machine, at which commit, in what run.

It believes what the environment of a CI system says, then git, then this machine, and asks nobody else. It is
no proof of anything: whoever sets variables can name whom they like.

Written from https://docs.github.com/en/actions/reference/workflows-and-actions/variables,
https://docs.gitlab.com/ci/variables/predefined_variables/,
https://help.gitee.com/gitee-go/pipeline/parameter and
https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables, read 2026-11.
"""

from __future__ import annotations

import getpass
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from smsconf.checkout import commit_of

MOST_CHARACTERS = 200  # of each value


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry comes from, as far as that is known: short lines of printable characters, no secrets.

    ``run`` is the web address of a CI system's run, without user, password and query.
    """

    actor: str | None = None
    host: str | None = None
    commit: str | None = None
    run: str | None = None


UNKNOWN = Origin()


class _System(NamedTuple):
    """Which variables of a CI system say what; an address may be put together of several."""

    actor: str
    commit: str
    runs: tuple[str, ...]


_GITHUB_RUN = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}"
_SYSTEMS = (
    _System("GITHUB_ACTOR", "GITHUB_SHA", (_GITHUB_RUN,)),
    _System("GITLAB_USER_LOGIN", "CI_COMMIT_SHA", ("{CI_JOB_URL}", "{CI_PIPELINE_URL}")),
    _System("GITEE_PIPELINE_TRIGGER_USER", "GITEE_COMMIT", ()),  # it has no variable for an address
    _System("BUILD_USER_ID", "GIT_COMMIT", ("{BUILD_URL}",)),  # Jenkins, and those that imitate it
)
_FOR_GIT = frozenset({"HOME", "PATH", "XDG_CONFIG_HOME"})


def origin_of(folder: Path, environ: Mapping[str, str]) -> Origin:
    """Say where the entries of this process come from, for the project in a folder."""
    told = (_told(system, environ) for system in _SYSTEMS)
    run = next((one for one in told if one != UNKNOWN), UNKNOWN)
    return Origin(
        actor=run.actor or _line(user_of(folder, environ)),
        host=_line(socket.gethostname()),
        commit=run.commit or commit_of(folder),
        run=run.run,
    )


def user_of(folder: Path, environ: Mapping[str, str]) -> str:
    """Return who works in a folder: as git knows them there, else the user of this machine."""
    said = _git_settings(folder, environ)
    name, email = said.get("user.name", ""), said.get("user.email", "")
    if name or email:
        return f"{name} <{email}>" if name and email else name or email
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _told(system: _System, environ: Mapping[str, str]) -> Origin:
    """Return what the variables of a CI system say, nothing if it is another one."""
    set_here = {name: value for name, value in environ.items() if value}
    addresses = (_address(run, set_here) for run in system.runs)
    return Origin(
        actor=_line(set_here.get(system.actor, "")),
        commit=_line(set_here.get(system.commit, "")),
        run=next(filter(None, addresses), None),
    )


def _address(form: str, environ: Mapping[str, str]) -> str | None:
    """Put an address together, and pass over one that may hold a secret or that nobody could open."""
    try:
        address = form.format_map(environ)
        parts = urlsplit(address)
        can_be_opened = parts.scheme in ("http", "https") and bool(parts.hostname)
    except (KeyError, ValueError):
        return None
    is_bare = not (parts.query or parts.fragment or "@" in parts.netloc)
    return address if can_be_opened and is_bare and _line(address) == address else None


def _line(text: str) -> str | None:
    """Make one short line of a text; ``None`` if nothing can be read of it."""
    line = "".join(char for char in " ".join(text.split()) if char.isprintable())
    return line[:MOST_CHARACTERS].strip() or None


def _git_settings(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Ask git for the user's name and address; nothing without git."""
    # what it needs to find its settings, and no secret of the environment
    known = {name: environ[name] for name in environ if name in _FOR_GIT or name.startswith("GIT_CONFIG")}
    words = ["git", "-C", str(folder), "config", "--null", "--get-regexp", r"^user\.(name|email)$"]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, fixed words
            words, capture_output=True, env=known, timeout=5, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    pairs = (one.partition("\n") for one in done.stdout.decode(errors="replace").split("\0"))
    return {key: "".join(filter(str.isprintable, value)).strip() for key, _, value in pairs}
