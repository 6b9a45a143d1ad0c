# SPDX-License-Identifier: Apache-2.0
"""Whose a message is: the inbox tells who has taken what, and shows one's own alone."""

import csv
import json
import re

import people
import pytest
from client import Client, printed_json
from google.protobuf import json_format
from stubs import contract


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "mine")


@pytest.fixture(scope="module")
def taken(maria, petra):
    """Referrals of petra, of a colleague, and of nobody; by who has them."""
    found = {who: maria.send(people.BEROENDE) for who in ("petra", "ines", None)}
    for who, sent in found.items():
        if who:
            petra.perform(sent, "assign", member=people.MEMBERS[who].urn)
    return found


def item(petra, sent):
    return next(item for item in petra.whole_inbox() if item.referral == sent.referral)


def test_an_item_names_who_has_taken_it(petra, taken):
    mine, theirs, free = (item(petra, taken[who]) for who in ("petra", "ines", None))
    assert (mine.assignee, mine.assignee_display_name) == (petra.member, "Petra Svensson")
    assert theirs.assignee_display_name == "Ines Holm"
    assert (free.assignee, free.assignee_display_name) == ("", "")


def test_the_other_side_learns_of_no_assignment(maria, petra, taken):
    petra.perform(taken["ines"], "note", body=b"a word")
    told = item(maria, taken["ines"])
    assert told.assignee == ""


def test_mine_are_those_that_i_have_taken(client, taken):
    def codes(*words):
        return set(re.findall(r"^ *\d+ +!? *([0-9A-Z]{4}) ", client.run("petra", "inbox", *words), re.M))
    code = {who: sent.answer.code[:4] for who, sent in taken.items()}
    assert code["petra"] in codes("--mine")
    assert not {code["ines"], code[None]} & codes("--mine")
    assert set(code.values()) <= codes("--new")


def test_the_page_says_who_has_taken_what(client, taken):
    said = client.run("petra", "inbox", COLUMNS="160")
    assert re.search(r"\d+ taken by others", said)
    for who, name in (("petra", "you"), ("ines", "Ines Holm")):
        line = next(line for line in said.splitlines() if f" {taken[who].answer.code[:4]} " in line)
        assert line.rstrip().endswith(name)


def test_data_for_programs_names_the_member(client, petra, taken):
    said = client.run("petra", "--json", "inbox", "--mine")
    answer = json_format.Parse(said, contract.inbox_service.InboxServiceListResponse())
    assert said == printed_json(answer)
    assert {item["assignee"] for item in json.loads(said)["items"]} == {petra.member}
    rows = list(csv.DictReader(client.run("petra", "--csv", "inbox", "--mine").splitlines()))
    assert rows and {row["TAKEN BY"] for row in rows} == {petra.member}


def test_who_watches_can_watch_the_own_ones(client, petra, taken):
    watching = client.begin("petra", "--json", "inbox", "--watch", "--mine")
    try:
        first = json.loads(watching.stdout.readline())
    finally:
        watching.terminate()
        watching.communicate()
    assert first["assignee"] == petra.member
