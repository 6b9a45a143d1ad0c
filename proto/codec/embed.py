#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write a file's bytes as a C array: embed.py INPUT OUTPUT.

The array is for codec/descriptors.c, which includes OUTPUT between braces.
"""
import pathlib
import sys

source, output = map(pathlib.Path, sys.argv[1:])
data = source.read_bytes()
lines = (data[at:at + 16] for at in range(0, len(data), 16))
output.write_text("".join(", ".join(map(str, line)) + ",\n" for line in lines))
