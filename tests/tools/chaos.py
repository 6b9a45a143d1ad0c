# SPDX-License-Identifier: Apache-2.0
"""The chaos proxy at work: see chaos_proxy.c for what it can do."""

import select
import socket

import processes

WRITES = "stafett write"   # how the application_name of the daemon's write connections begins


class Rule:
    """One rule, on a control connection of its own."""

    def __init__(self, proxy, words):
        self._line, self._fired = proxy.open_control(), False
        self._line.sendall(f"rule {words}\n".encode())
        answer = self._read_line()
        assert answer == b"ok\n", f"{words}: {answer}"

    def _read_line(self):
        """Byte by byte, so that has_fired may ask the socket."""
        line = b""
        while not line.endswith(b"\n"):
            byte = self._line.recv(1)
            assert byte, "the proxy has gone"
            line += byte
        return line

    def wait(self):
        """Until it has fired."""
        assert self._fired or self._read_line() == b"fired\n"
        self._fired = True

    def has_fired(self):
        return self._fired or bool(select.select([self._line], [], [], 0)[0])


class Proxy:
    """Between whoever connects to |listen| and |server|: paths of Unix sockets or ports."""

    def __init__(self, build, folder, listen, server, protocol="postgres"):
        self.folder = folder
        self.control = folder / "control"
        self.process = processes.Process(
            build / "tests" / "tools" / "chaos_proxy", protocol, listen, server, self.control)
        self.process.wait_line("chaos: ready")

    def open_control(self):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(processes.DEADLINE_S)
        line.connect(str(self.control))
        return line

    def rule(self, side, point, start, action, application=WRITES):
        return Rule(self, f"{side} {point} {start} {action} {application}")

    def tell(self, words):
        with self.open_control() as line:
            line.sendall(f"{words}\n".encode())
            answer = line.makefile().readline()
        assert answer == "ok\n", f"{words}: {answer}"

    def stop(self):
        status = self.process.stop()
        assert status == 0, self.process.log()


def before_postgres(build, folder, cluster_folder):
    """A proxy whose folder stands for that of the cluster in a connection string."""
    processes.private_folder(folder)
    return Proxy(build, folder, folder / ".s.PGSQL.5432", cluster_folder / ".s.PGSQL.5432")
