# SPDX-License-Identifier: Apache-2.0
"""Several workers: they share the connections, and one that dies or hangs takes
nobody else with it."""

import os
import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import people
import processes
import pytest
from stack import Stack

DAEMON = {"workers": 2}
CALLERS = 16


def wait_replaced(stack, mark, place):
    stack.process.wait_line(f"msg=ready worker={place} ", after=mark)


def server_of(stack, caller):
    """The worker that has |caller|'s connection: it logs the call."""
    mark = stack.process.mark()
    caller.units()
    line = stack.process.wait_line(f"msg=call .*DirectoryService.*member={caller.member} ", after=mark)
    return int(re.search(r"pid=(\d+)", line).group(1))


def code_of(call, *arguments):
    try:
        call(*arguments)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


class Loop:
    """A member who calls again and again on one connection, and counts what fails."""

    def __init__(self, stack):
        self.caller = stack.caller("maria")
        self.worker = server_of(stack, self.caller)
        self.answered, self.failures = 0, []
        self._stop = threading.Event()
        self._moved = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def _run(self):
        while not self._stop.is_set():
            try:
                self.caller.units()
            except grpc.RpcError as error:
                self.failures.append(error)
            with self._moved:
                self.answered += 1
                self._moved.notify_all()

    def wait_calls(self, n):
        with self._moved:
            goal = self.answered + n
            assert self._moved.wait_for(lambda: self.answered >= goal, processes.DEADLINE_S)

    def stop(self):
        self._stop.set()
        if self._thread.ident:
            self._thread.join(processes.DEADLINE_S)
        self.caller.close()
        return self.failures


@pytest.fixture
def loops(stack):
    loops = [Loop(stack) for _ in range(CALLERS)]
    yield loops
    for loop in loops:
        loop.stop()


def test_connections_are_shared_out(stack, loops):
    counts = [sum(loop.worker == pid for loop in loops) for pid in stack.workers().values()]
    assert sum(counts) == CALLERS and min(counts) >= CALLERS // 4, counts


def test_a_killed_worker_takes_only_its_own_connections_with_it(stack, loops):
    place, victim = sorted(stack.workers().items())[0]
    mine = [loop for loop in loops if loop.worker == victim]
    others = [loop for loop in loops if loop.worker != victim]
    assert mine and others
    for loop in loops:
        loop.start()
        loop.wait_calls(3)
    mark = stack.process.mark()
    os.kill(victim, signal.SIGKILL)
    wait_replaced(stack, mark, place)
    for loop in loops:
        loop.wait_calls(3)
    assert [loop.stop() for loop in others] == [[]] * len(others)
    assert {failure.code() for loop in mine for failure in loop.stop()} <= {
        grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}


def test_a_worker_that_hangs_is_noticed_and_replaced(stack, loops):
    place, victim = sorted(stack.workers().items())[0]
    others = [loop.start() for loop in loops if loop.worker != victim]
    mark = stack.process.mark()
    os.kill(victim, signal.SIGSTOP)
    stack.process.wait_line(f"child hangs.*what=worker number={place} process={victim}", after=mark)
    wait_replaced(stack, mark, place)
    assert [loop.stop() for loop in others] == [[]] * len(others)
    assert victim not in stack.workers().values()


def test_while_a_worker_hangs_new_callers_are_served_by_the_other(stack):
    victim = sorted(stack.workers().items())[0][1]
    os.kill(victim, signal.SIGSTOP)
    try:
        assert {server_of(stack, stack.caller("maria")) for _ in range(4)} == {
            pid for pid in stack.workers().values() if pid != victim}
    finally:
        os.kill(victim, signal.SIGCONT)


def test_two_workers_write_on_one_chain_one_after_the_other(stack):
    """A chain that the other worker has in hand is waited for: one comes first, and the
    rest are told what has become of it."""
    sent = stack.caller("maria").send(people.BEROENDE)
    callers = [stack.caller("ines") for _ in range(6)]
    with ThreadPoolExecutor(len(callers)) as pool:
        codes = list(pool.map(lambda caller: code_of(caller.acknowledge, sent), callers))
    assert sorted(code.name for code in codes) == ["ABORTED"] * 5 + ["OK"]


def test_without_a_number_there_is_a_worker_for_each_processor(build, work):
    stack = Stack(build, work / "wn", workers=0).start()
    try:
        for place in range(len(os.sched_getaffinity(0))):
            stack.process.wait_line(f"msg=ready worker={place} ")
    finally:
        stack.stop()
