# SPDX-License-Identifier: Apache-2.0
"""Somebody ends or interrupts the daemon's sessions, or restarts PostgreSQL, while
64 callers are at work; and while a commit waits for its standby."""

import random
import signal
import time

import checker
import people
import processes
import pytest
from caller import pb
from history import History, Writer
from insist import Insistent
from postgres import BIN, Cluster, connect

CALLERS, INTERRUPTIONS, RESTARTS = 64, 25, 2
SESSIONS = "FROM pg_stat_activity WHERE application_name LIKE 'stafett %%'"


def interrupt(tables, function, dice):
    """Applies |function| to one of the daemon's sessions; whether there was one."""
    pids = [pid for pid, in tables.rows(f"SELECT pid {SESSIONS} AND datname = current_database()")]
    return bool(pids) and tables.value(f"SELECT {function}(%s)", dice.choice(pids))


@pytest.mark.parametrize("function", ["pg_terminate_backend", "pg_cancel_backend"])
def test_sessions_that_somebody_interrupts_lose_nothing(scene, function, say):
    dice = random.Random(7)
    stack = scene.daemon(scene.database()).serve()
    crowd = scene.crowd(stack, callers=CALLERS)
    done = 0
    while done < INTERRUPTIONS:
        crowd.wait_answered(dice.randint(10, 60))
        done += interrupt(stack.tables(), function, dice)
    verdict = checker.check(crowd.stop(), scene.stored(stack))
    assert not verdict.findings, str(verdict)
    say(f"{function} x{done} under {CALLERS} callers: {verdict.acknowledged:,} acknowledged, 0 lost,"
        f" 0 doubled; {verdict.unknown} unknown, all resolved")


def test_a_restart_of_postgresql_loses_nothing(scene, say):
    scene.cluster = Cluster(scene.folder())
    try:
        stack = scene.daemon(scene.database()).serve()
        crowd = scene.crowd(stack, callers=CALLERS)
        for number in (signal.SIGINT, signal.SIGQUIT) * RESTARTS:   # fast, immediate
            crowd.wait_answered(150)
            scene.cluster.process.stop(number)
            scene.cluster.start()
        crowd.wait_answered(150)
        verdict = checker.check(crowd.stop(), scene.stored(stack))
        assert not verdict.findings, str(verdict)
        say(f"PostgreSQL restarted x{2 * RESTARTS} under {CALLERS} callers: {verdict.acknowledged:,}"
            f" acknowledged, 0 lost, 0 doubled; {verdict.unknown} unknown, all resolved")
        stack.stop()
    finally:
        scene.cluster.stop()


# -- while a commit waits for its standby ---------------------------------------------


class Follower:
    """A synchronous standby that keeps the log and nothing else: pg_receivewal."""

    def __init__(self, cluster, folder):
        self.cluster, self.folder = cluster, processes.private_folder(folder)
        self.process = None

    def follow(self):
        self.process = processes.Process(
            BIN / "pg_receivewal", "--synchronous", "--no-loop", "--directory", self.folder,
            "--dbname", f"host={self.cluster.folder} user=postgres application_name=follower")

    def stop(self):
        if self.process:
            self.process.stop(signal.SIGINT)
            self.process = None


@pytest.fixture
def followed(scene):
    """A scene on a cluster of its own, whose follower can come and go."""
    scene.cluster = Cluster(scene.folder())
    follower = Follower(scene.cluster, scene.folder())
    yield scene, follower
    follower.stop()
    scene.close()
    scene.cluster.stop()


def name_a_standby(cluster):
    connection = connect(cluster.uri())
    cursor = connection.cursor()
    cursor.execute("ALTER SYSTEM SET synchronous_standby_names = 'follower'")
    cursor.execute("SELECT pg_reload_conf()")
    connection.close()


def wait_for_waiting(tables):
    """The session for writing whose commit waits for the standby; the clerk's may, too."""
    end = time.monotonic() + processes.DEADLINE_S
    while time.monotonic() < end:
        rows = tables.rows(f"SELECT pid {SESSIONS} AND wait_event = 'SyncRep'"
                           " AND application_name LIKE 'stafett write %%'")
        if rows:
            return rows[0][0]
    raise AssertionError("no commit waits")


def send_until_replicated(maria):
    """Sessions take a new setting between two transactions; how many sends it took."""
    for tries in range(1, 1000):
        if pb.Receipt.FromString(maria.send(people.BEROENDE).insist()).durability == "REPLICATED":
            return tries
    raise AssertionError("no receipt says REPLICATED")


@pytest.mark.parametrize("function", ["pg_terminate_backend", "pg_cancel_backend"])
def test_an_interrupted_wait_for_the_standby_is_no_acknowledgement(followed, function):
    """PostgreSQL has committed and says so, with a warning: only its own disk has it."""
    scene, follower = followed
    path = scene.folder()
    history = Writer(path)
    stack = scene.daemon(scene.database()).serve()
    tables = stack.tables()
    maria = Insistent(stack.caller("maria"), history)
    follower.follow()
    name_a_standby(scene.cluster)
    sent = send_until_replicated(maria)
    follower.stop()

    write = maria.send(people.BEROENDE)
    call = write.begin(timeout_s=60)
    done = 0
    while done < 3:   # the daemon tries again by itself; a known key is none better
        done += tables.value(f"SELECT {function}(%s)", wait_for_waiting(tables))   # or it just went
    wait_for_waiting(tables)
    assert not call.done() and tables.count("referral") == sent + 1

    follower.follow()
    receipt = write.end(call) or write.insist()
    assert receipt == write.insist()
    assert pb.Receipt.FromString(receipt).durability == "REPLICATED"
    history.close()
    verdict = checker.check(History(path), scene.stored(stack))
    assert not verdict.findings, str(verdict)
