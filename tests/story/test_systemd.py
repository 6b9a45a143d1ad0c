# SPDX-License-Identifier: Apache-2.0
"""stafettd and a service manager: what it says, what it is handed, how it logs, and
what its units ask for. The manager is played by this file."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import processes
import pytest
import tree
from stack import Stack

# Executes a program as the one that is meant by LISTEN_PID, with the socket as number 3.
AS_MANAGER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=sys.argv[2])
os.execv(sys.argv[3], sys.argv[3:])
"""


class Manager:
    """Hears what the daemon says."""

    def __init__(self, folder):
        self.path = folder / "notify"
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind(str(self.path))
        self.path.chmod(0o666)
        self.line.settimeout(processes.DEADLINE_S)

    def hear(self, wanted):
        """The next news in which |wanted| is found; what comes before is skipped."""
        while True:
            news = self.line.recv(4096).decode()
            if re.search(wanted, news):
                return news


@pytest.fixture(scope="module")
def scene(build, work):
    stack = Stack(build, work / "sd", workers=2)
    manager = Manager(stack.folder)
    stack.process = processes.Process(
        stack.program, "-c", stack.config,
        env={"NOTIFY_SOCKET": str(manager.path), "WATCHDOG_USEC": "30000000"})
    stack.wait_ready()
    stack.import_directory()
    yield stack, manager
    stack.process.stop()


def test_it_says_when_it_serves(scene):
    _, manager = scene
    assert "READY=1" in manager.hear("READY")


def test_it_says_when_it_reloads_and_when_it_has(scene):
    stack, manager = scene
    stack.process.send_signal(signal.SIGHUP)
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", manager.hear("RELOADING"))
    assert "READY=1" in manager.hear("READY")


def test_it_feeds_the_watchdog(scene):
    _, manager = scene
    for _ in range(3):
        assert manager.hear("WATCHDOG") == "WATCHDOG=1"


def test_the_watchdog_starves_when_no_worker_turns(scene):
    """They are replaced, so it hungers only for as long as that takes."""
    stack, manager = scene
    mark = stack.process.mark()
    for pid in stack.workers().values():
        os.kill(pid, signal.SIGSTOP)
    for place in range(2):
        stack.process.wait_line(f"child hangs.*what=worker number={place} ", after=mark)
    for place in range(2):
        stack.process.wait_line(f"msg=ready worker={place} ", after=mark)
    assert manager.hear("WATCHDOG")


def test_it_says_when_it_ends(scene):
    stack, manager = scene
    stack.process.send_signal(signal.SIGTERM)
    assert manager.hear("STOPPING") == "STOPPING=1"
    # Asked once: the second time it would end its children at once.
    assert stack.process.popen.wait(processes.DEADLINE_S) == 0, stack.process.log()[-3000:]


# -- socket activation ------------------------------------------------------------


def start_with(stack, fd, count=1):
    return processes.Process("/usr/bin/python3", "-c", AS_MANAGER, fd, count, stack.program, "-c",
                             stack.config, pass_fds=[fd])


@contextlib.contextmanager
def manager_socket(port, family=socket.AF_INET):
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()
        yield listening


def test_who_comes_while_it_restarts_waits_and_is_served(build, work):
    stack = Stack(build, work / "sa", workers=2)
    with manager_socket(stack.port) as listening:
        stack.process = start_with(stack, listening.fileno())
        stack.wait_ready()
        stack.import_directory()
        assert "socket that was handed down" in stack.process.log()
        maria = stack.caller("maria")
        maria.units()
        assert stack.process.stop() == 0
        early = socket.create_connection(("127.0.0.1", stack.port))
        stack.process = start_with(stack, listening.fileno())
        maria.reconnect()
        assert maria.units().units
        early.close()
        stack.stop()


@pytest.mark.parametrize("count, said", [(2, "more than one socket"), (1, "no TCP socket that listens")])
def test_it_refuses_to_start_with_what_it_cannot_listen_on(build, work, count, said):
    stack = Stack(build, work / f"sb{count}")
    with socket.socket() as wrong:
        process = start_with(stack, wrong.fileno(), count)
        process.wait_line(said)
        assert process.stop(0) == 1


# -- the journal --------------------------------------------------------------------


def test_for_the_journal_a_line_begins_with_its_priority(build, work):
    stack = Stack(build, work / "sj")
    ours, theirs = socket.socketpair()
    ours.settimeout(processes.DEADLINE_S)
    stream = os.fstat(theirs.fileno())
    with processes.popen(stack.program, "-c", stack.config, stderr=theirs, env={
            "JOURNAL_STREAM": f"{stream.st_dev}:{stream.st_ino}"}) as process:
        theirs.close()
        first = ours.recv(65536).decode()
        process.terminate()
        process.wait(processes.DEADLINE_S)
    assert first.startswith("<6>level=info pid=")


def test_elsewhere_it_carries_the_time_whatever_the_environment_says(build, work):
    stack = Stack(build, work / "sk")
    process = processes.Process(stack.program, "-c", stack.config, env={"JOURNAL_STREAM": "1:2"})
    assert process.wait_line("msg=starting").startswith("time=")
    assert process.stop() == 0


# -- the units ------------------------------------------------------------------------

UNITS = tree.TOP / "deploy" / "systemd"


def unit_folder(tmp_path):
    """The units as they are installed, of a program that is there."""
    for unit in UNITS.iterdir():
        text = unit.read_text().replace("@sbindir@/stafettd", "/bin/true")
        (tmp_path / unit.name.removesuffix(".in")).write_text(text)
    return tmp_path


def installed(build):
    """Where each file of the build goes."""
    done = subprocess.run(["meson", "introspect", "--installed", str(build)],
                          capture_output=True, text=True, check=True)
    return {Path(source): Path(place) for source, place in json.loads(done.stdout).items()}


def test_the_units_are_installed_for_the_program_that_is(build):
    places = installed(build)
    program = next(place for source, place in places.items() if source.name == "stafettd")
    units = {source.name: (source, place) for source, place in places.items() if "systemd" in place.parts}
    assert set(units) == {"stafettd.service", "stafettd.socket"}
    assert {place.parent.name for _, place in units.values()} == {"system"}
    service = units["stafettd.service"][0].read_text()
    assert f"ExecStart={program} " in service


def analyze(*words):
    return subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True, check=False)


def test_the_units_are_understood(tmp_path):
    folder = unit_folder(tmp_path)
    done = analyze("verify", "--man=no", *sorted(folder.iterdir()))
    assert "stafett" not in done.stderr, done.stderr


def test_the_service_is_shut_in(tmp_path):
    done = analyze("security", "--offline=true", "--no-pager", unit_folder(tmp_path) / "stafettd.service")
    exposure = re.search(r"Overall exposure level for stafettd.service: ([\d.]+)", done.stdout)
    assert exposure and float(exposure.group(1)) <= 0.3, done.stdout
