# SPDX-License-Identifier: Apache-2.0
"""The trial in one command, as the README promises it, with the programs that
the tests have built."""

import os
import pathlib
import re
import stat
import subprocess

import processes
import pytest
import tree

TRY = tree.TOP / "deploy" / "try"
CODE = re.compile(r"^([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})  sent\.", re.M)
WHO = re.compile(r"^\[(\S+), (\w+)\] +\$ stafett (\w+)", re.M)


@pytest.fixture(scope="module")
def trial(build, work):
    """Runs deploy/try in a folder of its own."""
    folder = work / "try"

    def run(*words, status=0):
        done = subprocess.run(
            [TRY, "--dir", folder, *words], capture_output=True, text=True, timeout=300,
            stdin=subprocess.DEVNULL, env={**os.environ, "STAFETT_BUILD": str(build)})
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    run.folder = folder
    run.first = run("--port", str(processes.free_port()))
    yield run
    run("--stop")


def shell(trial, program, line):
    """What |line| prints in a shell that has read the trial's environment."""
    done = subprocess.run([program, "-c", f". '{trial.folder}/env'; {line}"], capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_command_is_shown_with_who_runs_it(trial):
    lund, beroende = ("lund/vuxen", "caseworker"), ("skane/beroende-lund", "intake")
    assert WHO.findall(trial.first) == [
        (*lund, "units"), (*lund, "send"), (*beroende, "inbox"), (*beroende, "show"),
        (*beroende, "ack"), (*beroende, "accept"), (*lund, "show")]


def test_the_baton_changes_hands(trial):
    assert "You hold it until Beroende Lund accepts" in trial.first
    assert "Beroende Lund now holds this chain" in trial.first
    assert re.search(r"Held by +Beroende Lund", trial.first.rsplit("$ stafett show", 1)[1])


def test_man_finds_the_manual_beside_the_program(trial):
    program = shell(trial, "sh", "command -v stafett").strip()
    assert (pathlib.Path(program).parent / "../share/man/man1/stafett.1").is_file()


def test_a_second_run_uses_what_is_there_and_sends_another(trial):
    second = trial()
    assert "starting stafettd" not in second
    assert CODE.search(second).group(1) != CODE.search(trial.first).group(1)


@pytest.mark.parametrize("program", ["sh", "bash"])
def test_the_environment_puts_the_members_on_the_path(trial, program):
    assert "skane/beroende-lund" in shell(trial, program, "stafett profile")
    code = CODE.search(trial.first).group(1)
    assert code[:4] in shell(trial, program, "stafett --as lund/vuxen list")


def test_the_auditor_of_the_trial_sees_what_all_of_lund_has_done(trial):
    said = shell(trial, "sh", "stafett --as ulla audit log --action send")
    assert re.search(r"Maria Nilsson, Lund Vuxen: [0-9A-Z]{4} sent", said)
    assert "Petra Svensson" not in shell(trial, "sh", "stafett --as ulla audit log --rows 500")
    elsewhere = "stafett --as lund/oppenvard list >&2; stafett --as ulla audit log --unit lund/oppenvard"
    assert "Tomas Persson" in shell(trial, "sh", elsewhere)


def test_the_directory_has_eight_organisations_and_a_closed_unit_with_a_successor(trial):
    units = shell(trial, "sh", "stafett --plain units --closed")
    assert len({handle.split("/")[0] for handle in re.findall(r"\b[a-z]+/[a-z-]+", units)}) >= 8
    assert "skane/beroende-malmo" in units


def test_keys_are_for_their_owner_only(trial):
    keys = list(trial.folder.rglob("*.key"))
    assert len(keys) > 20
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_stop_stops_and_the_next_run_goes_on_where_it_was(trial):
    trial("--stop")
    assert not (trial.folder / "stafettd.pid").exists()
    again = trial()
    assert "starting stafettd" in again
    assert CODE.search(trial.first).group(1)[:4] in shell(trial, "sh", "stafett --as lund/vuxen list")


def test_an_option_that_does_not_exist_is_refused(trial):
    trial("--dance", status=2)
