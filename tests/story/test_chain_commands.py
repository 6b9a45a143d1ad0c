# SPDX-License-Identifier: Apache-2.0
"""Chains as somebody at a prompt begins, joins and takes them over, and the calls to
plan together: what each command says, and what it offers next."""

import json
import re

import pytest
import quarter
from caller import in_days
from client import REFUSED, USAGE, Client, offers

NORTH, EAST, SOUTH, OLD, NEW = quarter.NORTH, quarter.EAST, quarter.SOUTH, quarter.OLD, quarter.NEW
TOLD = ("--person-told", "phone")
PERSON = {"familyName": "Holm", "givenName": "Anders", "identifier": "19640823-3234", "telecom": "046-00 00 00"}
OTHER = {"familyName": "Berg", "givenName": "Elias", "identifier": "20000229-2399"}


@pytest.fixture(scope="module")
def client(stack, work):
    quarter.build(stack)
    return Client(stack, work / "chain-commands", *quarter.members())


@pytest.fixture
def folk(stack):
    """The people of the quarter by name."""
    return {who: quarter.caller(stack, who) for who in quarter.PEOPLE}


def answer(client, who, *words, **more):
    said = client.run(who, "--json", *words, **more)
    return json.JSONDecoder().raw_decode(said[said.index("{"):])[0]


def registered(client, who, days_ago=0, person=PERSON):
    """A chain that begins with this person; its code."""
    request = {"needs": ["alcohol"], "helpRequestDate": in_days(-days_ago), "subject": person}
    said = client.run(who, "register", "--file", "-", stdin=json.dumps(request))
    return re.match(r"(\w{4}-\w{4}) registered", said)[1]


def sent(client, who, to, person=PERSON, **more):
    """A referral from a file; its code."""
    draft = {"kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today", "personInformed": True,
             "legalBasis": {"code": "need-of-care"}, "subject": person, **more}
    return answer(client, who, "send", to, "--file", "-", stdin=json.dumps(draft))["code"]


def accepted(client, who, code):
    client.run(who, "accept", code, "--responsible", "team", "--contact-by", "+3d")


# -- register -------------------------------------------------------------------------------


def test_who_asks_for_help_is_held_before_anybody_is_asked_to_give_it(client):
    request = {"needs": ["alcohol"], "helpRequestDate": "yesterday", "subject": PERSON}
    said = client.run("nora", "register", "--file", "-", stdin=json.dumps(request))
    code = re.match(r"(\w{4}-\w{4}) registered for Anders Holm\. You hold the chain; help is due", said)[1]
    assert offers(said) == [["--as", "nora", "send", "--chain", code[:4]]]
    seen = answer(client, "nora", "show", code)
    assert (seen["chain"]["custodian"], seen["chain"]["helpRequestDate"]) == (NORTH, in_days(-1))
    assert seen["referral"]["subject"]["familyName"] == "Holm" and "id" not in seen["referral"]
    shown = client.run("noel", "show", code)
    assert "self-request: alcohol" in shown and "Anders Holm" in shown and "registered" in shown
    assert f"stafett --as noel send --chain {code[:4]}" in shown
    client.run("elsa", "show", code, status=4)


def test_the_chain_goes_on_in_a_referral_about_nobody_else(client):
    code = registered(client, "nora", days_ago=5)
    another = {"kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today", "subject": OTHER,
               "legalBasis": {"code": "need-of-care"}, "personInformed": True}
    said = answer(client, "nora", "send", EAST, "--chain", code, "--file", "-", stdin=json.dumps(another), status=2)
    assert said["reason"] == "REPLACES_ANOTHER_PERSON"
    first = sent(client, "nora", EAST, chain=code)
    seen = answer(client, "nora", "show", first)
    assert seen["chain"]["helpRequestDate"] == in_days(-5) and seen["chain"]["code"] == code
    assert [event["kind"] for event in seen["events"]] == ["register", "send"]


