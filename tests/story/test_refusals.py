# SPDX-License-Identifier: Apache-2.0
"""Every refusal names its reason in the same words everywhere, and writes nothing
but its audit record."""

import datetime

import grpc
import people
import pytest
from caller import in_days, pb, refused, uuid7
from stubs import contract

Code = grpc.StatusCode
SENT, UNAUDITED, AUDITED = people.BEROENDE, 0, 1


def check(refusal, code, reason):
    """Status, google.rpc details and Refusal tell the same."""
    assert (refusal.code, refusal.reason) == (code, reason), refusal
    assert refusal.info.domain == "stafett"
    assert refusal.refusal.reason == reason
    assert refusal.refusal.layer in ("sender", "recipient", "server", "security")
    status = contract.other["google.rpc.Status"].FromString(refusal.raw)
    assert (status.code, status.message) == (code.value[0], refusal.message)


# -- who may call --------------------------------------------------------------

@pytest.mark.parametrize("who, unit, reason, code", [
    ("lars", people.LUND, "ROLE_REQUIRED", Code.PERMISSION_DENIED),       # intake
    ("mona", people.LUND, "ROLE_REQUIRED", Code.PERMISSION_DENIED),       # manager
    ("axel", people.LUND, "ROLE_REQUIRED", Code.PERMISSION_DENIED),       # auditor
    ("former", people.LUND, "NOT_A_MEMBER", Code.PERMISSION_DENIED),      # role has ended
    ("maria", people.MALMO, "NOT_A_MEMBER", Code.PERMISSION_DENIED),      # another's unit
    ("maria", people.UNHEARD, "NOT_A_MEMBER", Code.PERMISSION_DENIED),    # no unit at all
    (people.STRANGER, people.MALMO, "NOT_A_MEMBER", Code.PERMISSION_DENIED),
])
def test_only_caseworkers_and_systems_of_the_unit_send(stack, nothing_written, who, unit, reason, code):
    caller = stack.caller(who, unit=unit)
    check(nothing_written(refused, caller.send, SENT), code, reason)


@pytest.mark.parametrize("who, reason", [
    ("sync", "ROLE_REQUIRED"), ("axel", "NOT_A_MEMBER"), (people.STRANGER, "NOT_A_MEMBER")])
def test_only_people_of_the_unit_acknowledge(stack, maria, nothing_written, who, reason):
    sent = maria.send(SENT)
    caller = stack.caller(who, unit=people.BEROENDE)
    check(nothing_written(refused, caller.acknowledge, sent), Code.PERMISSION_DENIED, reason)


def test_a_system_does_not_accept_for_a_person(stack, maria, nothing_written):
    sent = maria.send(SENT)
    caller = stack.caller("sync")
    check(nothing_written(refused, caller.accept, sent, 1), Code.PERMISSION_DENIED, "ROLE_REQUIRED")


@pytest.mark.parametrize("reading", ["get", "list", "inbox"])
def test_an_auditor_reads_no_case_data(stack, maria, nothing_written, reading):
    caller = stack.caller("axel")
    arguments = [maria.send(SENT).referral] if reading == "get" else []
    check(nothing_written(refused, getattr(caller, reading), *arguments),
          Code.PERMISSION_DENIED, "ROLE_REQUIRED")


@pytest.mark.parametrize("reading", ["list", "inbox", "units"])
def test_a_member_without_a_role_reads_nothing(stack, nothing_written, reading):
    caller = stack.caller(people.STRANGER, unit=people.MALMO)
    check(nothing_written(refused, getattr(caller, reading)), Code.PERMISSION_DENIED, "NOT_A_MEMBER")


def test_a_call_names_its_unit(stack, nothing_written):
    caller = stack.caller("maria")
    caller.unit = None
    check(nothing_written(refused, caller.list, audit_rows=UNAUDITED),
          Code.INVALID_ARGUMENT, "UNIT_METADATA_MISSING")


# -- what a message says ----------------------------------------------------------

