# SPDX-License-Identifier: Apache-2.0
"""gRPC byte by byte: what a call must look like, and how each flaw is answered."""

import h2peer
import pytest
from h2peer import Peer, headers, message
from hyperframe import frame as frames

OK, INVALID, NOT_FOUND, EXHAUSTED, UNIMPLEMENTED, INTERNAL, DEADLINE = 0, 3, 5, 8, 12, 13, 4
UNAVAILABLE = 14


@pytest.fixture
def peer(server):
    with Peer(server) as peer:
        yield peer


# -- the shape of an answer --------------------------------------------------------


def test_an_answer_is_headers_message_trailers(peer):
    answer = peer.call(message(b"hello"))
    assert answer.head[":status"] == "200"
    assert answer.head["content-type"] == "application/grpc"
    assert len(answer.head["stafett-call"]) == 16
    assert answer.data == message(b"hello")
    assert answer.trailers == {"grpc-status": "0"}
    assert answer.reset is None


def test_a_refusal_without_a_message_is_one_headers_frame(peer):
    answer = peer.call(fields=headers(x_code="5", x_message="gone fishing"))
    assert answer.is_trailers_only
    assert (answer.status, answer.text) == (NOT_FOUND, "gone fishing")
    assert answer.head[":status"] == "200"
    assert len(answer.head["stafett-call"]) == 16


def test_a_status_message_is_percent_encoded_in_upper_case(peer):
    text = "100% ünïcode\t"
    answer = peer.call(fields=headers(x_code="5", x_message=text + "!"))
    assert answer.text == "100%25 %C3%BCn%C3%AFcode%09!"


def test_details_are_unpadded_base64(peer):
    answer = peer.call(fields=headers(x_code="5", x_details="a"))
    assert answer.head["grpc-status-details-bin"] == "YQ"


@pytest.mark.parametrize("code", range(1, 17))
def test_a_status_is_a_plain_number_with_its_pushback(peer, code):
    answer = peer.call(fields=headers(x_code=str(code), x_pushback="1500"))
    assert answer.is_trailers_only
    assert (answer.head["grpc-status"], answer.head["grpc-retry-pushback-ms"]) == (str(code), "1500")


def test_no_answer_offers_a_compression(peer):
    """Who never says that it takes gzip meets no bombs of it."""
    for answer in (peer.call(), peer.call(fields=headers(x_code="5")), peer.call(b"")):
        assert not {"grpc-encoding", "grpc-accept-encoding"} & {*answer.head, *answer.trailers}


# -- the request's headers -----------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PUT", "post"])
def test_another_method_than_post_is_405_of_http(peer, method):
    answer = peer.call(fields=headers(_method=method))
    assert answer.head[":status"] == "405"
    assert answer.head["allow"] == "POST"
    assert "grpc-status" not in answer.head and len(answer.head["stafett-call"]) == 16


@pytest.mark.parametrize("kind", ["application/grpc", "application/grpc+proto",
                                  "application/grpc;charset=utf-8", "application/grpc+proto;x=1"])
def test_every_name_of_grpc_with_protobuf_is_taken(peer, kind):
    assert peer.call(fields=headers(content_type=kind)).status == OK


@pytest.mark.parametrize("kind", ["application/json", "application/grpc+json", "application/grpcx",
                                  "application/grpc-web", "text/html", None])
def test_another_content_type_is_415_of_http(peer, kind):
    answer = peer.call(fields=headers(content_type=kind))
    assert answer.head[":status"] == "415"
    assert "grpc-status" not in answer.head and len(answer.head["stafett-call"]) == 16


def test_a_call_that_takes_no_trailers_is_refused(peer):
    answer = peer.call(fields=headers(te=None))
    assert (answer.status, answer.is_trailers_only) == (INTERNAL, True)


@pytest.mark.parametrize("path", ["/", "/test.Echo/unary", "/test.echo/Unary", "/test.Echo/Unary/",
                                  "/test.Echo/Unary?x=1", "/test.Echo/", "*"])
def test_an_unknown_path_is_unimplemented(peer, path):
    fields = headers(path)
    if path == "*":
        fields = headers("/*")
    answer = peer.call(fields=fields)
    assert (answer.status, answer.is_trailers_only) == (UNIMPLEMENTED, True)


@pytest.mark.parametrize("timeout", ["", "S", "1", "1s", "123456789S", "-1S", "1.5S", " 1S", "1 S"])
def test_a_malformed_timeout_is_refused(peer, timeout):
    answer = peer.call(fields=headers(grpc_timeout=timeout))
    if answer.reset is None:
        assert answer.status == INTERNAL
    else:  # HTTP itself allows no blanks around a value
        assert timeout.startswith(" ") and answer.reset == h2peer.PROTOCOL_ERROR


