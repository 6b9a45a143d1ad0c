# SPDX-License-Identifier: Apache-2.0
"""More work than the database can take: who is refused, in which order, and how.

One organisation has more sends under way than the queue has places, and whoever is
answered sends again: the queue is full however fast the machine is. How much is done
meanwhile, tests/bench/run overload says.
"""

import contextlib
import time

import grpc
import metrics
import people
import processes
import pytest
from caller import refusal_of
from siege import SAID, Siege
from stack import serving

CALLERS, CONNECTIONS = 4500, 50   # of the organisation that sends too much
SECONDS, SENDS = 60, 3   # it is ended before
MEMBER_RATE, ORGANIZATION_RATE, BURST_S = 2, 3, 2
MANY = 1000   # calls; so many that nobody is allowed them


@pytest.fixture
def siege(build, work):
    """A daemon of its own, whose queue is nobody else's."""
    siege = Siege(build, work / "ov").start()
    yield siege
    siege.stop()


@pytest.fixture
def slow_stack(build, work, request):
    """Takes but a few calls a second of everybody, and has taken none."""
    name = f"ra-{request.node.name.split('_')[2]}"
    limits = dict(member_rate=MEMBER_RATE, organization_rate=ORGANIZATION_RATE)
    with serving(build, work / name, **limits) as stack:
        yield stack


def check_told_when(refusal, at_least_ms):
    """In the details and in a header of its own, for those who do not read details."""
    pushback_ms = int(dict(refusal.metadata)["grpc-retry-pushback-ms"])
    delay = refusal.details["google.rpc.RetryInfo"].retry_delay
    assert delay.seconds * 1000 + delay.nanos // 1000000 == pushback_ms >= at_least_ms
    return pushback_ms


def calls_until_refused(caller):
    """(how many were answered, how the next was refused)"""
    for n in range(MANY):
        try:
            caller.units()
        except grpc.RpcError as error:
            return n, refusal_of(error)
    raise AssertionError("there are no bounds")


def until_refused(caller, crowd):
    """Sends while the crowd does, until the queue is full; how that is said."""
    while crowd.poll() is None:
        send = caller.referrals.Send.future(
            caller.send_request(people.BEROENDE), metadata=(("stafett-unit", caller.unit),))
        error = send.exception(timeout=processes.DEADLINE_S)
        if error and error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED:
            return refusal_of(error)
    raise AssertionError(f"the queue never became full: {crowd.communicate()}")


def test_who_sends_too_much_is_refused_and_told_when_to_try_again(siege, record_property):
    maria, petra = siege.stack.caller("maria"), siege.stack.caller("petra")
    waiting = [petra.send(people.LUND) for _ in range(SENDS)]
    crowd = siege.honest(SECONDS, callers=CALLERS, connections=CONNECTIONS, rate=0)
    refusal = until_refused(maria, crowd)
    # Another organisation is served all the same, and what ends work before what begins it.
    for sent in waiting:
        petra.send(people.LUND)
        maria.acknowledge(sent)
    crowd.kill()
    crowd.communicate()
    assert (refusal.reason, refusal.code) == ("OVERLOADED", grpc.StatusCode.RESOURCE_EXHAUSTED)
    assert refusal.refusal.reason == "OVERLOADED"
    assert check_told_when(refusal, 250) < 750
    assert siege.counters()['stafett_refused_total{why="queue"}'] > 0
    record_property(SAID, f"{CALLERS} sends at once           the organisation that sends them is "
                          "refused, another is served")


def test_who_calls_beyond_its_rate_is_refused_and_nobody_else(slow_stack):
    maria, petra = slow_stack.caller("maria"), slow_stack.caller("petra")
    answered, refusal = calls_until_refused(maria)
    assert answered >= MEMBER_RATE * BURST_S
    assert (refusal.reason, refusal.code) == ("RATE_EXCEEDED", grpc.StatusCode.RESOURCE_EXHAUSTED)
    check_told_when(refusal, 250)
    # Her organisation has some left, and then has not, for any of its members.
    _, refusal = calls_until_refused(slow_stack.caller("lars"))
    assert refusal.reason == "RATE_EXCEEDED"
    answered, refusal = calls_until_refused(petra)
    assert answered >= MEMBER_RATE * BURST_S and refusal.reason == "RATE_EXCEEDED"
    assert metrics.read(slow_stack)['stafett_refused_total{why="rate"}'] == 3


def test_who_waits_as_long_as_it_was_told_is_served(slow_stack):
    maria, omar = slow_stack.caller("maria"), slow_stack.caller("omar")
    _, refusal = calls_until_refused(maria)
    until = time.monotonic() + check_told_when(refusal, 250) / 1000
    while time.monotonic() < until:   # others, of another organisation, do her no harm
        with contextlib.suppress(grpc.RpcError):
            omar.units()
    assert maria.units().units
