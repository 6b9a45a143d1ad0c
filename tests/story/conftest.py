# SPDX-License-Identifier: Apache-2.0
"""The stage of the stories: one daemon a session, and its people.

A story makes its own referrals, so that it minds no other story's.
"""

import json

import people
import pytest
import tree
from stack import Stack


@pytest.fixture(scope="session")
def stack(build, work):
    """stafettd with its private PostgreSQL and the test directory."""
    stack = Stack(build, work / "s").start()
    stack.import_directory()
    yield stack
    stack.stop()


@pytest.fixture(scope="session")
def tables(stack):
    """A look into the daemon's tables, as its administrator."""
    return stack.tables()


def _fixture_of(member):
    @pytest.fixture(scope="session", name=member)
    def caller(stack):
        return stack.caller(member)
    return caller


# A fixture for each member: maria (caseworker of Lund), petra (of Beroende Lund), ...
globals().update({f"fixture_{name}": _fixture_of(name) for name in people.MEMBERS})


@pytest.fixture
def nothing_written(tables):
    """Calls |it| and checks that it changed no row but the audit's; returns its result."""
    def check(it, *arguments, audit_rows=1, **named):
        before, audits = tables.digests(), tables.audits()
        result = it(*arguments, **named)
        assert tables.digests() == before
        assert tables.audits() - audits == audit_rows
        return result
    return check


@pytest.fixture(scope="session")
def bars():
    """The BaRS bundles: what real referral systems send, as bytes by name."""
    folder = tree.TOP / "tests" / "data" / "bars"
    bundles = {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}
    assert len(bundles) == 2 and all(json.loads(bundle) for bundle in bundles.values())
    return bundles
