# SPDX-License-Identifier: Apache-2.0
"""Operators change the rules of deadlines through the network; everybody may read them."""

import re
import time

import grpc
import people
import pytest
from caller import refused
from client import Client
from processes import DEADLINE_S

ANSWERING = dict(name="ANSWER-LUND-SKANE", deadline="answer", between=["lund", "skane"], unit="minutes", amount=30,
                 steps="due:actor", source="agreement A-17")


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "admin-rules")


def named(caller, name, **more):
    return list(caller.rules(name=name, include_ended=True, **more).rules)


def question_due(asker, sender):
    """By which rule and version the answer to a question is due."""
    sent = sender.send(asker.unit)
    asker.acknowledge(sent)
    asker.perform(sent, "ask", question="consent")
    rule = next(d.rule for d in sender.why(sent.referral) if d.what == "amend")
    return rule.name, rule.version


def until_due(asker, sender, wanted):
    deadline = time.monotonic() + DEADLINE_S
    while (found := question_due(asker, sender)) != wanted:
        assert time.monotonic() < deadline, (found, wanted)


# -- reading ------------------------------------------------------------------------

@pytest.mark.parametrize("who", ["maria", "lars", "mona", "axel", "olga", "system"])
def test_whoever_has_a_role_reads_the_rules(stack, who):
    rules = {rule.name: rule for rule in stack.caller(who).rules(page_size=100).rules}
    assert (rules["ACK-ROUTINE"].unit, rules["ACK-ROUTINE"].amount) == ("working-days", 1)
    assert rules["ACK-ROUTINE"].anchor == "sent" and not rules["ACK-ROUTINE"].author


def test_a_reading_is_about_nobody_and_recorded_only_where_it_was_denied(stack, maria, tables):
    audits = tables.audits()
    maria.rules()
    assert tables.audits() == audits
    assert refused(stack.caller("former").rules).reason == "NOT_A_MEMBER"
    assert tables.audits() == audits + 1


def test_pages_hold_every_rule_once(maria):
    whole = [(rule.name, rule.version) for rule in maria.rules(page_size=100).rules]
    found, token = [], ""
    while True:
        page = maria.rules(page_size=7, page_token=token)
        found += [(rule.name, rule.version) for rule in page.rules]
        token = page.next_page_token
        if not token:
            break
    assert found == whole == sorted(whole) and len(whole) > 20
    for bad in ("ACK", "ack/1", "ACK/1/2", "ACK/x", "A" * 60 + "/1"):
        assert refused(maria.rules, page_token=bad).reason == "PAGE_TOKEN_INVALID"


def test_the_clocks_of_the_law_say_that_nobody_counts_by_them(maria):
    rules = {rule.name: rule for rule in maria.rules(page_size=100).rules}
    law = [rule for rule in rules.values() if "2017:612" in rule.source]
    assert {rule.deadline for rule in law} == {
        "admission-notice", "planning-call", "discharge-information", "payment"}
    assert all(rule.looked_up and not rule.steps for rule in law)
    assert sum(rule.looked_up for rule in rules.values()) == len(law)


# -- changing -----------------------------------------------------------------------

@pytest.mark.parametrize("who", ["maria", "lars", "mona", "axel", "system"])
def test_nobody_else_changes_them(stack, who, nothing_written):
    caller = stack.caller(who)
    for change in (lambda: caller.add_rule(**ANSWERING), lambda: caller.end_rule("ACK-URGENT", 1)):
        refusal = nothing_written(refused, change)
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.PERMISSION_DENIED, "ROLE_REQUIRED")


def test_an_agreement_counts_between_its_two_and_stands_in_their_lists_alone(stack, maria, petra, omar, olga):
    added = olga.add_rule(**ANSWERING)
    assert (added.version, added.author, list(added.between)) == (1, "Olga Ström", ["lund", "skane"])
    until_due(petra, maria, ("ANSWER-LUND-SKANE", 1))
    assert question_due(omar, maria)[0] == "ANSWER-QUESTION"
    assert [len(named(who, added.name)) for who in (maria, petra, olga, omar)] == [1, 1, 1, 0]

    olga.add_rule(1, **{**ANSWERING, "amount": 45})
    until_due(petra, maria, ("ANSWER-LUND-SKANE", 2))
    first, second = named(olga, added.name)
    assert first.valid_to_time == second.valid_from_time and first.end_author == "Olga Ström"

    olga.end_rule(added.name, 2)
    until_due(petra, maria, ("ANSWER-QUESTION", 1))
    assert all(rule.HasField("valid_to_time") for rule in named(olga, added.name))


