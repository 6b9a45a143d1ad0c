# SPDX-License-Identifier: Apache-2.0
"""The daemon starts on an empty database, or on a full one, and keeps its plans. None
of them may read a growing table from end to end, nor more rows of it the longer it is."""

import re
import time
from uuid import UUID

import people
import pytest
from caller import code_of, in_days, pb
from google.protobuf.timestamp_pb2 import Timestamp
from postgres import connect
from stack import serving
from watcher import Watcher

GROWING = {"chain", "custody", "referral", "request", "event", "detail", "content", "party", "delivery",
           "proposal", "consent", "idempotency", "audit_queue", "upload", "upload_part", "reach", "chain_party",
           "chain_link", "chain_question", "planning_call", "planning_answer", "chain_duty"}
WHOLE = re.compile(r"Seq Scan on (?:stafett\.)?(\w+)")
# A step that reads a table or an index: its name, and how many rows it gave.
STEP = re.compile(r"-> +(.*?Scan [^(]*?)\s+\(cost=.*?\(actual rows=(\d+) loops=(\d+)\)")
REMOVED = re.compile(r"Rows Removed by [^:]+: (\d+)")
FILL, ENOUGH = 600, 120   # stored referrals; more rows than any page or batch needs
# A filter of the log is looked for in so many records a call, of all units together.
LOG, LOG_ENOUGH = re.compile(r"using audit_log on |on looked_at "), 2000


@pytest.fixture(scope="module")
def daemon(build, work, cluster):
    """stafettd on a database that was empty when its statements were prepared."""
    owner = cluster.create_database("plans")
    with serving(build, work / "d", owner, database=cluster.uri("plans", "stafett_app")) as stack:
        yield stack


def plans_of(cluster, work):
    """What auto_explain logged while |work| ran; a statement of ours marks the end."""
    before = cluster.process.mark()
    work()
    connect(cluster.uri()).cursor().execute("SELECT 'the end' FROM pg_class LIMIT 1")
    cluster.process.wait_line("the end", after=before)
    return "\n".join(cluster.process.lines[before:])


def an_hour_ago():
    return Timestamp(seconds=int(time.time()) - 3600)


def everything(daemon):
    maria, petra, omar, vera = (daemon.caller(who) for who in ("maria", "petra", "omar", "vera"))

    def work():
        watcher = Watcher(petra).until_current()
        sent = maria.send(people.BEROENDE)
        watcher.until_item(sent.id)
        maria.resend(sent.request)
        petra.inbox()
        petra.acknowledge(sent)
        petra.accept(sent, 2)
        watcher.until_item(sent.id, lambda item: item.version == 3)
        watcher.resume().until_current().stop()
        petra.get(sent.referral, contents=True)
        petra.get(sent.answer.code)
        maria.list(direction="sent")
        petra.list(open_only=True)
        petra.list(overdue_only=True)
        petra.list(since_time=an_hour_ago(), status="requested", unit=people.LUND)
        petra.today(since_time=an_hour_ago())
        maria.today()
        maria.send(people.MALMO, chain=sent.chain)
        maria.perform(sent, "withdraw", reason="other")
        maria.send(people.BEROENDE, chain=sent.chain,
                   act={"replaces": sent.referral, "hand_back_unit": people.MALMO})
        claim, _ = maria.upload(bytes(100000))
        maria.uploaded(claim.id)
        large = maria.send(people.BEROENDE, body=claim)
        petra.get(large.referral, contents=True)
        petra.fetch(large)
        vera.log()
        vera.log(referral=sent.referral, whole_chain=True, since_time=an_hour_ago())
        vera.entry(vera.log(member=petra.member, action="R", page_size=1).entries[0].id)
        turns(maria, petra, omar)
        two_hands(maria, daemon.caller("mona"))
        chains(maria, daemon.caller("mona"), petra)
        consents(maria, petra)
    return work


def turns(maria, petra, omar):
    """Acts on the way: each kind of effect once."""
    sent = maria.send(people.BEROENDE)
    petra.perform(sent, "assign", member=petra.member)
    petra.acknowledge(sent)
    petra.perform(sent, "ask", question="contact")
    maria.perform(sent, "amend", body=b"by phone")
    petra.perform(sent, "forward", to=people.MALMO, reason="outside-area", person_told="phone")
    petra.get(sent.referral, contents=True)
    omar.accept(sent, 5)
    home = omar.send(people.BEROENDE, chain=sent.chain, act={"kind": "aftercare"})
    omar.perform(sent, "start", intervention="CRA", no_next="other")
    omar.perform(sent, "plan_home", aftercare=home.referral, housing="own", first_contact_date=in_days(14))
    petra.accept(home, 1)
    omar.perform(sent, "complete", body=b"done")


