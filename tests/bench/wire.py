# SPDX-License-Identifier: Apache-2.0
"""The wire without the database: handshakes, held connections, the smallest calls.

A handshake is set beside OpenSSL's own, both of its sides in one process without
sockets, in the same rounds. Both are told in CPU time on the server's side: the
clients need as much, so that the rate that is seen says little.
"""

import json
import shutil
import signal
import subprocess

import figures
import people
import servers as bench
from figures import median

CALLERS = 64
SHAPES = {f"{CALLERS} callers, 8 connections": 8, f"{CALLERS} callers, a connection each": CALLERS}
HEALTH, WATCH = "/grpc.health.v1.Health/Check", "/stafett.v1.InboxService/Watch"
PER_MEMBER = 50   # connections; the daemon allows a member twice as many
WARM = 100        # connections that are held before memory is compared
US = 1_000_000


def add_arguments(arguments):
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=2)
    arguments.add_argument("--held", default="2000,10000", help="idle connections; watched: the first number")


def _members(number):
    """Ids of members that only this bench has."""
    return [f"bench-{i}" for i in range(number)]


def _identities(servers, number):
    """Paths, without their ends, of certificates for |number| members."""
    for name in _members(number):
        urn = f"urn:stafett:org:{people.ORGANIZATIONS['lund'][0]}:member:{name}"
        servers.stack.authority.member(urn).write(servers.folder, name)
    return [servers.folder / name for name in _members(number)]


def _import_members(servers, number):
    """Makes caseworkers of them: who watches an inbox must have a role there."""
    directory = people.directory()
    lund = next(each for each in directory["organizations"] if each["slug"] == "lund")
    lund["members"] += [{"id": name, "display_name": name, "roles": {people.LUND: ["caseworker"]}}
                        for name in _members(number)]
    servers.stack.load(directory)


def _wire(servers, command, *words):
    return [str(word) for word in (
        bench.BUILD / "tests/bench/wire", command, "--port", servers.stack.port,
        "--ca", servers.stack.folder / "ca.pem", *words)]


# -- handshakes -------------------------------------------------------------------------

