# SPDX-License-Identifier: Apache-2.0
"""What the client keeps until the server has decided: nothing is lost, nothing
is done twice, and the user is told in a sentence."""

import json
import os
import re
import signal
import socket
import subprocess

import people
import pytest
from client import Client

CODE = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b")
DRAFT = {
    "kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today",
    "legalBasis": {"code": "need-of-care"}, "personInformed": True,
    "subject": {"familyName": "Holm", "givenName": "Anders", "identifier": "19640823-3234"},
    "body": "Återfall sedan i våras.",
}


@pytest.fixture
def client(stack, tmp_path):
    return Client(stack, tmp_path)


@pytest.fixture
def draft(tmp_path):
    path = tmp_path / "referral.json"
    path.write_text(json.dumps(DRAFT, ensure_ascii=False))
    return path


def kept(client):
    return sorted((client.home / "state" / "stafett" / "outbox").glob("*.write"))


def restart(stack):
    stack.process = None
    stack.start()


def referrals(stack, who="maria"):
    caller = stack.caller(who)
    return {row.referral.code: row.referral for row in caller.list(page_size=100).referrals}


def test_a_send_without_a_server_is_kept_and_goes_with_the_next_start(stack, client, draft):
    stack.process.stop()
    said = client.run("maria", "--timeout", "0", "send", people.BEROENDE, "--file", draft, status=6)
    assert "kept here" in said and "LINE_UNREACHABLE" in said
    path, = kept(client)
    assert path.stat().st_mode & 0o777 == 0o600
    bytes_then = path.read_bytes()
    assert "kept here" in client.run("maria", "--timeout", "0", status=6)
    said = client.run("maria", "--timeout", "0", "ack", "7K3M", status=6)
    assert "LINE_UNREACHABLE" in said and "kept" not in said
    assert kept(client) == [path] and path.read_bytes() == bytes_then

    restart(stack)
    before = referrals(stack)
    code = CODE.search(client.run("maria")).group(1)
    assert kept(client) == []
    assert set(referrals(stack)) - set(before) == {code}


def test_another_members_command_delivers_what_waits_as_who_made_it(stack, client, draft):
    stack.process.stop()
    client.run("maria", "--timeout", "0", "send", people.BEROENDE, "--file", draft, status=6)
    restart(stack)
    said = client.run("petra", "ack", "0000", status=4)
    code = CODE.search(said).group(1)
    assert "has been delivered now" in said
    assert referrals(stack)[code].requester == people.LUND


def test_a_killed_client_loses_nothing_and_sends_nothing_twice(stack, client, draft):
    """Killed while it waits for a server that took the connection and says nothing."""
    with socket.create_server(("localhost", 0)) as silent:
        profile = client.home / "config" / "stafett" / "profiles" / "maria.conf"
        right = profile.read_text()
        profile.write_text(re.sub(r"localhost:\d+", f"localhost:{silent.getsockname()[1]}", right))
        program = subprocess.Popen(
            [str(client.program), "--as", "maria", "send", people.BEROENDE, "--file", str(draft)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "XDG_CONFIG_HOME": str(client.home / "config"),
                 "XDG_STATE_HOME": str(client.home / "state")})
        # The first connection asks for the unit, the second carries the referral.
        silent.accept()[0].close()
        line = silent.accept()[0]
        program.send_signal(signal.SIGKILL)
        program.wait()
        line.close()
    profile.write_text(right)
    assert len(kept(client)) == 1

    before = referrals(stack)
    client.run("maria")
    client.run("maria")
    assert len(set(referrals(stack)) - set(before)) == 1
    assert kept(client) == []


def test_a_refused_write_is_told_and_not_kept(client, draft):
    said = client.run("maria", "send", people.FALADEN, "--file", draft, status=3)
    assert "does not take this" in said and "UNIT_DOES_NOT_TAKE" in said
    assert kept(client) == []


def test_what_is_wrong_is_found_before_anything_is_kept(client, draft, stack):
    before = referrals(stack)
    for change, reason in [({"priorty": "routine"}, "JSON_FIELD_UNKNOWN"),
                           ({"needs": ["alkohol"]}, "CODE_UNKNOWN"),
                           ({"reference": "196408233234"}, "PERSONAL_DATA_IN_REFERENCE"),
                           ({"subject": {"identifier": "19640823-3235"}}, "PNR_CHECK_DIGIT")]:
        draft.write_text(json.dumps({**DRAFT, **change}))
        said = client.run("maria", "send", people.BEROENDE, "--file", draft, status=2)
        assert reason in said
    young = {**DRAFT, "subject": {"familyName": "Holm", "birthDate": "2015-05-05"}}
    draft.write_text(json.dumps(young))
    said = client.run("maria", "send", people.BEROENDE, "--file", draft, status=3)
    assert "from 18 years" in said
    assert kept(client) == [] and referrals(stack) == before


def test_a_damaged_write_is_left_alone_and_stops_nothing(client, draft):
    client.run("maria", "send", people.BEROENDE, "--file", draft)
    path = client.home / "state" / "stafett" / "outbox" / "01a20038-5b65-734e-863a-eb0005b4e5e9.write"
    path.write_bytes(b"stafett outbox 1\n")
    said = client.run("maria", "send", people.BEROENDE, "--file", draft)
    assert "damaged" in said and "sent." in said
    assert kept(client) == [path]
