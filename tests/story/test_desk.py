# SPDX-License-Identifier: Apache-2.0
"""The screens of a working day: today, inbox, list, show; for people and for programs."""

import csv
import io
import json
import re
import subprocess
import unicodedata

import people
import pytest
from client import Client, offers, printed_json
from google.protobuf import json_format
from stack import CLERK_WORKS
from stubs import contract

NAME = "Anna-Karin Wilhelmina"


def card(**more):
    return json.dumps({"familyName": "Holm", "givenName": "Anders", "identifier": "196408233234",
                       "reasonText": "Alkohol", **more}).encode()


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "desk-home")


@pytest.fixture(scope="module", autouse=True)
def codes(stack):
    """What lies on the desk: by what is to be done with it."""
    stack.process.wait_line(CLERK_WORKS)
    maria, petra = stack.caller("maria"), stack.caller("petra")
    new = maria.send(people.BEROENDE, card=card())
    long = maria.send(people.BEROENDE, card=card(givenName=NAME, familyName="Fågelsång-Österberg"),
                      act={"needs": ["alcohol", "housing", "mental-health"], "priority": "urgent"})
    accepted = maria.send(people.BEROENDE, card=card(familyName="Ek"))
    petra.accept(accepted, 1)
    return {name: sent.answer.code[:4] for name, sent in
            {"new": new, "long": long, "accepted": accepted}.items()}


@pytest.fixture
def late(stack):
    """Nobody has done anything in time. (The client looks at its own clock, so what was
    due has moved, and not the clock.)"""
    move = "UPDATE stafett.referral SET due_time = due_time {} interval '20 days'"
    with stack.tables().connection.cursor() as cursor:
        cursor.execute(move.format("-"))
        yield
        cursor.execute(move.format("+"))


def columns_of(line):
    return sum(1 for letter in line if not unicodedata.combining(letter))


SCREENS = [[], ["inbox"], ["inbox", "--all"], ["list"], ["list", "--open"], ["show", "{long}"],
           ["show", "{accepted}"], ["units"], ["codes", "need"], ["profile"], ["help"],
           ["help", "list"], ["help", "--all"]]


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_no_line_is_longer_than_the_page(client, codes, late, columns, language):
    for who in ("maria", "petra"):
        for words in SCREENS:
            said = client.run(who, *[word.format(**codes) for word in words],
                              COLUMNS=str(columns), LANGUAGE=language)
            # Help is written for 80 columns, examples and all.
            most = max(columns, 80) if "help" in words else columns
            long = [line for line in said.splitlines() if columns_of(line) > most]
            assert long == [], (words, columns)


def run(client, who, *words):
    """(status, output) of one command, whatever becomes of it."""
    done = subprocess.run(
        [str(client.program), "--as", who, *words], input="Some words.", text=True,
        capture_output=True, timeout=120, check=False,
        env={"LC_ALL": "C.UTF-8", "NO_COLOR": "1", "STAFETT_PROFILE": who, "XDG_CONFIG_HOME": str(client.home / "config"),
             "XDG_STATE_HOME": str(client.home / "state")})
    return done.returncode, done.stdout + done.stderr


# -- what is late ----------------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], ["inbox"]])
def test_a_check_fails_only_when_something_is_late(client, words):
    client.run("petra", *words, "--check")


@pytest.mark.parametrize("words", [["--check"], ["inbox", "--check"], ["--json", "--check"]])
def test_what_is_late_is_marked_and_a_check_says_so_with_its_status(client, late, codes, words):
    said = client.run("petra", *words, status=8)
    if "--json" in words:
        assert json.loads(said)["lateDutyCount"] == 3
    else:
        assert re.search(rf"^! .*{codes['new']}", said, re.M)


def test_a_silent_clerk_is_told_on_every_list(client, stack):
    cursor = stack.tables().connection.cursor()
    move = "UPDATE stafett.heartbeat SET last_time = last_time {} interval '1 day'"
    cursor.execute(move.format("-"))
    try:
        for words in ([], ["inbox"], ["list"], ["list", "--open"]):
            assert re.search(r"^! The server's alarms are silent", client.run("petra", *words), re.M)
        client.run("petra", "--check", status=8)
    finally:
        cursor.execute(move.format("+"))
    assert "silent" not in client.run("petra")


# -- the groups of the inbox -------------------------------------------------------------------


def test_what_is_new_is_listed_as_that_however_late_it_is(client, codes, late):
    assert "DANGER OR LATE (2)" in client.run("petra", "inbox")
    assert codes["new"] in client.run("petra", "inbox", "--new")
    assert codes["accepted"] not in client.run("petra", "inbox", "--new", "--all")


