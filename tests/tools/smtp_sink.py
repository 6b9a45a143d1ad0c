# SPDX-License-Identifier: Apache-2.0
"""An SMTP server that keeps what comes: as much of RFC 5321 as a client that sends mail
needs. Each message is its envelope and its text."""

import socketserver
import threading
from dataclasses import dataclass

from processes import DEADLINE_S


@dataclass
class Mail:
    sender: str
    recipients: list
    text: str

    @property
    def headers(self):
        lines = self.text.split("\n\n", 1)[0].split("\n")
        return dict(line.split(": ", 1) for line in lines if ": " in line)

    @property
    def body(self):
        return self.text.split("\n\n", 1)[1]


def _address(line):
    return line[line.index("<") + 1:line.index(">")]


class _Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self):
        mail = Mail("", [], "")
        self.say("220 sink ESMTP")
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            word = line.upper()
            if word.startswith("MAIL FROM:"):
                mail = Mail(_address(line), [], "")
            elif word.startswith("RCPT TO:"):
                mail.recipients.append(_address(line))
            elif word == "DATA":
                self.say("354 go on")
                lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
                mail.text = "\n".join(line.removeprefix(".") for line in lines)
                if not self.server.sink.take(mail):
                    self.say("451 later")
                    continue
            elif word == "QUIT":
                self.say("221 bye")
                return
            self.say("250 ok")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class Sink:
    """Listens on a port of its own. |refuses|: every message is put off."""

    def __init__(self):
        self.mails, self.refused, self.refuses = [], [], False
        self._news = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.sink = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, mail):
        with self._news:
            (self.refused if self.refuses else self.mails).append(mail)
            self._news.notify_all()
            return not self.refuses

    def wait(self, holds):
        """Until |holds| of the mails that came."""
        with self._news:
            assert self._news.wait_for(lambda: holds(self.mails), DEADLINE_S), self.mails

    def wait_refused(self, count):
        with self._news:
            assert self._news.wait_for(lambda: len(self.refused) >= count, DEADLINE_S)

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
