/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules by lines: each line of standard input is a situation as words of
 * KEY=VALUE, each answer a line that tells the decision. So a model in another
 * language can ask some hundred thousand questions of one process.
 *
 *   act state kind role          codes of the tables
 *   unit custodian sender back   R requester, O owner, H another party, B the unit
 *                                to hand back to, X a unit that came later
 *   question expected missed planned waits proposal rest open restarted   0 or 1
 *   succeeds inside near moved   0 or 1: the unit follows the holder; the send is
 *                                into the chain; the next unit is of the same
 *                                organisation; it has moved twice lately
 *   late asked                   0 or 1: the person's clock was broken; the holder is
 *                                asked how the person is
 *   awaits                       0 or 1: help, by the chain; 1 where no word says it
 *   followed                     0 or 1: it is, or will be, asked that
 *   gone reports                 0 or 1: the person has died; a report is in the chain
 *   by                           how the chain is held: it (by the referral), other, none
 *   busy                         units that have more of the chain under way: RB
 *   call                         to plan together: 0 none, 1 open, 2 open and answered
 *   other proposer revoker       units: who holds the other chain, who proposed, who
 *                                revoked the consent
 *   confirms                     the act that is confirmed
 *   aftercare                    none, asked, accepted
 *   consent                      that it rests on: 0 none, 1 in force, 2 ended, 3 revoked
 *   wrong                        a guard of an order that shall not hold
 *
 * What no word names is as it must be for the act to happen.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain/basis.h"
#include "domain/rules.h"
#include "lines.h"

#define DAY_US INT64_C(86400000000)

struct situation {
	struct order order;
	struct facts facts;
	const char *wrong, *busy;
	bool inside;
	char consent;
};

static const char unit_letters[] = "ROHBX";

/* The ids of referrals, by their first byte. */
static const char *const referral_names[] = {
	"-", "it", "other", "before-R", "before-B", "aftercare"};

static struct uuid unit_of(const char *letter)
{
	const char *at = *letter ? strchr(unit_letters, *letter) : NULL;
	struct uuid uuid = {{0}};

	if (!at)
		errx(LINES_EXIT_USAGE, "no unit '%s'", letter);
	uuid.b[0] = (uint8_t)(at - unit_letters + 1);
	return uuid;
}

static char letter_of(const struct uuid *unit)
{
	return unit->b[0] ? unit_letters[unit->b[0] - 1] : '-';
}

static struct uuid referral_of(const char *name)
{
	struct uuid uuid = {{0}};

	for (size_t i = 0; i < ARRAY_SIZE(referral_names); i++)
		if (strcmp(referral_names[i], name) == 0)
			uuid.b[0] = (uint8_t)i;
	return uuid;
}

/* --- the situation ----------------------------------------------------------- */

static void set_defaults(struct situation *s)
{
	int64_t now_us = calendar_at((struct date){2026, 11, 3}, (struct clock_time){9, 0, 0});
	struct order *o = &s->order;
	struct facts *f = &s->facts;

	*s = (struct situation){.wrong = "", .busy = "", .consent = '0'};
	o->version = 3;
	o->create_us = now_us;
	o->contact_by = (struct date){2026, 11, 13};
	o->start = o->help_request_date = (struct date){2026, 11, 2};
	o->until = (struct date){2026, 11, 20};
	o->priority = bytes_of_string("routine");
	o->expected = EXPECTED_VISIT;
	o->expected_us = o->appointment_us = now_us + DAY_US;
	o->first_contact = o->until;
	f->now_us = now_us;
	o->person_told = bytes_of_string("phone");
	o->chain.b[0] = 1;
	f->unit_open = f->to_covered = f->other.visible = f->other.open = true;
	f->organisation.b[0] = 1;
	f->to_organisation.b[0] = 2;
	f->other.version = f->other.event_seq = 4;
	f->other.custodian = unit_of("H");
	f->other.help_request_date = (struct date){2026, 10, 1};
	f->help_request_date = (struct date){2026, 11, 2};
	f->awaits_help = true;
	f->unit_known = f->member_known = f->chain_visible = f->chain_open = true;
	f->referral_visible = f->to_known = f->to_open = true;
	f->roles = MASK(ROLE_CASEWORKER);
	f->version = f->chain_version = 3;
	f->event_seq = 6;
	f->custody_seq = 2;
	f->due_date = (struct date){2026, 12, 2};
	f->priority = o->priority;
	f->requester = f->custodian = f->sender = unit_of("R");
	f->owner = unit_of("O");
	f->held_by = referral_of("it");
	f->requester_held_by = referral_of("before-R");
	f->hand_back_held_by = referral_of("before-B");
	f->hand_back = unit_of("B");
	f->to_unit = unit_of("X");
	f->to_kinds = (MASK(KIND_COUNT) - 1);
	f->member.b[0] = 1;
	f->proposal.member.b[0] = 2;
	f->proposal.act = ACT_VOID;
	f->delivered_known = f->delivered_asks = true;
}

