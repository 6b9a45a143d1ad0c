# SPDX-License-Identifier: Apache-2.0
"""Silence is the alarm: who is told what when nobody confirms, answers or reads; each
step once, and nothing ends by it."""

import datetime
import re

import people
import pytest
from business_clock import settle, wait_for
from caller import pb, refused
from client import Client
from google.protobuf.timestamp_pb2 import Timestamp

COVERED = pb.LegalBasis(code="consent", form="written", covers_missed_events=True, end_date="2038-11-02")


def moment(text):
    """A Timestamp of Stockholm's winter time."""
    at = Timestamp()
    at.FromDatetime(datetime.datetime.fromisoformat(f"2037-{text}+01:00").astimezone(datetime.timezone.utc)
                    .replace(tzinfo=None))
    return at


def event(text, kind="visit"):
    return pb.ExpectedEvent(kind=kind, time=moment(text))


def treated(maria, petra, basis=COVERED, at="11-20 13:00:00", **act):
    """In treatment at Beroende, something expected."""
    sent = maria.send(people.BEROENDE, act={"legal_basis": basis, "help_request_date": "2037-11-02", **act})
    petra.accept(sent, 1, contact_by_date="2037-12-01")
    petra.perform(sent, "start", intervention="CRA", start_date="2037-11-20", event=event(at))
    return sent


def alarms(tables, sent):
    """(event, step, whom) of a referral, in their order."""
    return [(kind, step, set(told or [])) for kind, step, told in tables.rows(
        "SELECT e.kind, a.step, array_agg(u.handle) FILTER (WHERE u.id IS NOT NULL) FROM stafett.alarm a"
        " JOIN stafett.event e USING (chain, seq) LEFT JOIN stafett.unit u ON u.id = ANY (a.told)"
        " WHERE a.referral = %s GROUP BY a.chain, a.seq, e.kind, a.step ORDER BY a.seq", sent.referral)]


def wait_alarms(tables, sent, count):
    """The alarms of a referral, when there are so many."""
    wait_for(tables, lambda: len(alarms(tables, sent)) >= count)
    found = alarms(tables, sent)
    assert len(found) == count, found
    return found


def seen(caller, sent):
    referral = caller.get(sent.referral).referral
    return referral.status, referral.business_status, referral.next_act, referral.version


def item(caller, sent, kind):
    return [i for i in caller.whole_inbox() if i.referral == sent.referral and i.kind == kind]


def test_an_alarm_stands_in_the_log_of_the_unit_that_must_act(stack, tables, clock, maria, petra, work):
    sent = treated(maria, petra)
    clock("11-20 16:30:00")
    wait_alarms(tables, sent, 1)
    vera = stack.caller("vera")
    entry = next(e for e in vera.whole_log(referral=sent.referral) if e.operation == "alarm")
    assert (entry.agent.member, entry.agent.unit, entry.act) == ("", people.BEROENDE, "miss")
    said = Client(stack, work / "alarm-log").run("vera", "audit", "log", sent.referral, "--action", "alarm")
    assert f"the clock, Beroende Lund: raised an alarm about {sent.answer.code[:4]}" in " ".join(said.split())


def test_a_missed_visit_climbs_its_ladder_step_by_step(stack, tables, clock, maria, petra):
    sent = treated(maria, petra)
    version = seen(petra, sent)[3]
    clock("11-20 16:29:50")
    settle(tables)
    assert not alarms(tables, sent)

    clock("11-20 16:30:00")
    assert wait_alarms(tables, sent, 1) == [("miss", -1, {people.BEROENDE})]
    assert seen(petra, sent) == ("in-progress", "missed", "reach", version)
    due = petra.get(sent.referral).referral.due_time
    assert due == moment("11-23 17:00:00")
    miss, = item(petra, sent, "miss")
    assert (miss.needs, miss.from_unit, miss.due_time) == ("act", "", due)
    assert not item(maria, sent, "miss")

    clock("11-23 08:00:00")
    assert wait_alarms(tables, sent, 2)[1] == ("alarm", 0, {people.BEROENDE, people.LUND})
    assert item(maria, sent, "alarm")[0].needs == "none"
    clock("11-23 17:00:00")
    assert wait_alarms(tables, sent, 3)[2][2] == {people.BEROENDE, people.LUND}
    assert tables.rows("SELECT a.managers FROM stafett.alarm a WHERE a.referral = %s ORDER BY a.seq",
                       sent.referral) == [(False,), (False,), (True,)]
    told = [e.managers_told for e in petra.get(sent.referral).events if e.kind in ("miss", "alarm")]
    assert told == [False, False, True]
    clock("12-20 12:00:00")
    settle(tables)
    assert len(alarms(tables, sent)) == 3
    assert seen(petra, sent) == ("in-progress", "missed", "reach", version)


