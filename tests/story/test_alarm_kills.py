# SPDX-License-Identifier: Apache-2.0
"""Alarms exactly once a step, with two daemons on one database whose clerks are killed
again and again while they raise them."""

import people
from business_clock import set_at, wait_for
from stack import two_on_one_database

REFERRALS, KILLS = 40, 6
STEPS, HELP_STEPS = 3, 2   # of an acknowledge, and of the person's clock: all are past


def raised(tables):
    return tables.value("SELECT count(*) FROM stafett.alarm")


def steps(tables, of):
    """[(step, alarms, of how many referrals or chains)]."""
    only = "referral IS NULL" if of == "chain" else "referral IS NOT NULL"
    return tables.rows(f"SELECT step, count(*), count(DISTINCT {of}) FROM stafett.alarm WHERE {only}"
                       " GROUP BY step ORDER BY step")


def test_each_step_is_raised_once_whatever_is_killed(build, work):
    with two_on_one_database(build, work / "kills") as daemons:
        maria, tables = daemons[0].caller("maria"), daemons[0].tables()
        sent = {maria.send(people.BEROENDE).referral for _ in range(REFERRALS)}
        set_at(tables, "2037-11-20 09:00:00")
        for n in range(KILLS):
            wait_for(tables, lambda: raised(tables) >= (n + 1) * REFERRALS // KILLS)
            daemons[n % 2].kill_clerk()
        wait_for(tables, lambda: raised(tables) >= (STEPS + HELP_STEPS) * REFERRALS)

        assert steps(tables, "referral") == [(n, REFERRALS, REFERRALS) for n in range(STEPS)]
        assert steps(tables, "chain") == [(n, REFERRALS, REFERRALS) for n in range(HELP_STEPS)]
        assert {referral for referral, in tables.rows(
            "SELECT DISTINCT referral::text FROM stafett.alarm WHERE referral IS NOT NULL")} == sent
        assert tables.count("event", "kind IN ('alarm', 'breach')") == (STEPS + HELP_STEPS) * REFERRALS
        # Both units once a step, but the last of help, which is the holder's; each with
        # its message and its record.
        assert tables.count("delivery", "seq > 1") == (2 * STEPS + HELP_STEPS + 1) * REFERRALS
        assert tables.count("referral", "status <> 'requested' OR version <> 1") == 0
