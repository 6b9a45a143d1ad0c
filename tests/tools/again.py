# SPDX-License-Identifier: Apache-2.0
"""Prints the pytest ids of what failed in a JUnit file only because a wait ran out.

usage: again.py FILE

Two tests at a time share a machine, and it may stand still for longer than any wait.
Such a test is tried once more alone, and the report says so. A wrong answer is never
asked for again; nor is anything when more than a few waits ran out, for then
something is slow that must not be.
"""

import sys

from report import cases_of

RAN_OUT = ("TimeoutError", "subprocess.TimeoutExpired", "failed on setup with \"TimeoutError")
FEW = 3


def ran_out(case):
    return case.outcome == "failed" and case.reason.startswith(RAN_OUT)


def main(path):
    cases = [case for case in cases_of("pytest", path) if ran_out(case)]
    for case in cases if len(cases) <= FEW else []:
        print(f"tests/{case.place}.py::{case.name}")


if __name__ == "__main__":
    main(sys.argv[1])
