# SPDX-License-Identifier: Apache-2.0
"""A directory file that is loaded again: it is the whole truth of the members it names."""

import grpc
import quarter
import pytest
from caller import refused
from postgres import connect


pytestmark = pytest.mark.usefixtures("built_quarter")


def load(stack, **roles):
    """The quarter's directory, in which members have other roles."""
    directory = quarter.directory()
    for organization in directory["organizations"]:
        for member in organization["members"]:
            member["roles"] = roles.get(member["id"], member["roles"])
    stack.load(directory)


def test_a_role_that_is_left_out_ends_and_may_be_given_back(stack):
    elsa, nora = quarter.caller(stack, "elsa"), quarter.caller(stack, "nora")
    sent = nora.send(quarter.EAST)
    load(stack, elsa={quarter.EAST: ["auditor"]})
    refusal = refused(elsa.acknowledge, sent)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.PERMISSION_DENIED, "ROLE_REQUIRED")
    load(stack, elsa={})
    assert refused(elsa.inbox).reason == "NOT_A_MEMBER"
    load(stack, elsa={f"{quarter.EAST.split('/')[0]}/*": ["caseworker"]})
    elsa.acknowledge(sent)
    nora.get(sent.referral)   # of the others nothing has changed


CLOSES = {"status": "closed", "replaced_by": quarter.SOUTH}


def test_a_unit_on_which_somebody_waits_closes_only_with_a_successor(stack):
    quarter.caller(stack, "nora").send(quarter.OLD)
    refusal = quarter.build(stack, check=False, gamla={"status": "closed"})
    assert refusal.returncode != 0
    assert "malmo/gamla has a part in 1 referral: name its successor (replaced_by)" in refusal.stderr
    quarter.build(stack, gamla=CLOSES)
    quarter.build(stack)


def test_a_successor_is_of_the_same_organisation(stack):
    """Another one would read what nobody sent it."""
    refusal = quarter.build(stack, check=False, oster={"status": "closed", "replaced_by": quarter.OLD})
    assert refusal.returncode != 0 and "must be a unit of the same organisation" in refusal.stderr


def test_who_reads_the_directory_for_long_keeps_a_unit_from_closing_and_nobody_else(stack):
    """As a backup does."""
    backup = connect(stack.database_uri())
    backup.autocommit = False
    backup.cursor().execute("SELECT count(*) FROM stafett.unit, stafett.directory")
    try:
        refusal = quarter.build(stack, check=False, gamla=CLOSES)
        assert refusal.returncode != 0 and "try again when that is over" in refusal.stderr
        quarter.caller(stack, "nora").send(quarter.EAST)
    finally:
        backup.close()
    quarter.build(stack, gamla=CLOSES)
    quarter.build(stack)


def test_whom_a_file_does_not_name_stays_as_it_was(stack):
    directory = quarter.directory()
    for organization in directory["organizations"]:
        organization["members"] = [one for one in organization["members"] if one["id"] != "vera"]
    stack.load(directory)
    quarter.caller(stack, "vera").register()
