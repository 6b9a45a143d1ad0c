# SPDX-License-Identifier: Apache-2.0
"""A member with a stock Python gRPC client: what any programmer would write."""

import datetime
import hashlib
import os
import time
import uuid
from dataclasses import dataclass

import grpc
from stubs import contract

pb = contract.message
DEADLINE_S = 30
PART_BYTES = 65536


def uuid7(milliseconds=None):
    """A version 7 UUID of now or of |milliseconds|."""
    milliseconds = int(time.time() * 1000) if milliseconds is None else milliseconds
    random = bytearray(os.urandom(10))
    random[0] = 0x70 | random[0] & 0x0F
    random[2] = 0x80 | random[2] & 0x3F
    return uuid.UUID(bytes=milliseconds.to_bytes(6, "big") + bytes(random))


def derived_ids(unit, message):
    """The referral's and a new chain's id that follow from a message's."""
    digest = hashlib.sha256(unit.encode() + message.bytes).digest()
    return tuple(_derive(message.bytes, digest[half:half + 16]) for half in (0, 16))


def _derive(message, random):
    value = bytearray(message[:6] + random[6:])
    value[6] = 0x70 | value[6] & 0x0F
    value[8] = 0x80 | value[8] & 0x3F
    return uuid.UUID(bytes=bytes(value))


