# SPDX-License-Identifier: Apache-2.0
"""Compares what callers were told with what the database holds.

    check(history, stored) gives a Verdict: findings by kind, none of them when
    every promise was kept.

  lost        answered OK, and something of it is not there
  doubled     one key has more than one effect
  altered     what is stored is not what was sent, or a receipt changed
  foreign     a reading showed a unit what is none of its business
  phantom     an effect that nobody asked for, or that was refused
  custody     a chain has not exactly one holder, or a gap in its ledger
  unrecorded  an answer or an effect without its audit record, or the reverse
  unresolved  a caller never learned what became of its write
  refused     a write was refused that no rule stands against
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from stored import DUPLICATE, LEAF_ACT, LEAF_READ, OK

KINDS = ("lost", "doubled", "altered", "foreign", "phantom", "custody", "unrecorded", "unresolved",
         "refused")
SETTLES = ("acknowledge", "accept")   # acts by which a recipient has received its message


@dataclass(frozen=True)
class Finding:
    kind: str
    what: str

    def __str__(self):
        return f"{self.kind}: {self.what}"


class Verdict:
    def __init__(self, history, findings):
        self.acknowledged = history.acknowledged()
        self.unknown = history.once_unknown()
        self.longest_s = history.longest_s()
        self.findings = list(findings)
        self.counts = Counter(finding.kind for finding in self.findings)
        assert set(self.counts) <= set(KINDS)

    def __str__(self):
        """The first findings of each kind: enough to begin with."""
        shown, told = [], Counter()
        for finding in self.findings:
            told[finding.kind] += 1
            if told[finding.kind] <= 5:
                shown.append(str(finding))
        return f"{dict(self.counts)}\n" + "\n".join(shown)


def check(history, stored, may_refuse=False):
    """|may_refuse|: callers got in each other's way on purpose."""
    return Verdict(history, [
        *check_answers(history, may_refuse), *check_keys(history, stored),
        *check_sends(history, stored), *check_events(history, stored),
        *check_deliveries(history, stored), *check_chains(stored),
        *check_records_of_writes(history, stored), *check_records_of_reads(history, stored),
        *check_readings(history)])


# -- what callers heard -----------------------------------------------------------


def check_answers(history, may_refuse):
    for (unit, key), operation in history.operations.items():
        if len(set(operation.receipts)) > 1:
            yield Finding("altered", f"{operation.act} {key} of {unit} got different receipts")
        if operation.receipts and operation.refusal:
            yield Finding("doubled", f"{key} of {unit} was done and refused ({operation.refusal})")
        if not operation.receipts and not operation.refusal:
            yield Finding("unresolved", f"{operation.act} {key} of {unit}")
        if operation.refusal and not may_refuse:
            yield Finding("refused", f"{operation.act} {key} of {unit}: {operation.refusal}")


def check_readings(history):
    """A unit may see what it sent and what was sent to it; its inbox only the latter, and
    of the former what was accepted."""
    accepted = {operation.referral for operation in history.operations.values()
                if operation.act == "accept"}
    parties = {operation.referral: (unit, operation.to)
               for (unit, _), operation in history.operations.items() if operation.act == "send"}
    for reading in history.readings:
        for referral in reading.referrals:
            sender, recipient = parties.get(referral, (None, None))
            if reading.unit != recipient and (reading.unit != sender or (
                    reading.what == "inbox" and referral not in accepted)):
                yield Finding("foreign", f"{reading.what} of {reading.unit} showed {referral},"
                                         f" from {sender} to {recipient}")
        if reading.refusal and reading.unit in parties.get(reading.asked, ()):
            yield Finding("lost", f"{reading.asked} was not shown to {reading.unit}")


# -- keys and their effects ---------------------------------------------------------


