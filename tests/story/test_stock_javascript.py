# SPDX-License-Identifier: Apache-2.0
"""A stock client in JavaScript, @grpc/grpc-js: unary calls, streams of both
directions, refusals, deadlines and cancellation."""

import json
import os
import subprocess
from pathlib import Path

import people
import pytest
import tree

pytestmark = pytest.mark.skipif(
    "STAFETT_NODE_PATH" not in os.environ,
    reason="@grpc/grpc-js is not installed (tests/run installs it where there is npm)")


def member(stack, folder, name, unit):
    urn = people.MEMBERS[name].urn
    certificate, key = stack.identity(urn).write(folder, name)
    return {"urn": urn, "unit": unit, "certificate": str(certificate), "key": str(key)}


@pytest.fixture(scope="module")
def facts(stack, tmp_path_factory):
    """What the story in JavaScript says of itself."""
    folder = tmp_path_factory.mktemp("javascript")
    (folder / "ca.pem").write_bytes(stack.authority.certificate)
    stage = {"address": stack.address, "proto": str(tree.TOP / "proto"), "ca": str(folder / "ca.pem"),
             "maria": member(stack, folder, "maria", people.LUND),
             "petra": member(stack, folder, "petra", people.BEROENDE)}
    done = subprocess.run(
        ["node", Path(__file__).parent / "stock_client.js"], input=json.dumps(stage), text=True,
        capture_output=True, timeout=180,
        env={**os.environ, "NODE_PATH": os.environ["STAFETT_NODE_PATH"]})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_streams_a_body_up_and_another_member_streams_it_down(facts):
    assert facts["upload"]["complete"] and facts["parts"] > 1
    assert facts["same_body"]


def test_the_same_message_gives_the_same_receipt(facts):
    assert (facts["same_receipt"], facts["receipt"]) == (True, "LOCAL")


def test_the_recipient_finds_it_in_its_inbox(facts):
    assert facts["item"] == {"from_unit": people.LUND, "card": "a card", "needs": "ack"}


def test_it_watches_the_inbox(facts):
    assert facts["watched"] == "ack"


def test_it_acknowledges(facts, tables):
    assert facts["events"] == ["send", "acknowledge"]
    assert tables.value("SELECT state FROM stafett.delivery WHERE message = %s",
                        facts["message"]) == "acknowledged"


@pytest.mark.parametrize("name, code, reason", [
    ("stale", "FAILED_PRECONDITION", "CONTENT_DIFFERS"), ("unknown", "NOT_FOUND", "UNIT_UNKNOWN")])
def test_a_refusal_comes_with_all_of_its_details(facts, name, code, reason):
    refusal = facts[name]
    assert refusal["code"] == code
    assert refusal["details"]["google.rpc.ErrorInfo"]["reason"] == reason
    assert refusal["details"]["stafett.v1.Refusal"]["reason"] == reason


def test_a_deadline_that_has_passed_and_a_reader_that_gives_up(facts):
    assert facts["late"]["code"] == "DEADLINE_EXCEEDED"
    assert facts["cancelled"] == "CANCELLED"
