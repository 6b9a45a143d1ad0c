# SPDX-License-Identifier: Apache-2.0
"""Chains as a whole: they begin without a referral, go on in another one, follow a unit
that closes; and all who are parties hear of it."""

import time

import quarter
from caller import code_of, in_days, pb, refused, uuid7
from stubs import contract
from uuid import UUID


def handed_over(sender, taker):
    """A referral whose chain |taker| holds."""
    sent = sender.send(taker.unit)
    taker.accept(sent, 1)
    return sent


def told(caller, chain, kind):
    """The items of the inbox about a chain that |kind| of act brought."""
    return [item for item in caller.whole_inbox() if (item.chain, item.kind) == (chain, kind)]


def kinds_of(answer):
    return [event.kind for event in answer.events]


# -- register ------------------------------------------------------------------------


def test_a_chain_begins_without_a_referral(north, east):
    chain = north.register(days_ago=3, needs=["alcohol", "housing"])
    answer = north.chain(chain)
    assert (answer.chain.status, answer.chain.custodian) == ("open", north.unit)
    assert (answer.chain.help_request_date, answer.chain.version) == (in_days(-3), 1)
    event, = answer.events
    assert (event.kind, event.code, event.request_kind, list(event.needs)) == (
        "register", "AKTUALISERING", "self-request", ["alcohol", "housing"])
    assert set(answer.chain.allowed_acts) == {"close", "merge", "correct-clock"}
    assert refused(east.chain, chain).reason == "NOT_FOUND"

    sent = north.send(east.unit, chain=chain)
    assert sent.chain == chain
    east.accept(sent, 1)
    after = east.chain(chain)
    assert (after.chain.custodian, after.chain.help_request_date) == (east.unit, in_days(-3))
    assert kinds_of(after) == ["register", "send", "accept"]
    assert [row.referral.id for row in after.referrals] == [sent.referral]


def test_nobody_registers_a_day_to_come(north):
    assert refused(north.register, days_ago=-1).reason == "CLOCK_IN_FUTURE"
    assert refused(north.register, needs=[]).reason == "FIELD_MISSING"
    assert refused(north.register, needs=["luck"]).reason == "CODE_UNKNOWN"


def test_a_registered_chain_is_found_by_its_code_and_closed(north):
    chain = north.register()
    assert north.chain(code_of(UUID(chain))).chain.id == chain
    north.on_chain(chain, "close", reason="person-wishes", person_told="in-person")
    after = north.chain(chain)
    assert (after.chain.status, kinds_of(after)) == ("closed", ["register", "close"])


def test_the_unit_lists_the_chains_that_it_holds(north, east):
    north.register()
    chain = north.register()
    assert chain in [row.id for row in north.held_chains(page_size=100).chains]
    assert chain not in [row.id for row in east.held_chains(page_size=100).chains]
    first = north.held_chains(page_size=1)
    second = north.held_chains(page_size=1, page_token=first.next_page_token)
    assert first.chains[0].id != second.chains[0].id


# -- what is told of a chain ------------------------------------------------------------


def test_the_parties_hear_of_the_end_and_of_a_mended_clock(north, colleague, east):
    sent = handed_over(north, east)
    east.perform(sent, "need_gone", reason="moved")
    north.perform(sent, "take_back")
    north.on_chain(sent.chain, "correct_clock", help_request_date=in_days(-9), body=b"why")
    proposal = north.chain(sent.chain).chain.proposal.id
    assert not told(east, sent.chain, "correct-clock")
    colleague.on_chain(sent.chain, "confirm", proposal=proposal)
    item, = told(east, sent.chain, "correct-clock")
    assert (item.needs, item.from_unit) == ("none", north.unit)
    north.on_chain(sent.chain, "close", reason="moved", person_told="phone")
    assert len(told(east, sent.chain, "close")) == 1
    assert not told(north, sent.chain, "close")

    assert "close" in kinds_of(east.get(item.referral, contents=True))
    assert not told(east, sent.chain, "close"), "reading acknowledges it"


def test_a_refused_act_on_a_chain_tells_how_it_stands(north):
    chain = north.register()
    refusal = refused(north.on_chain, chain, "close", version=7, reason="moved", person_told="phone")
    assert refusal.reason == "VERSION_CONFLICT"
    assert (refusal.refusal.current_status, refusal.refusal.current_version) == ("open", 1)
    assert set(refusal.refusal.allowed_acts) == {"close", "merge", "correct-clock"}


