# SPDX-License-Identifier: Apache-2.0
"""The real thing: stafettd with its private PostgreSQL, a CA, and people."""

import shutil

import grpc
import people
import pki
import postgres
import processes
from caller import Caller
from stubs import contract

HEALTH = "/grpc.health.v1.Health/Check"
HEALTH_WATCH = "/grpc.health.v1.Health/Watch"


def health_method(channel):
    request = contract.other["grpc.health.v1.HealthCheckRequest"]
    response = contract.other["grpc.health.v1.HealthCheckResponse"]
    return channel.unary_unary(HEALTH, request.SerializeToString, response.FromString), request


class Stack:
    """One daemon in |folder|. |settings| are those of its configuration file; |owner|
    connects to a database of somebody else as the one who may change its schema;
    |authority| is another daemon's, so that they know the same people."""

    def __init__(self, build, folder, owner=None, authority=None, **settings):
        self.build, self.folder = build, folder
        processes.private_folder(folder)
        folder.chmod(0o755)
        self.program = folder / "stafettd"
        shutil.copy(build / "server" / "stafettd", self.program)
        self.authority = authority or pki.Authority()
        self.identities = {}
        self.callers = []
        self.port = processes.free_port()
        self.owner, self.settings = owner, settings
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

    def start(self, ready=True):
        self.process = processes.Process(self.program, "-c", self.config)
        if ready:
            self.wait_ready()
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
        self.command("directory", "import", people.write(self.folder / "directory.json", more))
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
