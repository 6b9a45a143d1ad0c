# SPDX-License-Identifier: Apache-2.0
"""The baton changes hands: what the product is for, through a stock client."""

import uuid

import grpc
import people
import pytest
from business_clock import wait_late_told
from caller import code_of, derived_ids, in_days, pb, refused, uuid7


def item_of(inbox, sent):
    return next(item for item in inbox if item.id == sent.id)


def events_of(answer):
    return [(event.kind, event.code, event.from_status, event.to_status) for event in answer.events]


def test_a_stock_client_sends_lists_acknowledges_accepts_and_reads(maria, petra):
    sent = maria.send(people.BEROENDE, card=b"a card", body=b"a body")

    item = item_of(petra.whole_inbox(), sent)
    assert (item.referral, item.chain) == (sent.referral, sent.chain)
    assert (item.kind, item.needs, item.status, item.version) == ("send", "ack", "requested", 1)
    assert (item.from_unit, item.card.data) == (people.LUND, b"a card")
    assert item.content_hash == sent.content_hash

    petra.acknowledge(sent, item.version)
    petra.accept(sent, version=2)

    answer = maria.get(sent.referral, contents=True)
    assert answer.referral.status == "accepted"
    assert answer.referral.responsible == "nurse"
    assert answer.referral.contact_by_date == in_days(7)
    assert events_of(answer) == [("send", "NR", "", "requested"),
                                 ("acknowledge", "KVITTENS", "requested", "received"),
                                 ("accept", "BEK", "received", "accepted")]
    assert [event.member_display_name for event in answer.events] == [
        "Maria Nilsson", "Petra Svensson", "Petra Svensson"]
    assert answer.contents[0].body.data == b"a body"


def test_custody_moves_at_the_acceptance_and_not_before(maria, petra):
    def holder():
        return maria.get(sent.referral).chain.custodian

    sent = maria.send(people.BEROENDE)
    assert holder() == people.LUND
    petra.acknowledge(sent)
    assert holder() == people.LUND
    petra.accept(sent, version=2)
    assert holder() == people.BEROENDE

    moves = [event.kind for event in maria.get(sent.referral).events if event.custodian_changed]
    assert moves == ["send", "accept"]   # the send opened the chain


def test_an_acceptance_implies_the_acknowledgement(maria, petra):
    sent = maria.send(people.BEROENDE)
    petra.accept(sent, version=1)
    answer = maria.get(sent.referral)
    assert answer.referral.status == "accepted"
    assert answer.referral.delivery.state == "acknowledged"
    assert answer.referral.delivery.acknowledge_member == petra.member
    assert sent.id not in {item.id for item in petra.whole_inbox()}


def test_a_consultation_that_is_accepted_leaves_the_chain_where_it_was(maria, petra):
    sent = maria.send(people.BEROENDE, act={"kind": "consultation"})
    petra.accept(sent, version=1)
    assert maria.get(sent.referral).chain.custodian == people.LUND


def test_a_third_party_that_accepts_does_not_take_the_chain(maria, petra, omar):
    first = maria.send(people.BEROENDE)
    petra.accept(first, version=1)
    second = maria.send(people.MALMO, chain=first.chain)
    assert second.chain == first.chain
    omar.accept(second, version=1)
    assert maria.get(second.referral).referral.status == "accepted"
    assert maria.get(second.referral).chain.custodian == people.BEROENDE


def test_the_persons_clock_is_opened_once_and_never_restarted(maria, tables):
    first = maria.send(people.BEROENDE, act={"help_request_date": "2026-01-31"})
    second = maria.send(people.MALMO, chain=first.chain, act={"help_request_date": in_days(0)})
    for sent in (first, second):
        chain = maria.get(sent.referral).chain
        assert (chain.help_request_date, chain.intervention_due_date) == ("2026-01-31", "2026-02-28")
    wait_late_told(tables)


def test_both_sides_know_the_ids_before_the_answer(maria):
    message = uuid7()
    referral, chain = derived_ids(people.LUND, message)
    sent = maria.send(people.BEROENDE, id=message)
    assert (sent.referral, sent.chain) == (str(referral), str(chain))
    assert sent.answer.code == code_of(referral)
    assert uuid.UUID(sent.referral).version == 7


def test_a_referral_is_found_by_the_beginning_of_its_code(maria):
    sent = maria.send(people.BEROENDE)
    for text in (sent.answer.code, sent.answer.code.replace("-", "").lower(), sent.answer.code[:7]):
        assert maria.get(text).referral.id == sent.referral


def test_the_receipt_names_message_content_and_durability(maria):
    sent = maria.send(people.BEROENDE)
    assert sent.receipt.id == sent.id
    assert sent.receipt.content_hash == sent.content_hash
    assert sent.receipt.durability == "LOCAL"
    assert len(sent.receipt.leaf) == 32
    assert sent.receipt.commit_time.ToSeconds() > 0


