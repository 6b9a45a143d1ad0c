# SPDX-License-Identifier: Apache-2.0
"""Behaviours of time that anybody can check from outside, through the client and with two
daemons on one database: silence is told step by step, figures say nothing about one
person, and nothing is ever dropped because of time."""

import csv
import datetime
import io
import json
import re

import people
import pytest
from business_clock import set_at, settle, wait_for
from calendar_model import add_working_days, us_of, wall
from client import Client
from stack import two_on_one_database

ACCEPT = ("--responsible", "nurse", "--contact-by", "+7d")
GRACE = datetime.timedelta(hours=3, minutes=30)
OVERDUE = 8
HOSTILE = "\x1b]52;c;aGVq\x07\x1b[J\x9b1m\u202eevil"   # a name has no more than three digits


@pytest.fixture(scope="module")
def daemons(build, work):
    with two_on_one_database(build, work / "behaving") as daemons:
        yield daemons


@pytest.fixture(scope="module")
def tables(daemons):
    return daemons[0].tables()


@pytest.fixture(scope="module")
def desks(daemons, work):
    """The client at two desks, each with the other daemon."""
    return [Client(daemon, work / f"desk{n}") for n, daemon in enumerate(daemons)]


@pytest.fixture
def clock(tables):
    """Sets the clock that both daemons share to a moment of Stockholm's, ahead of today."""
    def set_clock(moment):
        set_at(tables, moment.strftime("%Y-%m-%d %H:%M:%S"))
    yield set_clock
    set_clock(now())


def now():
    """Stockholm's wall clock, without its zone."""
    return wall(us_of(datetime.datetime.now(datetime.timezone.utc))).replace(tzinfo=None)


def morning_after(moment, days=1):
    """The working morning so many working days after."""
    return datetime.datetime.combine(add_working_days(moment.date(), days), datetime.time(8))


def answer(desk, who, *words, **more):
    return json.JSONDecoder().raw_decode(desk.run(who, "--json", *words, **more))[0]


@pytest.fixture
def send(desks, tmp_path):
    def send(**draft):
        path = tmp_path / "draft.json"
        path.write_text(json.dumps({
            "kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today", "personInformed": True,
            "legalBasis": {"code": "consent", "form": "written", "endDate": "+52w", "coversMissedEvents": True},
            "subject": {"familyName": "Holm", "givenName": "Anders"}, **draft}))
        return answer(desks[0], "maria", "send", people.BEROENDE, "--file", path)["code"]
    return send


@pytest.fixture
def expect(desks, send):
    """Somebody in treatment, whose visit is expected on a working day to come: code and time."""
    def expect():
        code, visit = send(), datetime.datetime.combine(add_working_days(now().date(), 2), datetime.time(10))
        desks[1].run("petra", "accept", code, *ACCEPT)
        desks[1].run("petra", "start", code, "--intervention", "CRA", "--next", visit.strftime("%Y-%m-%dT%H:%M"))
        return code, visit
    return expect


def told(desk, who, code):
    """What the clock told a unit of a referral, in its order; each entry a message of its own."""
    events = answer(desk, who, "show", code)["events"]
    return [event["kind"] for event in events if "unit" not in event and event["kind"] in ("miss", "alarm")]


def wait_told(tables, desk, code, count):
    """Until the clock has told so often of it, whatever goes on here."""
    wait_for(tables, lambda: len(told(desk, "petra", code)) >= count)
    return told(desk, "petra", code)


def items(desk, who, code):
    listed = answer(desk, who, "inbox", "--all").get("items", [])
    wanted = answer(desk, who, "show", code)["referral"]["id"]
    return [item["kind"] for item in listed if item["referral"] == wanted and not item.get("fromUnit")]


def test_behaviour_4_silence_is_told_once_a_step(tables, desks, clock, expect):
    code, visit = expect()
    clock(visit + GRACE - datetime.timedelta(seconds=60))
    settle(tables)
    assert told(desks[1], "petra", code) == []

    clock(visit + GRACE)
    assert wait_told(tables, desks[1], code, 1) == ["miss"]
    assert items(desks[1], "petra", code) == ["miss"] and items(desks[0], "maria", code) == []
    assert re.search(rf"! +\d+ {code[:4]} +\(clock\)", desks[1].run("petra", "inbox"))

    morning = morning_after(visit)
    clock(morning)
    assert wait_told(tables, desks[1], code, 2) == ["miss", "alarm"]
    assert items(desks[0], "maria", code) == ["alarm"] and items(desks[1], "petra", code) == ["miss", "alarm"]

    clock(morning.replace(hour=17))
    assert wait_told(tables, desks[1], code, 3) == ["miss", "alarm", "alarm"]
    assert items(desks[0], "maria", code) == ["alarm", "alarm"]
    clock(morning + datetime.timedelta(days=40))
    settle(tables)
    assert told(desks[1], "petra", code) == ["miss", "alarm", "alarm"]


