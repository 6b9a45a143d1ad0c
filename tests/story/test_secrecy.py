# SPDX-License-Identifier: Apache-2.0
"""What is not yours does not exist: same status, same text, same bytes."""

import grpc
import people
import pytest
from caller import Sent, refused, uuid7

CALL_ID = "stafett-call"   # names the call in the log: different every time


@pytest.fixture(scope="module")
def foreign(maria):
    """A referral between Lund and Beroende Lund: Malmö is no party."""
    return maria.send(people.BEROENDE)


@pytest.fixture
def absent(foreign):
    """As |foreign| would look if nobody had sent it."""
    answer = type(foreign.answer)(referral=str(uuid7()), chain=str(uuid7()))
    return Sent(foreign.request, answer)


def same_to_the_byte(one, other):
    def visible(refusal):
        return [pair for pair in refusal.metadata if pair[0] != CALL_ID]
    assert one.code == other.code == grpc.StatusCode.NOT_FOUND
    assert one.message == other.message
    assert one.raw == other.raw != b""
    assert visible(one) == visible(other)


def test_reading_what_is_not_yours(omar, foreign, absent, nothing_written):
    same_to_the_byte(nothing_written(refused, omar.get, foreign.referral),
                     nothing_written(refused, omar.get, absent.referral))


def test_reading_the_contents_of_what_is_not_yours(omar, foreign, absent, nothing_written):
    same_to_the_byte(nothing_written(refused, omar.get, foreign.referral, contents=True),
                     nothing_written(refused, omar.get, absent.referral, contents=True))


def test_reading_by_a_code_that_is_not_yours(omar, foreign, nothing_written):
    same_to_the_byte(nothing_written(refused, omar.get, foreign.answer.code),
                     nothing_written(refused, omar.get, "7K3M-Q9FX"))


def test_acting_on_what_is_not_yours(omar, foreign, absent, nothing_written):
    same_to_the_byte(nothing_written(refused, omar.accept, foreign, 1),
                     nothing_written(refused, omar.accept, absent, 1))


def test_acknowledging_what_is_not_yours(omar, foreign, absent, nothing_written):
    same_to_the_byte(nothing_written(refused, omar.acknowledge, foreign),
                     nothing_written(refused, omar.acknowledge, absent))


def test_a_wrong_version_tells_no_more_about_what_is_not_yours(omar, foreign, absent,
                                                               nothing_written):
    same_to_the_byte(nothing_written(refused, omar.accept, foreign, 99),
                     nothing_written(refused, omar.accept, absent, 99))


@pytest.fixture(scope="module")
def neighbours(maria):
    """In one chain a referral to Beroende Lund, as it is and as if it were not, of
    which Malmö knows nothing although it has another one there."""
    first = maria.send(people.BEROENDE)
    maria.send(people.MALMO, chain=first.chain)
    return first, Sent(first.request, type(first.answer)(referral=str(uuid7()), chain=first.chain))


def test_another_referral_of_a_chain_that_you_know_is_not_yours(omar, neighbours, nothing_written):
    there, absent = neighbours
    for call in (lambda sent: omar.get(sent.referral), lambda sent: omar.accept(sent, 1),
                 lambda sent: omar.accept(sent, 9), omar.acknowledge):
        same_to_the_byte(nothing_written(refused, call, there), nothing_written(refused, call, absent))


def test_sending_into_a_chain_that_is_not_yours(omar, foreign, absent, nothing_written):
    same_to_the_byte(
        nothing_written(refused, omar.send, people.BEROENDE, chain=foreign.chain),
        nothing_written(refused, omar.send, people.BEROENDE, chain=absent.chain))


def test_replacing_what_is_not_yours(omar, foreign, absent, nothing_written):
    same_to_the_byte(
        nothing_written(refused, omar.send, people.BEROENDE, act={"replaces": foreign.referral}),
        nothing_written(refused, omar.send, people.BEROENDE, act={"replaces": absent.referral}))


def test_acknowledging_another_message_of_your_own_referral(petra, foreign, nothing_written):
    """The same answer for another unit's message id and for one that nobody used."""
    same_to_the_byte(
        nothing_written(refused, petra.acknowledge, foreign, message=str(uuid7())),
        nothing_written(refused, petra.acknowledge, foreign, message=str(uuid7())))


def test_lists_and_inboxes_hold_only_what_is_yours(omar, petra, maria, foreign):
    assert foreign.id in {item.id for item in petra.whole_inbox()}
    assert foreign.referral in {row.referral.id for row in maria.list(page_size=100).referrals}
    assert foreign.referral not in {row.referral.id for row in omar.list(page_size=100).referrals}
    assert foreign.id not in {item.id for item in omar.whole_inbox()}
    assert foreign.id not in {item.id for item in maria.whole_inbox()}


def test_the_attempt_is_recorded_in_the_name_of_who_tried(omar, foreign, tables):
    before = tables.audits()
    refused(omar.get, foreign.referral)
    assert tables.audits() == before + 1
    unit = tables.value("SELECT u.handle FROM stafett.audit_queue q JOIN stafett.unit u ON u.id = q.unit"
                        " ORDER BY q.create_time DESC LIMIT 1")
    assert unit == people.MALMO
