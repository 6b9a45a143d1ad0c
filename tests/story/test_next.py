# SPDX-License-Identifier: Apache-2.0
"""Every success and every refusal prints a command to type next, and that command does
what it says: the first example of each command, and what each refuses."""

import re

import pytest
from client import Client
from examples import TABLE, first_of, prepared, reader_of

COMMANDS = {name: (called, arguments) for name, called, arguments in re.findall(
    r'^COMMAND\((\w+), "([^"]+)", "[^"]+", \w+, \w+, "([^"]*)"', TABLE, re.M)}
WITHOUT = {
    "triage": "its keys are the next step",
    "completion": "its output is a program for the shell",
    "help": "all of it is about what to type",
}
# What a command says that was rightly named, and waits for what only people know.
ASKS = {"OPTION_REQUIRED", "ARGUMENT_REQUIRED", "FIND_NOTHING"}
FILLED = {"ROLE": "nurse", "DATE": "+7d"}   # names in capitals, which people fill in
OVERDUE = 8
PRINTED = re.compile(r"\bstafett (?:--as \S+ )?[a-zåäö][^\n`']*")


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "next")


def commands_of(said):
    """What may be typed, as it is printed at the end of a line or on one of its own."""
    whole = re.sub(r" *\\\n *", " ", said)
    found = [match.strip() for match in PRINTED.findall(whole)]
    return [re.sub(r"\b[A-Z]+\b", lambda word: FILLED.get(word[0], word[0]), line) for line in found]


def run_all(client, who, said, folder):
    found = commands_of(said)
    assert found, f"nothing to type next:\n{said}"
    for line in found:
        done = client.shell(who, line, folder)
        reasons = set(re.findall(r"\((\w+)[;)]", done.stderr))
        assert done.returncode in (0, OVERDUE) or reasons & ASKS, f"{line}: {done.stderr}"


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in WITHOUT])
def test_a_success_prints_what_to_type_next(client, codes, tmp_path, command):
    line = prepared(client, codes, tmp_path, first_of(command))
    done = client.shell(reader_of(command), line, tmp_path)
    assert done.returncode in (0, OVERDUE), done.stderr
    run_all(client, reader_of(command), done.stdout, tmp_path)


@pytest.mark.parametrize("words", [["--nonsense"], ["a", "b", "c", "d"]], ids=" ".join)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_refusal_prints_what_to_type_next(client, tmp_path, command, words):
    who = reader_of(command)
    done = client.shell(who, " ".join(["stafett", COMMANDS[command][0], *words]), tmp_path)
    assert done.returncode == 2 or "..." in COMMANDS[command][1], done.stdout
    run_all(client, who, done.stderr, tmp_path)


@pytest.mark.parametrize("command", [name for name, (_, arguments) in COMMANDS.items()
                                     if arguments.startswith("REF")])
def test_what_does_not_exist_is_refused_with_what_to_type_next(client, tmp_path, command):
    who = reader_of(command)
    done = client.shell(who, f"stafett {COMMANDS[command][0]} ZZZZ-ZZZZ", tmp_path)
    assert done.returncode in (2, 4), done.stdout + done.stderr
    run_all(client, who, done.stderr, tmp_path)
