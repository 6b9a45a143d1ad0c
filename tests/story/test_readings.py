# SPDX-License-Identifier: Apache-2.0
"""Who has read a referral, and what is no reading: a program's look before an act."""

import json
import re

import people
import pytest
from caller import refused
from client import Client
from stubs import contract

Get = contract.referral_service.GetRequest


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "readings")


def code(sent):
    return sent.answer.code[:4]


def get(caller, sent, **more):
    return caller.call(caller.referrals.Get, Get(id=sent.referral, **more))


def readings(caller, sent):
    return get(caller, sent, include_readings=True).readings


def operations(caller, sent):
    return [entry.operation for entry in caller.log(referral=sent.referral, page_size=50).entries]


def test_a_look_is_recorded_and_listed_as_one(maria, petra, stack):
    sent = maria.send(people.BEROENDE)
    seen = get(petra, sent, look=True)
    assert seen.card.data and not seen.contents
    assert operations(stack.caller("vera"), sent) == ["look"]
    assert seen.referral.delivery.state in ("stored", "offered")
    assert not readings(maria, sent)
    assert [r.operation for r in readings(petra, sent)] == ["look"]


@pytest.mark.parametrize("more", [{"include_contents": True}, {"include_readings": True}])
def test_who_only_looks_gets_no_texts(maria, more):
    sent = maria.send(people.BEROENDE)
    refusal = refused(get, maria, sent, look=True, **more)
    assert (refusal.reason, refusal.field()) == ("FIELD_INVALID", "look")


def test_a_chain_may_be_looked_up_too(maria, stack):
    chain = maria.register()
    request = contract.chain_service.ChainServiceGetRequest(id=chain, look=True)
    seen = maria.call(maria.chains.Get, request)
    assert seen.chain.id == chain and not seen.contents
    entry = stack.caller("axel").log(referral=chain).entries[0]
    assert (entry.operation, entry.entity[0].chain) == ("look", chain)
    request.include_contents = True
    assert refused(maria.call, maria.chains.Get, request).reason == "FIELD_INVALID"


def test_the_own_unit_learns_who_has_read_it_and_of_others_that_they_have(maria, petra, mona):
    sent = maria.send(people.BEROENDE)
    mona.get(sent.referral)
    petra.get(sent.referral, contents=True)
    ours = readings(maria, sent)
    assert {(r.unit, r.member_display_name, r.operation) for r in ours} == \
        {(people.LUND, "Mona Ek", "get"), (people.BEROENDE, "", "fetch")}
    assert [r.time.ToNanoseconds() for r in ours] == sorted((r.time.ToNanoseconds() for r in ours), reverse=True)
    theirs = readings(petra, sent)
    assert {(r.unit, r.member) for r in theirs} == {(people.BEROENDE, petra.member)}


def test_an_act_of_the_client_reads_nothing(client, maria, stack):
    sent = maria.send(people.BEROENDE)
    client.run("petra", "ack", code(sent))
    client.run("petra", "accept", code(sent), "--responsible", "team", "--contact-by", "+5d")
    client.run("petra", "note", code(sent), "--file", "-", stdin="Ett ord.")
    seen = operations(stack.caller("vera"), sent)
    assert "look" in seen and not {"get", "fetch", "get-chain"} & set(seen)
    said = " ".join(client.run("vera", "audit", "log", sent.referral).split())
    assert f"Petra Svensson, Beroende Lund: looked up {code(sent)} to act on it" in said
    assert "slog upp" in client.run("vera", "audit", "log", sent.referral, LANGUAGE="sv")


def test_show_tells_who_has_read_it_when_it_is_asked(client, maria, petra):
    sent = maria.send(people.BEROENDE)
    said = client.run("maria", "show", code(sent))
    assert re.search(rf"Who has read it: +stafett --as maria show {code(sent)} --all", said)
    assert re.search(rf"To read \(sent\): stafett --as maria show {code(sent)} --body", said)
    petra.get(sent.referral, contents=True)
    said = client.run("maria", "show", code(sent), "--all")
    assert re.search(r"Lund Vuxen +read +Maria Nilsson", said)
    assert re.search(r"Beroende Lund +first read a message of yours", said)
    answer = json.loads(client.run("maria", "--json", "show", code(sent), "--all"))
    assert {"unit": people.BEROENDE, "operation": "fetch"}.items() <= \
        next(r for r in answer["readings"] if r["unit"] == people.BEROENDE).items()
