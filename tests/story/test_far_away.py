# SPDX-License-Identifier: Apache-2.0
"""Days and times that nobody can mean: they are refused by name, and where one was kept
from before, it makes nobody's answer one that programs cannot read."""

import json

import people
import pytest
from caller import in_days, pb, refused
from client import Client
from google.protobuf import json_format

AHEAD, BACK = in_days(4000), in_days(-4000)     # eleven years, or nearly
LAST = "9999-12-31"


def at(day, kind="visit"):
    event = pb.ExpectedEvent(kind=kind)
    event.time.FromJsonString(f"{day}T10:00:00Z")
    return event


def basis(day):
    return pb.LegalBasis(code="consent", form="written", end_date=day)


@pytest.fixture
def sent(maria):
    return maria.send(people.BEROENDE)


@pytest.fixture
def begun(petra, sent):
    petra.accept(sent, 1)
    petra.perform(sent, "start", intervention="MI", event=at(in_days(1)))
    return sent


def expect_too_far(call, *arguments, field, **named):
    refusal = refused(call, *arguments, **named)
    assert (refusal.reason, refusal.field()) == ("TOO_FAR", field)


@pytest.mark.parametrize("act, field", [
    ({"help_request_date": BACK}, "send.help_request_date"),
    ({"help_request_date": "0001-01-01"}, "send.help_request_date"),
    ({"legal_basis": basis(AHEAD)}, "send.legal_basis.end_date"),
    ({"legal_basis": basis(LAST)}, "send.legal_basis.end_date"),
])
def test_a_send_names_no_day_that_nobody_can_mean(maria, nothing_written, act, field):
    nothing_written(expect_too_far, maria.send, people.BEROENDE, act=act, field=field)


def test_what_goes_into_an_old_chain_may_say_how_old_it_is(maria, petra):
    first = maria.send(people.BEROENDE)
    maria.send(people.MALMO, chain=first.chain, act={"help_request_date": BACK})
    assert maria.get(first.referral).chain.help_request_date == in_days(0)


def test_nobody_asked_for_help_in_another_century(maria, sent):
    expect_too_far(maria.register, help_request_date="1026-11-20", field="register.help_request_date")
    expect_too_far(maria.on_chain, sent.chain, "correct_clock", help_request_date=BACK, body=b"why",
                   field="correct_clock.help_request_date")


@pytest.mark.parametrize("day", [AHEAD, LAST])
def test_nothing_is_promised_for_after_ten_years(petra, sent, day):
    expect_too_far(petra.accept, sent, 1, contact_by_date=day, clock_reason="no-capacity",
                   field="accept.contact_by_date")
    expect_too_far(petra.accept, sent, 1, appointment_time=at(day).time, field="accept.appointment_time")


@pytest.mark.parametrize("name, fields, field", [
    ("book", {"event": at(AHEAD)}, "event.time"),
    ("attend", {"event": at(LAST)}, "event.time"),
    ("pause", {"reason": "in-custody", "until_date": LAST}, "pause.until_date"),
    ("plan_home", {"not_needed": "no-need", "housing": "own", "body": b"mine", "first_contact_date": LAST},
     "plan_home.first_contact_date"),
    ("consent", {"form": "written", "recipients": ["skane"], "end_date": LAST}, "consent.end_date"),
])
def test_nothing_is_expected_after_ten_years(petra, begun, nothing_written, name, fields, field):
    nothing_written(expect_too_far, petra.perform, begun, name, 3, field=field, **fields)


def test_nothing_began_more_than_ten_years_ago(petra, sent):
    petra.accept(sent, 1)
    for fields, field in (({"start_date": BACK, "no_next": "other"}, "start.start_date"),
                          ({"event": at(AHEAD)}, "event.time")):
        expect_too_far(petra.perform, sent, "start", intervention="MI", field=field, **fields)


def test_a_time_from_before_that_rule_leaves_every_answer_readable(stack, tables, maria, petra, begun, work):
    """In the last hours of 9999 an alarm is of the year 10000, which no Timestamp can say."""
    petra.perform(begun, "book", event=at(in_days(2)))
    tables.connection.cursor().execute(
        "UPDATE stafett.referral SET alarm_time = '10000-01-01 01:30Z', due_time = '10000-01-01 01:30Z'"
        " WHERE id = %s", (begun.referral,))
    for caller in (maria, petra):
        for answer in (caller.get(begun.referral), caller.today(), caller.list(page_size=100),
                       caller.inbox(include_acknowledged=True, page_size=100)):
            json_format.MessageToJson(answer)
    assert petra.get(begun.referral).referral.due_time.ToJsonString() == "9999-12-31T23:59:59Z"
    client = Client(stack, work / "far-away")
    assert begun.answer.code in client.run("petra", "--json", "today")
    shown = json.loads(client.run("petra", "--json", "show", begun.answer.code))
    assert shown["referral"]["dueTime"] == "9999-12-31T23:59:59Z"
    client.run("petra", "show", begun.answer.code)
