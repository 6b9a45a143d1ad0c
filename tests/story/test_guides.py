# SPDX-License-Identifier: Apache-2.0
"""The guides: short, their links lead somewhere, and their commands run as they stand."""

import re
import shutil

import people
import pytest
import tree
from client import Client
from examples import let_come_by_code, with_times

GUIDES = tree.TOP / "deploy" / "guide"
TABLES = tree.TOP / "include" / "stafett" / "tbl"
READERS = {"caseworker": "maria", "intake": "petra", "auditor": "axel", "operator": "maria",
           "programmer": "maria"}
GUIDE_LINES, SCREEN_LINES = 120, 40
OVERDUE = 8


def text_of(guide):
    return (GUIDES / f"{guide}.md").read_text()


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "guides")


@pytest.mark.parametrize("guide", READERS)
def test_the_commands_of_a_guide_run_one_after_the_other(client, maria, tables, tmp_path, guide):
    shutil.copy(tree.TOP / "deploy" / "demo" / "referral.json", tmp_path)
    codes = {name: maria.send(people.BEROENDE).answer.code for name in ("7K3M", "9TQR", "2WDA")}
    names = {**codes, "maria.nilsson": "maria"}     # she has a shorter id here
    lines = re.findall(r"^    \$ (.*)$", text_of(guide), re.M)
    assert lines
    for line in lines:
        typed = with_times(re.sub("|".join(names), lambda match: names[match[0]], line))
        if line.startswith("stafett miss 7K3M"):
            let_come_by_code(tables, codes["7K3M"])
        done = client.shell(READERS[guide], typed, tmp_path)
        assert done.returncode == 0 or ("--check" in line and done.returncode == OVERDUE), (
            f"{line}\n{done.stderr}")


def test_there_is_a_short_guide_for_every_door_of_the_readme():
    readme = (tree.TOP / "README.md").read_text()
    assert set(re.findall(r"\]\(deploy/guide/(\w+)\.md\)", readme)) == set(READERS)
    assert {path.stem for path in GUIDES.glob("*.md")} == set(READERS)
    assert all(len(text_of(guide).splitlines()) <= GUIDE_LINES for guide in READERS)


def pages():
    return [tree.TOP / "README.md", *sorted(GUIDES.glob("*.md"))]


def test_every_link_leads_somewhere():
    lost = [f"{tree.name(page)}: {link}" for page in pages()
            for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
            if not (page.parent / link).exists()]
    assert lost == []


def test_every_command_that_is_named_exists():
    table = (TABLES / "commands.def").read_text()
    known = {name for row in re.findall(r'^COMMAND\(\w+, "([^"]+)", "([^"]+)"', table, re.M)
             for name in row}
    said = {(page.stem, word) for page in pages() for word in re.findall(
        r"(?:`|\$ )stafett (?:--as \S+ |--json |--plain )*([a-zåäö][\w-]*)", page.read_text())}
    assert {(page, word) for page, word in said if word not in known} == set()


def test_every_option_that_is_named_exists():
    table = (TABLES / "commands.def").read_text()
    known = set(re.findall(r'^OPTION\(\w+, \w+, "([^"]+)"', table, re.M))
    said = {word for page in pages() for line in re.findall(r"\bstafett ([^`\n]*)", page.read_text())
            for word in re.findall(r"(?<!\S)--([a-z-]+)", line)}
    assert said - known == set()


def test_every_name_of_a_problem_and_setting_exists():
    problems = ((TABLES / "reasons.def").read_text() +
                (tree.TOP / "client" / "screen" / "problems.def").read_text())
    for name in tree.found(r"\b[A-Z]+(?:_[A-Z]+)+\b(?=[,| ;])", text_of("operator")):
        assert f"({name}," in problems, name
    settings = (TABLES / "settings.def").read_text()
    for name in tree.found(r"^    (address|port|\w+_dir) = ", text_of("operator")):
        assert f"({name}," in settings, name


def test_the_first_screen_of_the_readme_says_what_it_is():
    screen = (tree.TOP / "README.md").read_text().split("\n## ")[0].splitlines()
    assert screen[0] == "# Stafett" and len(screen) <= SCREEN_LINES
    said = "\n".join(screen)
    for needed in ("relay race", "$ stafett send", "deploy/try", "tests/run", "Not for emergencies"):
        assert needed in said
