# SPDX-License-Identifier: Apache-2.0
"""Why a disclosure is lawful: rows of legal bases, consents given, ended and revoked."""

import time
from contextlib import contextmanager

import grpc
import people
import pytest
import quarter
from caller import in_days, pb, refusal_of, refused
from processes import DEADLINE_S


def consent(**more):
    return dict(legal_basis=pb.LegalBasis(code="consent", form="written", **more))


def said(caller, refusal, reason, field):
    assert (refusal.code, refusal.reason, refusal.refusal.field) == (
        grpc.StatusCode.FAILED_PRECONDITION, reason, field)
    return refusal.refusal


# -- rows ------------------------------------------------------------------------------


def test_a_basis_that_is_none_between_the_two_is_refused_with_those_that_would_do(
        maria, nothing_written):
    refusal = nothing_written(refused, maria.send, people.BEROENDE, audit_rows=1,
                              act=dict(legal_basis=pb.LegalBasis(code="duty-to-report")))
    told = said(maria, refusal, "BASIS_NOT_ALLOWED", "send.legal_basis.code")
    assert list(told.allowed_bases) == ["consent", "need-of-care", "harm-test"]


HARM_TEST = dict(legal_basis=pb.LegalBasis(code="harm-test"))


def wait_sent(caller, unit, sent):
    """Until a send on a test of harm goes, or goes no more."""
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        try:
            caller.send(unit, act=HARM_TEST)
            went = True
        except grpc.RpcError as error:
            assert refusal_of(error).reason == "BASIS_NOT_ALLOWED"
            went = False
        if went == sent:
            return
    raise TimeoutError


@contextmanager
def without(tables, rule, caller, unit):
    """A row is ended meanwhile, and |caller|, who would send to |unit| by it, has heard of
    it, and of its return."""
    cursor = tables.connection.cursor()
    cursor.execute("UPDATE stafett.basis_rule SET valid_to = stafett.now() WHERE name = %s", (rule,))
    try:
        wait_sent(caller, unit, False)
        yield
    finally:
        cursor.execute("UPDATE stafett.basis_rule SET valid_to = 'infinity' WHERE name = %s", (rule,))
        wait_sent(caller, unit, True)


def test_a_row_that_is_ended_counts_no_more(maria, tables):
    """An organisation has its own view of the law; the daemons read it at once."""
    with without(tables, "HARM-TEST-SOCIAL", maria, people.BEROENDE):
        assert refused(maria.send, people.BEROENDE, act=HARM_TEST).reason == "BASIS_NOT_ALLOWED"


# -- rows in an operator's hands ---------------------------------------------------------

# Between sectors that no other story knows.
ROW = {"name": "STORY-ROW", "basis": "discharge-law", "from_sector": "other", "to_sector": "other",
       "source": "agreement B-4"}


def rows(stack, name):
    """The versions of a row: what stands in each."""
    head, *lines = (line.split("\t") for line in stack.command("basis", "list").stdout.splitlines())
    return [dict(zip(head, line)) for line in lines if line[0] == name]


def add(stack, check=True, **changed):
    return stack.feed("basis", "add", content={**ROW, **changed}, check=check)


def test_an_operator_adds_and_ends_rows_and_each_change_is_recorded(stack, tables):
    add(stack)
    add(stack, source="agreement B-5")
    first, second = rows(stack, ROW["name"])
    assert (first["version"], second["version"], second["source"]) == ("1", "2", "agreement B-5")
    assert first["to"] and not second["to"]
    assert (second["basis"], second["from-sector"], second["kind"]) == ("discharge-law", "other", "")
    stack.command("basis", "end", ROW["name"])
    assert rows(stack, ROW["name"])[1]["to"]
    details = [bytes(detail) for detail, in tables.rows("SELECT detail FROM stafett.audit_queue")]
    for change in (b"add STORY-ROW 1", b"add STORY-ROW 2", b"end STORY-ROW 2"):
        assert len([detail for detail in details if change in detail]) == 1
    assert "no such" in stack.command("basis", "end", ROW["name"], check=False).stderr


@pytest.mark.parametrize("wrong", [
    {"basis": "luck"}, {"kind": "luck"}, {"from_sector": "luck"}, {"name": "a b"}, {"source": ""},
    {"from": "soon"}, {"sector": "other"}])
def test_a_row_that_nobody_could_read_is_refused(stack, wrong):
    refusal = add(stack, check=False, **{"name": "STORY-WRONG", **wrong})
    assert refusal.returncode != 0 and next(iter(wrong)) in refusal.stderr
    assert not rows(stack, "STORY-WRONG")


