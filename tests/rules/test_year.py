# SPDX-License-Identifier: Apache-2.0
"""A year goes by, and mostly nobody does anything: what the clock does by itself is to tell.
No state, no owner and no holder changes but by an act, everything that is late is in the
day of whoever must act, and every open chain is held by one unit and waits for somebody.

The year is simulated: the database's clock stands, and jumps. STAFETT_SEED replays a run,
STAFETT_JUMPS says in how many steps."""

import datetime
import os
import random
import select
import time
import zoneinfo

import caller
import processes
import pytest
import relay
from business_clock import stop_at
from caller import pb
from stack import Stack

LONG = os.environ.get("STAFETT_LONG") == "1"
JUMPS = int(os.environ.get("STAFETT_JUMPS") or (400 if LONG else 30))
MOST_ACTS = 12
UNREAD, QUIET_DAYS = 15, 9   # referrals, and for how long nobody does anything about them
SEED = os.environ.get("STAFETT_SEED") or str(random.SystemRandom().randrange(10**9))
STOCKHOLM = zoneinfo.ZoneInfo("Europe/Stockholm")

# What only an act may change: whole tables, and of the others all but these columns.
ACTS_ALONE = {
    "custody": "", "party": "", "request": "", "proposal": "", "planning_answer": "",
    "consent": "", "content": "", "detail": "",
    "planning_call": "step,step_time", "chain_duty": "step,step_time",
    "chain": "event_seq,breach_time,duty_time",
    "referral": "next_actor,next_act,due_time,step,step_time,alarm_time,missed,update_time",
}


class Year:
    """The clock, and what can be seen of the tables."""

    def __init__(self, stack):
        self.stack, self.tables = stack, stack.tables()
        self.now = None

    def day(self, days):
        """A date so many days from now."""
        return (self.now.date() + datetime.timedelta(days=days)).isoformat()

    def event(self, rng):
        """Something that is expected: in a moment, or some day."""
        expected = pb.ExpectedEvent(kind=rng.choice(["visit", "call", "dose", "meeting"]))
        when = self.now + datetime.timedelta(minutes=rng.choice([10, 24 * 60 * rng.randint(1, 20)]))
        expected.time.FromDatetime(when.astimezone(datetime.timezone.utc).replace(tzinfo=None))
        return expected

    def jump(self, now):
        """It is |now|, and the clerk has seen to all that is due."""
        self.now = now
        stop_at(self.tables, now.strftime("%Y-%m-%d %H:%M:%S"))
        for _ in range(2):   # the first round may have begun before
            self.tables.connection.cursor().execute(
                "DELETE FROM stafett.heartbeat; NOTIFY stafett_clock, 'look'")
            deadline = time.monotonic() + processes.DEADLINE_S
            while not self.tables.count("heartbeat"):
                assert time.monotonic() < deadline, self.stack.process.log()[-2000:]
                select.select([], [], [], 0.01)

    def acts_alone(self):
        """A digest of each table, as far as only an act may change it."""
        return {table: self.tables.value(
            f"SELECT md5(coalesce(string_agg(t.x, '' ORDER BY t.x), '')) FROM (SELECT"
            f" (to_jsonb(t) - string_to_array('{columns}', ','))::text AS x FROM stafett.{table} t) t")
            for table, columns in ACTS_ALONE.items()}

    def events(self):
        return self.tables.count("event")

    def late(self):
        """{unit: (what, act)} that it should have done: with referrals, with chains, and
        for calls to plan together."""
        found = {unit: set() for unit in relay.UNITS}
        for unit, what, act in self.tables.rows(
                "SELECT u.handle, x.id::text, x.act FROM stafett.unit u JOIN ("
                "SELECT r.next_actor AS unit, r.id, r.next_act AS act, r.due_time FROM stafett.referral r"
                " WHERE r.next_act IS NOT NULL"
                " UNION ALL SELECT d.unit, d.chain, 'send', d.due_time FROM stafett.chain_duty d"
                " UNION ALL SELECT w.unit, k.referral, 'reply', k.due_time FROM stafett.planning_call k"
                " CROSS JOIN stafett.call_waits_for(k.id) w) x ON x.unit = u.id"
                " WHERE x.due_time < stafett.now()"):
            found[unit].add((what, act))
        return found

    def asked_late(self, unit):
        """What its chains ask of a unit, and it should have answered: each is in its day."""
        return self.tables.value(
            "SELECT count(*) FROM stafett.chain_question d JOIN stafett.chain c ON c.id = d.chain"
            " JOIN stafett.unit u ON u.id = c.custodian WHERE u.handle = %s AND d.due_time < stafett.now()", unit)

    def waits_for_nobody(self):
        """Open chains in which nobody is to act."""
        return self.tables.rows(
            "SELECT c.id FROM stafett.chain c WHERE c.status = 'open' AND NOT c.asked"
            " AND NOT EXISTS (SELECT FROM stafett.referral r WHERE r.chain = c.id AND r.next_act IS NOT NULL)"
            " AND NOT EXISTS (SELECT FROM stafett.chain_question q WHERE q.chain = c.id AND q.what <> 'help')")