static bool is_yes(const char *value)
{
	return strcmp(value, "1") == 0;
}

static void set_aftercare(struct facts *f, const char *value)
{
	if (strcmp(value, "none") == 0)
		return;
	f->progress.aftercare = referral_of("aftercare");
	f->aftercare_accepted = strcmp(value, "accepted") == 0;
	f->aftercare_owner = unit_of("X");
}

static int code_or_die(int value, const char *code)
{
	if (value < 0)
		errx(LINES_EXIT_USAGE, "no '%s' in the tables", code);
	return value;
}

static void set_table_word(struct situation *s, const char *key, const char *value)
{
	struct bytes code = bytes_of_string(value);

	if (strcmp(key, "act") == 0)
		s->order.act = (enum act)code_or_die(act_from_code(code), value);
	else if (strcmp(key, "state") == 0)
		s->facts.state = (enum state)code_or_die(state_from_code(code), value);
	else if (strcmp(key, "kind") == 0)
		s->facts.kind = s->order.kind = (enum kind)code_or_die(kind_from_code(code), value);
	else if (strcmp(key, "confirms") == 0)
		s->facts.proposal.act = (enum act)code_or_die(act_from_code(code), value);
	else if (strcmp(key, "role") == 0)
		s->facts.roles = MASK(code_or_die(role_from_code(code), value));
	else
		errx(LINES_EXIT_USAGE, "no key '%s'", key);
}

static bool set_unit(struct facts *f, const char *key, const char *value)
{
	struct uuid *unit = strcmp(key, "unit") == 0	    ? &f->unit
			    : strcmp(key, "custodian") == 0 ? &f->custodian
			    : strcmp(key, "sender") == 0    ? &f->sender
			    : strcmp(key, "back") == 0	    ? &f->hand_back
			    : strcmp(key, "other") == 0	    ? &f->other.custodian
			    : strcmp(key, "proposer") == 0  ? &f->proposal.unit
			    : strcmp(key, "revoker") == 0   ? &f->consent.revoker
							    : NULL;

	if (unit)
		*unit = unit_of(value);
	return unit;
}

static bool set_planning(struct facts *f, const char *key, const char *value)
{
	if (strcmp(key, "call") == 0) {
		f->call_open = strcmp(value, "0") != 0;
		f->call_waits = is_yes(value);
	} else if (strcmp(key, "late") == 0) {
		if (is_yes(value))
			f->due_date = (struct date){2026, 11, 2};
	} else if (strcmp(key, "asked") == 0) {
		f->follow_up = is_yes(value) ? DEADLINE_FOLLOW_UP_3 : DEADLINE_NONE;
	} else if (strcmp(key, "reports") == 0) {
		f->chain_kinds = is_yes(value) ? MASK(KIND_REPORT_OF_CONCERN) : 0;
	} else if (strcmp(key, "near") == 0) {
		f->to_organisation.b[0] = is_yes(value) ? 1 : 2;
	} else if (strcmp(key, "moved") == 0) {
		f->progress.moved_us = is_yes(value) ? f->now_us - DAY_US : 0;
		f->progress.moved_before_us = is_yes(value) ? f->now_us - 29 * DAY_US : 0;
	} else {
		return false;
	}
	return true;
}

