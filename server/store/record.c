/* SPDX-License-Identifier: Apache-2.0 */
#include "store/record.h"

#include <string.h>

#include "domain/authz.h"

static enum leaf_outcome decision_outcome(const struct decision *d)
{
	switch (d->kind) {
	case DECISION_DO:
		return LEAF_OK;
	case DECISION_DUPLICATE:
		return LEAF_DUPLICATE;
	case DECISION_REFUSE:
		break;
	}
	return d->reason == REASON_NOT_FOUND || d->reason == REASON_NOT_A_MEMBER ||
			       d->reason == REASON_ROLE_REQUIRED
		       ? LEAF_DENIED
		       : LEAF_REFUSED;
}

/* Which part of an act that takes two it is; NULL of all others. */
static const char *record_step(const struct write *w, const struct decision *d)
{
	if (d->proposes)
		return "propose";
	if (!d->decides)
		return NULL;
	return w->order.drops ? "drop" : "confirm";
}

void record_write(struct audit *audit, const struct write *w, const struct decision *d,
	const struct loaded *l, const uint8_t *random)
{
	mask_t roles = rules_act_roles(d->act);
	const char *step = record_step(w, d);
	struct leaf *leaf = &audit->leaf;

	audit_begin(audit, w->type, l->facts.now_us, &w->caller, random);
	leaf->outcome = (uint8_t)decision_outcome(d);
	audit_set_organisation(audit, l->organisation);
	leaf->object = w->order.message;
	memcpy(leaf->object_hash, w->order.content_hash, sizeof(leaf->object_hash));
	if (l->facts.roles & roles)
		leaf->role = role_leaf_number(authz_acting_role(l->facts.roles, roles));
	if (d->kind == DECISION_DO) {
		leaf->state_before = state_leaf_number(d->from);
		leaf->state_after = state_leaf_number(d->to);
	}
	audit_add(audit, AUDIT_ACT, bytes_of_string(act_code(d->act)));
	if (step)
		audit_add(audit, AUDIT_STEP, bytes_of_string(step));
	audit_add(audit, AUDIT_CHAIN, bytes_of(w->order.chain.b, 16));
	audit_add(audit, AUDIT_REFERRAL, bytes_of(w->order.referral.b, 16));
	if (w->request.basis.len)
		audit_add(audit, AUDIT_BASIS, w->request.basis);
	if (d->reason)
		audit_add(audit, AUDIT_REASON, bytes_of_string(reason_name(d->reason)));
	audit_finish(audit);
}