def test_what_a_chain_knows_is_not_asked_again(client):
    sent(client, "nora", EAST)   # another for the same person
    code = registered(client, "nora")
    terminal = client.at_terminal("nora", "send", EAST, "--chain", code, rows=60)
    terminal.expect("is open already").expect("Go on all the same?").type("\ry\r")
    terminal.expect("Kind").type("\r")
    assert "Anders Holm" in terminal.said
    for question in ("Protected", "Priority", "Basis", "given", "valid to", "no-shows", "Interpreter", "How to reach",
                     "Children", "Housing", "Does the person know", "Reason"):
        terminal.expect(question).type("Alkohol\r" if question == "Reason" else "\r")
    terminal.expect("Text").type(".\r")
    terminal.expect("Send?").type("y\r")
    assert terminal.wait() == 0
    terminal.close()
    asked = terminal.said.split("This is what you send")[0]
    assert "Personal number" not in asked and "Asked for help on" not in asked


def test_register_asks_at_a_terminal_and_a_word_stops_it(client):
    terminal = client.at_terminal("nora", "register", rows=60)
    for question, typed in [("Needs", "alcohol"), ("Personal number", "19121212-1212"), ("First name", "Klara"),
                            ("Family name", "Lind"), ("Protected", ""), ("Asked for help on", ""),
                            ("Interpreter", ""), ("Phone", ""), ("How to reach", ""), ("Children", ""),
                            ("Housing", ""), ("Reason", "Alkohol")]:
        terminal.expect(question).type(typed + "\r")
    terminal.expect("Text").type(".\r")
    terminal.expect("Register?").type("\r").expect("thrown away").type("n\r")
    assert terminal.wait() == USAGE
    terminal.close()
    assert "Nothing was registered, as you wished." in terminal.said
    assert "Basis" not in terminal.said and "Kind" not in terminal.said


def test_a_registered_person_is_found_and_the_chain_closed(client):
    code = registered(client, "nora", person=OTHER)
    assert code[:4] in client.run("nora", "find", stdin="20000229-2399\n")
    said = client.run("nora", "close", code, "--reason", "person-wishes", *TOLD)
    assert f"The chain of {code} is closed" in said and "nobody holds it" in said
    assert answer(client, "nora", "show", code)["chain"]["status"] == "closed"


def test_a_chain_is_closed_at_once_where_the_person_has_moved(client):
    code = sent(client, "nora", EAST)
    accepted(client, "elsa", code)
    assert "something in it is open" in client.run("elsa", "close", code, "--reason", "help-given", *TOLD, status=REFUSED)
    said = client.run("elsa", "close", code, "--reason", "moved", *TOLD)
    assert f"The chain of {code} is closed" in said
    shown = client.run("nora", "show", code)
    assert "[cancelled]" in shown and "chain closed: moved" in shown, shown
    assert "no longer counted" in shown and " d)" not in shown, shown
    assert "ended with its chain: moved" in shown and "nobody" in shown.split("Help due")[0], shown


def test_what_the_unit_holds_is_listed_each_chain_once(client):
    own = registered(client, "nora")
    ours = sent(client, "nora", EAST)
    theirs = sent(client, "nora", EAST)
    accepted(client, "elsa", theirs)
    rows = [row["referral"]["code"] for row in answer(client, "nora", "list", "--held")["referrals"]]
    assert rows.count(own) == rows.count(ours) == 1 and theirs not in rows
    said = client.run("nora", "list", "--held", COLUMNS="120")
    assert re.search(rf"(?m)^ *\d+ !? *{own[:4]} Holm, Anders", said)
    filtered = answer(client, "nora", "list", "--held", "--sent")["referrals"]
    assert ours in [row["referral"]["code"] for row in filtered]
    assert own not in [row["referral"]["code"] for row in filtered]


def test_a_chain_is_closed_for_reasons_of_its_own(client):
    code = registered(client, "nora")
    refusal = answer(client, "nora", "close", code, "--reason", "in-custody", *TOLD, status=USAGE)
    assert refusal["reason"] == "CODE_UNKNOWN"
    assert "Hjälpen är given" in client.run("nora", "codes", "close", LANGUAGE="sv")
    client.run("nora", "close", code, "--reason", "help-given", *TOLD)


# -- what some kinds need --------------------------------------------------------------------


def test_a_file_names_whose_next_of_kin_it_is(client):
    code = sent(client, "nora", EAST)
    kin = sent(client, "nora", EAST, person=OTHER, kind="next-of-kin", linkedChain=code[:4],
               legalBasis={"code": "consent", "form": "written", "endDate": "+52w"})
    chains = {one: answer(client, "nora", "show", one)["chain"] for one in (code, kin)}
    assert chains[kin]["linkedChains"] == [chains[code]["id"]]


