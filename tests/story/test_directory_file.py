# SPDX-License-Identifier: Apache-2.0
"""A directory file that is loaded again: it is the whole truth of the members it names."""

import grpc
import quarter
import pytest
from caller import refused
from stack import Stack


@pytest.fixture(scope="module")
def stack(build, work):
    stack = Stack(build, work / "directory-file").start()
    quarter.build(stack)
    yield stack
    stack.stop()


def load(stack, **roles):
    """The quarter's directory, in which members have other roles."""
    directory = quarter.directory()
    for organization in directory["organizations"]:
        for member in organization["members"]:
            member["roles"] = roles.get(member["id"], member["roles"])
    quarter.load(stack, directory)


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


def test_whom_a_file_does_not_name_stays_as_it_was(stack):
    directory = quarter.directory()
    for organization in directory["organizations"]:
        organization["members"] = [one for one in organization["members"] if one["id"] != "vera"]
    quarter.load(stack, directory)
    quarter.caller(stack, "vera").register()
