# SPDX-License-Identifier: Apache-2.0
"""The store against PostgreSQL itself: what does a send cost beyond its rows?

The reference R is the daemon's own statement with the same rows, 128 a batch, on
one connection, straight from libpq. Every round measures everything once, so that
what else the machine does hits all alike; all figures are medians of the rounds.
Rates are only good for ratios within one run. CPU microseconds are steadier, but they
are of this machine: beside each stands what it would be on the one where the floors were
set, by a fixed piece of work that was measured on both.
"""

import statistics
import time

import servers as machine
from figures import median, row, say_what_else_runs

CALLERS = [64, 256]
TABLES = ["chain", "custody", "referral", "request", "event", "content", "party", "delivery",
          "idempotency", "audit_queue"]
SMALL, LARGE, LARGE_LONG = 1_000, 1_000_000, 10_000_000
BATCH = 128
# What R cost PostgreSQL a send, and an ECDSA P-256 verification cost, where the floors in
# microseconds were set.
REFERENCE_US, VERIFY_US = 51, 66
FILL_AT_ONCE, FILL_CONNECTIONS = 250_000, 2   # so that no single run takes minutes

WAYS = {  # name: how it is measured
    "R": lambda servers, s: servers.reference("--batch", BATCH, "--seconds", s),
    **{f"stafett {n}": lambda servers, s, n=n: servers.load(n, s) for n in CALLERS},
    "single": lambda servers, s: servers.load(1, s),
    "rows 1": lambda servers, s: servers.reference("--rows", "--seconds", s),
    "rows 16": lambda servers, s: servers.reference("--rows", "--connections", 16, "--seconds", s),
}
TITLES = {
    "R": "reference R (libpq, same rows)", "stafett 64": "stafett, 64 callers",
    "stafett 256": "stafett, 256 callers", "single": "stafett, 1 caller",
    "rows 1": "a transaction a send, 1 connection", "rows 16": "a transaction a send, 16 connections",
}


def add_arguments(arguments):
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=3)
    arguments.add_argument("--stored", type=int, help="referrals stored for the growth; 0: leave it out")
    arguments.add_argument("--long", action="store_true", help="growth to 10 million")
    arguments.add_argument("--only", choices=("rounds", "growth"), help="leave out the rest")


# -- the same rows -----------------------------------------------------------------------

def _rows_a_send(servers, way):
    """{table: rows that one send of |way| writes}"""
    tables = servers.stack.tables()
    before = {name: tables.count(name) for name in TABLES}
    sends = WAYS[way](servers, 1)["sends"]
    return {name: (tables.count(name) - before[name]) / sends for name in TABLES}


def _check_rows(servers):
    """Warms caches and plans, and makes sure that like is compared with like."""
    rows = {way: _rows_a_send(servers, way) for way in WAYS}
    for way in WAYS:
        if rows[way] != rows["R"]:
            raise SystemExit(f"{way} writes other rows than R:\n{rows[way]}\n{rows['R']}")
    return int(sum(rows["R"].values()))


# -- growth --------------------------------------------------------------------------------

def fill(servers, referrals):
    left = referrals
    while left > 0:
        with servers.unpinned():
            servers.reference("--batch", min(left, BATCH), "--fill", min(left, FILL_AT_ONCE),
                              "--connections", FILL_CONNECTIONS if left > BATCH else 1)
        left -= FILL_AT_ONCE
    for command in ("VACUUM ANALYZE", "CHECKPOINT"):
        servers.stack.tables().connection.cursor().execute(command)


def _empty(servers):
    servers.stack.tables().connection.cursor().execute(
        "TRUNCATE " + ", ".join(f"stafett.{name}" for name in TABLES) + " CASCADE")


def _growth(chosen, new_servers, stored):
    """CPU of a send with |stored| referrals as a multiple of that with a thousand."""
    small, large = new_servers("small"), new_servers("large")
    begun = time.monotonic()
    fill(large, stored)
    print(f"{stored:,} referrals stored in {time.monotonic() - begun:.0f} s", flush=True)
    for servers in (small, large):
        servers.load(CALLERS[0], 1)   # warm caches, connections and plans
    ratios = []
    for _ in range(chosen.rounds):
        _empty(small)
        fill(small, SMALL)
        cost = []
        for servers in (small, large):
            servers.wait_idle()
            cost.append(servers.load(CALLERS[0], chosen.seconds)["server_us"])
        ratios.append(cost[1] / cost[0])
    return statistics.median(ratios)


# -- the run ---------------------------------------------------------------------------------

def _rounds(chosen, servers):
    results = {way: [] for way in ("verify", *WAYS)}
    for _ in range(chosen.rounds):
        results["verify"].append({"us": machine.calibrate()})
        for way, measure in WAYS.items():
            servers.wait_idle()
            results[way].append(measure(servers, chosen.seconds))
    return results


def _half_load(chosen, servers, rate):
    """stafett, and beside it the control: the same sends due at the same times, written by
    R in transactions of all that are due. What both suffer is the machine's."""
    results = {"stafett": [], "R": []}
    for _ in range(chosen.rounds):
        servers.wait_idle()
        results["stafett"].append(servers.load(max(CALLERS), chosen.seconds, rate))
        servers.wait_idle()
        results["R"].append(servers.reference("--batch", BATCH, "--seconds", chosen.seconds,
                                              "--rate", int(rate)))
    return results


