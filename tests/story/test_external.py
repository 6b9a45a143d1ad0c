# SPDX-License-Identifier: Apache-2.0
"""Growing up: one setting names a PostgreSQL that somebody else keeps."""

import os
from pathlib import Path

import grpc
import people
import pytest
from caller import refused
from postgres import Cluster, connect
from processes import free_port
from stack import Stack, serving
from stubs import contract

# Of /proc/net/tcp: a connection's state, and the timer that it runs.
ESTABLISHED, KEEPALIVE = "01", "02"


@pytest.fixture(scope="module")
def cluster(work):
    cluster = Cluster(work / "care")
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def external(build, work, cluster):
    """A daemon without `trial` on a database of ours, brought up as an operator would."""
    owner = cluster.create_database("care")
    settings = dict(database=cluster.uri("care", "stafett_app"), trial="no")
    with serving(build, work / "x", owner, **settings) as stack:
        yield stack


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
    with serving(build, work / "t", owner, database=cluster.uri("trial", "stafett_app")) as trial:
        maria, petra = trial.caller("maria"), trial.caller("petra")
        sent = maria.send(people.BEROENDE, body="åäö".encode())
        petra.accept(sent, 1)
        assert maria.get(sent.referral).chain.custodian == people.BEROENDE
        assert trial.tables().count("referral") == 1


@pytest.fixture
def own_cluster(work, request):
    """A cluster that one test may change; also on TCP, with a password."""
    cluster = Cluster(work / request.node.name[:20], "listen_addresses=127.0.0.1",
                      f"port={free_port()}", initdb=["--auth-host=scram-sha-256"])
    yield cluster
    cluster.stop()


def port_of(cluster):
    return next(word.split("=")[1] for word in cluster.words if word.startswith("port="))


@pytest.fixture
def own_daemon(build, work, own_cluster, request):
    """Makes a trial daemon on |own_cluster|."""
    stacks = []

    def make(hosts, ports):
        owner = f"{own_cluster.uri()} port={port_of(own_cluster)}"
        database = f"host={hosts} port={ports} dbname=postgres user=stafett_app password=trial"
        stack = Stack(build, work / f"{request.node.name[:20]}-d", owner, database=database)
        stack.command("migrate")
        connect(owner).cursor().execute("ALTER ROLE stafett_app PASSWORD 'trial'")
        stacks.append(stack)
        stack.start()
        stack.import_directory()
        return stack

    yield make
    for stack in stacks:
        stack.stop()


def test_a_host_that_refuses_is_followed_by_the_next_one(own_cluster, own_daemon):
    """libpq closes the first socket, and the second one gets its number."""
    stack = own_daemon("127.0.0.1,127.0.0.1", f"{free_port()},{port_of(own_cluster)}")
    assert stack.caller("maria").send(people.BEROENDE).receipt.durability == "LOCAL"


def test_settings_that_a_reload_weakens_do_not_weaken_an_answer(own_cluster, own_daemon):
    stack = own_daemon("127.0.0.1", port_of(own_cluster))
    maria = stack.caller("maria")
    administrator = connect(stack.owner).cursor()
    for setting in ("synchronous_commit = off", "synchronous_standby_names = 'nobody'"):
        administrator.execute(f"ALTER SYSTEM SET {setting}")
    administrator.execute("SELECT pg_reload_conf()")
    request = maria.send_request(people.BEROENDE)
    refusal = refused(maria.call, maria.referrals.Send, request, timeout=2)
    assert refusal.code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    reading = contract.referral_service.ReferralServiceListRequest()
    assert refused(maria.call, maria.referrals.List, reading, timeout=2).code == (
        grpc.StatusCode.DEADLINE_EXCEEDED)
    administrator.execute("ALTER SYSTEM RESET ALL")
    administrator.execute("SELECT pg_reload_conf()")
    assert maria.resend(request).receipt


def keepalive_seconds(port):
    """When the daemon's connections to |port| next ask whether the other side lives."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in lines if line.split()[2].endswith(f":{int(port):04X}")]
    timers = [field[5].split(":") for field in fields if field[3] == ESTABLISHED]
    return [int(when, 16) / os.sysconf("SC_CLK_TCK") for kind, when in timers if kind == KEEPALIVE]


def test_a_database_that_vanishes_is_noticed_in_seconds(own_cluster, own_daemon):
    own_daemon("127.0.0.1", port_of(own_cluster))
    timers = keepalive_seconds(port_of(own_cluster))
    assert len(timers) >= 3 and max(timers) <= 6
