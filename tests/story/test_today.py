# SPDX-License-Identifier: Apache-2.0
"""What must be done today, by whom and by when; and whether anybody would tell."""

import datetime

import people
import pytest
from caller import refused
from google.protobuf.timestamp_pb2 import Timestamp
from stack import CLERK_WORKS

CLOCK = "CREATE OR REPLACE FUNCTION stafett.now() RETURNS timestamptz" \
        " LANGUAGE sql STABLE PARALLEL SAFE RETURN transaction_timestamp() + interval '{}'"


@pytest.fixture
def clock(stack):
    """Sets the only business clock so far ahead, and back at the end."""
    def set_ahead(ahead):
        with stack.tables().connection.cursor() as cursor:
            cursor.execute(CLOCK.format(ahead))
    yield set_ahead
    set_ahead("0 s")


@pytest.fixture
def maria(stack):
    return stack.caller("maria")


@pytest.fixture
def petra(stack):
    return stack.caller("petra")


@pytest.fixture(scope="module", autouse=True)
def sent(stack):
    """One that Beroende accepted and one that it has not read."""
    maria, petra = stack.caller("maria"), stack.caller("petra")
    accepted = maria.send(people.BEROENDE)
    petra.accept(accepted, 1)
    return {"accepted": accepted, "new": maria.send(people.BEROENDE)}


def ids(summaries):
    return [summary.referral.id for summary in summaries]


def test_each_side_sees_whose_turn_it_is(sent, maria, petra):
    mine, theirs = petra.today(), maria.today()
    assert set(ids(mine.duties)) == set(ids(theirs.waiting)) == {one.referral for one in sent.values()}
    assert not mine.waiting and not theirs.duties
    acts = {row.referral.id: row.referral.next_act for row in theirs.waiting}
    assert acts[sent["new"].referral] == "acknowledge"
    for row in theirs.waiting:
        assert row.referral.next_actor == people.BEROENDE
        assert row.referral.due_time.seconds and row.chain.custodian and row.card.data
    assert (mine.duty_count, mine.waiting_count) == (2, 0)
    assert (theirs.duty_count, theirs.waiting_count) == (0, 2)


def test_the_most_urgent_comes_first_and_no_more_rows_than_asked(petra):
    due = [row.referral.due_time.seconds for row in petra.today().duties]
    assert due == sorted(due)
    first = petra.today(page_size=1)
    assert [row.referral.due_time.seconds for row in first.duties] == due[:1]
    assert first.duty_count == 2


def test_what_should_have_been_done_is_counted_at_both_ends(sent, maria, petra, clock):
    assert petra.today().late_duty_count == 0
    assert not maria.list(overdue_only=True).referrals
    clock("60 days")
    assert petra.today().late_duty_count == 2
    assert maria.today().late_waiting_count == 2
    overdue = maria.list(overdue_only=True).referrals
    assert set(ids(overdue)) == {one.referral for one in sent.values()}


def test_news_is_what_others_did_since_the_last_time(maria, petra):
    since = petra.today().heartbeat.read_time
    assert not petra.today(since_time=since).news and not petra.today().news
    later = maria.send(people.BEROENDE)
    event, = petra.today(since_time=since).news
    assert (event.referral, event.kind, event.unit) == (later.referral, "send", people.LUND)
    assert not maria.today(since_time=since).news
    petra.accept(later, 1)


def test_it_is_recorded_with_every_referral_in_it(stack, petra):
    before = stack.tables().audits()
    petra.today()
    assert stack.tables().audits() == before + 1


def test_a_stranger_has_no_day(stack):
    assert refused(stack.caller("maria", people.BEROENDE).today).reason == "NOT_A_MEMBER"
    axel = stack.caller("axel")
    assert refused(axel.today).reason == "ROLE_REQUIRED"


@pytest.mark.parametrize("values, field", [
    ({"page_size": 51}, "page_size"), ({"page_size": -1}, "page_size"),
    ({"since_time": Timestamp(seconds=-1)}, "since_time"),
    ({"since_time": Timestamp(nanos=-1)}, "since_time")])
def test_a_request_that_makes_no_sense_is_refused(maria, values, field):
    refusal = refused(maria.today, **values)
    assert (refusal.reason, refusal.field()) == ("FIELD_INVALID", field)


# -- the list's filters ------------------------------------------------------------------


def test_open_referrals_are_listed_the_most_urgent_first(maria):
    due = [row.referral.due_time.seconds for row in maria.list(open_only=True).referrals]
    assert due == sorted(due) and len(due) == 3


def test_open_referrals_come_in_pages(maria):
    whole = ids(maria.list(open_only=True).referrals)
    page, found = maria.list(open_only=True, page_size=1), []
    while True:
        found += ids(page.referrals)
        if not page.next_page_token:
            break
        page = maria.list(open_only=True, page_size=1, page_token=page.next_page_token)
    assert found == whole


@pytest.mark.parametrize("open_only", [False, True])
def test_a_list_by_state_other_unit_and_time(sent, maria, open_only):
    def listed(**more):
        return set(ids(maria.list(open_only=open_only, **more).referrals))
    assert listed(status="requested") == {sent["new"].referral}
    assert sent["accepted"].referral in listed(status="accepted")
    assert listed(unit=people.BEROENDE) == listed()
    assert not listed(unit=people.MALMO) and not listed(unit="no/such")
    hence = Timestamp()
    hence.FromDatetime(datetime.datetime.now() + datetime.timedelta(days=1))
    assert not listed(since_time=hence)
    assert listed(since_time=Timestamp()) == listed()


# -- the heartbeat -----------------------------------------------------------------------


def test_every_list_tells_when_the_clerk_was_last_at_work(stack, maria, clock):
    stack.process.wait_line(CLERK_WORKS)
    axel = stack.caller("axel")
    for answer in (maria.today(), maria.list(), maria.list(open_only=True), maria.inbox(), maria.held_chains(),
                   maria.units(), axel.log()):
        beat = answer.heartbeat
        assert 0 <= beat.read_time.seconds - beat.clerk_time.seconds < 120
    clock("1 day")
    beat = maria.list().heartbeat
    assert beat.read_time.seconds - beat.clerk_time.seconds > 86000