def test_a_file_tells_the_last_dose_and_who_gives_the_next(client):
    code = sent(client, "nora", EAST, kind="handover", dose={"lastTime": "yesterday 10:00", "nextBy": "pharmacy"})
    dose = answer(client, "elsa", "show", code)["referral"]["dose"]
    assert dose["nextBy"] == "pharmacy" and dose["lastTime"].endswith("Z")
    draft = {"kind": "discharge", "needs": ["other"], "helpRequestDate": "today", "personInformed": True,
             "legalBasis": {"code": "discharge-law"}, "subject": PERSON, "discharge": "no-such"}
    said = answer(client, "nora", "send", EAST, "--file", "-", stdin=json.dumps(draft), status=USAGE)
    assert (said["reason"], said["field"]) == ("CODE_UNKNOWN", "discharge")


# -- merge -----------------------------------------------------------------------------------


def test_two_chains_of_one_person_become_one_when_the_other_holder_agrees(client):
    earlier = registered(client, "nora", days_ago=20)
    later = sent(client, "nora", EAST)
    accepted(client, "elsa", later)
    said = client.run("nora", "merge", later, "--into", earlier, "--file", "-", stdin="Samma person.")
    assert f"{later}: it is proposed that its chain goes on in that of {earlier}" in " ".join(said.split())
    assert f"until {EAST} confirms it" in " ".join(said.split())
    assert answer(client, "elsa", "show", later)["chain"]["custodian"] == EAST
    said = client.run("nora", "merge", later, "--into", earlier, status=3)
    assert "PROPOSAL_OPEN" in said and f"stafett --as nora confirm {later[:4]}" in said
    # Who proposed it cannot do the other's half of it.
    client.run("nora", "confirm", later, status=REFUSED)
    shown = client.run("elsa", "show", later)
    assert "Waits" in shown and f"stafett --as elsa confirm {later[:4]}" in shown
    said = client.run("elsa", "confirm", later)
    assert f"{later}: confirmed" in said and f"{NORTH} holds the chain." in said
    for who in ("nora", "elsa"):
        chain = answer(client, who, "show", later)["chain"]
        assert (chain["code"], chain["custodian"], chain["helpRequestDate"]) == (earlier, NORTH, in_days(-20))


def day_of(client, who, code, **more):
    """What the day of |who| says of a code, all of its rows."""
    said = client.run(who, "today", **more)
    return " ".join(" ".join(re.findall(rf"(?ms)^[ !] {code[:4]}  .*?(?=^[ !] \S|^\S|\Z)", said)).split())


def test_a_proposal_stands_in_the_day_of_whoever_decides_it_with_the_commands(client):
    earlier = registered(client, "nora", days_ago=3)
    later = sent(client, "nora", EAST)
    accepted(client, "elsa", later)
    client.run("nora", "merge", later, "--into", earlier, "--file", "-", stdin="Samma person.")
    theirs = day_of(client, "elsa", later)
    assert f"to go on in the chain of {earlier[:4]}, proposed by Nora" in theirs
    assert f"stafett --as elsa confirm {later[:4]} Or: stafett --as elsa confirm {later[:4]} --drop" in theirs
    ours = day_of(client, "nora", later)
    assert "proposed by you" in ours and f"{EAST} confirms it or drops it" in ours
    assert f"confirm {later[:4]} --drop" in ours and f"confirm {later[:4]} Or" not in ours
    assert "föreslaget av" in day_of(client, "elsa", later, LANGUAGE="sv")
    client.run("elsa", "confirm", later[:4], "--drop")
    assert "proposed by" not in day_of(client, "elsa", later)


def test_the_other_holder_finds_a_chain_that_is_only_proposed_to_it(client):
    theirs = sent(client, "nora", EAST)
    accepted(client, "elsa", theirs)
    ours = registered(client, "nora", days_ago=3)
    client.run("nora", "merge", ours, "--into", theirs)
    said = day_of(client, "elsa", ours)
    assert f"stafett --as elsa confirm {ours[:4]}" in said
    assert f"confirm {ours[:4]}" in client.run("elsa", "show", ours[:4])
    client.run("elsa", "confirm", ours[:4])
    assert answer(client, "nora", "show", theirs)["chain"]["custodian"] == EAST


