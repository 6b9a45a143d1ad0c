# SPDX-License-Identifier: Apache-2.0
"""One key of one unit names one message: whatever the line does, however often
it is sent, and whoever else uses the same id."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import grpc
import h2peer
import people
from caller import Sent, refused, uuid7

CONNECTIONS, TIMES, AT_ONCE = 8, 1000, 25
LOST = (grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE)


def begin(caller, method, request):
    return method.future(request, metadata=(("stafett-unit", caller.unit),), timeout=60)


def is_answered(call):
    """Waits for the end of |call|: OK, or lost with its connection."""
    assert call.code() in (grpc.StatusCode.OK, *LOST), call.details()
    return call.code() == grpc.StatusCode.OK


def send_until_answered(caller, request, times, cut):
    """Receipts of |times| answers. With |cut| the connection is closed once, while
    calls are under way on it; those are made again on the next one."""
    receipts = []
    while len(receipts) < times:
        calls = [begin(caller, caller.referrals.Send, request)
                 for _ in range(min(AT_ONCE, times - len(receipts)))]
        if cut and receipts:
            assert is_answered(calls[0])
            caller.reconnect()
            cut = False
        receipts += [call.result().receipt for call in calls if is_answered(call)]
    return receipts


def test_a_message_sent_1000_times_over_8_connections_is_one_message(stack, tables):
    callers = [stack.caller("maria") for _ in range(CONNECTIONS)]
    request = callers[0].send_request(people.BEROENDE)
    deliveries, events = tables.count("delivery"), tables.count("event")

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        answers = pool.map(lambda number: send_until_answered(
            callers[number], request, TIMES // CONNECTIONS, cut=number % 2 == 1), range(CONNECTIONS))
        receipts = [receipt for each in answers for receipt in each]

    assert len(receipts) == TIMES
    assert len(set(receipts)) == 1
    assert tables.count("delivery") == deliveries + 1
    assert tables.count("event") == events + 1


def test_the_same_id_with_other_content_is_a_conflict_that_stores_nothing(
        maria, petra, nothing_written):
    sent = maria.send(people.BEROENDE, id=uuid7(), body=b"first")
    other = maria.send_request(people.BEROENDE, id=sent.id, body=b"second")
    refusal = nothing_written(refused, maria.resend, other)
    assert refusal.code == grpc.StatusCode.ALREADY_EXISTS
    assert refusal.reason == "KEY_CONTENT_MISMATCH"
    assert refusal.info.domain == "stafett"
    assert refusal.refusal.reason == "KEY_CONTENT_MISMATCH"
    contents = petra.get(sent.referral, contents=True).contents
    assert [content.body.data for content in contents] == [b"first"]


def test_the_same_id_of_another_unit_is_another_message(maria, omar):
    message = uuid7()
    first = maria.send(people.BEROENDE, id=message)
    second = omar.send(people.BEROENDE, id=message)
    assert first.referral != second.referral
    assert first.chain != second.chain


def test_a_colleague_who_sends_the_same_bytes_is_not_their_sender(stack, maria):
    sent = maria.send(people.BEROENDE)
    colleague = stack.caller("system", unit=people.LUND)
    assert refused(colleague.resend, sent.request).reason == "WRONG_SENDER"


def both_at_once(stack, who, requests):
    """The statuses of Acts that reach the daemon in one read, and so in one batch."""
    server = SimpleNamespace(port=stack.port, authority=stack.authority,
                             identity=stack.identity(people.MEMBERS[who].urn))
    fields = h2peer.headers("/stafett.v1.ReferralService/Act", stafett_unit=people.BEROENDE)
    with h2peer.Peer(server) as peer:
        peer.ping()
        streams = [peer.stream() for _ in requests]
        peer.send(*(frame for stream, request in zip(streams, requests) for frame in (
            peer.headers_frame(stream, fields),
            peer.data_frame(stream, h2peer.message(request.SerializeToString()), end=True))))
        return [peer.answer(stream).status for stream in streams]


def test_one_id_for_acts_on_two_chains_at_once_is_one_act(stack, maria, petra, tables):
    message = str(uuid7())
    sent = [maria.send(people.BEROENDE) for _ in range(2)]
    requests = [petra.accept_request(each, version=1) for each in sent]
    for request in requests:
        header = petra.header().FromString(request.header)
        header.id = message
        request.header = header.SerializeToString()
    statuses = both_at_once(stack, "petra", requests)
    assert sorted(statuses) == [grpc.StatusCode.OK.value[0], grpc.StatusCode.ALREADY_EXISTS.value[0]]
    assert tables.count("content", "message = %s", message) == 1
    assert sorted(petra.get(each.referral).referral.status for each in sent) == ["accepted", "requested"]


def test_an_acknowledgement_can_be_repeated(maria, petra, tables):
    sent = maria.send(people.BEROENDE)
    request = petra.acknowledge_request(sent)
    first = petra.call(petra.inboxes.Acknowledge, request)
    events = tables.count("event")
    second = petra.call(petra.inboxes.Acknowledge, request)
    assert first.receipt == second.receipt
    assert tables.count("event") == events


def test_an_acceptance_can_be_repeated(maria, petra, tables):
    sent = maria.send(people.BEROENDE)
    request = petra.accept_request(sent, version=1)
    first = petra.act(request)
    events = tables.count("event")
    assert petra.act(request).receipt == first.receipt
    assert tables.count("event") == events


def test_a_duplicate_is_answered_after_a_commit_that_wrote(maria, tables):
    sent = maria.send(people.BEROENDE)
    audits = tables.audits()
    assert maria.resend(sent.request).receipt == sent.answer.receipt
    assert tables.audits() == audits + 1


def test_of_two_members_who_accept_at_once_one_wins_and_the_other_is_told(
        stack, maria, petra):
    colleague = stack.caller("ines")
    sent = maria.send(people.BEROENDE)
    calls = [begin(caller, caller.referrals.Act, caller.accept_request(sent, version=1))
             for caller in (petra, colleague)]
    codes = sorted(call.code().name for call in calls)
    assert codes == ["ABORTED", "OK"]
    assert len(maria.get(sent.referral).events) == 2


def test_a_message_of_last_year_is_as_good_as_one_of_today(maria):
    request = maria.send_request(people.BEROENDE, id=uuid7(1_735_689_600_000))
    header = maria.header().FromString(request.header)
    header.create_time.FromJsonString("2025-01-01T00:00:00Z")
    request.header = header.SerializeToString()
    answer = maria.resend(request)
    assert Sent(request, answer).receipt.id == header.id
