# SPDX-License-Identifier: Apache-2.0
"""By which referral a chain is held: what another one does, to the same owner, leaves it
where it is; and what comes back is held as it was before."""

from types import SimpleNamespace

import pytest
import quarter
from caller import in_days, refused
from postgres import connect


def handed_over(sender, taker, **more):
    """A referral by which |taker| holds the chain."""
    sent = sender.send(taker.unit, **more)
    taker.accept(sent, 1)
    return sent


def holder(caller, sent):
    return caller.get(sent.referral).chain.custodian


def asked_by_a_third(north, east, west, kind="consultation"):
    """The east holds a chain of the north's; the west, which is a party by a question of
    the north's, asks the east something too."""
    held = handed_over(north, east)
    north.send(west.unit, chain=held.chain, act=dict(kind="consultation"))
    return held, west.send(east.unit, chain=held.chain, act=dict(kind=kind))


@pytest.mark.parametrize("kind", ["consultation", "care-request"])
def test_a_third_unit_takes_nothing_back_with_its_own_referral(north, east, west, kind):
    held, aside = asked_by_a_third(north, east, west, kind)
    west.perform(aside, "withdraw", reason="sent-by-mistake")
    assert holder(east, held) == east.unit


def test_what_was_answered_aside_waits_for_nobody(north, east, west):
    held, aside = asked_by_a_third(north, east, west)
    east.accept(aside, 1)
    east.perform(aside, "complete", body=b"answer")
    after = west.get(aside.referral).referral
    assert after.next_act == "" and "take-back" not in after.allowed_acts
    assert refused(west.perform, aside, "take_back").reason == "ACT_NOT_POSSIBLE"
    assert holder(east, held) == east.unit


def test_a_void_takes_nothing_back_that_was_held_by_another(north, colleague, east):
    held = handed_over(north, east)
    second = north.send(east.unit, chain=held.chain)
    north.perform(second, "void", reason="sent-by-mistake")
    colleague.perform(second, "confirm", proposal=north.get(second.referral).referral.proposal.id)
    assert holder(north, held) == east.unit


def test_of_two_referrals_to_one_owner_only_the_first_holds(north, east):
    held = handed_over(north, east)
    second = handed_over(north, east, chain=held.chain)
    north.perform(second, "withdraw", reason="sent-by-mistake")
    assert holder(north, held) == east.unit
    north.perform(held, "withdraw", reason="sent-by-mistake")
    assert holder(north, held) == north.unit


def test_who_has_it_back_hands_it_back_too(north, east, west):
    """The east holds it by the north's referral again, when the west has given it back."""
    first = handed_over(north, east)
    further = handed_over(east, west, chain=first.chain)
    assert holder(west, further) == west.unit
    west.perform(further, "need_gone", reason="moved")
    east.perform(further, "take_back")
    assert holder(east, first) == east.unit
    east.perform(first, "need_gone", reason="moved")
    waiting = north.get(first.referral).referral
    assert (waiting.next_actor, waiting.next_act) == (north.unit, "take-back")
    north.perform(first, "take_back")
    assert holder(north, first) == north.unit


def test_who_asked_itself_hands_on_what_it_holds(north, east):
    """A person's own request: the unit holds it from the first day, by no referral."""
    own = handed_over(north, north, act=dict(kind="self-request"))
    north.perform(own, "start", intervention="MI", no_next="treatment-ends")
    after = handed_over(north, east, chain=own.chain, act=dict(kind="aftercare"))
    north.perform(own, "plan_home", aftercare=after.referral, housing="own", first_contact_date=in_days(9))
    north.perform(own, "complete", body=b"done")
    assert holder(east, after) == east.unit
    east.perform(after, "need_gone", reason="moved")
    north.perform(after, "take_back")
    assert holder(north, own) == north.unit


