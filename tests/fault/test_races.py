# SPDX-License-Identifier: Apache-2.0
"""Two daemons on one database get the same thing, or two things of which one can be,
at the same moment."""

import uuid

import checker
import grpc
import people
import pytest
from caller import Sent, derived_ids, pb, refusal_of
from history import History, Writer
from insist import Insistent
from postgres import connect

TIMES = 150


class Twins:
    """Two daemons that know the same people, and what all of them were told."""

    def __init__(self, scene):
        self.scene, self.path = scene, scene.folder()
        self.history = Writer(self.path)
        self.first = scene.daemon(scene.database()).serve()
        self.second = scene.daemon(self.first.owner, authority=self.first.authority).start()
        self.second.identities = self.first.identities

    def both(self, who):
        return [Insistent(stack.caller(who), self.history) for stack in (self.first, self.second)]

    def verdict(self, **more):
        self.history.close()
        return checker.check(History(self.path), self.scene.stored(self.first), **more)


@pytest.fixture
def twins(scene):
    return Twins(scene)


def begin(method, caller, request):
    return method.future(request, metadata=(("stafett-unit", caller.unit),), timeout=15,
                         wait_for_ready=True)


def outcome(call):
    """The receipt, or the name of the reason of the refusal."""
    try:
        return call.result().receipt
    except grpc.RpcError as error:
        return refusal_of(error).reason


def test_the_same_message_at_two_daemons_at_once_is_one_message(twins, say):
    maria, other = twins.both("maria")
    for _ in range(TIMES):
        write = maria.send(people.BEROENDE)
        again = begin(other.caller.referrals.Send, other.caller, write.request)
        receipt = write.insist()
        assert outcome(again) == receipt
    verdict = twins.verdict()
    assert verdict.acknowledged == TIMES and not verdict.findings, str(verdict)
    say(f"the same message at two daemons at once x{TIMES}: one effect and one receipt each")


def test_of_one_id_with_two_contents_one_is_stored(twins):
    maria, other = (twin.caller for twin in twins.both("maria"))
    for _ in range(TIMES):
        one = maria.send_request(people.BEROENDE, body=b"one")
        two = type(one).FromString(one.SerializeToString())
        two.body.data = b"two"
        calls = [begin(caller.referrals.Send, caller, request)
                 for caller, request in ((maria, one), (other, two))]
        outcomes = [outcome(call) for call in calls]
        assert outcomes.count("KEY_CONTENT_MISMATCH") == 1
        sent = [Sent(request, call.result()) for request, call in zip((one, two), calls)
                if call.code() == grpc.StatusCode.OK]
        assert len(sent) == 1
        shown = maria.get(sent[0].referral, contents=True).contents
        assert [content.body.data for content in shown] == [sent[0].request.body.data]


def test_who_stores_what_another_is_storing_waits_at_its_key(scene):
    """Having done nothing yet: else two batches that share two messages could wait for
    each other. And when the key is taken, it is told so."""
    stack = scene.daemon(scene.database()).serve()
    maria = stack.caller("maria")
    request = maria.send_request(people.BEROENDE)
    message = pb.Header.FromString(request.header).id
    referral, chain = map(str, derived_ids(maria.unit, uuid.UUID(message)))
    connection = connect(stack.database_uri())
    cursor = connection.cursor()
    cursor.execute("BEGIN")
    cursor.execute("INSERT INTO stafett.idempotency SELECT id, %s, '', '', %s, now() FROM stafett.unit"
                   " WHERE handle = %s", (message, chain, people.LUND))
    call = begin(maria.referrals.Send, maria, request)
    while not stack.tables().rows("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'transactionid'"):
        assert not call.done()
    # Shorter than the wait after which PostgreSQL would find a deadlock and end the other.
    cursor.execute("SAVEPOINT s; SET LOCAL lock_timeout = '200ms'")
    cursor.execute("INSERT INTO stafett.request (referral, needs, basis, basis_covers_missed_events,"
                   " care_responsibility_remains, person_informed)"
                   " VALUES (%s, '{}', '', false, false, false)", (referral,))
    cursor.execute("ROLLBACK TO s; COMMIT")
    connection.close()
    while (answer := outcome(call)) == "OVERLOADED":   # it had waited for too long
        call = begin(maria.referrals.Send, maria, request)
    assert answer == "KEY_CONTENT_MISMATCH"
    assert stack.tables().count("referral") == 0
    maria.send(people.BEROENDE)


@pytest.mark.parametrize("act", ["acknowledge", "accept"])
def test_of_two_members_who_act_at_once_at_two_daemons_one_wins(twins, act):
    maria = twins.both("maria")[0]
    petra, ines = twins.both("petra")[0].caller, twins.both("ines")[1].caller
    tables = twins.first.tables()
    for _ in range(TIMES // 3):
        sent = maria.send(people.BEROENDE)
        sent.insist()
        if act == "accept":
            calls = [begin(caller.referrals.Act, caller, caller.accept_request(sent, 1))
                     for caller in (petra, ines)]
        else:
            calls = [begin(caller.inboxes.Acknowledge, caller, caller.acknowledge_request(sent))
                     for caller in (petra, ines)]
        outcomes = [outcome(call) for call in calls]
        assert outcomes.count("VERSION_CONFLICT") == 1
        receipt, = [each for each in outcomes if isinstance(each, bytes)]
        assert pb.Receipt.FromString(receipt).id
        assert tables.count("event", "referral = %s", sent.referral) == 2