def test_the_rows_that_a_database_begins_with_are_listed(stack):
    row, = rows(stack, "NEED-SOCIAL-HEALTH")
    assert (row["basis"], row["from-sector"], row["to-sector"]) == ("need-of-care", "social", "health")


# -- what is disclosed ----------------------------------------------------------------------


def test_a_disclosure_is_frozen_with_its_event(maria, petra):
    sent = maria.send(people.BEROENDE)
    petra.perform(sent, "forward", to=people.MALMO, reason="outside-area", person_told="phone")
    first, moved = (event.disclosures[0] for event in maria.get(sent.referral).events)
    assert (first.unit, first.basis, first.rule, first.rule_version) == (
        people.BEROENDE, "need-of-care", "NEED-SOCIAL-HEALTH", 1)
    assert (moved.unit, moved.rule, moved.consent) == (people.MALMO, "NEED-HEALTH-SOCIAL", "")


def test_what_was_taken_from_a_unit_it_does_not_give_itself(maria, petra):
    sent = maria.send(people.BEROENDE, act=consent())
    maria.perform(sent, "unshare")
    ours = dict(form="oral", recipients=["skane"])
    assert "consent" not in petra.get(sent.referral).referral.allowed_acts
    assert refused(petra.perform, sent, "consent", **ours).reason == "ACT_NOT_YOURS"
    assert petra.get(sent.referral).referral.no_longer_shared
    assert "consent" in maria.get(sent.referral).referral.allowed_acts
    maria.perform(sent, "consent", **ours)
    assert not petra.get(sent.referral).referral.no_longer_shared


def test_who_revoked_it_gives_it_anew_though_another_unit_holds_the_person(maria, petra):
    sent = maria.send(people.BEROENDE, act=consent())
    petra.accept(sent, 1)
    maria.perform(sent, "unshare")
    assert maria.get(sent.referral).referral.no_longer_shared
    maria.perform(sent, "consent", form="oral", recipients=["skane", "lund"])
    assert not maria.get(sent.referral).referral.no_longer_shared


# -- consents --------------------------------------------------------------------------


def test_a_consent_that_is_given_with_a_referral_covers_the_organisation_that_is_asked(maria, petra):
    sent = maria.send(people.BEROENDE, act=consent(end_date=in_days(30), covers_missed_events=True))
    given = petra.get(sent.referral).referral.consent
    assert (list(given.recipients), given.status, given.unit) == (["skane"], "active", people.LUND)
    assert (given.form, given.end_date, given.covers_missed_events) == ("written", in_days(30), True)
    told = said(petra, refused(petra.perform, sent, "forward", to=people.MALMO,
                               reason="outside-area", person_told="phone"), "CONSENT_MISSING", "to_units")
    assert "need-of-care" in told.allowed_bases
    petra.perform(sent, "consent", form="oral", recipients=[people.MALMO, "skane", "lund"])
    petra.perform(sent, "forward", to=people.MALMO, reason="outside-area", person_told="phone")
    last = maria.get(sent.referral)
    assert last.referral.owner == people.MALMO
    assert last.events[-1].disclosures[0].consent == last.referral.consent.id != given.id


def test_the_unit_to_which_it_is_handed_back_reads_it_by_the_same_basis(maria, omar):
    """It is a party from the beginning, and may be of a third organisation."""
    back = dict(hand_back_unit=people.MALMO)
    said(maria, refused(maria.send, people.BEROENDE, act={**consent(), **back}),
         "CONSENT_MISSING", "send.legal_basis.consent")
    sent = maria.send(people.BEROENDE, act={**consent(recipients=["skane", "malmo"]), **back})
    seen = omar.get(sent.referral, contents=True)
    assert seen.contents[0].body.data == b"body"
    to_owner, to_third = seen.events[0].disclosures
    assert (to_owner.unit, to_third.unit) == (people.BEROENDE, people.MALMO)
    assert to_owner.consent == to_third.consent == seen.referral.consent.id
    assert (to_third.basis, to_third.rule, to_third.rule_version) == ("consent", "CONSENT", 1)
    narrow = dict(legal_basis=pb.LegalBasis(
        code="consent", consent=maria.get(sent.referral).referral.consent.id))
    maria.send(people.BEROENDE, chain=sent.chain, act={**narrow, **back})
    maria.send(people.BEROENDE, act={**consent(), "hand_back_unit": people.LUND})


