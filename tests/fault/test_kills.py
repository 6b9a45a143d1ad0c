# SPDX-License-Identifier: Apache-2.0
"""kill -9 of everything that can be killed, at any moment, under 64 callers: what
was answered OK is there, once and unchanged."""

import os
import random
import shutil
import signal
import time
from collections import Counter
from pathlib import Path

import checker
import people
import processes

CALLERS = 64
# Writes that are answered between two accidents, at least and at most.
CALM = (250, 850)
# How soon the first writes are answered again, in seconds (guarantees: worker 1,
# PostgreSQL 10), on a machine that does nothing else. Here others work too.
RECOVERY_S = {"worker": 5, "master": 20, "PostgreSQL": 20, "backend": 20}
CAMPAIGN = {"worker": 20, "master": 5, "PostgreSQL": 10, "backend": 10}
LONG_CAMPAIGN = {"worker": 50, "master": 5, "PostgreSQL": 15, "backend": 10}
LONG_CAMPAIGNS = 20
LONG_CALM = (300, 1200)


def backends_of(postmaster):
    """Those that serve the daemon."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            if b"stafett_app" in words and f"\nPPid:\t{postmaster}\n" in (entry / "status").read_text():
                found.append(int(entry.name))
        except OSError:
            continue   # it has ended meanwhile
    return found


class Killer:
    """Kills one thing after another, and sees that life goes on."""

    def __init__(self, stack, crowd, dice):
        self.stack, self.crowd, self.dice = stack, crowd, dice
        self.longest_s = Counter()

    def kill(self, what):
        begun = time.monotonic()
        getattr(self, f"kill_{what.lower()}")()
        self.crowd.wait_answered(1, RECOVERY_S[what] * 4)
        self.longest_s[what] = max(self.longest_s[what], time.monotonic() - begun)

    def kill_worker(self):
        self.stack.kill_worker()

    def kill_master(self):
        old = self.stack.process
        old.popen.kill()
        old.popen.wait()
        assert not processes.SANITIZER_REPORT.search(old.log()), old.log()[-5000:]
        self.stack.start()

    def kill_postgresql(self):
        os.kill(self.stack.postmaster(), signal.SIGKILL)

    def kill_backend(self):
        backends = []
        while not backends:   # right after a crash there are none yet
            backends = backends_of(self.stack.postmaster())
        os.kill(self.dice.choice(backends), signal.SIGKILL)


def campaign(scene, deaths, calm, seed):
    """One daemon, one crowd, and all |deaths| in any order. The verdict, and the
    longest recovery of each kind."""
    dice = random.Random(seed)
    stack = scene.daemon().serve()
    crowd = scene.crowd(stack, callers=CALLERS, seed=seed)
    killer = Killer(stack, crowd, dice)
    victims = [name for name, times in deaths.items() for _ in range(times)]
    dice.shuffle(victims)
    for victim in victims:
        crowd.wait_answered(dice.randint(*calm))
        killer.kill(victim)
    history = crowd.stop()
    verdict = checker.check(history, scene.stored(stack))
    inboxes = {unit: {item.id for item in stack.caller(name).whole_inbox()}
               for name, unit in (("petra", people.BEROENDE), ("omar", people.MALMO))}
    verdict.findings += checker.check_inboxes(history, inboxes)
    stack.stop()
    shutil.rmtree(stack.folder)   # a long run makes many
    return verdict, killer.longest_s


def test_what_was_acknowledged_survives_kill_9_of_everything(lonely_scene, campaigns, say):
    deaths, calm = (LONG_CAMPAIGN, LONG_CALM) if campaigns.long else (CAMPAIGN, CALM)
    total, longest = Counter(), Counter()
    for number in campaigns.numbers(1, LONG_CAMPAIGNS):
        seed = random.SystemRandom().randrange(1 << 30)
        verdict, longest_s = campaign(lonely_scene, deaths, calm, seed)
        assert not verdict.findings, f"seed {seed}: {verdict}"
        total.update(deaths, acknowledged=verdict.acknowledged, unknown=verdict.unknown)
        longest |= longest_s
        lonely_scene.close()
        campaigns.tell(f"kill -9, campaign {number} of at most {LONG_CAMPAIGNS}, seed {seed}: {dict(total)}")
    killed = ", ".join(f"{name} x{total[name]}" for name in deaths)
    say.first(f"kill -9 {killed} under {CALLERS} callers ... {total['acknowledged']:,} acknowledged,"
              f" 0 lost, 0 doubled, 0 altered; {total['unknown']:,} unknown, all resolved by retry")
    say("longest until the next answer: "
        + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in longest.items()))
    assert all(seconds < RECOVERY_S[name] for name, seconds in longest.items())
