# SPDX-License-Identifier: Apache-2.0
"""Behaviours that anybody can check from outside, through the client: what the person
was promised, the way home, what is not yours, and one timeline for all."""

import json
import random
import re
from concurrent import futures

import people
import pytest
from business_clock import wait_late_told
from caller import in_days
from client import Client

TOLD = ("--person-told", "phone")
ACCEPT = ("--responsible", "nurse", "--contact-by", "+7d", "--clock-reason", "other")


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "behaviours")


def answer(client, who, *words, **more):
    """What a command says as JSON; hints for people may follow."""
    said = client.run(who, "--json", *words, **more)
    return json.JSONDecoder().raw_decode(said[said.index("{"):])[0]


@pytest.fixture
def send(client, tmp_path):
    """Sends as |who|; the code."""
    def send(who, to, **draft):
        path = tmp_path / "draft.json"
        path.write_text(json.dumps({
            "kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today", "personInformed": True,
            "legalBasis": {"code": "need-of-care"}, "subject": {"familyName": "Holm", "givenName": "Anders"},
            **draft}))
        return answer(client, who, "send", to, "--file", path)["code"]
    return send


def promised(client, who, code):
    chain = answer(client, who, "show", code)["chain"]
    return chain["helpRequestDate"], chain["interventionDueDate"]


def test_behaviour_1_nothing_restarts_the_persons_clock(client, send, tables):
    right = ("2026-01-31", "2026-02-28")
    first = send("maria", people.MALMO, helpRequestDate="2026-01-31")
    assert promised(client, "maria", first) == right
    client.run("omar", "reject", first, "--reason", "outside-area", "--none-known", *TOLD)
    second = send("maria", people.BEROENDE, replaces=first, helpRequestDate="today")
    assert promised(client, "maria", second) == right
    client.run("petra", "forward", second, people.ESLOV, "--reason", "outside-area", *TOLD)
    client.run("karin", "accept", second, *ACCEPT)
    third = send("maria", people.MALMO, chain=first, helpRequestDate=in_days(-1))
    parties = (("maria", first), ("maria", second), ("karin", second), ("maria", third), ("omar", third))
    for who, code in parties:
        assert promised(client, who, code) == right
    # A later chain of the same person goes on in this one, and then this one in a later.
    for ending, going_on in ((None, first), (second, None)):
        later = send("maria", people.ESLOV, kind="consultation", helpRequestDate=in_days(-1))
        client.run("maria", "merge", ending or later, "--into", going_on or later)
        client.run("karin", "confirm", ending or later)
        for who, code in (*parties, ("maria", later), ("karin", later)):
            assert promised(client, who, code) == right
    wait_late_told(tables)


# -- one holder --------------------------------------------------------------------------------

ACTORS = {people.LUND: ("maria", "mona"), people.BEROENDE: ("petra", "ines"), people.MALMO: ("omar",),
          people.ESLOV: ("karin",)}
ACTS = [("ack",), ("accept", *ACCEPT), ("reject", "--reason", "other", "--none-known", *TOLD),
        ("forward", people.MALMO, "--reason", "other", *TOLD), ("forward", people.BEROENDE, "--reason", "other", *TOLD),
        ("start", "--intervention", "CRA", "--no-next", "other"), ("end", "--reason", "moved", *TOLD), ("take-back",),
        ("void", "--reason", "other"), ("confirm",), ("close", "--reason", "person-wishes", *TOLD)]
HOLDERS = """
    SELECT c.id FROM stafett.chain c LEFT JOIN stafett.custody u ON u.chain = c.id AND u.seq = c.custody_seq
    GROUP BY c.id, c.status, c.custodian
    HAVING (c.status = 'open') <> (count(u.unit) = 1 AND c.custodian IS NOT NULL)"""


def try_random_acts(client, chance, codes, times):
    """Legal and illegal acts of whoever on whichever; those that an answer came to are counted."""
    done = 0
    for _ in range(times):
        who = chance.choice(sum(ACTORS.values(), ()))
        verb, *rest = chance.choice(ACTS)
        where = [rest.pop(0)] if verb == "forward" else []
        done += client.attempt(who, verb, chance.choice(codes), *where, *rest) == 0
    return done


def test_behaviour_2_whatever_is_tried_each_open_chain_has_one_holder(client, send, tables):
    """Through the client, by four organisations two at a time; tests/rules does it ten
    thousand times, through two daemons, and looks at every commit."""
    codes = [send("maria", people.BEROENDE) for _ in range(3)]
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    with futures.ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(lambda n: try_random_acts(client, random.Random(seed + n), codes, 30), range(2)))
    assert tables.rows(HOLDERS) == [], seed
    assert sum(counts) > 0, seed
    for code in codes:
        seen = answer(client, "maria", "show", code)
        moves = [event["custodian"] for event in seen["events"] if event.get("custodianChanged")]
        assert seen["chain"].get("custodian") == (None if seen["chain"]["status"] == "closed" else moves[-1]), seed