def test_two_chains_of_one_unit_that_become_one_are_held_as_one_was(north, colleague, east):
    """The north has the east's referral, and registered the same person itself: when it has
    found that out, it still gives back what it was given."""
    held = handed_over(east, north)
    own = north.register(days_ago=20)
    proposal = north.on_chain(held.chain, "merge", into=own, body=b"the same person")
    colleague.on_chain(held.chain, "confirm", proposal=proposal, into=own)
    moved = SimpleNamespace(referral=held.referral, chain=own)
    north.perform(moved, "need_gone", reason="moved")
    assert east.get(held.referral).referral.next_act == "take-back"
    east.perform(moved, "take_back")
    assert holder(east, moved) == east.unit


# -- a unit that closes ---------------------------------------------------------------------


def test_a_closed_unit_takes_nobody_back_by_a_void(stack, east):
    """An import does not close it while others wait for it; if it is closed all the same, a
    mistake of its own does not bring anybody there, nor one that one of its members had
    pointed out before."""
    harry, hilda = (quarter.caller(stack, who) for who in ("harry", "hilda"))
    held, other = handed_over(harry, east), handed_over(harry, east)
    harry.perform(held, "void", reason="sent-by-mistake")
    proposal = harry.get(held.referral).referral.proposal.id
    admin = connect(stack.database_uri()).cursor()
    admin.execute("ALTER TABLE stafett.unit DISABLE TRIGGER unit_closes")
    admin.execute("UPDATE stafett.unit SET status = 'closed' WHERE handle = %s", [quarter.HARBOUR])
    try:
        assert refused(hilda.perform, held, "confirm", proposal=proposal).reason == "UNIT_CLOSED"
        assert refused(harry.perform, other, "void", reason="sent-by-mistake").reason == "UNIT_CLOSED"
        assert holder(east, held) == holder(east, other) == east.unit
    finally:
        admin.execute("ALTER TABLE stafett.unit ENABLE TRIGGER unit_closes")
        quarter.build(stack)
    hilda.perform(held, "confirm", proposal=proposal)
    assert holder(harry, held) == harry.unit


# -- what was sent by mistake, what is replaced, what has been raised -------------------------


def test_a_start_of_what_was_sent_by_mistake_has_stopped_no_clock(north, colleague, east):
    held = handed_over(north, east)
    east.perform(held, "start", intervention="MI", no_next="treatment-ends")
    assert north.get(held.referral).chain.intervention_start_date == in_days(0)
    north.perform(held, "void", reason="sent-by-mistake")
    colleague.perform(held, "confirm", proposal=north.get(held.referral).referral.proposal.id)
    after = north.get(held.referral).chain
    assert (after.custodian, after.intervention_start_date) == (north.unit, "")


def test_the_clock_stands_since_the_start_that_is_left(north, colleague, east, west):
    """The wrong one began first; it is another that began which was meant."""
    wrong = handed_over(north, east)
    meant = north.send(west.unit, chain=wrong.chain)
    west.accept(meant, 1)
    east.perform(wrong, "start", intervention="MI", no_next="treatment-ends", start_date=in_days(-2))
    west.perform(meant, "start", intervention="MI", no_next="treatment-ends", start_date=in_days(-1))
    assert north.get(meant.referral).chain.intervention_start_date == in_days(-2)
    north.perform(wrong, "void", reason="sent-by-mistake")
    colleague.perform(wrong, "confirm", proposal=north.get(wrong.referral).referral.proposal.id)
    assert north.get(meant.referral).chain.intervention_start_date == in_days(-1)


def test_only_what_is_in_the_chain_is_replaced(north, east):
    """Of another person, or where a chain begins, there is nothing to replace."""
    rejected = north.send(east.unit)
    east.perform(rejected, "reject", reason="no-capacity", none_known=True, person_told="phone")
    assert refused(north.send, east.unit, act=dict(replaces=rejected.referral)).reason == "NOT_FOUND"
    foreign = north.register()
    assert refused(north.send, east.unit, chain=foreign,
                   act=dict(replaces=rejected.referral)).reason == "NOT_FOUND"
    assert north.get(rejected.referral).referral.next_act == "send"
    for kind in ("next-of-kin", "report-of-concern"):
        assert refused(north.send, east.unit, chain=rejected.chain, act=dict(
            kind=kind, replaces=rejected.referral)).reason == "OWN_CHAIN_REQUIRED"
    north.send(east.unit, chain=rejected.chain, act=dict(replaces=rejected.referral))
    assert north.get(rejected.referral).referral.next_act == ""


