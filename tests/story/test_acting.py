# SPDX-License-Identifier: Apache-2.0
"""Every act that the client has, as somebody types it, and what it says."""

import json
import re

import people
import pytest
import tree
from caller import in_days, pb
from client import Client

TOLD = ("--person-told", "phone")


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "acting")


@pytest.fixture
def sent(maria):
    return maria.send(people.BEROENDE, card=json.dumps({"familyName": "Holm"}).encode())


@pytest.fixture
def code(sent):
    return sent.answer.code


def referral_of(caller, sent):
    return caller.get(sent.referral).referral


def last(caller, sent):
    return caller.get(sent.referral).events[-1]


def test_a_rejection_tells_where_to_turn_and_whose_turn_it_is(client, code, sent, maria):
    said = client.run("petra", "reject", code, "--reason", "outside-area", "--alternative",
                      people.MALMO, *TOLD)
    assert f"{code} rejected" in said and "Lund Vuxen still holds the chain" in said
    assert "Lund Vuxen must act next" in said
    event = last(maria, sent)
    assert (event.kind, event.status_reason, event.named_unit) == ("reject", "outside-area", people.MALMO)
    shown = " ".join(client.run("maria", "show", code).replace("Petra Svensson", "").split())
    assert "outside-area" in shown and "the person was told" in shown and "Malmö" in shown


@pytest.mark.parametrize("words", [[], ["--none-known", "--alternative", people.MALMO]])
def test_a_rejection_needs_one_alternative_or_none(client, code, words):
    said = client.run("petra", "reject", code, "--reason", "other", *words, *TOLD, status=2)
    assert "--alternative UNIT or --none-known" in said


def test_a_forwarded_referral_is_with_the_next_unit(client, code, sent, maria):
    said = client.run("petra", "forward", code, people.MALMO, "--reason", "wrong-unit", *TOLD)
    assert f"{code} forwarded to {people.MALMO}" in said
    assert referral_of(maria, sent).owner == people.MALMO
    assert code[:4] in client.run("omar", "inbox")


def test_a_question_is_asked_answered_and_taken_back(client, code, sent, maria, petra):
    client.run("petra", "ack", code)
    said = client.run("petra", "ask", code, "--template", "consent")
    assert "Lund Vuxen was asked" in said
    assert referral_of(maria, sent).next_actor == people.LUND
    assert f"amend {code[:4]}" in client.run("maria", "show", code)
    client.run("maria", "amend", code, "--file", "-", stdin="Samtycket är skriftligt.")
    assert petra.get(sent.referral, contents=True).contents[-1].body.data == "Samtycket är skriftligt.".encode()
    client.run("petra", "ask", code, "--file", "-", stdin="När?")
    assert "taken back" in client.run("petra", "ask", code, "--withdraw")
    assert not referral_of(maria, sent).question_time.seconds


def test_whom_a_question_is_put_to_reads_it_wherever_it_is_to_be_answered(client, code, sent, petra):
    client.run("petra", "ack", code)
    client.run("petra", "ask", code, "--template", "consent", "--file", "-", stdin="Finns det?\nPå papper?")
    assert petra.get(sent.referral).referral.question == "consent"
    shown = client.run("maria", "show", code)
    assert "Question     The consent; asked " in shown
    assert " " * 13 + "Finns det?\n" + " " * 13 + "På papper?\n" in shown
    assert "question asked: consent" in shown
    assert "Finns det?" not in client.run("petra", "show", code)
    assert re.search(rf"{code[:4]}  (?s:.){{0,200}}answer the\s+question\s+\(consent\)", client.run("maria"))
    assert "Fråga        Samtycket; ställd " in client.run("maria", "show", code, LANGUAGE="sv")
    terminal = client.at_terminal("maria", "amend", code)
    terminal.expect("What there is to add")
    assert "The consent; asked " in terminal.said and "På papper?" in terminal.said
    terminal.expect("\n").type("?\n").expect("The text goes on").type("Ja.\n.\n").expect("Do it?")
    assert "Ja." in terminal.said[terminal.said.rindex("The text goes on"):]
    terminal.type("y\n").expect("amended")
    assert terminal.wait() == 0
    terminal.close()
    assert petra.get(sent.referral, contents=True).contents[-1].body.data == b"Ja.\n"
    assert not petra.get(sent.referral).referral.question


