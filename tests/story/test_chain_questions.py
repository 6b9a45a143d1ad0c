# SPDX-License-Identifier: Apache-2.0
"""What a chain asks of whoever holds it: why help is late, once the person's clock is
broken, and how the person is, 3, 6 and 12 months after the treatment. Asked until it is
answered; silence is told step by step, once each; nothing else follows from time."""

import datetime
import json

import people
import pytest
import quarter
from business_clock import set_at, settle
from caller import pb, refused
from client import Client

OVERDUE, BOTH = 8, {people.LUND, people.BEROENDE}
CARD = json.dumps({"familyName": "Holm", "givenName": "Anders", "number": "196408233234"}).encode()


@pytest.fixture(scope="module")
def desk(stack, work):
    return Client(stack, work / "desk-of-duties")


@pytest.fixture
def clock(tables):
    """Sets Stockholm's wall clock: the days of 2037 are those of 2026."""
    def set_clock(text):
        set_at(tables, text if text.startswith("20") else f"2037-{text}")
    set_clock("11-02 09:00:00")
    return set_clock


def told(tables, chain):
    """[(event, whom, whether their managers too)] of what the clock told of a chain."""
    return [(kind, set(whom), managers) for kind, whom, managers in tables.rows(
        "SELECT e.kind, array_agg(u.handle), a.managers FROM stafett.alarm a JOIN stafett.event e USING (chain, seq)"
        " JOIN stafett.unit u ON u.id = ANY (a.told) WHERE a.chain = %s AND a.what <> ''"
        " GROUP BY a.chain, a.seq, e.kind, a.managers ORDER BY a.seq", chain)]


def asked(caller, chain):
    """What the unit is asked of this chain."""
    return [duty.what for duty in caller.today(page_size=50).questions if duty.chain.id == chain]


def accepted(maria, petra, **accept):
    """Asked for on 2 November, help is due on 2 December; Beroende holds the chain."""
    sent = maria.send(people.BEROENDE, card=CARD, act={"help_request_date": "2037-11-02"})
    petra.accept(sent, 1, **{"contact_by_date": "2037-12-01", **accept})
    return sent


def completed(maria, petra, day="2037-11-02", **send):
    """A treatment that was begun on this day and is over; Lund holds the chain again."""
    sent = maria.send(people.BEROENDE, card=CARD, **{"act": {"help_request_date": day}, **send})
    petra.accept(sent, 1, contact_by_date=day, clock_reason="other")
    petra.perform(sent, "start", intervention="CRA", start_date=day, no_next="other")
    petra.perform(sent, "plan_home", not_needed="family-and-friends", housing="own",
                  first_contact_date=day, body=b"I go home")
    petra.perform(sent, "complete", body=b"done")
    maria.perform(sent, "take_back")
    return sent


# -- help is late ------------------------------------------------------------------------------

def test_a_broken_clock_is_told_once_a_step_and_asked_of_the_holder(tables, clock, maria, petra):
    sent = accepted(maria, petra)
    clock("12-02 23:58:00")
    settle(tables)
    assert not told(tables, sent.chain) and not asked(petra, sent.chain)
    clock("12-03 00:00:01")
    settle(tables)
    assert told(tables, sent.chain) == [("breach", BOTH, False)]
    assert asked(petra, sent.chain) == ["help"] and not asked(maria, sent.chain)
    clock("12-03 08:00:01")
    settle(tables)
    assert told(tables, sent.chain) == [("breach", BOTH, False), ("alarm", {people.BEROENDE}, True)]
    clock("12-20 08:00:00")
    settle(tables)
    assert len(told(tables, sent.chain)) == 2
    assert [item.kind for item in maria.whole_inbox()
            if item.referral == sent.referral and not item.from_unit].count("breach") == 1
    assert tables.value("SELECT custodian_changed OR to_status <> 'open' FROM stafett.event"
                        " WHERE chain = %s AND kind = 'breach'", sent.chain) is False


