# SPDX-License-Identifier: Apache-2.0
"""The servers that are measured, what they spend, and what is thrown at them.

CPU is user and system time by /proc: of all the daemon's processes, and of all of
PostgreSQL's, the dead ones included in those who waited for them.
"""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import people
import processes
from rest import wait_at_rest
from stack import Stack

TOP = Path(__file__).resolve().parents[2]
BUILD = TOP / "build-release"
PROGRAMS = ["server/stafettd", "tests/bench/load", "tests/bench/reference", "tests/bench/wire",
            "tests/bench/calibrate"]
TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")
CONNECTIONS = 8   # at most: more callers share them, as streams
IDLE_WINDOW_S = 0.3
MEMBER, UNIT, TO = people.MEMBERS["maria"].urn, people.LUND, people.BEROENDE


def build():
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["meson", "setup", BUILD, TOP, "-Dwerror=true"], check=True,
                       stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", BUILD, "--quiet", *PROGRAMS], check=True)


def cores():
    """(the servers', the load's): one each, where there are two."""
    usable = sorted(os.sched_getaffinity(0))
    return {usable[0]}, set(usable[1:2] or usable)


def calibrate():
    """What fixed work costs on the servers' core, in microseconds: see calibrate.c."""
    core = ",".join(str(core) for core in cores()[0])
    done = processes.run("taskset", "-c", core, BUILD / "tests/bench/calibrate", user=None)
    return json.loads(done.stdout)["verify_us"]


def beside():
    """The words before a command that is to run on the load's core."""
    return "taskset", "-c", ",".join(str(core) for core in sorted(cores()[1]))


# -- what they spend -----------------------------------------------------------------

def _stat_fields(pid):
    """comm, and the numbers after it, of /proc/PID/stat."""
    text = Path(f"/proc/{pid}/stat").read_text()
    return text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()


def _processes():
    """{pid: (parent, comm, CPU ticks, those of waited-for children included)}"""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                comm, fields = _stat_fields(int(entry.name))
            except (OSError, ValueError):
                continue
            found[int(entry.name)] = (int(fields[1]), comm, sum(int(fields[i]) for i in (11, 12, 13, 14)))
    return found


def _family(root):
    """(comm, ticks) of |root| and its descendants by pid."""
    found = _processes()

    def is_ours(pid):
        while pid in found and pid != root:
            pid = found[pid][0]
        return pid == root
    return {pid: found[pid][1:] for pid in found if is_ours(pid)}


def cpu_us(root):
    """(daemon, PostgreSQL) CPU so far. Read again while processes come and go: one that
    ends between two lines of a reading would be missed."""
    family = _family(root)
    while (again := _family(root)).keys() != family.keys():
        family = again
    database = sum(ticks for comm, ticks in again.values() if comm.startswith("postgres"))
    return (sum(ticks for _, ticks in again.values()) - database) * TICK_US, database * TICK_US


def rss_bytes(pid):
    """What |pid| has in memory, the shared parts too."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class _Unpinned:
    def __init__(self, pidfile):
        self._postmaster = int(pidfile.read_text().split()[0])

    def __enter__(self):
        os.sched_setaffinity(self._postmaster, os.sched_getaffinity(0))

    def __exit__(self, *_):
        os.sched_setaffinity(self._postmaster, cores()[0])


class Servers:
    """A daemon with its private PostgreSQL, both on the servers' core."""

    def __init__(self, folder, **settings):
        self.folder = folder
        folder.mkdir()
        folder.chmod(0o755)
        self.stack = Stack(BUILD, folder / "s", log_level="warn", **settings)
        here = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores()[0])
        try:
            self.stack.start()
        finally:
            os.sched_setaffinity(0, here)
        self.stack.import_directory()
        self.identity = self.stack.identity(MEMBER).write(folder, "maria")
        # The server's user connects by its own name, and may not reach the checkout.
        self.reference_program = shutil.copy(BUILD / "tests/bench/reference", folder)

    def stop(self):
        self.stack.stop()

    def slow_disk(self, microseconds):
        """Makes every commit take so much longer, as on a slow disk: the capacity is small,
        and the load's core can offer many times as much."""
        cluster = self.stack.folder / "state" / "pg"
        with (cluster / "postgresql.conf").open("a") as config:
            config.write(f"commit_delay = {microseconds}\ncommit_siblings = 0\n")
        os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)

    def cpu_us(self):
        return cpu_us(self.stack.process.popen.pid)

    def unpinned(self):
        """While this is open, new connections to PostgreSQL work on every core."""
        return _Unpinned(self.stack.folder / "state" / "pg" / "postmaster.pid")

    def daemon_pids(self):
        return list(self.daemon_ticks())

    def daemon_ticks(self):
        """What each of the daemon's processes has spent so far, by pid."""
        return {pid: ticks for pid, (comm, ticks) in _family(self.stack.process.popen.pid).items()
                if not comm.startswith("postgres")}

    def wait_idle(self):
        """Until what was done before has been cleaned up behind."""
        if not wait_at_rest(lambda: sum(self.cpu_us()), IDLE_WINDOW_S):
            raise SystemExit("the servers do not come to rest")

    def measure(self, *command, user=None):
        """Runs a program that prints what it sent; adds what the servers spent, from when
        it says that it is connected, where it does: what a handshake costs, or to prepare
        statements, is no part of a send."""
        before = self.cpu_us()
        program = processes.popen(*beside(), *command, user=user, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = program.stderr.readline()
        if said == "connected\n":
            before = self.cpu_us()
        out, more = program.communicate(timeout=processes.DEADLINE_S * 2)
        if program.returncode:
            raise SystemExit(f"{command[0]} failed: {out}{said}{more}")
        after = self.cpu_us()
        result = json.loads(out)
        result["rate"] = result["sends"] / result["seconds"]
        for name, index in (("daemon_us", 0), ("database_us", 1)):
            result[name] = (after[index] - before[index]) / result["sends"]
        result["server_us"] = result["daemon_us"] + result["database_us"]
        return result

    def load(self, callers, seconds, rate=0, call="send", connections=CONNECTIONS):
        """|callers| of stafett, each with one call under way; with |rate|, at that rate."""
        certificate, key = self.identity
        return self.measure(
            BUILD / "tests/bench/load", "--host", "127.0.0.1", "--port", self.stack.port,
            "--ca", self.stack.folder / "ca.pem", "--certificate", certificate, "--key", key,
            "--member", MEMBER, "--unit", UNIT, "--to", TO, "--callers", callers,
            "--connections", min(callers, connections), "--seconds", seconds, "--rate", int(rate),
            "--call", call)

    def reference(self, *words):
        """PostgreSQL alone: see reference.c."""
        uri = self.stack.database_uri().replace("stafett_admin", "stafett_app")
        return self.measure(self.reference_program, "--database", uri, "--member", MEMBER,
                             "--unit", UNIT, "--to", TO, *words, user=processes.SERVER_USER)