def test_one_cannot_accept_while_ones_own_question_is_open(client, code):
    client.run("petra", "ack", code)
    client.run("petra", "ask", code, "--template", "reason")
    said = client.run("petra", "accept", code, "--responsible", "team", "--contact-by", "+3d", status=3)
    assert "ACT_NOT_POSSIBLE" in said


def test_a_second_question_is_refused_and_not_offered(client, code):
    client.run("petra", "ack", code)
    client.run("petra", "ask", code, "--template", "reason")
    said = client.run("petra", "ask", code, "--template", "consent", status=3)
    for offered in (said, client.run("petra", "show", code)):
        assert re.findall(rf"stafett --as petra (ask {code[:4]}.*)", offered) == [f"ask {code[:4]} --withdraw"]


def test_accepting_tells_the_deadline_that_every_screen_tells(client, code):
    said = client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+4d")
    by = re.search(r"You must act next: start by (.*?)\. Book", " ".join(said.split())).group(1)
    assert f"start by {by}" in " ".join(client.run("petra", "show", code).split())


def test_an_answer_is_read_by_the_requester(client, code, sent, maria, petra):
    petra.accept(sent, 1)
    said = client.run("petra", "answer", code, "--preliminary", "--file", "-", stdin="Det går bra.")
    assert f"{code} answered" in said
    assert last(maria, sent).code == "PSV"
    assert "Det går bra." in client.run("maria", "show", code, "--body")


def test_a_note_is_for_all_and_changes_nothing(client, code, sent, petra):
    before = referral_of(petra, sent).version
    client.run("maria", "note", code, "--file", "-", stdin="Ring efter tre.")
    client.run("maria", "note", code, "--contact")
    assert last(petra, sent).contact and referral_of(petra, sent).version == before
    assert "--file FILE" in client.run("maria", "note", code, status=2)


def test_two_colleagues_never_take_the_same_person(client, code, sent, petra):
    assert "is yours to see to now" in client.run("petra", "take", code)
    assert referral_of(petra, sent).assignee == people.MEMBERS["petra"].urn
    client.run("petra", "take", code, "--for", "ines")
    assert referral_of(petra, sent).assignee == people.MEMBERS["ines"].urn
    assert "and no longer Ines Holm's" in " ".join(client.run("petra", "take", code).split())
    client.run("petra", "take", code, "--for", "ines")
    assert "Ines" not in client.run("maria", "show", code)
    assert "free for anybody" in client.run("ines", "take", code, "--release")
    assert not referral_of(petra, sent).assignee


@pytest.mark.parametrize("who, accepted, kind", [
    ("maria", False, "withdraw"), ("maria", True, "withdraw"), ("petra", True, "need-gone")])
def test_what_ending_means_follows_from_who_one_is(client, code, sent, maria, petra, who, accepted, kind):
    if accepted:
        petra.accept(sent, 1)
    said = client.run(who, "end", code, "--reason", "moved", *TOLD)
    assert f"{code} ended" in said
    assert last(maria, sent).kind == kind


def test_an_act_as_json_is_its_receipt(client, code):
    said = json.loads(client.run("petra", "--json", "reject", code, "--reason", "other", "--none-known", *TOLD))
    assert set(said) == {"receipt"}


REFERRAL = tree.TOP / "deploy" / "demo" / "referral.json"


