# SPDX-License-Identifier: Apache-2.0
"""Somebody who watches an inbox, keeps what came, and resumes with the cursor."""

import queue
import threading
import time

import grpc
import processes
from caller import refusal_of
from stubs import contract

Request = contract.inbox_service.WatchRequest


class Watcher:
    """One stream, read by a thread of its own. |kept|: items by (from, id), as a client
    would keep them, with |cursor|."""

    def __init__(self, caller, cursor=b"", kept=None, **more):
        self.caller = caller
        self.cursor, self.kept = cursor, {} if kept is None else kept
        self.messages, self.steps_back = [], []
        self.stream = caller.inboxes.Watch(
            Request(cursor=cursor), metadata=(("stafett-unit", caller.unit),), **more)
        self._news = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for message in self.stream:
                self._news.put(message)
            self._news.put(None)
        except grpc.RpcError as error:
            self._news.put(error)

    def next(self, deadline_s=processes.DEADLINE_S):
        """The next message. Raises what ended the stream."""
        message = self._news.get(timeout=deadline_s)
        assert message is not None, "the stream ended with OK"
        if isinstance(message, grpc.RpcError):
            raise message
        self.messages.append(message)
        if message.restarted:
            self.kept.clear()
        for item in message.items:
            self._keep(item)
        self.cursor = message.cursor
        return message

    def _keep(self, item):
        """The last one counts."""
        key = item.from_unit, item.id
        before = self.kept.get(key)
        if before and before.version > item.version:
            self.steps_back.append((before, item))
        self.kept[key] = item

    def until(self, wanted, deadline_s=processes.DEADLINE_S):
        """Reads until |wanted| likes a message; gives it."""
        end = time.monotonic() + deadline_s
        while True:
            message = self.next(max(end - time.monotonic(), 0))
            if wanted(message):
                return message

    def until_current(self):
        self.until(lambda message: message.current)
        return self

    def until_anew(self):
        """Until the inbox has come whole again."""
        if not self.until(lambda message: message.restarted).current:
            self.until_current()
        return self

    def until_item(self, id, wanted=lambda item: True):
        """Until the item of message |id| comes as |wanted|; gives it."""
        message = self.until(lambda m: any(i.id == id and wanted(i) for i in m.items))
        return next(item for item in message.items if item.id == id and wanted(item))

    def until_end(self):
        """Reads to the end; how it was refused."""
        try:
            while True:
                self.next()
        except grpc.RpcError as error:
            return refusal_of(error)

    def resume(self, caller=None):
        """Another stream that goes on where this one is."""
        self.stream.cancel()
        return Watcher(caller or self.caller, self.cursor, self.kept)

    def stop(self):
        self.stream.cancel()
