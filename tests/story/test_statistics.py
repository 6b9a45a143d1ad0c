# SPDX-License-Identifier: Apache-2.0
"""Figures of how long people wait: what is counted, what is not told, who may read it."""

import csv
import io
import json
import time

import people
import pytest
from business_clock import stop_at
from caller import refused
from client import Client
from postgres import connect
from processes import DEADLINE_S
from stubs import contract

QUARTER, MONTH = "2037-Q1", "2037-02"
UNHELPED = "2035-Q4"   # in no year that is asked for beside it


@pytest.fixture(scope="module")
def axel(stack, asked):
    return stack.caller("axel")


# (need, in how many hours it was acknowledged and accepted, when help began)
SCENE = [*(("alcohol", hour, f"{MONTH}-{10 + hour}") for hour in range(1, 7)),
         *(("alcohol", hour, "2037-03-20") for hour in range(1, 7)),
         *(("cannabis", hour, f"{MONTH}-12") for hour in range(1, 7)),
         ("opioids", 1, ""), ("opioids", 1, "")]


@pytest.fixture(scope="module")
def asked(stack):
    """Six who were accepted and never met, long ago. Twelve ask for help with alcohol, six
    with cannabis, two with opioids, all on 2 February; the last two of another unit."""
    tables, maria = stack.tables(), stack.caller("maria")
    owners = {people.BEROENDE: stack.caller("petra"), people.MALMO: stack.caller("omar")}
    stop_at(tables, "2035-10-02 08:00:00")
    for _ in range(6):
        owners[people.BEROENDE].accept(
            maria.send(people.BEROENDE, act={"help_request_date": "2035-10-02"}), 1, contact_by_date="2035-10-20")
    stop_at(tables, f"{MONTH}-02 08:00:00")
    sent = [(need, hour, began, maria.send(
        people.BEROENDE if began else people.MALMO, act={"needs": [need], "help_request_date": f"{MONTH}-02"}))
        for need, hour, began in SCENE]
    # Of protected identity, said at once or by a later message: they are in no figure.
    act = {"needs": ["alcohol"], "help_request_date": f"{MONTH}-02"}
    maria.send(people.BEROENDE, act={**act, "protected_identity": True})
    known_later = maria.send(people.BEROENDE, act=act)
    maria.send(people.MALMO, chain=known_later.chain, act={"kind": "consultation", "help_request_date": "",
                                                           "protected_identity": True})
    for now in sorted({hour for _, hour, _, _ in sent}):
        stop_at(tables, f"{MONTH}-02 {8 + now:02}:00:00")
        for _, _, began, one in (row for row in sent if row[1] == now):
            owner = owners[one.header.to_units[0]]
            owner.acknowledge(one)
            owner.accept(one, 2, contact_by_date=f"{MONTH}-20")
    for day in sorted({began for _, _, began, _ in sent if began}):
        stop_at(tables, f"{day} 12:00:00")
        for _, _, _, one in (row for row in sent if row[2] == day):
            owners[people.BEROENDE].perform(one, "start", 3, intervention="CRA", start_date=day, no_next="other")
    stop_at(tables, "2037-05-10 08:00:00")
    return sent


def told(answer, level, period="quarter"):
    return {row.need or row.reason or row.to_unit or row.municipality: row for row in answer.rows
            if (row.level, row.period) == (level, period)}


def test_everybody_is_counted_once_with_all_times(axel):
    whole = told(axel.statistics(), "all")[""]
    assert (whole.persons, whole.late, whole.percent_in_time) == ("20", "8", "60")
    assert (whole.acknowledge.median, whole.acknowledge.p90, whole.acknowledge.unit) == ("3", "6", "hours")
    assert (whole.accept.median, whole.accept.p90) == ("3", "6")
    assert (whole.start.median, whole.start.p90, whole.start.unit) == ("11", "46", "days")
    assert whole.first_contact.median == "11"


def test_who_was_never_helped_did_not_get_help_at_once(axel):
    """Of those of 2035 there is no time of what never came."""
    whole = told(axel.statistics(quarter=UNHELPED), "all")[""]
    assert (whole.persons, whole.late, whole.percent_in_time) == ("6", "6", "0")
    assert whole.HasField("accept")
    assert not whole.HasField("start") and not whole.HasField("first_contact")


