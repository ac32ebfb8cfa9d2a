"""The keys that open an emulator and nothing else: public on purpose, and the same for everybody.

The emulator takes them, and the client knows by them what may go to whoever listens on this machine.
Nothing is sent or decided here; the vendor has no such keys.
"""

from __future__ import annotations

import hashlib

ACCESS_KEY = "EMULATORAK"
SECRET_KEY = "EMULATORSK"  # noqa: S105 - public, see above
ACCOUNT = "emulator"
USER = "emulator"
PASSWORD = "emulator-password"  # noqa: S105 - public, see above
TOKEN_START = "MIIEmulator"  # noqa: S105 - how every token of an emulator begins; the vendor's are DER in Base64
OTHER_SECRET_KEY = "SMSCONF_EMULATOR_SK"  # noqa: S105 - the name of a variable


def app_secret(app_key: str) -> str:
    """Return the secret of an emulator's app: whoever knows the key can tell it from a real one."""
    return hashlib.sha256(f"emulator/{app_key}".encode()).hexdigest()[:28]