def asked(client, who, *words):
    """What a terminal shows before it asks whether to do it; it is not done."""
    terminal = client.at_terminal(who, *words, rows=60)
    terminal.expect("Do it?").type("\rn\r")
    assert terminal.wait() == USAGE
    terminal.close()
    return " ".join(terminal.said.split())


def test_who_confirms_a_merge_sees_both_chains_whom_they_are_about_and_why(client):
    theirs = sent(client, "nora", EAST)
    accepted(client, "elsa", theirs)
    ours = registered(client, "nora", days_ago=3)
    client.run("nora", "merge", ours, "--into", theirs, "--file", "-", stdin="Samma person.")
    said = asked(client, "elsa", "confirm", ours)
    assert "proposed by Nora" in said and "Why: Samma person." in said
    assert f"ends: {ours[:4]}, held by {NORTH}: whom it is about is not shared with you" in said
    assert re.search(rf"goes on: \w{{4}}, held by {EAST}: Holm, Anders \({theirs[:4]}\)", said)
    row = day_of(client, "elsa", ours)
    assert row.startswith(f"{ours[:4]} Holm, Anders: to go on") and f"{theirs[:4]} is in that chain" in row
    client.run("nora", "confirm", ours, "--drop")


def test_who_confirms_another_day_sees_both_days_and_why(client):
    code = registered(client, "nora")
    client.run("nora", "correct-clock", code, "--help-request", "-4d", "--file", "-", stdin="Ringde\ntidigare.\n")
    said = asked(client, "noel", "confirm", code)
    assert "Holm, Anders" in said and "asked for help on" in said and "Why: Ringde tidigare. " in said
    assert "counted from that day, and no longer from" in said


def test_the_day_of_a_registered_chain_waits_for_another_member(client):
    code = registered(client, "nora")
    client.run("nora", "correct-clock", code, "--help-request", "-4d", "--file", "-", stdin="Ringde tidigare.")
    said = day_of(client, "noel", code)
    assert "Holm, Anders: the person asked for help on" in said and f"confirm {code[:4]} Or:" in said


def test_where_one_unit_holds_both_another_member_agrees_or_drops_it(client):
    first, second = registered(client, "nora", days_ago=2), registered(client, "nora", days_ago=9)
    said = " ".join(client.run("nora", "merge", first, "--into", second).split())
    assert f"until another member of {NORTH} confirms it" in said
    assert "SECOND_MEMBER_REQUIRED" in client.run("nora", "confirm", first, status=3)
    assert "nothing was changed" in client.run("noel", "confirm", first, "--drop")
    assert answer(client, "nora", "show", first)["chain"]["code"] == first
    client.run("nora", "merge", first, "--into", second)
    client.run("noel", "confirm", first)
    assert answer(client, "nora", "show", first)["chain"]["code"] == second


def test_two_persons_never_become_one(client):
    one, other = registered(client, "nora"), registered(client, "nora", person=OTHER)
    said = answer(client, "nora", "merge", one, "--into", other, status=2)
    assert said["reason"] == "MERGES_TWO_PERSONS"
    assert f"{one[:4]} and {other[:4]} are about two persons" in said["message"]
    assert "proposal" not in answer(client, "nora", "show", one)["chain"]
    assert answer(client, "nora", "merge", one, "--into", one, status=2)["reason"] == "FIELD_INVALID"


# -- correct-clock ------------------------------------------------------------------------------


def test_the_day_of_a_registered_chain_is_corrected_by_two(client):
    code = registered(client, "nora")
    client.run("nora", "correct-clock", code, "--help-request", "-4d", "--file", "-", stdin="Ringde i torsdags.")
    assert answer(client, "nora", "show", code)["chain"]["helpRequestDate"] == in_days(0)
    client.run("noel", "confirm", code)
    assert answer(client, "nora", "show", code)["chain"]["helpRequestDate"] == in_days(-4)
    assert "did not exist yet" in client.run("nora", "show", code, "--at", "yesterday", status=4)
    assert "lies in the future" in client.run("nora", "show", code, "--at", "tomorrow", status=USAGE)
    assert "lies in the future" in client.run("nora", "show", code, "--at", "tomorrow 08:00", status=USAGE)


# -- take-over ----------------------------------------------------------------------------------


