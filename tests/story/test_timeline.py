# SPDX-License-Identifier: Apache-2.0
"""What a timeline tells of each act, and to whom."""

import json
import re

import people
import pytest
from business_clock import wait_late_told
from caller import in_days
from client import Client


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "timeline")


def said(client, who, *words, **environment):
    return " ".join(client.run(who, *words, COLUMNS="160", **environment).split())


def event(caller, sent, kind):
    return [one for one in caller.get(sent.referral).events if one.kind == kind][-1]


def test_what_waits_for_two_is_told_to_those_who_may_know(client, maria, petra, mona, sent, code):
    client.run("maria", "void", code, "--reason", "wrong-person")
    assert "proposed: the voiding (wrong-person)" in said(client, "maria", "show", code)
    theirs = event(petra, sent, "propose")
    assert not theirs.proposes and not theirs.status_reason
    assert "voiding" not in said(client, "petra", "show", code)
    client.run("mona", "confirm", code)
    for who, caller in (("maria", maria), ("petra", petra)):
        assert event(caller, sent, "void").status_reason == "wrong-person"
        assert "voided: wrong-person" in said(client, who, "show", code)
    assert "makulerat: fel person" in said(client, "petra", "show", code, LANGUAGE="sv")


def test_what_was_dropped_is_told_too(client, code):
    client.run("maria", "void", code, "--reason", "wrong-unit")
    client.run("mona", "confirm", code, "--drop")
    assert "proposal dropped: the voiding (wrong-unit)" in said(client, "maria", "show", code)
    assert "wrong-unit" not in said(client, "petra", "show", code)


def test_a_corrected_clock_says_to_which_day_and_where_to_read_why(client, maria, petra, sent, code, tables):
    day = in_days(-3)
    client.run("maria", "correct-clock", code, "--help-request", day, "--file", "-", stdin="Fel dag.")
    own = event(maria, sent, "propose")
    assert (own.proposes, own.help_request_date, own.has_text) == ("correct-clock", day, True)
    assert not event(petra, sent, "propose").help_request_date
    today = said(client, "mona")
    assert f"Why: stafett --as mona show {code} --body" in today
    assert "Fel dag." in client.run("mona", "show", code, "--body")
    client.run("mona", "confirm", code)
    assert event(petra, sent, "correct-clock").help_request_date == day
    assert re.search(r"day of the request corrected: \w{3} \d", said(client, "petra", "show", code))
    wait_late_told(tables)


def test_to_whom_it_is_assigned_is_told_within_the_unit(client, petra, maria, sent, code):
    client.run("petra", "take", code)
    assert "assigned: Petra Svensson" in said(client, "petra", "show", code)
    assert event(petra, sent, "assign").assignee == petra.member
    for one in maria.get(sent.referral).events:
        assert not one.assignee and not one.assignee_display_name
    client.run("petra", "take", code, "--release")
    assert "released" in said(client, "petra", "show", code)


def test_that_the_person_was_reached_is_no_note(client, code):
    client.run("maria", "note", code, "--contact")
    timeline = said(client, "petra", "show", code)
    assert "the person was reached" in timeline and "noted" not in timeline


def test_each_message_with_a_text_says_so_before_the_acts(client, maria, petra, sent, code):
    maria.perform(sent, "amend", body=b"and one thing more")
    client.run("petra", "ack", code)
    screen = said(client, "petra", "show", code)
    assert "sent (with a text)" in screen and "amended (with a text)" in screen
    assert "acknowledged (with a text)" not in screen
    read = f"To read (sent, amended): stafett --as petra show {code} --body"
    assert read in screen and screen.index(read) < screen.index("You can:")
    assert "(med text)" in said(client, "petra", "show", code, LANGUAGE="sv")
    texts = client.at_terminal("petra", "show", code, "--body")
    texts.expect(f"-- {code} sent, Maria Nilsson, Lund Vuxen,").expect(f"-- {code} amended, Maria Nilsson")
    texts.expect("and one thing more")
    texts.wait()
    texts.close()


def test_what_has_no_text_asks_nobody_to_read_it(client, maria):
    empty = maria.send(people.BEROENDE, body=b"")
    screen = client.run("petra", "show", empty.referral)
    assert "with a text" not in screen and "To read" not in screen and "You can:" in screen


