# SPDX-License-Identifier: Apache-2.0
"""Five organisations and their members, who do what comes to their minds: mostly what
they are offered, often what they may not. Every choice comes from one seed."""

import collections
import datetime
import random
import threading
import uuid

import grpc
from caller import Caller, derived_ids, in_days, pb, refusal_of, uuid7
from stubs import contract

NUMBERS = {"ett": "2120001132", "tva": "2321000255", "tre": "2120001124", "fyra": "5560160680",
           "fem": "2021006537"}
# The unit that closes, and the one that follows it.
CLOSES, FOLLOWS = "fem/mottagning", "fem/efterfoljare"
UNITS = [*(f"{slug}/mottagning" for slug in NUMBERS), FOLLOWS]
KINDS = ["care-request", "handover", "consultation", "aftercare", "screening", "planning-call",
         "discharge", "next-of-kin", "self-request", "report-of-concern", "lvm-report"]
USUAL = KINDS[:4]
TOLD = dict(person_told="phone")
TRY_AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED,
             grpc.StatusCode.RESOURCE_EXHAUSTED)
CALL_S = 10


def urn(unit, name):
    return f"urn:stafett:org:{NUMBERS[unit.split('/')[0]]}:member:{name}"


def directory():
    """What `stafettd directory import` reads: a unit each, one of them two, and two members."""
    return {"organizations": [{
        "slug": slug, "number": number, "name": slug.capitalize(), "kind": "municipality",
        "units": [{"handle": unit, "display_name": unit, "kinds": KINDS,
                   "needs": ["alcohol"], "service_area": ["1281"], "phone": "046-00 00 00",
                   **({"replaced_by": FOLLOWS} if unit == CLOSES else {})}
                  for unit in UNITS if unit.startswith(f"{slug}/")],
        "members": [{"id": name, "display_name": name,
                     "roles": {f"{slug}/*": ["caseworker", "manager"]}} for name in ("anna", "bo")],
    } for slug, number in NUMBERS.items()]}


def event(rng):
    """Mostly so near that it can be attended at once, and soon missed."""
    expected = pb.ExpectedEvent(kind=rng.choice(["visit", "call", "dose"]))
    minutes = rng.choice([0.02, 0.02, 24 * 60 * rng.randint(1, 20)])
    expected.time.FromDatetime(datetime.datetime.utcnow() + datetime.timedelta(minutes=minutes))
    return expected


def fields(rng, name, caller, known):
    """What an act says; nearly always something that it may say."""
    wrong = rng.random() < 0.05
    return {
        "ask": lambda: dict(withdraw=True) if rng.random() < 0.3 else dict(question="contact"),
        "amend": lambda: dict(body=b"more"),
        "accept": lambda: dict(responsible="nurse", contact_by_date=in_days(-3 if wrong else 7)),
        "reject": lambda: dict(reason="no-capacity", none_known=True, **TOLD),
        "forward": lambda: dict(to=rng.choice(UNITS), reason="wrong-unit", **TOLD),
        "reply": lambda: dict(answer="coming"),
        "waive": lambda: dict(reason="settled"),
        "noted": dict,
        "book": lambda: dict(cancelled_by="unit") if rng.random() < 0.3 else dict(event=event(rng)),
        "start": lambda: dict(intervention="MI", event=event(rng)),
        "attend": lambda: dict(no_next="other") if rng.random() < 0.3 else dict(event=event(rng)),
        "miss": dict,
        "pause": lambda: dict(reason="other", until_date=in_days(0 if wrong else 9)),
        "resume": lambda: dict(event=event(rng)),
        "answer": lambda: dict(body=b"answer", preliminary=rng.random() < 0.5),
        "plan_home": lambda: dict(not_needed="no-need", housing="own", first_contact_date=in_days(9)),
        "complete": lambda: dict(body=b"done"),
        "break_off": lambda: dict(reason="person-wishes", body=b"next", **TOLD),
        "withdraw": lambda: dict(reason="person-wishes"),
        "need_gone": lambda: dict(reason="moved"),
        "take_back": dict,
        "correct": lambda: dict(body=b"once more"),
        "note": lambda: dict(body=b"note", contact=rng.random() < 0.5),
        "assign": lambda: dict(member=caller.member, from_member=known.assignee),
        "void": lambda: dict(reason="sent-by-mistake"),
        "confirm": lambda: dict(proposal=known.proposal.id or str(uuid7()), drop=rng.random() < 0.3),
    }[name]()