def test_what_is_sent_in_anothers_place_goes_on_with_the_clock(client, maria):
    first = maria.send(people.MALMO, act={"help_request_date": in_days(-20)})
    code = first.answer.code[:4]
    client.run("omar", "reject", code, "--reason", "outside-area", "--alternative", people.BEROENDE, *TOLD)
    assert maria.get(first.referral).referral.next_act == "send"
    said = " ".join(client.run("maria", "send", people.BEROENDE, "--replaces", code, "--file", REFERRAL).split())
    assert f"In place of {code}: the person's clock goes on, help is due" in said
    again = maria.get(re.search(r"\b(\w{4}-\w{4}) sent\.", said).group(1))
    assert (again.referral.replaces, again.chain.id) == (first.referral, first.chain)
    assert again.chain.help_request_date == in_days(-20)


def test_who_asked_acknowledges_the_answer_and_is_not_told_to_accept(client, code, sent):
    said = " ".join(client.run("petra", "ack", code).split())
    assert "Lund Vuxen still holds the chain until you accept it." in said and f"accept {code[:4]}" in said
    client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    said = " ".join(client.run("maria", "ack", code).split())
    assert re.search(r"acknowledged \d\d:\d\d\. Beroende Lund holds the chain\.", said)
    assert said.endswith(f"Next: stafett --as maria show {code[:4]}")


def rejected(client, maria, **known):
    card = {"givenName": "Anders", "familyName": "Holm", **known}
    first = maria.send(people.MALMO, act={"needs": ["cannabis"]}, card=json.dumps(card).encode())
    client.run("omar", "reject", first.answer.code, "--reason", "other", "--none-known", *TOLD)
    return first


def test_a_replacement_asks_not_again_who_it_is_about_and_what_is_needed(client, maria):
    first = rejected(client, maria, identifier="200002292399")
    terminal = client.at_terminal("maria", "send", people.BEROENDE, "--replaces", first.answer.code, rows=60)
    terminal.expect("Kind").type("\n")
    for question in ("Priority", "Basis [need-of-care]", "Does the person know"):
        terminal.expect(question).type("\n")
    terminal.expect("Reason").type("Andra gången\n")
    terminal.expect("Text: one line").expect("body").expect("Send?").type("y\n")
    assert terminal.wait() == 0
    terminal.close()
    asked = terminal.said.split("This is what you send")[0]
    assert "Anders Holm" in asked
    for question in ("Asked for help", "Needs", "Personal number", "Born", "First name", "Family name"):
        assert question not in asked
    again = maria.get(re.search(r"\b(\w{4}-\w{4})  sent\.", terminal.said).group(1))
    assert (again.referral.replaces, list(again.referral.needs)) == (first.referral, ["cannabis"])
    assert json.loads(again.card.data)["familyName"] == "Holm"


def in_place_of(client, maria, given, **known):
    """A replacement up to the basis, of what rested on this consent; what was asked then."""
    first = maria.send(people.MALMO, card=b'{"familyName": "Holm", "givenName": "Anders"}',
                       act=dict(priority="urgent", legal_basis=given))
    if known.get("revoked"):
        client.run("maria", "consent", "revoke", first.answer.code)
    client.run("omar", "reject", first.answer.code, "--reason", "other", "--none-known", *TOLD)
    terminal = client.at_terminal("maria", "send", people.MALMO, "--replaces", first.answer.code, rows=60)
    terminal.expect("Kind").type("\n").expect("Priority [urgent]: ").type("\n").expect("Basis")
    return terminal


def test_a_replacement_offers_no_wider_consent_than_the_person_gave(client, maria):
    given = pb.LegalBasis(code="consent", form="oral", end_date=in_days(20))
    terminal = in_place_of(client, maria, given)
    for question in (" [consent]: ", "given [oral]: ", "valid to [", "of no-shows and of the end? [no]: ",
                     "Does the person know"):
        terminal.expect(question).type("\n")
    terminal.expect("Reason").type("Igen\n").expect("Send?").type("y\n")
    assert terminal.wait() == 0
    terminal.close()
    again = maria.get(re.search(r"\b(\w{4}-\w{4})  sent\.", terminal.said).group(1)).referral
    assert (again.priority, again.legal_basis) == ("urgent", given)


