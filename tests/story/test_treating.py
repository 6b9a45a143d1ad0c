# SPDX-License-Identifier: Apache-2.0
"""From the first visit to the way home, as somebody types it: what each act says of
the holder, of what is next, and which command it offers."""

import json
import re

import people
import pytest
import tree
from business_clock import let_come
from caller import in_days, soon
from client import Client

DAYS_EARLIER = 3


def at(days, clock="10:00"):
    return f"{in_days(days)}T{clock}"


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "treating")


@pytest.fixture
def code(sent):
    return sent.answer.code


@pytest.fixture
def begun(client, code):
    client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    client.run("petra", "start", code, "--intervention", "CRA", "--next", at(1))
    return code


@pytest.fixture
def due(client, begun):
    """In treatment, and the person is expected about now."""
    client.run("petra", "book", begun, soon())
    return begun


@pytest.fixture
def planned(client, begun):
    client.run("petra", "plan-home", begun, "--not-needed", "family-and-friends", "--housing", "own",
               "--first-contact", "+14d", "--file", "-", stdin="Jag har min syster.")
    return begun


def state(caller, sent):
    seen = caller.get(sent.referral)
    return seen.referral.status, seen.referral.next_act, seen.chain.custodian


def last(caller, sent):
    return caller.get(sent.referral).events[-1]


# -- treatment ---------------------------------------------------------------------------


def test_an_acceptance_offers_the_booking_and_the_booking_the_start(client, code, sent, maria):
    said = client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    assert f"Next: stafett --as petra book {code[:4]}" in said
    said = client.run("petra", "book", code, at(3), "--kind", "call")
    assert "You hold the chain." in said and "Next expected:" in said and "call" in said
    assert f"Next: stafett --as petra start {code[:4]}" in said
    assert maria.get(sent.referral).referral.expected_event.kind == "call"
    said = client.run("petra", "book", code, "--cancelled-by", "person")
    assert "nothing is expected now" in said
    assert last(maria, sent).cancelled_by == "person"


def test_a_start_stops_the_clock_and_says_what_is_expected(client, code, sent, maria):
    client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    said = client.run("petra", "start", code, "--intervention", "OST", "--on", "today", "--next", at(1, "08:00"),
                      "--kind", "dose")
    alarm = re.search(r"nobody confirms it by \w+ \d+ \w+ (\d+:\d+), you are told", " ".join(said.split()))
    assert alarm and alarm.group(1) == "10:00"
    assert state(maria, sent) == ("in-progress", "attend", people.BEROENDE)
    assert maria.get(sent.referral).chain.intervention_start_date == in_days(0)
    shown = client.run("maria", "show", code)
    assert "treatment began: OST, next dose" in shown and re.search(r"^Expected +dose ", shown, re.M)


def test_who_came_is_followed_by_the_next_or_by_a_reason(client, due, sent, maria):
    said = client.run("petra", "attend", due, "--next", soon())
    assert "its alarm is answered" in said and "attend" in said.splitlines()[-1]
    client.run("petra", "attend", due, "--no-next", "treatment-ends")
    assert state(maria, sent)[1] == "complete"
    said = client.run("petra", "attend", due, status=2)
    assert "--next TIME or --no-next REASON" in said
    assert "NOTHING_EXPECTED" in client.run("petra", "attend", due, "--no-next", "other", status=3)


def test_who_did_not_come_is_to_be_reached_or_has_another_time(client, due, sent, maria, tables):
    let_come(tables, sent.referral)
    said = client.run("petra", "miss", due)
    assert f"note {due[:4]} --contact" in said
    assert state(maria, sent)[1] == "reach"
    assert "MISSED" in client.run("maria", "show", due)
    client.run("maria", "note", due, "--contact")
    client.run("petra", "book", due, soon())
    let_come(tables, sent.referral)
    client.run("petra", "miss", due, "--next", at(4))
    assert [event.kind for event in maria.get(sent.referral).events[-2:]] == ["miss", "book"]


def test_what_rests_is_resumed(client, begun, sent, maria):
    said = client.run("petra", "pause", begun, "--reason", "in-custody", "--until", "+20d")
    assert f"resume {begun[:4]}" in said
    client.run("petra", "resume", begun, "--next", at(21))
    assert state(maria, sent)[:2] == ("in-progress", "attend")


# -- the way home ---------------------------------------------------------------------------


def test_the_homecoming_gate_names_the_command_that_opens_it(client, begun, sent, maria):
    said = client.run("petra", "complete", begun, "--file", "-", stdin="Klart.", status=3)
    assert "HOME_PLAN_MISSING" in said and f"stafett --as petra plan-home {begun[:4]}" in said
    assert state(maria, sent)[0] == "in-progress"


