# SPDX-License-Identifier: Apache-2.0
"""The daemon starts on an empty database and keeps its plans: none of them may
read a growing table from end to end, because by then it is the wrong plan."""

import re

import people
import pytest
from postgres import connect
from stack import Stack

GROWING = {"chain", "custody", "referral", "request", "event", "content", "party", "delivery",
           "idempotency", "audit_queue"}
WHOLE = re.compile(r"Seq Scan on (?:stafett\.)?(\w+)")


@pytest.fixture(scope="module")
def daemon(build, work, cluster):
    """stafettd on a database that was empty when its statements were prepared."""
    owner = cluster.create_database("plans")
    stack = Stack(build, work / "d", owner, database=cluster.uri("plans", "stafett_app"))
    stack.command("migrate")
    stack.start()
    stack.import_directory()
    yield stack
    stack.stop()


def plans_of(cluster, work):
    """What auto_explain logged while |work| ran; a statement of ours marks the end."""
    before = cluster.process.mark()
    work()
    connect(cluster.uri()).cursor().execute("SELECT 'the end' FROM pg_class LIMIT 1")
    cluster.process.wait_line("the end", after=before)
    return "\n".join(cluster.process.lines[before:])


def everything(daemon):
    maria, petra = daemon.caller("maria"), daemon.caller("petra")

    def work():
        sent = maria.send(people.BEROENDE)
        maria.resend(sent.request)
        petra.inbox()
        petra.acknowledge(sent)
        petra.accept(sent, 2)
        petra.get(sent.referral, contents=True)
        petra.get(sent.answer.code)
        maria.list(direction="sent")
        petra.list(open_only=True)
        maria.send(people.MALMO, chain=sent.chain)
    return work


def whole_reads(plans):
    return set(WHOLE.findall(plans)) & GROWING


def test_no_statement_reads_a_growing_table_whole(daemon, cluster):
    plans = plans_of(cluster, everything(daemon))
    for part in ("api.load", "INSERT INTO stafett.audit_queue", "api.inbox", "api.contents", "KEY SHARE"):
        assert part in plans
    assert whole_reads(plans) == set()


def test_the_plans_are_the_same_when_the_tables_have_grown(daemon, cluster):
    maria = daemon.caller("maria")
    for _ in range(300):
        maria.send(people.BEROENDE)
    plans = plans_of(cluster, everything(daemon))
    assert whole_reads(plans) == set()


def test_the_check_would_find_one():
    assert whole_reads("->  Seq Scan on delivery d  (cost=10000000000.00..)") == {"delivery"}
