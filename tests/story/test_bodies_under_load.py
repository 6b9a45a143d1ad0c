# SPDX-License-Identifier: Apache-2.0
"""Fifty large bodies at once, and a worker that is killed among them."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import memory
import people
import pytest
from caller import PART_BYTES, claim_of, refusal_of

MANY, CONNECTIONS = 50, 5
SIZE = 10485760 if os.environ.get("STAFETT_LONG") == "1" else 2097152 + 1
# Of each: a window of 256 KiB that waits, a part in here, and a part on its way.
EACH_KB = 256 + 64 + 64
COMMON_KB = 16384
DAEMON = {"environment": memory.GIVEN_BACK}


@pytest.mark.skipif(os.geteuid() != 0, reason="another user's memory is measured")
def test_fifty_uploads_and_fifty_fetches_hold_a_few_parts_each(stack):
    senders = [stack.caller("maria") for _ in range(CONNECTIONS)]
    readers = [stack.caller("petra") for _ in range(CONNECTIONS)]
    body = os.urandom(SIZE)
    sent = []

    def send(number):
        claim, progress = senders[number % CONNECTIONS].upload(body)
        assert progress.complete
        sent.append(senders[number % CONNECTIONS].send(people.BEROENDE, body=claim))

    def fetch(number):
        assert readers[number % CONNECTIONS].fetch(sent[number]) == body

    with ThreadPoolExecutor(MANY) as pool:
        for work in (send, fetch):
            grown = memory.grown_kb(stack, lambda: list(pool.map(work, range(MANY))))
            assert grown < MANY * EACH_KB + COMMON_KB, f"{work.__name__}: {grown} KiB"


def test_readers_that_do_not_read_cost_a_part_each(stack):
    maria, petra = stack.caller("maria"), stack.caller("petra")
    body = os.urandom(SIZE)
    sent = maria.send(people.BEROENDE, body=maria.upload(body)[0])
    streams = [petra.fetch_parts(sent) for _ in range(MANY)]
    firsts = [next(stream) for stream in streams]
    assert all(first.data == body[:PART_BYTES] for first in firsts)
    assert petra.get(sent.referral).referral.id == sent.referral
    for stream in streams:
        stream.cancel()
    assert petra.fetch(sent) == body


def test_an_upload_survives_the_worker(stack):
    """Killed in the middle of a part: what was counted is there, and the rest goes on."""
    maria, petra = stack.caller("maria"), stack.caller("petra")
    body, waiting, killed = os.urandom(PART_BYTES * 30), threading.Event(), threading.Event()
    claim = claim_of(body)

    def until_killed():
        for number, message in enumerate(maria.upload_messages(body, claim)):
            if number == 20:
                waiting.set()
                killed.wait()
            yield message

    mark = stack.process.mark()
    call = maria.bodies.Upload.future(until_killed(), metadata=(("stafett-unit", maria.unit),))
    assert waiting.wait(60)
    while maria.uploaded(claim.id).received == 0:
        pass
    os.kill(stack.workers()[0], signal.SIGKILL)
    killed.set()
    assert refusal_of(call.exception()).code == grpc.StatusCode.UNAVAILABLE
    stack.process.wait_line("msg=ready ", after=mark)
    stack.wait_ready()
    maria.reconnect()
    received = maria.uploaded(claim.id).received
    assert 0 < received < len(body) and received % PART_BYTES == 0
    _, progress = maria.upload(body, claim, offset=received)
    assert progress.complete
    petra.reconnect()
    assert petra.fetch(maria.send(people.BEROENDE, body=claim)) == body