def test_after_a_revoked_consent_none_is_offered(client, maria):
    terminal = in_place_of(client, maria, pb.LegalBasis(code="consent", form="written"), revoked=True)
    terminal.expect(": ").type("\n").expect("This needs an answer").type("\x03")
    terminal.wait()
    terminal.close()
    assert "taken the consent back" in " ".join(terminal.said.split()) and "[consent]" not in terminal.said


def draft_about(tmp_path, **subject):
    draft = json.loads(REFERRAL.read_text())
    draft["subject"] = subject
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(draft))
    return file


def test_a_replacement_of_another_name_is_asked_about_and_refused_where_nobody_can_be(client, maria, tmp_path):
    code = rejected(client, maria).answer.code[:4]
    words = ["send", people.BEROENDE, "--replaces", code, "--file"]
    other = draft_about(tmp_path, givenName="Wrong", familyName="Name")
    assert "REPLACES_ANOTHER_PERSON" in client.run("maria", *words, other, status=2)
    terminal = client.at_terminal("maria", *words, str(other))
    terminal.expect(f"Not the same name as in {code}: there Anders Holm, here Wrong Name.")
    terminal.expect("Send all the same?").type("\n")
    assert terminal.wait() == 2
    terminal.close()
    client.run("maria", *words, draft_about(tmp_path, givenName="Karl-Anders", familyName="Berg"))


def test_a_replacement_of_another_birth_date_is_refused(client, maria, tmp_path):
    code = client.run("maria", "send", people.BEROENDE, "--file", REFERRAL).split("-")[0].strip()
    client.run("maria", "end", code, "--reason", "moved", *TOLD)
    for born, status in (("1964-08-24", 2), ("1964-08-23", 0)):
        same_name = draft_about(tmp_path, givenName="Anders", familyName="Holm", birthDate=born)
        client.run("maria", "send", people.BEROENDE, "--replaces", code, "--file", same_name, status=status)


@pytest.mark.parametrize("words", [
    ["reject", "{}", "--reason", "nonsense", "--none-known", *TOLD],
    ["forward", "{}", people.MALMO, "--reason", "other", "--person-told", "pigeon"],
    ["ask", "{}", "--template", "weather"], ["end", "{}", "--reason", "boredom"]])
def test_a_code_that_does_not_exist_stops_before_anything_is_sent(client, code, words):
    said = client.run("petra", *[word.format(code) for word in words], status=2)
    assert "CODE_UNKNOWN" in said and "stafett --as petra codes" in said


def test_what_show_offers_is_what_the_rules_allow(client, code, sent, petra):
    said = client.run("petra", "show", code)
    for act in referral_of(petra, sent).allowed_acts:
        offered = {"acknowledge": "ack", "assign": "take", "need-gone": "help end"}.get(act, act)
        assert re.search(rf"stafett --as petra (?:help )?{offered}\b", said), act


def test_what_is_to_begin_is_booked_first_in_receipt_day_and_page(client, code):
    book = f"stafett --as petra book {code[:4]}"
    said = client.run("petra", "accept", code, "--responsible", "team", "--contact-by", "+3d")
    assert "Book the visit for it." in " ".join(said.split()) and f"Next: {book}" in said
    assert book in client.run("petra") and f"You can: {book}" in client.run("petra", "show", code)


def flat(said):
    return " ".join(said.split())


def test_a_beginning_of_a_code_says_what_it_was_taken_for(client, code):
    terminal = client.at_terminal("petra", "reject", code)
    terminal.expect("Why not here: ").type("n\n").expect("'n' is not in the code list")
    terminal.expect("Why not here: ").type("outside\n").expect("may be more than one of the codes: outside-")
    terminal.expect("Why not here: ").type("no-c\n").expect("no-capacity: No capacity")
    terminal.expect("Which unit instead").type("\n").expect("How the person was told: ").type("phone\n")
    terminal.expect("phone").expect("More in words").type(".\n").expect("Do it? [").type("y\n").expect("rejected")
    assert terminal.wait() == 0
    terminal.close()


