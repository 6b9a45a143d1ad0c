# SPDX-License-Identifier: Apache-2.0
"""Two daemons on one database: one chain that everybody wants, ten thousand chains,
and both at once. Nobody waits for ever, nobody waits for each other in a circle."""

import checker
import pytest

CALLERS = 64
DEADLINE_S = 15   # a caller's, of one try: nobody may need another
MIXTURES = {  # name: the crowd's settings
    "one chain": dict(chains=1, operations=800),
    "10,000 chains": dict(chains=10_000, operations=11_000),
    "a mixture": dict(chains=200, hot=50, operations=2000),
}


@pytest.mark.parametrize("name", MIXTURES, ids=lambda name: name.replace(" ", "_"))
def test_two_daemons_share_chains_without_a_deadlock_and_with_bounded_waiting(scene, name, say):
    first = scene.daemon(scene.database()).serve()
    second = scene.daemon(first.owner, authority=first.authority).start()
    history = scene.crowd(first, second, callers=CALLERS, deadline_ms=DEADLINE_S * 1000,
                          **MIXTURES[name]).finish()
    verdict = checker.check(history, scene.stored(first))
    assert not verdict.findings and verdict.unknown == 0, str(verdict)
    assert verdict.longest_s < DEADLINE_S
    assert first.tables().value(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0
    assert "batch failed" not in first.process.log() + second.process.log()
    say(f"{name}, {CALLERS} callers, two daemons: {verdict.acknowledged:,} acknowledged,"
        f" the longest took {verdict.longest_s:.2f} s")
