# SPDX-License-Identifier: Apache-2.0
"""`stafett find`: a person's referrals among those that were opened here, by a number
that is typed unseen and that no file holds."""

import json
import os
import re

import people
import pytest
from client import Client, printed_json
from google.protobuf import json_format
from stubs import contract

NUMBER, SHORT, OTHER = "19640823-3234", "640823-3234", "20000229-2399"   # published test numbers


@pytest.fixture
def client(stack, work, request):
    """Somebody who has opened nothing yet."""
    return Client(stack, work / f"find-{abs(hash(request.node.name))}")


def card(number, **more):
    return json.dumps({"familyName": "Holm", "givenName": "Anders", "identifier": number, **more}).encode()


def codes(said):
    return set(re.findall(r"^ *\d+ +!? *([0-9A-Z]{4}) ", said, re.M)) | set(
        re.findall(r"^ *! *\d+ +([0-9A-Z]{4}) ", said, re.M))


def short(sent):
    return sent.answer.code[:4]


@pytest.fixture
def sent(maria):
    return maria.send(people.BEROENDE, card=card(NUMBER))


def test_what_was_opened_is_found_by_every_form_of_the_number(client, sent):
    client.run("petra", "show", sent.referral)
    for form in (NUMBER, SHORT, "196408233234"):
        said = client.run("petra", "find", stdin=form + "\n")
        assert codes(said) == {short(sent)}
        assert f"stafett --as petra show {short(sent)}" in said
    assert short(sent) in client.run("petra", "show", "1")     # the list's row


def test_what_was_sent_and_what_a_list_showed_is_known_too(client, sent, maria, tmp_path):
    draft = tmp_path / "referral.json"
    draft.write_text(json.dumps({
        "kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today",
        "legalBasis": {"code": "need-of-care"}, "body": "text",
        "subject": {"familyName": "Holm", "identifier": NUMBER}}))
    said = client.run("maria", "send", people.BEROENDE, "--file", draft)
    code = re.search(r"^([0-9A-Z]{4})-[0-9A-Z]{4} +sent", said, re.M).group(1)
    assert code in codes(client.run("maria", "find", stdin=NUMBER))
    client.run("petra", "list")
    assert short(sent) in codes(client.run("petra", "find", stdin=NUMBER))


def test_a_registered_chain_is_found_whatever_list_showed_it(client, tmp_path):
    asked = tmp_path / "request.json"
    asked.write_text(json.dumps({"needs": ["alcohol"], "helpRequestDate": "today", "subject": {
        "familyName": "Holm", "givenName": "Anders", "identifier": OTHER}}))
    code = client.run("maria", "register", "--file", asked)[:4]
    for command in ([], ["list"], ["list", "--held"]):
        client.run("maria", *command)
        assert codes(client.run("maria", "find", stdin=OTHER)) == {code}


def test_another_person_and_another_member_have_nothing_to_find(client, sent):
    client.run("petra", "show", sent.referral)
    for who, number in (("petra", OTHER), ("ines", NUMBER)):
        said = client.run(who, "find", stdin=number)
        assert "Nothing that you have opened" in said and f"stafett --as {who} list" in said


def test_a_list_does_not_open_a_card_of_protected_identity(client, maria):
    hidden = maria.send(people.BEROENDE, card=card(OTHER, protectedIdentity=True))
    client.run("petra", "list")
    assert "Nothing" in client.run("petra", "find", stdin=OTHER)
    client.run("petra", "show", hidden.referral)
    assert codes(client.run("petra", "find", stdin=OTHER)) == {short(hidden)}


def test_no_file_holds_the_number_and_none_is_open_to_others(client, sent):
    client.run("petra", "show", sent.referral)
    client.run("petra", "find", stdin=NUMBER)
    kept = {path.name: path for path in (client.home / "state").rglob("*") if path.is_file()}
    assert {"known-petra", "known-key-petra"} <= set(kept)
    for path in kept.values():
        assert path.stat().st_mode & 0o077 == 0
        assert not re.search(rb"640823-?3234", path.read_bytes())


