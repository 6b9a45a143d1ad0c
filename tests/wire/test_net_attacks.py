# SPDX-License-Identifier: Apache-2.0
"""Hostile peers: each attack ends its own connection and disturbs nobody else."""

import contextlib
import itertools
import socket
import struct
import subprocess

import echo
import h2peer
import pytest
from caller import unpack_details
from h2peer import ENHANCE_YOUR_CALM, Peer, headers, message
from hyperframe import frame as frames

CONTROL_FRAMES, STREAMS, REPLY_BYTES, RETAINED_BYTES = 400, 100, 8388608, 4194304
SESSION_WINDOW = 1048576
FLOOD, BURST = 20000, 5000
REFUSED_STREAM, MEMBER_CONNECTIONS = 7, 100
BAD_CALLS, ABUSES, TRIES = 200, 2, 20
NUMBERS = itertools.count()
RESETS_SENT, RECORD_BYTES, FRAME_HEADER_BYTES = 100, 16384, 9


@pytest.fixture(autouse=True)
def bystander(server, request):
    """An honest client beside every attack: its calls work before and after, and the
    attacks that the test names as counted have been. They are a new member each time, of
    whom the server knows no wrong."""
    server.identity = server.authority.member(f"urn:stafett:org:2120001132:member:peer{next(NUMBERS)}")
    with Peer(server) as peer:
        before = echo.counts(peer)
        yield peer
        after = echo.counts(peer)
    assert server.process.is_running()
    for mark in request.node.iter_markers("counted"):
        for name in mark.args:
            assert after.get(name, 0) > before.get(name, 0), name


