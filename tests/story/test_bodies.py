# SPDX-License-Identifier: Apache-2.0
"""Bodies that are too large for a message: uploaded before, claimed, fetched after."""

import hashlib
import os
import threading

import grpc
import people
import pytest
from caller import PART_BYTES, claim_of, in_days, pb, refused, uuid7

LARGEST = 10485760
INVALID = grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture(scope="module")
def data():
    """As large as a body may be."""
    return os.urandom(LARGEST)


@pytest.fixture
def letter(maria):
    """A body of two and a half parts, uploaded: its bytes and its claim."""
    body = os.urandom(PART_BYTES * 2 + 1000)
    claim, progress = maria.upload(body)
    assert progress.complete
    return body, claim


def arrived(caller, sent):
    content, = caller.get(sent.referral, contents=True).contents
    return content


def state_of(tables, sent):
    return tables.value("SELECT state FROM stafett.delivery WHERE message = %s", sent.id)


# -- there and back -----------------------------------------------------------------


def test_the_largest_body_comes_back_byte_identical(maria, petra, data):
    claim, progress = maria.upload(data)
    assert (progress.received, progress.complete) == (LARGEST, True)
    sent = maria.send(people.BEROENDE, body=claim)
    assert sent.receipt.content_hash == sent.content_hash
    content = arrived(petra, sent)
    assert content.body.upload == claim
    assert petra.fetch(sent) == data


@pytest.mark.parametrize("size", [1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES])
def test_bodies_of_every_size_come_back_byte_identical(maria, petra, size):
    body = os.urandom(size)
    sent = maria.send(people.BEROENDE, body=maria.upload(body)[0])
    assert petra.fetch(sent) == body


@pytest.mark.parametrize("offset", [0, 1, PART_BYTES, PART_BYTES * 2 - 1, PART_BYTES * 2 + 999,
                                    PART_BYTES * 2 + 1000])
def test_a_fetch_may_begin_anywhere(maria, petra, letter, offset):
    body, claim = letter
    sent = maria.send(people.BEROENDE, body=claim)
    assert petra.fetch(sent, offset) == body[offset:]


def test_a_fetch_beyond_the_end_is_refused(maria, petra, letter):
    sent = maria.send(people.BEROENDE, body=letter[1])
    assert refused(petra.fetch, sent, len(letter[0]) + 1).reason == "FIELD_INVALID"


@pytest.mark.parametrize("size", [0, 5, PART_BYTES])
def test_a_body_that_travelled_inside_its_message_can_be_fetched_too(maria, petra, size):
    body = os.urandom(size)
    sent = maria.send(people.BEROENDE, body=body)
    assert petra.fetch(sent) == body


def test_an_act_may_carry_a_large_body(maria, petra, letter):
    sent = maria.send(people.BEROENDE)
    claim, _ = petra.upload(letter[0])
    accept = pb.AcceptAct(responsible="nurse", contact_by_date=in_days(7))
    request = petra.act_request(sent.referral, sent.chain, 1, body=claim, accept=accept)
    petra.act(request)
    last = maria.get(sent.referral, contents=True).contents[-1]
    assert last.body.upload == claim


# -- the limits -----------------------------------------------------------------------


def test_one_byte_more_than_the_largest_is_refused(maria, nothing_written):
    claim = pb.UploadClaim(id=str(uuid7()), sha256=bytes(32), size=LARGEST + 1)
    refusal = nothing_written(refused, maria.upload, b"", claim, audit_rows=0)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "PART_TOO_LARGE")


@pytest.mark.parametrize("claim", [
    pb.UploadClaim(), pb.UploadClaim(id=str(uuid7()), sha256=bytes(32)),
    pb.UploadClaim(id=str(uuid7()), sha256=bytes(31), size=1),
    pb.UploadClaim(id="6ba7b810-9dad-41d1-80b4-00c04fd430c8", sha256=bytes(32), size=1)])
def test_a_start_without_a_proper_name_is_refused(maria, claim):
    refusal = refused(maria.upload, b"", claim)
    assert (refusal.code, refusal.reason, refusal.field()) == (INVALID, "FIELD_INVALID", "start.upload")


@pytest.mark.parametrize("sizes", [[100], [PART_BYTES, 100, 900], [PART_BYTES, PART_BYTES, 1001],
                                   [PART_BYTES, PART_BYTES, 1000, 1], [0]])
