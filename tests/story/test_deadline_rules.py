# SPDX-License-Identifier: Apache-2.0
"""Deadlines are data: an administrator's rows, not a release, say what is due when."""

import datetime
import time

import people
import pytest
from processes import DEADLINE_S

SPEEDY = {"name": "ANSWER-LUND-SKANE", "deadline": "answer", "between": ["lund", "skane"], "unit": "minutes",
          "amount": 30, "steps": "due:actor", "source": "agreement A-17"}


def until(make, wanted):
    """Makes things until one is as |wanted|: each worker hears of a new rule by itself."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        made = make()
        if wanted(made):
            return made
    raise AssertionError("the rules did not change")


def add(stack, rule, **more):
    return stack.feed("rule", "add", content=rule, **more)


def rules(stack):
    lines = stack.command("rule", "list").stdout.splitlines()
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines[1:]]


def rule_of(stack, sent, column="due_rule"):
    """By which rule a referral's deadline was counted."""
    return stack.tables().value(
        f"SELECT {column} FROM stafett.event WHERE referral = %s AND NOT next_kept ORDER BY seq DESC LIMIT 1",
        sent.referral)


def minutes(caller, sent):
    """How long the deadline is, counted from the last act."""
    answer = caller.get(sent.referral)
    return round((answer.referral.due_time.ToSeconds() - answer.events[-1].create_time.ToSeconds()) / 60)


def asked(asker, sender):
    """A question that is open, so that its answer is due."""
    sent = sender.send(asker.unit)
    asker.acknowledge(sent)
    asker.perform(sent, "ask", question="consent")
    return sent


def test_a_database_begins_with_the_defaults_and_those_of_the_law(stack):
    here = {rule["name"]: rule for rule in rules(stack)}
    assert here["ACK-ROUTINE"]["unit"] == "working-days" and here["ACK-ROUTINE"]["amount"] == "1"
    assert here["HELP-1-MONTH"]["unit"] == "months"
    assert here["PAYMENT"]["cut-off"] == "12:00:00" and "2017:612" in here["PAYMENT"]["source"]
    assert here["NO-SHOW-CONTACT"]["steps"] == "morning:parties due:managers"


def test_a_deadline_remembers_its_rule_and_version(stack, maria):
    sent = maria.send(people.BEROENDE)
    assert (rule_of(stack, sent), rule_of(stack, sent, "due_version")) == ("ACK-ROUTINE", 1)
    assert stack.tables().rows("SELECT clock_rule, clock_version FROM stafett.chain WHERE id = %s",
                               sent.chain) == [("HELP-1-MONTH", 1)]


def test_an_agreement_binds_the_two_who_made_it_in_both_directions(stack, maria, petra, omar):
    add(stack, SPEEDY)
    sent = until(lambda: asked(petra, maria), lambda s: rule_of(stack, s) == SPEEDY["name"])
    assert minutes(maria, sent) == 30
    back = until(lambda: asked(maria, petra), lambda s: rule_of(stack, s) == SPEEDY["name"])
    assert minutes(petra, back) == 30
    other = asked(omar, maria)
    assert rule_of(stack, other) == "ANSWER-QUESTION"

    add(stack, {**SPEEDY, "amount": 45})
    again = until(lambda: asked(petra, maria), lambda s: rule_of(stack, s, "due_version") == 2)
    assert minutes(maria, again) == 45
    assert minutes(maria, sent) == 30

    stack.command("rule", "end", SPEEDY["name"])
    until(lambda: asked(petra, maria), lambda s: rule_of(stack, s) == "ANSWER-QUESTION")
    ended = [rule["to"] for rule in rules(stack) if rule["name"] == SPEEDY["name"]]
    assert len(ended) == 2 and all(ended)


def test_a_rule_for_later_counts_from_then_on(stack, maria):
    tomorrow = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
    add(stack, {"name": "ACK-ASAP", "deadline": "acknowledge", "priority": "asap", "unit": "minutes", "amount": 7,
                "source": "test", "from": tomorrow})
    sent = maria.send(people.BEROENDE, act={"priority": "asap"})
    assert (rule_of(stack, sent, "due_version"), minutes(maria, sent)) == (1, 120)
    rows = [rule for rule in rules(stack) if rule["name"] == "ACK-ASAP"]
    assert rows[0]["to"] == rows[1]["from"] == f"{tomorrow} 00:00"


def test_every_change_is_in_the_audit_queue(stack):
    audits = stack.tables().audits()
    add(stack, {**SPEEDY, "name": "RECORDED", "priority": "stat"})
    stack.command("rule", "end", "RECORDED")
    assert stack.tables().audits() == audits + 2
    details = stack.tables().rows("SELECT detail FROM stafett.audit_queue ORDER BY create_time DESC, id DESC LIMIT 2")
    assert [word in bytes(detail[0]) for detail, word in zip(details, (b"end RECORDED 1", b"add RECORDED 1"))] \
        == [True, True]


@pytest.mark.parametrize("change, complaint", [
    ({"deadline": "whenever"}, "'deadline' cannot be 'whenever'"),
    ({"unit": "fortnights"}, "'unit' cannot be"),
    ({"amount": -1}, "'amount'"),
    ({"cut_off": "12.00"}, "'cut_off' cannot be"),
    ({"steps": "due:nobody"}, "'steps' cannot be"),
    ({"between": ["lund"]}, "two organisations"),
    ({"between": ["lund", "paris"]}, "no such rule or organisation"),
    ({"name": "lower case"}, "'name' cannot be"),
    ({"kind": "party"}, "'kind' cannot be"),
    ({"from": "soon"}, "'from' cannot be"),
    ({"colour": "red"}, "colour"),
])
def test_a_rule_that_cannot_be_read_changes_nothing(stack, change, complaint):
    before = stack.tables().digests()
    done = add(stack, {**SPEEDY, **change}, check=False)
    assert done.returncode == 1 and complaint in done.stderr
    assert stack.tables().digests() == before


def test_what_counts_cannot_be_ended_twice(stack):
    assert "no such rule" in stack.command("rule", "end", "NO-SUCH-RULE", check=False).stderr
