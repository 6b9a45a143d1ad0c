# SPDX-License-Identifier: Apache-2.0
"""The one clock of the database, set by a test: stafett.now() is replaced, and nothing
else, so that the program under test is the released one."""

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


def stop_at(tables, when):
    """At a point in time, and standing."""
    _replace(tables, f"timestamptz '{when} Europe/Stockholm'")
