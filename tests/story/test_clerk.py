# SPDX-License-Identifier: Apache-2.0
"""The clerk, who sees to what time brings: uploads that nobody claimed within a week."""

import os
import re
import signal
import time

import grpc
import metrics
import people
import pytest
from business_clock import REAL, REPLACE, set_ahead
from caller import refused
from postgres import Cluster
from processes import DEADLINE_S
from stack import Stack

WORKS = 'msg="clerk works"'


@pytest.fixture
def stack(build, work, request):
    stack = Stack(build, work / f"clerk-{request.node.name[-9:]}").start()
    stack.import_directory()
    yield stack
    stack.stop()


def kill_clerk(stack):
    """Kills it; its successor looks at once. The place in the log before that."""
    works = [line for line in stack.process.log().splitlines() if WORKS in line]
    mark = stack.process.mark()
    os.kill(int(re.search(r"process=(\d+)", works[-1]).group(1)), signal.SIGKILL)
    stack.process.wait_line(WORKS, after=mark)
    return mark


def test_what_nobody_claimed_within_a_week_is_deleted_and_nothing_else(stack):
    maria, petra = stack.caller("maria"), stack.caller("petra")
    stack.process.wait_line(WORKS)
    body = os.urandom(100000)
    claimed, _ = maria.upload(body)
    sent = maria.send(people.BEROENDE, body=claimed)
    lonely, _ = maria.upload(body)
    half, _ = maria.upload(body, end=65536)
    kill_clerk(stack)
    assert maria.uploaded(lonely.id).complete

    mark = stack.process.mark()
    set_ahead(stack.tables(), "8 days")
    young, _ = maria.upload(body)
    kill_clerk(stack)
    assert "rows=2" in stack.process.wait_line('msg=duty duty="uploads purged"', after=mark)
    for gone in (lonely, half):
        assert refused(maria.uploaded, gone.id).code == grpc.StatusCode.NOT_FOUND
    assert refused(maria.send, people.BEROENDE, body=lonely).reason == "UPLOAD_UNKNOWN"
    assert maria.uploaded(young.id).complete
    assert petra.fetch(sent) == body
    assert stack.tables().count("upload_part") == 2 * 2


def test_its_age_says_how_long_nobody_has_looked(stack):
    def age():
        return metrics.read(stack)["stafett_clerk_age_seconds"]

    def look():
        stack.tables().connection.cursor().execute("NOTIFY stafett_clock, 'look'")

    def wait(holds):
        deadline = time.monotonic() + DEADLINE_S
        while not holds():
            assert time.monotonic() < deadline
    stack.process.wait_line(WORKS)
    wait(lambda: age() >= 2)
    wait(lambda: look() or age() < 2)
    # A clock that was set stops the clerk, and it grows.
    mark = stack.process.mark()
    stack.tables().connection.cursor().execute(REPLACE.format(f"{REAL} + interval '5 years'"))
    look()
    stack.process.wait_line("the clock was set", after=mark)
    old = age()
    wait(lambda: look() or age() > old + 1)


def test_it_does_its_duty_beside_another_daemons_clerk(build, work):
    """Two daemons on one database, each with a clerk that looks at the same time."""
    cluster = Cluster(work / "shared")
    owner = cluster.create_database("shared")
    daemons = [Stack(build, work / f"b{n}", owner, database=cluster.uri("shared", "stafett_app"))
               for n in range(2)]
    try:
        daemons[0].command("migrate")
        for daemon in daemons:
            daemon.start()
        daemons[0].import_directory()
        maria = daemons[0].caller("maria")
        for _ in range(30):
            maria.upload(b"nobody wants this")
        set_ahead(daemons[0].tables(), "8 days")
        for daemon in daemons:
            kill_clerk(daemon)
        for daemon in daemons:
            kill_clerk(daemon)
        logs = "".join(daemon.process.log() for daemon in daemons)
        assert "duty failed" not in logs
        assert daemons[0].tables().count("upload") == 0
    finally:
        for daemon in daemons:
            daemon.stop()
        cluster.stop()
