# SPDX-License-Identifier: Apache-2.0
"""A program in a terminal of its own: somebody types, and sees a screen."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

DEADLINE_S = 60
MODES = ("iflag", "oflag", "cflag", "lflag")


class Terminal:
    """Runs |words| with |environment| on a new terminal of |rows| and |columns|."""

    def __init__(self, words, environment, rows=24, columns=80):
        self.master, self.slave = pty.openpty()
        self.resize(rows, columns)
        self.modes_before = self.modes()
        self.said = ""          # all that was ever printed
        self.at = 0             # how far expect() has come
        self.keys = 0
        # setsid makes this the program's own terminal, so that ^C and sizes reach it.
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *[str(word) for word in words]], env=environment,
            stdin=self.slave, stdout=self.slave, stderr=self.slave)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def modes(self):
        return dict(zip(MODES, termios.tcgetattr(self.slave)[:4]))

    def type(self, keys):
        """Types |keys|; each counts as one stroke."""
        self.keys += len(keys)
        os.write(self.master, keys.encode())
        return self

    def _read(self, deadline):
        """Takes in what was printed; False at the end of the program."""
        ready, _, _ = select.select([self.master], [], [], 0.2)
        if not ready:
            assert time.monotonic() < deadline, f"nothing more came:\n{self.said[-3000:]}"
            return self.process.poll() is None
        self.said += os.read(self.master, 65536).decode(errors="surrogateescape")
        return True

    def expect(self, text):
        """Waits until |text| is printed, after what was expected before; a line may
        be broken where it has a blank."""
        pattern = re.compile(re.sub(r"(\\ )+", r"\\s+", re.escape(text)))
        deadline = time.monotonic() + DEADLINE_S
        while not (found := pattern.search(self.said, self.at)):
            assert self._read(deadline) or pattern.search(self.said, self.at), \
                f"{text!r} never came:\n{self.said[-3000:]}"
        self.at = found.end()
        return self

    def wait(self):
        """The exit status once the program has ended; that of a signal is negative."""
        deadline = time.monotonic() + DEADLINE_S
        while self._read(deadline):
            pass
        return self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def screen(self):
        """The lines since the screen was last cleared, without what colours them."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.said.rpartition("\x1b[2J")[2])
