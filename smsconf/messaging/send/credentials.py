"""The key and secret of an app, from the environment or the file of ``apply``; and X-WSSE, signed with them.

Nothing is sent from here. The service tells the secret once, when the app is made (``apply --save-secrets``);
later it can be renewed in the console. No secret stands in any message or ``repr``. X-WSSE is the older of
the two ways to sign a message: Created and Nonce are made anew for every request, and the secret travels only
as a digest.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0001.html and the vendor's Python sample, whose
digest is the Base64 of the hash written in hexadecimal (the Go sample's is that of its bytes).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from smsconf.cloud.http.transport import ServiceAuth, utc_now
from smsconf.language import _
from smsconf.model import emulator_keys
from smsconf.model.address import Address
from smsconf.model.errors import SmsconfError, Unauthorized
from smsconf.own_files import read_own

KEY = "SMSCONF_APP_KEY"
SECRET = "SMSCONF_APP_SECRET"  # noqa: S105 - the name of a variable
WSSE = 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"'
"""What the header Authorization says beside X-WSSE."""
_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AppKey:
    """An app's key and secret, and in words for people where they come from."""

    source: str
    key: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def emulators(self) -> bool:
        """Whether the app is an emulator's, and the secret opens nothing else."""
        return self.secret == emulator_keys.app_secret(self.key)


def find_app_key(app: Address, app_key: str, environ: Mapping[str, str], secrets_file: Path | None) -> AppKey:
    """Return key and secret of an app: of the file if one is named, else of the environment.

    The environment's ``SMSCONF_APP_SECRET_SHOP`` goes before ``SMSCONF_APP_SECRET``; a key is not needed
    beside it, because the service tells it.

    Args:
        app: address of the app.
        app_key: the key by which the service knows the app.
        environ: the environment.
        secrets_file: what ``apply --save-secrets`` wrote.

    Raises:
        Unauthorized: there is none, or it is another app's.
        SmsconfError: the file cannot be read.
    """
    if secrets_file is not None:
        found = _read(secrets_file).get(str(app))
        if found:
            return _fitting(app, app_key, found.get("app_key"), found.get("app_secret"), str(secrets_file))
    suffix = "_" + re.sub("[^A-Z0-9]", "_", app.key.upper())
    for end in (suffix, ""):
        secret = environ.get(SECRET + end, "").strip()
        if secret:
            return _fitting(app, app_key, environ.get(KEY + end, "").strip(), secret, SECRET + end)
    where = _("in {file} or the environment").format(file=secrets_file) if secrets_file else None
    raise Unauthorized(
        _("no secret of {app} was found").format(app=app) + (f" {where}" if where else ""),
        why=_("a message is signed with the key and the secret of its app, not with an account's keys"),
        fix=_(
            "set {variable}{suffix} or {variable}, or name the file of `apply --save-secrets` with "
            "--secrets; a lost secret is renewed in the console"
        ).format(variable=SECRET, suffix=suffix),
        arrived=False,
    )


def _fitting(app: Address, known: str, key: str | None, secret: str | None, source: str) -> AppKey:
    if key and key != known:
        raise Unauthorized(
            _("the app key from {source} is not the key of {app}").format(source=source, app=app),
            why=_("the service knows the app under another one; it may have been made anew"),
            fix=_("use the key and the secret of {app}").format(app=app),
            arrived=False,
        )
    if not secret or not (secret.isascii() and secret.isprintable()):
        raise Unauthorized(
            _("the app secret from {source} is empty, or holds characters that no secret has").format(
                source=source
            ),
            fix=_("copy it again, without line breaks"),
            arrived=False,
        )
    return AppKey(source, known, secret)


def _read(path: Path) -> Mapping[str, Mapping[str, str]]:
    try:
        found = json.loads(read_own(path, _MOST_BYTES, linked=True))
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except (ValueError, RecursionError):
        reason = _("it is not JSON")
    else:
        entries = found.values() if isinstance(found, dict) else [None]
        if all(isinstance(one, dict) and all(isinstance(v, str) for v in one.values()) for one in entries):
            checked: Mapping[str, Mapping[str, str]] = found
            return checked
        reason = _("it holds something else")
    raise SmsconfError(
        _("the file of secrets {file} cannot be read: {reason}").format(file=path, reason=reason),
        fix=_("name the file that `smsconf apply --save-secrets` wrote"),
    )


def _nonce() -> str:
    return secrets.token_hex(16)


def digest(nonce: str, created: str, secret: str) -> str:
    """Return the value of PasswordDigest."""
    hashed = hashlib.sha256(f"{nonce}{created}{secret}".encode()).hexdigest()
    return base64.b64encode(hashed.encode()).decode()


class WsseAuth(ServiceAuth):
    """Proves by X-WSSE who is asking; ``now`` is the real time."""

    def __init__(
        self,
        app_key: str,
        app_secret: str,
        *,
        now: Callable[[], datetime] = utc_now,
        nonce: Callable[[], str] = _nonce,
    ) -> None:
        super().__init__(app_key, app_secret)
        self._app_key = app_key
        self._app_secret = app_secret
        self._now = now
        self._nonce = nonce

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the two headers."""
        nonce = self._nonce()
        created = self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        proof = digest(nonce, created, self._app_secret)
        self._proofs.append(proof)
        request.headers["Authorization"] = WSSE
        request.headers["X-WSSE"] = (
            f'UsernameToken Username="{self._app_key}",'
            f'PasswordDigest="{proof}",'
            f'Nonce="{nonce}",Created="{created}"'
        )
        yield request
