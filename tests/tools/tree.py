# SPDX-License-Identifier: Apache-2.0
"""The checkout as the house checks see it: its source files, nothing built."""

import os
import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
NOT_SOURCE = re.compile(r"^(\.git|build.*|trial|__pycache__|node_modules)$")
HASH_COMMENTS = {".py", ".sh", ".build", ".txt", ".yaml", ".conf", ""}


def files(*suffixes, under=(".",), top=TOP):
    """All source files below |under| with one of |suffixes| (none: all), sorted."""
    found = []
    for root in under:
        for folder, folders, names in os.walk(top / root):
            folders[:] = [name for name in folders if not NOT_SOURCE.match(name)]
            found += [Path(folder) / name for name in names
                      if not suffixes or Path(name).suffix in suffixes]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def name(path, top=TOP):
    return str(path.relative_to(top))


def is_text(path):
    return b"\0" not in path.read_bytes()[:8192]


def scripts():
    """Files that a shell runs, by their first line."""
    return [path for path in files()
            if re.match(rb"#!.*\b(ba)?sh\b", path.read_bytes()[:64])]


def found(pattern, text):
    """All that |pattern| finds, line by line. One that finds nothing is wrong by now."""
    every = re.findall(pattern, text, re.M)
    assert every, f"nothing looks like {pattern}"
    return every


def without_c_comments(text):
    """C without comments; strings and line numbers stay."""
    def keep_lines(match):
        return match.group(0) if match.group(0)[0] in "\"'" else "\n" * match.group(0).count("\n")
    return re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*',
                  keep_lines, text, flags=re.S)


def without_sql_comments(text):
    return re.sub(r"--[^\n]*", "", text)


def c_strings(text):
    """(line number, content) of C string literals; adjacent literals are joined."""
    code = without_c_comments(text)
    literal = r'"((?:\\.|[^"\\\n])*)"'
    for match in re.finditer(rf"{literal}(?:\s*{literal})*", code):
        parts = re.findall(literal, match.group(0))
        yield code.count("\n", 0, match.start()) + 1, " ".join(parts)
