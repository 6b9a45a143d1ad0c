# SPDX-License-Identifier: Apache-2.0
"""strace on a process of a daemon: which system calls it makes, and its end at one of them."""

import re
import subprocess

CALL = re.compile(r"^(?:\[pid +\d+\] )?(\w+)\(")


class Tracer:
    """strace on a process that rests. |follow|: on what it starts, too."""

    def __init__(self, pid, *options, follow=True):
        self.popen = subprocess.Popen(
            ["strace", *(["-f"] if follow else []), "-p", str(pid), *options], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert "attached" in self.popen.stderr.readline()

    def stop(self):
        """The lines of what the process did."""
        self.popen.terminate()
        return self.popen.communicate()[1].splitlines()


def calls_in(lines, wanted):
    """(name, how often until then) of each call of |wanted| in the lines of strace."""
    counts, found = {}, []
    for line in lines:
        match = CALL.match(line)
        if match and match.group(1) in wanted:
            counts[match.group(1)] = counts.get(match.group(1), 0) + 1
            found.append((match.group(1), counts[match.group(1)]))
    return found


def was_killed(lines):
    return any("killed by SIGKILL" in line for line in lines)
