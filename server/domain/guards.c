/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guards of the transition table: each is one question with one answer. What
 * its refusal says stands in guards.def.
 */
#include "domain/rules_basis.h"
#include "domain/rules_table.h"

static bool guard_unit_exists(const struct order *o, const struct facts *f)
{
	return f->to_known;
}

static bool guard_unit_open(const struct order *o, const struct facts *f)
{
	return f->to_open;
}

/* A unit that is closed takes hold of nobody. */
static bool guard_own_unit_open(const struct order *o, const struct facts *f)
{
	return f->unit_open;
}

static bool guard_self_request_stays(const struct order *o, const struct facts *f)
{
	return rules_kind_row(o->kind)->course != COURSE_TO_ITSELF ||
	       uuid_equal(&f->to_unit, &f->unit);
}

/* The kinds of |kinds| that take such a course. */
static mask_t kinds_of_course(mask_t kinds, enum course course)
{
	mask_t found = 0;

	for (int kind = 0; kind < KIND_COUNT; kind++)
		if (kinds & MASK(kind) && rules_kind_row((enum kind)kind)->course == course)
			found |= MASK(kind);
	return found;
}

/* What has been reported is the board's, once it was received: who reported it, or
 * stands beside, has nothing to add to its chain. */
static bool may_add_to_reports(const struct facts *f)
{
	return !kinds_of_course(f->chain_kinds, COURSE_REPORT) ||
	       (uuid_equal(&f->custodian, &f->unit) &&
		       !kinds_of_course(f->own_kinds, COURSE_REPORT));
}

/* What is about somebody else is not in the person's chain; what it replaces has its
 * own. */
static bool guard_kind_has_own_chain(const struct order *o, const struct facts *f)
{
	enum course course = rules_kind_row(o->kind)->course;
	bool goes_on = o->has_named_referral && f->replaces_own && f->replaces_kind == (int)o->kind;
	bool usual = course != COURSE_OWN_CHAIN && course != COURSE_REPORT;

	return o->opens_chain || goes_on || (usual && may_add_to_reports(f));
}

static bool guard_linked_chain_exists(const struct order *o, const struct facts *f)
{
	return uuid_is_nil(&o->other_chain) || f->other.visible;
}

static bool guard_unit_takes_kind(const struct order *o, const struct facts *f)
{
	return f->to_kinds & MASK(o->kind);
}

static bool guard_next_unit_takes_kind(const struct order *o, const struct facts *f)
{
	return f->to_kinds & MASK(f->kind);
}

/* To the requester it is rejected, and to oneself there is nothing to forward. */
static bool guard_unit_is_another(const struct order *o, const struct facts *f)
{
	return !uuid_equal(&f->to_unit, &f->owner) && !uuid_equal(&f->to_unit, &f->requester);
}

static bool guard_hand_back_exists(const struct order *o, const struct facts *f)
{
	return !o->named_unit.len || f->named_unit_known;
}

static bool guard_chain_open(const struct order *o, const struct facts *f)
{
	return o->opens_chain || f->chain_open;
}

/* Any party may add a referral; a hand-over is the holder's to give. */
static bool guard_sender_may_use_chain(const struct order *o, const struct facts *f)
{
	return o->opens_chain || !rules_kind_row(o->kind)->holder_only ||
	       uuid_equal(&f->custodian, &f->unit);
}

static bool guard_replaced_is_own(const struct order *o, const struct facts *f)
{
	return !o->has_named_referral || f->replaces_own;
}

static bool guard_clock_not_in_future(const struct order *o, const struct facts *f)
{
	return !o->opens_chain ||
	       date_compare(o->help_request_date, calendar_date_of(f->now_us)) <= 0;
}

static bool guard_basis_allowed(const struct order *o, const struct facts *f)
{
	return (uuid_equal(&f->to_unit, &f->unit) || rules_basis_rule(o, f)) &&
	       (!rules_names_third(o, f) || rules_basis_rule_of_third(o, f));
}

/* Given with the message, or before: then it is the chain's, and stands. */
static bool guard_consent_covers(const struct order *o, const struct facts *f)
{
	bool is_new = uuid_is_nil(&o->consent);
	struct bytes whom = is_new ? o->recipients : f->consent.recipients;

	if (o->basis != BASIS_CONSENT)
		return true;
	return (is_new || (f->consent.known && !f->consent.revoked)) &&
	       rules_consent_covers(whom, o->to_unit) &&
	       (!rules_names_third(o, f) || rules_consent_covers(whom, o->named_unit));
}