# -- the directory -----------------------------------------------------------------------------


def test_behaviour_3_the_unit_that_takes_it_is_found_and_a_closed_one_names_its_successor(client, send, tables):
    def found(*words):
        return [unit["handle"] for unit in answer(client, "maria", "units", *words).get("units", [])]
    near = ("--municipality", "lund", "--need", "alcohol")
    assert people.BEROENDE in found(*near, "--age", "62") and people.BEROENDE not in found(*near, "--age", "16")
    assert people.BEROENDE not in found("--municipality", "lund", "--need", "gambling", "--age", "62")
    assert people.ESLOV not in found(*near) and people.ESLOV in found("--municipality", "eslov")
    assert people.CLOSED not in found(*near) and people.CLOSED in found(*near, "--closed")
    closed, = [unit for unit in answer(client, "maria", "units", "--handle", people.CLOSED, "--closed")["units"]]
    assert (closed["status"], closed["replacedBy"]) == ("closed", people.SUCCESSOR[people.CLOSED])
    before = tables.count("referral")
    draft = {"kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today", "personInformed": True,
             "legalBasis": {"code": "need-of-care"}, "subject": {"familyName": "Holm"}}
    said = answer(client, "maria", "send", people.CLOSED, "--file", "-", stdin=json.dumps(draft), status=3)
    assert said["reason"] == "UNIT_CLOSED" and people.UNITS[people.BEROENDE][0] in said["message"]
    assert said["command"] == f"stafett --as maria send {people.BEROENDE}"
    assert tables.count("referral") == before


def state(client, who, code):
    seen = answer(client, who, "show", code)
    return seen["referral"]["status"], seen["referral"]["version"], seen["chain"]["custodian"]


def test_behaviour_5_nobody_goes_home_to_nobody(client, send):
    code = send("maria", people.BEROENDE)
    client.run("petra", "accept", code, *ACCEPT)
    client.run("petra", "start", code, "--intervention", "inpatient", "--no-next", "other")
    before = state(client, "petra", code)
    said = answer(client, "petra", "complete", code, "--file", "-", stdin="Klart.", status=3)
    assert said["reason"] == "HOME_PLAN_MISSING"
    assert f"stafett --as petra plan-home {code[:4]}" in [said["command"], *said["commands"]]
    assert state(client, "petra", code) == before

    consultation = send("maria", people.BEROENDE, kind="consultation")
    client.run("petra", "accept", consultation, *ACCEPT)
    client.run("petra", "complete", consultation, "--file", "-", stdin="Vi råder.")
    assert state(client, "maria", consultation)[::2] == ("completed", people.LUND)


def test_behaviour_6_what_is_not_yours_does_not_exist(client, send, tables):
    code = send("maria", people.BEROENDE)
    absent = "0000-0000"
    for words in (["show", "{}"], ["note", "{}", "--contact"], ["take", "{}"],
                  ["reject", "{}", "--reason", "other", "--none-known", *TOLD]):
        asked = [tables.audits()]
        said = []
        for name in (code, absent):
            said.append(client.run("omar", *[word.format(name) for word in words], status=4))
            asked.append(tables.audits())
        one, other = said
        assert re.sub(r"call \w+", "", one).replace(code, "") == re.sub(r"call \w+", "", other).replace(absent, "")
        # What is shown is looked for among referrals, then among chains.
        each = 2 if words[0] == "show" else 1
        assert asked == [asked[0], asked[0] + each, asked[0] + 2 * each]


# -- the same message again --------------------------------------------------------------------

HOMES, ROUNDS = 8, 3


def test_behaviour_7_the_same_message_from_eight_places_is_one_message(client, stack, tables, work):
    """As clients keep it: on eight machines the same write waits, and each delivers it
    again and again, some killed on the way. tests/story/test_idempotency.py has the
    thousand receipts."""
    def profile(home, port):
        text = (home.home / "config" / "stafett" / "profiles" / "maria.conf").read_text()
        path = home.home / "config" / "stafett" / "profiles" / "away.conf"
        path.write_text(re.sub(r"localhost:\d+", f"localhost:{port}", text))

    profile(client, 1)
    draft = {"kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today", "personInformed": True,
             "legalBasis": {"code": "need-of-care"}, "subject": {"familyName": "Holm"}}
    client.run("away", "--timeout", "0", "send", people.BEROENDE, "--file", "-", stdin=json.dumps(draft), status=6)
    entry, = (client.home / "state" / "stafett" / "outbox").glob("*.write")
    kept = entry.read_bytes()
    entry.unlink()
    profile(client, stack.port)
    homes = [Client(stack, work / f"home-{n}") for n in range(HOMES)]
    for home in homes:
        profile(home, stack.port)
    before = [tables.count(table) for table in ("delivery", "event", "referral")]

    def deliver(number):
        for _ in range(ROUNDS):
            outbox = homes[number].home / "state" / "stafett" / "outbox"
            outbox.mkdir(parents=True, exist_ok=True, mode=0o700)
            (outbox / entry.name).write_bytes(kept)
            (outbox / entry.name).chmod(0o600)
            running = homes[number].begin("away", "ack", "0000")
            if number % 2:
                running.kill()
            running.wait(timeout=60)
    with futures.ThreadPoolExecutor(HOMES) as pool:
        list(pool.map(deliver, range(HOMES)))
    assert [tables.count(table) for table in ("delivery", "event", "referral")] == [count + 1 for count in before]


