# SPDX-License-Identifier: Apache-2.0
"""From the first visit to the way home: what is expected, what is missed, who waits
at home, and who holds the person at every step."""

import datetime

import people
import pytest
from business_clock import let_come
from caller import in_days, pb, refused

TOMORROW = datetime.timedelta(days=1)
SOON = datetime.timedelta(minutes=10)    # near enough to be attended


def event(kind="visit", after=TOMORROW):
    """What is expected |after| from now."""
    expected = pb.ExpectedEvent(kind=kind)
    expected.time.FromDatetime(datetime.datetime.utcnow() + after)
    return expected


def begun(maria, petra, kind="care-request", hand_back="", after=TOMORROW):
    """A treatment at Beroende, a visit expected |after| now: version 3."""
    sent = maria.send(people.BEROENDE, act={"kind": kind, "hand_back_unit": hand_back})
    petra.accept(sent, 1)
    petra.perform(sent, "start", intervention="CRA", event=event(after=after))
    return sent


def planned(maria, petra):
    sent = begun(maria, petra)
    petra.perform(sent, "plan_home", not_needed="family-and-friends", housing="own",
                  first_contact_date=in_days(14), body=b"I have my sister")
    return sent


def seen(caller, sent):
    referral = caller.get(sent.referral).referral
    return referral.status, referral.business_status, referral.next_actor, referral.next_act


def chain(caller, sent):
    return caller.get(sent.referral).chain


# -- what is expected -----------------------------------------------------------------


def test_a_started_treatment_stops_the_persons_clock(maria, petra):
    sent = begun(maria, petra)
    assert chain(maria, sent).intervention_start_date == in_days(0)
    assert seen(maria, sent) == ("in-progress", "booked", people.BEROENDE, "attend")
    expected = maria.get(sent.referral).referral.expected_event
    assert expected.alarm_time.ToSeconds() - expected.time.ToSeconds() == 210 * 60


@pytest.mark.parametrize("fields, reason", [
    (dict(intervention="CRA", event=event(after=-TOMORROW)), "TIME_PASSED"),
    (dict(intervention="CRA", no_next="other", start_date=in_days(2)), "START_IN_FUTURE"),
    (dict(intervention="CRA"), "FIELD_MISSING"),
    (dict(intervention="prayer", no_next="other"), "CODE_UNKNOWN"),
    (dict(intervention="CRA", event=event("party")), "CODE_UNKNOWN"),
])
def test_a_start_says_what_when_and_what_is_next(maria, petra, fields, reason):
    sent = maria.send(people.BEROENDE)
    petra.accept(sent, 1)
    assert refused(petra.perform, sent, "start", **fields).reason == reason
    assert seen(maria, sent)[0] == "accepted"


def test_nothing_is_started_of_a_consultation(maria, petra):
    sent = maria.send(people.BEROENDE, act={"kind": "consultation"})
    petra.accept(sent, 1)
    assert refused(petra.perform, sent, "start", intervention="MI", no_next="other").reason == "ACT_NOT_POSSIBLE"
    assert seen(maria, sent)[3] == "complete"
    petra.perform(sent, "complete", body=b"we advise")
    assert seen(maria, sent)[:2] == ("completed", "")
    assert chain(maria, sent).custodian == people.LUND


def test_a_miss_asks_the_owner_to_reach_the_person(maria, petra, tables):
    sent = begun(maria, petra)
    let_come(tables, sent.referral)
    petra.perform(sent, "miss")
    assert seen(maria, sent) == ("in-progress", "missed", people.BEROENDE, "reach")
    assert refused(petra.perform, sent, "miss").reason == "ACT_NOT_POSSIBLE"
    petra.perform(sent, "book", event=event("call"))
    assert seen(maria, sent)[1:] == ("booked", people.BEROENDE, "attend")


