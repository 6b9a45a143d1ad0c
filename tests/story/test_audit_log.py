# SPDX-License-Identifier: Apache-2.0
"""The audit log as an auditor reads it: every write, reading and refused attempt of the
own organisation, nothing of another's, and the auditor's own readings too."""

import hashlib
import time

import grpc
import people
import pytest
from caller import refused, uuid7
from google.protobuf.timestamp_pb2 import Timestamp

DENIED, NOT_FOUND, INVALID = (
    grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT)


@pytest.fixture(scope="module")
def sent(maria, petra, stack):
    """A referral that both sides have worked with, and an outsider has asked for."""
    sent = maria.send(people.BEROENDE)
    petra.get(sent.referral, contents=True)
    petra.acknowledge(sent)
    refused(petra.accept, sent, 1)                      # an old version
    refused(stack.caller("omar").get, sent.referral)    # no party
    maria.get(sent.answer.code)
    return sent


def about(caller, sent, **more):
    return list(caller.whole_log(referral=sent.referral, **more))


def test_each_unit_finds_what_it_has_done_with_a_referral(axel, vera, sent):
    assert [(e.operation, e.act, e.outcome) for e in about(axel, sent) if e.operation[:5] != "audit"] == [
        ("get", "", "ok"), ("send", "send", "ok")]
    assert [(e.operation, e.act, e.outcome, e.reason) for e in about(vera, sent)
            if e.operation[:5] != "audit"] == [
        ("act", "accept", "refused", "VERSION_CONFLICT"), ("acknowledge", "acknowledge", "ok", ""),
        ("get", "", "ok", "")]


def test_an_entry_says_who_did_what_when_and_on_what_ground(axel, maria, sent):
    entry = next(e for e in about(axel, sent) if e.operation == "send")
    assert (entry.action, entry.purpose, entry.from_status, entry.to_status) == (
        "C", "need-of-care", "", "requested")
    agent = entry.agent
    assert (agent.member, agent.display_name, agent.role, agent.unit) == (
        maria.member, "Maria Nilsson", "caseworker", people.LUND)
    entity, = entry.entity
    assert (entity.chain, entity.referral, entity.code) == (sent.chain, sent.referral, sent.answer.code)
    assert "requester" in entry.relation and "owner" not in entry.relation
    assert entry.leaf == sent.receipt.leaf
    assert entry.recorded_time == sent.receipt.commit_time
    assert not entry.certificate and not entry.address


def test_who_reads_a_referral_or_fetches_a_body_of_it_has_the_ground_recorded(vera, petra, maria):
    sent = maria.send(people.BEROENDE, body=b"body")
    petra.get(sent.referral, contents=True)
    petra.fetch(sent)
    grounds = {e.operation: e.purpose for e in about(vera, sent) if e.outcome == "ok"}
    assert (grounds["get"], grounds["fetch"]) == ("need-of-care", "need-of-care")


def test_one_entry_tells_from_where_it_was_done(stack, axel, maria, sent):
    entry = axel.entry(next(e.id for e in about(axel, sent) if e.operation == "send"))
    certificate = stack.identity(maria.member).certificate
    assert entry.certificate == hashlib.sha256(pem_to_der(certificate)).digest()
    assert entry.address.startswith("127.0.0.1") and entry.call
    assert refused(axel.entry, str(uuid7())).code == NOT_FOUND


def pem_to_der(pem):
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def test_no_other_organisation_finds_an_entry(axel, vera, sent):
    of_lund = next(e.id for e in about(axel, sent))
    refusal = refused(vera.entry, of_lund)
    assert (refusal.code, refusal.reason) == (NOT_FOUND, "NOT_FOUND")
    assert refusal.raw == refused(vera.entry, str(uuid7())).raw
    assert {e.agent.unit for e in vera.whole_log(page_size=100)} <= {people.BEROENDE, people.FALADEN}
    assert refused(vera.log, unit=people.LUND).raw == refused(vera.log, unit=people.UNHEARD).raw