def consents(maria, petra):
    """Given with a referral, given anew, used again, revoked."""
    sent = maria.send(people.BEROENDE, act={"legal_basis": pb.LegalBasis(code="consent")})
    petra.perform(sent, "consent", form="oral", recipients=["skane", "malmo"])
    known = petra.get(sent.referral, contents=True).referral.consent.id
    maria.send(people.MALMO, chain=sent.chain,
               act={"legal_basis": pb.LegalBasis(code="consent", consent=known)})
    maria.perform(sent, "unshare")
    petra.get(sent.referral, contents=True)


def two_hands(maria, mona):
    """A proposal that another member confirms."""
    sent = maria.send(people.BEROENDE)
    maria.perform(sent, "void", reason="other")
    mona.perform(sent, "confirm", proposal=maria.get(sent.referral).referral.proposal.id)


def chains(maria, mona, petra):
    """Chains as a whole: registered, merged, read, listed, and linked."""
    old, young = maria.register(), maria.register()
    sent = maria.send(people.BEROENDE, chain=old)
    maria.on_chain(old, "merge", into=young, body=b"why")
    mona.on_chain(old, "confirm", proposal=maria.chain(old).chain.proposal.id, into=young)
    petra.chain(young, contents=True)
    maria.chain(code_of(UUID(old)))
    maria.held_chains()
    maria.send(people.BEROENDE, act={"linked_chain": young})
    maria.get(sent.referral)


def whole_reads(plans):
    return set(WHOLE.findall(plans)) & GROWING


def test_no_statement_reads_a_growing_table_whole(daemon, cluster):
    plans = plans_of(cluster, everything(daemon))
    for part in ("api.load", "stafett.directory d", "INSERT INTO stafett.audit_queue", "api.inbox", "api.watch_inbox",
                 "api.watch_changes", "api.messages", "api.open_referrals", "api.news", "api.audit_log", "KEY SHARE"):
        assert part in plans
    assert whole_reads(plans) == set()


def greedy_steps(plans):
    """Steps that met more than ENOUGH rows a time, with what each had to throw away."""
    found, step, enough = [], "", ENOUGH
    for line in plans.splitlines():
        if "Scan on pg_show_all_settings" in line:
            step = None     # a new connection looks at the settings, of which there are hundreds
        elif match := STEP.search(line):
            step = match.group(1)
            enough = LOG_ENOUGH if LOG.search(step) else ENOUGH
            if int(match.group(2)) > enough:
                found.append(f"{step}: {match.group(2)} rows, {match.group(3)} times")
        elif step is not None and (match := REMOVED.search(line)) and int(match.group(1)) > enough:
            found.append(f"{step}: {match.group(0)}")
    return sorted(set(found))


@pytest.fixture(scope="module")
def full(daemon):
    """Every unit here has sent or received all of it: the worst case of a unit's index."""
    maria = daemon.caller("maria")
    for _ in range(FILL):
        maria.send(people.BEROENDE)


def test_no_statement_reads_more_the_more_is_stored(daemon, full, cluster):
    plans = plans_of(cluster, everything(daemon))
    assert whole_reads(plans) == set()
    assert greedy_steps(plans) == []


@pytest.mark.parametrize("first", ["SELECT 1", "ANALYZE"], ids=["unknown", "known"])
def test_no_plan_made_over_full_tables_reads_more(daemon, full, cluster, first):
    """The planner sees them full, and knows nothing or all of what is in them."""
    daemon.stop()
    connect(daemon.database_uri()).cursor().execute(first)
    daemon.start()
    plans = plans_of(cluster, everything(daemon))
    assert whole_reads(plans) == set()
    assert greedy_steps(plans) == []


def test_the_check_would_find_one():
    assert whole_reads("->  Seq Scan on delivery d  (cost=10000000000.00..)") == {"delivery"}
    assert greedy_steps("  ->  Index Scan using i on party p  (cost=0.1..2 rows=1 width=4)"
                        " (actual rows=900 loops=2)") == ["Index Scan using i on party p: 900 rows, 2 times"]
