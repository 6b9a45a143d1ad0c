# SPDX-License-Identifier: Apache-2.0
"""Who may come in: TLS 1.3, HTTP/2, and a certificate that names one member.

Each refusal reaches the peer as a TLS alert and the log as one line.
"""

import datetime
import re
import socket
import ssl

import h2peer
import pki
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from echo import MEMBER

DAY = datetime.timedelta(days=1)
OTHER = "urn:stafett:org:2120001132:member:kim"


def uri(text):
    return x509.UniformResourceIdentifier(text)


def alert(server, identity=None, **more):
    """How the server ends a session that has begun with |identity|."""
    try:
        with h2peer.connect(server.port, server.authority, identity, **more) as session:
            assert session.recv(1) == b""
        return "closed without an alert"
    except ssl.SSLError as error:
        return error.reason or str(error)


def cause(server, mark):
    """What the log says of the one handshake since |mark|."""
    line = server.process.wait_line("handshake refused", after=mark)
    assert "level=warn" in line and re.search(r"peer=127\.0\.0\.1:\d+", line)
    return re.search(r'cause="?([^"]*)', line).group(1)


def refused(server, identity=None, **more):
    mark = server.process.mark()
    return alert(server, identity, **more), cause(server, mark)


def test_a_member_is_known_by_its_certificate(server):
    mark = server.process.mark()
    with server.channel(server.authority.member(OTHER)) as channel:
        channel.unary(b"")
    assert server.process.wait_line("^ended", after=mark).endswith(OTHER)


def test_no_certificate_is_refused(server):
    assert refused(server) == (
        "TLSV13_ALERT_CERTIFICATE_REQUIRED", "the peer showed no certificate")


def test_a_certificate_of_another_ca_is_refused(server):
    foreign = pki.Authority("Somebody else").member(MEMBER)
    assert refused(server, foreign) == (
        "TLSV1_ALERT_UNKNOWN_CA", "the certificate is from an unknown CA")


def test_a_ca_of_the_same_name_is_another_ca(server):
    foreign = pki.Authority().member(MEMBER)
    said, why = refused(server, foreign)
    assert said.startswith("TLSV1_ALERT_") or said.startswith("SSLV3_ALERT_")
    assert "CA" in why or "signature" in why


@pytest.mark.parametrize("validity, said, why", [
    ({"not_before": -9 * DAY, "not_after": -DAY}, "SSLV3_ALERT_CERTIFICATE_EXPIRED",
     "the certificate has expired"),
    ({"not_before": DAY}, "SSLV3_ALERT_BAD_CERTIFICATE", "the certificate is not valid yet")])
def test_a_certificate_outside_its_time_is_refused(server, validity, said, why):
    assert refused(server, server.authority.member(MEMBER, **validity)) == (said, why)


def test_a_certificate_for_servers_is_refused(server):
    identity = server.authority.member(MEMBER, usage=ExtendedKeyUsageOID.SERVER_AUTH)
    assert refused(server, identity) == (
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "the certificate is not for clients")


@pytest.mark.parametrize("names", [
    [],                                                    # no SAN at all
    [x509.DNSName("maria.example")],                       # none that is a URI
    [uri("https://example.org/maria")],                    # another kind of URI
    [uri(MEMBER), uri(OTHER)],                             # two members
    [uri(MEMBER), uri("https://example.org/")],            # a member and more
    [uri(MEMBER + "\0")],                                  # a NUL at the end
    [uri(MEMBER + "\0.evil.example")],                     # a NUL inside
    [uri(MEMBER.upper())],
    [uri(MEMBER.replace("maria", "mar%69a"))],             # another spelling
    [uri(MEMBER.replace("2120001132", "2120001133"))],     # no such number
    [uri(MEMBER + "a" * 100)],
    [uri("")],
], ids=lambda names: "+".join(name.value for name in names) or "none")
def test_a_certificate_without_one_member_is_refused(server, names):
    identity = server.authority.issue("maria", names)
    assert refused(server, identity) == (
        "SSLV3_ALERT_BAD_CERTIFICATE", "the certificate names no single member")


def test_other_names_beside_the_member_do_no_harm(server):
    identity = server.authority.issue("maria", [x509.DNSName("maria.example"), uri(MEMBER)])
    with server.channel(identity) as channel:
        assert channel.unary(b"hello") == b"hello"


@pytest.mark.parametrize("alpn", [(), ("http/1.1",), ("h2c",), ("spdy/3", "http/1.1")])
def test_a_peer_without_http2_is_refused(server, alpn):
    said, why = refused(server, server.identity, alpn=alpn)
    assert "alert no application protocol" in said  # Python has no word of its own for it
    assert why == "the peer does not speak HTTP/2 (ALPN h2)"


def test_http2_may_be_one_of_several(server):
    with h2peer.connect(server.port, server.authority, server.identity, ("http/1.1", "h2")) as session:
        assert session.selected_alpn_protocol() == "h2"


def test_an_older_tls_is_refused(server):
    assert refused(server, server.identity, maximum_version=ssl.TLSVersion.TLSv1_2) == (
        "TLSV1_ALERT_PROTOCOL_VERSION", "the peer does not speak TLS 1.3")


def test_no_session_can_be_resumed(server):
    with h2peer.Peer(server) as peer:
        peer.call()
        assert peer.socket.session is None or not peer.socket.session.has_ticket


@pytest.mark.parametrize("noise", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + bytes(70000),
                                   b"\x80" * 1000, b"SSH-2.0-scan\r\n"])
def test_noise_is_refused_and_logged(server, noise):
    mark = server.process.mark()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as session:
        session.sendall(noise)
        try:
            while session.recv(4096):
                pass
        except ConnectionError:
            pass
    assert cause(server, mark)


def test_who_only_looks_at_the_port_is_not_worth_a_line(server):
    mark = server.process.mark()
    socket.create_connection(("127.0.0.1", server.port)).close()
    with h2peer.Peer(server) as peer:   # who came after it has been served
        peer.call()
    assert not any("level=warn" in line for line in server.process.lines[mark:])


def test_a_peer_that_leaves_its_handshake_is_logged(server):
    mark = server.process.mark()
    with socket.create_connection(("127.0.0.1", server.port)) as session:
        session.sendall(b"\x16\x03\x01")
    assert cause(server, mark) == "the peer closed the connection"
