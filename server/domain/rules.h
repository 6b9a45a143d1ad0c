/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the relay: given what is known (facts) and what is asked (an
 * order), what happens (a decision). Pure: the time is a fact, nothing is read,
 * nothing is written, and the same arguments give the same decision for ever.
 *
 * The transition table is tbl/acts.def; the guards that it names are the small
 * predicates of rules.c. All times are microseconds since 1970 UTC.
 *
 * Invariants: a refusal changes nothing; an act names the version that it saw;
 * custody moves only by an act whose row says so.
 */
#ifndef DOMAIN_RULES_H
#define DOMAIN_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/calendar.h"
#include "domain/deadlines.h"
#include "domain/reason.h"
#include "domain/uuid.h"
#include "domain/words.h"
#include "stafett/base.h"

/* A body that was uploaded before: which, and what it must be. */
struct claim {
	struct uuid id;
	uint8_t sha256[32];
	uint32_t size;
};

/* What is asked: a message, decoded and valid in itself (validate.h). Texts are
 * borrowed from the request; what an act does not say is empty or 0. */
struct order {
	enum act act;
	struct bytes unit, member; /* who asks: handle and URN */
	struct uuid message;	   /* its id: with the unit, the key */
	int64_t create_us, occurrence_us;
	struct uuid chain, referral; /* derived where |opens_chain| or a send */
	bool opens_chain;
	int version;
	uint8_t content_hash[32];
	bool has_upload; /* the body is |upload| */
	struct claim upload;

	/* send; forward names |to_unit| too */
	enum kind kind;
	struct bytes priority;
	struct bytes to_unit;
	struct date help_request_date; /* year 0: not given */
	bool has_named_referral;       /* the one that is replaced, or the aftercare */
	struct uuid named_referral;
	enum basis basis;
	/* A consent that is given, with the send or by itself: to whom it may be told,
	 * handles and halves of handles with commas between; the last day, year 0: none.
	 * Or, nil: no other, an earlier one of the chain. */
	struct bytes recipients;
	struct date basis_end;
	struct uuid consent;
	int64_t call_us; /* 0: no call */

	/* Another unit's handle: to hand back to, or the alternative to a rejection. */
	struct bytes named_unit;
	/* Codes of the act's own lists: why, how the person was told, what is asked. */
	struct bytes reason, person_told, question;

	/* accept */
	struct bytes responsible;
	struct date contact_by;
	struct bytes clock_reason;
	int64_t appointment_us;

	/* treatment: what is expected next, or why nothing is */
	enum expected expected;
	int64_t expected_us;
	struct bytes no_next, cancelled_by;
	struct bytes intervention; /* start */
	struct date start, until;  /* start; pause */
	/* plan-home; an aftercare that was sent is |named_referral| */
	struct bytes housing, not_needed;
	struct date first_contact;

	struct uuid proposal; /* confirm: the message that proposed it */
	bool drops;	      /* confirm: it shall not happen */

	/* Another chain: that goes on (merge, and who confirms one), or that is linked
	 * with the new one (send). Nil: none. */
	struct uuid other_chain;

	bool none_known;  /* reject: there is no alternative */
	bool withdraws;	  /* ask: takes its own question back */
	bool preliminary; /* answer */
	bool contact;	  /* note: the person was reached */

	/* assign: URNs, to whom and who had it; empty: nobody */
	struct bytes assignee, assigned_before;

	/* acknowledge */
	struct uuid delivered;
	uint8_t delivered_hash[32];
};

/* What a referral carries beside its state. */
struct progress {
	int question_seq;     /* the event that asked what is still open; 0: none */
	int64_t owner_due_us; /* the owner's deadline, while the requester is asked */
	bool restarted;	      /* the owner's deadline was, after a question */
	struct uuid assignee_of_owner, assignee_of_requester; /* nil: nobody */
	enum expected expected;
	int64_t expected_us, alarm_us;
	bool missed; /* nobody confirmed it, and nobody has reached the person */
	bool home_planned;
	struct uuid aftercare; /* of that plan; nil: none is needed */
	int hand_back_seq;     /* the ledger's line with which the owner waits; 0: it does not */
	/* When it last moved to another organisation, and the time before that; 0: it
	 * did not, or has been planned for since. */
	int64_t moved_us, moved_before_us;
};

/* What is known, read under the chain's lock. What the unit is no party to is
 * not visible, which is the same as not there. */