/* What the person has agreed to ends with the day that was said. */
static bool guard_consent_not_expired(const struct order *o, const struct facts *f)
{
	return o->basis != BASIS_CONSENT ||
	       rules_consent_counts(uuid_is_nil(&o->consent) ? o->basis_end : f->consent.end, f);
}

static bool guard_consent_not_revoked(const struct order *o, const struct facts *f)
{
	return !rules_is_unshared(f);
}

static bool guard_consent_in_force(const struct order *o, const struct facts *f)
{
	return f->basis != BASIS_CONSENT || rules_consent_counts(f->consent.end, f);
}

static bool guard_next_basis_allowed(const struct order *o, const struct facts *f)
{
	return rules_basis_rule(o, f);
}

static bool guard_next_consent_covers(const struct order *o, const struct facts *f)
{
	return rules_basis_of(o, f) != BASIS_CONSENT ||
	       rules_consent_covers(f->consent.recipients, o->to_unit);
}

/* Whoever has reached the person says so, whatever is shared. */
static bool guard_note_is_shared(const struct order *o, const struct facts *f)
{
	return o->contact || !rules_is_unshared(f);
}

static bool guard_new_consent_to_come(const struct order *o, const struct facts *f)
{
	return rules_consent_counts(o->basis_end, f);
}

static bool guard_consent_to_revoke(const struct order *o, const struct facts *f)
{
	return f->consent.known && !f->consent.revoked;
}

/* Danger to life is phoned first; the message only follows. */
static bool guard_stat_was_phoned(const struct order *o, const struct facts *f)
{
	return !bytes_are(o->priority, "stat") || (o->call_us > 0 && o->call_us <= f->now_us);
}

static bool guard_stat_has_cover(const struct order *o, const struct facts *f)
{
	return !bytes_are(o->priority, "stat") || f->to_covered;
}

static bool guard_message_was_delivered(const struct order *o, const struct facts *f)
{
	return f->delivered_known;
}

/* An acknowledgement says what was received, not that something was. */
static bool guard_content_is_the_delivered(const struct order *o, const struct facts *f)
{
	return memcmp(f->delivered_hash, o->delivered_hash, sizeof(o->delivered_hash)) == 0;
}

static bool guard_no_question_open(const struct order *o, const struct facts *f)
{
	return !f->progress.question_seq;
}

static bool guard_question_is_as_said(const struct order *o, const struct facts *f)
{
	return o->withdraws == (f->progress.question_seq != 0);
}

static bool guard_contact_not_passed(const struct order *o, const struct facts *f)
{
	return date_compare(o->contact_by, calendar_date_of(f->now_us)) >= 0;
}

static bool guard_contact_within_clock(const struct order *o, const struct facts *f)
{
	return date_compare(o->contact_by, f->due_date) <= 0 || o->clock_reason.len > 0;
}

static bool guard_alternative_exists(const struct order *o, const struct facts *f)
{
	return !o->named_unit.len || f->named_unit_known;
}

static bool guard_assignee_is_member(const struct order *o, const struct facts *f)
{
	return !o->assignee.len || f->assignee_known;
}

/* Of two members who take it at once the second is told, and takes nothing. */
static bool guard_nobody_was_quicker(const struct order *o, const struct facts *f)
{
	return bytes_equal(o->assigned_before, f->assigned);
}

static bool guard_appointment_to_come(const struct order *o, const struct facts *f)
{
	return !o->appointment_us || o->appointment_us > f->now_us;
}

static bool guard_event_to_come(const struct order *o, const struct facts *f)
{
	return o->expected == EXPECTED_NONE || o->expected_us > f->now_us;
}

static bool guard_resumes_later(const struct order *o, const struct facts *f)
{
	return date_compare(o->until, calendar_date_of(f->now_us)) > 0;
}

static bool guard_start_not_in_future(const struct order *o, const struct facts *f)
{
	return date_compare(o->start, calendar_date_of(f->now_us)) <= 0;
}

static bool guard_event_expected(const struct order *o, const struct facts *f)
{
	return f->progress.expected != EXPECTED_NONE;
}

/* Nobody has come to what is still ahead, nor missed it; who comes early has come. */
static bool guard_event_has_come(const struct order *o, const struct facts *f)
{
	const int64_t early_us = INT64_C(15) * 60 * 1000000;

	return f->progress.expected_us <= f->now_us + early_us;
}

/* Who is a little late has not stayed away: nobody is missed before the time. */
static bool guard_event_is_over(const struct order *o, const struct facts *f)
{
	return f->progress.expected_us <= f->now_us;
}

static bool guard_event_not_missed(const struct order *o, const struct facts *f)
{
	return !f->progress.missed;
}

