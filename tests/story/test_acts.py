# SPDX-License-Identifier: Apache-2.0
"""What may happen to a referral on its way: asked about, passed on, refused, taken
back; who holds the person meanwhile, who is told, and who must act next."""

import grpc
import people
import pytest
from business_clock import wait_late_told
from caller import in_days, refused

TOLD = dict(person_told="phone")
REJECT = dict(reason="outside-mission", none_known=True, **TOLD)
FORWARD = dict(to=people.MALMO, reason="outside-area", **TOLD)


def received(maria, petra):
    """A referral that Beroende has acknowledged: version 2."""
    sent = maria.send(people.BEROENDE)
    petra.acknowledge(sent)
    return sent


def accepted(maria, petra):
    """One that Beroende has accepted, and now holds: version 2."""
    sent = maria.send(people.BEROENDE)
    petra.accept(sent, version=1)
    return sent


def state(caller, sent):
    return caller.get(sent.referral).referral.status


def holder(caller, sent):
    return caller.get(sent.referral).chain.custodian


def next_of(caller, sent):
    referral = caller.get(sent.referral).referral
    return referral.next_actor, referral.next_act


def item(caller, message):
    """The inbox's item of a message, or None."""
    return next((item for item in caller.whole_inbox() if item.id == message.id), None)


# -- questions ---------------------------------------------------------------------


def test_a_question_waits_for_the_requester_and_the_acceptance_for_the_answer(maria, petra):
    sent = received(maria, petra)
    asked = petra.perform(sent, "ask", question="medicines", body=b"which dose?")
    assert next_of(maria, sent) == (people.LUND, "amend")
    assert item(maria, asked).needs == "act"

    refusal = refused(petra.accept, sent, 3)
    assert (refusal.reason, refusal.refusal.field) == ("ACT_NOT_POSSIBLE", "question")
    assert "accept" not in refusal.refusal.allowed_acts and "ask" in refusal.refusal.allowed_acts

    amended = maria.perform(sent, "amend", body=b"40 mg")
    assert item(maria, asked) is None       # the answer dealt with it
    assert item(petra, amended).needs == "act"
    assert next_of(maria, sent) == (people.BEROENDE, "accept")
    petra.accept(sent, 4)
    assert state(maria, sent) == "accepted"


def test_one_question_at_a_time_and_it_can_be_taken_back(maria, petra):
    sent = received(maria, petra)
    assert refused(petra.perform, sent, "ask", withdraw=True).reason == "ACT_NOT_POSSIBLE"
    petra.perform(sent, "ask", question="consent")
    assert refused(petra.perform, sent, "ask", question="contact").reason == "ACT_NOT_POSSIBLE"
    petra.perform(sent, "ask", withdraw=True)
    assert not maria.get(sent.referral).referral.HasField("question_time")
    petra.accept(sent, 4)


def test_the_owners_deadline_restarts_once_after_a_question(maria, petra):
    def due():
        return maria.get(sent.referral).referral.due_time.ToNanoseconds()

    sent = received(maria, petra)
    first = due()
    petra.perform(sent, "ask", question="contact")
    maria.perform(sent, "amend", body=b"by phone")
    second = due()
    assert second >= first
    petra.perform(sent, "ask", question="other", body=b"when?")
    maria.perform(sent, "amend", body=b"mornings")
    assert due() == second


def test_what_is_asked_stands_in_the_history(maria, petra):
    sent = received(maria, petra)
    petra.perform(sent, "ask", question="screening")
    event = maria.get(sent.referral).events[-1]
    assert (event.kind, event.code, event.question) == ("ask", "KOM", "screening")


# -- a no, and a way on --------------------------------------------------------------


