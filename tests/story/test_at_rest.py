# SPDX-License-Identifier: Apache-2.0
"""Where nothing is under way for a person any more, the unit that holds the chain is told
so, once, until it has sent the person on or closed the chain."""

import json

import people
import pytest
from caller import refused
from client import Client, offers

TOLD = dict(person_told="phone")
REJECT = dict(reason="outside-mission", none_known=True, **TOLD)
SEND = "send"


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "rest-client")


def asked(caller, chain):
    """The referrals of a chain by which the caller's unit must send the person on."""
    return [row.referral.id for row in caller.list(open_only=True, page_size=100).referrals
            if row.chain.id == chain and (row.referral.next_actor, row.referral.next_act) == (caller.unit, SEND)]


def accepted(sender, taker, **more):
    sent = sender.send(taker.unit, **more)
    taker.accept(sent, 1)
    return sent


# -- what has ended --------------------------------------------------------------------


@pytest.mark.parametrize("end", ["withdraw", "reject", "need-gone", "void"])
def test_who_holds_what_has_ended_must_see_to_it_until_it_is_closed(stack, maria, petra, end):
    sent = maria.send(people.BEROENDE)
    if end == "withdraw":
        maria.perform(sent, "withdraw", reason="person-wishes")
    elif end == "reject":
        petra.perform(sent, "reject", **REJECT)
    elif end == "need-gone":
        petra.acknowledge(sent)
        petra.perform(sent, "need_gone", reason="moved")
    else:
        maria.perform(sent, "void", reason="sent-by-mistake")
        mona = stack.caller("mona")
        mona.perform(sent, "confirm", proposal=mona.get(sent.referral).referral.proposal.id)
    assert asked(maria, sent.chain) == [sent.referral]
    referral = maria.get(sent.referral).referral
    assert referral.due_time.seconds > referral.create_time.seconds
    maria.on_chain(sent.chain, "close", reason="moved", **TOLD)
    assert asked(maria, sent.chain) == []
    assert not maria.get(sent.referral).referral.next_actor


def test_who_took_it_back_must_see_to_it_until_it_is_sent_on(maria, petra):
    sent = accepted(maria, petra, act={"kind": "handover"})
    petra.perform(sent, "break_off", reason="person-wishes", body=b"next", **TOLD)
    assert asked(maria, sent.chain) == [] and maria.get(sent.referral).referral.next_act == "take-back"
    maria.perform(sent, "take_back")
    assert asked(maria, sent.chain) == [sent.referral]
    maria.send(people.MALMO, chain=sent.chain)
    assert asked(maria, sent.chain) == []


def test_of_two_that_end_the_last_one_asks_once(maria, petra, omar):
    first = maria.send(people.BEROENDE)
    second = maria.send(people.MALMO, chain=first.chain)
    petra.perform(first, "reject", **REJECT)        # asks for a new attempt, as ever
    omar.acknowledge(second)
    omar.perform(second, "need_gone", reason="no-longer-relevant")
    assert asked(maria, first.chain) == [second.referral]
    maria.send(people.MALMO, chain=first.chain)
    assert asked(maria, first.chain) == []


def test_nothing_is_asked_while_more_is_under_way(maria, petra):
    first = maria.send(people.BEROENDE)
    second = maria.send(people.MALMO, chain=first.chain)
    maria.perform(first, "withdraw", reason="other")
    assert asked(maria, first.chain) == []
    maria.perform(second, "withdraw", reason="other")
    assert asked(maria, first.chain) == [second.referral]


def test_who_holds_what_it_passed_on_must_see_to_it_when_it_is_rejected(maria, petra, omar):
    """The requester holds nothing any more; who forwarded it can send it on."""
    sent = accepted(maria, petra)
    petra.perform(sent, "forward", to=people.MALMO, reason="outside-area", **TOLD)
    omar.perform(sent, "reject", **REJECT)
    assert petra.get(sent.referral).chain.custodian == people.BEROENDE
    assert (asked(petra, sent.chain), asked(maria, sent.chain)) == ([sent.referral], [])
    again = petra.send(people.LUND, chain=sent.chain)
    assert asked(petra, sent.chain) == []
    maria.perform(again, "reject", **REJECT)
    assert asked(petra, sent.chain) == [again.referral]


