# SPDX-License-Identifier: Apache-2.0
"""Nobody between the chairs: whom nobody was asked to help yet, or who is called to plan
together, is in the day of the unit that must see to it, and is told of when it is late."""

import json

import pytest
import quarter
from business_clock import settle, wait_for
from caller import code_of, refused
from client import Client
from uuid import UUID

NORTH, EAST, SOUTH, OLD, NEW = quarter.NORTH, quarter.EAST, quarter.SOUTH, quarter.OLD, quarter.NEW
TODAY = "2037-11-20"   # a Friday, as in 2026
PASS_ON = dict(reason="outside-mission", person_told="phone")
CARD = json.dumps({"familyName": "Holm", "givenName": "Anders", "identifier": "19640823-3234"}).encode()


@pytest.fixture(scope="module")
def crew(built_quarter):
    made = {who: quarter.caller(built_quarter, who) for who in quarter.PEOPLE}
    for caller in made.values():
        caller.asked = TODAY
    return made


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "reg-client", *quarter.members())


def rows(caller, chain, **more):
    """What stands in the caller's list of what is open about a chain: (act, by when)."""
    page = caller.list(open_only=True, page_size=100, **more)
    assert not page.next_page_token
    return [(row.referral.next_act, row.referral.due_time.ToDatetime()) if row.HasField("referral")
            else (row.chain.next_act, row.chain.due_time.ToDatetime())
            for row in page.referrals if row.chain.id == chain]


def acts(caller, chain):
    return [act for act, _ in rows(caller, chain)]


def in_day(caller, chain):
    return [row for row in caller.today(page_size=50).duties if row.chain.id == chain]


def alarms(tables, chain):
    return tables.rows(
        "SELECT a.step, u.handle FROM stafett.alarm a JOIN stafett.unit u ON u.id = ANY (a.told)"
        " WHERE a.chain = %s AND (a.referral IS NULL OR a.call IS NOT NULL) AND a.what = '' ORDER BY a.seq, u.handle", chain)


def items(caller, chain):
    return [item for item in caller.whole_inbox() if (item.chain, item.kind) == (chain, "alarm")]


# -- a chain on which nothing was sent -------------------------------------------------------


def test_who_registered_a_chain_must_send_the_person_on_until_it_does(clock, crew):
    nora, elsa = crew["nora"], crew["elsa"]
    before = nora.today().duty_count
    chain = nora.register(help_request_date="2037-11-20")
    row, = in_day(nora, chain)
    assert not row.HasField("referral") and set(row.chain.allowed_acts) == {"close", "merge", "correct-clock"}
    assert (row.chain.next_act, row.chain.due_time.ToJsonString()) == ("send", "2037-11-27T16:00:00Z")
    assert nora.chain(chain).chain.next_act == "send"
    assert nora.today().duty_count == before + 1
    sent = nora.send(elsa.unit, chain=chain)
    assert acts(nora, chain) == ["acknowledge"] and nora.chain(chain).chain.next_act == ""
    # When that has come to nothing, it is asked by what was sent.
    elsa.perform(sent, "reject", none_known=True, **PASS_ON)
    assert acts(nora, chain) == ["send"]
    nora.on_chain(chain, "close", reason="moved", person_told="phone")
    assert acts(nora, chain) == []


def test_what_is_closed_asks_nobody(clock, crew):
    chain = crew["nora"].register()
    crew["nora"].on_chain(chain, "close", reason="person-wishes", person_told="in-person")
    assert acts(crew["nora"], chain) == []


def test_pages_of_what_is_open_bring_each_chain_once(clock, crew):
    sara = crew["sara"]
    made = {sara.register() for _ in range(5)}
    found, token = [], ""
    while True:
        page = sara.list(open_only=True, page_size=2, page_token=token)
        found += [row.chain.id for row in page.referrals]
        token = page.next_page_token
        if not token:
            break
    assert sorted(chain for chain in found if chain in made) == sorted(made)


def test_who_sent_a_person_on_waits_for_it_as_long_as_it_holds_the_person(clock, crew):
    """In its day, late too, until the next unit has accepted."""
    nora, elsa, sara = crew["nora"], crew["elsa"], crew["sara"]
    sent = nora.send(elsa.unit)
    elsa.accept(sent, 1, contact_by_date="2037-12-01")
    before = elsa.today().waiting_count
    elsa.perform(sent, "forward", to=sara.unit, **PASS_ON)

    def waits(**more):
        rows = elsa.list(open_only=True, page_size=100, **more).referrals
        return [row.referral.next_actor for row in rows if row.referral.id == sent.referral]

    assert waits() == [sara.unit] and not waits(overdue_only=True)
    assert elsa.today().waiting_count == before + 1
    assert sent.referral in [row.referral.id for row in elsa.today().waiting]
    clock("11-25 17:00:01")
    assert waits(overdue_only=True) == [sara.unit]
    sara.accept(sent, sara.get(sent.referral).referral.version, contact_by_date="2037-12-01")
    assert not waits() and elsa.today().waiting_count == before