def check_keys(history, stored):
    for (unit, key), operation in history.operations.items():
        row = stored.keys.get((unit, key))
        if operation.refusal and row:
            yield Finding("phantom", f"{key} of {unit} was refused and has an effect")
        if not operation.receipts:
            continue
        if not row:
            yield Finding("lost", f"{operation.act} {key} of {unit} has no key")
        elif row.content_hash != operation.content_hash:
            yield Finding("altered", f"{key} of {unit}: other content is stored")
        elif row.receipt_hash not in operation.receipts:
            yield Finding("altered", f"{key} of {unit}: another receipt is stored")
        elif (row.parsed.id, row.parsed.content_hash) != (key, operation.content_hash):
            yield Finding("altered", f"{key} of {unit}: its receipt is for something else")
    for unit, key in stored.keys.keys() - history.operations.keys():
        yield Finding("phantom", f"nobody asked for {key} of {unit}")


def check_sends(history, stored):
    """Each send that was answered has all of its rows, and none twice."""
    for (unit, key), operation in history.operations.items():
        if operation.act != "send" or not operation.receipts:
            continue
        where = f"send {key} of {unit}"
        referral = stored.referrals.get(operation.referral)
        if not referral or not stored.requests[operation.referral]:
            yield Finding("lost", f"{where} has no referral")
            continue
        if (referral.chain, referral.requester, referral.owner) != (operation.chain, unit, operation.to):
            yield Finding("altered", f"{where} became {referral}")
        parties = {unit, operation.to, referral.hand_back}
        if sorted(stored.parties[operation.referral]) != sorted(parties):
            yield Finding("altered", f"{where}: parties {stored.parties[operation.referral]}")
        yield from check_content(where, key, operation, stored)


def check_content(where, key, operation, stored):
    contents = stored.contents.get(key, [])
    deliveries = stored.deliveries_of(operation.referral, key)
    for name, rows in (("content", contents), ("delivery", deliveries)):
        if not rows:
            yield Finding("lost", f"{where} has no {name}")
        elif len(rows) > 1:
            yield Finding("doubled", f"{where} has {len(rows)} of {name}")
    for content in contents:
        if not content.sound or content.hash != operation.content_hash:
            yield Finding("altered", f"{where}: the stored bytes are not those that were sent")
        if content.referral != operation.referral:
            yield Finding("altered", f"{where} stands in referral {content.referral}")
    for delivery in deliveries:
        if (delivery.unit, delivery.message, delivery.content_hash) != (
                operation.to, key, operation.content_hash):
            yield Finding("altered", f"{where} is delivered as {delivery}")


def check_events(history, stored):
    """Of each referral, as many events of an act as keys: no more, no less. A key of
    which nobody heard may have its event or not, but both or neither."""
    wanted = Counter()
    for key, operation in history.operations.items():
        if key in stored.keys or operation.receipts:
            wanted[operation.referral, operation.act] += 1
    found = Counter((event[1], event[3]) for events in stored.events.values() for event in events)
    for what in wanted.keys() | found.keys():
        if found[what] < wanted[what]:
            yield Finding("lost", f"{what[1]} of referral {what[0]}: an event is missing")
        elif found[what] > wanted[what]:
            yield Finding("doubled", f"{what[1]} of referral {what[0]}: {found[what]} events")


def check_deliveries(history, stored):
    """A send's delivery is over when its unit has acted on it, and not before. Who sent
    it is told of its acceptance, and of nothing else."""
    sent = {operation.referral: (unit, key) for (unit, key), operation in history.operations.items()
            if operation.act == "send"}
    acts = {(operation.referral, key): operation.act
            for (_, key), operation in history.operations.items()}
    settled = {event[1] for events in stored.events.values() for event in events
               if event[3] in SETTLES}
    for referral, deliveries in stored.deliveries.items():
        sender, message = sent.get(referral, (None, None))
        for delivery in deliveries:
            if delivery.message == message:
                if delivery.done != (referral in settled):
                    yield Finding("lost" if delivery.done else "altered",
                                  f"the delivery of {referral} is {'over' if delivery.done else 'open'}")
            elif acts.get((referral, delivery.message)) != "accept" or delivery.unit != sender:
                yield Finding("phantom", f"{referral} has {delivery}")
    for (unit, key), operation in history.operations.items():
        if operation.act == "accept" and operation.receipts and not stored.deliveries_of(
                operation.referral, key):
            yield Finding("lost", f"nobody is told of accept {key} of {unit}")


# -- chains ---------------------------------------------------------------------------