def test_to_a_third_unit_it_is_disclosed_by_the_row_between_those_sectors(maria, omar):
    sent = maria.send(people.BEROENDE, act={**HARM_TEST, "hand_back_unit": people.MALMO})
    disclosed = {d.unit: d.rule for d in omar.get(sent.referral).events[0].disclosures}
    assert disclosed == {people.BEROENDE: "HARM-TEST-SOCIAL", people.MALMO: "HARM-TEST-SOCIAL"}


def test_the_basis_must_be_one_for_the_hand_back_unit_too(stack, maria):
    other = "helpers/sister"
    stack.load({"organizations": [{
        "slug": "helpers", "number": "8020022417", "name": "Helpers", "kind": "ngo", "members": [],
        "units": [{"handle": other, "display_name": "Sister", "kinds": ["planning-call"],
                   "service_area": ["1285"]}]}]})
    said(maria, refused(maria.send, people.BEROENDE, act=dict(hand_back_unit=other)),
         "BASIS_NOT_ALLOWED", "send.legal_basis.code")
    maria.send(people.BEROENDE, act={**HARM_TEST, "hand_back_unit": other})


def test_an_earlier_consent_of_the_chain_serves_where_it_covers(maria, petra):
    sent = maria.send(people.BEROENDE, act=consent(recipients=["skane", people.MALMO]))
    known = maria.get(sent.referral).referral.consent.id
    named = dict(legal_basis=pb.LegalBasis(code="consent", consent=known))
    again = maria.send(people.MALMO, chain=sent.chain, act=named)
    assert maria.get(again.referral).referral.consent.id == known
    maria.perform(sent, "consent", form="oral", recipients=["skane"])
    narrow = maria.get(sent.referral).referral.consent.id
    named["legal_basis"].consent = narrow
    said(maria, refused(maria.send, people.MALMO, chain=sent.chain, act=named),
         "CONSENT_MISSING", "send.legal_basis.consent")
    said(maria, refused(maria.send, people.MALMO, act=named), "CONSENT_MISSING",
         "send.legal_basis.consent")


def test_a_consent_that_has_ended_stops_what_would_be_told_next(maria, tables, nothing_written):
    sent = maria.send(people.BEROENDE, act=consent(end_date=in_days(1)))
    tables.connection.cursor().execute("UPDATE stafett.consent SET end_date = %s WHERE referral = %s",
                           (in_days(-1), sent.referral))
    refusal = nothing_written(refused, maria.perform, sent, "amend", body=b"more", audit_rows=2)
    told = said(maria, refusal, "CONSENT_EXPIRED", "consent")
    assert told.consent_end_date == in_days(-1)
    assert maria.get(sent.referral).referral.consent.status == "ended"
    maria.perform(sent, "consent", form="written", recipients=["skane"], end_date=in_days(9))
    maria.perform(sent, "amend", body=b"more")
    assert refused(maria.perform, sent, "consent", form="oral", recipients=["skane"],
                   end_date=in_days(-1)).reason == "CONSENT_EXPIRED"


# -- no longer shared ------------------------------------------------------------------


@pytest.fixture()
def revoked(maria, petra):
    """What Lund sent to Beroende, which had not accepted when the person said no."""
    sent = maria.send(people.BEROENDE, act=consent())
    petra.acknowledge(sent)
    maria.perform(sent, "unshare")
    return sent


def test_what_is_revoked_is_no_longer_shared_with_others(maria, petra, revoked):
    ours, theirs = maria.get(revoked.referral, contents=True), petra.get(revoked.referral, contents=True)
    assert ours.contents[0].body.data == b"body" and ours.card.data == b"card"
    assert (ours.referral.no_longer_shared, ours.referral.consent.status) == (False, "revoked")
    assert theirs.referral.no_longer_shared and not theirs.referral.HasField("consent")
    assert not theirs.card.data and revoked.id not in [c.message for c in theirs.contents]
    assert theirs.referral.status == "received" and theirs.referral.requester == people.LUND


def test_an_inbox_says_what_is_no_longer_shared_and_so_does_fetch(maria, petra, omar):
    sent = maria.send(people.BEROENDE, act=consent())
    maria.perform(sent, "unshare")
    item, = (item for item in petra.whole_inbox() if item.id == sent.id)
    assert item.no_longer_shared and not item.card.data
    assert refused(petra.fetch, sent).reason == "NO_LONGER_SHARED"
    assert refused(omar.fetch, sent).reason == "NOT_FOUND"


