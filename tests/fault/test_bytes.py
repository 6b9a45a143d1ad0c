# SPDX-License-Identifier: Apache-2.0
"""The line between a client and the daemon ends after any byte, in either direction:
there is no message or one, and the same bytes again settle it."""

import chaos
import checker
import people
import processes
import pytest
from caller import Caller
from crowd import LONG
from history import History, Writer
from insist import Insistent

EVERY = 1 if LONG else 53   # a prime: no rhythm of the protocol's own


@pytest.mark.parametrize("side", ["front", "back"])
def test_a_line_cut_after_any_byte_leaves_no_message_or_one(scene, build, side, say):
    stack = scene.daemon(scene.database()).serve()
    folder, path, port = processes.private_folder(scene.folder()), scene.folder(), processes.free_port()
    proxy = chaos.Proxy(build, folder, port, stack.port, "bytes")
    urn = people.MEMBERS["maria"].urn
    caller = Caller(f"localhost:{port}", stack.authority.certificate, urn, people.LUND,
                    stack.identity(urn))
    maria = Insistent(caller, Writer(path))
    cuts, point = 0, 1
    while True:
        caller.reconnect()
        rule = proxy.rule(side, point, "-", "cut-after", "")
        write = maria.send(people.BEROENDE)
        answered = write.end(write.begin(wait=False))
        proxy.tell("forget")
        if not rule.has_fired():
            break
        cuts += 1
        if not answered:
            caller.reconnect()
        write.insist()
        point += EVERY
    caller.close()
    proxy.stop()
    verdict = checker.check(History(path), scene.stored(stack))
    assert cuts > 1000 / EVERY and not verdict.findings, str(verdict)
    say(f"{side}: cut after {cuts} of {point} bytes, {verdict.unknown} unknown, one effect each")
