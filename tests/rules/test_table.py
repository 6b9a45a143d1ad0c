# SPDX-License-Identifier: Apache-2.0
"""Every act in every state by every unit for every kind, with each fact and each
guard: the decision in C is the one that the manual's table means."""

import itertools
import re

import manual
import model
import tree

STATES = re.findall(r'^STATE\(\w+, "([^"]*)"', (manual.TABLES / "states.def").read_text(), re.M)[1:]
KINDS = re.findall(r'^KIND\(\w+, "([^"]+)"', (manual.TABLES / "kinds.def").read_text(), re.M)
ACTS = [code for code in model.ACTS if code not in ("seen", "confirm")]
FACTS = dict(question=(0, 1), expected=(0, 1), missed=(0, 1), planned=(0, 1), waits=(0, 1),
             proposal=(0, 1), rest=(0, 1), open=(0, 1), restarted=(0, 1),
             call=(0, 1, 2), moved=(0, 1), aftercare=("none", "asked", "accepted"))
ORDERS = [name for name, (scope, *_) in manual.guards().items() if scope == "ORDER"]


def sort_allowed(line):
    head, _, acts = line.partition("allowed=")
    return f"{head}allowed={','.join(sorted(filter(None, acts.split(','))))}" if "allowed=" in line else line


def compare(ask, situations):
    situations = list(situations)
    wrong = []
    for situation, answer in zip(situations, ask(situations), strict=True):
        fields = {key: value for key, value in situation.items() if key != "act"}
        expected = model.decide(situation["act"], **fields)
        if sort_allowed(answer) != expected:
            wrong.append((situation, sort_allowed(answer), expected))
    assert not wrong, f"{len(wrong)} of {len(situations)} differ: {wrong[:3]}"
    return len(situations)


def states_of(act):
    return STATES if act not in model.OPENS else [""]


def test_the_manual_says_what_the_tables_say():
    assert manual.page_lines() == manual.written()


def test_the_diagram_of_the_manual_is_that_of_the_tables():
    assert manual.drawn() == manual.diagram()
    assert max(map(len, manual.drawn())) < 80


def test_every_act_state_unit_kind_and_holder(ask):
    """With the sender and hand-back unit that tell the holders apart, by whatever they hold."""
    count = compare(ask, (
        dict(act=act, state=state or "requested", unit=unit, kind=kind, custodian=custodian,
             sender=sender, back=back, by=by, expected=1, planned=1)
        for act in ACTS for state in states_of(act) if act not in model.OPENS
        for unit in "ROHBX" for kind in KINDS for custodian in "ROH" for sender in "RH"
        for back in "RB" for by in (("it", "other") if custodian in "O" + sender else ("it",))
        if by == "it" or back == "R"))
    assert count > 100000


def test_every_fact_with_every_other(ask):
    """Where the act's own side asks, for a kind that treats and one that does not."""
    names = list(FACTS)
    compare(ask, (
        dict(act=act, state=state, unit=unit, kind=kind, custodian="O", **dict(zip(names, values)))
        for act in ACTS if act not in model.OPENS for state in sorted(model.ACTS[act].states - {"none"})
        for unit in ({"requester": "R", "hand-back": "B"}.get(model.ACTS[act].by, "O"),)
        for kind in ("care-request", "consultation")
        for values in itertools.product(*FACTS.values())
        if len([v for v in values if v not in (0, "none")]) <= 3))


def test_every_end_for_a_holder_with_and_without_more_to_do(ask):
    """Who holds what has ended is asked to send it on, unless more is under way for it."""
    compare(ask, (dict(act=act, state=state, unit=unit, kind=kind, custodian=custodian, sender=sender,
                       back=back, busy=busy, rest=rest, planned=1, waits=1, aftercare=aftercare,
                       proposal=0)
                  for act in ACTS if act not in model.OPENS and act not in model.OF_CHAIN
                  for state in sorted(model.ACTS[act].states - {"none"}) for unit in "ROB"
                  for kind in ("care-request", "consultation", "report-of-concern")
                  for custodian in "ROHB" for sender in "RH" for back in "ROB"
                  for busy in ("", "R", "O", "B", "H", "ROBH") for rest in (0, 1)
                  for aftercare in ("none", "accepted")))


def test_after_a_treatment_the_holder_is_asked_how_the_person_is_and_nothing_before(ask):
    compare(ask, (dict(act=act, state=state, unit=unit, kind=kind, custodian=custodian, back=back, planned=1,
                       waits=1, followed=followed, busy=busy, aftercare=aftercare)
                  for act in ACTS if act not in model.OPENS and act not in model.OF_CHAIN
                  for state in sorted(model.ACTS[act].states - {"none"}) for unit in "ROB"
                  for kind in ("care-request", "consultation", "aftercare") for custodian in "ROHB" for back in "ROB"
                  for followed in (0, 1) for busy in ("", "O") for aftercare in ("none", "accepted")))


def test_every_guard_of_a_message(ask):
    compare(ask, (
        dict(act=act, state=state or "requested", unit=unit, kind="care-request", wrong=guard,
             expected=expected, question=question, planned=1)
        for act in ACTS if act not in model.OPENS for state in STATES for unit in "RO"
        for guard in (*ORDERS, "event_has_come", "event_is_over") for expected in (0, 1) for question in (0, 1)))


def test_every_role(ask):
    roles = re.findall(r'^ROLE\(\w+, "([^"]+)"', (manual.TABLES / "roles.def").read_text(), re.M)
    compare(ask, (dict(act=act, state=state, unit=unit, role=role)
                  for act in ACTS if act not in model.OPENS for state in STATES for unit in "ROB" for role in roles))


