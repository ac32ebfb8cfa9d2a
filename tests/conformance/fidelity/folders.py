"""Where the tests are that show what the emulator does."""

CONFORMANCE = "tests/conformance/"
EMULATOR = "tests/emulator/"