def test_a_day_that_marks_somebody_late_says_so_below_too(client, maria, tables):
    late = maria.send(people.BEROENDE, act={"help_request_date": in_days(-50)})
    wait_late_told(tables)
    for who in ("petra", "maria"):
        day = client.run(who)
        assert f"! {late.answer.code[:4]}" in day and "Nothing is late" not in day
        assert re.search(r"\d+ late, \d+ open in all", day)
    inbox = client.run("petra", "inbox")
    assert re.search(rf"! +\d+ {late.answer.code[:4]}", inbox) or f"! {late.answer.code[:4]}" in inbox
    assert re.search(r"in the inbox, [1-9]\d* late", inbox)


def test_the_log_leads_from_a_chain_to_what_was_done_with_it(client, maria, tables):
    late = maria.send(people.BEROENDE, act={"help_request_date": in_days(-50)})
    wait_late_told(tables)
    log = json.loads(client.run("axel", "--json", "audit", "log"))
    alarm = next(one for one in log["entries"] if one["operation"] == "alarm"
                 and one["entity"][0]["chain"] == late.chain and "referral" not in one["entity"][0])
    assert f"audit show {late.chain}" in client.run("axel", "audit", "show", alarm["id"])
    assert late.answer.code[:4] in client.run("axel", "audit", "show", late.chain)


def marked(screen):
    """The codes of the rows that have a mark: in the inbox behind their number."""
    return set(re.findall(r"^ *(?:\d+ )?! *(?:\d+ +)?([0-9A-HJKMNP-TV-Z]{4}) ", screen, re.M))


def made_stat(tables, sent):
    """As it was sent while somebody was there: now, on whatever day, there may be nobody."""
    tables.connection.cursor().execute(
        "UPDATE stafett.referral SET priority = 'stat' WHERE id = %s", (sent.referral,))
    return sent


def test_every_screen_says_the_same_of_what_is_late(client, maria, tables):
    """At once: it is for no clerk to pass first."""
    late = maria.send(people.BEROENDE, act={"help_request_date": in_days(-50)}).answer.code[:4]
    quiet = maria.send(people.BEROENDE).answer.code[:4]
    stat = made_stat(tables, maria.send(people.BEROENDE)).answer.code[:4]
    ours = {late, quiet, stat}
    for who in ("maria", "petra"):
        day = client.run(who, COLUMNS="200")
        assert marked(day) & ours == {late, stat}
        assert marked(client.run(who, "list", COLUMNS="200")) & ours == {late, stat}
        overdue = client.run(who, "list", "--overdue", "--plain")
        assert late in overdue and quiet not in overdue and stat not in overdue
        count = int(re.search(r"^(\d+) late, ", day, re.M)[1])
        assert count == len(overdue.splitlines()), (day, overdue)
        assert client.run(who, "--check", status=8)
    inbox = client.run("petra", "inbox", COLUMNS="200", status=0)
    assert marked(inbox) & ours == {late, stat}
    assert int(re.search(r"inbox, (\d+) late", inbox)[1]) <= count
    client.run("petra", "inbox", "--check", status=8)


def test_a_stat_referral_is_marked_until_it_is_accepted(client, maria, petra, tables):
    sent = made_stat(tables, maria.send(people.BEROENDE))
    code = sent.answer.code[:4]
    petra.acknowledge(sent)
    assert code in marked(client.run("petra")) and code in marked(client.run("maria", "list"))
    petra.accept(sent, 2)
    assert code not in marked(client.run("petra")) | marked(client.run("maria", "list"))


def test_a_row_in_which_the_holder_moves_says_to_whom(client, maria, petra, sent, code):
    petra.accept(sent, 1)
    petra.perform(sent, "need_gone", reason="moved")
    maria.perform(sent, "take_back")
    for who in ("maria", "petra"):
        rows = said(client, who, "show", code)
        assert "accepted HOLDER MOVED; holder now: Beroende Lund" in rows
        assert "holder now: Lund Vuxen" in rows
    assert "KEDJAN GÅR ÖVER till Beroende Lund" in said(client, "maria", "show", code, LANGUAGE="sv")


def test_one_receipt_is_printed_for_all_messages_of_a_referral(client, maria, sent, code):
    maria.perform(sent, "amend", body=b"that")
    assert len(client.run("petra", "inbox", "--new", "--plain").split(code)) >= 2
    assert said(client, "petra", "ack", code).count("acknowledged") == 1
    assert code not in client.run("petra", "inbox", "--new")
