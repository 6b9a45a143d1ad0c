# SPDX-License-Identifier: Apache-2.0
"""New settings, new certificates and a new program while peers are served: no call
fails, and what cannot be used changes nothing."""

import os
import shutil
import signal
import socket
import ssl
import threading
import time

import grpc
import metrics
import people
import pki
import processes
import pytest

DAEMON = {"workers": 2}
RELOADS = 1000 if os.environ.get("STAFETT_LONG") == "1" else 20
CALLERS = 4
QUIET = "log_level = warn\n"
SLOW_START_S = 3   # longer than a worker waits where nobody else serves


@pytest.fixture
def original(stack):
    """Puts the files back that a test spoils, and makes them count again."""
    names = ("stafettd.conf", "server.pem", "server.key", "ca.pem")
    kept = {name: (stack.folder / name).read_bytes() for name in names}
    yield
    was_quiet = QUIET in stack.config.read_text()
    for name, content in kept.items():
        (stack.folder / name).write_bytes(content)
    reload(stack)
    if was_quiet:   # nothing was said of the workers that are there now
        reload(stack)


def reload(stack, result="msg=reloaded"):
    """Asks for a reload; returns the line that tells what became of it."""
    mark = stack.process.mark()
    stack.process.send_signal(signal.SIGHUP)
    return stack.process.wait_line(f"{result} |reload refused", after=mark)


def reload_and_wait(stack):
    """Until nobody of the old crew is left to answer."""
    before = set(stack.workers().values())
    assert "msg=reloaded" in reload(stack)
    for pid in before:
        processes.wait_end(pid)


class Callers:
    """Members who write all the time, with a stock client as it is: what it has not yet
    sent when it is asked to leave goes on its next connection."""

    def __init__(self, stack, n=CALLERS):
        self.callers = [stack.caller("maria") for _ in range(n)]
        for caller in self.callers:
            caller.repeats_unseen = True
            caller.reconnect()
        self.failures, self.answered = [], 0
        self._stop = threading.Event()
        self._moved = threading.Condition()
        self._threads = [threading.Thread(target=self._run, args=(stack, caller), daemon=True)
                         for caller in self.callers]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        self.wait_calls(2 * len(self.callers))
        return self

    def _run(self, stack, caller):
        while not self._stop.is_set():
            try:
                caller.send(people.BEROENDE)
            except grpc.RpcError as error:
                self.failures.append((len(stack.process.lines), error.code().name, error.details()))
            with self._moved:
                self.answered += 1
                self._moved.notify_all()

    def wait_calls(self, n):
        with self._moved:
            goal = self.answered + n
            assert self._moved.wait_for(lambda: self.answered >= goal, processes.DEADLINE_S)

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(processes.DEADLINE_S)
        for caller in self.callers:
            caller.close()


def around(stack, line, lines=200):
    """What the daemon said before and after a line, but for calls."""
    near = stack.process.lines[max(0, line - lines):line + lines]
    return "\n".join(text for text in near if "msg=call " not in text)


def test_no_call_fails_over_many_reloads(stack):
    done = metrics.read(stack)['stafett_reloads_total{result="done"}']
    with Callers(stack) as callers:
        for _ in range(RELOADS):
            assert "msg=reloaded" in reload(stack)
            callers.wait_calls(1)
        callers.wait_calls(2 * CALLERS)
    assert callers.failures == [], around(stack, callers.failures[0][0])
    assert metrics.read(stack)['stafett_reloads_total{result="done"}'] == done + RELOADS


def test_who_reads_the_metrics_is_answered_whatever_is_reloaded(stack):
    """Each page by the old teller or by the new one."""
    pages, over = [], threading.Event()

    def read():
        while not over.is_set():
            try:
                pages.append(metrics.read_page(stack)[0])
            except (IndexError, OSError) as error:
                pages.append(error)
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    for _ in range(5):
        assert "msg=reloaded" in reload(stack)
    over.set()
    reader.join(processes.DEADLINE_S)
    assert set(pages) == {200}


def test_the_old_workers_serve_until_the_new_ones_have_their_database(stack):
    """However long that takes: here it takes no new connections for a while."""
    postmaster = stack.postmaster()
    mark = stack.process.mark()
    with Callers(stack, 2) as callers:
        os.kill(postmaster, signal.SIGSTOP)
        try:
            stack.process.send_signal(signal.SIGHUP)
            until = time.monotonic() + SLOW_START_S
            while time.monotonic() < until:
                callers.wait_calls(1)
        finally:
            os.kill(postmaster, signal.SIGCONT)
        stack.process.wait_line("msg=reloaded", after=mark)
        callers.wait_calls(2 * CALLERS)
    assert callers.failures == []
    assert "accepting peers without it" not in "\n".join(stack.process.lines[mark:])


def test_a_reload_replaces_every_worker(stack):
    before = set(stack.workers().values())
    reload_and_wait(stack)
    assert before.isdisjoint(stack.workers().values())


def test_new_settings_count_after_it(stack, original):
    before = set(stack.workers().values())
    text = stack.config.read_text().replace("log_level = debug\n", "").replace("workers = 2", "workers = 3")
    stack.config.write_text(text + QUIET)
    stack.process.send_signal(signal.SIGHUP)
    for pid in before:   # they go when the others serve, and may answer until they are gone
        processes.wait_end(pid)
    assert metrics.read(stack)["stafett_workers"] == 3
    mark = stack.process.mark()
    stack.caller("maria").units()
    stack.config.write_text(text.replace("workers = 3", "workers = 2") + "log_level = debug\n")
    assert "msg=reloaded" in reload(stack)   # what was said before it has come
    assert "DirectoryService" not in "\n".join(stack.process.lines[mark:])


