"""Exceptions that stop the run; each says what happened, why, and what to do next.

    SmsconfError
    ├── ConfigError          the project cannot be read; carries diagnostics
    ├── PlanRefused          nothing was sent: a guard, an incomplete read
    ├── StoreUnusable        what all runners share is away, does not let us, or is of another version
    ├── PlanStale            nothing was sent: a saved plan was made for something else, or ran out
    └── CloudError           the service or the way to it; carries operation, address, code, request id
        ├── Unreachable      no answer: name, connection, TLS, time-out
        ├── Unauthorized     401 or 403: credentials or rights
        ├── RateLimited      429
        ├── Refused          the service said no to this request
        ├── CloudBroken      an answer that is not what the service promises
        └── ReadOnly         a write through a client made for reading

A foreign exception is converted at the home of its package. Findings about files are in ``diagnostics``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from smsconf.language import _, ngettext

if TYPE_CHECKING:  # the command line imports this before it knows whether it needs more
    from smsconf.model.diagnostics import Diagnostic


class SmsconfError(Exception):
    """What stopped the run. ``message`` is one line; ``why`` and ``fix`` are for people."""

    def __init__(self, message: str, *, why: str | None = None, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.why = why
        self.fix = fix


class ConfigError(SmsconfError):
    """The project has errors; every one of them is in ``diagnostics``."""

    def __init__(self, diagnostics: Sequence[Diagnostic], message: str | None = None) -> None:
        count = sum(1 for found in diagnostics if found.severity == "error")
        said = ngettext("the project has {count} error", "the project has {count} errors", count)
        super().__init__(message or said.format(count=count))
        self.diagnostics = tuple(diagnostics)


def unwritable(path: Path, error: OSError, fix: str | None = None) -> SmsconfError:
    """Return what to raise for a file that cannot be written."""
    return SmsconfError(
        _("cannot write {file}: {reason}").format(file=path, reason=error.strerror or error),
        fix=fix or _("name a file in a folder that you can write to"),
    )


class PlanRefused(SmsconfError):
    """The plan may not be carried out; nothing was sent."""


class PlanStale(SmsconfError):
    """A saved plan does not hold any more; nothing was sent."""


class StoreUnusable(SmsconfError):
    """The store that all runners share is away, does not do what it is asked, or is of another version."""


class CloudError(SmsconfError):
    """A call to the service that did not end well."""

    def __init__(  # noqa: PLR0913 - what an error must carry so that a person can act on it
        self,
        message: str,
        *,
        operation: str | None = None,
        address: str | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        why: str | None = None,
        fix: str | None = None,
        arrived: bool | None = None,
    ) -> None:
        super().__init__(message, why=why, fix=fix)
        self.operation = operation
        self.address = address
        self.status = status
        self.code = code
        self.request_id = request_id
        # False: the request surely did not reach the service; True: it answered; None: not known.
        self.arrived = arrived


class Unreachable(CloudError):
    """No answer came."""


class Unauthorized(CloudError):
    """Credentials or rights were not accepted."""


class RateLimited(CloudError):
    """The service asked to slow down."""


class Refused(CloudError):
    """The service understood the request and refused it; ``body`` is what it said, for who knows its form."""

    body: bytes = b""


class CloudBroken(CloudError):
    """The answer is not what the service promises: not JSON, a missing field, a total that is off."""


class ReadOnly(CloudError):
    """A client made for reading was asked to write; nothing was sent."""
