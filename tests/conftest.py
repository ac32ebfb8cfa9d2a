"""What holds for all tests: the same examples in every run, unless the run is for finding new ones."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, database=None)
settings.register_profile("searching")
settings.load_profile(
    "searching" if os.environ.get("SMSCONF_SOAK") or os.environ.get("SMSCONF_FUZZ") else "fixed"
)
