# SPDX-License-Identifier: Apache-2.0
"""What the manual's table means, said once more and in another language: given a
situation (tests/tools/rules_tool.c), the decision that must come."""

import manual

ACTS = manual.acts()
GUARDS = manual.guards()
ENDED = {"completed", "rejected", "cancelled", "failed", "entered-in-error"}
TRANSFERS = {"care-request", "handover", "screening", "self-request"}
TREATS = TRANSFERS | {"aftercare", "next-of-kin"}
HOME = TRANSFERS
REPORTS = {"report-of-concern", "lvm-report"}
OWN_CHAIN = REPORTS | {"next-of-kin"}
OPENS = {"send", "register"}
OF_CHAIN = {"register", "close", "correct-clock", "merge", "take-over", "delay", "follow-up"}

CHAIN_ORDERS = [name for name, (scope, *_) in GUARDS.items() if scope == "ORDER"
                and any(name in ACTS[act].guards for act in OF_CHAIN)]

DEFAULTS = dict(state="none", kind="care-request", role="caseworker", unit="O", custodian="R",
                sender="R", back="B", question=0, expected=0, missed=0, planned=0, waits=0,
                proposal=0, rest=0, busy="", open=1, restarted=0, aftercare="none", by="it", wrong="", succeeds=0, inside=0, near=0, moved=0, call=0, other="H", consent=0, late=0, asked=0, followed=0, awaits=1, gone=0, reports=0, revoker="")
# Kinds whose rows of legal bases are their own, and do not have consent among them.
OWN_BASES = {"report-of-concern", "lvm-report", "discharge"}


def relation(by, s):
    unit = s["unit"]
    return {"requester": unit == "R", "owner": unit == "O", "holder": unit == s["custodian"],
            "hand-back": unit == s["back"], "side": unit in "RO", "party": True, "anybody": True,
            "either-holder": unit in (s["custodian"], s["other"]), "successor": bool(s["succeeds"]),
            "recipient": s["wrong"] != "message_was_delivered",
            "late-holder": unit == s["custodian"] and bool(s["late"] and s["awaits"]),
            "follower": unit == s["custodian"] and bool(s["asked"]),
            "sharer": not unshared(s) or unit in (s["custodian"], s["revoker"])}[by]


def facts_allow(guard, s):
    """The guards that need no message."""
    return {
        "no_question_open": not s["question"],
        "event_expected": bool(s["expected"]),
        "event_has_come": s["wrong"] != "event_has_come",
        "event_is_over": s["wrong"] not in ("event_is_over", "event_has_come"),
        "event_not_missed": not s["missed"],
        "homecoming_planned": s["kind"] not in HOME or bool(s["planned"]),
        "aftercare_accepted": s["aftercare"] != "asked",
        "waits_to_be_taken_back": bool(s["waits"]),
        "chain_still_open": bool(s["open"]),
        "chain_at_rest": bool(s["rest"]),
        "no_proposal_open": not s["proposal"],
        "proposal_open": bool(s["proposal"]),
        "call_open": s["call"] != 0,
        "call_waits": s["call"] == 1,
        "consent_not_revoked": not unshared(s),
        "consent_in_force": s["consent"] != 2,
        "consent_to_revoke": s["consent"] in (1, 2) or s["wrong"] == "next_consent_covers",
    }[guard]


def unshared(s):
    return s["consent"] == 3 or s["wrong"] == "note_is_shared"


def order_allows(guard, s):
    """The others hold, unless the situation says that this one does not."""
    if guard == "question_is_as_said":
        return (s["wrong"] == guard) == bool(s["question"])
    if guard == "cancels_an_event":
        return s["wrong"] != guard or bool(s["expected"])
    if guard == "basis_allowed":
        if s["kind"] == "self-request" and s["wrong"] != "self_request_stays":
            return True     # to itself, it discloses nothing
        return s["wrong"] != guard and s["wrong"] != "next_basis_allowed" and not (
            s["wrong"] in ("consent_covers", "consent_not_expired") and s["kind"] in OWN_BASES)
    if guard == "next_basis_allowed":
        by_consent = s["consent"] or s["wrong"] in ("next_consent_covers", "note_is_shared")
        return (s["wrong"] not in ("basis_allowed", guard) or bool(by_consent)) and not (
            by_consent and s["kind"] in OWN_BASES)
    if guard == "note_is_shared":
        return not unshared(s)
    if guard in ("consent_not_expired", "new_consent_to_come"):
        return s["wrong"] not in ("consent_not_expired", "new_consent_to_come") or (
            guard == "consent_not_expired" and s["wrong"] != guard)
    if guard == "chain_open":
        return not s["inside"] or bool(s["open"])
    if guard == "sender_may_use_chain":
        return not s["inside"] or s["kind"] != "handover" or s["unit"] == s["custodian"]
    if guard == "kind_has_own_chain":
        return (not s["inside"] or s["kind"] not in OWN_CHAIN
                or s["wrong"] == "replaced_has_ended")
    if guard == "clock_not_in_future" and s["inside"]:
        return True
    if guard in ("self_request_stays", "person_is_told"):
        return s["wrong"] != guard or s["kind"] != "self-request"
    if guard == "moves_are_planned":
        return s["call"] == 0 or bool(s["near"])
    if guard in ("hand_back_exists", "alternative_exists"):
        return s["wrong"] not in ("hand_back_exists", "alternative_exists")
    if guard in ("unit_takes_kind", "next_unit_takes_kind"):
        return s["wrong"] not in ("unit_takes_kind", "next_unit_takes_kind")
    if guard in ("clock_not_in_future", "new_clock_not_in_future"):
        return s["wrong"] not in ("clock_not_in_future", "new_clock_not_in_future")
    if guard == "other_chain_exists":
        return s["wrong"] not in ("other_chain_exists", "linked_chain_exists")
    if guard == "replaced_is_own":
        return s["wrong"] not in ("replaced_is_own", "aftercare_is_own")
    if guard == "aftercare_is_own":
        return s["wrong"] not in ("replaced_is_own", "aftercare_is_own", "replaced_has_ended")
    if guard == "hand_back_open":
        return s["wrong"] != "hand_back_open"
    return s["wrong"] != guard