def test_the_reason_is_recorded_whenever_it_breaks_and_counted(tables, clock, maria, petra):
    sent = accepted(maria, petra)
    too_early = refused(petra.on_chain, sent.chain, "delay", reason="no-capacity")
    assert (too_early.reason, "delay" in too_early.refusal.allowed_acts) == ("ACT_NOT_POSSIBLE", False)
    clock("12-03 07:00:00")
    settle(tables)
    assert "delay" in petra.get(sent.referral).chain.allowed_acts
    assert "delay" not in maria.get(sent.referral).chain.allowed_acts
    assert refused(maria.on_chain, sent.chain, "delay", reason="no-capacity").reason == "ACT_NOT_YOURS"
    assert refused(petra.on_chain, sent.chain, "delay", reason="bored").field() == "delay.reason"
    petra.on_chain(sent.chain, "delay", reason="in-custody")
    assert not asked(petra, sent.chain)
    for who in (maria, petra):
        assert who.get(sent.referral).chain.breach_reason == "in-custody"
    clock("12-20 08:00:00")
    settle(tables)
    assert told(tables, sent.chain) == [("breach", BOTH, False)]   # nobody is told again
    assert tables.value("SELECT count(*) FROM stafett.asked_for_help('2037-11-02', '2037-11-03', stafett.now(),"
                        " ARRAY['care-request']) a WHERE a.reason = 'in-custody' AND a.late") == 1
    event = next(event for event in petra.chain(sent.chain).events if event.kind == "delay")
    assert event.status_reason == "in-custody"


def test_the_last_word_counts_and_goes_to_no_unit_that_is_named(tables, clock, maria, petra):
    sent = accepted(maria, petra)
    clock("12-03 07:00:00")
    settle(tables)
    for reason in ("no-capacity", "not-reached"):
        petra.on_chain(sent.chain, "delay", reason=reason)
    assert petra.chain(sent.chain).chain.breach_reason == "not-reached"
    assert [event.status_reason for event in petra.chain(sent.chain).events
            if event.kind == "delay"] == ["no-capacity", "not-reached"]
    request = petra.act_request("", sent.chain, petra.chain(sent.chain).chain.version, to_units=[people.LUND],
                                delay=pb.DelayAct(reason="other"))
    assert refused(petra.act, request).field() == "to_units"


def test_a_reason_that_was_known_before_is_not_asked_for(tables, clock, maria, petra):
    sent = accepted(maria, petra, contact_by_date="2037-12-20", clock_reason="person-wishes")
    clock("12-03 07:00:00")
    settle(tables)
    assert told(tables, sent.chain) == [("breach", BOTH, False)] and not asked(petra, sent.chain)
    assert petra.get(sent.referral).chain.breach_reason == "person-wishes"


def test_help_is_late_for_who_waits_for_it_alone(tables, clock, maria, petra, desk):
    """Not where a chain has nothing whose start could stop the clock: a report is no request."""
    report = maria.send(people.BEROENDE, act={"kind": "report-of-concern", "help_request_date": "2037-11-02"})
    aside = maria.send(people.BEROENDE, act={"kind": "consultation", "help_request_date": "2037-11-02"})
    registered = maria.register(0, help_request_date="2037-11-02")
    petra.acknowledge(report)
    clock("12-03 09:00:00")
    settle(tables)
    for chain, holder in ((report.chain, petra), (aside.chain, maria)):
        assert not told(tables, chain) and not asked(holder, chain)
        assert "delay" not in holder.chain(chain).chain.allowed_acts
        assert not holder.chain(chain).chain.awaits_help
    assert "Help due" not in desk.run("maria", "show", aside.referral)
    assert asked(maria, registered) == ["help"]
    maria.send(people.BEROENDE, chain=aside.chain, act={"help_request_date": ""})
    settle(tables)
    assert "breach" in [kind for kind, _, _ in told(tables, aside.chain)] and asked(maria, aside.chain) == ["help"]
    assert "Help due" in desk.run("maria", "show", aside.referral)


