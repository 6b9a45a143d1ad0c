# SPDX-License-Identifier: Apache-2.0
"""What is kept from a unit is kept at every door: since a consent was revoked, since it
left, since another took its place."""

import people
import pytest
import quarter
from caller import in_days, pb, refused
from watcher import Watcher


def consent(**more):
    return dict(legal_basis=pb.LegalBasis(code="consent", form="written", **more))


def visit(days=2):
    event = pb.ExpectedEvent(kind="visit")
    event.time.FromJsonString(f"{in_days(days)}T10:00:00Z")
    return event


@pytest.fixture()
def said_no(maria, petra):
    """Beroende holds it, and tells Lund no more."""
    sent = maria.send(people.BEROENDE, act=consent())
    petra.accept(sent, 1)
    maria.perform(sent, "unshare")
    return sent


def begin(petra, sent):
    """What Lund is not told."""
    petra.perform(sent, "start", intervention="MI", event=visit())
    petra.perform(sent, "book", event=visit(3))


def items(caller, sent):
    found = [item for item in caller.inbox(page_size=100, include_acknowledged=True).items
             if item.referral == sent.referral]
    assert found
    return found


def seen(caller, sent):
    """What every door tells a unit that asks for the referral."""
    answer = caller.get(sent.referral)
    answer.ClearField("heartbeat")
    return answer, items(caller, sent), list(caller.why(sent.referral))


def listed(caller, sent, **how):
    return sent.referral in [row.referral.id for row in caller.list(page_size=100, **how).referrals]


@pytest.fixture
def watch():
    watchers = []

    def begin_watch(caller):
        watchers.append(Watcher(caller).until_current())
        return watchers[-1]
    yield begin_watch
    for watcher in watchers:
        watcher.stop()


def came(watcher, sent, last):
    """How often an item of |sent| came, until that of the message |last| did."""
    before = len(watcher.messages)
    watcher.until_item(last.id)
    return sum(item.referral == sent.referral for message in watcher.messages[before:] for item in message.items)


# -- since the consent was revoked -------------------------------------------------------


def test_the_row_the_inbox_and_why_show_what_was_told_last(maria, petra, said_no):
    before = seen(maria, said_no)
    begin(petra, said_no)
    assert seen(maria, said_no) == before
    theirs = petra.get(said_no.referral)
    assert (theirs.referral.status, theirs.chain.intervention_start_date) == ("in-progress", in_days(0))
    assert {item.status for item in items(petra, said_no)} == {"in-progress"}


def test_the_chain_does_not_tell_that_help_began_or_who_holds_it_now(north, east, west):
    chain = north.register()
    sent = north.send(east.unit, chain=chain, act=consent())
    east.accept(sent, 1)
    north.perform(sent, "unshare")
    before = north.chain(chain).chain
    east.perform(sent, "start", intervention="MI", event=visit())
    on = east.send(west.unit, chain=chain)
    west.accept(on, 1)
    after = north.chain(chain).chain
    assert (after.intervention_start_date, after.custodian, list(after.parties)) == (
        "", east.unit, list(before.parties))
    # Nor how much was done meanwhile: a version counts.
    assert after.version == before.version == north.get(sent.referral).chain.version
    refusal = refused(north.on_chain, chain, "close", version=9, reason="moved", person_told="phone")
    assert (refusal.reason, refusal.refusal.current_version) == ("VERSION_CONFLICT", before.version)
    assert north.get(sent.referral).chain.custodian == east.unit
    assert (west.chain(chain).chain.intervention_start_date, west.chain(chain).chain.custodian) == (
        in_days(0), west.unit)


def test_help_that_began_before_stays_known(maria, petra):
    sent = maria.send(people.BEROENDE, act=consent())
    petra.accept(sent, 1)
    petra.perform(sent, "start", intervention="MI", event=visit())
    maria.perform(sent, "unshare")
    petra.perform(sent, "pause", reason="person-wishes", until_date=in_days(9))
    for chain in (maria.get(sent.referral).chain, maria.chain(sent.chain).chain):
        assert chain.intervention_start_date == in_days(0)
    assert maria.get(sent.referral).referral.status == "in-progress"