def test_nobody_has_come_to_what_lies_ahead_or_missed_it(maria, petra, tables):
    """Who comes early has come; but nobody is missed before the time."""
    sent = begun(maria, petra)

    def allowed():
        return {"attend", "miss"} & set(petra.get(sent.referral).referral.allowed_acts)

    for name, fields in (("miss", {}), ("attend", {"no_next": "other"})):
        assert refused(petra.perform, sent, name, **fields).reason == "EVENT_AHEAD"
    assert allowed() == set()
    petra.perform(sent, "book", event=event(after=SOON))
    assert refused(petra.perform, sent, "miss").reason == "EVENT_AHEAD" and allowed() == {"attend"}
    petra.perform(sent, "attend", event=event())
    let_come(tables, sent.referral)
    assert allowed() == {"attend", "miss"}
    petra.perform(sent, "miss")


def test_the_first_contact_at_home_is_to_come(maria, petra):
    sent = begun(maria, petra)
    plan = dict(not_needed="no-need", housing="own", body=b"my sister")
    assert refused(petra.perform, sent, "plan_home", first_contact_date=in_days(-2), **plan).reason == "TIME_PASSED"
    petra.perform(sent, "plan_home", first_contact_date=in_days(1), **plan)


def test_anybody_who_has_reached_the_person_answers_a_miss(maria, petra, tables):
    sent = begun(maria, petra)
    let_come(tables, sent.referral)
    petra.perform(sent, "miss")
    maria.perform(sent, "note", contact=True)
    assert seen(maria, sent) == ("in-progress", "booked", people.BEROENDE, "book")


def test_an_event_that_came_about_is_followed_by_the_next(maria, petra):
    sent = begun(maria, petra, after=SOON)
    petra.perform(sent, "attend", event=event("dose", SOON))
    assert maria.get(sent.referral).referral.expected_event.kind == "dose"
    petra.perform(sent, "attend", no_next="treatment-ends")
    assert seen(maria, sent) == ("in-progress", "", people.BEROENDE, "complete")
    assert refused(petra.perform, sent, "attend", no_next="other").reason == "NOTHING_EXPECTED"
    assert refused(petra.perform, sent, "miss").reason == "NOTHING_EXPECTED"
    assert refused(petra.perform, sent, "book", cancelled_by="person").reason == "NOTHING_EXPECTED"


def test_what_is_cancelled_is_not_missed_and_wants_another(maria, petra):
    sent = begun(maria, petra)
    petra.perform(sent, "book", cancelled_by="person")
    assert seen(maria, sent) == ("in-progress", "", people.BEROENDE, "book")
    assert maria.get(sent.referral).events[-1].cancelled_by == "person"


def test_a_first_appointment_is_expected_and_lies_ahead(maria, petra):
    sent = maria.send(people.BEROENDE)
    past, ahead = event(after=-TOMORROW).time, event().time
    assert refused(petra.accept, sent, 1, appointment_time=past).reason == "TIME_PASSED"
    petra.accept(sent, 1, appointment_time=ahead)
    assert seen(maria, sent) == ("accepted", "booked", people.BEROENDE, "start")


def test_a_pause_ends_on_a_day_and_is_resumed(maria, petra):
    sent = begun(maria, petra)
    assert refused(petra.perform, sent, "pause", reason="in-custody", until_date=in_days(0)).reason == "TIME_PASSED"
    petra.perform(sent, "pause", reason="in-custody", until_date=in_days(20))
    assert seen(maria, sent) == ("on-hold", "", people.BEROENDE, "resume")
    petra.perform(sent, "resume", event=event())
    assert seen(maria, sent) == ("in-progress", "booked", people.BEROENDE, "attend")


# -- the way home -----------------------------------------------------------------------


def test_nobody_is_sent_home_without_a_plan(maria, petra, nothing_written):
    sent = begun(maria, petra)
    request = petra.perform_request(sent, "complete", 3, body=b"done")
    refusal = nothing_written(refused, petra.act, request)
    assert refusal.reason == "HOME_PLAN_MISSING"
    assert "plan-home" in refusal.refusal.allowed_acts and "complete" not in refusal.refusal.allowed_acts
    assert seen(maria, sent)[0] == "in-progress"


def test_what_is_completed_is_held_until_it_is_taken_back(maria, petra):
    sent = planned(maria, petra)
    petra.perform(sent, "complete", body=b"done")
    assert (seen(maria, sent), chain(maria, sent).custodian) == (
        ("completed", "homecoming-planned", people.LUND, "take-back"), people.BEROENDE)
    assert "take-back" in maria.get(sent.referral).referral.allowed_acts
    maria.perform(sent, "take_back")
    # Nothing is asked until it is asked how the person is (test_chain_questions.py).
    assert (seen(maria, sent)[2:], chain(maria, sent).custodian) == (("", ""), people.LUND)
    assert refused(maria.perform, sent, "take_back").reason == "ACT_NOT_POSSIBLE"