def test_two_profiles_have_two_keys(client, sent):
    for who in ("petra", "ines"):
        client.run(who, "show", sent.referral)
    state = client.home / "state" / "stafett"
    hashes = [(state / f"known-{who}").read_text().split("\t")[0] for who in ("petra", "ines")]
    assert len(set(hashes)) == 2 and all(re.fullmatch("[0-9a-f]{64}", one) for one in hashes)


def test_opening_a_card_again_adds_nothing(client, sent):
    for _ in range(3):
        client.run("petra", "show", sent.referral)
    assert (client.home / "state" / "stafett" / "known-petra").read_text().count("\n") == 1


def test_an_index_that_has_grown_too_long_forgets_its_oldest_half(client, sent):
    client.run("petra", "show", sent.referral)
    index = client.home / "state" / "stafett" / "known-petra"
    line = index.read_text()
    filler = "".join(f"{number:064x}\t{sent.referral}\t{sent.chain}\t1\n" for number in range(7500))
    index.write_text(line + filler)
    client.run("petra", "show", sent.referral)      # the same again: nothing is written
    assert index.stat().st_size > 1 << 20
    index.write_text(filler)
    client.run("petra", "show", sent.referral)
    assert index.stat().st_size < 1 << 20
    assert codes(client.run("petra", "find", stdin=NUMBER)) == {short(sent)}


def test_on_a_terminal_the_number_is_typed_unseen(client, sent):
    client.run("petra", "show", sent.referral)
    terminal = client.at_terminal("petra", "find")
    terminal.expect("hidden): ").type(NUMBER + "\r")
    terminal.expect(short(sent))
    assert terminal.wait() == 0 and "3234" not in terminal.said and "***" in terminal.said
    terminal.close()


def test_a_number_behind_the_command_is_refused_and_not_repeated(client):
    said = client.run("petra", "find", NUMBER, status=2)
    assert "FIND_ARGUMENT" in said and "history" in said and "3234" not in said


@pytest.mark.parametrize("number, reason", [
    ("19640823-3235", "PNR_CHECK_DIGIT"), ("Anders", "PNR_SYNTAX"), ("19641323-3234", "PNR_DATE"),
    ("", "FIND_NOTHING"), ("\n", "FIND_NOTHING")], ids=repr)
def test_a_number_with_a_fault_is_refused_and_not_repeated(client, number, reason):
    said = client.run("petra", "find", stdin=number, status=2)
    assert reason in said and "stafett --as petra find" in said
    assert not number.strip() or number not in said


def test_json_and_tables_hold_the_referral_as_it_stands(client, petra, sent):
    client.run("petra", "show", sent.referral)
    petra.acknowledge(sent)
    said = client.run("petra", "--json", "find", stdin=NUMBER)
    answer = json_format.Parse(said, contract.answers.Findings())
    assert said == printed_json(answer)
    one, = answer.findings
    assert (one.referral.id, one.referral.status, one.chain.id) == (sent.referral, "received", sent.chain)
    plain = client.run("petra", "--plain", "find", stdin=NUMBER)
    assert plain.count("\n") == 1 and "received" in plain


def test_what_the_unit_has_no_part_in_any_more_is_left_out(client, sent):
    client.run("petra", "show", sent.referral)
    index = client.home / "state" / "stafett" / "known-petra"
    gone = index.read_text().replace(sent.referral, "019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708")
    index.write_text(gone + index.read_text())
    assert codes(client.run("petra", "find", stdin=NUMBER)) == {short(sent)}


def test_a_folder_that_cannot_be_written_hinders_nothing(client, sent):
    state = client.home / "state"
    state.mkdir()
    (state / "stafett").write_text("no folder")
    assert "Holm" in client.run("petra", "show", sent.referral)
    assert "Nothing" in client.run("petra", "find", stdin=NUMBER)
    assert os.path.isfile(state / "stafett")


def test_it_speaks_swedish_and_has_a_swedish_name(client, sent):
    client.run("petra", "show", sent.referral)
    said = client.run("petra", "sök", stdin=NUMBER, LANGUAGE="sv")
    assert short(sent) in said and "Nästa" in said