def test_a_rejection_leaves_the_holder_and_asks_the_requester(maria, petra):
    sent = received(maria, petra)
    told = petra.perform(sent, "reject", reason="outside-area", alternative_unit=people.MALMO, **TOLD)
    assert (state(maria, sent), holder(maria, sent)) == ("rejected", people.LUND)
    assert next_of(maria, sent) == (people.LUND, "send")
    event = maria.get(sent.referral).events[-1]
    assert (event.code, event.status_reason, event.person_told, event.named_unit) == (
        "AVV", "outside-area", "phone", people.MALMO)
    assert item(maria, told).needs == "act"

    again = maria.send(people.MALMO, chain=sent.chain, act={"replaces": sent.referral})
    assert maria.get(again.referral).referral.replaces == sent.referral
    assert next_of(maria, sent) == ("", "")


def test_a_rejection_is_acknowledged_without_a_new_version(maria, petra):
    sent = received(maria, petra)
    told = petra.perform(sent, "reject", **REJECT)
    seen = item(maria, told)
    maria.acknowledge(sent, seen.version, message=told.id, content_hash=seen.content_hash)
    assert item(maria, told) is None
    answer = maria.get(sent.referral)
    assert answer.referral.version == seen.version
    assert answer.events[-1].kind == "reject"


@pytest.mark.parametrize("fields, field", [
    (dict(reason="outside-area", **TOLD), "reject.alternative_unit"),
    (dict(reason="outside-area", none_known=True), "reject.person_told"),
    (dict(none_known=True, **TOLD), "reject.reason"),
    (dict(reason="tired", none_known=True, **TOLD), "reject.reason"),
])
def test_a_rejection_says_why_where_to_and_how_the_person_was_told(
        maria, petra, nothing_written, fields, field):
    sent = received(maria, petra)
    request = petra.perform_request(sent, "reject", 2, **fields)
    refusal = nothing_written(refused, petra.act, request, audit_rows=0)
    assert refusal.code == grpc.StatusCode.INVALID_ARGUMENT
    assert refusal.field() == field


def test_a_forwarded_referral_asks_the_next_unit_and_the_requester_is_told(maria, petra, omar):
    sent = received(maria, petra)
    forwarded = petra.perform(sent, "forward", **FORWARD)
    referral = maria.get(sent.referral).referral
    assert (referral.status, referral.owner) == ("requested", people.MALMO)
    assert (referral.next_actor, referral.next_act) == (people.MALMO, "acknowledge")
    assert holder(maria, sent) == people.LUND
    assert (item(omar, forwarded).needs, item(maria, forwarded).needs) == ("ack", "none")

    omar.acknowledge(sent, 3, message=forwarded.id, content_hash=forwarded.content_hash)
    assert state(maria, sent) == "received"
    omar.accept(sent, 4)
    assert holder(maria, sent) == people.MALMO


def test_the_holder_that_forwards_holds_until_the_next_accepts(maria, petra, omar):
    sent = accepted(maria, petra)
    petra.perform(sent, "forward", **FORWARD)
    assert holder(maria, sent) == people.BEROENDE
    omar.accept(sent, 3)
    assert holder(maria, sent) == people.MALMO


def test_a_past_owner_sees_what_it_saw_until_it_left(maria, petra, omar):
    sent = received(maria, petra)
    petra.perform(sent, "forward", **FORWARD)
    omar.accept(sent, 3)
    omar.perform(sent, "note", body=b"after")

    seen = petra.get(sent.referral, contents=True)
    assert [event.kind for event in seen.events] == ["send", "acknowledge", "forward"]
    assert (seen.referral.status, seen.referral.owner, seen.referral.version) == (
        "requested", people.MALMO, 3)
    assert (seen.chain.custodian, seen.referral.next_act) == (people.LUND, "")
    assert not seen.referral.allowed_acts and len(seen.contents) == 2
    row = next(row for row in petra.list().referrals if row.referral.id == sent.referral)
    assert row.referral.status == "requested"
    refusal = refused(petra.perform, sent, "note", 4, body=b"hello")
    assert (refusal.reason, refusal.refusal.current_version) == ("ACT_NOT_YOURS", 0)


