# SPDX-License-Identifier: Apache-2.0
"""What a shell offers when the tabulator key is pressed, in real shells."""

import os
import pty
import re
import select
import shutil
import subprocess
import time

import people
import pytest
import tree
from client import Client

PATIENCE_S = 60
TABLE = (tree.TOP / "include" / "stafett" / "tbl" / "commands.def").read_text()


@pytest.fixture(scope="module")
def client(stack, work, maria):
    """Somebody who has seen the directory and a list."""
    client = Client(stack, work / "completion")
    maria.send(people.BEROENDE)
    client.run("maria", "units")
    client.run("maria", "list")
    return client


def environment(client, **more):
    return {"LC_ALL": "C.UTF-8", "HOME": str(client.home), "TERM": "dumb",
            "PATH": f"{client.program.parent}:/usr/bin:/bin", "STAFETT_PROFILE": "maria",
            "XDG_CONFIG_HOME": str(client.home / "config"),
            "XDG_STATE_HOME": str(client.home / "state"), **more}


def offered(client, *words, **more):
    """What may follow the words; the last one is what stands at the cursor."""
    return subprocess.run([str(client.program), "completion", "words", "--", *words], check=True,
                          env=environment(client, **more), capture_output=True, text=True,
                          timeout=PATIENCE_S).stdout.split()


def names(macro, position):
    return re.findall(rf'^{macro}\((?:\w+, ){{{position}}}"([^"]+)"', TABLE, re.M)


def test_every_command_is_offered_by_both_its_names(client):
    assert set(offered(client, "")) == set(names("COMMAND", 1))
    assert "kvittera" in offered(client, "", LANGUAGE="sv")
    for row in re.findall(r'^COMMAND\(\w+, "([^"]+)", "([^"]+)"', TABLE, re.M):
        for name in row:
            assert name in offered(client, name[:3])


def test_every_option_of_a_command_is_offered_and_no_other(client):
    def rows(owner):
        return {f"--{name}" for name in re.findall(rf'^OPTION\({owner}, \w+, "([^"]+)"', TABLE, re.M)}
    assert set(offered(client, "--")) == rows("global")
    for command in names("COMMAND", 1):
        identifier = re.search(rf'^COMMAND\((\w+), "{command}"', TABLE, re.M)[1]
        assert set(offered(client, command, "--")) == rows("global") | rows(identifier)


def test_codes_come_from_their_list(client):
    assert offered(client, "units", "--need", "al") == ["alcohol"]
    assert "nurse" in offered(client, "ta-emot", "7K3M", "--responsible", "")
    assert offered(client, "codes", "need") == ["need"]


def test_an_option_whose_value_is_a_code_names_its_list():
    for value, text in tree.found(r'^OPTION\(\w+, \w+, "[^"]+", "(\w+)", N_\("(.*)"\)\)', TABLE):
        assert value not in ("NEED", "KIND", "ROLE", "REASON", "CODE") or "(stafett codes " in text


def test_units_and_referrals_are_those_that_were_seen(client):
    assert people.BEROENDE in offered(client, "send", "skane/")
    assert people.LUND in offered(client, "--as", "")
    codes = offered(client, "show", "")
    assert codes and all(re.fullmatch(r"[0-9A-Z]{4,8}", code) for code in codes)
    assert offered(client, "ack", codes[0], codes[-1][:3]) != []


def test_files_are_left_to_the_shell(client):
    assert offered(client, "send", "skane/beroende-lund", "--file", "ref") == ["<files>"]


def test_nothing_is_offered_and_nothing_said_where_nothing_is_known(client, tmp_path):
    for words in (["dance", ""], ["inbox", ""], ["send", ""], ["show", "7K3M", ""], ["--as", "x"]):
        assert offered(client, *words, XDG_CONFIG_HOME=str(tmp_path)) == []


def type_into(shell, client, prepare, keys, expected):
    """Types into an interactive shell on a terminal until it shows |expected|."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(shell[0], shell, environment(client, PS1="$ "))
    said, deadline = "", time.monotonic() + PATIENCE_S
    try:
        os.write(terminal, f"{prepare}; echo rea''dy\r".encode())
        while expected not in said and time.monotonic() < deadline:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            said += os.read(terminal, 4096).decode(errors="replace")
            if keys and "ready" in said:
                os.write(terminal, keys.encode())
                keys = None
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    assert expected in said


SHELLS = {
    "bash": (["bash", "--norc", "-i"], ". <(stafett completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "autoload compinit; compinit -u -D; . <(stafett completion zsh)"),
}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("typed, expected", [
    ("stafett unit\t", "stafett units"),
    ("stafett units --mu\t", "--municipality"),
    ("stafett accept 7K3M --responsible psyc\t", "psychologist"),
    ("stafett send skane/beroende-l\t", "skane/beroende-lund"),
    ("stafett send skane/beroende-lund --file refe\t", "referral.json"),
])
def test_the_shell_completes(client, shell, typed, expected):
    command, prepare = SHELLS[shell]
    if not shutil.which(command[0]):
        pytest.skip(f"{shell} is not installed (tests/run --install)")
    (client.home / "referral.json").write_text("{}")
    type_into(command, client, f"cd; {prepare}", typed, expected)
