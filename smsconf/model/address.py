"""Our stable name of a declared thing: ``kind.key``, such as ``template.order-shipped``.

The key comes from the files and never changes when the remote name does.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple

from smsconf.language import N_, _

KEY_PATTERN = r"^[a-z0-9][a-z0-9_-]*$"
_KEY = re.compile(KEY_PATTERN)
_NOT_OF_A_KEY = re.compile("[^a-z0-9]+")


class Kind(StrEnum):
    """The kinds of things that have an address, in the order in which they depend on each other."""

    ACCOUNT = "account"
    QUALIFICATION = "qualification"
    REGISTRATION = "registration"
    APP = "app"
    CONSOLE = "console"
    SIGNATURE = "signature"
    TEMPLATE = "template"
    THRESHOLD = "threshold"
    CAMPAIGN = "campaign"

    @property
    def section(self) -> str:
        """The section of the file that declares this kind; console settings stand in their app."""
        return self.value if self in _SINGLE else f"{self.value}s"

    @property
    def managed(self) -> bool:
        """Tell whether the service has an API for this kind; what has none is for people to set."""
        return self in _MANAGED

    @property
    def noun(self) -> str:
        """What people call one of them."""
        return _(_NOUNS[self][0])

    @property
    def nouns(self) -> str:
        """What people call several of them."""
        return _(_NOUNS[self][1])


_SINGLE = frozenset({Kind.ACCOUNT, Kind.CONSOLE})
_MANAGED = frozenset({Kind.APP, Kind.SIGNATURE, Kind.TEMPLATE})
_NOUNS = {
    Kind.ACCOUNT: (N_("account"), N_("accounts")),
    Kind.QUALIFICATION: (N_("qualification"), N_("qualifications")),
    Kind.REGISTRATION: (N_("registration"), N_("registrations")),
    Kind.APP: (N_("app"), N_("apps")),
    Kind.CONSOLE: (N_("console setting"), N_("console settings")),
    Kind.SIGNATURE: (N_("signature"), N_("signatures")),
    Kind.TEMPLATE: (N_("template"), N_("templates")),
    Kind.THRESHOLD: (N_("threshold"), N_("thresholds")),
    Kind.CAMPAIGN: (N_("campaign"), N_("campaigns")),
}
_ORDER = {kind: position for position, kind in enumerate(Kind)}


class Address(NamedTuple):
    """A kind and a key; prints as ``kind.key``. Get one with :meth:`parse` or from the loader."""

    kind: Kind
    key: str

    def __str__(self) -> str:
        return f"{self.kind.value}.{self.key}"

    @property
    def order(self) -> tuple[int, str]:
        """Sort key: what others depend on first, then by key."""
        return (_ORDER[self.kind], self.key)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``kind.key``.

        Raises:
            ValueError: the kind is not one of ours, or the key has a character that keys cannot have.
        """
        kind, dot, key = text.partition(".")
        if not dot or kind not in set(Kind):
            expected = ", ".join(kind.value for kind in Kind)
            raise ValueError(
                _("expected KIND.KEY with a kind of {expected}, got '{text}'").format(
                    expected=expected, text=text
                )
            )
        if not _KEY.match(key):
            raise ValueError(
                _("'{key}' is not a key: lower-case letters, digits, _ and - only").format(key=key)
            )
        return cls(Kind(kind), key)


def slug(name: str) -> str:
    """Write the ASCII letters and digits of a name as a key, ``taiwan-china``; empty if it has none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_OF_A_KEY.sub("-", plain).strip("-")