static bool set_flag(struct facts *f, const char *key, const char *value)
{
	struct progress *p = &f->progress;
	bool *flag = strcmp(key, "missed") == 0	     ? &p->missed
		     : strcmp(key, "planned") == 0   ? &p->home_planned
		     : strcmp(key, "restarted") == 0 ? &p->restarted
		     : strcmp(key, "proposal") == 0  ? &f->proposal.open
		     : strcmp(key, "rest") == 0	     ? &f->chain_at_rest
		     : strcmp(key, "open") == 0	     ? &f->chain_open
		     : strcmp(key, "succeeds") == 0  ? &f->succeeds
		     : strcmp(key, "awaits") == 0    ? &f->awaits_help
		     : strcmp(key, "followed") == 0  ? &f->follow_up_waits
						     : NULL;

	if (flag)
		*flag = is_yes(value);
	else if (strcmp(key, "question") == 0)
		p->question_seq = is_yes(value) ? 4 : 0;
	else if (strcmp(key, "expected") == 0)
		p->expected = is_yes(value) ? EXPECTED_VISIT : EXPECTED_NONE;
	else if (strcmp(key, "waits") == 0)
		p->hand_back_seq = is_yes(value) ? f->custody_seq : 0;
	else
		return set_planning(f, key, value);
	return true;
}

static void set_word(struct situation *s, const char *key, const char *value)
{
	if (strcmp(key, "wrong") == 0)
		s->wrong = value;
	else if (strcmp(key, "by") == 0)
		s->facts.held_by = referral_of(value);
	else if (strcmp(key, "busy") == 0)
		s->busy = value;
	else if (strcmp(key, "inside") == 0)
		s->inside = is_yes(value);
	else if (strcmp(key, "consent") == 0)
		s->consent = *value;
	else if (strcmp(key, "gone") == 0)
		s->order.reason = bytes_of_string(is_yes(value) ? "deceased" : "help-given");
	else if (strcmp(key, "aftercare") == 0)
		set_aftercare(&s->facts, value);
	else if (!set_unit(&s->facts, key, value) && !set_flag(&s->facts, key, value))
		set_table_word(s, key, value);
}

/* --- what is wrong ----------------------------------------------------------------- */

static bool is_wrong(const struct situation *s, const char *guard)
{
	return strcmp(s->wrong, guard) == 0;
}

static void spoil_units(struct situation *s)
{
	struct facts *f = &s->facts;

	if (s->order.act == ACT_SEND && s->order.kind == KIND_SELF_REQUEST &&
		!is_wrong(s, "self_request_stays"))
		f->to_unit = f->unit;
	f->unit_open &= !is_wrong(s, "own_unit_open");
	f->to_known &= !is_wrong(s, "unit_exists");
	f->to_open &= !is_wrong(s, "unit_open");
	if (is_wrong(s, "unit_takes_kind") || is_wrong(s, "next_unit_takes_kind"))
		f->to_kinds = 0;
	if (is_wrong(s, "unit_is_another") && s->order.act == ACT_FORWARD)
		f->to_unit = f->requester;
	if (is_wrong(s, "hand_back_exists") || is_wrong(s, "alternative_exists") ||
		is_wrong(s, "hand_back_open"))
		s->order.named_unit = bytes_of_string("a/b");
	f->named_unit_known = is_wrong(s, "hand_back_open");
	if (is_wrong(s, "assignee_is_member"))
		s->order.assignee = bytes_of_string("urn");
	if (is_wrong(s, "nobody_was_quicker"))
		f->assigned = bytes_of_string("urn");
}

