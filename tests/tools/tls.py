# SPDX-License-Identifier: Apache-2.0
"""A TLS client without gRPC: what the server says before any call."""

import re
import socket
import ssl
import tempfile
from pathlib import Path


def _context(stack, identity, alpn, maximum):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = maximum
    context.load_verify_locations(cadata=stack.authority.certificate.decode())
    if alpn:
        context.set_alpn_protocols(alpn)
    if identity:
        with tempfile.TemporaryDirectory() as folder:
            context.load_cert_chain(*identity.write(Path(folder), "peer"))
    return context


def handshake(stack, identity, alpn=("h2",), maximum=ssl.TLSVersion.MAXIMUM_SUPPORTED):
    """A connected TLS socket, as far as the client knows: with TLS 1.3 the
    server's opinion of the client's certificate comes with the first read."""
    raw = socket.create_connection(("127.0.0.1", stack.port), timeout=20)
    return _context(stack, identity, list(alpn), maximum).wrap_socket(raw, server_hostname="localhost")


def alert_of(stack, identity, **more):
    """The alert with which the server ends the session, in OpenSSL's words, or
    "closed" where it ends without one."""
    try:
        with handshake(stack, identity, **more) as session:
            while session.recv(4096):
                pass
    except ssl.SSLError as error:
        return re.search(r"\] (\S+ alert )?(.+) \(", str(error)).group(2)
    except ConnectionResetError:
        pass
    return "closed"
