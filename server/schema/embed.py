#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes one C file of the schema's SQL files, so that the daemon carries its
schema within it:  embed.py OUTPUT NNNN-name.sql...

Refuses names that are not numbered from 0001 without gaps: the number is the
version that a database remembers.
"""

import pathlib
import re
import sys


def c_string(line):
    """|line| as a C string literal; bytes outside ASCII as octal escapes."""
    quoted = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\?' else f"\\{byte:03o}"
        for byte in line.encode())
    return f'"{quoted}"'


def main(output, *paths):
    files = [pathlib.Path(path) for path in paths]
    table, texts = [], []
    for version, path in enumerate(files, 1):
        match = re.fullmatch(rf"{version:04d}-([a-z0-9-]+)\.sql", path.name)
        if not match:
            sys.exit(f"embed.py: '{path.name}' should begin with {version:04d}-")
        lines = path.read_text().splitlines(keepends=True)
        texts.append(f"static const char schema_{version}[] =\n\t"
                     + "\n\t".join(map(c_string, lines)) + ";\n")
        table.append(f'\t{{{version}, "{match.group(1)}", schema_{version}, '
                     f"sizeof(schema_{version}) - 1}},\n")
    pathlib.Path(output).write_text(
        "/* Made by server/schema/embed.py. */\n#include \"store/schema.h\"\n\n"
        + "\n".join(texts)
        + "\nconst struct schema_file schema_files[] = {\n" + "".join(table) + "};\n"
        + f"const size_t schema_n_files = {len(table)};\n")


main(*sys.argv[1:])