static void spoil_times(struct situation *s)
{
	struct order *o = &s->order;
	int64_t past_us = s->facts.now_us - DAY_US;

	if (is_wrong(s, "appointment_to_come"))
		o->appointment_us = past_us;
	if (is_wrong(s, "event_to_come"))
		o->expected_us = past_us;
	if (is_wrong(s, "resumes_later"))
		o->until = (struct date){2026, 11, 3};
	if (is_wrong(s, "event_has_come"))
		s->facts.progress.expected_us = o->expected_us;
	if (is_wrong(s, "event_is_over"))
		s->facts.progress.expected_us = s->facts.now_us + 1;
	if (is_wrong(s, "first_contact_to_come"))
		o->first_contact = (struct date){2026, 11, 2};
	if (is_wrong(s, "start_not_in_future"))
		o->start = (struct date){2026, 11, 4};
	if (is_wrong(s, "contact_not_passed"))
		o->contact_by = (struct date){2026, 11, 2};
	if (is_wrong(s, "contact_within_clock"))
		o->contact_by = (struct date){2026, 12, 3};
	if (is_wrong(s, "clock_not_in_future") || is_wrong(s, "new_clock_not_in_future"))
		o->help_request_date = (struct date){2026, 11, 4};
	if (is_wrong(s, "consent_not_expired") || is_wrong(s, "new_consent_to_come"))
		o->basis_end = (struct date){2026, 11, 2};
	if (is_wrong(s, "stat_was_phoned") || is_wrong(s, "stat_has_cover"))
		o->priority = bytes_of_string("stat");
	o->call_us = is_wrong(s, "stat_has_cover") ? past_us : 0;
	s->facts.to_covered = !is_wrong(s, "stat_has_cover");
}

static void spoil_other_chain(struct situation *s)
{
	struct order *o = &s->order;
	struct facts *f = &s->facts;

	if (o->act == ACT_MERGE || is_wrong(s, "linked_chain_exists") ||
		f->proposal.act == ACT_MERGE)
		o->other_chain.b[0] = 2;
	else
		f->other.custodian = (struct uuid){{0}};
	if (f->proposal.act == ACT_MERGE)
		f->proposal.other_chain.b[0] = 2;
	if (is_wrong(s, "chains_differ"))
		o->other_chain = o->chain;
	f->other.visible &=
		!is_wrong(s, "other_chain_exists") && !is_wrong(s, "linked_chain_exists");
	f->other.open &= !is_wrong(s, "other_chain_open");
	if (is_wrong(s, "person_is_told"))
		o->person_told.len = 0;
}

/* Some basis that is allowed for the kind, or is not; never consent. */
static enum basis some_basis(const struct situation *s, bool allowed)
{
	struct basis_question q = {.kind = s->order.kind, .at_us = s->facts.now_us};
	mask_t all = MASK(BASIS_COUNT) - 1 - MASK(BASIS_CONSENT);
	mask_t fit = basis_allowed(&basis_defaults, &q) & all;

	if (!allowed)
		fit = all & ~fit;
	for (int basis = 0; basis < BASIS_COUNT; basis++)
		if (fit & MASK(basis))
			return (enum basis)basis;
	errx(EXIT_FAILURE, "no such basis");
}

static void set_consent(struct situation *s)
{
	struct facts *f = &s->facts;
	bool far = is_wrong(s, "next_consent_covers");
	bool unshared = is_wrong(s, "note_is_shared");

	if (s->consent == '0' && !far && !unshared)
		return;
	f->basis = BASIS_CONSENT;
	f->consent.known = true;
	f->consent.id.b[0] = 8;
	f->consent.recipients = bytes_of_string(far ? "q/a,z" : "q/a,a");
	f->consent.revoked = s->consent == '3' || unshared;
	if (s->consent == '2')
		f->consent.end = (struct date){2026, 11, 2};
}

static void spoil_basis(struct situation *s)
{
	struct order *o = &s->order;
	bool wrong = is_wrong(s, "basis_allowed") || is_wrong(s, "next_basis_allowed");

	o->to_unit = bytes_of_string("a/b");
	o->recipients = bytes_of_string(is_wrong(s, "consent_covers") ? "ab,a/bc" : "x,a/b");
	o->basis = s->facts.basis = some_basis(s, !wrong);
	if (is_wrong(s, "consent_covers") || is_wrong(s, "consent_not_expired"))
		o->basis = BASIS_CONSENT;
	set_consent(s);
}

static void spoil_rest(struct situation *s)
{
	struct order *o = &s->order;
	struct facts *f = &s->facts;

	f->delivered_known &= !is_wrong(s, "message_was_delivered");
	if (is_wrong(s, "content_is_the_delivered"))
		o->delivered_hash[0] = 1;
	o->has_named_referral = is_wrong(s, "replaced_is_own") ||
				is_wrong(s, "replaced_has_ended") ||
				(is_wrong(s, "kind_has_own_chain") && o->act == ACT_SEND) ||
				is_wrong(s, "aftercare_is_own");
	f->replaces_own = is_wrong(s, "replaced_has_ended") || is_wrong(s, "kind_has_own_chain");
	f->replaces_ended = is_wrong(s, "kind_has_own_chain");
	f->replaces_kind =
		is_wrong(s, "kind_has_own_chain") ? (int)KIND_CONSULTATION : (int)s->order.kind;
	if (is_wrong(s, "proposal_is_the_named"))
		o->proposal.b[0] = 9;
	if (is_wrong(s, "cancels_an_event"))
		o->cancelled_by = bytes_of_string("unit");
	o->withdraws = is_wrong(s, "question_is_as_said");
}

