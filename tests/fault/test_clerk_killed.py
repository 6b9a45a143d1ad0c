# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the clerks of two daemons at each system call of a round that raises an alarm
and tells a unit of it: each alarm once, with all that belongs to it; and what a clerk does
while there is nothing to do."""

import os
import signal

import people
import processes
import pytest
from business_clock import set_at, wait_for
from crowd import LONG
from stack import CLERK_WORKS
from tracer import Tracer, calls_in, was_killed

# What talks to the database, and what starts a command and sees its end.
CALLS = ("sendto", "recvfrom", "memfd_create", "clone", "waitid")
# Of the answers, a short run takes every third: a statement was done, and nobody knows.
EVERY_ANSWER = 1 if LONG else 3
ALARM_LEAF = 21
PULSES = 2   # a second each, in which an idle clerk asks nothing


class Stage:
    """Two daemons whose clerks have one command; referrals that nobody reads."""

    def __init__(self, scene):
        owner = scene.database()
        first = scene.daemon(owner, hook_dir="hooks").serve()
        second = scene.daemon(owner, authority=first.authority, hook_dir=first.folder / "hooks")
        second.start()
        self.daemons = [first, second]
        self.told = processes.give(self._write("told", "", 0o600))
        processes.private_folder(first.folder / "hooks")
        self._write("hooks/pager", f"#!/bin/sh\necho $STAFETT_NOTICE $(cat) >>{self.told}\n", 0o755)
        first.command("notice", "set", self._write(
            "notice.json", f'{{"unit": "{people.LUND}", "hook": "pager"}}', 0o644))
        self.tables = first.tables()
        self.at("09:00:00")
        self.maria = first.caller("maria")
        self.maria.asked = "2037-11-20"   # as at() has it
        self.sent = []

    def _write(self, name, text, mode):
        path = self.daemons[0].folder / name
        path.write_text(text)
        path.chmod(mode)
        return processes.give(path)

    def at(self, text):
        """A Friday's wall clock."""
        set_at(self.tables, f"2037-11-20 {text}")

    def wait(self, holds):
        return wait_for(self.tables, holds)

    def look(self):
        self.tables.connection.cursor().execute("NOTIFY stafett_clock, 'look'")

    def alarm(self):
        """Somebody has to be told of one more referral, now."""
        self.sent.append(self.maria.send(people.BEROENDE).referral)
        self.tables.connection.cursor().execute(
            "UPDATE stafett.referral SET step_time = stafett.now() WHERE id = %s", (self.sent[-1],))
        self.look()
        return self.sent[-1]

    def is_done(self, referral):
        """It was raised, and what is to be told of it has been taken in hand."""
        return self.tables.count("alarm", "referral = %s", referral) and not self.tables.count("notice_line") \
            and not self.tables.count("notice", "tries = 0")

    def untold(self):
        return self.tables.count("notice", "told_time IS NULL")


@pytest.fixture
def stage(scene):
    return Stage(scene)


def trace(stage, daemon, *options):
    """strace on the daemon's clerk. One that has just died, or dies now, has a successor."""
    def attached():
        try:
            return Tracer(daemon.clerk(), *options, follow=False)
        except AssertionError:
            return None
    return stage.wait(attached)


def calls_of_an_alarm(stage):
    """(name, how often until then) of each call of whichever clerk makes more of them."""
    tracers = [trace(stage, daemon) for daemon in stage.daemons]
    referral = stage.alarm()
    stage.wait(lambda: stage.is_done(referral) and not stage.untold())
    return max((calls_in(tracer.stop(), CALLS) for tracer in tracers), key=len)


def chosen(calls):
    return [(name, number) for name, number in calls if name != "recvfrom" or number % EVERY_ANSWER == 0]


def kill_at(stage, call, number):
    """How many of the two clerks that call has ended."""
    marks = [daemon.process.mark() for daemon in stage.daemons]
    tracers = [trace(stage, daemon, "-e", f"inject={call}:signal=KILL:when={number}")
               for daemon in stage.daemons]
    referral = stage.alarm()
    stage.wait(lambda: stage.is_done(referral))
    killed = [was_killed(tracer.stop()) for tracer in tracers]
    for daemon, mark, dead in zip(stage.daemons, marks, killed):
        if dead:
            daemon.process.wait_line(CLERK_WORKS, after=mark)
    return sum(killed)


