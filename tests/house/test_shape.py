# SPDX-License-Identifier: Apache-2.0
"""The shape of the house: rooms, sizes, first lines, and nothing left open."""

import re
import subprocess
from collections import Counter

import tree

LAYOUT = {"README.md", "NEWS.md", "LICENSE", "meson.build", "meson_options.txt",
          "include", "proto", "server", "client", "deploy", "tests"}
HIDDEN = {".git", ".ci", ".clang-format", ".clang-tidy", ".editorconfig", ".gitignore",
          ".git-blame-ignore-revs"}
LICENCES = r"SPDX-License-Identifier: (Apache-2\.0|CC0-1\.0)\b"  # CC0: public data
FILE_LINES, FUNCTION_LINES = 600, 100
PUBLISHED_ELSEWHERE = ("proto/google/", "proto/grpc/")


def own(*suffixes, under=(".",)):
    return [path for path in tree.files(*suffixes, under=under)
            if not tree.name(path).startswith(PUBLISHED_ELSEWHERE)]


def test_the_top_level_is_the_agreed_one():
    here = {path.name for path in tree.TOP.iterdir() if not tree.NOT_SOURCE.match(path.name)}
    assert here - HIDDEN <= LAYOUT
    assert LAYOUT <= here


def test_no_source_file_is_longer_than_600_lines():
    long = [f"{tree.name(path)}: {lines}"
            for path in own(".c", ".h", ".def", ".py", ".sql", ".proto")
            if (lines := len(path.read_text().splitlines())) > FILE_LINES]
    assert long == []


def functions():
    """(where, lines) of every C function."""
    listing = subprocess.run(
        ["ctags", "-x", "--_xformat=%F %N %n %e", "--kinds-C=f", "--fields=+ne", "-L", "-"],
        input="\n".join(str(path) for path in own(".c")), capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        path, name, start, end = line.rsplit(" ", 3)
        yield f"{path} {name}", int(end) - int(start) + 1


def test_no_function_is_longer_than_100_lines():
    long = [f"{where}: {lines}" for where, lines in functions() if lines > FUNCTION_LINES]
    assert long == []


def test_half_of_the_functions_have_fewer_than_20_lines():
    lengths = sorted(lines for _, lines in functions())
    assert lengths and lengths[len(lengths) // 2] < 20


def test_a_public_function_is_needed_in_another_file():
    """Or it is static; and a test alone is no reason for it. What a table pastes together counts."""
    folders = ("include", "proto", "server", "client")
    code = {path: Counter(re.findall(r"\w+", tree.without_c_comments(path.read_text())))
            for path in own(".c", ".h", ".def", under=(*folders, "tests"))}
    programs = sum((words for path, words in code.items() if not tree.name(path).startswith("tests/")), Counter())
    everywhere = sum(code.values(), Counter())
    pasted = tuple({prefix for path in code for prefix in re.findall(r"\b([a-z]\w*_)##", path.read_text())})
    listing = subprocess.run(
        ["ctags", "-x", "--_xformat=%F %N %{file}", "--kinds-C=f", "--fields=+f", "-L", "-"],
        input="\n".join(map(str, own(".c", under=folders))), capture_output=True, text=True, check=True)
    found = []
    for line in listing.stdout.splitlines():
        path, name, scope = line.split(" ")
        if scope == "file" or name == "main" or name.startswith(pasted):
            continue
        if programs[name] < 3:  # defined, declared, called
            found.append(f"{path}: {name}: nobody calls it")
        elif everywhere[name] - code[tree.Path(path)][name] < 2:
            found.append(f"{path}: {name}: static")
    assert found == [], "\n".join(found)


def test_every_source_file_names_its_licence_at_the_top():
    missing = []
    for path in own(".c", ".h", ".def", ".py", ".sql") + tree.scripts():
        if not re.search(LICENCES, "".join(path.open().readlines()[:4])):
            missing.append(tree.name(path))
    assert missing == []


def test_every_c_file_says_what_it_is_for():
    """In its own first comment or, a .c file with a header, in the header's."""
    silent = []
    for path in own(".c", ".h", ".def"):
        if path.suffix == ".c" and path.with_suffix(".h").exists():
            continue
        if not re.search(r"Apache-2\.0.*?/\*.{30,}", path.read_text()[:400], re.S):
            silent.append(tree.name(path))
    assert silent == []


def test_nothing_is_left_open_in_the_code():
    # The words are put together here, so that this file does not hold them.
    words = "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"))
    found = []
    for path in own(".c", ".h", ".def", ".py", ".sql", ".proto", ".build", ".sh", ".md") + tree.scripts():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(rf"\b({words})\b", line):
                found.append(f"{tree.name(path)}:{number}")
    assert found == []


def test_tests_wait_for_events_and_never_sleep():
    nap = re.compile(r"\b(time\.sleep|usleep|nanosleep|sleep)\s*\(|^\s*sleep\s+\d")
    found = []
    for path in own(".c", ".py", under=("tests",)) + tree.scripts():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if nap.search(line):
                found.append(f"{tree.name(path)}:{number}")
    assert found == []


def test_no_header_is_an_umbrella():
    """A header that only includes others hides who uses what."""
    umbrellas = []
    for path in own(".h"):
        code = tree.without_c_comments(path.read_text())
        lines = [line for line in code.splitlines() if line.strip()]
        includes = [line for line in lines if "#include" in line]
        rest = [line for line in lines if not line.lstrip().startswith("#")]
        if len(includes) > 1 and not rest:
            umbrellas.append(tree.name(path))
    assert umbrellas == []


def test_no_header_is_called_like_one_of_libc():
    libc = {"limits.h", "time.h", "string.h", "errno.h", "stdlib.h", "stdio.h", "signal.h",
            "assert.h", "unistd.h", "poll.h", "sched.h", "search.h", "glob.h", "err.h"}
    assert [tree.name(path) for path in own(".h") if path.name in libc] == []


def test_no_struct_hides_behind_a_typedef():
    hidden = [tree.name(path) for path in own(".c", ".h")
              if re.search(r"^typedef\s+(struct|union|enum)\s+\w*\s*(\{|\w+\s*;)", path.read_text(), re.M)]
    assert hidden == []


def test_no_line_ends_in_white_space():
    found = []
    for path in own(".c", ".h", ".def", ".py", ".sql", ".proto", ".build", ".ini"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line != line.rstrip():
                found.append(f"{tree.name(path)}:{number}")
    assert found == []


def test_no_two_test_files_have_one_name():
    """pytest and the files that import from a test know it by its name alone."""
    names = [path.name for path in own(".py") if path.name.startswith("test_")]
    assert sorted(names) == sorted(set(names))