def test_few_are_not_told_nor_what_they_would_follow_from(axel):
    needs = told(axel.statistics(quarter=QUARTER), "need")
    assert needs["opioids"].persons == "<5" and not needs["opioids"].HasField("acknowledge")
    assert sorted(row.persons for row in needs.values()) == ["*", "12", "<5"]
    assert needs["alcohol"].persons == "12" and needs["alcohol"].percent_in_time == "50"
    pairs = told(axel.statistics(), "pair")
    assert {row.persons for row in pairs.values()} == {"<5", "*"}


def test_the_year_says_no_more_than_its_quarters(axel):
    answer = axel.statistics()
    for level in ("all", "municipality", "need"):
        quarter, year = told(answer, level), told(answer, level, "year")
        assert {key: row.persons for key, row in quarter.items()} == {key: row.persons for key, row in year.items()}
    assert answer.quarter == QUARTER


def test_a_time_stands_beside_the_number_of_the_late_and_nine_of_ten_are_of_ten(axel):
    rows = axel.statistics().rows
    assert any(row.acknowledge.p90 for row in rows)
    for row in rows:
        times = [getattr(row, name) for name in ("acknowledge", "accept", "first_contact", "start")
                 if row.HasField(name)]
        assert not times or row.late.isdigit(), row
        assert int(row.persons) >= 10 if any(time.p90 for time in times) else True, row


def test_what_was_counted_stands_as_it_was_told(stack, axel, asked):
    """Neither four persons of the same need who are recorded now, nor a start that is, nor
    one that never was sent, tells anything of those who were there."""
    before, maria, omar = axel.statistics(), stack.caller("maria"), stack.caller("omar")
    for _ in range(4):
        maria.send(people.BEROENDE, act={"needs": ["opioids"], "help_request_date": f"{MONTH}-02"})
    sent = asked[-1][3]
    omar.perform(sent, "start", 3, intervention="CRA", start_date=f"{MONTH}-20", no_next="other")
    assert axel.statistics() == before and before.rows


def test_who_is_recorded_when_a_quarter_is_complete_is_not_of_it(stack, axel):
    """Though nobody has asked for that quarter before."""
    for _ in range(6):
        stack.caller("maria").send(people.BEROENDE, act={"help_request_date": "2035-05-02"})
    assert not axel.statistics(quarter="2035-Q2").rows


WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'stafett.counted_quarter'::regclass"


def test_one_counts_at_a_time_and_the_others_read_on(stack, axel, tables):
    """Counting takes as long as there are persons, and a worker has few connections to read by."""
    before, other = axel.statistics(), connect(stack.database_uri())
    other.cursor().execute("BEGIN; LOCK TABLE stafett.counted_quarter IN ACCESS EXCLUSIVE MODE")
    asked = [axel.figures.Get.future(
        contract.statistics_service.StatisticsServiceGetRequest(),
        metadata=(("stafett-unit", axel.unit),), timeout=DEADLINE_S) for _ in range(6)]
    deadline = time.monotonic() + DEADLINE_S
    while not tables.value(WAITING):
        assert time.monotonic() < deadline
    assert axel.log(page_size=1).entries   # by the same connection, so of the same worker
    assert tables.value(WAITING) == 1
    other.close()
    assert [one.result() for one in asked] == [before] * 6


def test_why_it_was_late(stack, axel):
    assert told(axel.statistics(), "reason")["not-recorded"].persons == "8"


def test_the_other_organisation_sees_its_own_part(stack, axel):
    vera = told(stack.caller("vera").statistics(), "all")[""]
    assert (vera.persons, vera.late) == ("18", "6")
    assert not stack.caller("axel").statistics(quarter="2036-Q4").rows


def test_a_municipality_by_name_or_number(axel):
    by_name, by_number = (axel.statistics(municipality=place).rows for place in ("lund", "1281"))
    assert list(by_name) == list(by_number) and {row.municipality for row in by_name} == {"1281"}
    assert by_name[0].municipality_name == "Lund"
    assert not axel.statistics(municipality="Malmö").rows
    assert refused(axel.statistics, municipality="Atlantis").reason == "NOT_FOUND"


