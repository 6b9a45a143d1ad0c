# SPDX-License-Identifier: Apache-2.0
"""The example for programmers, run as its first lines say: a case system."""

import ast
import re
import subprocess

import people
import pytest
import tree
from caller import refused

EXAMPLE = tree.TOP / "deploy" / "examples" / "case_system.py"
SYSTEM = people.MEMBERS["system"]


def commands(stack, folder):
    """The commands of the example's docstring, for our daemon instead of the trial."""
    text = ast.get_docstring(ast.parse(EXAMPLE.read_text())).replace("\\\n", "")
    lines = [line.strip() for line in re.findall(r"^    .*", text, re.M)]
    assert [line.split()[0] for line in lines] == ["mkdir", "protoc", "PYTHONPATH=stubs"]
    for old, new in (("trial/config/stafett/profiles", str(folder)), ("localhost:7443", stack.address),
                     ("2120001132:member:treserva", "2120001132:member:system"),
                     ("stubs", str(folder / "stubs"))):
        assert any(old in line for line in lines)
        lines = [line.replace(old, new) for line in lines]
    assert lines[-1].endswith(f"{SYSTEM.urn} {people.LUND} {people.BEROENDE}")
    return lines


@pytest.fixture(scope="module")
def told(stack, omar, tmp_path_factory):
    """(what the example prints, what waited for it)"""
    folder = tmp_path_factory.mktemp("example")
    (folder / "ca.pem").write_bytes(stack.authority.certificate)
    stack.identity(SYSTEM.urn).write(folder, SYSTEM.id)
    waiting = omar.send(people.LUND, body=bytes(23))
    revoked = omar.send(people.LUND, act={"legal_basis": {"code": "consent", "form": "written"}})
    omar.perform(revoked, "unshare")
    for line in commands(stack, folder):
        done = subprocess.run(["sh", "-c", line], cwd=tree.TOP, capture_output=True, text=True,
                              timeout=120, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, waiting


def test_the_trial_has_the_system_of_the_example():
    listed = subprocess.run([tree.TOP / "deploy" / "members", tree.TOP / "deploy/demo/directory.json"],
                            capture_output=True, text=True, check=True).stdout
    urn, unit = re.search(r"(urn:\S+) (\S+) \S+\n", EXAMPLE.read_text()).groups()
    assert ["treserva", urn, unit] in [line.split("\t")[1:4] for line in listed.splitlines()]


def delivery(tables, sent):
    return tables.value("SELECT state FROM stafett.delivery WHERE message = %s", sent.id)


def test_it_sends(told, petra):
    code = re.search(r"^sent: (\S+)$", told[0], re.M).group(1)
    content, = petra.get(code, contents=True).contents
    assert (content.from_unit, content.body.data) == (people.LUND, b"He asks for help.")


def test_it_polls_and_fetches_what_waits(told, tables):
    printed, waiting = told
    assert f"came: {waiting.answer.code} from {people.MALMO}, 23 bytes, needs ack\n" in printed
    assert delivery(tables, waiting) == "fetched"


def test_it_is_refused_when_it_acknowledges(told, tables, stack):
    printed, waiting = told
    assert "\nnot acknowledged: PERMISSION_DENIED, " in printed
    assert refused(stack.caller("system").acknowledge, waiting).reason == "ROLE_REQUIRED"
    assert delivery(tables, waiting) == "fetched"
