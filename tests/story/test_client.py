# SPDX-License-Identifier: Apache-2.0
"""The transcript of the README: two people, two units, one referral."""

import json
import re

import people
import pytest
import tree
from caller import in_days
from client import Client

REFERRAL = tree.TOP / "deploy" / "demo" / "referral.json"
CODE = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b")


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "home")


@pytest.fixture
def code(client):
    """A referral that Lund has just sent."""
    return CODE.search(client.run("maria", "send", people.BEROENDE, "--file", REFERRAL)).group(1)


def test_the_transcript_of_the_readme_plays(client, maria):
    said = client.run("maria", "units", "--municipality", "lund", "--need", "alcohol")
    assert people.BEROENDE in said

    said = client.run("maria", "send", people.BEROENDE, "--file", REFERRAL)
    assert "sent." in said and "You hold it until" in said
    code = CODE.search(said).group(1)
    short = code[:4]

    assert short in client.run("petra", "inbox")
    assert "Lund Vuxen" in client.run("petra", "show", code)
    client.run("petra", "ack", code)
    said = client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", in_days(7))
    assert f"{code} accepted" in said and "now holds this chain" in said

    said = client.run("maria", "show", code)
    assert "accepted" in said and "Beroende Lund" in said
    assert maria.get(code).chain.custodian == people.BEROENDE


def test_what_the_client_sent_reads_like_what_a_program_sent(client, code, maria):
    answer = maria.get(code, contents=True)
    assert answer.referral.status == "requested"
    assert answer.contents[0].suite == "none"
    assert len(answer.contents[0].body.data) > 0


def test_json_is_the_message_of_the_contract(client, code, maria):
    shown = json.loads(client.run("maria", "--json", "show", code))
    assert shown["referral"]["id"] == maria.get(code).referral.id
    assert shown["referral"]["code"] == code


def test_a_refusal_is_one_sentence_and_an_exit_status_of_its_own(client, code):
    said = client.run("maria", "accept", code, "--responsible", "nurse", "--contact-by", in_days(7),
                      status=3)
    sentence = said.splitlines()[0]
    assert sentence.startswith("stafett: ") and sentence.endswith(".") and code[:4] in sentence
    client.run("omar", "show", code, status=4)
    client.run("maria", "send", people.CLOSED, "--file", REFERRAL, status=3)
    client.run("maria", "dance", status=2)


def test_nothing_that_the_client_keeps_can_be_read_by_others(client, code):
    open_files = [path for path in (client.home / "state").rglob("*") if path.stat().st_mode & 0o077]
    assert open_files == []
