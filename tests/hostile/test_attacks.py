# SPDX-License-Identifier: Apache-2.0
"""Attacks on a live daemon while honest callers work.

What must hold whatever the machine does meanwhile: every honest call is answered,
the worker is the same one, the attacker's connections end as they should, in words
and in a metric, and memory stays within bounds. What an attack costs is printed; what
the honest notice of it is measured by test_notice.py.
"""

import contextlib
import re
import socket

import people
import processes
import pytest
from attacks import ANSWERED, CALM, CUT_OFF, HARMLESS, HELD
from siege import HERE, SAID
from stack import Stack
from stubs import contract

MEMBER_CONNECTIONS, HANDSHAKES = 100, 5000
GROWTH_KB = 32 * 1024
SANITIZER_KB = 512 * 1024    # what its shadow and its delayed freeing add


@pytest.fixture
def endure(siege, record_property):
    """Goes through an attack and says what came of it."""
    def go(name, how):
        last = siege.endure(name)
        each_ms = last.cpu_ms / max(1, last.attack["connections"])
        record_property(SAID, f"{name:30} {how} ({each_ms:.1f} ms CPU each of "
                              f"{last.attack['connections']}{_goodbye(last.attack)})    rss {last.grown_kb:+} KB")
        assert last.grown_kb < GROWTH_KB + (SANITIZER_KB if siege.sanitized else 0)
        return last.attack
    return go


def _goodbye(attack):
    return f", GOAWAY {attack['text']}" if attack["dismissed"] else ""


@pytest.fixture
def counted(siege):
    """Checks that a metric of attacks_stopped_total rose meanwhile."""
    before = siege.counters()

    def check(kinds, family="attacks_stopped_total"):
        after = siege.counters()
        names = [f"stafett_{family}{{kind=\"{kind}\"}}" for kind in kinds.split("|")]
        assert sum(after[name] for name in names) > sum(before[name] for name in names), names
    return check


@pytest.mark.parametrize("name, code, words, kinds", CUT_OFF, ids=[row[0] for row in CUT_OFF])
def test_a_flood_is_cut_off(endure, counted, name, code, words, kinds):
    attack = endure(name, "bounded")
    assert attack["dismissed"] >= 1 and attack["held"] <= 1 and attack["refused"] == 0
    assert attack["closed"] == 0, "without a word"
    assert attack["code"] == code and re.search(words, attack["text"])
    counted(kinds)


def test_answers_that_nobody_reads_cost_nothing(endure, counted):
    attack = endure("pings whose answers nobody reads", "bounded")
    assert attack["closed"] >= 1 and attack["held"] <= 1
    counted("stall|control_frames|pings")


@pytest.mark.parametrize("name", ANSWERED)
def test_calls_that_are_no_good_are_answered(endure, name):
    attack = endure(name, "answered")
    assert attack["answers"] > 0 and attack["closed"] == 0
    if attack["dismissed"]:   # too many of them: see tests/wire/test_net_attacks.py
        assert (attack["code"], attack["text"]) == (CALM, "too_many_bad_calls")


@pytest.mark.parametrize("name", HELD)
def test_what_comes_to_no_end_is_held_in_little_room(endure, name):
    """Until its time is up: see tests/wire/test_net_patience.py."""
    attack = endure(name, "held")
    assert attack["connections"] == attack["held"] + attack["closed"] > 0


@pytest.mark.parametrize("name", HARMLESS)
def test_who_comes_and_goes_does_no_harm(endure, name):
    attack = endure(name, "harmless")
    assert attack["connections"] > 0 and attack["held"] == 0


def test_five_thousand_slow_handshakes_are_left(endure, counted):
    attack = endure("slow handshakes", "bounded")
    assert attack["connections"] > HANDSHAKES and attack["closed"] > 0
    counted("handshake_timeout")


def test_a_member_has_its_share_of_connections_and_no_more(endure, counted):
    attack = endure("connections of one member", "bounded")
    assert 0 < attack["held"] <= MEMBER_CONNECTIONS and attack["dismissed"] > 0
    assert attack["text"] == "too_many_connections"
    counted("connections")


# -- who comes back -------------------------------------------------------------------------


def test_who_comes_back_is_shut_out_and_others_behind_its_address_are_served(siege, record_property):
    """The attack goes on until the daemon knows where it comes from and by whom; then others
    come from there."""
    names = ['stafett_attacks_stopped_total{kind="shut_out"}', "stafett_handshakes_delayed_total"]
    before = siege.counters()
    attacker = siege.attacker("window updates", 1000 * processes.DEADLINE_S, HERE)
    try:
        while any(siege.counters()[name] == before[name] for name in names):
            assert attacker.poll() is None, attacker.communicate()
        others = siege.run_honest(1)
        assert attacker.poll() is None, attacker.communicate()
    finally:
        attacker.kill()
        attacker.communicate()
    assert others["sends"] > 0
    record_property(SAID, "behind the attacker's address  who is there is served, who comes waits a little")


# -- descriptors -----------------------------------------------------------------------------


def test_without_descriptors_who_is_there_is_served_and_others_wait(build, work, record_property):
    """A daemon that may have 200 of them, and 300 peers that want one each."""
    stack = Stack(build, work / "scarce", log_level="warn")
    limited = stack.folder / "limited"
    limited.write_text(f"#!/bin/sh\nexec prlimit --nofile=200 {stack.program} \"$@\"\n")
    limited.chmod(0o755)
    stack.program = limited
    try:
        stack.serve()
        maria, omar = stack.caller("maria"), stack.caller("omar")
        maria.send(people.BEROENDE)
        mark = stack.process.mark()
        with contextlib.ExitStack() as crowd:
            for _ in range(300):
                crowd.enter_context(socket.create_connection(("127.0.0.1", stack.port)))
            stack.process.wait_line("out of descriptors", after=mark)
            for _ in range(20):
                maria.send(people.BEROENDE)
        omar.call(omar.directory.Search, contract.directory_service.SearchRequest(),
                  wait_for_ready=True)   # there is room again
    finally:
        stack.stop()
    record_property(SAID, "300 peers, 200 descriptors     who was there is served, others wait")