def test_who_closed_a_registered_chain_is_told_that_it_is_closed(north, east):
    chain = north.register()
    north.on_chain(chain, "close", reason="moved", person_told="phone")
    version = north.chain(chain).chain.version
    for act, fields in (("close", dict(reason="moved", person_told="phone")),
                        ("correct_clock", dict(help_request_date=in_days(-1), body=b"why"))):
        refusal = refused(north.on_chain, chain, act, version=version, **fields)
        assert (refusal.refusal.current_status, refusal.refusal.current_version) == ("closed", version)
    assert refused(north.send, east.unit, chain=chain).reason == "CHAIN_CLOSED"
    assert refused(east.on_chain, chain, "close", version=version, reason="moved",
                   person_told="phone").reason == "NOT_FOUND"


def test_of_two_proposals_on_one_chain_the_second_waits(north, east):
    """Whoever made the first."""
    sent = handed_over(north, east)
    chain = north.register()
    north.on_chain(sent.chain, "merge", into=chain, body=b"the same person")
    assert refused(east.on_chain, sent.chain, "correct_clock", body=b"why",
                   help_request_date=in_days(-3)).reason == "PROPOSAL_OPEN"
    other = handed_over(north, east)
    east.on_chain(other.chain, "correct_clock", help_request_date=in_days(-3), body=b"why")
    refusal = refused(north.on_chain, other.chain, "merge", into=chain, body=b"the same person")
    assert refusal.reason == "PROPOSAL_OPEN"


# -- merge ------------------------------------------------------------------------------------


def two_chains(north, east):
    """Of one person: the earlier that the north holds, and one that the east took over."""
    later = handed_over(north, east)
    earlier = north.register(days_ago=20)
    return later, earlier


def test_a_chain_goes_on_in_another_with_the_earlier_day(north, east, west, tables):
    sent, earlier = two_chains(north, east)
    aside = east.send(west.unit, chain=sent.chain)
    north.send(west.unit, chain=earlier)
    north.on_chain(sent.chain, "merge", into=earlier, body=b"the same person")
    proposal = east.chain(sent.chain).chain.proposal
    assert (proposal.act, proposal.unit, proposal.into) == ("merge", north.unit, earlier)
    item, = told(east, sent.chain, "propose")
    assert item.needs == "act"
    assert north.chain(earlier).chain.help_request_date == in_days(-20)

    east.on_chain(sent.chain, "confirm", proposal=proposal.id, into=earlier)
    after = north.chain(sent.chain)      # the old id leads to the new one
    assert (after.chain.id, after.chain.custodian) == (earlier, north.unit)
    assert after.chain.help_request_date == in_days(-20)
    assert north.chain(code_of(UUID(sent.chain))).chain.id == earlier
    moved = east.get(sent.referral)
    assert (moved.referral.chain, moved.referral.status) == (earlier, "accepted")
    assert [kind for kind in kinds_of(moved) if kind in ("send", "accept")] == ["send", "accept"]
    assert moved.chain.custodian == north.unit
    assert not told(east, earlier, "propose"), "it was answered"
    assert len(told(west, earlier, "merge")) == 1 == len(told(north, earlier, "merge"))
    # Everything of it goes on: an act, and what came with it before.
    west.accept(aside_in(aside, earlier), 1)
    assert west.get(aside.referral).chain.custodian == north.unit
    ended, = tables.rows("SELECT status, custodian FROM stafett.chain WHERE id = %s", sent.chain)
    assert ended == ("closed", None)
    assert tables.rows("SELECT 1 FROM stafett.delivery WHERE chain = %s", sent.chain) == []


def aside_in(sent, chain):
    """The same referral, in the chain that it was moved to."""
    class Moved:
        referral = sent.referral
    Moved.chain = chain
    return Moved


def test_the_surviving_chain_takes_the_earlier_day_of_the_other(north, colleague):
    old, young = north.register(days_ago=12), north.register(days_ago=2)
    north.on_chain(old, "merge", into=young, body=b"why")
    proposal = north.chain(old).chain.proposal.id
    assert refused(north.on_chain, old, "confirm", proposal=proposal,
                   into=young).reason == "SECOND_MEMBER_REQUIRED"
    assert refused(colleague.on_chain, old, "confirm", proposal=proposal).reason == "NOT_FOUND"
    colleague.on_chain(old, "confirm", proposal=proposal, into=young)
    after = north.chain(old).chain
    assert (after.id, after.help_request_date) == (young, in_days(-12))
    assert kinds_of(north.chain(young)) == ["register", "register", "propose", "merge"]


