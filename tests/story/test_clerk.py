# SPDX-License-Identifier: Apache-2.0
"""The clerk, who sees to what time brings: uploads that nobody claimed within a week."""

import os
import time

import grpc
import metrics
import people
import pytest
from business_clock import REAL, REPLACE, set_ahead, wait_for
from caller import refused
from processes import DEADLINE_S
from stack import serving, two_on_one_database


@pytest.fixture
def stack(build, work, request):
    """One for each story: each sets the clock anew."""
    with serving(build, work / f"clerk-{request.node.name[-9:]}") as stack:
        yield stack


def test_what_nobody_claimed_within_a_week_is_deleted_and_nothing_else(stack):
    maria, petra = stack.caller("maria"), stack.caller("petra")
    stack.clerk()
    body = os.urandom(100000)
    claimed, _ = maria.upload(body)
    sent = maria.send(people.BEROENDE, body=claimed)
    lonely, _ = maria.upload(body)
    half, _ = maria.upload(body, end=65536)
    stack.kill_clerk()
    assert maria.uploaded(lonely.id).complete

    mark = stack.process.mark()
    set_ahead(stack.tables(), "8 days")
    young, _ = maria.upload(body)
    stack.kill_clerk()
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
    stack.clerk()
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
    """Each looks at the same time."""
    with two_on_one_database(build, work / "shared") as daemons:
        tables = daemons[0].tables()
        maria = daemons[0].caller("maria")
        for _ in range(30):
            maria.upload(b"nobody wants this")
        set_ahead(tables, "8 days")
        for daemon in daemons * 2:
            daemon.kill_clerk()
        wait_for(tables, lambda: tables.count("upload") == 0)
        assert not any("duty failed" in daemon.process.log() for daemon in daemons)