def check_chains(stored):
    for id, chain in stored.chains.items():
        events, custody = stored.events.get(id, []), stored.custody.get(id, [])
        if [event[0] for event in events] != list(range(1, chain.event_seq + 1)):
            yield Finding("custody", f"chain {id}: events are not 1 to {chain.event_seq}")
        if [entry[0] for entry in custody] != list(range(1, chain.custody_seq + 1)):
            yield Finding("custody", f"chain {id}: custody is not 1 to {chain.custody_seq}")
        elif custody[-1][1] != chain.custodian:
            yield Finding("custody", f"chain {id} is with {chain.custodian}, not {custody[-1][1]}")
        moves = [(event[5], event[0]) for event in events if event[6]]
        if moves != [entry[1:] for entry in custody]:
            yield Finding("custody", f"chain {id}: its events moved it otherwise than its ledger")
        yield from check_versions(id, events, stored)
    for id in (stored.events.keys() | stored.custody.keys()) - stored.chains.keys():
        yield Finding("custody", f"chain {id} has a ledger and no row")


def check_versions(id, events, stored):
    """A referral's events count its versions; the last is the referral's own."""
    versions = defaultdict(list)
    for event in events:
        versions[event[1]].append(event[2])
    for referral, seen in versions.items():
        row = stored.referrals.get(referral)
        if not row or seen != list(range(1, row.version + 1)):
            yield Finding("custody", f"chain {id}: referral {referral} went through {seen}")


# -- the audit queue ---------------------------------------------------------------------


def check_records_of_writes(history, stored):
    """One record a key that says it was done, whose hash is in the receipt; and one
    more a time that it was answered as known."""
    done, answered = defaultdict(list), Counter()
    for leaf in stored.leaves:
        if leaf.type in LEAF_ACT and leaf.outcome in (OK, DUPLICATE):
            answered[leaf.unit, leaf.object] += 1
            if leaf.outcome == OK:
                done[leaf.unit, leaf.object].append(leaf)
    for key, row in stored.keys.items():
        leaves = done.get(key, [])
        if len(leaves) != 1:
            yield Finding("unrecorded", f"{key} has {len(leaves)} records of what was done")
        elif (leaves[0].hash, leaves[0].object_hash) != (row.parsed.leaf, row.content_hash):
            yield Finding("unrecorded", f"{key}: its receipt names another record")
    for key in done.keys() - stored.keys.keys():
        yield Finding("unrecorded", f"{key} is recorded as done, and was not")
    for key, operation in history.operations.items():
        if answered[key] < len(operation.receipts):
            yield Finding("unrecorded", f"{key} was answered {len(operation.receipts)} times"
                                        f" and recorded {answered[key]} times")


def check_records_of_reads(history, stored):
    """At least as many records as readings: one whose answer was lost left one too."""
    recorded = Counter((leaf.unit, LEAF_READ[leaf.type]) for leaf in stored.leaves
                       if leaf.type in LEAF_READ)
    answered = Counter((reading.unit, reading.what) for reading in history.readings)
    for what, times in answered.items():
        if recorded[what] < times:
            yield Finding("unrecorded", f"{what}: {times} readings, {recorded[what]} records")


# -- the inbox, at the end -----------------------------------------------------------------


def check_inboxes(history, inboxes):
    """|inboxes|: {unit: message ids} as the daemon lists them when all is quiet. What
    was sent and not received yet stands there, and the news of what was accepted."""
    sender = {operation.referral: unit for (unit, _), operation in history.operations.items()
              if operation.act == "send"}
    settled = {operation.referral for operation in history.operations.values()
               if operation.act in SETTLES and operation.receipts}
    waiting = defaultdict(set)
    for (_, key), operation in history.operations.items():
        if operation.act == "send" and operation.receipts and operation.referral not in settled:
            waiting[operation.to].add(key)
        if operation.act == "accept" and operation.receipts:
            waiting[sender[operation.referral]].add(key)
    for unit, shown in inboxes.items():
        for key in waiting[unit] - shown:
            yield Finding("lost", f"{key} is not in the inbox of {unit}")
        for key in shown - waiting[unit]:
            yield Finding("foreign", f"the inbox of {unit} shows {key}")
