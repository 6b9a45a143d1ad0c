# SPDX-License-Identifier: Apache-2.0
"""The stage of the stories: a daemon for each file of them, whose settings are the
file's DAEMON if there is one, and its people.

Files run in an order of chance, so that none may meet what another left in an inbox
or a list. Within a file, a story makes its own referrals, and looks for these.
"""

import json

import examples
import people
import pytest
import quarter
import tree
from business_clock import set_at
from stack import serving


@pytest.fixture(scope="module")
def stack(request, build, work):
    """stafettd with its private PostgreSQL and the test directory."""
    settings = getattr(request.module, "DAEMON", {})
    with serving(build, work / f"of_{request.module.__name__}", **settings) as stack:
        yield stack


@pytest.fixture(scope="module")
def tables(stack):
    """A look into the daemon's tables, as its administrator."""
    return stack.tables()


def _fixture_of(member):
    @pytest.fixture(scope="module", name=member)
    def caller(stack):
        return stack.caller(member)
    return caller


# A fixture for each member: maria (caseworker of Lund), petra (of Beroende Lund), ...
globals().update({f"fixture_{name}": _fixture_of(name) for name in people.MEMBERS})


@pytest.fixture(scope="module")
def built_quarter(stack):
    """The daemon, which knows the quarter too."""
    quarter.build(stack)
    return stack


def _fixture_of_quarter(name, who):
    @pytest.fixture(scope="module", name=name)
    def caller(built_quarter):
        return quarter.caller(built_quarter, who)
    return caller


# Of the quarter: two of one unit in the north, so that one may confirm what the other
# proposed, and one each in the east and in the west.
globals().update({f"fixture_{name}": _fixture_of_quarter(name, who) for name, who in (
    ("north", "nora"), ("colleague", "noel"), ("east", "elsa"), ("west", "vera"))})


@pytest.fixture
def sent(maria):
    """A request for Anders Holm that waits at Beroende Lund."""
    return maria.send(people.BEROENDE, card=json.dumps({"familyName": "Holm", "givenName": "Anders"}).encode())


@pytest.fixture
def code(sent):
    return sent.answer.code[:4]


@pytest.fixture
def codes(maria):
    """What the codes of the examples stand for."""
    return examples.new_codes(maria)


@pytest.fixture
def clock(tables):
    """Sets Stockholm's wall clock of 2037, whose days are those of 2026: it is nine on a
    Friday until then."""
    def set_clock(text):
        set_at(tables, f"2037-{text}")
    set_clock("11-20 09:00:00")
    return set_clock


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
