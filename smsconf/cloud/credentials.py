"""Find credentials, and the hosts they may go to.

One source is taken whole, in a fixed order; sources are never mixed. Nothing is sent from here, and no
secret stands in any message or ``repr``.

Written from https://support.huaweicloud.com/sdkreference-mgmt-python/sdkreference_mgmt_08.html (environment
and profile of the SDK) and the Terraform provider's documentation
(https://registry.terraform.io/providers/huaweicloud/huaweicloud/latest/docs).
"""

from __future__ import annotations

import configparser
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx

from smsconf.cloud.transport import ServiceAuth, SigningAuth, TokenAuth, is_loopback, utc_now
from smsconf.errors import Unauthorized
from smsconf.sites import SITES, Site

TRUSTED_HOSTS = "SMSCONF_TRUSTED_HOSTS"

Environ = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token, or a pair of keys; ``source`` says to people where they come from."""

    source: str
    token: str | None = field(default=None, repr=False)
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    security_token: str | None = field(default=None, repr=False)
    project_id: str | None = None
    project_name: str | None = None

    def auth(self, project_id: str | None, *, now: Callable[[], datetime] = utc_now) -> ServiceAuth:
        """Return what signs the requests for a project; ``now`` is the real time."""
        if self.token is not None:
            return TokenAuth(self.token, project_id=project_id)
        return SigningAuth(
            self.access_key or "",
            self.secret_key or "",
            security_token=self.security_token,
            project_id=project_id,
            now=now,
        )


@dataclass(frozen=True, slots=True)
class _Variables:
    """A source: names of environment variables (or keys of a profile) for each part."""

    token: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    security_token: str | None = None
    project_id: str | None = None
    project_name: str | None = None

    def read(self, values: Environ, place: str) -> Credentials | None:
        """Take this source whole, or ``None`` if none of its secrets is set.

        Raises:
            Unauthorized: it is there in part, or holds what no header can carry.
        """
        found = {part: _clean(values, name, place) for part, name in self._names().items()}
        secrets = {name: found[part] for part, name in self._names().items() if part in _REQUIRED}
        if not any(secrets.values()):
            return None
        missing = [name for name, value in secrets.items() if not value]
        if missing:
            raise Unauthorized(
                f"credentials from {place} are incomplete: {' and '.join(missing)} is not set",
                why="one source is taken whole; sources are never mixed",
                fix=f"set {' and '.join(missing)}, or unset {' and '.join(set(secrets) - set(missing))}",
                arrived=False,
            )
        return Credentials(source=f"{' and '.join(secrets)} ({place})", **found)

    def _names(self) -> dict[str, str]:
        parts = ("token", "access_key", "secret_key", "security_token", "project_id", "project_name")
        return {part: name for part in parts if (name := getattr(self, part))}


_REQUIRED = frozenset({"token", "access_key", "secret_key"})

# in order; to support another source is to add a row
_ENVIRONMENT = (
    _Variables(token="SMSCONF_AUTH_TOKEN"),  # noqa: S106 - the name of a variable
    _Variables(
        access_key="HUAWEICLOUD_SDK_AK",
        secret_key="HUAWEICLOUD_SDK_SK",  # noqa: S106 - the name of a variable
        security_token="HUAWEICLOUD_SDK_SECURITY_TOKEN",  # noqa: S106 - the name of a variable
        project_id="HUAWEICLOUD_SDK_PROJECT_ID",
    ),
    _Variables(
        access_key="HW_ACCESS_KEY",
        secret_key="HW_SECRET_KEY",  # noqa: S106 - the name of a variable
        security_token="HW_SECURITY_TOKEN",  # noqa: S106 - the name of a variable
        project_name="HW_PROJECT_NAME",
    ),
)
_PROFILE = _Variables(
    access_key="ak",
    secret_key="sk",  # noqa: S106 - the name of a key
    security_token="security_token",  # noqa: S106 - the name of a key
    project_id="project_id",
)
_PROFILE_FILE = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
_PROFILE_SECTIONS = ("basic", "basiccredentials")


def find_credentials(environ: Environ) -> Credentials:
    """Return the first source that is there: environment, then the SDK's profile file.

    Raises:
        Unauthorized: there is none, or the first one is incomplete.
    """
    for source in _ENVIRONMENT:
        found = source.read(environ, "environment")
        if found:
            return found
    profile = _profile_path(environ)
    found = _read_profile(profile) if profile else None
    if found:
        return found
    raise Unauthorized(
        "no credentials for Huawei Cloud were found",
        why="this command asks the service; `validate`, `lint` and `schema` work offline without any",
        fix="set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or SMSCONF_AUTH_TOKEN to a project token, "
        "or use `provider: {emulator: …}`",
        arrived=False,
    )


def _clean(values: Environ, name: str, place: str) -> str | None:
    value = values.get(name, "").strip()
    if not (value.isascii() and value.isprintable()):
        raise Unauthorized(
            f"{name} ({place}) holds characters that no header can carry",
            fix=f"copy {name} again, without line breaks",
            arrived=False,
        )
    return value or None


def _profile_path(environ: Environ) -> Path | None:
    if environ.get(_PROFILE_FILE):
        return Path(environ[_PROFILE_FILE])
    return Path(environ["HOME"]) / ".huaweicloud" / "credentials" if environ.get("HOME") else None


def _read_profile(path: Path) -> Credentials | None:
    """Read the profile file; its first section that holds keys wins."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, configparser.Error) as problem:
        reason = type(problem).__name__  # a parser's message quotes the line, which may be a secret
    else:
        for section in _PROFILE_SECTIONS:
            if parser.has_section(section):
                found = _PROFILE.read(dict(parser[section]), f"{path} [{section}]")
                if found:
                    return found
        return None
    raise Unauthorized(
        f"the profile file {path} cannot be read ({reason})",
        fix=f"write it as an INI file with a section [{_PROFILE_SECTIONS[0]}] that holds ak and sk",
        arrived=False,
    )


def check_host(url: str, site: Site, environ: Environ) -> None:
    """Make sure that credentials may go to a url, before anything is sent.

    Raises:
        Unauthorized: its host is neither the service's, nor loopback, nor trusted by the environment; or it
            is plain http to another machine.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    host, port = parsed.host.lower(), parsed.port
    if parsed.scheme not in {"http", "https"} or not host or parsed.userinfo:
        raise _refused(
            f"'{parsed.copy_with(userinfo=b'')}' is not the url of a host", "use https://HOST", site
        )
    if is_loopback(host):
        return
    if parsed.scheme != "https":
        raise _refused(
            f"credentials are not sent to {host} over plain http", f"use https://{parsed.host}", site
        )
    ours = {name for known in SITES.values() for pair in known.regions.values() for name in pair}
    if host in ours and port is None:
        return
    trusted = {name.strip().lower() for name in environ.get(TRUSTED_HOSTS, "").split(",")}
    if host in trusted or f"{host}:{port or 443}" in trusted:
        return
    shown = host if port is None else f"{host}:{port}"
    raise _refused(
        f"credentials are not sent to {shown}",
        f"remove provider.endpoint, or set {TRUSTED_HOSTS}={shown} in the environment",
        site,
    )


def _refused(message: str, fix: str, site: Site) -> Unauthorized:
    hosts = ", ".join(host for host, _ in site.regions.values())
    return Unauthorized(
        message,
        why=f"they go only to the service's hosts (site {site.name}: {hosts}), to this machine, or to hosts "
        f"that {TRUSTED_HOSTS} names: a pull request cannot redirect them",
        fix=fix,
        arrived=False,
    )