def test_it_is_told_also_when_the_reason_is_quicker_than_the_clerk(tables, clock, maria, petra):
    sent = accepted(maria, petra)
    clock("12-03 07:00:00")
    tables.rows("SELECT * FROM duty.break_clocks(50)")
    petra.on_chain(sent.chain, "delay", reason="in-custody")
    settle(tables)
    assert told(tables, sent.chain) == [("breach", BOTH, False)] and not asked(petra, sent.chain)


def test_a_start_stops_it_and_a_mended_clock_begins_anew(tables, clock, maria, petra, stack):
    started, mended = accepted(maria, petra), maria.register(0, help_request_date="2037-11-02")
    clock("12-02 15:00:00")
    petra.perform(started, "start", intervention="CRA", start_date="2037-12-02", no_next="other")
    clock("12-03 07:00:00")
    settle(tables)
    assert not told(tables, started.chain)
    assert told(tables, mended) == [("breach", {people.LUND}, False)] and asked(maria, mended) == ["help"]
    proposal = maria.on_chain(mended, "correct_clock", help_request_date="2037-11-09", body=b"a week later")
    stack.caller("mona").on_chain(mended, "confirm", proposal=proposal)
    assert not asked(maria, mended)
    settle(tables)
    assert len(told(tables, mended)) == 1
    clock("12-10 00:00:01")
    settle(tables)
    assert [kind for kind, _, _ in told(tables, mended)] == ["breach", "breach"]
    assert asked(maria, mended) == ["help"]
    maria.on_chain(mended, "close", reason="moved", person_told="phone")
    assert not asked(maria, mended)


def test_it_is_red_in_the_day_in_the_lists_and_for_check(tables, clock, maria, petra, desk):
    sent = accepted(maria, petra, contact_by_date="2037-12-20", clock_reason="person-wishes")
    quiet = [row.referral.id for row in petra.list(open_only=True, overdue_only=True, page_size=100).referrals]
    assert sent.referral not in quiet
    clock("12-03 07:00:00")
    settle(tables)
    late = [row.referral.id for row in petra.list(open_only=True, overdue_only=True, page_size=100).referrals]
    assert sent.referral in late   # though it is due on 20 December, for who holds the chain
    unexplained = accepted(maria, petra, contact_by_date="2037-12-20", clock_reason="person-wishes")
    tables.connection.cursor().execute("DELETE FROM stafett.detail WHERE chain = %s", (unexplained.chain,))
    settle(tables)
    code = unexplained.answer.code[:4]
    said = desk.run("petra", "today", "--check", status=OVERDUE)
    assert f"! {code} Holm, Anders: help was due Wed 2 Dec and has not begun. Why?" in " ".join(said.split()), said
    assert f"delay {code}" in said
    assert "help has not begun in time" in desk.run("petra", "show", unexplained.referral)
    assert "recorded" in desk.run("petra", "delay", code, "--reason", "not-reached")
    assert f"delay {code}" not in desk.run("petra", "today")
    assert "why help is late: " in desk.run("petra", "show", unexplained.referral)


# -- how the person is ---------------------------------------------------------------------------

