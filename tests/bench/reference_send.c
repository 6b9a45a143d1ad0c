/* SPDX-License-Identifier: Apache-2.0 */
#include "reference_send.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "domain/authz.h"
#include "measure.h"
#include "service/decode.h"
#include "stafett/caps.h"

static const uint8_t reference_fingerprint[32];

static struct sender reference_sender(const struct message_route *route)
{
	return (struct sender){bytes_of_string(route->unit), bytes_of_string(route->member)};
}

/* Decodes a new message as the service does. */
static void reference_make_write(
	const struct message_route *route, struct arena *arena, struct write *ret_write)
{
	uint8_t *header = arena_alloc(arena, MESSAGE_HEADER_MAX);
	Stafett__V1__Part card = message_part(MESSAGE_CARD_BYTES);
	Stafett__V1__Part body = message_part(MESSAGE_BODY_BYTES);
	struct sender sender = reference_sender(route);
	struct envelope envelope = {.card = &card, .body = &body, .suite = "none"};
	struct fault fault;

	if (!header)
		abort();
	envelope.header = bytes_of(header, message_pack_header(route, header));
	*ret_write = (struct write){
		.type = LEAF_SEND,
		.caller = {.call_id = "00000000-0000-7000-8000-000000000000",
			.address = "127.0.0.1:50000",
			.unit = sender.unit,
			.member = sender.member,
			.fingerprint = reference_fingerprint},
	};
	fault = decode_write(arena, &envelope, &sender, true, ret_write);
	if (fault.reason) {
		fprintf(stderr, "reference: the message is refused: %s\n",
			reason_name(fault.reason));
		exit(1);
	}
}

/* The record of a send that is carried out, as the batch makes it. */
static void reference_audit(const struct write *w, const struct loaded *l, const struct decision *d,
	const uint8_t *random, struct audit *audit)
{
	mask_t roles = rules_act_roles(w->order.act);

	audit_begin(audit, w->type, l->facts.now_us, &w->caller, random);
	audit_set_organisation(audit, l->organisation);
	audit->leaf.outcome = LEAF_OK;
	audit->leaf.object = w->order.message;
	memcpy(audit->leaf.object_hash, w->order.content_hash, sizeof(audit->leaf.object_hash));
	audit->leaf.role = role_leaf_number(authz_acting_role(l->facts.roles, roles));
	audit->leaf.state_before = state_leaf_number(d->from);
	audit->leaf.state_after = state_leaf_number(d->to);
	audit_add(audit, AUDIT_ACT, bytes_of_string(act_code(w->order.act)));
	audit_add(audit, AUDIT_CHAIN, bytes_of(w->order.chain.b, sizeof(w->order.chain.b)));
	audit_add(
		audit, AUDIT_REFERRAL, bytes_of(w->order.referral.b, sizeof(w->order.referral.b)));
	audit_add(audit, AUDIT_BASIS, w->request.basis);
	audit_finish(audit);
}

void reference_source_add(struct reference_source *s, struct effects *effects)
{
	uint8_t random[10 + AUDIT_RANDOM], receipt[RECEIPT_MAX];
	struct loaded *l = &s->loaded;
	struct decision decision;
	struct audit audit;
	struct uuid event;
	struct write write;
	size_t len;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		abort();
	reference_make_write(&s->route, &s->arena, &write);
	l->facts.now_us = measure_now_ns(CLOCK_REALTIME) / NS_PER_US;
	rules_decide(&write.order, &l->facts, &decision);
	if (decision.kind != DECISION_DO) {
		fprintf(stderr, "reference: the rules refuse: %s\n", reason_name(decision.reason));
		exit(1);
	}
	event = uuid_make(l->facts.now_us / 1000, random);
	reference_audit(&write, l, &decision, random + 10, &audit);
	len = receipt_pack(&write, l, &audit, receipt);
	effects_add(effects, &write, l, &decision, &audit, &event, bytes_of(receipt, len));
	arena_fini(&s->arena);
}

/* What the load says of one operation. */
static int reference_load(struct reference_source *s, PGconn *pg, struct load *load)
{
	const char *name = write_statements[WRITE_LOAD].name;
	int formats[DB_ARGS_MAX];
	struct db_args args;

	load_args(load, &args);
	for (int i = 0; i < args.n; i++)
		formats[i] = 1;
	s->facts = PQexecPrepared(pg, name, args.n, args.values, args.lengths, formats, 1);
	if (PQresultStatus(s->facts) != PGRES_TUPLES_OK || PQntuples(s->facts) != 1) {
		fprintf(stderr, "reference: %s: %s", name, PQerrorMessage(pg));
		return -EIO;
	}
	load_read(load, s->facts, 0, &s->loaded);
	load_keep(load, s->facts);
	return 0;
}

int reference_source_init(struct reference_source *s, const struct message_route *route, PGconn *pg)
{
	struct load *load = malloc(sizeof(*load));
	struct write write;
	int rc;

	if (!load)
		return -ENOMEM;
	*s = (struct reference_source){.route = *route};
	arena_init(&s->arena, CAP_ARENA_BYTES);
	reference_make_write(&s->route, &s->arena, &write);
	s->directory = directory_new();
	load_init(load, s->directory);
	load_add(load, &write.order);
	rc = reference_load(s, pg, load);
	load_fini(load);
	free(load);
	arena_fini(&s->arena);
	return rc;
}

void reference_source_fini(struct reference_source *s)
{
	PQclear(TAKE(s->facts));
	s->directory = directory_free(s->directory);
	arena_fini(&s->arena);
}

int reference_question_init(
	struct reference_question *q, const struct reference_source *source, long sends)
{
	q->load = malloc(sizeof(*q->load));
	q->writes = calloc((size_t)sends, sizeof(*q->writes));
	if (!q->load || !q->writes)
		return -ENOMEM;
	arena_init(&q->arena, (size_t)sends * CAP_ARENA_BYTES);
	load_init(q->load, source->directory);
	for (long i = 0; i < sends; i++) {
		reference_make_write(&source->route, &q->arena, &q->writes[i]);
		load_add(q->load, &q->writes[i].order);
	}
	load_known_args(q->load, &q->args);
	return load_is_known(q->load) ? 0 : -ENOMEM;
}

void reference_question_fini(struct reference_question *q)
{
	if (q->load)
		load_fini(q->load);
	free(TAKE(q->load));
	free(TAKE(q->writes));
	arena_fini(&q->arena);
}