# -- one timeline ---------------------------------------------------------------------------------


@pytest.fixture
def relay(client, send, maria):
    """A chain over four organisations: the code of each referral by whom it asked."""
    codes = {people.BEROENDE: send("maria", people.BEROENDE)}
    chain = codes[people.BEROENDE]
    client.run("petra", "accept", chain, *ACCEPT)
    client.run("petra", "start", chain, "--intervention", "CRA", "--no-next", "other")
    codes[people.ESLOV] = send("maria", people.ESLOV, chain=chain, kind="consultation")
    client.run("karin", "accept", codes[people.ESLOV], *ACCEPT)
    codes[people.MALMO] = send("petra", people.MALMO, chain=chain, kind="aftercare")
    client.run("omar", "accept", codes[people.MALMO], *ACCEPT)
    return codes


def timeline(client, who, code, *more):
    """(code of the referral, what) of each event, as JSON has them."""
    seen = answer(client, who, "show", code, *more)
    return [(event["referral"], event["kind"]) for event in seen["events"]], seen


def test_behaviour_8_one_timeline_of_which_each_sees_its_own(client, relay):
    first, second, third = (relay[unit] for unit in (people.BEROENDE, people.ESLOV, people.MALMO))
    ids = {code: answer(client, who, "show", code)["referral"]["id"]
           for who, code in (("maria", first), ("maria", second), ("petra", third))}
    asked = [(ids[first], "send"), (ids[first], "accept"), (ids[first], "start")]
    consulted = [(ids[second], "send"), (ids[second], "accept")]
    followed = [(ids[third], "send"), (ids[third], "accept")]
    for who, code, seen in (("maria", first, asked + consulted), ("maria", second, asked + consulted),
                            ("petra", first, asked + followed), ("karin", second, consulted),
                            ("omar", third, followed)):
        events, shown = timeline(client, who, code)
        assert events == seen, who
        times = [event["createTime"] for event in shown["events"]]
        assert times == sorted(times)
    said = client.run("maria", "show", first)
    assert re.search(rf"{second[:4]}  accepted", said) and third[:4] not in said


def test_behaviour_8_a_third_party_takes_nothing(client, relay):
    for who, code in (("maria", relay[people.BEROENDE]), ("karin", relay[people.ESLOV]), ("omar", relay[people.MALMO])):
        assert state(client, who, code)[2] == people.BEROENDE


# -- as it was -------------------------------------------------------------------------------------


def test_what_happened_is_replayed_from_its_events(client, relay, maria):
    code = relay[people.BEROENDE]
    events = maria.get(code).events
    for event, status, holder in zip(events, ("requested", "accepted", "in-progress"),
                                     (people.LUND, people.BEROENDE, people.BEROENDE)):
        at = event.create_time.ToDatetime().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        seen = answer(client, "maria", "show", code, "--at", at)
        assert (seen["referral"]["status"], seen["chain"]["custodian"]) == (status, holder)
        assert seen["events"][-1]["id"] == event.id and "allowedActs" not in seen["referral"]
    assert "did not exist yet" in client.run("maria", "show", code, "--at", in_days(-2), status=4)
    now = client.run("maria", "show", code, "--at", "today")
    assert "As it was" in now and "[in-progress]" in now and "You can" not in now


def test_protected_identity_is_shown_in_words_at_the_second_step(client, maria):
    card = {"familyName": "Hemlig", "givenName": "Siv", "protectedIdentity": True, "telecom": "046-00 00 00",
            "livingSituation": "shelter"}
    code = maria.send(people.BEROENDE, card=json.dumps(card).encode(), body=b"Texten.").answer.code
    first = client.run("petra", "show", code) + client.run("petra", "--json", "show", code).split('"card"')[0]
    assert "Hemlig" not in first and "rotected identity" in first
    assert answer(client, "petra", "show", code)["referral"]["subject"] == {"protectedIdentity": True}
    terminal = client.at_terminal("petra", "show", code, "--body")
    assert terminal.wait() == 0
    terminal.close()
    assert re.search(r"Person +Siv Hemlig. Phone 046-00 00 00", terminal.said)
    assert "Texten." in terminal.said and "familyName" not in terminal.said and "named members only" in terminal.said
