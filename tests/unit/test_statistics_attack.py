# SPDX-License-Identifier: Apache-2.0
"""Figures that are not told cannot be computed: random tables of seven quarters are
published with their four rolling years, with how long it took until help began, and then
attacked with everything that somebody may know who has all of them and knows how they
were made."""

import random
import subprocess
from collections import defaultdict

import pytest

ALL, MUNICIPALITY, NEED, PAIR, REASON = range(5)
QUARTERS, YEAR, FEW, MOST = 7, 4, 5, 10**6
FEW_OF_TEN, MONTH = 10, 30
SPREAD = 3      # so many numbers a hidden one may be, at least
PERSONS, LATE, BEGAN = range(3)
FIGURES = (PERSONS, LATE, BEGAN)
PRIME = 2**61 - 1
MUNICIPALITIES, NEEDS, PAIRS, REASONS = "ab", "cdef", "ghij", "kl"


def quarter(chance, scale):
    """The rows of one quarter: {(level, municipality, need, pair): the days after which help
    began for each of its persons, None where it has not}."""
    rows = defaultdict(list)
    for municipality in MUNICIPALITIES:
        for need in NEEDS:
            for pair in PAIRS:
                persons = int(chance.expovariate(1 / scale)) if chance.random() < 0.5 else 0
                days = [chance.choice((None, chance.randint(31, 90))) if chance.random() < 0.4
                        else chance.randint(0, MONTH) for _ in range(persons)]
                for key in ((ALL, "", "", ""), (MUNICIPALITY, municipality, "", ""),
                            (NEED, municipality, need, ""), (PAIR, municipality, "", pair)):
                    rows[key] += days
                for one in days:
                    if is_late(one):
                        rows[REASON, "", chance.choice(REASONS), ""].append(one)
    return {key: days for key, days in rows.items() if days}


def is_late(days):
    return days is None or days > MONTH


def figures(key, days):
    """[persons, late, how many it began for]; of a reason it is told how many alone."""
    if key[0] == REASON:
        return [len(days), 0, 0]
    return [len(days), sum(map(is_late, days)), sum(one is not None for one in days)]


