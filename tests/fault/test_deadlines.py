# SPDX-License-Identifier: Apache-2.0
"""Whoever has no more time is told what is known, in time: nothing was begun, or it
may have happened. Both settle when the same bytes go again."""

import checker
import grpc
import people
from caller import refusal_of
from history import History, Writer
from insist import Insistent

WRITES, TIME_S = 12, 2
HELD_S = 3 * TIME_S   # what waits gives up long before those it waits for do


def reasons_of(calls):
    """The reasons that the daemon gave. On a busy machine a caller's own clock may be
    first, and then there is none."""
    found = set()
    for call in calls:
        try:
            raise AssertionError(f"was answered: {call.result()}")
        except grpc.RpcError as error:
            refusal = refusal_of(error)
            if refusal.details:
                found.add(refusal.reason)
            else:
                assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    return found


def test_a_commit_that_hangs_is_unknown_and_what_waits_behind_it_was_not_begun(scene):
    proxy, path = scene.proxy(), scene.folder()
    history = Writer(path)
    stack = scene.daemon(scene.database(), via=proxy.folder).serve()
    maria = Insistent(stack.caller("maria"), history)
    maria.send(people.BEROENDE).insist()

    held, calls = [], []
    for _ in range(2):   # both of the daemon's connections for writing
        rule = proxy.rule("back", "COMMIT", "begin", "hold")
        held.append(maria.send(people.BEROENDE))
        calls.append(held[-1].begin(HELD_S))
        rule.wait()
    waiting = [maria.send(people.BEROENDE) for _ in range(WRITES)]
    more = [write.begin(TIME_S) for write in waiting]
    assert reasons_of(more) == {"DEADLINE"}
    assert reasons_of(calls) == {"OUTCOME_UNKNOWN"}
    assert stack.tables().count("referral") == 1 + len(held)

    proxy.tell("release")
    for write in held + waiting:
        write.insist()
    history.close()
    verdict = checker.check(History(path), scene.stored(stack))
    assert not verdict.findings, str(verdict)


def test_a_connection_that_hangs_in_a_commit_is_replaced(scene):
    """Nobody waits for that commit any more, and nobody may cancel it. It ends in its
    own time; until then others are not held up by it."""
    proxy, path = scene.proxy(), scene.folder()
    history = Writer(path)
    stack = scene.daemon(scene.database(), via=proxy.folder).serve()
    maria = Insistent(stack.caller("maria"), history)
    maria.send(people.BEROENDE).insist()

    held = []
    for _ in range(4):   # twice as many as the daemon has connections for writing
        rule = proxy.rule("back", "COMMIT", "begin", "hold")
        write = maria.send(people.BEROENDE)
        while not rule.has_fired():   # the connection that takes its place may not be there yet
            assert not write.end(write.begin(TIME_S))
        held.append(write)
    maria.send(people.BEROENDE).insist()

    proxy.tell("release")
    for write in held:
        write.insist()
    history.close()
    verdict = checker.check(History(path), scene.stored(stack))
    assert not verdict.findings, str(verdict)
