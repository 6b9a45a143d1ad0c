# SPDX-License-Identifier: Apache-2.0
"""What the client shows: other people's text, problems, bytes, and trust."""

import json
import re
import subprocess

import people
import pytest
from client import Client
from pki import DAY, Authority

HOSTILE = "\x1b]52;c;aGVq\x07\x1b[2J\x9b31m\u202eevil\r\n"


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "screens")


def card(**more):
    return json.dumps({"familyName": "Holm", "givenName": "Anders", **more}).encode()


def test_text_of_others_cannot_control_the_terminal(client, maria):
    sent = maria.send(people.BEROENDE, card=card(familyName=HOSTILE, reasonText=HOSTILE))
    for words in (["inbox"], ["list"], ["show", sent.referral], ["--plain", "inbox"]):
        said = client.run("petra", *words)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said), words
        assert "\\u001b" in said, words


def test_json_of_others_cannot_control_the_terminal(client, maria):
    sent = maria.send(people.BEROENDE, card=card(familyName=HOSTILE), body=HOSTILE.encode())
    for words in (["--json", "show", sent.referral, "--body"], ["--json", "inbox"]):
        said = client.run("petra", *words)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said), words
    assert "\\u202e" in client.run("petra", "--json", "show", sent.referral).lower()


def test_a_card_that_cannot_be_read_is_no_empty_person(client, maria):
    sent = maria.send(people.BEROENDE, card=b"\xff not json")
    assert "cannot be read" in client.run("petra", "show", sent.referral)


def test_protected_identity_is_not_in_lists(client, maria):
    sent = maria.send(people.BEROENDE, card=card(protectedIdentity=True, familyName="Hemlig"))
    for words in (["inbox"], ["list"], ["show", sent.referral]):
        said = client.run("petra", *words)
        assert "Hemlig" not in said and "rotect" in said   # a narrow column cuts it


@pytest.mark.parametrize("columns", [60, 80])
def test_a_narrow_page_breaks_what_it_shows_and_cuts_nothing(client, maria, columns):
    name = {"familyName": "Lindqvist-Abrahamsson", "givenName": "Sara Margareta"}
    sent = maria.send(people.BEROENDE, card=card(**name))
    said = client.run("maria", "list", COLUMNS=str(columns))
    at = said.index(sent.answer.code[:4])
    row = re.match(r"(?s).*?(?=\n +\d+ |\nNext|\n\S)", said[at:])[0]
    assert all(len(line) <= columns for line in said.splitlines())
    letters = "".join(row.split())
    assert "…" not in row and "Beroende" in row
    for word in ("Sara", "requested", "Lund:"):
        assert word in row
    assert len(letters) >= len("Lindqvist-Abrahamsson,SaraMargareta") + len("requestedyouBeroendeLund:acknowledge")


def test_commands_stand_beside_their_hints_or_all_below_them(client, maria):
    sent = maria.send(people.BEROENDE)
    wide = client.run("petra", "show", sent.referral, COLUMNS="100")
    assert "\nYou can: stafett --as petra ack" in wide and "\n      or: stafett --as petra accept" in wide
    narrow = client.run("petra", "show", sent.referral, COLUMNS="60")
    assert "\nYou can:\n  stafett --as petra ack" in narrow and "or:" not in narrow
    assert "\n  stafett --as petra accept" in narrow


def output(client, who, *words):
    """Standard output alone, as bytes."""
    return subprocess.run(
        [str(client.program), "--as", who, *[str(word) for word in words]], check=True, timeout=60,
        stdin=subprocess.DEVNULL, capture_output=True,
        env={"LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(client.home / "config"),
             "XDG_STATE_HOME": str(client.home / "state")}).stdout


@pytest.mark.parametrize("bundle", ["booking-request.json", "referral-validation-request.json"])
def test_a_bundle_goes_and_comes_byte_for_byte(client, bars, bundle, tmp_path):
    (tmp_path / bundle).write_bytes(bars[bundle])
    draft = tmp_path / "referral.json"
    draft.write_text(json.dumps({
        "kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today",
        "legalBasis": {"code": "need-of-care"}, "subject": {"familyName": "Holm"},
        "bodyFile": bundle}))
    sent = json.loads(output(client, "maria", "--json", "send", people.BEROENDE, "--file", draft))
    client.run("petra", "show", sent["referral"], "--save", tmp_path / "saved")
    saved, = (tmp_path / "saved").glob("*-body.json")
    assert saved.read_bytes() == bars[bundle]
    assert saved.stat().st_mode & 0o777 == 0o600
    assert output(client, "petra", "show", sent["referral"], "--body") == bars[bundle]