def test_only_holders_merge_and_the_proposer_does_not_confirm(north, colleague, east, west):
    sent, earlier = two_chains(north, east)
    north.send(west.unit, chain=earlier)
    assert refused(west.on_chain, earlier, "merge", version=1, into=sent.chain).reason == "ACT_NOT_YOURS"
    assert refused(east.on_chain, sent.chain, "merge", into=earlier, body=b"x").reason == "NOT_FOUND"
    assert refused(north.on_chain, earlier, "merge", into=earlier).reason == "FIELD_INVALID"
    north.on_chain(sent.chain, "merge", into=earlier, body=b"why")
    assert refused(north.on_chain, sent.chain, "merge", into=earlier).reason == "PROPOSAL_OPEN"
    proposal = north.chain(sent.chain).chain.proposal.id
    assert refused(colleague.on_chain, sent.chain, "confirm", proposal=proposal,
                   into=earlier).reason == "ACT_NOT_YOURS"
    east.on_chain(sent.chain, "confirm", proposal=proposal, drop=True)
    assert not north.chain(sent.chain).chain.HasField("proposal")
    assert not told(east, sent.chain, "propose")
    assert north.chain(earlier).chain.version == 1


def test_an_act_in_a_chain_that_went_on_says_so(north, colleague, east):
    old, young = north.register(), north.register()
    sent = north.send(east.unit, chain=old)
    north.on_chain(old, "merge", into=young, body=b"why")
    colleague.on_chain(old, "confirm", proposal=north.chain(old).chain.proposal.id, into=young)
    refusal = refused(east.accept, sent, 1)
    assert (refusal.reason, refusal.refusal.field) == ("CHAIN_MERGED", "chain")
    east.accept(aside_in(sent, young), 1)
    assert east.chain(young).chain.custodian == east.unit


def merge(who, colleague, chain, into):
    colleague.on_chain(chain, "confirm", proposal=who.on_chain(chain, "merge", into=into), into=into)


def test_next_of_kin_stay_linked_when_either_chain_goes_on_in_another(north, colleague, west):
    person, goes_on = north.register(), north.register()
    kins_goes_on = north.send(west.unit, act={"kind": "next-of-kin"}).chain
    kin = north.send(west.unit, act={"kind": "next-of-kin", "linked_chain": person}).chain

    def linked(chain):
        return list(north.chain(chain).chain.linked_chains)
    assert (linked(kin), linked(person)) == ([person], [kin])
    merge(north, colleague, person, goes_on)
    assert (linked(kin), linked(goes_on)) == ([goes_on], [kin])
    merge(north, colleague, kin, kins_goes_on)
    assert (linked(kins_goes_on), linked(goes_on)) == ([goes_on], [kins_goes_on])


def test_who_waited_to_go_on_in_a_chain_that_ends_is_free_again(north, colleague):
    waits, ends, goes_on = (north.register() for _ in range(3))
    proposal = north.on_chain(waits, "merge", into=ends)
    merge(north, colleague, ends, goes_on)
    assert not north.chain(waits).chain.HasField("proposal")
    assert not told(colleague, waits, "propose")
    assert refused(colleague.on_chain, waits, "confirm", proposal=proposal, into=ends).reason == "NOT_FOUND"
    merge(north, colleague, waits, goes_on)
    assert north.chain(waits).chain.id == goes_on


def test_what_waited_to_be_taken_back_waits_no_more_where_another_holds(north, east):
    sent, earlier = two_chains(north, east)
    east.perform(sent, "need_gone", reason="moved")
    assert north.get(sent.referral).referral.next_act == "take-back"
    north.on_chain(sent.chain, "merge", into=earlier, body=b"why")
    proposal = east.chain(sent.chain).chain.proposal.id
    east.on_chain(sent.chain, "confirm", proposal=proposal, into=earlier)
    after = north.get(sent.referral).referral
    assert after.next_act == "send" and "take-back" not in after.allowed_acts


