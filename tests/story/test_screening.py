# SPDX-License-Identifier: Apache-2.0
"""A few simple questions at a visit: totals that are checked before they leave, that
the server never sees, and that whoever receives them can judge."""

import json
import re

import people
import pytest
from client import Client

DRAFT = {"kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today", "personInformed": True,
         "legalBasis": {"code": "need-of-care"}}


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "screening")


@pytest.fixture
def draft(tmp_path):
    def write(screening):
        path = tmp_path / "referral.json"
        path.write_text(json.dumps({**DRAFT, "subject": {"familyName": "Holm", "screening": screening}}))
        return path
    return write


# The highest total of each scale, and where its levels begin.
SCALES = [("AUDIT", 40, [(0, "low risk"), (7, "low risk"), (8, "hazardous use"), (16, "harmful use"),
                         (20, "possible dependence")]),
          ("AUDIT-C", 12, [(2, "low risk"), (3, "hazardous use, for a woman"), (4, "hazardous use")]),
          ("DUDIT", 44, [(1, "low risk"), (2, "possible drug problems, for a woman"), (6, "possible drug problems"),
                         (25, "probable dependence")]),
          ("CUDIT-R", 32, [(7, "low risk"), (8, "hazardous use"), (12, "possible cannabis use disorder")])]


@pytest.mark.parametrize("scale, most, _", SCALES, ids=[scale for scale, *_ in SCALES])
def test_a_total_that_cannot_be_is_stopped_here(client, draft, maria, scale, most, _):
    for total in (-1, most + 1, 1.5, "3", None):
        said = client.run("maria", "send", people.BEROENDE, "--file", draft({scale: total}), status=2)
        assert f"subject.screening.{scale}" in said and f"from 0 to {most}" in " ".join(said.split())


def test_a_scale_that_nobody_knows_is_stopped_here(client, draft):
    said = client.run("maria", "send", people.BEROENDE, "--file", draft({"AUDITT": 3}), status=2)
    assert "Did you mean 'AUDIT'?" in said


@pytest.mark.parametrize("scale, most, levels", SCALES, ids=[scale for scale, *_ in SCALES])
def test_a_total_is_shown_with_its_level_and_source(client, maria, scale, most, levels):
    for total, level in [*levels, (most, levels[-1][1])]:
        sent = maria.send(people.BEROENDE, card=json.dumps({"familyName": "Holm", "screening": {scale: total}}).encode())
        said = " ".join(client.run("petra", "show", sent.referral).split())
        assert re.search(rf"Screening {scale} {total}: {level} \(\w+ \d{{4}}", said), said


def test_totals_travel_in_the_card_alone(client, draft, maria):
    said = json.JSONDecoder().raw_decode(client.run(
        "maria", "--json", "send", people.BEROENDE, "--file", draft({"AUDIT": 18, "DUDIT": 3})))[0]
    content = maria.get(said["referral"], contents=True).contents[0]
    assert json.loads(content.card.data)["screening"] == {"AUDIT": 18, "DUDIT": 3}
    assert b"AUDIT" not in content.header


def test_what_another_program_sent_is_not_believed(client, maria):
    sent = maria.send(people.BEROENDE, card=json.dumps({"familyName": "Holm", "screening": {"AUDIT": 99}}).encode())
    assert "AUDIT: no total that it can have" in client.run("petra", "show", sent.referral)