def test_no_filter_finds_it_by_what_is_kept(maria, petra, said_no):
    begin(petra, said_no)
    assert listed(maria, said_no) and listed(maria, said_no, status="accepted")
    for how in (dict(status="in-progress"), dict(open_only=True), dict(open_only=True, status="in-progress"),
                dict(open_only=True, status="accepted")):
        assert not listed(maria, said_no, **how), how
    assert listed(petra, said_no, open_only=True, status="in-progress")
    assert said_no.referral not in [row.referral.id for row in maria.today(page_size=50).waiting]


def test_a_refusal_tells_what_was_told_last(maria, petra, said_no):
    shown = maria.get(said_no.referral).referral
    begin(petra, said_no)
    for act, version, fields in (("note", 1, dict(body=b"x")), ("withdraw", shown.version, dict(reason="other"))):
        refusal = refused(maria.perform, said_no, act, version=version, **fields).refusal
        assert (refusal.current_status, refusal.current_version) == ("accepted", shown.version)
        assert (refusal.last_act, refusal.last_unit) == ("unshare", people.LUND)
    theirs = refused(petra.perform, said_no, "note", version=1, body=b"x").refusal
    assert (theirs.current_status, theirs.last_act) == ("in-progress", "book")


def test_who_is_told_no_more_acts_on_what_it_was_told_last(maria, petra, said_no):
    begin(petra, said_no)
    maria.perform(said_no, "note", contact=True)
    maria.perform(said_no, "consent", form="oral", recipients=["skane", "lund"])
    assert (maria.get(said_no.referral).referral.status, petra.get(said_no.referral).referral.status) == (
        "in-progress", "in-progress")
    assert maria.get(said_no.referral).referral.version == petra.get(said_no.referral).referral.version


def test_a_watch_does_not_hear_of_what_is_kept(maria, petra, watch, said_no):
    watcher, theirs = watch(maria), watch(petra)
    begin(petra, said_no)
    last = petra.send(people.LUND, act=dict(kind="consultation"))
    assert came(watcher, said_no, last) == 0
    petra.perform(said_no, "break_off", reason="person-wishes", person_told="phone", body=b"the end")
    theirs.until(lambda m: any(i.referral == said_no.referral and i.status == "failed" for i in m.items))
    watcher.until(lambda m: any(i.referral == said_no.referral and i.status == "failed" for i in m.items))


def texts(answer):
    return [content.body.data for content in answer.contents]


@pytest.fixture()
def secret(north, colleague, east):
    """A chain whose holder wrote on it after East was told no more: and what East had."""
    chain = north.register()
    sent = north.send(east.unit, chain=chain, act=consent())
    assert b"words" in texts(east.chain(chain, contents=True))
    north.perform(sent, "unshare")
    proposal = north.on_chain(chain, "correct_clock", help_request_date=in_days(-9), body=b"after it")
    colleague.on_chain(chain, "confirm", proposal=proposal)
    return sent


def test_nobody_lets_itself_in_again_by_a_send(north, east, west, secret):
    again = east.send(east.unit, chain=secret.chain, act=dict(kind="consultation"))
    friend = east.send(west.unit, chain=secret.chain, act=dict(kind="consultation"))
    back = west.send(east.unit, chain=secret.chain, act=dict(kind="consultation"))
    for who, own in ((east, again), (west, friend), (east, back), (west, back)):
        for read in (who.chain(secret.chain, contents=True), who.get(own.referral, contents=True)):
            assert not {b"words", b"after it"} & set(texts(read))
    assert b"body" in texts(west.get(friend.referral, contents=True))
    assert b"after it" in texts(north.chain(secret.chain, contents=True))


def test_a_send_of_one_own_does_not_tell_that_help_began(north, east, west, secret):
    on = north.send(west.unit, chain=secret.chain)
    west.accept(on, 1)
    again = east.send(east.unit, chain=secret.chain, act=dict(kind="consultation"))
    west.perform(on, "start", intervention="MI", event=visit())
    for chain in (east.get(again.referral).chain, east.chain(secret.chain).chain):
        assert (chain.intervention_start_date, chain.custodian) == ("", west.unit)


