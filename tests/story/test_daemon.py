# SPDX-License-Identifier: Apache-2.0
"""The life of stafettd: how it starts, what it survives, how it ends."""

import itertools
import os
import re
import signal
import socket
import stat
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import grpc
import people
import processes
import pytest
from postgres import Cluster, Tables, connect
from stack import Stack, serving


@pytest.fixture
def folder(work, numbers=itertools.count()):
    """A folder of this test's own, with a short name."""
    return work / f"d{next(numbers)}"


@pytest.fixture
def stack(build, folder):
    """A daemon that has not been started yet."""
    stack = Stack(build, folder)
    yield stack
    if stack.process and stack.process.is_running():
        stack.stop()


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def connects(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# -- the command line -------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try to run it as root")
@pytest.mark.parametrize("words", [(), ("--check",), ("migrate",)], ids=["serve", "check", "migrate"])
def test_it_refuses_to_run_as_root(stack, words):
    done = stack.command(*words, user=None, check=False)
    assert done.returncode == 1
    assert "refuses to run as root" in done.stderr
    assert not (stack.folder / "state").exists()


def test_check_says_ok_of_settings_that_can_be_used(stack):
    assert stack.command("--check").stdout == "ok\n"


@pytest.mark.parametrize("option, said", [
    ("prot=7443", "did you mean 'port'"),
    ("port=70000", "port"),
    ("certificate_file=/nowhere/server.pem", "/nowhere/server.pem"),
    ("key_file=ca.pem", "ca.pem"),
    ("ca_file=server.key", "server.key"),
    ("postgresql_dir=/nowhere", "/nowhere/initdb"),
])
def test_check_says_in_one_line_what_is_wrong(stack, option, said):
    done = stack.command("-o", option, "--check", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_check_refuses_a_key_that_others_may_read(stack):
    (stack.folder / "server.key").chmod(0o640)
    done = stack.command("--check", check=False)
    assert done.returncode == 1 and "server.key" in done.stderr


@pytest.mark.parametrize("words", [("--dance",), ("dance",), ("directory",), ("--check", "migrate")],
                         ids=" ".join)
def test_a_command_line_that_is_not_understood_ends_with_2(stack, words):
    done = stack.command(*words, check=False)
    assert done.returncode == 2 and done.stderr


def test_help_and_version_need_no_settings(stack):
    assert "usage: stafettd" in processes.run(stack.program, "--help").stdout
    assert re.match(r"stafettd \d+\.\d+\.\d+\n$", processes.run(stack.program, "--version").stdout)


# -- start and end ----------------------------------------------------------------


def test_the_private_database_is_made_once_and_kept(stack):
    stack.serve()
    sent = stack.caller("maria").send(people.BEROENDE)
    stack.stop()
    stack.start()
    assert "initialising" not in stack.process.log()
    assert stack.caller("maria").get(sent.referral).chain.id == sent.chain


def test_the_private_database_is_nobody_elses_and_durable(stack):
    stack.start()
    state = stack.folder / "state"
    for path in (state, state / "pg", state / "run"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    values = {name: stack.tables().value(f"SHOW {name}") for name in (
        "fsync", "synchronous_commit", "full_page_writes", "data_checksums", "listen_addresses",
        "wal_level", "server_encoding", "lc_collate")}
    assert values == {
        "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "data_checksums": "on",
        "listen_addresses": "", "wal_level": "replica", "server_encoding": "UTF8", "lc_collate": "C.UTF-8"}


def test_the_operators_tuning_counts_but_durability_stands(stack):
    stack.start()
    stack.stop()
    tuning = stack.folder / "state" / "pg" / "tuning.conf"
    tuning.write_text("work_mem = 7MB\nfsync = off\n")
    stack.start()
    assert [stack.tables().value(f"SHOW {name}") for name in ("work_mem", "fsync")] == ["7MB", "on"]


def test_a_folder_with_a_long_path_gets_a_short_socket(build, folder):
    stack = Stack(build, folder, state_dir="s" * 90)
    stack.start()
    link = folder / ("s" * 90) / "run"
    target = link.readlink()
    assert str(target).startswith("/var/tmp/stafett-")
    assert stat.S_IMODE(target.stat().st_mode) == 0o700
    stack.stop()
    stack.start()
    assert link.readlink() == target
    stack.stop()
    for path in target.iterdir():
        path.unlink()
    target.rmdir()


def test_sigterm_drains_and_stops_everything(stack):
    stack.start()
    postgres = stack.postmaster()
    worker = stack.workers()[0]
    assert stack.process.stop(signal.SIGTERM) == 0
    assert not is_alive(worker) and not is_alive(postgres)
    assert not connects(stack.port)
    assert (stack.folder / "state" / "pg" / "postmaster.pid").exists() is False


ENOUGH = 200
REFUSED = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}


def send_until_refused(caller, acknowledged, enough, over):
    """Sends one referral after the other; returns the status that ended it, or OK where
    nothing of it was under way at the end: it came to a new worker, or was told it is over."""
    while not over.is_set():
        try:
            acknowledged.append(caller.send(people.BEROENDE).referral)
        except grpc.RpcError as error:
            return error.code()
        if len(acknowledged) >= ENOUGH:
            enough.set()
    return grpc.StatusCode.OK


@pytest.mark.parametrize("how", ["sigterm", "worker", "master"])
def test_what_was_acknowledged_before_an_end_under_load_is_there_after_it(stack, how):
    stack.serve()
    callers = [stack.caller("maria") for _ in range(8)]
    acknowledged, enough, over = [], threading.Event(), threading.Event()
    worker = stack.workers()[0]
    with ThreadPoolExecutor(len(callers)) as pool:
        endings = [pool.submit(send_until_refused, caller, acknowledged, enough, over) for caller in callers]
        assert enough.wait(processes.DEADLINE_S)
        if how == "sigterm":
            assert stack.process.stop() == 0, stack.process.log()[-4000:]
        else:
            os.kill(worker if how == "worker" else stack.process.popen.pid, signal.SIGKILL)
        wait(endings, return_when=FIRST_COMPLETED)
        over.set()
        codes = {ending.result() for ending in endings}
    assert codes & REFUSED and codes <= REFUSED | {grpc.StatusCode.OK}
    processes.wait_end(worker)
    if how != "worker":
        stack.start()
    tables = Tables(connect(stack.database_uri()))
    stored = {str(id) for id, in tables.rows("SELECT id FROM stafett.referral")}
    assert len(acknowledged) >= ENOUGH and set(acknowledged) <= stored


def test_sigint_of_a_terminal_drains_too(stack):
    stack.start()
    assert stack.process.stop(signal.SIGINT) == 0, stack.process.log()
    assert "msg=drained" in stack.process.log()


def test_sigterm_during_the_first_start_ends_it_and_leaves_no_half_database(stack):
    process = processes.Process(stack.program, "-c", stack.config)
    process.wait_line("to=initialising")
    assert process.stop(signal.SIGTERM) == 0
    assert not list((stack.folder / "state").glob("pg*/PG_VERSION"))


def test_a_port_that_is_taken_is_said_and_ends_it(stack):
    with socket.create_server(("127.0.0.1", stack.port)):
        process = processes.Process(stack.program, "-c", stack.config)
        process.wait_line(f"cannot listen on address '127.0.0.1', port {stack.port}")
        assert process.stop(0) == 1


def test_a_second_daemon_on_the_same_folder_is_refused(stack):
    stack.start()
    second = processes.Process(stack.program, "-c", stack.config, "-o", f"port={processes.free_port()}")
    second.wait_line("another stafettd works in")
    assert second.stop(0) == 1
    assert stack.caller("maria").channel and stack.process.is_running()


def test_a_database_that_cannot_start_ends_it_with_the_reason(stack):
    stack.start()
    stack.stop()
    (stack.folder / "state" / "pg" / "tuning.conf").write_text("shared_buffers = nonsense\n")
    process = processes.Process(stack.program, "-c", stack.config)
    process.wait_line("private database ended by itself.*tuning.conf")
    process.wait_line("from=starting to=failed")
    assert process.stop(0) == 1


# -- what it survives -------------------------------------------------------------


def test_a_killed_worker_is_replaced(stack):
    stack.serve()
    for _ in range(3):
        stack.kill_worker()
    stack.wait_ready()
    assert stack.caller("maria").send(people.BEROENDE).referral


def test_a_restarted_master_adopts_the_running_database(stack):
    stack.serve()
    sent = stack.caller("maria").send(people.BEROENDE)
    postgres = stack.postmaster()
    worker = stack.workers()[0]

    os.kill(stack.process.popen.pid, signal.SIGKILL)
    processes.wait_end(worker)
    assert is_alive(postgres)
    assert not connects(stack.port)

    stack.start()
    stack.process.wait_line(f"adopted the running private database.*postgres={postgres}")
    assert stack.postmaster() == postgres
    assert stack.caller("maria").get(sent.referral).referral.status == "requested"
    stack.stop()
    assert not is_alive(postgres)


def test_a_killed_database_is_started_again_and_nothing_is_lost(stack):
    stack.serve()
    sent = stack.caller("maria").send(people.BEROENDE)
    mark = stack.process.mark()
    os.kill(stack.postmaster(), signal.SIGKILL)
    stack.process.wait_line("from=starting to=ready", after=mark)
    stack.process.wait_line("database is there", after=mark)
    assert stack.caller("maria").get(sent.referral).referral.status == "requested"


def test_an_interrupted_first_start_is_made_again(stack):
    process = processes.Process(stack.program, "-c", stack.config)
    process.wait_line("to=initialising")
    os.kill(process.popen.pid, signal.SIGKILL)
    process.popen.wait()
    assert not (stack.folder / "state" / "pg").exists()
    stack.start()
    assert "to=initialising" in stack.process.log()


# -- the administrator's jobs -------------------------------------------------------


@pytest.fixture(scope="module")
def cluster(work):
    cluster = Cluster(work / "dpg")
    yield cluster
    cluster.stop()


@pytest.mark.parametrize("statement, said", [
    ("UPDATE stafett.schema_version SET sha256 = repeat('0', 64) WHERE version = 2", "other content"),
    ("INSERT INTO stafett.schema_version VALUES (9999, 'later', '', stafett.now())", "is newer than"),
    ("DELETE FROM stafett.schema_version WHERE version = 1", "missing in the database"),
], ids=["changed", "newer", "gap"])
def test_migrate_leaves_a_schema_alone_that_is_not_ours(build, folder, cluster, statement, said):
    owner = cluster.create_database(folder.name)
    stack = Stack(build, folder, owner, database=owner)
    stack.command("migrate")
    before = stack.tables().digests()
    with stack.tables().connection.cursor() as cursor:
        cursor.execute(statement)
    done = stack.command("migrate", check=False)
    assert done.returncode == 1 and said in done.stderr
    after = stack.tables().digests()
    assert {name for name in after if after[name] != before[name]} == {"schema_version"}


def test_the_administrators_jobs_need_a_running_private_database(stack):
    done = stack.command("migrate", check=False)
    assert done.returncode == 1 and "start stafettd" in done.stderr


def test_an_import_may_be_repeated(stack):
    stack.serve()
    before = {name: stack.tables().count(name) for name in ("organization", "unit", "member", "membership")}
    stack.import_directory()
    assert before == {name: stack.tables().count(name) for name in before}


WRONG = {  # what is done to the directory, and what is said of it
    "a misspelt field": (lambda d: d["organizations"][0]["units"][0].update(fone="1"), "'fone' is not known"),
    "an unknown need": (lambda d: d["organizations"][0]["units"][0].update(needs=["beer"]), "'needs' cannot hold"),
    "a wrong number": (lambda d: d["organizations"][1].update(number="2321000256"), "not an organisation number"),
    "a false HSA-id": (lambda d: d["organizations"][0]["units"][0].update(hsa_id="SE2120001132"), "is not an HSA-id"),
    "a foreign handle": (lambda d: d["organizations"][2]["units"][0].update(handle="lund/x"), "the handle must be"),
    "an unknown unit": (lambda d: d["organizations"][0]["members"][0].update(roles={"lund/x": ["intake"]}), "no 'lund/x'"),
    "another's units": (lambda d: d["organizations"][0]["members"][0].update(roles={"skane/*": ["intake"]}), "no 'skane/*'"),
    "an unknown role": (lambda d: d["organizations"][0]["members"][0].update(roles={"lund/vuxen": ["king"]}), "not a role"),
    "no list": (lambda d: d.update(organizations={}), "must be a list"),
}


@pytest.fixture(scope="module")
def imported(build, work):
    with serving(build, work / "di") as stack:
        yield stack


def test_a_role_in_every_unit_is_one_line_of_the_directory(imported):
    directory = people.directory()
    directory["organizations"][1]["members"].append(
        {"id": "everywhere", "display_name": "Everywhere", "roles": {"skane/*": ["auditor"]}})
    imported.load(directory)
    units = imported.tables().rows(
        "SELECT u.handle FROM stafett.membership ms JOIN stafett.member m ON m.id = ms.member"
        " JOIN stafett.unit u ON u.id = ms.unit WHERE m.display_name = 'Everywhere' ORDER BY u.handle")
    assert [handle for handle, in units] == sorted(h for h in people.UNITS if h.startswith("skane/"))


def test_an_hsa_id_is_kept_in_one_spelling(imported):
    directory = people.directory()
    unit = directory["organizations"][0]["units"][0]
    unit["hsa_id"] = "se162120001132-e1"
    imported.load(directory)
    assert imported.tables().rows("SELECT hsa_id FROM stafett.unit WHERE handle = %s", unit["handle"]) == [
        ("SE2120001132-E1",)]


@pytest.mark.parametrize("spoil, said", WRONG.values(), ids=[name.replace(" ", "_") for name in WRONG])
def test_a_directory_with_a_fault_changes_nothing(imported, spoil, said):
    directory = people.directory()
    directory["organizations"][0]["name"] = "Another name"
    spoil(directory)
    before = imported.tables().digests()
    done = imported.load(directory, check=False)
    assert done.returncode == 1 and said in done.stderr and done.stderr.count("\n") == 1
    assert imported.tables().digests() == before