def test_a_unit_to_which_it_comes_back_sees_all_of_it(maria, petra, omar):
    sent = received(maria, petra)
    petra.perform(sent, "forward", **FORWARD)
    omar.perform(sent, "forward", to=people.BEROENDE, reason="wrong-unit", **TOLD)
    assert [event.kind for event in petra.get(sent.referral).events][-1] == "forward"
    petra.accept(sent, 4)


@pytest.mark.parametrize("to, reason", [
    (people.LUND, "FIELD_INVALID"), (people.BEROENDE, "FIELD_INVALID"),
    (people.CLOSED, "UNIT_CLOSED"), (people.UNHEARD, "UNIT_UNKNOWN"),
    (people.FALADEN, "UNIT_DOES_NOT_TAKE"),
])
def test_what_cannot_be_forwarded_stays_where_it_is(maria, petra, nothing_written, to, reason):
    sent = received(maria, petra)
    request = petra.perform_request(sent, "forward", 2, to=to, reason="wrong-unit", **TOLD)
    assert nothing_written(refused, petra.act, request).reason == reason


def test_a_unit_may_send_to_itself(maria):
    sent = maria.send(people.LUND)
    assert item(maria, sent).needs == "ack"
    maria.acknowledge(sent)
    maria.accept(sent, 2)
    assert (state(maria, sent), holder(maria, sent)) == ("accepted", people.LUND)


# -- ends ------------------------------------------------------------------------------


def test_a_withdrawal_brings_the_person_back(maria, petra):
    sent = accepted(maria, petra)
    assert holder(maria, sent) == people.BEROENDE
    maria.perform(sent, "withdraw", reason="person-wishes")
    assert (state(maria, sent), holder(maria, sent)) == ("cancelled", people.LUND)
    assert next_of(maria, sent) == (people.LUND, "send")


@pytest.mark.parametrize("who, act", [
    ("maria", ("withdraw", dict(reason="other"))), ("petra", ("need_gone", dict(reason="moved"))),
    ("petra", ("break_off", dict(reason="other", body=b"next", **TOLD)))])
def test_the_end_of_a_second_referral_leaves_what_is_held_by_the_first(maria, petra, who, act):
    first = accepted(maria, petra)
    second = maria.send(people.BEROENDE, chain=first.chain)
    petra.accept(second, 1)
    {"maria": maria, "petra": petra}[who].perform(second, act[0], **act[1])
    assert (holder(maria, first), next_of(maria, second)) == (people.BEROENDE, ("", ""))
    maria.perform(first, "withdraw", reason="other")
    assert (holder(maria, first), next_of(maria, first)) == (people.LUND, (people.LUND, "send"))


def test_a_withdrawn_referral_asks_nothing_more_of_the_recipient(maria, petra):
    sent = maria.send(people.BEROENDE)
    told = maria.perform(sent, "withdraw", reason="sent-by-mistake")
    assert item(petra, sent).needs == "none"
    petra.get(sent.referral, contents=True)
    assert item(petra, sent) is None and item(petra, told) is None


def test_when_the_need_is_gone_the_owner_holds_until_it_is_taken_back(maria, petra):
    sent = accepted(maria, petra)
    told = petra.perform(sent, "need_gone", reason="moved")
    assert (state(maria, sent), holder(maria, sent)) == ("cancelled", people.BEROENDE)
    assert next_of(maria, sent) == (people.LUND, "take-back")
    assert item(maria, told).needs == "act"


def test_a_need_that_is_gone_before_the_acceptance_leaves_nothing_to_take_back(maria, petra):
    sent = received(maria, petra)
    petra.perform(sent, "need_gone", reason="no-longer-relevant")
    assert (holder(maria, sent), next_of(maria, sent)) == (people.LUND, (people.LUND, "send"))


# -- words and hands -----------------------------------------------------------------------