def test_what_is_shared_is_not_said_to_be_shared_no_longer(maria, petra):
    sent = maria.send(people.BEROENDE, act=consent())
    item, = (item for item in petra.whole_inbox() if item.id == sent.id)
    assert not item.no_longer_shared and item.card.data == b"card"
    assert petra.fetch(sent) == b"body"


def test_after_it_only_what_ends_it_or_hands_it_back_goes(maria, petra, revoked):
    for who, act, fields in ((maria, "amend", dict(body=b"more")), (petra, "ask", dict(question="contact")),
                             (petra, "answer", dict(body=b"no")), (petra, "note", dict(body=b"no")),
                             (petra, "accept", dict(responsible="nurse", contact_by_date=in_days(7))),
                             (petra, "forward", dict(to=people.FALADEN, reason="other", person_told="phone"))):
        assert refused(who.perform, revoked, act, **fields).reason in (
            "CONSENT_MISSING", "UNIT_DOES_NOT_TAKE"), act
    allowed = set(petra.get(revoked.referral).referral.allowed_acts)
    assert "reject" in allowed and not allowed & {"accept", "ask", "answer", "unshare"}
    petra.perform(revoked, "note", contact=True)
    petra.perform(revoked, "reject", reason="other", none_known=True, person_told="phone",
                  body=b"no consent")
    assert maria.get(revoked.referral, contents=True).contents[-1].body.data == b"no consent"


def test_the_holder_goes_on_and_the_others_are_told_of_the_end_alone(maria, petra):
    sent = maria.send(people.BEROENDE, act=consent())
    petra.accept(sent, 1)
    petra.perform(sent, "answer", body=b"before")
    maria.perform(sent, "unshare")
    petra.perform(sent, "start", intervention="CRA", no_next="other")
    petra.perform(sent, "break_off", reason="person-wishes", person_told="phone", body=b"the end")
    ours, theirs = maria.get(sent.referral, contents=True), petra.get(sent.referral, contents=True)
    kinds = [event.kind for event in ours.events]
    assert "start" not in kinds and kinds[-2:] == ["unshare", "break-off"]
    bodies = [content.body.data for content in ours.contents]
    assert b"body" in bodies and b"the end" in bodies and b"before" not in bodies
    assert not theirs.referral.no_longer_shared and b"before" in [c.body.data for c in theirs.contents]


def test_what_is_hidden_in_events_is_not_told_by_the_row_either(maria, petra):
    """Whoever does not hold it sees it as it was when the person said no."""
    sent = maria.send(people.BEROENDE, act=consent())
    petra.accept(sent, 1)
    maria.perform(sent, "unshare")
    visit = pb.ExpectedEvent(kind="visit")
    visit.time.FromJsonString(f"{in_days(2)}T10:00:00Z")
    petra.perform(sent, "start", intervention="MI", event=visit)
    theirs, ours = petra.get(sent.referral), maria.get(sent.referral)
    assert (theirs.referral.status, theirs.chain.intervention_start_date) == ("in-progress", in_days(0))
    assert (ours.referral.status, ours.chain.intervention_start_date) == ("accepted", "")
    assert (ours.referral.next_act, ours.referral.HasField("due_time")) == ("", False)
    assert [(d.what, d.stop_date) for d in maria.why(sent.referral)] == [("help", "")]
    shown = {status: sent.referral in [row.referral.id for row in maria.list(page_size=100, status=status).referrals]
             for status in ("accepted", "in-progress")}
    assert shown == {"accepted": True, "in-progress": False}
    petra.perform(sent, "break_off", reason="person-wishes", person_told="phone", body=b"the end")
    assert maria.get(sent.referral).referral.status == "failed"


def test_who_has_left_does_not_find_it_by_what_became_of_it(maria, petra, omar):
    sent = maria.send(people.BEROENDE)
    petra.acknowledge(sent)
    petra.perform(sent, "forward", to=people.MALMO, reason="outside-area", person_told="phone")
    omar.accept(sent, 3)
    omar.perform(sent, "start", intervention="MI", no_next="other")
    found = {key: sent.referral in [row.referral.id for row in petra.list(page_size=100, **key_of).referrals]
             for key, key_of in (("requested", {"status": "requested"}), ("in-progress", {"status": "in-progress"}),
                                 ("any", {}), ("owner", {"unit": people.MALMO}))}
    assert found == {"requested": True, "in-progress": False, "any": True, "owner": False}
    assert [d.stop_date for d in petra.why(sent.referral) if d.what == "help"] == [""]