def _say_half_load(half_load, rate):
    print(f"half load, {rate:.0f} sends/s due evenly:")
    for way, results in half_load.items():
        print(f"  {way:8} p50 {median(results, 'p50_us') / 1000:6.2f} ms, p99 "
              f"{median(results, 'p99_us') / 1000:6.2f} ms, of single rounds "
              + ", ".join(f"{result['p99_us'] / 1000:.1f}" for result in results))
    print(f"  stafett's p99 is {_ratios(half_load, 'stafett', 'R', 'p99_us'):.1f} times R's")


def _of_reference(results, way):
    """Median over the rounds of |way|'s CPU per send divided by what R costs PostgreSQL."""
    return statistics.median(mine["server_us"] / r["database_us"]
                             for mine, r in zip(results[way], results["R"]))


def _table(results):
    print(f"{'':38}{'sends/s':>8}{'share of R':>12}   CPU us/send: daemon  PostgreSQL  of R's CPU"
          f"{'p50 ms':>9}{'p99 ms':>8}")
    for way, title in TITLES.items():
        share = statistics.median(mine["rate"] / r["rate"] for mine, r in zip(results[way], results["R"]))
        daemon = median(results[way], "daemon_us")
        print(f"{title:38}{median(results[way], 'rate'):>8.0f}{share:>12.2f}"
              f"{'-' if daemon < 1 else format(daemon, '.1f'):>22}"
              f"{median(results[way], 'database_us'):>12.1f}{_of_reference(results, way):>12.2f}"
              f"{median(results[way], 'p50_us') / 1000:>9.2f}{median(results[way], 'p99_us') / 1000:>8.2f}")


def _ratios(results, one, other, name):
    """Median over the rounds of |one|'s |name| divided by |other|'s."""
    return statistics.median(a[name] / b[name] for a, b in zip(results[one], results[other]))


def _say_floors_of(callers):
    print(f"\n{f'{callers} callers, unless said otherwise':54}{'measured':>9}{'floor':>12}{'target':>8}")


def _cpu_floor(what, us, slower, floor, target):
    """A row in microseconds, here and where the floor was set."""
    row(what, us, "us", floor, target)
    row(f"  where a verification costs {VERIFY_US} us", us / slower, "us", floor, target)


def _floors(results, half_load):
    best = f"stafett {CALLERS[0]}"
    rival = max(("rows 1", "rows 16"), key=lambda way: median(results[way], "rate"))
    slower = median(results["verify"], "us") / VERIFY_US
    _say_floors_of(CALLERS[0])
    row("durable sends/s as a share of R", _ratios(results, best, "R", "rate"), "", 0.40, 0.55, False)
    _cpu_floor("daemon's own CPU per send", median(results[best], "daemon_us"), slower, 18, 10)
    _cpu_floor("server CPU per send", median(results[best], "server_us"), slower, 110, 80)
    row("  as a multiple of R's own CPU", _of_reference(results, best), "x",
        *(round(us / REFERENCE_US, 2) for us in (110, 80)))
    row(f"against a transaction a send ({rival.split()[1]} connections)",
        _ratios(results, best, rival, "rate"), "x", 2.5, 4, False)
    row("1 caller's p50 against a bare commit of the same rows",
        _ratios(results, "single", "rows 1", "p50_us"), "x", 2, 1.5)
    row("p99 at half load", median(half_load["stafett"], "p99_us") / 1000, "ms", 10, 5)


def _measure_rounds(chosen, new_servers):
    servers = new_servers("store")
    rows = _check_rows(servers)
    results = _rounds(chosen, servers)
    rate = max(median(results[f"stafett {n}"], "rate") for n in CALLERS)
    half_load = _half_load(chosen, servers, rate / 2)
    servers.stop()
    verify_us, reference_us = median(results["verify"], "us"), median(results["R"], "database_us")
    print(f"{rows} rows a send, {BATCH} sends a batch of R; {chosen.rounds} rounds of {chosen.seconds} s\n"
          f"an ECDSA P-256 verification costs {verify_us:.0f} us here, {verify_us / VERIFY_US:.2f} times what "
          f"it did where the floors were set; R costs {reference_us:.0f} us, "
          f"{reference_us / REFERENCE_US:.2f} times\n")
    _table(results)
    _say_half_load(half_load, rate / 2)
    _floors(results, half_load)


def _measure_growth(chosen, new_servers, stored):
    growth = _growth(chosen, new_servers, stored)
    _say_floors_of(CALLERS[0])
    row(f"growth of a send's CPU, {SMALL:,} to {stored:,} stored", growth, "x", 1.40, 1.15)


def run(chosen, new_servers):
    stored = chosen.stored if chosen.stored is not None else LARGE_LONG if chosen.long else LARGE
    say_what_else_runs()
    if chosen.only != "growth":
        _measure_rounds(chosen, new_servers)
    if chosen.only != "rounds" and stored:
        _measure_growth(chosen, new_servers, stored)