def test_every_change_is_recorded_with_what_was_before(stack, olga, axel, tables):
    rule = dict(name="RECORDED", deadline="reach", priority="asap", unit="minutes", amount=5, source="decision 1")
    olga.add_rule(**rule)
    olga.add_rule(1, **{**rule, "amount": 9})
    olga.end_rule("RECORDED", 2)
    details = [bytes(detail).decode("utf-8", "replace") for detail, in tables.rows(
        "SELECT detail FROM stafett.audit_queue ORDER BY create_time DESC, id DESC LIMIT 3")][::-1]
    for detail, said in zip(details, ("add RECORDED 1 from .*: 5 minutes .*before: nothing",
                                      "add RECORDED 2 from .*: 9 minutes .*before: 5 minutes",
                                      "end RECORDED 2 from .*: 9 minutes"), strict=True):
        assert re.search(said, detail), detail
        assert people.MEMBERS["olga"].urn in detail
    found = axel.log(page_size=3, action="rule").entries
    assert [entry.agent.member for entry in found] == [people.MEMBERS["olga"].urn] * 3
    assert "before: 5 minutes" in found[1].change and found[0].change.startswith("end RECORDED 2")


def test_the_same_again_changes_nothing_and_has_the_same_answer(olga, tables):
    rule = dict(name="TWICE", deadline="book", priority="stat", unit="minutes", amount=5, source="decision 2")
    added, before = olga.add_rule(**rule), tables.digests()
    assert olga.add_rule(**rule) == added
    assert tables.digests() == before
    ended, before = olga.end_rule("TWICE", 1), tables.digests()
    assert olga.end_rule("TWICE", 1) == ended
    assert tables.digests() == before


def test_who_does_not_know_the_latest_version_changes_nothing(olga, nothing_written):
    for change in (lambda: olga.add_rule(0, name="ASSESS-URGENT", deadline="assess", priority="urgent",
                                         unit="working-days", amount=2, source="decision 3"),
                   lambda: olga.end_rule("ASSESS-URGENT", 7)):
        refusal = nothing_written(refused, change)
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.ABORTED, "VERSION_CONFLICT")


@pytest.mark.parametrize("change, reason, field", [
    (dict(amount=100000, unit="months"), "FIELD_INVALID", "rule.amount"),   # the year 10360
    (dict(unit="fortnights"), "FIELD_INVALID", "rule.unit"),
    (dict(deadline="whenever"), "FIELD_INVALID", "rule.deadline"),
    (dict(deadline="help"), "FIELD_INVALID", "rule.between"),
    (dict(between=["lund"]), "FIELD_INVALID", "rule.between"),
    (dict(between=["lund", "lund"]), "FIELD_INVALID", "rule.between"),
    (dict(between=["lund", "paris"]), "FIELD_INVALID", "rule.between"),
    (dict(name="HAND-BACK"), "FIELD_INVALID", "rule.name"),
    (dict(name="small"), "FIELD_INVALID", "rule.name"),
    (dict(source=""), "FIELD_INVALID", "rule.source"),
    (dict(steps="due:nobody"), "FIELD_INVALID", "rule.steps"),
    (dict(cut_off="12:00:00"), "FIELD_INVALID", "rule.cut_off"),
])
def test_what_could_not_count_is_no_rule(olga, tables, change, reason, field):
    before = tables.digests()
    refusal = refused(olga.add_rule, 0, **{**ANSWERING, "name": "NEW", **change})
    assert (refusal.reason, refusal.field()) == (reason, field)
    assert tables.digests() == before


