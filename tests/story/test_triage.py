# SPDX-License-Identifier: Apache-2.0
"""`stafett triage` in a terminal: one card at a time, one key each."""

import json
import re
import signal
from contextlib import contextmanager

import people
import pytest
import quarter
from caller import uuid7
from client import Client
from stubs import contract

CARD = {"givenName": "Elias", "familyName": "Berg", "identifier": "200002292399",
        "telecom": "046-00 00 00", "contactRule": "Ring, inget meddelande.",
        "livingSituation": "with-relative", "childrenInHousehold": "nej",
        "reasonText": "Cannabis dagligen, vill sluta."}
# What is typed for one referral at a time, for comparison.
SINGLE = {"show": "stafett show {}\n", "ack": "stafett ack {}\n",
          "accept": "stafett accept {} --responsible nurse --contact-by +7d\n"}


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "triage")


@pytest.fixture
def empty(petra):
    """An inbox that nothing of other tests is in."""
    for item in list(petra.whole_inbox()):
        petra.call(petra.inboxes.Acknowledge, contract.inbox_service.AcknowledgeRequest(
            id=str(uuid7()), message=item.id, content_hash=item.content_hash,
            referral=item.referral, chain=item.chain, version=item.version))


@pytest.fixture
def send(empty, maria):
    def send(body="CUDIT-R 19.", **card):
        card = json.dumps({**CARD, **card}).encode()
        return maria.send(people.BEROENDE, card=card, body=body.encode())
    return send


@contextmanager
def triage(client, *words, who="petra", **more):
    terminal = client.at_terminal(who, "triage", *words, **more)
    yield terminal
    assert terminal.modes() == terminal.modes_before
    terminal.close()


def status(caller, sent):
    return caller.get(sent.referral).referral.status


def test_every_key_acts_and_goes_on(client, send, petra, maria):
    acked, accepted, asked, forwarded, rejected, mine = (send() for _ in range(6))
    with triage(client, "--new") as terminal:
        terminal.expect("1 of 6 new").expect(acked.answer.code)
        terminal.type("a").expect("2 of 6 new").expect(f"{acked.answer.code} acknowledged")
        terminal.type("c").expect("Who answers for it: ").type("dragon\n").expect("Counsellor")
        terminal.expect("Who answers for it: ").type("nur\n").expect("Contact by [+7d]: ").type("\n")
        terminal.expect("3 of 6 new").expect("accepted").expect("now holds this chain")
        terminal.type("k").expect("What is missing: ").type("consent\n")
        terminal.expect("In your words: ").type("Vad gäller?\n").expect("4 of 6 new").expect("was asked")
        terminal.type("f").expect("To which unit: ").type("skane/x\n").expect("There is no unit")
        terminal.expect("To which unit: ").type(people.MALMO + "\n").expect("Why not here: ")
        terminal.type("outside-area\n").expect("How the person was told: ").type("phone\n")
        terminal.expect("5 of 6 new").expect("forwarded to Malmö Vuxen")
        terminal.type("r").expect("Why not here: ").type("no-cap\n").expect("unit instead").type("\n")
        terminal.expect("was told: ").type("not\n").expect("6 of 6 new").expect("rejected")
        terminal.type("m").expect("is yours").expect("6 of 6 done")
        assert terminal.wait() == 0
    assert [status(maria, sent) for sent in (acked, accepted, forwarded, rejected, mine)] == \
        ["received", "accepted", "requested", "rejected", "requested"]
    assert maria.get(asked.referral).referral.question_time.seconds
    assert maria.get(forwarded.referral).referral.owner == people.MALMO
    assert petra.get(mine.referral).referral.assignee_display_name == "Petra Svensson"


def test_the_other_keys_change_nothing(client, send, maria):
    first, second = send(), send(body="En text\n" * 50 + "SLUTET")
    with triage(client) as terminal:
        terminal.expect("1 of 2").type("n").expect("2 of 2").type("b").expect("1 of 2")
        terminal.type("n").expect("2 of 2").type("o").expect("You can:").expect("more: space")
        while "SLUTET" not in terminal.said[terminal.at:]:
            terminal.type(" ").expect("back: any")
        terminal.type("x").expect("2 of 2").type("?").expect("take it on").type("x").expect("2 of 2")
        terminal.type("z").expect("does nothing here").type("\x1b[A").expect("does nothing here")
        terminal.type("c").expect("Who answers").type("\n").expect("needs an answer")
        terminal.expect("Who answers").type("\x04").expect("Nothing was done")
        terminal.type("f").expect("To which").type("\x04").expect("Nothing was done")
        terminal.type("q").expect("0 of 2 done").expect("stafett --as petra inbox")
        assert terminal.wait() == 0
    assert {status(maria, first), status(maria, second)} == {"requested"}