struct facts {
	int64_t now_us;
	const struct rulebook *book; /* of deadlines; NULL: the defaults */
	bool unit_known, member_known;
	struct uuid unit, member;
	bool unit_open;
	struct uuid organisation; /* the unit's */
	enum sector sector;	  /* that organisation's */
	mask_t roles;

	bool key_known;
	uint8_t key_hash[32];

	bool chain_visible, chain_open;
	bool chain_merged; /* what was in it goes on in another one */
	bool succeeds;	   /* the holder closes, and the unit is its successor */
	bool apart; /* nothing of it is shared with the unit any more; of no referral's act */
	struct uuid custodian;
	/* The referral by which it holds the chain, and those by which the requester and
	 * the hand-back unit did before; nil: by none. */
	struct uuid held_by, requester_held_by, hand_back_held_by;
	struct date help_request_date;	  /* known where another chain is named */
	struct date due_date, start_date; /* the person's clock, and its end; year 0: it runs */
	enum deadline follow_up; /* which question about the person the holder is asked now */
	bool awaits_help;	 /* by a kind whose start stops the clock, or registered */
	bool follow_up_waits;	 /* of an act on a referral: it is, or will be, asked one */
	int custody_seq;	 /* the ledger's last line */
	int chain_version;
	/* No referral of it, but that which is named, is open or waits to be taken back. */
	bool chain_at_rest;
	/* Of an act on the chain, or a send: the kinds that are in it, and those that the
	 * unit has asked for. */
	mask_t chain_kinds, own_kinds;
	/* Whether such a one is left for each of these: they are parties of it. */
	struct {
		bool custodian, requester, owner, hand_back;
	} busy;

	/* The other chain of a merge, or one that is linked. */
	struct {
		bool visible, open;
		struct uuid custodian;
		int version, event_seq;
		struct date help_request_date, due_date, start_date;
		mask_t kinds;
	} other;

	/* What waits for another member, of this referral or chain. */
	struct {
		bool open;
		struct uuid id, unit, member; /* the message, and who sent it */
		enum act act;
		struct date help_request_date;
		struct uuid other_chain;
	} proposal;

	/* The consent on which the referral rests; of a send, the one that it names. */
	struct {
		bool known, revoked;
		struct uuid id;
		struct uuid revoker;	 /* the unit that did */
		struct date end;	 /* year 0: none */
		struct bytes recipients; /* as in an order */
	} consent;

	bool chain_proposed; /* something does, perhaps of another unit's */

	bool call_open, call_waits; /* to plan together; for an answer of this unit */

	bool referral_visible;
	bool referral_left; /* the unit was a party, and sees what it saw then */
	enum state state;
	int version, event_seq;
	/* What the unit was told last, where others' acts are kept from it since the consent
	 * was revoked: that is what its acts name. */
	struct {
		bool differs;
		enum state state;
		int version;
	} shown;
	enum kind kind;
	enum basis basis; /* as it was sent, or forwarded on a consent */
	struct bytes priority;
	struct uuid requester, owner, hand_back;
	struct uuid sender; /* the last of those who sent or forwarded it that held the chain */
	int64_t due_us;	    /* of whoever must act now; 0: nobody */
	struct progress progress;

	bool to_known, to_open;
	bool to_covered; /* somebody is there now */
	struct uuid to_unit, to_organisation;
	enum sector to_sector;
	mask_t to_kinds;
	struct bytes to_replaced_by;

	bool named_unit_known, named_unit_open;
	enum sector named_unit_sector;
	struct uuid named_unit;
	struct bytes named_unit_replaced_by;
	bool replaces_own, replaces_ended; /* the unit's, in this chain */
	int replaces_kind;		   /* enum kind; negative: of none that is known */
	bool aftercare_own;	 /* the named referral is an open aftercare of the unit's, here */
	bool aftercare_accepted; /* that of the plan */
	struct uuid aftercare_owner;

	bool delivered_known;
	bool delivered_asks; /* it was sent or forwarded: its receipt is event 2 */
	uint8_t delivered_hash[32];

	bool assignee_known; /* the order's, with a role in the unit now */
	struct uuid assignee;
	struct bytes assigned; /* the URN of who has it on the unit's side; empty: nobody */

	bool upload_ready; /* the unit's, whole, as claimed, and nobody's yet */
};

enum decision_kind {
	DECISION_DO,	    /* carry it out */
	DECISION_DUPLICATE, /* it was carried out: answer as then */
	DECISION_REFUSE,    /* |reason| says why; nothing happens */
};