@pytest.mark.parametrize("who, desk", [("maria", 0), ("petra", 1)])
def test_behaviour_4_a_note_of_contact_from_any_party_stops_it(tables, desks, clock, expect, who, desk):
    code, visit = expect()
    clock(visit + GRACE)
    wait_told(tables, desks[1], code, 1)
    desks[desk].run(who, "note", code, "--contact")
    clock(morning_after(visit) + datetime.timedelta(minutes=5))
    settle(tables)
    assert told(desks[1], "petra", code) == ["miss"] and items(desks[0], "maria", code) == []


def test_behaviour_9_figures_of_few_are_not_told_and_always_the_same(daemons, tables, desks, clock, send):
    codes = [send(needs=[need]) for need in ["alcohol"] * 8 + ["gambling"] * 3]
    for code in codes[:5]:
        desks[1].run("petra", "accept", code, *ACCEPT)
        desks[1].run("petra", "start", code, "--intervention", "CRA", "--no-next", "other")
    month = now().replace(day=1, month=(now().month - 1) // 3 * 3 + 1)
    clock((month + datetime.timedelta(days=150)).replace(hour=9))
    asked = f"{now().year}-Q{(now().month + 2) // 3}"
    first, again = (desk.run("axel", "--csv", "stats", "--quarter", asked, "--municipality", "lund") for desk in desks)
    assert first == again
    heading, *rows = csv.reader(io.StringIO(first))
    needs = {row["need"]: row for row in (dict(zip(heading, row)) for row in rows)
             if row["level"] == "need" and row["period"] == "quarter"}
    assert needs["gambling"]["persons"] == "<5" and needs["alcohol"]["persons"] == "*"
    whole = desks[0].run("axel", "stats", "--quarter", asked)
    for words in (f"QUARTER {asked}", f"THE YEAR UP TO {asked}", "late: not recorded"):
        assert words in whole, whole
    assert re.search(r"All +\d+ +\d+ % +\d+ h[, ]", whole), whole
    assert answer(desks[0], "axel", "stats", "--quarter", asked) == answer(desks[1], "axel", "stats", "--quarter", asked)


def test_behaviour_10_an_unread_referral_is_red_at_both_ends_and_stays(tables, desks, clock, send):
    code = send(subject={"familyName": HOSTILE, "reasonText": HOSTILE})
    due = datetime.datetime.fromisoformat(
        answer(desks[0], "maria", "show", code)["referral"]["dueTime"].replace("Z", "+00:00"))
    for days in (0, 300):
        clock(wall(us_of(due)).replace(tzinfo=None) + datetime.timedelta(days=days, minutes=1))
        wait_told(tables, desks[1], code, 1)
        settle(tables)
        for desk, who, words in ((0, "maria", ["--check"]), (0, "maria", ["today", "--check"]),
                                 (1, "petra", ["--check"]), (1, "petra", ["inbox", "--check"])):
            said = desks[desk].run(who, *words, status=OVERDUE)
            assert re.search(rf"^ *! .*{code[:4]}", said, re.M), said
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said), said
        for desk, who in ((0, "maria"), (1, "petra")):
            late = desks[desk].run(who, "list", "--overdue")
            assert re.search(rf"^! .*{code[:4]}", late, re.M), late
            shown = desks[desk].run(who, "show", code)
            assert re.search(r"Next +! Beroende Lund: acknowledge, late since", shown) and "[requested]" in shown, shown
            assert "\\u001b" in shown
            assert re.search("^! Beroende Lund: acknowledge by", desks[desk].run(who, "why", code), re.M)
        assert answer(desks[0], "maria", "show", code)["referral"]["status"] == "requested"
    assert re.search("Help due +! ", desks[0].run("maria", "show", code))