def test_what_asks_for_a_merge_is_answered_by_confirm_and_by_nothing_else(east, west):
    chain = east.register()
    east.send(west.unit, chain=chain, act=dict(kind="consultation"))
    other = west.register()
    asked = west.on_chain(other, "merge", into=chain, body=b"the same person")
    item, = [item for item in east.whole_inbox() if item.id == asked]
    assert (item.kind, item.needs, item.chain) == ("propose", "act", other)
    request = contract.inbox_service.AcknowledgeRequest(
        id=str(uuid7()), message=item.id, content_hash=item.content_hash, referral=item.referral,
        chain=item.chain, version=item.version)
    assert refused(east.call, east.inboxes.Acknowledge, request).reason == "NOT_FOUND"
    assert asked in [item.id for item in east.whole_inbox()]
    east.on_chain(other, "confirm", proposal=asked, drop=True)
    assert asked not in [item.id for item in east.whole_inbox()]


# -- take-over ----------------------------------------------------------------------------------


def test_what_waits_goes_to_the_last_of_a_line_of_closed_units(stack, north):
    """In whatever order the file names them: the later one of the line comes first here."""
    sent = north.send(quarter.NEW)
    quarter.build(stack, gamla={"status": "closed", "replaced_by": quarter.SOUTH},
                  nya={"status": "closed", "replaced_by": quarter.OLD})
    south = quarter.caller(stack, "sara")
    assert south.get(sent.referral).referral.next_actor == south.unit
    south.accept(sent, 1)
    quarter.build(stack)


def test_whom_a_take_over_leaves_with_the_person_is_asked_by_a_deadline(stack, north):
    """It was to take back what its predecessor had ended, and holds it now."""
    old, new = (quarter.caller(stack, who) for who in ("olle", "nina"))
    sent = north.send(old.unit, act={"hand_back_unit": new.unit})
    old.accept(sent, 1)
    old.perform(sent, "break_off", reason="other", person_told="phone", body=b"next")
    assert new.get(sent.referral).referral.next_act == "take-back"
    quarter.build(stack, gamla={"replaced_by": quarter.NEW})
    new.on_chain(sent.chain, "take_over")
    row = new.get(sent.referral).referral
    assert (row.next_actor, row.next_act) == (new.unit, "send") and row.HasField("due_time")
    assert [d.rule.name for d in new.why(sent.referral) if d.what == "send"] == ["HAND-BACK"]
    quarter.build(stack)


def test_a_unit_that_holds_chains_closes_when_its_successor_has_them(stack, north, east):
    old, new = (quarter.caller(stack, who) for who in ("olle", "nina"))
    sent = handed_over(north, old)
    registered = old.register()
    aside = old.send(east.unit, chain=sent.chain)
    asked, sees = north.send(old.unit), north.send(east.unit, act={"hand_back_unit": old.unit})
    closing = dict(gamla={"status": "closed", "replaced_by": quarter.NEW})
    refusal = quarter.build(stack, check=False, **closing)
    assert refusal.returncode != 0 and "malmo/gamla holds 2 chains" in refusal.stderr
    assert refused(new.on_chain, sent.chain, "take_over", version=2).reason == "NOT_FOUND"

    quarter.build(stack, gamla={"replaced_by": quarter.NEW})
    held = [row.id for row in new.held_chains(held_by=quarter.OLD).chains]
    assert held == [sent.chain, registered]
    assert list(new.held_chains(held_by=quarter.SOUTH).chains) == []
    assert "take-over" in new.chain(sent.chain).chain.allowed_acts
    for chain in held:
        new.on_chain(chain, "take_over")
    assert new.chain(registered).chain.custodian == new.unit
    after = new.get(sent.referral)
    assert (after.referral.owner, after.chain.custodian) == (new.unit, new.unit)
    assert "start" in after.referral.allowed_acts and after.events[-1].kind == "take-over"
    before = old.get(sent.referral)
    assert (before.referral.status, before.referral.owner) == ("accepted", old.unit)
    assert refused(old.perform, sent, "note", body=b"x").reason == "ACT_NOT_YOURS"
    assert len(told(north, sent.chain, "take-over")) == 1
    assert new.get(aside.referral).referral.requester == new.unit
    east.accept(aside, 1)

    quarter.build(stack, **closing)
    assert new.get(asked.referral).referral.next_actor == new.unit
    assert [item.needs for item in new.whole_inbox() if item.referral == asked.referral] == ["ack"]
    new.accept(asked, 1)
    assert north.get(asked.referral).chain.custodian == new.unit
    assert new.get(sees.referral).referral.hand_back_unit == new.unit
    assert refused(old.register).reason == "UNIT_CLOSED"
    assert refused(north.send, old.unit).refusal.alternative_unit == new.unit


