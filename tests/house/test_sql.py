# SPDX-License-Identifier: Apache-2.0
"""SQL has one floor, one clock, and no strings glued together."""

import re

import pytest
import tree

STATEMENT = re.compile(
    r"\b(SELECT\s.+\bFROM\b|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|ROLE|SCHEMA|DATABASE)"
    r"|ALTER\s+(TABLE|ROLE|SYSTEM|DATABASE)|GRANT\s+\w+\s+ON|DROP\s+(TABLE|SCHEMA|ROLE)|TRUNCATE\s+\w+)", re.S)
OTHER_CLOCKS = re.compile(
    r"(?<![\w.])(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\("
    r"|\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b", re.I)
# The one place that reads PostgreSQL's clock: the body of stafett.now().
THE_CLOCK = re.compile(r"CREATE (OR REPLACE )?FUNCTION stafett\.now\(\).*?;", re.S)


def sql_texts():
    """(name, SQL) of every place where SQL may stand."""
    for path in tree.files(".sql", under=("server/schema", "server/store")):
        yield tree.name(path), tree.without_sql_comments(path.read_text())
    for path in tree.files(".c", ".h", ".def", under=("server/store",)):
        for number, text in tree.c_strings(path.read_text()):
            yield f"{tree.name(path)}:{number}", text


def foreign_clocks(text):
    return [match.group(0) for match in OTHER_CLOCKS.finditer(THE_CLOCK.sub("", text))]


def test_sql_stands_only_on_the_store_floor():
    found = []
    for path in tree.files(".c", ".h", ".def", under=("include", "proto", "server", "client")):
        if tree.name(path).startswith("server/store/"):
            continue
        found += [f"{tree.name(path)}:{number}: {text[:60]}"
                  for number, text in tree.c_strings(path.read_text()) if STATEMENT.search(text)]
    assert found == []


def test_sql_files_stand_only_in_the_schema_and_the_store():
    strays = [tree.name(path) for path in tree.files(".sql")
              if not re.match(r"(server/(schema|store)|tests)/", tree.name(path))]
    assert strays == []


def test_stafett_now_is_the_only_clock_in_sql():
    found = [f"{where}: {clock}" for where, text in sql_texts() for clock in foreign_clocks(text)]
    assert found == []


def test_the_check_finds_other_clocks_and_lets_ours_pass():
    assert foreign_clocks("SELECT now(), CURRENT_DATE, clock_timestamp()") == [
        "now(", "CURRENT_DATE", "clock_timestamp("]
    assert foreign_clocks("SELECT stafett.now()") == []


def test_no_statement_is_built_from_strings():
    formatted = re.compile(r"printf\s*\([^;]*?\"[^\"]*\b(SELECT|INSERT|UPDATE|DELETE)\b[^\"]*%s", re.S)
    found = [tree.name(path) for path in tree.files(".c", under=("server",))
             if formatted.search(path.read_text())]
    assert found == []


def test_migrations_are_numbered_without_gaps():
    names = [path.name for path in tree.files(".sql", under=("server/schema",))]
    assert names
    for position, name in enumerate(names, 1):
        assert re.match(rf"{position:04d}-[a-z0-9-]+\.sql$", name), name


# Lists of codes that the schema repeats, for it cannot read the tables of the programs.
REPEATED = [
    ("stops_clock", "kinds.def", r'^KIND\(\w+, "([^"]+)", ALWAYS,'),
    ("is_ended", "states.def", r'^STATE\(\w+, "([^"]+)", \d+, ENDED,'),
    ("still_goes", "basis.def", r"^STILL_GOES\((\w+)\)"),
]


@pytest.mark.parametrize("function, table, row", REPEATED, ids=[name for name, _, _ in REPEATED])
def test_a_list_of_codes_in_sql_is_that_of_its_table(function, table, row):
    schema = "".join(path.read_text() for path in tree.files(".sql", under=("server/schema",)))
    body, = re.findall(rf"CREATE FUNCTION stafett\.{function}\(.*?;", schema, re.S)
    rows = re.findall(row, (tree.TOP / "include/stafett/tbl" / table).read_text(), re.M)
    assert rows and sorted(re.findall(r"'([^']+)'", body)) == sorted(
        code.lower().replace("_", "-") for code in rows)
