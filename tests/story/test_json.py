# SPDX-License-Identifier: Apache-2.0
"""With --json every command prints a message, as Python's json_format would: the first
example of each, run as it stands. What has no such form is named with its reason."""

import json
import re

import pytest
from client import Client, printed_json
from examples import TABLE, first_of, prepared, reader_of
from google.protobuf import json_format
from stubs import contract

COMMANDS = re.findall(r"^COMMAND\((\w+), ", TABLE, re.M)
WITHOUT = {
    "triage": "somebody must be at a terminal: a program reads the inbox and acts",
    "completion": "its output is a program for the shell",
    "help": "text for people",
}
ANSWERS = {   # the message that a command prints; the others act, and print what came of it
    "today": contract.referral_service.TodayResponse,
    "inbox": contract.inbox_service.InboxServiceListResponse,
    "list": contract.referral_service.ReferralServiceListResponse,
    "show": contract.referral_service.GetResponse,
    "find": contract.answers.Findings,
    "units": contract.directory_service.SearchResponse,
    "send": contract.referral_service.SendResponse,
    "ack": contract.inbox_service.AcknowledgeResponse,
    "why": contract.clock_service.WhyResponse,
    "consent": contract.referral_service.GetResponse,
    "audit": contract.audit_service.AuditServiceListResponse,
    "admin": contract.admin_service.ListRulesResponse,
    "stats": contract.statistics_service.StatisticsServiceGetResponse,
    "doctor": contract.answers.Checkup,
    "profile": contract.answers.Profiles,
    "codes": contract.answers.CodeLists,
    "version": contract.answers.Version,
}
ADDED = ("subject", "body")   # what only a client can read, and adds to a referral


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "json")


def with_json(line):
    return re.sub(r"^stafett\b", "stafett --json", line)


def without_added(text):
    answer = json.loads(text)
    if not any(answer.get("referral", {}).pop(name, None) for name in ADDED if
               isinstance(answer.get("referral"), dict)):
        return text
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in WITHOUT])
def test_each_command_prints_its_message(client, codes, tmp_path, command):
    line = with_json(prepared(client, codes, tmp_path, first_of(command)))
    done = client.shell(reader_of(command), line, tmp_path)
    assert done.returncode == 0, done.stderr
    said = without_added(done.stdout)
    message = ANSWERS.get(command, contract.referral_service.ActResponse)()
    json_format.Parse(said, message)
    # There is nothing to find here, and nothing to take over.
    assert message.ByteSize() > 0 or command in ("find", "take_over")
    assert said == printed_json(message)


def test_what_has_no_json_is_a_command_with_a_reason():
    assert set(WITHOUT) < set(COMMANDS) and all(WITHOUT.values())


def test_triage_refuses_it_with_a_way_for_programs(client):
    said = client.run("petra", "--json", "triage", status=2)
    assert json.loads(said)["reason"] == "TERMINAL_REQUIRED"


@pytest.mark.parametrize("words, kind", [
    (["codes", "need"], "CodeList"), (["doctor"], "Checkup"), (["profile"], "Profiles")])
def test_what_no_server_said_is_the_same_in_every_language(client, words, kind):
    said = client.run("maria", "--json", *words)
    assert said == printed_json(json_format.Parse(said, getattr(contract.answers, kind)()))
    swedish = client.run("maria", "--json", *words, LANGUAGE="sv")
    assert json.loads(swedish).keys() == json.loads(said).keys()
    if kind != "Checkup":
        assert swedish == said


def test_the_checkup_names_what_is_not_well(client, stack):
    broken = client.home / "config" / "stafett" / "profiles" / "nowhere.conf"
    good = (broken.parent / "maria.conf").read_text()
    broken.write_text(good.replace(f"localhost:{stack.port}", "localhost:1"))
    said = client.run("nowhere", "--json", "doctor", "--timeout", "1", status=6)
    checks = {check["name"]: check for check in json.loads(said[:said.index("\n}\n") + 3])["checks"]}
    assert checks["certificate"]["well"] and not checks["server"].get("well")
    broken.unlink()


@pytest.mark.parametrize("words", [["doctor"], ["profile"], ["codes"], ["version"]])
def test_every_table_is_there_for_programs(client, words):
    heading, *rows = client.run("maria", "--csv", *words).splitlines()
    plain = client.run("maria", "--plain", *words).splitlines()
    assert len(rows) == len(plain) > 0 and "," in heading and "\t" in plain[0]
    assert "Next" not in "".join(plain)
