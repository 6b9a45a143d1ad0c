# SPDX-License-Identifier: Apache-2.0
"""The daemon's own services, byte by byte: what tests/wire sees of the engine alone."""

from types import SimpleNamespace

import people
import pytest
from caller import unpack_details
from h2peer import Peer, headers, message
from stubs import contract

RATE, MANY = 1, 1000
DAEMON = {"member_rate": RATE}   # health is not counted
NOT_FOUND, EXHAUSTED, INTERNAL = 5, 8, 13
LIST = "/stafett.v1.InboxService/List"
GET = "/stafett.v1.ReferralService/Get"
CHECK, WATCH = "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"
REFLECTION = "/grpc.reflection.{}.ServerReflection/ServerReflectionInfo"
SERVICE_UNKNOWN = 3


@pytest.fixture
def peer_of(stack):
    """A raw peer as a member."""
    peers = []

    def connect(who):
        server = SimpleNamespace(port=stack.port, authority=stack.authority,
                                 identity=stack.identity(people.MEMBERS[who].urn))
        peers.append(Peer(server))
        return peers[-1]
    yield connect
    for peer in peers:
        peer.socket.close()


def fields(path, unit=people.LUND):
    return headers(path, stafett_unit=unit)


def test_details_are_those_of_the_status(peer_of):
    nothing = contract.referral_service.GetRequest(id="0190b0a0-0000-7000-8000-000000000000")
    answer = peer_of("maria").call(message(nothing.SerializeToString()), fields(GET))
    status, details = unpack_details(answer.details)
    assert answer.is_trailers_only and answer.status == NOT_FOUND and answer.pushback_ms is None
    assert (status.code, status.message) == (answer.status, answer.text)
    assert details["google.rpc.ErrorInfo"].reason == "NOT_FOUND"
    assert "google.rpc.RetryInfo" not in details


def test_bytes_that_are_no_message_are_internal(peer_of):
    answer = peer_of("lars").call(message(b"\x0a\xff"), fields(GET))
    status, details = unpack_details(answer.details)
    assert (answer.status, status.code) == (INTERNAL, INTERNAL)
    assert details["google.rpc.ErrorInfo"].reason == "MESSAGE_UNREADABLE"


def test_a_refusal_that_will_pass_says_when(peer_of):
    peer = peer_of("mona")
    answers = (peer.call(message(b""), fields(LIST)) for _ in range(MANY))
    answer = next(answer for answer in answers if answer.status)
    status, details = unpack_details(answer.details)
    delay = details["google.rpc.RetryInfo"].retry_delay
    assert (answer.status, status.code) == (EXHAUSTED, EXHAUSTED) and status.message == answer.text
    assert details["google.rpc.ErrorInfo"].reason == "RATE_EXCEEDED"
    assert answer.pushback_ms == delay.seconds * 1000 + delay.nanos // 1000000 > 0


def test_health_of_what_nobody_knows(peer_of):
    peer = peer_of("maria")
    unknown = message(b"\x0a\x07unknown")
    assert peer.call(unknown, headers(CHECK)).status == NOT_FOUND
    stream = peer.open(headers(WATCH))
    peer.send(peer.data_frame(stream, unknown, end=True))
    while not peer.answers.get(stream) or not peer.answers[stream].data:
        assert peer.read_frame()
    assert peer.answers[stream].data == message(bytes([0x08, SERVICE_UNKNOWN]))
    assert not peer.answers[stream].ended


def test_reflection_is_the_same_under_both_names(peer_of):
    peer = peer_of("maria")
    list_services = message(b"\x3a\x00")
    answers = [peer.call(list_services, headers(REFLECTION.format(version))) for version in ("v1", "v1alpha")]
    assert [answer.status for answer in answers] == [0, 0]
    assert answers[0].data == answers[1].data and b"stafett.v1.ReferralService" in answers[0].data