def test_an_attempt_from_outside_is_found_where_it_was_made(stack, sent):
    """Malmö's own auditor would see it; there is none, so the tables tell."""
    omar = stack.caller("omar")
    refused(omar.log)
    rows = stack.tables().rows(
        "SELECT detail FROM stafett.audit_queue q JOIN stafett.unit u ON u.id = q.unit"
        " WHERE u.handle = %s ORDER BY q.id DESC LIMIT 1", people.MALMO)
    assert b"ROLE_REQUIRED" in bytes(rows[0][0])


@pytest.mark.parametrize("who", ["maria", "lars", "system"])
@pytest.mark.parametrize("what", ["log", "entry"])
def test_only_auditors_and_managers_read_it_and_the_attempt_is_recorded(
        stack, nothing_written, axel, who, what):
    caller = stack.caller(who)
    refusal = nothing_written(refused, getattr(caller, what), *([str(uuid7())] if what == "entry" else []))
    assert (refusal.code, refusal.reason) == (DENIED, "ROLE_REQUIRED")
    entry = axel.log(member=caller.member, outcome="denied", page_size=1).entries[0]
    assert (entry.operation, entry.reason, entry.agent.role) == (
        {"log": "audit-list", "entry": "audit-get"}[what], "ROLE_REQUIRED", "")


def test_a_manager_reads_the_log_of_the_own_unit(mona, axel, sent):
    mine = about(mona, sent)
    assert [e.id for e in mine if e.operation == "send"] == [
        e.id for e in about(axel, sent) if e.operation == "send"]
    assert next(iter(axel.whole_log(member=mona.member, action="audit-list"))).agent.role == "manager"


def test_reading_the_log_is_itself_recorded_with_what_was_asked(nothing_written, axel, maria, sent):
    nothing_written(axel.log, member=maria.member, action="send", referral=sent.referral)
    entry = axel.log(member=axel.member, page_size=1).entries[0]
    assert (entry.operation, entry.action, entry.outcome) == ("audit-list", "R", "ok")
    assert entry.asked == f"member={maria.member} action=send"
    assert entry.entity[0].referral == sent.referral
    nothing_written(axel.entry, entry.id)
    assert axel.log(member=axel.member, page_size=1).entries[0].operation == "audit-get"


def test_an_auditor_of_several_units_reads_them_together_or_one_by_one(stack, vera):
    fredrik, petra = stack.caller("fredrik"), stack.caller("petra")
    petra.list()
    fredrik.list()
    petra.list()
    newest = [e.agent.unit for e in vera.log(action="list", page_size=3).entries]
    assert newest == [people.BEROENDE, people.FALADEN, people.BEROENDE]
    only = vera.log(action="list", unit=people.FALADEN, page_size=3).entries
    assert {e.agent.unit for e in only} == {people.FALADEN}


def test_pages_bring_every_entry_once_the_newest_first(axel, maria):
    begun = Timestamp()
    begun.GetCurrentTime()
    for _ in range(7):
        maria.list()
    whole = list(axel.whole_log(member=maria.member, action="R", since_time=begun))
    assert len(whole) == 7
    paged = list(axel.whole_log(member=maria.member, action="R", since_time=begun, page_size=2))
    assert [e.id for e in paged] == [e.id for e in whole] == sorted((e.id for e in whole), reverse=True)
    until = whole[3].recorded_time
    axel.log(since_time=begun, until_time=until)
    assert axel.log(member=axel.member, page_size=1).entries[0].asked == (
        f"since={begun.ToJsonString()} until={until.ToJsonString()}")
    older = list(axel.whole_log(member=maria.member, action="R", since_time=begun, until_time=until))
    assert [e.id for e in older][-3:] == [e.id for e in whole[4:]]


def test_a_filter_that_nothing_fits_ends(axel):
    assert list(axel.whole_log(member="urn:stafett:org:2120001132:member:nobody")) == []
    assert list(axel.whole_log(since_time=Timestamp(seconds=int(time.time()) + 3600))) == []


@pytest.mark.parametrize("fields", [
    {"action": "X"}, {"action": "burn"}, {"outcome": "fine"}, {"referral": "!"}, {"page_size": -1},
    {"page_token": "x"}, {"unit": "no unit"}, {"member": "somebody"}], ids=str)