def test_how_the_person_is_is_asked_after_3_6_and_12_months(tables, clock, maria, petra, desk):
    sent = completed(maria, petra)
    settle(tables)
    assert refused(maria.on_chain, sent.chain, "follow_up", outcome="better").reason == "ACT_NOT_POSSIBLE"
    for day, what in (("2038-02-02", "follow-up-3"), ("2038-05-03", "follow-up-6"), ("2038-11-02", "follow-up-12")):
        # Six months are over on a Sunday: it is asked on the Monday.
        clock(f"{day} 00:00:01" if what != "follow-up-6" else "2038-05-02 18:00:00")
        settle(tables)
        assert not asked(maria, sent.chain), what
        clock(f"{day} 08:00:01")
        settle(tables)
        assert asked(maria, sent.chain) == [what] and not asked(petra, sent.chain)
        assert maria.get(sent.referral).chain.follow_up == what and not petra.get(sent.referral).chain.follow_up
        assert refused(petra.on_chain, sent.chain, "follow_up", outcome="better").reason == "ACT_NOT_YOURS"
        maria.on_chain(sent.chain, "follow_up", outcome="better", body=b"works again")
        assert not asked(maria, sent.chain)
    clock("2039-12-01 08:00:00")
    settle(tables)
    assert not asked(maria, sent.chain)
    assert [event.status_reason for event in maria.chain(sent.chain).events if event.kind == "follow-up"] == ["better"] * 3


def next_of(caller, sent):
    """What the unit is asked of the referral, or of its chain."""
    return caller.get(sent.referral).referral.next_act or caller.chain(sent.chain).chain.next_act


def test_meanwhile_nothing_else_is_asked_and_after_the_last_answer_to_go_on(tables, clock, maria, petra):
    """Who is told to send on, or to close, closes: nobody would be asked how the person is."""
    sent = completed(maria, petra)
    settle(tables)
    clock("12-20 09:00:00")
    settle(tables)
    assert not next_of(maria, sent) and maria.get(sent.referral).chain.custodian == people.LUND
    assert not tables.count("alarm", "chain = %s", sent.chain)
    aside = maria.send(people.BEROENDE, chain=sent.chain, act={"help_request_date": ""})
    maria.perform(aside, "withdraw", reason="other")
    assert not next_of(maria, aside)
    advice = maria.send(people.BEROENDE, chain=sent.chain, act={"help_request_date": "", "kind": "consultation"})
    petra.accept(advice, 1, contact_by_date="2037-12-22", clock_reason="other")
    petra.perform(advice, "complete", body=b"my advice")
    assert not next_of(maria, advice)
    back = maria.send(people.BEROENDE, chain=sent.chain, act={"help_request_date": ""})
    petra.accept(back, 1, contact_by_date="2037-12-22", clock_reason="other")
    maria.perform(back, "withdraw", reason="other")
    assert next_of(maria, back) == "send"     # the person had gone there, and is back
    again = maria.send(people.BEROENDE, chain=sent.chain, act={"help_request_date": "", "kind": "aftercare"})
    petra.accept(again, 1, contact_by_date="2037-12-22", clock_reason="other")
    assert not next_of(maria, aside)
    petra.perform(again, "complete", body=b"done")
    assert not next_of(maria, again)
    for day in ("2038-02-02", "2038-05-03", "2038-11-02"):
        clock(f"{day} 09:00:00")
        settle(tables)
        assert not next_of(maria, again)
        maria.on_chain(sent.chain, "follow_up", outcome="better")
    assert next_of(maria, again) == "send"
    maria.on_chain(sent.chain, "close", reason="no-longer-relevant", person_told="phone")


def test_silence_about_it_is_told_and_the_client_asks_one_question(tables, clock, maria, petra, desk):
    sent = completed(maria, petra)
    code = sent.answer.code[:4]
    settle(tables)
    clock("2038-02-02 09:00:00")
    settle(tables)
    said = desk.run("maria", "today")
    assert "3 months have passed since the treatment. How is it?" in " ".join(said.split()), said
    assert f"follow-up {code}" in said
    assert not told(tables, sent.chain)
    clock("2038-02-02 17:00:01")
    settle(tables)
    assert told(tables, sent.chain) == [("unanswered", {people.LUND}, False)]
    clock("2038-02-09 08:00:01")
    settle(tables)
    assert told(tables, sent.chain)[1:] == [("alarm", {people.LUND}, True)]
    assert "FOLLOW-UP-3 v1" in desk.run("maria", "why", sent.referral)
    desk.run("maria", "today", "--check", status=OVERDUE)
    assert "recorded" in desk.run("maria", "follow-up", code, "--outcome", "unchanged")
    assert f"follow-up {code}" not in desk.run("maria", "today")
    assert "how the person is: " in desk.run("maria", "show", sent.referral)


