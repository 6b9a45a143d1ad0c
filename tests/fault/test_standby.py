# SPDX-License-Identifier: Apache-2.0
"""A synchronous standby: what a receipt says, what is said while it is away, and
what is there after it has taken over."""

import os
import signal
import threading
import time

import grpc
import people
import processes
import pytest
from caller import content_hash, refused
from postgres import BIN, Cluster, connect
from stack import Stack

PRIMARY = ["synchronous_standby_names=*", "synchronous_commit=local"]
UNKNOWN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
TAKEOVER_S = 30


class Standby:
    """A copy of |primary| that follows it, in |folder|."""

    def __init__(self, primary, folder):
        self.folder = processes.private_folder(folder)
        self.data = folder / "data"
        processes.run(BIN / "pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast",
                      "-d", primary.uri())
        self.start()

    def start(self):
        self.process = processes.Process(
            BIN / "postgres", "-D", self.data, "-c", f"unix_socket_directories={self.folder}",
            "-c", "listen_addresses=", "-c", "hot_standby=on")
        self.process.wait_line("ready to accept")

    def send_signal(self, number):
        """To all of its processes: the one that writes what it receives is a child."""
        self.process.send_signal(number)
        for child in processes.run("pgrep", "-P", self.process.popen.pid).stdout.split():
            os.kill(int(child), number)

    def promote(self):
        """It serves alone from now on: it has no synchronous standby of its own."""
        processes.run(BIN / "pg_ctl", "promote", "-D", self.data, "-w")


class Pair:
    """A primary with a synchronous standby, and a daemon that knows both."""

    def __init__(self, build, folder):
        processes.private_folder(folder)
        # Until the standby is there, the primary's own statements may not wait for it.
        self.primary = Cluster(folder / "a", *PRIMARY, "wal_sender_timeout=0")
        owner = self.primary.create_database("care")
        self.standby = Standby(self.primary, folder / "b")
        self.set_primary("synchronous_commit", "on")
        hosts = f"host={folder / 'a'},{folder / 'b'}"
        self.daemon = Stack(build, folder / "d", owner, database=f"{hosts} dbname=care "
                            "user=stafett_app target_session_attrs=read-write")
        self.daemon.serve()
        self.maria = self.daemon.caller("maria")

    def set_primary(self, name, value):
        connection = connect(self.primary.uri())
        connection.cursor().execute(f"ALTER DATABASE care SET {name} = '{value}'")
        connection.close()

    def stop(self):
        self.daemon.stop()
        self.standby.process.stop()
        self.primary.stop()


@pytest.fixture
def pair(build, work, request):
    pair = Pair(build, work / f"p{abs(hash(request.node.name)) % 1000}")
    yield pair
    pair.stop()


def until_ok(send, request, within_s=TAKEOVER_S):
    """Sends the very same message until it is answered OK; anything else is unknown."""
    end = time.monotonic() + within_s
    while True:
        try:
            return send(request)
        except grpc.RpcError as error:
            assert error.code() in UNKNOWN, error
            assert time.monotonic() < end, f"no OK within {within_s} s: {error}"


def test_a_receipt_says_that_a_standby_has_it(pair):
    assert pair.maria.send(people.BEROENDE).receipt.durability == "REPLICATED"


def test_nothing_is_acknowledged_while_the_standby_is_away(pair):
    maria = pair.maria
    known = maria.send(people.BEROENDE)
    pair.standby.send_signal(signal.SIGSTOP)
    try:
        requests = [maria.send_request(people.BEROENDE) for _ in range(4)] + [known.request]
        refusals = []

        def attempt(request):
            refusals.append(refused(maria.resend, request, timeout=3))
        threads = [threading.Thread(target=attempt, args=(request,)) for request in requests]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refusals) == len(requests)
        assert {refusal.code for refusal in refusals} <= set(UNKNOWN)
        assert any(refusal.code == grpc.StatusCode.UNAVAILABLE
                   and refusal.reason == "OUTCOME_UNKNOWN" for refusal in refusals)
    finally:
        pair.standby.send_signal(signal.SIGCONT)
    answers = [until_ok(lambda request: maria.resend(request, timeout=10), request)
               for request in requests]
    assert answers[-1].receipt == known.answer.receipt
    assert pair.daemon.tables().count("referral") == len(requests)


def test_every_acknowledged_message_survives_the_primary(pair):
    maria, sent = pair.maria, []
    for _ in range(20):
        sent.append(maria.send(people.BEROENDE))
    pair.primary.process.stop(signal.SIGKILL)
    pair.standby.promote()
    began = time.monotonic()
    after = until_ok(lambda request: maria.resend(request, timeout=5), maria.send_request(people.BEROENDE))
    assert time.monotonic() - began < TAKEOVER_S
    connection = connect(f"host={pair.standby.folder} dbname=care user=postgres")
    cursor = connection.cursor()
    cursor.execute("SELECT receipt FROM stafett.idempotency")
    stored = {bytes(row[0]) for row in cursor.fetchall()}
    assert {one.answer.receipt for one in sent} | {after.receipt} <= stored
    for one in sent:
        assert maria.resend(one.request).receipt == one.answer.receipt
        read = maria.get(one.referral, contents=True)
        assert read.contents[0].content_hash == content_hash(one.request)
    connection.close()