def test_a_filter_that_cannot_be_is_refused(axel, fields):
    refusal = refused(axel.log, **fields)
    assert refusal.code == INVALID and refusal.refusal.field == next(iter(fields))


def test_a_referral_that_the_organisation_has_no_part_in_does_not_exist(axel, petra, omar):
    elsewhere = petra.send(people.MALMO)
    assert refused(axel.log, referral=elsewhere.referral).raw == refused(axel.log, referral=str(uuid7())).raw


def test_the_whole_chain_has_the_entries_of_all_its_referrals(axel, maria, sent):
    second = maria.send(people.MALMO, chain=sent.chain)
    sends = [e for e in about(axel, second, whole_chain=True) if e.operation == "send"]
    assert [e.entity[0].referral for e in sends] == [second.referral, sent.referral]
    assert [e.entity[0].referral for e in about(axel, second) if e.operation == "send"] == [second.referral]


def test_a_page_of_many_referrals_names_a_few_and_counts_them(axel, maria):
    for _ in range(4):
        maria.send(people.BEROENDE)
    maria.list(page_size=4)
    entry = axel.log(member=maria.member, action="list", page_size=1).entries[0]
    assert (len(entry.entity), entry.entity_count) == (3, 4)
    assert len(axel.entry(entry.id).entity) == 4


def test_no_text_about_a_person_is_in_an_entry(axel, maria):
    sent = maria.send(people.BEROENDE, card=b'{"familyName": "Canary"}', body=b"Canary")
    maria.perform(sent, "note", body=b"Canary")
    entries = about(axel, sent)
    assert {entry.operation for entry in entries} >= {"send", "act"}
    for entry in entries:
        assert b"Canary" not in axel.entry(entry.id).SerializeToString()


def test_a_member_reads_only_while_the_role_is_valid(stack, tables, sent):
    """The grant ends, and with it the log."""
    tables.rows("UPDATE stafett.membership ms SET valid_to = now() FROM stafett.member m"
                " WHERE m.id = ms.member AND m.urn = %s RETURNING 1", people.MEMBERS["vera"].urn)
    try:
        assert refused(stack.caller("vera").log).reason == "NOT_A_MEMBER"
    finally:
        tables.rows("UPDATE stafett.membership ms SET valid_to = 'infinity' FROM stafett.member m"
                    " WHERE m.id = ms.member AND m.urn = %s RETURNING 1", people.MEMBERS["vera"].urn)


def test_the_daemons_role_may_not_read_the_queue_itself(tables):
    granted = tables.rows("SELECT has_table_privilege('stafett_app', 'stafett.audit_queue', 'SELECT'),"
                          " has_table_privilege('stafett_app', 'stafett.audit_queue', 'INSERT')")
    assert granted == [(False, True)]



def test_a_chain_without_a_referral_is_found_by_its_id_and_code(axel, vera, maria):
    chain = maria.register()
    maria.chain(chain)
    code = maria.chain(chain).chain.code
    for name in (chain, code):
        entries = [e for e in axel.whole_log(referral=name) if not e.operation.startswith("audit")]
        assert [(e.operation, e.act) for e in entries] == [
            ("get-chain", ""), ("get-chain", ""), ("act", "register")]
        assert {(e.entity[0].chain, e.entity[0].referral, e.entity[0].code) for e in entries} == {
            (chain, "", code)}
    assert refused(vera.log, referral=chain).code == NOT_FOUND


def test_a_chain_that_is_read_whole_is_found_by_each_of_its_referrals(axel, maria):
    first = maria.send(people.BEROENDE)
    second = maria.send(people.MALMO, chain=first.chain)
    maria.chain(first.chain)
    for name in (first.referral, second.referral, first.chain):
        newest = next(e for e in axel.whole_log(referral=name) if e.operation == "get-chain")
        assert {entity.referral for entity in newest.entity} == {first.referral, second.referral}
        assert {entity.chain for entity in newest.entity} == {first.chain}
