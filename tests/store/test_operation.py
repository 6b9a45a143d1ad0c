# SPDX-License-Identifier: Apache-2.0
"""The rows that the daemon hands over are of the type that the database expects."""

import re

import tree
from postgres import connect

TYPES = {"BOOL": "boolean", "BYTEA": "bytea", "DATE": "date", "INT4": "integer", "TEXT": "text",
         "TIMESTAMPTZ": "timestamp with time zone", "UUID": "uuid"}


def batch_columns():
    text = tree.without_c_comments((tree.TOP / "server/store/columns.def").read_text())
    return [(name, TYPES[kind]) for name, kind in re.findall(r"^COLUMN\((\w+), (\w+)\)", text, re.M)]


def fields(schema, row_type):
    cursor = connect(schema("postgres")).cursor()
    cursor.execute("SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
                   " WHERE attrelid = %s::regclass ORDER BY attnum", (row_type,))
    return cursor.fetchall()


def test_an_operation_has_the_columns_of_the_batch_in_their_order(schema):
    assert fields(schema, "stafett.operation") == batch_columns()


def test_an_opening_has_the_first_of_them(schema):
    text = (tree.TOP / "server/store/statements.h").read_text()
    end, = re.findall(r"BATCH_OPENING_COLUMNS = BATCH_(\w+)", text)
    names = [name for name, _ in batch_columns()]
    assert fields(schema, "stafett.opening") == batch_columns()[:names.index(end)]