def header_case(**header):
    return lambda caller: caller.send_request(SENT, **header)


def act_case(**act):
    return lambda caller: caller.send_request(SENT, act=act)


def from_member(caller):
    header = pb.Header.FromString(caller.send_request(SENT).header)
    header.from_member = people.MEMBERS["omar"].urn
    return contract.referral_service.SendRequest(header=header.SerializeToString(), suite="none")


def create_time(value):
    def make(caller):
        request = caller.send_request(SENT)
        header = pb.Header.FromString(request.header)
        header.create_time.FromDatetime(datetime.datetime.utcnow() + value)
        request.header = header.SerializeToString()
        return request
    return make


def broken_text(bad):
    """A header whose `reference` holds |bad|: protobuf libraries refuse to write that."""
    def make(caller):
        request = caller.send_request(SENT, act={"reference": "X" * len(bad)})
        assert request.header.count(b"X" * len(bad)) == 1
        request.header = request.header.replace(b"X" * len(bad), bad)
        return request
    return make


def raw(**fields):
    return lambda caller: contract.referral_service.SendRequest(
        **{"header": caller.send_request(SENT).header, "suite": "none", **fields})


BAD_MESSAGES = [
    # what is wrong, request, status, reason, field, audit rows
    ("a header that is no message", raw(header=b"\xff\xff"),
     Code.INVALID_ARGUMENT, "HEADER_UNREADABLE", "header"),
    ("no header", raw(header=b""), Code.INVALID_ARGUMENT, "FIELD_MISSING", None),
    ("a NUL in a text", broken_text(b"a\0b"), Code.INVALID_ARGUMENT, "TEXT_INVALID", None),
    ("a text that is not UTF-8", broken_text(b"a\xffb"), Code.INVALID_ARGUMENT, "TEXT_INVALID", None),
    ("an id that is no UUID", header_case(id="referral-1"),
     Code.INVALID_ARGUMENT, "FIELD_INVALID", "id"),
    ("an id of version 4", header_case(id="a3bb189e-8bf9-4888-9912-ace4e6543002"),
     Code.INVALID_ARGUMENT, "FIELD_INVALID", "id"),
    ("no recipient", lambda caller: caller.send_request([]),
     Code.INVALID_ARGUMENT, "FIELD_MISSING", "to_units"),
    ("two recipients", lambda caller: caller.send_request([SENT, people.MALMO]),
     Code.INVALID_ARGUMENT, "FIELD_INVALID", "to_units"),
    ("another unit's name", header_case(from_unit=people.MALMO),
     Code.PERMISSION_DENIED, "WRONG_SENDER", "from_unit"),
    ("another member's name", from_member, Code.PERMISSION_DENIED, "WRONG_SENDER", "from_member"),
    ("an unknown kind", act_case(kind="favour"), Code.INVALID_ARGUMENT, "CODE_UNKNOWN", "send.kind"),
    ("an unknown need", act_case(needs=["luck"]), Code.INVALID_ARGUMENT, "CODE_UNKNOWN", "send.needs"),
    ("an unknown priority", act_case(priority="ASAP"),
     Code.INVALID_ARGUMENT, "CODE_UNKNOWN", "send.priority"),
    ("no legal basis", act_case(legal_basis=pb.LegalBasis()),
     Code.INVALID_ARGUMENT, "FIELD_MISSING", "send.legal_basis.code"),
    ("an unknown legal basis", act_case(legal_basis=pb.LegalBasis(code="curiosity")),
     Code.INVALID_ARGUMENT, "CODE_UNKNOWN", "send.legal_basis.code"),
    ("a day that does not exist", act_case(help_request_date="2026-02-30"),
     Code.INVALID_ARGUMENT, "FIELD_INVALID", "send.help_request_date"),
    ("no day on which help was asked for", act_case(help_request_date=""),
     Code.INVALID_ARGUMENT, "FIELD_MISSING", "send.help_request_date"),
    ("a personal number as reference", act_case(reference="19640823-3234"),
     Code.INVALID_ARGUMENT, "PERSONAL_DATA_IN_REFERENCE", "send.reference"),
    ("a suite that nobody knows", raw(suite="rot-13"), Code.INVALID_ARGUMENT, "SUITE_REFUSED", "suite"),
    ("a body over its limit", lambda caller: caller.send_request(SENT, body=b"x" * 65537),
     Code.RESOURCE_EXHAUSTED, "PART_TOO_LARGE", "body"),
    ("a card over its limit", lambda caller: caller.send_request(SENT, card=b"x" * 4097),
     Code.RESOURCE_EXHAUSTED, "PART_TOO_LARGE", "card"),
    ("an upload that nobody made", raw(body=pb.Part(upload=pb.UploadClaim(id=str(uuid7()), size=9))),
     Code.INVALID_ARGUMENT, "UPLOAD_UNKNOWN", "body"),
]


