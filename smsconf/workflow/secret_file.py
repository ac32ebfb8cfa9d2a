"""The file that ``apply --save-secrets`` writes: key and secret of new apps, readable by its owner alone.

The service tells an app's secret once, in the answer to its creation; so the file is opened and tried before
anything is created, and is on the disk before the next step. It is a plain file or none yet: what a pipe, a
device or a link leads to may wait for ever, have no end, or be read by others.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.own_files import STATE_FOLDER, read_own, write_own

_MOST_BYTES = 4 * 1024 * 1024


class SecretFile:
    """A JSON file of mode 0600: address → app_key and app_secret. What it holds already is kept."""

    def __init__(self, path: Path) -> None:
        """Look at the file, without writing.

        Raises:
            SmsconfError: it is no plain file, or holds something else.
        """
        self._path = path
        self._lock = threading.Lock()
        self._secrets: dict[str, dict[str, str]] = self._read()

    def open(self) -> Callable[[str, str, str], None]:
        """Try to write it, and return :meth:`keep`; what another run put there meanwhile is kept, too.

        Raises:
            SmsconfError: it cannot be written, or is something else by now.
        """
        self._secrets = self._read()
        self._write()
        return self.keep

    def keep(self, address: str, app_key: str, app_secret: str) -> None:
        """Put away what was just told; on the disk when this returns.

        Raises:
            SmsconfError: it could not be written; the secret has to be renewed in the console.
        """
        with self._lock:
            self._secrets[address] = {"app_key": app_key, "app_secret": app_secret}
            self._write()

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads(read_own(self._path, _MOST_BYTES) or "{}")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise self._unusable(_("the file of secrets {path} cannot be read: {reason}"), error) from None
        if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
            raise self._unusable(
                _("the file of secrets {path} cannot be read: {reason}"),
                ValueError(_("it is not a file of secrets")),
            )
        return found

    def _write(self) -> None:
        """Write all of it; a crash leaves the old or the new."""
        try:
            text = json.dumps(self._secrets, indent=2) + "\n"
            write_own(self._path, text.encode(), make=self._path.parent.name == STATE_FOLDER)
        except OSError as error:
            raise self._unusable(_("the file of secrets {path} cannot be written: {reason}"), error) from None

    def _unusable(self, message: str, error: Exception) -> SmsconfError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        return SmsconfError(
            message.format(path=self._path, reason=reason),
            why=_("the service tells the secret of an app once; later it can only be renewed in the console"),
            fix=_("name another file with --save-secrets, in a folder that you can write to"),
        )
