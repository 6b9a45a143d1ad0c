# SPDX-License-Identifier: Apache-2.0
"""Golden values of the audit log, written a second time.

Everything is built here from the description of the format alone, with hashlib
and struct. The C tests hold the same values as text: whoever changes one side
breaks this test or that one.
"""

import hashlib
import hmac
import re
import struct
import uuid
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
EVENT = uuid.UUID("019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708")
OBJECT = uuid.UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
NIL = uuid.UUID(int=0)
LONG_HANDLE = "abcdefghij" * 4 + "/" + "abcdefghij" * 4


def literals(name):
    """The string constants of a C file, adjacent ones joined as a compiler does."""
    source = re.sub(r"/\*.*?\*/", "", (HERE / name).read_text(), flags=re.S)
    return {"".join(re.findall(r'"([^"\n]*)"', run))
            for run in re.findall(r'"[^"\n]*"(?:\s*"[^"\n]*")*', source)}


def counting(first, length=32):
    return bytes((first + i) % 256 for i in range(length))


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


def leaf(event=EVENT, time_us=1793574000123456, type=1, outcome=0, role=1, org="2120001132",
         unit="lund/vuxen", object=OBJECT, object_hash=counting(0x10), before=0, after=1,
         commitment=counting(0xC0)):
    return (b"stafett\x00\x01" + event.bytes + struct.pack(">QHBB", time_us, type, outcome, role)
            + struct.pack(">B", len(org)) + org.encode()
            + struct.pack(">B", len(unit)) + unit.encode()
            + object.bytes + object_hash + struct.pack(">BB", before, after) + commitment)


LEAVES = {
    "sent": leaf(),
    "long": leaf(type=0x1234, outcome=2, role=255, unit=LONG_HANDLE, before=3, after=3),
    "empty": leaf(NIL, 0, 0, 0, 0, "", "", NIL, bytes(32), 0, 0, bytes(32)),
}


def commitment(detail):
    return hmac.new(counting(0x80), b"stafett-detail/v1\0" + detail, "sha256").digest()


def content_hash(header, card, body):
    return sha256(header, sha256(card), sha256(body))


def derived(unit, message):
    """Referral and chain of a message: its time, and the digest's bits elsewhere."""
    digest = sha256(unit.encode(), message.bytes)
    ids = []
    for half in (digest[:16], digest[16:]):
        number = int.from_bytes(message.bytes[:6] + half[6:], "big")
        number = number & ~(0xF << 76) | 7 << 76
        ids.append(str(uuid.UUID(int=number & ~(3 << 62) | 2 << 62)))
    return ids


@pytest.mark.parametrize("name", LEAVES)
def test_leaves_and_their_hashes_are_those_of_the_c_test(name):
    known = literals("test_leaf.c")
    assert LEAVES[name].hex() in known
    assert sha256(b"\0", LEAVES[name]).hex() in known
    assert len(LEAVES[name]) <= 300


@pytest.mark.parametrize("detail", [b"caseworker maria, consent", b""])
def test_commitments_are_those_of_the_c_test(detail):
    assert commitment(detail).hex() in literals("test_leaf.c")


@pytest.mark.parametrize("parts", [(b"header", b"card", b"body"), (b"", b"", b"")])
def test_content_hashes_are_those_of_the_c_test(parts):
    assert content_hash(*parts).hex() in literals("test_leaf.c")


@pytest.mark.parametrize("unit, message", [
    ("lund/vuxen", OBJECT), ("skane/beroende-lund", OBJECT), ("lund/vuxen", EVENT)])
def test_derived_ids_are_those_of_the_c_test(unit, message):
    assert set(derived(unit, message)) <= literals("test_uuid.c")
