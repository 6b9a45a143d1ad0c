# SPDX-License-Identifier: Apache-2.0
"""The ten commonest mistakes: one sentence that says what happened, its stable name
and exit status, and a command that goes on from there."""

import json
import re
from concurrent import futures
from contextlib import contextmanager

import grpc
import people
import pytest
from caller import in_days
from client import Client, offers
from stubs import contract

YOUNG = "skane/maria-lund"   # takes those whom Beroende does not
DRAFT = {
    "kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today",
    "legalBasis": {"code": "need-of-care"}, "personInformed": True,
    "subject": {"familyName": "Holm", "givenName": "Anders"}}
OK, USAGE, REFUSED, NOT_FOUND, CONFLICT, UNKNOWN = 0, 2, 3, 4, 5, 6


@pytest.fixture(scope="module", autouse=True)
def unit_for_the_young(stack):
    directory = people.directory()
    skane = next(o for o in directory["organizations"] if o["slug"] == "skane")
    skane["units"].append({**skane["units"][0], "handle": YOUNG, "display_name": "Maria Lund",
                           "age_min": 13, "age_max": 24})
    stack.load(directory)


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "mistakes-home")


@pytest.fixture
def code(maria):
    return maria.send(people.BEROENDE).answer.code


@pytest.fixture
def draft(tmp_path):
    def write(**subject):
        path = tmp_path / "referral.json"
        path.write_text(json.dumps({**DRAFT, "subject": {**DRAFT["subject"], **subject}}))
        return path
    return write


def flat(said):
    return " ".join(said.split())


def mistake(client, who, words, status, reason, *sentences, command):
    """Makes it; the commands that it offers run, |command| first."""
    said = client.run(who, *words, status=status)
    assert f"({reason}" in said
    for sentence in sentences:
        assert sentence in flat(said)
    assert re.search(command, flat(" ".join(offers(said)[0])))
    for offer in offers(said):
        client.offer_runs(offer)
    return said


def test_the_check_digit_does_not_fit(client, draft):
    mistake(client, "maria", ["send", people.BEROENDE, "--file", draft(identifier="19640823-3235")], USAGE,
            "PNR_CHECK_DIGIT", "last digit of the personal number does not fit the others; nothing was sent",
            "leave it out where there is none", command="help send")


def test_the_unit_is_closed(client, draft):
    mistake(client, "maria", ["send", people.CLOSED, "--file", draft()], REFUSED, "UNIT_CLOSED",
            "is closed and sends you to Beroende Lund; nothing was sent", "Send there:",
            command=f"send {people.BEROENDE}$")


def test_a_unit_that_closed_meanwhile_names_its_successor_too(client, code):
    mistake(client, "petra", ["forward", code, people.CLOSED, "--reason", "other", "--person-told", "phone"], REFUSED,
            "UNIT_CLOSED", f"sends you to {people.BEROENDE}", command=f"send {people.BEROENDE}$")


def test_the_unit_does_not_take_people_of_this_age(client, draft):
    mistake(client, "maria", ["send", people.BEROENDE, "--file", draft(birthDate=in_days(-16 * 366))], REFUSED,
            "UNIT_DOES_NOT_TAKE", "takes people from 18 years, and this person is 16",
            "checked here: the server never sees it", "Try Maria Lund, from 13 to 24 years", command=f"send {YOUNG}$")


def test_somebody_was_first(client, code, stack):
    """While the one was still answering questions."""
    terminal = client.at_terminal("ines", "reject", code)
    terminal.expect("Why not here: ")
    client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    for typed in ("other\n", "\n", "phone\n", "Fullt.\n.\n", "y\n"):
        terminal.type(typed)
    assert terminal.wait() == CONFLICT
    said = terminal.said.replace("\r", "")
    terminal.close()
    assert f"Petra Svensson was before you with {code[:4]}: accepted; you changed nothing" in flat(said)
    assert "(VERSION_CONFLICT" in said and "It is accepted now." in flat(said)
    assert offers(said)[0][2:] == ["show", code[:4]]
    for offer in offers(said):
        client.offer_runs(offer)


def test_ones_own_question_is_open(client, code):
    client.run("petra", "ack", code)
    client.run("petra", "ask", code, "--template", "consent")
    mistake(client, "petra", ["accept", code, "--responsible", "nurse", "--contact-by", "+7d"], REFUSED,
            "ACT_NOT_POSSIBLE", "while your own question of", "Wait for the answer, or drop the question:",
            command=f"ask {code[:4]} --withdraw$")


