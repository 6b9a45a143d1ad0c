# SPDX-License-Identifier: Apache-2.0
"""`stafett audit`: the auditor's questions at a prompt, in both languages."""

import csv
import json
import re

import people
import pytest
import tree
from caller import refused
from client import Client, printed_json
from google.protobuf import json_format
from stubs import contract

NEXT = re.compile(r"stafett --as \w+ (audit .*|granska .*)$", re.M)


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "auditing")


@pytest.fixture(scope="module")
def sent(maria, petra, stack):
    """A referral with a course: sent, read, acknowledged, refused, and asked for by others."""
    sent = maria.send(people.BEROENDE)
    petra.get(sent.referral)
    petra.acknowledge(sent)
    refused(petra.accept, sent, 1)
    petra.get(sent.referral)
    return sent


def flat(said):
    """Without the line breaks of a page."""
    return " ".join(said.split())


def code(sent):
    return sent.answer.code[:4]


def next_of(said):
    """The commands of one page; a long one goes on behind a backslash."""
    return NEXT.findall(re.sub(r" *\\\n *", " ", said))


def follow(client, who, said):
    """Runs the commands that an answer tells to type next; their outputs."""
    commands = next_of(said)
    assert commands, said
    return [client.run(who, *command.replace("'", "").split()) for command in commands]


def test_who_confirmed_and_who_proposed_are_told_apart(client, maria, mona):
    dropped, voided = maria.send(people.BEROENDE), maria.send(people.BEROENDE)
    for sent, drop in ((dropped, True), (voided, False)):
        maria.perform(sent, "void", reason="other")
        mona.perform(sent, "confirm", drop=drop, proposal=mona.get(sent.referral).referral.proposal.id)
        said = flat(client.run("axel", "audit", "log", sent.referral))
        assert f"Maria Nilsson, Lund Vuxen: {code(sent)} proposed: the voiding" in said
        assert f"Mona Ek, Lund Vuxen: {code(sent)} {'proposal dropped' if drop else 'confirmed: the voiding'}" in said
        assert said.count("proposed: the voiding") == 1


def test_the_log_of_a_referral_is_sentences(client, sent):
    said = flat(client.run("vera", "audit", "log", sent.referral))
    assert f"Petra Svensson, Beroende Lund: read {code(sent)}" in said
    assert f"Petra Svensson, Beroende Lund: {code(sent)} acknowledged" in said
    assert f"tried to accept ({code(sent)}); refused: the referral has changed since this version was read" in said
    assert said.index("refused") < said.index("acknowledged")     # the newest first


def test_and_in_swedish(client, sent):
    page = client.run("vera", "granska", "logg", sent.referral, LANGUAGE="sv")
    said = flat(page)
    assert f"Petra Svensson, Beroende Lund: läste {code(sent)}" in said
    assert f"försökte ta emot ({code(sent)}); nekades: ärendet har ändrats sedan det lästes" in said
    assert next_of(page)[0].startswith("granska")


def test_everything_about_a_chain_is_told_as_it_happened(client, sent):
    said = client.run("axel", "audit", "show", code(sent))
    assert re.search(rf"All \d+ entries .* chain of {code(sent)}", said)
    assert f"Maria Nilsson, Lund Vuxen: {code(sent)} sent; legal basis: need-of-care" in flat(said)
    follow(client, "axel", said)


def test_one_entry_is_shown_by_its_number_and_by_its_id(client, sent):
    page = json.loads(client.run("axel", "--json", "audit", "log", sent.referral, "--action", "send"))
    entry, = page["entries"]
    for name in ("1", entry["id"]):
        said = client.run("axel", "audit", "show", name)
        assert "Maria Nilsson, Lund Vuxen" in said and "127.0.0.1" in said
        assert sent.referral in said and "requester" in said and "-> requested" not in said
    assert follow(client, "axel", said)
    assert "row 999" in client.run("axel", "audit", "show", "999", status=2)


def test_pages_follow_each_other_by_the_printed_command(client, maria, sent):
    for _ in range(5):
        maria.list()
    words = ["audit", "log", "--member", "maria", "--action", "list", "--rows", "2", "--since", "today"]
    first = client.run("axel", *words)
    commands = next_of(first)
    assert commands[0] == "audit show 1" and "--page" in commands[1]
    second = client.run("axel", *commands[1].split())
    assert second.count("Maria Nilsson") == 2
    page = json.loads(client.run("axel", "--json", *words))
    assert len(page["entries"]) == 2 and page["nextPageToken"]
    again = json.loads(client.run("axel", "--json", *words, "--page", page["nextPageToken"]))
    assert {e["id"] for e in again["entries"]}.isdisjoint(e["id"] for e in page["entries"])


