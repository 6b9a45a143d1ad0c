# SPDX-License-Identifier: Apache-2.0
"""Hardening of the programs as they are released: an own build without the
sanitizers, read with readelf."""

import re
import subprocess

import pytest
import tree

BUILD = tree.TOP / "build-release"
PROGRAMS = ["server/stafettd", "client/stafett"]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def released():
    """The folder of a build with the options that users get."""
    if not (BUILD / "build.ninja").exists():
        run("meson", "setup", str(BUILD), str(tree.TOP), "-Dwerror=true")
    run("ninja", "-C", str(BUILD), "--quiet", *PROGRAMS)
    return BUILD


@pytest.mark.parametrize("program", PROGRAMS)
def test_released_program_is_position_independent(released, program):
    assert "Type:                              DYN" in run("readelf", "-hW", str(released / program))


@pytest.mark.parametrize("program", PROGRAMS)
def test_released_program_binds_its_symbols_at_start(released, program):
    dynamic = run("readelf", "-dW", str(released / program))
    assert "BIND_NOW" in dynamic and "NOW PIE" in dynamic


@pytest.mark.parametrize("program", PROGRAMS)
def test_released_program_has_no_executable_stack_and_relro(released, program):
    segments = run("readelf", "-lW", str(released / program))
    stack = next(line for line in segments.splitlines() if "GNU_STACK" in line)
    assert re.search(r"\bRW\b", stack) and not re.search(r"\bRWE\b", stack)
    assert "GNU_RELRO" in segments


@pytest.mark.parametrize("program", PROGRAMS)
def test_released_program_is_fortified_and_guards_its_stack(released, program):
    symbols = run("readelf", "--dyn-syms", "-W", str(released / program))
    assert "_chk@" in symbols
    assert "__stack_chk_fail" in symbols
