# SPDX-License-Identifier: Apache-2.0
"""The rules in C, asked by lines."""

import subprocess

import pytest


@pytest.fixture(scope="session")
def ask(build):
    """Puts situations to the rules; gives their answers."""
    def put(situations):
        text = "".join(" ".join(f"{key}={value}" for key, value in s.items() if value != "") + "\n"
                       for s in situations)
        done = subprocess.run([build / "tests" / "tools" / "rules_tool"], input=text, text=True,
                              timeout=300, capture_output=True, check=True)
        return done.stdout.splitlines()
    return put
