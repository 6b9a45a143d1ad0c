# SPDX-License-Identifier: Apache-2.0
"""What confused people who had never seen the program: each was mended, and stays so."""

import json

import people
import pytest
from caller import in_days
from client import Client


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "newcomer")


@pytest.fixture
def sent(maria):
    return maria.send(people.BEROENDE, card=json.dumps({"familyName": "Holm", "givenName": "Anders"}).encode())


@pytest.fixture
def code(sent):
    return sent.answer.code[:4]


def test_all_that_waits_of_a_referral_is_acknowledged_at_once(client, maria, sent, code):
    maria.perform(sent, "amend", body=b"and one thing more")
    said = client.run("petra", "ack", code)
    assert said.count("acknowledged") == 2


def test_an_act_asks_for_each_answer_until_it_can_be_taken(client, code):
    terminal = client.at_terminal("petra", "accept", code)
    terminal.expect("? explains").expect("Who answers for it: ").type("\n").expect("needs an answer")
    terminal.expect("Who answers for it: ").type("nurse\n")
    terminal.expect("Contact by").type(in_days(-3) + "\n").expect("lies in the past")
    terminal.expect("Contact by").type("+3d\n").expect("Do it? [y/N] ").type("y\n").expect("accepted")
    assert terminal.wait() == 0
    terminal.close()


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
