# SPDX-License-Identifier: Apache-2.0
"""The rows that the daemon hands over are of the type that the database expects."""

import re

import tree
from postgres import connect

TYPES = {"BOOL": "boolean", "BYTEA": "bytea", "DATE": "date", "INT4": "integer", "TEXT": "text",
         "TIMESTAMPTZ": "timestamp with time zone", "UUID": "uuid"}


def test_an_operation_has_the_columns_of_the_batch_in_their_order(schema):
    text = tree.without_c_comments((tree.TOP / "server/store/columns.def").read_text())
    columns = [(name, TYPES[kind]) for name, kind in re.findall(r"^COLUMN\((\w+), (\w+)\)", text, re.M)]
    cursor = connect(schema("postgres")).cursor()
    cursor.execute("SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
                   " WHERE attrelid = 'stafett.operation'::regclass ORDER BY attnum")
    assert cursor.fetchall() == columns
