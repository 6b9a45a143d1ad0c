# SPDX-License-Identifier: Apache-2.0
"""What the kinds of referral have of their own."""

from types import SimpleNamespace

import quarter
import pytest
from caller import in_days, pb, refused

REPORTED = dict(kind="report-of-concern", legal_basis=pb.LegalBasis(code="duty-to-report"))


@pytest.fixture(scope="module")
def crew(stack):
    """The people of the quarter by name."""
    quarter.build(stack)
    return {who: quarter.caller(stack, who) for who in quarter.PEOPLE}


def noon(days):
    stamp = pb.ExpectedEvent()
    stamp.time.FromJsonString(f"{in_days(days)}T12:00:00Z")
    return stamp.time


# -- the person's own request ---------------------------------------------------------------


def test_there_is_no_wrong_door(crew):
    north, east = crew["nora"], crew["elsa"]
    assert refused(north.send, east.unit, act={"kind": "self-request"}).refusal.field == "to_units"
    sent = north.send(north.unit, act={"kind": "self-request"})
    assert north.get(sent.referral).chain.custodian == north.unit
    assert "reject" not in north.get(sent.referral).referral.allowed_acts
    assert refused(north.perform, sent, "reject", reason="wrong-unit", none_known=True,
                   person_told="phone").reason == "ACT_NOT_POSSIBLE"
    refusal = refused(north.perform, sent, "withdraw", reason="person-wishes")
    assert (refusal.reason, refusal.refusal.field) == ("FIELD_MISSING", "person_told")
    north.perform(sent, "forward", to=east.unit, reason="outside-mission", person_told="in-person")
    assert "reject" not in east.get(sent.referral).referral.allowed_acts
    east.accept(sent, 2)
    assert east.get(sent.referral).chain.custodian == east.unit


def test_who_came_by_themselves_is_told_when_it_ends(crew):
    north = crew["nora"]
    sent = north.send(north.unit, act={"kind": "self-request"})
    north.perform(sent, "withdraw", reason="person-wishes", person_told="in-person")
    assert north.get(sent.referral).referral.status == "cancelled"


# -- next of kin -----------------------------------------------------------------------------


def test_next_of_kin_have_a_chain_of_their_own(crew):
    north, east, west = crew["nora"], crew["elsa"], crew["vera"]
    person = north.send(east.unit)
    refusal = refused(north.send, west.unit, chain=person.chain, act={"kind": "next-of-kin"})
    assert (refusal.reason, refusal.refusal.field) == ("OWN_CHAIN_REQUIRED", "chain")
    kin = north.send(west.unit, act={"kind": "next-of-kin", "linked_chain": person.chain})
    assert kin.chain != person.chain
    # Both by id for who has a part in both; for the others the one says nothing of the other.
    assert list(north.chain(kin.chain).chain.linked_chains) == [person.chain]
    assert list(north.get(person.referral).chain.linked_chains) == [kin.chain]
    assert list(west.get(kin.referral).chain.linked_chains) == []
    assert list(east.get(person.referral).chain.linked_chains) == []
    assert refused(west.chain, person.chain).reason == "NOT_FOUND"
    assert refused(west.send, east.unit, act={"kind": "next-of-kin",
                                              "linked_chain": person.chain}).reason == "NOT_FOUND"


# -- reports ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["report-of-concern", "lvm-report"])
def test_a_report_is_received_moved_to_the_right_board_and_noted(crew, kind):
    north, east, west = crew["nora"], crew["elsa"], crew["vera"]
    sent = north.send(east.unit, act={**REPORTED, "kind": kind})
    east.acknowledge(sent)
    referral = east.get(sent.referral).referral
    assert referral.next_act == "noted"
    assert set(referral.allowed_acts) == {"forward", "noted", "note", "assign"}
    east.perform(sent, "forward", to=west.unit, reason="outside-area", person_told="not-told")
    item, = [item for item in west.whole_inbox() if item.referral == sent.referral]
    west.call(west.inboxes.Acknowledge, west.acknowledge_request(
        sent, 3, message=item.id, content_hash=item.content_hash))
    west.perform(sent, "noted")
    after = west.get(sent.referral)
    assert (after.referral.status, after.chain.status) == ("completed", "closed")


