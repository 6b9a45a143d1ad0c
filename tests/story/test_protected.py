# SPDX-License-Identifier: Apache-2.0
"""Protected identity: what the card says is said beside it, and stays with the chain; its
parties are told, and in their lists there is no name."""

import json

import people
import pytest
from caller import in_days, pb, refused
from client import Client

SECRET = {"familyName": "Hemlig", "givenName": "Siv", "protectedIdentity": True}
PLAIN = json.dumps({"familyName": "Hemlig", "givenName": "Siv"}).encode()
CONSENT = pb.LegalBasis(code="consent", form="written", recipients=["skane"])


@pytest.fixture(scope="module")
def desk(stack, work):
    return Client(stack, work / "desk-of-the-protected")


def answer(desk, *words):
    """What maria is told as JSON; hints for people may follow."""
    said = desk.run("maria", "--json", *words)
    return json.JSONDecoder().raw_decode(said[said.index("{"):])[0]


def is_protected(caller, chain):
    return caller.chain(chain).chain.protected_identity


def test_the_client_says_what_the_card_says(desk, maria, petra, tmp_path):
    path = tmp_path / "draft.json"
    draft = {"kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today", "personInformed": True,
             "legalBasis": {"code": "need-of-care"}, "subject": SECRET}
    path.write_text(json.dumps(draft))
    sent = answer(desk, "send", people.BEROENDE, "--file", path)
    assert is_protected(petra, sent["chain"])
    draft["subject"] = {"familyName": "Holm"}
    path.write_text(json.dumps(draft))
    sent = answer(desk, "send", people.BEROENDE, "--file", path)
    assert not is_protected(petra, sent["chain"])


def test_nobody_of_the_parties_sees_the_name_in_a_list(desk, maria, petra):
    """Nor by a card that does not say it: what one party knows holds for all."""
    sent = maria.send(people.BEROENDE, card=PLAIN)
    assert not is_protected(petra, sent.chain)
    maria.perform(sent, "amend", body=b"now known", protected_identity=True)
    for caller in (maria, petra):
        assert is_protected(caller, sent.chain) and caller.get(sent.referral).chain.protected_identity
    code = sent.answer.code[:4]
    for words in (["list", "--open"], ["show", code]):
        said = desk.run("maria", *words)
        assert code in said and "rotect" in said
    assert "Hemlig" not in desk.run("maria", "show", code)
    terminal = desk.at_terminal("maria", "send", people.BEROENDE, "--chain", code)
    terminal.expect("? explains")
    assert code in terminal.said and "Hemlig" not in terminal.said
    terminal.close()
    assert answer(desk, "show", code)["referral"]["subject"] == {"protectedIdentity": True}
    assert answer(desk, "show", code, "--body")["referral"]["subject"]["familyName"] == "Hemlig"


def test_nor_in_the_inbox_or_before_an_act(desk, maria, petra):
    sent = maria.send(people.BEROENDE, card=PLAIN)
    petra.send(people.LUND, chain=sent.chain, card=PLAIN, act={
        "kind": "consultation", "help_request_date": "", "protected_identity": True})
    code = sent.answer.code[:4]
    item, = [item for item in petra.whole_inbox() if item.referral == sent.referral]
    assert item.protected_identity
    rows = " ".join(line for line in desk.run("petra", "inbox").splitlines() if code in line)
    assert "Hemlig" not in rows and "rotected" in rows
    assert "Hemlig" not in desk.run("petra", "accept", code, "--contact-by", in_days(7), "--responsible", "nurse")


def test_it_stays_whatever_is_sent_later_and_goes_with_a_merge(stack, maria):
    hidden, open_ = maria.register(0, protected_identity=True), maria.register(0)
    maria.send(people.BEROENDE, chain=hidden, act={"help_request_date": ""})
    assert is_protected(maria, hidden) and not is_protected(maria, open_)
    proposal = maria.on_chain(hidden, "merge", into=open_)
    stack.caller("mona").on_chain(hidden, "confirm", proposal=proposal, into=open_)
    assert is_protected(maria, open_)


def test_who_has_been_told_stays_told(maria, petra, omar):
    """Who has left, or is told no more, has kept the card: no list of it shows the name."""
    revoked = maria.send(people.BEROENDE, card=PLAIN, act={"legal_basis": CONSENT, "protected_identity": True})
    petra.accept(revoked, 1, contact_by_date=in_days(7))
    petra.perform(revoked, "unshare")
    left, later = (maria.send(people.BEROENDE, card=PLAIN, act={"protected_identity": so}) for so in (True, False))
    for sent in (left, later):
        petra.acknowledge(sent)
        petra.perform(sent, "forward", to=people.MALMO, reason="outside-area", person_told="phone")
        omar.accept(sent, 3)
    maria.perform(later, "amend", body=b"now known", protected_identity=True)
    assert is_protected(maria, revoked.chain)
    for caller, sent, so in ((maria, revoked, True), (petra, left, True), (petra, later, False)):
        assert caller.get(sent.referral).chain.protected_identity == so
        row, = [row for row in caller.list(page_size=100).referrals if row.referral.id == sent.referral]
        assert row.chain.protected_identity == so


def test_who_is_no_party_or_is_told_no_more_is_not_told_it(maria, petra, omar):
    sent = maria.send(people.BEROENDE, act={"legal_basis": CONSENT})
    petra.accept(sent, 1, contact_by_date=in_days(7))
    petra.perform(sent, "unshare")
    petra.send(people.MALMO, chain=sent.chain, act={"help_request_date": "", "protected_identity": True})
    assert is_protected(petra, sent.chain)
    assert not is_protected(maria, sent.chain) and not maria.get(sent.referral).chain.protected_identity
    assert refused(omar.get, sent.referral).reason == "NOT_FOUND"
