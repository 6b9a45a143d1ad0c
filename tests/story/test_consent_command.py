# SPDX-License-Identifier: Apache-2.0
"""stafett consent: what the person agrees to, and no longer, through the client."""

import datetime
import json

import people
import pytest
from caller import in_days, pb
from client import Client


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "consent")


@pytest.fixture
def sent(maria):
    """A referral that rests on a consent which covers Region Skåne."""
    return maria.send(people.BEROENDE, act=dict(
        legal_basis=pb.LegalBasis(code="consent", form="written", end_date=in_days(30))))


def flat(text):
    return " ".join(text.split())


def code(sent):
    return sent.answer.code


def test_show_tells_the_basis_the_consent_and_what_was_told(client, sent):
    said = client.run("maria", "consent", "show", code(sent))
    assert "consent, written, to" in flat(said)
    assert "covers Region Skåne; recorded by Lund Vuxen" in flat(said)
    assert "CONSENT v1" in said and "Beroende Lund" in said
    plain = client.run("maria", "consent", "show", code(sent), "--plain")
    assert plain.splitlines()[-1].split("\t")[-4:-2] == ["Lund Vuxen", "Beroende Lund"]


def test_what_the_consent_does_not_cover_is_refused_with_what_to_do(client, sent, tables):
    audits = tables.audits()
    said = client.run("petra", "forward", code(sent), people.MALMO, "--reason", "other",
                      "--person-told", "phone", status=3)
    assert "no consent in force that covers this: it covers " in flat(said)
    assert "; nothing left your unit, and the attempt is recorded" in flat(said)
    assert "consent give" in said and "CONSENT_MISSING" in said
    assert tables.audits() > audits
    given = client.run("petra", "samtycke", "ge", code(sent), "--form", "oral", "--until", "+9d",
                       "--to", f"{people.MALMO},skane", "--no-shows")
    assert "the consent is recorded" in given
    client.run("petra", "forward", code(sent), people.MALMO, "--reason", "other", "--person-told", "phone")


def test_a_consent_that_has_ended_is_told_with_its_day(client, sent, tables):
    ended = datetime.date.today() - datetime.timedelta(days=8)
    tables.connection.cursor().execute(
        "UPDATE stafett.consent SET end_date = %s WHERE referral = %s", (ended, sent.referral))
    said = client.run("maria", "amend", code(sent), "--file", "-", stdin="more", status=3)
    assert "CONSENT_EXPIRED" in said
    assert "The consent ended on" in flat(said) and f"{ended:%-d %b}" in said
    assert f"consent give {code(sent)[:4]}" in said


def test_a_basis_that_is_none_is_refused_with_those_that_are(client):
    draft = {"kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today",
             "legalBasis": {"code": "discharge-law"}, "personInformed": True,
             "subject": {"familyName": "Holm"}, "body": "text"}
    said = client.run("maria", "send", people.BEROENDE, "--file", "-", stdin=json.dumps(draft), status=3)
    assert "These are: consent, need-of-care, harm-test" in flat(said)
    assert "codes basis" in said


def test_revoking_says_who_goes_on_and_what_stops(client, sent):
    said = client.run("maria", "consent", "revoke", code(sent))
    assert "revoked" in said and "goes on as before" in flat(said)
    assert "Stopped: forwarding" in flat(said)
    theirs = client.run("petra", "show", code(sent))
    assert "shared no longer" in theirs and "REVOKED" not in theirs
    assert "REVOKED" in client.run("maria", "show", code(sent))
    refused = client.run("petra", "accept", code(sent), "--responsible", "nurse", "--contact-by", "+7d",
                         status=3)
    assert "CONSENT_MISSING" in refused


