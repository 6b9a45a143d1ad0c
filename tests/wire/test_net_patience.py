# SPDX-License-Identifier: Apache-2.0
"""How long a server waits for a peer that does nothing wrong: minutes, so --long."""

import os

import h2peer
import pytest
from h2peer import Peer, headers
from hyperframe import frame as frames

pytestmark = pytest.mark.skipif(os.environ.get("STAFETT_LONG") != "1", reason="minutes: with --long")
PATIENCE_S = 400


def test_an_idle_peer_is_asked_to_leave(server):
    with Peer(server) as peer:
        peer.call()
        peer.socket.settimeout(PATIENCE_S)
        assert peer.until_closed() == (h2peer.NO_ERROR, "max_idle")


def test_a_peer_that_fell_silent_in_a_call_is_left(server):
    mark = server.process.mark()
    with Peer(server) as mute, Peer(server) as alive:
        for peer in (mute, alive):
            peer.open(headers("/test.Echo/Chat"))
        alive.socket.settimeout(PATIENCE_S)
        alive.wait_for(frames.PingFrame)
        alive.send(frames.PingFrame(0, flags=["ACK"]))
        line = server.process.wait_line("no sign of life", after=mark, deadline_s=PATIENCE_S)
        assert f":{mute.socket.getsockname()[1]} " in line
        alive.ping()
