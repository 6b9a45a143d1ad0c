# SPDX-License-Identifier: Apache-2.0
"""kill -9 of a worker at each system call that it makes for a write: between COMMIT
and its answer, after the answer and before the receipt has left, and everywhere else."""

import checker
import people
from history import History, Writer
from insist import Insistent
from tracer import Tracer, calls_in, was_killed

# What talks to the caller, to the database and to the log; the rest is about memory.
CALLS = ("epoll_wait", "read", "write", "sendto", "recvfrom")


def calls_of_a_write(stack, maria):
    """(name, how often until then) of each call that a write takes."""
    tracer = Tracer(stack.workers()[0])
    maria.send(people.BEROENDE).insist()
    return calls_in(tracer.stop(), CALLS)


def test_a_worker_killed_at_any_system_call_of_a_write_leaves_one_effect(scene, say):
    path = scene.folder()
    history = Writer(path)
    stack = scene.daemon(scene.database()).serve()
    maria = Insistent(stack.caller("maria"), history)
    maria.send(people.BEROENDE).insist()
    killed = unknown = 0
    calls = calls_of_a_write(stack, maria)
    for call, number in calls:
        mark = stack.process.mark()
        tracer = Tracer(stack.workers()[0], "-e", f"inject={call}:signal=KILL:when={number}")
        write = maria.send(people.BEROENDE)
        answered = write.end(write.begin(wait=False))
        if was_killed(tracer.stop()):
            killed += 1
            unknown += not answered
            stack.process.wait_line("msg=ready ", after=mark)
        maria.caller.reconnect()
        write.insist()
    history.close()
    verdict = checker.check(History(path), scene.stored(stack))
    assert killed >= 5 and not verdict.findings, f"{calls}: {verdict}"
    say(f"kill -9 of a worker at {killed} system calls of a write: {unknown} unknown, one effect each")