def holds(guard, s):
    if guard == "chain_at_rest" and s["gone"] and not s["reports"]:
        return True     # offered when at rest; who says that the person has died may at once
    return facts_allow(guard, s) if GUARDS[guard][0] == "FACTS" else order_allows(guard, s)


def fits(act, s):
    return s["state"] in act.states and s["kind"] not in act.not_for


def allowed(s):
    return {code for code, act in ACTS.items()
            if fits(act, s) and s["role"] in act.roles and act.by != "recipient"
            and relation(act.by, s)
            and all(facts_allow(g, s) for g in act.guards if GUARDS[g][0] == "FACTS")}


def decide(code, **situation):
    """What the tool must print."""
    s = {**DEFAULTS, **situation}
    if code in OF_CHAIN:
        s["state"] = "none"
    if code != "merge":
        s["other"] = "-"
    act = ACTS[code]
    if s["role"] not in act.roles:
        return "refuse ROLE_REQUIRED allowed="
    if code in OPENS:
        refusal = refused_by(act, s)
        return f"refuse {refusal} allowed=" if refusal else done(act, s)
    over = code not in OF_CHAIN and not s["open"]    # nothing happens in a chain that is closed
    if over:
        return "refuse CHAIN_CLOSED allowed="
    refusal = refusal_of(act, s)
    if refusal:
        return f"refuse {refusal} allowed={','.join(sorted(allowed(s) - OPENS if code in OF_CHAIN else allowed(s)))}"
    return done(act, s)


def refused_by(act, s):
    return next((GUARDS[g][1] for g in GUARDS if g in act.guards and not holds(g, s)), None)


def refusal_of(act, s):
    if not fits(act, s):
        return "ACT_NOT_POSSIBLE"
    if not relation(act.by, s):
        if act.by in ("late-holder", "follower") and s["unit"] == s["custodian"]:
            return "ACT_NOT_POSSIBLE"   # it is not asked yet
        return "NOT_FOUND" if act.by == "recipient" else "ACT_NOT_YOURS"
    return refused_by(act, s)


# -- what happens ---------------------------------------------------------------------


def to_aftercare(act, s):
    return act.holder == "to-aftercare" and s["aftercare"] == "accepted" and owner_holds(s)


def owner_holds(s):
    """The owner holds the chain, and does so by this referral and by no other."""
    return s["custodian"] == "O" and s["by"] == "it"


def waits(act, s):
    return (act.holder in ("hand-back", "to-aftercare") and not to_aftercare(act, s)
            and owner_holds(s) and s["back"] != "O")


def closes(act, s):
    """A report that is noted was all of its chain, or was not; or it is held by another one."""
    return act.holder == "to-nobody" or (
        act.holder == "noted" and s["kind"] in REPORTS and bool(s["rest"]) and owner_holds(s))


def holder_after(act, s):
    if act.holder == "received" and s["kind"] in REPORTS and s["custodian"] in (s["sender"], "R"):
        return "O"
    if act.code in OPENS and not s["inside"]:
        return s["unit"]
    if act.holder == "to-successor":
        return s["unit"]
    if act.holder == "to-owner" and s["kind"] in TRANSFERS and s["custodian"] in (s["sender"], "R"):
        return "O"
    if act.holder == "to-requester" and (owner_holds(s) or s["custodian"] == s["sender"] and s["by"] == "it"):
        return "R"
    if act.holder == "to-hand-back":
        return s["back"]
    return "X" if to_aftercare(act, s) else s["custodian"]


def by_after(act, s, holder):
    """By which referral the new holder holds it; one that had it before, as it did then."""
    if holder == s["custodian"] or act.code in OPENS and not s["inside"]:
        return "-"
    return {"to-requester": "before-R", "to-hand-back": "before-B", "to-aftercare": "aftercare",
            "to-successor": s["by"]}.get(act.holder, "it")