@pytest.mark.parametrize("make, code, reason, field", [case[1:] for case in BAD_MESSAGES],
                         ids=[case[0].replace(" ", "_") for case in BAD_MESSAGES])
def test_a_bad_message_is_refused(maria, nothing_written, make, code, reason, field):
    refusal = nothing_written(refused, maria.resend, make(maria), audit_rows=UNAUDITED)
    check(refusal, code, reason)
    if field:
        assert refusal.refusal.field == field
        if code == Code.INVALID_ARGUMENT:
            assert refusal.field() == field


def test_bytes_that_are_no_request_are_refused(maria, nothing_written):
    send = maria.channel.unary_unary("/stafett.v1.ReferralService/Send")
    refusal = nothing_written(refused, maria.call, send, b"\xff\xff\xff", audit_rows=UNAUDITED)
    check(refusal, Code.INTERNAL, "MESSAGE_UNREADABLE")


def test_a_message_over_a_mebibyte_is_refused_before_it_is_read(maria, nothing_written):
    request = maria.send_request(SENT, body=b"x" * (1 << 20))
    refusal = nothing_written(refused, maria.resend, request, audit_rows=UNAUDITED)
    assert refusal.code == Code.RESOURCE_EXHAUSTED


def test_an_unknown_method_is_named_as_such(maria, nothing_written):
    method = maria.channel.unary_unary("/stafett.v1.ReferralService/Burn")
    refusal = nothing_written(refused, maria.call, method, b"", audit_rows=UNAUDITED)
    assert refusal.code == Code.UNIMPLEMENTED


def test_a_compressed_message_is_not_understood(maria, nothing_written):
    request = maria.send_request(SENT, body=b"x" * 1000)
    refusal = nothing_written(refused, maria.call, maria.referrals.Send, request,
                              compression=grpc.Compression.Gzip, audit_rows=UNAUDITED)
    assert refusal.code == Code.UNIMPLEMENTED


# -- what the rules say ------------------------------------------------------------

BROKEN_RULES = [
    ("a unit that does not exist", lambda caller: caller.send_request(people.UNHEARD),
     Code.NOT_FOUND, "UNIT_UNKNOWN"),
    ("a unit that is closed", lambda caller: caller.send_request(people.CLOSED),
     Code.FAILED_PRECONDITION, "UNIT_CLOSED"),
    ("a unit that does not take the kind", lambda caller: caller.send_request(people.FALADEN),
     Code.FAILED_PRECONDITION, "UNIT_DOES_NOT_TAKE"),
    ("a kind that the unit does not take", act_case(kind="next-of-kin"),
     Code.FAILED_PRECONDITION, "UNIT_DOES_NOT_TAKE"),
    ("help asked for tomorrow", act_case(help_request_date=in_days(2)),
     Code.FAILED_PRECONDITION, "CLOCK_IN_FUTURE"),
    ("a consent that has ended",
     act_case(legal_basis=pb.LegalBasis(code="consent", end_date=in_days(-2))),
     Code.FAILED_PRECONDITION, "CONSENT_EXPIRED"),
    ("stat without a phone call", act_case(priority="stat"), Code.FAILED_PRECONDITION, "CALL_REQUIRED"),
    ("made in ten minutes", create_time(datetime.timedelta(minutes=10)),
     Code.INVALID_ARGUMENT, "CREATED_IN_FUTURE"),
    ("a hand-back unit that does not exist", act_case(hand_back_unit=people.UNHEARD),
     Code.NOT_FOUND, "UNIT_UNKNOWN"),
]