def test_what_is_dealt_with_is_information_and_only_all_lists_it(client, codes):
    said = client.run("petra", "inbox")
    assert "NEW (2)" in said and codes["accepted"] not in said
    said = client.run("petra", "inbox", "--all")
    assert "INFORMATION (1)" in said and codes["accepted"] in said


# -- forms for programs --------------------------------------------------------------------------


MESSAGES = [([], contract.referral_service.TodayResponse),
            (["inbox"], contract.inbox_service.InboxServiceListResponse),
            (["list"], contract.referral_service.ReferralServiceListResponse),
            (["units"], contract.directory_service.SearchResponse)]


@pytest.mark.parametrize("words, message", MESSAGES, ids=lambda value: str(value)[:20])
def test_json_is_byte_for_byte_what_python_prints(client, codes, words, message):
    said = client.run("petra", "--json", *[word.format(**codes) for word in words])
    parsed = json_format.Parse(said, message())
    assert said == printed_json(parsed)


def test_show_adds_what_only_a_client_can_read_and_changes_nothing_else(client, codes):
    said = json.loads(client.run("petra", "--json", "show", codes["long"]))
    assert said["referral"].pop("subject")["familyName"] == "Fågelsång-Österberg"
    text = json.dumps(said, ensure_ascii=False, indent=2)
    parsed = json_format.Parse(text, contract.referral_service.GetResponse())
    assert text == json_format.MessageToJson(parsed, ensure_ascii=False)


def test_plain_and_csv_hold_the_same_whole_values(client, codes, late):
    for words in ([], ["inbox"], ["list"]):
        plain = [line.split("\t") for line in client.run("petra", "--plain", *words).splitlines()]
        heading, *rows = csv.reader(io.StringIO(client.run("petra", "--csv", *words)))
        assert rows == plain and len(heading) == len(rows[0])
        assert any(f"Fågelsång-Österberg, {NAME}" in row for row in rows)
        assert all(re.search(r"\d{4}-\d\d-\d\dT", " ".join(row)) for row in rows)


def test_plain_does_not_follow_the_language(client, codes):
    assert client.run("petra", "--plain", "list", LANGUAGE="sv") == client.run("petra", "--plain", "list")


def test_a_cell_is_no_formula(client, stack):
    stack.caller("maria").send(people.FALADEN, act={"kind": "consultation"}, card=card(familyName='=cmd|"x"!A1'))
    _, row = csv.reader(io.StringIO(client.run("fredrik", "--csv", "list")))
    assert "'=cmd" in row[3]


# -- the list's filters ---------------------------------------------------------------------------


def test_a_list_by_state_unit_and_day(client, codes):
    def listed(*words):
        return [line.split("\t")[2] for line in client.run("maria", "--plain", "list", *words).splitlines()]
    assert listed("--status", "accepted") == [codes["accepted"]]
    assert set(codes.values()) <= set(listed("--unit", people.BEROENDE, "--since", "today"))
    assert listed("--unit", people.MALMO) == []
    assert "no unit called 'malmo/vuxna'" in client.run("maria", "list", "--unit", "malmo/vuxna", status=4)
    assert "STATE_UNKNOWN" in client.run("maria", "list", "--status", "acepted", status=2)
    assert "DATE_AMBIGUOUS" in client.run("maria", "list", "--since", "5/6", status=2)


def test_rows_of_the_inbox_are_those_that_it_showed(client, codes):
    lines = client.run("petra", "inbox").splitlines()
    row = next(line.split() for line in lines if re.match(r"\s+2 ", line))
    assert client.run("petra", "show", "2").startswith(row[1])


# -- what next --------------------------------------------------------------------------------------


NEXT_OF = [[], ["inbox"], ["inbox", "--new"], ["inbox", "--all"], ["list"], ["list", "--overdue"],
           ["list", "--unit", people.MALMO], ["show", "{new}"], ["show", "{accepted}"], ["units"],
           ["show", "0000"], ["list", "--status", "lost"], ["list", "--since", "5/6"],
           ["show", "999"], ["ack", "1"], ["dance"], ["list", "--opne"], ["show"],
           ["accept", "{new}"], ["help", "dance"]]


@pytest.mark.parametrize("who", ["maria", "petra"])
def test_every_success_and_refusal_offers_a_command_that_runs(client, codes, stack, who):
    """What it offers may be refused by a rule, never for how it is written; or it asks
    for what is missing."""
    fresh = stack.caller("maria").send(people.BEROENDE, card=card()).answer.code[:4]
    seen = set()
    for words in NEXT_OF:
        words = [word.format(**{**codes, "new": fresh}) for word in words]
        offered = offers(run(client, who, *words)[1])
        assert offered, words
        seen.update(map(tuple, offered))
    for command in seen:
        if "--file" not in command:    # that names a file of the user's
            client.offer_runs(command)