@pytest.fixture
def closing(client, stack):
    """Two chains of a unit whose successor is named; their codes."""
    codes = [registered(client, "olle"), registered(client, "olle")]
    quarter.build(stack, gamla={"replaced_by": NEW})
    yield codes
    client.run("nina", "take-over", "--from", OLD)
    quarter.build(stack)


def test_the_successor_takes_over_one_by_its_code_and_then_all(client, closing):
    one, other = closing
    assert "ZZZZ" in client.run("nina", "take-over", "ZZZZ", "--from", OLD, status=4)
    said = client.run("nina", "take-over", one, "--from", OLD)
    assert f"{one} taken over from {OLD}: your unit holds it." in said and other not in said
    assert answer(client, "nina", "show", one)["chain"]["custodian"] == NEW
    assert f"{other} taken over" in client.run("nina", "take-over", "--from", OLD)
    assert "holds no chain that your unit takes over" in client.run("nina", "take-over", "--from", OLD)
    assert answer(client, "nina", "take-over", "--from", OLD) == {}


def test_the_directory_knows_from_whom_is_taken_over(client, closing):
    one, other = closing
    said = client.run("nina", "take-over", one)
    assert f"{one} taken over from {OLD}" in said and other not in said
    assert f"{other} taken over from {OLD}" in client.run("nina", "take-over")
    assert answer(client, "sara", "take-over", status=USAGE)["reason"] == "OPTION_REQUIRED"


def test_at_a_terminal_taking_over_is_confirmed_once(client, closing):
    terminal = client.at_terminal("nina", "take-over", "--from", OLD)
    terminal.expect("the chains of malmo/gamla (2)? (y/N)").type("n\r")
    assert terminal.wait() == USAGE
    terminal.close()
    assert "Nothing was taken over" in terminal.said
    client.run("sara", "take-over", *closing, "--from", OLD, status=4)


# -- planning together --------------------------------------------------------------------------


@pytest.fixture
def called(client):
    """A referral of the north's that has moved to another organisation three times."""
    code = sent(client, "nora", EAST)
    for who, to in (("elsa", SOUTH), ("sara", EAST), ("elsa", SOUTH)):
        client.run(who, "forward", code, to, "--reason", "outside-mission", *TOLD)
    return code


def test_all_are_called_to_plan_together_and_answer(client, called):
    shown = client.run("nora", "show", called)
    assert re.search(r"Planning all are called to plan together; .*must answer by", " ".join(shown.split()))
    for command in ("reply", "waive"):
        assert f"stafett --as nora {command} {called[:4]}" in shown
    said = client.run("sara", "forward", called, quarter.WEST, "--reason", "outside-mission", *TOLD, status=3)
    assert "PLANNING_CALL_OPEN" in said and f"stafett --as sara reply {called[:4]}" in said
    for who in ("nora", "sara"):
        assert "the call to plan together is answered" in client.run(who, "reply", called, "--answer", "coming")
    assert answer(client, "nora", "show", called)["referral"]["planningCall"]["state"] == "answered"
    assert "ACT_NOT_POSSIBLE" in client.run("nora", "reply", called, "--answer", "coming", status=3)


def test_a_manager_says_that_nobody_needs_to(client, called):
    assert "nobody needs to plan together" in client.run("nora", "waive", called, "--reason", "settled")
    assert answer(client, "nora", "show", called)["referral"]["planningCall"]["state"] == "waived"
    client.run("sara", "forward", called, quarter.WEST, "--reason", "outside-mission", *TOLD)


# -- noted --------------------------------------------------------------------------------------


def test_a_report_is_noted_and_done_with(client, folk):
    code = sent(client, "nora", EAST, kind="report-of-concern", legalBasis={"code": "duty-to-report"})
    client.run("elsa", "ack", code)
    said = client.run("elsa", "accept", code, "--responsible", "team", "--contact-by", "+3d", status=3)
    assert f"stafett --as elsa noted {code[:4]}" in said
    assert f"{code} noted" in client.run("elsa", "noted", code)
    assert answer(client, "elsa", "show", code)["referral"]["status"] == "completed"


def test_what_is_only_registered_is_sent_on_and_stands_in_nobodys_place(client):
    code = registered(client, "nora", person=OTHER)
    said = client.run("nora", "show", code)
    assert f"send --chain {code[:4]}" in said and "--replaces" not in said
