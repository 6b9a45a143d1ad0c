# SPDX-License-Identifier: Apache-2.0
"""What confused people who had never seen the program: each was mended, and stays so."""

import calendar
import datetime
import json
import re
import zoneinfo

import people
import pytest
from caller import in_days, soon
from client import Client


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "newcomer")


def test_all_that_waits_of_a_referral_is_acknowledged_at_once(client, maria, sent, code):
    maria.perform(sent, "amend", body=b"and one thing more")
    said = client.run("petra", "--json", "ack", code)
    assert said.count('"receipt"') == 2


def test_an_act_asks_for_each_answer_until_it_can_be_taken(client, code):
    terminal = client.at_terminal("petra", "accept", code)
    terminal.expect("? explains").expect("Who answers for it: ").type("\n").expect("needs an answer")
    terminal.expect("Who answers for it: ").type("nurse\n")
    terminal.expect("Contact by").type(in_days(-3) + "\n").expect("lies in the past")
    terminal.expect("Contact by").type("1dec9999\n").expect("more than ten years away")
    terminal.expect("Contact by").type("+3d\n").expect("Do it? [").type("y\n").expect("accepted")
    assert terminal.wait() == 0
    terminal.close()
    assert "Why so late" not in terminal.said


def test_contact_after_the_clock_is_asked_why_and_not_refused(client, code, maria, sent):
    terminal = client.at_terminal("petra", "accept", code)
    terminal.expect("Who answers for it: ").type("nurse\n").expect("Contact by").type("+40d\n")
    terminal.expect("Why so late: ").type("\n").expect("needs an answer")
    terminal.expect("Why so late: ").type("no-capacity\n").expect("Do it? [").type("y\n").expect("accepted")
    assert terminal.wait() == 0
    terminal.close()
    assert maria.get(sent.referral).referral.status == "accepted"


def test_who_breaks_care_off_is_told_what_that_needs_by_its_name(client, code):
    client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    said = client.run("petra", "end", code, "--reason", "person-wishes", status=2)
    assert "--person-told HOW" in said
    said = client.run("petra", "end", code, "--reason", "person-wishes", "--person-told", "phone", status=2)
    assert "--file FILE" in said
    terminal = client.at_terminal("petra", "end", code)
    terminal.expect("Why it ends: ").type("person-wishes\n")
    terminal.expect("How the person was told: ").type("\n").expect("needs an answer")
    terminal.expect("How the person was told: ").type("\x04").expect("Nothing was done")
    terminal.wait()
    terminal.close()


def test_what_has_not_begun_is_not_completed_and_what_can_be_done_is_named(client, code):
    client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    said = client.run("petra", "complete", code, "--file", "-", stdin="Klart.", status=3)
    assert "the treatment has not begun" in said and f"start {code}" in said and "plan-home" not in said
    terminal = client.at_terminal("petra", "complete", code)
    terminal.expect("the treatment has not begun").expect(f"start {code}")
    terminal.wait()
    terminal.close()


def test_who_was_rejected_may_send_again_and_who_proposed_is_not_asked_to_confirm(client, code):
    client.run("petra", "reject", code, "--reason", "outside-area", "--none-known", "--person-told", "phone")
    assert f"You can: stafett --as maria send --replaces {code}" in client.run("maria", "show", code)
    client.run("maria", "void", code, "--reason", "sent-by-mistake")
    assert not re.search(rf"confirm {code}(?!\s+--drop)", client.run("maria", "show", code))
    said = client.run("maria", "confirm", code, status=3)
    assert not re.search(rf"confirm {code}(?!\s+--drop)", said) and f"confirm {code} --drop" in said
    assert f"confirm {code}" in client.run("mona", "show", code)


def test_help_that_has_begun_is_late_no_more(client, code):
    client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    client.run("petra", "start", code, "--intervention", "CRA", "--next", soon())
    assert "met" in next(line for line in client.run("maria", "show", code).splitlines() if "Help due" in line)
    row = next(line for line in client.run("petra", "list", "--received").splitlines() if code in line)
    assert row.rstrip().endswith("met")


