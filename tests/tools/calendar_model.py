# SPDX-License-Identifier: Apache-2.0
"""Swedish days and hours, told by a program that shares nothing with the C code:
Python's datetime and zoneinfo, Easter by the rule in Knuth's first volume, the
holidays written down by name."""

import calendar
import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

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
