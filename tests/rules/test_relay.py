# SPDX-License-Identifier: Apache-2.0
"""Random acts, legal and not, by members of five organisations through two daemons
whose workers are killed: one holder at every commit, states that their events
explain, and refusals that changed nothing. STAFETT_SEED replays a run, STAFETT_TURNS
says how long it is."""

import collections
import concurrent.futures
import os
import random
from pathlib import Path

import manual
import pytest
from postgres import Cluster, connect
from relay import EVERY_ACT, Party, directory
from stack import Stack

LONG = os.environ.get("STAFETT_LONG") == "1"
TURNS = int(os.environ.get("STAFETT_TURNS") or (10000 if LONG else 1500))
AT_ONCE, KILL_EVERY = 6, 300
SEED = os.environ.get("STAFETT_SEED") or str(random.SystemRandom().randrange(10**9))


@pytest.fixture(scope="module")
def stacks(build, work):
    """Two daemons on one database, whose schema looks at every commit."""
    cluster = Cluster(work / "rp", "max_connections=60")
    owner = cluster.create_database("relay")
    database = cluster.uri("relay", "stafett_app")
    first = Stack(build, work / "r1", owner, database=database)
    first.command("migrate")
    connect(owner).cursor().execute((Path(__file__).parent / "custody.sql").read_text())
    second = Stack(build, work / "r2", owner, authority=first.authority, database=database)
    first.load(directory())
    for stack in (first, second):
        stack.start()
    yield first, second
    for stack in (first, second):
        stack.stop()
    cluster.stop()


@pytest.fixture(scope="module")
def party(stacks):
    """All turns have been taken."""
    print(f"seed {SEED}: STAFETT_SEED={SEED} tests/run rules replays it")
    rng = random.Random(SEED)
    party = Party(stacks)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, TURNS, KILL_EVERY):
            turns = [pool.submit(party.turn, f"{SEED}/{i}")
                     for i in range(start, min(start + KILL_EVERY, TURNS))]
            stacks[rng.randrange(2)].kill_worker()
            for turn in turns:
                turn.result()
    yield party
    party.close()


def seeded(text):
    return f"seed {SEED}: {text}"


def test_all_of_it_was_tried(party):
    counts = collections.Counter(act for act, _ in party.done.values())
    print(" ".join(f"{act}={counts[act]}" for act in sorted(EVERY_ACT)))
    acts = set(counts)
    assert len(party.done) > TURNS / 4 and len(party.refused) > TURNS / 20, seeded("")
    # What comes at the end of a long way, or waits for a time, a short run may not see.
    assert len(EVERY_ACT - acts) <= (2 if TURNS >= 10000 else 8), seeded(EVERY_ACT - acts)
    assert {"SERVER_FAULT", "OUTCOME_UNKNOWN"}.isdisjoint(
        reason for _, reason in party.refused.values()), seeded("")


def test_one_holder_at_every_commit(party, stacks):
    """The schema looked at every one, and refused none."""
    for stack in stacks:
        assert "batch failed" not in stack.process.log(), seeded("")
    broken = stacks[0].tables().rows(
        "SELECT c.id FROM stafett.chain c WHERE NOT EXISTS (SELECT FROM stafett.reach r"
        " WHERE r.kind = 'merge' AND c.id IN (r.chain, r.other_chain))"
        " AND (SELECT count(*) FROM stafett.custody WHERE chain = c.id)"
        " <> (SELECT count(*) FROM stafett.event WHERE chain = c.id AND custodian_changed)")
    assert broken == [], seeded(broken)
    moves, = stacks[0].tables().rows(
        "SELECT (SELECT count(*) FROM stafett.custody),"
        " (SELECT count(*) FROM stafett.event WHERE custodian_changed)")
    assert moves[0] == moves[1], seeded("a merge loses no move")


def test_a_merged_chain_is_empty_and_leads_on(party, stacks):
    """What was in it is in the other, whole and in its order."""
    tables = stacks[0].tables()
    left = tables.rows(
        "SELECT c.id FROM stafett.chain c WHERE c.merged_into IS NOT NULL AND (c.status = 'open'"
        " OR EXISTS (SELECT FROM stafett.referral x WHERE x.chain = c.id)"
        " OR EXISTS (SELECT FROM stafett.delivery x WHERE x.chain = c.id)"
        " OR (SELECT count(*) FROM stafett.event x WHERE x.chain = c.id) <> 1)")
    assert left == [], seeded(left)
    gaps = tables.rows(
        "SELECT c.id FROM stafett.chain c WHERE c.merged_into IS NULL AND c.event_seq"
        " <> (SELECT count(*) FROM stafett.event x WHERE x.chain = c.id)")
    assert gaps == [], seeded(gaps)
    lost = tables.rows("SELECT r.id FROM stafett.referral r WHERE NOT EXISTS (SELECT FROM stafett.event e"
                       " WHERE e.chain = r.chain AND e.referral = r.id AND e.kind = 'send')")
    assert lost == [], seeded(lost)


RAISES = {code for code, act in manual.acts().items() if act.version == "raises"}