def test_a_report_of_which_more_has_come_is_noted_and_goes_on(crew):
    """Whose chain it is since it was received: who reported sees no more of it."""
    north, east, west = crew["nora"], crew["elsa"], crew["vera"]
    sent = north.send(east.unit, act=REPORTED)
    assert north.get(sent.referral).chain.custodian == north.unit
    east.acknowledge(sent)
    assert east.get(sent.referral).chain.custodian == east.unit
    more = east.send(west.unit, chain=sent.chain)
    east.perform(sent, "noted")
    after = east.get(sent.referral)
    assert (after.chain.status, after.chain.custodian) == ("open", east.unit)
    assert not after.referral.next_actor
    east.perform(more, "withdraw", reason="other")
    assert east.get(more.referral).referral.next_act == "send"


def test_who_reported_learns_that_it_was_received_and_no_more(crew):
    north, east, west = crew["nora"], crew["elsa"], crew["vera"]
    sent = north.send(east.unit, act=REPORTED)
    east.acknowledge(sent)
    east.perform(sent, "forward", to=west.unit, reason="outside-area", person_told="not-told")
    seen = north.get(sent.referral)
    assert [event.kind for event in seen.events] == ["send", "acknowledge"]
    assert (seen.referral.status, seen.referral.owner) == ("received", east.unit)
    assert list(seen.referral.allowed_acts) == []
    assert west.unit not in seen.chain.parties
    assert refused(north.chain, sent.chain).reason == "NOT_FOUND"
    item, = [item for item in west.whole_inbox() if item.referral == sent.referral]
    west.call(west.inboxes.Acknowledge, west.acknowledge_request(
        sent, 3, message=item.id, content_hash=item.content_hash))
    west.perform(sent, "noted")
    again = north.get(sent.referral)
    assert (again.referral, again.chain, list(again.events)) == (seen.referral, seen.chain, list(seen.events))
    assert east.get(sent.referral).referral.status == "received"    # it has left, too
    assert not [item for item in north.whole_inbox() if item.referral == sent.referral]


def merge(holder, chain, into, other):
    """Proposed by the one and confirmed by the other; what came of it."""
    proposal = holder.on_chain(chain, "merge", into=into, body=b"the same person")
    other.on_chain(chain, "confirm", proposal=proposal, into=into)


def test_what_was_reported_and_a_person_are_not_made_one(crew):
    """Else a report that is noted would end the person's chain, or take the person along."""
    north, west = crew["nora"], crew["vera"]
    person = west.register()
    west.send(north.unit, chain=person, act={"kind": "consultation"})
    reported = north.send(crew["elsa"].unit, act=REPORTED)
    own = north.register()
    for into in (person, own):
        refusal = refused(north.on_chain, reported.chain, "merge", into=into)
        assert (refusal.reason, refusal.refusal.field) == ("FIELD_INVALID", "merge.into")
        assert refused(north.on_chain, own, "merge", into=reported.chain).reason == "FIELD_INVALID"


def test_two_reports_of_one_person_are_made_one_and_end_together(crew):
    north, noel, east = crew["nora"], crew["noel"], crew["elsa"]
    first, second = north.send(east.unit, act=REPORTED), north.send(east.unit, act=REPORTED)
    merge(north, first.chain, second.chain, noel)
    moved = SimpleNamespace(referral=first.referral, chain=second.chain, id=first.id, header=first.header,
                            content_hash=first.content_hash)
    east.acknowledge(second)
    east.acknowledge(moved)
    east.perform(moved, "noted")
    assert east.get(second.referral).chain.status == "open", "there is more to note"
    east.perform(second, "noted")
    after = east.get(second.referral).chain
    assert (after.status, after.custodian) == ("closed", "")


def test_who_reported_adds_nothing_to_its_chain_and_stays_out_of_it(crew):
    """Nor does its other unit, to which it would have it handed back."""
    harry, east, north = crew["harry"], crew["elsa"], crew["nora"]
    sent = harry.send(east.unit, act=REPORTED)
    for to in (harry.unit, north.unit):
        assert refused(harry.send, to, chain=sent.chain, act={"kind": "consultation"}).reason == "OWN_CHAIN_REQUIRED"
    refusal = refused(harry.send, east.unit, act={**REPORTED, "hand_back_unit": quarter.SOUTH})
    assert (refusal.reason, refusal.refusal.field) == ("FIELD_INVALID", "send.hand_back_unit")
    east.acknowledge(sent)
    east.send(north.unit, chain=sent.chain, act={"kind": "consultation"})
    assert refused(north.send, east.unit, chain=sent.chain).reason == "OWN_CHAIN_REQUIRED"