def test_what_was_slept_through_is_asked_once_and_a_closed_chain_nothing(tables, clock, maria, petra):
    late, closed = completed(maria, petra), completed(maria, petra)
    settle(tables)
    maria.on_chain(closed.chain, "close", reason="no-longer-relevant", person_told="phone")
    clock("2038-06-10 08:00:00")
    settle(tables)
    assert asked(maria, late.chain) == ["follow-up-3"] and not asked(maria, closed.chain)
    maria.on_chain(late.chain, "follow_up", outcome="not-reached")
    settle(tables)
    assert not asked(maria, late.chain)   # six months have passed too: what is asked next is the year
    assert tables.value("SELECT what FROM stafett.chain_question WHERE chain = %s", late.chain) == "follow-up-12"
    assert datetime.date(2038, 11, 2) == tables.value(
        "SELECT (due_time AT TIME ZONE 'Europe/Stockholm')::date FROM stafett.chain_question WHERE chain = %s", late.chain)


def test_what_was_sent_by_mistake_is_not_followed_up(stack, tables, clock, maria, petra):
    sent = completed(maria, petra)
    settle(tables)
    assert tables.count("chain_question", "chain = %s", sent.chain) == 1
    proposed = maria.perform(sent, "void", reason="sent-by-mistake")
    stack.caller("mona").perform(sent, "confirm", proposal=proposed.id)
    assert tables.count("chain_question", "chain = %s", sent.chain) == 0


def questions(tables, chain):
    return [what for what, in tables.rows("SELECT what FROM stafett.chain_question WHERE chain = %s", chain)]


def test_the_treatment_before_one_that_was_a_mistake_is_followed_up(stack, tables, clock, maria, petra):
    sent = completed(maria, petra)
    clock("2038-02-02 09:00:00")
    settle(tables)
    maria.on_chain(sent.chain, "follow_up", outcome="better")
    again = completed(maria, petra, "2038-02-02", chain=sent.chain, act={"help_request_date": ""})
    assert questions(tables, sent.chain) == ["follow-up-3"]
    for treatment, rest in ((again, ["follow-up-6"]), (sent, [])):
        proposed = maria.perform(treatment, "void", reason="sent-by-mistake")
        stack.caller("mona").perform(treatment, "confirm", proposal=proposed.id)
        assert [what for what in questions(tables, sent.chain) if what != "help"] == rest


def test_whom_nobody_will_ask_how_the_person_is_is_asked_to_go_on(
        stack, tables, clock, north, colleague, east, west):
    """The treatment is voided by whom asked for it; the holder had no part in it."""
    holder = quarter.caller(stack, "harry")
    sent = north.send(east.unit, act={"help_request_date": "2037-11-02"})
    east.accept(sent, 1, contact_by_date="2037-11-03")
    east.perform(sent, "start", intervention="CRA", start_date="2037-11-02", no_next="other")
    home = east.send(west.unit, chain=sent.chain, act={
        "kind": "aftercare", "help_request_date": "", "hand_back_unit": holder.unit})
    west.accept(home, 1, contact_by_date="2037-11-03")
    east.perform(sent, "plan_home", aftercare=home.referral, housing="own",
                 first_contact_date="2037-11-04", body=b"I go home")
    east.perform(sent, "complete", body=b"done")
    west.perform(home, "complete", body=b"done")
    holder.perform(home, "take_back")
    assert holder.chain(sent.chain).chain.custodian == holder.unit and not next_of(holder, home)
    proposed = north.perform(sent, "void", reason="sent-by-mistake")
    colleague.perform(sent, "confirm", proposal=proposed.id)
    assert questions(tables, sent.chain) == []
    assert next_of(holder, home) == "send" and holder.get(home.referral).referral.HasField("due_time")