def test_every_act_on_the_chain(ask):
    compare(ask, (dict(act=act, unit=unit, custodian=custodian, rest=rest, open=open_, proposal=proposal,
                       succeeds=succeeds, other=other, role=role, wrong=wrong)
                  for act in sorted(model.OF_CHAIN) for unit in "ROH" for custodian in "ROH"
                  for rest in (0, 1) for open_ in (0, 1) for proposal in (0, 1) for succeeds in (0, 1)
                  for other in "RH" for role in ("caseworker", "manager")
                  for wrong in ("", *model.CHAIN_ORDERS)))


def test_a_chain_ends_at_once_when_the_person_is_gone(ask):
    compare(ask, (dict(act="close", unit=unit, custodian=custodian, rest=rest, open=open_, gone=gone,
                       reports=reports, role=role)
                  for unit in "ROH" for custodian in "ROH" for rest in (0, 1) for open_ in (0, 1)
                  for gone in (0, 1) for reports in (0, 1) for role in ("caseworker", "manager")))


def test_both_halves_of_a_merge(ask):
    situations = [dict(act="confirm", confirms="merge", proposal=1, unit=unit, custodian=custodian,
                       other=other, proposer=proposer)
                  for unit in "ROH" for custodian in "ROH" for other in "ROH" for proposer in "ROH"]
    for situation, answer in zip(situations, ask(situations), strict=True):
        refusal = model.confirm_merge(**situation)
        if refusal:
            assert answer.startswith(f"refuse {refusal} "), (situation, answer)
        else:
            assert " closes=1 " in answer and " merges=1 " in answer, (situation, answer)
            assert answer.endswith("tells=-/-/-/none"), (situation, answer)


def test_every_consent(ask):
    """One in force, one that has ended, one that is revoked: what stops, and who is told."""
    compare(ask, (dict(act=act, state=state, unit=unit, kind=kind, consent=consent, custodian=custodian,
                       planned=1, expected=expected, wrong=wrong)
                  for act in ACTS if act not in model.OPENS and act not in model.OF_CHAIN
                  for state in STATES for unit in "ROB" for kind in ("care-request", "report-of-concern")
                  for consent in (0, 1, 2, 3) for custodian in "RO" for expected in (0, 1)
                  for wrong in ("", *(["next_consent_covers"] if consent == 0 else []))))


def test_who_gives_a_consent_anew_that_was_revoked(ask):
    compare(ask, (dict(act="consent", state="accepted", unit=unit, kind="care-request", consent=consent,
                       custodian=custodian, revoker=revoker)
                  for unit in "ROBH" for consent in (0, 1, 2, 3) for custodian in "ROH" for revoker in "ROBH"))


def test_the_manual_says_what_still_goes_when_a_consent_is_revoked():
    assert manual.still_told() == manual.still_goes()


def test_the_manual_says_which_days_and_times_may_not_be_too_far_away():
    assert manual.within_reach() == manual.reaches()
    assert re.search(r"^CAP\(YEARS_AWAY, 10,", (manual.TABLES / "caps.def").read_text(), re.M)


def test_no_act_is_for_a_role_that_may_not_call_its_method():
    """A service sends and fetches; it answers, amends and acknowledges nothing."""
    methods = (manual.TABLES / "methods.def").read_text()
    callers = {name: set(roles.lower().split(", ")) for name, roles in
               re.findall(r"^METHOD\((\w+),.*ROLES\((.*)\)\)", methods, re.M)}
    for code, act in model.ACTS.items():
        method = {"send": "send", "acknowledge": "acknowledge", "seen": "acknowledge"}.get(code, "act")
        assert act.roles <= callers[method], code
    assert [code for code, act in model.ACTS.items() if "service" in act.roles] == ["send"]


def test_every_move_and_call_to_plan(ask):
    compare(ask, (dict(act=act, state=state, unit=unit, kind=kind, moved=moved, near=near, call=call, role=role)
                  for act in ("forward", "reply", "waive") for state in STATES for unit in "ROH"
                  for kind in ("care-request", "report-of-concern") for moved in (0, 1) for near in (0, 1)
                  for call in (0, 1, 2) for role in ("caseworker", "manager")))


def test_every_kind_and_guard_of_a_send(ask):
    compare(ask, (dict(act="send", unit="R", kind=kind, custodian=custodian, back="R", role=role,
                       inside=inside, wrong=wrong)
                  for kind in KINDS for role in ("caseworker", "service", "intake")
                  for custodian in "RH" for inside in (0, 1) for wrong in ["", *ORDERS]))


def test_the_table_has_a_row_for_every_act_of_the_contract():
    proto = (tree.TOP / "proto/stafett/v1/message.proto").read_text()
    oneof = proto.split("oneof act {")[1].split("}")[0]
    names = {name.replace("_", "-") for name in re.findall(r"\w+Act (\w+) =", oneof)}
    assert names | {"acknowledge", "seen"} == set(model.ACTS)


def test_what_the_chain_asks_is_said_by_its_holder_when_the_time_has_come(ask):
    compare(ask, (dict(act=act, unit=unit, custodian=custodian, open=open_, late=late, asked=asked, role=role,
                       awaits=awaits)
                  for act in ("delay", "follow-up", "close") for unit in "ROH" for custodian in "ROH"
                  for open_ in (0, 1) for late in (0, 1) for asked in (0, 1) for awaits in (0, 1)
                  for role in ("caseworker", "intake", "manager", "auditor")))
