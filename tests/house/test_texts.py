# SPDX-License-Identifier: Apache-2.0
"""What the client says: every text is collected, Swedish is complete, and it fits."""

import json
import re
import shutil
import subprocess

import pytest
import tree

CLIENT = tree.TOP / "client"
CATALOGUE = CLIENT / "po" / "sv.po"
# Details in parentheses are for administrators, who compare them with a log; the
# files of the outbox are for this program; libraries have names; shells read theirs.
NOT_FOR_PEOPLE = ("client/net/", "client/outbox.c", "client/commands/version.c",
                  "client/commands/completion.c")
PRINTED = re.compile(r"\b(?:f?puts|f?printf|output_say|lines_print)\s*\([^;]*$")
NO_TEXT = re.compile(r"\b(?:output_next|client_next)\s*\([^;]*$|\bstrn?cmp\([^()]*$")
STRING = r'"(?:\\.|[^"\\\n])*"'
MARKED = re.compile(rf"\b(?:_|N_|_n)\((?:\s*{STRING}\s*,?)+")


def entries():
    """(id, {index: translation}, flags) of every entry but the header."""
    def text(part):
        return "".join(re.findall(r'"((?:\\.|[^"\\])*)"', part))
    for block in CATALOGUE.read_text().split("\n\n"):
        source = re.search(rf"^msgid ((?:{STRING}\s*)+)", block, re.M)
        if source and text(source[1]):
            said = re.findall(rf"^msgstr(?:\[(\d)\])? ((?:{STRING}\s*)+)", block, re.M)
            yield text(source[1]), [text(part) for _, part in said], re.findall("^#, .*", block, re.M)


ENTRIES = list(entries())


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """A copy of what client/po/update reads, brought up to date."""
    top = tmp_path_factory.mktemp("texts")
    shutil.copytree(CLIENT, top / "client")
    shutil.copytree(tree.TOP / "include", top / "include")
    subprocess.run([str(top / "client" / "po" / "update")], check=True, capture_output=True)
    return top / "client" / "po"


def ids(path):
    return set(re.findall(rf"^msgid(?:_plural)? ((?:{STRING}\s*)+)", path.read_text(), re.M))


def test_every_text_is_in_the_catalogue_and_no_other(collected):
    assert ids(CATALOGUE) == ids(collected / "sv.po"), "run client/po/update, then translate"
    assert (CLIENT / "po" / "POTFILES").read_text() == (collected / "POTFILES").read_text()


def test_every_text_is_translated_and_none_is_a_guess():
    assert [source for source, said, flags in ENTRIES
            if not all(said) or "fuzzy" in " ".join(flags)] == []


def test_a_translation_speaks_of_the_same_values():
    def groups(text):
        """The words outside brackets, and those of each part in brackets."""
        parts = [frozenset(re.findall(r"\{\w+\}", part)) for part in re.findall(r"\[[^]]*\]", text)]
        outside = re.findall(r"\{\w+\}", re.sub(r"\[[^]]*\]", "", text))
        return sorted(outside), sorted(parts, key=sorted)
    assert [source for source, said, _ in ENTRIES
            if any(groups(one) != groups(source) for one in said)] == []
    done = subprocess.run(["msgfmt", "--check-format", "--output-file=/dev/null", str(CATALOGUE)],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_translation_keeps_the_spaces_and_marks_at_its_ends():
    def ends(text):
        return text[:1] == " ", re.search(r"[:.?!]?(?:\\n)?\s*$", text)[0]
    assert [source for source, said, _ in ENTRIES
            if any(ends(one) != ends(source) for one in said)] == []


def test_nobody_is_called_responsible_in_swedish():
    """The one who holds a chain is no more responsible by law than before."""
    assert [said for _, said, _ in ENTRIES if "ansvar" in " ".join(said).lower()] == []


def literals(path):
    """(line, what stands before it in its statement, text) of a file's unmarked literals."""
    code = tree.without_c_comments(path.read_text())
    code = MARKED.sub(lambda match: "\n" * match[0].count("\n"), code)
    code = re.sub(r"^#include[^\n]*|^_Static_assert.*?;", "", code, flags=re.M | re.S)
    for match in re.finditer(rf"{STRING}(?:\s*{STRING})*", code):
        text = "".join(re.findall(r'"((?:\\.|[^"\\\n])*)"', match[0]))
        line = code.count("\n", 0, match.start()) + 1
        yield line, code[:match.start()].rpartition(";")[2], text


def is_unmarked(before, text):
    """A literal of several words, or one with letters that is printed."""
    words = re.sub(r"%[-+*.0-9]*(?:ll|z|j|l)?[a-z]|\\[nt]|\{\w+\}|^\(?stafett:?|\.[a-z]+", " ", text)
    if NO_TEXT.search(before):
        return False
    return bool(re.search(r"[A-Za-z]{2,},? [a-z]{2,}", words) or
                PRINTED.search(before) and re.search(r"[A-Za-z]{3}", words))


def test_the_catalogue_is_installed_where_the_program_looks(build):
    plan = json.loads(subprocess.run(["meson", "introspect", "--install-plan", str(build)],
                                     check=True, capture_output=True, text=True).stdout)
    places = [place["destination"] for kind in plan.values() for place in kind.values()]
    options = json.loads(subprocess.run(["meson", "introspect", "--buildoptions", str(build)],
                                        check=True, capture_output=True, text=True).stdout)
    value = {option["name"]: option["value"] for option in options}
    assert f"{{prefix}}/{value['localedir']}/sv/LC_MESSAGES/stafett.mo" in places
    folder = f"{value['prefix']}/{value['localedir']}".encode()
    assert folder in (build / "client" / "stafett").read_bytes()


def test_no_text_is_said_without_being_collected():
    files = [path for path in tree.files(".c", under=("client",))
             if not tree.name(path).startswith(NOT_FOR_PEOPLE)]
    assert [f"{tree.name(path)}:{line}: {text}" for path in files
            for line, before, text in literals(path) if is_unmarked(before, text)] == []
