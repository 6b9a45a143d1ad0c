# SPDX-License-Identifier: Apache-2.0
"""Alarms exactly once a step, with two daemons on one database whose clerks are killed
again and again while they raise them."""

import os
import re
import select
import signal
import time

import people
from business_clock import set_at
from postgres import Cluster
from processes import DEADLINE_S
from stack import Stack

REFERRALS, KILLS = 40, 6
WORKS = 'msg="clerk works"'


def clerk_of(daemon):
    """The process of the daemon's clerk."""
    works = [line for line in daemon.process.log().splitlines() if WORKS in line]
    return int(re.search(r"process=(\d+)", works[-1]).group(1))


def kill_clerk(daemon):
    mark = daemon.process.mark()
    os.kill(clerk_of(daemon), signal.SIGKILL)
    daemon.process.wait_line(WORKS, after=mark)


def raised(tables):
    return tables.value("SELECT count(*) FROM stafett.alarm")


def wait_raised(tables, count):
    """Until so many are raised, or more."""
    deadline = time.monotonic() + DEADLINE_S
    tables.connection.cursor().execute("LISTEN stafett_inbox")
    while raised(tables) < count and time.monotonic() < deadline:
        select.select([tables.connection], [], [], 0.2)
        tables.connection.poll()


def test_each_step_is_raised_once_whatever_is_killed(build, work):
    cluster = Cluster(work / "kills")
    owner = cluster.create_database("kills")
    daemons = [Stack(build, work / f"k{n}", owner, database=cluster.uri("kills", "stafett_app"))
               for n in range(2)]
    try:
        daemons[0].command("migrate")
        for daemon in daemons:
            daemon.start()
        daemons[0].import_directory()
        maria, tables = daemons[0].caller("maria"), daemons[0].tables()
        sent = {maria.send(people.BEROENDE).referral for _ in range(REFERRALS)}
        set_at(tables, "2037-11-20 09:00:00")
        for n in range(KILLS):
            wait_raised(tables, (n + 1) * REFERRALS // KILLS)
            kill_clerk(daemons[n % 2])
        wait_raised(tables, 3 * REFERRALS)

        assert tables.rows("SELECT a.step, count(*), count(DISTINCT a.referral) FROM stafett.alarm a"
                           " GROUP BY a.step ORDER BY a.step") == [(n, REFERRALS, REFERRALS) for n in range(3)]
        assert {referral for referral, in tables.rows("SELECT DISTINCT referral::text FROM stafett.alarm")} == sent
        assert tables.count("event", "kind = 'alarm'") == 3 * REFERRALS
        # Both units once a step, each with its message and its record.
        assert tables.count("delivery", "seq > 1") == 2 * 3 * REFERRALS
        assert tables.count("referral", "status <> 'requested' OR version <> 1") == 0
    finally:
        for daemon in daemons:
            daemon.stop()
        cluster.stop()
