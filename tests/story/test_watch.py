# SPDX-License-Identifier: Apache-2.0
"""Watching an inbox: what comes is there at once, and nothing is missed by whoever
resumes."""

import contextlib
import json
import re
import signal
import uuid

import grpc
import people
import postgres
import processes
import pytest
from caller import code_of
from client import Client
from stack import Stack
from watcher import Watcher


@pytest.fixture
def watch():
    """Watches as somebody; every stream ends with the test."""
    watchers = []

    def begin(caller, *arguments, **named):
        watchers.append(Watcher(caller, *arguments, **named))
        return watchers[-1]
    yield begin
    for watcher in watchers:
        watcher.stop()


def test_the_open_inbox_comes_first_and_then_what_is_new(maria, petra, watch):
    before = maria.send(people.BEROENDE)
    watcher = watch(petra).until_current()
    assert watcher.messages[0].restarted
    assert {key[1] for key in watcher.kept} == {item.id for item in petra.whole_inbox()}
    assert before.id in {key[1] for key in watcher.kept}
    after = maria.send(people.BEROENDE, card=b"the card")
    item = watcher.until_item(after.id)
    assert (item.from_unit, item.referral, item.card.data, item.status, item.needs) == (
        people.LUND, after.referral, b"the card", "requested", "ack")
    assert item.delivery.state == "offered"


def test_a_message_that_is_acknowledged_and_accepted_comes_again(maria, petra, watch):
    watcher = watch(petra).until_current()
    sent = maria.send(people.BEROENDE)
    assert watcher.until_item(sent.id).version == 1
    petra.acknowledge(sent)
    acknowledged = watcher.until_item(sent.id)
    assert (acknowledged.version, acknowledged.status, acknowledged.delivery.state,
            acknowledged.delivery.acknowledge_member) == (2, "received", "acknowledged", petra.member)
    petra.accept(sent, 2)
    assert watcher.until_item(sent.id).version == 3


def test_a_resumed_watch_brings_what_happened_meanwhile_and_no_more(maria, petra, watch):
    old, changed = maria.send(people.BEROENDE), maria.send(people.BEROENDE)
    watcher = watch(petra).until_current()
    watcher.stop()
    new = maria.send(people.BEROENDE)
    petra.acknowledge(changed)
    again = watcher.resume().until_current()
    came = {item.id: item.version for message in again.messages for item in message.items}
    assert came[new.id] == 1 and came[changed.id] == 2 and old.id not in came
    assert not any(message.restarted for message in again.messages)
    assert {key[1] for key in again.kept} >= {old.id, changed.id, new.id}
    again.stop()


def test_a_commit_that_was_late_is_not_missed(maria, petra, stack, watch):
    """Its number is lower than one that came and went before; and nobody gives a hint."""
    late, early = maria.send(people.BEROENDE), None
    watcher = watch(petra).until_current()
    with contextlib.closing(postgres.connect(stack.database_uri())) as connection:
        connection.autocommit = False
        cursor = connection.cursor()
        cursor.execute("UPDATE stafett.delivery SET changed = pg_current_xact_id(),"
                       " fetch_time = stafett.now() WHERE message = %s", (late.id,))
        early = maria.send(people.BEROENDE)
        watcher.until_item(early.id)
        before = watcher.cursor
        connection.commit()
    assert watcher.until_item(late.id).delivery.HasField("fetch_time")
    again = watch(petra, before).until_current()
    assert late.id in {key[1] for key in again.kept}


def test_after_a_restore_the_inbox_comes_whole_again(maria, petra, tables, watch):
    sent = maria.send(people.BEROENDE)
    live, ended = watch(petra).until_current(), watch(petra).until_current()
    ended.stop()
    assert tables.value("SELECT stafett.raise_feed_epoch()") >= 2
    for begin in (lambda: live, ended.resume):
        watcher = begin().until_anew()
        assert {key[1] for key in watcher.kept} == {item.id for item in petra.whole_inbox()}
        new = maria.send(people.BEROENDE)
        watcher.until_item(new.id)
        watcher.stop()
    assert sent.id in {key[1] for key in live.kept}


def test_only_who_works_there_may_watch(stack, omar, watch):
    foreign = stack.caller("omar", people.BEROENDE)
    refusal = watch(foreign).until_end()
    assert (refusal.reason, refusal.code) == ("NOT_A_MEMBER", grpc.StatusCode.PERMISSION_DENIED)
    auditor = watch(stack.caller("axel")).until_end()
    assert auditor.reason == "ROLE_REQUIRED"


def test_a_cursor_belongs_to_one_inbox(petra, omar, watch):
    cursor = watch(petra).until_current().cursor
    assert len(cursor) < 64
    for wrong in (cursor, b"x", cursor[:-1], bytes(len(cursor))):
        assert watch(omar, wrong).until_end().reason == "CURSOR_INVALID"
    for position in range(len(cursor)):
        broken = cursor[:position] + bytes([cursor[position] ^ 0xFF]) + cursor[position + 1:]
        watcher = watch(petra, broken)
        try:
            watcher.until_current()
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
        watcher.stop()