def test_the_contact_is_promised_after_the_help(client, code):
    mistake(client, "petra", ["accept", code, "--responsible", "nurse", "--contact-by", "+60d"], REFUSED,
            "CONTACT_AFTER_CLOCK", " d after help was promised, ", "say why with --clock-reason",
            command="codes clock-reason$")


def test_there_is_no_plan_for_the_homecoming(client, code):
    client.run("petra", "accept", code, "--responsible", "nurse", "--contact-by", "+7d")
    client.run("petra", "start", code, "--intervention", "CRA", "--no-next", "other")
    said = client.run("petra", "complete", code, "--file", "-", stdin="Klart.", status=REFUSED)
    assert "(HOME_PLAN_MISSING" in said and "nobody is asked to take over when the person comes home" in flat(said)
    assert offers(said)[0][2:] == ["plan-home", code[:4]]
    assert ["pause", code[:4]] in [offer[2:] for offer in offers(said)]
    for offer in offers(said):
        client.offer_runs(offer)


def test_there_is_nothing_of_that_name(client, code):
    client.run("maria", "list")
    near = code[:3] + ("Z" if code[3] != "Z" else "Y")
    mistake(client, "maria", ["show", near], NOT_FOUND, "NOT_FOUND",
            f"nothing called '{near}' that lund/vuxen may see", f"Did you mean {code[:4]}, from your last list?",
            "If you work for another unit, choose it with --as", command="list$")


@contextmanager
def omar_calls(stack, client, *handlers):
    """A server of |handlers| stands where omar's profile looks for the daemon."""
    identity = stack.authority.server()
    server = grpc.server(futures.ThreadPoolExecutor(1), handlers=handlers)
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(
        [(identity.key, identity.certificate)], stack.authority.certificate, True))
    server.start()
    profile = client.home / "config" / "stafett" / "profiles" / "omar.conf"
    right = profile.read_text()
    profile.write_text(re.sub(r"localhost:\d+", f"localhost:{port}", right))
    yield
    profile.write_text(right)
    server.stop(None)


class CutsTheLine(grpc.GenericRpcHandler):
    """Answers as if the line had broken."""
    @staticmethod
    def answer(_, context):
        info = contract.other["google.rpc.ErrorInfo"](reason="OUTCOME_UNKNOWN", domain="stafett")
        status = contract.other["google.rpc.Status"](code=14, message="the outcome is unknown")
        status.details.add().Pack(info)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNAVAILABLE, "the outcome is unknown")

    def service(self, handler_call_details):
        return grpc.unary_unary_rpc_method_handler(self.answer)


def test_the_line_broke_before_the_answer(client, stack, draft):
    with omar_calls(stack, client, CutsTheLine()):
        said = client.run("omar", "--timeout", "0", "send", people.BEROENDE, "--file", draft(), status=UNKNOWN)
    assert "(OUTCOME_UNKNOWN" in said and "kept here" in flat(said) and "never twice" in flat(said)
    assert offers(said)[0] == ["--as", "omar"]
    status, after = client.offer_runs(offers(said)[0])
    assert status == OK and "has been delivered now" in after


def test_the_server_is_older_than_the_program(client, stack):
    with omar_calls(stack, client):
        mistake(client, "omar", ["stats"], USAGE, "METHOD_UNKNOWN", "does not know this request", command="version$")


def test_nobody_is_born_tomorrow(client, draft):
    mistake(client, "maria", ["send", people.BEROENDE, "--file", draft(birthDate=in_days(1))], USAGE,
            "BIRTH_DATE_AHEAD", "lies in the future; nothing was sent", command="help send")


def test_nobody_takes_the_place_of_another_person(client, draft, petra):
    """Or two people would be in one chain, with one clock."""
    said = client.run("maria", "send", people.BEROENDE, "--file", draft(identifier="19640823-3234"))
    code = said.split("-")[0].strip()
    client.run("maria", "end", code, "--reason", "moved", "--person-told", "phone")
    other = ["send", people.BEROENDE, "--replaces", code, "--file", draft(identifier="20000229-2399")]
    mistake(client, "maria", other, USAGE, "REPLACES_ANOTHER_PERSON",
            f"{code} is about another person, by number, birth date or name; nothing was sent", command=f"show {code}$")
    client.run("maria", *other[:-1], draft(identifier="640823-3234"))


def test_who_holds_a_chain_in_which_nothing_is_under_way_is_told(client, code):
    said = client.run("maria", "end", code, "--reason", "moved", "--person-told", "phone")
    assert "Nothing is under way for the person: send it on, or close the chain, by " in flat(said)
    assert re.search(r"send --replaces \w+$", flat(" ".join(offers(said)[-1])))