def test_the_card_in_swedish_with_its_own_keys(client, send, maria):
    sent = send()
    with triage(client, "--new", LANGUAGE="sv") as terminal:
        terminal.expect("1 av 1 nya").expect("Berg, Elias").expect("20000229-2399").expect("Från Lund Vuxen")
        terminal.expect("Maria Nilsson").expect("Cannabis dagligen").expect("Bad om hjälp")
        terminal.expect("Bor:").expect("CUDIT-R 19.").expect("[k]vittera").expect("[t]a emot")
        terminal.type("k").expect("håller fortfarande i vårdkedjan")
        assert terminal.wait() == 0
    assert status(maria, sent) == "received"


def test_no_two_keys_of_a_language_are_the_same(client, send):
    send()
    for language in ("en", "sv"):
        with triage(client, LANGUAGE=language) as terminal:
            terminal.expect("[?]").type("?").expect({"en": "(back:", "sv": "(tillbaka:"}[language])
            keys = [line[0] for line in terminal.screen().splitlines() if line[1:3] == "  "]
            assert len(keys) == len(set(keys)) == 11
            terminal.type("xq").wait()


def test_another_size_draws_the_card_anew(client, send):
    send(body="Rad ett som är lång nog för att brytas på en smal skärm.\n" * 30 + "SLUTET")
    with triage(client, rows=24, columns=80) as terminal:
        terminal.expect("[q]uit")
        terminal.resize(12, 44)
        terminal.expect("1 of 1").expect("[q]uit")
        assert max(map(len, terminal.screen().splitlines())) <= 44
        assert len(terminal.screen().splitlines()) <= 12
        while "SLUTET" not in terminal.screen():
            terminal.type(" ").expect("[q]uit")
        terminal.type(" ").expect("Berg, Elias").type("q")
        assert terminal.wait() == 0


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, "\x03"])
@pytest.mark.parametrize("keys", ["", "c", "o"])
def test_an_interrupt_gives_the_terminal_back(client, send, maria, end, keys):
    sent = send()
    with triage(client) as terminal:
        terminal.expect("[q]uit").type(keys)
        terminal.expect({"": "", "c": "Who answers for it: ", "o": "ack"}[keys])
        if isinstance(end, str):
            terminal.type(end)
        else:
            terminal.process.send_signal(end)
        assert terminal.wait() == -(signal.SIGINT if isinstance(end, str) else end)
        assert terminal.said.rstrip().endswith("\x1b[?1049l")
    assert status(maria, sent) == "requested"


def test_hostile_text_is_shown_and_not_obeyed(client, send):
    evil = "\x1b[2J\x1b]52;c;eA==\x07\u202egnp.exe\x9b31m\x00"
    send(body="Text " + evil + "x" * 5000, reasonText="Skäl " + evil, familyName="Berg" + evil)
    with triage(client) as terminal:
        terminal.expect("[q]uit").type("o").expect("space").type("x").expect("[q]uit").type("q")
        terminal.wait()
        for bad in ("]52;", "\u202e", "\x9b", "\x00", "\x07"):
            assert bad not in terminal.said.replace("\\u001b]52;", "").replace("\\u0007", ""), bad
        assert "\\u001b" in terminal.said and "\\u202e" in terminal.said


def test_danger_to_life_is_dealt_first_and_marked(built_quarter, work, north, east):
    client = Client(built_quarter, work / "danger", *quarter.members())
    called = contract.message.ExpectedEvent()
    called.time.GetCurrentTime()
    north.send(quarter.EAST)
    stat = north.send(quarter.EAST, act={"priority": "stat", "call_time": called.time})
    with triage(client, "--new", who="elsa") as terminal:
        terminal.expect("1 of 2 new").expect(stat.answer.code).expect("! acknowledge by")
        terminal.expect("; the sender called").type("c").expect("Who answers").type("team\n")
        terminal.expect("Contact by [today]: ").type("\x04").expect("Nothing was done").type("n").expect("2 of 2 new").type("q")
        assert terminal.wait() == 0
    new = client.run("elsa", "inbox", "--new", "--check")
    assert stat.answer.code[:4] in new and "2 in the inbox, 0 late" in new
    assert re.search("^Called ", client.run("elsa", "show", stat.answer.code), re.M)
    assert east.get(stat.referral).referral.status == "requested"