def test_whom_another_asks_anew_is_let_in_again(north, east, west, secret):
    new = north.send(east.unit, chain=secret.chain, act=dict(kind="consultation"))
    assert b"after it" in texts(east.get(new.referral, contents=True))
    assert b"words" in texts(east.chain(secret.chain, contents=True))
    assert not east.get(secret.referral, contents=True).card.data


def test_what_one_sent_before_it_was_told_no_more_stays_open_to_others(north, east, west):
    chain = north.register()
    sent = north.send(east.unit, chain=chain, act=consent())
    friend = east.send(west.unit, chain=chain, act=dict(kind="consultation"))
    north.perform(sent, "unshare")
    assert b"words" in texts(west.get(friend.referral, contents=True))
    assert b"words" not in texts(east.get(friend.referral, contents=True))


# -- since it left ---------------------------------------------------------------------


@pytest.fixture()
def passed_on(maria, petra, omar):
    """Beroende had it and has left."""
    sent = maria.send(people.BEROENDE)
    petra.acknowledge(sent)
    petra.perform(sent, "forward", to=people.MALMO, reason="outside-area", person_told="phone")
    return sent


def test_a_watch_does_not_hear_of_what_comes_after_the_unit_left(maria, petra, omar, watch, passed_on):
    watcher = watch(petra)
    omar.accept(passed_on, 3)
    omar.perform(passed_on, "start", intervention="MI", no_next="other")
    assert came(watcher, passed_on, maria.send(people.BEROENDE)) == 0


def test_who_has_left_sees_the_days_of_then(north, colleague, east, west):
    sent = north.send(east.unit, act=dict(hand_back_unit=north.unit, kind="consultation"))
    east.acknowledge(sent)
    east.perform(sent, "forward", to=west.unit, reason="outside-area", person_told="phone")
    before = seen(east, sent)
    proposal = north.on_chain(sent.chain, "correct_clock", help_request_date=in_days(-9), body=b"x")
    colleague.on_chain(sent.chain, "confirm", proposal=proposal)
    assert seen(east, sent) == before
    assert before[0].chain.help_request_date == in_days(0)
    assert west.get(sent.referral).chain.help_request_date == in_days(-9)


def test_who_has_left_does_not_see_who_read_it_then(petra, omar, passed_on):
    before = petra.get(passed_on.referral)
    omar.get(passed_on.referral, contents=True)
    omar.accept(passed_on, 3)
    after = petra.get(passed_on.referral)
    assert before.referral == after.referral


def test_who_reported_does_not_follow_the_report(north, colleague, east):
    report = dict(kind="report-of-concern", legal_basis=pb.LegalBasis(code="duty-to-report"))
    sent = north.send(east.unit, act=report)
    north.on_chain(sent.chain, "correct_clock", help_request_date=in_days(-3), body=b"x")
    east.acknowledge(sent)
    assert north.get(sent.referral).referral.status == "received"
    for how in (dict(), dict(status="received"), dict(status="requested"), dict(unit=east.unit)):
        assert not listed(north, sent, open_only=True, **how), how
    assert sent.referral not in [row.referral.id for row in north.today(page_size=50).waiting]
    for proposal in colleague.today(page_size=50).proposals:
        assert sent.chain not in str(proposal)


def test_who_was_succeeded_sees_the_chain_of_then(stack, north, east):
    old, new = quarter.caller(stack, "olle"), quarter.caller(stack, "nina")
    chain = old.register()
    asked = old.send(east.unit, chain=chain, act=dict(kind="consultation"))
    quarter.build(stack, gamla={"replaced_by": new.unit})
    try:
        version = old.chain(chain).chain.version
        new.on_chain(chain, "take_over")
        before = old.chain(chain)
        sent = new.send(east.unit, chain=chain)
        east.accept(sent, 1)
        east.perform(sent, "start", intervention="CRA", no_next="other")
        after = old.chain(chain)
    finally:
        quarter.build(stack)
    assert version and (before.chain, list(before.events)) == (after.chain, list(after.events))
    row = after.chain
    assert (row.custodian, row.status, row.version, row.intervention_start_date, list(row.allowed_acts)) == (
        new.unit, "open", 0, "", [])
    assert old.get(asked.referral).chain.intervention_start_date == ""
    assert new.chain(chain).chain.intervention_start_date == in_days(0)
