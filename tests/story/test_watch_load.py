# SPDX-License-Identifier: Apache-2.0
"""Two thousand who watch one inbox, and those who hardly read what they asked for."""

import os
import types
from concurrent.futures import ThreadPoolExecutor

import memory
import people
import pytest
from h2peer import LARGE_WINDOW, Peer, headers, message
from hyperframe import frame as frames
from stubs import contract
from watcher import Watcher

CONNECTIONS, STREAMS = 25, 80
PUSHES = 5
# Those who hardly read, and what is there for each of them to read.
SLOW_CONNECTIONS, SLOW_STREAMS, SLOW_WINDOW = 2, 100, 16384
ITEMS, CARD_BYTES = 1500, 4096
# A message of a watch, and what a call costs besides.
EACH_KB, COMMON_KB = 64 + 32, 16384
DAEMON = {"environment": memory.GIVEN_BACK}
Response = contract.inbox_service.WatchResponse


def messages_of(answer):
    """The whole messages among what came on a stream; each is read once."""
    found = vars(answer).setdefault("messages", [])
    at = vars(answer).setdefault("read", 0)
    while len(answer.data) >= at + 5:
        end = at + 5 + int.from_bytes(answer.data[at + 1:at + 5], "big")
        if len(answer.data) < end:
            break
        found.append(Response.FromString(answer.data[at + 5:end]))
        answer.read = at = end
    return found


class Line:
    """One connection with many streams that watch one inbox."""

    def __init__(self, stack, who, unit, streams, settings=None):
        server = types.SimpleNamespace(port=stack.port, authority=stack.authority,
                                       identity=stack.identity(people.MEMBERS[who].urn))
        self.peer = Peer(server, settings=settings)
        if settings:
            self.peer.send(frames.SettingsFrame(0, settings=settings))
        self.streams = []
        for _ in range(streams):
            stream = self.peer.stream()
            fields = headers("/stafett.v1.InboxService/Watch", stafett_unit=unit)
            self.peer.send(self.peer.headers_frame(stream, fields),
                           self.peer.data_frame(stream, message(b""), True))
            self.streams.append(stream)

    def answers(self):
        return [self.peer.answers[stream] for stream in self.streams if stream in self.peer.answers]

    def until(self, wanted):
        """Reads until |wanted| likes what came on every stream."""
        waiting = set(self.streams)
        while waiting:
            frame = self.peer.read_frame()
            assert frame is not None, self.peer.farewell()
            if frame.stream_id in waiting and wanted(self.peer.answers[frame.stream_id]):
                waiting.discard(frame.stream_id)

    def give(self, streams, room):
        self.peer.send(*[frames.WindowUpdateFrame(stream, window_increment=room) for stream in streams])


def has(*ids):
    def check(answer):
        return set(ids) <= {item.id for m in messages_of(answer) for item in m.items}
    return check


def is_current(answer):
    return any(m.current for m in messages_of(answer))


def records(stack):
    """Of watching: one a page that somebody was shown."""
    return stack.tables().count("audit_queue", "substring(leaf FROM 34 FOR 2) = '\\x000b'")


def test_two_thousand_who_watch_one_inbox_are_one_reading(stack):
    maria = stack.caller("maria")
    lines = [Line(stack, "petra" if n % 2 else "ines", people.BEROENDE, STREAMS)
             for n in range(CONNECTIONS)]
    for line in lines:
        line.until(is_current)
    before = records(stack)
    for _ in range(PUSHES):
        sent = maria.send(people.BEROENDE)
        for line in lines:
            line.until(has(sent.id))
    assert records(stack) - before == PUSHES
    for line in lines:
        line.peer.socket.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="another user's memory is measured")
def test_who_hardly_reads_costs_a_page_and_misses_nothing(stack):
    maria, omar = stack.caller("maria"), stack.caller("omar")
    with ThreadPoolExecutor(16) as pool:
        sent = list(pool.map(lambda _: maria.send(people.MALMO, card=bytes(CARD_BYTES)).id, range(ITEMS)))
    small = {frames.SettingsFrame.INITIAL_WINDOW_SIZE: SLOW_WINDOW}
    lines = []

    def watch_and_hardly_read():
        for _ in range(SLOW_CONNECTIONS):
            lines.append(Line(stack, "omar", people.MALMO, SLOW_STREAMS, small))
        for line in lines:
            line.until(lambda answer: len(answer.data) == SLOW_WINDOW)
        quick = Watcher(omar)
        for _ in range(10):
            for line in lines:
                line.give(line.streams, 512)
            sent.append(maria.send(people.MALMO, card=bytes(CARD_BYTES)).id)
            quick.until_item(sent[-1])
        quick.stop()
    grown = memory.grown_kb(stack, watch_and_hardly_read)
    assert grown < SLOW_CONNECTIONS * SLOW_STREAMS * EACH_KB + COMMON_KB
    last, line = lines[0].streams[-1], lines[0]
    line.streams = [last]
    line.give([last], LARGE_WINDOW)
    line.until(lambda answer: is_current(answer) and has(sent[-1])(answer))
    assert has(*sent)(line.peer.answers[last])
    for line in lines:
        line.peer.socket.close()
