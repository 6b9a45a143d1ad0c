# SPDX-License-Identifier: Apache-2.0
"""The `stafett` program, as somebody at a prompt uses it."""

import os
import re
import signal
import subprocess

import people
from google.protobuf import json_format
from terminal import Terminal


USAGE, REFUSED, NOT_FOUND, CONFLICT = 2, 3, 4, 5   # exit statuses


def offers(said):
    """Every command that an output offers, without the program's name; what was broken
    over lines is put together."""
    whole = re.sub(r" \\\n\s+", " ", said)
    return [words.split() for words in re.findall(r"(?m)(?:^|\s)stafett((?: (?:--)?[\w./@:+-]+)+)\s*$", whole)]


def printed_json(message):
    """What --json prints of a message: as Python does, but for characters that a terminal
    obeys, which another organisation may have written into a text."""
    text = json_format.MessageToJson(message, indent=2, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]",
                  lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


class Client:
    """Profiles named like the members of people.MEMBERS, and |more| of them, in a home
    of their own."""

    def __init__(self, stack, folder, *more):
        self.stack = stack
        self.program = stack.build / "client" / "stafett"
        self.home = folder
        profiles = folder / "config" / "stafett" / "profiles"
        profiles.mkdir(parents=True)
        (profiles / "ca.pem").write_bytes(stack.authority.certificate)
        for member in [*people.MEMBERS.values(), *more]:
            if member.roles:
                self._write_profile(stack, profiles, member)

    def _write_profile(self, stack, profiles, member):
        certificate, key = stack.identity(member.urn).write(profiles, member.id)
        (profiles / f"{member.id}.conf").write_text(
            f"server = localhost:{stack.port}\nca = ca.pem\ncertificate = {certificate.name}\n"
            f"key = {key.name}\nunit = {member.roles[0][0]}\nname = {member.name}\n")

    def begin(self, who, *words):
        """Starts a command as |who| that does not end by itself."""
        return subprocess.Popen(
            [str(self.program), "--as", who, *words], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
            text=True, env=self._environment())

    def _environment(self, **more):
        return {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
                "XDG_CONFIG_HOME": str(self.home / "config"),
                "XDG_STATE_HOME": str(self.home / "state"), **more}

    def at_terminal(self, who, *words, rows=24, columns=80, **environment):
        """The same on a terminal; what it then is, is the caller's to close."""
        return Terminal([self.program, "--as", who, *words], self._environment(**environment),
                        rows, columns)

    def offer_runs(self, words):
        """Runs an offered command, which names its profile itself. A rule may refuse it,
        never how it is written; where it asks, it is run at a terminal up to its first
        question. Gives its exit status and what it said."""
        done = subprocess.run([str(self.program), *words], input="Some words.", capture_output=True, text=True,
                              timeout=120, check=False, env=self._environment())
        said = done.stdout + done.stderr
        if done.returncode == USAGE and "_REQUIRED" in said:
            terminal = Terminal([self.program, *words], self._environment())
            terminal.expect(": ").type("\x03")
            status, said = terminal.wait(), terminal.said
            terminal.close()
            assert status in (-signal.SIGINT, REFUSED), said
            return status, said
        assert done.returncode != USAGE, f"{words}: {said}"
        return done.returncode, said

    def attempt(self, who, *words):
        """Runs a command that a rule may refuse or somebody may be quicker than; its exit
        status."""
        done = subprocess.run([str(self.program), "--as", who, *words], stdin=subprocess.DEVNULL, timeout=120,
                              capture_output=True, text=True, check=False, env=self._environment())
        assert done.returncode in (0, REFUSED, NOT_FOUND, CONFLICT) or \
            re.search("FIELD_INVALID|UNIT_IS_OWN", done.stderr), f"{words}: {done.stderr}"
        return done.returncode

    def run(self, who, *words, status=0, stdin="", **environment):
        """Runs one command as |who|; its output, after its exit status was checked."""
        done = subprocess.run(
            [str(self.program), "--as", who, *[str(word) for word in words]], input=stdin,
            capture_output=True, text=True, timeout=120, check=False,
            env=self._environment(**environment))
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def shell(self, who, line, folder):
        """Runs a line as it stands in a guide, as |who| at a prompt in |folder|."""
        return subprocess.run(["sh", "-c", line], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120, check=False, cwd=folder,
                              env=self._prompt(who, folder))

    def shell_until_a_line(self, who, line, folder):
        """The same with a command that does not end: the first line that it shows."""
        with subprocess.Popen(["sh", "-c", f"exec {line}"], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, cwd=folder,
                              env=self._prompt(who, folder)) as running:
            said = running.stdout.readline()
            running.send_signal(signal.SIGINT)
        assert said and running.returncode == -signal.SIGINT
        return said

    def _prompt(self, who, folder):
        return {**os.environ, "PATH": f"{self.program.parent}:{os.environ['PATH']}",
                "LC_ALL": "C.UTF-8", "HOME": str(folder), "STAFETT_PROFILE": who,
                "XDG_CONFIG_HOME": str(self.home / "config"),
                "XDG_STATE_HOME": str(self.home / "state")}
