/* SPDX-License-Identifier: Apache-2.0 */
/* See body_call.h. */
#include "service/body_call.h"

#include "service/answer.h"

void body_call_leave(struct body_call *bc)
{
	call_set_user(bc->call, NULL);
	bodies_leave(bc->bodies);
	if (bc->gone)
		bc->gone(bc);
}

void body_call_refuse(struct body_call *bc, enum reason reason, const char *field)
{
	body_call_leave(bc);
	answer_refusal(bc->call, reason, field);
}

static void body_call_abandon(struct under_way *under_way)
{
	struct body_call *bc = container_of(under_way, struct body_call, under_way);

	switch (bc->step) {
	case BODY_OPENING:
		store_abandon_read(under_way->store, &bc->read);
		break;
	case BODY_TASK:
		bodies_abandon(bc->bodies, &bc->task);
		break;
	case BODY_IDLE:
		break;
	}
	body_call_leave(bc);
}

static void body_call_on_opened(struct read *read, enum reason reason)
{
	struct body_call *bc = read->arg;

	bc->step = BODY_IDLE;
	if (reason)
		body_call_refuse(bc, reason, NULL);
	else
		bc->opened(bc);
}

static void body_call_on_done(struct body_task *task, enum reason reason)
{
	struct body_call *bc = task->arg;

	bc->step = BODY_IDLE;
	if (reason)
		body_call_refuse(bc, reason, NULL);
	else
		bc->done(bc);
}

void *body_call_new(const struct incoming *in, size_t size)
{
	struct bodies *bodies = store_bodies(in->store);
	struct arena *arena = call_arena(in->call);
	struct body_call *bc = arena_alloc(arena, size);
	struct bytes roles = read_roles(arena, in->method->roles);

	if (!bc || !roles.data || !bodies_enter(bodies)) {
		answer_refusal(in->call, REASON_OVERLOADED, NULL);
		return NULL;
	}
	bc->under_way = (struct under_way){.store = in->store, .abandon = body_call_abandon};
	bc->call = in->call;
	bc->bodies = bodies;
	bc->roles = roles;
	bc->read.caller = in->caller;
	bc->read.roles = in->method->roles;
	bc->read.type = in->method->leaf;
	bc->read.done = body_call_on_opened;
	bc->read.arg = bc;
	read_init(&bc->read);
	bc->task.done = body_call_on_done;
	bc->task.arg = bc;
	call_set_user(in->call, &bc->under_way);
	return bc;
}

void body_call_open(struct body_call *bc)
{
	bc->step = BODY_OPENING;
	store_read(bc->under_way.store, &bc->read);
}

struct db_args *body_call_prepare(struct body_call *bc, enum body_statement statement, bool acting)
{
	struct db_args *args = &bc->task.args;

	bc->task.statement = statement;
	db_args_init(args);
	if (acting) {
		db_args_add_bytes(args, bc->read.caller.unit);
		db_args_add_bytes(args, bc->read.caller.member);
		db_args_add_bytes(args, bc->roles);
	}
	return args;
}

void body_call_submit(struct body_call *bc)
{
	bc->step = BODY_TASK;
	bodies_submit(bc->bodies, &bc->task);
}
