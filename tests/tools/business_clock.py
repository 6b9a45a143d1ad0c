# SPDX-License-Identifier: Apache-2.0
"""The one clock of the database, set by a test: stafett.now() is replaced, and nothing
else, so that the program under test is the released one; and waiting for the clerk."""

import select
import time

from processes import DEADLINE_S

REPLACE = "CREATE OR REPLACE FUNCTION stafett.now() RETURNS timestamptz" \
          " LANGUAGE sql STABLE PARALLEL SAFE RETURN {}"
REAL = "transaction_timestamp()"


def _replace(tables, body):
    """A clock that was set stops the clerk until an operator says that it is right: this
    says so, twice, for it may have been looking just then, and wakes the clerk. Its
    heartbeat begins anew."""
    with tables.connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE stafett.clerk_clock; " + REPLACE.format(body) + "; COMMIT")
        for _ in range(2):
            cursor.execute("BEGIN; LOCK TABLE stafett.clerk_clock; DELETE FROM stafett.clerk_clock;"
                           " DELETE FROM stafett.heartbeat; COMMIT")
        cursor.execute("NOTIFY stafett_clock, 'look'")


def set_ahead(tables, ahead):
    """So far ahead of the real time, and going on."""
    _replace(tables, f"{REAL} + interval '{ahead}'" if ahead else REAL)


def set_at(tables, when):
    """At a point in time (Stockholm's wall clock, "2026-11-20 16:30:00"), and going on."""
    _replace(tables, f"{REAL} + (timestamptz '{when} Europe/Stockholm' - timestamptz '{{}}')".replace(
        "{}", str(tables.value(f"SELECT {REAL}"))))


def let_come(tables, referral):
    """What is expected of a referral was a minute ago."""
    with tables.connection.cursor() as cursor:
        cursor.execute("UPDATE stafett.referral SET expected_time = stafett.now() - interval '1 minute'"
                       " WHERE id = %s", (referral,))
        assert cursor.rowcount == 1


def stop_at(tables, when):
    """At a point in time, and standing."""
    _replace(tables, f"timestamptz '{when} Europe/Stockholm'")


def wait_for(tables, holds):
    """What |holds| says, once it is true: asked again whenever an inbox is told of
    something, and now and then."""
    deadline = time.monotonic() + DEADLINE_S
    tables.connection.cursor().execute("LISTEN stafett_inbox")
    while not (found := holds()):
        assert time.monotonic() < deadline, "it never came"
        select.select([tables.connection], [], [], 0.1)
        tables.connection.poll()
        tables.connection.notifies.clear()
    return found


def settle(tables):
    """Until a clerk has looked at everything from here on, twice: the heartbeat is the
    end of a round."""
    def beat():
        return tables.value("SELECT max(last_time) FROM stafett.heartbeat")
    for _ in range(2):
        before = beat()
        tables.connection.cursor().execute("NOTIFY stafett_clock, 'look'")
        wait_for(tables, lambda: beat() not in (None, before))


LATE = """
    SELECT count(*) FROM stafett.chain c
    WHERE c.status = 'open' AND c.intervention_start_date IS NULL AND c.intervention_due_date < stafett.today()
        AND (c.breach_time IS NULL OR EXISTS (SELECT FROM stafett.chain_question q
            WHERE q.chain = c.id AND q.what = 'help' AND q.look_time <= stafett.now()))"""


def wait_late_told(tables):
    """Until the clerk has told, step by step, that help is late wherever it is: it would
    at any time from here on, beside whatever is looked at."""
    def all_told():
        tables.connection.cursor().execute("NOTIFY stafett_clock, 'look'")
        return tables.value(LATE) == 0
    wait_for(tables, all_told)