static bool guard_cancels_an_event(const struct order *o, const struct facts *f)
{
	return !o->cancelled_by.len || f->progress.expected != EXPECTED_NONE;
}

static bool guard_aftercare_is_own(const struct order *o, const struct facts *f)
{
	return !o->has_named_referral || f->aftercare_own;
}

static bool guard_first_contact_to_come(const struct order *o, const struct facts *f)
{
	return date_compare(o->first_contact, calendar_date_of(f->now_us)) >= 0;
}

/* Whom nobody waits for at home is not sent home. */
static bool guard_homecoming_planned(const struct order *o, const struct facts *f)
{
	return !rules_kind_row(f->kind)->comes_home || f->progress.home_planned;
}

static bool guard_aftercare_accepted(const struct order *o, const struct facts *f)
{
	return uuid_is_nil(&f->progress.aftercare) || f->aftercare_accepted;
}

/* Only what has not moved since: a chain that came to the owner again, by another
 * referral, is none of this one's. */
static bool guard_waits_to_be_taken_back(const struct order *o, const struct facts *f)
{
	return f->progress.hand_back_seq && f->progress.hand_back_seq == f->custody_seq;
}

static bool guard_hand_back_open(const struct order *o, const struct facts *f)
{
	return !o->named_unit.len || f->named_unit_open;
}

static bool guard_replaced_has_ended(const struct order *o, const struct facts *f)
{
	return !o->has_named_referral || f->replaces_ended;
}

static bool guard_chain_still_open(const struct order *o, const struct facts *f)
{
	return f->chain_open;
}

/* Who has died or moved away is not waited for. But what was reported is no less true. */
static bool ends_at_once(const struct order *o, const struct facts *f)
{
	bool is_gone = bytes_are(o->reason, "deceased") || bytes_are(o->reason, "moved");

	return is_gone && !kinds_of_course(f->chain_kinds, COURSE_REPORT);
}

static bool guard_chain_at_rest(const struct order *o, const struct facts *f)
{
	return f->chain_at_rest || (o && ends_at_once(o, f));
}

static bool guard_no_proposal_open(const struct order *o, const struct facts *f)
{
	return !f->proposal.open && !f->chain_proposed;
}

static bool guard_new_clock_not_in_future(const struct order *o, const struct facts *f)
{
	return date_compare(o->help_request_date, calendar_date_of(f->now_us)) <= 0;
}

static bool guard_proposal_open(const struct order *o, const struct facts *f)
{
	return f->proposal.open;
}

static bool guard_proposal_is_the_named(const struct order *o, const struct facts *f)
{
	return uuid_equal(&o->proposal, &f->proposal.id) &&
	       (o->drops || uuid_equal(&o->other_chain, &f->proposal.other_chain));
}

/* No wrong door: who came of their own accord is not let go without a word. */
static bool guard_person_is_told(const struct order *o, const struct facts *f)
{
	return rules_kind_row(f->kind)->course != COURSE_TO_ITSELF || o->person_told.len > 0;
}

static bool guard_moves_are_planned(const struct order *o, const struct facts *f)
{
	return !f->call_open || uuid_equal(&f->organisation, &f->to_organisation);
}

static bool guard_call_open(const struct order *o, const struct facts *f)
{
	return f->call_open;
}

static bool guard_call_waits(const struct order *o, const struct facts *f)
{
	return f->call_open && f->call_waits;
}

static bool guard_other_chain_exists(const struct order *o, const struct facts *f)
{
	return f->other.visible;
}

static bool is_of_course(const struct facts *f, enum course course)
{
	return kinds_of_course(f->chain_kinds, course) != 0;
}

static bool other_is_of_course(const struct facts *f, enum course course)
{
	return kinds_of_course(f->other.kinds, course) != 0;
}

/* What is about somebody else does not become a part of the person's chain this way. */
static bool guard_chains_differ(const struct order *o, const struct facts *f)
{
	return !uuid_equal(&o->other_chain, &o->chain) &&
	       is_of_course(f, COURSE_REPORT) == other_is_of_course(f, COURSE_REPORT) &&
	       is_of_course(f, COURSE_OWN_CHAIN) == other_is_of_course(f, COURSE_OWN_CHAIN);
}

static bool guard_other_chain_open(const struct order *o, const struct facts *f)
{
	return f->other.open;
}

#define FACTS true
#define ORDER false

const struct guard_row rules_guards[GUARD_COUNT] = {
#define GUARD(name, scope, reason, field, sentence) \
	[GUARD_##name] = {guard_##name, scope, REASON_##reason, field},
#include "stafett/tbl/guards.def"
#undef GUARD
};