def test_a_new_consent_shares_it_again(maria, petra, revoked):
    maria.perform(revoked, "consent", form="written", recipients=["skane"])
    again = petra.get(revoked.referral, contents=True)
    assert not again.referral.no_longer_shared and again.contents[0].body.data == b"body"
    petra.accept(revoked, 2)


def test_a_new_consent_for_somebody_else_shares_it_with_nobody_again(maria, petra, revoked):
    maria.perform(revoked, "consent", form="oral", recipients=["malmo"])
    after = petra.get(revoked.referral, contents=True)
    assert after.referral.no_longer_shared and revoked.id not in [c.message for c in after.contents]
    assert refused(petra.accept, revoked, 2).reason == "CONSENT_MISSING"
    maria.perform(revoked, "consent", form="oral", recipients=["malmo", people.BEROENDE])
    assert not petra.get(revoked.referral).referral.no_longer_shared


def test_what_was_forwarded_on_a_consent_rests_on_it(maria, petra, omar, tables):
    sent = maria.send(people.BEROENDE, act=HARM_TEST)
    petra.acknowledge(sent)
    with without(tables, "HARM-TEST-HEALTH", petra, people.MALMO):
        maria.perform(sent, "consent", form="oral", recipients=["malmo"])
        petra.perform(sent, "forward", to=people.MALMO, reason="outside-area", person_told="phone")
    assert omar.get(sent.referral, contents=True).contents[0].body.data == b"body"
    maria.perform(sent, "unshare")
    theirs = omar.get(sent.referral, contents=True)
    assert theirs.referral.no_longer_shared and not theirs.card.data
    assert sent.id not in [content.message for content in theirs.contents]
    assert refused(omar.perform, sent, "accept", responsible="nurse",
                   contact_by_date=in_days(7)).reason == "CONSENT_MISSING"


def test_what_rests_on_another_basis_outlives_a_consent_of_the_chain(maria, petra, omar):
    sent = maria.send(people.BEROENDE, act=consent(recipients=["skane", "malmo"]))
    also = maria.send(people.MALMO, chain=sent.chain, act=HARM_TEST)
    maria.perform(also, "consent", form="oral", recipients=["malmo"])
    maria.perform(sent, "unshare")
    theirs = omar.get(also.referral, contents=True)
    assert not theirs.referral.no_longer_shared and theirs.contents[0].body.data == b"body"


def test_the_messages_on_the_chain_are_shared_no_longer_either(stack):
    quarter.build(stack)
    north, east = quarter.caller(stack, "nora"), quarter.caller(stack, "elsa")
    chain = north.register()
    sent = north.send(east.unit, chain=chain, act=consent())
    words = [c.body.data for c in east.chain(chain, contents=True).contents]
    north.perform(sent, "unshare")
    assert words == [b"words"]
    assert [c.body.data for c in east.chain(chain, contents=True).contents] == []
    assert [c.body.data for c in north.chain(chain, contents=True).contents] == [b"words"]


def test_what_rests_on_the_same_consent_is_revoked_with_it(maria, petra, omar):
    sent = maria.send(people.BEROENDE, act=consent(recipients=["skane", "malmo"]))
    named = dict(legal_basis=pb.LegalBasis(code="consent", consent=maria.get(sent.referral).referral.consent.id))
    also = maria.send(people.MALMO, chain=sent.chain, act=named)
    maria.perform(sent, "unshare")
    assert omar.get(also.referral).referral.no_longer_shared
    assert refused(maria.send, people.MALMO, chain=sent.chain, act=named).reason == "CONSENT_MISSING"
    assert refused(maria.perform, sent, "unshare").reason == "CONSENT_MISSING"


def test_the_daemon_cannot_take_a_revocation_back(tables, revoked):
    cursor = tables.connection.cursor()
    with pytest.raises(Exception, match="stays so"):
        cursor.execute("UPDATE stafett.consent SET revoke_time = NULL, revoke_unit = NULL"
                       " WHERE referral = %s", (revoked.referral,))
    cursor.execute("SELECT has_column_privilege('stafett_app', 'stafett.consent', c, 'UPDATE')"
                   " FROM unnest(ARRAY['id', 'chain', 'recipients', 'end_date', 'unit']) c")
    assert not any(row[0] for row in cursor.fetchall())
    cursor.execute("SELECT has_table_privilege('stafett_app', 'stafett.basis_rule', p)"
                   " FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'SELECT']) p")
    assert not any(row[0] for row in cursor.fetchall())
