# SPDX-License-Identifier: Apache-2.0
"""What one member may not do alone, and the end of a chain."""

import people
from business_clock import wait_late_told
from caller import in_days, refused


def chain(caller, sent):
    return caller.get(sent.referral).chain


def on_chain(caller, sent, name, version=None, body=b"", **fields):
    """An act on the chain as a whole."""
    at = chain(caller, sent).version if version is None else version
    request = caller.act_request("", sent.chain, at, body=body,
                                 **{name: type(getattr(caller.header(), name))(**fields)})
    caller.act(request)
    return request


def proposed(caller, sent):
    return caller.get(sent.referral).referral.proposal.id


# -- void --------------------------------------------------------------------------


def test_what_was_sent_by_mistake_is_voided_by_two(maria, petra, mona):
    sent = maria.send(people.BEROENDE)
    petra.accept(sent, 1)
    maria.perform(sent, "void", reason="sent-by-mistake")
    answer = maria.get(sent.referral)
    assert (answer.referral.status, answer.referral.version) == ("accepted", 2)
    assert (answer.referral.proposal.act, answer.referral.proposal.member) == ("void", maria.member)
    assert answer.events[-1].kind == "propose"
    assert refused(maria.perform, sent, "void", reason="other").reason == "PROPOSAL_OPEN"
    assert refused(maria.perform, sent, "confirm",
                   proposal=proposed(maria, sent)).reason == "SECOND_MEMBER_REQUIRED"

    assert "confirm" in mona.get(sent.referral).referral.allowed_acts
    mona.perform(sent, "confirm", proposal=proposed(maria, sent))
    answer = maria.get(sent.referral)
    assert (answer.referral.status, answer.chain.custodian) == ("entered-in-error", people.LUND)
    assert (answer.events[-1].kind, answer.events[-1].code) == ("void", "MAKULERING")
    assert not answer.referral.HasField("proposal")


def test_a_proposal_that_is_dropped_has_changed_nothing(maria, petra, mona):
    sent = maria.send(people.BEROENDE)
    maria.perform(sent, "void", reason="other")
    proposal = proposed(mona, sent)
    mona.perform(sent, "confirm", proposal=proposal, drop=True)
    answer = maria.get(sent.referral)
    assert (answer.referral.status, answer.referral.version) == ("requested", 1)
    assert [event.kind for event in answer.events] == ["send", "propose", "drop"]
    assert refused(mona.perform, sent, "confirm", proposal=proposal).reason == "NOT_FOUND"
    petra.accept(sent, 1)


def test_another_unit_neither_sees_nor_confirms_a_proposal(maria, petra):
    sent = maria.send(people.BEROENDE)
    maria.perform(sent, "void", reason="other")
    assert not petra.get(sent.referral).referral.HasField("proposal")
    assert refused(petra.perform, sent, "confirm", proposal=proposed(maria, sent)).reason == "NOT_FOUND"
    assert refused(petra.perform, sent, "void", reason="other").reason == "ACT_NOT_YOURS"


# -- the chain -----------------------------------------------------------------------


def test_a_wrong_date_is_mended_by_the_holder_and_its_manager(maria, mona, tables):
    sent = maria.send(people.BEROENDE)
    on_chain(maria, sent, "correct_clock", help_request_date=in_days(-40), body=b"it was earlier")
    assert chain(maria, sent).help_request_date == in_days(0)
    proposal = chain(mona, sent).proposal
    assert (proposal.act, proposal.member) == ("correct-clock", maria.member)
    on_chain(mona, sent, "confirm", proposal=proposal.id)
    after = chain(maria, sent)
    assert (after.help_request_date, after.version) == (in_days(-40), 2)
    assert not after.HasField("proposal")
    wait_late_told(tables)


def test_only_the_holder_mends_the_clock_and_never_into_the_future(maria, petra):
    sent = maria.send(people.BEROENDE)
    for caller, day, reason in ((petra, in_days(-1), "ACT_NOT_YOURS"), (maria, in_days(1), "CLOCK_IN_FUTURE")):
        assert refused(on_chain, caller, sent, "correct_clock", help_request_date=day,
                       body=b"why").reason == reason
    assert refused(on_chain, maria, sent, "correct_clock", version=9, help_request_date=in_days(0),
                   body=b"why").reason == "VERSION_CONFLICT"


def test_a_chain_is_closed_when_nothing_in_it_is_open(maria, petra):
    sent = maria.send(people.BEROENDE)
    assert "close" not in chain(maria, sent).allowed_acts
    end = dict(reason="no-longer-relevant", person_told="letter")
    assert refused(on_chain, maria, sent, "close", **end).reason == "CHAIN_NOT_AT_REST"
    maria.perform(sent, "withdraw", reason="person-wishes")
    assert "close" in chain(maria, sent).allowed_acts
    assert refused(on_chain, petra, sent, "close", **end).reason == "ACT_NOT_YOURS"
    on_chain(maria, sent, "close", **end)
    after = chain(maria, sent)
    assert (after.status, after.custodian) == ("closed", "")
    assert refused(maria.send, people.BEROENDE, chain=sent.chain).reason == "CHAIN_CLOSED"
    assert refused(maria.perform, sent, "void", reason="other").reason == "CHAIN_CLOSED"
    assert list(maria.get(sent.referral).referral.allowed_acts) == []
    assert refused(on_chain, maria, sent, "close", **end).reason == "ACT_NOT_YOURS"


# -- sends that name something old -----------------------------------------------------


def test_what_is_open_is_not_replaced(maria):
    sent = maria.send(people.BEROENDE)
    refusal = refused(maria.send, people.BEROENDE, chain=sent.chain, act={"replaces": sent.referral})
    assert refusal.reason == "REPLACED_IS_OPEN"


def test_nothing_is_handed_back_to_a_closed_unit(maria):
    refusal = refused(maria.send, people.BEROENDE, act={"hand_back_unit": people.CLOSED})
    assert (refusal.reason, refusal.refusal.field) == ("UNIT_CLOSED", "send.hand_back_unit")
    assert refusal.refusal.alternative_unit == people.BEROENDE


# -- the day --------------------------------------------------------------------------


def proposals(caller, sent):
    return [row for row in caller.today(page_size=50).proposals if row.chain.id == sent.chain]


def test_what_takes_two_waits_in_the_unit_until_the_second_member_decides(maria, mona, petra):
    sent = maria.send(people.BEROENDE)
    maria.perform(sent, "void", reason="sent-by-mistake")
    row, = proposals(mona, sent)
    proposal = row.referral.proposal
    assert (proposal.act, proposal.reason, proposal.member_display_name) == ("void", "sent-by-mistake", "Maria Nilsson")
    assert proposal.may_confirm and proposal.create_time.seconds and not proposal.confirm_unit
    assert row.referral.id == sent.referral and row.card.data
    own, = proposals(maria, sent)
    assert not own.referral.proposal.may_confirm
    assert not proposals(petra, sent)
    mona.perform(sent, "confirm", proposal=proposal.id, drop=True)
    assert not proposals(mona, sent) and not proposals(maria, sent)


def test_another_day_is_for_a_manager_to_confirm(maria, mona, lars):
    sent = maria.send(people.BEROENDE)
    on_chain(maria, sent, "correct_clock", help_request_date=in_days(-3), body=b"why")
    row, = proposals(mona, sent)
    assert row.chain.proposal.may_confirm and row.chain.proposal.help_request_date == in_days(-3)
    assert not proposals(lars, sent)[0].chain.proposal.may_confirm
