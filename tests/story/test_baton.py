# SPDX-License-Identifier: Apache-2.0
"""By which referral a chain is held: what another one does, to the same owner, leaves it
where it is; and what comes back is held as it was before."""

from types import SimpleNamespace

import pytest
import quarter
from caller import in_days, refused


@pytest.fixture(scope="module")
def north(stack):
    quarter.build(stack)
    return quarter.caller(stack, "nora")


@pytest.fixture(scope="module")
def colleague(stack, north):
    return quarter.caller(stack, "noel")


@pytest.fixture(scope="module")
def east(stack, north):
    return quarter.caller(stack, "elsa")


@pytest.fixture(scope="module")
def west(stack, north):
    return quarter.caller(stack, "vera")


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