def test_parts_have_the_size_that_they_must_have(maria, sizes):
    claim = claim_of(bytes(PART_BYTES * 2 + 1000))
    start, *_ = maria.upload_messages(b"", claim)
    stream = [start] + [type(start)(data=bytes(size)) for size in sizes]
    refusal = refused(maria.call, maria.bodies.Upload, iter(stream))
    assert (refusal.code, refusal.reason) == (INVALID, "FIELD_INVALID")


def test_a_stream_without_a_start_is_refused(maria):
    start, part = maria.upload_messages(b"x", claim_of(b"x"))
    assert refused(maria.call, maria.bodies.Upload, iter([part])).reason == "FIELD_MISSING"
    assert refused(maria.call, maria.bodies.Upload, iter([start, start])).reason == "FIELD_MISSING"
    assert refused(maria.call, maria.bodies.Upload, iter([])).reason == "MESSAGE_UNREADABLE"


def test_other_bytes_than_announced_cannot_be_claimed(maria, nothing_written):
    claim = claim_of(b"what was announced")
    refusal = refused(maria.upload, b"what really came..", claim)
    assert (refusal.code, refusal.reason) == (INVALID, "UPLOAD_DIFFERS")
    refusal = nothing_written(refused, maria.send, people.BEROENDE, body=claim)
    assert (refusal.reason, refusal.field()) == ("UPLOAD_UNKNOWN", "body")


# -- cut off, and gone on with ---------------------------------------------------------


@pytest.mark.parametrize("parts", [0, 1, 2])
def test_an_upload_goes_on_where_it_was_cut_off(maria, petra, parts):
    body = os.urandom(PART_BYTES * 2 + 1000)
    claim, progress = maria.upload(body, end=parts * PART_BYTES)
    assert (progress.received, progress.complete) == (parts * PART_BYTES, False)
    assert maria.uploaded(claim.id) == progress
    _, progress = maria.upload(body, claim, offset=progress.received)
    assert progress.complete
    assert petra.fetch(maria.send(people.BEROENDE, body=claim)) == body


def test_a_cancelled_stream_loses_no_part_that_was_counted(maria, petra):
    body, held = os.urandom(PART_BYTES * 8), threading.Event()
    claim = claim_of(body)

    def slowly():
        for number, message in enumerate(maria.upload_messages(body, claim)):
            if number == 5:
                held.wait()
            yield message

    call = maria.bodies.Upload.future(slowly(), metadata=(("stafett-unit", maria.unit),))
    received = 0
    while received < PART_BYTES * 4:
        received = maria.uploaded(claim.id).received if started(maria, claim) else 0
    call.cancel()
    held.set()
    _, progress = maria.upload(body, claim, offset=received)
    assert progress.complete
    assert petra.fetch(maria.send(people.BEROENDE, body=claim)) == body


def started(caller, claim):
    try:
        return caller.uploaded(claim.id) is not None
    except grpc.RpcError:
        return False


def test_a_whole_upload_may_be_asked_for_again(maria, letter):
    body, claim = letter
    _, progress = maria.upload(body, claim, offset=len(body))
    assert progress.complete


def test_the_wrong_place_is_refused_and_does_no_harm(maria):
    body = os.urandom(PART_BYTES * 2)
    claim, _ = maria.upload(body, end=PART_BYTES)
    for offset in (0, PART_BYTES * 2):
        refusal = refused(maria.upload, body, claim, offset=offset)
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.ABORTED, "UPLOAD_MOVED")
    assert maria.upload(body, claim, offset=PART_BYTES)[1].complete


def test_one_id_is_one_body(maria, letter):
    _, claim = letter
    refusal = refused(maria.upload, b"", claim_of(b"another", claim.id))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.ALREADY_EXISTS, "KEY_CONTENT_MISMATCH")


# -- whose it is -------------------------------------------------------------------------


def test_an_upload_of_another_unit_does_not_exist(maria, petra, omar, letter, nothing_written):
    _, claim = letter
    missing = str(uuid7())
    assert refused(petra.uploaded, claim.id).raw == refused(petra.uploaded, missing).raw
    assert refused(petra.uploaded, missing).code == grpc.StatusCode.NOT_FOUND
    refusal = nothing_written(refused, omar.send, people.BEROENDE, body=claim)
    assert (refusal.code, refusal.reason) == (INVALID, "UPLOAD_UNKNOWN")


