# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of the tests' own that logs every statement's plan, and how many
rows each of its steps met."""

import pytest
import tree
from postgres import Cluster, connect

EXPLAIN = ["session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0",
           "auto_explain.log_nested_statements=on", "auto_explain.log_analyze=on",
           "auto_explain.log_timing=off",
           "log_line_prefix=%m [%u] "]


@pytest.fixture(scope="session")
def cluster(work):
    cluster = Cluster(work / "plan", *EXPLAIN)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def schema(cluster):
    """A database with every migration, made by its owner; gives its uri's makers."""
    uri = cluster.create_database("structure")
    connection = connect(uri)
    for path in tree.files(".sql", under=("server/schema",)):
        connection.cursor().execute(path.read_text())
    connection.close()
    return lambda user: cluster.uri("structure", user)
