# SPDX-License-Identifier: Apache-2.0
"""Overload: what is still done when ten times too much is asked for, and what others
notice of one organisation that sends a hundred times its rate.

Rounds are interleaved and the table shows medians; "offered" is what the load's own
core could make of the rate that was asked for.
"""

import json
import os
import statistics
import subprocess

import people
import servers

CALLERS, MANY_CALLERS, MANY_CONNECTIONS = 256, 8000, 80
TIMES, HEAVY_TIMES = 10, 100
RATE = 20   # sends a second of an organisation that is as usual
HEAVY, OTHER = people.MEMBERS["maria"], people.MEMBERS["petra"]


def add_arguments(arguments):
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=3)


class Load:
    """The load generator as one member, running."""

    def __init__(self, bench, member, to, *words):
        stack = bench.stack
        certificate, key = stack.identity(member.urn).write(bench.folder, member.id)
        self.popen = subprocess.Popen(
            [*servers.beside(), servers.BUILD / "tests/bench/load", "--host", "127.0.0.1",
             "--port", str(stack.port), "--ca", stack.folder / "ca.pem", "--certificate", certificate,
             "--key", key, "--member", member.urn, "--unit", member.roles[0][0], "--to", to,
             *map(str, words)], stdout=subprocess.PIPE, text=True)

    def result(self):
        result = json.loads(self.popen.communicate()[0])
        result["rate"] = result["sends"] / result["seconds"]
        result["offered"] = (result["sends"] + result["failures"]) / result["seconds"]
        return result


def _heavy(bench, seconds, callers, connections, rate=0):
    return Load(bench, HEAVY, people.BEROENDE, "--seconds", seconds, "--callers", callers,
                "--connections", connections, "--rate", int(rate))


def _other(bench, seconds):
    return Load(bench, OTHER, people.LUND, "--seconds", seconds, "--callers", 16,
                "--connections", 4, "--rate", RATE).result()


def _beside(bench, seconds, rate):
    """The other organisation as usual, beside the heavy one at |rate|."""
    heavy = _heavy(bench, seconds, min(MANY_CALLERS, 16 * int(rate)), min(MANY_CONNECTIONS, 8), rate)
    other = _other(bench, seconds)
    return other, heavy.result()


def run(chosen, new_servers):
    bench, seconds = new_servers("overload"), chosen.seconds
    _heavy(bench, 1, CALLERS, servers.CONNECTIONS).result()   # warm caches, connections and plans
    most, ten, usual, hundred = [], [], [], []
    for _ in range(chosen.rounds):
        most.append(_heavy(bench, seconds, CALLERS, servers.CONNECTIONS).result())
        ten.append(_heavy(bench, seconds, MANY_CALLERS, MANY_CONNECTIONS,
                          TIMES * most[-1]["rate"]).result())
        usual.append(_beside(bench, seconds, RATE)[0])
        hundred.append(_beside(bench, seconds, RATE * HEAVY_TIMES))

    def median(of):
        return statistics.median(of)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, "
          f"{chosen.rounds} rounds of {seconds} s\n")
    best, done = median(r["rate"] for r in most), median(r["rate"] for r in ten)
    print(f"as much as it can      {best:>7.0f} sends/s")
    print(f"{TIMES} times as much       {done:>7.0f} sends/s done ({done / best:.0%}) of "
          f"{median(r['offered'] for r in ten):.0f}/s offered, the others refused")
    alone, beside = median(r["p99_us"] for r in usual), median(o["p99_us"] for o, _ in hundred)
    print(f"another organisation   {alone / 1000:>7.1f} ms p99 beside one as usual, "
          f"{beside / 1000:.1f} ms beside one at {HEAVY_TIMES} times its rate ({beside / alone:.2f}x)")
    print(f"                       {median(r['p50_us'] for r in usual) / 1000:>7.1f} ms p50, "
          f"{median(o['p50_us'] for o, _ in hundred) / 1000:.1f} ms; the heavy one had "
          f"{median(h['rate'] for _, h in hundred):.0f} sends/s done")