def test_what_is_completed_is_taken_back_corrected_and_closed(client, planned, sent, maria):
    said = client.run("petra", "complete", planned, "--file", "-", stdin="Klart.")
    assert "You hold the chain." in said and "Lund Vuxen must act next: take the chain back" in said
    client.run("petra", "answer", planned, "--correct", "--file", "-", stdin="En dos var fel.")
    assert last(maria, sent).kind == "correct"
    said = client.run("maria", "take-back", planned)
    assert "Lund Vuxen holds the chain again" in said
    said = client.run("maria", "close", planned, "--reason", "no-longer-relevant", "--person-told", "letter")
    assert "nobody holds it any more" in said
    assert maria.get(sent.referral).chain.status == "closed"


def test_the_aftercare_is_sent_once_and_takes_over(client, begun, sent, maria, omar):
    plan = ["plan-home", begun, "--aftercare", people.MALMO, "--housing", "own", "--first-contact", "+3d", "--file", "-"]
    said = " ".join(client.run("petra", *plan, stdin="Jag vill hem.").split())
    home, = re.findall(r"Malmö Vuxen was asked to take over: (\S+)\.", said)
    asked = omar.get(home, contents=True)
    assert (asked.referral.kind, asked.referral.chain) == ("aftercare", sent.chain)
    assert json.loads(asked.card.data)["familyName"] == "Holm" and asked.contents[0].body.data == b"Jag vill hem."
    for named in (people.MALMO, home):   # known by now, by either name
        plan[3] = named
        said = " ".join(client.run("petra", *plan, stdin="Jag vill hem.").split())
        assert f"takes over when it has accepted {home}" in said
    assert last(maria, sent).aftercare == asked.referral.id
    refused = client.run("petra", "complete", begun, "--file", "-", stdin="Klart.", status=3)
    assert "AFTERCARE_NOT_ACCEPTED" in refused
    waits = "it moves to you only when Beroende Lund completes the treatment."
    assert waits in " ".join(client.run("omar", "ack", home).split())
    said = " ".join(client.run("omar", "accept", home, "--responsible", "team", "--contact-by", "+3d").split())
    assert waits in said and "You promised contact by" in said and "help is due" not in said
    said = client.run("petra", "complete", begun, "--file", "-", stdin="Klart.")
    assert "Malmö Vuxen holds the chain." in said
    assert state(maria, sent)[2] == people.MALMO


def test_who_takes_over_sees_what_is_planned(client, begun, sent, maria):
    said = client.run("petra", "plan-home", begun, "--aftercare", people.LUND, "--housing", "own",
                      "--first-contact", "+9d", "--file", "-", stdin="Jag vill hem.")
    home, = re.findall(r"to take over: (\S+)\.", " ".join(said.split()))
    day = last(maria, sent).first_contact_date
    said = client.run("maria", "show", home)
    assert re.search(r"^Home plan +own, first contact ", said, re.M), said
    assert f"--contact-by {day}" in said
    terminal = client.at_terminal("maria", "accept", home, "--responsible", "team")
    terminal.expect(f"Contact by [{day}]: ").type("\x04")
    assert terminal.wait() != 0
    terminal.close()


# -- what takes two ----------------------------------------------------------------------------


def test_what_one_voids_another_confirms_or_drops(client, code, sent, maria):
    for answer, status in (["--drop"], "requested"), ([], "entered-in-error"):
        assert "until another member" in client.run("maria", "void", code, "--reason", "sent-by-mistake")
        assert re.search(r"^Waits +void \(.+\), proposed by Maria", client.run("mona", "show", code), re.M)
        assert "SECOND_MEMBER_REQUIRED" in client.run("maria", "confirm", code, status=3)
        said = client.run("maria", "void", code, "--reason", "other", status=3)
        assert "PROPOSAL_OPEN" in said and f"confirm {code[:4]}" in said
        client.run("mona", "confirm", code, *answer)
        assert state(maria, sent)[0] == status


def test_another_day_is_confirmed_by_a_manager(client, code, sent, maria):
    client.run("maria", "correct-clock", code, "--help-request", in_days(-DAYS_EARLIER), "--file", "-",
               stdin="Samtalet kom i fredags.")
    assert maria.get(sent.referral).chain.help_request_date != in_days(-DAYS_EARLIER)
    assert "confirmed" in client.run("mona", "confirm", code)
    assert maria.get(sent.referral).chain.help_request_date == in_days(-DAYS_EARLIER)
    assert "NOTHING_PROPOSED" in client.run("mona", "confirm", code, status=3)


# -- on a terminal --------------------------------------------------------------------------------