def test_listing_and_fetching_are_seen_by_the_sender(maria, petra):
    def delivery():
        return maria.get(sent.referral).referral.delivery.state

    sent = maria.send(people.BEROENDE)
    assert delivery() == "stored"
    list(petra.whole_inbox())
    assert delivery() == "offered"
    petra.get(sent.referral)
    assert delivery() == "offered"
    petra.get(sent.referral, contents=True)
    assert delivery() == "fetched"
    petra.acknowledge(sent)
    assert delivery() == "acknowledged"


def two_messages_of_one_prefix():
    """Ids of two messages to come, whose referrals' codes begin with the same four letters."""
    met = {}
    while True:
        message = uuid7()
        prefix = code_of(derived_ids(people.LUND, message)[0])[:4]
        if prefix in met:
            return prefix, (met[prefix], message)
        met[prefix] = message


def test_a_code_that_means_two_referrals_opens_neither(maria, petra):
    prefix, messages = two_messages_of_one_prefix()
    sent = [maria.send(people.BEROENDE, id=message) for message in messages]
    refusal = refused(petra.get, prefix, contents=True)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "CODE_AMBIGUOUS")
    assert [maria.get(each.referral).referral.delivery.state for each in sent] == ["stored", "stored"]
    assert petra.get(sent[0].answer.code, contents=True).referral.id == sent[0].referral


def test_it_is_always_said_who_must_act_next_and_by_when(maria, petra):
    sent = maria.send(people.BEROENDE)
    referral = maria.get(sent.referral).referral
    assert (referral.next_actor, referral.next_act) == (people.BEROENDE, "acknowledge")
    assert referral.due_time.ToSeconds() > referral.create_time.ToSeconds()
    petra.acknowledge(sent)
    referral = maria.get(sent.referral).referral
    assert (referral.next_actor, referral.next_act) == (people.BEROENDE, "accept")


@pytest.mark.parametrize("who, acts", [
    ("petra", {"acknowledge", "accept", "reject", "forward", "note", "consent", "assign"}),
    ("ines", {"acknowledge", "accept", "reject", "forward", "note", "consent", "assign"}),
    ("sync", set()),
    ("maria", {"amend", "withdraw", "void", "note", "consent", "assign"}),
    ("mona", {"assign", "void"}),
])
def test_a_reader_is_told_which_acts_are_open_to_it(stack, maria, who, acts):
    sent = maria.send(people.BEROENDE)
    assert set(stack.caller(who).get(sent.referral).referral.allowed_acts) == acts


def test_lists_of_both_sides_show_the_referral(maria, petra):
    sent = maria.send(people.BEROENDE, card=b"in lists")
    for caller, direction in ((maria, "sent"), (petra, "received")):
        newest = caller.list(direction=direction, page_size=1).referrals[0]
        assert newest.referral.id == sent.referral
        assert newest.card.data == b"in lists"
    assert sent.referral not in {row.referral.id for row in petra.list(direction="sent", page_size=100).referrals}


def test_a_long_list_comes_in_pages_without_gaps(maria):
    sent = [maria.send(people.BEROENDE).referral for _ in range(7)]
    seen, token = [], ""
    while len(seen) < 7:
        page = maria.list(direction="sent", page_size=3, page_token=token)
        seen += [row.referral.id for row in page.referrals]
        token = page.next_page_token
    assert seen[:7] == sent[::-1]


def test_the_directory_finds_units_by_what_they_take(maria):
    found = {unit.handle: unit for unit in maria.units(
        municipality="lund", need="alcohol", kind="care-request", age=40).units}
    assert people.BEROENDE in found
    assert people.FALADEN not in found      # takes consultations only
    assert people.CLOSED not in found       # closed
    assert found[people.BEROENDE].organization_number == "2321000255"
    assert not {unit.handle for unit in maria.units(municipality="1281", age=12).units} & {*people.UNITS}


def test_a_closed_unit_names_its_successor(maria):
    closed = next(unit for unit in maria.units(include_closed=True).units
                  if unit.handle == people.CLOSED)
    assert (closed.status, closed.replaced_by) == ("closed", people.BEROENDE)


def test_every_reading_is_recorded(maria, tables):
    sent = maria.send(people.BEROENDE)
    for reading, rows in ((lambda: maria.get(sent.referral), 1), (maria.list, 1),
                          (maria.inbox, 1), (maria.units, 0)):  # the directory is no case data
        before = tables.audits()
        reading()
        assert tables.audits() == before + rows


def test_the_message_holds_its_own_time_and_the_event_both(maria):
    header = pb.Header()
    header.occurrence_time.FromJsonString("2026-01-02T03:04:05Z")
    sent = maria.send(people.BEROENDE, occurrence_time=header.occurrence_time)
    event = maria.get(sent.referral).events[0]
    assert event.occurrence_time.ToJsonString() == "2026-01-02T03:04:05Z"
    assert event.create_time == sent.receipt.commit_time
