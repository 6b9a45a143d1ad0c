# SPDX-License-Identifier: Apache-2.0
"""One holder: attacks with the daemon's own role, each refused by PostgreSQL.

No bug in C can drop a person, because what drops one cannot be written down.
"""

import concurrent.futures
import uuid

import psycopg2
import pytest
from psycopg2 import errors
from postgres import connect

OPEN_CHAIN = """
WITH c AS (
    INSERT INTO stafett.chain (id, version, status, custodian, custody_seq, event_seq,
        help_request_date, intervention_due_date, create_time)
    VALUES (%(chain)s, 1, 'open', %(unit)s, 1, 1, '2026-11-02', '2026-12-02', stafett.now()))
INSERT INTO stafett.custody (chain, seq, unit, since, cause)
VALUES (%(chain)s, 1, %(unit)s, stafett.now(), 1)"""

NO_LEDGER = """
INSERT INTO stafett.chain (id, version, status, custodian, custody_seq, event_seq,
    help_request_date, intervention_due_date, create_time)
VALUES (%(other)s, 1, 'open', %(unit)s, 1, 1, '2026-11-02', '2026-12-02', stafett.now())"""

EVENT = """
INSERT INTO stafett.event (chain, seq, id, referral, version, kind, code, unit, member, occurrence_time,
    create_time, from_status, to_status, custodian, custodian_changed)
VALUES (%(chain)s, 2, %(other)s, %(other)s, 1, '', '', %(unit)s, %(unit)s, stafett.now(),
    stafett.now(), '', '', %(unit)s, false)"""

# The row of an act that reaches beyond its chain; CLOSED is what a merge does before it.
REACH = """
INSERT INTO stafett.reach (chain, seq, kind, unit, member, message, content_hash, code, needs, {1})
VALUES (%(chain)s, 2, '{0}', %(other)s, %(other)s, %(other)s, '', 'AAAAAAAA', 'none', {2})"""

CLOSED = """
UPDATE stafett.chain SET status = 'closed', custodian = NULL, event_seq = 2 WHERE id = %(chain)s;"""

