# SPDX-License-Identifier: Apache-2.0
"""The calendar against a model of its own: 20,000 random questions of each kind.

The model shares nothing with the C code: Python's datetime and zoneinfo, Easter
by the rule in Knuth's first volume, the holidays written down by name.
"""

import calendar
import datetime as dt
import random
import subprocess
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest

QUESTIONS = 20_000
STOCKHOLM = ZoneInfo("Europe/Stockholm")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
MICROSECOND, MINUTE, DAY = (dt.timedelta(microseconds=1), dt.timedelta(minutes=1), dt.timedelta(days=1))
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6


def easter(year):
    golden = year % 19 + 1
    century = year // 100 + 1
    skipped_leap_years = 3 * century // 4 - 12
    moon = (8 * century + 5) // 25 - 5
    sunday = 5 * year // 4 - skipped_leap_years - 10
    epact = (11 * golden + 20 + moon - skipped_leap_years) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    full = 44 - epact
    if full < 21:
        full += 30
    full += 7 - (sunday + full) % 7
    return dt.date(year, 3, full) if full <= 31 else dt.date(year, 4, full - 31)


def weekday_from(weekday, year, month, day):
    """The first |weekday| on or after a date."""
    first = dt.date(year, month, day)
    return first + DAY * ((weekday - first.weekday()) % 7)


@lru_cache(maxsize=None)
def days_off(year):
    """Lag 1989:253, and the three eves that agreements add."""
    paskdagen = easter(year)
    midsommardagen = weekday_from(SATURDAY, year, 6, 20)
    return {
        "nyårsdagen": dt.date(year, 1, 1),
        "trettondedag jul": dt.date(year, 1, 6),
        "långfredagen": paskdagen - 2 * DAY,
        "påskdagen": paskdagen,
        "annandag påsk": paskdagen + DAY,
        "första maj": dt.date(year, 5, 1),
        "Kristi himmelsfärdsdag": paskdagen + 39 * DAY,
        "pingstdagen": paskdagen + 49 * DAY,
        "nationaldagen": dt.date(year, 6, 6),
        "midsommarafton": midsommardagen - DAY,
        "midsommardagen": midsommardagen,
        "alla helgons dag": weekday_from(SATURDAY, year, 10, 31),
        "julafton": dt.date(year, 12, 24),
        "juldagen": dt.date(year, 12, 25),
        "annandag jul": dt.date(year, 12, 26),
        "nyårsafton": dt.date(year, 12, 31),
    }


def is_working(day):
    return day.weekday() not in (SATURDAY, SUNDAY) and day not in days_off(day.year).values()


def working_days_from(day):
    """Every working day from |day| on."""
    while True:
        if is_working(day):
            yield day
        day += DAY


def add_working_days(day, n):
    days = working_days_from(day + DAY)
    return [next(days) for _ in range(n)][-1]


def add_months(day, n):
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def us_of(moment):
    return (moment - EPOCH) // MICROSECOND


def wall(us):
    return (EPOCH + us * MICROSECOND).astimezone(STOCKHOLM)


def at(day, *time):
    # fold=0: before the gap's jump, and the first of the two hours.
    return us_of(dt.datetime.combine(day, dt.time(*time), tzinfo=STOCKHOLM))


def working_days_after(us, n):
    return at(add_working_days(wall(us).date(), n), 17)


def working_minutes_after(us, minutes):
    left = minutes * MINUTE // MICROSECOND
    for day in working_days_from(wall(us).date()):
        opens, closes = max(at(day, 8), us), at(day, 17)
        room = max(closes - opens, 0)
        if room and left <= room:
            return opens + left
        left -= room


def days_after(us, days, *cut_off):
    day = wall(us).date()
    return day + DAY * (days + (us > at(day, *cut_off)))


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