def flood(peer, *pieces, count=FLOOD):
    """Sends |pieces| again and again until the server has had enough; how it ends."""
    data = b"".join(piece.serialize() for piece in pieces)
    try:
        for _ in range(count // 100):
            peer.write(data * 100)
    except OSError:
        pass
    return peer.until_closed()


def burst(peer, pieces_of):
    """The |pieces_of| many streams, made before and sent at once: a server that has said
    goodbye does not wait long for who is still talking. How it ends."""
    data = b"".join(piece.serialize() for _ in range(BURST) for piece in pieces_of(peer.stream()))
    try:
        peer.write(data)
    except OSError:
        pass
    return peer.until_closed()


def logged(server, mark, cause):
    line = server.process.wait_line("connection ended|handshake refused", after=mark)
    assert cause in line and "level=warn" in line
    return True


# -- frames ----------------------------------------------------------------------------


@pytest.mark.counted("ATTACK_CONTROL_FRAMES")
@pytest.mark.parametrize("frame", [
    frames.SettingsFrame(0),
    frames.SettingsFrame(0, settings={4: 65535}),
    frames.WindowUpdateFrame(0, window_increment=1),
    frames.PriorityFrame(1, depends_on=0, stream_weight=1),
    frames.ExtensionFrame(0xbb, 0),
], ids=lambda frame: type(frame).__name__)
def test_a_flood_of_frames_without_work_is_cut_off(server, frame):
    mark = server.process.mark()
    with Peer(server, windows=False) as peer:
        code, text = flood(peer, frame)
    assert code == ENHANCE_YOUR_CALM
    assert logged(server, mark, text)


@pytest.mark.counted("ATTACK_PINGS")
def test_a_flood_of_pings_is_called_too_many_pings(server):
    mark = server.process.mark()
    with Peer(server) as peer:
        assert flood(peer, frames.PingFrame(0, opaque_data=bytes(8))) == (
            ENHANCE_YOUR_CALM, "too_many_pings")
    assert logged(server, mark, "too_many_pings")


def test_three_pings_too_early_are_forgiven_and_a_fourth_is_not(server):
    with Peer(server) as peer:
        for _ in range(3):
            peer.ping()
        peer.send(frames.PingFrame(0, opaque_data=bytes(8)))
        assert peer.until_closed() == (ENHANCE_YOUR_CALM, "too_many_pings")


def test_an_answer_forgives_the_pings_before_it(server):
    with Peer(server) as peer:
        for _ in range(50):
            peer.ping()
            peer.ping()
            assert peer.call().status == 0


@pytest.mark.counted("ATTACK_CONTROL_FRAMES")
@pytest.mark.parametrize("size", [0, 1])
def test_a_flood_of_data_frames_without_data_is_cut_off(server, size):
    with Peer(server) as peer:
        stream = peer.open(headers("/test.Echo/Collect"))
        assert flood(peer, peer.data_frame(stream, bytes(size))) == (
            ENHANCE_YOUR_CALM, "too_many_frames")


@pytest.mark.counted("ATTACK_SETTINGS")
def test_settings_with_many_entries_end_the_connection(server):
    mark = server.process.mark()
    with Peer(server) as peer:
        peer.send(frames.SettingsFrame(0, settings={n: 1 for n in range(100, 200)}))
        assert peer.until_closed()[0] == ENHANCE_YOUR_CALM
    assert logged(server, mark, "too_many_settings")


def test_acknowledgements_that_nobody_reads_do_not_pile_up(server):
    with Peer(server) as peer:
        for _ in range(10):
            peer.call()
        assert flood(peer, frames.PingFrame(0), frames.SettingsFrame(0))[0] == ENHANCE_YOUR_CALM


# -- streams ---------------------------------------------------------------------------


@pytest.mark.counted("ATTACK_RAPID_RESET")
def test_rapid_reset_is_cut_off(server):
    with Peer(server) as peer:
        assert burst(peer, lambda stream: [
            peer.headers_frame(stream, headers("/test.Echo/Hold")),
            frames.RstStreamFrame(stream, error_code=h2peer.CANCEL),
        ]) == (ENHANCE_YOUR_CALM, "too_many_cancels")


def test_a_client_may_take_back_a_thousand_calls(server):
    with Peer(server) as peer:
        for _ in range(10):
            for _ in range(100):
                stream = peer.open()
                peer.send(frames.RstStreamFrame(stream, error_code=h2peer.CANCEL))
            assert peer.call().status == 0


@pytest.mark.counted("ATTACK_OWN_RESETS")
def test_made_you_reset_is_cut_off(server):
    """Streams that we must reset for the peer's errors (CVE-2025-8671)."""
    mark = server.process.mark()
    with Peer(server, windows=False) as peer:
        assert burst(peer, lambda stream: [
            peer.headers_frame(stream, headers() + [("X-Upper", "1")]),
        ]) == (ENHANCE_YOUR_CALM, "too_many_resets")
    assert logged(server, mark, "too_many_resets")
    resets = sum(1 for answer in peer.answers.values() if answer.reset)
    assert resets <= RESETS_SENT + RECORD_BYTES // FRAME_HEADER_BYTES  # what one read has brought


@pytest.mark.parametrize("field", [("X-Upper", "1"), ("x-bad", "a\nb"), (":late", "1"),
                                   ("content-length", "x"), ("connection", "close"), ("te", "gzip")])
def test_headers_that_http_forbids_reset_their_stream_only(server, field):
    with Peer(server) as peer:
        answer = peer.answer(peer.open(headers(te=None) + [field]))
        assert answer.reset == h2peer.PROTOCOL_ERROR
        assert peer.call().status == 0


@pytest.mark.counted("ATTACK_PROTOCOL")
def test_more_streams_than_agreed_are_refused(server):
    with Peer(server) as peer:
        peer.ping()
        for _ in range(STREAMS + 1):
            peer.open(headers("/test.Echo/Hold"))
        assert peer.until_closed()[0] == h2peer.PROTOCOL_ERROR


def test_a_stream_too_many_of_a_peer_that_cannot_know_is_refused_untouched(server):
    """Our SETTINGS are not acknowledged yet: REFUSED_STREAM says that nothing was begun."""
    with Peer(server) as peer:
        streams = [peer.open(headers("/test.Echo/Hold")) for _ in range(STREAMS + 1)]
        assert peer.answer(streams[-1]).reset == REFUSED_STREAM
        assert not peer.answers.get(streams[-2])


def test_finished_streams_make_room_for_others_at_once(server):
    """A hundred calls in one write, and the next hundred before any answer was read."""
    with Peer(server) as peer:
        streams = []
        for _ in range(20):
            batch = [peer.stream() for _ in range(STREAMS)]
            peer.send(*[frame for stream in batch for frame in (
                peer.headers_frame(stream, headers()), peer.data_frame(stream, message(b"x"), True))])
            streams += batch
        assert [peer.answer(stream).status for stream in streams] == [0] * len(streams)


# -- headers ---------------------------------------------------------------------------


def split(stream, block, pieces):
    """A header block as HEADERS and |pieces| CONTINUATIONs."""
    size = len(block) // (pieces + 1) + 1
    parts = [block[n:n + size] for n in range(0, len(block), size)]
    return [frames.HeadersFrame(stream, data=parts[0])] + [
        frames.ContinuationFrame(stream, data=part, flags=["END_HEADERS"] * (n == len(parts) - 1))
        for n, part in enumerate(parts[1:], 1)]


def test_a_few_continuations_are_welcome(server):
    with Peer(server) as peer:
        stream = peer.stream()
        peer.send(*split(stream, peer.encoder.encode(headers()), 3),
                  peer.data_frame(stream, message(b"hello"), end=True))
        assert peer.answer(stream).status == 0


@pytest.mark.counted("ATTACK_CONTINUATION")
def test_a_flood_of_continuations_is_cut_off(server):
    with Peer(server) as peer:
        block = peer.encoder.encode([("x-a", "b")])
        peer.send(frames.HeadersFrame(peer.stream(), data=peer.encoder.encode(headers())))
        assert flood(peer, frames.ContinuationFrame(1, data=block)) == (
            ENHANCE_YOUR_CALM, "too_many_continuations")


@pytest.mark.counted("ATTACK_HEADER_LIST")
def test_an_hpack_bomb_is_cut_off(server):
    """Forty bytes a field on the wire become four thousand in the list."""
    mark = server.process.mark()
    before = server.resident_kb()
    with Peer(server) as peer:
        peer.send(peer.headers_frame(peer.stream(), headers() + [("x-bomb", "b" * 4000)] * 4000))
        assert peer.until_closed() == (ENHANCE_YOUR_CALM, "too_many_headers")
    assert logged(server, mark, "too_many_headers")
    assert server.resident_kb() - before < 4096


# -- time ------------------------------------------------------------------------------


def ends_unasked(session):
    """Reads until the server closes, which it must do by itself."""
    session.settimeout(60)
    try:
        while session.recv(65536):
            pass
    except (ConnectionError, OSError) as error:
        assert not isinstance(error, TimeoutError)
    return True


@pytest.mark.counted("ATTACK_HANDSHAKE_TIMEOUT")
def test_a_peer_that_says_nothing_is_left(server):
    mark = server.process.mark()
    with socket.create_connection(("127.0.0.1", server.port)) as silent, \
            socket.create_connection(("127.0.0.1", server.port)) as slow, \
            h2peer.connect(server.port, server.authority, server.identity) as no_preface, \
            Peer(server, greet=False) as no_settings:
        slow.sendall(b"\x16\x03\x01\x02")
        no_settings.write(h2peer.PREFACE)
        for session in (silent, slow, no_preface, no_settings.socket):
            assert ends_unasked(session)
    assert len(server.wait_lines("handshake refused.*took too long", 4, after=mark)) == 4


def test_more_slow_handshakes_than_places_do_not_keep_others_out(server):
    crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
    with Peer(server) as peer:
        assert peer.call().status == 0
    for session in crowd:
        session.close()


def test_a_server_without_descriptors_refuses_and_recovers(build, work):
    server = echo.EchoServer(build, work / "few", "prlimit", "--nofile=40")
    with Peer(server) as peer:
        crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
        server.process.wait_line("level=error.*out of descriptors")
        assert peer.call().status == 0
        for session in crowd:
            session.close()
    with Peer(server) as peer:
        assert peer.call().status == 0
    server.stop()


@pytest.mark.counted("ATTACK_STALL")
def test_a_peer_that_never_reads_is_left(server):
    """Windows of nothing, or of a byte: answers wait, but not for ever; and a blocked socket."""
    mark = server.process.mark()
    with Peer(server, windows=False, settings={4: 1}) as narrow, Peer(server) as blocked, \
            Peer(server, windows=False, settings={4: 0}) as closed_windows:
        for n in range(20):
            narrow.send(*_request(narrow, message(bytes(10000))))
            closed_windows.send(*_request(closed_windows, message(b""), headers("/test.Echo/Burst")))
        narrow.ping()
        closed_windows.ping()
        for n in range(10):
            blocked.send(*_request(blocked, b"\0\0\0\0\0", headers(
                "/test.Echo/Repeat", x_count="100000", x_size="100000")))
        lines = server.wait_lines("the peer has stopped reading", 3, after=mark)
        assert all("level=warn" in line for line in lines)
        assert ends_unasked(narrow.socket) and ends_unasked(closed_windows.socket)


@pytest.mark.counted("ATTACK_STALL")
def test_calls_whose_answers_cannot_leave_are_not_begun(server):
    """As many as may be under way, of a peer that never opens its windows."""
    mark = server.process.mark()
    with Peer(server, windows=False, settings={4: 0}) as peer:
        for _ in range(STREAMS):
            peer.send(*_request(peer, message(b""), headers("/test.Echo/Hold", grpc_timeout="100m")))
        answers = [peer.answer(stream) for stream in range(1, peer.next_stream, 2)]
    assert {answer.status for answer in answers} == {4}
    assert not any(line.startswith("held") for line in server.process.lines[mark:])


def _request(peer, data, fields=None):
    stream = peer.stream()
    return [peer.headers_frame(stream, fields or headers()), peer.data_frame(stream, data, True)]


# -- memory ----------------------------------------------------------------------------


def test_streams_that_nobody_reads_cost_no_memory(server):
    with Peer(server, windows=False, settings={4: 1}) as peer:
        before = server.resident_kb()
        for _ in range(50):
            peer.send(*_request(peer, b"\0\0\0\0\0", headers(
                "/test.Echo/Repeat", x_count="1000", x_size="65536")))
        peer.ping()
        assert server.resident_kb() - before < 50 * 2 * 65536 // 1024 + 4096


@pytest.mark.counted("ATTACK_REPLY")
def test_answers_that_nobody_reads_have_a_cap(server):
    """Ninety answers of a megabyte are not kept for a peer that does not read."""
    with Peer(server, windows=False, settings={4: 1}) as peer:
        peer.ping()
        streams = []
        for _ in range(90):
            streams.append(peer.open(headers("/test.Echo/Burst", x_count="1", x_size="1000000")))
            peer.send(peer.data_frame(streams[-1], b"\0\0\0\0\0", True))
        refused = [peer.answer(stream) for stream in streams[REPLY_BYTES // 1000000:]]
        assert {answer.status for answer in refused} == {8}
        assert refused[0].text == "too many answers wait to be read"


def test_a_burst_over_the_cap_fails_as_a_whole(server):
    with Peer(server, windows=False, settings={4: 1}) as peer:
        answer = peer.call(b"\0\0\0\0\0", headers("/test.Echo/Burst", x_count="20", x_size="1000000"))
        assert (answer.data, answer.status, answer.text) == (b"", 8, "too many answers wait to be read")
        assert peer.call(b"", headers("/unknown")).status == 12


@pytest.mark.counted("ATTACK_RETAINED")
def test_half_requests_have_a_cap(server):
    """A hundred prefixes of a megabyte each: four are believed."""
    with Peer(server) as peer:
        streams = [peer.open() for _ in range(50)]
        peer.send(*[peer.data_frame(stream, b"\0\0\x10\0\0") for stream in streams])
        refused = [peer.answer(stream) for stream in streams[RETAINED_BYTES // 2**20:]]
        assert {answer.status for answer in refused} == {8}
        assert len({answer.pushback_ms for answer in refused}) > 1   # they do not come back together


def test_who_is_put_off_by_the_engine_is_told_why_and_until_when(server):
    """As the services tell it; what is wrong with the call itself will not pass."""
    with Peer(server) as peer:
        streams = [peer.open() for _ in range(5)]
        peer.send(*[peer.data_frame(stream, b"\0\0\x10\0\0") for stream in streams])
        put_off = peer.answer(streams[-1])
        wrong = peer.call(b"\0\xff\xff\xff\xff", end=False)
    status, details = unpack_details(put_off.details)
    assert (status.code, status.message) == (put_off.status, put_off.text) == (
        8, "too many requests are under way on this connection")
    info, retry = details["google.rpc.ErrorInfo"], details["google.rpc.RetryInfo"].retry_delay
    assert (info.reason, info.domain, info.metadata["layer"]) == ("OVERLOADED", "stafett", "server")
    assert 250 <= put_off.pushback_ms < 750
    assert retry.seconds * 1000 + retry.nanos // 1000000 == put_off.pushback_ms
    assert (wrong.status, wrong.pushback_ms, wrong.details) == (8, None, b"")


def test_input_that_no_owner_takes_has_a_cap(server):
    """Conversations whose answers nobody reads keep what was said, up to a limit:
    about 170 KB each, when their owners have heard the first 70."""
    with Peer(server, windows=False, settings={4: 1}) as peer:
        peer.ping()
        streams = []
        for _ in range(40):
            streams.append(peer.open(headers("/test.Echo/Chat")))
            peer.send(*[peer.data_frame(streams[-1], message(bytes(8000))) for _ in range(30)])
        peer.ping()
        reset = [stream for stream in streams if peer.answers[stream].ended]
        assert {peer.answers[stream].reset for stream in reset} == {ENHANCE_YOUR_CALM}
        assert len(streams) - len(reset) <= RETAINED_BYTES // 160000


# -- connections -----------------------------------------------------------------------


@pytest.mark.counted("ATTACK_CONNECTIONS")
def test_one_member_does_not_take_every_connection(server):
    """The bystander has one of them. Who leaves makes room for another."""
    mark = server.process.mark()
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(Peer(server)) for _ in range(MEMBER_CONNECTIONS - 1)]
        for peer in crowd:
            assert peer.call().status == 0
        with Peer(server) as late:
            assert late.until_closed() == (ENHANCE_YOUR_CALM, "too_many_connections")
        assert logged(server, mark, "too_many_connections")
        other = server.authority.member("urn:stafett:org:2120001132:member:kim")
        with server.channel(other) as channel:
            assert channel.unary(b"hello") == b"hello"
        mark = server.process.mark()
        crowd[0].socket.close()
        server.process.wait_line("to=CLOSED", after=mark)
        with Peer(server) as next_one:
            assert next_one.call().status == 0


def abuse(server):
    """How it is sent away."""
    with contextlib.suppress(OSError), Peer(server, windows=False) as peer:
        return flood(peer, frames.WindowUpdateFrame(0, window_increment=1))


@pytest.mark.counted("ATTACK_SHUT_OUT")
def test_a_member_that_comes_back_from_abuse_is_shut_out_and_no_other(server, bystander):
    """Those of its connections that did nothing wrong stay."""
    shut_out = (ENHANCE_YOUR_CALM, "shut_out_for_a_while")
    assert [abuse(server) for _ in range(ABUSES)] == [(ENHANCE_YOUR_CALM, "too_many_frames")] * ABUSES
    with Peer(server) as peer:
        assert peer.call().status == 0
    # For longer each time: on a slow machine it may be welcome again for a while.
    assert any(abuse(server) == shut_out for _ in range(TRIES))
    assert bystander.call().status == 0
    other = server.authority.member("urn:stafett:org:2120001132:member:kim")
    with server.channel(other) as channel:   # from the same address
        assert channel.unary(b"hello") == b"hello"


def changed(name, value):
    """The headers of a usual call but for one."""
    return [(each, value if each == name else its) for each, its in headers()]


@pytest.mark.counted("ATTACK_BAD_CALLS")
@pytest.mark.parametrize("fields, data", [
    (changed(":path", "/test.Echo/Nothing"), message(b"")),
    (headers(te=None), message(b"")),
    (changed(":method", "PUT"), message(b"")),
    ([*headers(), ("grpc-timeout", "soon")], message(b"")),
    (headers(), b"\xff\xff\xff\xff\xff"),
], ids=["path", "te", "method", "timeout", "prefix"])
def test_calls_that_are_none_are_answered_and_too_many_end_the_connection(server, fields, data):
    with Peer(server) as peer:
        peer.call(fields=fields, data=data)
        assert peer.call().status == 0
        with contextlib.suppress(OSError, AssertionError):   # as many as may be under way, again and again
            for _ in range(BAD_CALLS):
                peer.send(*[frame for stream in [peer.stream() for _ in range(STREAMS - 10)] for frame in (
                    peer.headers_frame(stream, fields), peer.data_frame(stream, data, True))])
                peer.ping()
        assert peer.until_closed() == (ENHANCE_YOUR_CALM, "too_many_bad_calls")


@pytest.mark.parametrize("ends", ["fin", "reset"])
def test_peers_that_leave_without_a_word_of_tls_leave_nothing_behind(server, ends):
    """No close_notify: the end of a crashed client, or of its whole machine."""
    mark = server.process.mark()
    for _ in range(20):
        peer = Peer(server)
        stream = peer.open(headers("/test.Echo/Hold"))
        peer.send(peer.data_frame(stream, message(b""), end=True))
        server.process.wait_line("^held", after=mark)
        mark = server.process.mark()
        if ends == "reset":
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.socket(fileno=peer.socket.detach()).close()
        server.process.wait_line("^gone", after=mark)
    assert not any("level=warn" in line for line in server.process.lines[mark:])


# -- TLS -------------------------------------------------------------------------------


@pytest.mark.parametrize("count, ask, end", [(5, 0, "answered"), (5, 1, "answered"),
                                             (1000, 0, "closed"), (1000, 1, "closed")])
def test_keys_may_change_but_not_all_the_time(server, build, work, count, ask, end):
    paths = server.identity.write(work, f"updater-{count}-{ask}")
    done = subprocess.run(
        [build / "tests" / "wire" / "key_update", str(server.port), *paths, str(count), str(ask)],
        capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == end


@pytest.mark.counted("ATTACK_PROTOCOL")
def test_garbage_inside_tls_is_no_http2(server):
    mark = server.process.mark()
    with Peer(server, greet=False) as peer:
        peer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        peer.until_closed()
    assert logged(server, mark, "does not speak HTTP/2")
