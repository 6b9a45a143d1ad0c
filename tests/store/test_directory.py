# SPDX-License-Identifier: Apache-2.0
"""What the daemon keeps of units and members it believes no longer than it is so."""

import business_clock
import people
import pytest
from caller import refused
from postgres import connect
from stack import Stack

CHANGES = [
    "INSERT INTO stafett.organization VALUES (gen_random_uuid(), 'x', 'x', 'x', 'other')",
    "UPDATE stafett.unit SET status = 'closed' WHERE false",
    "INSERT INTO stafett.unit (id, organization, handle, display_name) SELECT gen_random_uuid(), id, 'x/x', 'x'"
    " FROM stafett.organization LIMIT 1 ON CONFLICT (handle) DO UPDATE SET status = 'closed'",
    "INSERT INTO stafett.member SELECT gen_random_uuid(), id, number, 'x' FROM stafett.organization",
    "UPDATE stafett.membership SET valid_to = stafett.now()",
    "DELETE FROM stafett.membership",
    "TRUNCATE stafett.membership",
    "TRUNCATE stafett.organization CASCADE",
    "SET LOCAL session_replication_role = replica; DELETE FROM stafett.membership",
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_counted(schema, change):
    admin = connect(schema("postgres"))
    admin.autocommit = False
    cursor = admin.cursor()
    cursor.execute("SELECT version FROM stafett.directory")
    before, = cursor.fetchone()
    cursor.execute(change)
    cursor.execute("SELECT version FROM stafett.directory")
    assert cursor.fetchone()[0] > before
    admin.rollback()
    admin.close()


def test_what_was_put_back_is_no_version_that_was_kept(schema):
    """A daemon that was left running does not take it for what it has read."""
    admin = connect(schema("postgres"))
    admin.autocommit = False
    cursor = admin.cursor()
    cursor.execute("SELECT version FROM stafett.directory")
    before, = cursor.fetchone()
    cursor.execute("SELECT stafett.raise_feed_epoch()")
    cursor.execute("SELECT version FROM stafett.directory")
    assert cursor.fetchone()[0] > before + 1000000
    admin.rollback()
    admin.close()


@pytest.fixture(scope="module")
def daemon(build, work, cluster):
    stack = Stack(build, work / "directory", cluster.create_database("directory"),
                  database=cluster.uri("directory", "stafett_app"))
    stack.command("migrate")
    stack.start()
    stack.import_directory()
    yield stack
    stack.stop()


@pytest.fixture
def maria(daemon):
    """Known to both of the daemon's connections, with the unit to which it sends."""
    maria = daemon.caller("maria")
    for _ in range(4):
        maria.send(people.BEROENDE)
    return maria


MEMBERSHIP = " FROM stafett.member m WHERE m.id = member AND m.urn = %s"
CLOSED = "UPDATE stafett.unit SET status = %s WHERE handle = %s"


def reasons(maria):
    """Of as many sends as there are connections, and more: each of them knows."""
    return {refused(maria.send, people.BEROENDE).reason for _ in range(4)}


def test_a_role_that_was_taken_is_missed_at_once(daemon, maria):
    admin = daemon.tables().connection.cursor()
    admin.execute("UPDATE stafett.membership SET valid_to = stafett.now()" + MEMBERSHIP, [maria.member])
    assert reasons(maria) == {"NOT_A_MEMBER"}
    admin.execute("UPDATE stafett.membership SET valid_to = 'infinity'" + MEMBERSHIP, [maria.member])
    maria.send(people.BEROENDE)


def test_a_role_ends_at_its_time_though_nothing_is_changed(daemon, maria):
    tables = daemon.tables()
    admin = tables.connection.cursor()
    admin.execute("UPDATE stafett.membership SET valid_to = stafett.now() + interval '1 hour'" + MEMBERSHIP,
                  [maria.member])
    for _ in range(4):
        maria.send(people.BEROENDE)
    business_clock.set_ahead(tables, "2 hours")
    try:
        assert reasons(maria) == {"NOT_A_MEMBER"}
    finally:
        business_clock.set_ahead(tables, None)
    maria.send(people.BEROENDE)
    admin.execute("UPDATE stafett.membership SET valid_to = 'infinity'" + MEMBERSHIP, [maria.member])


def test_a_unit_that_closed_gets_nothing_from_then_on(daemon, maria):
    admin = daemon.tables().connection.cursor()
    admin.execute("UPDATE stafett.referral SET next_act = NULL, next_actor = NULL")
    admin.execute(CLOSED, ["closed", people.BEROENDE])
    assert reasons(maria) == {"UNIT_CLOSED"}
    admin.execute(CLOSED, ["active", people.BEROENDE])
    maria.send(people.BEROENDE)


def test_a_name_that_goes_to_another_unit_is_that_unit(daemon, maria):
    admin = daemon.tables().connection.cursor()

    def swap():
        admin.execute("BEGIN; UPDATE stafett.unit SET handle = 'x' WHERE handle = %s;"
                      " UPDATE stafett.unit SET handle = %s WHERE handle = %s;"
                      " UPDATE stafett.unit SET handle = %s WHERE handle = 'x'; COMMIT",
                      [people.BEROENDE, people.BEROENDE, people.MALMO, people.MALMO])
    swap()
    sent = maria.send(people.BEROENDE)
    swap()
    admin.execute("SELECT u.handle FROM stafett.referral r JOIN stafett.unit u ON u.id = r.owner WHERE r.id = %s",
                  [sent.referral])
    assert admin.fetchall() == [(people.MALMO,)]
