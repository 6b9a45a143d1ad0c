# SPDX-License-Identifier: Apache-2.0
"""kill -9 of `stafett send` at each system call between the draft and the last word:
the next command goes on from the outbox, and nothing is sent twice."""

import json
import os
import re
import signal
import subprocess

import people
import pytest
import tree
from client import Client
from crowd import LONG

DRAFT = tree.TOP / "deploy" / "demo" / "referral.json"
EVERY = 1 if LONG else 2   # of the calls; the order in which they come stays
UPLOAD_KILLS = 200 if LONG else 16
BODY_BYTES = 1_000_000
CALL = re.compile(r"^\d+ +(\w+)\(")


class Traced(Client):
    """A client under strace: it can be ended at its n-th call of some kind."""

    def __init__(self, stack, folder):
        super().__init__(stack, folder)
        self.outbox = folder / "state" / "stafett" / "outbox"
        self.trace = folder / "trace"
        self.draft = DRAFT

    def send(self, *options):
        words = ["strace", "-o", self.trace, "-f", *options, self.program, "--as", "maria", "send",
                 people.BEROENDE, "--file", self.draft]
        done = subprocess.run(
            [str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120, check=False,
            env={**os.environ, "XDG_CONFIG_HOME": str(self.home / "config"),
                 "XDG_STATE_HOME": str(self.home / "state"),
                 # LeakSanitizer traces the process itself.
                 "ASAN_OPTIONS": "detect_leaks=0"})
        return done.returncode

    def send_killed(self, call, number):
        """Whether it was ended there."""
        return self.send("-e", f"inject={call}:signal=KILL:when={number}") == -signal.SIGKILL

    def enlarge(self, size):
        """From now on the body has |size| bytes."""
        draft = json.loads(DRAFT.read_text())
        draft["body"] = "x" * size
        self.draft = self.home / "referral.json"
        self.draft.write_text(json.dumps(draft))

    def kept(self):
        return sorted(self.outbox.glob("*.write"))

    def calls(self):
        """(name, how often until then) of each call of an undisturbed send, from the
        one that begins to keep it to the one that has forgotten it."""
        counts, found, inside = {}, [], False
        for line in self.trace.read_text().splitlines():
            match = CALL.match(line)
            if not match:
                continue
            name = match.group(1)
            counts[name] = counts.get(name, 0) + 1
            inside |= "/outbox" in line
            if inside:
                found.append((name, counts[name]))
            if name == "unlink" and "/outbox/" in line:
                return found
        raise AssertionError("the client has not forgotten what it sent")


@pytest.fixture
def client(lonely_scene, tmp_path):
    stack = lonely_scene.daemon().serve()
    client = Traced(stack, tmp_path)
    client.stack = stack
    return client


def messages(client):
    """(stored, of which different)."""
    return client.stack.tables().rows(
        "SELECT count(*), count(DISTINCT message) FROM stafett.content")[0]


def kill_at(client, calls):
    """Kills a send at each of |calls| and lets the next command go on: how many were
    killed, and how many of these had something to go on with."""
    killed = resumed = 0
    for call, number in calls:
        before, _ = messages(client)
        if not client.send_killed(call, number):
            continue
        killed += 1
        kept = client.kept()
        said = client.run("maria")
        after, different = messages(client)
        assert not client.kept(), f"{call} {number}: {said}"
        assert after == different and after - before <= 1, f"{call} {number}: sent twice"
        if kept:
            resumed += 1
            assert len(kept) == 1 and after - before == 1, f"{call} {number}: lost"
            assert "waited here, has been delivered now" in said
    return killed, resumed


def test_a_client_killed_at_any_moment_sends_once(client, say):
    for _ in range(2):   # the second time there is less to make and to learn
        assert client.send() == 0
    killed, resumed = kill_at(client, client.calls()[::EVERY])
    assert killed >= 10 and resumed >= 5
    say(f"kill -9 of stafett send at {killed} of its system calls: {resumed} resumed by the outbox,"
        " 0 lost, 0 sent twice")


def test_a_client_killed_while_it_uploads_sends_once_and_all_of_it(client, say):
    client.enlarge(BODY_BYTES)
    for _ in range(2):
        assert client.send() == 0
    calls = client.calls()
    killed, resumed = kill_at(client, calls[::max(1, len(calls) // UPLOAD_KILLS)])
    wrong = client.stack.tables().value(
        "SELECT count(*) FROM stafett.content c WHERE %s <> (SELECT sum(length(p.data))"
        " FROM stafett.upload_part p WHERE (p.unit, p.upload) = (c.body_unit, c.body_upload))",
        BODY_BYTES)
    assert wrong == 0 and killed >= UPLOAD_KILLS // 2 and resumed >= UPLOAD_KILLS // 4
    say(f"kill -9 of stafett send at {killed} of its system calls, {BODY_BYTES:,} bytes of body:"
        f" {resumed} resumed by the outbox, 0 lost, 0 sent twice")