# -- who has died, or moved away ---------------------------------------------------------------


def test_a_chain_ends_at_once_when_the_person_has_died(north, east, west):
    """With all that is open in it: nobody is asked, expected or waited for any more."""
    treated = handed_over(north, east)
    visit = pb.ExpectedEvent(kind="visit")
    visit.time.FromSeconds(int(time.time()) + 3600)
    east.perform(treated, "start", intervention="CRA", start_date=in_days(0), event=visit)
    beside = east.send(west.unit, chain=treated.chain, act=dict(kind="consultation"))
    waiting = [treated, beside]
    assert refused(east.on_chain, treated.chain, "close", reason="person-wishes",
                   person_told="phone").reason == "CHAIN_NOT_AT_REST"
    assert refused(north.on_chain, treated.chain, "close", reason="deceased",
                   person_told="not-told").reason == "ACT_NOT_YOURS"
    east.on_chain(treated.chain, "close", reason="deceased", person_told="not-told")
    for caller, sent in ((north, treated), (east, treated), (east, beside), (west, beside)):
        answer = caller.get(sent.referral)
        row, last = answer.referral, answer.events[-1]
        assert (row.status, row.next_act, answer.chain.status) == ("cancelled", "", "closed")
        assert not row.HasField("expected_event") and not row.HasField("due_time")
        assert (last.kind, last.referral, last.to_status, last.status_reason, last.unit) == (
            "close", sent.referral, "cancelled", "deceased", east.unit)
        assert last.version == row.version and not list(row.allowed_acts)
    assert told(north, treated.chain, "close") and told(west, treated.chain, "close")
    for caller in (north, east, west):
        assert not [row for row in caller.list(open_only=True, page_size=100).referrals
                    if row.referral.id in [sent.referral for sent in waiting]]
        assert not [item for item in caller.whole_inbox() if item.chain == treated.chain and item.needs != "none"]


def test_who_waits_to_be_relieved_closes_at_once_where_the_person_has_moved(north, east):
    sent = handed_over(north, east)
    east.perform(sent, "break_off", reason="moved", person_told="phone", body=b"next")
    assert north.get(sent.referral).referral.next_act == "take-back"
    east.on_chain(sent.chain, "close", reason="moved", person_told="letter")
    row = north.get(sent.referral).referral
    assert (row.status, row.next_act) == ("failed", "")
    assert refused(north.perform, sent, "take_back").reason == "CHAIN_CLOSED"


def test_a_report_does_not_end_with_who_reported_it(north, east):
    """Whoever wrote it down cannot take it back by closing its chain."""
    sent = north.send(east.unit, act=dict(kind="report-of-concern", legal_basis=pb.LegalBasis(code="duty-to-report")))
    assert refused(north.on_chain, sent.chain, "close", reason="moved",
                   person_told="phone").reason == "CHAIN_NOT_AT_REST"


def test_what_waits_to_go_on_in_a_chain_that_is_closed_waits_no_more(north, colleague, west):
    """Whoever was asked is not asked any more, and who asked may ask for something else."""
    chain, other = north.register(), west.register()
    asked = west.send(north.unit, chain=other, act={"kind": "consultation", "help_request_date": ""})
    north.accept(asked, 1)
    north.perform(asked, "complete", body=b"done")
    north.on_chain(chain, "merge", into=other)
    assert [item.needs for item in west.whole_inbox() if item.chain == chain] == ["act"]
    west.on_chain(other, "close", reason="no-longer-relevant", person_told="phone")
    assert not [item for item in west.whole_inbox() if item.chain == chain and not item.delivery.HasField("acknowledge_time")]
    assert not north.chain(chain).chain.HasField("proposal")
    north.on_chain(chain, "correct_clock", help_request_date=in_days(-2), body=b"earlier")
    assert chain in [row.chain.id for row in colleague.today(page_size=50).proposals]
    north.on_chain(chain, "close", reason="no-longer-relevant", person_told="phone")
    assert chain not in [row.chain.id for row in colleague.today(page_size=50).proposals]
