# SPDX-License-Identifier: Apache-2.0
"""Overload: what is still done when ten times too much is asked for, and what others
notice of one organisation that sends a hundred times its rate.

The first is measured on a slow disk, so that the load's one core can offer ten times
what the daemon and its database can do; the second with the setting that gives each
organisation its rate. Rounds are interleaved and the table shows medians.
"""

import json
import subprocess

import figures
import people
import servers
from figures import median

CALLERS, MANY_CALLERS, MANY_CONNECTIONS = 256, 8000, 80
COMMIT_US = 100_000   # what a commit takes longer, on the slow disk
TIMES, HEAVY_TIMES = 10, 100
RATE = 50             # calls a second that an organisation may make
HEAVY_CALLERS, HEAVY_CONNECTIONS = 800, 8
OTHER_CALLERS, OTHER_CONNECTIONS = 16, 4
HEAVY, OTHER = people.MEMBERS["maria"], people.MEMBERS["petra"]


def add_arguments(arguments):
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=4)


class Load:
    """The load generator as one member, running."""

    def __init__(self, bench, member, to, seconds, *words):
        stack = bench.stack
        self.seconds = seconds
        certificate, key = stack.identity(member.urn).write(bench.folder, member.id)
        self.popen = subprocess.Popen(
            [*servers.beside(), servers.BUILD / "tests/bench/load", "--host", "127.0.0.1",
             "--port", str(stack.port), "--ca", stack.folder / "ca.pem", "--certificate", certificate,
             "--key", key, "--member", member.urn, "--unit", member.roles[0][0], "--to", to,
             "--seconds", str(seconds), *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def result(self):
        result = json.loads(self.popen.communicate()[0])
        # Of the time in which calls were begun: afterwards only the queue empties.
        result["rate"] = result["timely"] / self.seconds
        result["offered"] = (result["sends"] + result["failures"]) / self.seconds
        return result


def _heavy(bench, seconds, callers, connections, rate=0):
    return Load(bench, HEAVY, people.BEROENDE, seconds, "--callers", callers, "--connections", connections,
                "--rate", int(rate))


def _other(bench, seconds):
    """Just below its own rate, so that nothing of it is refused."""
    return Load(bench, OTHER, people.LUND, seconds, "--callers", OTHER_CALLERS,
                "--connections", OTHER_CONNECTIONS, "--rate", RATE * 9 // 10).result()


# -- ten times as much as can be done -------------------------------------------------

def _measure_flood(chosen, new_servers):
    bench, most, flood = new_servers("flood"), [], []
    bench.slow_disk(COMMIT_US)
    _heavy(bench, 1, CALLERS, servers.CONNECTIONS).result()   # warm caches, connections and plans
    for _ in range(chosen.rounds):
        most.append(_heavy(bench, chosen.seconds, 4 * CALLERS, 4 * servers.CONNECTIONS).result())
        rate = TIMES * most[-1]["rate"]
        flood.append(_heavy(bench, chosen.seconds, MANY_CALLERS, MANY_CONNECTIONS, rate).result())
    bench.stop()
    return most, flood


def _tell_flood(most, flood):
    best, done, offered = median(most, "rate"), median(flood, "rate"), median(flood, "offered")
    print(f"as much as it can, with {COMMIT_US // 1000} ms more a commit   {best:>7.0f} sends/s")
    print(f"{offered / best:.1f} times as much{'':26}{done:>7.0f} sends/s done ({done / best:.0%}) of "
          f"{offered:.0f}/s offered, the others refused")
    return done / best


# -- one organisation at a hundred times its rate ----------------------------------------

def _measure_heavy(chosen, new_servers):
    bench = new_servers("heavy", organization_rate=RATE)
    _other(bench, 1)
    usual, beside, heavy = [], [], []
    for _ in range(chosen.rounds):
        for rate, others in ((RATE, usual), (RATE * HEAVY_TIMES, beside)):
            load = _heavy(bench, chosen.seconds + 1, HEAVY_CALLERS, HEAVY_CONNECTIONS, rate)
            others.append(_other(bench, chosen.seconds))
            heavy.append(load.result())
    bench.stop()
    return usual, beside, heavy[1::2]


def _tell_heavy(usual, beside, heavy):
    for quantile in ("p50", "p99"):
        alone, now = median(usual, f"{quantile}_us"), median(beside, f"{quantile}_us")
        times = now / alone
        print(f"another organisation's {quantile}: {alone / 1000:.1f} ms beside one as usual, "
              f"{now / 1000:.1f} ms beside one at {HEAVY_TIMES} times its rate ({times:.2f}x)")
    print(f"the heavy one: {median(heavy, 'offered'):.0f}/s offered, {median(heavy, 'rate'):.0f}/s done; "
          f"the other: {sum(each['failures'] for each in beside)} refused")
    return times   # of the p99


def run(chosen, new_servers):
    figures.say_what_else_runs()
    print(f"{chosen.rounds} rounds of {chosen.seconds} s\n")
    share = _tell_flood(*_measure_flood(chosen, new_servers))
    print()
    times = _tell_heavy(*_measure_heavy(chosen, new_servers))
    print(f"\n{'':56}measured        floor  target")
    figures.row("done of ten times too much, as a part of the most", share, "", 0.8, 0.95, False)
    figures.row("another's p99 beside one at a hundred times its rate", times, "x", 1.5, 1.2)