@pytest.mark.parametrize("words, kind", [
    (["log", "--rows", "3"], "AuditServiceListResponse"), (["show", "1"], "AuditServiceGetResponse")])
def test_json_is_that_of_the_message(client, sent, words, kind):
    client.run("axel", "audit", "log", "--rows", "3")
    said = client.run("axel", "--json", "audit", *words)
    message = json_format.Parse(said, getattr(contract.audit_service, kind)())
    assert said == printed_json(message)


def test_tables_are_for_programs(client, maria, sent):
    words = ["audit", "log", sent.referral, "--action", "send"]
    heading, row = csv.reader(client.run("axel", "--csv", *words).splitlines())
    assert dict(zip(heading, row))["MEMBER"] == maria.member
    plain = client.run("axel", "--plain", *words)
    assert row[0] in plain and "\t" in plain


def test_a_refused_attempt_stands_out(client, stack):
    refused(stack.caller("maria").log)
    said = flat(client.run("axel", "audit", "log", "--outcome", "denied", "--rows", "1"))
    assert re.search(r"^1 ! .*Maria Nilsson.* tried to read this log; not allowed: none of the +member's roles", flat(said)) or \
        "none of the member's roles in this unit allows this" in flat(said)


@pytest.mark.parametrize("words, reason", [
    (["burn"], "AUDIT_WHAT"), ([], "ARGUMENT_REQUIRED"), (["show"], "ARGUMENT_REQUIRED"),
    (["log", "--action", "sned"], "ACTION_UNKNOWN"), (["log", "--outcome", "fine"], "OUTCOME_UNKNOWN_WORD"),
    (["log", "--since", "5/6"], "DATE_AMBIGUOUS"), (["log", "--until", "once"], "DATE_INVALID"),
    (["log", "--unit", "x"], "UNIT_NAME_INVALID"), (["log", "--rows", "0"], "NUMBER_INVALID"),
    (["log", "--page", "x"], "PAGE_TOKEN_INVALID"), (["log", "!!"], "REF_INVALID")], ids=str)
def test_what_cannot_be_is_refused_with_a_way_on(client, words, reason):
    said = client.run("axel", "audit", *words, status=2)
    assert reason in said
    command = re.search(r"stafett --as axel (.*)$", said, re.M).group(1)
    client.run("axel", *command.split())


def test_nothing_of_another_organisation_is_found(client, petra):
    elsewhere = petra.send(people.MALMO)
    for words in (["log", elsewhere.referral], ["show", elsewhere.referral], ["log", "--unit", people.MALMO]):
        said = client.run("axel", "audit", *words, status=4)
        assert "NOT_FOUND" in said
        follow(client, "axel", said)


def test_a_caseworker_is_refused(client):
    said = client.run("maria", "audit", "log", status=3)
    assert "ROLE_REQUIRED" in said and "stafett --as maria profile" in said


def test_nothing_that_fits_is_said_with_a_way_on(client):
    said = client.run("axel", "audit", "log", "--action", "merge", "--since", "today")
    assert "Nothing in the log fits that" in said or "Nothing fits that" in said
    follow(client, "axel", said)


def test_every_operation_that_is_recorded_has_its_sentence():
    leaves = tree.without_c_comments((tree.TOP / "include/stafett/tbl/leaves.def").read_text())
    acts = {"send", "act", "acknowledge"}     # told in the words of the act
    sentences = (tree.TOP / "client/screen/audit.c").read_text()
    for operation in tree.found(r'^LEAF\(\w+, \d+, "([^"]+)"', leaves):
        assert operation in acts or f'{{"{operation}", N_("' in sentences, operation


def test_the_log_of_a_chain_without_a_referral_is_told(client, maria):
    chain = maria.register()
    code = maria.chain(chain).chain.code[:4]
    said = flat(client.run("axel", "audit", "show", chain))
    assert f"{code} register" in said
    assert f"read a whole chain: {code}" in said and "?" not in said
