# SPDX-License-Identifier: Apache-2.0
"""The list of municipalities: whole, and the same in the trial and in the schema."""

import csv
import re

import pytest
import tree

COUNTIES = {"01", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13", "14",
            "17", "18", "19", "20", "21", "22", "23", "24", "25"}


@pytest.fixture(scope="module")
def rows():
    with (tree.TOP / "deploy" / "demo" / "municipalities.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_290_with_codes_of_four_digits(rows):
    codes = {row["municipality_code"] for row in rows}
    assert len(rows) == len(codes) == 290
    assert all(re.fullmatch(r"\d{4}", code) for code in codes)


def test_a_code_begins_with_that_of_its_county(rows):
    assert {row["county_code"] for row in rows} == COUNTIES
    assert all(row["municipality_code"].startswith(row["county_code"]) for row in rows)


def test_skane_has_33(rows):
    skane = {row["municipality_code"]: row["municipality_name_short"]
             for row in rows if row["county_code"] == "12"}
    assert len(skane) == 33
    assert skane.items() >= {"1230": "Staffanstorp", "1231": "Burlöv", "1261": "Kävlinge",
                             "1262": "Lomma", "1266": "Hörby", "1267": "Höör", "1280": "Malmö",
                             "1281": "Lund", "1285": "Eslöv"}.items()


def test_the_schema_has_the_same(rows):
    migration = next((tree.TOP / "server" / "schema").glob("*-municipalities.sql")).read_text()
    stored = dict(re.findall(r"\('(\d{4})', '([^']+)'", migration))
    assert stored == {row["municipality_code"]: row["municipality_name_short"] for row in rows}
