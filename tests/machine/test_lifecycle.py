"""Random lives, side by side: two hundred here, ten thousand with ``make soak`` (SMSCONF_SOAK=10000).

Each shard plays its share of the lives from a seed of its own; with SMSCONF_SOAK_SEED another sequence.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.lives import Lifecycle

SOAK = int(os.environ.get("SMSCONF_SOAK", "0"))
LIVES = SOAK or 200
SHARD = 25 if not SOAK else 100
SHARDS = [min(SHARD, LIVES - first) for first in range(0, LIVES, SHARD)]
SEED = int(os.environ.get("SMSCONF_SOAK_SEED", "20260105"))


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("shard", "lives"), list(enumerate(SHARDS)))
def test_whatever_happens_nothing_is_sent_twice_and_every_life_converges(shard: int, lives: int) -> None:
    """After every step of every life: nothing twice, no outage, nothing foreign; at its end an empty plan."""
    how = settings(
        max_examples=lives,
        stateful_step_count=20,
        deadline=None,
        derandomize=False,
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    @seed(SEED + shard)
    class Life(Lifecycle):
        """A life of this shard."""

    run_state_machine_as_test(Life, settings=how)
