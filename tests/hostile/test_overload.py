# SPDX-License-Identifier: Apache-2.0
"""More work than the database can take: who is refused, in which order, and how.

One organisation has more sends under way than the queue has places, and whoever is
answered sends again: the queue is full however fast the machine is. How much is done
meanwhile, tests/bench/run overload says.
"""

import grpc
import people
import processes
import pytest
from caller import refusal_of
from siege import SAID, Siege

CALLERS, CONNECTIONS = 4500, 50   # of the organisation that sends too much
SECONDS, SENDS = 60, 3   # it is ended before


@pytest.fixture
def siege(build, work):
    """A daemon of its own, whose queue is nobody else's."""
    siege = Siege(build, work / "ov").start()
    yield siege
    siege.stop()


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
    pushback_ms = int(dict(refusal.metadata)["grpc-retry-pushback-ms"])
    assert 250 <= pushback_ms < 750
    delay = refusal.details["google.rpc.RetryInfo"].retry_delay
    assert delay.seconds * 1000 + delay.nanos // 1000000 == pushback_ms
    assert siege.counters()['stafett_refused_total{why="queue"}'] > 0
    record_property(SAID, f"{CALLERS} sends at once           the organisation that sends them is "
                          "refused, another is served")
