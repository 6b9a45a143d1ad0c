# SPDX-License-Identifier: Apache-2.0
"""Growing up: one setting names a PostgreSQL that somebody else keeps."""

import grpc
import people
import pytest
from caller import refused
from postgres import Cluster
from stack import Stack


@pytest.fixture(scope="module")
def cluster(work):
    cluster = Cluster(work / "care")
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def external(build, work, cluster):
    """A daemon without `trial` on a database of ours, brought up as an operator would."""
    owner = cluster.create_database("care")
    stack = Stack(build, work / "x", owner, database=cluster.uri("care", "stafett_app"), trial="no")
    stack.command("migrate")
    stack.start()
    stack.import_directory()
    yield stack
    stack.stop()


def test_migrate_twice_changes_nothing(external):
    external.command("migrate")


def test_outside_a_trial_unsealed_messages_are_refused(external):
    maria, tables = external.caller("maria"), external.tables()
    refusal = refused(maria.send, people.BEROENDE, suite="none")
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "SUITE_REFUSED")
    assert tables.count("referral") == 0


def test_the_directory_stands_in_the_named_database(external):
    assert external.tables().count("organization") == len(people.ORGANIZATIONS)
    assert people.BEROENDE in {unit.handle for unit in external.caller("maria").units().units}


def test_no_private_postgresql_is_kept_beside_it(external):
    assert not (external.folder / "state" / "pg").exists()


def test_a_trial_on_a_named_database_takes_a_referral_to_its_acceptance(build, work, cluster):
    owner = cluster.create_database("trial")
    trial = Stack(build, work / "t", owner, database=cluster.uri("trial", "stafett_app"))
    trial.command("migrate")
    trial.start()
    trial.import_directory()
    try:
        maria, petra = trial.caller("maria"), trial.caller("petra")
        sent = maria.send(people.BEROENDE, body="åäö".encode())
        petra.accept(sent, 1)
        assert maria.get(sent.referral).chain.custodian == people.BEROENDE
        assert trial.tables().count("referral") == 1
    finally:
        trial.stop()
