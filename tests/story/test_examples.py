# SPDX-License-Identifier: Apache-2.0
"""The examples of help, run as they stand against a server."""

import os
import re
import shutil
import subprocess

import people
import pytest
import tree
from client import Client

TABLE = (tree.TOP / "include" / "stafett" / "tbl" / "commands.def").read_text()
EXAMPLES = re.findall(r'^EXAMPLE\((\w+), "(.*)"\)$', tree.without_c_comments(TABLE), re.M)
RECEIVING = re.findall(r'^COMMAND\((\w+), "[^"]+", "[^"]+", INTAKE', TABLE, re.M)
OVERDUE = 8   # what --check may end with


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "examples")


@pytest.fixture
def codes(maria):
    """What the codes of the examples stand for: referrals that were just sent."""
    return {name: maria.send(people.BEROENDE).answer.code for name in ("7K3M", "9TQR", "2WDA")}


@pytest.mark.parametrize("command, example", EXAMPLES, ids=lambda text: text[:60])
def test_the_example_runs(client, codes, tmp_path, command, example):
    shutil.copy(tree.TOP / "deploy" / "demo" / "referral.json", tmp_path)
    line = re.sub("|".join(codes), lambda match: codes[match[0]], example)
    done = subprocess.run(
        ["sh", "-c", line], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        cwd=tmp_path, check=False,
        env={**os.environ, "PATH": f"{client.program.parent}:{os.environ['PATH']}",
             "LC_ALL": "C.UTF-8", "HOME": str(tmp_path),
             "STAFETT_PROFILE": "petra" if command in RECEIVING else "maria",
             "XDG_CONFIG_HOME": str(client.home / "config"),
             "XDG_STATE_HOME": str(client.home / "state")})
    assert done.returncode == 0 or ("--check" in line and done.returncode == OVERDUE), done.stderr