def test_why_tells_of_a_chain_without_a_referral_too(clock, crew, client):
    nora, chain = crew["nora"], crew["nora"].register(help_request_date="2037-11-20")
    deadlines = nora.why(chain)
    assert [(d.what, d.actor, d.rule.name) for d in deadlines] == [
        ("help", "", "HELP-1-MONTH"), ("send", nora.unit, "SEND-ON")]
    assert (deadlines[0].anchor_date, deadlines[0].due_date) == ("2037-11-20", "2037-12-20")
    assert deadlines[1].due_time.ToJsonString() == "2037-11-27T16:00:00Z"
    assert refused(crew["elsa"].why, chain).reason == "NOT_FOUND"
    said = client.run("nora", "why", code_of(UUID(chain)))
    for words in ("Help due", "HELP-1-MONTH v1", "SEND-ON v1"):
        assert words in said, said


def test_the_day_names_the_person_the_act_the_time_and_the_command(clock, client, tables):
    request = {"needs": ["alcohol"], "helpRequestDate": TODAY, "subject": {
        "familyName": "Holm", "givenName": "Anders", "identifier": "19640823-3234", "telecom": "046-00 00 00"}}
    code = client.run("sara", "register", "--file", "-", stdin=json.dumps(request)).split()[0]
    clock("11-27 16:00:00")
    day = " ".join(client.run("sara").split())
    assert f"{code[:4]} Holm, Anders (1964): send on, or close the chain by Fri 27 Nov 17:00" in day
    assert f"send --chain {code[:4]}" in day and f"Or: stafett --as sara close {code[:4]}" in day
    listed = client.run("sara", "list", "--open")
    assert code[:4] in listed and "Holm, Anders" in listed
    assert code[:4] not in client.run("sara", "list", "--overdue")
    clock("11-30 09:00:00")
    assert code[:4] in client.run("sara", "list", "--overdue")
    assert "late since" in client.run("sara")
    client.run("sara", "--check", status=8)
    shown = " ".join(client.run("sara", "show", code).split())
    assert f"! {SOUTH}: send on, or close the chain, late since" in shown


def test_silence_about_a_registered_chain_is_an_alarm(stack, clock, crew, tables):
    nora = crew["nora"]
    chain = nora.register(help_request_date="2037-11-20")
    clock("11-27 16:59:00")
    settle(tables)
    assert alarms(tables, chain) == []
    clock("11-27 17:00:01")
    wait_for(tables, lambda: alarms(tables, chain))
    assert alarms(tables, chain) == [(0, NORTH)]
    item, = items(nora, chain)
    assert (item.needs, item.referral, item.code) == ("act", "", code_of(UUID(chain)))
    settle(tables)
    assert alarms(tables, chain) == [(0, NORTH)], "each step once"
    clock("11-30 08:00:01")
    wait_for(tables, lambda: len(alarms(tables, chain)) > 1)
    assert alarms(tables, chain) == [(0, NORTH), (1, NORTH)]
    assert [event.kind for event in nora.chain(chain).events] == ["register", "alarm", "alarm"]
    assert nora.chain(chain).chain.status == "open", "it only tells"
    nora.send(crew["elsa"].unit, chain=chain)
    assert items(nora, chain) == []
    clock("12-30 08:00:00")
    settle(tables)
    assert len(alarms(tables, chain)) == 2


def test_an_alarm_about_a_chain_is_read_in_the_inbox(stack, clock, crew, client, tables):
    chain = crew["vera"].register()
    code = code_of(UUID(chain))
    clock("11-27 17:00:01")
    wait_for(tables, lambda: alarms(tables, chain))
    assert code[:4] in client.run("vera", "inbox")
    assert "still not done: told again" in client.run("vera", "show", code)


def test_the_successor_is_asked_in_the_place_of_the_unit_that_closes(stack, clock, crew):
    olle, nina = crew["olle"], crew["nina"]
    chain = olle.register()
    quarter.build(stack, gamla={"replaced_by": NEW})
    assert acts(olle, chain) == ["send"] and acts(nina, chain) == []
    nina.on_chain(chain, "take_over")
    assert acts(olle, chain) == []
    # One working day: it is another's neglect already.
    assert rows(nina, chain)[0][0] == "send" and str(rows(nina, chain)[0][1]) == "2037-11-23 16:00:00"
    quarter.build(stack)


def test_who_reports_to_itself_goes_on_seeing_it(clock, crew):
    elsa = crew["elsa"]
    sent = elsa.send(elsa.unit, act={"kind": "report-of-concern", "legal_basis": {"code": "duty-to-report"}})
    elsa.acknowledge(sent)
    assert acts(elsa, sent.chain) == ["noted"]
    elsa.perform(sent, "noted")


