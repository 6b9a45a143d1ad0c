# SPDX-License-Identifier: Apache-2.0
"""The primary is killed under 64 callers, its synchronous standby takes over, and the
dead one comes back as the standby of the other; again and again."""

import shutil
import signal
import time

import checker
import people
import processes
import pytest
from postgres import BIN, Cluster, connect
from stack import Stack
from stored import Stored

CALLERS, CALM, TIMES, LONG_TIMES, TAKEOVER_S = 64, 150, 3, 100, 30


class Nodes:
    """Two places for a PostgreSQL, a primary and its synchronous standby, that change
    places. Whoever is primary answers nobody without the other."""

    def __init__(self, folder):
        processes.private_folder(folder)
        self.folders = [folder / "a", folder / "b"]
        first = Cluster(self.folders[0], "wal_keep_size=256MB")
        self.processes = [first.process, None]
        self.primary = 0
        self.owner = first.create_database("care")
        processes.private_folder(self.folders[1])

    def uri(self, database="care", user="postgres"):
        return f"host={self.folders[self.primary]} dbname={database} user={user}"

    def uri_of_both(self):
        return (f"host={self.folders[0]},{self.folders[1]} dbname=care user=stafett_app"
                " target_session_attrs=read-write")

    def follow(self):
        """Makes the other place a new copy of the primary, and waits until it follows."""
        other = 1 - self.primary
        data = self.folders[other] / "data"
        shutil.rmtree(data, ignore_errors=True)
        processes.run(BIN / "pg_basebackup", "-D", data, "-R", "-X", "stream", "-c", "fast",
                      "--no-sync", "-d", self.uri("postgres"))
        self.processes[other] = processes.Process(
            BIN / "postgres", "-D", data, "-c", "listen_addresses=", "-c", "wal_keep_size=256MB",
            "-c", f"unix_socket_directories={self.folders[other]}")
        self.processes[other].wait_line("started streaming WAL")

    def demand_standby(self):
        """From now on no commit is over before a standby has it. Copies inherit this."""
        connection = connect(self.uri("postgres"))
        cursor = connection.cursor()
        cursor.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        cursor.execute("SELECT pg_reload_conf()")
        connection.close()

    def fail_over(self):
        self.processes[self.primary].stop(signal.SIGKILL)
        self.primary = 1 - self.primary
        processes.run(BIN / "pg_ctl", "promote", "-D", self.folders[self.primary] / "data", "-w")

    def stop(self):
        """The standby first: a primary waits for it."""
        for number in (1 - self.primary, self.primary):
            if self.processes[number]:
                self.processes[number].stop(signal.SIGINT)


@pytest.fixture
def nodes(work):
    nodes = Nodes(work / "n")
    yield nodes
    nodes.stop()


def test_what_was_acknowledged_survives_the_primary(build, work, nodes, lonely_scene, campaigns, say):
    stack = Stack(build, work / "nd", nodes.owner, database=nodes.uri_of_both())
    stack.command("migrate")
    stack.load(people.directory())
    nodes.demand_standby()
    nodes.follow()
    stack.start()
    crowd = lonely_scene.crowd(stack, callers=CALLERS)
    times, longest_s = 0, 0
    for times in campaigns.numbers(TIMES, LONG_TIMES):
        crowd.wait_answered(CALM)
        begun = time.monotonic()
        nodes.fail_over()
        nodes.follow()
        crowd.wait_answered(1)
        longest_s = max(longest_s, time.monotonic() - begun)
        campaigns.tell(f"failover {times} of at most {LONG_TIMES}: {crowd.answered:,} answered so far,"
                       f" the next answer after {longest_s:.1f} s at most")
    history = crowd.stop()
    connection = connect(nodes.uri())
    stored = Stored(connection)
    connection.close()
    stack.stop()
    verdict = checker.check(history, stored)
    assert not verdict.findings, str(verdict)
    assert {key.parsed.durability for key in stored.keys.values()} == {"REPLICATED"}
    assert longest_s < TAKEOVER_S
    say(f"primary killed, standby promoted x{times} under {CALLERS} callers: {verdict.acknowledged:,}"
        f" acknowledged and replicated, 0 lost, 0 doubled; {verdict.unknown} unknown, all resolved;"
        f" the next answer after {longest_s:.1f} s at most")