def is_left_alone(act, s, to, holder, sender):
    """What has ended was the last that its holder had under way there."""
    return (to in ENDED and not closes(act, s) and holder in ("R", "O", s["back"], sender)
            and holder not in s["busy"] and not is_followed(act, s, to, holder))


def is_followed(act, s, to, holder):
    """How the person is will be asked, since a treatment is over; what came after it asks
    for something sooner only where it failed, or where somebody else holds the chain now."""
    treated = to == "completed" and s["kind"] in TREATS
    left_alone = to != "failed" and holder == s["custodian"]
    return (act.code == "complete" and s["kind"] in HOME) or (
        bool(s["followed"]) and (treated or left_alone))


def next_after(act, s, to, owner, holder, sender):
    if waits(act, s):
        return f"{s['back']}:take-back"
    if act.next == "as-state" and is_left_alone(act, s, to, holder, sender):
        return f"{holder}:send"
    start = "start" if s["kind"] in TREATS else "complete"
    received = "noted" if s["kind"] in REPORTS else "accept"
    as_state = {"requested": f"{owner}:acknowledge", "received": f"{owner}:{received}",
                "accepted": f"{owner}:{start}", "in-progress": f"{owner}:attend",
                "on-hold": f"{owner}:resume", "rejected": "R:send"}.get(to, "-")
    if act.next == "question":
        return as_state if s["wrong"] == "question_is_as_said" else "R:amend"
    if act.next == "expected":
        return ("kept" if not s["missed"] else as_state) if to == "accepted" else "O:attend"
    return {"as-state": as_state, "resumed": as_state, "kept": "kept", "contact": "kept",
            "reach": "O:reach", "holder": "holder"}[act.next]


def tells_after(act, s, owner):
    """Each unit once, with the most that is asked of it; never who acts. Of what is shared
    no longer, only what still goes."""
    if unshared(s) and act.code not in manual.still_told():
        return "-/-/-/-"
    units = dict(zip(manual.SIDES, ("R", owner, s["back"])))
    needs = dict(act.tells)
    parties = "act" if calls(act, s) else needs.pop("parties", "-")
    if s["kind"] in REPORTS and act.code != "send":
        needs.pop("requester", None)    # who reported learns no more
    if waits(act, s):
        needs["hand-back"] = "act"
    most = {}
    for side, need in needs.items():
        unit = units[side]
        order = ("none", "ack", "act")
        if (unit != s["unit"] or act.code == "send") and order.index(need) >= order.index(most.get(unit, "none")):
            most[unit] = need
    told = []
    for side in units:
        told.append(most.pop(units[side], "-"))
    return "/".join([*told, parties])


def calls(act, s):
    """The third move to another organisation calls all to plan together."""
    return act.code == "forward" and bool(s["moved"]) and not s["near"]


def leaver_after(act, s, holder):
    leaver = "-"
    if act.code == "acknowledge" and s["kind"] in REPORTS:
        return s["custodian"] if holder != s["custodian"] else "R"
    if act.code == "forward" and s["custodian"] != s["unit"]:
        leaver = s["unit"]
    elif act.code == "accept" and holder != s["custodian"]:
        leaver = s["custodian"]
    return "-" if leaver in ("R", s["back"]) else leaver


def done(act, s):
    to = s["state"] if act.to == "same" else act.to
    shown = "-" if to == "none" else to
    if act.signatures != "alone":
        state = "-" if s["state"] == "none" else s["state"]
        return (f"propose to={state} version=3 holder={s['custodian']} by=- sender={s['sender']} owner=O"
                f" leaver=- closes=0 stops=0 next=kept calls=0 merges=0 tells=-/-/-/-")
    owner = "X" if act.code in ("send", "forward") else "O"
    if act.code == "send" and s["kind"] == "self-request":
        owner = s["unit"]
    holder = holder_after(act, s)
    sender = s["unit"] if act.code == "send" or act.code == "forward" and s["custodian"] == "O" else s["sender"]
    version = 1 if act.code == "send" else 3 + (act.version == "raises" and act.code not in OF_CHAIN)
    stops = act.code == "start" and s["kind"] in TRANSFERS
    return (f"do to={shown} version={version} holder={holder}"
            f" by={by_after(act, s, holder)} sender={sender} owner={owner}"
            f" leaver={leaver_after(act, s, holder)} closes={int(closes(act, s))}"
            f" stops={int(stops)} next={next_after(act, s, to, owner, holder, sender)}"
            f" calls={int(calls(act, s))} merges=0 tells={tells_after(act, s, owner)}")


def confirm_merge(**situation):
    """Whether the other half of a merge may be done: the refusal, or nothing. |same|: the
    member who proposed it."""
    unit, proposer = situation["unit"], situation["proposer"]
    holders = (situation["custodian"], situation["other"])
    if unit not in holders:
        return "ACT_NOT_YOURS"
    if holders[0] == holders[1]:
        return "" if proposer == unit else "ACT_NOT_POSSIBLE"
    if proposer == unit:
        return "ACT_NOT_YOURS"
    return "" if proposer in holders else "ACT_NOT_POSSIBLE"
