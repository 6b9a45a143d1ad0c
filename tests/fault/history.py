# SPDX-License-Identifier: Apache-2.0
"""What callers asked and what they were told: histories, in the manner of Jepsen.

A history is a file of JSON lines, written by callers.c or by Writer. Each line
has "e", the event, "t", microseconds of the caller's clock, and "u", the unit's
handle.

A write has a key: (unit, message id "k").
  invoke   before the first try: "o" act, "h" content hash, "r" referral,
           "n" chain, "to" the recipient's handle (of a send)
  ok       answered: "h" SHA-256 of the receipt's bytes
  fail     refused for good: "why"
  unknown  neither: "why"; the same bytes go again
  later    refused for now, by a reason that says so: "why"; they go again too
A reading has no key and one line when it is over:
  ok       "o" list, inbox or get; "i" the ids of the referrals that came back
  fail     "o", "why"; "r" the referral that a get asked for
A write may be answered more than once, where a caller repeats what was answered.
"""

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field

READS = ("list", "inbox", "get")


@dataclass
class Operation:
    """A write, by its key, and all that was heard of it."""
    act: str
    content_hash: bytes
    referral: str
    chain: str
    to: str
    begun_us: int
    receipts: list = field(default_factory=list)   # SHA-256 of each answer's
    refusal: str = ""
    unknowns: int = 0
    longest_us: int = 0                            # until the first answer


@dataclass
class Reading:
    unit: str
    what: str
    referrals: list
    refusal: str = ""
    asked: str = ""   # of a get that was refused


class History:
    """Histories read back: operations by (unit, message id), and readings."""

    def __init__(self, *paths):
        self.operations, self.readings = {}, []
        for path in paths:
            with open(path, encoding="ascii") as lines:
                for line in lines:
                    self._take(json.loads(line))

    def _take(self, line):
        if line.get("o") in READS:
            if line["e"] in ("ok", "fail"):
                self.readings.append(Reading(line["u"], line["o"], line.get("i", []),
                                             line.get("why", ""), line.get("r", "")))
            return
        key = (line["u"], line["k"])
        if line["e"] == "invoke":
            self.operations.setdefault(key, Operation(
                line["o"], bytes.fromhex(line["h"]), line["r"], line["n"], line.get("to", ""),
                line["t"]))
            return
        operation = self.operations[key]
        if line["e"] == "ok":
            if not operation.receipts:
                operation.longest_us = line["t"] - operation.begun_us
            operation.receipts.append(bytes.fromhex(line["h"]))
        elif line["e"] == "fail":
            operation.refusal = line["why"]
        elif line["e"] == "unknown":
            operation.unknowns += 1

    def acknowledged(self):
        return sum(1 for operation in self.operations.values() if operation.receipts)

    def once_unknown(self):
        """How many writes were unknown to their caller at least once."""
        return sum(1 for operation in self.operations.values() if operation.unknowns)

    def longest_s(self):
        """The longest that an answered write took, all its tries together."""
        return max((o.longest_us for o in self.operations.values() if o.receipts), default=0) / 1e6


class Writer:
    """A history of callers in Python."""

    def __init__(self, path):
        self._file = open(path, "w", encoding="ascii")
        self._lock = threading.Lock()

    def _write(self, event, unit, **more):
        line = json.dumps({"e": event, "t": time.monotonic_ns() // 1000, "u": unit, **more})
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()

    def invoke(self, unit, message, act, content_hash, referral, chain, to=""):
        self._write("invoke", unit, k=str(message), o=act, h=content_hash.hex(), r=str(referral),
                    n=str(chain), to=to)

    def ok(self, unit, message, receipt):
        self._write("ok", unit, k=str(message), h=hashlib.sha256(receipt).hexdigest())

    def fail(self, unit, message, why):
        self._write("fail", unit, k=str(message), why=why)

    def unknown(self, unit, message, why):
        self._write("unknown", unit, k=str(message), why=why)

    def later(self, unit, message, why):
        self._write("later", unit, k=str(message), why=why)

    def read(self, unit, what, referrals):
        self._write("ok", unit, o=what, i=list(referrals))

    def close(self):
        self._file.close()