def test_clerks_killed_at_any_system_call_of_an_alarm_raise_and_tell_it(stage, say):
    calls = calls_of_an_alarm(stage)
    killed = [kill_at(stage, *call) for call in chosen(calls)]
    # Who died with a notice in hand is followed after a minute.
    stage.at("10:30:00")
    stage.wait(lambda: not stage.untold())

    tables, count = stage.tables, len(stage.sent)
    raised = tables.rows("SELECT referral::text, count(*), max(step) FROM stafett.alarm GROUP BY referral")
    assert sorted(raised) == sorted((referral, 1, 0) for referral in stage.sent)
    assert tables.count("event", "kind = 'alarm'") == count
    assert tables.count("delivery", "seq > 1") == 2 * count
    assert tables.count("audit_queue", "get_byte(leaf, 34) = %s", ALARM_LEAF) == count
    # Each code was told at least once, and what was told twice has one id and the same words.
    notices = {id: set(codes.split()) for id, codes in tables.rows("SELECT id::text, codes FROM stafett.notice")}
    assert sorted(code for codes in notices.values() for code in codes) == sorted(
        f"{code[:4]}-{code[4:]}" for code, in tables.rows("SELECT code FROM stafett.referral"))
    told = [(words[0], set(words[1:])) for words in map(str.split, stage.told.read_text().splitlines())]
    assert {id for id, _ in told} == set(notices) and all(notices[id] == codes for id, codes in told)
    assert sum(killed) >= 5, f"{calls}: {killed}"
    say(f"kill -9 of two clerks at {len(killed)} of {len(calls)} system calls of an alarm, {sum(killed)} died: "
        f"{count} alarms once each, {len(notices)} notices told {len(told)} times")


def lateness(stage, number):
    """Seconds from a step's time to its alarm, where a clerk is killed shortly before."""
    referral = stage.maria.send(people.BEROENDE).referral
    due = stage.tables.value("UPDATE stafett.referral SET step_time = stafett.now() + interval '1 s' WHERE id = %s"
                             " RETURNING step_time", referral)
    stage.look()
    daemon = stage.daemons[number % len(stage.daemons)]
    mark = daemon.process.mark()
    os.kill(daemon.clerk(), signal.SIGKILL)
    stage.wait(lambda: stage.is_done(referral))
    daemon.process.wait_line(CLERK_WORKS, after=mark)
    assert stage.tables.count("alarm", "referral = %s", referral) == 1
    return (stage.tables.value("SELECT create_time FROM stafett.event WHERE referral = %s AND kind = 'alarm'",
                               referral) - due).total_seconds()


@pytest.mark.skipif(not LONG, reason="ten seconds an alarm, and about time: tests/run --long")
def test_an_alarm_is_there_within_a_minute_of_its_time(stage, say, campaigns):
    late = [lateness(stage, number) for number in campaigns.numbers(1, 100)]
    say(f"two daemons, one clerk killed before each of {len(late)} alarms: raised {min(late):.1f} to"
        f" {max(late):.1f} s after their time")
    assert 0 <= min(late) <= max(late) < 60


def heard_while_idle(stage, daemon):
    """What its clerk does first after a commit, when for some pulses it has done nothing;
    None where a round of its own came between."""
    tracer = trace(stage, daemon, "-e", "trace=epoll_wait,sendto,recvfrom")
    try:
        before = [tracer.popen.stderr.readline() for _ in range(PULSES + 1)]
        if not all(line.startswith("epoll_wait") for line in before):
            return None
        stage.maria.send(people.BEROENDE)
        while (line := tracer.popen.stderr.readline()).startswith("epoll_wait"):
            pass
        return line.split("(")[0]
    finally:
        tracer.stop()


def test_a_clerk_with_nothing_to_do_asks_nothing_and_a_commit_wakes_it(stage):
    """Between two rounds it only says once a second that it lives. The next round is a
    minute away; a commit that may have changed that wakes it."""
    stage.alarm()
    stage.wait(lambda: stage.is_done(stage.sent[-1]) and not stage.untold())
    # It hears of it; a round that begins by itself, as one may just then, asks first.
    assert "recvfrom" in (heard_while_idle(stage, stage.daemons[0]) for _ in range(5))
