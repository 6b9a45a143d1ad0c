# SPDX-License-Identifier: Apache-2.0
"""The load: the program `callers`, its history, and where it has got to."""

import os
import re
import subprocess
import threading

import people
import processes
from history import History

LONG = os.environ.get("STAFETT_LONG") == "1"   # tests/run --long: campaigns at full length
ACTORS = (("maria", people.LUND), ("petra", people.BEROENDE), ("omar", people.MALMO))


class Crowd:
    """Callers at |stacks|. |may_fail|: they may give up a write. Runs until |operations| writes are answered, or stop()."""

    def __init__(self, stacks, folder, callers=64, chains=256, fresh=40, hot=0, operations=0,
                 deadline_ms=15000, seed=1, may_fail=False):
        stack, self._may_fail = stacks[0], may_fail
        folder.mkdir()
        self.path = folder / "history"
        words = [stack.build / "tests" / "fault" / "callers", "--ca", stack.folder / "ca.pem",
                 "--history", self.path, "--callers", callers, "--chains", chains, "--fresh", fresh,
                 "--hot", hot, "--operations", operations, "--deadline", deadline_ms, "--seed", seed]
        for each in stacks:
            words += ["--server", each.port]
        for name, unit in ACTORS:
            urn = people.MEMBERS[name].urn
            certificate, key = stack.identity(urn).write(folder, name)
            words += ["--actor", f"{unit},{urn},{certificate},{key}"]
        self.answered = 0
        self._news = threading.Condition()
        self._words = []
        self._popen = subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._popen.stdout:
            found = re.fullmatch(r"answered (\d+)\n", line)
            with self._news:
                if found:
                    self.answered = max(self.answered, int(found.group(1)))
                else:
                    self._words.append(line)
                self._news.notify_all()

    def wait_answered(self, number, deadline_s=processes.DEADLINE_S):
        """Until |number| more writes have been answered than now."""
        with self._news:
            wanted = self.answered + number
            done = self._news.wait_for(
                lambda: self.answered >= wanted or self._popen.poll() is not None, deadline_s)
        assert done and self.answered >= wanted, \
            f"no progress: {self.answered} of {wanted}\n{''.join(self._words)}"

    def finish(self, deadline_s=4 * processes.DEADLINE_S):
        """Waits for the end; what was heard."""
        status = self._popen.wait(deadline_s)
        self._reader.join()
        assert self._words == ["over\n"], f"{status}: {''.join(self._words)}"
        assert status == 0 or self._may_fail, "some callers gave up"
        return History(self.path)

    def stop(self):
        """Asks for the end; each caller first learns what became of its last write."""
        self._popen.stdin.close()
        return self.finish()

    def kill(self):
        """For a test that has failed already."""
        if self._popen.poll() is None:
            self._popen.kill()
            self._popen.wait()
