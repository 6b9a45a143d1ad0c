# SPDX-License-Identifier: Apache-2.0
"""The connection to PostgreSQL ends at each boundary between two messages of a
batch, before COMMIT, in it and after it: whatever the caller is told, the same
bytes again have exactly one effect, and the receipt is the same to the byte."""

import os
import signal

import checker
import people
import pytest
from crowd import LONG
from history import History, Writer
from insist import Insistent

IMPATIENT_S = 0.15


class Stage:
    """A daemon behind a proxy, and two who write to each other through it."""

    def __init__(self, scene):
        self.scene = scene
        self.proxy = scene.proxy()
        self.path = scene.folder()
        self.history = Writer(self.path)
        self.stack = scene.daemon(scene.database(), via=self.proxy.folder).serve()
        self.maria = Insistent(self.stack.caller("maria"), self.history)
        self.petra = Insistent(self.stack.caller("petra"), self.history)
        self.done = self.maria.send(people.BEROENDE)
        self.done.insist()

    def sent(self):
        """A referral that nothing has happened to."""
        write = self.maria.send(people.BEROENDE)
        write.insist()
        return write

    def writes(self):
        """What is done at each boundary, by name: makers of a write."""
        return {
            "send": lambda: self.maria.send(people.BEROENDE),
            "send in a chain": lambda: self.maria.send(people.BEROENDE, chain=self.done.chain),
            "acknowledge": lambda: self.petra.acknowledge(self.sent()),
            "accept": lambda: self.petra.accept(self.sent(), version=1),
            "again": lambda: self.done,
        }

    def verdict(self):
        self.history.close()
        return checker.check(History(self.path), self.scene.stored(self.stack))


@pytest.fixture
def stage(scene):
    return Stage(scene)


GIVEN_UP = [("accept", "release"), ("send", "cut")]
if LONG:
    GIVEN_UP += [("send", "release"), ("accept", "cut")]


def boundaries(stage, name, action, attempt):
    """Runs |attempt| with a write of its own for each boundary of a batch, and a rule
    that fires there; how many there were. A rule that has not fired was beyond the
    last message."""
    count = 0
    for side in ("front", "back"):
        point = 0
        while True:
            point += 1
            write = stage.writes()[name]()
            rule = stage.proxy.rule(side, point, "begin", action)
            attempt(write, rule)
            stage.proxy.tell("forget")
            if not rule.has_fired():
                break
            count += 1
    return count


WRITES = ["send", "send in a chain", "acknowledge", "accept", "again"]


@pytest.mark.parametrize("name", WRITES, ids=lambda name: name.replace(" ", "_"))
def test_a_connection_cut_after_any_message_of_a_batch_does_what_was_asked_once(stage, name, say):
    cut = []

    def attempt(write, _):
        write.insist()
        cut.append(write)
    count = boundaries(stage, name, "cut-after", attempt)
    for write in cut:
        write.insist()
    verdict = stage.verdict()
    assert count >= 28 and not verdict.findings, str(verdict)
    say(f"{name}: cut after each of {count} messages, one effect and one receipt each")


@pytest.mark.parametrize("name, then", GIVEN_UP, ids=map("-".join, GIVEN_UP))
def test_who_gives_up_at_any_message_and_asks_again_gets_what_was_done_once(stage, name, then, say):
    """The caller's time is over while the batch hangs; the same bytes go again while
    it still does, and then the connection breaks or the batch goes on."""
    def attempt(write, rule):
        if write.end(write.begin(IMPATIENT_S)):
            return
        while not rule.has_fired():   # it met a daemon that was connecting anew
            if write.end(write.begin(IMPATIENT_S)):
                return
        again = write.begin()
        stage.proxy.tell(then)
        if not write.end(again):
            write.insist()
    count = boundaries(stage, name, "hold", attempt)
    verdict = stage.verdict()
    assert count >= 28 and verdict.unknown >= count and not verdict.findings, str(verdict)
    say(f"{name}: given up at each of {count} messages, then {then}: one effect and one receipt each")


@pytest.mark.parametrize("then", ["cut", "release"])
@pytest.mark.parametrize("side, point", [("front", "BIND-COMMIT"), ("back", "COMMIT")])
def test_a_worker_killed_at_the_commit_leaves_a_write_that_the_key_decides(stage, side, point, then):
    start, point = ("commit", 1) if side == "front" else ("begin", point)
    rule = stage.proxy.rule(side, point, start, "hold")
    write = stage.maria.send(people.BEROENDE)
    call = write.begin()
    rule.wait()
    mark = stage.stack.process.mark()
    os.kill(stage.stack.workers()[0], signal.SIGKILL)
    stage.proxy.tell(then)
    stage.stack.process.wait_line("msg=ready ", after=mark)
    assert write.end(call) is None
    write.insist()
    verdict = stage.verdict()
    assert verdict.unknown == 1 and not verdict.findings, str(verdict)