# -- a merge that another unit proposes --------------------------------------------------------


def test_who_must_confirm_a_merge_finds_it_by_its_code(clock, crew, client):
    nora, elsa = crew["nora"], crew["elsa"]
    sent = nora.send(elsa.unit)
    elsa.accept(sent, 1, contact_by_date="2037-11-30", clock_reason="no-capacity")
    chain = nora.register()
    nora.on_chain(chain, "merge", into=sent.chain, body=b"the same person")
    code = code_of(UUID(chain))
    assert elsa.chain(code).chain.proposal.act == "merge"
    client.run("elsa", "confirm", code)
    assert nora.chain(chain).chain.id == sent.chain


def test_who_is_asked_since_a_merge_is_asked_by_a_deadline(clock, crew):
    """What waited to be taken back has come back with it."""
    nora, elsa = crew["nora"], crew["elsa"]
    sent = nora.send(elsa.unit)
    elsa.accept(sent, 1, contact_by_date="2037-11-30", clock_reason="no-capacity")
    chain = nora.register()
    elsa.perform(sent, "need_gone", reason="moved")
    nora.on_chain(sent.chain, "merge", into=chain, body=b"the same person")
    elsa.on_chain(sent.chain, "confirm", proposal=elsa.chain(sent.chain).chain.proposal.id, into=chain)
    (act, due), = rows(nora, chain)
    assert (act, str(due)) == ("send", "2037-11-23 16:00:00")
    clock_of_person, next_of_all = nora.why(sent.referral)
    assert (next_of_all.what, next_of_all.rule.name) == ("send", "HAND-BACK")
    assert next_of_all.due_time.ToDatetime() == due and nora.chain(chain).chain.next_act == ""


# -- a call to plan together ---------------------------------------------------------------------


def called(crew):
    """A referral of the north's that has moved to another organisation three times."""
    sent = crew["nora"].send(EAST)
    for who, to in (("elsa", SOUTH), ("sara", EAST), ("elsa", SOUTH)):
        crew[who].perform(sent, "forward", to=to, **PASS_ON)
    return sent


def test_who_must_answer_a_call_has_it_in_the_day(clock, crew, client):
    sent = called(crew)
    assert rows(crew["nora"], sent.chain)[-1] == ("reply", crew["nora"].get(
        sent.referral).referral.planning_call.due_time.ToDatetime())
    assert sorted(acts(crew["sara"], sent.chain)) == ["acknowledge", "reply"]
    code = sent.answer.code[:4]
    day = client.run("nora")
    assert "answer the call to plan together by Wed 25 Nov 17:00" in " ".join(day.split()) and f"reply {code}" in day
    crew["nora"].perform(sent, "reply", answer="coming")
    assert "reply" not in acts(crew["nora"], sent.chain)
    crew["sara"].perform(sent, "waive", reason="settled")
    assert "reply" not in acts(crew["sara"], sent.chain)


def test_a_call_that_nobody_answers_is_an_alarm_to_those_who_must(stack, clock, crew, tables):
    sent = called(crew)
    clock("11-25 17:00:01")
    wait_for(tables, lambda: alarms(tables, sent.chain))
    assert alarms(tables, sent.chain) == [(0, NORTH), (0, SOUTH)]
    assert {item.needs for item in items(crew["nora"], sent.chain)} == {"act", "none"}, "of two deadlines"
    crew["sara"].perform(sent, "reply", answer="coming")
    clock("11-26 08:00:01")
    wait_for(tables, lambda: (1, NORTH) in alarms(tables, sent.chain))
    assert (1, SOUTH) not in alarms(tables, sent.chain), "it has answered"
    crew["nora"].perform(sent, "reply", answer="coming")
    clock("12-30 08:00:01")
    settle(tables)
    assert max(step for step, _ in alarms(tables, sent.chain)) == 1


def test_what_has_ended_needs_no_plan(clock, crew):
    sent = called(crew)
    crew["sara"].perform(sent, "reject", none_known=True, **PASS_ON)
    for who in ("nora", "sara"):
        assert "reply" not in acts(crew[who], sent.chain)


def test_who_only_has_another_part_in_the_chain_is_not_called(clock, crew):
    """It sees nothing of what was moved, so it could never answer."""
    sent = crew["nora"].send(EAST)
    crew["nora"].send(quarter.WEST, chain=sent.chain, act={"kind": "consultation"})
    for who, to in (("elsa", SOUTH), ("sara", EAST), ("elsa", SOUTH)):
        crew[who].perform(sent, "forward", to=to, **PASS_ON)
    assert set(crew["nora"].get(sent.referral).referral.planning_call.waits_for) == {NORTH, SOUTH}
    for who in ("nora", "sara"):
        crew[who].perform(sent, "reply", answer="coming")
    assert crew["nora"].get(sent.referral).referral.planning_call.state == "answered"