def test_nobody_accepts_or_rejects_a_report(crew):
    sent = crew["nora"].send(quarter.EAST, act=REPORTED)
    crew["elsa"].acknowledge(sent)
    for act, fields in (("reject", dict(reason="other", none_known=True, person_told="phone")),
                        ("ask", dict(question="reason")), ("need_gone", dict(reason="moved"))):
        assert refused(crew["elsa"].perform, sent, act, **fields).reason == "ACT_NOT_POSSIBLE", act
    assert refused(crew["elsa"].accept, sent, 2).reason == "ACT_NOT_POSSIBLE"


def test_only_what_is_to_be_noted_is(crew):
    sent = crew["nora"].send(quarter.EAST)
    crew["elsa"].acknowledge(sent)
    assert refused(crew["elsa"].perform, sent, "noted").reason == "ACT_NOT_POSSIBLE"


# -- handover of doses, discharge, stat ---------------------------------------------------------


def test_doses_are_handed_over_with_the_last_and_the_next(crew):
    north, east = crew["nora"], crew["elsa"]
    hand_over = {"kind": "handover", "dose": pb.Dose(last_time=noon(0), next_by="sender")}
    sent = north.send(east.unit, act=hand_over)
    dose = east.get(sent.referral).referral.dose
    assert (dose.next_by, dose.last_time.seconds) == ("sender", noon(0).seconds)
    for act, reason, field in (
            ({**hand_over, "dose": pb.Dose(next_by="sender")}, "FIELD_MISSING", "send.dose.last_time"),
            ({**hand_over, "dose": pb.Dose(last_time=noon(0))}, "FIELD_MISSING", "send.dose.next_by"),
            ({**hand_over, "kind": "care-request"}, "FIELD_INVALID", "send.dose")):
        refusal = refused(north.send, east.unit, act=act)
        assert (refusal.reason, refusal.refusal.field) == (reason, field)


def test_a_message_about_a_discharge_is_noted(crew):
    north, east = crew["nora"], crew["elsa"]
    basis = pb.LegalBasis(code="discharge-law")
    assert refused(north.send, east.unit, act={"kind": "discharge",
                                               "legal_basis": basis}).refusal.field == "send.discharge"
    assert refused(north.send, east.unit, act={"discharge": "ready"}).reason == "FIELD_INVALID"
    sent = north.send(east.unit, act={"kind": "discharge", "discharge": "ready", "legal_basis": basis})
    east.acknowledge(sent)
    east.perform(sent, "noted")
    after = north.get(sent.referral).referral
    assert (after.status, after.discharge) == ("completed", "ready")


def test_stat_is_phoned_to_a_unit_where_somebody_is(stack, crew):
    north = crew["nora"]
    now = pb.ExpectedEvent()
    now.time.GetCurrentTime()
    act = {"priority": "stat"}
    assert refused(north.send, quarter.EAST, act=act).reason == "CALL_REQUIRED"
    sent = north.send(quarter.EAST, act={**act, "call_time": now.time})
    assert crew["elsa"].get(sent.referral).referral.call_time.seconds == now.time.seconds
    quarter.build(stack, vaster={"opening_hours": ""})
    refusal = refused(north.send, quarter.WEST, act={**act, "call_time": now.time})
    assert (refusal.reason, refusal.refusal.field) == ("UNIT_NOT_COVERED", "to_units")
    quarter.build(stack, vaster={"opening_hours": "", "on_call_phone": "046-00 00 01"})
    north.send(quarter.WEST, act={**act, "call_time": now.time})


# -- planning, consultation, screening --------------------------------------------------------------


@pytest.mark.parametrize("kind", ["planning-call", "consultation"])
def test_what_treats_nobody_takes_no_chain_and_ends_without_a_plan(crew, kind):
    north, east = crew["nora"], crew["elsa"]
    sent = north.send(east.unit, act={"kind": kind})
    east.accept(sent, 1)
    assert east.get(sent.referral).chain.custodian == north.unit
    east.perform(sent, "answer", body=b"we will come", preliminary=False)
    east.perform(sent, "complete", body=b"done")
    assert north.get(sent.referral).referral.status == "completed"


def test_a_screening_takes_the_chain_as_a_care_request_does(crew):
    sent = crew["nora"].send(quarter.EAST, act={"kind": "screening"})
    crew["elsa"].accept(sent, 1)
    assert crew["elsa"].get(sent.referral).chain.custodian == quarter.EAST
