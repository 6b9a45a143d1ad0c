# SPDX-License-Identifier: Apache-2.0
"""Statements that fail, locks that are held, sessions that stand still: only the
culprit suffers, and what it was told is true."""

import threading

import checker
import grpc
import people
import pytest
from caller import refused
from history import History, Writer
from insist import Insistent
from postgres import connect
from stubs import contract

CALLERS, READERS = 64, 3
POISON = "poison"

# Fails what it is told to fail: a card's text, or every n-th statement with a state.
TRIGGER = """
CREATE SEQUENCE stafett.trouble;
GRANT USAGE ON SEQUENCE stafett.trouble TO stafett_app;
CREATE FUNCTION stafett.make_trouble() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {condition} THEN
        RAISE EXCEPTION 'trouble' USING ERRCODE = '{state}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trouble BEFORE INSERT ON stafett.content
    FOR EACH ROW EXECUTE FUNCTION stafett.make_trouble();
"""


def make_trouble(stack, condition, state):
    connection = connect(stack.database_uri())
    connection.cursor().execute(TRIGGER.format(condition=condition, state=state))
    connection.close()


@pytest.fixture
def stack(scene):
    return scene.daemon(scene.database()).serve()


def test_of_a_batch_with_one_poisoned_write_all_others_are_done(scene, stack, say):
    make_trouble(stack, f"NEW.card = '{POISON}'", "P0001")
    maria = stack.caller("maria")
    crowd = scene.crowd(stack, callers=CALLERS)
    for _ in range(20):
        crowd.wait_answered(20)
        refusal = refused(maria.send, people.BEROENDE, card=POISON.encode())
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.INTERNAL, "SERVER_FAULT")
    verdict = checker.check(crowd.stop(), scene.stored(stack))
    assert not verdict.findings, str(verdict)
    # Where the machine is slow somebody's time may run out; nothing else is a reason.
    assert "connection lost" not in stack.process.log()
    say(f"20 poisoned writes among {verdict.acknowledged:,} others: none of those failed,"
        f" {verdict.unknown} unknown")


def test_a_reading_that_fails_is_told_at_once_and_its_connection_serves_the_next(stack):
    maria = stack.caller("maria")
    search = contract.directory_service.SearchRequest()
    maria.call(maria.directory.Search, search)
    connection = connect(stack.database_uri())
    cursor = connection.cursor()
    cursor.execute("SELECT oid::regprocedure, proname FROM pg_proc"
                   " WHERE pronamespace = 'api'::regnamespace AND proname = 'inbox'")
    signature, name = cursor.fetchone()
    cursor.execute(f"ALTER FUNCTION {signature} RENAME TO gone")
    for _ in range(2 * READERS):
        refusal = refused(maria.call, maria.inboxes.List, contract.inbox_service.InboxServiceListRequest())
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.INTERNAL, "SERVER_FAULT")
        maria.call(maria.directory.Search, search)
    cursor.execute(f"ALTER FUNCTION {signature.replace(name, 'gone', 1)} RENAME TO {name}")
    connection.close()
    maria.call(maria.inboxes.List, contract.inbox_service.InboxServiceListRequest())
    assert "connection lost" not in stack.process.log()


@pytest.mark.parametrize("state, name", [("40001", "serialization failures"), ("40P01", "deadlocks"),
                                         ("55P03", "lock time-outs")])
def test_errors_that_pass_hit_nobody(scene, stack, state, name, say):
    make_trouble(stack, "nextval('stafett.trouble') % 40 = 0", state)
    crowd = scene.crowd(stack, callers=CALLERS, operations=600)
    verdict = checker.check(crowd.finish(), scene.stored(stack))
    assert not verdict.findings, str(verdict)
    failed = stack.process.log().count(f"sqlstate={state}")
    assert failed >= 3, stack.process.log()[-2000:]
    say(f"{failed} injected {name}: {verdict.acknowledged:,} acknowledged, one effect each")


def test_a_table_that_somebody_locks_delays_and_loses_nothing(scene, stack, say):
    """Longer than the daemon's lock_timeout: batches fail, and their writes go alone."""
    crowd = scene.crowd(stack, callers=CALLERS)
    crowd.wait_answered(100)
    connection = connect(stack.database_uri())
    cursor = connection.cursor()
    cursor.execute("BEGIN; LOCK TABLE stafett.idempotency IN SHARE ROW EXCLUSIVE MODE")
    stack.process.wait_line("sqlstate=55P03")
    connection.close()
    crowd.wait_answered(100)
    verdict = checker.check(crowd.stop(), scene.stored(stack))
    assert not verdict.findings, str(verdict)
    say(f"a table locked past lock_timeout: {verdict.acknowledged:,} acknowledged, the longest took"
        f" {verdict.longest_s:.1f} s")


def test_a_real_deadlock_ends_with_one_effect(scene, stack):
    """Somebody holds a key that a batch wants, and wants the chain that the batch holds."""
    path = scene.folder()
    history = Writer(path)
    maria = Insistent(stack.caller("maria"), history)
    first = maria.send(people.BEROENDE)
    first.insist()
    write = maria.send(people.BEROENDE, chain=first.chain)
    connection = connect(stack.database_uri())
    cursor = connection.cursor()
    cursor.execute("BEGIN; SET LOCAL deadlock_timeout = '20s'")
    cursor.execute("INSERT INTO stafett.idempotency SELECT id, %s, '', '', %s, now() FROM stafett.unit"
                   " WHERE handle = %s", (write.id, first.chain, people.LUND))
    mark = stack.process.mark()
    call = write.begin()
    waits = threading.Thread(
        target=cursor.execute,
        args=("SELECT FROM stafett.chain WHERE id = %s FOR UPDATE", (first.chain,)))
    while not stack.tables().rows("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'transactionid'"):
        pass
    waits.start()
    stack.process.wait_line("sqlstate=40P01", after=mark)
    waits.join()
    connection.close()
    assert write.end(call) or write.insist()
    history.close()
    verdict = checker.check(History(path), scene.stored(stack))
    assert not verdict.findings, str(verdict)


# Not by SIGSTOP: a process of PostgreSQL may hold the lock of the log that all commits
# need, and then everybody waits for it, whoever its callers are.
@pytest.mark.parametrize("side, point, start", [("back", "COMMIT", "begin"), ("front", 1, "commit")],
                         ids=["after_its_commit", "before_its_commit"])
def test_while_one_session_stands_still_the_others_go_on(scene, side, point, start, say):
    """Whoever is in its batch waits, and all who want those chains; that may be every
    caller of a crowd. Others come, and are served."""
    proxy = scene.proxy()
    stack = scene.daemon(scene.database(), via=proxy.folder).serve()
    crowds = [scene.crowd(stack, callers=CALLERS, seed=1)]
    crowds[0].wait_answered(100)
    proxy.rule(side, point, start, "hold").wait()
    crowds.append(scene.crowd(stack, callers=8, seed=2))
    crowds[1].wait_answered(60)
    proxy.tell("release")
    crowds[0].wait_answered(60)
    for crowd in crowds:
        crowd.stop()
    verdict = checker.check(History(*[crowd.path for crowd in crowds]), scene.stored(stack))
    assert not verdict.findings, str(verdict)
    say(f"a session that stands still {side} of its commit: {verdict.acknowledged:,}"
        f" acknowledged, the longest took {verdict.longest_s:.1f} s")