def what_of(row):
    """(what, act) of a row of a list."""
    return (row.referral.id, row.referral.next_act) if row.HasField("referral") else (
        row.chain.id, row.chain.next_act)


def all_pages(call, rows, **more):
    token = ""
    while True:
        page = call(page_size=100, page_token=token, **more)
        yield from getattr(page, rows)
        token = page.next_page_token
        if not token:
            return


@pytest.fixture(scope="module")
def stack(build, work):
    stack = Stack(build, work / "year")
    stack.start()
    stack.load(relay.directory())
    yield stack
    stack.stop()


@pytest.fixture
def year(stack, monkeypatch):
    year = Year(stack)
    # What the party says of days, it says of the simulated ones.
    for module, name in ((relay, "in_days"), (caller, "in_days")):
        monkeypatch.setattr(module, name, year.day)
    monkeypatch.setattr(relay, "event", year.event)
    return year


def begin(party, members, number):
    """Somebody sends a referral."""
    to = relay.UNITS[(number + 1) % len(relay.UNITS)]
    sent = members[relay.UNITS[number % len(relay.UNITS)]].send(to)
    party.referrals.append((sent.referral, sent.chain, [sent.header.from_unit, to]))
    party.chains.append(sent.chain)


def check_silence(year, before, events):
    """Since |before| nobody has acted, and the clock has only told."""
    assert year.acts_alone() == before, f"seed {SEED}, {year.now}"
    told = year.tables.rows(
        "SELECT kind, unit::text, member::text, from_status = to_status, custodian_changed FROM stafett.event"
        " ORDER BY create_time DESC, seq DESC LIMIT %s", year.events() - events)
    nobody = "00000000-0000-0000-0000-000000000000"
    assert {row[1:] for row in told} <= {(nobody, nobody, True, False)}, f"seed {SEED}, {year.now}"
    assert {row[0] for row in told} <= {"miss", "alarm", "breach", "unanswered"}, f"seed {SEED}, {year.now}"
    return len(told)


def check_day(year, members):
    """What is late is in the day of whoever must act; each open chain is held by one unit."""
    late, held = year.late(), 0
    for unit, member in members.items():
        listed = {what_of(row) for row in all_pages(member.list, "referrals", open_only=True, overdue_only=True)}
        assert late[unit] <= listed, f"seed {SEED}, {year.now}"
        today = member.today(page_size=50)
        assert today.late_duty_count == min(100, len(late[unit]) + year.asked_late(unit)), f"seed {SEED}, {year.now}"
        first = {what_of(row) for row in today.duties[:len(late[unit])]}
        assert first <= late[unit] and len(first) == min(len(today.duties), len(late[unit])), f"seed {SEED}"
        held += len(list(all_pages(member.held_chains, "chains")))
    assert held == year.tables.count("chain", "status = 'open'"), f"seed {SEED}, {year.now}"
    assert year.waits_for_nobody() == [], f"seed {SEED}, {year.now}"
    return sum(map(len, late.values())), held


def test_nothing_ends_because_of_time(year, stack, record_property):
    print(f"seed {SEED}: STAFETT_SEED={SEED} tests/run year replays it")
    rng = random.Random(SEED)
    start = datetime.datetime(2037, 1, 5, 9, tzinfo=STOCKHOLM)
    year.jump(start)
    party = relay.Party([stack])
    members = {unit: party.callers[unit, "anna", 0] for unit in relay.UNITS}
    for number in range(UNREAD):   # what nobody reads, before the first stretch of silence
        begin(party, members, number)
    told = turns = most_late = 0
    for number in range(1, JUMPS + 1):
        passed = 365 * (number - 1) / JUMPS
        # Now and then a whole stretch of silence.
        acts = rng.choice([0, 0, rng.randint(1, MOST_ACTS), MOST_ACTS]) if passed > QUIET_DAYS else 0
        for _ in range(acts):
            turns += 1
            party.turn(f"{SEED}/{turns}")
        before, events, held = year.acts_alone(), year.events(), year.tables.count("chain", "status = 'open'")
        year.jump(start + datetime.timedelta(days=365 * number / JUMPS, hours=rng.uniform(-6, 10)))
        told += check_silence(year, before, events)
        late, now_held = check_day(year, members)
        assert now_held == held, f"seed {SEED}, {year.now}"
        most_late = max(most_late, late)
    party.close()
    # Of each of the first, both sides were told at once, if nothing else was ever late.
    assert told >= UNREAD and most_late >= UNREAD, f"seed {SEED}"
    said = (f"a year in {JUMPS} jumps: {len(party.done)} acts, {told} alarms and misses, "
            f"{most_late} late at once; no state changed but by an act")
    print(said)
    record_property("said", said)
