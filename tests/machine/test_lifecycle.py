"""Random lives, side by side: two hundred here, ten thousand with ``make soak`` (SMSCONF_SOAK=10000).

Each shard plays its share of the lives from a seed of its own; with SMSCONF_SOAK_SEED another sequence.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.machine.lives import Lifecycle
from tests.machine.shared import SharedAccount

SOAK = int(os.environ.get("SMSCONF_SOAK", "0"))
LIVES = SOAK or 200
SHARD = 25 if not SOAK else 100
SHARDS = [min(SHARD, LIVES - first) for first in range(0, LIVES, SHARD)]
SEED = int(os.environ.get("SMSCONF_SOAK_SEED", "20260105"))


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("shard", "lives"), list(enumerate(SHARDS)))
def test_whatever_happens_nothing_is_sent_twice_and_every_life_converges(shard: int, lives: int) -> None:
    """After every step of every life: nothing twice, no outage, nothing foreign; at its end an empty plan."""
    play(Lifecycle, shard, lives)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("shard", "lives"), [(shard, lives // 5) for shard, lives in enumerate(SHARDS)])
def test_two_environments_of_one_account_never_harm_each_other(shard: int, lives: int) -> None:
    """What the other one serves or waits for stays as it is, and both come to rest; a fifth of the lives."""
    play(SharedAccount, shard, lives)


def play(machine: type[RuleBasedStateMachine], shard: int, lives: int, steps: int = 30) -> None:
    """Play the lives of one shard."""
    how = settings(
        max_examples=lives,
        stateful_step_count=steps,
        deadline=None,
        derandomize=False,
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    @seed(SEED + shard)
    class Life(machine):  # type: ignore[valid-type,misc]
        """A life of this shard."""

    run_state_machine_as_test(Life, settings=how)
