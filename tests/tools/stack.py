# SPDX-License-Identifier: Apache-2.0
"""The real thing: stafettd with its private PostgreSQL, a CA, and people."""

import contextlib
import json
import os
import re
import shutil
import signal
import tempfile

import grpc
import people
import pki
import postgres
import processes
from caller import Caller
from stubs import contract

HEALTH = "/grpc.health.v1.Health/Check"
HEALTH_WATCH = "/grpc.health.v1.Health/Watch"
CLERK_WORKS = 'msg="clerk works"'


def health_method(channel):
    request = contract.other["grpc.health.v1.HealthCheckRequest"]
    response = contract.other["grpc.health.v1.HealthCheckResponse"]
    return channel.unary_unary(HEALTH, request.SerializeToString, response.FromString), request


class Stack:
    """One daemon in |folder|. |settings| are those of its configuration file; |owner|
    connects to a database of somebody else as the one who may change its schema;
    |authority| is another daemon's, so that they know the same people; |environment| is
    added to ours."""

    def __init__(self, build, folder, owner=None, authority=None, environment=None, **settings):
        self.build, self.folder = build, folder
        processes.private_folder(folder)
        folder.chmod(0o755)
        self.program = folder / "stafettd"
        shutil.copy(build / "server" / "stafettd", self.program)
        self.authority = authority or pki.Authority()
        self.identities = {}
        self.callers = []
        self.port = processes.free_port()
        self.owner, self.environment, self.settings = owner, environment, settings
        self.config = self._write_files(settings)
        self.process = self._tables = None

    def _write_files(self, settings):
        (self.folder / "ca.pem").write_bytes(self.authority.certificate)
        for path in self.authority.server().write(self.folder, "server"):
            processes.give(path)
        values = {"port": self.port, "trial": "yes", "log_level": "debug", "workers": 1,
                  "member_rate": 0, "organization_rate": 0, **settings}
        config = self.folder / "stafettd.conf"
        config.write_text("".join(f"{name} = {value}\n" for name, value in values.items()))
        config.chmod(0o644)
        return config

    @property
    def address(self):
        return f"localhost:{self.port}"

    def command(self, *words, **more):
        """Runs one of stafettd's commands to its end."""
        whose = ["-o", f"database={self.owner}"] if self.owner else []
        return processes.run(self.program, "-c", self.config, *whose, *words, **more)

    def feed(self, *words, content, **more):
        """The same of a command that reads a JSON file: |content|."""
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".json") as file:
            json.dump(content, file, ensure_ascii=False)
            file.flush()
            os.chmod(file.name, 0o644)
            return self.command(*words, file.name, **more)

    def load(self, directory, **more):
        """Imports |directory|, such as people.directory()."""
        return self.feed("directory", "import", content=directory, **more)

    def start(self, ready=True):
        self.process = processes.Process(self.program, "-c", self.config, env=self.environment)
        if ready:
            self.wait_ready()
        return self

    def serve(self):
        """Starts it, on a schema that is up to date, and makes its people known."""
        if self.owner:
            self.command("migrate")
        self.start().import_directory()
        return self

    def wait_ready(self):
        """Until the health service says SERVING: the daemon answers and has its database."""
        request = contract.other["grpc.health.v1.HealthCheckRequest"]
        response = contract.other["grpc.health.v1.HealthCheckResponse"]
        watch = self.caller("maria").channel.unary_stream(
            HEALTH_WATCH, request.SerializeToString, response.FromString)
        statuses = watch(request(), timeout=processes.DEADLINE_S, wait_for_ready=True)
        try:
            next(answer for answer in statuses if answer.status == response.SERVING)
        except grpc.RpcError as error:
            raise AssertionError(
                f"{error.details()}; the daemon said:\n{self.process.log()}") from error
        finally:
            statuses.cancel()

    def import_directory(self, more=()):
        """Loads the people, |more| members included, and ends the roles that have ended."""
        self.load(people.directory(more))
        for urn, unit, role in people.past_roles():
            self.tables().rows(
                "UPDATE stafett.membership ms SET valid_to = '2021-01-01'"
                " FROM stafett.member m, stafett.unit u WHERE m.id = ms.member AND u.id = ms.unit"
                " AND (m.urn, u.handle, ms.role) = (%s, %s, %s) RETURNING 1", urn, unit, role)

    def stop(self):
        while self.callers:
            self.callers.pop().close()
        self._tables = None
        if not self.process:
            return
        status = self.process.stop()
        assert status == 0, f"ended with {status}:\n{self.process.log()[-3000:]}"

    # -- its processes --------------------------------------------------------------

    def workers(self):
        """Process numbers by place, of those that became ready last."""
        self.process.wait_line("msg=ready ")
        ready = re.findall(r"msg=ready worker=(\d+) process=(\d+)", self.process.log())
        places = self.settings.get("workers", 1)   # a reload may have had more for a while
        return {int(place): int(pid) for place, pid in ready if int(place) < places}

    def kill_worker(self, place=0):
        """Until its successor is ready."""
        mark = self.process.mark()
        os.kill(self.workers()[place], signal.SIGKILL)
        self.process.wait_line(f"msg=ready worker={place} ", after=mark)

    def clerk(self):
        """The process number of the clerk, as soon as one works."""
        self.process.wait_line(CLERK_WORKS)
        return int(re.findall(f"{CLERK_WORKS}.* process=(\\d+)", self.process.log())[-1])

    def kill_clerk(self):
        """Until its successor works, who looks at once; the place in the log before that."""
        mark = self.process.mark()
        os.kill(self.clerk(), signal.SIGKILL)
        self.process.wait_line(CLERK_WORKS, after=mark)
        return mark

    def postmaster(self):
        """The process number of the private PostgreSQL."""
        state = self.folder / self.settings.get("state_dir", "state")
        return int((state / "pg" / "postmaster.pid").read_text().split()[0])

    # -- people -------------------------------------------------------------------

    def identity(self, urn):
        if urn not in self.identities:
            self.identities[urn] = self.authority.member(urn)
        return self.identities[urn]

    def caller(self, who, unit=None):
        """A new channel for a member of people.MEMBERS (by id) or any urn."""
        member = people.MEMBERS.get(who)
        urn = member.urn if member else who
        if unit is None and member:
            unit = (member.roles + member.past_roles)[0][0]
        caller = Caller(self.address, self.authority.certificate, urn, unit, self.identity(urn))
        self.callers.append(caller)
        return caller

    def stranger(self, identity):
        """A caller with any identity, or with none."""
        caller = Caller(self.address, self.authority.certificate, people.MEMBERS["maria"].urn,
                        people.LUND, identity)
        self.callers.append(caller)
        return caller

    # -- the database ---------------------------------------------------------------

    def database_uri(self):
        """The administrator's. The private PostgreSQL is open only to the daemon's
        operating system user."""
        run = (self.folder / self.settings.get("state_dir", "state") / "run").resolve()
        return self.owner or f"host={run} user=stafett_admin dbname=stafett"

    def tables(self):
        """A look into the tables; one connection for all who look."""
        if not self._tables:
            self._tables = postgres.Tables(postgres.connect(self.database_uri()))
        return self._tables


@contextlib.contextmanager
def serving(build, folder, *more, **settings):
    """A daemon that knows its people, until the end."""
    stack = Stack(build, folder, *more, **settings)
    try:
        yield stack.serve()
    finally:
        stack.stop()


@contextlib.contextmanager
def two_on_one_database(build, folder):
    """Two daemons on a database of somebody else; the same people know both."""
    cluster = postgres.Cluster(folder)
    uri = cluster.uri("care", "stafett_app")
    owner = cluster.create_database("care")
    with contextlib.ExitStack() as ends:
        ends.callback(cluster.stop)
        first = ends.enter_context(serving(build, folder / "d0", owner, database=uri))
        second = Stack(build, folder / "d1", owner, first.authority, database=uri).start()
        ends.callback(second.stop)
        yield first, second
