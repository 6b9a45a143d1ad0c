# SPDX-License-Identifier: Apache-2.0
"""Programs under test: whose they are, how they start, what they say, how they end.

stafettd and PostgreSQL refuse to run as root. Under root they run as the
`postgres` user of the Debian package; an ordinary user runs them as itself.
"""

import contextlib
import os
import pwd
import re
import select
import signal
import socket
import subprocess
import threading

SERVER_USER = "postgres" if os.geteuid() == 0 else None
SANITIZER_REPORT = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:")
DEADLINE_S = 60


def give(path):
    """Makes |path| the server user's own."""
    if SERVER_USER:
        user = pwd.getpwnam(SERVER_USER)
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


def private_folder(path):
    path.mkdir(mode=0o700)
    return give(path)


@contextlib.contextmanager
def as_server_user():
    """Connects to Unix sockets as the server's user: peer authentication asks the kernel."""
    if not SERVER_USER:
        yield
        return
    user = pwd.getpwnam(SERVER_USER)
    os.setegid(user.pw_gid)
    os.seteuid(user.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def run(*command, user=SERVER_USER, check=True, **more):
    """Runs |command| to its end as the server's user; its output is text."""
    done = subprocess.run(_words(user, command), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=DEADLINE_S * 2,
                          cwd="/", **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def _words(user, command):
    """|command| as |user|. Another program changes the identity: with subprocess's own
    `user` Python must fork with all of gRPC's threads about, and now and then the child
    never came to its exec; without it, it can use vfork."""
    words = [str(word) for word in command]
    if not user:
        return words
    group = pwd.getpwnam(user).pw_gid
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--", *words]


def free_port():
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def popen(*command, user=SERVER_USER, env=None, **more):
    """Starts |command| as the server's user."""
    return subprocess.Popen(
        _words(user, command), stdin=subprocess.DEVNULL, cwd="/",
        env={**os.environ, **(env or {})}, **more)


def wait_end(pid):
    """Until a process that is not ours has ended."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    assert select.select([watched], [], [], DEADLINE_S)[0], f"process {pid} lives"
    os.close(watched)


class Process:
    """A server whose log lines can be awaited. A reader thread keeps them all."""

    def __init__(self, *command, **more):
        self.lines = []
        self._news = threading.Condition()
        self._over = False
        self.popen = popen(*command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           errors="replace", **more)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.popen.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._over = True
            self._news.notify_all()

    def log(self):
        with self._news:
            return "\n".join(self.lines)

    def mark(self):
        """A place in the log: what is awaited after it is new."""
        with self._news:
            return len(self.lines)

    def wait_line(self, pattern, after=0, deadline_s=DEADLINE_S):
        """The first line after |after| in which |pattern| is found."""
        def found():
            return next((line for line in self.lines[after:] if re.search(pattern, line)), None)
        with self._news:
            self._news.wait_for(lambda: found() or self._over, deadline_s)
            line = found()
        assert line, f"no line with '{pattern}' in:\n" + "\n".join(self.lines[after:][-50:])
        return line

    def is_running(self):
        return self.popen.poll() is None

    def send_signal(self, number):
        self.popen.send_signal(number)

    def stop(self, number=signal.SIGTERM):
        """Ends it and returns its status. A sanitizer's report is a failure."""
        if self.is_running():
            self.send_signal(number)
        try:
            status = self.popen.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            raise AssertionError("did not end:\n" + self.log()[-4000:]) from None
        with self._news:
            self._news.wait_for(lambda: self._over, DEADLINE_S)
        report = SANITIZER_REPORT.search(self.log())
        assert not report, "\n".join(self.log()[report.start():].splitlines()[:30])
        return status
