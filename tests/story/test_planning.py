# SPDX-License-Identifier: Apache-2.0
"""From hand to hand: the third time within a month that a referral moves to another
organisation, all who have a part in it are called to plan together."""

import quarter
import pytest
from caller import refused
from test_whole_chains import told

PASS_ON = dict(reason="outside-mission", person_told="phone")


@pytest.fixture(scope="module")
def crew(stack):
    """The people of the quarter by name."""
    quarter.build(stack)
    return {who: quarter.caller(stack, who) for who in quarter.PEOPLE}


def moved(crew, times):
    """A referral of the north's that was moved to another organisation so many times;
    and who has it."""
    sent = crew["nora"].send(quarter.EAST)
    at = crew["elsa"]
    for i in range(times):
        to = crew["sara"] if i % 2 == 0 else crew["vera"]
        at.perform(sent, "forward", to=to.unit, **PASS_ON)
        at = to
    return sent, at


def call_of(caller, sent):
    return caller.get(sent.referral).referral.planning_call


def test_the_third_move_calls_all_to_plan_together(crew):
    sent, sara = moved(crew, 2)
    assert not sara.get(sent.referral).referral.HasField("planning_call")
    sent, sara = moved(crew, 3)
    assert sara is crew["sara"]
    call = call_of(sara, sent)
    assert call.state == "open" and set(call.waits_for) == {quarter.NORTH, quarter.SOUTH}
    assert call.due_time.seconds > call.create_time.seconds
    item, = told(crew["nora"], sent.chain, "forward")[-1:]
    assert item.needs == "act"
    assert "reply" in sara.get(sent.referral).referral.allowed_acts
    refusal = refused(sara.perform, sent, "forward", to=quarter.WEST, **PASS_ON)
    assert (refusal.reason, refusal.refusal.field) == ("PLANNING_CALL_OPEN", "planning_call")


def test_within_the_organisation_it_moves_on(crew):
    sent, sara = moved(crew, 3)
    sara.perform(sent, "forward", to=quarter.NEW, **PASS_ON)
    assert crew["nina"].get(sent.referral).referral.owner == quarter.NEW


def test_when_each_has_answered_it_may_move_again(crew, tables):
    sent, sara = moved(crew, 3)
    sara.perform(sent, "reply", answer="coming")
    assert list(call_of(sara, sent).waits_for) == [quarter.NORTH]
    assert refused(sara.perform, sent, "reply", answer="coming").reason == "ACT_NOT_POSSIBLE"
    assert refused(sara.perform, sent, "forward", to=quarter.WEST, **PASS_ON).reason == "PLANNING_CALL_OPEN"
    version = sara.get(sent.referral).referral.version
    crew["nora"].perform(sent, "reply", answer="by-phone")
    assert call_of(sara, sent).state == "answered"
    assert sara.get(sent.referral).referral.version == version
    assert not [item for item in told(crew["nora"], sent.chain, "forward") if item.needs == "act"]
    sara.perform(sent, "forward", to=quarter.WEST, **PASS_ON)
    answers = tables.rows("SELECT a.answer FROM stafett.planning_answer a JOIN stafett.planning_call c"
                          " ON c.id = a.call WHERE c.chain = %s ORDER BY a.answer", sent.chain)
    assert [answer for answer, in answers] == ["by-phone", "coming"]


def test_a_manager_waives_it_with_a_reason(crew, tables):
    sent, sara = moved(crew, 3)
    assert refused(sara.perform, sent, "waive").reason == "FIELD_MISSING"
    crew["nora"].perform(sent, "waive", reason="settled")
    assert call_of(sara, sent).state == "waived"
    sara.perform(sent, "forward", to=quarter.WEST, **PASS_ON)
    told_of, = tables.rows("SELECT cardinality(told), reason FROM stafett.planning_call WHERE chain = %s",
                           sent.chain)
    assert told_of == (2, "settled")


def test_who_is_no_manager_does_not_waive(stack, maria, petra, omar, crew):
    sent = maria.send(petra.unit)
    petra.perform(sent, "forward", to=quarter.SOUTH, **PASS_ON)
    crew["sara"].perform(sent, "forward", to=quarter.EAST, **PASS_ON)
    crew["elsa"].perform(sent, "forward", to=omar.unit, **PASS_ON)
    assert "waive" not in omar.get(sent.referral).referral.allowed_acts
    assert refused(omar.perform, sent, "waive", reason="settled").reason == "ROLE_REQUIRED"
    omar.perform(sent, "reject", reason="no-capacity", none_known=True, person_told="phone")
    assert maria.get(sent.referral).referral.status == "rejected", "nobody is stranded"