ATTACKS = [  # what is tried, SQL, how PostgreSQL refuses it
    ("a chain without a line in the ledger", NO_LEDGER, errors.ForeignKeyViolation),
    ("an open chain that nobody holds",
     "UPDATE stafett.chain SET custodian = NULL WHERE id = %(chain)s", errors.CheckViolation),
    ("a chain that begins without a holder", NO_LEDGER.replace("%(unit)s", "NULL"),
     errors.CheckViolation),
    ("a holder of whom the ledger knows nothing",
     "UPDATE stafett.chain SET custodian = %(other)s WHERE id = %(chain)s", errors.ForeignKeyViolation),
    ("a change point that does not exist",
     "UPDATE stafett.chain SET custody_seq = 2 WHERE id = %(chain)s", errors.ForeignKeyViolation),
    ("a second holder at the same change point",
     "INSERT INTO stafett.custody (chain, seq, unit, since, cause)"
     " VALUES (%(chain)s, 1, %(other)s, stafett.now(), 1)", errors.UniqueViolation),
    ("a change point of a chain that does not exist",
     "INSERT INTO stafett.custody (chain, seq, unit, since, cause)"
     " VALUES (%(other)s, 1, %(unit)s, stafett.now(), 1)", errors.ForeignKeyViolation),
    ("a change point with a gap before it",
     "INSERT INTO stafett.custody (chain, seq, before, unit, since, cause)"
     " VALUES (%(chain)s, 3, 2, %(other)s, stafett.now(), 1)", errors.ForeignKeyViolation),
    ("a change point that leaps over a gap",
     "INSERT INTO stafett.custody (chain, seq, before, unit, since, cause)"
     " VALUES (%(chain)s, 3, 1, %(other)s, stafett.now(), 1)", errors.CheckViolation),
    ("a change point behind none, that is not the first",
     "INSERT INTO stafett.custody (chain, seq, unit, since, cause)"
     " VALUES (%(chain)s, 3, %(other)s, stafett.now(), 1)", errors.CheckViolation),
    ("a holder by a referral that does not exist",
     "INSERT INTO stafett.custody (chain, seq, before, unit, since, cause, referral)"
     " VALUES (%(chain)s, 2, 1, %(other)s, stafett.now(), 1, %(other)s)", errors.ForeignKeyViolation),
    ("events that are counted back", "UPDATE stafett.chain SET event_seq = 0 WHERE id = %(chain)s",
     errors.CheckViolation),
    ("a closed chain that is held", "UPDATE stafett.chain SET status = 'closed', event_seq = 2"
     " WHERE id = %(chain)s", errors.CheckViolation),
    ("a chain that closes without an event",
     "UPDATE stafett.chain SET status = 'closed', custodian = NULL WHERE id = %(chain)s",
     errors.CheckViolation),
    ("another day on which help was asked for, and no event",
     "UPDATE stafett.chain SET help_request_date = '2027-01-01' WHERE id = %(chain)s",
     errors.CheckViolation),
    ("a ledger that is written again", "UPDATE stafett.custody SET unit = %(other)s",
     errors.InsufficientPrivilege),
    ("an event that is written again", "UPDATE stafett.event SET unit = %(other)s",
     errors.InsufficientPrivilege),
    ("a disclosure that is written again", "UPDATE stafett.event SET disclosed_to = %(other)s",
     errors.InsufficientPrivilege),
    ("another ground of a disclosure", "UPDATE stafett.event SET basis = 'consent', basis_rule = 'CONSENT'",
     errors.InsufficientPrivilege),
    ("another third unit to which it was disclosed", "UPDATE stafett.event SET third = %(other)s",
     errors.InsufficientPrivilege),
    ("another basis of a request", "UPDATE stafett.request SET basis = 'consent'",
     errors.InsufficientPrivilege),
    ("a consent that covers others", "UPDATE stafett.consent SET recipients = '{malmo}'",
     errors.InsufficientPrivilege),
    ("a row of legal bases that is written again", "UPDATE stafett.basis_rule SET basis = 'consent'",
     errors.InsufficientPrivilege),
    ("contents that are written again", "UPDATE stafett.content SET body = ''",
     errors.InsufficientPrivilege),
    ("a receipt that is written again", "UPDATE stafett.idempotency SET receipt = ''",
     errors.InsufficientPrivilege),
    ("an audit record that is written again", "UPDATE stafett.audit_queue SET leaf = ''",
     errors.InsufficientPrivilege),
    ("a referral of no chain",
     "INSERT INTO stafett.referral (id, chain, code, kind, status, priority, version, requester, owner,"
     " sender, hand_back_unit, create_time, update_time)"
     " VALUES (%(other)s, %(other)s, '', '', '', '', 1, %(unit)s, %(unit)s, %(unit)s, %(unit)s,"
     " stafett.now(), stafett.now())", errors.ForeignKeyViolation),
    ("an event of a referral that does not exist", EVENT, errors.ForeignKeyViolation),
    ("events that are carried to another chain", "UPDATE stafett.event SET chain = %(other)s",
     errors.InsufficientPrivilege),
    ("a chain that goes on in another, by a word", "UPDATE stafett.chain SET merged_into = %(other)s"
     " WHERE id = %(chain)s", errors.InsufficientPrivilege),
    ("a referral that is carried to another chain", "UPDATE stafett.referral SET chain = %(other)s",
     errors.InsufficientPrivilege),
    ("a seat that is given to another", "UPDATE stafett.referral SET requester = %(other)s",
     errors.InsufficientPrivilege),
    ("a merge of a chain that is open", REACH.format(
        "merge", "other_chain, other_seq, other_version, help_request_date, due_date",
        "%(second)s, 3, 2, '2026-11-02', '2026-12-02'"), errors.CheckViolation),
    ("a merge into itself", CLOSED + REACH.format(
        "merge", "other_chain, other_seq, other_version, help_request_date, due_date",
        "%(chain)s, 3, 2, '2026-11-02', '2026-12-02'"), errors.CheckViolation),
    ("a merge into a chain that does not exist", CLOSED + REACH.format(
        "merge", "other_chain, other_seq, other_version, help_request_date, due_date",
        "%(other)s, 3, 2, '2026-11-02', '2026-12-02'"), errors.CheckViolation),
    ("a merge that moves the person's clock on", CLOSED + REACH.format(
        "merge", "other_chain, other_seq, other_version, help_request_date, due_date",
        "%(second)s, 3, 2, '2026-11-03', '2026-12-03'"), errors.CheckViolation),
    ("a merge that leaves a gap in the order of events", CLOSED + REACH.format(
        "merge", "other_chain, other_seq, other_version, help_request_date, due_date",
        "%(second)s, 9, 2, '2026-11-02', '2026-12-02'"), errors.CheckViolation),
    ("a take-over by a unit that follows nobody", REACH.format("take-over", "predecessor", "%(unit)s"),
     errors.CheckViolation),
    ("case data past the functions that filter by party", "SELECT * FROM stafett.content",
     errors.InsufficientPrivilege),
    ("another clock", "CREATE OR REPLACE FUNCTION stafett.now() RETURNS timestamptz"
     " LANGUAGE sql RETURN 'epoch'::timestamptz", errors.InsufficientPrivilege),
    ("a table of its own", "CREATE TABLE stafett.side_door (id int)", errors.InsufficientPrivilege),
    ("the owner's rights", "SET ROLE stafett_owner", errors.InsufficientPrivilege),
]
TABLES = ["chain", "custody", "referral", "request", "event", "content", "party", "delivery",
          "idempotency", "audit_queue", "unit", "member", "membership", "reach", "chain_party",
          "chain_link", "planning_call", "planning_answer"]