@pytest.mark.parametrize("who", ["maria", "lars", "system"])
def test_only_those_who_review_may_read_it(stack, asked, who):
    assert refused(stack.caller(who).statistics).reason == "ROLE_REQUIRED"


def test_a_manager_may_too(stack, axel):
    assert stack.caller("mona").statistics() == axel.statistics()


@pytest.mark.parametrize("quarter", ["2037", "2037-Q5", "2037-Q0", "2037-q1", "1037-Q1", "2037-Q12", " 037-Q1"])
def test_a_quarter_that_is_none_is_refused(axel, quarter):
    refusal = refused(axel.statistics, quarter=quarter)
    assert (refusal.reason, refusal.field()) == ("FIELD_INVALID", "quarter")


@pytest.mark.parametrize("now, latest", [
    ("2037-04-30 23:59:59", "2036-Q4"), ("2037-05-01 00:00:00", QUARTER), ("2037-07-31 23:59:59", QUARTER),
    ("2037-08-01 00:00:00", "2037-Q2"), ("2038-01-31 23:59:59", "2037-Q3"), ("2038-02-01 00:00:00", "2037-Q4")])
def test_a_quarter_is_complete_a_month_after_its_end(stack, axel, now, latest):
    stop_at(stack.tables(), now)
    try:
        assert axel.statistics().quarter == latest
        if latest == "2036-Q4":
            assert refused(axel.statistics, quarter=QUARTER).reason == "QUARTER_NOT_OVER"
    finally:
        stop_at(stack.tables(), "2037-05-10 08:00:00")


def test_the_reading_is_recorded_with_what_was_asked(stack, axel):
    axel.statistics(quarter=QUARTER, municipality="lund")
    entries = [entry for entry in axel.whole_log(action="statistics")
               if entry.asked == f"quarter={QUARTER} municipality=1281"]
    assert entries and {(entry.operation, entry.entity_count) for entry in entries} == {("statistics", 0)}


# -- through the client --------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(stack, work, asked):
    return Client(stack, work / "statistics-desk")


@pytest.mark.parametrize("form", ["--csv", "--json", "--plain"])
def test_the_same_question_has_the_same_answer_to_the_byte(stack, client, form):
    first = client.run("axel", form, "stats")
    assert client.run("axel", form, "stats", "--quarter", QUARTER) == first == client.run("mona", form, "stats")


def test_csv_has_every_value_in_a_column(client):
    heading, *rows = csv.reader(io.StringIO(client.run("axel", "--csv", "stats")))
    assert [dict(zip(heading, row)) for row in rows][0] == {
        "!": "", "period": "quarter", "level": "all", "municipality": "", "need": "", "fromUnit": "", "toUnit": "",
        "reason": "", "persons": "20", "late": "8", "percentInTime": "60", "acknowledgeHoursMedian": "3",
        "acknowledgeHoursP90": "6", "acceptHoursMedian": "3", "acceptHoursP90": "6", "firstContactDaysMedian": "11",
        "firstContactDaysP90": "46", "startDaysMedian": "11", "startDaysP90": "46"}
    assert {len(row) for row in rows} == {len(heading)}
    assert len(rows) == len(json.loads(client.run("axel", "--json", "stats"))["rows"])


def test_a_page_explains_itself(client):
    said = client.run("axel", "stats", "--municipality", "lund")
    for words in ("QUARTER 2037-Q1", "THE YEAR UP TO 2037-Q1", "Lund ", "  opioids", "<5", "Lund Vuxen → ",
                  "50 %"):
        assert words in said, said
    assert "one to four persons" in " ".join(said.split())
    assert "late: not recorded" in client.run("axel", "stats")
    assert "asked for help in 2036-Q4" in client.run("axel", "stats", "--quarter", "2036-Q4")


@pytest.mark.parametrize("words, status, sentence", [
    (["--quarter", "2037-Q2"], 3, "not complete yet"), (["--municipality", "Atlantis"], 4, "no municipality called 'Atlantis'"),
    (["--quarter", "Q1"], 2, "quarter")])
def test_what_cannot_be_told_is_explained(client, words, status, sentence):
    assert sentence in client.run("axel", "stats", *words, status=status)
