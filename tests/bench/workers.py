# SPDX-License-Identifier: Apache-2.0
"""Two workers beside one: what a call costs the daemon, and what that allows.

The calls need no database. One worker has the servers' core; of two, the second has the
other core, which it shares with the load: so the rate that is seen says little where
there are two cores. What two workers at work at the same time could do, if nobody else
were, is what a call costs them beside what it costs one: the caches, the memory and the
kernel that they share are in it, and what the load takes from the second's caches too.
"""

import os

import figures
from figures import median

CALLERS, CONNECTIONS = 64, 16
US = 1_000_000


def add_arguments(arguments):
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=2)


def spread(servers, workers):
    """Gives each worker a core of its own: those that have worked most are the workers."""
    ticks = servers.daemon_ticks()
    busiest = sorted(ticks, key=ticks.get)[-workers:]
    for pid, core in zip(busiest, sorted(os.sched_getaffinity(0))):
        os.sched_setaffinity(pid, {core})


def run(chosen, new_servers):
    figures.say_what_else_runs()
    daemons = {n: new_servers(f"w{n}", workers=n) for n in (1, 2)}
    results = {n: [] for n in daemons}
    for n, servers in daemons.items():
        servers.load(CALLERS, 1, call="health", connections=CONNECTIONS)
        spread(servers, n)
    for _ in range(chosen.rounds):
        for n, servers in daemons.items():
            servers.wait_idle()
            results[n].append(servers.load(CALLERS, chosen.seconds, call="health", connections=CONNECTIONS))
    print(f"{chosen.rounds} rounds of {chosen.seconds} s; medians; each worker on a core of its own\n")
    for n in daemons:
        cpu = median(results[n], "daemon_us")
        print(f"{n} worker{'s' * (n > 1):1}   {cpu:>7.1f} us CPU a call   {US / cpu:>8.0f} calls a second of CPU"
              f"   {median(results[n], 'rate'):>8.0f} calls/s seen")
    # Of each round by itself: what else runs changes from one to the next.
    gains = sorted(2 * one["daemon_us"] / two["daemon_us"] for one, two in zip(results[1], results[2]))
    print(f"\n{'':56}measured        floor  target")
    figures.row("two workers on two processors against one", gains[len(gains) // 2], "x", 1.6, 1.8, False)
