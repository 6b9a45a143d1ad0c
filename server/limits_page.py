#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the manual page stafett-limits(7) from the tables that the programs are
built from:  limits_page.py CAPS.def REASONS.def > stafett-limits.7"""

import re
import sys

HEAD = r""".\" SPDX-License-Identifier: Apache-2.0
.\" Made from the tables caps.def and reasons.def.
.Dd November 22, 2026
.Dt STAFETT-LIMITS 7
.Os
.Sh NAME
.Nm stafett-limits
.Nd the limits of stafettd, and the reasons of its answers
.Sh DESCRIPTION
Every limit that a peer can meet, and every reason that an answer can give.
Both are the tables from which the programs are built.
"""
LIMITS = """.Sh LIMITS
A limit is a constant of the program.
Who goes beyond one is refused, waits or is disconnected; never is anything that
was acknowledged dropped.
.Bl -tag -width Ds
"""
REASONS = """.El
.Sh REASONS
A reason travels in the details of the status
.Pq google.rpc.ErrorInfo , domain Dq stafett ,
with the layer that is at fault.
Reasons are stable: a program may match on them.
Each is given with its gRPC status, its layer, and the exit status of
.Xr stafett 1 .
.Bl -tag -width Ds
"""
FOOT = """.El
.Sh SEE ALSO
.Xr stafett 1 ,
.Xr stafett-acts 7 ,
.Xr stafettd 8
"""


def rows(path, macro):
    """The arguments of each |macro|(...): words, numbers and quoted texts."""
    with open(path, encoding="utf-8") as table:
        for line in table:
            if line.startswith(f"{macro}("):
                yield [text or word for text, word in re.findall(r'"((?:[^"\\]|\\.)*)"|([\w.]+)', line)][1:]


def sentence(text):
    """As a line of mdoc: a first letter, an end, and no word taken for a macro."""
    return f"\\&{text[0].upper()}{text[1:]}.\n"


def main(caps, reasons):
    page = [HEAD, LIMITS]
    for name, value, unit, why in rows(caps, "CAP"):
        page.append(f".It Ic {name} Ns No : {value} {unit}\n{sentence(why)}")
    page.append(REASONS)
    for name, status, layer, exit_status, message in rows(reasons, "REASON"):
        page.append(f".It Ic {name} Ns No : {status} , {layer.lower()} , exit {exit_status}\n{sentence(message)}")
    print("".join(page) + FOOT, end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
