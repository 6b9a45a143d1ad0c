# SPDX-License-Identifier: Apache-2.0
"""The calendar against a model of its own (tests/tools/calendar_model.py): 20,000
random questions of each kind."""

import datetime as dt
import random
import subprocess

import pytest
from calendar_model import (DAY, SUNDAY, add_months, add_working_days, at, days_after, easter, is_working,
                            wall, weekday_from, working_days_after, working_minutes_after)

QUESTIONS = 20_000


@pytest.fixture(scope="module")
def ask(build):
    """Asks the C code: a list of lines, a list of answers."""
    def ask_all(lines):
        done = subprocess.run([build / "tests" / "tools" / "calendar_tool"], text=True, timeout=60,
                              input="".join(f"{line}\n" for line in lines), capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()
    return ask_all


@pytest.fixture
def chance(request):
    """A generator that repeats itself; every test has its own."""
    return random.Random(request.node.name)


def check(ask, questions):
    """|questions| are pairs of a line and the model's answer."""
    lines, wanted = zip(*questions)
    wrong = [(line, got, want) for line, got, want in zip(lines, ask(lines), map(str, wanted), strict=True)
             if got != want]
    assert wrong[:5] == []


def some_date(chance, first=1900, last=2199):
    begin, end = dt.date(first, 1, 1).toordinal(), dt.date(last, 12, 31).toordinal()
    return dt.date.fromordinal(chance.randint(begin, end))


def some_us(chance):
    """A microsecond from 1970 to 2100; every fourth within a day of a change of the clocks."""
    if chance.random() < 0.25:
        year, month = chance.randint(1980, 2099), chance.choice((3, 10))
        change = weekday_from(SUNDAY, year, month, 25)
        return at(change, 1) + chance.randint(-86_400_000_000, 86_400_000_000)
    return chance.randint(0, at(dt.date(2100, 1, 1), 0))


def some_wall(chance):
    """A date and a time; every third in the early hours of a change of the clocks."""
    if chance.random() < 0.33:
        day = weekday_from(SUNDAY, chance.randint(1996, 2099), chance.choice((3, 10)), 25)
        return day, (chance.randint(0, 4), chance.randint(0, 59), chance.randint(0, 59))
    time = (chance.randint(0, 23), chance.randint(0, 59), chance.randint(0, 59))
    return some_date(chance, 1970, 2099), time


def test_the_model_knows_the_vectors():
    day = dt.date.fromisoformat
    assert add_working_days(day("2026-12-23"), 1) == day("2026-12-28")
    assert add_working_days(day("2027-03-25"), 1) == day("2027-03-30")
    assert add_working_days(day("2026-06-18"), 1) == day("2026-06-22")
    assert add_working_days(day("2027-05-05"), 1) == day("2027-05-07")
    assert add_working_days(day("2026-12-30"), 2) == day("2027-01-05")


def test_easter_of_every_gregorian_year(ask):
    check(ask, [(f"easter {year}", easter(year)) for year in range(1583, 5000)])


def test_every_day_of_a_century_is_a_working_day_or_not(ask):
    days = [dt.date(2000, 1, 1) + DAY * n for n in range(36525)]
    check(ask, [(f"working {day}", int(is_working(day))) for day in days])


def test_weekdays(ask, chance):
    days = [some_date(chance, 1, 9999) for _ in range(QUESTIONS)]
    check(ask, [(f"weekday {day}", day.isoweekday()) for day in days])


def test_days_are_added(ask, chance):
    pairs = [(some_date(chance), chance.randint(-50_000, 50_000)) for _ in range(QUESTIONS)]
    check(ask, [(f"add-days {day} {n}", day + DAY * n) for day, n in pairs])


def test_months_are_added(ask, chance):
    pairs = [(some_date(chance), chance.randint(-600, 600)) for _ in range(QUESTIONS)]
    check(ask, [(f"add-months {day} {n}", add_months(day, n)) for day, n in pairs])


def test_working_days_are_added(ask, chance):
    pairs = [(some_date(chance), chance.randint(1, 40)) for _ in range(QUESTIONS)]
    check(ask, [(f"add-working-days {day} {n}", add_working_days(day, n)) for day, n in pairs])


def test_instants_have_their_wall_clock(ask, chance):
    instants = [some_us(chance) for _ in range(QUESTIONS)]
    check(ask, [(f"wall {us}", wall(us).strftime("%Y-%m-%d %H:%M:%S")) for us in instants])


def test_wall_clocks_have_their_instant(ask, chance):
    walls = [some_wall(chance) for _ in range(QUESTIONS)]
    check(ask, [("at {} {} {} {}".format(day, *time), at(day, *time)) for day, time in walls])


def test_working_days_after_an_instant(ask, chance):
    pairs = [(some_us(chance), chance.randint(1, 20)) for _ in range(QUESTIONS)]
    check(ask, [(f"working-days {us} {n}", working_days_after(us, n)) for us, n in pairs])


def test_working_minutes_after_an_instant(ask, chance):
    pairs = [(some_us(chance), chance.randint(0, 3000)) for _ in range(QUESTIONS)]
    check(ask, [(f"working-minutes {us} {n}", working_minutes_after(us, n)) for us, n in pairs])


def test_days_after_an_instant_with_a_cut_off(ask, chance):
    cases = [(some_us(chance), chance.randint(0, 30), chance.randint(0, 23)) for _ in range(QUESTIONS)]
    check(ask, [(f"days-after {us} {n} {hour} 0 0", days_after(us, n, hour)) for us, n, hour in cases])
