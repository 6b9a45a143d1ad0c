# SPDX-License-Identifier: Apache-2.0
"""Is the checker any good? It must find each of six bugs that are built into a
daemon for this test alone, and nothing in the daemon as it is, under the same load
and the same accidents."""

from concurrent.futures import ThreadPoolExecutor

import checker
import pytest
from seeds import SEEDS, plant

CALLERS, OPERATIONS, ACCIDENTS = 32, 700, 8


@pytest.fixture(scope="module")
def programs(build, work):
    """{name: stafettd with that bug}."""
    with ThreadPoolExecutor(2) as pool:
        made = [(seed.name, pool.submit(plant, build, work / f"seed{number}", seed))
                for number, seed in enumerate(SEEDS)]
        return {name: future.result() for name, future in made}


def provoke(proxy, crowd, how):
    """Does to the database's connection what the bug needs, again and again."""
    for _ in range(ACCIDENTS):
        if how in ("cut", "rollback"):
            action = {"cut": "cut-before", "rollback": "rollback"}[how]
            proxy.rule("front", 1, "commit", action).wait()
        crowd.wait_answered(20)


def verdict_of(scene, program, how):
    proxy = scene.proxy()
    stack = scene.daemon(scene.database(), via=proxy.folder, program=program).serve()
    crowd = scene.crowd(stack, callers=CALLERS, chains=2 if how == "hot" else 64,
                        operations=OPERATIONS, may_fail=program is not None)
    provoke(proxy, crowd, how)
    history = crowd.finish()
    stack.stop()
    return checker.check(history, scene.stored(stack))


@pytest.mark.parametrize("how", ["cut", "rollback", "hot"])
def test_there_is_nothing_to_find_in_the_daemon_as_it_is(scene, how):
    verdict = verdict_of(scene, None, how)
    assert verdict.acknowledged > 300 and not verdict.findings, str(verdict)


def test_every_seeded_bug_is_found(scene, programs, say):
    missed = {}
    for seed in SEEDS:
        verdict = verdict_of(scene, programs[seed.name], seed.provoke)
        if not seed.found_as & verdict.counts.keys():
            missed[seed.name] = str(verdict)
        scene.close()
    say.first(f"checker: {len(SEEDS) - len(missed)} of {len(SEEDS)} seeded bugs found")
    assert not missed, missed