def code_of(identifier):
    """The eight letters that people see: the last 40 bits in Crockford's alphabet."""
    bits = identifier.int & (1 << 40) - 1
    letters = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[bits >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def content_hash(request):
    """What a receipt and an acknowledgement name."""
    parts = [part.upload.sha256 if part.HasField("upload") else hashlib.sha256(part.data).digest()
             for part in (request.card, request.body)]
    return hashlib.sha256(request.header + b"".join(parts)).digest()


@dataclass
class Refusal:
    """A status other than OK with all of its details."""
    code: grpc.StatusCode
    message: str
    details: dict   # of google.rpc.* by message name
    raw: bytes      # grpc-status-details-bin
    metadata: tuple

    @property
    def reason(self):
        return self.info.reason

    @property
    def info(self):
        return self.details["google.rpc.ErrorInfo"]

    @property
    def refusal(self):
        return self.details["stafett.v1.Refusal"]

    def field(self):
        """The field at fault, as google.rpc.BadRequest names it."""
        return self.details["google.rpc.BadRequest"].field_violations[0].field


def unpack_details(raw):
    """The google.rpc.Status of grpc-status-details-bin, and its details by message name."""
    status = contract.other["google.rpc.Status"].FromString(raw)
    details = {}
    for any_ in status.details:
        name = any_.type_url.rsplit("/", 1)[-1]
        kind = pb.Refusal if name == "stafett.v1.Refusal" else contract.other[name]
        details[name] = kind.FromString(any_.value)
    return status, details


def refusal_of(error):
    """What a grpc.RpcError says."""
    trailing = tuple((item.key, item.value) for item in error.trailing_metadata() or ())
    raw = dict(trailing).get("grpc-status-details-bin", b"")
    return Refusal(error.code(), error.details(), unpack_details(raw)[1], raw, trailing)


def refused(call, *arguments, **named):
    """Runs what must be refused; returns the refusal."""
    try:
        answer = call(*arguments, **named)
    except grpc.RpcError as error:
        return refusal_of(error)
    raise AssertionError(f"was not refused: {answer}")


@dataclass
class Sent:
    """A message and what came back."""
    request: object
    answer: object

    @property
    def header(self):
        return pb.Header.FromString(self.request.header)

    @property
    def id(self):
        return self.header.id

    @property
    def receipt(self):
        return pb.Receipt.FromString(self.answer.receipt)

    @property
    def referral(self):
        return self.answer.referral

    @property
    def chain(self):
        return self.answer.chain

    @property
    def content_hash(self):
        return content_hash(self.request)


def in_days(days):
    return (datetime.date.today() + datetime.timedelta(days=days)).isoformat()


def soon():
    """A time so near that who is expected then can be said to have come, or not to have."""
    return (datetime.datetime.utcnow() + datetime.timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%MZ")


def part(data):
    """A Part of bytes, or of a claim."""
    if isinstance(data, pb.UploadClaim):
        return pb.Part(upload=data)
    return pb.Part(data=data) if data else pb.Part()


def claim_of(data, id=None):
    """The name of an upload of |data|."""
    return pb.UploadClaim(id=str(id or uuid7()), sha256=hashlib.sha256(data).digest(), size=len(data))


# Kinds whose legal basis is one of their own.
BASES = {"report-of-concern": "duty-to-report", "lvm-report": "duty-to-report",
         "discharge": "discharge-law"}


class Caller:
    """One member, acting for one unit, on one channel of its own."""

    # Whether gRPC repeats, unseen, a call that the server has not begun (its default).
    repeats_unseen = False
    # The day on which the person asked for help, unless an act says another; empty: today.
    # For those whose daemon is shown another day: no act names one ten years away.
    asked = ""

    def __init__(self, address, authority, member, unit, identity=None):
        self.member, self.unit = member, unit
        self._where = (address, authority, identity)
        self._connect()

    def _connect(self):
        address, authority, identity = self._where
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_send_message_length", -1),
                   ("grpc.max_receive_message_length", -1), ("grpc.enable_retries", int(self.repeats_unseen))]
        credentials = grpc.ssl_channel_credentials(
            authority, identity and identity.key, identity and identity.certificate)
        self.channel = grpc.secure_channel(address, credentials, options)
        self.referrals = contract.referral_service_grpc.ReferralServiceStub(self.channel)
        self.inboxes = contract.inbox_service_grpc.InboxServiceStub(self.channel)
        self.directory = contract.directory_service_grpc.DirectoryServiceStub(self.channel)
        self.bodies = contract.body_service_grpc.BodyServiceStub(self.channel)
        self.chains = contract.chain_service_grpc.ChainServiceStub(self.channel)
        self.clock = contract.clock_service_grpc.ClockServiceStub(self.channel)
        self.administration = contract.admin_service_grpc.AdminServiceStub(self.channel)
        self.audits = contract.audit_service_grpc.AuditServiceStub(self.channel)
        self.figures = contract.statistics_service_grpc.StatisticsServiceStub(self.channel)

    def close(self):
        self.channel.close()

    def reconnect(self):
        """Drops the connection, with every call on it, and makes a new one."""
        self.close()
        self._connect()

    def call(self, method, request, timeout=DEADLINE_S, **more):
        metadata = (("stafett-unit", self.unit),) if self.unit is not None else ()
        return method(request, metadata=metadata, timeout=timeout, **more)

    # -- messages ---------------------------------------------------------------

    def header(self, to=(), id=None, **more):
        header = pb.Header(id=str(id or uuid7()), from_unit=self.unit or "", from_member=self.member,
                           to_units=[to] if isinstance(to, str) else to)
        header.create_time.GetCurrentTime()
        for name, value in more.items():
            if hasattr(value, "DESCRIPTOR"):
                getattr(header, name).CopyFrom(value)
            else:
                setattr(header, name, value)
        return header

    def send_act(self, **more):
        values = dict(kind="care-request", priority="routine", needs=["alcohol"],
                      help_request_date=self.asked or in_days(0), person_informed=True,
                      legal_basis=pb.LegalBasis(code=BASES.get(more.get("kind"), "need-of-care")))
        return pb.SendAct(**{**values, **more})

    def send_request(self, to, card=b"card", body=b"body", suite="none", act=None, **header):
        """A SendRequest; |act| overrides fields of the SendAct, |header| those of the Header."""
        packed = self.header(to, send=self.send_act(**(act or {})), **header).SerializeToString()
        return contract.referral_service.SendRequest(
            header=packed, card=part(card), body=part(body), suite=suite)

    def act_request(self, referral, chain, version, card=b"", body=b"", suite="none", to_units=(), **header):
        packed = self.header(to_units, referral=referral, chain=chain, version=version, **header)
        return contract.referral_service.ActRequest(
            header=packed.SerializeToString(), card=part(card), body=part(body), suite=suite)

    def accept_request(self, sent, version, **act):
        values = dict(responsible="nurse", contact_by_date=in_days(7))
        return self.act_request(sent.referral, sent.chain, version,
                                accept=pb.AcceptAct(**{**values, **act}))

    def perform_request(self, sent, name, version, to=(), card=b"", body=b"", **fields):
        """An ActRequest of any act by its name in Header; |fields| are the act's own."""
        act = type(getattr(pb.Header(), name))(**fields)
        return self.act_request(sent.referral, sent.chain, version, card, body, to_units=[to] if to else [],
                                **{name: act})

    def acknowledge_request(self, sent, version=1, **more):
        values = dict(id=str(uuid7()), message=sent.id, content_hash=sent.content_hash,
                      referral=sent.referral, chain=sent.chain, version=version)
        return contract.inbox_service.AcknowledgeRequest(**{**values, **more})

    # -- calls --------------------------------------------------------------------

    def send(self, to, **more):
        request = self.send_request(to, **more)
        return Sent(request, self.call(self.referrals.Send, request))

    def resend(self, request, **more):
        return self.call(self.referrals.Send, request, **more)

    def act(self, request):
        return self.call(self.referrals.Act, request)

    def acknowledge(self, sent, version=1, **more):
        return self.call(self.inboxes.Acknowledge, self.acknowledge_request(sent, version, **more))

    def accept(self, sent, version, **act):
        return self.act(self.accept_request(sent, version, **act))

    def perform(self, sent, name, version=None, **more):
        """Any act; at the version that stands now, where none is given."""
        if version is None:
            version = self.get(sent.referral).referral.version
        request = self.perform_request(sent, name, version, **more)
        return Sent(request, self.act(request))

    def get(self, id, contents=False):
        request = contract.referral_service.GetRequest(id=id, include_contents=contents)
        return self.call(self.referrals.Get, request)

    def register(self, days_ago=0, **act):
        """A chain without a referral: its id."""
        values = dict(kind="self-request", needs=["alcohol"],
                      help_request_date=self.asked or in_days(-days_ago))
        header = self.header(register=pb.RegisterAct(**{**values, **act}))
        request = contract.referral_service.ActRequest(
            header=header.SerializeToString(), card=part(b"card"), body=part(b"words"), suite="none")
        self.act(request)
        return str(derived_ids(self.unit, uuid.UUID(header.id))[1])

    def on_chain(self, chain, name, version=None, body=b"", **fields):
        """An act on the chain as a whole; at the version that stands now, where none is given."""
        if version is None:
            version = self.chain(chain).chain.version
        act = type(getattr(pb.Header(), name))(**fields)
        request = self.act_request("", chain, version, body=body, **{name: act})
        self.act(request)
        return pb.Header.FromString(request.header).id

    def chain(self, id, contents=False):
        request = contract.chain_service.ChainServiceGetRequest(id=id, include_contents=contents)
        return self.call(self.chains.Get, request)

    def held_chains(self, **more):
        return self.call(self.chains.List, contract.chain_service.ChainServiceListRequest(**more))

    def list(self, **more):
        request = contract.referral_service.ReferralServiceListRequest(**more)
        return self.call(self.referrals.List, request)

    def why(self, id, **more):
        """The deadlines of a referral, with the rules that they were counted by."""
        return self.call(self.clock.Why, contract.clock_service.WhyRequest(id=id, **more)).deadlines

    def today(self, **more):
        return self.call(self.referrals.Today, contract.referral_service.TodayRequest(**more))

    def inbox(self, **more):
        return self.call(self.inboxes.List, contract.inbox_service.InboxServiceListRequest(**more))

    def whole_inbox(self):
        """Every item of the inbox, over all of its pages."""
        token = ""
        while True:
            page = self.inbox(page_size=100, page_token=token)
            yield from page.items
            token = page.next_page_token
            if not token:
                return

    def units(self, **more):
        return self.call(self.directory.Search, contract.directory_service.SearchRequest(**more))

    def log(self, **more):
        """One page of the audit log."""
        return self.call(self.audits.List, contract.audit_service.AuditServiceListRequest(**more))

    def whole_log(self, **more):
        """Every entry that fits, over all of its pages."""
        token = ""
        while True:
            page = self.log(page_token=token, **more)
            yield from page.entries
            token = page.next_page_token
            if not token:
                return

    def entry(self, id):
        """One entry of it."""
        return self.call(self.audits.Get, contract.audit_service.AuditServiceGetRequest(id=id)).entry

    def rules(self, **more):
        """One page of the rules of deadlines."""
        return self.call(self.administration.ListRules, contract.admin_service.ListRulesRequest(**more))

    def add_rule(self, known=0, **rule):
        """The rule, as it stands from then on."""
        request = contract.admin_service.AddRuleRequest(rule=contract.admin_service.Rule(**rule), known_version=known)
        return self.call(self.administration.AddRule, request).rule

    def end_rule(self, name, known, **more):
        request = contract.admin_service.EndRuleRequest(name=name, known_version=known, **more)
        return self.call(self.administration.EndRule, request).rule

    def statistics(self, **more):
        request = contract.statistics_service.StatisticsServiceGetRequest(**more)
        return self.call(self.figures.Get, request)

    # -- large bodies ---------------------------------------------------------------

    def upload_messages(self, data, claim, offset=0, end=None):
        """The stream that uploads |data| from |offset| on, up to |end|."""
        body = contract.body_service
        yield body.UploadRequest(start=body.UploadStart(upload=claim, offset=offset))
        end = len(data) if end is None else end
        for start in range(offset, end, PART_BYTES):
            yield body.UploadRequest(data=data[start:min(start + PART_BYTES, end)])

    def upload(self, data, claim=None, **more):
        """Uploads; returns the claim and how far it came."""
        claim = claim or claim_of(data)
        messages = self.upload_messages(data, claim, **more)
        return claim, self.call(self.bodies.Upload, messages).progress

    def uploaded(self, id):
        """How far an upload has come."""
        request = contract.body_service.GetUploadRequest(id=id)
        return self.call(self.bodies.GetUpload, request).progress

    def fetch_parts(self, sent, offset=0, from_unit=None):
        request = contract.body_service.FetchRequest(
            referral=sent.referral, message=sent.id, offset=offset,
            from_unit=sent.header.from_unit if from_unit is None else from_unit)
        return self.call(self.bodies.Fetch, request)

    def fetch(self, sent, offset=0, **more):
        """The body of a message from |offset| on."""
        data = b""
        for answer in self.fetch_parts(sent, offset, **more):
            assert answer.offset == offset + len(data)
            data += answer.data
        return data
