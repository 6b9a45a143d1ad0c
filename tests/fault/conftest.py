# SPDX-License-Identifier: Apache-2.0
"""The stage of the fault tests: a PostgreSQL of their own, daemons on databases in
it, a proxy between them where connections shall break, and crowds of callers."""

import itertools
import os
import sys
import time

import chaos
import pytest
from crowd import LONG, Crowd
from postgres import Cluster, connect
from stack import Stack
from stored import Stored

FIRST, SAID = "said first", "said"   # the names of what a test has to say at the end


def pytest_terminal_summary(terminalreporter):
    """What the tests counted, one line each; the headlines first."""
    said = [both for report in terminalreporter.getreports("passed") for both in report.user_properties]
    for wanted in (FIRST, SAID):
        for name, line in said:
            if name == wanted:
                terminalreporter.write_line(line)


class Speaker:
    """Says one line, in the terminal and in the report."""

    def __init__(self, record):
        self._record = record

    def __call__(self, line):
        self._record(SAID, line)

    def first(self, line):
        self._record(FIRST, line)


@pytest.fixture
def say(record_property):
    return Speaker(record_property)


class Campaigns:
    """How often something is done: as often as usual, or with tests/run --long many
    times more, but with --long=MINUTES no longer than that. What has been run counts:
    another run goes on with other dice."""

    def __init__(self, capture):
        self.long = LONG
        self._minutes = float(os.environ.get("STAFETT_LONG_MINUTES") or "inf")
        self._capture = capture

    def numbers(self, usual, most):
        """1, 2, ... once at least."""
        begun = time.monotonic()
        for number in range(1, (most if LONG else usual) + 1):
            yield number
            if LONG and time.monotonic() - begun >= self._minutes * 60:
                return

    def tell(self, line):
        """How far it is, at once: a long run is watched."""
        if LONG:
            with self._capture.disabled():
                print(f"\n{time.strftime('%H:%M:%S')} {line}", end="", file=sys.__stderr__, flush=True)


@pytest.fixture
def campaigns(capfd):
    return Campaigns(capfd)


@pytest.fixture(scope="session")
def cluster(work):
    cluster = Cluster(work / "pg", "max_connections=200")
    yield cluster
    cluster.stop()


class Scene:
    """Everything that one test starts, so that all of it ends."""

    def __init__(self, build, work, cluster, number):
        self.build, self.work, self.cluster = build, work, cluster
        self.name = f"f{number}"
        self._folders = itertools.count()
        self._open = []

    def folder(self):
        return self.work / f"{self.name}-{next(self._folders)}"

    def proxy(self):
        """A chaos proxy before the cluster."""
        proxy = chaos.before_postgres(self.build, self.folder(), self.cluster.folder)
        self._open.append(proxy.stop)
        return proxy

    def database(self):
        """An empty database's uri, for its owner."""
        return self.cluster.create_database(f"{self.name}_{next(self._folders)}")

    def daemon(self, owner=None, via=None, program=None, authority=None, **settings):
        """A stack on the database of |owner|, reached by the socket in folder |via|;
        where that is None, one with a private PostgreSQL. Not started."""
        if owner:
            name = owner.split("dbname=")[1].split()[0]
            settings["database"] = f"host={via or self.cluster.folder} dbname={name} user=stafett_app"
        stack = Stack(self.build, self.folder(), owner, authority,
                      **{"log_level": "info", **settings})
        if program:
            stack.program = program
        self._open.append(lambda: stack.process and stack.process.is_running() and stack.stop())
        return stack

    def crowd(self, *stacks, **more):
        crowd = Crowd(stacks, self.folder(), **more)
        self._open.append(crowd.kill)
        return crowd

    def stored(self, stack):
        """What stands in the database of |stack| now."""
        connection = connect(stack.database_uri())
        try:
            return Stored(connection)
        finally:
            connection.close()

    def at_end(self, function):
        """Calls |function| when the test is over, before what was there earlier ends."""
        self._open.append(function)

    def close(self):
        while self._open:
            self._open.pop()()


@pytest.fixture
def scene(build, work, cluster, numbers=itertools.count()):
    scene = Scene(build, work, cluster, next(numbers))
    yield scene
    scene.close()


@pytest.fixture
def lonely_scene(build, work, numbers=itertools.count(1000)):
    """A scene of daemons that keep their own PostgreSQL."""
    scene = Scene(build, work, None, next(numbers))
    yield scene
    scene.close()