def test_answers_are_told_and_change_no_state(maria, petra):
    sent = accepted(maria, petra)
    told = petra.perform(sent, "answer", preliminary=True, body=b"so far")
    petra.perform(sent, "answer", body=b"in part")
    assert [event.code for event in maria.get(sent.referral).events[-2:]] == ["PSV", "DSV"]
    assert (state(maria, sent), next_of(maria, sent)) == ("accepted", (people.BEROENDE, "start"))
    assert item(maria, told).needs == "none"


def test_reading_acknowledges_what_needs_no_more(maria, petra, tables):
    sent = accepted(maria, petra)
    told = petra.perform(sent, "answer", body=b"read me")
    maria.get(sent.referral, contents=True)
    assert item(maria, told) is None
    assert tables.rows("SELECT state, cause, needs FROM stafett.delivery WHERE message = %s", told.id) == [
        ("acknowledged", "seen", "none")]


def test_a_note_changes_no_version(maria, petra):
    sent = received(maria, petra)
    noted = maria.perform(sent, "note", contact=True)
    answer = petra.get(sent.referral)
    assert (answer.referral.version, answer.events[-1].contact) == (2, True)
    assert item(petra, noted).needs == "none"
    petra.accept(sent, 2)


def test_two_members_never_take_the_same_person(maria, petra, ines):
    sent = received(maria, petra)
    petra.perform(sent, "assign", 2, member=petra.member)
    refusal = refused(ines.perform, sent, "assign", 2, member=ines.member)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.ABORTED, "ALREADY_TAKEN")
    assert ines.get(sent.referral).referral.assignee == petra.member
    assert maria.get(sent.referral).referral.assignee == ""     # the other side's own affair

    ines.perform(sent, "assign", 2, member=ines.member, from_member=petra.member)
    ines.perform(sent, "assign", 2, from_member=ines.member)
    assert petra.get(sent.referral).referral.assignee == ""
    assert refused(petra.perform, sent, "assign", 2, member=maria.member).reason == "MEMBER_UNKNOWN"


def test_who_comes_second_is_told_who_was_first(maria, petra, ines):
    sent = received(maria, petra)
    petra.accept(sent, 2)
    refusal = refused(ines.accept, sent, 2)
    told = refusal.refusal
    assert refusal.reason == "VERSION_CONFLICT"
    assert (told.last_act, told.last_unit, told.last_member_display_name) == (
        "accept", people.BEROENDE, "Petra Svensson")
    assert told.last_act_time == maria.get(sent.referral).events[-1].create_time


def test_a_refusal_says_since_when_a_question_is_open_and_when_help_was_promised(maria, petra):
    sent = received(maria, petra)
    petra.perform(sent, "ask", question="contact")
    told = refused(petra.accept, sent, 3).refusal
    answer = maria.get(sent.referral)
    assert told.question_time == answer.referral.question_time
    assert told.intervention_due_date == answer.chain.intervention_due_date


def test_an_act_of_the_other_side_is_refused(maria, petra):
    sent = received(maria, petra)
    assert refused(maria.perform, sent, "reject", **REJECT).reason == "ACT_NOT_YOURS"
    assert refused(petra.perform, sent, "withdraw", reason="other").reason == "ACT_NOT_YOURS"


def test_the_persons_clock_survives_every_turn(maria, petra, omar, tables):
    """Rejected, sent again, forwarded, accepted: help is due the same day."""
    first = maria.send(people.BEROENDE, act={"help_request_date": "2026-01-31"})
    petra.perform(first, "reject", **REJECT)
    second = maria.send(people.BEROENDE, chain=first.chain,
                        act={"replaces": first.referral, "help_request_date": in_days(0)})
    petra.perform(second, "forward", **FORWARD)
    omar.accept(second, 2, clock_reason="no-capacity")
    chain = maria.get(second.referral).chain
    assert (chain.help_request_date, chain.intervention_due_date) == ("2026-01-31", "2026-02-28")
    wait_late_told(tables)
