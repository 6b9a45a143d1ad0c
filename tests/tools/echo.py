# SPDX-License-Identifier: Apache-2.0
"""tests/wire/echo_server.c as a running program, and a stock gRPC client of it."""

import shutil
import signal

import grpc
import pki
import processes
from h2peer import headers

PREFIX_BYTES = 5
MEMBER = "urn:stafett:org:2120001132:member:maria"


def counts(peer):
    """What the server has counted so far, by name."""
    text = peer.call(fields=headers("/test.Echo/Counted")).data[PREFIX_BYTES:].decode()
    return {name: int(number) for name, number in map(str.split, text.splitlines())}


class EchoServer:
    """|wrapper| is a command that runs the server, with words of its own."""

    def __init__(self, build, folder, *wrapper):
        processes.private_folder(folder)
        folder.chmod(0o755)
        program = folder / "echo_server"
        shutil.copy(build / "tests" / "wire" / "echo_server", program)
        self.authority = pki.Authority()
        self.identity = self.authority.member(MEMBER)
        (folder / "ca.pem").write_bytes(self.authority.certificate)
        own = self.authority.server().write(folder, "server")
        for path in own:
            processes.give(path)
        self.process = processes.Process(*wrapper, program, *own, folder / "ca.pem")
        self.port = int(self.process.wait_line(r"^port \d+").split()[1])

    def stop(self):
        """Ends it; a sanitizer's report, leaks included, is a failure."""
        assert self.process.stop(signal.SIGTERM) == 0

    def wait_end(self):
        """The same for one that is leaving already."""
        assert self.process.stop(0) == 0

    def wait_lines(self, pattern, count, after=0):
        """The first |count| lines after |after| in which |pattern| is found."""
        found = []
        while len(found) < count:
            found.append(self.process.wait_line(pattern, after=after))
            after = self.process.lines.index(found[-1], after) + 1
        return found

    def resident_kb(self):
        with open(f"/proc/{self.process.popen.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def channel(self, identity=None, **options):
        """A connection of its own, without the client's retries."""
        identity = identity or self.identity
        credentials = grpc.ssl_channel_credentials(
            self.authority.certificate, identity.key, identity.certificate)
        settings = {"grpc.use_local_subchannel_pool": 1, "grpc.enable_retries": 0,
                    "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1,
                    **{f"grpc.{name}": value for name, value in options.items()}}
        return EchoChannel(grpc.secure_channel(
            f"localhost:{self.port}", credentials, options=list(settings.items())))


class EchoChannel:
    """The methods of the echo server; messages are plain bytes."""

    def __init__(self, channel):
        self.channel = channel
        self.unary = channel.unary_unary("/test.Echo/Unary")
        self.hold = channel.unary_unary("/test.Echo/Hold")
        self.release = channel.unary_unary("/test.Echo/Release")
        self.repeat = channel.unary_stream("/test.Echo/Repeat")
        self.burst = channel.unary_stream("/test.Echo/Burst")
        self.chat = channel.stream_stream("/test.Echo/Chat")
        self.collect = channel.stream_unary("/test.Echo/Collect")
        self.paced = channel.stream_unary("/test.Echo/Paced")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.channel.close()