@pytest.mark.parametrize("timeout", ["99999999H", "1M", "10S", "5000m", "5000000u", "99999999n"])
def test_every_unit_of_a_timeout_is_understood(peer, timeout):
    assert peer.call(fields=headers(grpc_timeout=timeout)).status == OK


@pytest.mark.parametrize("timeout", ["0S", "1n"])
def test_a_call_that_comes_too_late_is_not_begun(server, peer, timeout):
    mark = server.process.mark()
    assert peer.call(fields=headers("/test.Echo/Hold", grpc_timeout=timeout)).status == DEADLINE
    assert not any(line.startswith("held") for line in server.process.lines[mark:])


def test_the_deadline_of_a_waiting_call_is_answered_by_the_server(peer):
    answer = peer.call(fields=headers("/test.Echo/Hold", grpc_timeout="100m"))
    assert (answer.status, answer.is_trailers_only) == (DEADLINE, True)


def test_the_deadline_of_a_request_that_never_comes_is_answered(peer):
    stream = peer.open(headers(grpc_timeout="100m"))
    answer = peer.answer(stream)
    assert answer.status == DEADLINE
    assert peer.wait_for(frames.RstStreamFrame).error_code == h2peer.NO_ERROR


@pytest.mark.parametrize("window", [1, 10, 104, 105])
def test_the_deadline_of_a_stream_that_nobody_reads_cancels_it(server, window):
    """Trailers would have to wait behind the message that is stuck."""
    with Peer(server, windows=False, settings={frames.SettingsFrame.INITIAL_WINDOW_SIZE: window}) as peer:
        answer = peer.call(fields=headers("/test.Echo/Repeat", grpc_timeout="100m", x_count="5", x_size="99"))
        assert answer.data == (message(bytes(99)) * 5)[:window]
        assert answer.reset == h2peer.CANCEL


def test_too_many_headers_are_refused_in_words(peer):
    answer = peer.call(fields=headers() + [(f"x-{n}", "a" * 1000) for n in range(20)])
    assert (answer.status, answer.is_trailers_only) == (EXHAUSTED, True)
    assert peer.call().status == OK


def test_the_first_of_two_equal_headers_counts(peer):
    answer = peer.call(fields=headers(x_code="5") + [("x-code", "3")])
    assert answer.status == NOT_FOUND


# -- a peer that takes no byte of an answer ---------------------------------------------

WINDOW, NO_WINDOW = frames.SettingsFrame.INITIAL_WINDOW_SIZE, {frames.SettingsFrame.INITIAL_WINDOW_SIZE: 0}
DEFAULT_WINDOW = 65535


def ask(peer, path="/test.Echo/Hold", **fields):
    """A whole request; its answer is not waited for."""
    stream = peer.open(headers(path, **fields))
    peer.send(peer.data_frame(stream, message(b"hello"), end=True))
    return stream


def is_begun(server, mark):
    return any(line.startswith("held") for line in server.process.lines[mark:])


@pytest.mark.parametrize("opens", [
    lambda stream: frames.WindowUpdateFrame(stream, window_increment=1000),
    lambda stream: frames.SettingsFrame(0, settings={WINDOW: 1000}),
], ids=["window update", "settings"])
def test_a_call_is_begun_when_its_answer_can_leave(server, opens):
    """A well-behaved client may begin with no window and open it later."""
    mark = server.process.mark()
    with Peer(server, windows=False, settings=NO_WINDOW) as peer:
        stream = ask(peer)
        peer.ping()
        assert not is_begun(server, mark)
        peer.send(opens(stream))
        server.process.wait_line("^held", after=mark)
        peer.send(opens(ask(peer, "/test.Echo/Release")))
        assert peer.answer(stream).data == message(b"hello") and peer.answer(stream).status == OK


def test_a_call_waits_for_the_window_of_its_session_too(server):
    """Which another answer has used up."""
    mark = server.process.mark()
    with Peer(server, windows=False, settings={WINDOW: 2**20}) as peer:
        large = ask(peer, "/test.Echo/Repeat", x_count="1", x_size="70000")
        while sum(len(answer.data) for answer in peer.answers.values()) < DEFAULT_WINDOW:
            assert peer.read_frame()
        held = ask(peer)
        peer.ping()
        assert not is_begun(server, mark)
        peer.send(frames.WindowUpdateFrame(0, window_increment=2**20))
        assert peer.answer(large).status == OK
        server.process.wait_line("^held", after=mark)
        ask(peer, "/test.Echo/Release")
        assert peer.answer(held).status == OK