def test_what_a_revoked_consent_stops_is_not_offered(client, sent):
    client.run("petra", "ack", code(sent))
    client.run("maria", "consent", "revoke", code(sent))
    theirs = flat(client.run("petra", "show", code(sent)))
    assert "Beroende Lund: reject it (it is shared no longer) by " in theirs
    assert f"You can: stafett --as petra reject {code(sent)[:4]}" in theirs
    assert f"note {code(sent)[:4]} --contact" in theirs and f"accept {code(sent)[:4]}" not in theirs
    why = flat(client.run("petra", "why", code(sent)))
    assert "Beroende Lund: reject it (it is shared no longer) by " in why and "accept" not in why.split("rule")[0]
    terminal = client.at_terminal("petra", "accept", code(sent))
    assert terminal.wait() == 3
    terminal.close()
    assert f"{code(sent)[:4]} is shared no longer; nothing was changed" in flat(terminal.said)
    day = flat(client.run("petra"))
    at = day.index(f"{code(sent)[:4]} ")
    assert "reject it (it is shared no longer) by " in day[at:at + 200]
    assert f"stafett --as petra reject {code(sent)[:4]}" in day
    assert "reject it (it is shared no longer)" in flat(client.run("maria", "show", code(sent)))
    assert "avvisa den (den delas inte längre)" in flat(client.run("petra", "show", code(sent), LANGUAGE="sv"))
    assert f"{sent.answer.code} is shared no longer" in client.run("petra", "show", code(sent), "--body")


@pytest.mark.parametrize("acknowledged", [False, True])
def test_whom_nothing_is_shared_about_waits_with_the_holder(client, sent, acknowledged):
    if acknowledged:
        client.run("petra", "ack", code(sent))
    said = flat(client.run("maria", "consent", "revoke", code(sent)))
    short = code(sent)[:4]
    assert "The person waits with you: ask for a new consent, or end this" in said
    assert f"Next: stafett --as maria end {short} Or: stafett --as maria consent give {short}" in said
    day = client.run("maria")
    must, others = day.split("OTHERS MUST ACT") if "OTHERS MUST ACT" in day else (day, "")
    at = flat(must).index(f"{short} ")
    assert "shared no longer, and still with you" in flat(must)[at:at + 150]
    assert f"consent give {short} Or: stafett --as maria end {short}" in flat(must) and short not in others
    assert client.run("maria", "end", short, "--reason", "person-wishes")


def test_who_is_told_nothing_is_not_told_to_ask_for_a_consent(client, sent):
    client.run("maria", "consent", "revoke", code(sent))
    said = flat(client.run("petra", "accept", code(sent), "--responsible", "nurse", "--contact-by", "+7d",
                           status=3))
    assert "is shared no longer; nothing was changed" in said and "consent give" not in said


def test_json_is_the_referral_with_its_consent_and_disclosures(client, sent):
    told = json.loads(client.run("maria", "consent", "show", code(sent), "--json"))
    assert told["referral"]["consent"]["recipients"] == ["skane"]
    assert told["events"][0]["disclosures"][0]["rule"] == "CONSENT"
    wrong = client.run("maria", "consent", "burn", code(sent), status=2)
    assert "can be shown, given and revoked" in flat(wrong)


def test_on_a_terminal_a_consent_is_revoked_only_after_a_yes_to_what_stops(client, sent, maria):
    for typed, status, consent in (("\n", 2, "active"), ("y\n", 0, "revoked")):
        terminal = client.at_terminal("maria", "consent", "revoke", code(sent))
        terminal.expect("The consent is revoked at once").expect("Stopped: forwarding")
        terminal.expect("Do it?").type(typed)
        assert terminal.wait() == status
        terminal.close()
        assert "How it was given" not in terminal.said
        assert maria.get(sent.referral).referral.consent.status == consent


def test_who_thinks_better_of_it_is_told_the_whole_command(client, sent):
    terminal = client.at_terminal("petra", "consent", "revoke", code(sent))
    terminal.expect("Do it?").type("n\r")
    assert terminal.wait() == 2
    terminal.close()
    assert f"consent revoke {code(sent)[:4]}" in flat(terminal.said)