def test_an_acceptance_says_what_is_next_and_that_a_visit_is_booked_for_it(client, code):
    said = " ".join(client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d").split())
    assert "You must act next: start by" in said and f"Next: stafett --as petra book {code}" in said


@pytest.mark.parametrize("typed, said", [
    ("+9d", "is a day without a time of day"), ("5/6T10:00", "day/month, or month/day?"),
    ("261130T10:00", "which of them is the year?"), ("noon", "is not a time")])
def test_a_time_that_cannot_be_read_says_why(client, code, typed, said):
    assert said in " ".join(client.run("petra", "book", code, typed, status=2).split())


def test_the_day_of_the_week_that_it_is_may_be_two_days(client):
    today = calendar.day_name[datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Stockholm")).weekday()]
    done = client.shell("maria", f"stafett list --since {today}", client.home)
    # Midnight may pass between the two.
    assert "today, or in a week?" in done.stderr or done.returncode == 0


def test_a_state_is_named_as_the_screen_names_it(client, code):
    assert code in client.run("petra", "list", "--status", "skickat", LANGUAGE="sv")
    said = client.run("maria", "list", "--status", "open", status=2)
    assert "stafett --as maria list --open" in said
    assert "requested, received" in client.run("maria", "list", "--status", "finished", status=2)


def test_a_name_is_no_code_and_stays_as_it_was_typed(client):
    assert "'Holm'" in client.run("maria", "show", "Holm", status=4)


def test_a_ladder_is_told_in_words(client, code):
    said = " ".join(client.run("maria", "why", code).split())
    assert "requester+" not in said and "when it is due: " in said and "a month from that day" in said
    swedish = " ".join(client.run("maria", "why", code, LANGUAGE="sv").split())
    assert "when it is due" not in swedish and "när tiden är ute: " in swedish


def test_the_next_command_is_swedish_to_its_last_word(client, code):
    said = client.run("axel", "audit", "log", LANGUAGE="sv")
    assert "granska visa 1" in said and "granska show" not in said


def test_a_day_to_come_has_nothing_in_the_log(client):
    assert "lies in the future" in client.run("axel", "audit", "log", "--since", in_days(9), status=2)


def test_a_member_whom_the_log_does_not_know_is_told_so(client):
    said = client.run("axel", "audit", "log", "--member", "nobody.atall", status=4)
    assert "knows no member 'nobody.atall'" in said
    client.run("axel", "audit", "log")
    said = client.run("axel", "audit", "log", "--member", "axell", status=4)
    assert "Did you mean axel?" in " ".join(said.split())


def test_a_unit_that_is_not_is_no_empty_log(client):
    said = client.run("axel", "audit", "log", "--unit", "lunt/vuxen", status=4)
    assert "There is no unit called 'lunt/vuxen'. Did you mean lund/vuxen?" in said
    said = client.run("axel", "audit", "log", "--unit", people.BEROENDE, status=4)
    assert "Beroende Lund is of another organisation, which has a log of its own" in said
    assert "Did you mean lund/vuxen?" in client.run("maria", "list", "--unit", "lund/vuxn", status=4)


def test_profile_says_who_is_a_manager(client):
    assert "You are Mona Ek, Lund Vuxen: manager." in said_on_one_line(client.run("mona", "profile"))
    assert "caseworker" in client.run("maria", "profile")
    assert ": chef." in client.run("mona", "profile", LANGUAGE="sv")
    assert "You are" not in client.run("mona", "--plain", "profile")


def said_on_one_line(text):
    return " ".join(text.split())


def test_what_is_expected_in_weeks_is_told_below_what_must_be_done(client, code):
    client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    client.run("petra", "start", code, "--intervention", "CRA", "--next", f"{in_days(20)}T10:00")
    said = client.run("petra", "today")
    assert code in said.split("EXPECTED LATER")[1].split("OTHERS MUST ACT")[0]
    client.run("petra", "book", code, soon())
    assert code in client.run("petra", "today").split("EXPECTED LATER")[0]


def draft(tmp_path, number="19640823-3234"):
    file = tmp_path / "referral.json"
    file.write_text(json.dumps({
        "kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today",
        "legalBasis": {"code": "need-of-care"}, "personInformed": True,
        "subject": {"familyName": "Holm", "identifier": number}}))
    return file


def test_a_second_open_referral_of_one_person_is_asked_about(client, tmp_path):
    file = draft(tmp_path)
    client.run("maria", "send", people.BEROENDE, "--file", file)
    terminal = client.at_terminal("maria", "send", people.BEROENDE, "--file", file)
    terminal.expect("for the same person to Beroende Lund is open already")
    terminal.expect("Go on all the same? [y/n] ").type("n\n").expect("Nothing was sent")
    terminal.wait()
    terminal.close()


def test_a_second_chain_of_one_person_is_told_to_a_program_and_how_both_become_one(client, tmp_path):
    file = draft(tmp_path, "20000229-2399")
    first = re.search(r"\b(\w{4})-\w{4}  sent\.", client.run("maria", "send", people.BEROENDE, "--file", file))[1]
    said = client.run("maria", "send", people.MALMO, "--file", file)
    assert f"! The same person has an open chain already: {first}, with Beroende Lund (requested), held by you" \
        in " ".join(said.split())
    second = re.search(r"\b(\w{4})-\w{4}  sent\.", said)[1]
    assert f"merge {second} --into {first}" in said and "2000" not in said
    again = re.search(r"\b(\w{4})-\w{4}  sent\.", client.run("maria", "send", people.BEROENDE, "--file", file))[1]
    rows = " ".join(client.run("petra", "inbox", COLUMNS="200").split())
    assert f"same person as {first}" in rows and f"same person as {again}" in rows
    assert "open chain" not in client.run("maria", "send", people.MALMO, "--file", draft(tmp_path, "19121212-1212"))


def test_who_meets_a_known_person_goes_on_in_the_chain_before_anything_else_is_asked(client, maria, tmp_path):
    said = client.run("maria", "send", people.BEROENDE, "--file", draft(tmp_path, "19900101-2393"))
    first = re.search(r"\b(\w{4}-\w{4})  sent\.", said)[1]
    terminal = client.at_terminal("maria", "send", people.MALMO, rows=60)
    terminal.expect("Kind").type("\n").expect("Needs").type("cannabis\n")
    terminal.expect("number").type("19900101-2393\n").expect("has an open chain already")
    terminal.expect("Shall it go on in that chain, with its clock? [y/n] ").type("\ny\n")
    terminal.expect("First name").type("\n").expect("Protected").type("\n").expect("Priority").type("\n")
    for question in ("Basis", "given", "valid to", "no-shows", "Interpreter", "Phone", "How to reach", "Children",
                     "Housing", "Does the person know"):
        terminal.expect(question).type("\n")
    terminal.expect("Reason").type("Cannabis\n").expect("Text").type(".\n").expect("Send?").type("y\n")
    assert terminal.wait() == 0
    terminal.close()
    assert "Family name" not in terminal.said.split("This is what you send")[0]
    again = maria.get(re.search(r"\b(\w{4}-\w{4})  sent\.", terminal.said)[1])
    assert again.chain.id == maria.get(first).chain.id and list(again.referral.needs) == ["cannabis"]


def test_sending_to_the_own_unit_is_told(client, tmp_path):
    terminal = client.at_terminal("maria", "send", people.LUND, "--file", draft(tmp_path, "19850505-1238"))
    terminal.expect("is your own unit").expect("Send all the same? [y/N] ").type("y\n")
    terminal.expect("sent to your own unit. You hold the chain")
    terminal.wait()
    terminal.close()