def test_a_call_whose_answer_cannot_leave_is_not_begun_before_its_deadline(server):
    mark = server.process.mark()
    with Peer(server, windows=False, settings=NO_WINDOW) as peer:
        answer = peer.answer(ask(peer, grpc_timeout="100m"))
        assert (answer.status, answer.is_trailers_only) == (DEADLINE, True)
        stream = ask(peer, "/test.Echo/Repeat", grpc_timeout="100m", x_count="5", x_size="99")
        assert peer.answer(stream).status == DEADLINE
        peer.send(frames.SettingsFrame(0, settings={WINDOW: 1000}))
        assert peer.call().status == OK
    assert not is_begun(server, mark)


def test_a_call_that_waits_for_a_window_can_be_taken_back(server):
    mark = server.process.mark()
    with Peer(server, windows=False, settings=NO_WINDOW) as peer:
        stream = ask(peer)
        peer.send(frames.RstStreamFrame(stream, error_code=h2peer.CANCEL))
        peer.send(frames.SettingsFrame(0, settings={WINDOW: 1000}))
        assert peer.call().status == OK
    assert not is_begun(server, mark)
    server.process.wait_line("^ended .*/Hold -1 ", after=mark)


def test_what_is_refused_needs_no_window(server):
    with Peer(server, windows=False, settings=NO_WINDOW) as peer:
        assert peer.call(b"").status == UNIMPLEMENTED
        assert peer.call(fields=headers("/unknown")).status == UNIMPLEMENTED


# -- the request's message -----------------------------------------------------------


def test_the_end_may_come_on_an_empty_frame(peer):
    stream = peer.open()
    peer.send(peer.data_frame(stream, message(b"hello")), peer.data_frame(stream, b"", end=True))
    assert peer.answer(stream).data == message(b"hello")


def test_the_end_may_come_as_trailers(peer):
    stream = peer.open()
    peer.send(peer.data_frame(stream, message(b"hello")),
              peer.headers_frame(stream, [("x-trailer", "1")], end=True))
    assert peer.answer(stream).data == message(b"hello")


def test_a_message_may_come_byte_by_byte(peer):
    stream = peer.open()
    body = message(b"hello")
    for n, byte in enumerate(body):
        peer.send(peer.data_frame(stream, bytes([byte]), end=n == len(body) - 1))
    assert peer.answer(stream).data == body


def test_padding_is_not_part_of_a_message(peer):
    stream = peer.open()
    peer.send(frames.DataFrame(stream, data=message(b"hello"), pad_length=200,
                               flags=["PADDED", "END_STREAM"]))
    assert peer.answer(stream).data == message(b"hello")


@pytest.mark.parametrize("body, code", [
    (b"", UNIMPLEMENTED),                              # no message
    (message(b"a") + message(b"b"), UNIMPLEMENTED),    # two messages
    (message(b"a") * 100, UNIMPLEMENTED),
    (message(b"a") + b"\0", INTERNAL),                 # one and a bit
    (b"\0", INTERNAL),                                 # half a prefix
    (message(b"hello")[:-1], INTERNAL),                # half a message
    (message(b"hello", flag=1), INTERNAL),             # compressed with nothing
    (message(b"hello", flag=2), INTERNAL),             # no such flag
    (message(b"hello", flag=255), INTERNAL),
    (b"\0\xff\xff\xff\xff", EXHAUSTED),                # 4 GiB announced
    (b"\0\x00\x10\x00\x01", EXHAUSTED),                # one byte over the cap
])
def test_a_malformed_body_has_its_status(peer, body, code):
    answer = peer.call(body)
    assert (answer.status, answer.is_trailers_only) == (code, True)
    assert peer.call().status == OK


@pytest.mark.parametrize("encoding, code", [
    ("identity", INTERNAL), ("gzip", UNIMPLEMENTED), ("deflate", UNIMPLEMENTED), ("br", UNIMPLEMENTED)])
def test_a_compressed_message_is_judged_by_its_encoding(peer, encoding, code):
    answer = peer.call(message(b"hello", flag=1), headers(grpc_encoding=encoding))
    assert answer.status == code
    if code == UNIMPLEMENTED:
        assert answer.head["grpc-accept-encoding"] == "identity"


def test_an_encoding_that_is_only_announced_does_no_harm(peer):
    assert peer.call(message(b"hello"), headers(grpc_encoding="gzip")).status == OK


@pytest.mark.parametrize("body", [b"\0\xff\xff\xff\xff", message(b"", flag=2), message(b"a") + message(b"b")])
def test_a_hopeless_request_is_answered_before_its_end_and_then_let_go(peer, body):
    stream = peer.open()
    peer.send(peer.data_frame(stream, body))
    assert peer.answer(stream).is_trailers_only
    assert peer.wait_for(frames.RstStreamFrame).error_code == h2peer.NO_ERROR
    peer.send(peer.data_frame(stream, bytes(10000)))  # was under way already
    assert peer.call().status == OK


