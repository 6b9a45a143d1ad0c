# SPDX-License-Identifier: Apache-2.0
"""A database that is away, comes back, or has no room: refusals, never a wrong OK,
and the daemon goes on by itself."""

import errno
import os
import signal
import subprocess
import time

import grpc
import people
import processes
import pytest
from caller import refused
from postgres import Cluster, connect
from stack import Stack, health_method

BODY = os.urandom(60_000)   # what does not compress fills a disk


def health_of(caller):
    method, request = health_method(caller.channel)
    return method(request(), timeout=processes.DEADLINE_S, wait_for_ready=True).status


def daemon_on(build, folder, cluster):
    owner = cluster.create_database("care")
    daemon = Stack(build, folder, owner, database=cluster.uri("care", "stafett_app"))
    daemon.command("migrate")
    daemon.load(people.directory())
    return daemon


def expect_away(refusal):
    assert refusal.code == grpc.StatusCode.UNAVAILABLE
    assert refusal.reason in ("DATABASE_AWAY", "OUTCOME_UNKNOWN")
    assert refusal.details["google.rpc.RetryInfo"].retry_delay.ToMilliseconds() > 0


def test_a_database_that_is_away_at_the_start_is_waited_for(build, work):
    cluster = Cluster(work / "late")
    daemon = daemon_on(build, work / "ld", cluster)
    cluster.stop()
    daemon.start(ready=False)
    try:
        maria = daemon.caller("maria")
        assert health_of(maria) == 2   # NOT_SERVING
        expect_away(refused(maria.send, people.BEROENDE))
        expect_away(refused(maria.inbox))
        cluster.start()
        daemon.wait_ready()
        assert maria.send(people.BEROENDE).receipt.durability == "LOCAL"
    finally:
        daemon.stop()
        cluster.stop()


def test_a_database_that_goes_away_in_flight_comes_back(build, work):
    cluster = Cluster(work / "back")
    daemon = daemon_on(build, work / "bd", cluster)
    daemon.start()
    try:
        maria = daemon.caller("maria")
        before = maria.send(people.BEROENDE)
        for number in (signal.SIGINT, signal.SIGQUIT):   # fast, and as a crash
            mark = daemon.process.mark()
            cluster.process.stop(number)
            daemon.process.wait_line("health=NOT_SERVING", after=mark)
            expect_away(refused(maria.send, people.BEROENDE))
            assert health_of(maria) == 2
            cluster.start()
            daemon.wait_ready()
            assert maria.resend(before.request).receipt == before.answer.receipt
            maria.send(people.BEROENDE)
        assert daemon.tables().count("referral") == 3
    finally:
        daemon.stop()
        cluster.stop()


def set_fsync(cluster, value):
    connection = connect(cluster.uri())
    connection.cursor().execute(f"ALTER SYSTEM SET fsync = {value}")
    connection.cursor().execute("SELECT pg_reload_conf()")
    connection.close()


def test_a_reload_that_makes_commits_forgetful_ends_the_service_until_it_is_mended(build, work):
    """Open sessions see a reloaded setting too; so they are asked again."""
    cluster = Cluster(work / "forgetful")
    daemon = daemon_on(build, work / "gd", cluster)
    daemon.start()
    try:
        maria = daemon.caller("maria")
        maria.send(people.BEROENDE)
        set_fsync(cluster, "off")
        end = time.monotonic() + processes.DEADLINE_S
        with pytest.raises(grpc.RpcError):   # of the one that was under way
            while time.monotonic() < end:
                maria.send(people.BEROENDE)
        daemon.process.wait_line("setting=fsync value=off")
        expect_away(refused(maria.send, people.BEROENDE))
        set_fsync(cluster, "on")
        daemon.wait_ready()
        assert maria.send(people.BEROENDE).receipt.durability == "LOCAL"
    finally:
        daemon.stop()
        cluster.stop()


@pytest.fixture
def small_disk(work):
    """A file system of 96 MiB for a cluster's data."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    folder = work / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=700", "tmpfs", folder], check=True)
    processes.give(folder)
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(path):
    """Takes what room there is on the disk of |path|, in ever smaller pieces: PostgreSQL
    goes on writing meanwhile, so that no look at the free room holds for long."""
    taken = 0
    with open(path, "wb") as file:
        for piece in (1 << 20, 1 << 16, 1 << 12):
            while True:
                try:
                    os.posix_fallocate(file.fileno(), taken, piece)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    break
                taken += piece


def test_a_full_disk_refuses_and_then_goes_on(build, work, small_disk):
    # The log of PostgreSQL lies elsewhere: without room for it, PostgreSQL stops.
    cluster = Cluster(work / "full", "shared_buffers=16MB", data=small_disk / "data",
                      initdb=("-X", work / "full" / "wal"))
    daemon = daemon_on(build, work / "fd", cluster)
    daemon.start()
    try:
        maria, sent = daemon.caller("maria"), []
        sent.append(maria.send(people.BEROENDE, body=BODY))
        fill(small_disk / "filler")
        for _ in range(40):
            try:
                sent.append(maria.send(people.BEROENDE, body=BODY))
            except grpc.RpcError as error:
                assert error.code() in (grpc.StatusCode.RESOURCE_EXHAUSTED,
                                        grpc.StatusCode.UNAVAILABLE), error
        refusal = refused(maria.send, people.BEROENDE, body=BODY)
        assert (refusal.code, refusal.reason) == (
            grpc.StatusCode.RESOURCE_EXHAUSTED, "DATABASE_FULL")
        (small_disk / "filler").unlink()
        sent.append(maria.send(people.BEROENDE, body=BODY))
        assert daemon.tables().count("referral") == len(sent)
        for one in sent:
            assert maria.resend(one.request).receipt == one.answer.receipt
    finally:
        daemon.stop()
        cluster.stop()