def test_a_rule_begins_within_ten_years(olga):
    far = dict(ANSWERING, name="FAR")
    far["valid_from_time"] = olga.rules().rules[0].valid_from_time.__class__(seconds=4_500_000_000)
    assert refused(olga.add_rule, **far).reason == "TOO_FAR"


@pytest.mark.parametrize("name", ["ACK-ROUTINE", "HELP-1-MONTH", "GRACE-DOSE"])
def test_the_last_rule_by_which_something_is_due_does_not_end(olga, nothing_written, name):
    refusal = nothing_written(refused, olga.end_rule, name, 1)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "RULE_NEEDED")


def test_another_one_may_take_its_place(olga):
    olga.add_rule(name="REACH-ALL", deadline="reach", unit="working-days", amount=2, source="decision 4")
    assert olga.end_rule("NO-SHOW-CONTACT", 1).HasField("valid_to_time")
    assert refused(olga.end_rule, "REACH-ALL", 1).reason == "RULE_NEEDED"
    assert refused(olga.end_rule, "NO-SUCH-RULE", 0).reason == "NOT_FOUND"


# -- as people do it ----------------------------------------------------------------

def test_the_list_fits_a_page_and_says_which_is_only_to_look_up(client):
    said = client.run("maria", "admin", "rule")
    assert max(map(len, said.splitlines())) <= 80
    assert re.search(r"^ *HELP-1-MONTH v1 +help", said, re.M)
    assert re.search(r"^ *PAYMENT v1 .* only", said, re.M)
    assert "ANSWER-LUND-SKANE" not in said
    plain = client.run("maria", "--plain", "admin", "rule").splitlines()
    assert all(len(line.split("\t")) == 17 for line in plain)
    swedish = client.run("maria", "admin", "regel", "lista", LANGUAGE="sv")
    assert re.search(r"^ *HELP-1-MONTH v1 +hjälpen", swedish, re.M)


def test_an_operator_sees_the_versions_of_a_rule_and_adds_one(client):
    words = ["--amount", "3", "--source", "decision 5"]
    client.run("olga", "admin", "rule", "add", "ASSESS-ROUTINE", *words, "--from", "+40d")
    said = client.run("olga", "admin", "rule", "show", "ASSESS-ROUTINE")
    assert re.search(r"ASSESS-ROUTINE v2: .*3 working days later.*source +decision 5.*counts +from .*"
                     r"added +by Olga Ström, .*ASSESS-ROUTINE v1: .*5 working days.*until .*"
                     r"it came with the program", said, re.S)
    refusal = client.run("maria", "admin", "rule", "add", "ASSESS-ROUTINE", *words, status=3)
    assert "Your role" in refusal
    client.run("olga", "admin", "rule", "add", "ASSESS-ROUTINE", "--amount", "5", "--source", "decision 6")
    versions = client.run("olga", "--plain", "admin", "rule", "show", "ASSESS-ROUTINE").splitlines()
    second = versions[1].split("\t")
    assert len(versions) == 3 and second[13] == second[14]   # it never began


@pytest.mark.parametrize("words, status, said", [
    (["party"], 2, "cannot be administered"),
    (["rule", "paint"], 2, "cannot be administered"),
    (["rule", "show"], 2, "which rule"),
    (["rule", "show", "ACK-ROUTINES"], 4, "Did you mean 'ACK-ROUTINE'"),
    (["rule", "end", "ACK-ROUTINES"], 4, "Did you mean 'ACK-ROUTINE'"),
    (["rule", "end", "ACK-ROUTINE"], 3, "nothing would be due"),
    (["rule", "add", "NEW"], 2, "--deadline"),
    (["rule", "add", "NEW", "--deadline", "answer"], 2, "--source"),
    (["rule", "add", "HELP-1-MONTH", "--amount", "1000"], 2, "'1000' as its amount"),
    (["rule", "add", "ACK-STAT", "--deadline", "answer"], 2, "stays a rule of the same"),
    (["rule", "add", "ACK-STAT", "--from", "yesterday"], 2, "lies in the past"),
])
def test_what_is_wrong_is_said(client, words, status, said):
    assert said in " ".join(client.run("olga", "admin", *words, status=status).split())
