#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A case system on Stafett: it sends a referral, polls its unit's inbox and fetches.

Debian 12: apt-get install protobuf-compiler-grpc python3-grpcio python3-protobuf
Then, while the trial of deploy/try is running:

    mkdir stubs
    protoc -Iproto --python_out=stubs --grpc_out=stubs \\
        --plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin proto/stafett/v1/*.proto
    PYTHONPATH=stubs deploy/examples/case_system.py localhost:7443 trial/config/stafett/profiles \\
        urn:stafett:org:2120001132:member:treserva lund/vuxen skane/beroende-lund
"""

import datetime
import secrets
import sys
import time
import uuid

import grpc
from stafett.v1 import body_service_pb2, inbox_service_pb2, message_pb2, referral_service_pb2
from stafett.v1.body_service_pb2_grpc import BodyServiceStub
from stafett.v1.inbox_service_pb2_grpc import InboxServiceStub
from stafett.v1.referral_service_pb2_grpc import ReferralServiceStub

UNKNOWN = {grpc.StatusCode[name] for name in (
    "UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "CANCELLED", "INTERNAL", "UNKNOWN")}

server, folder, member, unit, to = sys.argv[1:]
name = member.split(":")[-1]
files = [open(f"{folder}/{file}", "rb").read() for file in ("ca.pem", f"{name}.key", f"{name}.pem")]
channel = grpc.secure_channel(server, grpc.ssl_channel_credentials(*files))
referrals, inbox, bodies = ReferralServiceStub(channel), InboxServiceStub(channel), BodyServiceStub(channel)


def new_id():
    """A UUIDv7: the time in milliseconds, and chance."""
    chance = 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=time.time_ns() // 10**6 << 80 | chance))


def call(method, request, read=lambda answer: answer):
    """Until there is an answer or a refusal. All else is unknown: the same again is safe."""
    while True:
        try:
            return read(method(request, metadata=[("stafett-unit", unit)], timeout=60))
        except grpc.RpcError as error:
            if error.code() not in UNKNOWN:
                raise
            time.sleep(1)


# Send. Keep the request on disk until it is answered: after a crash, send the same bytes.
header = message_pb2.Header(id=new_id(), from_unit=unit, from_member=member, to_units=[to], send={
    "kind": "care-request", "needs": ["alcohol"], "help_request_date": str(datetime.date.today()),
    "person_informed": True, "legal_basis": {"code": "need-of-care"}})
header.create_time.GetCurrentTime()
print("sent:", call(referrals.Send, referral_service_pb2.SendRequest(
    header=header.SerializeToString(), suite="none", body={"data": b"He asks for help."},
    card={"data": b'{"givenName": "Anders", "familyName": "Holm"}'})).code)

# Poll the inbox, page by page, and fetch what came with each item.
answer = None
while answer is None or answer.next_page_token:
    answer = call(inbox.List, inbox_service_pb2.InboxServiceListRequest(
        page_token=answer.next_page_token if answer else ""))
    for item in answer.items:
        if item.no_longer_shared:   # a consent was revoked: there is nothing left to fetch
            continue
        text = call(bodies.Fetch, body_service_pb2.FetchRequest(
            referral=item.referral, message=item.id, from_unit=item.from_unit),
            lambda parts: b"".join(part.data for part in parts))
        print(f"came: {item.code} from {item.from_unit}, {len(text)} bytes, needs {item.needs}")

# What a program may not do: say "we have it" for a person.
for item in answer.items[:1]:
    try:
        call(inbox.Acknowledge, inbox_service_pb2.AcknowledgeRequest(
            id=new_id(), message=item.id, content_hash=item.content_hash, referral=item.referral,
            chain=item.chain, version=item.version))
    except grpc.RpcError as error:
        print(f"not acknowledged: {error.code().name}, {error.details()}")
