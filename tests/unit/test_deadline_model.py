# SPDX-License-Identifier: Apache-2.0
"""Due times and ladders of rules against a model of their own: 100,000 random rules
and times, the vectors of the law among them."""

import datetime as dt
import random
import subprocess

from calendar_model import (DAY, SUNDAY, add_months, add_working_days, at, days_after, wall, weekday_from,
                            working_days_after, working_minutes_after)

CASES = 100_000
MINUTE_US = 60_000_000


def due(unit, amount, cut_off, us, promised):
    if unit == "working-days":
        return working_days_after(us, amount)
    if unit == "working-minutes":
        return working_minutes_after(us, amount)
    if unit == "minutes":
        return us + amount * MINUTE_US
    if unit == "days":
        return at(days_after(us, amount, *cut_off) if cut_off else wall(us).date() + DAY * amount, 17)
    if unit == "months":
        return at(add_months(wall(us).date(), amount), 17)
    if unit == "day-end":
        return at(wall(us).date() + DAY, 0)
    return at(promised, 17)


def step(when, us, due_us):
    if when == "due":
        return due_us
    day, n = (us, 1) if when == "morning" else (due_us, int(when.split("+")[1]))
    return at(add_working_days(wall(day).date(), n), 8)


def some_us(chance):
    """2000 to 2090; every third within a day of a change of the clocks, or on the second
    of a cut-off."""
    choice = chance.random()
    year = chance.randint(2000, 2090)
    if choice < 0.2:
        change = weekday_from(SUNDAY, year, chance.choice((3, 10)), 25)
        return at(change, 1) + chance.randint(-86_400_000_000, 86_400_000_000)
    day = dt.date(year, 1, 1) + DAY * chance.randint(0, 364)
    if choice < 0.4:
        return at(day, 12) + chance.choice((-1_000_000, -1, 0, 1, 1_000_000))
    return at(day, 0) + chance.randint(0, 86_399_999_999)


def some_case(chance):
    unit = chance.choice(("working-days", "working-minutes", "minutes", "days", "months", "day-end", "promised"))
    most = {"working-days": 20, "working-minutes": 2000, "minutes": 5000, "days": 30, "months": 24}
    us = some_us(chance)
    return (unit, chance.randint(unit == "working-days", most.get(unit, 0)), chance.choice(((), (12, 0, 0))), us,
            wall(us).date() + DAY * chance.randint(0, 60),
            [chance.choice(("morning", "due", "due+1", "due+3")) for _ in range(chance.randint(0, 4))])


def line(unit, amount, cut_off, us, promised, whens):
    return "{} {} {} {} {} {}".format(
        unit, amount, ":".join(f"{part:02}" for part in cut_off) or "-", us, promised, ",".join(whens) or "-")


def answer(unit, amount, cut_off, us, promised, whens):
    due_us = due(unit, amount, cut_off, us, promised)
    return " ".join(map(str, [due_us, *(step(when, us, due_us) for when in whens)]))


def ask(build, cases):
    done = subprocess.run([build / "tests" / "tools" / "deadline_tool"], text=True, timeout=60,
                          input="".join(line(*case) + "\n" for case in cases), capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_due_times_and_ladders_of_a_hundred_thousand_rules(build, request):
    chance = random.Random(request.node.name)
    cases = [some_case(chance) for _ in range(CASES)]
    wrong = [(case, got, answer(*case)) for case, got in zip(cases, ask(build, cases), strict=True)
             if got != answer(*case)]
    assert wrong[:5] == []


def test_payment_for_those_who_are_ready_to_leave(build):
    """Lag 2017:612: three days after the message, four where it came after 12:00:00."""
    vectors = [("2026-03-27", (11, 59, 59), "2026-03-30"), ("2026-03-27", (12, 0, 0), "2026-03-30"),
               ("2026-03-27", (12, 0, 1), "2026-03-31"), ("2026-12-23", (15, 30, 0), "2026-12-27"),
               ("2028-02-27", (9, 0, 0), "2028-03-01")]
    cases = [("days", 3, (12, 0, 0), at(dt.date.fromisoformat(day), *time), dt.date(2026, 1, 1), [])
             for day, time, _ in vectors]
    assert [str(wall(int(got)).date()) for got in ask(build, cases)] == [last for _, _, last in vectors]


def test_a_day_is_24_hours_however_the_clocks_are_changed(build):
    cases = [("minutes", 1440, (), at(day, 14), day, []) for day in (dt.date(2026, 3, 28), dt.date(2026, 10, 24))]
    assert [wall(int(got)).strftime("%F %T") for got in ask(build, cases)] == [
        "2026-03-29 15:00:00", "2026-10-25 13:00:00"]


def test_a_month_ends_with_the_month(build):
    days = {"2026-01-31": "2026-02-28", "2028-01-31": "2028-02-29", "2026-03-31": "2026-04-30",
            "2026-12-15": "2027-01-15"}
    cases = [("months", 1, (), at(dt.date.fromisoformat(day), 9), dt.date(2026, 1, 1), []) for day in days]
    assert [str(wall(int(got)).date()) for got in ask(build, cases)] == list(days.values())


def test_a_missed_visit_climbs_its_ladder(build):
    """Friday 20 November, 16:30: told on Monday at 08:00, managers at 17:00."""
    missed = at(dt.date(2026, 11, 20), 16, 30)
    monday = dt.date(2026, 11, 23)
    got, = ask(build, [("working-days", 1, (), missed, monday, ["morning", "due"])])
    assert list(map(int, got.split())) == [at(monday, 17), at(monday, 8), at(monday, 17)]