def test_the_state_is_the_fold_of_the_events(party, stacks):
    tables = stacks[0].tables()
    events = tables.rows(
        "SELECT referral, kind, version, from_status, to_status FROM stafett.event "
        " WHERE referral IS NOT NULL ORDER BY chain, seq")
    folded = {}
    for referral, kind, version, before, after in events:
        state, at = folded.get(referral, ("", 0))
        assert before == state, seeded(f"{referral} {kind}")
        assert version == at + (kind in RAISES), seeded(f"{referral} {kind}")
        folded[referral] = (after, version)
    stored = {row[0]: row[1:] for row in tables.rows("SELECT id, status, version FROM stafett.referral")}
    assert stored == folded, seeded("")


def test_the_holder_is_the_fold_of_the_events(party, stacks):
    wrong = stacks[0].tables().rows(
        "SELECT c.id FROM stafett.chain c JOIN stafett.event e ON e.chain = c.id AND e.seq = c.event_seq"
        " WHERE c.status = 'open' AND e.custodian IS DISTINCT FROM c.custodian")
    assert wrong == [], seeded(wrong)


def test_what_was_refused_changed_nothing_and_the_rest_happened_once(party, stacks):
    tables = stacks[0].tables()
    keys = tables.rows("SELECT message::text FROM stafett.idempotency")
    assert {key for key, in keys} == set(party.done) and len(keys) == len(party.done), seeded("")
    contents = tables.rows("SELECT message::text FROM stafett.content")
    # A receipt has no words of its own.
    sent = [message for message, (act, _) in party.done.items() if act != "acknowledge"]
    assert sorted(message for message, in contents) == sorted(sent), seeded("")


def test_the_persons_clock_never_moved(party, stacks):
    moved = stacks[0].tables().rows(
        "SELECT id FROM stafett.chain WHERE intervention_due_date"
        " <> (help_request_date + interval '1 month')::date")
    assert moved == [], seeded(moved)


def test_who_is_asked_to_act_is_a_party_of_an_open_matter(party, stacks):
    lost = stacks[0].tables().rows(
        "SELECT id, status, next_act FROM stafett.referral WHERE (next_act IS NULL) <> (next_actor IS NULL)"
        " OR (NOT stafett.is_ended(status) AND next_act IS NULL)")
    assert lost == [], seeded(lost)


PARTY = ("EXISTS (SELECT FROM stafett.party p WHERE p.unit = c.custodian AND p.code = r.code"
         " AND p.referral = r.id AND p.until IS NULL)")
FOLLOWED = "EXISTS (SELECT FROM stafett.chain_question q WHERE q.chain = c.id AND q.what <> 'help')"


def test_a_holder_with_nothing_under_way_is_asked_once(party, stacks):
    """To send the person on, or to close the chain: by a referral of which it is a party,
    else by the chain itself; and nobody else is. Who waits to be asked how the person is, once
    at most, and the clerk counts by when."""
    tables = stacks[0].tables()
    of_holder = f"SELECT FROM stafett.referral r WHERE r.chain = c.id AND {PARTY}"
    forgotten = tables.rows(
        f"SELECT c.id, asked.times, c.asked FROM stafett.chain c CROSS JOIN LATERAL (SELECT count(*) AS times"
        f" FROM stafett.referral r WHERE r.chain = c.id AND {PARTY} AND r.next_act = 'send'"
        f" AND r.next_actor = c.custodian) asked WHERE c.status = 'open'"
        f" AND NOT EXISTS ({of_holder} AND (NOT stafett.is_ended(r.status)"
        f" OR r.hand_back_seq = c.custody_seq)) AND asked.times + c.asked::int <> 1"
        f" AND NOT (asked.times = 0 AND {FOLLOWED})")
    assert forgotten == [], seeded(forgotten)
    unlooked = tables.rows("SELECT chain FROM stafett.chain_question WHERE look_time IS NULL AND show_time IS NULL")
    assert unlooked == [], seeded(unlooked)
    by_chain = tables.rows(
        f"SELECT c.id, c.status, c.asked, c.custodian, d.unit FROM stafett.chain c"
        f" LEFT JOIN stafett.chain_duty d ON d.chain = c.id WHERE c.asked <> (d.chain IS NOT NULL)"
        f" OR (c.asked AND (c.status = 'closed' OR d.unit <> c.custodian OR d.due_time IS NULL"
        f" OR EXISTS ({of_holder} AND (NOT stafett.is_ended(r.status) OR r.next_act = 'send'))))")
    assert by_chain == [], seeded(by_chain)
    late = tables.rows("SELECT r.id FROM stafett.referral r WHERE r.next_act = 'send' AND r.due_time IS NULL")
    assert late == [], seeded(late)
    astray = tables.rows(
        "SELECT r.id, r.status, c.status FROM stafett.referral r JOIN stafett.chain c ON c.id = r.chain"
        " WHERE r.next_act IS NOT NULL AND (c.status = 'closed' OR (r.next_act = 'send'"
        " AND r.next_actor <> c.custodian AND (r.next_actor <> r.requester OR r.status <> 'rejected')))")
    assert astray == [], seeded(astray)