@pytest.fixture(scope="module")
def daemon(schema):
    """A connection with the daemon's role."""
    connection = connect(schema("stafett_app"))
    yield connection
    connection.close()


@pytest.fixture
def chain(daemon):
    """An open chain that |unit| holds, and a |second| one; |other| is nobody."""
    ids = {name: str(uuid.uuid4()) for name in ("chain", "unit", "other", "second")}
    daemon.cursor().execute(OPEN_CHAIN, ids)
    daemon.cursor().execute(OPEN_CHAIN, {**ids, "chain": ids["second"]})
    return ids


@pytest.mark.parametrize("sql, refusal", [attack[1:] for attack in ATTACKS],
                         ids=[attack[0].replace(" ", "_") for attack in ATTACKS])
def test_the_database_refuses(daemon, chain, sql, refusal):
    with pytest.raises(refusal):
        daemon.cursor().execute(sql, chain)


def test_a_temporary_table_does_not_pass_for_a_role(daemon):
    """pg_temp is searched first where a function's search_path does not name it."""
    cursor = daemon.cursor()
    for table in ("unit", "member", "membership"):
        cursor.execute(f"CREATE TEMP TABLE {table} AS SELECT 'forged'::text AS forged")
    cursor.execute("SELECT unit, member, roles FROM api.actor('lund/vuxen', 'nobody')")
    assert cursor.fetchall() == [(None, None, None)]
    for table in ("unit", "member", "membership"):
        cursor.execute(f"DROP TABLE pg_temp.{table}")


@pytest.mark.parametrize("verb", ["DELETE FROM", "TRUNCATE"])
@pytest.mark.parametrize("table", TABLES)
def test_the_daemon_deletes_nothing(daemon, table, verb):
    with pytest.raises(errors.InsufficientPrivilege):
        daemon.cursor().execute(f"{verb} stafett.{table}")


def test_custody_moves_by_a_new_line_of_the_ledger(daemon, chain):
    cursor = daemon.cursor()
    cursor.execute("INSERT INTO stafett.custody (chain, seq, before, unit, since, cause)"
                   " VALUES (%(chain)s, 2, 1, %(other)s, stafett.now(), 2)", chain)
    cursor.execute("UPDATE stafett.chain SET custodian = %(other)s, custody_seq = 2, version = 2"
                   " WHERE id = %(chain)s", chain)
    assert cursor.rowcount == 1


def test_custody_does_not_step_back(daemon, chain):
    """The line that it would point at is there; it is not where the chain is."""
    test_custody_moves_by_a_new_line_of_the_ledger(daemon, chain)
    with pytest.raises(errors.CheckViolation):
        daemon.cursor().execute("UPDATE stafett.chain SET custodian = %(unit)s, custody_seq = 1"
                                " WHERE id = %(chain)s", chain)


def test_two_moves_at_once_cannot_both_happen(daemon, schema, chain):
    """Both want to be change point 2; the later one finds it taken."""
    move = ("INSERT INTO stafett.custody (chain, seq, before, unit, since, cause)"
            " VALUES (%(chain)s, 2, 1, %(unit)s, stafett.now(), 2)")
    daemon.cursor().execute(move, chain)
    rival = connect(schema("stafett_app"))
    with pytest.raises(psycopg2.errors.UniqueViolation):
        rival.cursor().execute(move, chain)
    rival.close()