def test_what_the_chain_asks_itself_does_not_end_by_the_way(tables, clock, maria, petra):
    """As where a unit closes that has a part in it."""
    registered, other = maria.register(0, help_request_date="2037-11-02"), completed(maria, petra)
    tables.connection.cursor().execute(
        "UPDATE stafett.chain_question SET chain = %s WHERE chain = %s", (registered, other.chain))
    tables.rows("SELECT stafett.ask_holder(%s, 1, NULL)", registered)
    assert maria.chain(registered).chain.next_act == "send"


def test_two_chains_that_become_one_ask_once(stack, tables, clock, maria, petra):
    """After the latest treatment; and not why help is late, where one of them has said it."""
    def merge(ended, into):
        proposal = maria.on_chain(ended, "merge", into=into)
        stack.caller("mona").on_chain(ended, "confirm", proposal=proposal, into=into)
        return questions(tables, into)

    old = completed(maria, petra)
    settle(tables)
    clock("2038-02-02 09:00:00")
    settle(tables)
    maria.on_chain(old.chain, "follow_up", outcome="better")
    assert questions(tables, old.chain) == ["follow-up-6"]
    assert merge(completed(maria, petra, "2038-02-02").chain, old.chain) == ["follow-up-3"]
    clock("12-03 07:00:00")
    explained, silent = (maria.register(0, help_request_date="2037-10-01") for _ in range(2))
    settle(tables)
    maria.on_chain(explained, "delay", reason="no-capacity")
    assert questions(tables, silent) == ["help"] and merge(explained, silent) == []


def completed_without(tables, rules, *people_of_it):
    """A treatment that ends while no rule of that name counts."""
    def end(when):
        tables.connection.cursor().execute(
            "UPDATE stafett.rule SET valid_to = %s WHERE name LIKE %s", (when, rules))
        settle(tables)
    end("2037-01-01")
    try:
        sent = completed(*people_of_it)
        settle(tables)
    finally:
        end("infinity")
    return sent


def test_what_no_rule_counts_is_passed_over(tables, clock, maria, petra):
    sent = completed_without(tables, "FOLLOW-UP-3", maria, petra)
    clock("2038-05-03 09:00:00")
    settle(tables)
    assert asked(maria, sent.chain) == ["follow-up-6"]


def test_where_no_rule_counts_any_of_it_the_holder_is_asked_to_go_on(tables, clock, maria, petra):
    sent = completed_without(tables, "FOLLOW-UP-%", maria, petra)
    assert not questions(tables, sent.chain)
    assert next_of(maria, sent) == "send" and maria.get(sent.referral).referral.HasField("due_time")


def test_who_is_told_no_more_is_not_told_that_help_is_late_or_why(tables, clock, maria, petra):
    sent = maria.send(people.BEROENDE, act={"help_request_date": "2037-11-02", "legal_basis": pb.LegalBasis(
        code="consent", form="written", recipients=["skane"])})
    petra.accept(sent, 1, contact_by_date="2037-12-01")
    petra.perform(sent, "unshare")
    own = maria.send(people.LUND, chain=sent.chain, act={"kind": "consultation", "help_request_date": ""})
    clock("12-03 07:00:00")
    settle(tables)
    assert told(tables, sent.chain) == [("breach", {people.BEROENDE}, False)]
    petra.on_chain(sent.chain, "delay", reason="in-custody")
    assert petra.chain(sent.chain).chain.breach_reason == "in-custody"
    assert not maria.chain(sent.chain).chain.breach_reason
    for one in (sent, own):
        assert not maria.get(one.referral).chain.breach_reason
        assert [deadline.alarm_count for deadline in maria.why(one.referral) if deadline.what == "help"] == [0]
