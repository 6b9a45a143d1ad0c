# SPDX-License-Identifier: Apache-2.0
"""The client's manual, its help and its tables say the same."""

import re
import subprocess

import pytest
import tree

TABLES = tree.TOP / "include" / "stafett" / "tbl"
MANUAL = (tree.TOP / "client" / "stafett.1").read_text()
PAGE_COLUMNS, SCREEN_LINES = 80, 24


def table(name):
    return tree.without_c_comments((TABLES / name).read_text())


def fields(row):
    """The arguments of a row, N_() and quotes taken off."""
    return re.findall(r'(?:N_\()?"((?:\\.|[^"])*)"\)?|(\w+)', row)


def rows(name, macro):
    return [[text or word for text, word in fields(row)]
            for row in re.findall(rf"^{macro}\((.*)\)$", table(name), re.M)]


COMMANDS = rows("commands.def", "COMMAND")
OPTIONS = rows("commands.def", "OPTION")
EXAMPLES = rows("commands.def", "EXAMPLE")


def entry(command):
    """What the manual says of a command: its line and the text below it."""
    found = re.search(rf"^\.It Cm {command}\b.*?(?=^\.It |^\.El)", MANUAL, re.M | re.S)
    return found.group(0) if found else ""


def plain(text):
    """mdoc's escapes, where names have them."""
    return text.replace(r"\[:a]", "ä").replace(r"\[oa]", "å").replace(r"\[:o]", "ö")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda row: row[0])
def test_every_command_is_in_the_manual_with_its_swedish_name(command):
    text = entry(command[1])
    assert text, f"stafett.1 has no '.It Cm {command[1]}'"
    if command[2] != command[1]:
        assert f".Pq Cm {command[2]}\n" in plain(text)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row[0]}-{row[2]}")
def test_every_option_is_in_the_manual(option):
    owner, _, name = option[:3]
    text = MANUAL.split(".Sh DESCRIPTION")[1] if owner == "global" else entry(owner.replace("_", "-"))
    assert f"Fl -{name}" in text


def test_the_manual_knows_no_other_command_or_option():
    known = {row[1] for row in COMMANDS}
    assert set(re.findall(r"^\.It Cm (\S+)", MANUAL, re.M)) == known
    assert set(re.findall(r"Fl -([a-z-]+)", MANUAL)) == {row[2] for row in OPTIONS}


def test_every_profile_setting_is_in_the_manual_and_no_other():
    section = MANUAL.split(".Sh PROFILES")[1].split(".Sh ")[0]
    names = [row[0] for row in rows("profile.def", r"PROFILE_\w+")]
    assert names == sorted(names)
    assert re.findall(r"^\.It Ic (\w+)", section, re.M) == names


def test_every_field_of_a_referral_file_is_in_the_manual_and_no_other():
    source = (tree.TOP / "client" / "draft.c").read_text()
    taken = set(re.findall(r'(?:SUBJECT|MATTER|DRAFT_TAKEN)\(\s*"(\w+)"', source))
    taken |= set(re.findall(r'(?m)^SCREENING\(\w+, "(\w+)', (
        tree.TOP / "include/stafett/tbl/screening.def").read_text()))
    section = MANUAL.split(".Sh REFERRAL FILES")[1].split(".Sh ")[0]
    assert set(re.findall(r"\bIc (\w+)", section)) == taken


def test_every_exit_code_is_in_the_manual():
    codes = re.findall(r"EXIT_\w+ = (\d)", (tree.TOP / "client" / "exit.h").read_text())
    section = MANUAL.split(".Sh EXIT STATUS")[1].split(".Sh ")[0]
    assert re.findall(r"^\.It (\d)$", section, re.M) == codes


def help_of(build, *words, language=""):
    return subprocess.run([str(build / "client" / "stafett"), *words], text=True,
                          capture_output=True, check=True, timeout=60,
                          env={"LC_ALL": "C.UTF-8", "LANGUAGE": language}).stdout


@pytest.mark.parametrize("command", COMMANDS, ids=lambda row: row[0])
def test_help_explains_every_command(build, command):
    text = help_of(build, "help", command[1])
    assert command[6].replace('\\"', '"') in " ".join(text.split())
    for owner, _, name, *_ in OPTIONS:
        assert owner != command[0] or f"--{name}" in text
    for owner, example in EXAMPLES:
        assert owner != command[0] or example in re.sub(r" \\\n\s+", " ", text)


def test_every_command_has_an_example():
    assert {row[0] for row in COMMANDS} == {row[0] for row in EXAMPLES}


@pytest.mark.parametrize("language", ["en", "sv"])
def test_no_line_of_help_is_wider_than_the_page(build, language):
    pages = [["--help", "--all"]] + [["help", row[1]] for row in COMMANDS]
    lines = [line for page in pages for line in help_of(build, *page, language=language).splitlines()]
    assert [line for line in lines if len(line) > PAGE_COLUMNS] == []


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_first_screen_of_help_is_one_screen(build, language):
    lines = help_of(build, "--help", language=language).splitlines()
    assert len(lines) < SCREEN_LINES   # the prompt takes one
    commands = [row for row in COMMANDS if row[4] == "FIRST"]
    column = 2 if language == "sv" else 1
    assert [line for line in lines if re.match(r"  \S", line)] == [
        line for row in commands for line in lines if re.match(rf"  {row[column]}\b", line)]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda row: row[0])
def test_help_in_swedish_speaks_of_the_swedish_names(build, command):
    text = help_of(build, "hjälp", command[2], language="sv")
    assert text.startswith(f"stafett {command[2]}")
    assert command[1] == command[2] or f"engelska: {command[1]}\n" in text
    assert re.findall(r"^ +stafett (?:--as \S+ )?(\S+)", text, re.M)[0] == command[2]


def test_every_example_is_a_command_line_that_is_understood(build, tmp_path):
    """Far enough to be a matter of profiles or files, which this test does not have."""
    for _, example in EXAMPLES:
        done = subprocess.run(["sh", "-c", re.sub(r"< \S+", "", example)], text=True,
                              input="", capture_output=True, timeout=60, cwd=tmp_path,
                              env={"HOME": str(tmp_path), "LC_ALL": "C.UTF-8",
                                   "PATH": f"{build / 'client'}:/usr/bin:/bin"})
        said = re.search(r"\((\w+)[;)]", done.stderr)
        assert done.returncode == 0 or said.group(1) in ("PROFILE_NONE", "FILE_UNREADABLE"), example