/* What a message needs of a unit that it comes to. */
enum needs { NEEDS_NOT, NEEDS_NONE, NEEDS_ACK, NEEDS_ACT };

struct tells {
	enum needs requester, owner, hand_back; /* NEEDS_NOT: it does not come there */
	enum needs parties;			/* every other one of the chain */
};

struct decision {
	enum decision_kind kind;
	enum act act; /* as it is recorded */
	enum reason reason;
	const char *field;	  /* at fault, or NULL; static */
	struct bytes alternative; /* another unit's handle; may be empty */
	bool state_known;	  /* the refusal may tell state and version */
	bool chain_known;	  /* likewise, of the chain */
	mask_t allowed_acts;	  /* what the caller may do now */
	mask_t allowed_bases;	  /* of a refused basis: MASK(BASIS_...) that would do */
	struct date consent_end;  /* of one that has ended; year 0: none */

	bool has_event; /* false: only deliveries change */
	const char *message_code;
	enum state from, to;
	int version;		   /* of the referral, afterwards */
	struct uuid owner, sender; /* afterwards */
	struct progress progress;  /* afterwards */
	struct uuid custodian;	   /* afterwards */
	bool custodian_moves;
	struct uuid held_by; /* by which referral, where it moves; nil: by none */
	bool clock_stops;    /* the person's: an intervention has started */
	bool of_chain;	     /* an act on the chain, and on no referral */
	bool proposes;	     /* it waits for another member; nothing else happens */
	bool decides;	     /* what waited: it happens now, or is dropped */
	bool chain_closes;
	bool ends_all;		/* with it, at once: what is open in it is cancelled */
	bool merges;		/* into the other chain, which is from now on as |other| */
	struct uuid takes_over; /* the unit whose place is taken; nil: none */
	bool calls;		/* to plan together, by |beside| */
	/* The holder sends the person on or closes the chain, by |beside|, if it turns out to
	 * have nothing of it under way. */
	bool asks_holder;
	struct due beside; /* what is due beside the referral */
	/* Why what is disclosed may be: frozen with the event. NULL: nothing is. */
	const struct basis_rule *disclosure;
	/* The same, of the unit to which it would be handed back, where that is a third. */
	const struct basis_rule *disclosure_to_third;
	bool gives_consent;    /* the event's; it is what the referral rests on from now on */
	struct uuid consent;   /* otherwise: that on which it is disclosed, or is revoked */
	bool unshares;	       /* what rests on it is shared no longer */
	bool quiet;	       /* that was revoked: others than the holder do not hear of it */
	bool replies, waives;  /* that is answered by the unit, or need not be */
	bool explains;	       /* why help is late */
	bool follows;	       /* how the person is will be asked from now on */
	struct uuid confirmer; /* the unit that a proposal waits for; nil: none */
	struct {
		int version, event_seq;
		struct date help_request_date, due_date, start_date;
	} other;
	struct date help_request_date; /* the chain's from now on; year 0: as before */
	int chain_version;	       /* afterwards */
	struct uuid leaver;	       /* a unit that is no party from now on; nil: none */
	struct date due_date;	       /* the person's clock, where the chain is new */
	bool next_kept;		       /* who must act is as it was */
	struct uuid next_actor;
	const char *next_act;		/* NULL: nobody need act */
	struct due due;			/* by when and why; none without next_act */
	const struct clock_rule *clock; /* of due_date, where that is new; NULL: it is not */
	struct tells tells;
	bool settles; /* what came to the caller about this is dealt with */
};

/* Decides. Total: every order gets a decision for all facts. */
void rules_decide(
	const struct order *order, const struct facts *facts, struct decision *ret_decision);
/* The acts that a unit with these facts and roles may try now (guards on an
 * act's own fields are not asked): on the referral, and on its chain. */
mask_t rules_allowed_acts(const struct facts *facts);
mask_t rules_allowed_chain_acts(const struct facts *facts);
/* The chain's version as the unit is told: a version counts what was done, so who is told
 * nothing of the chain any more is shown, and names, the first. */
int rules_chain_version(const struct facts *facts);
/* Whether an order acts on a chain and on no referral. */
bool rules_is_of_chain(const struct order *order);
/* Whether the person's clock was broken: help has begun, if it has, too late. */
bool rules_help_is_late(const struct facts *facts);
/* The roles that may perform an act. */
mask_t rules_act_roles(enum act act);
/* "act", "ack", "none"; NULL of NEEDS_NOT. */
const char *rules_needs_code(enum needs needs);
#endif
