# SPDX-License-Identifier: Apache-2.0
"""A daemon under attack: honest callers at a steady rate, an attacker who holds a
certificate of the right CA, and what all of that costs."""

import contextlib
import json
import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import people
import processes
from stack import Stack

SAID = "said"   # the name of what a test has to say at the end
LONG = os.environ.get("STAFETT_LONG") == "1"
ONE_WORKER = {"workers": 1}   # where attacker and honest callers meet
HONEST, HERE = people.MEMBERS["maria"], "127.0.0.1"   # where the honest come from
ATTACKERS = [people.Member("malmo", f"mallory{n}", f"Mallory {n}", ((people.MALMO, "caseworker"),))
             for n in range(250)]
RATE, CALLERS, CONNECTIONS = 50, 16, 8   # of the honest: sends a second


def build_release():
    """Where the programs are as they are shipped."""
    top = Path(__file__).resolve().parents[2]
    folder = top / "build-release"
    if not (folder / "build.ninja").exists():
        subprocess.run(["meson", "setup", folder, top, "-Dwerror=true"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", folder, "--quiet", "server/stafettd", "tests/bench/load", "tests/hostile/attack"],
                   check=True)
    return folder


PRIORITY = 10   # above everything that has none


@contextlib.contextmanager
def ahead_of_all():
    """What is begun meanwhile goes before whatever else the machine has to do, if we may say so;
    if not, it should have nothing else to do."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def _aside():
    """What an attacker is begun with where it is measured: it has what the others leave of
    the processor. What it does itself, it would do on a machine of its own."""
    if not LONG:
        return ()
    if os.sched_getscheduler(0) == os.SCHED_FIFO:
        return ("chrt", "--other", "0")
    return ("nice", "-n", "19")


def is_sanitized(program):
    return b"__asan_init" in Path(program).read_bytes()


def family(root):
    """The pids of |root| and its descendants that run stafettd."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue
            if "(stafettd" in text:
                parents[int(entry.name)] = int(text[text.rindex(")") + 2:].split()[1])

    def is_ours(pid):
        while pid in parents and pid != root:
            pid = parents[pid]
        return pid == root
    return sorted(pid for pid in parents if is_ours(pid))


def cpu_ms(pids):
    """What they have run so far."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e6


def resident_kb(pids):
    texts = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
    return sum(int(text.split("VmRSS:")[1].split()[0]) for text in texts)


@dataclass
class Outcome:
    """What an attack came to, and what the honest met meanwhile."""
    attack: dict
    honest: dict
    cpu_ms: float      # of the daemon, beyond what the honest cost alone
    grown_kb: int


class Siege:
    """A daemon that can be attacked."""

    def __init__(self, build, folder, **settings):
        self.build = build
        self.stack = Stack(build, folder, log_level="warn", **{**ONE_WORKER, **settings})
        self.sanitized = is_sanitized(self.stack.program)
        self.alone = None   # the honest without an attack
        self.attackers = None   # those that have not attacked yet, numbered

    def start(self):
        self.stack.start()
        self.stack.import_directory(ATTACKERS)
        self.attackers = enumerate(ATTACKERS)
        self.pids = family(self.stack.process.popen.pid)
        self.run_honest(1)   # connections, plans and caches are warm
        return self

    def honest(self, seconds, callers=CALLERS, connections=CONNECTIONS, rate=RATE):
        """Begins callers who send at a steady rate (0: as fast as they are answered); its exit
        status says whether every call was OK."""
        certificate, key = self.files(HONEST)
        load = subprocess.Popen(
            [self.build / "tests/bench/load", "--host", "127.0.0.1", "--port", str(self.stack.port),
             "--ca", self.stack.folder / "ca.pem", "--certificate", certificate, "--key", key,
             "--member", HONEST.urn, "--unit", people.LUND, "--to", people.BEROENDE,
             "--callers", str(callers), "--connections", str(connections),
             "--seconds", str(seconds), "--rate", str(rate)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        first = load.stderr.readline()
        assert first == "connected\n", first
        return load

    def run_honest(self, seconds, rate=RATE):
        """To their end; what they met, and what they cost the daemon."""
        before = cpu_ms(self.pids)
        result = _result(self.honest(seconds, rate=rate))
        result["cpu_ms"] = cpu_ms(self.pids) - before
        return result

    def files(self, member):
        """The paths of its certificate and key."""
        return self.stack.identity(member.urn).write(self.stack.folder, member.id)

    def attacker(self, name, milliseconds, address=None):
        """A new one, of whom the daemon knows no wrong: it comes from |address|, or from one of
        its own."""
        number, member = next(self.attackers)
        certificate, key = self.files(member)
        return subprocess.Popen(
            [*_aside(), self.build / "tests/hostile/attack", name, str(self.stack.port),
             certificate, key, people.MALMO, str(milliseconds), address or f"127.0.1.{number + 1}"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def endure(self, name, seconds=1, rate=RATE):
        """Honest callers alone, if they were not before, and then while |name| goes on; None:
        alone again."""
        self.alone = self.alone or self.run_honest(seconds, rate)
        cpu, resident = cpu_ms(self.pids), resident_kb(self.pids)
        honest = self.honest(seconds, rate=rate)
        attack = _result(self.attacker(name, seconds * 1000)) if name else {}
        honest = _result(honest)
        assert family(self.stack.process.popen.pid) == self.pids, self.stack.process.log()[-3000:]
        return Outcome(attack, honest, max(0.0, cpu_ms(self.pids) - cpu - self.alone["cpu_ms"]),
                       resident_kb(self.pids) - resident)

    def counters(self):
        """The metrics by their names, labels included."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.stack.folder / "state" / "metrics"))
            line.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            page = b"".join(iter(lambda: line.recv(65536), b"")).decode()
        return {name: float(value) for name, value in
                (row.rsplit(" ", 1) for row in page.split("\r\n\r\n", 1)[1].splitlines()
                 if row and not row.startswith("#"))}

    def stop(self):
        self.stack.stop()


def _result(process):
    """The one line of JSON that a program of ours ends with."""
    out, errors = process.communicate(timeout=processes.DEADLINE_S * 2)
    assert process.returncode == 0, (out, errors)
    return json.loads(out)
