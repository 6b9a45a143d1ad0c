# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of the test's own, and a look into stafettd's database."""

import signal
from pathlib import Path

import processes
import psycopg2

BIN = Path("/usr/lib/postgresql/15/bin")
# An audit row is written by every call; the rest is written only by what succeeds.
# inbox_activity says when a unit last looked, which a refused call does not touch. The
# heartbeat comes by itself.
AUDIT_TABLES = {"audit_queue", "heartbeat", "clerk_clock"}   # and what the clerk keeps for itself


class Cluster:
    """A fresh cluster on a Unix socket in a folder of its own. |initdb|: more words
    for it; |data| where the data are, else in the folder."""

    def __init__(self, folder, *settings, initdb=(), data=None):
        self.folder = processes.private_folder(folder)
        self.data = data or folder / "data"
        # Trust is safe here: only the server's user reaches the socket's folder.
        processes.run(BIN / "initdb", "-D", self.data, "-A", "trust", "-U", "postgres",
                      "--locale=C.UTF-8", "--data-checksums", "--no-sync", "--no-instructions", *initdb)
        self.words = ["listen_addresses=", f"unix_socket_directories={folder}",
                      "wal_level=replica", *settings]
        self.start()

    def start(self):
        self.process = processes.Process(
            BIN / "postgres", "-D", self.data, *[w for s in self.words for w in ("-c", s)])
        self.process.wait_line("ready to accept connections")

    def uri(self, database="postgres", user="postgres"):
        return f"host={self.folder} dbname={database} user={user}"

    def create_database(self, name):
        connection = connect(self.uri())
        connection.cursor().execute(f"CREATE DATABASE {name} ENCODING 'UTF8'")
        connection.close()
        return self.uri(name)

    def stop(self):
        self.process.stop(signal.SIGINT)


def connect(uri):
    """An autocommit connection made as the server's user."""
    with processes.as_server_user():
        connection = psycopg2.connect(uri)
    connection.autocommit = True
    return connection


class Tables:
    """What stands in the tables: a digest a table, so that any change shows."""

    def __init__(self, connection):
        self.connection = connection

    def rows(self, sql, *values):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def value(self, sql, *values):
        return self.rows(sql, *values)[0][0]

    def count(self, table, where="true", *values):
        return self.value(f"SELECT count(*) FROM stafett.{table} WHERE {where}", *values)

    def digests(self):
        """{table: digest of all its rows}, the audit's and the clerk's tables left out."""
        names = [name for name, in self.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'stafett'::regnamespace"
            " AND relkind = 'r' AND relname <> 'municipality' ORDER BY 1")]
        return {name: self.value(
            f"SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))"
            f" FROM stafett.{name} t") for name in names if name not in AUDIT_TABLES}

    def audits(self):
        """Records of what members did: one stands beside each alarm, which nobody did."""
        return self.value("SELECT (SELECT count(*) FROM stafett.audit_queue) - (SELECT count(*) FROM stafett.alarm)")