def test_what_another_unit_has_under_way_is_no_answer(maria, petra, omar):
    """Beroende holds the chain and cannot see what Lund asks of Malmö."""
    sent = accepted(maria, petra, act={"hand_back_unit": people.BEROENDE})
    aside = maria.send(people.MALMO, chain=sent.chain, act={"kind": "consultation"})
    petra.perform(sent, "need_gone", reason="moved")
    assert asked(petra, sent.chain) == [sent.referral]
    assert refused(petra.get, aside.referral).reason == "NOT_FOUND"
    omar.perform(aside, "reject", **REJECT)
    assert asked(petra, sent.chain) == [sent.referral]
    assert asked(maria, sent.chain) == [aside.referral]     # a no to its own question
    petra.send(people.MALMO, chain=sent.chain)
    assert asked(petra, sent.chain) == []


def test_what_is_held_since_another_referral_is_not_withdrawn_with_a_later_one(maria, petra):
    first = accepted(maria, petra, act={"hand_back_unit": people.BEROENDE})
    petra.perform(first, "need_gone", reason="moved")
    later = maria.send(people.BEROENDE, chain=first.chain)
    petra.accept(later, 1)
    maria.perform(later, "withdraw", reason="other")
    assert petra.get(first.referral).chain.custodian == people.BEROENDE
    assert len(asked(petra, first.chain)) == 1 and asked(maria, first.chain) == []


# -- as it is typed ------------------------------------------------------------------------


def test_the_day_names_the_person_until_the_chain_is_closed(client, maria):
    sent = maria.send(people.BEROENDE, card=json.dumps({"familyName": "Holm"}).encode())
    code = sent.answer.code[:4]
    said = " ".join(client.run("maria", "end", code, "--reason", "person-wishes", "--person-told", "phone").split())
    assert "Nothing is under way for the person: send it on, or close the chain, by " in said
    day = client.run("maria")
    assert day.index("YOU MUST ACT") < day.index(f"{code}  Holm")
    assert "send on, or close the chain by" in " ".join(day.split())
    assert f"close {code}" in day and code in client.run("maria", "list", "--open")
    client.run("maria", "close", code, "--reason", "person-wishes", "--person-told", "phone")
    assert code not in client.run("maria") and code not in client.run("maria", "list", "--open")


def test_the_day_offers_a_new_attempt_in_the_place_of_what_was_rejected(client, maria, petra):
    sent = maria.send(people.BEROENDE)
    petra.perform(sent, "reject", **REJECT)
    assert f"send --replaces {sent.answer.code[:4]}" in client.run("maria")
    maria.on_chain(sent.chain, "close", reason="moved", **TOLD)


def test_who_can_take_back_no_more_is_not_asked_to(maria, petra, omar):
    """Petra is done; while she holds the chain, she sends the person on to Omar, who
    takes it."""
    sent = accepted(maria, petra)
    petra.perform(sent, "need_gone", reason="moved", **TOLD)
    assert maria.get(sent.referral).referral.next_act == "take-back"
    accepted(petra, omar, chain=sent.chain)
    after = maria.get(sent.referral).referral
    assert (after.next_act, after.next_actor) == ("", "")
    assert "take-back" not in after.allowed_acts
    assert sent.referral not in [row.referral.id for row in maria.today(page_size=50).duties]


def test_a_holder_that_asked_for_nothing_itself_sends_on_in_the_chain(maria, petra, omar, client):
    """Maria asked, and it was handed back to Omar's unit: nothing of theirs is replaced."""
    sent = accepted(maria, petra, act={"hand_back_unit": people.MALMO})
    petra.perform(sent, "need_gone", reason="moved", **TOLD)
    omar.perform(sent, "take_back")
    code = sent.answer.code[:4]
    offered = [words for words in offers(client.run("omar", "today")) if code in words]
    assert ["--as", "omar", "send", "--chain", code] in offered
    assert not any("--replaces" in words for words in offered)