def quantile(days, tenths):
    """As percentile_disc: the day after which it had begun for so many of ten."""
    began = sorted(one for one in days if one is not None)
    return began[-(-len(began) * tenths // 10) - 1]


def added(quarters):
    year = defaultdict(list)
    for rows in quarters:
        for key, days in rows.items():
            year[key] += days
    return year


def published(tool, tables):
    """What is told of each table: {(period, key): None (withheld) or marks}."""
    lines, keys = [], []
    for quarters in tables:
        year = added(quarters)
        table = sorted((level, period, municipality, need, pair) for period, rows in enumerate([*quarters, year])
                       for level, municipality, need, pair in rows)
        for level, period, municipality, need, pair in table:
            key = level, municipality, need, pair
            lines.append(f"{level} {period} {municipality or '-'} {need or '-'} {pair or '-'} - "
                         + " ".join(map(str, figures(key, [*quarters, year][period][key]))))
        lines.append("")
        keys.append([(row[1], (row[0], *row[2:])) for row in table])
    said = iter(subprocess.run([tool], input="\n".join(lines) + "\n", text=True, capture_output=True,
                               check=True, timeout=60).stdout.splitlines())
    return [{at: None if (line := next(said)) == "withheld" else tuple(line.split()) for at in table} for table in keys]


def family(key):
    """Which sum a row is a part of."""
    level, municipality, _, _ = key
    return (level, municipality) if level in (NEED, PAIR) else (level, "")


UNIVERSE = [(ALL, "", "", "")] + [(MUNICIPALITY, m, "", "") for m in MUNICIPALITIES] + [
    (NEED, m, n, "") for m in MUNICIPALITIES for n in NEEDS] + [
    (PAIR, m, "", p) for m in MUNICIPALITIES for p in PAIRS] + [(REASON, "", r, "") for r in REASONS]


class Attack:
    """What is known, as bounds of every figure and equations between them."""

    def __init__(self):
        self.bounds, self.equations, self.unequal, self.few = {}, [], [], set()

    def quarter(self, at, rows, told):
        """All that is told of a quarter, and that a row that would be there is not."""
        for key in UNIVERSE:
            for what in FIGURES[:1 if key[0] == REASON else None]:
                self.bounds[at, key, what] = self._bounds(at, key, what, rows, told)
            if key[0] != REASON:
                self._times(at, key, rows.get(key, []), told.get(key))
        whole = (ALL, "", "", "")
        self._sum(at, whole, (REASON, ""), 1, 0)
        for what in FIGURES:
            self._sum(at, whole, (MUNICIPALITY, ""), what, what)
            for m in MUNICIPALITIES:
                for level in (NEED, PAIR):
                    self._sum(at, (MUNICIPALITY, m, "", ""), (level, m), what, what)

    def _bounds(self, at, key, what, rows, told):
        mark = told.get(key)
        if mark and what == BEGAN:
            return self._began(mark)
        if mark:
            if mark[what] == "shown":
                return [figures(key, rows[key])[what]] * 2
            if mark[what] == "few":
                self.few.add((at, key, what))
                return [1, FEW - 1]
            return [0 if what else FEW, MOST]
        of = family(key)
        is_told = any(marks for other, marks in told.items() if family(other) == of)
        return [0, 0 if key not in told and is_told else MOST]

    @staticmethod
    def _began(mark):
        """For how many, by what is told of their times."""
        if mark[BEGAN] in ("none", "unknown"):
            return [0, FEW - 1 if mark == ("shown", "shown", "none") else MOST]
        return [FEW, FEW_OF_TEN - 1] if mark[BEGAN] == "median" else [FEW_OF_TEN, MOST]

    def _least(self, least, *terms):
        """That a sum is no less."""
        slack = "slack", len(self.unequal)
        self.bounds[slack] = [least, 10 * MOST]
        self.unequal.append([*terms, (-1, slack)])

    def _times(self, at, key, days, mark):
        """Whom it began for in time it began for; and half of those, or nine of ten, had it
        in time where that day is."""
        persons, late, began = ((at, key, what) for what in FIGURES)
        self._least(0, (1, persons), (-1, late))
        self._least(0, (1, persons), (-1, began))
        self._least(0, (1, began), (1, late), (-1, persons))
        for tenths in {"median": (5,), "p90": (5, 9)}.get(mark and mark[BEGAN], ()):
            if is_late(quantile(days, tenths)):
                self._least(1, (tenths, began), (-10, persons), (10, late))
            else:
                self._least(0, (10, persons), (-10, late), (-tenths, began))

    def _sum(self, at, whole, of, what, of_parts):
        parts = [(-1, (at, key, of_parts)) for key in UNIVERSE if family(key) == of]
        self.equations.append([(1, (at, whole, what)), *parts])

    def year(self, end, rows, told):
        for key, marks in told.items():
            for what in FIGURES[:1 if key[0] == REASON else None]:
                name = ("year", end), key, what
                self.bounds[name] = [0, MOST]
                if marks and what == BEGAN:
                    self.bounds[name] = self._began(marks)
                elif marks and marks[what] == "shown":
                    self.bounds[name] = [figures(key, rows[key])[what]] * 2
                elif marks and marks[what] == "few":
                    self.bounds[name] = [1, FEW - 1]
                self.equations.append([(1, name)] + [(-1, (at, key, what)) for at in range(end - 3, end + 1)])
            if key[0] != REASON:
                self._times(("year", end), key, rows[key], marks)

    def narrow(self):
        """Bounds from sums, until they say no more."""
        equations, of = self.equations + self.unequal, defaultdict(set)
        for number, equation in enumerate(equations):
            for _, name in equation:
                of[name].add(number)
        waiting = set(range(len(equations)))
        while waiting:
            equation = equations[waiting.pop()]
            for changed in self._narrow_by(equation):
                waiting |= of[changed]

    def _narrow_by(self, equation):
        """Which bounds one equation narrows."""
        low = sum(min(c * b for b in self.bounds[n]) for c, n in equation)
        high = sum(max(c * b for b in self.bounds[n]) for c, n in equation)
        changed = []
        for c, name in equation:
            mine = [c * b for b in self.bounds[name]]
            least, most = -(high - max(mine)), -(low - min(mine))
            ends = (-(-least // c), most // c) if c > 0 else (-(-most // c), least // c)
            new = [max(self.bounds[name][0], ends[0]), min(self.bounds[name][1], ends[1])]
            assert new[0] <= new[1]
            if new != self.bounds[name]:
                self.bounds[name] = new
                changed.append(name)
        return changed

    def solve(self):
        """The figures that follow from the equations alone."""
        names = sorted({n for e in self.equations for _, n in e if self.bounds[n][0] != self.bounds[n][1]}, key=str)
        place, rows = {name: i for i, name in enumerate(names)}, []
        for equation in self.equations:
            row = {place[n]: c % PRIME for c, n in equation if n in place}
            for pivot, other in rows:
                if pivot in row:
                    factor = row[pivot]
                    for i, c in other.items():
                        row[i] = (row.get(i, 0) - factor * c) % PRIME
                    row = {i: c for i, c in row.items() if c}
            if row:
                pivot = min(row)
                inverse = pow(row[pivot], PRIME - 2, PRIME)
                row = {i: c * inverse % PRIME for i, c in row.items()}
                for at, (p, other) in enumerate(rows):
                    if pivot in other:
                        factor = other[pivot]
                        for i, c in row.items():
                            other[i] = (other.get(i, 0) - factor * c) % PRIME
                        rows[at] = p, {i: c for i, c in other.items() if c}
                rows.append((pivot, row))
        return {names[pivot] for pivot, row in rows if len(row) == 1}


def attacked(quarters, told):
    attack = Attack()
    for end in range(YEAR - 1, QUARTERS):
        window, marks = quarters[end - 3:end + 1], told[end - 3]
        for at in range(end - 3, end + 1):
            attack.quarter(at, quarters[at], {k: m for (p, k), m in marks.items() if p == at - end + 3})
        attack.year(end, added(window), {k: m for (p, k), m in marks.items() if p == YEAR})
    found = attack.solve()
    attack.narrow()
    return attack, found


@pytest.fixture(scope="module")
def tool(build):
    return build / "tests" / "tools" / "statistics_tool"


def scene(chance, scale):
    quarters = [quarter(chance, scale) for _ in range(QUARTERS)]
    return quarters, [quarters[end - 3:end + 1] for end in range(YEAR - 1, QUARTERS)]


@pytest.mark.parametrize("scale", [0.5, 1, 2, 4, 9, 40])
def test_no_hidden_figure_follows_from_what_is_told(tool, scale):
    chance = random.Random(f"statistics {scale}")
    secrets = 0
    for _ in range(12):
        quarters, tables = scene(chance, scale)
        attack, found = attacked(quarters, published(tool, tables))
        secrets += len(attack.few)
        for name in attack.few:
            low, high = attack.bounds[name]
            assert name not in found and high - low + 1 >= SPREAD, (name, low, high)
    assert secrets


@pytest.mark.parametrize("careless", [
    lambda period, mark: "shown" if mark == "hidden" and period < YEAR else mark,
    lambda period, mark: "shown" if period == YEAR else mark,
], ids=["hidden-alone", "every-year"])
def test_the_attack_finds_what_was_hidden_carelessly(tool, careless):
    quarters, tables = scene(random.Random("careless"), 2)
    told = [{at: marks and (*(careless(at[0], mark) for mark in marks[:BEGAN]), "unknown")
             for at, marks in table.items()}
            for table in published(tool, tables)]
    attack, found = attacked(quarters, told)
    assert attack.few & found


def test_the_attack_finds_whom_times_tell_of(tool):
    """Where times are told beside a number that is not."""
    def careless(window, at, marks):
        period, key = at
        _, _, began = figures(key, (*window, added(window))[period][key])
        if not marks or marks[PERSONS] != "shown" or key[0] == REASON or began < FEW:
            return marks
        return *marks[:BEGAN], "median" if began < FEW_OF_TEN else "p90"
    chance, narrow = random.Random("times"), 0
    for _ in range(4):
        quarters, tables = scene(chance, 2)
        told = [{at: careless(window, at, marks) for at, marks in table.items()}
                for window, table in zip(tables, published(tool, tables))]
        attack, _ = attacked(quarters, told)
        narrow += sum(attack.bounds[name][1] - attack.bounds[name][0] + 1 < SPREAD for name in attack.few)
    assert narrow


def test_nine_of_ten_are_told_of_ten_and_times_only_beside_the_number_of_the_late(tool):
    _, tables = scene(random.Random("ten"), 6)
    seen = set()
    for window, table in zip(tables, published(tool, tables)):
        for (period, key), marks in table.items():
            if not marks or key[0] == REASON:
                continue
            _, _, began = figures(key, (*window, added(window))[period][key])
            is_told = marks[:BEGAN] == ("shown", "shown") and began >= FEW
            assert marks[BEGAN] == ("none" if not is_told else "median" if began < FEW_OF_TEN else "p90")
            seen.add(marks[BEGAN])
    assert seen == {"none", "median", "p90"}


def test_few_are_never_told_and_hiding_leaves_something(tool):
    quarters, tables = scene(random.Random("plain"), 4)
    shown = hidden = 0
    for window, table in zip(tables, published(tool, tables)):
        for (period, key), marks in table.items():
            if period == YEAR or not marks:
                continue
            persons, late, _ = figures(key, window[period][key])
            assert (marks[0] == "few") == (0 < persons < FEW)
            assert key[0] == REASON or marks[1] != "shown" or not 0 < late < FEW and not 0 < persons - late < FEW
            shown += marks[0] == "shown"
            hidden += marks[0] == "hidden"
    assert shown > 4 * hidden > 0


def test_the_same_quarter_is_told_the_same_in_every_year(tool):
    _, tables = scene(random.Random("again"), 3)
    told = published(tool, tables)
    for older, newer in zip(told, told[1:]):
        for period in range(1, YEAR):
            assert {k: m for (p, k), m in older.items() if p == period} == \
                {k: m for (p, k), m in newer.items() if p == period - 1}