def test_without_the_persons_leave_only_the_owner_is_told_of_a_miss(stack, tables, clock, maria, petra):
    sent = treated(maria, petra, basis=pb.LegalBasis(code="need-of-care"))
    clock("11-23 08:00:00")
    assert wait_alarms(tables, sent, 2) == [("miss", -1, {people.BEROENDE}), ("alarm", 0, {people.BEROENDE})]
    assert not item(maria, sent, "alarm")


@pytest.mark.parametrize("say_no", [
    lambda maria, petra, sent: maria.perform(sent, "unshare"),
    lambda maria, petra, sent: petra.perform(sent, "consent", form="oral", recipients=[people.LUND, "skane"]),
], ids=["revoked", "narrower"])
def test_a_leave_that_was_taken_back_tells_nobody_else(stack, tables, clock, maria, petra, say_no):
    sent = treated(maria, petra)
    say_no(maria, petra, sent)
    clock("11-23 08:00:00")
    assert wait_alarms(tables, sent, 2) == [("miss", -1, {people.BEROENDE}), ("alarm", 0, {people.BEROENDE})]


def test_after_it_no_step_of_any_ladder_tells_who_is_told_no_more(stack, tables, clock, maria, petra):
    """Not the last one either, which tells the managers of both where it is shared."""
    sent = treated(maria, petra)
    promised = maria.send(people.BEROENDE, act={"legal_basis": COVERED, "help_request_date": "2037-11-02"})
    petra.accept(promised, 1, contact_by_date="2037-11-23")
    for referral in (sent, promised):
        maria.perform(referral, "unshare")
    clock("11-23 17:00:00")
    assert [told for *_, told in wait_alarms(tables, sent, 3)] == 3 * [{people.BEROENDE}]
    clock("11-24 17:00:00")
    wait_for(tables, lambda: alarms(tables, promised))
    settle(tables)
    assert {unit for *_, told in alarms(tables, promised) for unit in told} == {people.BEROENDE}
    for referral in (sent, promised):
        assert not item(maria, referral, "alarm") and item(petra, referral, "alarm")


def test_whoever_reached_the_person_ends_the_alarm(stack, tables, clock, maria, petra):
    sent = treated(maria, petra)
    clock("11-20 16:31:00")
    wait_alarms(tables, sent, 1)
    maria.perform(sent, "note", contact=True)
    assert seen(maria, sent)[1:3] == ("booked", "book")
    clock("11-23 08:00:30")
    settle(tables)
    assert len(alarms(tables, sent)) == 1
    clock("11-23 17:00:30")
    assert wait_alarms(tables, sent, 2)[1][0] == "alarm"


@pytest.mark.parametrize("answer", [
    ("attend", {"event": event("11-27 13:00:00")}),
    ("book", {"cancelled_by": "person", "event": event("11-27 13:00:00")}),
    ("book", {"event": event("11-21 13:00:00")}),
])
def test_what_is_confirmed_or_cancelled_in_time_is_not_missed(stack, tables, clock, maria, petra, answer):
    sent = treated(maria, petra)
    clock("11-20 12:50:00")
    petra.perform(sent, answer[0], **answer[1])
    clock("11-20 16:30:30")
    settle(tables)
    assert not alarms(tables, sent)


def test_a_dose_and_a_call_have_their_own_grace(stack, tables, clock, maria, petra):
    dose = treated(maria, petra)
    petra.perform(dose, "book", event=event("11-20 13:00:00", "dose"))
    call = treated(maria, petra)
    petra.perform(call, "book", event=event("11-20 13:00:00", "call"))
    clock("11-20 15:00:00")
    assert wait_alarms(tables, dose, 1)[0][0] == "miss"
    clock("11-20 23:59:50")
    settle(tables)
    assert not alarms(tables, call)
    clock("11-21 00:00:00")
    assert wait_alarms(tables, call, 1)[0][0] == "miss"


def test_what_nobody_reads_is_told_to_both_sides_and_stays(stack, tables, clock, maria, petra):
    sent = maria.send(people.BEROENDE, act={"help_request_date": "2037-11-02"})
    clock("11-23 17:00:00")
    assert wait_alarms(tables, sent, 1) == [("alarm", 0, {people.BEROENDE, people.LUND})]
    clock("11-26 08:00:00")
    assert [step for _, step, _ in wait_alarms(tables, sent, 3)] == [0, 1, 2]
    late = maria.today()
    assert sent.referral in [row.referral.id for row in late.waiting] and late.late_waiting_count
    assert sent.referral in [row.referral.id for row in petra.today().duties]
    assert seen(maria, sent) == ("requested", "", "acknowledge", 1)
    petra.acknowledge(sent)
    assert seen(maria, sent)[0] == "received"


