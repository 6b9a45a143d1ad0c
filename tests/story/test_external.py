# SPDX-License-Identifier: Apache-2.0
"""Growing up: one setting names a PostgreSQL that somebody else keeps."""

import grpc
import people
import pytest
from caller import refused
from postgres import Cluster, Tables, connect
from stack import Stack


@pytest.fixture(scope="module")
def cluster(work):
    cluster = Cluster(work / "pg")
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def external(build, work, cluster):
    """A daemon without `trial` on a database of ours, brought up as an operator would."""
    uri = cluster.create_database("care")
    stack = Stack(build, work / "x", database=uri, trial="no")
    stack.command("migrate")
    stack.start()
    stack.import_directory()
    yield stack
    stack.stop()


def test_migrate_twice_changes_nothing(external):
    external.command("migrate")


def test_a_message_is_stored_in_the_named_database(external, cluster):
    """Suite "cms-1" is opaque to the daemon, and the only one outside a trial."""
    tables = Tables(connect(cluster.uri("care")))
    maria = external.caller("maria")
    refusal = refused(maria.send, people.BEROENDE, suite="none")
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "SUITE_REFUSED")
    assert tables.count("referral") == 0
    assert tables.count("organization") == len(people.ORGANIZATIONS)


def test_no_private_postgresql_is_kept_beside_it(external):
    assert not (external.folder / "state" / "pg").exists()


def test_a_trial_on_the_named_database_takes_unsealed_messages(build, work, external, cluster):
    uri = cluster.create_database("trial")
    trial = Stack(build, work / "t", database=uri)
    trial.command("migrate")
    trial.start()
    trial.import_directory()
    try:
        maria, petra = trial.caller("maria"), trial.caller("petra")
        sent = maria.send(people.BEROENDE, body="åäö".encode())
        petra.accept(sent, 1)
        assert maria.get(sent.referral).chain.custodian == people.BEROENDE
        assert Tables(connect(uri)).count("referral") == 1
    finally:
        trial.stop()