def test_two_units_may_use_one_id(maria, omar, letter):
    _, claim = letter
    assert omar.upload(b"mine", claim_of(b"mine", claim.id))[1].complete
    assert maria.uploaded(claim.id).complete


def test_who_has_no_role_for_it_uploads_and_fetches_nothing(stack, maria, letter, nothing_written):
    axel = stack.caller("axel")
    assert nothing_written(refused, axel.upload, b"mine").reason == "ROLE_REQUIRED"
    sent = maria.send(people.BEROENDE, body=letter[1])
    assert nothing_written(refused, axel.fetch, sent).reason == "ROLE_REQUIRED"


def test_a_body_is_only_for_the_parties(maria, omar, letter, nothing_written):
    sent = maria.send(people.BEROENDE, body=letter[1])
    refusal = nothing_written(refused, omar.fetch, sent)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "NOT_FOUND")


# -- claiming -----------------------------------------------------------------------------


@pytest.mark.parametrize("change", [
    {"id": str(uuid7())}, {"sha256": bytes(32)}, {"size": 5}])
def test_a_claim_names_the_upload_exactly(maria, letter, change, nothing_written):
    claim = pb.UploadClaim()
    claim.CopyFrom(letter[1])
    for name, value in change.items():
        setattr(claim, name, value)
    refusal = nothing_written(refused, maria.send, people.BEROENDE, body=claim)
    assert (refusal.code, refusal.reason, refusal.field()) == (INVALID, "UPLOAD_UNKNOWN", "body")


def test_half_an_upload_cannot_be_claimed(maria, nothing_written):
    claim, _ = maria.upload(bytes(PART_BYTES * 2), end=PART_BYTES)
    assert nothing_written(refused, maria.send, people.BEROENDE, body=claim).reason == "UPLOAD_UNKNOWN"


def test_an_upload_is_the_body_of_one_message(maria, letter, nothing_written):
    _, claim = letter
    sent = maria.send(people.BEROENDE, body=claim)
    assert nothing_written(refused, maria.send, people.BEROENDE, body=claim).reason == "UPLOAD_UNKNOWN"
    assert maria.resend(sent.request).receipt == sent.answer.receipt


def test_of_many_messages_that_claim_at_once_one_gets_it(stack, letter):
    """Eight connections, one upload: the loser is told, and its neighbours do not mind."""
    _, claim = letter
    callers = [stack.caller("maria") for _ in range(8)]
    futures = []
    for caller in callers:
        for body in (claim, b"another"):
            request = caller.send_request(people.BEROENDE, body=body)
            futures.append((body, caller.referrals.Send.future(
                request, metadata=(("stafett-unit", caller.unit),), timeout=60)))
    won = [body for body, future in futures if not future.exception()]
    assert won.count(claim) == 1
    assert won.count(b"another") == len(callers)
    lost = {refusal for body, future in futures if body is claim and future.exception()
            for refusal in [future.exception().code()]}
    assert lost == {INVALID}


def test_a_card_cannot_be_uploaded(maria, letter):
    refusal = refused(maria.send, people.BEROENDE, card=letter[1])
    assert (refusal.reason, refusal.field()) == ("FIELD_INVALID", "card")


# -- what is recorded -----------------------------------------------------------------------


def test_a_fetch_is_recorded_once_and_marks_the_message_as_fetched(maria, petra, tables, letter):
    sent = maria.send(people.BEROENDE, body=letter[1])
    assert state_of(tables, sent) == "stored"
    before = tables.audits()
    petra.fetch(sent)
    assert tables.audits() == before + 1
    assert state_of(tables, sent) == "fetched"


def test_what_the_sender_fetches_is_not_fetched_by_the_recipient(maria, tables, letter):
    sent = maria.send(people.BEROENDE, body=letter[1])
    assert maria.fetch(sent) == letter[0]
    assert state_of(tables, sent) == "stored"


def test_a_message_is_named_by_its_sender_too(maria, petra, letter):
    sent = maria.send(people.BEROENDE, body=letter[1])
    assert refused(petra.fetch, sent, from_unit=people.BEROENDE).reason == "NOT_FOUND"


def test_what_is_on_disk_is_what_was_hashed(maria, tables, letter):
    body, claim = letter
    stored = tables.value("SELECT string_agg(data, '' ORDER BY start) FROM stafett.upload_part"
                          " WHERE upload = %s", claim.id)
    assert hashlib.sha256(stored).digest() == claim.sha256
