# SPDX-License-Identifier: Apache-2.0
"""The stage of the attacks: one daemon a session."""

import pytest
from siege import SAID, Siege


def pytest_terminal_summary(terminalreporter):
    """What came of each attack, one line each."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, line in report.user_properties:
            if name == SAID:
                terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def siege(build, work):
    siege = Siege(build, work / "h").start()
    yield siege
    siege.stop()