@pytest.mark.parametrize("fields", [headers(_method="GET"), headers(content_type="text/plain"),
                                    headers("/unknown"), headers(te=None)])
def test_refused_headers_are_answered_before_the_body(peer, fields):
    stream = peer.open(fields)
    peer.answer(stream)
    assert peer.wait_for(frames.RstStreamFrame).error_code == h2peer.NO_ERROR


# -- a call that is taken back ---------------------------------------------------------


@pytest.mark.parametrize("code", [h2peer.CANCEL, h2peer.NO_ERROR, h2peer.INTERNAL_ERROR])
def test_a_reset_by_the_peer_cancels_its_call_only(server, peer, code):
    mark = server.process.mark()
    taken_back, kept = [peer.open(headers("/test.Echo/Hold")) for _ in range(2)]
    for stream in (taken_back, kept):
        peer.send(peer.data_frame(stream, message(b"%d" % stream), end=True))
    names = [line.split()[1] for line in server.wait_lines("^held", 2, after=mark)]
    peer.send(frames.RstStreamFrame(taken_back, error_code=code))
    server.process.wait_line(f"^gone {names[0]}", after=mark)
    assert peer.call(fields=headers("/test.Echo/Release")).status == OK
    assert peer.answer(kept).data == message(b"%d" % kept)
    assert not peer.answers.get(taken_back)


def test_a_call_that_is_taken_back_before_its_message_was_never_begun(server, peer):
    mark = server.process.mark()
    stream = peer.open(headers("/test.Echo/Hold"))
    peer.send(peer.data_frame(stream, message(b"hello")[:-1]),
              frames.RstStreamFrame(stream, error_code=h2peer.CANCEL))
    assert peer.call().status == OK
    assert not any(line.startswith(("held", "gone")) for line in server.process.lines[mark:])


# -- pings -----------------------------------------------------------------------------


def test_a_ping_is_answered_with_its_own_bytes(peer):
    peer.ping(b"12345678")
    peer.ping(bytes(8))


def test_every_message_of_a_stream_forgives_the_pings_before_it(server):
    """What a client sends to measure the line, after data: gRFC A8 asks for it."""
    with Peer(server) as peer:
        stream = peer.open(headers("/test.Echo/Chat"))
        for n in range(50):
            peer.send(peer.data_frame(stream, message(b"%d" % n)))
            peer.wait_for(frames.DataFrame)
            peer.ping()
            peer.ping()


# -- streams -------------------------------------------------------------------------


@pytest.mark.parametrize("method, body, code", [
    ("Chat", message(b"a", flag=2), INTERNAL), ("Chat", b"\0\0", INTERNAL),
    ("Collect", b"\0\xff\xff\xff\xff", EXHAUSTED), ("Collect", message(b"x", flag=1), INTERNAL)])
def test_a_malformed_message_ends_a_stream_whose_owner_knows_it(server, peer, method, body, code):
    mark = server.process.mark()
    stream = peer.open(headers(f"/test.Echo/{method}"))
    peer.send(peer.data_frame(stream, message(b"good")), peer.data_frame(stream, body, end=True))
    assert peer.answer(stream).status == code
    server.process.wait_line("^gone", after=mark)


def test_messages_of_a_stream_are_heard_while_it_is_open(peer):
    stream = peer.open(headers("/test.Echo/Chat"))
    for n in range(3):
        peer.send(peer.data_frame(stream, message(b"%d" % n)))
        peer.wait_for(frames.DataFrame)
    peer.send(peer.data_frame(stream, b"", end=True))
    answer = peer.answer(stream)
    assert answer.data == message(b"0") + message(b"1") + message(b"2")
    assert answer.status == OK


def test_a_peer_that_reads_nothing_is_not_heard_either(server):
    """A conversation whose answers wait is no longer read: its window is not given back."""
    with Peer(server, windows=False) as peer:
        peer.ping()  # the server's windows are agreed
        stream = peer.open(headers("/test.Echo/Chat"))
        peer.send(*[peer.data_frame(stream, message(bytes(8000))) for _ in range(32)])
        peer.ping()
        given = sum(frame.window_increment for frame in peer.others
                    if isinstance(frame, frames.WindowUpdateFrame) and frame.stream_id == stream)
        assert given < 180000
        peer.send(frames.WindowUpdateFrame(stream, window_increment=2**20),
                  frames.WindowUpdateFrame(0, window_increment=2**20),
                  peer.data_frame(stream, b"", end=True))
        assert peer.answer(stream).data == message(bytes(8000)) * 32
