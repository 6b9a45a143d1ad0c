# SPDX-License-Identifier: Apache-2.0
"""One key of one unit names one message: whatever the line does, however often
it is sent, and whoever else uses the same id."""

import grpc
import people
from caller import Sent, refused, uuid7

CONNECTIONS, TRIES = 8, 1000


def keep_trying(caller, request, tries, cut_every):
    """Sends |request| |tries| times at once; each |cut_every|-th try loses its
    connection while it is under way and is made again on the next one."""
    receipts, waiting = [], list(range(tries))
    while waiting:
        calls = {number: caller.referrals.Send.future(
            request, metadata=(("stafett-unit", caller.unit),), timeout=60) for number in waiting[:50]}
        if any(number % cut_every == 0 for number in calls):
            caller.reconnect()
            cut_every = tries + 1
        for number, call in calls.items():
            try:
                receipts.append(call.result().receipt)
                waiting.remove(number)
            except (grpc.RpcError, grpc.FutureCancelledError) as error:
                assert getattr(error, "code", None) is None or error.code() in (
                    grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE), error
    return receipts


def test_a_message_sent_1000_times_over_8_connections_is_one_message(stack, tables):
    from concurrent.futures import ThreadPoolExecutor
    callers = [stack.caller("maria") for _ in range(CONNECTIONS)]
    request = callers[0].send_request(people.BEROENDE)
    deliveries, events = tables.count("delivery"), tables.count("event")

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        receipts = sum(pool.map(
            lambda index: keep_trying(callers[index], request, TRIES // CONNECTIONS,
                                      cut_every=7 if index % 2 else TRIES),
            range(CONNECTIONS)), [])

    assert len(receipts) == TRIES
    assert len(set(receipts)) == 1
    assert tables.count("delivery") == deliveries + 1
    assert tables.count("event") == events + 1


def test_the_same_id_with_other_content_is_a_conflict_that_stores_nothing(
        caller_maria, caller_petra, nothing_written):
    sent = caller_maria.send(people.BEROENDE, id=uuid7(), body=b"first")
    other = caller_maria.send_request(people.BEROENDE, id=sent.id, body=b"second")
    refusal = nothing_written(refused, caller_maria.resend, other)
    assert refusal.code == grpc.StatusCode.ALREADY_EXISTS
    assert refusal.reason == "KEY_CONTENT_MISMATCH"
    assert refusal.info.domain == "stafett"
    assert refusal.refusal.reason == "KEY_CONTENT_MISMATCH"
    contents = caller_petra.get(sent.referral, contents=True).contents
    assert [content.body.data for content in contents] == [b"first"]


def test_the_same_id_of_another_unit_is_another_message(caller_maria, caller_omar):
    message = uuid7()
    first = caller_maria.send(people.BEROENDE, id=message)
    second = caller_omar.send(people.BEROENDE, id=message)
    assert first.referral != second.referral
    assert first.chain != second.chain


def test_a_colleague_who_sends_the_same_bytes_is_not_their_sender(stack, caller_maria):
    sent = caller_maria.send(people.BEROENDE)
    colleague = stack.caller("system", unit=people.LUND)
    assert refused(colleague.resend, sent.request).reason == "WRONG_SENDER"


def test_an_acknowledgement_can_be_repeated(caller_maria, caller_petra, tables):
    sent = caller_maria.send(people.BEROENDE)
    request = caller_petra.acknowledge_request(sent)
    first = caller_petra.call(caller_petra.inboxes.Acknowledge, request)
    events = tables.count("event")
    second = caller_petra.call(caller_petra.inboxes.Acknowledge, request)
    assert first.receipt == second.receipt
    assert tables.count("event") == events


def test_an_acceptance_can_be_repeated(caller_maria, caller_petra, tables):
    sent = caller_maria.send(people.BEROENDE)
    request = caller_petra.accept_request(sent, version=1)
    first = caller_petra.act(request)
    events = tables.count("event")
    assert caller_petra.act(request).receipt == first.receipt
    assert tables.count("event") == events


def test_a_duplicate_is_answered_after_a_commit_that_wrote(caller_maria, tables):
    sent = caller_maria.send(people.BEROENDE)
    audits = tables.audits()
    assert caller_maria.resend(sent.request).receipt == sent.answer.receipt
    assert tables.audits() == audits + 1


def test_of_two_members_who_accept_at_once_one_wins_and_the_other_is_told(
        stack, caller_maria, caller_petra):
    colleague = stack.caller("ines")
    sent = caller_maria.send(people.BEROENDE)
    calls = [caller.referrals.Act.future(caller.accept_request(sent, version=1),
                                         metadata=(("stafett-unit", caller.unit),), timeout=30)
             for caller in (caller_petra, colleague)]
    codes = sorted(call.code().name for call in calls)
    assert codes == ["ABORTED", "OK"]
    assert len(caller_maria.get(sent.referral).events) == 2


def test_a_message_of_last_year_is_as_good_as_one_of_today(caller_maria):
    request = caller_maria.send_request(people.BEROENDE, id=uuid7(1_735_689_600_000))
    header = caller_maria.header().FromString(request.header)
    header.create_time.FromJsonString("2025-01-01T00:00:00Z")
    request.header = header.SerializeToString()
    answer = caller_maria.resend(request)
    assert Sent(request, answer).receipt.id == header.id
