# SPDX-License-Identifier: Apache-2.0
"""gRPC as stock clients speak it, on the network's engine alone."""

import re
import threading

import grpc
import pytest

CALL_ID = re.compile("^[0-9a-f]{16}$")
MESSAGE_CAP = 1048576


@pytest.fixture
def channel(server):
    with server.channel() as channel:
        yield channel


def refusal(call, *arguments, **named):
    """The error that a call must end with."""
    with pytest.raises(grpc.RpcError) as error:
        answer = call(*arguments, **named)
        if not isinstance(answer, bytes):
            list(answer)
    return error.value


def metadata_of(pairs):
    return {pair.key: pair.value for pair in pairs}


@pytest.mark.parametrize("size", [0, 1, 1000, 65536, MESSAGE_CAP])
def test_a_message_comes_back_as_it_was(channel, size):
    assert channel.unary(bytes(range(256)) * (size // 256) + b"x" * (size % 256)) \
        == bytes(range(256)) * (size // 256) + b"x" * (size % 256)


def test_a_message_over_the_cap_is_refused_with_its_status(channel):
    error = refusal(channel.unary, bytes(MESSAGE_CAP + 1))
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "larger than the limit" in error.details()


def test_every_answer_names_its_call_by_another_id(channel):
    seen = set()
    for _ in range(10):
        _, call = channel.unary.with_call(b"")
        name = metadata_of(call.initial_metadata())["stafett-call"]
        assert CALL_ID.match(name)
        seen.add(name)
    assert len(seen) == 10


def test_a_refusal_names_its_call_too(channel):
    error = refusal(channel.unary, b"", metadata=[("x-code", "5")])
    assert CALL_ID.match(metadata_of(error.initial_metadata() + error.trailing_metadata())["stafett-call"])


def test_any_text_survives_as_a_status_message(channel):
    error = refusal(channel.unary, b"", metadata=[("x-code", "9"), ("x-message", "100% of it, or 0 %41")])
    assert error.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert error.details() == "100% of it, or 0 %41"


def test_details_and_pushback_of_a_status_arrive(channel):
    error = refusal(channel.unary, b"", metadata=[
        ("x-code", "8"), ("x-message", "later"), ("x-details", "packed"), ("x-pushback", "1500")])
    trailing = metadata_of(error.trailing_metadata())
    assert trailing["grpc-status-details-bin"] == b"packed"
    assert trailing["grpc-retry-pushback-ms"] == "1500"


def test_an_unknown_method_is_unimplemented(server, channel):
    unknown = channel.channel.unary_unary("/test.Echo/NoSuchMethod")
    assert refusal(unknown, b"").code() == grpc.StatusCode.UNIMPLEMENTED


def test_a_compressed_request_is_unimplemented_and_says_what_is_accepted(server):
    with server.channel(default_compression_algorithm=2) as channel:
        error = refusal(channel.unary, b"a" * 10000)
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED
    assert "identity" in error.details()


@pytest.mark.parametrize("size, code", [(9000, None), (20000, "RESOURCE_EXHAUSTED")])
def test_headers_have_a_budget(server, size, code):
    with server.channel(max_metadata_size=65536) as channel:
        metadata = [("x-large", "a" * size)]
        if code is None:
            assert channel.unary(b"hello", metadata=metadata) == b"hello"
        else:
            assert refusal(channel.unary, b"hello", metadata=metadata).code().name == code


def test_a_deadline_reaches_the_owner_and_the_caller(server, channel):
    mark = server.process.mark()
    error = refusal(channel.hold, b"", timeout=0.2)
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    name = server.process.wait_line("^held", after=mark).split()[1]
    server.process.wait_line(f"^gone {name}", after=mark)


def test_a_cancelled_call_reaches_the_owner(server, channel):
    mark = server.process.mark()
    future = channel.hold.future(b"")
    name = server.process.wait_line("^held", after=mark).split()[1]
    future.cancel()
    server.process.wait_line(f"^gone {name}", after=mark)
    server.process.wait_line(f"^ended {name} /test.Echo/Hold -1 ", after=mark)


def test_a_lost_connection_reaches_the_owners_of_its_calls(server):
    mark = server.process.mark()
    with server.channel() as channel:
        futures = [channel.hold.future(b"") for _ in range(10)]
        names = [line.split()[1] for line in server.wait_lines("^held", 10, after=mark)]
    assert len(futures) == len(set(names))
    for name in names:
        server.process.wait_line(f"^gone {name}", after=mark)


def test_calls_that_wait_are_answered_from_another_call(server, channel):
    mark = server.process.mark()
    futures = [channel.hold.future(str(n).encode()) for n in range(50)]
    server.wait_lines("^held", 50, after=mark)
    with server.channel() as other:
        other.release(b"")
    assert [future.result() for future in futures] == [str(n).encode() for n in range(50)]


def test_the_owner_hears_who_calls(server, channel):
    mark = server.process.mark()
    channel.unary(b"")
    line = server.process.wait_line("^ended", after=mark)
    assert line.endswith(" /test.Echo/Unary 0 urn:stafett:org:2120001132:member:maria")


@pytest.mark.parametrize("method", ["repeat", "burst"])
@pytest.mark.parametrize("count, size", [(0, 0), (1, 0), (3, 10), (1000, 100), (20, 100000)])
def test_a_stream_brings_every_message_in_its_size(channel, method, count, size):
    metadata = [("x-count", str(count)), ("x-size", str(size))]
    assert [len(m) for m in getattr(channel, method)(b"", metadata=metadata)] == [size] * count


def test_a_stream_that_its_reader_leaves_ends_at_the_owner(server, channel):
    mark = server.process.mark()
    stream = channel.repeat(b"", metadata=[("x-count", "1000000"), ("x-size", "10000")])
    next(stream)
    stream.cancel()
    server.process.wait_line("^gone", after=mark)


def test_a_stream_may_last_longer_than_a_unary_call_but_not_than_its_deadline(channel):
    def slowly():
        yield b"one"
        threading.Event().wait(0.1)
        yield b"two"
        threading.Event().wait()

    stream = channel.chat(slowly(), timeout=0.5)
    assert [next(stream), next(stream)] == [b"one", b"two"]
    assert refusal(stream.__next__).code() == grpc.StatusCode.DEADLINE_EXCEEDED


def test_an_owner_may_lose_patience_with_a_stream(server, channel):
    mark = server.process.mark()
    error = refusal(channel.paced, iter([b"one", b"two"]), metadata=[("x-patience", "50")])
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    server.process.wait_line("^gone", after=mark)


def test_a_conversation_is_answered_message_by_message(channel):
    answers = channel.chat(iter([]))
    assert list(answers) == []
    heard = threading.Semaphore(1)

    def ask():
        for n in range(100):
            heard.acquire()
            yield str(n).encode()

    for n, answer in enumerate(channel.chat(ask())):
        assert answer == str(n).encode()
        heard.release()


def test_a_conversation_of_large_messages_outgrows_every_window(channel):
    messages = [bytes([n]) * 700000 for n in range(20)]
    assert list(channel.chat(iter(messages))) == messages


def test_a_client_may_stream_many_messages_small_and_large(channel):
    assert channel.collect(iter([])) == b"0 0"
    assert channel.collect(iter([b"x"] * 5000)) == b"5000 5000"
    assert channel.collect(iter([b"x" * 300000] * 20)) == b"20 6000000"


def test_hundred_calls_at_once_share_a_connection(channel):
    futures = [channel.unary.future(str(n).encode()) for n in range(500)]
    assert [future.result() for future in futures] == [str(n).encode() for n in range(500)]


def test_a_busy_client_is_never_taken_for_an_attacker(server, channel):
    """Thousands of answers make a client send window updates and pings of its own."""
    mark = server.process.mark()
    for n in range(3000):
        assert channel.unary(b"x" * 200) == b"x" * 200
    for _ in range(20):
        assert len(list(channel.repeat(b"", metadata=[("x-count", "100"), ("x-size", "5000")]))) == 100
    assert "connection ended" not in "\n".join(server.process.lines[mark:])


def test_large_answers_cross_small_windows(server):
    with server.channel(**{"http2.lookahead_bytes": 1024, "http2.bdp_probe": 0}) as channel:
        futures = [channel.unary.future(bytes([n]) * 500000) for n in range(8)]
        assert [future.result() for future in futures] == [bytes([n]) * 500000 for n in range(8)]
