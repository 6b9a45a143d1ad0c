# SPDX-License-Identifier: Apache-2.0
"""The line to the database under 64 callers: it breaks anywhere, it is away for a
while, it is slow."""

import random

import checker
import pytest

CALLERS, CUTS, PARTITIONS, DELAY_MS = 64, 40, 4, 25


@pytest.fixture
def proxy(scene):
    return scene.proxy()


@pytest.fixture
def stack(scene, proxy):
    return scene.daemon(scene.database(), via=proxy.folder).serve()


def judge(scene, stack, history):
    verdict = checker.check(history, scene.stored(stack))
    assert not verdict.findings, str(verdict)
    return (f"{verdict.acknowledged:,} acknowledged, 0 lost, 0 doubled; {verdict.unknown} unknown,"
            " all resolved")


def test_a_line_that_breaks_again_and_again_anywhere(scene, proxy, stack, say):
    dice = random.Random(11)
    crowd = scene.crowd(stack, callers=CALLERS)
    for _ in range(CUTS):
        side = dice.choice(("front", "back"))
        # Any connection breaks; those that say little, such as the clerk's, soon.
        name, most = dice.choice((("stafett write", 300), ("stafett write", 300), ("stafett", 5)))
        proxy.rule(side, dice.randint(1, most), "-", "cut-after", name).wait()
        crowd.wait_answered(dice.randint(5, 40))
    say(f"line cut x{CUTS} under {CALLERS} callers: {judge(scene, stack, crowd.stop())}")


def test_a_database_that_cannot_be_reached_for_a_while(scene, proxy, stack, say):
    crowd = scene.crowd(stack, callers=CALLERS)
    for _ in range(PARTITIONS):
        crowd.wait_answered(60)
        mark = stack.process.mark()
        proxy.tell("refuse")
        proxy.tell("cut")
        stack.process.wait_line("health=NOT_SERVING", after=mark)
        proxy.tell("accept")
        stack.process.wait_line("health=SERVING", after=mark)
    crowd.wait_answered(60)
    say(f"database out of reach x{PARTITIONS} under {CALLERS} callers:"
        f" {judge(scene, stack, crowd.stop())}")


def test_a_slow_line_to_the_database(scene, proxy, stack, say):
    proxy.tell(f"delay {DELAY_MS}")
    crowd = scene.crowd(stack, callers=CALLERS, operations=500)
    history = crowd.finish()
    say(f"{DELAY_MS} ms each way under {CALLERS} callers: {judge(scene, stack, history)}")
