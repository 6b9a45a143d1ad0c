# SPDX-License-Identifier: Apache-2.0
"""How long a server waits for a peer: minutes and hours, which the test lets pass at
once by setting the engine's clock ahead. What is due happens at its next sweep."""

import contextlib

import echo
import h2peer
import pytest
from h2peer import Peer, headers, message
from hyperframe import frame as frames

IDLE_S, SILENCE_S, STALL_S, AGE_S, AGE_GRACE_S = 300, 60, 20, 3600, 60
OK, UNAVAILABLE = 0, 14
EVERY_STREAM = 2**31 - 1


@pytest.fixture
def server(build, work, request):
    """One a test: who sets the clock ahead does so for every peer."""
    server = echo.EchoServer(build, work / f"patience-{abs(hash(request.node.name))}")
    yield server
    server.stop()


def later(peer, seconds):
    """Sets the clock ahead. On a connection of one's own, that is a sign of life too."""
    assert peer.call(fields=headers("/test.Echo/Later", x_s=str(seconds))).status == OK


def pass_by(server, seconds):
    """The same by somebody else, who leaves again."""
    with Peer(server) as clock:
        later(clock, seconds)


def hold(server, peer, text=b"held"):
    """Begins a call that waits at the server."""
    mark = server.process.mark()
    stream = peer.open(headers("/test.Echo/Hold"))
    peer.send(peer.data_frame(stream, message(text), end=True))
    server.process.wait_line("^held", after=mark)
    return stream


# -- nothing to do ---------------------------------------------------------------------


def test_an_idle_peer_is_asked_to_leave(server):
    with Peer(server) as peer:
        peer.call()
        pass_by(server, IDLE_S)
        assert peer.until_closed() == (h2peer.NO_ERROR, "max_idle")


def test_a_peer_that_was_never_busy_is_asked_to_leave_too(server):
    with Peer(server) as peer:
        peer.ping()
        pass_by(server, IDLE_S)
        assert peer.until_closed() == (h2peer.NO_ERROR, "max_idle")


def test_a_peer_is_not_idle_before_its_time(server):
    with Peer(server) as peer:
        peer.call()
        pass_by(server, IDLE_S - 60)
        pass_by(server, 0)
        peer.ping()
        assert peer.farewell() is None


# -- no sign of life ---------------------------------------------------------------------


def test_a_peer_silent_in_a_call_is_pinged_and_stays_if_it_answers(server):
    with Peer(server) as peer:
        peer.open(headers("/test.Echo/Chat"))
        peer.ping()
        pass_by(server, SILENCE_S)
        ping = peer.wait_for(frames.PingFrame, lambda frame: "ACK" not in frame.flags)
        peer.send(frames.PingFrame(0, opaque_data=ping.opaque_data, flags=["ACK"]))
        peer.ping()
        pass_by(server, STALL_S)
        assert peer.call().status == OK


def test_a_peer_that_gives_no_sign_of_life_is_left(server):
    """It has vanished with its cable: no FIN, no RST, a call under way."""
    mark = server.process.mark()
    with Peer(server) as peer:
        chat = peer.open(headers("/test.Echo/Chat"))
        peer.send(peer.data_frame(chat, message(b"hello")))
        peer.wait_for(frames.DataFrame)
        pass_by(server, SILENCE_S)
        peer.wait_for(frames.PingFrame)
        pass_by(server, STALL_S)
        line = server.process.wait_line("no sign of life", after=mark)
        assert f":{peer.socket.getsockname()[1]} " in line and "level=warn" in line
        server.process.wait_line("^gone", after=mark)
        assert peer.until_closed() is None


def test_an_idle_peer_is_not_pinged(server):
    with Peer(server) as peer:
        peer.call()
        pass_by(server, SILENCE_S + STALL_S)
        pass_by(server, 0)
        peer.ping()
        assert not [frame for frame in peer.others if isinstance(frame, frames.PingFrame)
                    and "ACK" not in frame.flags]


# -- old age -------------------------------------------------------------------------------


def test_an_old_connection_is_asked_to_leave_and_its_calls_are_served(server):
    with Peer(server) as peer, Peer(server) as young:
        held = hold(server, peer)
        later(peer, AGE_S * 11 // 10)
        notice = peer.wait_for(frames.GoAwayFrame)
        last = peer.open(headers("/test.Echo/Release"))
        peer.send(peer.data_frame(last, message(b""), end=True))
        answers = [peer.answer(stream) for stream in (held, last)]
        assert (notice.last_stream_id, notice.error_code) == (EVERY_STREAM, h2peer.NO_ERROR)
        assert [answer.data for answer in answers] == [message(b"held"), message(b"")]
        assert peer.until_closed() == (h2peer.NO_ERROR, "max_age")
        young.until_closed()   # as old as the other


def test_those_who_came_together_do_not_leave_together(server):
    """A tenth more or less: after an hour some of twenty are old, and the others only idle."""
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(Peer(server)) for _ in range(20)]
        for peer in peers:
            peer.ping()
        pass_by(server, AGE_S)
        reasons = {peer.until_closed() for peer in peers}
    assert reasons == {(h2peer.NO_ERROR, "max_age"), (h2peer.NO_ERROR, "max_idle")}


def test_who_ignores_that_it_should_leave_is_left_after_a_grace(server):
    """Its calls end with a status that says: elsewhere."""
    with Peer(server) as peer:
        held = hold(server, peer)
        chat = peer.open(headers("/test.Echo/Chat"))
        later(peer, AGE_S * 11 // 10)
        peer.wait_for(frames.GoAwayFrame)
        later(peer, AGE_GRACE_S)
        answers = [peer.answer(stream) for stream in (held, chat)]
        assert [answer.status for answer in answers] == [UNAVAILABLE] * 2
        assert answers[0].text == "the connection ends; go on with another"
        assert peer.until_closed() == (h2peer.NO_ERROR, "max_age")
    server.process.wait_line("^gone")


def test_a_stock_client_never_notices_that_its_connection_became_old(server):
    with server.channel() as channel:
        for _ in range(3):
            mark = server.process.mark()
            assert channel.unary(b"") == b""
            pass_by(server, AGE_S * 11 // 10)
            while not any("to=DRAINING" in line for line in server.process.lines[mark:]):
                assert channel.unary(b"hello") == b"hello"