def test_a_merge_carries_over_what_the_chain_shows(daemon, chain):
    """The same row as in the attacks, where everything is as it says."""
    cursor = daemon.cursor()
    cursor.execute(CLOSED + REACH.format(
        "merge", "other_chain, other_seq, other_version, help_request_date, due_date",
        "%(second)s, 3, 2, '2026-11-02', '2026-12-02'"), chain)
    cursor.execute("SELECT status FROM stafett.chain WHERE id = %(second)s", chain)
    assert cursor.fetchall() == [("open",)]


@pytest.fixture
def units(schema):
    """The administrator's cursor, and what makes a unit: its ids, for the statements."""
    admin = connect(schema("postgres")).cursor()

    def make():
        ids = {name: str(uuid.uuid4()) for name in ("chain", "unit", "organization")}
        ids["handle"] = f"x/{ids['unit']}"
        admin.execute("INSERT INTO stafett.organization VALUES (%(organization)s, %(organization)s,"
                      " %(organization)s, 'x', 'other')", ids)
        admin.execute("INSERT INTO stafett.unit (id, organization, handle, display_name)"
                      " VALUES (%(unit)s, %(organization)s, %(handle)s, 'x')", ids)
        return ids
    yield admin, make
    admin.connection.close()


CLOSE = "UPDATE stafett.unit SET status = 'closed' WHERE id = %(unit)s"


def test_a_unit_that_holds_a_chain_does_not_close(units):
    """By whatever statement: its successor takes the chains over first."""
    admin, make = units
    ids = make()
    admin.execute(OPEN_CHAIN, ids)
    with pytest.raises(errors.CheckViolation, match="holds 1 chain: its successor"):
        admin.execute(CLOSE, ids)
    admin.execute("UPDATE stafett.chain SET status = 'closed', custodian = NULL, event_seq = 2"
                  " WHERE id = %(chain)s", ids)
    admin.execute(CLOSE, ids)
    assert admin.rowcount == 1


def test_a_unit_that_is_closed_takes_hold_of_nobody(daemon, units):
    admin, make = units
    ids = make()
    admin.execute(CLOSE, ids)
    with pytest.raises(errors.CheckViolation, match="holds nobody"):
        daemon.cursor().execute(OPEN_CHAIN, ids)


LOAD = "SELECT unit_open FROM api.load(ARRAY[%(handle)s], ARRAY['nobody'], ARRAY[%(chain)s::uuid], ARRAY[NULL])"
LOAD_NAMED = ("SELECT named_unit_open FROM api.load_chains(ARRAY[1], ARRAY[%(handle)s], ARRAY[NULL]::uuid[],"
              " ARRAY[NULL]::uuid[], ARRAY[%(handle)s], ARRAY[NULL]::uuid[], ARRAY[NULL]::uuid[],"
              " ARRAY[NULL]::text[], ARRAY[NULL]::uuid[])")


# What tells a batch that what it knows of units stands.
LOAD_KNOWN = "SELECT version = %(version)s FROM stafett.directory"


@pytest.mark.parametrize("statement", [OPEN_CHAIN, LOAD, LOAD_NAMED, LOAD_KNOWN],
                         ids=["a_holder", "who_acts", "who_is_named", "who_is_known"])
def test_who_waited_for_a_unit_to_close_sees_that_it_is(schema, units, statement):
    """What is under way while it closes waits, and then goes by what is so, and not by what
    was so when it began to wait."""
    admin, make = units
    ids = make()
    admin.execute("SELECT version FROM stafett.directory")
    ids["version"], = admin.fetchone()
    closer, late = connect(schema("postgres")), connect(schema("stafett_app"))
    closer.autocommit = False
    closer.cursor().execute(CLOSE, ids)

    def run():
        cursor = late.cursor()
        cursor.execute(statement, ids)
        return cursor.fetchall()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(run)
        waiting = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
        while not answer.done():
            admin.execute(waiting, [late.get_backend_pid()])
            if admin.fetchone()[0]:
                break
        closer.commit()
        if statement != OPEN_CHAIN:
            assert answer.result(timeout=60) == [(False,)]
        else:
            with pytest.raises(errors.CheckViolation, match="holds nobody"):
                answer.result(timeout=60)
    late.close()
    closer.close()