ACTS = ["ask", "amend", "accept", "reject", "forward", "book", "start", "attend", "miss", "pause",
        "resume", "answer", "plan_home", "complete", "break_off", "withdraw", "need_gone",
        "take_back", "correct", "note", "assign", "void", "confirm", "reply", "waive", "noted"]
ENDINGS = ["withdraw", "void", "need_gone", "reject", "break_off"]
CHAIN_ACTS = ["close", "correct_clock", "merge", "take_over", "confirm"]
EVERY_ACT = {name.replace("_", "-") for name in (*ACTS, *CHAIN_ACTS, "send", "register", "acknowledge")}


class Party:
    """The callers of every member at every daemon, and what they remember."""

    def __init__(self, stacks):
        self.callers = {(unit, name, i): Caller(
            stack.address, stack.authority.certificate, urn(unit, name), unit,
            stack.identity(urn(unit, name)))
            for unit in UNITS for name in ("anna", "bo") for i, stack in enumerate(stacks)}
        self.daemons = len(stacks)
        self.referrals = []         # (referral, chain, its units)
        self.chains = []
        self.done, self.refused = {}, {}    # message: (act, reason)
        self.lock = threading.Lock()

    def close(self):
        for caller in self.callers.values():
            caller.close()

    def insist(self, caller, method, request):
        """The answer or the refusal: what is unknown is asked again, with the same bytes."""
        for _ in range(60):
            try:
                return caller.call(method, request, timeout=CALL_S, wait_for_ready=True), None
            except grpc.RpcError as error:
                if error.code() not in TRY_AGAIN:
                    return None, refusal_of(error)
        raise AssertionError("no answer")

    def record(self, message, act, refusal):
        with self.lock:
            (self.refused if refusal else self.done)[message] = (act, refusal and refusal.reason)

    def turn(self, seed):
        """One member does one thing."""
        rng = random.Random(seed)
        with self.lock:
            # The latest few: each of them is far on its way before it is left.
            referral = rng.choice(self.referrals[-25:]) if self.referrals else None
        # Mostly one of those whom it concerns.
        unit = rng.choice(referral[2] if referral and rng.random() < 0.7 else UNITS)
        caller = self.callers[unit, rng.choice(["anna", "bo"]), rng.randrange(self.daemons)]
        if not referral or rng.random() < 0.06:
            return self.send(rng, caller, referral)
        if rng.random() < 0.15:
            return self.turn_of_chain(rng, caller, referral[1])
        return self.act(rng, caller, *referral)

    def send(self, rng, caller, referral):
        to = rng.choice(UNITS)
        more = {"chain": referral[1]} if referral and rng.random() < 0.5 else {}
        kind = rng.choice(USUAL if rng.random() < 0.6 else KINDS)
        if kind == "self-request" and rng.random() < 0.9:
            to = caller.unit
        act = {"kind": kind, **({"discharge": "ready"} if kind == "discharge" else {})}
        request = caller.send_request(to, act=act, **more)
        answer, refusal = self.insist(caller, caller.referrals.Send, request)
        self.record(pb.Header.FromString(request.header).id, "send", refusal)
        if answer:
            with self.lock:
                self.referrals.append((answer.referral, answer.chain, [caller.unit, to]))
                self.chains.append(answer.chain)

    def act(self, rng, caller, referral, chain, units):
        request = contract.referral_service.GetRequest(id=referral)
        answer, refusal = self.insist(caller, caller.referrals.Get, request)
        known = answer.referral if answer else pb_nothing()
        allowed = [act.replace("-", "_") for act in known.allowed_acts]
        offered = [act for act in allowed if act in ACTS]
        # Who ends things early leaves nothing to be done: rarely.
        wanted = ACTS if rng.random() < 0.15 else [act for act in ACTS if act not in ENDINGS]
        offered = [act for act in offered if act in wanted]
        name = self.choice(rng, offered) if offered and rng.random() < 0.8 else rng.choice(wanted)
        if "forward" in offered and rng.random() < 0.3:
            name = "forward"    # thrice in a row brings a call to plan together
        if name in allowed and "acknowledge" in known.allowed_acts and rng.random() < 0.5:
            return self.acknowledge(caller, known)
        version = known.version or rng.randint(1, 3)
        if rng.random() < 0.05:
            version += 1
        said = fields(rng, name, caller, known)
        to, body = said.pop("to", None), said.pop("body", b"")
        act = type(getattr(pb.Header(), name))(**said)
        # A merge has carried it to another chain, perhaps; mostly the member knows.
        chain = known.chain if known.chain and rng.random() < 0.95 else chain
        request = caller.act_request(referral, chain, version, body=body,
                                     to_units=[to] if to else [], **{name: act})
        _, refusal = self.insist(caller, caller.referrals.Act, request)
        self.record(pb.Header.FromString(request.header).id, name.replace("_", "-"), refusal)
        if to and not refusal:
            units.append(to)

    def choice(self, rng, offered):
        """Often what has been done least, so that all of it comes about."""
        with self.lock:
            done = collections.Counter(act for act, _ in self.done.values())
        if rng.random() < 0.5:
            return rng.choice(offered)
        return min(offered, key=lambda name: (done[name.replace("_", "-")], name))

    def acknowledge(self, caller, known):
        """Of the message that asks, as the inbox has it."""
        for item in self.insist(caller, caller.inboxes.List, contract.inbox_service.InboxServiceListRequest(
                page_size=100))[0].items:
            if item.referral != known.id or item.needs != "ack":
                continue
            request = contract.inbox_service.AcknowledgeRequest(
                id=str(uuid7()), message=item.id, content_hash=item.content_hash, referral=known.id,
                chain=known.chain, version=known.version)
            _, refusal = self.insist(caller, caller.inboxes.Acknowledge, request)
            self.record(request.id, "acknowledge", refusal)
            return

    def turn_of_chain(self, rng, caller, chain):
        """Something with a chain as a whole."""
        if rng.random() < 0.2:
            return self.register(rng, caller)
        held_by = CLOSES if caller.unit == FOLLOWS and rng.random() < 0.5 else ""
        request = contract.chain_service.ChainServiceListRequest(held_by=held_by, page_size=100)
        answer, _ = self.insist(caller, caller.chains.List, request)
        held = [row.id for row in answer.chains] if answer else []
        if held and rng.random() < 0.8:
            chain = rng.choice(held)
        answer, _ = self.insist(caller, caller.chains.Get, contract.chain_service.ChainServiceGetRequest(id=chain))
        known = answer.chain if answer else contract.referral.Chain()
        offered = [act.replace("-", "_") for act in known.allowed_acts]
        if "close" in offered and rng.random() < 0.7:
            offered.remove("close")
        name = self.choice(rng, offered) if offered and rng.random() < 0.85 else rng.choice(CHAIN_ACTS)
        act, body = self.chain_fields(rng, name, known, held)
        request = caller.act_request("", known.id or chain, known.version or 1, body=body, **{name: act})
        _, refusal = self.insist(caller, caller.referrals.Act, request)
        self.record(pb.Header.FromString(request.header).id, name.replace("_", "-"), refusal)

    def chain_fields(self, rng, name, known, held):
        """What an act on a chain says, and its words."""
        with self.lock:
            others = held + self.chains[-25:]
        into = rng.choice(others) if others else str(uuid7())
        return {
            "close": lambda: (pb.CloseAct(reason=rng.choice(["person-wishes"] * 4 + ["moved"]),
                                          person_told="phone"), b""),
            "correct_clock": lambda: (pb.CorrectClockAct(help_request_date=in_days(-rng.randint(1, 9))), b"why"),
            "merge": lambda: (pb.MergeAct(into=into), b"the same person"),
            "take_over": lambda: (pb.TakeOverAct(), b""),
            "delay": lambda: (pb.DelayAct(reason=rng.choice(["no-capacity", "person-wishes", "other"])), b""),
            "follow_up": lambda: (pb.FollowUpAct(outcome=rng.choice(["better", "worse", "not-reached"])), b""),
            "confirm": lambda: (pb.ConfirmAct(proposal=known.proposal.id or str(uuid7()),
                                              into=known.proposal.into, drop=rng.random() < 0.2), b""),
        }[name]()

    def register(self, rng, caller):
        header = caller.header(register=pb.RegisterAct(
            needs=["alcohol"], help_request_date=in_days(-rng.randint(-1, 9))))
        request = contract.referral_service.ActRequest(
            header=header.SerializeToString(), body=pb.Part(data=b"words"), suite="none")
        _, refusal = self.insist(caller, caller.referrals.Act, request)
        self.record(header.id, "register", refusal)
        if not refusal:
            with self.lock:
                self.chains.append(str(derived_ids(caller.unit, uuid.UUID(header.id))[1]))


def pb_nothing():
    """A referral of which nothing is known."""
    return contract.referral.Referral()