@pytest.mark.parametrize("make, code, reason", [case[1:] for case in BROKEN_RULES],
                         ids=[case[0].replace(" ", "_") for case in BROKEN_RULES])
def test_a_send_against_the_rules_is_refused_and_recorded(
        maria, nothing_written, make, code, reason):
    check(nothing_written(refused, maria.resend, make(maria), audit_rows=AUDITED), code, reason)


def test_a_closed_unit_is_refused_with_its_successor_named(maria):
    assert refused(maria.send, people.CLOSED).refusal.alternative_unit == people.BEROENDE


def test_a_clock_that_is_four_minutes_fast_is_forgiven(maria):
    maria.resend(create_time(datetime.timedelta(minutes=4))(maria))


def test_a_stale_version_is_a_conflict_that_tells_the_state(maria, petra, nothing_written):
    sent = maria.send(SENT)
    petra.acknowledge(sent)
    refusal = nothing_written(refused, petra.accept, sent, 1)
    check(refusal, Code.ABORTED, "VERSION_CONFLICT")
    assert (refusal.refusal.current_status, refusal.refusal.current_version) == ("received", 2)
    assert {"accept", "ask", "reject"} <= set(refusal.refusal.allowed_acts)
    assert "acknowledge" not in refusal.refusal.allowed_acts


def test_the_wrong_hash_does_not_acknowledge(maria, petra, nothing_written):
    sent = maria.send(SENT)
    refusal = nothing_written(refused, petra.acknowledge, sent, content_hash=b"\0" * 32)
    check(refusal, Code.FAILED_PRECONDITION, "CONTENT_DIFFERS")


def test_the_sender_cannot_accept_its_own_referral(maria, nothing_written):
    sent = maria.send(SENT)
    check(nothing_written(refused, maria.accept, sent, 1), Code.FAILED_PRECONDITION, "ACT_NOT_YOURS")


def test_what_is_accepted_cannot_be_accepted_again(maria, petra, nothing_written):
    sent = maria.send(SENT)
    petra.accept(sent, 1)
    refusal = nothing_written(refused, petra.accept, sent, 2)
    check(refusal, Code.FAILED_PRECONDITION, "ACT_NOT_POSSIBLE")
    assert refusal.refusal.current_status == "accepted"


@pytest.mark.parametrize("act, reason", [
    ({"contact_by_date": in_days(-3)}, "CONTACT_PASSED"),
    ({"contact_by_date": in_days(60)}, "CONTACT_AFTER_CLOCK"),
])
def test_the_promised_contact_lies_within_the_persons_clock(
        maria, petra, nothing_written, act, reason):
    sent = maria.send(SENT)
    check(nothing_written(refused, petra.accept, sent, 1, **act), Code.FAILED_PRECONDITION, reason)


def test_a_coded_reason_lets_the_contact_lie_after_the_clock(maria, petra):
    sent = maria.send(SENT)
    petra.accept(sent, 1, contact_by_date=in_days(60), clock_reason="no-capacity")


def test_a_page_token_that_is_not_ours_is_refused(maria, nothing_written):
    check(nothing_written(refused, maria.list, page_token="second", audit_rows=UNAUDITED),
          Code.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")


def test_a_header_over_its_limit_is_refused(maria, nothing_written):
    request = maria.send_request(SENT, act={"reference": "r" * 9000})
    refusal = nothing_written(refused, maria.resend, request, audit_rows=UNAUDITED)
    check(refusal, Code.RESOURCE_EXHAUSTED, "PART_TOO_LARGE")