def test_the_alarm_is_in_the_history_of_nobody(stack, tables, clock, maria, petra):
    sent = treated(maria, petra)
    clock("11-20 16:30:00")
    wait_alarms(tables, sent, 1)
    last = petra.get(sent.referral).events[-1]
    assert (last.kind, last.code, last.unit, last.member) == ("miss", "UTEBLIVEN", "", "")
    assert last.occurrence_time == moment("11-20 16:30:00")


def test_a_clock_that_was_set_stops_the_alarms_until_an_operator_says_so(stack, tables, clock, maria, petra):
    sent = treated(maria, petra)
    mark = stack.process.mark()
    tables.connection.cursor().execute(
        "CREATE OR REPLACE FUNCTION stafett.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE"
        " RETURN transaction_timestamp() + interval '20 years'; NOTIFY stafett_clock, 'look'")
    stack.process.wait_line("the clock was set", after=mark)
    assert not alarms(tables, sent)
    stack.command("clock", "accept")
    wait_for(tables, lambda: alarms(tables, sent))
    assert alarms(tables, sent)[0][0] == "miss"


@pytest.mark.parametrize("away, steady", [
    ("0", True), ("10 days", True), ("-30 minutes", True), ("-2 hours", False), ("40 days", False)])
def test_the_clock_of_a_machine_that_booted_anew_is_held_against_what_was_seen_last(tables, away, steady):
    cursor = tables.connection.cursor()
    cursor.execute("BEGIN; DELETE FROM stafett.clerk_clock")
    try:
        cursor.execute("INSERT INTO stafett.clerk_clock (boot, up_us, time)"
                       " VALUES ('the last', 1000000, stafett.now() - %s::interval)", [away])
        cursor.execute("SELECT steady FROM duty.look_clock('a new one', 0)")
        assert cursor.fetchone() == (steady,)
        cursor.execute("DELETE FROM stafett.clerk_clock")
        cursor.execute("SELECT * FROM duty.look_clock('the first of all', 0)")
        assert cursor.fetchone() == (True, 0)
    finally:
        cursor.execute("ROLLBACK")


def test_the_client_shows_what_the_clock_says_red_and_first(stack, tables, clock, maria, petra, work):
    sent = treated(maria, petra)
    clock("11-20 16:30:00")
    wait_alarms(tables, sent, 1)
    desk = Client(stack, work / "alarm-desk")
    late = desk.run("petra", "inbox").split("DANGER OR LATE")[1].split("NEW")[0]
    assert re.search(rf"! +\d+ {sent.answer.code[:4]} \(clock\)", late), late
    shown = desk.run("petra", "show", sent.referral)
    assert re.search(r"the cl\w* +not confirmed", shown), shown


def test_why_tells_rule_inputs_and_source_now_and_then(stack, tables, clock, maria, petra):
    sent = treated(maria, petra)
    before = Timestamp()
    before.FromMicroseconds(int(tables.value("SELECT extract(epoch FROM stafett.now()) * 1000000")))
    clock("11-20 16:30:00")
    wait_alarms(tables, sent, 1)
    clock_of_person, reach = maria.why(sent.referral)
    assert (clock_of_person.what, clock_of_person.anchor_date, clock_of_person.due_date, clock_of_person.stop_date) \
        == ("help", "2037-11-02", "2037-12-02", "2037-11-20")
    assert (clock_of_person.rule.name, clock_of_person.rule.unit, clock_of_person.rule.amount) == (
        "HELP-1-MONTH", "months", 1)
    assert (reach.what, reach.actor, reach.due_time) == ("reach", people.BEROENDE, moment("11-23 17:00:00"))
    assert reach.anchor_time == moment("11-20 16:30:00")
    assert (reach.rule.name, reach.rule.version, reach.rule.anchor) == ("NO-SHOW-CONTACT", 1, "missed")
    _, attend = maria.why(sent.answer.code, as_of_time=before)
    assert (attend.what, attend.rule.name, attend.anchor_time) == ("attend", "GRACE-VISIT", moment("11-20 13:00:00"))
    assert refused(stack.caller("omar").why, sent.referral).reason == "NOT_FOUND"


def test_the_client_tells_why(stack, tables, clock, maria, petra, work):
    sent = treated(maria, petra)
    clock("11-20 16:30:00")
    wait_alarms(tables, sent, 1)
    desk = Client(stack, work / "why-desk")
    said = desk.run("petra", "why", sent.referral)
    for words in ("Help due Wed 2 Dec", "HELP-1-MONTH v1", "asked for help", "Beroende Lund: reach the person by Mon 23 Nov 17:00",
                  "NO-SHOW-CONTACT v1", "missed Fri 20 Nov 16:30", "a working day later"):
        assert words in said, said
