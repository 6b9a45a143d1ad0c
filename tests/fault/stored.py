# SPDX-License-Identifier: Apache-2.0
"""What stands in the database, read once and without stafettd's own functions.

Everything is keyed by text ids and handles, as a history is.
"""

import hashlib
import hmac
import struct
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass

from stubs import contract

# Types and outcomes of audit leaves that a checker needs; their numbers are for ever.
LEAF_ACT = {1: "send", 2: "act", 3: "acknowledge"}
LEAF_READ = {4: "get", 5: "list", 6: "inbox"}
OK, DUPLICATE = 0, 1


@dataclass
class Key:
    """An idempotency key's row."""
    content_hash: bytes
    receipt: bytes

    @property
    def receipt_hash(self):
        return hashlib.sha256(self.receipt).digest()

    @property
    def parsed(self):
        return contract.message.Receipt.FromString(self.receipt)


@dataclass
class Leaf:
    """An audit record. |hash| is that of its bytes in the tree."""
    type: int
    outcome: int
    unit: str
    object: str
    object_hash: bytes
    hash: bytes


def parse_leaf(data, salt, detail):
    """Reads a leaf's bytes; they must commit to their detail."""
    assert data[:9] == b"stafett\x00\x01"
    kind, outcome, _ = struct.unpack_from(">HBB", data, 33)
    at = 37
    names = []
    for _ in range(2):
        length = data[at]
        names.append(data[at + 1:at + 1 + length].decode())
        at += 1 + length
    tail = data[at:]
    assert len(tail) == 16 + 32 + 2 + 32
    promised = hmac.digest(salt, b"stafett-detail/v1\0" + detail, "sha256")
    assert tail[50:] == promised, "a leaf does not commit to its detail"
    return Leaf(kind, outcome, names[1], str(uuid.UUID(bytes=tail[:16])), tail[16:48],
                hashlib.sha256(b"\0" + data).digest())


@dataclass
class Referral:
    chain: str
    version: int
    requester: str
    owner: str
    hand_back: str


@dataclass
class Chain:
    custodian: str
    custody_seq: int
    event_seq: int


@dataclass
class Content:
    """|sound|: the stored bytes have the stored hash."""
    referral: str
    hash: bytes
    sound: bool


@dataclass
class Delivery:
    unit: str
    message: str
    content_hash: bytes
    done: bool


class Stored:
    """The tables of one database, through an administrator's connection."""

    def __init__(self, connection):
        self._connection = connection
        self.handles = {id: handle for id, handle in self._rows("SELECT id::text, handle FROM stafett.unit")}
        self.keys = self._read_keys()
        self.referrals = self._read_referrals()
        self.chains = self._read_chains()
        self.events = self._read_events()
        self.custody = self._read_custody()
        self.contents = self._read_contents()
        self.deliveries = self._read_deliveries()
        self.requests = Counter(id for id, in self._rows("SELECT referral::text FROM stafett.request"))
        self.parties = self._read_parties()
        self.leaves = [parse_leaf(bytes(leaf), bytes(salt), bytes(detail)) for leaf, salt, detail in
                       self._rows("SELECT leaf, salt, detail FROM stafett.audit_queue")]

    def _rows(self, sql):
        """Row by row: a million of them need not fit in memory twice."""
        self._connection.autocommit = False
        with self._connection.cursor(name="stored") as cursor:
            cursor.itersize = 5000
            cursor.execute(sql)
            yield from cursor
        self._connection.commit()
        self._connection.autocommit = True

    def _read_keys(self):
        return {(self.handles[unit], message): Key(bytes(content_hash), bytes(receipt))
                for unit, message, content_hash, receipt in self._rows(
                    "SELECT unit::text, message::text, content_hash, receipt FROM stafett.idempotency")}

    def _read_referrals(self):
        return {id: Referral(chain, version, *(self.handles[unit] for unit in units))
                for id, chain, version, *units in self._rows(
                    "SELECT id::text, chain::text, version, requester::text, owner::text,"
                    " hand_back_unit::text FROM stafett.referral")}

    def _read_chains(self):
        return {id: Chain(self.handles.get(custodian), custody_seq, event_seq)
                for id, custodian, custody_seq, event_seq in self._rows(
                    "SELECT id::text, custodian::text, custody_seq, event_seq FROM stafett.chain")}

    def _read_events(self):
        """{chain: [(seq, referral, version, act, unit, custodian, moved)]}, in order."""
        found = defaultdict(list)
        for chain, seq, referral, version, act, unit, custodian, moved in self._rows(
                "SELECT chain::text, seq, referral::text, version, kind, unit::text,"
                " custodian::text, custodian_changed FROM stafett.event ORDER BY chain, seq"):
            found[chain].append((seq, referral, version, act, self.handles[unit],
                                 self.handles[custodian], moved))
        return found

    def _read_custody(self):
        """{chain: [(seq, unit, cause)]}, in order."""
        found = defaultdict(list)
        for chain, seq, unit, cause in self._rows(
                "SELECT chain::text, seq, unit::text, cause FROM stafett.custody ORDER BY chain, seq"):
            found[chain].append((seq, self.handles[unit], cause))
        return found

    def _read_contents(self):
        """{message: [Content]}: more than one is one too many."""
        found = defaultdict(list)
        for message, referral, content_hash, header, card, body in self._rows(
                "SELECT c.message::text, e.referral::text, c.content_hash, c.header, c.card, c.body"
                " FROM stafett.content c LEFT JOIN stafett.event e USING (chain, seq)"):
            parts = [hashlib.sha256(bytes(part)).digest() for part in (card, body)]
            real = hashlib.sha256(bytes(header) + b"".join(parts)).digest()
            found[message].append(Content(referral, bytes(content_hash), real == bytes(content_hash)))
        return found

    def _read_deliveries(self):
        """{referral: [Delivery]}."""
        found = defaultdict(list)
        for referral, unit, message, content_hash, done in self._rows(
                "SELECT referral::text, unit::text, message::text, content_hash, done"
                " FROM stafett.delivery"):
            found[referral].append(Delivery(self.handles[unit], message, bytes(content_hash), done))
        return found

    def deliveries_of(self, referral, message):
        """Those of one message of |referral|."""
        return [delivery for delivery in self.deliveries.get(referral, []) if delivery.message == message]

    def _read_parties(self):
        """{referral: units}, each row of it."""
        found = defaultdict(list)
        for referral, unit in self._rows("SELECT referral::text, unit::text FROM stafett.party"):
            found[referral].append(self.handles[unit])
        return found