def test_a_protected_identity_is_shown_when_it_is_opened(client, send):
    send(body="Elias Berg bor på", protectedIdentity=True)
    with triage(client) as terminal:
        terminal.expect("(protected identity)").expect("[q]uit")
        assert "Berg" not in terminal.said and "2399" not in terminal.said
        terminal.type("o").expect("more: space").type(" ").expect("Elias Berg bor").type("xq").wait()


def test_two_nurses_never_take_the_same_person(client, send, petra, maria):
    first, second, third = send(), send(), send()
    with triage(client, "--new") as one, triage(client, "--new", who="ines") as other:
        for terminal in (one, other):
            terminal.expect("1 of 3 new").expect("[q]uit")
        one.type("m").expect("2 of 3 new").expect("is yours")
        other.type("m").expect("2 of 3 new").expect("Petra Svensson has taken").expect("you changed")
        one.type("c").expect("Who answers").type("nurse\n").expect("Contact by").type("\n")
        one.expect("3 of 3 new").expect("[q]uit")
        other.type("c").expect("Who answers").type("team\n").expect("Contact by").type("\n")
        other.expect("3 of 3 new").expect("Petra Svensson was first").expect("you changed nothing")
        one.type("a").expect("3 of 3 done")
        other.type("a").expect("Petra Svensson was first")
        assert one.wait() == other.wait() == 0
    assert petra.get(first.referral).referral.assignee_display_name == "Petra Svensson"
    assert maria.get(second.referral).referral.responsible == "nurse"
    acknowledged = [event for event in maria.get(third.referral).events if event.kind == "acknowledge"]
    assert len(acknowledged) == 1


def test_what_a_colleague_has_seen_to_meanwhile_is_passed_over(client, send, petra):
    send(), send(), send()
    with triage(client, "--new") as terminal:
        terminal.expect("1 of 3 new").expect("[q]uit")
        second = list(petra.whole_inbox())[1]
        client.run("ines", "ack", second.code)
        terminal.type("a").expect("3 of 3 new").expect("Ines Holm was first").type("q")
        assert terminal.wait() == 0


def test_forty_in_a_tenth_of_the_keystrokes(client, send, maria, petra):
    sent = [send() for _ in range(40)]
    single = sum(len(line.format("7K3M")) for line in
                 [SINGLE["show"]] * 40 + [SINGLE["ack"]] * 30 + [SINGLE["accept"]] * 10)
    with triage(client, "--new") as terminal:
        for at in range(1, 41):
            terminal.expect(f"{at} of 40 new").expect("[q]uit")
            if at % 4:
                terminal.type("a")
                continue
            terminal.type("c").expect("Who answers").type("\n" if at > 4 else "nur\n")
            terminal.expect("Contact by").type("\n")
        terminal.expect("40 of 40 done")
        assert terminal.wait() == 0
    print(f"40 items: {terminal.keys} keys in triage, {single} with single commands")
    assert terminal.keys * 10 <= single
    statuses = [status(maria, one) for one in sent]
    assert (statuses.count("received"), statuses.count("accepted")) == (30, 10)


def test_without_a_terminal_it_says_so(client):
    assert "needs a terminal" in client.run("petra", "triage", status=2)


def test_an_empty_inbox_is_no_triage(client, empty):
    with triage(client) as terminal:
        terminal.expect("Nothing waits for you")
        assert terminal.wait() == 0


def test_what_was_withdrawn_does_not_come_up(client, send, maria):
    gone, left = send(), send()
    maria.perform(gone, "withdraw", reason="sent-by-mistake")
    with triage(client) as terminal:
        terminal.expect("1 of 1").expect(left.answer.code).type("n")
        assert terminal.wait() == 0
    assert gone.answer.code not in terminal.said
    maria.perform(left, "withdraw", reason="sent-by-mistake")
    assert "Nothing waits for you." in client.at_terminal("petra", "triage").expect("Next:").said