def talk(client, who, words, pairs, status=0, **more):
    """Answers each question of the terminal; what was said."""
    terminal = client.at_terminal(who, *words, **more)
    for question, typed in pairs:
        terminal.expect(question)
        terminal.type(typed + "\n")
    assert terminal.wait() == status, terminal.said
    assert terminal.modes() == terminal.modes_before
    terminal.close()
    return terminal.said


def test_a_start_asks_for_what_is_missing(client, code, sent, maria):
    client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    said = talk(client, "petra", ["start", code], [
        ("What has begun: ", "?"), ("Opioid substitution", "prayer"),
        ("What has begun: 'prayer' is not in the code list", "CRA"),
        ("On which day [today]: ", ""), ("nothing more is expected): ", "noon"), ("is not a time", at(2)),
        ("What [visit]: ", "call"), ("Do it? [y/n] ", "y"), ("Next expected", "")])
    assert "Holm, Anders" in said and "Why nothing" not in said
    event = last(maria, sent)
    assert (event.kind, event.intervention, event.expected_event.kind) == ("start", "CRA", "call")


def test_the_homecoming_is_asked_for_question_by_question(client, begun, sent, maria):
    talk(client, "petra", ["plan-home", begun], [
        ("takes over (empty: none does): ", "malmo/vuxxen"), ("There is no unit", ""), ("Why none does: ", "family"),
        ("comes home to: ", "own"), ("First contact afterwards on: ", "+14d"),
        ("own words (end with a line \".\"):", "Min syster\n."), ("Do it? [y/n] ", "y"), ("is planned", "")])
    event = last(maria, sent)
    assert (event.not_needed, event.housing, event.first_contact_date) == ("family-and-friends", "own", in_days(14))


def test_nobody_writes_a_final_answer_for_nothing(client, begun):
    said = talk(client, "petra", ["complete", begun], [], status=3)
    assert "HOME_PLAN_MISSING" in said and "The final answer" not in said


def test_a_no_at_the_end_does_nothing(client, code, sent, maria):
    said = talk(client, "petra", ["reject", code], [
        ("Why not here: ", "outside-area"), ("(empty: none is known): ", ""), ("person was told: ", "phone"),
        ("More in words", "."), ("Do it? [y/n] ", "n")], status=2)
    assert "Nothing was done" in said
    assert state(maria, sent)[0] == "requested"


def test_an_answer_is_changed_before_it_is_done_and_an_enter_throws_none_away(client, code, sent, maria):
    said = talk(client, "petra", ["reject", code], [
        ("Why not here: ", "outside-area"), ("(empty: none is known): ", "malmö vuxen"),
        ("person was told: ", "phone"), ("More in words", "."), ("2  Which unit instead: Malmö Vuxen", ""),
        ("thrown away.", "1"), ("Why not here [outside-area]: ", "no-capacity"),
        ("1  Why not here: no-capacity", "which unit"), ("(empty: none is known): ", ""),
        ("2  Which unit instead: none", "y"), ("rejected", "")])
    assert said
    event = last(maria, sent)
    assert event.status_reason == "no-capacity" and not event.named_unit


def flat(said):
    return " ".join(said.split())


def test_a_proposal_is_shown_before_it_is_confirmed(client, code, sent, maria):
    client.run("maria", "void", code, "--reason", "sent-by-mistake")
    said = flat(talk(client, "mona", ["confirm", code], [("Do it? [y/N] ", "")], status=2))
    assert "Holm, Anders" in said
    assert re.search(r"What waits: void \(.+\), proposed by Maria Nilsson .*\d\d:\d\d", said)
    assert "as if it had never been sent" in said
    said = flat(talk(client, "mona", ["confirm", code, "--drop"], [("Do it? [y/N] ", "")], status=2))
    assert "You drop it: nothing is changed." in said
    said = talk(client, "mona", ["bekräfta", code], [("Gör det? [j/N] ", "j")], LANGUAGE="sv")
    assert "Vad som väntar: makulera" in said
    assert state(maria, sent)[0] == "entered-in-error"


def test_no_text_about_a_person_is_an_argument(client):
    """Whatever is said in words comes by a file, standard input or the terminal."""
    said = client.run("petra", "help", "--all")
    for command in tree.found(r"^  ([a-z-]+) REF", said):
        options = re.findall(r"^  --([\w-]+) (\w+)", client.run("petra", "help", command), re.M)
        assert {value for _, value in options} <= {
            "FILE", "FOLDER", "CODE", "REASON", "TIME", "DATE", "EVENT", "WHO", "HOW", "UNIT", "ROLE", "QUESTION",
            "MEMBER", "BASIS", "HOUSING", "ANSWER", "OUTCOME", "REF"}, command
