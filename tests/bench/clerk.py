# SPDX-License-Identifier: Apache-2.0
"""The clerk with a million open deadlines: what does an alarm cost, and a look in vain?

An alarm is an event, the deliveries to both sides, an audit record, and the referral
that stands as it did. Its cost is the processor time of all of the daemon and of all of
PostgreSQL, of medians over the rounds; a daemon with few deadlines takes turns with the
one that has many, so that what else the machine does hits both alike.
"""

import statistics
import time

import metrics
import store
from figures import median, row, say_what_else_runs

SMALL, LARGE = 5_000, 1_000_000
ALARMS, PATIENCE_S = 500, 300
# What the clerk asks in each round, as in the schema (duty.due, duty.next_due).
LOOK = ("SELECT x.id FROM stafett.referral x"
        " WHERE stafett.look_time(x.step_time, x.alarm_time, x.missed) IS NOT NULL{}"
        " ORDER BY stafett.look_time(x.step_time, x.alarm_time, x.missed), x.id LIMIT {}")
ASKED = {
    "what is due": LOOK.format(
        " AND stafett.look_time(x.step_time, x.alarm_time, x.missed) <= stafett.now()", 50),
    "when the next is": LOOK.format("", 1),
}


def add_arguments(arguments):
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--open", type=int, default=LARGE, help="open deadlines")


def _open(servers, count):
    """So many referrals, of each of which somebody will have to be told some day. The few
    that will be told of have all their rows; of the rest the clerk reads the index alone."""
    store.fill(servers, SMALL)
    cursor = servers.stack.tables().connection.cursor()
    cursor.execute("UPDATE stafett.referral SET step_time = stafett.now() + (30 + random() * 300) * interval '1 day'")
    cursor.execute(
        "INSERT INTO stafett.referral SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),"
        " 'step', 1, 'step_time', stafett.now() + (30 + random() * 300) * interval '1 day'))).*"
        " FROM (SELECT x.id FROM stafett.referral x LIMIT 1) one JOIN stafett.referral r ON r.id = one.id,"
        " generate_series(1, %s)", (count - SMALL,))
    for command in ("VACUUM ANALYZE stafett.referral", "CHECKPOINT"):
        cursor.execute(command)


def _plans(servers):
    cursor = servers.stack.tables().connection.cursor()
    cursor.execute("SET enable_seqscan = off")
    for what, sql in ASKED.items():
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) " + sql)
        plan = "\n".join(line for line, in cursor.fetchall())
        if "referral_look" not in plan or "Seq Scan" in plan or "Sort" in plan:
            raise SystemExit(f"{what} is not read by its index:\n{plan}")
        print(f"{what}: " + " ".join(plan.split("\n")[1].split()))


def _raised(servers):
    return metrics.read(servers.stack)["stafett_alarms_total"]


def _round(servers):
    """{who: microseconds of CPU an alarm}"""
    cursor = servers.stack.tables().connection.cursor()
    cursor.execute("UPDATE stafett.referral SET step_time = stafett.now(), step = 0 WHERE id IN"
                   f" (SELECT id FROM stafett.referral WHERE step = 0 LIMIT {ALARMS})")
    servers.wait_idle()
    wanted, begun, before = _raised(servers) + ALARMS, time.monotonic(), servers.cpu_us()
    cursor.execute("NOTIFY stafett_clock, 'look'")
    while _raised(servers) < wanted:
        if time.monotonic() - begun > PATIENCE_S:
            raise SystemExit("the alarms are not raised")
    seconds, after = time.monotonic() - begun, servers.cpu_us()
    return {"daemon_us": (after[0] - before[0]) / ALARMS, "database_us": (after[1] - before[1]) / ALARMS,
            "total_us": (sum(after) - sum(before)) / ALARMS, "rate": ALARMS / seconds}


def run(chosen, new_servers):
    say_what_else_runs()
    daemons = {count: new_servers(f"c{count}", workers=1) for count in (SMALL, chosen.open)}
    for count, servers in daemons.items():
        begun = time.monotonic()
        _open(servers, count)
        print(f"{count:,} open deadlines in {time.monotonic() - begun:.0f} s", flush=True)
    _plans(daemons[chosen.open])
    results = {count: [] for count in daemons}
    for number in range(chosen.rounds + 1):   # the first warms caches and plans
        for count, servers in daemons.items():
            result = _round(servers)
            if number:
                results[count].append(result)
    print(f"\n{chosen.rounds} rounds of {ALARMS} alarms each; medians\n"
          f"{'open deadlines':>16}   CPU us an alarm: daemon  PostgreSQL  both   alarms/s")
    for count, result in results.items():
        print(f"{count:>16,}{median(result, 'daemon_us'):>26.0f}{median(result, 'database_us'):>12.0f}"
              f"{median(result, 'total_us'):>6.0f}{median(result, 'rate'):>11.0f}")
    print(f"\n{'':54}measured        floor  target")
    row("CPU of an alarm, many deadlines against few", statistics.median(
        many["total_us"] / few["total_us"] for many, few in zip(results[chosen.open], results[SMALL])),
        "x", 1.5, 1.15)
