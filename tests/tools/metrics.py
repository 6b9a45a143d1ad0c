# SPDX-License-Identifier: Apache-2.0
"""The page of metrics, as a collector reads it from the daemon's Unix socket."""

import re
import socket

import processes


def read_page(stack, path="/metrics", method="GET"):
    """(status, headers, body) of one request."""
    with socket.socket(socket.AF_UNIX) as peer, processes.as_server_user():
        peer.settimeout(processes.DEADLINE_S)
        peer.connect(str(stack.folder / "state" / "metrics"))
        peer.sendall(f"{method} {path} HTTP/1.0\r\n\r\n".encode())
        answer = b"".join(iter(lambda: peer.recv(65536), b""))
    head, _, body = answer.decode().partition("\r\n\r\n")
    return int(head.split()[1]), head, body


def read(stack):
    """Every number by its name, labels included."""
    status, _, page = read_page(stack)
    assert status == 200
    return {name: int(number) for name, number in re.findall(r"^(stafett_\S+) (\d+)$", page, re.M)}
