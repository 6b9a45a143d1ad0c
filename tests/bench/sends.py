# SPDX-License-Identifier: Apache-2.0
"""Durable sends: N callers in a closed loop, each sending new referrals of 1 KB.

Rounds are interleaved, so that what else the machine does hits all alike; the
table shows medians, and the range of sends/s.
"""

import os
import statistics


def add_arguments(arguments):
    arguments.add_argument("--callers", default="1,8,64")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=5)


def _report(callers, results):
    def median(name):
        return statistics.median(result[name] for result in results)
    rates = [result["rate"] for result in results]
    print(f"{callers:>7}  {median('rate'):>8.0f}  {min(rates):>7.0f}-{max(rates):<7.0f}"
          f"  {median('p50_us') / 1000:>7.2f}  {median('p99_us') / 1000:>7.2f}"
          f"  {median('daemon_us'):>7.1f}  {median('database_us'):>10.1f}")


def run(chosen, new_servers):
    callers = [int(word) for word in chosen.callers.split(",")]
    results = {number: [] for number in callers}
    servers = new_servers("sends")
    servers.load(max(callers), 1)   # warm caches, connections and plans
    for _ in range(chosen.rounds):
        for number in callers:
            results[number].append(servers.load(number, chosen.seconds))
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, "
          f"{chosen.rounds} rounds of {chosen.seconds} s\n")
    print("                             range        latency, ms       CPU us a send")
    print("callers   sends/s  of sends/s           p50      p99   daemon  PostgreSQL")
    for number in callers:
        _report(number, results[number])
