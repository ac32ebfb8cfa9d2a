"""Random lives of lists: forty here, two thousand with ``make soak`` (SMSCONF_SOAK_LISTS=2000)."""

from __future__ import annotations

import os

import pytest

from tests.machine.bulk_lives import Lists
from tests.machine.test_lifecycle import play

LIVES = int(os.environ.get("SMSCONF_SOAK_LISTS", "40"))
SHARDS = 4


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_nobody_gets_a_list_twice_and_nobody_is_forgotten(shard: int) -> None:
    """After every step of every life the service saw what the ledger says, doubts apart."""
    play(Lists, shard, max(1, LIVES // SHARDS), steps=20)
