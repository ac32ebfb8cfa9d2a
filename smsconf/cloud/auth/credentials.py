"""Find credentials: one source taken whole, in a fixed order; sources are never mixed.

Nothing is sent from here (``iam`` does, where there is only a password), where they may go is in ``hosts``,
and no secret stands in any message or ``repr``.

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

from smsconf.cloud.http.transport import SigningAuth, utc_now
from smsconf.language import _, listed
from smsconf.model import emulator_keys
from smsconf.model.errors import Unauthorized

Environ = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token, a pair of keys, or a user with a password; ``source`` says to people where they come from."""

    source: str
    token: str | None = field(default=None, repr=False)
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    security_token: str | None = field(default=None, repr=False)
    user_name: str | None = None
    password: str | None = field(default=None, repr=False)
    account: str | None = None
    project_id: str | None = None
    project_name: str | None = None
    region: str | None = None
    iam_url: str | None = None

    def __str__(self) -> str:
        """Tell people what is used: the source, and of an access key its two ends."""
        if self.access_key:
            return f"{self.source}, AK {_masked(self.access_key)}"
        return (
            _("{source}, user {user_name} of {account}").format(
                source=self.source, user_name=self.user_name, account=self.account
            )
            if self.password
            else self.source
        )

    def emulators(self, environ: Environ) -> bool:
        """Tell whether nothing of this opens more than an emulator.

        A secret key of its own is one that the environment names as an emulator's.
        """
        if self.security_token:
            return False
        if self.token:
            return self.token.startswith(emulator_keys.TOKEN_START)
        if self.password:
            return self.password == emulator_keys.PASSWORD
        own = environ.get(emulator_keys.OTHER_SECRET_KEY, "").strip()
        return self.secret_key in {emulator_keys.SECRET_KEY, own}

    def signing(self, project_id: str | None, *, now: Callable[[], datetime] = utc_now) -> SigningAuth:
        """Return what signs requests with the keys; ``now`` is the real time."""
        return SigningAuth(
            self.access_key or "",
            self.secret_key or "",
            security_token=self.security_token,
            project_id=project_id,
            now=now,
        )


_TELLING = frozenset({"token", "access_key", "secret_key", "user_name", "password"})
_REQUIRED = _TELLING | {"account"}

# Each source: a part of credentials → its environment variable (or key of a profile). In order; to support
# another source is to add a row.
_HW = {"project_name": "HW_PROJECT_NAME", "region": "HW_REGION_NAME", "iam_url": "HW_AUTH_URL"}
_ENVIRONMENT: tuple[Mapping[str, str], ...] = (
    {"token": "SMSCONF_AUTH_TOKEN"},
    {
        "access_key": "HUAWEICLOUD_SDK_AK",
        "secret_key": "HUAWEICLOUD_SDK_SK",
        "security_token": "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        "project_id": "HUAWEICLOUD_SDK_PROJECT_ID",
        "iam_url": "HUAWEICLOUD_SDK_IAM_ENDPOINT",
    },
    {
        "access_key": "HW_ACCESS_KEY",
        "secret_key": "HW_SECRET_KEY",
        "security_token": "HW_SECURITY_TOKEN",
        **_HW,
    },
    {"user_name": "HW_USER_NAME", "password": "HW_USER_PASSWORD", "account": "HW_DOMAIN_NAME", **_HW},
)
_PROFILE = {
    "access_key": "ak",
    "secret_key": "sk",
    "security_token": "security_token",
    "project_id": "project_id",
    "iam_url": "iam_endpoint",
}
_PROFILE_FILE = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
_PROFILE_SECTIONS = ("basic", "basiccredentials")


def find_credentials(environ: Environ) -> Credentials:
    """Return the first source that is there: environment, then the SDK's profile file.

    Raises:
        Unauthorized: there is none, or the first one is incomplete.
    """
    for source in _ENVIRONMENT:
        found = _read_source(source, environ, "environment")
        if found:
            return found
    profile = _profile_path(environ)
    found = _read_profile(profile) if profile else None
    if found:
        return found
    raise Unauthorized(
        _("no credentials for Huawei Cloud were found"),
        why=_("this command asks the service; `validate`, `lint` and `schema` work offline without any"),
        fix=_(
            "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or SMSCONF_AUTH_TOKEN to a project "
            "token, or use `provider: {emulator: …}`"
        ),
        arrived=False,
    )


def _read_source(names: Mapping[str, str], values: Environ, place: str) -> Credentials | None:
    """Take one source whole, or ``None`` if nothing of it that matters is set.

    Raises:
        Unauthorized: it is there in part, or holds what no header can carry.
    """
    found = {part: _read(part, values, name, place) for part, name in names.items()}
    if not any(found[part] for part in names if part in _TELLING):
        return None
    missing = [name for part, name in names.items() if part in _REQUIRED and not found[part]]
    telling = [name for part, name in names.items() if part in _TELLING]
    if missing:
        present = [name for name in telling if name not in missing]
        raise Unauthorized(
            _("credentials from {place} are incomplete: {missing} is not set").format(
                place=place, missing=listed(missing, last="and")
            ),
            why=_("one source is taken whole; sources are never mixed"),
            fix=_("set {missing}, or unset {present}").format(
                missing=listed(missing, last="and"), present=listed(present, last="and")
            ),
            arrived=False,
        )
    return Credentials(source=f"{listed(telling, last='and')} ({place})", **found)


def _read(part: str, values: Environ, name: str, place: str) -> str | None:
    if part == "password":  # travels in a body: any character is allowed
        return values.get(name, "").strip("\r\n") or None
    value = values.get(name, "").strip()
    if not (value.isascii() and value.isprintable()):
        raise Unauthorized(
            _("{name} ({place}) holds characters that no header can carry").format(name=name, place=place),
            fix=_("copy {name} again, without line breaks").format(name=name),
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
                found = _read_source(_PROFILE, dict(parser[section]), f"{path} [{section}]")
                if found:
                    return found
        return None
    raise Unauthorized(
        _("the profile file {path} cannot be read ({reason})").format(path=path, reason=reason),
        fix=_("write it as an INI file with a section [{profile_sections}] that holds ak and sk").format(
            profile_sections=_PROFILE_SECTIONS[0]
        ),
        arrived=False,
    )


def _masked(access_key: str) -> str:
    return f"{access_key[:4]}…{access_key[-3:]}" if len(access_key) >= 10 else "…"