BROKEN = {  # what is spoiled, and what is said of it
    "settings": (lambda folder: (folder / "stafettd.conf").write_text("prot = 1\n"), "did you mean 'port'"),
    "port": (lambda folder: replace(folder, "port = ", "port = 1\n# "), "'port' cannot change"),
    "database": (lambda folder: replace(folder, "trial", "database = host=/nowhere\ntrial"), "'database' cannot change"),
    "certificate": (lambda folder: (folder / "server.pem").write_text("nonsense"), "server.pem"),
    "no_key": (lambda folder: (folder / "server.key").unlink(), "server.key"),
    "wrong_pair": (lambda folder: other_key(folder), "cannot use the key with the server's certificate"),
    "key_for_all": (lambda folder: (folder / "server.key").chmod(0o644), "readable by its owner only"),
    "ca": (lambda folder: (folder / "ca.pem").write_text(""), "ca.pem"),
}


def replace(folder, old, new):
    path = folder / "stafettd.conf"
    path.write_text(path.read_text().replace(old, new, 1))


def other_key(folder):
    _, key = pki.Authority().server().write(folder, "other")
    (folder / "server.key").write_bytes(key.read_bytes())


@pytest.mark.parametrize("spoil, said", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_used_changes_nothing(stack, original, spoil, said):
    mode = (stack.folder / "server.key").stat().st_mode
    before, mark = set(stack.workers().values()), stack.process.mark()
    with Callers(stack, 2) as callers:
        spoil(stack.folder)
        assert "the old settings are kept" in reload(stack)
        assert said in "\n".join(stack.process.lines[mark:])
        callers.wait_calls(4)
    assert callers.failures == []
    for pid in before:
        os.kill(pid, 0)
    key = stack.folder / "server.key"
    key.touch()
    processes.give(key)
    key.chmod(mode)


def server_certificate(stack):
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2"])
    with socket.create_connection(("127.0.0.1", stack.port)) as line:
        with context.wrap_socket(line) as tls:
            return tls.getpeercert(binary_form=True)


def test_a_new_certificate_is_shown_after_it(stack, original):
    before = server_certificate(stack)
    for path in stack.authority.server().write(stack.folder, "server"):
        processes.give(path)
    assert server_certificate(stack) == before
    reload_and_wait(stack)
    assert server_certificate(stack) != before


def test_a_worker_that_is_replaced_works_with_the_files_that_were_checked(stack, original):
    """However far somebody has come with replacing them."""
    before = server_certificate(stack)
    (stack.folder / "server.pem").write_text("the first half of a new one")
    (stack.folder / "server.key").unlink()
    (stack.folder / "ca.pem").write_text("")
    for pid in set(stack.workers().values()):
        mark = stack.process.mark()
        os.kill(pid, signal.SIGKILL)
        stack.process.wait_line("msg=ready worker=", after=mark)
    assert server_certificate(stack) == before
    assert stack.caller("maria").units().units
    key = stack.folder / "server.key"
    key.touch()
    processes.give(key)
    key.chmod(0o600)


def test_who_is_of_a_ca_that_was_removed_is_gone(stack, original):
    """Its connection is closed, and it cannot come back; others go on."""
    new = pki.Authority("Another test CA")
    bundle = stack.authority.certificate + new.certificate
    (stack.folder / "ca.pem").write_bytes(bundle)
    assert "msg=reloaded" in reload(stack)
    old_member, new_member = stack.caller("maria"), stack.stranger(new.member(people.MEMBERS["maria"].urn))
    new_member.repeats_unseen = True
    new_member.reconnect()
    old_member.units()
    new_member.units()
    (stack.folder / "ca.pem").write_bytes(new.certificate)
    reload_and_wait(stack)
    new_member.units()
    with pytest.raises(grpc.RpcError) as refused:
        old_member.units()
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE


def test_a_new_program_takes_over_and_nobody_is_refused(stack):
    master = stack.process.popen.pid
    postgres = stack.postmaster()
    before = set(stack.workers().values())
    new = stack.folder / "stafettd.new"
    shutil.copy(stack.build / "server" / "stafettd", new)
    mark = stack.process.mark()
    with Callers(stack) as callers:
        new.rename(stack.program)
        stack.process.send_signal(signal.SIGUSR2)
        stack.process.wait_line("taking over", after=mark)
        stack.process.wait_line("msg=ready worker=1 ", after=mark)
        for pid in before:
            processes.wait_end(pid)
        callers.wait_calls(4 * CALLERS)
    assert callers.failures == []
    assert stack.process.popen.pid == master and stack.process.is_running()
    assert stack.postmaster() == postgres


def test_a_program_that_does_not_work_does_not_take_over(stack):
    mark = stack.process.mark()
    kept = stack.program.with_suffix(".kept")
    stack.program.rename(kept)
    stack.program.write_text("#!/bin/sh\necho I am no daemon >&2\nexit 1\n")
    stack.program.chmod(0o755)
    stack.process.send_signal(signal.SIGUSR2)
    stack.process.wait_line("upgrade refused", after=mark)
    assert stack.caller("maria").units().units
    kept.rename(stack.program)