def test_a_member_who_loses_the_role_is_cut_off_and_the_others_are_not(maria, petra, ines, stack, watch):
    watchers = {name: watch(caller).until_current() for name, caller in (("petra", petra), ("ines", ines))}
    role = ("UPDATE stafett.membership ms SET valid_to = %s FROM stafett.member m"
            " WHERE m.id = ms.member AND m.urn = %s RETURNING 1")
    stack.tables().rows(role, "2021-01-01", ines.member)
    try:
        after = maria.send(people.BEROENDE)
        assert watchers["ines"].until_end().reason == "NOT_A_MEMBER"
        assert after.id not in {key[1] for key in watchers["ines"].kept}
        watchers["petra"].until_item(after.id)
    finally:
        stack.tables().rows(role, "infinity", ines.member)


def leaves_of_watches(tables):
    """(outcome, detail) of the records of watching, the oldest first."""
    return [(bytes(leaf)[35], bytes(detail)) for leaf, detail in tables.rows(
        "SELECT leaf, detail FROM stafett.audit_queue WHERE substring(leaf FROM 34 FOR 2) = '\\x000b'"
        " ORDER BY id")]


def test_what_is_pushed_is_recorded_once_for_all_who_see_it(maria, petra, ines, tables, watch):
    watchers = [watch(caller).until_current() for caller in (petra, ines, petra, ines, petra)]
    before = len(leaves_of_watches(tables))
    sent = maria.send(people.BEROENDE)
    for watcher in watchers:
        watcher.until_item(sent.id)
    (outcome, detail), = leaves_of_watches(tables)[before:]
    assert outcome == 0
    assert uuid.UUID(sent.referral).bytes in detail
    assert all(caller.member.encode() in detail for caller in (petra, ines))
    assert tables.value("SELECT state FROM stafett.delivery WHERE message = %s", sent.id) == "offered"


def test_the_beginning_of_a_watch_is_recorded_and_so_is_a_refusal(tables, fredrik, stack, watch):
    before = len(leaves_of_watches(tables))
    watch(fredrik).until_current()
    watch(stack.caller("fredrik", people.BEROENDE)).until_end()
    assert [outcome for outcome, _ in leaves_of_watches(tables)[before:]] == [0, 3]


def test_who_hears_nothing_new_hears_that(petra, watch):
    watcher = watch(petra).until_current()
    sign = watcher.until(lambda message: not message.items, 2 * processes.DEADLINE_S)
    assert sign.cursor and not sign.restarted and not sign.current
    assert sign.HasField("heartbeat")


def test_a_drain_ends_a_watch_with_its_cursor(build, work, watch):
    stack = Stack(build, work / "drain").serve()
    maria, petra = stack.caller("maria"), stack.caller("petra")
    watcher = watch(petra).until_current()
    first = maria.send(people.BEROENDE)
    watcher.until_item(first.id)
    stack.process.send_signal(signal.SIGTERM)
    refusal = watcher.until_end()
    assert (refusal.reason, refusal.code) == ("DRAINING", grpc.StatusCode.UNAVAILABLE)
    assert refusal.details["google.rpc.RetryInfo"]
    assert stack.process.popen.wait(processes.DEADLINE_S) == 0, stack.process.log()
    stack.start()
    second = stack.caller("maria").send(people.BEROENDE)
    again = watcher.resume(stack.caller("petra")).until_current()
    assert not any(message.restarted for message in again.messages)
    assert {key[1] for key in again.kept} == {first.id, second.id}
    again.stop()
    stack.stop()


def test_the_client_shows_a_line_for_each_message_that_comes(maria, stack, work):
    client = Client(stack, work / "watching")
    before = maria.send(people.BEROENDE)
    watching, machine = client.begin("petra", "inbox", "--watch"), client.begin("petra", "--json", "inbox", "--watch")

    def line_of(program, words):
        return next(line for line in program.stdout if words in line)
    try:
        first = code_of(uuid.UUID(before.referral)).split("-")[0]
        assert "Lund Vuxen" in line_of(watching, first)
        hostile = maria.send(people.BEROENDE, card=json.dumps({"reasonText": "\x1b[2Jevil"}).encode())
        line = line_of(watching, code_of(uuid.UUID(hostile.referral)).split("-")[0])
        assert re.match(r"\d\d:\d\d  ", line) and "ack by " in line and "\x1b" not in line
        assert json.loads(line_of(machine, hostile.id))["status"] == "requested"
    finally:
        for program in (watching, machine):
            program.send_signal(signal.SIGINT)
            assert program.wait(processes.DEADLINE_S) == -signal.SIGINT
            program.stdout.close()