def _openssl(servers, identities, seconds):
    """OpenSSL alone, on the core that the daemon has otherwise."""
    core = ",".join(str(core) for core in bench.cores()[0])
    done = subprocess.run(
        ["taskset", "-c", core, *_wire(servers, "openssl", "--seconds", seconds), identities[0],
         servers.stack.folder / "server"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _shake(servers, identities, seconds):
    return servers.measure(*_wire(servers, "shake", "--seconds", seconds), *identities)


# -- calls ---------------------------------------------------------------------------------

def _call(servers, connections, seconds):
    return servers.load(CALLERS, seconds, call="health", connections=connections)


def _system_calls(servers, connections, seconds):
    """How many the daemon makes a call. strace slows it down, and everybody waits for it:
    batches are a little larger than without."""
    told = servers.folder / "strace"
    pids = servers.daemon_pids()
    words = [word for pid in pids for word in ("-p", str(pid))]
    tracer = subprocess.Popen(["strace", "-f", "-c", "-U", "calls,name", "-o", told, *words],
                              stderr=subprocess.PIPE, text=True)
    for _ in pids:
        if "attached" not in tracer.stderr.readline():
            tracer.wait()
            return None
    calls = _call(servers, connections, seconds)["sends"]
    tracer.send_signal(signal.SIGINT)
    tracer.communicate()
    return int(told.read_text().split("total")[0].split()[-1]) / calls


# -- held connections ------------------------------------------------------------------------

class Held:
    """Connections that do nothing, made by a program of their own."""

    def __init__(self, servers, identities, number, *more):
        self.program = subprocess.Popen(
            [*bench.beside(), *_wire(servers, "hold", "--connections", number, *more), *identities],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.program.stdout.readline()
        if not line or json.loads(line)["held"] != number:
            raise SystemExit(f"cannot hold {number} connections: {line}")

    def release(self):
        lost = json.loads(self.program.communicate()[0])["lost"]
        if lost:
            raise SystemExit(f"the daemon closed {lost} of the held connections")


def _weigh(new_servers, name, numbers, *more):
    """{number: bytes of the daemon's memory for each of so many connections}"""
    servers = new_servers(name)
    # Nobody of ours: the largest number is all that the daemon takes.
    while servers.stack.callers:
        servers.stack.callers.pop().close()
    members = -(-max(numbers) // PER_MEMBER)
    identities = _identities(servers, members)
    _import_members(servers, members)

    def rss():
        servers.wait_idle()
        return sum(bench.rss_bytes(pid) for pid in servers.daemon_pids())
    held = [Held(servers, identities, WARM, *more)]
    before, number, weights = rss(), WARM, {}
    for target in numbers:
        held.append(Held(servers, identities, target - number, *more))
        number = target
        weights[target] = (rss() - before) / (number - WARM)
    for each in held:
        each.release()
    servers.stop()
    return weights


# -- the run -----------------------------------------------------------------------------------

def _rounds(chosen, servers):
    identities = _identities(servers, 4)
    ways = {"openssl": lambda: _openssl(servers, identities, chosen.seconds),
            "shake": lambda: _shake(servers, identities, chosen.seconds),
            **{shape: lambda n=n: _call(servers, n, chosen.seconds) for shape, n in SHAPES.items()}}
    results = {way: [] for way in ways}
    for _ in range(chosen.rounds):
        for way, measure in ways.items():
            servers.wait_idle()
            results[way].append(measure())
    return results


def _table(results):
    own, ours = median(results["openssl"], "server_us"), median(results["shake"], "daemon_us")
    print(f"\n{'':44}{'a second':>10}{'of CPU':>9}{'CPU us':>9}{'p50 ms':>9}{'p99 ms':>8}")
    print(f"{'handshakes, OpenSSL alone':44}{'':10}{US / own:>9.0f}{own:>9.0f}")
    print(f"{'handshakes':44}{median(results['shake'], 'rate'):>10.0f}{US / ours:>9.0f}{ours:>9.0f}")
    for shape in SHAPES:
        cpu = median(results[shape], "daemon_us")
        print(f"{'calls, ' + shape:44}{median(results[shape], 'rate'):>10.0f}{US / cpu:>9.0f}{cpu:>9.1f}"
              f"{median(results[shape], 'p50_us') / 1000:>9.2f}{median(results[shape], 'p99_us') / 1000:>8.2f}")


def _floors(results, system_calls, idle, watched):
    print(f"\n{'':56}measured        floor  target")
    share = [own["server_us"] / ours["daemon_us"] for own, ours in zip(results["openssl"], results["shake"])]
    figures.row("handshakes a CPU second, as a share of OpenSSL's own", sorted(share)[len(share) // 2], "",
                0.6, 0.8, False)
    for number, weight in idle.items():
        figures.row(f"an idle connection, of {number:,}", weight / 1024, "KB", 55, 40)
    for number, weight in watched.items():
        figures.row(f"one with an open watch stream, of {number:,}", weight / 1024, "KB", 60, 45)
    for shape, number in system_calls.items():
        if number is None:
            print(f"system calls a call, {shape}: not counted, strace cannot attach")
        else:
            figures.row(f"system calls a call, {shape}", number, "", 3, 1)


def run(chosen, new_servers):
    held = sorted(int(word) for word in chosen.held.split(","))
    figures.say_what_else_runs()
    servers = new_servers("wire")
    results = _rounds(chosen, servers)
    system_calls = {}
    if shutil.which("strace"):
        system_calls = {shape: _system_calls(servers, n, 1) for shape, n in SHAPES.items()}
    else:
        print("system calls are not counted: there is no strace")
    servers.stop()
    idle = _weigh(new_servers, "idle", held, "--path", HEALTH)
    watched = _weigh(new_servers, "watched", held[:1], "--path", WATCH, "--unit", people.LUND,
                     "--streams")
    print(f"{chosen.rounds} rounds of {chosen.seconds} s; medians")
    _table(results)
    _floors(results, system_calls, idle, watched)
