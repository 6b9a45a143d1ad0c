# SPDX-License-Identifier: Apache-2.0
"""A stock Python client that insists: the same bytes until it is known what became
of them, and a line of history for everything it hears."""

import hashlib
import time
import uuid

import grpc
from caller import content_hash, derived_ids, pb, refusal_of

FINAL = {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND,
         grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.PERMISSION_DENIED,
         grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.ABORTED}
LATER = {"DATABASE_AWAY", "OVERLOADED", "RATE_EXCEEDED", "DRAINING"}   # nothing was begun; it may go again
PATIENCE_S = 120


# A caller that reconnects has new stubs: they are asked for at each try.
def _send(caller):
    return caller.referrals.Send


def _act(caller):
    return caller.referrals.Act


def _acknowledge(caller):
    return caller.inboxes.Acknowledge


class Write:
    """One write of |caller|: a request, its key, and what is known of it."""

    def __init__(self, caller, history, method, request, act, message, hash_, referral, chain, to=""):
        self.caller, self.history = caller, history
        self._method, self.request = method, request
        self.key = (caller.unit, message)
        self.id, self.content_hash, self.referral, self.chain = message, hash_, referral, chain
        history.invoke(caller.unit, message, act, hash_, referral, chain, to)

    def begin(self, timeout_s=15, wait=True):
        """A try; |wait|: for a line, where there is none."""
        metadata = (("stafett-unit", self.caller.unit),)
        return self._method(self.caller).future(
            self.request, metadata=metadata, timeout=timeout_s, wait_for_ready=wait)

    def end(self, call):
        """What came of a try: the receipt; None where it is unknown."""
        try:
            receipt = call.result().receipt
        except grpc.RpcError as error:
            if error.code() in FINAL:
                self.history.fail(*self.key, error.details())
                raise AssertionError(f"was refused: {refusal_of(error)}") from error
            refusal = refusal_of(error)
            if refusal.details and refusal.reason in LATER:
                self.history.later(*self.key, refusal.reason)
            else:
                self.history.unknown(*self.key, f"{error.code().name}: {error.details()}")
            return None
        self.history.ok(*self.key, receipt)
        return receipt

    def insist(self, timeout_s=15):
        """Until there is an answer. A daemon without its database refuses at once: tries
        are no measure of time."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            receipt = self.end(self.begin(timeout_s))
            if receipt:
                return receipt
        raise AssertionError(f"no answer in {PATIENCE_S} s")


class Insistent:
    """Makes writes for a unit; |caller| is one of tests/tools/caller.py."""

    def __init__(self, caller, history):
        self.caller, self.history = caller, history

    def send(self, to, chain="", **more):
        header = {"chain": chain} if chain else {}
        request = self.caller.send_request(to, **header, **more)
        message = pb.Header.FromString(request.header).id
        referral, new_chain = derived_ids(self.caller.unit, uuid.UUID(message))
        return Write(self.caller, self.history, _send, request, "send", message,
                     content_hash(request), str(referral), chain or str(new_chain), to)

    def acknowledge(self, sent, version=1):
        request = self.caller.acknowledge_request(sent, version)
        nothing = hashlib.sha256(b"").digest() * 2
        return Write(self.caller, self.history, _acknowledge, request,
                     "acknowledge", request.id,
                     hashlib.sha256(request.SerializeToString() + nothing).digest(),
                     sent.referral, sent.chain)

    def accept(self, sent, version):
        request = self.caller.accept_request(sent, version)
        message = pb.Header.FromString(request.header).id
        return Write(self.caller, self.history, _act, request, "accept", message,
                     content_hash(request), sent.referral, sent.chain)