def test_a_refusal_for_another_reason_is_put_in_words(client, code, sent, maria):
    terminal = client.at_terminal("petra", "reject", code)
    terminal.expect("Why not here: ").type("no-capacity\n").expect("instead").type("\n").expect("told: ").type("phone\n")
    terminal.expect("More in words").type(".\n").expect("Do it? [").type("1\n")
    terminal.expect("Why not here [").type("other\n").expect("More in words").type(".\n").expect("needs an answer")
    terminal.expect("More in words").type("Vi flyttar.\n.\n").expect("Do it? [").type("y\n").expect("rejected")
    assert terminal.wait() == 0
    terminal.close()
    assert maria.get(sent.referral, contents=True).contents[-1].body.data == b"Vi flyttar.\n"


def test_nothing_is_passed_on_to_the_own_unit(client, code):
    words = ("--reason", "no-capacity", *TOLD)
    assert "is your own unit" in flat(client.run("petra", "forward", code, people.BEROENDE, *words, status=2))
    terminal = client.at_terminal("petra", "forward", code)
    terminal.expect("To which unit: ").type(people.BEROENDE + "\n").expect("is your own unit").expect("To which unit: ")
    terminal.type("\x04")
    terminal.wait()
    terminal.close()


def test_whom_the_consent_covers_is_told_before_it_is_passed_on(client, maria):
    basis = {"code": "consent", "form": "oral", "end_date": in_days(20), "recipients": [people.BEROENDE]}
    code = maria.send(people.BEROENDE, act={"legal_basis": pb.LegalBasis(**basis)}).answer.code
    said = client.run("petra", "forward", code, people.MALMO, "--reason", "no-capacity", *TOLD, status=3)
    assert "The consent covers Beroende Lund, and not" in flat(said)
    assert "covers this: it covers Beroende Lund" in flat(said)


def test_a_unit_of_other_ages_is_warned_about_where_it_is_named(client, maria):
    card = json.dumps({"familyName": "Holm", "birthDate": in_days(-4000)}).encode()
    code = maria.send(people.BEROENDE, card=card).answer.code
    said = client.run("petra", "reject", code, "--reason", "no-capacity", "--alternative", people.MALMO, *TOLD)
    assert "does not take this: it takes people from" in flat(said) and "rejected" in said


def test_the_unit_that_was_named_by_who_said_no_is_offered(client, code):
    client.run("petra", "reject", code, "--reason", "no-capacity", "--alternative", people.MALMO, *TOLD)
    terminal = client.at_terminal("maria", "send", "--replaces", code, rows=60)
    terminal.expect(f"To which unit [{people.MALMO}]: ").type("\n").expect("to ").type("\x03")
    terminal.wait()
    terminal.close()


def test_no_to_a_row_is_no_mistake(client, code):
    client.run("petra", "list")
    terminal = client.at_terminal("petra", "accept", "1", "--responsible", "nurse", "--contact-by", "+3d")
    terminal.expect("Do it? [y/N]").type("n\n").expect("as you wished")
    terminal.wait()
    terminal.close()
    assert "An act needs the code" not in terminal.said


def test_what_must_be_reported_rests_on_the_duty_to_report(client):
    terminal = client.at_terminal("maria", "send", people.BEROENDE, "--kind", "report-of-concern", rows=60)
    for question, typed in (("Needs", ""), ("Personal number", ""), ("Born", ""), ("First name", ""),
                            ("Family name", "Holm"), ("Protected", ""), ("Asked for help", ""), ("Priority", "")):
        terminal.expect(question).type(typed + "\n")
    terminal.expect("Basis [duty-to-report]: ").type("\x03")
    terminal.wait()
    terminal.close()
