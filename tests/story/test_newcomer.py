# SPDX-License-Identifier: Apache-2.0
"""What confused people who had never seen the program: each was mended, and stays so."""

import json

import people
import pytest
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
