# SPDX-License-Identifier: Apache-2.0
"""What a message has taken over stays; what no message took over goes after a week.

Attacks with the daemon's and the clerk's own roles, and the clerk's duty itself.
"""

import uuid

import pytest
from psycopg2 import errors
from postgres import connect

BEGIN = """
INSERT INTO stafett.upload (unit, id, size, sha256, received, complete, create_time)
VALUES (%(unit)s, %(id)s, 5, sha256('bytes'), 5, true, stafett.now() - %(age)s::interval);
INSERT INTO stafett.upload_part (unit, upload, start, data) VALUES (%(unit)s, %(id)s, 0, 'bytes')"""

CLAIM = """
INSERT INTO stafett.content (chain, seq, message, suite, content_hash, header, card, body,
    body_unit, body_upload)
VALUES (%(chain)s, 1, %(message)s, 'none', '', '', '', '', %(unit)s, %(id)s);
UPDATE stafett.upload SET message = %(message)s WHERE unit = %(unit)s AND id = %(id)s"""

OF_THE_DAEMON = [  # what is tried, SQL, how PostgreSQL refuses it
    ("a part that is written again", "UPDATE stafett.upload_part SET data = 'other'",
     errors.InsufficientPrivilege),
    ("another hash", "UPDATE stafett.upload SET sha256 = sha256('other')", errors.InsufficientPrivilege),
    ("uploads that are deleted", "DELETE FROM stafett.upload", errors.InsufficientPrivilege),
    ("parts that are deleted", "DELETE FROM stafett.upload_part", errors.InsufficientPrivilege),
    ("parts past the functions", "SELECT data FROM stafett.upload_part", errors.InsufficientPrivilege),
    ("the clerk's duties", "SELECT duty.purge_uploads(1)", errors.InsufficientPrivilege),
    ("a part of no upload", "INSERT INTO stafett.upload_part (unit, upload, start, data)"
     " VALUES (%(other)s, %(id)s, 65536, 'x')", errors.ForeignKeyViolation),
    ("a part that is there already", "INSERT INTO stafett.upload_part (unit, upload, start, data)"
     " VALUES (%(unit)s, %(id)s, 0, 'other')", errors.UniqueViolation),
    ("a part between the parts", "INSERT INTO stafett.upload_part (unit, upload, start, data)"
     " VALUES (%(unit)s, %(id)s, 1, 'other')", errors.CheckViolation),
    ("more than was announced", "UPDATE stafett.upload SET received = 6 WHERE id = %(id)s",
     errors.CheckViolation),
    ("a body of two messages", CLAIM + "; " + CLAIM.replace("1, %(message)s", "2, %(message)s"),
     errors.UniqueViolation),
    ("a body that nobody uploaded", CLAIM.replace("%(unit)s, %(id)s);", "%(other)s, %(id)s);"),
     errors.ForeignKeyViolation),
    ("a body that is there twice", CLAIM.replace("'', '', '', ''", "'', '', '', 'inline'"),
     errors.CheckViolation),
]
OF_THE_CLERK = [
    "DELETE FROM stafett.upload", "SELECT * FROM stafett.upload", "SELECT data FROM stafett.upload_part",
    "SELECT * FROM stafett.content", "DELETE FROM stafett.content",
    "SELECT * FROM api.upload('lund/vuxen', 'x', '{}', gen_random_uuid())", "SET ROLE stafett_app"]


@pytest.fixture(scope="module")
def admin(schema):
    connection = connect(schema("postgres"))
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def daemon(schema):
    connection = connect(schema("stafett_app"))
    yield connection
    connection.close()


@pytest.fixture
def clerk(schema):
    connection = connect(schema("stafett_clerk"))
    yield connection
    connection.close()


@pytest.fixture
def upload(daemon):
    """Makes an upload of a given age; gives the names around it."""
    def make(age="0 days"):
        ids = {name: str(uuid.uuid4()) for name in ("unit", "id", "other", "chain", "message")}
        ids["age"] = age
        daemon.cursor().execute(BEGIN, ids)
        return ids
    return make


def ids_in(connection, table="upload", column="id"):
    cursor = connection.cursor()
    cursor.execute(f"SELECT {column}::text FROM stafett.{table}")
    return {id for id, in cursor.fetchall()}


def purge(connection, limit=100):
    """(how many went, milliseconds to the next)."""
    cursor = connection.cursor()
    cursor.execute("SELECT * FROM duty.purge_uploads(%s)", (limit,))
    return cursor.fetchone()


@pytest.mark.parametrize("sql, refusal", [attack[1:] for attack in OF_THE_DAEMON],
                         ids=[attack[0].replace(" ", "_") for attack in OF_THE_DAEMON])
def test_the_database_refuses_the_daemon(daemon, upload, sql, refusal):
    with pytest.raises(refusal):
        daemon.cursor().execute("BEGIN; " + sql, upload())
    daemon.cursor().execute("ROLLBACK")


@pytest.mark.parametrize("sql", OF_THE_CLERK)
def test_the_database_refuses_the_clerk(clerk, sql):
    with pytest.raises(errors.InsufficientPrivilege):
        clerk.cursor().execute(sql)


def test_not_even_the_administrator_deletes_a_claimed_upload(admin, daemon, upload):
    claimed = upload()
    daemon.cursor().execute(CLAIM, claimed)
    with pytest.raises(errors.ForeignKeyViolation):
        admin.cursor().execute("DELETE FROM stafett.upload WHERE id = %(id)s", claimed)


def test_what_nobody_claimed_within_a_week_goes_with_its_parts(admin, daemon, clerk, upload):
    old, young, claimed = upload("7 days 1 second"), upload("6 days 23:59:00"), upload("30 days")
    daemon.cursor().execute(CLAIM, claimed)
    purge(clerk)
    for left in (ids_in(admin), ids_in(admin, "upload_part", "upload")):
        assert old["id"] not in left
        assert {young["id"], claimed["id"]} <= left
    assert purge(clerk)[0] == 0


def test_the_clerk_is_told_when_the_next_is_due(clerk, upload):
    purge(clerk)
    upload("6 days 23:59:00")
    done, wait_ms = purge(clerk)
    assert done == 0 and 50000 < wait_ms <= 60000


def test_a_duty_is_done_in_small_portions(admin, clerk, upload):
    purge(clerk)
    old = [upload("8 days")["id"] for _ in range(5)]
    assert [purge(clerk, 2)[0] for _ in range(4)] == [2, 2, 1, 0]
    assert not ids_in(admin) & set(old)


def test_two_clerks_do_not_wait_for_each_other(schema, admin, clerk, upload):
    purge(clerk)
    old = [upload("8 days")["id"] for _ in range(4)]
    other = connect(schema("stafett_clerk"))
    other.autocommit = False
    clerk.cursor().execute("SET lock_timeout = '5s'")
    assert purge(other, 2)[0] == 2      # has not committed
    assert purge(clerk, 100)[0] == 2    # takes what the other has not
    other.commit()
    other.close()
    assert not ids_in(admin) & set(old)