def test_a_merge_carries_the_alarms_too(stack, north, colleague, east):
    sent = north.send(east.unit)
    into = north.register()
    alarm = (f"SELECT chain, seq, {{}} FROM stafett.event WHERE chain = '{sent.chain}'")
    with connect(stack.database_uri()) as database:
        database.cursor().execute(
            "INSERT INTO stafett.alarm (chain, seq, referral, deadline_seq, step, told, managers) "
            + alarm.format(f"'{sent.referral}', seq, 1, '{{}}', false"))
    proposal = north.on_chain(sent.chain, "merge", into=into, body=b"the same person")
    colleague.on_chain(sent.chain, "confirm", proposal=proposal, into=into)
    moved = stack.tables().rows(
        "SELECT a.chain::text, a.seq = a.deadline_seq, e.kind FROM stafett.alarm a JOIN stafett.event e"
        " ON e.chain = a.chain AND e.seq = a.seq WHERE a.referral = %s", sent.referral)
    assert moved == [(into, True, "send")]


# -- a unit that has left --------------------------------------------------------------------


def test_a_unit_that_has_left_is_not_inside(stack, north, east, west):
    """It adds nothing to the chain, by which it would see all of it again, and is not told
    how it stands; what it saw it still sees."""
    sent = north.send(east.unit)
    east.perform(sent, "forward", to=west.unit, reason="wrong-unit", person_told="phone")
    west.accept(sent, 2)
    seen = [event.kind for event in east.get(sent.referral).events]
    assert refused(east.send, east.unit, chain=sent.chain, act=dict(kind="consultation")).reason == "NOT_FOUND"
    refusal = refused(east.on_chain, sent.chain, "close", version=9, reason="moved", person_told="phone")
    assert (refusal.reason, refusal.refusal.current_status, refusal.refusal.current_version) == ("NOT_FOUND", "", 0)
    assert refused(east.perform, sent, "note", version=1, body=b"x").reason == "ACT_NOT_YOURS"
    own = east.register()
    assert refused(east.on_chain, own, "merge", into=sent.chain, body=b"x").reason == "NOT_FOUND"
    assert [event.kind for event in east.get(sent.referral).events] == seen
    assert refused(east.chain, sent.chain).reason == "NOT_FOUND"


def test_a_merge_shows_nothing_of_the_other_chain_to_who_had_left(north, colleague, east, west):
    """What comes before its own, it never was a party of."""
    sent = north.send(east.unit)
    east.perform(sent, "forward", to=west.unit, reason="wrong-unit", person_told="phone")
    before = east.get(sent.referral, contents=True)
    other = north.register(days_ago=20, needs=["housing"])
    proposal = north.on_chain(sent.chain, "merge", into=other, body=b"the same person")
    colleague.on_chain(sent.chain, "confirm", proposal=proposal, into=other)
    after = east.get(sent.referral, contents=True)
    assert [event.kind for event in after.events] == [event.kind for event in before.events]
    assert [part.body.data for part in after.contents] == [part.body.data for part in before.contents]


def test_who_was_taken_over_from_reads_nothing_new(stack, north):
    """What was written on the chain before it left, it still reads."""
    old, new = quarter.caller(stack, "olle"), quarter.caller(stack, "nina")
    chain = old.register()
    quarter.build(stack, gamla={"replaced_by": quarter.NEW})
    new.on_chain(chain, "take_over")
    before = old.chain(chain, contents=True)
    new.on_chain(chain, "correct_clock", help_request_date=in_days(-9), body=b"new words")
    after = old.chain(chain, contents=True)
    assert [event.kind for event in after.events] == [event.kind for event in before.events]
    assert b"new words" not in [part.body.data for part in after.contents]
    quarter.build(stack)
