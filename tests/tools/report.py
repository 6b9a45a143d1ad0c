# SPDX-License-Identifier: Apache-2.0
"""Reads JUnit files and prints what ran: a line per suite, every failure and
every skip with its reason, and last "N passed, N failed".

usage: report.py NAME:EXIT:FILE...

EXIT is the status of the program that wrote FILE. A program that failed without
a failed test (a crash, nothing collected) counts as one failure of its own, so
that silence is never success. A FILE named again.xml holds second tries (see
again.py): each stands for the first try of the same test, and is listed.
"""

import sys
import xml.etree.ElementTree as xml
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Suite:
    outcomes: Counter = field(default_factory=Counter)
    seconds: float = 0.0


@dataclass
class Case:
    suite: str
    name: str
    outcome: str
    reason: str
    seconds: float
    place: str   # of a pytest case: "fault/test_line"


def suite_of(tool, group, case):
    """The folder below tests/: 'story' of a pytest case, 'unit' or 'fuzz' of a C one."""
    if tool == "meson":
        names = f"{group.get('name')} {case.get('name')}"
        return "fuzz" if ":fuzz /" in names else "unit"
    return (case.get("classname") or tool).split(".")[0]


def verdict(case):
    for mark in case:
        if mark.tag in ("failure", "error", "skipped"):
            outcome = "skipped" if mark.tag == "skipped" else "failed"
            return outcome, (mark.get("message") or mark.text or "").strip()
    return "passed", ""


def name_of_c_test(group, name):
    """"uuid: test_x" of a TAP test ("stafett:unit / uuid", "1 - test_x"); else the program's."""
    program = (group if " / " in group else name).split(" / ")[-1]
    return program if program == name.split(" / ")[-1] else f"{program}: {name.split(' - ')[-1]}"


def cases_of(tool, path):
    for group in xml.parse(path).getroot().iter("testsuite"):
        # meson times whole programs; their first case stands for all.
        rest_s = float(group.get("time") or 0) if tool == "meson" else 0.0
        for case in group.iter("testcase"):
            outcome, reason = verdict(case)
            name = case.get("name")
            if tool == "meson":
                name = name_of_c_test(group.get("name"), name)
            seconds, rest_s = float(case.get("time") or rest_s), 0.0
            yield Case(suite_of(tool, group, case), name, outcome, reason, seconds,
                       (case.get("classname") or "").replace(".", "/"))


def second_tries(cases, path):
    """|cases| with the second tries of again.xml beside |path| in the place of the first."""
    again = Path(path).with_name("again.xml")
    tries = {(case.place, case.name): case for case in cases_of("pytest", again)} \
        if again.exists() else {}
    for case in cases:
        second = tries.get((case.place, case.name))
        if second:
            print(f"again   {case.suite}: {case.name}: {first_line(case.reason)};"
                  f" alone it {second.outcome}")
        yield second or case


def read_all(arguments):
    for argument in arguments:
        tool, status, path = argument.split(":", 2)
        failed = 0
        try:
            cases = list(cases_of(tool, path))
        except (OSError, xml.ParseError):
            cases = []
        for case in cases:
            failed += case.outcome == "failed"
        yield from second_tries(cases, path) if tool == "pytest" else cases
        if int(status) != 0 and not failed:
            yield Case(tool, tool, "failed", f"ended with status {status} and no failed test", 0, "")


def first_line(text):
    return text.splitlines()[0][:160] if text else "no reason given"


def main(arguments):
    suites, cases = defaultdict(Suite), list(read_all(arguments))
    for case in cases:
        suites[case.suite].outcomes[case.outcome] += 1
        suites[case.suite].seconds += case.seconds
    print("\nsuite      passed  failed  skipped  seconds")
    for name, suite in sorted(suites.items()):
        print(f"{name:<10} {suite.outcomes['passed']:>6}  {suite.outcomes['failed']:>6}"
              f"  {suite.outcomes['skipped']:>7}  {suite.seconds:>7.1f}")
    for outcome in ("skipped", "failed"):
        for case in cases:
            if case.outcome == outcome:
                print(f"{outcome}  {case.suite}: {case.name}: {first_line(case.reason)}")
    total = Counter(case.outcome for case in cases)
    print(f"{total['passed']} passed, {total['failed']} failed")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
