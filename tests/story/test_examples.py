# SPDX-License-Identifier: Apache-2.0
"""The examples of help, run as they stand against a server."""

import pytest
from client import Client
from examples import EXAMPLES, prepared, reader_of

TERMINAL = {"triage"}   # somebody must be at it
OVERDUE = 8   # what --check may end with


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "examples")


@pytest.mark.parametrize("command, example", EXAMPLES, ids=lambda text: text[:60])
def test_the_example_runs(client, codes, tmp_path, command, example):
    line = prepared(client, codes, tmp_path, example)
    who = reader_of(command)
    if "--watch" in line:
        client.shell_until_a_line(who, line, tmp_path)
        return
    if command in TERMINAL:
        terminal = client.at_terminal(who, *line.split()[1:])
        terminal.expect("[q]uit").type("q")
        assert terminal.wait() == 0
        terminal.close()
        return
    done = client.shell(who, line, tmp_path)
    assert done.returncode == 0 or ("--check" in line and done.returncode == OVERDUE), done.stderr
