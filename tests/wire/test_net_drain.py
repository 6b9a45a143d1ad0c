# SPDX-License-Identifier: Apache-2.0
"""A server that leaves: what has begun is finished, and nobody is cut off."""

import signal

import echo
import h2peer
import pytest
from h2peer import Peer, headers, message
from hyperframe import frame as frames

EVERY_STREAM = 2**31 - 1


@pytest.fixture
def leaving(build, work, request):
    """A server of the test's own; the test ends it."""
    server = echo.EchoServer(build, work / request.node.name)
    yield server
    if server.process.is_running():
        server.process.popen.kill()


def hold(peer, text):
    """Begins a call that waits at the server."""
    stream = peer.open(headers("/test.Echo/Hold"))
    peer.send(peer.data_frame(stream, message(text), end=True))
    return stream


def acknowledge(peer, *more):
    """Answers the ping that came with the first GOAWAY; |more| goes in the same write."""
    ping = next((frame for frame in peer.others if isinstance(frame, frames.PingFrame)), None)
    ping = ping or peer.wait_for(frames.PingFrame)
    peer.send(frames.PingFrame(0, opaque_data=ping.opaque_data, flags=["ACK"]), *more)


def release(peer):
    """Answers all calls that wait."""
    stream = peer.open(headers("/test.Echo/Release"))
    peer.send(peer.data_frame(stream, message(b""), end=True))
    return stream


def test_goaway_comes_twice_and_calls_between_the_two_are_served(leaving):
    with Peer(leaving) as peer:
        early = hold(peer, b"early")
        leaving.process.wait_line("^held")
        leaving.process.send_signal(signal.SIGTERM)
        notice = peer.wait_for(frames.GoAwayFrame)
        late = hold(peer, b"late")
        last = release(peer)
        acknowledge(peer)
        binding = peer.wait_for(frames.GoAwayFrame)
        answers = [peer.answer(stream).data for stream in (early, late, last)]
        peer.until_closed()
    assert (notice.last_stream_id, notice.error_code) == (EVERY_STREAM, h2peer.NO_ERROR)
    assert (binding.last_stream_id, binding.error_code) == (last, h2peer.NO_ERROR)
    assert binding.additional_data == b"shutdown"
    assert answers == [message(b"early"), message(b"late"), message(b"")]
    leaving.wait_end()


def test_a_call_right_behind_the_answer_to_our_ping_is_served(leaving):
    """Stock clients write acknowledgements first, then the calls that they had begun."""
    with Peer(leaving) as peer:
        held = hold(peer, b"held")
        leaving.process.wait_line("^held")
        leaving.process.send_signal(signal.SIGTERM)
        peer.wait_for(frames.GoAwayFrame)
        stream = peer.stream()
        acknowledge(peer, peer.headers_frame(stream, headers("/test.Echo/Release")),
                    peer.data_frame(stream, message(b""), end=True))
        assert peer.answer(stream).status == peer.answer(held).status == 0
        assert peer.until_closed() == (h2peer.NO_ERROR, "shutdown")
    leaving.wait_end()


def test_a_call_after_the_second_goaway_is_not_begun(leaving):
    with Peer(leaving) as peer:
        held = hold(peer, b"")
        leaving.process.wait_line("^held")
        leaving.process.send_signal(signal.SIGTERM)
        peer.wait_for(frames.GoAwayFrame)
        acknowledge(peer)
        peer.wait_for(frames.GoAwayFrame)
        mark = leaving.process.mark()
        hold(peer, b"too late")
        peer.ping()
        assert not any(line.startswith("held") for line in leaving.process.lines[mark:])
        peer.send(frames.RstStreamFrame(held, error_code=h2peer.CANCEL))
        peer.until_closed()
    leaving.wait_end()


def test_a_peer_that_answers_no_ping_is_left_all_the_same(leaving):
    with Peer(leaving) as peer:
        peer.ping()
        leaving.process.send_signal(signal.SIGTERM)
        assert peer.until_closed() == (h2peer.NO_ERROR, "shutdown")
    leaving.wait_end()


def test_a_peer_in_the_middle_of_its_handshake_is_asked_to_leave_when_it_is_done(leaving):
    with Peer(leaving, greet=False) as peer:
        peer.write(h2peer.PREFACE)
        leaving.process.send_signal(signal.SIGTERM)
        leaving.process.wait_line("^draining")
        peer.send(frames.SettingsFrame(0))
        assert peer.until_closed() == (h2peer.NO_ERROR, "shutdown")
    leaving.wait_end()


def test_a_stock_client_loses_no_call(leaving):
    # A stock client opens nothing on a connection that is leaving: the peer does.
    with leaving.channel() as channel, Peer(leaving) as peer:
        peer.ping()
        futures = [channel.hold.future(b"%d" % n) for n in range(50)]
        leaving.wait_lines("^held", 50)
        leaving.process.send_signal(signal.SIGTERM)
        leaving.process.wait_line("^draining")
        peer.answer(release(peer))
        assert [future.result() for future in futures] == [b"%d" % n for n in range(50)]
    leaving.wait_end()