def test_the_aftercare_takes_over_at_the_completion(maria, petra, omar):
    sent = begun(maria, petra)
    home = petra.send(people.MALMO, chain=sent.chain, act={"kind": "aftercare"})
    petra.perform(sent, "plan_home", aftercare=home.referral, housing="supported",
                  first_contact_date=in_days(3), body=b"my words")
    assert refused(petra.perform, sent, "complete", body=b"done").reason == "AFTERCARE_NOT_ACCEPTED"
    omar.accept(home, 1)
    assert chain(petra, sent).custodian == people.BEROENDE
    petra.perform(sent, "complete", body=b"done")
    assert chain(maria, sent).custodian == people.MALMO
    assert seen(maria, sent)[2:] == ("", "")
    assert refused(maria.perform, sent, "take_back").reason == "ACT_NOT_POSSIBLE"


def test_who_is_asked_to_take_over_sees_the_plan_and_no_more_of_the_treatment(maria, petra, omar):
    sent = begun(maria, petra)
    home = petra.send(people.MALMO, chain=sent.chain, act={"kind": "aftercare"})
    petra.perform(sent, "plan_home", aftercare=home.referral, housing="supported",
                  first_contact_date=in_days(3), body=b"my words")
    for events in (omar.get(home.referral).events, omar.chain(sent.chain).events):
        plan, = (event for event in events if event.referral == sent.referral)
        assert (plan.kind, plan.housing, plan.first_contact_date, plan.aftercare, plan.has_text) == (
            "plan-home", "supported", in_days(3), home.referral, False)
    assert refused(omar.get, sent.referral).reason == "NOT_FOUND"
    seen_by_maria = [event for event in maria.chain(sent.chain).events if event.kind == "plan-home"]
    assert [event.has_text for event in seen_by_maria] == [True]


def test_only_an_own_aftercare_in_the_same_chain_is_a_plan(maria, petra):
    sent = begun(maria, petra)
    other = maria.send(people.MALMO, act={"kind": "aftercare"})
    elsewhere = petra.send(people.MALMO, act={"kind": "aftercare"})
    for wrong in (other, elsewhere, sent):
        assert refused(petra.perform, sent, "plan_home", aftercare=wrong.referral, housing="own",
                       first_contact_date=in_days(3)).reason == "NOT_FOUND"


def test_what_is_broken_off_is_handed_back_to_the_unit_that_was_named(maria, petra, omar):
    sent = begun(maria, petra, hand_back=people.MALMO)
    petra.perform(sent, "break_off", reason="person-wishes", person_told="phone", body=b"next: call")
    assert seen(maria, sent) == ("failed", "", people.MALMO, "take-back")
    assert refused(maria.perform, sent, "take_back").reason == "ACT_NOT_YOURS"
    omar.perform(sent, "take_back")
    assert chain(maria, sent).custodian == people.MALMO


def test_an_old_hand_back_takes_nothing_of_what_came_later(maria, petra):
    first = planned(maria, petra)
    petra.perform(first, "complete", body=b"done")
    second = petra.send(people.LUND, chain=first.chain, act={"kind": "handover"})
    maria.accept(second, 1)
    assert chain(maria, first).custodian == people.LUND
    third = maria.send(people.BEROENDE, chain=first.chain)
    petra.accept(third, 1)
    assert chain(maria, first).custodian == people.BEROENDE
    assert refused(maria.perform, first, "take_back").reason == "ACT_NOT_POSSIBLE"


def test_a_final_answer_is_corrected_by_another(maria, petra):
    sent = planned(maria, petra)
    petra.perform(sent, "complete", body=b"done")
    petra.perform(sent, "correct", body=b"one dose was wrong")
    assert [e.code for e in maria.get(sent.referral).events[-2:]] == ["SSV", "SSV"]
    assert seen(maria, sent)[0] == "completed"
