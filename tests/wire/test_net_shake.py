# SPDX-License-Identifier: Apache-2.0
"""The first words of peers: slow ones, and those of addresses that waste what comes of them."""

import contextlib
import socket
import ssl
import struct

import echo
import h2peer
import pytest
from echo import counts
from h2peer import Peer, hello

SLOW_PEERS, WAITING_PEERS, TRIES = 600, 60, 20


@pytest.fixture
def watcher(server):
    """Whose connection stands."""
    with Peer(server) as peer:
        yield peer


# -- byte by byte ------------------------------------------------------------------------


def test_a_hello_that_comes_byte_by_byte_is_answered(server):
    first, client, incoming = hello(server)
    with socket.create_connection(("127.0.0.1", server.port), timeout=h2peer.DEADLINE_S) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in first:
            line.sendall(bytes([byte]))
        while client.version() is None or client.cipher() is None:
            incoming.write(line.recv(65536))
            with contextlib.suppress(ssl.SSLWantReadError):
                client.do_handshake()
                break
    assert client.version() == "TLSv1.3"


def test_a_hello_that_is_not_whole_costs_no_session_of_tls(server):
    """It waits in the kernel: OpenSSL would take 8 KB for each."""
    first, _, _ = hello(server)
    with Peer(server) as peer, contextlib.ExitStack() as crowd:
        peer.ping()
        before = server.resident_kb()
        for _ in range(SLOW_PEERS):
            line = crowd.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            line.sendall(first[:-1])
        peer.ping()
        grown = server.resident_kb() - before
    assert grown < 4 * SLOW_PEERS


# -- again and again -----------------------------------------------------------------------


def crowd(server, peer, count, until):
    """Lets |count| peers at a time say their first word and no other, from an address that wastes
    its handshakes so, until |peer| sees that one of them is counted."""
    before = counts(peer).get(until, 0)
    first, *_ = hello(server)
    for _ in range(TRIES):
        lines = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
        for line in lines:
            line.sendall(first)
        peer.call()
        if counts(peer).get(until, 0) > before:
            return lines
        for line in lines:   # a handshake that came to nothing
            line.close()
    raise AssertionError(f"none is counted as {until}")


def test_an_address_that_wastes_handshakes_is_paced_and_served(server, watcher):
    """Where too many of it wait, the lot falls on some."""
    mark = server.process.mark()
    lines = crowd(server, watcher, 5 * WAITING_PEERS, "ATTACK_PACED")
    server.process.wait_line("from=WAITING to=HANDSHAKING", after=mark)
    with Peer(server) as peer:
        assert peer.call().status == 0
    for line in lines:
        line.close()


def test_who_goes_away_leaves_the_line_at_once(build, work):
    """Nobody waits for the turn of somebody who has gone. Nobody is closed by lot here."""
    server = echo.EchoServer(build, work / "line")
    with Peer(server) as peer:
        for _ in range(TRIES):
            for n, line in enumerate(crowd(server, peer, WAITING_PEERS // 2, "HANDSHAKES_DELAYED")):
                if n % 2:
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.close()
            peer.call()
            if any("from=WAITING to=CLOSED" in line for line in server.process.lines):
                break
        else:
            raise AssertionError("who has gone waits")
        assert "ATTACK_PACED" not in counts(peer)
        with Peer(server) as other:
            assert other.call().status == 0
    server.stop()


def test_who_leaves_before_its_first_word_is_whole_has_wasted_nothing(build, work):
    """However many they are, the others behind their address do not wait for them."""
    server = echo.EchoServer(build, work / "half")
    for _ in range(5 * TRIES // 2):
        with socket.create_connection(("127.0.0.1", server.port)) as session:
            session.sendall(b"\x16\x03\x01\x01\x00\x01")
    server.wait_lines("in the middle of its first word", 5 * TRIES // 2)
    with Peer(server) as peer:
        assert "HANDSHAKES_DELAYED" not in counts(peer)
    server.stop()