static bool is_busy(const struct situation *s, const struct uuid *unit)
{
	return strchr(s->busy, letter_of(unit)) != NULL;
}

static void set_busy(struct situation *s)
{
	struct facts *f = &s->facts;

	f->busy.custodian = is_busy(s, &f->custodian);
	f->busy.requester = is_busy(s, &f->requester);
	f->busy.owner = is_busy(s, &f->owner);
	f->busy.hand_back = is_busy(s, &f->hand_back);
}

/* A send opens a chain, an act on a chain names no referral. */
static void complete_order(struct situation *s)
{
	enum act act = s->order.act;
	bool of_chain = act == ACT_CLOSE || act == ACT_CORRECT_CLOCK || act == ACT_MERGE ||
			act == ACT_TAKE_OVER || act == ACT_REGISTER || act == ACT_DELAY ||
			act == ACT_FOLLOW_UP ||
			(act == ACT_CONFIRM && s->facts.proposal.act == ACT_MERGE);

	s->order.opens_chain = act == ACT_REGISTER || (act == ACT_SEND && !s->inside);
	s->order.referral = referral_of(of_chain ? "-" : "it");
	if (of_chain)
		s->facts.state = STATE_NONE;
	set_busy(s);
	spoil_units(s);
	spoil_times(s);
	spoil_rest(s);
	spoil_basis(s);
	spoil_other_chain(s);
}

/* --- the answer ---------------------------------------------------------------------- */

static void print_acts(mask_t acts)
{
	const char *comma = "";

	for (int act = 0; act < ACT_COUNT; act++)
		if (acts & MASK(act)) {
			printf("%s%s", comma, act_code((enum act)act));
			comma = ",";
		}
}

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

static void print_done(const struct decision *d)
{
	printf("%s to=%s version=%d holder=%c by=%s sender=%c owner=%c leaver=%c closes=%d stops=%d"
	       " next=",
		d->proposes ? "propose" : "do", or_dash(state_code(d->to)), d->version,
		letter_of(&d->custodian), referral_names[d->held_by.b[0]], letter_of(&d->sender),
		letter_of(&d->owner), letter_of(&d->leaver), d->chain_closes, d->clock_stops);
	if (d->asks_holder)
		printf("holder");
	else if (d->next_kept)
		printf("kept");
	else if (d->next_act)
		printf("%c:%s", letter_of(&d->next_actor), d->next_act);
	else
		printf("-");
	printf(" calls=%d merges=%d tells=%s/%s/%s/%s\n", d->calls, d->merges,
		or_dash(rules_needs_code(d->tells.requester)),
		or_dash(rules_needs_code(d->tells.owner)),
		or_dash(rules_needs_code(d->tells.hand_back)),
		or_dash(rules_needs_code(d->tells.parties)));
}

static void answer(struct situation *s)
{
	struct decision d;

	complete_order(s);
	rules_decide(&s->order, &s->facts, &d);
	if (d.kind == DECISION_DO) {
		print_done(&d);
		return;
	}
	printf("refuse %s allowed=", reason_name(d.reason));
	print_acts(d.allowed_acts);
	putchar('\n');
}

static void answer_line(char *line)
{
	struct situation s;
	char *rest, *word = strtok_r(line, " \n", &rest);

	set_defaults(&s);
	for (; word; word = strtok_r(NULL, " \n", &rest)) {
		char *equals = strchr(word, '=');

		if (!equals)
			errx(LINES_EXIT_USAGE, "no value in '%s'", word);
		*equals = '\0';
		set_word(&s, word, equals + 1);
	}
	answer(&s);
}

int main(void)
{
	return lines_answer_all(answer_line);
}