def test_nothing_is_saved_over_another_file(client, maria, tmp_path):
    sent = maria.send(people.BEROENDE)
    client.run("petra", "show", sent.referral, "--save", tmp_path)
    said = client.run("petra", "show", sent.referral, "--save", tmp_path, status=2)
    assert "FILE_UNWRITABLE" in said


def test_rows_of_the_last_list_can_be_read_and_not_acted_on(client, maria):
    sent = maria.send(people.BEROENDE)
    rows = client.run("petra", "--plain", "list").splitlines()
    number, code = rows[0].split("\t")[1:3]
    assert sent.answer.code.startswith(code) and number == "1"
    assert sent.answer.code in client.run("petra", "show", "1")
    assert code in client.run("petra", "ack", "1", status=2)
    assert "ROW_UNKNOWN" in client.run("petra", "show", "999", status=2)


def test_a_code_is_understood_however_it_is_written(client, maria):
    code = maria.send(people.BEROENDE).answer.code
    for spelling in (code, code.lower(), code.replace("-", ""), code[:4] + " " + code[5:]):
        assert code in client.run("petra", "show", spelling)


def test_acknowledging_twice_is_no_mistake(client, maria):
    code = maria.send(people.BEROENDE).answer.code
    assert "still holds the chain" in client.run("petra", "ack", code)
    assert "acknowledged before" in client.run("petra", "ack", code)


def test_a_promise_later_than_the_persons_clock_needs_a_reason(client, maria):
    code = maria.send(people.BEROENDE).answer.code
    accept = ["accept", code, "--responsible", "nurse", "--contact-by", "+40d"]
    said = client.run("petra", *accept, status=3)
    assert "CONTACT_AFTER_CLOCK" in said and "--clock-reason" in said
    assert "accepted" in client.run("petra", *accept, "--clock-reason", "person-wishes")


def test_a_problem_as_json_is_one_object(client):
    said = json.loads(client.run("omar", "--json", "show", "0000", status=4))
    assert said["reason"] == "NOT_FOUND" and said["status"] == "NOT_FOUND"
    assert said["layer"] == "sender" and len(said["logId"]) == 16


def with_profile(client, member, **changes):
    """A copy of a member's profile with other settings, under the name 'changed'."""
    folder = client.home / "config" / "stafett" / "profiles"
    text = (folder / f"{member}.conf").read_text()
    for name, value in changes.items():
        text = re.sub(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.M)
    (folder / "changed.conf").write_text(text)
    return folder


def test_a_server_of_another_ca_is_not_spoken_to(client):
    folder = with_profile(client, "maria", ca="other.pem")
    (folder / "other.pem").write_bytes(Authority("Another CA").certificate)
    assert "LINE_UNTRUSTED" in client.run("changed", "inbox", status=7)


def test_a_server_of_another_name_is_not_spoken_to(client, stack):
    """127.1 is another way to write the address, and no name of the certificate."""
    with_profile(client, "maria", server=f"127.1:{stack.port}")
    assert "LINE_WRONG_NAME" in client.run("changed", "inbox", status=7)


def test_a_certificate_of_another_ca_is_refused_and_told_as_such(client, stack):
    folder = with_profile(client, "maria", certificate="foreign.pem", key="foreign.key")
    Authority("Another CA").member(people.MEMBERS["maria"].urn).write(folder, "foreign")
    assert "LINE_REFUSED_US" in client.run("changed", "inbox", status=7)


def with_certificate(client, stack, **validity):
    folder = with_profile(client, "maria", certificate="timed.pem", key="timed.key")
    stack.authority.member(people.MEMBERS["maria"].urn, **validity).write(folder, "timed")


def test_a_certificate_that_ended_is_told_as_such(client, stack):
    with_certificate(client, stack, not_before=-9 * DAY, not_after=-4 * DAY)
    said = client.run("changed", "inbox", status=7)
    assert "LINE_REFUSED_US" in said and "it ended on" in said


def test_a_certificate_that_soon_ends_is_told_beside_every_answer(client, stack):
    with_certificate(client, stack, not_after=3 * DAY)
    assert "! Your certificate ends on" in client.run("changed", "inbox")
    assert "certificate" not in client.run("changed", "--json", "inbox")
    with_certificate(client, stack, not_after=30 * DAY)
    assert "certificate" not in client.run("changed", "inbox")


def test_the_doctor_finds_nothing_wrong_and_says_what_is(client):
    assert "!" not in client.run("maria", "doctor")
    folder = with_profile(client, "maria", key="open.key")
    (folder / "open.key").write_bytes((folder / "maria.key").read_bytes())
    (folder / "open.key").chmod(0o644)
    assert "chmod 600" in client.run("changed", "doctor")
